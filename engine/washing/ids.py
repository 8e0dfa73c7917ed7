"""A step that writes ids alike, so that the same case or citizen is one over the files of several systems."""

from __future__ import annotations

import re

import pyarrow as pa

from engine.washing.rows import Rows
from engine.washing.values import UnifyIds

BETWEEN = re.compile(r"[\s\u00a0./_\-\u2010-\u2015]+")


def unify_ids(rows: Rows, step: UnifyIds) -> Rows:
    """The ids of the columns in one form."""
    rows.check(step.columns)
    for name in step.columns:
        column = rows.column(name)
        told = pa.array([plain_id(text) for text in column.values.to_pylist()], pa.string())
        rows = rows.with_column(name, column.with_values(told))
    return rows


def plain_id(text: str) -> str:
    """An id without blanks, hyphens and signs between its parts, in capitals, and without zeros at its beginning."""
    bare = BETWEEN.sub("", text).upper()
    return bare.lstrip("0") or bare[:1]
