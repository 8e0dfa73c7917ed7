"""Other courses that one case could have taken: the smallest changes of a case that change a hidden number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from engine.disclosure.tally import Tally, Thing
from engine.process_map.values import END, START

WITH_IT, WITHOUT_IT, FREQUENT = 4, 3, 6
"""Variants looked at: those that have the hidden thing, frequent ones where it could stand too, and frequent ones to go along instead."""
LONGEST = 12
"""Longer stretches are not exchanged: too many numbers would move."""


@dataclass(frozen=True)
class Alternative:
    """One case of a variant goes another way: `removed` events from place `at` of its course give way to `inserted`."""

    variant: int
    at: int
    removed: int
    inserted: tuple[int, ...]

    def changes(self, tally: Tally) -> dict[Thing, tuple[int, int]]:
        """By step and arc: how many times the case has it, and would have it."""
        course, times = tally.course(self.variant)
        old = course[self.at - 1 : self.at + self.removed + 1]
        new = (old[0], *self.inserted, old[-1])
        more: Counter[Thing] = Counter(pairwise(new))
        more.update((step,) for step in self.inserted)
        more.subtract(pairwise(old))
        more.subtract((step,) for step in old[1:-1])
        return {thing: (times[thing], times[thing] + n) for thing, n in more.items() if n}

    @property
    def events(self) -> int:
        """How many events more the case would have."""
        return len(self.inserted) - self.removed


def alternatives_for(thing: Thing, tally: Tally, others: tuple[int, ...]) -> Iterator[Alternative]:
    """Ways in which a hidden step or arc would occur once less, and then once more. others: steps that could stand in between."""
    yield from _without_step(thing[0], tally, others) if len(thing) == 1 else _without_arc(thing, tally, others)
    yield from _with_step(thing[0], tally) if len(thing) == 1 else _with_arc(thing, tally)
    yield from _without_stretch(thing, tally, others)
    yield from _elsewhere(thing, tally)


def _without_arc(arc: Thing, tally: Tally, others: tuple[int, ...]) -> Iterator[Alternative]:
    source, target = arc
    for variant in islice(_holders(arc, tally), WITH_IT):
        course, _ = tally.course(variant)
        at = next(place for place, pair in enumerate(pairwise(course), start=1) if pair == arc)
        inner = len(course) > 3
        if target != END:
            if inner:
                yield Alternative(variant, at, 1, ())
            if source != START:
                yield Alternative(variant, at - 1, 2, (target, source))
            yield from (Alternative(variant, at, 1, (other,)) for other in others if other != target)
        if source != START:
            if inner:
                yield Alternative(variant, at - 1, 1, ())
            yield from (Alternative(variant, at - 1, 1, (other,)) for other in others if other != source)
        yield from (Alternative(variant, at, 0, (other,)) for other in others if other not in arc)


def _without_stretch(thing: Thing, tally: Tally, others: tuple[int, ...]) -> Iterator[Alternative]:
    """Without all that lies between its first and last time in a case, for a case that has it several times."""
    for variant in islice(_holders(thing, tally), WITH_IT):
        course, _ = tally.course(variant)
        width = len(thing)
        places = [at for at in range(len(course)) if course[at : at + width] == thing]
        first, behind = max(places[0], 1), min(places[-1] + width, len(course) - 1)
        stretch = course[first:behind]
        if len(stretch) < LONGEST:
            yield from (
                Alternative(variant, first, len(stretch), one) for one in _cleared(stretch, thing, others) if one or len(course) > 3
            )
        for begin, end in ((first, behind), (first + 1, behind), (first, behind - 1)):
            if begin < end < begin + LONGEST:
                if end - begin < len(course) - 2:
                    yield Alternative(variant, begin, end - begin, ())
                yield from (Alternative(variant, begin, end - begin, (other,)) for other in others)


def _cleared(stretch: Thing, thing: Thing, others: tuple[int, ...]) -> Iterator[Thing]:
    """The stretch without the step or its direct repeats, with another step in its place, or with another wherever the arc stands."""
    if len(thing) == 2:
        if thing[0] == thing[1]:
            yield tuple(step for at, step in enumerate(stretch) if (stretch[at - 1 : at] or (END,)) + (step,) != thing)
        yield from (_parted(stretch, thing, other) for other in others if other not in thing)
        return
    yield tuple(step for step in stretch if step != thing[0])
    yield from (tuple(other if step == thing[0] else step for step in stretch) for other in others)


def _parted(stretch: Thing, arc: Thing, other: int) -> Thing:
    """The stretch with another step wherever the arc stands."""
    parted: list[int] = []
    for step in stretch:
        if parted and (parted[-1], step) == arc:
            parted.append(other)
        parted.append(step)
    return tuple(parted)


def _elsewhere(thing: Thing, tally: Tally) -> Iterator[Alternative]:
    """Along the whole course of a frequent variant instead."""
    frequent = [tally.variants.sequence(one) for one in tally.frequent[:FREQUENT]]
    for variant in islice(_holders(thing, tally), WITH_IT):
        length = len(tally.course(variant)[0]) - 2
        if length < LONGEST:
            yield from (Alternative(variant, 1, length, other) for other in frequent if len(other) < LONGEST)


def _holders(thing: Thing, tally: Tally) -> Iterator[int]:
    """Variants with a step or arc: first those that have it once, the shortest before the others."""
    if thing[0] == START:
        found = [(variant, 1) for variant in tally.variants_from(thing[1])]
    elif thing[-1] == END:
        found = [(variant, 1) for variant in tally.variants_to(thing[0])]
    else:
        found = tally.variants_with(thing)
    lengths = tally.variants.offsets
    found.sort(key=lambda one: (one[1], int(lengths[one[0] + 1] - lengths[one[0]]), one[0]))
    return (variant for variant, _ in found)


def _with_arc(arc: Thing, tally: Tally) -> Iterator[Alternative]:
    source, target = arc
    near = target if source == START else source
    for variant, _ in islice(tally.variants_with((near,)), WITHOUT_IT):
        course, _times = tally.course(variant)
        if source == START:
            yield Alternative(variant, 1, 0, (target,))
            yield Alternative(variant, 1, course.index(target) - 1, ())
        elif target == END:
            last = len(course) - 1
            yield Alternative(variant, last, 0, (source,))
            behind = last - course[::-1].index(source) + 1
            yield Alternative(variant, behind, last - behind, ())
        else:
            yield Alternative(variant, course.index(source) + 1, 0, (target,))
    if source not in (START, END) and target not in (START, END):
        for variant, _ in islice(tally.variants_with((target,)), WITHOUT_IT):
            yield Alternative(variant, tally.course(variant)[0].index(target), 0, (source,))


def _without_step(step: int, tally: Tally, others: tuple[int, ...]) -> Iterator[Alternative]:
    found = sorted(tally.variants_with((step,)), key=lambda one: (one[1], one[0]))
    for variant, _ in found[:WITH_IT]:
        course, _times = tally.course(variant)
        at = course.index(step)
        if len(course) > 3:
            yield Alternative(variant, at, 1, ())
        yield from (Alternative(variant, at, 1, (other,)) for other in others if other != step)


def _with_step(step: int, tally: Tally) -> Iterator[Alternative]:
    """Beside the steps that a few cases have it beside already."""
    for variant, _ in islice(tally.variants_with((step,)), WITH_IT):
        course, _times = tally.course(variant)
        near = course[course.index(step) - 1]
        if near == START:
            yield from (Alternative(one, 1, 0, (step,)) for one in tally.variants_from(course[2])[:WITHOUT_IT] if course[2] >= 0)
            continue
        for one, _ in islice(tally.variants_with((near,)), WITHOUT_IT):
            yield Alternative(one, tally.course(one)[0].index(near) + 1, 0, (step,))
