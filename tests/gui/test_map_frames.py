"""The frames of a movement: quick to paint, and to the eye the same map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from pytestqt.qtbot import QtBot

from gui.map.dots import DOT, GAP, dotted_pen, paint_dots
from gui.map.morph import FADE_MS, TOTAL_MS, Morph, paint_morph
from gui.map.painter import Detail, paint_map
from gui.map.scene import MapScene
from gui.map.shapes import rounded
from gui.pages.map_page import MapPage
from tests.gui.map_example import example_answer
from tests.gui.map_world import shown_page
from tests.gui.test_map_morph import moved, scene_of

WIDTH, HEIGHT = 900, 1100


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[MapPage]:
    with shown_page(qtbot, tmp_path) as (made, _store, _jobs):
        yield made


def painted(paint: Callable[[QPainter], None], zoom: float = 1.0) -> QImage:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(zoom, zoom)
    paint(painter)
    painter.end()
    return image


def difference(one: QImage, other: QImage) -> float:
    """Mean difference of the grey values, as a share of the ink of the first picture."""
    grey = [image.convertToFormat(QImage.Format.Format_Grayscale8) for image in (one, other)]
    a, b = (bytes(image.constBits()) for image in grey)
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / max(sum(255 - x for x in a), 1)


def frame(morph: Morph, milliseconds: float, page: MapPage, zoom: float = 1.0) -> QImage:
    return painted(lambda painter: paint_morph(painter, morph, milliseconds, page.canvas.layer.style, Detail.ALL), zoom)


def whole(scene: MapScene, page: MapPage, zoom: float = 1.0) -> QImage:
    return painted(lambda painter: paint_map(painter, scene, page.canvas.layer.style), zoom)


def test_a_map_that_stands_still_looks_the_same_in_every_frame(page: MapPage) -> None:
    scene = scene_of(example_answer(), page)
    morph = Morph(scene, scene, QPointF(0, 0))
    for milliseconds in (0, 0, 0, FADE_MS, TOTAL_MS - 1):
        assert difference(whole(scene, page), frame(morph, milliseconds, page)) < 0.03


def test_the_last_frame_is_the_new_map(page: MapPage) -> None:
    old, new = scene_of(example_answer(), page), scene_of(moved(example_answer(), 60, 20), page)
    assert difference(whole(new, page, 0.7), frame(Morph(old, new, QPointF(0, 0)), TOTAL_MS, page, 0.7)) < 0.03


def test_in_no_frame_a_line_s_dots_are_left_to_the_pen(page: MapPage, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = scene_of(example_answer(), page), scene_of(moved(example_answer(), 60, 20), page)
    assert any(lane.dotted for lane in new.lanes)
    monkeypatch.setattr("gui.map.painter.dotted_pen", lambda *_arguments: pytest.fail("all the dots of a line at once"))
    for milliseconds in range(0, TOTAL_MS + 1, 20):
        frame(Morph(old, new, QPointF(0, 0)), milliseconds, page)


def test_the_quick_dots_lie_where_the_pen_s_dots_lie(page: MapPage) -> None:
    shaft = rounded([QPointF(40, 30), QPointF(40, 400), QPointF(300, 400), QPointF(300, 633)], 12)
    length = shaft.length()

    def pen(painter: QPainter) -> None:
        painter.setPen(dotted_pen(QColor("black"), 2.0, length))
        painter.drawPath(shaft)

    exact, quick = painted(pen), painted(lambda painter: paint_dots(painter, shaft, QColor("black"), 2.0))
    assert 2 * difference(exact, quick) < 1
    beside = QPainterPath(shaft.translated(0, (DOT + GAP) / 2))
    assert difference(exact, painted(lambda painter: paint_dots(painter, beside, QColor("black"), 2.0))) > 1.0


def test_dots_too_broad_for_their_gaps_make_a_line(page: MapPage) -> None:
    shaft = QPainterPath(QPointF(40.5, 30))
    shaft.lineTo(40.5, 400)
    image = painted(lambda painter: paint_dots(painter, shaft, QColor("black"), 7.0))
    assert all(image.pixelColor(40, y).lightness() < 10 for y in range(40, 390))
