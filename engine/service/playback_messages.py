"""Playback: how the cases of a selection travel over a map, as anonymous tokens."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.log.selection import Selection

MOST_TOKENS = 5000
"""Tokens on the map at once that the window draws smoothly."""


class PlaybackQuery(Struct, frozen=True, tag=True):
    """Ask for the journeys of the selection over a map that is on the screen: its steps (codes) and its paths between two steps.

    most: tokens on the map at once, at most; above it whole cases are sampled. grouped: for a room that looks on, every token stands for
    several cases. timezone (IANA) decides days, weeks and months.
    """

    selection: Selection = Selection()
    steps: tuple[int, ...] = ()
    paths: tuple[tuple[int, int], ...] = ()
    most: int = MOST_TOKENS
    grouped: bool = False
    timezone: str = "Europe/Copenhagen"


class WayKind(StrEnum):
    """What a case is doing between two moments of its own.

    PATH: it is on a path of the map. AGAIN: it waits for the step that it had just had. AT_WORK: the step is under way (logs with start
    stamps). OUT_OF_SIGHT: it is on a path, or in a step, that the map does not show.
    """

    PATH = "path"
    AGAIN = "again"
    AT_WORK = "at_work"
    OUT_OF_SIGHT = "out_of_sight"


class Way(Struct, frozen=True):
    """One place where tokens are. AGAIN and AT_WORK have their step as source and target, OUT_OF_SIGHT has -1.

    usual: microseconds that half of the journeys on a path take at most (median of those that take any time); 0 elsewhere.
    """

    kind: WayKind
    source: int
    target: int
    usual: int


class Playback(Struct, frozen=True):
    """All journeys, by departure: way (int32, index into ways), depart and arrive (int64 microseconds since 1970 UTC), little-endian.

    A token is on its way from depart to just before arrive. first..last: what the timeline shows; edges and events: its histogram of all
    events of the selection per `unit` ("hour", "day", "week", "month", "year"). cases_per_token: 1, or the guard's minimum when grouped.
    n_cases_shown of n_cases are played. Not played, of those shown: transitions that take no time (instant), that run backwards because two
    steps overlap (overlapping), or that lack a time (untimed); journeys of too few cases to be a group (lone); events outside the timeline.
    """

    query: PlaybackQuery
    ways: tuple[Way, ...]
    way: bytes
    depart: bytes
    arrive: bytes
    first: int
    last: int
    unit: str
    edges: tuple[int, ...]
    events: tuple[int, ...]
    cases_per_token: int
    n_cases: int
    n_cases_shown: int
    instant: int
    overlapping: int
    untimed: int
    lone: int
    outside: int
