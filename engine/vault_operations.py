"""Answers to questions about keys, who can open a project, its last day and its audit log, about one citizen, and deleting it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from engine import citizens, notions, object_parts, project_operations, sources
from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.log.spells import spells_beside
from engine.service import messages
from engine.sources import Source
from engine.tasks import Task
from engine.validation_room import Room
from engine.vault import identity_file, upkeep
from engine.vault.audit_log import Record
from engine.vault.deletion import delete_project
from engine.vault.keys import fingerprint
from engine.vault.project_folder import Contents, Project
from engine.vault.sealing import check_seal, write_sealed
from engine.workspace import Workspace

NO_PROJECT = N_("The log is not saved as a project yet.")
READ_ONLY = N_("The project {name} can only be read. Save a copy in another folder.")
NOT_CONFIRMED = N_("Type the project's name exactly as it stands, to show that it is the right one.")
RECORDING = N_("Writing the file")


# ---- the user's own identity --------------------------------------------------------------------------------------------------


def tell_identity(_workspace: Workspace, question: messages.IdentityQuery, _task: Task) -> messages.IdentityFacts:
    """The user's own identity, as far as it is public."""
    path = _path(question.path)
    recipient = identity_file.public_key(path)
    return _facts(path, recipient or "", unlisted=recipient == "")


def create_identity(_workspace: Workspace, question: messages.CreateIdentity, task: Task) -> messages.IdentityFacts:
    """A new identity of the user's own."""
    path = _path(question.path)
    return _facts(path, identity_file.create_identity(path, question.passphrase, task))


def unlock_identity(_workspace: Workspace, question: messages.UnlockIdentity, task: Task) -> messages.IdentityFacts:
    """Proof that an identity file opens."""
    path = _path(question.path)
    return _facts(path, identity_file.unlock(path, question.passphrase, task).recipient)


def change_identity_passphrase(_workspace: Workspace, question: messages.ChangeIdentityPassphrase, task: Task) -> messages.IdentityFacts:
    """The identity under a new passphrase."""
    path = _path(question.path)
    return _facts(path, identity_file.change_passphrase(path, question.old, question.new, task))


def back_up_identity(_workspace: Workspace, question: messages.BackUpIdentity, task: Task) -> messages.IdentityFacts:
    """A copy of the locked identity."""
    path = _path(question.path)
    copied = identity_file.back_up(path, Path(question.target), task)
    return _facts(path, identity_file.public_key(path) or "", backup=copied)


def _path(path: str) -> Path:
    return Path(path) if path else identity_file.default_path()


def _facts(path: Path, recipient: str, unlisted: bool = False, backup: str = "") -> messages.IdentityFacts:
    return messages.IdentityFacts(str(path), recipient, fingerprint(recipient) if recipient else "", unlisted, backup)


# ---- the open project ---------------------------------------------------------------------------------------------------------


def govern(workspace: Workspace, query: messages.GovernanceQuery, task: Task) -> messages.Governance:
    """The facts about the open project, and a page of its audit log, newest first."""
    project = workspace.source.project
    if project is None:
        return messages.Governance(query)
    task.report(None, N_("Reading the audit log"))
    if not workspace.source.read_only:
        project.write_notes()
    records = project.audit_records(task)
    chosen = [record for record in reversed(records) if not query.event or record.event == query.event]
    first = max(query.offset, 0)
    page = chosen[first : first + min(max(query.limit, 0), messages.MOST_ROWS)]
    manifest, state = project.manifest, project.state
    recovery, analyst = manifest.recovery_recipient or "", manifest.analyst or ""
    return messages.Governance(
        query=query,
        facts=state.facts,
        folder=str(project.folder),
        project=manifest.project,
        saved_at=manifest.saved_at,
        read_only=workspace.source.read_only,
        recovery=fingerprint(recovery) if recovery else "",
        recovery_key=recovery,
        analyst=fingerprint(analyst) if analyst else "",
        analyst_key=analyst,
        keyed=workspace.source.pseudonym_key is not None,
        copies=_copies(project),
        deadlines=tuple(messages.Deadline(*msgspec.structs.astuple(one)) for one in state.deadlines),
        audit_months=state.audit_months,
        head=manifest.audit.mac,
        count=manifest.audit.count,
        n_rows=len(chosen),
        rows=tuple(_told(record) for record in page),
        kinds=dict(Counter(record.event for record in records)),
    )


def _copies(project: Project) -> tuple[messages.KnownCopy, ...]:
    return tuple(messages.KnownCopy(copy.folder, copy.since, Path(copy.folder).is_dir()) for copy in project.state.copies)


def _told(record: Record) -> messages.AuditRecord:
    return messages.AuditRecord(record.n, record.at, record.event, record.facts)


def _project(workspace: Workspace) -> Project:
    """The open project, which can be written."""
    source = workspace.source
    if source.project is None:
        raise BadInput(NO_PROJECT)
    if source.read_only:
        raise BadInput(READ_ONLY, name=source.name)
    return source.project


def change_passphrase(workspace: Workspace, question: messages.ChangePassphrase, task: Task) -> messages.Kept:
    """The open project under a new passphrase."""
    upkeep.change_passphrase(_project(workspace), question.old, question.new, task)
    return messages.Kept()


def set_recovery(workspace: Workspace, question: messages.SetRecovery, task: Task) -> messages.Kept:
    """Another recovery key, or none."""
    project = _project(workspace)
    upkeep.set_recovery(project, question.recipient, task)
    return _entrusted(project.manifest.recovery_recipient)


def set_analyst(workspace: Workspace, question: messages.SetAnalyst, task: Task) -> messages.Kept:
    """The user's own identity opens the project, or no longer."""
    project = _project(workspace)
    upkeep.set_analyst(project, question.recipient, task)
    return _entrusted(project.manifest.analyst or None)


def _entrusted(recipient: str | None) -> messages.Kept:
    return messages.Kept(fingerprint(recipient) if recipient else "")


def check_recovery(workspace: Workspace, question: messages.CheckRecovery, task: Task) -> messages.Kept:
    """Whether the recovery key opens the project."""
    project = workspace.source.project
    if project is None:
        raise BadInput(NO_PROJECT)
    return messages.Kept(upkeep.check_recovery(project, Path(question.identity_path), question.passphrase, task))


def change_deadline(workspace: Workspace, question: messages.ChangeDeadline, task: Task) -> messages.Kept:
    """Another day by which the project is to be deleted."""
    project = _project(workspace)
    upkeep.change_deadline(project, question.day, question.reason, question.note, task)
    workspace.hold(replace(workspace.source, notices=()))
    return messages.Kept(facts=project.state.facts)


def keep_audit(workspace: Workspace, question: messages.KeepAudit, task: Task) -> messages.Kept:
    """How long records of the audit log are kept."""
    return messages.Kept(dropped=upkeep.keep_audit(_project(workspace), question.months, task))


def verify_audit(workspace: Workspace, _question: messages.VerifyAudit, task: Task) -> messages.AuditVerified:
    """Follow the audit log's chain."""
    project = workspace.source.project
    if project is None:
        raise BadInput(NO_PROJECT)
    traced = project.trace_audit(task)
    head = project.manifest.audit
    return messages.AuditVerified(len(traced.records), head.mac, traced.broken)


def export_audit(workspace: Workspace, question: messages.ExportAudit, task: Task) -> messages.SealedFile:
    """The audit log as an encrypted file."""
    project, path = workspace.source.project, Path(question.path)
    if project is None:
        raise BadInput(NO_PROJECT)
    check_seal(path, question.seal)
    if not workspace.source.read_only:
        project.write_notes()
    records = project.audit_records(task)
    task.report(None, RECORDING)
    stored = write_sealed(path, b"".join(msgspec.json.encode(record) + b"\n" for record in records), question.seal)
    workspace.hold(sources.record(workspace.source, "audit_exported", {"sha256": stored.sha256, "records": len(records)}, task))
    return messages.SealedFile(question.path, stored.size, stored.sha256, len(records))


def delete(workspace: Workspace, question: messages.DeleteProject, task: Task) -> messages.Deleted:
    """Delete a project: the one that stands open, or one that is closed."""
    folder, source = Path(question.folder), workspace.source if workspace.has_source else None
    project = source.project if source is not None else None
    is_open = project is not None and folder.exists() and project.folder.exists() and folder.samefile(project.folder)
    name = project.state.facts.name if project is not None and is_open else folder.name
    if question.name.strip() != name.strip():
        raise BadInput(NOT_CONFIRMED)
    copies = _copies(project) if project is not None and is_open else ()
    told = delete_project(folder, name, task)
    if source is not None and is_open:
        workspace.hold(replace(source, read_only=True))
    return messages.Deleted(
        told.name, told.project, told.folder, told.begun_at, told.manifest, told.files, told.bytes, told.others, copies
    )


# ---- one citizen --------------------------------------------------------------------------------------------------------------


def find_citizen(workspace: Workspace, question: messages.FindCitizen, task: Task) -> messages.CitizenFound:
    """What the log holds under an id or a pseudonym."""
    source = workspace.source
    log, trace = _found(source, lambda log: citizens.find(log, question.text, source.pseudonym_key, task), task)
    workspace.note_case(trace.pseudonym)
    return messages.CitizenFound(
        pseudonym=trace.pseudonym,
        events=trace.n_events,
        cases=trace.n_cases,
        comments=citizens.n_comments(source.project, trace.pseudonym, task),
        seen=citizens.n_records(source.project, trace.pseudonym, task),
        spells=citizens.n_spells(source.spells, trace),
        keyed=source.pseudonym_key is not None,
        rows=citizens.rows_of(log, trace, min(max(question.limit, 0), messages.MOST_ROWS)),
    )


def export_citizen(workspace: Workspace, question: messages.ExportCitizen, task: Task) -> messages.SealedFile:
    """What the log holds about a pseudonym, as an encrypted file."""
    path = Path(question.path)
    check_seal(path, question.seal)
    log, trace = _found(workspace.source, lambda log: _traced(log, question.pseudonym, task), task)
    content = citizens.as_table(log, trace, workspace.source.options.timezone, question.language, task)
    task.report(None, RECORDING)
    stored = write_sealed(path, content, question.seal)
    facts: sources.Event = ("citizen_exported", {"case": trace.pseudonym, "events": trace.n_events, "sha256": stored.sha256})
    workspace.hold(sources.record(workspace.source, *facts, task))
    return messages.SealedFile(question.path, stored.size, stored.sha256, trace.n_events)


def forget_citizen(workspace: Workspace, question: messages.ForgetCitizen, task: Task) -> messages.Forgotten:
    """Remove a pseudonym from the open project; the log that is left stands open."""
    project, source = _project(workspace), workspace.source
    base = _log(workspace)
    log, trace = _found(source, lambda log: _traced(log, question.pseudonym, task), task)
    comments = citizens.n_comments(project, trace.pseudonym, task)
    objects = source.objects
    if objects is None:
        left = citizens.without(log, trace)
    else:
        left, objects = notions.without_pseudonym(source, objects, trace.pseudonym, task)
    spells = None if source.spells is None else spells_beside(source.spells, base.case_ids, left.case_ids)
    contents = Contents(left, project.state, source.pseudonym_key, object_parts.encoded(objects), spells)
    citizens.forget(project, contents, trace, task)
    workspace.hold(replace(source, log=left, base=None, spells=spells, objects=objects))
    told = sources.opened(workspace.source, project_operations.summarise_log(workspace.study, task))
    standing, types = Room(workspace.source).standing(task), notions.counts_of(workspace.source)
    opened = msgspec.structs.replace(told, standing=standing, object_types=types)
    return messages.Forgotten(opened, trace.n_events, trace.n_cases, comments)


def _found(source: Source, seek: Callable[[EventLog], citizens.Trace], task: Task) -> tuple[EventLog, citizens.Trace]:
    """The log in which something is found, and where: that of the import, else one cut by another type of object."""
    logs = notions.logs_of(source, task)
    first = next(logs)
    try:
        return first, seek(first)
    except BadInput as error:
        for log in logs:
            with suppress(BadInput):
                return log, seek(log)
        raise error


def _log(workspace: Workspace) -> EventLog:
    """The log as it was imported, whatever its cases are now."""
    return workspace.source.base or workspace.study.log


def _traced(log: EventLog, pseudonym: str, task: Task) -> citizens.Trace:
    trace = citizens.trace_of(log, pseudonym, task)
    if trace is None:
        raise BadInput(citizens.NOT_THERE)
    return trace
