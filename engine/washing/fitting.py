"""Which table of a recipe a file is, and how this month's extract differs from the one that the recipe was made for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.importing.personal import listed
from engine.log.columns import columns_of
from engine.washing import values

NO_TABLE = N_("No table of the recipe fits {file}. The nearest needs the columns {missing}, which it does not have. It has: {columns}.")
ALIKE = 0.75


class Difference(Struct, frozen=True):
    """new, missing: columns since the recipe was made. renamed: missing columns and the new one that may be theirs."""

    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    renamed: dict[str, str] = {}


def fitting_table(recipe: values.Recipe, columns: Sequence[str], file_name: str) -> values.TableRecipe:
    """The table of the recipe that needs no column the file lacks, and has most in common with it; BadInput when there is none."""
    there = set(columns)
    nearest = min(recipe.tables, key=lambda table: (len(needed(table) - there), -_common(table, there)))
    missing = needed(nearest) - there
    if missing:
        raise BadInput(NO_TABLE, file=file_name, missing=listed(sorted(missing)), columns=listed(columns))
    return nearest


def _common(table: values.TableRecipe, there: set[str]) -> float:
    known = set(table.columns) or needed(table)
    return len(known & there) / max(1, len(known | there))


def needed(table: values.TableRecipe) -> set[str]:
    """The columns of the file that the roles and the steps name; those that a step makes are not needed."""
    names: set[str] = set()
    made: set[str] = set()
    for step in table.steps:
        if step.paused:
            continue
        names |= {name for name in _read_by(step) if name not in made}
        made |= _made_by(step)
    return names | (set(columns_of(table.roles)) - made)


def _read_by(step: values.AnyStep) -> set[str]:
    fields = msgspec.structs.asdict(step)
    one = {str(fields[name]) for name in ("column", "by", "earlier", "otherwise") if fields.get(name) is not None}
    return one | set(fields.get("columns", ()))


def _made_by(step: values.AnyStep) -> set[str]:
    if isinstance(step, values.JoinColumns | values.AgeBand | values.KeywordActivity | values.CaseworkerOrder):
        return {step.into}
    return {step.into} if isinstance(step, values.MapValues) and step.into is not None else set()


def difference(table: values.TableRecipe, columns: Sequence[str]) -> Difference:
    """How the columns of a file differ from those that the recipe was made for."""
    if not table.columns:
        return Difference()
    new = tuple(name for name in columns if name not in table.columns)
    missing = tuple(name for name in table.columns if name not in columns)
    renamed = {name: alike[0] for name in missing if (alike := get_close_matches(name, new, 1, ALIKE))}
    return Difference(new, missing, renamed)
