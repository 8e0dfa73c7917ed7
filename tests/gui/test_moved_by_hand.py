"""Steps moved by hand: dragged or pushed to another cell they stay there, undo brings them back, the menu too."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from gui.map.canvas import MapCanvas
from gui.map.moving import Grid, cell_of, port
from gui.map.places import STANDS_FAST
from gui.map.scene import CardView
from gui.pages.map_page import MapPage
from gui.store import StepSelected
from tests.gui.map_world import place
from tests.gui.window_world import World, world

__all__ = ["world"]


def opened_map(world: Any) -> MapPage:
    assert isinstance(world, World)
    world.open_demo()
    page = world.window.findChild(MapPage)
    assert isinstance(page, MapPage)
    world.wait(lambda: page.canvas.map is not None and page.answer.refined)
    world.store.change_view(steps=18)
    world.wait(lambda: page.answer.query.steps == 18 and page.canvas.map.answer is page.answer)
    world.rest()
    page.canvas.settle()
    return page


def beside_the_line(page: MapPage) -> CardView:
    cards = [card for card in page.canvas.map.cards if not card.spine]
    return max(cards, key=lambda card: card.cases)


def cell(page: MapPage, step: int) -> tuple[int, int]:
    return cell_of(next(card for card in page.answer.layout.cards if card.step == step))


def drag(canvas: MapCanvas, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=begin)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(canvas.viewport(), begin + (end - begin) * share)


def drop(canvas: MapCanvas, point: QPoint) -> None:
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=point)


def far_cell(page: MapPage, step: int) -> tuple[tuple[int, int], QPoint]:
    """A free cell on the other side, and where it is on the screen."""
    grid = Grid(page.canvas.map)
    row, column = cell(page, step)
    taken = {cell_of(card) for card in page.answer.layout.cards}
    side = -1 if column > 0 else 1
    free = next((row + down, side) for down in (0, 1, -1, 2, -2) if (row + down, side) not in taken and row + down in grid.rows)
    rect = grid.rect_of(free, page.canvas.map.card_by_step[step])
    size = page.canvas._size()
    return free, page.canvas.camera.to_view(rect.center(), size).toPoint()


def test_a_dragged_step_stays_where_it_is_put_and_undo_brings_it_back(world: Any) -> None:
    page = opened_map(world)
    canvas, card = page.canvas, beside_the_line(page)
    before, others = cell(page, card.step), {one.step: cell(page, one.step) for one in page.canvas.map.cards if one is not card}
    target, point = far_cell(page, card.step)
    camera = canvas.camera
    drag(canvas, place(canvas, card.step), point)
    assert canvas.layer.dragged is not None and canvas.layer.dragged.cell == target
    assert canvas.camera == camera
    held = canvas.layer.dragged
    assert {lane.key for lane in held.lanes} == {lane.key for lane in canvas.map.lanes if card.step in lane.key}
    for lane in held.lanes:
        mine, other = (lane.points[:2], lane.points[-2:]) if lane.source == card.step else (lane.points[-2:], lane.points[:2])
        there = canvas.map.card_by_step.get(lane.target if lane.source == card.step else lane.source)
        for rect, end in ((held.rect, mine), (there.rect, other)) if there else ((held.rect, mine),):
            assert rect.adjusted(-1, -1, 1, 1).contains(*end) and not rect.adjusted(1, 1, -1, -1).contains(*end)
    canvas.viewport().grab()
    drop(canvas, point)
    assert canvas.layer.dragged is None and world.store.view.moved[0].name == card.full_name
    world.wait(lambda: cell(page, card.step) == target)
    assert {step: cell(page, step) for step in others} == others
    world.wait(canvas._is_all_in_sight)
    world.store.change_view(paths=30)
    world.wait(lambda: page.answer.query.paths == 30)
    assert cell(page, card.step) == target
    world.store.undo()
    world.store.undo()
    world.wait(lambda: cell(page, card.step) == before)
    world.rest()


def test_a_step_put_on_another_changes_places_with_it(world: Any) -> None:
    page = opened_map(world)
    one, other = sorted((card for card in page.canvas.map.cards if not card.spine), key=lambda card: -card.cases)[:2]
    first, second = cell(page, one.step), cell(page, other.step)
    drag(page.canvas, place(page.canvas, one.step), place(page.canvas, other.step))
    drop(page.canvas, place(page.canvas, other.step))
    world.wait(lambda: cell(page, one.step) == second)
    assert cell(page, other.step) == first
    words = world.store.texts("Put this step back in its place")
    action = next(action for action in page.menu(StepSelected(one.step)).actions() if action.text() == words)
    action.trigger()
    world.wait(lambda: page.answer.query.moved == world.store.view.moved)
    assert [moved.name for moved in world.store.view.moved] == [other.full_name]
    everything = world.store.texts("Put all moved steps back in their places")
    next(action for action in page.menu(None).actions() if action.text() == everything).trigger()
    world.wait(lambda: cell(page, one.step) == first and cell(page, other.step) == second)
    world.rest()


def test_a_step_of_the_straight_line_stands_fast_and_the_map_says_why(world: Any) -> None:
    page = opened_map(world)
    canvas = page.canvas
    spine = next(card for card in canvas.map.cards if card.spine)
    begin, camera = place(canvas, spine.step), canvas.camera
    drag(canvas, begin, begin + QPoint(60, 40))
    assert canvas.viewport().cursor().shape() == Qt.CursorShape.ForbiddenCursor
    assert page.toast.isVisible() and page.toast.accessibleName() == world.store.texts(STANDS_FAST)
    drop(canvas, begin + QPoint(60, 40))
    assert canvas.camera == camera and world.store.view.moved == () and canvas.layer.dragged is None
    assert canvas.viewport().cursor().shape() != Qt.CursorShape.ForbiddenCursor
    page.toast.hide()
    drag(canvas, begin, begin + QPoint(1, 1))
    drop(canvas, begin)
    assert world.store.selected == StepSelected(spine.step) and not page.toast.isVisible()
    world.rest()


def test_a_line_in_the_hand_leaves_the_card_on_the_side_of_its_other_end() -> None:
    rect = QRectF(0, 0, 100, 40)
    assert port(rect, QPointF(500, 20)) == (QPointF(100, 20), QPointF(1, 0))
    assert port(rect, QPointF(-500, 20)) == (QPointF(0, 20), QPointF(-1, 0))
    assert port(rect, QPointF(60, 400)) == (QPointF(50 + 10 * 20 / 380, 40), QPointF(0, 1))
    assert port(rect, QPointF(50, -300)) == (QPointF(50, 0), QPointF(0, -1))
    assert port(rect, rect.center())[0] == QPointF(50, 0)


def test_the_keyboard_moves_a_step_too_and_the_straight_line_stays(world: Any) -> None:
    page = opened_map(world)
    canvas, card = page.canvas, beside_the_line(page)
    canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    before = cell(page, card.step)
    canvas.focus_step(card.step)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    world.wait(lambda: cell(page, card.step) == (before[0] + 1, before[1]))
    spine = next(card for card in canvas.map.cards if card.spine)
    moved = world.store.view.moved
    canvas.focus_step(spine.step)
    assert not page.toast.isVisible()
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert world.store.view.moved == moved
    assert page.toast.isVisible() and page.toast.accessibleName() == world.store.texts(STANDS_FAST)
    page.toast.hide()
    world.rest()


def test_a_drag_from_the_straight_line_or_the_empty_canvas_moves_the_map(world: Any) -> None:
    page = opened_map(world)
    canvas = page.canvas
    spine = next(card for card in canvas.map.cards if card.spine)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
    for is_told in (True, False):
        centre = canvas.camera.centre
        begin = place(canvas, spine.step)
        drag(canvas, begin, begin + QPoint(40, 30))
        drop(canvas, begin + QPoint(40, 30))
        assert canvas.camera.centre != centre and not world.store.view.moved
        assert page.toast.isVisible() is is_told
        page.toast.hide()
    world.rest()


def test_esc_puts_the_card_back_into_the_row(world: Any) -> None:
    page = opened_map(world)
    canvas, card = page.canvas, beside_the_line(page)
    _target, point = far_cell(page, card.step)
    drag(canvas, place(canvas, card.step), point)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.layer.dragged is None
    drop(canvas, point)
    assert not world.store.view.moved
    world.rest()
