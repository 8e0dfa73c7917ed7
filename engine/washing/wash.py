"""Runs the steps of a recipe over the rows of a table, and tells of each how many rows came in and went out and what it changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_
from engine.files.table import as_text
from engine.importing.personal import is_employee, is_personal, masked
from engine.importing.timestamps import is_time_type
from engine.tasks import Task, run_beside
from engine.washing import values
from engine.washing.casework import merge_cases, split_at_activity, split_at_change, split_cases
from engine.washing.code_differences import code_difference
from engine.washing.ids import unify_ids
from engine.washing.leaving import clip_period, drop_cases, drop_duplicates, drop_near_duplicates, drop_rows, keep_rows
from engine.washing.moments import all_moments, repair_summer_time
from engine.washing.persons import age_band, ages_unread, caseworker_order, keyword_activity
from engine.washing.rows import Rows
from engine.washing.texts import join_columns, map_values, split_activity, trim, unify_spelling
from engine.washing.writing import repair_encoding, unify_decimals

SAMPLE = 5
WASHING = N_("Washing the rows: step {number} of {all}")
CHANGING: dict[type, Callable[[Rows, Any], Rows]] = {
    values.Trim: trim,
    values.UnifySpelling: unify_spelling,
    values.RepairEncoding: repair_encoding,
    values.UnifyDecimals: unify_decimals,
    values.UnifyIds: unify_ids,
    values.MapValues: map_values,
    values.JoinColumns: join_columns,
    values.SplitActivity: split_activity,
    values.RepairSummerTime: repair_summer_time,
    values.SplitCases: split_cases,
    values.SplitAtActivity: split_at_activity,
    values.SplitAtChange: split_at_change,
    values.MergeCases: merge_cases,
    values.AgeBand: age_band,
    values.KeywordActivity: keyword_activity,
    values.CaseworkerOrder: caseworker_order,
}
LEAVING: dict[type, Callable[[Rows, Any], Rows]] = {
    values.KeepRows: keep_rows,
    values.DropRows: drop_rows,
    values.DropCases: drop_cases,
    values.DropDuplicates: drop_duplicates,
    values.DropNearDuplicates: drop_near_duplicates,
    values.ClipPeriod: clip_period,
}
"""Steps that leave rows out and change none."""
FUNCTIONS = CHANGING | LEAVING


def wash(rows: Rows, steps: tuple[values.AnyStep, ...], task: Task) -> tuple[Rows, tuple[values.Outcome, ...]]:
    """The washed rows and what each step did, in order. BadInput when a step names what the table does not have. Raises Cancelled."""
    outcomes = []
    for number, step in enumerate(steps, start=1):
        task.report((number - 1) / len(steps), WASHING, number=number, all=len(steps))
        rows, outcome = run_beside(task, partial(_taken, rows, step))
        outcomes.append(outcome)
    return rows, tuple(outcomes)


def _taken(rows: Rows, step: values.AnyStep) -> tuple[Rows, values.Outcome]:
    """The rows after one step, and what it did."""
    if step.paused:
        return rows, _outcome(step, rows, rows)
    before = all_moments(rows) if isinstance(step, values.RepairSummerTime) else rows
    after = FUNCTIONS[type(step)](before, step)
    return after, _outcome(step, before, after)


def _outcome(step: values.AnyStep, before: Rows, after: Rows) -> values.Outcome:
    tag = str(type(step).__struct_config__.tag)
    changed, changes = (0, ()) if type(step) in LEAVING else _changes(before, after)
    left = tuple(_left(before, int(place)) for place in _gone(before, after))
    codes = code_difference(before, step)
    unknown = codes.unknown if isinstance(step, values.MapValues) else 0
    unread = ages_unread(before, step) if isinstance(step, values.AgeBand) and not step.paused else 0
    return values.Outcome(tag, len(before), len(after), changed, step.paused, unknown, unread, (*left, *changes)[: 2 * SAMPLE], codes)


def _gone(before: Rows, after: Rows) -> NDArray[np.int64]:
    """Places of some of the rows that left."""
    if len(before) == len(after):
        return np.empty(0, np.int64)
    stayed = np.zeros(int(before.places[-1]) + 1, bool)
    stayed[after.places] = True
    return before.places[~stayed[before.places]][:SAMPLE]


def _left(rows: Rows, place: int) -> values.Change:
    """A row that left, told by its activity, or by its first column."""
    name = rows.roles.activity if rows.roles.activity in rows.table.column_names else rows.table.column_names[0]
    at = int(np.searchsorted(rows.places, place))
    return values.Change(place + rows.file_row, str(name), _cell(rows, str(name), at), None)


def _changes(before: Rows, after: Rows) -> tuple[int, tuple[values.Change, ...]]:
    """How many of the rows that stayed have another cell than before, and some of these cells; moments that were only read are the same."""
    stayed = np.arange(len(after)) if len(before) == len(after) else np.searchsorted(before.places, after.places)
    touched = np.zeros(len(after), bool)
    sample: list[values.Change] = []
    for name in after.table.column_names:
        if name in before.table.column_names and _is_same(before.table.column(name), after.table.column(name)):
            continue
        differs = _differs(before, after, name, stayed)
        touched |= differs
        for at in np.flatnonzero(differs)[: SAMPLE - len(sample)].tolist():
            old = _cell(before, name, int(stayed[at])) if name in before.table.column_names else ""
            sample.append(values.Change(int(after.places[at]) + after.file_row, name, old, _cell(after, name, at)))
    return int(np.count_nonzero(touched)), tuple(sample)


def _differs(before: Rows, after: Rows, name: str, stayed: NDArray[np.int64]) -> NDArray[np.bool_]:
    if name not in before.table.column_names:
        return np.ones(len(after), bool)
    old, new = before.table.column(name), after.table.column(name)
    if is_time_type(new.type):
        if not is_time_type(old.type):
            return np.zeros(len(after), bool)
        same = pc.equal(old.take(pa.array(stayed)), new)
        return ~np.asarray(pc.fill_null(same, True).combine_chunks().to_numpy(zero_copy_only=False))
    one, other = before.column(name), after.column(name)
    both = pa.concat_arrays([one.values, other.values]).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return np.asarray(both[: len(one.values)][one.codes[stayed]] != both[len(one.values) :][other.codes])


def _is_same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Whether two columns lie at the same place in memory."""
    return [_addresses(chunk) for chunk in one.chunks] == [_addresses(chunk) for chunk in other.chunks]


def _addresses(chunk: pa.Array) -> list[int]:
    parts = [chunk, chunk.dictionary] if pa.types.is_dictionary(chunk.type) else [chunk]
    return [0 if buffer is None else buffer.address for part in parts for buffer in part.buffers()]


def _cell(rows: Rows, name: str, at: int) -> str:
    """A cell as it may be shown: who a case is about and who did the work stay masked."""
    text = str(as_text(rows.table.column(name).slice(at, 1))[0].as_py())
    keyed = {rows.roles.case, rows.roles.employee, *rows.roles.objects}
    return masked(text) if name in keyed or is_employee(name) or is_personal(text) else text
