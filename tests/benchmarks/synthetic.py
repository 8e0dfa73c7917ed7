"""The synthetic log of the benchmark: 30 activities, 6,000 variants, about 15.8 events a case; the same for the same size."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from engine.log.columns import ColumnRoles
from engine.log.event_log import EventLog, build_event_log

SIZES = {"1M": 63_520, "10M": 635_200}
"""Cases for about so many events."""
N_ACTIVITIES, N_VARIANTS, ATTRIBUTES, ATTRIBUTE_VALUES = 30, 6_000, 5, 200
START = 1_735_689_600_000_000


def make_log(n_cases: int) -> EventLog:
    """A log of so many cases with five coded attributes, sorted by case; seeded."""
    rng = np.random.default_rng(7)
    sequences = _make_variants(rng)
    share = 1.0 / np.arange(3, N_VARIANTS + 3)
    variant = rng.choice(N_VARIANTS, n_cases, p=share / share.sum())
    variant[:N_VARIANTS] = np.arange(min(n_cases, N_VARIANTS))
    rng.shuffle(variant)
    sizes = np.array([len(sequence) for sequence in sequences])[variant]
    activity = np.concatenate([sequences[v] for v in variant])
    case = np.repeat(np.arange(n_cases, dtype=np.int32), sizes)
    return build_event_log(
        case_codes=case,
        case_ids=pa.array([f"C{number:07d}" for number in range(n_cases)]),
        activity_codes=activity,
        activities=[f"Activity {code:02d}" for code in range(N_ACTIVITIES)],
        timestamp=_make_times(rng, sizes, activity),
        event_columns={f"attribute {i}": _make_attribute(rng, len(case)) for i in range(ATTRIBUTES)},
        roles=ColumnRoles(case="case", activity="activity", timestamp="timestamp"),
    )


def _make_variants(rng: np.random.Generator) -> list[np.ndarray]:
    """Distinct walks over a sparse random process."""
    follow = np.array([rng.choice(N_ACTIVITIES, 6, replace=False) for _ in range(N_ACTIVITIES)])
    found: dict[bytes, np.ndarray] = {}
    while len(found) < N_VARIANTS:
        walk = [int(rng.integers(0, 3))]
        for _ in range(max(2, int(rng.normal(15.73, 4)))):
            walk.append(int(follow[walk[-1], min(int(rng.exponential(1.3)), 5)]))
        sequence = np.array(walk, np.uint8)
        found.setdefault(sequence.tobytes(), sequence)
    return list(found.values())


def _make_times(rng: np.random.Generator, sizes: np.ndarray, activity: np.ndarray) -> np.ndarray:
    """Microseconds, in whole milliseconds: cases start over two years, waiting times are exponential around each activity's own mean."""
    heads = np.cumsum(sizes) - sizes
    waits = (rng.exponential(1.0, len(activity)) * (3_600_000 * (1 + activity.astype(np.float64)))).astype(np.int64)
    waits[heads] = 0
    elapsed = np.cumsum(waits)
    begin = rng.integers(0, 2 * 365 * 86_400_000, len(sizes)) - elapsed[heads]
    return START + (elapsed + np.repeat(begin, sizes)) * 1000


def _make_attribute(rng: np.random.Generator, n: int) -> pa.Array:
    codes = pa.array(rng.integers(0, ATTRIBUTE_VALUES, n, dtype=np.int16))
    return pa.DictionaryArray.from_arrays(codes, pa.array([f"value {i}" for i in range(ATTRIBUTE_VALUES)]))
