"""What somebody met who used the window by hand: choosers that lied, keys that did nothing, dialogs that came later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QRectF, QSizeF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from engine.log.selection import HasActivity, StartedBetween
from engine.process_map.values import END, START, Metric
from engine.service.messages import MapAnswer, MapQuery, Prepare, StepQuery
from engine.texts import Texts
from gui.actions import Actions
from gui.map.inspector import Inspector
from gui.map.layer import stand_out
from gui.map.legend import width_samples
from gui.map.tips import standing_rects, tip_size
from gui.map.words import describe
from gui.pages.map_page import MapPage
from gui.palette_entries import palette_entries
from gui.store import PathSelected, StepSelected, Store
from gui.theme import Appearance
from gui.widgets.file_dialog import ask_file, ask_save, make_file_dialog
from gui.widgets.palette import Palette
from gui.widgets.sided import Sided
from gui.widgets.toast import Toast
from gui.widgets.top_bar import TopBar
from tests.gui.map_example import REFUSED, example_answer
from tests.gui.map_world import FakeJobs, make_store, opened_log, shown_page, step_details
from tests.gui.window_world import OPENING_MS, World, needs_demo
from tests.gui.window_world import world as window_world

__all__ = ["window_world"]
Shown = tuple[MapPage, Store, FakeJobs]


def answer_map(query: MapQuery) -> MapAnswer:
    made = example_answer(query)
    is_empty = bool(query.selection.filters)
    return replace(made, map=replace(made.map, steps=(), paths=(), n_cases=0)) if is_empty else made


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    """The map page; a filter leaves no case."""
    with shown_page(qtbot, tmp_path) as (shown, store, jobs):
        jobs.answers[MapQuery] = answer_map
        yield shown, store, jobs
        shown.toast.hide()


def said(toast: Toast) -> str:
    return toast.accessibleName() if toast.isVisible() else ""


# ---- what stands in the panel --------------------------------------------------------------------------------------------------


def test_the_choosers_show_what_is_drawn_after_another_log_is_opened(page: Shown) -> None:
    shown, store, _jobs = page
    store.change_view(colour=Metric.CASES, label=Metric.MAX_REPETITIONS, second=None)
    store.set_opened(opened_log())
    assert store.view.colour is Metric.MEDIAN
    boxes = (shown.controls.colour, shown.controls.label, shown.controls.second)
    assert [box.currentData() for box in boxes] == [Metric.MEDIAN.value, Metric.OCCURRENCES.value, Metric.MEDIAN.value]


# ---- export --------------------------------------------------------------------------------------------------------------------


def test_an_export_without_cases_says_why_and_never_comes_later(page: Shown) -> None:
    shown, store, _jobs = page
    store.add_filter(HasActivity("Afslag"))
    shown.export_map()
    assert said(shown.toast) == store.texts("There is no map to export: no case meets all the filters.")
    store.undo()
    assert shown.canvas.map is not None
    assert shown.export_dialog is None


@pytest.mark.parametrize("saving", [False, True])
def test_a_dialog_for_files_speaks_danish_on_its_buttons(qtbot: QtBot, tmp_path: Path, saving: bool) -> None:
    store, _jobs = make_store(tmp_path)
    read: list[list[str]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        buttons = dialog.findChild(QDialogButtonBox)
        table = dialog.findChild(QTreeView, "treeView")
        assert isinstance(buttons, QDialogButtonBox)
        assert isinstance(table, QTreeView)
        read.append([one.text() for one in buttons.buttons()])
        read.append([table.model().headerData(i, Qt.Orientation.Horizontal) for i in range(4) if not table.isColumnHidden(i)])
        dialog.reject()

    QTimer.singleShot(300, look)
    chosen = ask_save(store, None, "Export the process map", "map.pdf", "PDF (*.pdf)") if saving else ask_file(store, None, "Open file")
    assert chosen == ""
    assert read[0] == [store.texts("Save") if saving else store.texts("Open"), store.texts("Cancel")]
    assert len(read[1]) == 3


def test_a_dialog_for_files_can_only_be_closed(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path)
    dialog = make_file_dialog(store, None, "Open file")
    qtbot.addWidget(dialog)
    assert not dialog.windowFlags() & (Qt.WindowType.WindowMinimizeButtonHint | Qt.WindowType.WindowMaximizeButtonHint)
    assert dialog.windowFlags() & Qt.WindowType.WindowCloseButtonHint


# ---- the palette and the menus -------------------------------------------------------------------------------------------------


def found(qtbot: QtBot, store: Store, owner: QWidget, words: str) -> list[str]:
    """What the palette offers for these words, in its order."""
    actions = Actions(owner)
    actions.retranslate(store.texts)
    palette = Palette(store, owner, palette_entries(store, actions))
    qtbot.addWidget(palette)
    palette.field.setText(words)
    return [palette.list.model().index(place, 0).data() for place in range(palette.list.model().rowCount())]


def test_the_palette_puts_steps_first_and_quitting_last(page: Shown, qtbot: QtBot) -> None:
    shown, store, _jobs = page
    names = found(qtbot, store, shown, "afs")
    assert set(names[:2]) == {"Afslag", "Afslutning registreret"}
    assert names[-1] == store.texts("Quit")
    assert found(qtbot, store, shown, "")[0] == store.texts("Process map")


def test_the_menu_of_the_project_reads_from_left_to_right(page: Shown, qtbot: QtBot) -> None:
    shown, store, _jobs = page
    bar = TopBar(store, Actions(shown))
    qtbot.addWidget(bar)
    menu = bar.project.menu()
    assert menu.layoutDirection() == bar.project.layoutDirection() == Qt.LayoutDirection.LeftToRight


# ---- filters -------------------------------------------------------------------------------------------------------------------


def test_the_opposite_filter_takes_the_place_of_the_one_before(page: Shown) -> None:
    _shown, store, _jobs = page
    first, period = HasActivity("Afslag"), StartedBetween(0, 9)
    store.change_filters((first, period))
    store.add_filter(HasActivity("Afslag", keep=False))
    assert store.view.selection.filters == (HasActivity("Afslag", keep=False), period)
    store.undo()
    assert store.view.selection.filters == (first, period)


# ---- stopping and locking ------------------------------------------------------------------------------------------------------


def test_stopping_an_opening_is_acknowledged(window_world: World) -> None:
    window_world.window.flow.open_demo()
    window_world.qtbot.mouseClick(window_world.window.welcome.unlock_card._stop, Qt.MouseButton.LeftButton)
    window_world.rest()
    assert said(window_world.window.toast) == window_world.store.texts("Stopped. Nothing was opened.")


@needs_demo
def test_what_could_be_undone_before_the_lock_can_be_undone_after_it(window_world: World) -> None:
    world: Any = window_world
    world.open_demo()
    world.store.change_view(colour=Metric.CASES)
    world.store.change_view(steps=5)
    world.store.undo()
    world.press("Ctrl+L")
    assert not world.store.can_undo
    world.qtbot.mouseClick(world.window.lock_page.unlock_card.unlock, Qt.MouseButton.LeftButton)
    world.wait(lambda: not world.store.locked, OPENING_MS)
    world.rest()
    world.press("Ctrl+Z")
    assert world.store.view.colour is Metric.MEDIAN
    world.press("Ctrl+Shift+Z")
    world.press("Ctrl+Shift+Z")
    assert world.store.view.steps == 5
    world.window.flow.close_log()
    assert not world.store.can_undo


# ---- a step keeps its place ----------------------------------------------------------------------------------------------------


@pytest.fixture
def arranging(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    """A map for whose steps the engine finds better places once it has been told to prepare itself, which takes its time."""
    with shown_page(qtbot, tmp_path) as (shown, store, jobs):
        sought = jobs.answers[Prepare]

        def drawn(query: MapQuery) -> MapAnswer:
            made = replace(example_answer(query), arranged=query.arranged and found[0])
            made = replace(made, refined=made.arranged or not query.arranged)
            cards = tuple(replace(card, column=-card.column) for card in made.layout.cards)
            return replace(made, layout=replace(made.layout, cards=cards)) if made.arranged else made

        def prepare(question: Prepare) -> Any:
            found[0] = True
            return sought(question)

        found = [False]
        jobs.answers |= {MapQuery: drawn, Prepare: prepare}
        jobs.held = True
        store.set_opened(opened_log())
        jobs.answer(next(number for number, (question, *_) in jobs.waiting.items() if isinstance(question, MapQuery)))
        jobs.held = False
        yield shown, store, jobs
        shown.toast.hide()


def end_preparation(jobs: FakeJobs) -> None:
    jobs.answer(next(number for number, (question, *_) in jobs.waiting.items() if isinstance(question, Prepare)))


def columns(shown: MapPage) -> list[int]:
    assert shown.canvas.map is not None
    return [card.column for card in shown.canvas.map.answer.layout.cards]


def test_a_map_that_nobody_has_touched_takes_better_places_and_says_so(arranging: Shown) -> None:
    shown, store, jobs = arranging
    before = columns(shown)
    end_preparation(jobs)
    assert columns(shown) == [-column for column in before]
    assert said(shown.toast) == store.texts("Better places have been found for the steps of the map.")


def test_what_was_said_does_not_come_back_with_the_page(page: Shown) -> None:
    shown, _store, _jobs = page
    shown.toast.say("Said once.")
    shown.hide()
    shown.show()
    assert not shown.toast.isVisible()


@pytest.mark.parametrize("use", ["select", "zoom", "filter", "keyboard"])
def test_a_map_in_use_is_never_turned_round(arranging: Shown, use: str) -> None:
    shown, store, jobs = arranging
    before = columns(shown)
    uses: dict[str, Callable[[], object]] = {
        "select": lambda: shown.canvas.picked.emit(StepSelected(0)),
        "zoom": lambda: shown.canvas.zoom_by(1.3),
        "filter": lambda: store.change_view(steps=9),
        "keyboard": lambda: QTest.keyClick(shown.canvas, Qt.Key.Key_Down),
    }
    uses[use]()
    end_preparation(jobs)
    assert columns(shown) == before
    assert shown.answer is not None
    assert shown.answer.refined
    assert said(shown.toast).startswith(store.texts("Better places have been found for the steps of the map."))
    shown.toast._button.click()
    assert columns(shown) == [-column for column in before]
    store.undo()
    assert columns(shown) == [-column for column in before]


def test_a_map_that_was_kept_as_it_stood_stands_so_again(arranging: Shown) -> None:
    shown, store, jobs = arranging
    shown.canvas.zoom_by(1.3)
    end_preparation(jobs)
    kept = columns(shown)
    store.set_opened(opened_log(), view=store.view)
    assert columns(shown) == kept
    assert not shown.places.are_held


# ---- sliders, legend, keys and filters on the map ------------------------------------------------------------------------------


def test_a_slider_begins_where_it_begins_to_act(page: Shown) -> None:
    shown, store, jobs = page
    jobs.answers[MapQuery] = lambda query: replace(example_answer(query), steps_min=3, paths_min=10, paths_max=30)
    store.change_view(paths=4)
    slider = shown.controls.paths.slider
    assert (slider.minimum(), slider.value(), slider.maximum()) == (10, 10, 30)
    assert shown.controls.steps.slider.minimum() == 3
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert store.view.paths == 11


def test_a_fitted_map_is_fitted_after_every_move_of_a_slider_and_a_zoomed_one_never(page: Shown) -> None:
    shown, store, jobs = page
    canvas = shown.canvas

    def fewer(query: MapQuery) -> MapAnswer:
        made = example_answer(query)
        kept = made.layout.cards[: query.steps] if query.steps else made.layout.cards
        steps = {card.step for card in kept} | {START, END}
        lanes = tuple(lane for lane in made.layout.lanes if {lane.source, lane.target} <= steps)
        height = made.layout.height if query.steps is None else made.layout.height * 0.9
        return replace(made, layout=replace(made.layout, cards=kept, lanes=lanes, height=height))

    jobs.answers[MapQuery] = fewer
    for steps in (8, None, 9):
        store.change_view(steps=steps)
        assert canvas.map is not None
        assert canvas.camera.scale == pytest.approx(canvas._fit(canvas.map).scale)
    canvas.zoom_by(1.4)
    zoomed = canvas.camera.scale
    store.change_view(steps=8)
    assert canvas.camera.scale == zoomed


def test_the_legend_shows_how_thin_the_rarest_path_is() -> None:
    made = example_answer()
    rarest = min((path for path in made.map.paths if path.source != START and path.target != END), key=lambda path: path.occurrences)
    paths = tuple(replace(path, occurrences=3) if path is rarest else path for path in made.map.paths)
    samples = width_samples(replace(made, map=replace(made.map, paths=paths)))
    assert samples[0][1] == 3
    assert samples[0][0] < samples[1][0] < samples[2][0]


def test_the_mark_of_the_keyboard_goes_where_the_keyboard_goes(page: Shown) -> None:
    shown, store, _jobs = page
    shown.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(shown.canvas, Qt.Key.Key_Down)
    assert shown.canvas.layer.by_keyboard
    assert shown.canvas.focused_step is not None
    shown.controls.colour.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not shown.canvas.layer.by_keyboard
    shown.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(shown.canvas, Qt.Key.Key_Down)
    store.set_opened(opened_log())
    assert shown.canvas.focused_step is None
    assert not shown.canvas.layer.by_keyboard


def test_a_search_without_a_hit_says_so(page: Shown) -> None:
    shown, store, _jobs = page
    shown.bar.focus_search()
    QTest.keyClicks(shown.bar.search, "zzz")
    assert shown.bar.nothing.isVisible()
    assert shown.bar.nothing.accessibleName() == store.texts("No step on the map has such a name.")
    assert shown.rect().contains(shown.bar.nothing.geometry())
    QTest.keyClick(shown.bar.search, Qt.Key.Key_Escape)
    assert not shown.bar.nothing.isVisible()
    QTest.keyClicks(shown.bar.search, "afs")
    assert not shown.bar.nothing.isVisible()
    QTest.keyClick(shown.bar.offers, Qt.Key.Key_Escape)


def test_a_filter_that_is_set_cannot_be_set_again(page: Shown, qtbot: QtBot) -> None:
    shown, store, jobs = page
    jobs.answers[MapQuery] = example_answer
    inspector = Inspector(store)
    qtbot.addWidget(inspector)
    inspector.show()
    step = StepSelected(next(one.step for one in example_answer().map.steps if one.name == "Afslag"))
    store.select(step)
    assert inspector.only_with.isEnabled()
    inspector.only_with.setFocus()
    inspector.only_with.click()
    assert inspector.focusWidget() is inspector.only_without
    assert not inspector.only_with.isEnabled()
    assert inspector.only_with.toolTip() == store.texts("This filter is set already.")
    menu = shown.menu(step)
    usable = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert not usable[store.texts("Show only cases with this step")]
    assert usable[store.texts("Show only cases without this step")]
    inspector.only_without.click()
    assert store.view.selection.filters == (HasActivity("Afslag", keep=False),)
    jobs.answers[StepQuery] = lambda query: replace(step_details(query), n_cases=0, cases=0)
    store.add_filter(StartedBetween(0, 1))
    assert inspector.line.text() == store.texts("No case meets all the filters at once.")
    menu.deleteLater()


@needs_demo
def test_keys_of_the_map_work_wherever_the_keyboard_is(window_world: World) -> None:
    world: Any = window_world
    world.open_demo()
    shown = world.window.findChild(MapPage)
    world.store.select(StepSelected(0))
    world.rest()
    inspector = world.window.findChild(Inspector)
    inspector.only_with.setFocus()
    world.qtbot.keyClick(inspector.only_with, Qt.Key.Key_Slash)
    assert shown.bar.search.hasFocus()
    inspector.only_with.setFocus()
    world.qtbot.keyClick(inspector.only_with, Qt.Key.Key_Escape)
    assert world.store.selected is None
    world.press("Ctrl+3")
    world.qtbot.keyClick(world.window.workspace, Qt.Key.Key_Slash)
    assert not shown.bar.search.hasFocus()


# ---- what stands out -----------------------------------------------------------------------------------------------------------


A_PATH = next(PathSelected(one.source, one.target) for one in example_answer().map.paths if one.source >= 0 and one.target >= 0)


@pytest.mark.parametrize("what", [StepSelected(3), StepSelected(REFUSED), A_PATH])
def test_a_tip_covers_nothing_of_what_stands_out(page: Shown, what: StepSelected | PathSelected) -> None:
    shown, _store, _jobs = page
    canvas = shown.canvas
    canvas.resize(1400, 900)
    canvas.fit_map(glide=False)
    scene, words = canvas.map, shown.describe(what)
    assert scene is not None
    standing = stand_out(scene, what)
    assert standing is not None
    size = QSizeF(canvas.viewport().size())
    kept = standing_rects(scene, standing, canvas.camera, size)
    corner = canvas._tip_place(what, words, QPoint(700, 450))
    tip = QRectF(QRect(corner, tip_size(words)))
    assert QRectF(canvas.viewport().rect()).contains(tip)
    step = scene.card_by_step.get(what.step if isinstance(what, StepSelected) else what.source)
    assert step is not None
    card = QRectF(canvas.camera.to_view(step.rect.topLeft(), size), step.rect.size() * canvas.camera.scale)
    assert not tip.intersects(card)
    covered = sum(tip.intersected(one).width() * tip.intersected(one).height() for one in kept if tip.intersects(one))
    assert covered <= 0.05 * tip.width() * tip.height()


def test_a_selected_path_stands_out_as_a_selected_step_does(page: Shown) -> None:
    shown, store, _jobs = page
    store.select(A_PATH)
    standing = shown.canvas.layer.standing
    assert standing is not None
    assert standing.paths == {(A_PATH.source, A_PATH.target)}
    assert shown.canvas.layer.dimmed < 1
    store.select(None)
    assert shown.canvas.layer.standing is None


@pytest.mark.parametrize("appearance", list(Appearance))
def test_the_panel_says_why_the_first_view_shows_fewer_steps(page: Shown, appearance: Appearance) -> None:
    shown, store, _jobs = page
    store.set_appearance(appearance)
    store.turns.finish()
    why = store.texts("The first view has as many steps as the window has room for.")
    assert shown.controls.left_out.text().endswith(why)
    store.change_view(steps=9)
    assert why not in shown.controls.left_out.text()


def test_the_tip_of_a_step_says_from_when_its_card_shows_repetitions() -> None:
    made, texts = example_answer(), Texts("en")
    least = min(path.occurrences for path in made.map.paths if path.source >= 0 and path.target >= 0)
    few, many = (replace(made.map.steps[0], self_loops=loops) for loops in (least - 1, least))
    tips = [describe(replace(made, map=replace(made.map, steps=(one,))), StepSelected(one.step), texts) for one in (few, many)]
    assert f"The card shows ↻ from {texts.number(least)} on" in tips[0]
    assert "The card shows" not in tips[1]


# ---- places of the frame -------------------------------------------------------------------------------------------------------


def test_the_search_field_stands_still_whatever_the_project_is_called(page: Shown, qtbot: QtBot) -> None:
    shown, store, _jobs = page
    bar = TopBar(store, Actions(shown))
    qtbot.addWidget(bar)
    bar.resize(1350, 68)
    bar.show()
    places = []
    for name in ("A", "Oprettelse af placeringer i Aalborg Kommune"):
        store.set_opened(replace(opened_log(), name=name))
        QApplication.processEvents()
        places.append(bar.search.geometry())
    assert places[0] == places[1]
    assert bar.search.mapTo(bar, bar.search.rect().topRight()).x() < bar.settings.mapTo(bar, QPoint(0, 0)).x()


def test_a_panel_with_nothing_to_say_gives_way_on_a_small_screen(page: Shown, qtbot: QtBot) -> None:
    _shown, store, _jobs = page
    window = Sided(store, QWidget(), QWidget())
    qtbot.addWidget(window)
    window.show()
    for width, has_panel in ((1366, False), (1440, True)):
        window.resize(width, 745)
        assert window.side.isVisible() is has_panel
    window.resize(1366, 745)
    window.set_wanted(True)
    assert window.side.isVisible()


def test_the_message_about_a_saved_map_names_its_folder(page: Shown, tmp_path: Path) -> None:
    shown, store, _jobs = page
    store.last_folder = str(tmp_path / "Rapporter")
    shown._say_saved("kort.pdf")
    assert said(shown.toast) == store.texts("Saved as {file} in the folder {folder}", file="kort.pdf", folder="Rapporter")
