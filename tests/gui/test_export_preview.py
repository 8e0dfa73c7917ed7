"""Before a map leaves, its page can be read: as a whole and close by, with marks of what the guard leaves out, shown piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engine.service.messages import MapQuery, ModelQuery, RecordExport
from engine.texts import Texts
from gui.map.document import Facts, MapDocument
from gui.map.export import ExportKind, to_image
from gui.map.export_changes import Change, ChangesTable
from gui.map.export_dialog import ExportDialog
from gui.map.export_missing import missing_of
from gui.map.model_export import make_page
from gui.map.page_view import PageView
from gui.map.scene import build_scene
from gui.map.style import map_style
from gui.pages.map_page import MapPage
from gui.store import Store
from gui.theme import Appearance, load_fonts
from tests.gui.map_example import REFUSED, example_answer
from tests.gui.map_world import FakeJobs, make_store
from tests.gui.test_map_export import guarded, world  # noqa: F401
from tests.gui.test_model_page import answer_model

pytestmark = pytest.mark.usefixtures("qapp")
EN = Texts("en")
FACTS = Facts("placeringer", "Shows all cases.", "21 Nov 2026")


@pytest.fixture
def dialog(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> ExportDialog:
    page = world[0]
    page.bar.export.click()
    shown = page.export_dialog
    assert shown is not None
    qtbot.waitUntil(lambda: shown.preview.is_drawn)
    return shown


@pytest.fixture
def view(tmp_path: Path, qtbot: QtBot) -> Iterator[PageView]:
    """A view of 400 × 300 px."""
    store, _jobs = make_store(tmp_path, "en")
    made = PageView(store)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    yield made
    made.stop()


def page_of(width: int, height: int) -> tuple[QSizeF, Callable[[float], QImage]]:
    """A page whose upper half is red."""

    def draw(factor: float) -> QImage:
        picture = QImage(round(width * factor), round(height * factor), QImage.Format.Format_RGB32)
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        painter.fillRect(0, 0, picture.width(), picture.height() // 2, QColor("red"))
        painter.end()
        return picture

    return QSizeF(width, height), draw


def test_a_page_that_can_be_read_is_shown_whole_and_a_long_one_at_its_own_size(view: PageView, qtbot: QtBot) -> None:
    view.show_page(*page_of(500, 400))
    qtbot.waitUntil(lambda: view.is_drawn)
    assert view.scale == view.whole == pytest.approx(0.75)
    assert not view.horizontalScrollBar().maximum() and not view.verticalScrollBar().maximum()
    view.show_page(*page_of(2000, 200))
    qtbot.waitUntil(lambda: view.is_drawn)
    assert view.scale == 1.0
    assert view.horizontalScrollBar().maximum() >= 1600 and not view.verticalScrollBar().maximum()


def test_keys_wheel_and_hand_zoom_and_move(view: PageView, qtbot: QtBot) -> None:
    said: list[float] = []
    view.zoomed.connect(said.append)
    view.show_page(*page_of(500, 400))
    qtbot.waitUntil(lambda: view.is_drawn)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert said[-1] == view.scale > 1.0
    qtbot.waitUntil(lambda: view.is_drawn)
    across = view.horizontalScrollBar()
    before = across.value()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(view.viewport(), QPoint(160, 150))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(160, 150))
    assert across.value() == before + 40
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert across.value() > before + 40
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.scale == view.whole
    place = QPointF(100, 100)
    buttons, control = Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier
    turn = QWheelEvent(place, place, QPoint(), QPoint(0, 120), buttons, control, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view.viewport(), turn)
    assert view.scale > view.whole
    qtbot.waitUntil(lambda: view.is_drawn)


def test_zooming_keeps_what_is_under_the_pointer(view: PageView, qtbot: QtBot) -> None:
    view.show_page(*page_of(2000, 1000))
    at = QPointF(300, 200)
    on_page = (at - view._corner()) / view.scale
    view.zoom_by(1.5, at)
    moved = (at - view._corner()) / view.scale - on_page
    assert abs(moved.x()) < 1 and abs(moved.y()) < 1
    qtbot.waitUntil(lambda: view.is_drawn)


def test_the_page_is_seen_as_it_is(view: PageView, qtbot: QtBot) -> None:
    view.show_page(*page_of(200, 200))
    qtbot.waitUntil(lambda: view.is_drawn)
    seen = view.viewport().grab().toImage()
    assert seen.pixelColor(200, 100) == QColor("red") and seen.pixelColor(200, 200) == QColor("white")


def test_a_page_that_cannot_be_drawn_says_so(view: PageView, qtbot: QtBot) -> None:
    def fail(_factor: float) -> QImage:
        raise MemoryError

    view.show_page(QSizeF(100, 100), fail)
    qtbot.waitUntil(lambda: view._words == "No preview")
    assert not view.is_drawn


# ---- what is left out --------------------------------------------------------------------------------------------------------


def test_what_the_guard_leaves_out_is_dashed_in_the_preview_and_not_in_the_file(qtbot: QtBot) -> None:
    load_fonts()
    style, exact = map_style(Appearance.LIGHT, figures=False), example_answer()
    told = guarded(MapQuery(guarded=True))
    steps = tuple(step for step in told.map.steps if step.step != REFUSED)
    paths = tuple(path for path in told.map.paths if REFUSED not in (path.source, path.target))
    document = MapDocument(replace(told, map=replace(told.map, steps=steps, paths=paths)), FACTS, EN, style, exact=exact.map)
    scene = build_scene(exact, EN, style)
    missing = missing_of(scene, document.scene)
    assert [card.step for card in missing.cards] == [REFUSED]
    assert {REFUSED} < {end for lane in missing.lanes for end in lane.key}
    assert "dashed" in missing.sentence(EN)
    plain, marked = to_image(document, 1.0), to_image(document, 1.0, missing)
    assert plain != marked
    assert not missing_of(document.scene, document.scene) and missing_of(document.scene, document.scene).sentence(EN) == ""


def test_a_line_that_takes_the_place_of_others_is_not_said_to_be_missing(qtbot: QtBot) -> None:
    """A guarded model has one flow where a gateway with nothing left to decide had two."""
    load_fonts()
    query = ModelQuery(noise=0.0)
    exact, told = answer_model(query), answer_model(replace(query, guarded=True))
    page = make_page(exact, told, FACTS, EN, map_style(Appearance.LIGHT))
    lost = {(flow.source, flow.target) for flow in exact.model.flows} - {(flow.source, flow.target) for flow in told.model.flows}
    assert 0 < len(page.missing.lanes) < len(lost)
    assert any(words.startswith(f"{len(page.missing.lanes)} path") and "fewer than 5 cases" in words for words in page.sentences)


def test_the_dialog_says_how_it_marks_what_is_left_out(dialog: ExportDialog) -> None:
    said = [words.text() for words in dialog.findChildren(QLabel)]
    assert "What is left out is dashed in this preview, and is not in the file." in said
    dialog.reject()


# ---- rounding and names of files ---------------------------------------------------------------------------------------------


def test_the_page_and_the_dialog_say_the_same_about_rounding() -> None:
    load_fonts()
    style, exact, told = map_style(Appearance.LIGHT), example_answer(), guarded(MapQuery(guarded=True))
    page = MapDocument(told, FACTS, EN, style, exact=exact.map)
    assert page.guard_sentence().endswith("counts are rounded to the nearest 5.")
    coarse = replace(exact.map, steps=(replace(exact.map.steps[0], cases=told.map.steps[0].cases + 4), *exact.map.steps[1:]))
    page = MapDocument(told, FACTS, EN, style, exact=coarse)
    assert page.guard_sentence().endswith("counts are rounded to the nearest 5, some of them to the nearest 10.")


def test_an_ending_that_is_typed_chooses_the_format(
    world: tuple[MapPage, Store, FakeJobs],
    dialog: ExportDialog,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    dialog.kinds[ExportKind.PDF].setChecked(True)
    dialog.choose_path = lambda _name, _pattern: str(tmp_path / "b.SVG")
    with qtbot.waitSignal(dialog.exported) as said:
        dialog.save.click()
    assert said.args == ["b.SVG"]
    assert (tmp_path / "b.SVG").read_bytes().startswith(b"<?xml")
    assert [record.kind for record in world[2].asked(RecordExport)] == ["svg"]


def test_a_file_that_was_not_named_is_never_overwritten(
    world: tuple[MapPage, Store, FakeJobs],
    dialog: ExportDialog,
    tmp_path: Path,
) -> None:
    """The question whether a file may be replaced was asked for the name that was typed, not for the one with the ending."""
    older = tmp_path / "kort.pdf"
    older.write_text("older")
    dialog.choose_path = lambda _name, _pattern: str(tmp_path / "kort")
    dialog.save.click()
    assert "kort.pdf" in dialog.problem.text() and dialog.problem.isVisible()
    assert older.read_text() == "older" and world[2].asked(RecordExport) == []
    assert dialog.save.isEnabled()
    dialog.reject()


def test_the_preview_is_shown_in_pieces(
    world: tuple[MapPage, Store, FakeJobs],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One turn of the window's thread each; the page can be saved after the last one."""
    page, store, _jobs = world
    monkeypatch.setattr("gui.turns.TURN_MS", 0)
    turns, at = [0], dict[str, int]()
    take = store.turns._take_turn
    store.turns._timer.timeout.disconnect()
    store.turns._timer.timeout.connect(lambda: (turns.__setitem__(0, turns[0] + 1), take()))
    for name in ("_show_changes", "_compare", "_show_page"):
        shown = getattr(ExportDialog, name)
        monkeypatch.setattr(ExportDialog, name, lambda self, page, n=name, f=shown: (at.__setitem__(n, turns[0]), f(self, page)))
    page.bar.export.click()
    opened = page.export_dialog
    assert opened is not None and opened.document is None and not opened.save.isEnabled()
    qtbot.waitUntil(opened.save.isEnabled)
    assert at["_show_changes"] < at["_compare"] < at["_show_page"]
    opened.reject()


def test_a_name_too_long_for_one_line_of_the_table_stands_on_two(tmp_path: Path, qtbot: QtBot) -> None:
    load_fonts()
    store, _jobs = make_store(tmp_path, "en")
    table = ChangesTable(store)
    qtbot.addWidget(table)
    table.resize(560, 200)
    table.show()
    long = "Decision sent to the citizen → Placement made in the system"
    table.show_changes((Change("Short", "Cases", "12", "10", "rounded to 5"), Change(long, "Cases", "12", "10", "rounded to 5")))
    seen = table.viewport().grab().toImage()

    def inked(row: int) -> int:
        """Rows of pixels with ink in the first cell."""
        cell = table.visualRect(table.model().index(row, 0)).adjusted(20, 2, -10, -2)
        across = range(cell.left(), cell.right())
        return sum(any(seen.pixelColor(x, y).lightness() < 120 for x in across) for y in range(cell.top(), cell.bottom()))

    assert inked(1) > inked(0) + 8
