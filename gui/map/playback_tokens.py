"""Where every token is at a moment: the journeys of the cases and the lines they travel along, as arrays.

Loaded with the first playback only: it needs numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from engine.service.messages import Playback, WayKind
from gui.map.scene import LaneView, MapScene

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GLIMPSE_S, MOST_GLIMPSES = 0.3, 1000
"""How long a token that is too fast is seen, and how many of them at most."""
SAMPLES = 64
"""Points of equal distance along a line, between which tokens are placed."""
BESIDE = 3.0
"""Px beside a number at which a token on its line would still touch it."""


@dataclass(frozen=True, eq=False)
class Moment:
    """What the map shows at one moment. way, share: each token on the move, and how far along its line (0..1).

    waiting, working: tokens at each step, in the order of `Journeys.steps`; oldest: microseconds that the one of the waiting tokens
    that is longest under way has been so; hidden: tokens out of sight.
    """

    way: NDArray[np.int32]
    share: Floats
    waiting: Ints
    oldest: Ints
    working: Ints
    hidden: int

    @property
    def n_moving(self) -> int:
        """Tokens on a line."""
        return len(self.way)


class Journeys:
    """The journeys of a playback.

    A token goes along its line in the usual time of the path; a case that takes longer then waits at the step ahead until its real arrival,
    and one that is quicker goes at its own pace.
    """

    def __init__(self, played: Playback) -> None:
        self.played = played
        self.steps = played.query.steps
        self._way = np.frombuffer(played.way, "<i4").astype(np.int32, copy=False)
        self._depart = np.frombuffer(played.depart, "<i8").astype(np.int64, copy=False)
        self._arrive = np.frombuffer(played.arrive, "<i8").astype(np.int64, copy=False)
        slots = {step: slot for slot, step in enumerate(self.steps)}
        kinds = np.array([list(WayKind).index(way.kind) for way in played.ways])
        self._is_path, self._is_again, self._is_work = (
            (kinds == list(WayKind).index(kind)) for kind in (WayKind.PATH, WayKind.AGAIN, WayKind.AT_WORK)
        )
        self._slot = np.array([slots.get(way.target, -1) for way in played.ways], np.int64)
        usual = np.array([way.usual for way in played.ways], np.int64)
        self._travel = np.minimum(self._arrive - self._depart, usual[self._way]) if len(usual) else self._arrive
        self._under_way = np.empty(0, np.int64)
        self._departed, self._last = 0, -(1 << 63)

    @property
    def n(self) -> int:
        """Number of journeys."""
        return len(self._way)

    def under_way(self, moment: int) -> Ints:
        """The journeys that have begun and not ended at a moment; cheap when it is a little later than the one asked for before."""
        if moment < self._last:
            self._under_way, self._departed = np.empty(0, np.int64), 0
        departed = int(np.searchsorted(self._depart, moment, side="right"))
        both = np.concatenate([self._under_way, np.arange(self._departed, departed)])
        self._under_way, self._departed, self._last = both[self._arrive[both] > moment], departed, moment
        return self._under_way

    def passed(self, before: int, moment: int) -> NDArray[np.int32]:
        """The paths of the tokens that ran a whole line between two moments, too fast to be seen on it."""
        begin, end = (int(np.searchsorted(self._depart, one, side="right")) for one in (before, moment))
        here = slice(begin, max(end, begin))
        way = self._way[here]
        found: NDArray[np.int32] = way[self._is_path[way] & (self._depart[here] + self._travel[here] <= moment)]
        return found

    def at(self, moment: int) -> Moment:
        """Where all tokens are at a moment (microseconds)."""
        here = self.under_way(moment)
        way, travel = self._way[here], self._travel[here]
        elapsed = moment - self._depart[here]
        on_path = self._is_path[way]
        moving = on_path & (elapsed < travel)
        waiting = (on_path & ~moving) | self._is_again[way]
        working = self._is_work[way]
        n_steps = len(self.steps)
        slots = self._slot[way]
        oldest = np.zeros(n_steps, np.int64)
        np.maximum.at(oldest, slots[waiting], elapsed[waiting])
        return Moment(
            way=way[moving],
            share=elapsed[moving] / np.maximum(travel[moving], 1),
            waiting=np.bincount(slots[waiting], minlength=n_steps),
            oldest=oldest,
            working=np.bincount(slots[working], minlength=n_steps),
            hidden=int(np.count_nonzero(~(moving | waiting | working))),
        )


class Glimpses:
    """Tokens that are too fast for the eye: each runs along its line in a moment of the onlooker's time, so that no journey goes unseen."""

    def __init__(self) -> None:
        self._way, self._born = np.empty(0, np.int32), np.empty(0)

    def add(self, way: NDArray[np.int32], now: float) -> None:
        """Tokens that have just passed; now: seconds on any clock. Those of an overfull moment are thinned evenly."""
        kept = (now - self._born) < GLIMPSE_S
        room = max(MOST_GLIMPSES - int(np.count_nonzero(kept)), 0)
        if len(way) > room:
            way = way[np.linspace(0, len(way) - 1, room).astype(np.intp)] if room else way[:0]
        self._way = np.concatenate([self._way[kept], way])
        self._born = np.concatenate([self._born[kept], np.full(len(way), now)])

    def at(self, now: float) -> tuple[NDArray[np.int32], Floats]:
        """The lines of the tokens that are passing, and how far along they are (0..1)."""
        share = (now - self._born) / GLIMPSE_S
        seen = share < 1.0
        return self._way[seen], share[seen]

    def clear(self) -> None:
        """Nothing passes."""
        self._way, self._born = self._way[:0], self._born[:0]


class Tracks:
    """The lines of a map as points: 64 of equal distance on each path's line, from the card it leaves to the tip of its arrowhead.

    Where labels are shown, tokens pass behind the number on their line, so that it can be read.
    """

    def __init__(self, played: Playback, scene: MapScene) -> None:
        self.points = np.full((max(len(played.ways), 1), SAMPLES, 2), np.nan)
        self.lengths = np.ones(max(len(played.ways), 1))
        self.labels_shown = False
        self._behind = np.zeros((max(len(played.ways), 1), SAMPLES), np.bool_)
        for number, way in enumerate(played.ways):
            lane = scene.lane_by_key.get((way.source, way.target)) if way.kind is WayKind.PATH else None
            if lane is not None:
                self.points[number], self.lengths[number] = _sampled(lane)
                self._behind[number] = _behind_label(lane, self.points[number])

    def crowded(self, way: NDArray[np.int32], each: float) -> NDArray[np.bool_]:
        """Which of these tokens are on a line that is too short to give each of its tokens so many px."""
        full = np.bincount(way, minlength=len(self.lengths)) * each > self.lengths
        found: NDArray[np.bool_] = full[way]
        return found

    def places(self, way: NDArray[np.int32], share: Floats, behind: float = 0.0) -> Floats:
        """Scene points of tokens, shape (n, 2), `behind` px before where they are; nan for a path without a line."""
        if behind:
            share = share - behind / self.lengths[way]
        at = np.clip(share, 0.0, 1.0) * (SAMPLES - 1)
        below = np.minimum(at.astype(np.intp), SAMPLES - 2)
        rest = (at - below)[:, None]
        found: Floats = self.points[way, below] * (1 - rest) + self.points[way, below + 1] * rest
        if behind:
            found[share < 0] = np.nan
        if self.labels_shown:
            found[self._behind[way, np.rint(at).astype(np.intp)]] = np.nan
        return found


def _sampled(lane: LaneView) -> tuple[Floats, float]:
    """Points of equal distance along a lane, and its length."""
    flat = [point for polygon in lane.shaft.toSubpathPolygons() for point in polygon.toList()]
    return sample_line([*flat, lane.head.at(0)])


def _behind_label(lane: LaneView, points: Floats) -> NDArray[np.bool_]:
    """Which points of a lane lie behind its own label, shape (SAMPLES,)."""
    if lane.label is None:
        return np.zeros(SAMPLES, np.bool_)
    away = np.abs(points - (lane.label.x, lane.label.y))
    behind: NDArray[np.bool_] = (away[:, 0] <= lane.label.width / 2 + BESIDE) & (away[:, 1] <= lane.label.height / 2 + BESIDE)
    return behind


def sample_line(points: list[QPointF]) -> tuple[Floats, float]:
    """SAMPLES points of equal distance along a polyline, and its length."""
    table = np.array([(point.x(), point.y()) for point in points])
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(table, axis=0).T))])
    at = np.linspace(0.0, lengths[-1], SAMPLES)
    return np.stack([np.interp(at, lengths, table[:, axis]) for axis in (0, 1)], axis=1), max(float(lengths[-1]), 1.0)
