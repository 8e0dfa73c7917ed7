"""What holds for every test of the window: what must happen may take its time on a machine that has other work too."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

PATIENCE_MS = 20_000
"""How long a test waits for what is to come, unless it says something else."""


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitExposed):
        monkeypatch.setitem(wait.__kwdefaults__, "timeout", PATIENCE_MS)
