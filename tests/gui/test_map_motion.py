"""The map in a visible window with motion on: what stands out while the pointer travels, and where the keyboard is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.map.canvas import MapCanvas
from gui.map.view import SELECTED_DIM
from gui.pages.map_page import MapPage
from gui.store import StepSelected, Store
from gui.widgets.focus_ring import BY_KEY, FocusRing, last_input_was_a_key
from tests.gui.map_example import REFUSED, RETURNED
from tests.gui.map_world import FakeJobs, hover, make_store, place, press, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open, and motion on."""
    with shown_page(qtbot, tmp_path, reduce_motion=False) as made:
        made[0].canvas.settle()
        qtbot.waitUntil(lambda: made[0].canvas.layer.has_current_backdrop)
        yield made


def is_bright(canvas: MapCanvas, step: int) -> bool:
    """Whether the bar of a card on the screen has its full colour."""
    picture = canvas.viewport().grab().toImage()
    assert canvas.map is not None
    rect, scale = canvas.map.card_by_step[step].rect, canvas.camera.scale
    middle = place(canvas, step)
    left, top = round(middle.x() - rect.width() * scale / 2), round(middle.y() - rect.height() * scale / 2)
    right, bottom = left + round(rect.width() * scale), top + round(rect.height() * scale)
    darkest = min(picture.pixelColor(x, y).lightness() for x in range(left, right) for y in range(top, bottom))
    return darkest < 100


def test_the_hovered_step_stands_out_while_and_after_the_rest_recedes(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    canvas = world[0].canvas
    assert is_bright(canvas, REFUSED)
    hover(canvas, place(canvas, RETURNED))
    assert canvas.layer.standing is not None
    qtbot.waitUntil(lambda: canvas.layer.dimmed == pytest.approx(0.18))
    assert canvas.layer.standing is not None
    assert canvas.layer.standing.steps == {RETURNED, 2}
    assert is_bright(canvas, RETURNED)
    assert not is_bright(canvas, REFUSED)


def test_from_one_step_straight_to_another_the_light_moves_along(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    canvas = world[0].canvas
    hover(canvas, place(canvas, RETURNED))
    qtbot.waitUntil(lambda: canvas.layer.dimmed == pytest.approx(0.18))
    repainted: list[bool] = []
    original = canvas.layer.update
    canvas.layer.update = lambda *args: (repainted.append(True), original(*args))
    canvas._set_hover(StepSelected(REFUSED))
    assert repainted
    assert is_bright(canvas, REFUSED)
    assert not is_bright(canvas, RETURNED)


def test_a_step_chosen_by_search_stands_out(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page = world[0]
    page.go_to_step(RETURNED)
    qtbot.waitUntil(lambda: page.canvas.layer.dimmed == pytest.approx(SELECTED_DIM))
    assert page.canvas.layer.standing is not None
    assert page.canvas.layer.standing.steps == {RETURNED, 2}


def test_leaving_undims_first_and_then_nothing_stands_out(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    canvas = world[0].canvas
    hover(canvas, place(canvas, RETURNED))
    qtbot.waitUntil(lambda: canvas.layer.dimmed == pytest.approx(0.18))
    hover(canvas, QPoint(canvas.width() - 3, canvas.height() - 3))
    qtbot.waitUntil(lambda: canvas.layer.dimmed == 1.0 and canvas.layer.standing is None)


# ---- the ring around what has the keyboard -----------------------------------------------------------------------------------


def test_no_ring_becomes_a_window_when_the_keyboard_goes_to_something_out_of_sight(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path)
    window = QWidget()
    layout = QVBoxLayout(window)
    seen, hidden = QPushButton("seen"), QPushButton("hidden")
    layout.addWidget(seen)
    layout.addWidget(hidden)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    hidden.hide()
    ring = FocusRing(store, lambda _event: False)
    try:
        ring._on_focus(seen, Qt.FocusReason.TabFocusReason)
        assert ring.isVisible()
        assert ring.window() is window
        ring._on_focus(hidden, Qt.FocusReason.TabFocusReason)
        assert not ring.isVisible()
        assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [window]
    finally:
        ring.retire()
        ring.deleteLater()


def picture(canvas: MapCanvas) -> QImage:
    return canvas.viewport().grab().toImage()


def test_focus_that_comes_without_a_key_marks_no_card(world: tuple[MapPage, Store, FakeJobs]) -> None:
    """What had the focus is hidden after a click (the first page, when the demo opens): Qt calls that a tab."""
    canvas = world[0].canvas
    application = QApplication.instance()
    assert application is not None
    before = picture(canvas)
    for by_key in (False, True):
        application.setProperty(BY_KEY, by_key)
        QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
        assert (canvas.focused_step is not None) is by_key
        assert (picture(canvas) != before) is by_key
    application.setProperty(BY_KEY, None)


def test_the_mouse_takes_the_keyboard_ring_away_and_a_key_brings_it_back(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    press(canvas, Qt.Key.Key_Down)
    assert canvas.layer.by_keyboard
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() - 3, canvas.height() - 3))
    assert not canvas.layer.by_keyboard
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() - 3, canvas.height() - 3))
    canvas.focus_step(RETURNED)
    assert not canvas.layer.by_keyboard


def test_the_last_input_is_remembered_for_the_whole_application(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path)
    field = QPushButton("field")
    qtbot.addWidget(field)
    field.show()
    ring = FocusRing(store, lambda _event: False)
    try:
        QTest.keyClick(field, Qt.Key.Key_Tab)
        assert last_input_was_a_key()
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        assert not last_input_was_a_key()
    finally:
        ring.retire()
        ring.deleteLater()
        QApplication.instance().setProperty(BY_KEY, None)


def test_selection_and_keyboard_look_different(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    canvas.reduce_motion = True
    press(canvas, Qt.Key.Key_Down)
    walked = picture(canvas)
    canvas.layer.focused = None
    canvas.set_selected(StepSelected(0))
    canvas.layer.standing, canvas.layer.dimmed = None, 1.0
    chosen = picture(canvas)
    assert canvas.map is not None
    middle, accent = place(canvas, 0), QColor(store.tokens.accent)
    left = round(middle.x() - canvas.map.card_by_step[0].rect.width() * canvas.camera.scale / 2)

    def is_accent(image: QImage) -> int:
        near = [image.pixelColor(x, y) for x in range(left - 8, left) for y in range(middle.y() - 6, middle.y() + 6)]
        return sum(abs(one.red() - accent.red()) + abs(one.green() - accent.green()) + abs(one.blue() - accent.blue()) < 60 for one in near)

    assert is_accent(chosen) > 0
    assert is_accent(walked) == 0


def test_what_is_hovered_is_found_anew_when_the_map_has_moved(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page, _store, _jobs = world
    canvas = page.canvas
    hover(canvas, place(canvas, RETURNED))
    assert canvas.hovered == StepSelected(RETURNED)
    page.resize(860, 500)
    qtbot.waitUntil(lambda: canvas.hovered != StepSelected(RETURNED) and not canvas._rest.isActive())
    assert canvas.hovered == canvas.at(canvas._pointer)
    canvas.zoom_by(1.5, QPointF(place(canvas, REFUSED)))
    page.hide()
    assert canvas.hovered is None
