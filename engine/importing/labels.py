"""Names of activities and units, and attributes, without persons in them: what a caseworker has typed there stays outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.columns import Notice, is_keyed
from engine.log.event_log import EventLog
from engine.personal.masking import MASK, holds_person, without_persons

MASKED = N_(
    "Names of activities, units or attributes that hold what looks like a person's number, name, e-mail address or telephone: {count}. "
    "That part is shown as {mask}; a wash step can give them other names."
)


def without_persons_in_labels(log: EventLog) -> EventLog:
    """The log with such parts of activities, units and attributes masked; those that become equal are one.

    A notice tells how many there were.
    """
    activities = pa.array(log.activities, pa.string())
    hits = holds_person(activities)
    beside, n_beside = _masked_columns(log.event_columns)
    of_cases, n_of_cases = _masked_columns(log.case_columns)
    count = int(hits.sum()) + n_beside + n_of_cases
    if not count:
        return log
    names, codes = _first_of_equal(_masked(activities, hits))
    activity = codes[log.activity].astype(log.activity.dtype)
    activity.setflags(write=False)
    notice = Notice(MASKED, {"count": count, "mask": MASK})
    notices = (*log.notices, notice)
    return replace(log, activities=names, activity=activity, event_columns=beside, case_columns=of_cases, notices=notices)


def _masked(texts: pa.Array, hits: NDArray[np.bool_]) -> pa.Array:
    changed = without_persons(texts)
    return pa.array([new if hit else old for old, new, hit in zip(texts.to_pylist(), changed.to_pylist(), hits.tolist(), strict=True)])


def _first_of_equal(texts: pa.Array) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Different texts in their order, and the place among them of each text."""
    encoded = texts.dictionary_encode()
    return tuple(encoded.dictionary.to_pylist()), np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)


def _masked_columns(columns: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], int]:
    """The columns of texts masked, but those that become pseudonyms, and how many different texts were."""
    masked, count = dict(columns), 0
    for key, column in columns.items():
        if pa.types.is_dictionary(column.type) and not is_keyed(key):
            masked[key] = masked_column(column)
            count += 0 if masked[key] is column else _n_masked(column)
    return masked, count


def _n_masked(column: pa.DictionaryArray) -> int:
    return int(holds_person(column.dictionary.cast(pa.string())).sum())


def masked_column(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """A dictionary of texts with such parts masked; the same one when there are none."""
    values = column.dictionary.cast(pa.string())
    hits = holds_person(values)
    if not hits.any():
        return column
    names, codes = _first_of_equal(_masked(values, hits))
    old = column.indices.to_numpy(zero_copy_only=False)
    known = column.indices.is_valid().to_numpy(zero_copy_only=False)
    new = pa.array(codes[np.where(known, old, 0).astype(np.int64)].astype(np.int32), mask=~known)
    return pa.DictionaryArray.from_arrays(new, pa.array(names, pa.string()))
