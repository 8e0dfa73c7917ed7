"""An object-centric map made ready for painting by the map's painter."""

from __future__ import annotations

from dataclasses import replace

from engine.object_map.values import ObjectPath, ObjectType, is_marked, label_parts, map_of_objects, strand_width
from engine.service.messages import MapAnswer, MapQuery, ObjectMapAnswer
from engine.texts import Texts
from gui.map.legend import Legend, LegendKind, round_down
from gui.map.object_words import type_name
from gui.map.scene import MARK_ARC, CardView, LaneView, MapScene, build_scene, reshaped
from gui.map.strands import HEAD_BESIDE, LabelPart, Sign, Strand, side_by_side
from gui.map.style import MapStyle


def as_map(answer: ObjectMapAnswer) -> MapAnswer:
    """The object-centric map as an answer of the process map."""
    asked = answer.query
    query = MapQuery(
        selection=asked.selection,
        steps=asked.steps,
        paths=asked.paths,
        guarded=asked.guarded,
        projector=asked.projector,
        language=asked.language,
        orientation=asked.orientation,
        room=asked.room,
    )
    return MapAnswer(query, map_of_objects(answer.map), answer.layout, answer.steps_max, answer.paths_max)


def signs_of(types: tuple[ObjectType, ...]) -> dict[int, Sign]:
    """By number of a type its letter and the place of its colour."""
    return {one.number: Sign(one.letter, place) for place, one in enumerate(types)}


def build_object_scene(answer: ObjectMapAnswer, texts: Texts, style: MapStyle) -> MapScene:
    """Shapes and texts of an object-centric map."""
    scene, signs = build_scene(as_map(answer), texts, style), signs_of(answer.map.types)
    steps = {one.step: one for one in answer.map.steps}
    paths = {(one.source, one.target): one for one in answer.map.paths}
    most = max((one.events for one in answer.map.steps), default=1) or 1

    def card(one: CardView) -> CardView:
        step = steps[one.step]
        found = tuple(signs[count.type] for count in step.counts)
        return replace(one, repeats="", share="", share_width=0.0, bar=step.events / most, signs=found)

    def lane(one: LaneView) -> LaneView:
        strands = _strands(one, paths[one.key], signs, answer)
        parts = tuple(LabelPart(tuple(signs[kind] for kind in kinds), number) for kinds, number in label_parts(paths[one.key], texts))
        return _stranded(one, strands, parts if one.label else ())

    cards, lanes = tuple(map(card, scene.cards)), tuple(map(lane, scene.lanes))
    return replace(
        scene,
        cards=cards,
        lanes=lanes,
        start=replace(scene.start, number=""),
        end=replace(scene.end, number=""),
        card_by_step={one.step: one for one in cards},
        lane_by_key={one.key: one for one in lanes},
        joins={},
    )


def _strands(lane: LaneView, path: ObjectPath, signs: dict[int, Sign], answer: ObjectMapAnswer) -> tuple[Strand, ...]:
    """The lines of a path's types; those from the start and to the end are thin, as on the process map."""
    widths = [(signs[count.type], strand_width(count.times, answer.map.largest)) for count in path.counts]
    if lane.dotted:
        widths = [(sign, min(max(width, MARK_ARC[0]), MARK_ARC[1])) for sign, width in widths]
    return side_by_side(widths, answer.layout.landscape)


def _stranded(lane: LaneView, strands: tuple[Strand, ...], parts: tuple[LabelPart, ...]) -> LaneView:
    """A path with the lines of its types."""
    ends = [one.offset + side * one.width / 2 for one in strands for side in (-1, 1)]
    width = max(ends) - min(ends)
    made = reshaped(replace(lane, strands=strands, parts=parts), lane.points, width, lane.label)
    bounds, reach = made.shaft.boundingRect(), width / 2 + HEAD_BESIDE
    box = (bounds.left() - reach, bounds.top() - reach, bounds.right() + reach, bounds.bottom() + reach)
    return replace(made, box=box)


def object_legend(answer: ObjectMapAnswer, texts: Texts, with_types: bool = True) -> Legend:
    """What the lines of a map of objects mean. with_types: the types stand in it too."""
    shown, signs = answer.map, signs_of(answer.map.types)
    counts = [count.times for path in shown.paths if not is_marked(path) for count in path.counts]
    wanted = dict.fromkeys(round_down(value, shown.k > 0) for value in (shown.largest / 28, shown.largest / 4, shown.largest))
    fewest = max(shown.k, min(counts, default=1), 1)
    kinds = [one for one in shown.types if one.number in shown.shown and one.objects is not None]
    return Legend(
        title="",
        colours=(),
        limits=(),
        widths=tuple((strand_width(count, shown.largest), texts.number(count)) for count in wanted if count >= fewest),
        width_words=texts("number of transitions"),
        dotted_words=texts("start and end"),
        grey_words="",
        kinds=tuple(LegendKind(signs[one.number], kind_words(one, texts)) for one in kinds) if with_types else (),
    )


def kind_words(one: ObjectType, texts: Texts) -> str:
    """A type's name with its number of objects."""
    name = type_name(one.name, texts)
    return name if one.objects is None else f"{name} · {texts.number(one.objects)}"
