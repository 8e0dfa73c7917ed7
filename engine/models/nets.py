"""Petri nets as values, and the reduction that takes out what only makes them longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct


class Transition(Struct, frozen=True):
    """A transition: the activity's code (None: silent), the places it takes a token from and those it puts one into, rising."""

    label: int | None
    before: tuple[int, ...]
    after: tuple[int, ...]


class Net(Struct, frozen=True):
    """A net with places 0..n_places-1; a run leads from one token in `source` to one token in `sink`."""

    n_places: int
    transitions: tuple[Transition, ...]
    source: int
    sink: int


def reduce_net(net: Net) -> Net:
    """The net without what no complete run can use, without doubles, and without silent transitions between two places that can be one.

    A transition without a place before it, as the heuristics miner leaves one for a step that it finds no way to, is in no case's run and
    goes too. The rules are fusion of series places (Murata 1989) in both directions; they leave the language as it is. The source keeps
    having no arc into it and the sink none out of it, where that was so.
    """
    transitions = _alive(net, [one for one in dict.fromkeys(net.transitions) if one.before])
    while (merged := _fuse_one(net, transitions)) is not None:
        transitions = merged
    kept = sorted({net.source, net.sink} | {place for one in transitions for place in (*one.before, *one.after)})
    number = {place: at for at, place in enumerate(kept)}
    return Net(
        len(kept),
        tuple(
            Transition(one.label, tuple(number[place] for place in one.before), tuple(number[place] for place in one.after))
            for one in transitions
        ),
        number[net.source],
        number[net.sink],
    )


def _alive(net: Net, transitions: list[Transition]) -> list[Transition]:
    """Without transitions that can never have all their tokens, or give one that no way leads from to the sink."""
    while True:
        fed, drained = {net.source}, {net.sink}
        for _ in range(net.n_places):
            fed |= {place for one in transitions if fed.issuperset(one.before) for place in one.after}
            drained |= {place for one in transitions if not drained.isdisjoint(one.after) for place in one.before}
        left = [one for one in transitions if fed.issuperset(one.before) and drained.issuperset(one.after)]
        if len(left) == len(transitions):
            return left
        transitions = left


def _fuse_one(net: Net, transitions: Sequence[Transition]) -> list[Transition] | None:
    """The transitions after one fusion; None where none is possible."""
    into: dict[int, list[int]] = defaultdict(list)
    out_of: dict[int, list[int]] = defaultdict(list)
    for at, one in enumerate(transitions):
        for place in one.before:
            out_of[place].append(at)
        for place in one.after:
            into[place].append(at)
    for at, one in enumerate(transitions):
        if one.label is not None or len(one.before) != 1 or len(one.after) != 1:
            continue
        place, following = one.before[0], one.after[0]
        if place == following:
            return [*transitions[:at], *transitions[at + 1 :]]
        if (place, following) == (net.source, net.sink):
            continue
        only_way_on = len(out_of[place]) == 1 and place != net.sink and (place != net.source or len(into[following]) == 1)
        only_way_in = len(into[following]) == 1 and following != net.source and (following != net.sink or len(out_of[place]) == 1)
        if (only_way_on or only_way_in) and not _stand_together(transitions, place, following):
            left = [*transitions[:at], *transitions[at + 1 :]]
            return _merged(left, *_kept_and_gone(net, place, following))
    return None


def _stand_together(transitions: Sequence[Transition], one: int, other: int) -> bool:
    """Whether a transition needs, or gives, tokens in both places: as one place it would need two there."""
    return any({one, other} <= set(places) for each in transitions for places in (each.before, each.after))


def _kept_and_gone(net: Net, one: int, other: int) -> tuple[int, int]:
    """Which of two places stays: the source and the sink do."""
    return (other, one) if other in (net.source, net.sink) else (one, other)


def _merged(transitions: Sequence[Transition], kept: int, gone: int) -> list[Transition]:
    def rename(places: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(kept if place == gone else place for place in places))

    return list(dict.fromkeys(Transition(one.label, rename(one.before), rename(one.after)) for one in transitions))
