"""Keys, who can open a project, its last day, its audit log, and what it holds about one citizen."""

from __future__ import annotations

from msgspec import Struct

from engine.service.opening_messages import Opened, ProjectFacts, Veiled

MOST_ROWS = 500
"""Most rows of one page of the audit log, or of what is shown of one citizen."""


# ---- the user's own identity --------------------------------------------------------------------------------------------------


class IdentityQuery(Struct, frozen=True, tag=True):
    """Ask for the user's own identity. path: the file that holds it, "" for the usual one."""

    path: str = ""


class CreateIdentity(Veiled, frozen=True, tag=True):
    """Make a new identity, locked by a passphrase."""

    passphrase: str
    path: str = ""


class UnlockIdentity(Veiled, frozen=True, tag=True):
    """Prove that the passphrase opens an identity file (age -p, or plain); its public key is kept beside it."""

    path: str
    passphrase: str = ""


class ChangeIdentityPassphrase(Veiled, frozen=True, tag=True):
    """Lock the identity with a new passphrase."""

    old: str
    new: str
    path: str = ""


class BackUpIdentity(Struct, frozen=True, tag=True):
    """Copy the locked identity to another place."""

    target: str
    path: str = ""


class IdentityFacts(Struct, frozen=True):
    """The identity's file, its public key (age1…; "" without an identity) and its fingerprint. unlisted: there is a file without its
    public key beside it. backup: the SHA-256 of the copy that was just made."""

    path: str
    recipient: str = ""
    fingerprint: str = ""
    unlisted: bool = False
    backup: str = ""


# ---- the open project ---------------------------------------------------------------------------------------------------------


class GovernanceQuery(Struct, frozen=True, tag=True):
    """Ask for the facts about the open project, and a page of its audit log. event: only records of this kind, "" all; newest first."""

    offset: int = 0
    limit: int = 200
    event: str = ""


class AuditRecord(Struct, frozen=True):
    """One record of the audit log: its place from 0, when (ISO 8601, UTC), what happened (a code), and facts about it."""

    n: int
    at: str
    event: str
    facts: dict[str, str | int]


class KnownCopy(Struct, frozen=True):
    """A folder that the program knows to hold the same data; there: whether it can be seen now."""

    folder: str
    since: str
    there: bool


class Deadline(Struct, frozen=True):
    """A change of the delete-by date."""

    at: str
    before: str
    after: str
    reason: str
    note: str


class Governance(Struct, frozen=True):
    """What there is to know about the open project; facts: None for a log that is none.

    recovery, analyst: fingerprints of the keys that open it beside its passphrase, "" without one; is_mine: the analyst's is the user's.
    keyed: whether the pseudonym key lies in the project. head, count: where the audit log ends; n_rows: records of the kind that was asked
    for, of which `rows` is a page. kinds: records by kind.
    """

    query: GovernanceQuery
    facts: ProjectFacts | None = None
    folder: str = ""
    project: str = ""
    saved_at: str = ""
    read_only: bool = False
    recovery: str = ""
    recovery_key: str = ""
    analyst: str = ""
    analyst_key: str = ""
    keyed: bool = False
    copies: tuple[KnownCopy, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    audit_months: int = 0
    head: str = ""
    count: int = 0
    n_rows: int = 0
    rows: tuple[AuditRecord, ...] = ()
    kinds: dict[str, int] = {}


class ChangePassphrase(Veiled, frozen=True, tag=True):
    """Lock the open project with a new passphrase."""

    old: str
    new: str


class SetRecovery(Struct, frozen=True, tag=True):
    """Let a recovery key (age1…) open the project, in place of the one before; None: no longer any."""

    recipient: str | None


class SetAnalyst(Struct, frozen=True, tag=True):
    """Let the user's own identity (age1…) open the project; None: no longer."""

    recipient: str | None


class CheckRecovery(Veiled, frozen=True, tag=True):
    """Try whether an identity file, itself plain or locked, is the recovery key and opens the project."""

    identity_path: str
    passphrase: str | None = None


class ChangeDeadline(Struct, frozen=True, tag=True):
    """Set another delete-by date (ISO), with a reason (a code) and a remark."""

    day: str
    reason: str
    note: str = ""


class KeepAudit(Struct, frozen=True, tag=True):
    """Keep records of the audit log for so many months; 0: as long as the project."""

    months: int


class Kept(Struct, frozen=True):
    """The change is on disk. key: the fingerprint that it is about; dropped: records of the audit log that went."""

    key: str = ""
    dropped: int = 0
    facts: ProjectFacts | None = None


class VerifyAudit(Struct, frozen=True, tag=True):
    """Follow the audit log's chain from its first record to its head."""


class AuditVerified(Struct, frozen=True):
    """How many records there are, and the head. broken: the first record, from 0, that does not hold; None where the chain is whole."""

    count: int
    head: str
    broken: int | None = None


class Seal(Veiled, frozen=True):
    """What opens a file that leaves the engine: a public key (age1…) or a passphrase."""

    recipient: str | None = None
    passphrase: str | None = None


class ExportAudit(Veiled, frozen=True, tag=True):
    """Write the audit log, as lines of JSON, into an encrypted file."""

    path: str
    seal: Seal


class SealedFile(Struct, frozen=True):
    """An encrypted file was written."""

    path: str
    size: int
    sha256: str
    rows: int


# ---- deleting -----------------------------------------------------------------------------------------------------------------


class DeleteProject(Struct, frozen=True, tag=True):
    """Delete a project for good. name: what the user typed to confirm, which is the project's name, or its folder's while it is closed."""

    folder: str
    name: str


class Deleted(Struct, frozen=True):
    """A receipt: what was deleted, when (ISO 8601, UTC), the SHA-256 of its manifest, and how many files of others stayed."""

    name: str
    project: str
    folder: str
    at: str
    manifest: str
    files: int
    bytes: int
    others: int
    copies: tuple[KnownCopy, ...] = ()


# ---- one citizen --------------------------------------------------------------------------------------------------------------


class FindCitizen(Veiled, frozen=True, tag=True):
    """Look for one case or citizen: by the id of the source system, which becomes its pseudonym here, or by the pseudonym itself."""

    text: str
    limit: int = MOST_ROWS


class CitizenEvent(Struct, frozen=True):
    """One event: the case (a pseudonym), when (microseconds UTC), the step and the unit."""

    case: str
    time: int | None
    activity: str
    unit: str | None = None


class CitizenFound(Struct, frozen=True):
    """What the log holds. events, cases: how many go when it is removed; comments: what caseworkers said of these cases; spells: states
    that they were in. seen: records of the audit log that name the pseudonym; they stay. keyed: False where the key was taken out."""

    pseudonym: str
    events: int
    cases: int
    comments: int
    seen: int
    keyed: bool
    rows: tuple[CitizenEvent, ...] = ()
    spells: int = 0


class ExportCitizen(Veiled, frozen=True, tag=True):
    """Write what the log holds about a pseudonym into an encrypted file."""

    pseudonym: str
    path: str
    seal: Seal
    language: str = "da"


class ForgetCitizen(Struct, frozen=True, tag=True):
    """Remove everything about a pseudonym from the open project, for good."""

    pseudonym: str


class Forgotten(Struct, frozen=True):
    """The log without it."""

    opened: Opened
    events: int
    cases: int
    comments: int
