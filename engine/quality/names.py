"""Names as they were meant: spelling variants and broken encodings of one name are one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.log.kernels import Ints
from engine.washing.texts import skeleton

AFTER = "\\x80-\\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u2044\u20ac\u2122"
"""What the second byte of a letter of UTF-8 looks like in Windows-1252 and Latin-1."""
BROKEN = re.compile(f"[ÃÂ][{AFTER}]|â€|\N{REPLACEMENT CHARACTER}")
"""Signs of UTF-8 that was read as Windows-1252, or of letters that were lost."""


def is_broken(text: str) -> bool:
    """Whether a text was read in another encoding than it was written in."""
    return BROKEN.search(text) is not None


def mended(text: str) -> str:
    """The text as it was written, where it can be told."""
    if not is_broken(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def fold(names: Sequence[str], counts: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Names that are the same but for spelling and encoding: the group of each, shape (n,), and the name that stands for each group.

    The most frequent name that is not broken stands for its group.
    """
    groups: dict[str, int] = {}
    group = np.array([groups.setdefault(skeleton(mended(name)), len(groups)) for name in names], np.int64)
    best = np.full(len(groups), -1)
    for name in sorted(range(len(names)), key=lambda code: (is_broken(names[code]), -int(counts[code]), code)):
        if best[group[name]] < 0:
            best[group[name]] = name
    return group, best
