"""Small projects for tests, and what is in their folders."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from engine.log.columns import ColumnRoles, Notice
from engine.log.event_log import EventLog
from engine.service.messages import ProjectFacts, Secret, ViewState
from engine.tasks import Task
from engine.vault import keys
from engine.vault.keys import Entrusted
from engine.vault.project_folder import Contents, Project, State
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import pseudonymise
from engine.vault.unlocking import open_project

PASSPHRASE = "gul-havn-krone"
FACTS = ProjectFacts("Sygedagpenge 2027", "Ventetid", "Databeskyttelsesforordningen art. 6", "2028-01-31")


def small_log(n_cases: int = 20, seed: int = 1) -> EventLog:
    chance = np.random.default_rng(seed)
    lengths = chance.integers(1, 6, n_cases)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    n = int(offsets[-1])
    return EventLog(
        activities=("Ansøgning", "Visitation", "Afgørelse"),
        activity=chance.integers(0, 3, n).astype(np.uint8),
        timestamp=np.sort(chance.integers(0, 10**15, n)),
        offsets=offsets,
        case_ids=pseudonymise(pa.array([f"010170-{case:04d}" for case in range(n_cases)]), bytes(32), Task()),
        event_columns={"unit": pa.array(["Nord", None] * n).slice(0, n).dictionary_encode()},
        roles=ColumnRoles("sag", "aktivitet", "tid", unit="enhed"),
        notices=(Notice("Rows without a case id were left out: {count}, the first is row {row}.", {"count": 3, "row": 7}),),
    )


def contents_of(log: EventLog, name: str = FACTS.name) -> Contents:
    facts = msgspec.structs.replace(FACTS, name=name)
    return Contents(log, State(facts, ViewState(), "Europe/Copenhagen", log.roles, log.notices), bytes(range(32)))


def make(folder: Path, recovery: str | None = None, read_only: bool = False) -> Project:
    events = [("import", {"bytes": 3})]
    return create_project(folder, contents_of(small_log()), PASSPHRASE, Entrusted(recovery), Task(), events, read_only)  # type: ignore[arg-type]


def reopen(folder: Path) -> Project:
    return open_project(folder, Secret(PASSPHRASE), Task())


def same(one: EventLog, other: EventLog) -> bool:
    arrays = [(one.activity, other.activity), (one.timestamp, other.timestamp), (one.offsets, other.offsets)]
    if (one.start is None) != (other.start is None):
        return False
    if one.start is not None and other.start is not None:
        arrays.append((one.start, other.start))
    columns = [(one.event_columns, other.event_columns), (one.case_columns, other.case_columns)]
    return (
        all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in arrays)
        and all(dict(a) == dict(b) for a, b in columns)
        and one.case_ids.equals(other.case_ids)
        and (one.activities, one.roles, one.notices) == (other.activities, other.roles, other.notices)
    )


def lock_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock identities with a small work factor: the format and the way to open it are the real ones."""
    monkeypatch.setattr(keys, "work_factor", lambda: 2)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files_in(folder)}
