"""Times in which every field has its usual number of digits ("03-02-2025 14:05:00"), read straight from the bytes of a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.importing.patterns import DAY_FIRST, YEAR_FIRST

BLOCK = 1 << 16
DATE, MINUTES, SECONDS = 10, 16, 19
"""Lengths of a date, of one with hours and minutes, and of one with seconds too."""
ZERO, BLANK, JOINT, COLON, POINT = (ord(sign) for sign in "0 T:.")
CLOCK = (11, 14, 17)
DAY_PLACES, YEAR_PLACES = ((0, 3, 6), (2, 5)), ((8, 5, 0), (4, 7))
"""Where day, month and year begin, and where their separators stand: with the day first, with the year first."""
LAYOUTS = {pattern.regex: (DAY_PLACES, ord(pattern.date[2])) for pattern in DAY_FIRST} | {
    pattern.regex: (YEAR_PLACES, ord(pattern.date[2])) for pattern in YEAR_FIRST
}


@dataclass(frozen=True, eq=False)
class FixedTimes:
    """Fields of the cells that are written so, int64, shape (n,), 0 elsewhere; read: which cells are."""

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    hour: NDArray[np.int64]
    minute: NDArray[np.int64]
    second: NDArray[np.int64]
    read: NDArray[np.bool_]


def fixed_times(texts: pa.Array, regex: str) -> FixedTimes | None:
    """The fields of strings (no nulls) under a numeric pattern, known by its regular expression; None for other patterns."""
    if regex not in LAYOUTS or not len(texts):
        return None
    n = len(texts)
    fields = [np.zeros(n, np.int64) for _ in range(6)]
    read = np.zeros(n, bool)
    for rows, length, signs in _blocks(texts):
        found, right = _fields(signs, length, *LAYOUTS[regex])
        read[rows] = right
        for field, values in zip(fields, found, strict=False):
            field[rows] = np.where(right, values, 0)
    year, month, day, hour, minute, second = fields
    return FixedTimes(year, month, day, hour, minute, second, read)


def _blocks(texts: pa.Array) -> Iterator[tuple[slice | NDArray[np.int64], int, NDArray[np.uint8]]]:
    """Cells of one length: their places, the length, and their bytes, shape (length, cells)."""
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    content = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    sizes = np.diff(offsets)
    for begin in range(0, len(sizes), BLOCK):
        part = sizes[begin : begin + BLOCK]
        for length in (DATE, MINUTES, SECONDS):
            of_length = part == length
            if of_length.all():
                first = int(offsets[begin])
                matrix = content[first : first + len(part) * length].reshape(-1, length)
                yield slice(begin, begin + len(part)), length, np.ascontiguousarray(matrix.T)
            elif of_length.any():
                rows = begin + np.flatnonzero(of_length)
                yield rows, length, content[offsets[rows] + np.arange(length)[:, None]]


def _fields(
    signs: NDArray[np.uint8], length: int, places: tuple[tuple[int, ...], tuple[int, ...]], separator: int
) -> tuple[list[NDArray[np.int64]], NDArray[np.bool_]]:
    """Year, month, day and clock of cells of one length, and which are written with the separator and digits at their places."""
    (day, month, year), separators = places
    right = np.logical_and.reduce([signs[place] == separator for place in separators])
    two = [month, day]
    if length > DATE:
        right &= (signs[DATE] == BLANK) | (signs[DATE] == JOINT)
        for place in (CLOCK[1] - 1, CLOCK[2] - 1)[: 1 + (length == SECONDS)]:
            right &= (signs[place] == COLON) | (signs[place] == POINT)
        two += CLOCK[: 2 + (length == SECONDS)]
    digits = signs - np.uint8(ZERO)
    for place in (year, year + 1, *two):
        right &= (digits[place] <= 9) & (digits[place + 1] <= 9)
    right &= (digits[year + 2] <= 9) & (digits[year + 3] <= 9)
    pairs = [digits[place] * np.uint8(10) + digits[place + 1] for place in (year, year + 2, *two)]
    numbers = [pair.astype(np.int64) for pair in pairs]
    return [numbers[0] * 100 + numbers[1], *numbers[2:]], right
