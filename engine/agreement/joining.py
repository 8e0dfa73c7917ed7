"""The source of every event of several files, as an attribute of the events."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from engine.agreement.values import SOURCE, SameFact
from engine.log.columns import ATTRIBUTES, ColumnRoles

COLUMN = f"{ATTRIBUTES}:{SOURCE}"


def stem_of(file_name: str) -> str:
    """What a source is called that has no name of its own: its file's name without endings."""
    return file_name.partition(".")[0] or file_name


def with_sources(table: pa.Table, roles: ColumnRoles, rows: Sequence[tuple[str, int]]) -> tuple[pa.Table, ColumnRoles]:
    """The joined rows with the name of each one's source, where there are several. rows: of each source in turn, its name and how many.

    An attribute of that name that the files have themselves stays as it is.
    """
    if len({name for name, _n in rows}) < 2 or COLUMN in table.column_names:
        return table, roles
    names = list(dict.fromkeys(name for name, _n in rows))
    codes = np.repeat([names.index(name) for name, _n in rows], [n for _name, n in rows]).astype(np.int32)
    column = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))
    return table.append_column(COLUMN, column), msgspec.structs.replace(roles, attributes=(*roles.attributes, COLUMN))


def joined_facts(tables: Sequence[tuple[str, Sequence[SameFact]]]) -> tuple[SameFact, ...]:
    """What the tables of a recipe say is the same fact, each with the name of its own source."""
    return tuple(msgspec.structs.replace(fact, source=fact.source or name) for name, facts in tables for fact in facts)
