"""Models: BPMN and Petri nets of the selection."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.layout.values import MapLayout
from engine.log.selection import Selection
from engine.models.values import Miner, Model, Notation
from engine.process_map.values import Metric


class ModelQuery(Struct, frozen=True, tag=True):
    """Ask for the model of the selection and its layout. noise: 0 to 1, what is rarer does not shape the model.
    steps: of so many steps the model is made, in the map's order, and the others are passed over; None: as many as the map shows at first.

    guarded asks for the twin that may leave the screen; it keeps the places of the exact one. landscape: from left
    to right, as BPMN is mostly drawn. language: "da" or "en", for the labels.
    """

    selection: Selection = Selection()
    notation: Notation = Notation.BPMN
    miner: Miner = Miner.INDUCTIVE
    noise: float = 0.2
    steps: int | None = None
    colour: Metric = Metric.MEDIAN
    label: Metric = Metric.OCCURRENCES
    second: Metric | None = Metric.MEDIAN
    guarded: bool = False
    projector: bool = False
    landscape: bool = True
    language: str = "da"


class ModelAnswer(Struct, frozen=True):
    """The model and where everything stands."""

    query: ModelQuery
    model: Model
    layout: MapLayout


class ModelFormat(StrEnum):
    """Files that hold a model itself: BPMN 2.0 and PNML for other programs, and a table of its flows."""

    BPMN = "bpmn"
    PNML = "pnml"
    CSV = "csv"


class ModelFileQuery(Struct, frozen=True, tag=True):
    """Ask for a model as a file's content; BPMN and PNML have a notation of their own, whatever the query's."""

    query: ModelQuery
    format: ModelFormat
    title: str = ""


class ModelFile(Struct, frozen=True):
    """The content of a file, and the answer that it was written from."""

    format: ModelFormat
    content: bytes
    answer: ModelAnswer
