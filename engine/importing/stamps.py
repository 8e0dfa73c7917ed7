"""How finely the times of a column are written, by its first cells: to the day, the minute, the second, or finer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from engine.files.table import as_text
from engine.importing.patterns import PATTERNS, from_format
from engine.importing.timestamps import is_time_type

NO_TIME, DAY, MINUTE, SECOND, FINER = range(5)
MATCHERS = tuple(re.compile(pattern.regex) for pattern in PATTERNS)


def fineness(column: pa.ChunkedArray, text_format: str | None = None) -> int:
    """The precision that most cells are written with: NO_TIME without any time, DAY also where every clock shows midnight.

    text_format: the strptime pattern in which times are said to be written.
    """
    cells = [text for text in as_text(column).to_pylist() if text.strip()]
    if is_time_type(column.type):
        return _of_moments(cells)
    matchers = MATCHERS if text_format is None else (re.compile(from_format(text_format).regex), *MATCHERS)
    found = [parts for cell in cells if (parts := _parts(cell.strip(), matchers)) is not None]
    return _common(found)


def _parts(cell: str, matchers: Sequence[re.Pattern[str]]) -> dict[str, str | None] | None:
    match = next((match for matcher in matchers if (match := matcher.match(cell))), None)
    return match.groupdict() if match is not None else None


def _common(found: list[dict[str, str | None]]) -> int:
    if not found:
        return NO_TIME
    if not any(_is_set(parts.get(name)) for parts in found for name in "HMSf"):
        return DAY
    return Counter(_level(parts) for parts in found).most_common(1)[0][0]


def _level(parts: dict[str, str | None]) -> int:
    if parts.get("H") is None:
        return DAY
    if parts.get("S") is None:
        return MINUTE
    return FINER if _is_set(parts.get("f")) else SECOND


def _is_set(digits: str | None) -> bool:
    return bool(digits and digits.strip("0"))


def _of_moments(cells: list[str]) -> int:
    """The precision of times that are no text: what their last digits say."""
    clocks = [cell.partition(" ")[2] for cell in cells]
    if not clocks:
        return NO_TIME
    if not any(_is_set(clock.replace(":", "").replace(".", "")) for clock in clocks):
        return DAY
    if any(_is_set(clock.partition(".")[2]) for clock in clocks):
        return FINER
    return SECOND if any(_is_set(clock[6:8]) for clock in clocks) else MINUTE
