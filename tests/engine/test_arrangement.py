"""A step keeps its place: the better places that were sought once are kept in the project and used from the first map on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from engine import operations
from engine.errors import Cancelled
from engine.layout.values import Graph, Search, Seed, Sizes
from engine.process_map.drawing import arrangement_of
from engine.service.messages import (
    MapAnswer,
    MapQuery,
    Open,
    Opened,
    Prepare,
    SaveProject,
    SaveView,
    Secret,
    ViewState,
)
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.workspace import Workspace
from tests.projects import FACTS, PASSPHRASE, lock_quickly, make, reopen

MIRRORED = Arrangement(desk=Seed(((1, 0.0, -1),)), projector=Seed(((1, 0.0, 2),)))


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


@pytest.fixture
def _seeks_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sought is found at once."""
    monkeypatch.setattr("engine.process_map.drawing.seek_seed", lambda *_arguments: MIRRORED.desk)


def opened(folder: Path) -> Workspace:
    workspace = Workspace()
    assert isinstance(operations.answer(workspace, Open(str(folder), Secret(PASSPHRASE)), Task()), Opened)
    return workspace


def drawn(workspace: Workspace, query: MapQuery | None = None) -> MapAnswer:
    made = operations.answer(workspace, query or MapQuery(), Task())
    assert isinstance(made, MapAnswer)
    return made


@pytest.mark.usefixtures("_seeks_mirrored")
def test_a_reopened_project_stands_at_once_as_it_stood(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    first = drawn(workspace)
    assert not first.refined
    assert not first.arranged
    operations.answer(workspace, Prepare(), Task())
    settled = drawn(workspace)
    assert settled.refined
    again = drawn(opened(tmp_path / "p"))
    assert again == settled
    assert reopen(tmp_path / "p").state.arrangement == workspace.arrangement


@pytest.mark.usefixtures("_seeks_mirrored")
def test_what_was_found_before_a_log_became_a_project_goes_into_it(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    operations.answer(workspace, Prepare(), Task())
    settled = drawn(workspace)
    operations.answer(workspace, SaveProject(str(tmp_path / "q"), FACTS, PASSPHRASE), Task())
    assert drawn(opened(tmp_path / "q")).layout == settled.layout


def test_an_arrangement_that_is_kept_is_not_sought_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path / "p")
    project.change_state(Task(), arrangement=MIRRORED)
    monkeypatch.setattr("engine.process_map.drawing.seek_seed", lambda *_arguments: pytest.fail("sought again"))
    workspace = opened(tmp_path / "p")
    operations.answer(workspace, Prepare(), Task())
    assert arrangement_of(workspace.study) == MIRRORED
    assert drawn(workspace, MapQuery(projector=True)).refined


@pytest.mark.usefixtures("_seeks_mirrored")
def test_the_first_places_can_be_kept(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    first = drawn(workspace)
    operations.answer(workspace, Prepare(), Task())
    held = drawn(workspace, MapQuery(arranged=False))
    assert held.refined
    assert not held.arranged
    assert held.layout == first.layout


@pytest.mark.usefixtures("_seeks_mirrored")
def test_a_view_and_an_arrangement_that_are_kept_at_once_do_not_undo_each_other(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    before = workspace.source
    operations.answer(workspace, SaveView(ViewState(page="cases")), Task())
    workspace.hold(before)
    operations.answer(workspace, Prepare(), Task())
    state = reopen(tmp_path / "p").state
    assert state.view.page == "cases"
    assert state.arrangement is not None


def test_a_search_that_is_stopped_is_kept_and_goes_on_when_the_project_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "p")
    come = Search(MIRRORED.desk.places, 0, 2, True, 9_000, (17,))
    begun: list[Search | None] = []

    def stopped(_graph: Graph, _sizes: Sizes, _task: Task, _first: Graph, before: Search | None, keep: Callable[[Search], None]) -> Seed:
        begun.append(before)
        keep(come)
        raise Cancelled

    monkeypatch.setattr("engine.process_map.drawing.seek_seed", stopped)
    workspace = opened(tmp_path / "p")
    first = drawn(workspace)
    for _ in range(2):
        with pytest.raises(Cancelled):
            operations.answer(workspace, Prepare(), Task())
    assert begun == [None, come]
    assert drawn(workspace).layout == first.layout
    assert reopen(tmp_path / "p").state.arrangement == Arrangement(search=come)
    again = opened(tmp_path / "p")
    assert not drawn(again).arranged
    with pytest.raises(Cancelled):
        operations.answer(again, Prepare(), Task())
    assert begun == [None, come, come]
    monkeypatch.setattr("engine.process_map.drawing.seek_seed", lambda *_arguments: MIRRORED.desk)
    operations.answer(again, Prepare(), Task())
    kept = reopen(tmp_path / "p").state.arrangement
    assert kept is not None and kept.search is None and drawn(again).arranged


def test_a_project_that_can_only_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    make(tmp_path / "p", read_only=True)
    files = {path: path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file()}
    operations.answer(opened(tmp_path / "p"), Prepare(), Task())
    assert {path: path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file()} == files


def test_a_project_of_an_earlier_version_has_no_arrangement() -> None:
    state = {"facts": msgspec.to_builtins(FACTS)}
    from engine.vault.project_folder import State

    assert msgspec.convert(state, State).arrangement is None
