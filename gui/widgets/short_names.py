"""Names of steps as short as a chevron: the word that tells a step from the others, cut to what fits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFontMetricsF

from gui.theme import Appearance, font

SHORT_WORD = 3
"""Letters of a first word that alone says little."""


def telling_words(names: Sequence[str]) -> list[str]:
    """Each name's first word, or, where several names begin with it, the name from the first word in which they differ."""
    words = [name.split() for name in names]
    told = []
    for own in words:
        alike = [other for other in words if other != own and other[:1] == own[:1]]
        shared = max((_shared(own, other) for other in alike), default=0)
        start = min(shared, max(0, len(own) - 1))
        told.append(" ".join(own[start : start + (2 if own and len(own[start]) <= SHORT_WORD else 1)]))
    return told


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two names begin with alike."""
    return next((place for place, (own, foreign) in enumerate(zip(one, other, strict=False)) if own != foreign), min(len(one), len(other)))


def fitted(word: str, metrics: QFontMetricsF, room: float) -> str:
    """The word, or as many of its letters as fit in `room` px with a full stop behind them; nothing where two do not fit."""
    if metrics.horizontalAdvance(word) <= room:
        return word
    least, most = 1, len(word) - 1
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if metrics.horizontalAdvance(_cut(word, middle)) <= room else (least, middle - 1)
    return _cut(word, least) if least > 1 else ""


def _cut(word: str, length: int) -> str:
    return word[:length].rstrip(" -/.,") + "."


class ShortNames:
    """The telling words of a log's steps, each measured once for a type size and a width."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._told = telling_words(names)
        self._fitted: dict[tuple[int, Appearance, int], str] = {}

    def within(self, step: int, appearance: Appearance, room: int) -> str:
        """The short name of a step in `room` px of the tag's type."""
        key = (step, appearance, room)
        if key not in self._fitted:
            self._fitted[key] = fitted(self._told[step], QFontMetricsF(font("tag", appearance)), room)
        return self._fitted[key]
