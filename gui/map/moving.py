"""Steps moved by hand: from a place on the map to a cell of its grid, and what of it is kept in the view."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.layout.values import Card, MovedStep
from engine.process_map.values import END, START
from engine.service.messages import MapAnswer
from gui.map.painter import Detail, paint_card, paint_lane, paint_marks
from gui.map.scene import CardView, LaneView, MapScene, reshaped
from gui.map.style import CARD_RADIUS, MARK_RADIUS, MapStyle

Cell = tuple[int, int]
"""Row along the flow, and column beside it (the straight line is column 0)."""
GHOST = 0.85
STUB = 18.0
"""How far the line of a card in the hand runs straight away from a card, px."""


@dataclass(frozen=True)
class Dragged:
    """A card in the hand: where it is held, the cell where it would be put, and its paths as lines that follow it."""

    card: CardView
    rect: QRectF
    cell: Cell
    target: QRectF
    lanes: tuple[LaneView, ...] = ()


def cell_of(card: Card) -> Cell:
    """Where a card stands on the grid."""
    return round(card.row), card.column


class Grid:
    """Where the rows and columns of a map stand."""

    def __init__(self, scene: MapScene) -> None:
        self.scene = scene
        self.cards = {card.step: card for card in scene.answer.layout.cards}
        rows: dict[int, list[float]] = {}
        columns: dict[int, list[float]] = {}
        for view in scene.cards:
            row, column = cell_of(self.cards[view.step])
            rows.setdefault(row, []).append(scene.along(view.rect.center()))
            columns.setdefault(column, []).append(scene.across(view.rect.center()))
        self.rows = _with_next({row: fmean(places) for row, places in rows.items()}, least=0)
        self.columns = _with_next({column: fmean(places) for column, places in columns.items()}, least=None)

    def cell_at(self, point: QPointF) -> Cell:
        """The cell nearest to a point; the column of the straight line is not to be had."""
        along, across = self.scene.along(point), self.scene.across(point)
        beside = {column: place for column, place in self.columns.items() if column}
        return min(self.rows, key=lambda row: abs(self.rows[row] - along)), min(beside, key=lambda column: abs(beside[column] - across))

    def rect_of(self, cell: Cell, card: CardView) -> QRectF:
        """Where a card would stand in a cell, as long as nothing else moves."""
        along, across = self.rows[cell[0]], self.columns[cell[1]]
        rect = QRectF(card.rect)
        rect.moveCenter(QPointF(along, across) if self.scene.landscape else QPointF(across, along))
        return rect

    def beside(self, step: int, along: int, across: int) -> Cell | None:
        """The next cell along the flow or across it; None where the map has none, and for a step of the straight line."""
        row, column = cell_of(self.cards[step])
        rows, columns = sorted(self.rows), sorted(column for column in self.columns if column)
        if not column:
            return None
        at = rows.index(row) + along, columns.index(column) + across
        return (rows[at[0]], columns[at[1]]) if 0 <= at[0] < len(rows) and 0 <= at[1] < len(columns) else None


def _with_next(places: dict[int, float], least: int | None) -> dict[int, float]:
    """The places with one more at each end."""
    first, last = min(places), max(places)
    pitch = (places[last] - places[first]) / max(len(places) - 1, 1) or 100.0
    found = {**places, last + 1: places[last] + pitch}
    if least is None or first > least:
        found[first - 1] = places[first] - pitch
    if least is None:
        found.setdefault(1, places.get(0, 0.0) + pitch)
        found.setdefault(-1, places.get(0, 0.0) - pitch)
    return found


def may_move(scene: MapScene, step: int) -> bool:
    """Whether a step may be moved by hand: the straight line stays straight."""
    return step in scene.card_by_step and not scene.card_by_step[step].spine


def hold(scene: MapScene, step: int, shift: QPointF) -> Dragged:
    """A card that the pointer has carried so far (scene px)."""
    card, grid = scene.card_by_step[step], Grid(scene)
    rect = card.rect.translated(shift)
    cell = grid.cell_at(rect.center())
    lanes = tuple(following(scene, lane, step, rect) for lane in scene.lanes if step in lane.key)
    return Dragged(card, rect, cell, grid.rect_of(cell, card), lanes)


def following(scene: MapScene, lane: LaneView, step: int, rect: QRectF) -> LaneView:
    """The line of a path as it follows its card, straight from card to card: which way it will take is found when the card is put down."""
    source, target = (rect if one == step else _place_of(scene, one) for one in lane.key)
    (begin, out), (end, into) = port(source, target.center()), port(target, source.center())
    stub = min(STUB, (begin - end).manhattanLength() / 4)
    way = (begin, begin + out * stub, end + into * stub, end)
    return reshaped(lane, tuple(value for point in way for value in (point.x(), point.y())), lane.width, None)


def _place_of(scene: MapScene, step: int) -> QRectF:
    """Where a card or mark stands."""
    if step in scene.card_by_step:
        return scene.card_by_step[step].rect
    centre, reach = (scene.start if step == START else scene.end).centre, QPointF(MARK_RADIUS, MARK_RADIUS)
    return QRectF(centre - reach, centre + reach)


def port(rect: QRectF, towards: QPointF) -> tuple[QPointF, QPointF]:
    """Where a straight line from the middle of a card to a point leaves the card, and the direction away from that side."""
    middle, half = rect.center(), QPointF(rect.width() / 2, rect.height() / 2)
    x, y = towards.x() - middle.x(), towards.y() - middle.y()
    if abs(x) * half.y() > abs(y) * half.x():
        side = 1.0 if x > 0 else -1.0
        return middle + QPointF(side * half.x(), y * half.x() / abs(x)), QPointF(side, 0.0)
    side = 1.0 if y > 0 else -1.0
    return middle + QPointF(x * half.y() / abs(y) if y else 0.0, side * half.y()), QPointF(0.0, side)


def paint_dragged(painter: QPainter, dragged: Dragged, scene: MapScene, style: MapStyle, detail: Detail) -> None:
    """The card in the hand with its lines, the cards that they join, and a dashed frame where it would be put."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(style.colour("accent"), 1.5, Qt.PenStyle.DashLine)
    wash = style.colour("accent")
    wash.setAlphaF(0.1)
    painter.setPen(pen)
    painter.setBrush(wash)
    painter.drawRoundedRect(dragged.target, CARD_RADIUS, CARD_RADIUS)
    for lane in dragged.lanes:
        paint_lane(painter, lane, scene, style, moving=True)
    ends = {step for lane in dragged.lanes for step in lane.key}
    paint_marks(painter, scene, style, detail, [mark for mark in (START, END) if mark in ends])
    for card in scene.cards:
        if card.step in ends and card.step != dragged.card.step:
            paint_card(painter, card, style, detail)
    painter.save()
    painter.translate(dragged.rect.topLeft() - dragged.card.rect.topLeft())
    painter.setOpacity(GHOST)
    paint_card(painter, dragged.card, style, detail)
    painter.restore()


def moved_to(answer: MapAnswer, moved: tuple[MovedStep, ...], step: int, cell: Cell) -> tuple[MovedStep, ...]:
    """What is kept after a step was put into a cell: a step that stood there takes the place it came from."""
    names = {one.step: one.name for one in answer.map.steps}
    cards = {card.step: card for card in answer.layout.cards if not card.spine}
    cells = {one: cell_of(card) for one, card in cards.items()}
    there = next((one for one, other in cells.items() if other == cell and one != step), None)
    fixed = {step: cell}
    if there is not None:
        fixed[there] = cells[step]
    kept = {one.name: one for one in moved}
    for one, (row, column) in fixed.items():
        kept[names[one]] = MovedStep(names[one], float(row - cards[one].rank), column)
    return tuple(kept[name] for name in sorted(kept))
