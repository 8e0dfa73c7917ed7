"""An import while the user decides: its files, read once and kept in memory, what their columns mean, and what each step does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from engine.errors import N_, BadInput, Cancelled, WrongKey
from engine.files.table import Table, as_text
from engine.importing.detect import ENOUGH, holds_cpr
from engine.importing.personal import LONGEST, MASK, is_employee, is_free_text, is_personal
from engine.importing.preview import TYPED
from engine.importing.reading import HEAD_ROWS, preview_of
from engine.importing.spell_tables import guessed_spells
from engine.importing.stamps import readable
from engine.importing.timestamps import is_time_type
from engine.intake import (
    READING,
    Intake,
    check_table,
    join_parts,
    open_by,
    open_extract,
    part_of,
    read_rows,
    table_for,
    told_difference,
)
from engine.log.columns import ACTIVITY, CASE, START, TIMESTAMP, UNIT, ColumnRoles, Notice, ReadOptions
from engine.ocel.reading import FlattenedTable, case_types
from engine.personal.signs import findings
from engine.service.import_messages import (
    ImportPlan,
    PersonalSign,
    PlanImport,
    PlannedFile,
    PreviewFile,
    Stamps,
    Suggestion,
    Suggestions,
    SuggestSteps,
    TakeIn,
    TryWash,
    WashTried,
)
from engine.service.messages import Secret, TablePreview
from engine.sources import Source
from engine.tasks import Task
from engine.washing import values
from engine.washing.code_differences import code_notices
from engine.washing.extract_findings import ExtractFinding, extract_findings, steps_for
from engine.washing.finding_words import told
from engine.washing.fitting import difference, needed
from engine.washing.recipe_file import open_recipe
from engine.washing.rows import Column, Rows
from engine.washing.texts import joined_texts
from engine.washing.wash import WASHING, wash

TIMEZONE = "Europe/Copenhagen"
NOT_THERE = N_("{file} is not among the files that were read. Choose the files again.")
NO_FILES = N_("Choose at least one file.")
NUMBERS = N_("The column {column} of {file} holds civil registration numbers. It cannot be the activity or the unit.")
PERSONAL_STEP = N_(
    "Step {step} names what looks like a person's number, e-mail address or telephone. Use a pattern instead; a recipe holds no such data."
)
SUGGESTING = N_("Looking for steps that would help")
COMMON_CASES = 5
"""In so many cases a cell must occur to be offered as a value of a step."""
MOST_VALUES, MOST_EXAMPLES = 60, 5
NEAR_MINUTES = 10.0
BEST_ORDER = (
    values.DropDuplicates, values.RepairEncoding, values.Trim, values.UnifySpelling, values.UnifyDecimals, values.MergeCases,
    values.DropRows, values.DropCases, values.RepairSummerTime, values.DropNearDuplicates,
)  # fmt: skip


class WithJoins:
    """A table with the columns that its steps join from others, before anything is washed."""

    def __init__(self, table: Table, joins: tuple[values.JoinColumns, ...]) -> None:
        self.table = table
        self.joins = joins
        self.file_name = table.file_name
        self.columns = (*table.columns, *(join.into for join in joins if join.into not in table.columns))
        self.first_row = table.first_row
        self.delimiter = table.delimiter
        self.encoding = table.encoding
        self.notices = table.notices

    def head(self, n_rows: int) -> pa.Table:
        """The first rows."""
        return self._joined(self.table.head(n_rows), self.joins)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns."""
        joins = tuple(join for join in self.joins if join.into in names)
        plain = [name for name in names if name in self.table.columns]
        parts = [name for join in joins for name in join.columns]
        return self._joined(self.table.read(list(dict.fromkeys([*plain, *parts])), task), joins).select(list(names))

    def _joined(self, read: pa.Table, joins: tuple[values.JoinColumns, ...]) -> pa.Table:
        for join in joins:
            texts = joined_texts([Column.of(as_text(read.column(name))) for name in join.columns], join.separator).texts()
            at = read.column_names.index(join.into) if join.into in read.column_names else -1
            read = read.append_column(join.into, texts) if at < 0 else read.set_column(at, join.into, texts)
        return read


@dataclass
class _File:
    """One file in memory; rows: what was last read of it, for the reading `key`; washed: the steps that were last run, and their rows."""

    source: Source
    key: tuple[object, ...] = ()
    rows: Rows | None = None
    columns: tuple[str, ...] = ()
    washed: list[tuple[values.AnyStep, Rows, values.Outcome]] = field(default_factory=list)
    found: tuple[tuple[object, ...], tuple[ExtractFinding, ...]] | None = None


class ImportSession:
    """The files of an import. Nothing of them is on disk, and what leaves is masked."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    # ---- files and columns -----------------------------------------------------------------------------------------------------

    def plan(self, question: PlanImport, task: Task) -> ImportPlan:
        """What the files hold and how they would be read. BadInput for a recipe that is none; a file's own problem is told with it."""
        if not question.paths:
            raise BadInput(NO_FILES)
        recipe = open_recipe(Path(question.recipe)) if question.recipe is not None else None
        for gone in set(self._files) - set(question.paths):
            del self._files[gone]
        planned = []
        for number, path in enumerate(question.paths):
            task.report(number / len(question.paths), READING, file=Path(path).name)
            share = task.part(number / len(question.paths), (number + 1) / len(question.paths))
            planned.append(self._plan_file(path, question.secret, recipe, share))
        return ImportPlan(tuple(planned), recipe.name if recipe is not None else "")

    def _plan_file(self, path: str, secret: Secret, recipe: values.Recipe | None, task: Task) -> PlannedFile:
        try:
            file = self._opened(path, secret, task.part(0.0, 0.6))
            return self._planned(path, file, recipe, task.part(0.6, 1.0))
        except (BadInput, WrongKey) as error:
            return PlannedFile(path, Path(path).name, Notice(error.message, error.values), locked=isinstance(error, WrongKey))

    def _opened(self, path: str, secret: Secret, task: Task) -> _File:
        if path not in self._files:
            self._files[path] = _File(open_extract(Path(path), secret, task))
        return self._files[path]

    def _planned(self, path: str, file: _File, recipe: values.Recipe | None, task: Task) -> PlannedFile:
        if recipe is None:
            return self._previewed(path, file, values.TableRecipe(ColumnRoles(), timezone=TIMEZONE), task, guess=True)
        try:
            table = table_for(file.source, recipe, task.part(0.0, 0.3))
        except BadInput as error:
            guessed = self._previewed(path, file, values.TableRecipe(ColumnRoles(), timezone=TIMEZONE), task.part(0.3, 1.0), guess=True)
            return msgspec.structs.replace(guessed, fits=False, changes=(Notice(error.message, error.values),))
        found = self._previewed(path, file, table, task.part(0.3, 0.5))
        columns = found.table.columns if found.table is not None else ()
        changes = [*told_difference(file.source.name, difference(table, columns)), *self._code_changes(file, table, task.part(0.5, 1.0))]
        return msgspec.structs.replace(found, table=table, fits=True, changes=tuple(changes))

    def _code_changes(self, file: _File, table: values.TableRecipe, task: Task) -> list[Notice]:
        """How the values differ from those that the steps name; the rows are kept for the steps that follow."""
        if not table.steps:
            return []
        try:
            return code_notices(file.source.name, self._washed(file, table, task)[2])
        except BadInput:  # what a step lacks is told where the wash is tried
            return []

    def preview(self, question: PreviewFile, task: Task) -> PlannedFile:
        """The file under other roles."""
        return self._previewed(question.path, self._file(question.path), question.table, task)

    def _previewed(self, path: str, file: _File, table: values.TableRecipe, task: Task, guess: bool = False) -> PlannedFile:
        file.source, opened = open_by(file.source, table, task.part(0.0, 0.4))
        if guess and (spells := guessed_spells(opened.head(HEAD_ROWS))) is not None:
            table = msgspec.structs.replace(table, kind="spells", roles=spells)
        joins = tuple(step for step in table.steps if isinstance(step, values.JoinColumns) and set(step.columns) <= set(opened.columns))
        table = _with_object_type(table, opened)
        shaped = WithJoins(opened, joins)
        options = ReadOptions(table.roles, table.timestamp_format, table.delimiter, table.encoding, table.timezone, table.sheet)
        preview = preview_of(shaped, options, task.part(0.4, 1.0), of_spells=table.kind == "spells")
        if file.source.sheet is not None:
            preview = msgspec.structs.replace(preview, sheets=file.source.sheet.sheets)
            table = msgspec.structs.replace(table, sheet=file.source.sheet.sheet)
        if file.source.objects is not None:
            preview = msgspec.structs.replace(preview, object_types=case_types(file.source.objects))
        if guess:
            table = msgspec.structs.replace(table, roles=preview.options.roles)
        table = _with_agreed_reading(table, preview)
        head = opened.head(HEAD_ROWS)
        persons = tuple(name for name in opened.columns if holds_cpr(head.column(name)))
        signs = {name: found for name in opened.columns if (found := _signs_of(name, head))}
        table = msgspec.structs.replace(table, columns=tuple(opened.columns))
        return PlannedFile(
            path,
            file.source.name,
            encrypted=file.source.encrypted,
            table=table,
            preview=preview,
            persons=persons,
            signs=signs,
            stamps=_stamps_of(head, table.timestamp_format),
            common=_common_cells(head, table.roles, set(signs)),
            empty=tuple(name for name in opened.columns if not any(text.strip() for text in as_text(head.column(name)).to_pylist())),
        )

    def _file(self, path: str) -> _File:
        if path not in self._files:
            raise BadInput(NOT_THERE, file=Path(path).name)
        return self._files[path]

    # ---- washing ---------------------------------------------------------------------------------------------------------------

    def try_wash(self, question: TryWash, task: Task) -> WashTried:
        """What the steps of a table do to all rows of its file."""
        file = self._file(question.path)
        read, rows, outcomes = self._washed(file, question.table, task.part(0.0, 0.9))
        frequent = {**_frequent_values(rows), **_frequent_values(read)}
        shown = tuple(_masked_sample(outcome, rows, frequent) for outcome in outcomes)
        return WashTried(question.path, len(read), len(rows), shown, frequent)

    def suggest(self, question: SuggestSteps, task: Task) -> Suggestions:
        """Which further steps would touch rows, and how many."""
        file = self._file(question.path)
        _, rows, _ = self._washed(file, question.table, task.part(0.0, 0.3))
        shown = self._found(file, question.table, task.part(0.3, 0.5))
        found = [Suggestion(step, count) for step, count in steps_for(shown, question.table)]
        candidates = _candidates(question.table)
        for number, step in enumerate(candidates):
            task.report(0.5 + 0.5 * number / len(candidates), SUGGESTING)
            outcome = wash(rows, (step,), _quiet(task))[1][0]
            touched = outcome.changed + outcome.rows_in - outcome.rows_out
            if touched:
                found.append(Suggestion(step, touched))
        found.sort(key=lambda one: BEST_ORDER.index(type(one.step)))
        return Suggestions(question.path, tuple(found), tuple(told(one) for one in shown))

    def _found(self, file: _File, table: values.TableRecipe, task: Task) -> tuple[ExtractFinding, ...]:
        """What the file shows of how it was written, in all its columns; kept until it is read in another way."""
        case, activity, time, unit = (getattr(table.roles, role) for role in (CASE, ACTIVITY, TIMESTAMP, UNIT))
        key = (case, activity, time, unit, table.delimiter, table.encoding, table.sheet, table.timezone, table.timestamp_format)
        if file.found is None or file.found[0] != key:
            opened = open_by(file.source, table, task.part(0.0, 0.2))[1]
            found: tuple[ExtractFinding, ...] = ()
            if {case, activity, time} <= set(opened.columns) and table.kind == "events":
                roles = ColumnRoles(case, activity, time, unit=unit if unit in opened.columns else None)
                read = opened.read(opened.columns, task.part(0.2, 0.6))
                rows = Rows.of(read, roles, file.source.name, opened.first_row, table.timezone, table.timestamp_format)
                with suppress(BadInput):  # times that cannot be read yet are told where their column is chosen
                    found = extract_findings(rows, task.part(0.6, 1.0))
            file.found = (key, found)
        return file.found[1]

    def _read(self, file: _File, table: values.TableRecipe, task: Task) -> Rows:
        """The rows that the table needs; what was read is kept until other columns, or other roles, are asked for."""
        bare = msgspec.structs.replace(table, steps=(), columns=())
        rows, columns = file.rows, file.columns
        key = (bare, tuple(sorted(needed(table))))
        if rows is None or file.key != key:
            rows, columns = read_rows(file.source, table, task)
            _refuse_numbers(rows)
            file.rows, file.columns, file.key = rows, columns, key
            file.washed = []
        return rows

    def _washed(self, file: _File, table: values.TableRecipe, task: Task) -> tuple[Rows, Rows, tuple[values.Outcome, ...]]:
        """The rows as they were read, the washed ones, and what each step did.

        Of the steps that were run last, the first ones that are the same are not run again.
        """
        check_table(table, file.source.name)
        read = self._read(file, table, task.part(0.0, 0.4))
        same = 0
        for (done, _, _), step in zip(file.washed, table.steps, strict=False):
            if done != step:
                break
            same += 1
        del file.washed[same:]
        rows = file.washed[-1][1] if file.washed else read
        washing = task.part(0.4, 1.0)
        for number, step in enumerate(table.steps[same:], start=same + 1):
            washing.report((number - 1) / len(table.steps), WASHING, number=number, all=len(table.steps))
            rows, (outcome,) = wash(rows, (step,), _quiet(task))
            file.washed.append((step, rows, outcome))
        _refuse_numbers(rows)
        return read, rows, tuple(outcome for _, _, outcome in file.washed)

    # ---- the log ---------------------------------------------------------------------------------------------------------------

    def take_in(self, question: TakeIn, task: Task) -> tuple[Intake, Source]:
        """One log of all the files, and what stands open for it."""
        if not question.files:
            raise BadInput(NO_FILES)
        parts = []
        for number, wanted in enumerate(question.files):
            share = task.part(0.8 * number / len(question.files), 0.8 * (number + 1) / len(question.files))
            share.report(0.0, READING, file=Path(wanted.path).name)
            file = self._opened(wanted.path, question.secret, share.part(0.0, 0.3))
            read, rows, outcomes = self._washed(file, wanted.table, share.part(0.3, 1.0))
            parts.append(part_of(file.source, wanted.table, file.columns, read, (rows, outcomes), share))
        return join_parts(parts, task.part(0.8, 1.0))


def check_recipe(recipe: values.Recipe) -> None:
    """BadInput when a step names what looks personal: a recipe may be shared."""
    for table in recipe.tables:
        for number, step in enumerate(table.steps, start=1):
            fields = msgspec.structs.asdict(step)
            told = [*fields.get("values", ()), *fields.get("activities", ()), *fields.get("table", {}), *fields.get("table", {}).values()]
            if any(len(text) <= LONGEST and is_personal(text) for text in told):
                raise BadInput(PERSONAL_STEP, step=number)


def _signs_of(name: str, head: pa.Table) -> tuple[PersonalSign, ...]:
    """What the first rows of a column tell of persons, surest first; columns of times tell it by birth dates only."""
    return tuple(PersonalSign(found.kind, found.confidence) for found in findings(name, as_text(head.column(name)), date.today()))


def _stamps_of(head: pa.Table, text_format: str | None) -> dict[str, Stamps]:
    """How the columns of times are written, by their first rows; a pattern that was chosen for some does not fit every other."""
    found = {}
    for name in head.column_names:
        share, precision = max(readable(head.column(name), written) for written in dict.fromkeys((None, text_format)))
        if share >= ENOUGH:
            found[name] = Stamps(share, precision)
    return found


def _common_cells(head: pa.Table, roles: ColumnRoles, persons: set[str]) -> dict[str, tuple[str, ...]]:
    """By column, the cells that most of the first cases have, of those that COMMON_CASES have; none of what tells of persons."""
    if roles.case is None or roles.case not in head.column_names:
        return {}
    keyed = {roles.case, roles.employee, *roles.objects, *persons}
    cases = as_text(head.column(roles.case)).to_pylist()
    found = {}
    for name in head.column_names:
        if name in keyed or is_employee(name) or is_time_type(head.column(name).type):
            continue
        pairs = dict.fromkeys(zip(as_text(head.column(name)).to_pylist(), cases, strict=True))
        counts = Counter(str(text) for text, _ in pairs)
        common = [text for text, count in counts.most_common() if count >= COMMON_CASES and text.strip() and not is_personal(text)]
        if common:
            found[name] = tuple(common[:MOST_EXAMPLES])
    return found


def _with_object_type(table: values.TableRecipe, opened: Table) -> values.TableRecipe:
    """The table with the object type whose events were read, and with the roles of its columns where it names others."""
    if not isinstance(opened, FlattenedTable):
        return table
    roles = table.roles if {table.roles.case, table.roles.activity, table.roles.timestamp} <= set(opened.columns) else opened.roles
    return msgspec.structs.replace(table, roles=roles, object_type=opened.object_type)


def _with_agreed_reading(table: values.TableRecipe, preview: TablePreview) -> values.TableRecipe:
    """The table with the one way to read its times that two time columns decide for each other; the wash reads each by itself."""
    if table.timestamp_format is not None or table.roles.start is None or table.roles.timestamp is None:
        return table
    formats = {ways[0].format if len(ways) == 1 else "" for ways in preview.readings.values()}
    if len(preview.readings) < len((START, TIMESTAMP)) or len(formats) > 1 or formats & {"", TYPED}:
        return table
    return msgspec.structs.replace(table, timestamp_format=formats.pop())


def _refuse_numbers(rows: Rows) -> None:
    for name in (rows.roles.activity, rows.roles.unit):
        if name is not None and name in rows.table.column_names and holds_cpr(rows.table.column(name).slice(0, HEAD_ROWS)):
            raise BadInput(NUMBERS, column=name, file=rows.file_name)


def _quiet(task: Task) -> Task:
    """A task that can be stopped like another and says nothing."""

    def is_cancelled() -> bool:
        try:
            task.check()
        except Cancelled:
            return True
        return False

    return Task(is_cancelled=is_cancelled)


def _candidates(table: values.TableRecipe) -> list[values.AnyStep]:
    """Steps that may help, in the order in which they are best taken; one that the table has already is not among them."""
    activity = table.roles.activity
    steps: list[values.AnyStep] = [values.Trim()]
    if activity is not None:
        steps.append(values.UnifySpelling(column=activity))
    steps.append(values.DropDuplicates())
    if table.roles.timestamp is not None:
        steps += [values.RepairSummerTime(), values.DropNearDuplicates(minutes=NEAR_MINUTES)]
    there = {type(step) for step in table.steps if not isinstance(step, values.UnifySpelling)}
    return [step for step in steps if type(step) not in there and step not in table.steps]


# ---- what may be shown -----------------------------------------------------------------------------------------------------------


def _frequent_values(rows: Rows) -> dict[str, tuple[str, ...]]:
    """By column, the cells that occur in at least five cases, most frequent first; no case ids, employees or personal data."""
    if rows.roles.case is None or rows.roles.case not in rows.table.column_names:
        return {}
    cases = rows.column(rows.roles.case).codes
    found = {}
    keyed = {rows.roles.case, rows.roles.employee, *rows.roles.objects}
    for name in rows.table.column_names:
        if name in keyed or is_employee(name) or is_time_type(rows.table.column(name).type):
            continue
        column = rows.column(name)
        pairs = np.unique(column.codes * (int(cases.max(initial=0)) + 1) + cases)
        counts = np.bincount(pairs // (int(cases.max(initial=0)) + 1), minlength=len(column.values))
        order = np.argsort(-counts, kind="stable")[:MOST_VALUES]
        texts = column.values.take(pa.array(order)).to_pylist()
        common = [text for text, code in zip(texts, order, strict=True) if counts[code] >= COMMON_CASES]
        kept = [text for text in common if text.strip() and not is_personal(text)]
        if kept:
            found[name] = tuple(kept)
    return found


def _masked_sample(outcome: values.Outcome, rows: Rows, frequent: dict[str, tuple[str, ...]]) -> values.Outcome:
    """The outcome with its sample as the window may show it: cells of columns without a role only where many cases have them."""
    roles = rows.roles
    open_columns = {name for name in (roles.timestamp, roles.start, roles.unit, roles.activity) if name is not None}
    open_columns -= {name for name in (roles.activity, roles.unit) if name is not None and _is_free(rows, name)}

    def shown(column: str, text: str | None) -> str | None:
        if text is None or not text.strip() or text.startswith(MASK):
            return text
        return text if column in open_columns or text in frequent.get(column, ()) else MASK

    sample = tuple(
        values.Change(change.row, change.column, str(shown(change.column, change.before)), shown(change.column, change.after))
        for change in outcome.sample
    )
    return msgspec.structs.replace(outcome, sample=sample)


def _is_free(rows: Rows, name: str) -> bool:
    if name not in rows.table.column_names:
        return False
    return is_free_text([str(text) for text in rows.column(name).values.slice(0, HEAD_ROWS).to_pylist()])
