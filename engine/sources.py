"""What can be opened and what becomes of it: files from outside, encrypted or not, and project folders; saving them as projects.

The readers of foreign files are imported when one is opened: a project needs none of them, nor the libraries that they bring along.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from engine import object_parts
from engine.errors import N_, BadInput, SagsflowError
from engine.files.compression import unpack
from engine.files.content import TWICE, Content
from engine.files.whole_file import is_locked_archive, read_file
from engine.log.columns import Notice, ReadOptions
from engine.log.event_log import EventLog
from engine.log.spells import Spells
from engine.service.messages import (
    FileKind,
    LogSummary,
    Opened,
    ProjectFacts,
    RecordExport,
    Saved,
    SaveProject,
    Secret,
    TablePreview,
    ViewState,
)
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.validation.keeping import carry, to_carry
from engine.validation.values import Validation
from engine.vault.audit_log import Fact, timestamp
from engine.vault.export_ledger import Exported
from engine.vault.facts import check_facts, deadline_notices
from engine.vault.keyed_columns import with_keyed_columns
from engine.vault.keys import Entrusted, Locking
from engine.vault.manifest import MANIFEST, read_manifest
from engine.vault.project_folder import Contents, Project, State
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import new_key, pseudonymise
from engine.vault.safe_write import Unwritable
from engine.vault.unlocking import open_project
from engine.vault.upkeep import drop_old_records, note_copy, with_history

if TYPE_CHECKING:
    from engine.files.table import Table
    from engine.files.workbook import SheetTable
    from engine.ocel.object_log import ObjectLog

NO_TABLE = N_("No table waits for its columns to be chosen. Open the file again.")

Event = tuple[str, dict[str, Fact]]


@dataclass(frozen=True)
class Source:
    """What stands open.

    log: None while a table waits for its roles; its case ids are pseudonyms under `pseudonym_key`, or raw when that is None.
    table: the unpacked content of such a table, and `content` its kind; sheet: the one of a workbook that was read last.
    objects: the object-centric log that is in it; once there is a log, with pseudonyms. base: the log of the import, where another notion
    of the case was chosen afterwards.
    project: set for a project folder. noted: audit events of a log that is no project yet,
    gathered from every thread until it becomes one.
    notices: what is to be said about the project itself, beside the log's own. exports: those of a log that is no project yet, or of a
    project that can only be read. validation: how the log was made, until it becomes a project, which then holds it.
    spells: states of the cases of the log as it was imported.
    """

    kind: FileKind
    name: str
    encrypted: bool
    read_only: bool = False
    log: EventLog | None = None
    table: pa.Buffer | None = None
    content: Content | None = None
    sheet: SheetTable | None = None
    objects: ObjectLog | None = None
    preview: TablePreview | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    pseudonym_key: bytes | None = None
    project: Project | None = None
    view: ViewState = field(default_factory=ViewState)
    noted: list[Event] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()
    exports: list[Exported] = field(default_factory=list)
    base: EventLog | None = None
    validation: Validation = field(default_factory=Validation)
    spells: Spells | None = None

    @property
    def facts(self) -> ProjectFacts | None:
        """Facts of the project, None without one."""
        return self.project.state.facts if self.project else None

    @property
    def arrangement(self) -> Arrangement | None:
        """Where the steps of the project's map stand, None while that has not been sought."""
        return self.project.state.arrangement if self.project else None

    @property
    def notion(self) -> str:
        """What the cases are where another notion was chosen afterwards; "" for that of the import."""
        return "" if self.base is None or self.log is None else self.log.roles.case or ""

    @property
    def saved_at(self) -> str | None:
        """When the project was last saved (ISO 8601, UTC), None without one."""
        return self.project.manifest.saved_at if self.project else None


def opened(source: Source, summary: LogSummary | None) -> Opened:
    """The answer to the window: what stands open, and the log's counts once there is a log, with the project's notices first."""
    if summary is not None:
        summary = msgspec.structs.replace(summary, notices=(*source.notices, *summary.notices))
    return Opened(
        kind=source.kind,
        name=source.name,
        encrypted=source.encrypted,
        read_only=source.read_only,
        summary=summary,
        preview=source.preview,
        facts=source.facts,
        view=source.view,
        saved_at=source.saved_at,
        timezone=source.options.timezone,
    )


# ---- opening ------------------------------------------------------------------------------------------------------------------


def open_source(path: Path | str, secret: Secret, options: ReadOptions, task: Task) -> Source:
    """Open a project folder or a file, recognised by its content, for the window: case ids become pseudonyms.

    A table whose case, activity and timestamp are not all named in the options is previewed and waits for `use_roles`.
    BadInput: nothing that can be read as a log; WrongKey: the secret is missing or does not fit.
    """
    path = Path(path)
    if path.name == MANIFEST or path.is_dir():
        return _open_project(path.parent if path.name == MANIFEST else path, secret, task, "open")[0]
    source = open_file(path, secret, options, task.part(0.0, 0.5))
    roles = options.roles
    if source.kind is FileKind.TABLE and None in (roles.case, roles.activity, roles.timestamp):
        return preview(source, options, task.part(0.5, 1.0))
    return use_roles(source, options, task.part(0.5, 1.0))


def read_source(path: Path | str, secret: Secret, options: ReadOptions, task: Task) -> EventLog:
    """The log in a file or project, for the shell: a table's roles are guessed where the options leave them open, case ids stay."""
    found = read_any(path, secret, options, task)
    if isinstance(found, EventLog):
        return found
    from engine.ocel.reading import check_type

    check_type(found, options.object_type)
    raise BadInput(NO_TABLE)


def read_any(path: Path | str, secret: Secret, options: ReadOptions, task: Task) -> EventLog | ObjectLog:
    """As read_source, and an object-centric log as it is while the options name no object type."""
    return read_kept(path, secret, options, task)[0]


def read_kept(path: Path | str, secret: Secret, options: ReadOptions, task: Task) -> tuple[EventLog | ObjectLog, Source | None]:
    """As read_any, with what stands open where it is a project."""
    path = Path(path)
    if path.name == MANIFEST or path.is_dir():
        source, log = _open_project(path.parent if path.name == MANIFEST else path, secret, task, "describe")
        return log, source
    source = open_file(path, secret, options, task.part(0.0, 0.4))
    if source.objects is not None and options.object_type is None:
        return source.objects, None
    return _read_log(source, options, task.part(0.4, 1.0), take_first=False)[0], None


def _open_project(folder: Path, secret: Secret, task: Task, event: str) -> tuple[Source, EventLog]:
    """Open a project and record that; once more when another window saved it meanwhile and its files have other names now."""
    before = read_manifest(folder)
    try:
        return _read_project(folder, secret, task, event)
    except BadInput:
        if read_manifest(folder).mac == before.mac:
            raise
    return _read_project(folder, secret, task, event)


def _read_project(folder: Path, secret: Secret, task: Task, event: str) -> tuple[Source, EventLog]:
    project = open_project(folder, secret, task)
    contents = project.read_contents(task)
    project.read_audit(task)
    read_only, notices = True, deadline_notices(contents.state.facts, date.today())
    if not project.manifest.read_only:
        try:
            project.record(event, {"events": contents.log.n_events}, task)
            drop_old_records(project, datetime.now(UTC), task)
            read_only = False
        except Unwritable as error:
            notices = (Notice(error.notice), *notices)
    return _project_source(project, contents, read_only, notices), contents.log


def _project_source(project: Project, contents: Contents, read_only: bool, notices: tuple[Notice, ...]) -> Source:
    state = contents.state
    return Source(
        kind=FileKind.PROJECT,
        name=state.facts.name,
        encrypted=True,
        read_only=read_only,
        log=contents.log,
        options=ReadOptions(state.roles, timezone=state.timezone),
        pseudonym_key=contents.pseudonym_key,
        project=project,
        view=state.view,
        notices=notices,
        objects=object_parts.decoded(contents.objects),
        spells=contents.spells,
    )


def open_file(path: Path, secret: Secret, options: ReadOptions, task: Task) -> Source:
    """What a file from outside holds, unpacked; BadInput or WrongKey when it does not open."""
    data, encrypted, sha256 = read_file(path, secret, task.part(0.0, 0.5))
    size = data.size
    locked = is_locked_archive(data)
    if locked and encrypted:
        raise BadInput(TWICE, file=path.name)
    content, table = unpack(data, path.name, task.part(0.5, 1.0), passphrase=secret.passphrase)
    encrypted = encrypted or locked
    return Source(
        objects=_object_log(content, table, path.name, task),
        kind=FileKind.LOG if content is Content.XES else FileKind.TABLE,
        name=path.name,
        encrypted=encrypted,
        table=table,
        content=content,
        options=options,
        noted=[("import", {"sha256": sha256, "bytes": size, "encrypted": int(encrypted)})],
    )


def _object_log(content: Content, buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog | None:
    if content not in {Content.JSON, Content.OCEL_XML, Content.OCEL_CSV, Content.SQLITE}:
        return None
    from engine.ocel.reading import read_objects

    return read_objects(content, buffer, file_name, task.part(0.8, 1.0))


def preview(source: Source, options: ReadOptions, task: Task) -> Source:
    """The table that waits for its roles, previewed under other options."""
    from engine.importing.reading import preview_of

    source, table = open_waiting_table(source, options, task.part(0.0, 0.3), take_first=True)
    options = _own_options(table, options)
    shown = preview_of(table, options, task.part(0.3, 1.0))
    if source.sheet is not None:
        shown = msgspec.structs.replace(shown, sheets=source.sheet.sheets)
    if source.objects is not None:
        from engine.ocel.reading import case_types

        shown = msgspec.structs.replace(shown, object_types=case_types(source.objects))
    return replace(source, preview=shown, options=options)


def _own_options(table: Table, options: ReadOptions) -> ReadOptions:
    """The options with what the events of an object-centric log say themselves: which of their columns plays which role."""
    from engine.ocel.reading import FlattenedTable

    if not isinstance(table, FlattenedTable):
        return options
    return msgspec.structs.replace(options, roles=table.roles, object_type=table.object_type)


def open_waiting_table(source: Source, options: ReadOptions, task: Task, take_first: bool) -> tuple[Source, Table]:
    """The table that waits, opened under the options; what takes long to open is kept."""
    from engine.importing.reading import open_table
    from engine.importing.sheets import open_sheet

    if source.objects is not None:
        from engine.ocel.reading import flatten

        return source, flatten(source.objects, options, take_first)
    buffer = _waiting_table(source)
    if source.content is None:
        raise BadInput(NO_TABLE)
    if source.content is not Content.WORKBOOK:
        return source, open_table(source.content, buffer, source.name, options, task)
    sheet = open_sheet(buffer, source.name, options, task, take_first, source.sheet)
    return replace(source, sheet=sheet), sheet


def _read_log(source: Source, options: ReadOptions, task: Task, take_first: bool) -> tuple[EventLog, Source]:
    """The log in an opened file; a table's roles are guessed where the options leave them open. Only its case ids are as in the file."""
    from engine.importing.reading import log_of, read_log

    if source.content is Content.XES:
        log = read_log(_waiting_table(source), source.name, options, task)
    else:
        source, table = open_waiting_table(source, options, task.part(0.0, 0.4), take_first)
        log = log_of(table, _own_options(table, options), task.part(0.4, 1.0))
    key = source.pseudonym_key or new_key()
    return with_keyed_columns(log, key, task), replace(source, pseudonym_key=key)


def use_roles(source: Source, options: ReadOptions, task: Task) -> Source:
    """Build the log of a table with the roles in the options; its case ids become pseudonyms under a new random key."""
    key = source.pseudonym_key or new_key()
    log, source = _read_log(replace(source, pseudonym_key=key), options, task.part(0.0, 0.85), take_first=False)
    task.report(0.85, N_("Replacing case ids by pseudonyms"))
    log = replace(log, case_ids=pseudonymise(log.case_ids, key, task))
    facts: dict[str, Fact] = {"events": log.n_events, "cases": log.n_cases, "columns": _n_columns(options, log)}
    return replace(
        source,
        log=log,
        table=None,
        sheet=None,
        objects=object_parts.keep(source.objects, options.timezone, key, task),
        preview=None,
        options=options,
        pseudonym_key=key,
        noted=[*source.noted, ("read", facts)],
    )


def _n_columns(options: ReadOptions, log: EventLog) -> int:
    stamps = int(bool(len(log.timestamp))) + int(log.start is not None) + int(log.registered is not None)
    return 2 + stamps + len(log.event_columns) + len(log.case_columns)


def _waiting_table(source: Source) -> pa.Buffer:
    if source.table is None:
        raise BadInput(NO_TABLE)
    return source.table


# ---- saving -------------------------------------------------------------------------------------------------------------------


def save_project(
    source: Source, question: SaveProject, task: Task, arrangement: Arrangement | None = None, locking: Locking | None = None
) -> Source:
    """Save the open log as a project folder; into its own folder, everything is written anew and the passphrase changed.

    arrangement: where the steps of the map stand, if that has been sought. locking: the identity of a new project, being locked already.

    BadInput when the folder is taken, the project can only be read, the disk is full, or the passphrase or recovery key will not do.
    """
    base = source.base or source.log
    if base is None:
        raise BadInput(N_("There is no log to save yet."))
    check_facts(question.facts)
    places = arrangement if source.base is None else source.arrangement
    state = State(question.facts, question.view, source.options.timezone, base.roles, base.notices, places)
    folder = Path(question.folder)
    objects = object_parts.encoded(source.objects)
    contents = Contents(base, with_history(state, source.project, folder), source.pseudonym_key, objects, source.spells)
    if source.project is not None and _is_same(source.project.folder, folder):
        if not question.passphrase:
            raise BadInput(N_("The project needs a passphrase."))
        events: list[Event] = [("save", {"events": base.n_events})]
        validation = to_carry(source.project, source.validation, task)
        source.project.save(contents, events, task, question.passphrase, question.recovery_recipient)
        carry(validation, source.project, source.validation)
        return _saved(source, source.project, question.view)
    story = source.noted.copy()
    created: Event = ("create", {"events": base.n_events, "cases": base.n_cases})
    passphrase, entrusted = locking or question.passphrase, Entrusted(question.recovery_recipient, question.analyst)
    project = create_project(folder, contents, passphrase, entrusted, task, (*story, created))
    if ledger := exported(source, task):
        project.record_exports(ledger, (), task)
    carry(to_carry(source.project, source.validation, task), project, source.validation)
    for event, facts in source.noted[len(story) :]:
        project.note(event, facts)
    if source.project is not None and not source.read_only:
        note_copy(source.project, project.folder, task)
    return _saved(source, project, question.view)


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _saved(source: Source, project: Project, view: ViewState) -> Source:
    return replace(
        source,
        kind=FileKind.PROJECT,
        name=project.state.facts.name,
        encrypted=True,
        read_only=False,
        project=project,
        view=view,
        noted=[],
        notices=(),
        exports=[],
        validation=Validation(),
    )


def save_view(source: Source, view: ViewState, task: Task) -> Source:
    """Keep the view in the open project; without a project, or in one that can only be read, it is kept while the log stays open."""
    if source.project is not None and not source.read_only:
        source.project.change_state(task, view=view)
    return replace(source, view=view)


def keep_arrangement(source: Source, arrangement: Arrangement, task: Task) -> None:
    """Keep in the open project where the steps of its map stand; where it cannot be written they are sought anew the next time."""
    if source.base is not None:
        return
    if source.project is not None and not source.read_only and source.project.state.arrangement != arrangement:
        with suppress(SagsflowError):
            source.project.change_state(task, arrangement=arrangement)


def saved(source: Source) -> Saved:
    """What SaveProject and SaveView answer."""
    if source.project is None:
        raise BadInput(N_("The log is not saved as a project yet."))
    return Saved(str(source.project.folder), source.project.manifest.saved_at, source.project.state.facts)


def record(source: Source, event: str, facts: dict[str, Fact], task: Task) -> Source:
    """Put an event into the audit log at once; a log that is no project yet takes it along into its project.

    A project that can only be read cannot be told: nothing is written then.
    """
    if source.project is None:
        source.noted.append((event, facts))
    elif not source.read_only:
        source.project.record(event, facts, task)
    return source


def exported(source: Source, task: Task) -> tuple[Exported, ...]:
    """What has left the screen of this log with guarded numbers."""
    kept = () if source.project is None else source.project.read_exports(task)
    return (*kept, *source.exports)


def record_export(source: Source, question: RecordExport, n_cases: int, task: Task) -> Source:
    """Record that a file of so many cases leaves the screen: in the audit log, and guarded ones in the ledger.

    The ledger of a project that can only be read lasts as long as it stands open.
    """
    facts: dict[str, Fact] = {"kind": question.kind, "k": question.k, "sha256": question.sha256}
    entry = Exported(timestamp(), question.kind, question.k, n_cases, question.selection, notion=source.notion)
    entries = [entry] if question.k else []
    if source.project is not None and not source.read_only and entries:
        source.project.record_exports(entries, [("export", facts)], task)
        return source
    source.exports.extend(entries)
    return record(source, "export", facts, task)


def note_case(source: Source, pseudonym: str) -> None:
    """Note that a case was looked at; it is written within a second, or when the log becomes a project."""
    if source.project is None:
        source.noted.append(("case", {"case": pseudonym}))
    elif not source.read_only:
        source.project.note("case", {"case": pseudonym})


def close(source: Source) -> None:
    """Record that the project was locked; a fault of the disk is no reason to stay open."""
    if source.project is not None and not source.read_only:
        with suppress(SagsflowError):
            source.project.record("lock", {}, Task())
