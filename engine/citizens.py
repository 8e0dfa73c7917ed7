"""What a log holds about one case or citizen: found by the id of the source system or by pseudonym, told, and removed for good."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.log.columns import attribute_key, is_keyed, object_key
from engine.log.event_log import NO_TIME, EventLog
from engine.log.spells import Spells
from engine.service.vault_messages import CitizenEvent
from engine.tasks import Task
from engine.texts import Texts
from engine.validation.records import decode, encode, without_case
from engine.vault import export_ledger
from engine.vault.audit_log import Fact, timestamp
from engine.vault.export_ledger import FORGOTTEN, Exported
from engine.vault.project_folder import Contents, Project
from engine.vault.pseudonyms import pseudonymise
from engine.vault.validation_part import read_validation

PSEUDONYM = re.compile(r"[SE]-[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")
CPR = re.compile(r"(\d{6})[- ]?(\d{4})")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NO_KEY = N_("The pseudonym key was taken out of this project: no id becomes its code here. Look by the code, or put the key back.")
NOT_THERE = N_("The log holds nothing under that id or code.")


@dataclass(frozen=True)
class Trace:
    """Where a pseudonym occurs. events: bool, shape (n_events,); cases: bool, shape (n_cases,), those of which nothing else is left."""

    pseudonym: str
    events: NDArray[np.bool_]
    cases: NDArray[np.bool_]

    @property
    def n_events(self) -> int:
        """Events under the pseudonym."""
        return int(np.count_nonzero(self.events))

    @property
    def n_cases(self) -> int:
        """Cases that are gone without these events."""
        return int(np.count_nonzero(self.cases))


# ---- finding ------------------------------------------------------------------------------------------------------------------


def find(log: EventLog, text: str, key: bytes | None, task: Task) -> Trace:
    """Everything under an id (written with or without a hyphen, where it looks like a CPR number) or a pseudonym; BadInput when nothing."""
    typed = text.strip()
    if not typed:
        raise BadInput(N_("Write the id of the case or citizen, or its code (S-XXXX-XXXX-XXXX)."))
    found = trace_of(log, typed.upper(), task) if PSEUDONYM.fullmatch(typed.upper()) else None
    if found is None and key is None:
        raise BadInput(NO_KEY if not PSEUDONYM.fullmatch(typed.upper()) else NOT_THERE)
    for code in () if found is not None or key is None else pseudonymise(pa.array(forms(typed)), key, task).to_pylist():
        found = found or trace_of(log, code, task)
    if found is None:
        raise BadInput(NOT_THERE)
    return found


def forms(typed: str) -> tuple[str, ...]:
    """The ways in which an id may stand in the source system."""
    number = CPR.fullmatch(typed)
    others = () if number is None else (f"{number[1]}{number[2]}", f"{number[1]}-{number[2]}")
    return tuple(dict.fromkeys((typed, *others, typed.upper(), typed.lower())))


def trace_of(log: EventLog, pseudonym: str, task: Task) -> Trace | None:
    """Where a pseudonym occurs, as a case or as a further identifier; None where it does not."""
    task.check()
    cases = np.asarray(pc.equal(log.case_ids, pseudonym).to_numpy(zero_copy_only=False), bool)
    events = np.repeat(cases, np.diff(log.offsets))
    for name, column in log.event_columns.items():
        task.check()
        if name.startswith(object_key("")):
            events |= _cells(column, pseudonym)
    if not events.any():
        return None
    left = np.add.reduceat((~events).astype(np.int64), log.offsets[:-1])
    return Trace(pseudonym, events, left == 0)


def _cells(column: pa.Array, value: str) -> NDArray[np.bool_]:
    """Which cells of a column (a dictionary of texts) hold a value."""
    place = pc.index(column.dictionary, value).as_py()
    if place < 0:
        return np.zeros(len(column), np.bool_)
    same = pc.fill_null(pc.equal(column.indices, place), False)
    return np.asarray(same.to_numpy(zero_copy_only=False), bool)


def rows_of(log: EventLog, trace: Trace, limit: int) -> tuple[CitizenEvent, ...]:
    """The first events under the pseudonym, as they are shown."""
    rows = np.flatnonzero(trace.events)[:limit]
    cases = np.searchsorted(log.offsets, rows, side="right") - 1
    units = log.event_columns.get("unit")
    return tuple(
        CitizenEvent(
            str(log.case_ids[case].as_py()),
            None if log.timestamp[row] == NO_TIME else int(log.timestamp[row]),
            log.activities[log.activity[row]],
            None if units is None else units[row].as_py(),
        )
        for row, case in zip(rows.tolist(), cases.tolist(), strict=True)
    )


# ---- telling ------------------------------------------------------------------------------------------------------------------


def as_table(log: EventLog, trace: Trace, timezone: str, language: str, task: Task) -> bytes:
    """What the log holds about a pseudonym, for the citizen (CSV, UTF-8 with its mark); who did the work is left out."""
    texts = Texts(language)
    told = {name: column for name, column in log.event_columns.items() if not is_keyed(name)}
    about = {name: column for name, column in log.case_columns.items() if not is_keyed(name)}
    heads = [texts("Case"), texts("Time"), texts("Step"), *(_head(name, texts) for name in (*told, *about))]
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    for n, row in enumerate(np.flatnonzero(trace.events).tolist()):
        if n % 1000 == 0:
            task.check()
        case = int(np.searchsorted(log.offsets, row, side="right")) - 1
        stamp = "" if log.timestamp[row] == NO_TIME else texts.stamp(int(log.timestamp[row]), timezone)
        cells = [column[row].as_py() for column in told.values()] + [column[case].as_py() for column in about.values()]
        writer.writerow([log.case_ids[case].as_py(), stamp, *(_plain(cell) for cell in (log.activities[log.activity[row]], *cells))])
    return target.getvalue().encode("utf-8-sig")


def _head(name: str, texts: Texts) -> str:
    known = {"unit": texts("Unit"), "actor": texts("Actor"), "outcome": texts("Outcome")}
    return known.get(name, _plain(name.removeprefix(attribute_key(""))))


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


# ---- removing -----------------------------------------------------------------------------------------------------------------


def without(log: EventLog, trace: Trace) -> EventLog:
    """The log without these events, and without the cases of which nothing is left; BadInput when that would leave none."""
    rows, cases = np.flatnonzero(~trace.events), np.flatnonzero(~trace.cases)
    if not len(rows):
        raise BadInput(N_("The log holds nothing else. Delete the project instead."))
    sizes = np.add.reduceat((~trace.events).astype(np.int64), log.offsets[:-1])[cases]
    taken, chosen = pa.array(rows), pa.array(cases)
    return replace(
        log,
        activity=log.activity[rows],
        timestamp=log.timestamp[rows],
        start=None if log.start is None else log.start[rows],
        registered=None if log.registered is None else log.registered[rows],
        precision=None if log.precision is None else log.precision[rows],
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        case_ids=log.case_ids.take(chosen),
        event_columns={name: _only_used(column.take(taken)) for name, column in log.event_columns.items()},
        case_columns={name: _only_used(column.take(chosen)) for name, column in log.case_columns.items()},
    )


def _only_used(column: pa.Array) -> pa.Array:
    """A column whose dictionary holds nothing that no row says any more."""
    return column.cast(column.type.value_type).dictionary_encode() if pa.types.is_dictionary(column.type) else column


def forget(project: Project, contents: Contents, trace: Trace, task: Task) -> None:
    """Save the project without a pseudonym, as one step: data, ledger, validation and audit log; the files before are removed."""
    facts: dict[str, Fact] = {"case": trace.pseudonym, "events": trace.n_events, "cases": trace.n_cases}
    with project.writing():
        manifest = project.manifest
        entry = Exported(timestamp(), FORGOTTEN, 0, trace.n_cases, removed=trace.pseudonym)
        ledger = export_ledger.encode((*project.read_exports(task), entry))
        changed = {"exports": project.write_part("exports", [ledger], manifest, task)}
        if manifest.parts.validation is not UNSET:
            said = encode(without_case(decode(read_validation(project, task)), trace.pseudonym))
            changed["validation"] = project.write_part("validation", [said], manifest, task)
        parts = msgspec.structs.replace(project.write_contents(contents, manifest, task), **changed)
        project.commit(msgspec.structs.replace(manifest, parts=parts), [("forget", facts)], task)
        project.state = contents.state


def n_comments(project: Project | None, pseudonym: str, task: Task) -> int:
    """Comments of caseworkers on the case."""
    return 0 if project is None else sum(comment.case == pseudonym for comment in decode(read_validation(project, task)).comments)


def n_spells(spells: Spells | None, trace: Trace) -> int:
    """States that the cases were in."""
    return 0 if spells is None else int(np.count_nonzero(trace.cases[spells.case]))


def n_records(project: Project | None, pseudonym: str, task: Task) -> int:
    """Records of the audit log that name the pseudonym."""
    return 0 if project is None else sum(pseudonym in record.facts.values() for record in project.trace_audit(task).records)
