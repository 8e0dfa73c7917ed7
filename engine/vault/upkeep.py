"""What is changed of a project while it stands open: its passphrase, who else can open it, its last day, how long its audit log is kept."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from engine.errors import N_, BadInput, SagsflowError, WrongKey
from engine.files.age import decrypt_with, read_identities
from engine.tasks import Task
from engine.vault import audit_log
from engine.vault.audit_log import Fact, Record
from engine.vault.keys import Entrusted, Locking, check_recipient, fingerprint
from engine.vault.project_folder import Copy, DeadlineChange, Project, State
from engine.vault.unlocking import unlock_key

REASONS = ("analysis", "follow_up", "case_open", "purpose_met", "mistake")
"""Why another day: there is work left, it is measured again, a case is open, the purpose is met, or the day was wrong."""
LONGEST_NOTE = 200
Event = tuple[str, dict[str, Fact]]
RETAINED = "retention"


# ---- who can open it ----------------------------------------------------------------------------------------------------------


def change_passphrase(project: Project, old: str, new: str, task: Task) -> None:
    """Lock the project's identity with a new passphrase; the old one no longer opens it. WrongKey when the old one is not right."""
    if not new:
        raise BadInput(N_("The project needs a passphrase."))
    task.report(None, N_("Checking the passphrase"))
    if unlock_key(project.folder, project.manifest, old, task) is None:
        raise WrongKey(N_("The passphrase does not open the project {name}."), name=project.folder.name)
    locked = Locking(new, project.identity).locked(task)
    with project.writing():
        manifest = msgspec.structs.replace(project.manifest, keys=(project.write_key(locked),))
        project.commit(manifest, [("passphrase", {})], task)


def set_recovery(project: Project, recipient: str | None, task: Task) -> None:
    """Let a recovery key (age1…) open the project in place of the one before, or none: every file is encrypted anew."""
    recovery = Entrusted(recipient).checked().recovery
    event: Event = ("recovery", {"key": fingerprint(recovery)}) if recovery else ("recovery_removed", {})
    _entrust(project, project.manifest.analyst or None, recovery, event, task)


def set_analyst(project: Project, recipient: str | None, task: Task) -> None:
    """Let the identity of the one who works with the project (age1…) open it beside its passphrase, or no longer."""
    analyst = check_recipient(recipient) if recipient else None
    event: Event = ("analyst", {"key": fingerprint(analyst)}) if analyst else ("analyst_removed", {})
    _entrust(project, analyst, project.manifest.recovery_recipient, event, task)


def _entrust(project: Project, analyst: str | None, recovery: str | None, event: Event, task: Task) -> None:
    with project.writing():
        task.report(None, N_("Encrypting every file anew"))
        manifest = project.manifest.entrusted_to(analyst, recovery)
        project.commit(project.entrust(manifest, task), [event], task)


def check_recovery(project: Project, identity_path: Path, passphrase: str | None, task: Task) -> str:
    """Open the project with its recovery key as after a lost passphrase; the key's fingerprint. WrongKey when it does not open it."""
    manifest = project.manifest
    recipient = manifest.recovery_recipient
    if recipient is None or manifest.recovery is None:
        raise BadInput(N_("The project has no recovery key."))
    keys = [key for key in read_identities(identity_path, passphrase, task) if str(key.to_public()) == recipient]
    if not keys:
        raise WrongKey(N_("{file} is not the recovery key of this project, which has the fingerprint {print}."), **{
            "file": identity_path.name, "print": fingerprint(recipient),
        })  # fmt: skip
    for name in (manifest.recovery, manifest.parts.state.file, manifest.parts.cases.file):
        task.check()
        decrypt_with(project.folder / name, keys, task)
    if not project.read_only:
        project.record("recovery_checked", {"key": fingerprint(recipient)}, task)
    return fingerprint(recipient)


# ---- its last day -------------------------------------------------------------------------------------------------------------


def change_deadline(project: Project, day: str, reason: str, note: str, task: Task) -> None:
    """Set another day (ISO) by which the project is to be deleted, with the reason for it; past days are refused."""
    if _day(day) is None or reason not in REASONS or len(note) > LONGEST_NOTE:
        raise BadInput(N_("The project needs a date by which it is deleted, written as year-month-day (2027-12-31)."))
    if day < date.today().isoformat():
        raise BadInput(N_("The day of deletion has passed. Choose a later one."))
    before = project.state.facts.delete_by

    def changed(state: State) -> State:
        facts = msgspec.structs.replace(state.facts, delete_by=day)
        entry = DeadlineChange(audit_log.timestamp(), before, day, reason, note.strip())
        return msgspec.structs.replace(state, facts=facts, deadlines=(*state.deadlines, entry))

    project.revise_state(changed, task, [("deadline", {"from": before, "to": day, "reason": reason})])


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


# ---- copies -------------------------------------------------------------------------------------------------------------------


def with_history(state: State, project: Project | None, folder: Path) -> State:
    """The state of what is saved into a folder, with what the project that it comes from has been through."""
    if project is None:
        return state
    before = project.state
    copies = before.copies
    if not (folder.exists() and folder.samefile(project.folder)):
        copies = (Copy(str(project.folder), audit_log.timestamp()), *copies)
    return msgspec.structs.replace(state, copies=copies, deadlines=before.deadlines, audit_months=before.audit_months)


def note_copy(project: Project, folder: Path, task: Task) -> None:
    """Remember that a copy of the project was saved elsewhere; a project that refuses to be written goes without."""

    def changed(state: State) -> State:
        others = tuple(copy for copy in state.copies if copy.folder != str(folder))
        return msgspec.structs.replace(state, copies=(*others, Copy(str(folder), audit_log.timestamp())))

    with suppress(SagsflowError):
        project.revise_state(changed, task)


# ---- the audit log ------------------------------------------------------------------------------------------------------------


def keep_audit(project: Project, months: int, task: Task) -> int:
    """Keep records of the audit log for so many months, 0 as long as the project; how many were dropped just now."""
    project.revise_state(lambda state: msgspec.structs.replace(state, audit_months=months), task, [("audit_kept", {"months": months})])
    return drop_old_records(project, datetime.now(UTC), task)


def drop_old_records(project: Project, now: datetime, task: Task) -> int:
    """Drop records that are too old: the chain is made anew and tells how many went and which head it had. How many were dropped."""
    months = project.state.audit_months
    if not months:
        return 0
    limit = _months_before(now, months).isoformat(timespec="seconds")
    with project.writing():
        records = project.read_audit(task)
        kept = [record for record in records if record.at >= limit]
        dropped = len(records) - len(kept)
        if not dropped:
            return 0
        head = project.manifest.audit
        facts: dict[str, Fact] = {"dropped": dropped, "before": limit, "head": head.mac, "count": head.count}
        told = Record(0, now.isoformat(timespec="seconds"), RETAINED, facts)
        project.commit(project.rewrite_audit([told, *kept], task), (), task)
    return dropped


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, 28))

