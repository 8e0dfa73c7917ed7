"""The store: undo without limit, one drag one step, the page is no step, and the view is kept only where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from engine.log.selection import HasActivity, StartedBetween
from engine.process_map.values import Metric
from engine.service.messages import FileKind, SaveView, ViewState
from gui.settings import Settings
from gui.store import StepSelected, Store
from gui.theme import Appearance
from tests.gui.window_world import opened


class Asked:
    """Jobs that only note what was asked."""

    def __init__(self) -> None:
        self.questions: list[Any] = []

    def ask(self, question: Any, on_answer: Any, on_failed: Any = None, title: str = "", *, keep: bool = False) -> int:
        self.questions.append(question)
        on_answer(None)
        return len(self.questions)

    def stop(self, number: int) -> None:
        raise AssertionError(number)


@pytest.fixture
def store(qtbot: QtBot, tmp_path: Path) -> Iterator[Store]:
    made = Store(Asked(), Settings(tmp_path))
    made.set_opened(opened())
    yield made
    made.set_opened(None)


CHANGES = st.one_of(
    st.builds(lambda n: {"steps": n}, st.integers(1, 9)),
    st.builds(lambda metric: {"colour": metric}, st.sampled_from(list(Metric))),
    st.builds(lambda page: {"page": page}, st.sampled_from(["map", "cases"])),
    st.just("undo"),
    st.just("redo"),
)


@given(st.lists(CHANGES, max_size=30))
def test_undo_and_redo_walk_every_history(tmp_path_factory: pytest.TempPathFactory, changes: list[Any]) -> None:
    store = Store(Asked(), Settings(tmp_path_factory.mktemp("s")))
    before, after = [], []  # type: ignore[var-annotated]
    view = ViewState()
    for change in changes:
        store._last_change = (frozenset(), 0.0)
        if change == "undo":
            store.undo()
            if before:
                after.append(view)
                view = before.pop()
        elif change == "redo":
            store.redo()
            if after:
                before.append(view)
                view = after.pop()
        else:
            store.change_view(**change)
            new = ViewState(**{name: getattr(store.view, name) for name in view.__struct_fields__})
            if "page" not in change and without_page(new) != without_page(view):
                before.append(view)
                after.clear()
            view = new if "page" not in change else view
        assert without_page(store.view) == without_page(view)
        assert (store.can_undo, store.can_redo) == (bool(before), bool(after))


def without_page(view: ViewState) -> tuple[Any, ...]:
    return tuple(getattr(view, name) for name in view.__struct_fields__ if name != "page")


def test_one_drag_of_a_slider_is_one_step_of_undo(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.store.ONE_DRAG", 60.0)  # however long the machine holds the test up between two changes
    for n in range(3, 40):
        store.change_view(steps=n)
    store.undo()
    assert store.view.steps is None
    assert not store.can_undo


def test_a_change_says_what_changed_and_no_change_says_nothing(store: Store) -> None:
    seen: list[frozenset[str]] = []
    store.view_changed.connect(seen.append)
    store.change_view(steps=4, paths=None)
    store.change_view(steps=4)
    assert seen == [frozenset({"steps"})]


def test_undo_stays_on_the_page(store: Store) -> None:
    store.change_view(steps=4)
    store.change_view(page="cases")
    store.undo()
    assert (store.view.steps, store.view.page) == (None, "cases")


def test_filters_are_added_once_and_removed(store: Store) -> None:
    first, second = HasActivity("A"), StartedBetween(1, 2)
    for one in (first, second, first):
        store.add_filter(one)
    assert store.view.selection.filters == (first, second)
    store.remove_filter(first)
    assert store.view.selection.filters == (second,)


@pytest.mark.parametrize(
    ("changes", "kept"), [({}, True), ({"read_only": True}, False), ({"kind": FileKind.LOG}, False), ({"kind": FileKind.TABLE}, False)]
)
def test_the_view_is_kept_only_in_a_project_that_may_be_written(store: Store, changes: dict[str, Any], kept: bool) -> None:
    store.set_opened(opened(**changes))
    store.change_view(steps=4)
    store.save_view()
    asked = [question for question in store.jobs.questions if isinstance(question, SaveView)]  # type: ignore[attr-defined]
    assert [question.view.steps for question in asked] == ([4] if kept else [])
    store.save_view()
    assert len(asked) == (1 if kept else 0)


def test_the_view_is_kept_a_moment_after_the_last_change(store: Store, qtbot: QtBot) -> None:
    store._saver.setInterval(20)
    for n in range(1, 5):
        store.change_view(steps=n)
    qtbot.waitUntil(lambda: bool(store.jobs.questions))  # type: ignore[attr-defined]
    assert [question.view.steps for question in store.jobs.questions] == [4]  # type: ignore[attr-defined]


def test_opening_another_log_forgets_history_and_choice(store: Store) -> None:
    store.change_view(steps=4)
    store.select(StepSelected(1))
    store.set_opened(opened(view=ViewState(page="cases")))
    assert (store.view.page, store.selected, store.can_undo) == ("cases", None, False)


def test_language_and_appearance_are_remembered_and_announced(store: Store, qtbot: QtBot) -> None:
    with qtbot.waitSignal(store.language_changed):
        store.set_language("en")
    with qtbot.waitSignal(store.appearance_changed):
        store.set_appearance(Appearance.PROJECTOR)
    with qtbot.assertNotEmitted(store.language_changed):
        store.set_language("en")
    assert store.texts.language == "en"
    assert (store.settings.values.language, store.settings.values.appearance) == ("en", "projector")


def test_an_appearance_is_switched_on_and_off_and_the_projector_gives_back_what_was_there(store: Store) -> None:
    store.switch_appearance(Appearance.DARK)
    store.switch_appearance(Appearance.PROJECTOR)
    assert store.appearance is Appearance.PROJECTOR
    store.switch_appearance(Appearance.PROJECTOR)
    assert store.appearance is Appearance.DARK
    store.switch_appearance(Appearance.DARK)
    assert store.appearance is Appearance.LIGHT
