"""The object-centric map, and the choice of what is the case."""

from __future__ import annotations

from msgspec import Struct

from engine.layout.values import MapLayout, Orientation
from engine.log.selection import Selection
from engine.object_map.values import ObjectMap


class ObjectMapQuery(Struct, frozen=True, tag=True):
    """Ask for the object-centric map of the events of the selected cases, and its layout.

    hidden: names of types that are switched off. steps and paths: how many of the ranked ones (None: the readable default). guarded asks
    for the twin that may leave the screen; it keeps the places of the exact one. room: as of the process map.
    """

    selection: Selection = Selection()
    hidden: tuple[str, ...] = ()
    steps: int | None = None
    paths: int | None = None
    guarded: bool = False
    projector: bool = False
    language: str = "da"
    orientation: Orientation = Orientation.AUTO
    room: tuple[int, int] = (0, 0)


class ObjectMapAnswer(Struct, frozen=True):
    """The map, where everything stands, and how far the sliders can go."""

    query: ObjectMapQuery
    map: ObjectMap
    layout: MapLayout
    steps_max: int
    paths_max: int
    steps_min: int = 1
    paths_min: int = 0


class ChooseNotion(Struct, frozen=True, tag=True):
    """Cut the open log anew: its cases become the objects of a type; "" for those of the import. The answer is Opened."""

    notion: str = ""
