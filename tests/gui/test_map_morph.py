"""From one map to the next: what stays glides, what goes fades where it stood, and a way can turn into another at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QSizeF
from pytestqt.qtbot import QtBot

from engine.layout.values import MapLayout
from engine.service.messages import MapAnswer
from gui.map.morph import FADE_MS, MOVE_MS, TOTAL_MS, Morph, lane_at, scene_at
from gui.map.motion import system_keeps_still
from gui.map.scene import MapScene, build_scene
from gui.pages.map_page import MapPage
from gui.store import StepSelected, Store
from tests.gui.map_example import REFUSED, example_answer
from tests.gui.map_world import FakeJobs, hover, place, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    with shown_page(qtbot, tmp_path, reduce_motion=False) as made:
        made[0].canvas.settle()
        qtbot.waitUntil(lambda: made[0].canvas.layer.has_current_backdrop)
        yield made


def moved(answer: MapAnswer, x: float, y: float, *, without: tuple[int, int] | None = None) -> MapAnswer:
    """The same map a little further right and down, without one path."""
    layout = answer.layout
    lanes = tuple(
        replace(
            lane,
            points=tuple(at + (y if place & 1 else x) for place, at in enumerate(lane.points)),
            label=lane.label and replace(lane.label, x=lane.label.x + x, y=lane.label.y + y),
        )
        for lane in layout.lanes
        if (lane.source, lane.target) != without
    )
    cards = tuple(replace(card, x=card.x + x, y=card.y + y) for card in layout.cards)
    start, end = (layout.start[0] + x, layout.start[1] + y), (layout.end[0] + x, layout.end[1] + y)
    made: MapLayout = replace(layout, cards=cards, lanes=lanes, start=start, end=end)
    return replace(answer, layout=made)


def scene_of(answer: MapAnswer, page: MapPage) -> MapScene:
    return build_scene(answer, page.store.texts, page.canvas.layer.style)


def test_a_line_that_stays_glides_with_its_cards(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    old, new = scene_of(example_answer(), page), scene_of(moved(example_answer(), 60, 20), page)
    morph = Morph(old, new, QPointF(0, 0))
    assert morph.staying.keys() == new.lane_by_key.keys() and all(moves for _, moves in morph.staying.values())
    for key, lane in new.lane_by_key.items():
        halfway = lane_at(morph, lane, 0.5)
        assert halfway.points == pytest.approx([a + (10 if n & 1 else 30) for n, a in enumerate(old.lane_by_key[key].points)])
        assert halfway.shaft != lane.shaft and lane_at(morph, lane, 1.0) is lane


def test_a_line_that_stands_where_it_stood_is_not_made_anew(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    old, new = scene_of(example_answer(), page), scene_of(moved(example_answer(), 60, 20), page)
    morph = Morph(old, new, QPointF(60, 20))
    assert not any(moves for _, moves in morph.staying.values())
    assert all(lane_at(morph, lane, 0.3) is lane for lane in new.lanes)


def test_a_path_that_goes_is_not_among_those_that_stay(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    gone = next(iter(scene_of(example_answer(), page).lane_by_key))
    old, new = scene_of(example_answer(), page), scene_of(moved(example_answer(), 0, 0, without=gone), page)
    assert gone not in Morph(old, new, QPointF(0, 0)).staying


def test_the_next_change_begins_where_everything_stands_at_that_moment(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    canvas = page.canvas
    canvas.show_scene(scene_of(moved(example_answer(), 60, 20), page))
    canvas.layer.morph_ms = FADE_MS + MOVE_MS / 4
    first = canvas.layer.morph
    assert first is not None
    standing = scene_at(first, canvas.layer.morph_ms)
    canvas.show_scene(scene_of(moved(example_answer(), 0, 0), page))
    second = canvas.layer.morph
    assert second is not None and [card.rect for card in second.old.cards] == [card.rect for card in standing.cards]
    assert scene_at(second, 0).cards[3].rect.topLeft() - second.shift == standing.cards[3].rect.topLeft()
    canvas.settle()
    assert canvas.layer.morph is None and canvas.map is second.new


def test_all_is_over_within_a_quarter_of_a_second() -> None:
    assert TOTAL_MS <= 250


def test_the_step_under_the_pointer_stays_under_it(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page = world[0]
    canvas = page.canvas
    point = place(canvas, REFUSED)
    hover(canvas, point)
    assert canvas.hovered == StepSelected(REFUSED)
    far = moved(example_answer(), 900, 700)
    wide = replace(far, layout=replace(far.layout, cards=(replace(far.layout.cards[0], x=-900.0), *far.layout.cards[1:])))
    canvas.show_scene(scene_of(wide, page))
    canvas.settle()
    assert canvas.map is not None
    there = canvas.camera.to_view(canvas.map.card_by_step[REFUSED].rect.center(), QSizeF(canvas.viewport().size())).toPoint()
    assert (there - point).manhattanLength() <= 2
    assert canvas.hovered == StepSelected(REFUSED)
    hover(canvas, QPoint(2, 2))


def test_with_motion_reduced_the_new_map_stands_at_once(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    store.set_reduce_motion(True)
    page.canvas.show_scene(scene_of(moved(example_answer(), 60, 20), page))
    assert page.canvas.layer.morph is None


def test_only_a_system_that_says_so_keeps_everything_still(world: tuple[MapPage, Store, FakeJobs], monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtWidgets import QApplication

    for animated in (False, True):
        monkeypatch.setattr(QApplication, "isEffectEnabled", lambda _effect, animated=animated: animated)
        assert system_keeps_still("win32") is not animated
        assert not system_keeps_still("linux")
