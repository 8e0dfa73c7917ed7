"""The rows of a table while they are washed: text columns as codes of distinct values, times as moments, and where each row stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.files.table import as_text
from engine.importing.personal import listed
from engine.importing.timestamps import is_time_type
from engine.log.columns import TIMES, ColumnRoles, Notice, columns_by_role

NO_COLUMN = N_("A step of the recipe names the column {column}, which {file} does not have. It has: {columns}.")
NO_ROLE = N_("A step of the recipe needs to know which column holds the {role}.")


@dataclass(frozen=True)
class Column:
    """A text column: codes (shape (n,), int64) of its values (Arrow strings, all different)."""

    codes: NDArray[np.int64]
    values: pa.Array

    @staticmethod
    def of(texts: pa.Array) -> Column:
        """A column of any texts; equal ones get one code."""
        if not pa.types.is_dictionary(texts.type):
            encoded = texts.dictionary_encode()
            return Column(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.cast(pa.string()))
        return Column(texts.indices.to_numpy(zero_copy_only=False).astype(np.int64), texts.dictionary).with_values(texts.dictionary)

    def with_values(self, values: pa.Array) -> Column:
        """The column with other values in their places; those that are equal get one code."""
        distinct = values.cast(pa.string()).dictionary_encode()
        if len(distinct.dictionary) == len(distinct):
            return Column(self.codes, distinct.dictionary)
        return Column(distinct.indices.to_numpy(zero_copy_only=False).astype(np.int64)[self.codes], distinct.dictionary)

    def mapped(self, change: Callable[[pa.Array], pa.Array]) -> Column:
        """The column with every distinct value changed; values that become equal get one code."""
        return self.with_values(change(self.values))

    def texts(self) -> pa.Array:
        """The cells as a dictionary array."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, pa.int32()), self.values)

    def among(self, values: Sequence[str]) -> NDArray[np.bool_]:
        """Which rows hold one of the values."""
        chosen = pc.is_in(self.values, value_set=pa.array(list(values), pa.string())).to_numpy(zero_copy_only=False)
        return chosen[self.codes] if len(chosen) else np.zeros(len(self.codes), bool)


@dataclass(frozen=True)
class Rows:
    """Rows of a table. table: texts as dictionaries (those of times may be plain), times that have been read as moments.

    places: row of each in the file, from 0.

    file_row: what a reader of the file calls row 0. notices: what had to be said while times were read. precision: by role, what the times
    that have been read tell, as in an event log.
    coded: the text columns of the table that have been taken apart already, by name.
    """

    table: pa.Table
    places: NDArray[np.int64]
    roles: ColumnRoles
    file_name: str
    file_row: int
    timezone: str
    timestamp_format: str | None = None
    notices: tuple[Notice, ...] = ()
    precision: dict[str, NDArray[np.uint8]] = field(default_factory=dict, compare=False, repr=False)
    coded: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(table: pa.Table, roles: ColumnRoles, file_name: str, file_row: int, timezone: str, timestamp_format: str | None = None) -> Rows:
        """All rows of a table as it was read. Texts of times are nearly all different: they are taken apart when a step asks for them."""
        coded: dict[str, Column] = {}
        times = {name for role in TIMES for name in columns_by_role(roles).get(role, ())}
        for place, name in enumerate(table.column_names):
            if is_time_type(table.column(place).type):
                continue
            texts = as_text(table.column(place))
            if name not in times or pa.types.is_dictionary(texts.type):
                coded[name] = Column.of(texts)
                texts = coded[name].texts()
            table = table.set_column(place, name, texts)
        return Rows(table, np.arange(table.num_rows), roles, file_name, file_row, timezone, timestamp_format, coded=coded)

    def __len__(self) -> int:
        return len(self.places)

    def column(self, name: str) -> Column:
        """A column as text; BadInput when there is none of that name."""
        self.check((name,))
        if name not in self.coded:
            self.coded[name] = Column.of(as_text(self.table.column(name)))
        return self.coded[name]

    def check(self, names: Sequence[str]) -> None:
        """BadInput when a column is missing."""
        for name in names:
            if name not in self.table.column_names:
                raise BadInput(NO_COLUMN, column=name, file=self.file_name, columns=listed(self.table.column_names))

    def role(self, role: str) -> str:
        """The column that plays a role; BadInput when none does."""
        name = getattr(self.roles, role)
        if name is None:
            raise BadInput(NO_ROLE, role=role)
        self.check((name,))
        return str(name)

    def with_column(self, name: str, column: Column) -> Rows:
        """The rows with a column replaced, or added behind the others."""
        return replace(self.with_array(name, column.texts()), coded={**self.coded, name: column})

    def with_array(self, name: str, column: pa.Array) -> Rows:
        """The rows with a column of any type replaced, or added behind the others."""
        there = self.table.column_names
        coded = {other: known for other, known in self.coded.items() if other != name}
        if name not in there:
            return replace(self, table=self.table.append_column(name, column), coded=coded)
        return replace(self, table=self.table.set_column(there.index(name), name, column), coded=coded)

    def kept(self, mask: NDArray[np.bool_]) -> Rows:
        """Only the rows of the mask."""
        if bool(mask.all()):
            return self
        return replace(
            self,
            table=self.table.filter(pa.array(mask)).combine_chunks(),
            places=self.places[mask],
            precision={role: known[mask] for role, known in self.precision.items()},
            coded={name: Column(column.codes[mask], column.values) for name, column in self.coded.items()},
        )
