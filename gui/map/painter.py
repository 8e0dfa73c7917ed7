"""The one painter of the process map: screen, SVG, PDF and PNG all come from here (tokens.md, "The map")."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from engine.layout.values import LaneKind
from engine.models.values import NodeKind
from engine.process_map.values import END, START
from gui.map.dots import dotted_pen, paint_dots
from gui.map.figures import paint_event, paint_figure
from gui.map.lettering import draw_text
from gui.map.scene import CardView, LaneView, MapScene, PathKey, label_rect
from gui.map.strand_painter import paint_parts, paint_signs, paint_strands, parts_width
from gui.map.style import CARD_RADIUS, MARK_RADIUS, TEXT_SCALE, MapStyle

BESIDE_ARROWHEAD = 6.0
"""A spine label steps aside by this much when it becomes a pill."""

GAP_DOT, GAP_DOTS_APART = 1.5, 5.0
"""Radius and distance of the dots that stand for a path of the straight line which is not drawn, px."""


class Detail(IntEnum):
    """How much is drawn at a zoom: all; no numbers on side paths; names only; bars and lines only."""

    SHAPES = 0
    NAMES = 1
    SPINE_LABELS = 2
    ALL = 3


def detail_at(scale: float) -> Detail:
    """The detail for a zoom factor (1 = 100 %)."""
    if scale >= 0.6:
        return Detail.ALL
    if scale >= 0.45:
        return Detail.SPINE_LABELS
    return Detail.NAMES if scale >= 0.3 else Detail.SHAPES


def paint_map(painter: QPainter, scene: MapScene, style: MapStyle, detail: Detail = Detail.ALL) -> None:
    """The whole map in its own coordinates (px at 100 %)."""
    paint_shapes(painter, scene, style, detail)
    paint_labels(painter, scene, style, detail)


def paint_shapes(
    painter: QPainter,
    scene: MapScene,
    style: MapStyle,
    detail: Detail,
    steps: Collection[int] | None = None,
    paths: Collection[PathKey] | None = None,
) -> None:
    """Lines, marks and cards without labels; only the given steps and paths, or all."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for lane in scene.lanes:
        if paths is None or lane.key in paths:
            paint_lane(painter, lane, scene, style, among=paths)
    if steps is None:
        paint_gaps(painter, scene, style)
    paint_marks(painter, scene, style, detail, [mark for mark in (START, END) if steps is None or mark in steps])
    for card in scene.cards:
        if steps is None or card.step in steps:
            paint_card(painter, card, style, detail)


def paint_gaps(painter: QPainter, scene: MapScene, style: MapStyle) -> None:
    """Three dots along the flow where two steps of the straight line follow one another without a path that is drawn."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("line_strong"))
    apart = GAP_DOTS_APART * style.scale
    step = QPointF(apart, 0) if scene.landscape else QPointF(0, apart)
    for middle in scene.gaps():
        for place in (-1, 0, 1):
            painter.drawEllipse(middle + step * place, GAP_DOT * style.scale, GAP_DOT * style.scale)


def paint_labels(painter: QPainter, scene: MapScene, style: MapStyle, detail: Detail, paths: Collection[PathKey] | None = None) -> None:
    """The numbers on the paths, each on a plate of the canvas colour."""
    for lane in scene.lanes:
        if shows_label(lane, detail) and (paths is None or lane.key in paths):
            paint_label(painter, lane, style)


def shows_label(lane: LaneView, detail: Detail) -> bool:
    """Whether a path has a number at this detail."""
    return lane.label is not None and (detail == Detail.ALL or (detail == Detail.SPINE_LABELS and lane.kind == LaneKind.SPINE))


# ---- lines -------------------------------------------------------------------------------------------------------------------


def lane_colour(lane: LaneView, colour_is_time: bool, style: MapStyle) -> QColor:
    """The colour of a path's class; start, end and untimed paths are neutral."""
    if lane.colour_class is None:
        return style.colour("mark_arc")
    return QColor(style.ramp(colour_is_time)[lane.colour_class])


def paint_lane(
    painter: QPainter, lane: LaneView, scene: MapScene, style: MapStyle, *, moving: bool = False, among: Collection[PathKey] | None = None
) -> None:
    """One path: casing (not under spine arcs), corners of what joins it, line, arrowhead.

    While it is moving, its dots are drawn the quick way. among: the paths that are drawn, or all.
    """
    colour, width = lane_colour(lane, scene.colour_is_time, style), line_width(painter, lane, style)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if lane.kind != LaneKind.SPINE and not _on_axis(lane, scene):
        painter.setPen(QPen(style.colour("canvas"), width + 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawPath(lane.shaft)
    if lane.strands:
        least = style.least_line * device_pixel(painter)
        paint_strands(painter, lane.strands, style, dotted=lane.dotted, moving=moving, least=least)
        return
    if not moving:
        _paint_joins(painter, lane, scene, style, among)
    if lane.dotted and moving:
        paint_dots(painter, lane.shaft, colour, width)
    else:
        painter.setPen(_line_pen(lane, colour, width))
        painter.drawPath(lane.shaft)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(lane.head)


def _paint_joins(painter: QPainter, lane: LaneView, scene: MapScene, style: MapStyle, among: Collection[PathKey] | None) -> None:
    """Weaker lines that share a trunk with this one come onto it: its casing does not cut them off."""
    for join in scene.joins.get(lane.key, ()):
        if among is None or join.key in among:
            weaker = scene.lane_by_key[join.key]
            painter.setPen(_line_pen(weaker, lane_colour(weaker, scene.colour_is_time, style), line_width(painter, weaker, style)))
            painter.drawPath(join.corner)


def _on_axis(lane: LaneView, scene: MapScene) -> bool:
    """Whether a start or end arc runs straight along the spine."""
    middle = scene.across((scene.start if lane.source == START else scene.end).centre)
    return lane.dotted and all(abs(at - middle) < 0.5 for at in lane.points[1 if scene.landscape else 0 :: 2])


def line_width(painter: QPainter, lane: LaneView, style: MapStyle) -> float:
    """A path's line width on the map, at least as many device pixels as the style keeps."""
    return max(lane.width, style.least_line * device_pixel(painter))


def device_pixel(painter: QPainter) -> float:
    """The size of a device pixel on the map."""
    device = painter.device()
    pixels = abs(painter.worldTransform().m11()) * (device.devicePixelRatio() if device else 1.0)
    return 1 / pixels if pixels > 0 else 0.0


def _line_pen(lane: LaneView, colour: QColor, width: float) -> QPen:
    if not lane.dotted:
        return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
    return dotted_pen(colour, width, lane.shaft.length())


def paint_lane_glow(painter: QPainter, lane: LaneView, style: MapStyle) -> None:
    """The mark of a selected path: a broad band of accent behind it."""
    accent = style.colour("accent")
    accent.setAlphaF(0.22)
    painter.setPen(QPen(accent, lane.width + 11, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(lane.shaft)
    path.lineTo(lane.head.at(0))
    painter.drawPath(path)


def paint_label(painter: QPainter, lane: LaneView, style: MapStyle) -> None:
    """A path's number on its plate."""
    if lane.label is None:
        return
    rect = label_rect(lane.label)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("canvas"))
    painter.drawRect(rect)
    _label_text(painter, lane, rect, style)


def paint_label_pill(painter: QPainter, lane: LaneView, style: MapStyle) -> None:
    """The label of a selected path, as a pill."""
    if lane.label is None:
        return
    plate = label_rect(lane.label)
    if lane.kind == LaneKind.SPINE:
        lying = abs(lane.points[1] - lane.points[-1]) < 0.5
        plate.translate(0 if lying else BESIDE_ARROWHEAD * style.scale, -BESIDE_ARROWHEAD / 2 * style.scale if lying else 0)
    height = 18 * style.scale
    rect = QRectF(plate.x() - 5, plate.center().y() - height / 2, plate.width() + 10, height)
    painter.setPen(QPen(style.colour("accent"), 1.5))
    painter.setBrush(style.colour("accent_soft"))
    painter.drawRoundedRect(rect, height / 2, height / 2)
    _label_text(painter, lane, plate, style)


def _label_text(painter: QPainter, lane: LaneView, rect: QRectF, style: MapStyle) -> None:
    baseline = rect.center().y() + style.sizes.label_px * 0.364
    if lane.parts:
        paint_parts(painter, lane.parts, rect.center().x() - parts_width(lane.parts, style) / 2, baseline, style)
        return
    number_width = QFontMetricsF(style.label_font).horizontalAdvance(lane.label_number) * TEXT_SCALE
    rest_width = QFontMetricsF(style.label_light_font).horizontalAdvance(lane.label_rest) * TEXT_SCALE if lane.label_rest else 0.0
    gap = 4.0 * style.scale if lane.label_rest else 0.0
    left = rect.center().x() - (number_width + gap + rest_width) / 2
    draw_text(painter, left, baseline, lane.label_number, style.label_font, style.colour("ink"))
    if lane.label_rest:
        draw_text(painter, left + number_width + gap, baseline, lane.label_rest, style.label_light_font, style.colour("ink_2"))


# ---- cards and marks ---------------------------------------------------------------------------------------------------------


def paint_card(painter: QPainter, card: CardView, style: MapStyle, detail: Detail) -> None:
    """One step's card, or what else a model has."""
    if card.figure is not NodeKind.TASK:
        paint_figure(painter, card, style)
        return
    rect, unit = card.rect, style.scale
    border = style.colour("spine_border" if card.spine else "card_border")
    painter.setPen(QPen(border, max(1.25 if card.spine else 1.0, device_pixel(painter))))
    painter.setBrush(style.colour("surface"))
    painter.drawRoundedRect(rect, CARD_RADIUS, CARD_RADIUS)
    inset = 10 * unit
    left, right = rect.left() + inset, rect.right() - inset
    lines, pitch = card.lines, style.sizes.line_pitch
    if detail >= Detail.NAMES:
        name_y = 15.5 * unit if detail >= Detail.SPINE_LABELS else 21 * unit
        name_y += (card.room - len(lines)) * pitch / 2
        for number, line in enumerate(lines):
            draw_text(painter, left, rect.top() + name_y + number * pitch, line, style.name_font, style.colour("ink"))
    if detail >= Detail.SPINE_LABELS:
        baseline = rect.top() + 29 * unit + (card.room - 1) * pitch
        draw_text(painter, left, baseline, card.number, style.number_font, style.colour("ink_2"))
        if card.repeats:
            draw_text(painter, left + card.number_width + 5 * unit, baseline, card.repeats, style.number_font, style.colour("ink_3"))
        draw_text(painter, right - card.share_width, baseline, card.share, style.number_font, style.colour("ink_3"))
        paint_signs(painter, card.signs, right, baseline - style.sizes.number_px * 0.364, style)
    _bar(painter, card, style, QRectF(left, rect.bottom() - 5 * unit, right - left, 2.5 * unit))


def _bar(painter: QPainter, card: CardView, style: MapStyle, rect: QRectF) -> None:
    radius = rect.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("track"))
    painter.drawRoundedRect(rect, radius, radius)
    if card.bar > 0:
        painter.setBrush(style.colour("node_bar"))
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), max(rect.width() * card.bar, rect.height()), rect.height()), radius, radius)


def paint_marks(painter: QPainter, scene: MapScene, style: MapStyle, detail: Detail, marks: Collection[int] = (START, END)) -> None:
    """Start: a disc with a play sign; end: a rounded square with a stop sign; the number of cases left of them."""
    ink, paper, unit = style.colour("ink"), style.colour("canvas"), style.mark_scale
    r = MARK_RADIUS * unit
    painter.setPen(Qt.PenStyle.NoPen)
    for step in marks:
        mark = scene.start if step == START else scene.end
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        if scene.notation is not None:
            paint_event(painter, mark, scene.notation, style)
        elif step == START:
            painter.drawEllipse(mark.centre, r, r)
            painter.setBrush(paper)
            painter.drawPolygon(QPolygonF([mark.centre + point * unit for point in (QPointF(-3.2, -5), QPointF(5.2, 0), QPointF(-3.2, 5))]))
        else:
            painter.drawRoundedRect(QRectF(mark.centre.x() - r, mark.centre.y() - r, 2 * r, 2 * r), 6 * unit, 6 * unit)
            painter.setBrush(paper)
            painter.drawRoundedRect(QRectF(mark.centre.x() - 4.5 * unit, mark.centre.y() - 4.5 * unit, 9 * unit, 9 * unit), 1.5, 1.5)
        if detail >= Detail.SPINE_LABELS:
            draw_text(painter, mark.word_at.x(), mark.word_at.y(), mark.word, style.label_light_font, style.colour("ink_3"))
            draw_text(painter, mark.number_at.x(), mark.number_at.y(), mark.number, style.label_font, ink)


def paint_ring(painter: QPainter, rect: QRectF, style: MapStyle, gap: float = 3.0) -> None:
    """The solid ring of a selected card."""
    painter.setPen(QPen(style.colour("accent"), 2.0))
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRoundedRect(rect.adjusted(-gap, -gap, gap, gap), CARD_RADIUS + gap, CARD_RADIUS + gap)


def paint_focus(painter: QPainter, rect: QRectF, style: MapStyle, gap: float = 4.0) -> None:
    """The dashed ring around the card that has the keyboard."""
    pen = QPen(style.colour("ink"), 1.75, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRoundedRect(rect.adjusted(-gap, -gap, gap, gap), CARD_RADIUS + gap, CARD_RADIUS + gap)
