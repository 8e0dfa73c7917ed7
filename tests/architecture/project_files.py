"""The project's own files, for the tests that guard its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("engine", "gui")
CODE = (*PRODUCT, "build_scripts", "tests")
LEFT_OUT = {"__pycache__"}


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """Every Python file under the folders, and main.py with the product's."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if not LEFT_OUT & set(path.parts)]
    return tuple(([ROOT / "main.py"] if folders[0] == "engine" and (ROOT / "main.py").exists() else []) + found)


def name_of(path: Path) -> str:
    """A path as the reader of a failure wants it."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports anywhere; `from a import b` gives a.b."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_at_once(path: Path) -> Iterator[str]:
    """Dotted names that importing the module imports; imports inside functions and for type checking are left out."""
    for node in syntax(path).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
