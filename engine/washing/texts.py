"""Steps that change cells: trimming, spelling, codes, joined columns, activities told apart."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.importing.personal import is_employee, masked, refuse_employees
from engine.importing.timestamps import is_time_type
from engine.log.columns import ACTIVITY, ColumnRoles
from engine.washing.rows import Column, Rows
from engine.washing.values import JoinColumns, MapValues, SplitActivity, Trim, UnifySpelling

BLANKS = r"[\s\x{00a0}\x{2000}-\x{200b}\x{202f}\x{3000}]+"


def trim(rows: Rows, step: Trim) -> Rows:
    """Blanks at both ends go, those within become one."""
    rows.check(step.columns)
    for name in step.columns or rows.table.column_names:
        if not is_time_type(rows.table.column(name).type):
            rows = rows.with_column(name, rows.column(name).mapped(_trimmed))
    return rows


def _trimmed(values: pa.Array) -> pa.Array:
    return pc.utf8_trim(pc.replace_substring_regex(values, BLANKS, " "), " ")


def unify_spelling(rows: Rows, step: UnifySpelling) -> Rows:
    """Cells with the same skeleton are written like the most frequent of them, the first in the file among equals."""
    column = rows.column(step.column)
    counts = np.bincount(column.codes, minlength=len(column.values))
    texts = column.values.to_pylist()
    best: dict[str, int] = {}
    for code, text in enumerate(texts):
        other = best.setdefault(skeleton(text), code)
        if counts[code] > counts[other]:
            best[skeleton(text)] = code
    return rows.with_column(step.column, column.mapped(lambda values: pa.array([texts[best[skeleton(text)]] for text in texts])))


def skeleton(text: str) -> str:
    """What is left of a text without capitals, blanks and signs; "æ", "ø", "å" and their old spellings "ae", "oe", "aa" are the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for letter, pair in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        plain = plain.replace(letter, pair)
    letters = "".join(sign for sign in plain if sign.isalnum())
    return letters or plain


def map_values(rows: Rows, step: MapValues) -> Rows:
    """Cells are looked up in the table; those that are not in it stay as they are, but for names of employees, which are masked."""
    table, change = step.table, masked if is_employee(step.column) else str
    column = rows.column(step.column).mapped(
        lambda values: pa.array([table.get(text, change(text)) for text in values.to_pylist()], pa.string())
    )
    return rows.with_column(step.into or step.column, column)


def join_columns(rows: Rows, step: JoinColumns) -> Rows:
    """The filled cells of several columns in one, in their order; BadInput when one says who did the work."""
    rows.check(step.columns)
    for name in step.columns:
        refuse_employees(ColumnRoles(case=name), rows.file_name)
    joined = joined_texts([rows.column(name) for name in step.columns], step.separator)
    return rows.with_column(step.into, joined)


def joined_texts(columns: list[Column], separator: str) -> Column:
    """One column of several; only combinations that occur are spelled out."""
    joined = columns[0]
    for other in columns[1:]:
        pairs, codes = np.unique(joined.codes * len(other.values) + other.codes, return_inverse=True)
        left = joined.values.take(pa.array(pairs // max(1, len(other.values))))
        right = other.values.take(pa.array(pairs % max(1, len(other.values))))
        texts = _joined(left, right, separator)
        joined = Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), texts))
    return joined


def _joined(left: pa.Array, right: pa.Array, separator: str) -> pa.Array:
    """Both texts where both are filled, else the one that is."""
    filled = [pc.not_equal(pc.utf8_trim_whitespace(texts), "") for texts in (left, right)]
    both = pc.binary_join_element_wise(left, right, separator)
    alone = pc.if_else(filled[0], left, pc.if_else(filled[1], right, ""))
    return pc.if_else(pc.and_(*filled), both, alone)


def split_activity(rows: Rows, step: SplitActivity) -> Rows:
    """Rows of the activity take the cell of the other column into their name; BadInput when it says who did the work."""
    refuse_employees(ColumnRoles(case=step.by), rows.file_name)
    name = rows.role(ACTIVITY)
    activity = rows.column(name)
    chosen = activity.among((step.activity,))
    told = joined_texts([activity, rows.column(step.by)], step.separator)
    both = pa.concat_arrays([activity.values, told.values])
    codes = np.where(chosen, told.codes + len(activity.values), activity.codes)
    return rows.with_column(name, Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), both)))
