"""A model made ready for painting by the map's painter."""

from __future__ import annotations

from dataclasses import replace

from engine.layout.values import LaneKind
from engine.models.values import map_of_model
from engine.service.messages import MapAnswer, MapQuery, ModelAnswer
from engine.texts import Texts
from gui.map.legend import Legend, make_legend
from gui.map.scene import CardView, LaneView, MapScene, build_scene
from gui.map.style import MapStyle


def as_map(answer: ModelAnswer) -> MapAnswer:
    """The model as an answer of the process map: its nodes are steps and its flows paths."""
    asked, shown = answer.query, map_of_model(answer.model)
    query = MapQuery(
        selection=asked.selection,
        colour=asked.colour,
        label=asked.label,
        second=asked.second,
        guarded=asked.guarded,
        projector=asked.projector,
        language=asked.language,
    )
    return MapAnswer(query, shown, answer.layout, len(shown.steps), len(shown.paths))


def build_model_scene(answer: ModelAnswer, texts: Texts, style: MapStyle) -> MapScene:
    """Shapes and texts of a model."""
    scene = build_scene(as_map(answer), texts, style)
    kinds = {node.node: node.kind for node in answer.model.nodes}

    def figure(card: CardView) -> CardView:
        return replace(card, figure=kinds[card.step])

    def solid(lane: LaneView) -> LaneView:
        return replace(lane, kind=LaneKind.SPINE) if lane.dotted else lane

    cards, lanes = tuple(map(figure, scene.cards)), tuple(map(solid, scene.lanes))
    return replace(
        scene,
        cards=cards,
        lanes=lanes,
        card_by_step={card.step: card for card in cards},
        lane_by_key={lane.key: lane for lane in lanes},
        notation=answer.model.notation,
    )


def model_legend(answer: ModelAnswer, texts: Texts, style: MapStyle) -> Legend:
    """The map's legend, in the words of a model."""
    legend = make_legend(as_map(answer), texts, style)
    grey = texts("without a waiting time") if legend.grey_words else ""
    return replace(legend, dotted_words="", grey_words=grey, width_words=texts("times passed"))
