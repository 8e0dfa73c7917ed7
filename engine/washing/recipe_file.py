"""Recipes as TOML: read with a sentence for what is wrong, written so that they read well."""

from __future__ import annotations

from pathlib import Path

import msgspec
import tomli_w

from engine.errors import N_, BadInput
from engine.files.age import unreadable
from engine.washing.values import VERSION, Recipe

MAX_SIZE = 1 << 20
OF_A_TABLE: dict[str, object] = {"kind": "events", "source": ""}
"""What is usual of a table."""
NO_RECIPE = N_("{file} is no recipe: {problem}.")
TOO_NEW = N_("The recipe {file} was made by a newer Sagsflow (version {version}). Update Sagsflow, or make the recipe anew.")
TOO_LONG = N_("{file} is too long for a recipe.")
NO_TABLES = N_("The recipe {file} names no tables.")


def open_recipe(path: Path) -> Recipe:
    """The recipe in a file; BadInput as for read_recipe, and when the file cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    return read_recipe(data, path.name)


def read_recipe(data: bytes, file_name: str) -> Recipe:
    """The recipe in a TOML file; BadInput when it is none, names unknown steps or fields, or is of a later version."""
    if len(data) > MAX_SIZE:
        raise BadInput(TOO_LONG, file=file_name)
    try:
        recipe = msgspec.toml.decode(data, type=Recipe)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(NO_RECIPE, file=file_name, problem=" ".join(str(error).split())) from error
    if recipe.version > VERSION:
        raise BadInput(TOO_NEW, file=file_name, version=recipe.version)
    if not recipe.tables:
        raise BadInput(NO_TABLES, file=file_name)
    return recipe


def write_recipe(recipe: Recipe) -> bytes:
    """The recipe as TOML; what is left open, empty or as usual is left out."""
    told = {"version": recipe.version, **_told(msgspec.to_builtins(recipe), msgspec.to_builtins(Recipe(())))}
    return tomli_w.dumps(told, multiline_strings=False, indent=2).encode()


def _told(value: object, usual: object = None) -> dict[str, object]:
    """The fields that say something."""
    fields = value if isinstance(value, dict) else {}
    other = usual if isinstance(usual, dict) else {}
    kept: dict[str, object] = {}
    for name, content in fields.items():
        is_empty = content is None or content is False or (isinstance(content, (list, tuple)) and not content)
        is_usual = any(name in told and content == told[name] for told in (other, OF_A_TABLE))
        if not is_empty and not is_usual:
            kept[name] = _plain(content)
    return kept


def _plain(content: object) -> object:
    if isinstance(content, dict):
        return content if content and all(isinstance(text, str) for text in content.values()) else _told(content)
    return [_plain(one) for one in content] if isinstance(content, (list, tuple)) else content
