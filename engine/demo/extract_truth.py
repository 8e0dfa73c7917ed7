"""The ground truth of an extract as data: which defects were planted in which rows, and the log that a wash has to give back."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from engine.demo.clean_log import CleanLog, Planted
from engine.demo.extract_plan import DESCRIPTIONS, ExtractDefect


class Arc(Struct, frozen=True):
    """How often one activity follows another directly."""

    source: str
    target: str
    count: int


class CleanNumbers(Struct, frozen=True):
    """The clean log in numbers: what a wash of every repairable defect gives back. activities: events of each, by name."""

    cases: int
    events: int
    activities: dict[str, int]
    arcs: tuple[Arc, ...]


class RowsTouched(Struct, frozen=True):
    """One planted defect: how often (`count`, of what `counted` says), in which rows (running numbers, sorted) and cases (sorted).

    The rows of deleted events are those whose numbers are missing; a row that was delivered twice is told once per copy.
    """

    defect: ExtractDefect
    meaning: str
    counted: str
    repairable: bool
    count: int
    rows: tuple[int, ...]
    cases: tuple[str, ...]


class FileForm(Struct, frozen=True):
    """How one file of the extract is written. date_form: the usual one of its times, as strptime has it."""

    name: str
    holds: str
    rows: int
    encoding: str
    delimiter: str
    date_form: str


class ExtractTruth(Struct, frozen=True):
    """Everything that is true of an extract. roles: column of the first file by role. personal: people and companies in the remarks."""

    log: str
    name: str
    seed: int
    variant: str
    extracted_at: str
    files: tuple[FileForm, ...]
    roles: dict[str, str]
    clean: CleanNumbers
    defects: tuple[RowsTouched, ...]
    personal: tuple[str, ...]
    planted: tuple[Planted, ...]

    def defect(self, defect: ExtractDefect) -> RowsTouched:
        """One planted defect."""
        return next(touched for touched in self.defects if touched.defect is defect)


def clean_numbers(log: CleanLog) -> CleanNumbers:
    """The log in numbers."""
    activities: dict[str, int] = {}
    for events in log.events:
        for event in events:
            activities[event.activity] = activities.get(event.activity, 0) + 1
    arcs = tuple(Arc(source, target, count) for (source, target), count in sorted(log.arcs().items()))
    return CleanNumbers(len(log.cases), log.n_events, dict(sorted(activities.items())), arcs)


def rows_touched(defect: ExtractDefect, rows: list[tuple[int, str]]) -> RowsTouched:
    """The truth about one defect from the running numbers and cases of its rows."""
    told = DESCRIPTIONS[defect]
    numbers = tuple(sorted(number for number, _ in rows))
    cases = tuple(sorted({case for _, case in rows}))
    return RowsTouched(defect, told.meaning, told.counted, told.repairable, len(rows), numbers, cases)


def write_extract_truth(truth: ExtractTruth) -> bytes:
    """The truth as readable JSON (UTF-8, newline at the end)."""
    return msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n"


def read_extract_truth(content: bytes) -> ExtractTruth:
    """The truth from its JSON; raises msgspec.ValidationError."""
    return msgspec.json.decode(content, type=ExtractTruth)
