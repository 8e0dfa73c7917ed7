"""What the tests of the project's shape read is let go again after each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture.project_files import syntax


@pytest.fixture(autouse=True, scope="module")
def _syntax_trees_are_let_go() -> Iterator[None]:
    """The trees of all modules are millions of objects, which every later search for left timers would walk through."""
    yield
    syntax.cache_clear()
