"""A letter for every type of object: the second sign beside its colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_uppercase, digits


def letters_for(names: Sequence[str]) -> tuple[str, ...]:
    """A different sign for each name: its first letter that is free, else any free one. What stands before a colon is no part of a name."""
    taken: list[str] = []
    for name in (whole.rpartition(":")[2] for whole in names):
        taken.append(next(sign for sign in _wanted(name) if sign not in taken))
    return tuple(taken)


def _wanted(name: str) -> Iterator[str]:
    words = [word for word in "".join(sign if sign.isalnum() else " " for sign in name).split() if word]
    for word in words:
        yield word[0].upper()[:1]
    for sign in "".join(words):
        yield sign.upper()[:1]
    yield from ascii_uppercase
    yield from digits
    number = 10
    while True:
        yield str(number)
        number += 1
