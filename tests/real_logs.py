"""Public real logs with their independently computed truth. They are found beside the repository and never copied into it.

SAGSFLOW_REAL_LOGS names the folder; without it `../shared/data` beside the repository root is tried. Where it is absent, `require`
skips the test loudly.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SAGSFLOW_REAL_LOGS") or ROOT.parent / "shared" / "data")
REASON = f"REAL LOGS ABSENT: {DATA} does not exist; set SAGSFLOW_REAL_LOGS to the folder with logs/, messy-csv/ and odd-xes/"

needs_real_logs = pytest.mark.skipif(not DATA.is_dir(), reason=REASON)


@dataclass(frozen=True)
class RealLog:
    """One data file and one truth about it. `roles` holds the columns that the truth speaks of (tables only)."""

    path: Path
    truth_path: Path

    @property
    def name(self) -> str:
        return self.truth_path.name.removesuffix(".truth.json")

    @property
    def truth(self) -> dict[str, Any]:
        return read_truth(self.truth_path)

    @property
    def roles(self) -> dict[str, str]:
        truth = self.truth
        return {
            role: truth[f"{role}_column"] for role in ("case", "activity", "timestamp") if truth.get(f"{role}_column")
        }

    def read_bytes(self) -> bytes:
        return self.path.read_bytes()


@cache
def read_truth(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return truth


def require() -> Path:
    """The data folder, or a loud skip."""
    if not DATA.is_dir():
        pytest.skip(REASON)
    return DATA


def over(name: str, cases: Sequence[Any]) -> pytest.MarkDecorator:
    """Parametrise a test over real logs, named by their files; without the data it is skipped loudly."""
    if not cases:
        return pytest.mark.parametrize(name, [pytest.param(None, marks=pytest.mark.skip(reason=REASON))])
    return pytest.mark.parametrize(name, cases, ids=[one.name if isinstance(one, RealLog) else one[0].name for one in cases])


def logs() -> list[RealLog]:
    """Every XES log of logs/ with its truth."""
    return _with_truth("logs", "*.xes.gz")


def tables() -> list[RealLog]:
    """Every table directly in messy-csv/, once per truth (Dreyers has two)."""
    return _with_truth("messy-csv", "*.csv")


def running_examples() -> list[RealLog]:
    """The tiny running example as CSV and as XES."""
    return _with_truth("running-example", "*.csv") + _with_truth("running-example", "*.xes")


def odd_xes() -> list[tuple[Path, dict[str, Any]]]:
    """Every odd XES file with what four readers say about it."""
    folder = DATA / "odd-xes"
    verdicts = read_truth(folder / "verdicts.json") if folder.is_dir() else {"files": []}
    return [(folder / verdict["file"], verdict) for verdict in verdicts["files"]]


def log_path(name: str) -> Path:
    """The path of a log by the start of its file name, for example "receipt.xes.gz", "SEPSIS" or "BPIC15_1"; skips when absent."""
    require()
    found = [log.path for log in logs() + tables() + running_examples() if log.path.name.startswith(name)]
    if not found:
        pytest.skip(f"REAL LOG ABSENT: no {name}* below {DATA}")
    return found[0]


def _with_truth(folder: str, pattern: str) -> list[RealLog]:
    found = []
    for path in sorted((DATA / folder).glob(pattern)):
        found += [RealLog(path, truth) for truth in sorted(path.parent.glob(f"{path.name}*.truth.json"))]
    return found
