"""A playback over the example map: a few journeys whose places at every hour are known."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec.structs import replace

from engine.service.messages import Playback, PlaybackQuery, Way, WayKind

HOUR, DAY = 3_600_000_000, 86_400_000_000
BEGIN = 1_735_686_000_000_000
"""1 January 2025, midnight in Copenhagen."""
Journey = tuple[int, int, float, float]
"""Source, target, departure and arrival in hours after BEGIN; a step twice waits for itself."""

JOURNEYS: tuple[Journey, ...] = (
    (0, 1, 0, 24),
    (0, 1, 0, 240),
    (1, 2, 24, 36),
    (2, 2, 36, 96),
    (2, 3, 96, 960),
    (9, 8, 48, 72),
)
"""The last one is on a path that the example map does not draw."""
USUAL = {(0, 1): 48, (1, 2): 24, (2, 3): 100}


def played(query: PlaybackQuery, journeys: Sequence[Journey] = JOURNEYS, **changes: object) -> Playback:
    """The answer to a question about the example; usual times by path in hours, 24 where nothing else is said."""
    paths, again = [*query.paths], [(step, step) for step in query.steps]
    ways = [
        *(Way(WayKind.PATH, a, b, USUAL.get((a, b), 24) * HOUR) for a, b in paths),
        *(Way(WayKind.AGAIN, a, b, 0) for a, b in again),
        *(Way(WayKind.AT_WORK, a, b, 0) for a, b in again if "with_work" in changes),
        Way(WayKind.OUT_OF_SIGHT, -1, -1, 0),
    ]
    known = {(way.source, way.target): number for number, way in enumerate(ways) if way.kind in (WayKind.PATH, WayKind.AGAIN)}
    moments = [(round(left * HOUR) + BEGIN, round(came * HOUR) + BEGIN, (a, b)) for a, b, left, came in journeys]
    rows = sorted((left, came, known.get(arc, len(ways) - 1)) for left, came, arc in moments)
    days = 43
    made = Playback(
        query=query, ways=tuple(ways),
        way=b"".join(struct.pack("<i", way) for _, _, way in rows),
        depart=b"".join(struct.pack("<q", left) for left, _, _ in rows),
        arrive=b"".join(struct.pack("<q", came) for _, came, _ in rows),
        first=BEGIN, last=BEGIN + 40 * DAY, unit="day", edges=tuple(BEGIN + day * DAY for day in range(days)),
        events=tuple(5 + day % 7 for day in range(days - 1)), cases_per_token=5 if query.grouped else 1,
        n_cases=8412, n_cases_shown=8412, instant=3, overlapping=0, untimed=1, lone=0, outside=0,
    )  # fmt: skip
    fields = {name: value for name, value in changes.items() if name != "with_work"}
    return replace(made, **fields)
