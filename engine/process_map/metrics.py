"""The value of a metric, the classes of its colours, the width of a line, and the texts on cards and lanes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from engine.process_map.values import END, START, Metric, Path, Step
from engine.texts import DAY, HOUR, MINUTE, Texts

N_BREAKS = 4
REPEATS = "↻"
SEPARATOR = " · "
THINNEST, GROWTH = 1.5, 5.5
ROUNDING = 5
"""Lines are drawn from counts rounded to this, so that a picture never shows more than its guarded twin."""


def path_value(path: Path, metric: Metric) -> float | None:
    """A path's value under a metric: seconds or a count; None for a time where nothing was timed, and for no rework."""
    if metric.is_time:
        return None if path.times is None or metric in path.times.hidden else float(getattr(path.times, metric.value))
    if metric is Metric.REWORK:
        return float(path.rework) if path.rework else None
    return float(getattr(path, metric.value))


def round_to_base(count: int) -> int:
    """A count rounded to the nearest multiple of 5."""
    return ROUNDING * round(count / ROUNDING)


def blunt(seconds: float) -> float:
    """A duration with three significant digits: what may leave the screen, where an exact one could be looked up in the log."""
    return float(f"{seconds:.2e}")


def line_width(count: int, largest: int) -> float:
    """Width in px of a line for `count` of at most `largest` transitions: 1.5 + 5.5·√(n / max), counts rounded to base 5."""
    rounded, most = round_to_base(count), round_to_base(largest)
    share = min(rounded / most, 1.0) if most else 0.0
    return float(THINNEST + GROWTH * np.sqrt(share))


def largest_count(paths: Sequence[Path]) -> int:
    """The most transitions of a drawn path between two steps; of a start or end arc when there is no other."""
    inner = [path.occurrences for path in paths if path.source != START and path.target != END]
    return max(inner or [path.occurrences for path in paths], default=0)


def value_text(value: float, metric: Metric, texts: Texts) -> str:
    """A metric's value as it stands on the map: "6.383" or "2,9 d"."""
    return texts.duration(value) if metric.is_time else texts.number(value)


def path_texts(path: Path, label: Metric, second: Metric | None, texts: Texts) -> tuple[str, str]:
    """A path's label on a side lane and on the spine, where the second metric stands behind the first: "6.383", "6.383 · 2,9 d".

    Start and end arcs only have a count; a metric without a value leaves its place empty.
    """
    first = _text(path, label, texts)
    more = _text(path, second, texts) if second is not None and second != label else ""
    return first, SEPARATOR.join(part for part in (first, more) if part)


def _text(path: Path, metric: Metric, texts: Texts) -> str:
    if (path.source == START or path.target == END) and metric not in (Metric.CASES, Metric.OCCURRENCES):
        return ""
    value = path_value(path, metric)
    if value is None or (metric is Metric.MAX_REPETITIONS and not value):
        return ""
    return value_text(value, metric, texts)


def card_line(step: Step, repeats: int, n_cases: int, least: int, texts: Texts) -> str:
    """The second line of a card: cases, repeats where there are at least `least` (the rarest drawn path), share of the cases."""
    again = f"{REPEATS} {texts.number(repeats)}" if repeats >= max(least, 1) else ""
    share = texts.percent(step.cases / n_cases) if n_cases else ""
    return "  ".join(part for part in (texts.number(step.cases), again, share) if part)


def colour_breaks(values: Sequence[float], counts: Sequence[int], is_time: bool) -> tuple[float, ...]:
    """Four rising round limits near the 20, 40, 60 and 80 % points of the values, seconds or counts, weighted by √count; () without any.

    Values of 0 and below belong to the lowest class and do not draw the limits to them.
    """
    if not values:
        return ()
    ladder = _round_durations() if is_time else _round_counts()
    order = np.argsort(np.asarray(values), kind="stable")
    rising, weights = np.asarray(values, float)[order], np.sqrt(np.maximum(np.asarray(counts, float)[order], 1.0))
    positive = rising > 0
    if not positive.any():
        return tuple(ladder[:N_BREAKS])
    rising, weights = rising[positive], np.cumsum(weights[positive])
    points = [float(rising[np.searchsorted(weights, weights[-1] * at / (N_BREAKS + 1))]) for at in range(1, N_BREAKS + 1)]
    return tuple(ladder[place] for place in _rising([_nearest(ladder, point) for point in points], len(ladder)))


def _rising(places: list[int], n: int) -> list[int]:
    """The places moved apart until each is greater than the one before, within 0..n-1."""
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + 1)
    excess = max(places[-1] - (n - 1), 0)
    places[-1] -= excess
    for at in range(len(places) - 2, -1, -1):
        places[at] = min(places[at], places[at + 1] - 1)
    return places


def _nearest(ladder: Sequence[float], value: float) -> int:
    """Position of the rung nearest to a value, by ratio."""
    at = bisect_left(ladder, value)
    if at == 0 or at == len(ladder):
        return min(at, len(ladder) - 1)
    below, above = ladder[at - 1], ladder[at]
    return at if value * value >= below * above else at - 1


def _round_durations() -> list[float]:
    """Durations a person would choose as a limit: whole seconds, minutes, hours, and then days without end."""
    small = [1, 2, 3, 5, 10, 15, 20, 30]
    rungs = [float(n) for n in small] + [n * MINUTE for n in (*small, 45)]
    rungs += [n * HOUR for n in (1, 2, 3, 4, 6, 8, 12, 18)]
    rungs += [n * DAY for n in (1, 2, 3, 4, 6, 8)]
    rungs += [n * 10**power * DAY for power in range(1, 9) for n in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)]
    return rungs


def _round_counts() -> list[float]:
    return [1.0, 2.0, 3.0, 5.0] + [float(n * 10**power) for power in range(1, 13) for n in (1, 2, 3, 5)]
