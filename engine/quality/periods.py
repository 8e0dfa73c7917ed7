"""Columns of attributes that tell when something ends, and the steps that begin it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from engine.log.columns import attribute_key
from engine.quality.view import Checked, Coded, Flags

MOST_NAMES = 20_000
"""Different texts up to which an attribute's texts are looked at one by one."""
DATE = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})\b.*")
FILLED, ENOUGH = 0.75, 30
MOSTLY = 0.95


def attributes(log: Checked, *, of_cases: bool = False) -> Iterator[tuple[str, Coded]]:
    """The attributes of events (or of cases) with not too many different texts, by the name that they have in the file."""
    begin = attribute_key("")
    for key, column in (log.log.case_columns if of_cases else log.log.event_columns).items():
        distinct = len(column.dictionary) if hasattr(column, "dictionary") else 0
        if key.startswith(begin) and distinct <= MOST_NAMES and (coded := log.coded(key, of_cases=of_cases)) is not None and coded.filled:
            yield key.removeprefix(begin), coded


def filled_by_step(log: Checked, column: Coded) -> np.ndarray:
    """Share (0..1) of each step's events in which an attribute is told."""
    filled = log.where(lambda rows: column.codes[rows] >= 0)
    return log.count_by(log.step, log.n_steps, filled) / np.maximum(log.step_counts, 1)


def is_of_some_steps(log: Checked, column: Coded) -> bool:
    """Whether an attribute is one that some steps nearly always have, and that hardly occurs at others."""
    shares = filled_by_step(log, column)
    usual = (shares >= FILLED) & (log.step_counts >= ENOUGH)
    within = float((shares * log.step_counts)[usual].sum())
    return bool(usual.any() and not usual[log.step_counts >= ENOUGH].all() and within >= MOSTLY * column.filled)


def tells_dates(column: Coded) -> bool:
    """Whether an attribute holds days or times."""
    shown = [name for name, count in zip(column.names, column.counts.tolist(), strict=True) if count and name.strip()]
    return bool(shown) and sum(DATE.fullmatch(name) is not None for name in shown) >= MOSTLY * len(shown)


def spell_steps(log: Checked) -> Flags:
    """By step: whether it begins something that has an end, as a date stands with it that hardly any other step has."""
    begins = np.zeros(log.n_steps, bool)
    for _, column in attributes(log):
        if tells_dates(column) and is_of_some_steps(log, column):
            begins |= (filled_by_step(log, column) >= FILLED) & (log.step_counts >= ENOUGH)
    return begins
