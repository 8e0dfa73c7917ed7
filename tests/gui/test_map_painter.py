"""The painter's geometry and texts, on values; and that the same painter fills a picture in both appearances."""

from __future__ import annotations

from dataclasses import replace as changed
from math import hypot

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.layout.values import Label, LaneKind
from engine.process_map.values import END, START, Metric
from engine.service.messages import MapQuery
from engine.texts import Texts
from gui.map.legend import LegendPainter, make_legend, width_samples
from gui.map.morph import FADE_MS, MOVE_MS, Morph, card_at, paint_morph
from gui.map.painter import Detail, detail_at, lane_colour, line_width, paint_map
from gui.map.scene import MapScene, build_scene
from gui.map.shapes import head_size, rounded
from gui.map.style import map_style
from gui.theme import Appearance
from tests.gui.map_example import BREAKS, DAY, REFUSED, RETURNED, example_answer

pytestmark = pytest.mark.usefixtures("qapp")


def scene_of(appearance: Appearance = Appearance.LIGHT, language: str = "da", **changes: object) -> MapScene:
    query = MapQuery(projector=appearance is Appearance.PROJECTOR, language=language)
    return build_scene(example_answer(query, **changes), Texts(language), map_style(appearance))


def picture(scene: MapScene, appearance: Appearance, detail: Detail = Detail.ALL) -> QImage:
    image = QImage(1200, 1000, QImage.Format.Format_RGB32)
    image.fill(map_style(appearance).colour("canvas"))
    painter = QPainter(image)
    painter.translate(QPointF(20, 20) - scene.bounds.topLeft())
    paint_map(painter, scene, map_style(appearance), detail)
    painter.end()
    return image


def test_a_card_says_name_cases_repeats_and_share() -> None:
    scene = scene_of()
    card = scene.card_by_step[2]
    assert (card.name, card.number, card.share, card.repeats) == ("Rimelighed kontrolleret", "7.920", "94\u00a0%", "↻ 1.906")
    assert card.bar == pytest.approx(7920 / 8412)
    assert card.spine
    assert not scene.card_by_step[RETURNED].spine


def test_repeats_below_the_rarest_drawn_path_are_not_shown() -> None:
    """Step 4 repeats twice, the rarest path has 492 transitions; step 1 repeats 398 times, still fewer."""
    scene = scene_of()
    assert scene.card_by_step[4].repeats == ""
    assert scene.card_by_step[1].repeats == ""


def test_numbers_follow_the_language() -> None:
    card = scene_of(language="en").card_by_step[2]
    assert (card.number, card.share) == ("7,920", "94%")


@pytest.mark.parametrize(
    ("days", "wanted"), [(0.2, 0), (0.99, 0), (1, 1), (2.99, 1), (3, 2), (6, 3), (11.9, 3), (12, 4), (400, 4)]
)
def test_a_time_falls_into_one_of_five_classes(days: float, wanted: int) -> None:
    answer = example_answer()
    path = next(path for path in answer.map.paths if (path.source, path.target) == (2, REFUSED))
    assert path.times is not None
    slow = replace(path, times=replace(path.times, median=days * DAY))
    paths = tuple(slow if one is path else one for one in answer.map.paths)
    scene = build_scene(replace(answer, map=replace(answer.map, paths=paths)), Texts("da"), map_style(Appearance.LIGHT))
    lane = scene.lane_by_key[2, REFUSED]
    assert lane.colour_class == wanted
    style = map_style(Appearance.LIGHT)
    assert lane_colour(lane, True, style) == QColor(style.tokens.ramp_waiting[wanted])


def test_counts_have_the_blue_ramp_and_times_the_warm_one() -> None:
    style = map_style(Appearance.LIGHT)
    answer = example_answer(MapQuery(colour=Metric.OCCURRENCES), colour_breaks=(500.0, 1000.0, 2000.0, 5000.0))
    scene = build_scene(answer, Texts("da"), style)
    assert lane_colour(scene.lane_by_key[1, 3], scene.colour_is_time, style) == QColor(style.tokens.ramp_frequency[0])
    assert lane_colour(scene.lane_by_key[1, 2], scene.colour_is_time, style) == QColor(style.tokens.ramp_frequency[4])


def test_start_and_end_lines_are_neutral_dotted_and_thin() -> None:
    scene = scene_of()
    for key in ((START, 0), (7, END)):
        lane = scene.lane_by_key[key]
        assert lane.dotted
        assert lane.colour_class is None
        assert 1.5 <= lane.width <= 2.6


def test_a_path_without_times_is_grey_and_the_legend_says_so() -> None:
    answer = example_answer()
    paths = tuple(replace(path, times=None) if path.target == REFUSED else path for path in answer.map.paths)
    answer = replace(answer, map=replace(answer.map, paths=paths))
    scene = build_scene(answer, Texts("da"), map_style(Appearance.LIGHT))
    assert scene.lane_by_key[2, REFUSED].colour_class is None
    assert make_legend(answer, Texts("en"), map_style(Appearance.LIGHT)).grey_words == "without times"
    assert make_legend(example_answer(), Texts("en"), map_style(Appearance.LIGHT)).grey_words == ""


def test_rare_side_paths_are_drawn_first_and_the_spine_last() -> None:
    kinds = [lane.kind for lane in scene_of().lanes]
    first_spine = kinds.index(LaneKind.SPINE)
    assert set(kinds[first_spine:]) == {LaneKind.SPINE}
    widths = [lane.width for lane in scene_of().lanes if not lane.dotted and lane.kind != LaneKind.SPINE]
    assert widths == sorted(widths)


def test_an_arrowhead_ends_where_the_line_ends_and_has_the_tokens_size() -> None:
    lane = scene_of().lane_by_key[3, 4]
    length, half_width = head_size(lane.width)
    assert length == pytest.approx(5 + 0.9 * lane.width)
    assert half_width == pytest.approx(3.2 + 0.72 * lane.width)
    tip, left, right = (lane.head.at(i) for i in range(3))
    assert (tip.x(), tip.y()) == pytest.approx(lane.points[-2:])
    assert hypot(left.x() - right.x(), left.y() - right.y()) == pytest.approx(2 * half_width)
    assert lane.shaft.boundingRect().bottom() < tip.y() - length + 1.5


def test_corners_are_rounded_by_twelve_px_and_less_where_pieces_are_short() -> None:
    long = rounded([QPointF(0, 0), QPointF(100, 0), QPointF(100, 100)], 12)
    assert not long.contains(QPointF(99.9, 0.1))
    assert long.elementAt(1).x == pytest.approx(88)
    short = rounded([QPointF(0, 0), QPointF(10, 0), QPointF(10, 100)], 12)
    assert short.elementAt(1).x == pytest.approx(5)


def test_the_words_of_the_end_mark_move_away_from_a_line() -> None:
    """A dotted line comes to the end mark from the right; its words stand left. With one from the left too, they stand below."""
    scene = scene_of()
    assert scene.end.text_rect.right() < scene.end.centre.x()
    answer = example_answer()
    lane = next(lane for lane in answer.layout.lanes if (lane.source, lane.target) == (REFUSED, END))
    x, y = answer.layout.end
    left = replace(lane, source=RETURNED, points=(x - 300, y - 100, x - 300, y, x - 13, y), label=None)
    path = next(path for path in answer.map.paths if path.target == END)
    both = replace(
        answer,
        layout=replace(answer.layout, lanes=(*answer.layout.lanes, left)),
        map=replace(answer.map, paths=(*answer.map.paths, replace(path, source=RETURNED))),
    )
    moved = build_scene(both, Texts("da"), map_style(Appearance.LIGHT))
    assert moved.end.text_rect.top() > moved.end.centre.y()
    assert moved.bounds.contains(moved.end.text_rect)


def test_the_words_of_the_start_mark_keep_away_from_another_number() -> None:
    answer, before = example_answer(), scene_of().start.text_rect
    near = Label("17", before.left() - 12, before.center().y(), 18.0, 12.5)
    lanes = tuple(replace(one, label=near) if (one.source, one.target) == (START, 0) else one for one in answer.layout.lanes)
    crowded = replace(answer, layout=replace(answer.layout, lanes=lanes))
    after = build_scene(crowded, Texts("da"), map_style(Appearance.LIGHT)).start.text_rect
    assert after != before
    assert not after.adjusted(-8, 0, 8, 0).intersects(QRectF(near.x - 9, near.y - 6.25, 18, 12.5))


def test_everything_lies_within_the_bounds() -> None:
    for appearance in Appearance:
        scene = scene_of(appearance)
        bounds = scene.bounds.adjusted(-0.01, -0.01, 0.01, 0.01)
        assert all(bounds.contains(card.rect) for card in scene.cards)
        assert all(bounds.contains(QPointF(x, y)) for lane in scene.lanes for x, y in zip(lane.points[::2], lane.points[1::2], strict=True))


@pytest.mark.parametrize(
    ("scale", "wanted"),
    [(1.0, Detail.ALL), (0.6, Detail.ALL), (0.59, Detail.SPINE_LABELS), (0.44, Detail.NAMES), (0.3, Detail.NAMES), (0.29, Detail.SHAPES)],
)
def test_detail_follows_the_zoom(scale: float, wanted: Detail) -> None:
    assert detail_at(scale) is wanted


@pytest.mark.parametrize("appearance", list(Appearance))
def test_less_detail_means_less_ink(appearance: Appearance) -> None:
    scene = scene_of(appearance)

    def ink(detail: Detail) -> int:
        image = picture(scene, appearance, detail)
        ground = map_style(appearance).colour("canvas").lightness()
        return sum(abs(image.pixelColor(x, y).lightness() - ground) > 127 for x in range(0, 1200, 3) for y in range(0, 1000, 3))

    amounts = [ink(detail) for detail in (Detail.SHAPES, Detail.NAMES, Detail.ALL)]
    assert 0 < amounts[0] < amounts[1] < amounts[2]


def test_the_legend_shows_the_breaks_and_widths_of_this_very_map() -> None:
    legend = make_legend(example_answer(), Texts("da"), map_style(Appearance.LIGHT))
    assert legend.limits == ("1\u00a0d", "3\u00a0d", "6\u00a0d", "12\u00a0d")
    assert len(legend.colours) == len(BREAKS) + 1
    samples = width_samples(example_answer())
    assert [count for _width, count in samples] == [290, 2000, 8300]
    widest, most = 1.5 + 5.5 * (8318 / 8412) ** 0.5, 8318
    for width, count in samples:
        expected = 1.5 + (widest - 1.5) * (count / most) ** 0.5
        assert width == pytest.approx(expected)


def test_the_legend_of_a_guarded_map_names_only_multiples_of_five() -> None:
    answer = example_answer(k=5)
    fewer = replace(answer.map, paths=tuple(replace(path, occurrences=path.occurrences // 7) for path in answer.map.paths))
    for guarded in (answer, replace(answer, map=fewer)):
        counts = [count for _width, count in width_samples(guarded)]
        assert counts
        assert all(count % 5 == 0 and count > 0 for count in counts), counts


def test_the_legend_without_coloured_paths_has_no_ramp() -> None:
    legend = make_legend(example_answer(colour_breaks=()), Texts("da"), map_style(Appearance.LIGHT))
    assert legend.colours == ()
    assert legend.limits == ()


def test_hovering_a_step_brings_out_its_paths_and_their_ends() -> None:
    steps, paths = scene_of().neighbourhood(RETURNED)
    assert steps == {RETURNED, 2}
    assert paths == {(2, RETURNED), (RETURNED, 2)}


def test_cards_glide_from_their_old_place_to_the_new_one() -> None:
    old = scene_of()
    cards = tuple(changed(card, rect=card.rect.translated(100, 40)) for card in old.cards)
    new = changed(old, cards=cards, card_by_step={card.step: card for card in cards})
    morph = Morph(old, new, QPointF(0, 0))
    place = old.card_by_step[3].rect
    at = [card_at(morph, 3, share) for share in (0.0, 0.5, 1.0)]
    assert [card.rect.x() - place.x() for card in at if card] == pytest.approx([0, 50, 100])
    image = QImage(1400, 1100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for milliseconds in (0, FADE_MS, FADE_MS + MOVE_MS / 2, FADE_MS + MOVE_MS, 2 * FADE_MS + MOVE_MS):
        paint_morph(painter, morph, milliseconds, map_style(Appearance.LIGHT), Detail.ALL)
    painter.end()


def test_crowded_limits_share_their_unit_in_the_title_or_stand_in_two_rows() -> None:
    style = map_style(Appearance.PROJECTOR)
    roomy = LegendPainter(make_legend(example_answer(), Texts("da"), style), style, 313)
    assert (roomy.title, roomy.limits[0]) == ("Ventetid, median", "1\u00a0d")
    days = tuple(n * DAY for n in (400, 4000, 12000, 15000))
    legend = make_legend(example_answer(colour_breaks=days), Texts("da"), style)
    crowded = LegendPainter(legend, style, 313)
    assert crowded.title == "Ventetid, median (d)"
    assert crowded.limits == ("400", "4.000", "12.000", "15.000")
    assert crowded.height == roomy.height
    narrow = LegendPainter(legend, style, 120)
    assert narrow.height > crowded.height


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_no_line_falls_below_a_device_pixel_and_on_a_projector_below_one_and_a_half(ratio: float) -> None:
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    for scale in (0.1, 0.4, 1.0):
        painter.resetTransform()
        painter.scale(scale, scale)
        for appearance in Appearance:
            scene, style = scene_of(appearance), map_style(appearance)
            for lane in scene.lanes:
                least = 1.5 if appearance is Appearance.PROJECTOR else 1.0
                width = line_width(painter, lane, style)
                assert width * scale * ratio >= least - 1e-9
                assert width == pytest.approx(max(lane.width, least / scale / ratio))
    painter.end()


def test_a_line_that_joins_a_stronger_one_is_not_cut_off_by_its_casing() -> None:
    """Both go up on the left to step 4: the stronger one from step 6, the weaker one from step 5 onto the same trunk."""
    answer = example_answer()
    stronger = next(lane for lane in answer.layout.lanes if (lane.source, lane.target) == (6, 4))
    left, _y, trunk, *_rest, tip_x, tip_y = stronger.points
    y = answer.layout.cards[5].y + 30
    weaker = replace(stronger, source=5, points=(left, y, trunk, y, trunk, tip_y, tip_x, tip_y), width=1.6, label=None)
    paths = (*answer.map.paths, replace(answer.map.paths[-3], source=5, target=4))
    joined = replace(answer, layout=replace(answer.layout, lanes=(*answer.layout.lanes, weaker)), map=replace(answer.map, paths=paths))
    scene = build_scene(joined, Texts("da"), map_style(Appearance.LIGHT))
    assert [join.key for join in scene.joins[6, 4]] == [(5, 4)]
    image, canvas = picture(scene, Appearance.LIGHT), map_style(Appearance.LIGHT).colour("canvas")
    beside = QPointF(trunk + stronger.width / 2 + 1, 0)
    seen = [image.pixelColor((QPointF(beside.x(), y - up) + QPointF(20, 20) - scene.bounds.topLeft()).toPoint()) for up in range(14)]
    assert any(colour != canvas for colour in seen), "the gap between the corner and the trunk"


def test_lines_that_only_cross_do_not_join() -> None:
    assert scene_of().joins == {}


def test_the_edge_of_a_card_is_seen_however_far_the_map_is_zoomed_out() -> None:
    scene, style = scene_of(), map_style(Appearance.LIGHT)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(style.colour("canvas"))
    painter = QPainter(image)
    painter.scale(0.25, 0.25)
    painter.translate(QPointF(40, 40) - scene.bounds.topLeft())
    paint_map(painter, scene, style, Detail.SHAPES)
    transform = painter.worldTransform()
    painter.end()
    rect = transform.mapRect(scene.card_by_step[REFUSED].rect)
    darkest = min(image.pixelColor(round(rect.left()) + dx, round(rect.center().y())).lightness() for dx in (-1, 0, 1))
    assert darkest <= style.colour("card_border").lightness() + 25


def test_where_the_straight_line_has_no_path_between_two_steps_three_dots_say_so() -> None:
    scene = scene_of()
    assert scene.gaps() == []
    above, below = (scene.card_by_step[step].rect for step in scene.answer.layout.spine[:2])
    key = scene.answer.layout.spine[0], scene.answer.layout.spine[1]
    without = changed(
        scene,
        lanes=tuple(lane for lane in scene.lanes if lane.key != key),
        lane_by_key={other: lane for other, lane in scene.lane_by_key.items() if other != key},
    )
    (middle,) = without.gaps()
    assert above.bottom() < middle.y() < below.top() and middle.x() == above.center().x()
    image, canvas = picture(without, Appearance.LIGHT), QColor(map_style(Appearance.LIGHT).colour("canvas"))
    shift = QPointF(20, 20) - scene.bounds.topLeft()
    down = range(round(above.bottom() + shift.y()) + 2, round(below.top() + shift.y()) - 2)
    inked = [image.pixelColor(round(middle.x() + shift.x()), y) != canvas for y in down]
    assert sum(one and not before for before, one in zip([False, *inked], inked, strict=False)) == 3
