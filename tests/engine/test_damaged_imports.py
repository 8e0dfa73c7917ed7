"""Damaged workbooks, archives and object-centric logs, each in a process of its own: read or refused, and nothing else.

`python -m tests.damage --count 10000` does the same for every format and says what became of the files.
"""

from __future__ import annotations

import os

import pytest

from tests.damage import FILES, READ, fate, run, wrong

SEED, EACH = 20261121, 25
NEW = [name for name in FILES if name.startswith(("xls", "ods", "zip", "ocel"))]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="damaged files need processes that can be forked")


@pytest.mark.parametrize("name", NEW)
def test_damaged_files_are_read_or_refused(name: str) -> None:
    assert fate(name, FILES[name]) == READ
    fates = run([name], EACH, SEED)
    assert wrong(fates) == {}
    assert fates[name].total() == EACH
