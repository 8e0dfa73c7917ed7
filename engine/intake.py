"""From the raw extracts of one or several systems to a log, by a recipe: each file is read, washed, and joined with the others by case."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import UNSET, Struct, UnsetType
from numpy.typing import NDArray

from engine import object_parts
from engine.agreement.comparing import compare_sources
from engine.agreement.joining import COLUMN, joined_facts, stem_of, with_sources
from engine.agreement.values import SOURCE, SameFact, SourceReport
from engine.agreement.words import source_notices
from engine.errors import N_, BadInput
from engine.files.content import Content
from engine.files.table import Table
from engine.files.xes_table import as_arrow, read_rows_of_xes
from engine.importing.personal import is_employee, listed, refuse_employees
from engine.importing.reading import NEEDED, NEEDED_OF_SPELLS, log_of_columns
from engine.importing.role_columns import refuse_personal
from engine.importing.spell_tables import spells_of_tables
from engine.importing.zones import zone_named
from engine.log.columns import (
    CASE,
    EMPLOYEE,
    ONE_COLUMN,
    SEVERAL_COLUMNS,
    TIMES,
    ColumnRoles,
    Notice,
    ReadOptions,
    columns_by_role,
    columns_of,
)
from engine.log.event_log import EventLog
from engine.log.spells import SpellCounts, Spells, spell_counts
from engine.ocel.object_log import ObjectLog
from engine.service.messages import FileKind, Secret, ViewState
from engine.sources import Source, open_file, open_waiting_table
from engine.tasks import Task, run_beside
from engine.texts import Texts
from engine.validation.values import StepOutcome, Validation, WashedFile
from engine.validation.versions import data_version, made_by
from engine.vault.audit_log import Fact
from engine.vault.keyed_columns import with_keyed_columns
from engine.vault.pseudonyms import new_key, pseudonymise
from engine.washing.code_differences import code_notices
from engine.washing.fitting import Difference, difference, fitting_table, needed
from engine.washing.moments import all_moments
from engine.washing.rows import Rows
from engine.washing.values import JoinColumns, MapValues, MergeCases, Outcome, Recipe, SplitActivity, TableRecipe
from engine.washing.wash import wash

WITHOUT = N_("The recipe names no column for the {roles} of {file}.")
LEAST_SHARED = 3
"""Letters from which on what names have in common is a name."""
READING = N_("Reading {file}")
MADE_LOG = N_("A project with {cases} cases and {events} events of {activities} activities was made.")
HASHED = N_("SHA-256 of the log without its case ids: {sha256}")
READ_FILE = N_("{file}: {rows} rows became {events} events.")
READ_SPELLS = N_("{file}: {rows} rows became {spells} states of cases.")
NO_EVENTS = N_("All the files hold states of cases. Choose a file with events too: without events there are no cases.")
DID = N_("  {number}. {step}: {in_} rows in, {out} out, {changed} changed")
PAUSED = N_("  {number}. {step}: paused")
COLUMNS_NEW = N_("{file} has columns that the recipe does not know: {columns}. They were not read.")
COLUMNS_MISSING = N_("{file} lacks columns that were there when the recipe was made: {columns}.")
COLUMN_RENAMED = N_("In {file} the column {old} may now be called {new}.")
UNREAD = N_("In step {step} of {file} cells tell no age on the day: {count}. They have no age band.")


class FileReport(Struct, frozen=True):
    """What became of one file: rows read, events or states of cases made, what each step did, and how it differs from what the recipe was
    made for.
    """

    file: str
    sha256: str
    rows: int
    events: int
    steps: tuple[Outcome, ...]
    difference: Difference
    spells: int = 0


class ImportReport(Struct, frozen=True):
    """What `import` prints. sha256: hash of the log without its case ids, equal for equal files and recipes. warnings: sentences.

    spells: of files with states of cases. sources: what several files say of the same cases.
    """

    project: str
    cases: int
    events: int
    activities: int
    sha256: str
    files: tuple[FileReport, ...]
    warnings: tuple[str, ...]
    spells: SpellCounts | UnsetType = UNSET
    sources: SourceReport | UnsetType = UNSET

    def readable(self, texts: Texts) -> str:
        """The report in lines."""
        head = texts(MADE_LOG, cases=texts.number(self.cases), events=texts.number(self.events), activities=texts.number(self.activities))
        lines = [head, texts(HASHED, sha256=self.sha256)]
        for file in self.files:
            counts = {"rows": texts.number(file.rows), "events": texts.number(file.events), "spells": texts.number(file.spells)}
            lines += ["", texts(READ_SPELLS if file.spells else READ_FILE, file=file.file, **counts)]
            for number, step in enumerate(file.steps, start=1):
                did = {"in_": texts.number(step.rows_in), "out": texts.number(step.rows_out), "changed": texts.number(step.changed)}
                lines.append(texts(PAUSED if step.paused else DID, number=number, step=step.step, **did))
        return "\n".join([*lines, "", *self.warnings]).rstrip()


@dataclass(frozen=True)
class Intake:
    """A log with its case ids as they are in the files, states of its cases, what became of each file, and a hash of all but the ids."""

    log: EventLog
    files: tuple[FileReport, ...]
    sha256: str
    spells: Spells | None = None
    sources: SourceReport | None = None


@dataclass
class JoinedTable:
    """The washed rows of all files as one table, one column per role."""

    columns: tuple[str, ...]
    table: pa.Table
    file_name: str
    first_row: int = 0
    delimiter: str | None = None
    encoding: str | None = None
    notices: tuple[Notice, ...] = ()

    def head(self, n_rows: int) -> pa.Table:
        """The first rows."""
        return self.table.slice(0, n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns."""
        task.check()
        return self.table.select(list(names))


@dataclass(frozen=True)
class Part:
    """One file's washed rows, by role."""

    table: pa.Table
    rows: Rows
    report: FileReport
    source: Source
    recipe: TableRecipe

    @property
    def holds_spells(self) -> bool:
        """Whether the rows are states of cases."""
        return self.recipe.kind == "spells"


def take_in(files: Sequence[tuple[Path, Secret]], recipe: Recipe, task: Task) -> tuple[Intake, Source]:
    """The log that a recipe makes of files, and what stands open for it to be saved from: its case ids are pseudonyms there.

    BadInput when a file fits no table of the recipe or a step names what is not there; WrongKey when a file does not open.
    """
    parts: list[Part] = []
    for number, (path, secret) in enumerate(files):
        task.report(0.8 * number / len(files), READING, file=path.name)
        parts.append(_part_of(path, secret, recipe, task.part(0.8 * number / len(files), 0.8 * (number + 1) / len(files))))
    return join_parts(parts, task.part(0.8, 1.0))


def join_parts(parts: Sequence[Part], task: Task) -> tuple[Intake, Source]:
    """One log of the washed rows of all files, and what stands open for it; its case ids are pseudonyms there."""
    events = [part for part in parts if not part.holds_spells]
    joining = task.part(0.0, 0.75)
    intake = _with_spells(run_beside(task, lambda: _joined(events, joining)), parts, task.part(0.75, 0.75))
    task.report(0.75, N_("Replacing case ids by pseudonyms"))
    key = new_key()
    log = with_keyed_columns(replace(intake.log, case_ids=pseudonymise(intake.log.case_ids, key, task)), key, task)
    noted = [event for part in parts for event in part.source.noted]
    options = ReadOptions(log.roles, timezone=parts[0].rows.timezone)
    read: tuple[str, dict[str, Fact]] = ("read", {"events": log.n_events, "cases": log.n_cases, "columns": len(columns_of(log.roles))})
    encrypted = all(part.source.encrypted for part in parts)
    name = joint_name([part.report.file for part in parts])
    made = Validation(versions=(made_by([washed(part) for part in parts], intake.sha256, log),))
    source = Source(FileKind.TABLE, name, encrypted, log=log, options=options, pseudonym_key=key, noted=[*noted, read], validation=made)
    objects = object_parts.keep(_unwashed_objects(parts), options.timezone, key, task)
    return intake, replace(source, spells=intake.spells, objects=objects, view=ViewState(same_facts=same_facts(parts)))


def joint_name(files: Sequence[str]) -> str:
    """What a log of several files is called: what their names begin with, or the first of them."""
    if len(files) == 1:
        return files[0]
    shared = os.path.commonprefix([Path(file).stem for file in files]).rstrip(" -_.,0123456789")  # noqa: RUF071 - names, no paths
    return shared if len(shared) >= LEAST_SHARED else files[0]



def _unwashed_objects(parts: Sequence[Part]) -> ObjectLog | None:
    """The objects of an object-centric log that was taken in alone and unwashed: no step would have touched them."""
    alone = parts[0] if len(parts) == 1 else None
    return None if alone is None or any(not step.paused for step in alone.recipe.steps) else alone.source.objects


def _with_spells(intake: Intake, parts: Sequence[Part], task: Task) -> Intake:
    """The log with the states of its cases that other files hold; what became of each file in the order of the files."""
    holding = [part for part in parts if part.holds_spells]
    if not holding:
        return intake
    tables = [(part.report.file, part.table) for part in holding]
    spells, notices = spells_of_tables(tables, intake.log.case_ids)
    said = tuple(notice for part in holding for notice in part.rows.notices)
    log = replace(intake.log, notices=(*intake.log.notices, *said, *notices))
    files = tuple(part.report for part in parts)
    return replace(intake, log=log, files=files, sha256=data_version(log, task, spells), spells=spells)


def washed(part: Part) -> WashedFile:
    """What a project keeps of how a file was read and washed; no sample of its rows is among it."""
    report = part.report
    outcomes = tuple(StepOutcome(one.rows_in, one.rows_out, one.changed, one.paused) for one in report.steps)
    return WashedFile(report.file, report.sha256, report.rows, report.events, part.recipe, outcomes)


def _part_of(path: Path, secret: Secret, recipe: Recipe, task: Task) -> Part:
    source = open_extract(path, secret, task.part(0.0, 0.4))
    table, opened = _fitting(source, recipe, task)
    rows = _rows_of(opened, source.name, table, task.part(0.4, 0.7))
    return part_of(source, table, opened.columns, rows, wash(rows, table.steps, task.part(0.7, 1.0)), task)


def open_extract(path: Path, secret: Secret, task: Task) -> Source:
    """A file of an extract, decrypted and unpacked; a XES log becomes a table of its attributes, one row per event."""
    source = open_file(path, secret, ReadOptions(), task.part(0.0, 0.5))
    if source.content is not Content.XES or source.table is None:
        return source
    written = as_arrow(read_rows_of_xes(source.table, source.name, task.part(0.5, 1.0)))
    return replace(source, content=Content.ARROW_FILE, table=written)


def table_for(source: Source, recipe: Recipe, task: Task) -> TableRecipe:
    """The table of the recipe that fits a file; how a text is cut into cells is the table's own affair. BadInput when none does."""
    return _fitting(source, recipe, task)[0]


def _fitting(source: Source, recipe: Recipe, task: Task) -> tuple[TableRecipe, Table]:
    """The table of the recipe that fits a file, and the file opened as it says."""
    misfit: BadInput | None = None
    for table in recipe.tables:
        try:
            opened = open_by(source, table, task)[1]
            fitting = fitting_table(recipe, opened.columns, source.name)
        except BadInput as error:
            misfit = misfit or error
            continue
        if fitting is table:
            check_table(table, source.name)
            return table, opened
    raise misfit or BadInput(WITHOUT, roles=CASE, file=source.name)


def open_by(source: Source, table: TableRecipe, task: Task) -> tuple[Source, Table]:
    """The table of a file, opened as the recipe says; what takes long to open is kept in the source."""
    options = ReadOptions(
        table.roles, table.timestamp_format, table.delimiter, table.encoding, table.timezone, table.sheet, table.object_type
    )
    return open_waiting_table(source, options, task, take_first=True)


def read_rows(source: Source, table: TableRecipe, task: Task) -> tuple[Rows, tuple[str, ...]]:
    """The rows of the columns that the roles and steps of a table need, and the names of all columns of the file."""
    opened = open_by(source, table, task)[1]
    return _rows_of(opened, source.name, table, task), opened.columns


def _rows_of(opened: Table, name: str, table: TableRecipe, task: Task) -> Rows:
    read = opened.read([column for column in opened.columns if column in needed(table)], task)
    given = (table.roles, name, opened.first_row, table.timezone, table.timestamp_format)
    rows = run_beside(task, lambda: Rows.of(read, *given))
    return replace(rows, notices=(*opened.notices, *rows.notices))


def part_of(
    source: Source, table: TableRecipe, columns: Sequence[str], rows: Rows, washed: tuple[Rows, tuple[Outcome, ...]], task: Task
) -> Part:
    """What became of one file: the rows that were read, and the washed ones with what each step did."""
    return run_beside(task, lambda: _part(source, table, columns, rows, washed))


def _part(
    source: Source, table: TableRecipe, columns: Sequence[str], rows: Rows, washed: tuple[Rows, tuple[Outcome, ...]]
) -> Part:
    clean = all_moments(washed[0])
    clean.check(columns_of(clean.roles))
    refuse_personal(clean.table, clean.roles, source.name)
    sha256 = str(dict(source.noted)["import"]["sha256"])
    made = {"spells" if table.kind == "spells" else "events": len(clean)}
    told = FileReport(source.name, sha256, len(rows), 0, washed[1], difference(table, columns))
    report = msgspec.structs.replace(told, **made)
    return Part(_by_role(clean), clean, report, source, table)


def check_table(table: TableRecipe, file_name: str) -> None:
    """BadInput when a table names no column for what a log needs, or lets employees be cases, activities or units."""
    zone_named(table.timezone)
    refuse_employees(table.roles, file_name)
    for name in _told_by_employees(table):
        refuse_employees(ColumnRoles(case=name), file_name)
    missing = [role for role in (NEEDED_OF_SPELLS if table.kind == "spells" else NEEDED) if getattr(table.roles, role) is None]
    if missing:
        raise BadInput(WITHOUT, roles=", ".join(missing), file=file_name)


def _told_by_employees(table: TableRecipe) -> list[str]:
    """Columns about employees that steps would carry into the cases, activities or units."""
    carried: dict[str, str] = {}
    for step in table.steps:
        if isinstance(step, JoinColumns):
            sources, into = step.columns, step.into
        elif isinstance(step, MapValues):
            sources, into = (step.column,), step.into or step.column
        elif isinstance(step, SplitActivity):
            sources, into = (step.by,), table.roles.activity or ""
        elif isinstance(step, MergeCases):
            sources, into = (step.earlier,), table.roles.case or ""
        else:
            continue
        found = next((carried.get(name, name) for name in sources if name in carried or is_employee(name)), None)
        if found is not None and not step.paused:
            carried[into] = found
    played = {role: names for role, names in columns_by_role(table.roles).items() if role not in {EMPLOYEE, *TIMES}}
    return [carried[name] for names in played.values() for name in names if name in carried]


def _by_role(rows: Rows) -> pa.Table:
    """The columns that play a role, named by it, and by their own name too where several play it; texts as plain dictionaries."""
    columns = {}
    for role, names in columns_by_role(rows.roles).items():
        for name in names:
            column = rows.table.column(name).combine_chunks()
            is_text = role not in TIMES and not pa.types.is_dictionary(column.type)
            columns[_joined_name(role, name)] = rows.column(name).texts() if is_text else column
    return pa.table(columns)


def _joined_name(role: str, name: str) -> str:
    return f"{role}:{name}" if role in SEVERAL_COLUMNS else role


def _joined_roles(parts: Sequence[Part]) -> tuple[ColumnRoles, dict[str, str]]:
    """The roles of the joined columns, and by joined column the name of those that several columns play."""
    found = [columns_by_role(part.rows.roles) for part in parts]
    one = {role: role for role in ONE_COLUMN if any(role in roles for roles in found)}
    several = {role: tuple(dict.fromkeys(name for roles in found for name in roles.get(role, ()))) for role in SEVERAL_COLUMNS}
    joined = {role: tuple(_joined_name(role, name) for name in names) for role, names in several.items()}
    names = {_joined_name(role, name): name for role, plain in several.items() for name in plain}
    return msgspec.convert({**one, **joined}, ColumnRoles), names


def _named_roles(parts: Sequence[Part]) -> ColumnRoles:
    """What the roles are called in the files; where these differ, by the role itself."""
    if len({part.rows.roles for part in parts}) == 1:
        return parts[0].rows.roles
    roles, names = _joined_roles(parts)
    return msgspec.structs.replace(roles, **{role: tuple(names[name] for name in getattr(roles, role)) for role in SEVERAL_COLUMNS})


def _joined(parts: Sequence[Part], task: Task) -> Intake:
    """One log of all the washed rows; cases of several files are one when their ids are equal. BadInput without any file of events."""
    if not parts:
        raise BadInput(NO_EVENTS)
    whole = pa.concat_tables([part.table for part in parts], promote_options="default").unify_dictionaries().combine_chunks()
    roles, names = _joined_roles(parts)
    whole, roles = with_sources(whole, roles, [(source_name(part), part.table.num_rows) for part in parts])
    names |= {COLUMN: SOURCE} if COLUMN in roles.attributes and COLUMN not in names else {}
    files = ", ".join(part.report.file for part in parts)
    table = JoinedTable(tuple(whole.column_names), whole, files)
    options = ReadOptions(roles, timezone=parts[0].rows.timezone)
    log = log_of_columns(table, whole, options, task, names, _joined_precision(parts))
    said = tuple(notice for part in parts for notice in part.rows.notices)
    log = replace(log, roles=_named_roles(parts), notices=(*said, *(_placed(notice, parts) for notice in log.notices)))
    sources = compare_sources(log, same_facts(parts), options.timezone, task) if COLUMN in roles.attributes else None
    if sources is not None:
        told = msgspec.structs.replace(log.roles, attributes=tuple(dict.fromkeys((*log.roles.attributes, SOURCE))))
        log = replace(log, roles=told, notices=(*log.notices, *source_notices(sources)))
    return Intake(log, tuple(part.report for part in parts), data_version(log, task), sources=sources)


def source_name(part: Part) -> str:
    """What the system that a file comes from is called."""
    return part.recipe.source or stem_of(part.report.file)


def same_facts(parts: Sequence[Part]) -> tuple[SameFact, ...]:
    """What the recipe says is the same fact in two sources."""
    return joined_facts([(source_name(part), part.recipe.same) for part in parts])


def _joined_precision(parts: Sequence[Part]) -> dict[str, NDArray[np.uint8]]:
    """What the times of the joined rows tell, by role; nothing where a file has no such time."""
    roles = {role for part in parts for role in part.rows.precision}
    return {
        role: np.concatenate([part.rows.precision.get(role, np.zeros(len(part.rows), np.uint8)) for part in parts]) for role in roles
    }


def _placed(notice: Notice, parts: Sequence[Part]) -> Notice:
    """A notice about a row of the joined table tells the row of its file instead."""
    if "row" not in notice.values:
        return notice
    row = int(notice.values["row"])
    for part in parts:
        if row < len(part.rows):
            return Notice(notice.message, {**notice.values, "row": int(part.rows.places[row]) + part.rows.file_row})
        row -= len(part.rows)
    return notice


def report_of(intake: Intake, folder: Path, texts: Texts) -> ImportReport:
    """What is told about an import, its warnings in the language of the texts."""
    log = intake.log
    warnings = tuple(texts(notice.message, **notice.values) for notice in warnings_of(intake))
    spells = UNSET if intake.spells is None else spell_counts(intake.spells)
    sources = UNSET if intake.sources is None else intake.sources
    counts = (log.n_cases, log.n_events, len(log.activities))
    return ImportReport(folder.name, *counts, intake.sha256, intake.files, warnings, spells, sources)


def warnings_of(intake: Intake) -> tuple[Notice, ...]:
    """How the files differ from those that the recipe was made for, then what there is to say about the log."""
    return (*(notice for file in intake.files for notice in _told(file)), *intake.log.notices)


def _told(report: FileReport) -> list[Notice]:
    unread = [
        Notice(UNREAD, {"file": report.file, "step": number, "count": step.unread})
        for number, step in enumerate(report.steps, start=1)
        if step.unread
    ]
    return [*told_difference(report.file, report.difference), *code_notices(report.file, report.steps), *unread]


def told_difference(file: str, found: Difference) -> list[Notice]:
    """The difference between a file and what the recipe was made for, in sentences."""
    said = []
    if found.new:
        said.append(Notice(COLUMNS_NEW, {"file": file, "columns": listed(found.new)}))
    if found.missing:
        said.append(Notice(COLUMNS_MISSING, {"file": file, "columns": listed(found.missing)}))
    said += [Notice(COLUMN_RENAMED, {"file": file, "old": listed([old]), "new": listed([new])}) for old, new in found.renamed.items()]
    return said
