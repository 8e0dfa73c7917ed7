"""Replays traces on a net, exactly: a run of transitions from source to sink that spells the trace, or the proof that there is none.

The search is depth first towards what enables the next activity. Two things keep it small and leave it exact: a silent transition is
tried only where silent ways lead on from it to what the next activity needs (any other one can as well fire later), and a marking is
given up when a token in it cannot get to where it is needed.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.models.nets import Net

PATIENCE = 30_000
"""Markings looked at before a trace is given up as undecided; one that is reached in several ways is looked at as often."""
ALIGNING_PATIENCE = 60_000
DEVIATION = 2
"""What a deviation costs against an event that is still to come: the search rather follows the trace than looks for better ways."""
FAR = 1 << 30

Marking = tuple[int, ...]
State = tuple[Marking, int]
Run = list[int]


@dataclass(frozen=True)
class Aligned:
    """A complete run of the model close to a trace: its transitions, and by visible transition the event it stands for (-1: none)."""

    run: Run
    events: tuple[int, ...]


class TooLong(Exception):
    """The trace could not be decided within the patience."""


class Replayer:
    """One net, made ready for replaying."""

    def __init__(self, net: Net, patience: int = PATIENCE) -> None:
        self.net, self._patience = net, patience
        self.looked_at = 0
        """Markings looked at so far, in all traces."""
        self._labelled: dict[int, list[int]] = defaultdict(list)
        self._silent_out_of: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(net.transitions):
            if one.label is not None:
                self._labelled[one.label].append(number)
            for place in set(one.before):
                if one.label is None:
                    self._silent_out_of[place].append(number)
        self._to_place = [self._distances_to(place, silent_only=True) for place in range(net.n_places)]
        self._to_sink = self._distances_to(net.sink, silent_only=False)
        self._out_of: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(net.transitions):
            self._out_of[one.before[0]].append(number)
        self._relevant: dict[int, list[bool]] = {}

    def _distances_to(self, target: int, *, silent_only: bool) -> list[int]:
        """Transitions on the way from every place to one, FAR where there is no such way."""
        into: dict[int, list[int]] = defaultdict(list)
        for one in self.net.transitions:
            if one.label is None or not silent_only:
                for after in one.after:
                    into[after] += one.before
        distance = [FAR] * self.net.n_places
        distance[target] = 0
        waiting = deque([target])
        while waiting:
            place = waiting.popleft()
            for before in into[place]:
                if distance[before] == FAR:
                    distance[before] = distance[place] + 1
                    waiting.append(before)
        return distance

    def run(self, trace: Sequence[int]) -> Run | None:
        """Transitions by number that spell the trace from source to sink; None when there are none. Raises TooLong."""
        if any(code not in self._labelled for code in trace):
            return None
        first: State = ((self.net.source,), 0)
        came: dict[State, tuple[State, int] | None] = {first: None}
        open_states: list[tuple[int, int, int, State]] = [(0, 0, 0, first)]
        most = self.looked_at + self._patience
        while open_states:
            state = heapq.heappop(open_states)[3]
            marking, position = state
            if position == len(trace) and marking == (self.net.sink,):
                return self._way_back(came, state)
            for transition, following in self._next(marking, trace[position] if position < len(trace) else None):
                self._look(most)
                reached = (following, position + (self.net.transitions[transition].label is not None))
                if reached in came:
                    continue
                left = self._left(following, trace[reached[1]] if reached[1] < len(trace) else None)
                if left < FAR:
                    heapq.heappush(open_states, (-reached[1], left, len(came), reached))
                    came[reached] = (state, transition)
        return None

    def _look(self, most: int) -> None:
        """Count a marking, also one that was reached before or leads nowhere. Raises TooLong."""
        self.looked_at += 1
        if self.looked_at > most:
            raise TooLong

    @staticmethod
    def _way_back(came: dict[State, tuple[State, int] | None], state: State) -> Run:
        run: Run = []
        step = came[state]
        while step is not None:
            state, transition = step
            run.append(transition)
            step = came[state]
        return run[::-1]

    def _next(self, marking: Marking, code: int | None) -> list[tuple[int, Marking]]:
        """Transitions that are worth firing, and the markings that they lead to. code: the next activity, None behind the last."""
        found = []
        if code is not None:
            found = [(number, fired) for number in self._labelled[code] if (fired := self._fire(marking, number)) is not None]
        wanted = self._wanted(code)
        for place in dict.fromkeys(marking):
            for number in self._silent_out_of[place]:
                one = self.net.transitions[number]
                if one.before[0] == place and any(wanted[after] for after in one.after):
                    fired = self._fire(marking, number)
                    if fired is not None:
                        found.append((number, fired))
        return found

    def _fire(self, marking: Marking, number: int) -> Marking | None:
        one, left = self.net.transitions[number], list(marking)
        for place in one.before:
            if place not in left:
                return None
            left.remove(place)
        return tuple(sorted([*left, *one.after]))

    def _wanted(self, code: int | None) -> list[bool]:
        """By place: whether silent ways lead from it to what an activity (None: the end) needs."""
        key = -1 if code is None else code
        if key not in self._relevant:
            goals = self._goals(code)
            self._relevant[key] = [any(self._to_place[goal][place] < FAR for goal in goals) for place in range(self.net.n_places)]
        return self._relevant[key]

    def _goals(self, code: int | None) -> set[int]:
        if code is None:
            return {self.net.sink}
        return {place for number in self._labelled[code] for place in self.net.transitions[number].before}

    def _left(self, marking: Marking, code: int | None) -> int:
        """Silent transitions that are certainly still needed before the next activity (None: the end); FAR: it cannot be reached."""
        if code is None:
            return min(sum(self._to_place[self.net.sink][place] for place in marking), FAR)
        return min(
            min(sum(min(self._to_place[goal][place] for place in marking) for goal in self.net.transitions[number].before), FAR)
            for number in self._labelled[code]
        )

    # ---- traces that deviate -----------------------------------------------------------------------------------------------

    def align(self, trace: Sequence[int]) -> Aligned:
        """A complete run with few deviations from the trace: events that the run leaves out, and steps that it has besides.

        A greedy search (best first, every event still to come counting for half a deviation): it finds a way with few deviations quickly,
        not always the one with the fewest. Raises TooLong.
        """
        first: State = ((self.net.source,), 0)
        came: dict[State, tuple[State, int, bool] | None] = {first: None}
        open_states: list[tuple[int, int, int, int, State]] = [(len(trace), 0, 0, 0, first)]
        most = self.looked_at + ALIGNING_PATIENCE
        while open_states:
            _, _, _, deviations, state = heapq.heappop(open_states)
            if state[1] == len(trace) and state[0] == (self.net.sink,):
                return self._aligned(came, state)
            for transition, marking, position, deviates in self._moves(state, trace):
                self._look(most)
                reached = (marking, position)
                if reached in came:
                    continue
                came[reached] = (state, transition, deviates)
                cost = deviations + deviates
                code = trace[position] if position < len(trace) else None
                key = DEVIATION * cost + len(trace) - position, self._remaining(marking, code), -len(came)
                heapq.heappush(open_states, (*key, cost, reached))
        raise TooLong

    def _moves(self, state: State, trace: Sequence[int]) -> Iterator[tuple[int, Marking, int, bool]]:
        """Transition (-1: the event is left out), marking, position and whether that deviates."""
        marking, position = state
        code = trace[position] if position < len(trace) else None
        if code is None or code in self._labelled:
            for number, fired in self._next(marking, code):
                yield number, fired, position + (self.net.transitions[number].label is not None), False
        if code is not None:
            yield -1, marking, position + 1, True
        for place in dict.fromkeys(marking):
            for number in self._out_of[place]:
                one = self.net.transitions[number]
                if one.label is None or all(self._to_sink[goal] < FAR for goal in one.after):
                    after = self._fire(marking, number)
                    if after is not None:
                        yield number, after, position, one.label is not None

    def _remaining(self, marking: Marking, code: int | None) -> int:
        """About how many transitions are needed before the next activity, or to the end."""
        if code is not None and code in self._labelled:
            left = self._left(marking, code)
            return left if left < FAR else len(marking) + self.net.n_places
        return sum(min(self._to_sink[place], self.net.n_places) for place in marking)

    def _aligned(self, came: dict[State, tuple[State, int, bool] | None], state: State) -> Aligned:
        run: Run = []
        events: list[int] = []
        step = came[state]
        while step is not None:
            before, transition, deviates = step
            if transition >= 0:
                run.append(transition)
                if self.net.transitions[transition].label is not None:
                    events.append(-1 if deviates else before[1])
            state = before
            step = came[state]
        return Aligned(run[::-1], tuple(events[::-1]))
