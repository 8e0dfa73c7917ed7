"""A pytest plugin: Qt cannot be imported, as on a machine where only the engine is installed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

OUT_OF_REACH = ("PySide6", "shiboken6", "pyqtgraph")


class QtIsAbsent(MetaPathFinder):
    """Refuses every import of Qt and of what is built on it."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in OUT_OF_REACH:
            raise ModuleNotFoundError(f"No module named {fullname!r} (out of reach in the engine's tests)", name=fullname)
        return None


def pytest_configure() -> None:
    """Put Qt out of reach before any test module is imported."""
    if loaded := [name for name in OUT_OF_REACH if name in sys.modules]:
        raise RuntimeError(f"{', '.join(loaded)} was imported before the engine's tests began")
    sys.meta_path.insert(0, QtIsAbsent())
