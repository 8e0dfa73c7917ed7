"""Opening logs, keys, and the project that is saved."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.agreement.values import SameFact
from engine.layout.values import MovedStep, Orientation
from engine.log.columns import ColumnRoles, Notice, ReadOptions
from engine.log.selection import Selection
from engine.models.values import Miner, Notation
from engine.process_map.values import Metric
from engine.validation.values import Standing


class Veiled(Struct, frozen=True):
    """A struct with a passphrase: what is printed of it is its name."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Secret(Veiled, frozen=True):
    """What opens an encrypted file: a passphrase, or an identity file (itself plain or locked by the passphrase).

    own: the user's own identity file, which the passphrase may belong to as well.
    """

    passphrase: str | None = None
    identity_path: str | None = None
    own: str | None = None


class FileKind(StrEnum):
    """What was opened."""

    PROJECT = "project"
    LOG = "log"
    TABLE = "table"


class Open(Struct, frozen=True, tag=True):
    """Open a project folder, or a file (encrypted or not, recognised by content). A table without roles is only previewed."""

    path: str
    secret: Secret = Secret()
    options: ReadOptions = ReadOptions()


class PreviewTable(Struct, frozen=True, tag=True):
    """Preview the table being opened under other options; it is already in memory."""

    options: ReadOptions


class UseRoles(Struct, frozen=True, tag=True):
    """Build the log from the table being opened with confirmed roles."""

    options: ReadOptions


class TimestampReading(Struct, frozen=True):
    """One way to read a timestamp column: its pattern (strptime) and what the first cell would mean (ISO 8601)."""

    format: str
    example: str


class ColumnGuess(Struct, frozen=True):
    """A role that a column may play (a name of `ColumnRoles`), how sure that is (0..1), and why."""

    column: str
    role: str
    confidence: float
    why: Notice


class TablePreview(Struct, frozen=True):
    """First rows of a table as text, guessed roles and options. readings: by role (timestamp, start), more than one where undecidable.

    rows: case ids are numbered (•••1), employees, personal data and columns without a likely role are masked (•••).
    missing: roles (case, activity, timestamp) that could not be guessed. confidence by role, 0..1.
    preview_cases: for the roles as they are, the first events as (numbered case, activity, ISO time) rows; empty while roles are missing.
    employees: columns about employees, which cannot be case, activity or unit. sheets: of a workbook, those that hold anything.
    object_types: of an object-centric log, what may be the case. guesses: of every column that was given no role, in their order; those
    that were filled in stand in the options too.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_rows: int
    options: ReadOptions
    confidence: dict[str, float]
    missing: tuple[str, ...]
    readings: dict[str, tuple[TimestampReading, ...]]
    preview_cases: tuple[tuple[str, str, str], ...] = ()
    employees: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    object_types: tuple[str, ...] = ()
    guesses: tuple[ColumnGuess, ...] = ()


class ProjectFacts(Struct, frozen=True):
    """What the user writes when a project is made; delete_by is an ISO date."""

    name: str
    purpose: str
    legal_basis: str
    delete_by: str
    synthetic: bool = False


class ViewState(Struct, frozen=True):
    """What of the window's view is kept inside the encrypted project and restored on opening.

    first_places: the map was in use before better places for its steps were found, and stays as it stood. orientation: where its flow
    runs. moved: steps that were moved by hand. notation, miner and noise: how models are drawn and found. notion: what is the case, ""
    for that of the import. hidden_types, object_steps, object_paths: of the map of objects. same_facts: what two
    sources tell alike.
    """

    selection: Selection = Selection()
    steps: int | None = None
    paths: int | None = None
    colour: Metric = Metric.MEDIAN
    label: Metric = Metric.OCCURRENCES
    second: Metric | None = Metric.MEDIAN
    page: str = "map"
    notation: Notation = Notation.BPMN
    miner: Miner = Miner.INDUCTIVE
    noise: float = 0.2
    first_places: bool = False
    orientation: Orientation = Orientation.AUTO
    moved: tuple[MovedStep, ...] = ()
    notion: str = ""
    hidden_types: tuple[str, ...] = ()
    object_steps: int | None = None
    object_paths: int | None = None
    same_facts: tuple[SameFact, ...] = ()


class ObjectCount(Struct, frozen=True):
    """A type of object and how many the log has; notion: whether it is what the cases are now."""

    name: str
    objects: int
    notion: bool = False


class LogSummary(Struct, frozen=True):
    """Counts of the open log and its period (microseconds since 1970 UTC, None without times)."""

    n_cases: int
    n_events: int
    n_activities: int
    n_variants: int
    first_event: int | None
    last_event: int | None
    activities: tuple[str, ...]
    roles: ColumnRoles
    notices: tuple[Notice, ...]


class Opened(Struct, frozen=True):
    """The answer to Open and UseRoles. preview is set, and summary not, when a table waits for its roles.

    object_types: what may be the case, where there is a choice. standing: whether the data are signed.
    """

    kind: FileKind
    name: str
    encrypted: bool
    read_only: bool = False
    summary: LogSummary | None = None
    preview: TablePreview | None = None
    facts: ProjectFacts | None = None
    view: ViewState = ViewState()
    saved_at: str | None = None
    timezone: str = "UTC"
    object_types: tuple[ObjectCount, ...] = ()
    standing: Standing = Standing()


class SaveProject(Veiled, frozen=True, tag=True):
    """Save the open log: a new project is encrypted to a new identity under `passphrase` and to `recovery_recipient` (age1…),
    an open one is written anew (its recovery key stays when none is given). analyst: the user's own public key, which opens it too."""

    folder: str
    facts: ProjectFacts
    passphrase: str
    recovery_recipient: str | None = None
    view: ViewState = ViewState()
    analyst: str | None = None


class SaveView(Struct, frozen=True, tag=True):
    """Keep the view state in the open project (state.age)."""

    view: ViewState


class Saved(Struct, frozen=True):
    """The project as it now stands on disk."""

    folder: str
    saved_at: str
    facts: ProjectFacts


class SuggestPassphrase(Struct, frozen=True, tag=True):
    """Ask for a six-word passphrase."""

    language: str = "da"


class PassphraseSuggestion(Veiled, frozen=True):
    """A passphrase and its entropy in bits."""

    passphrase: str
    bits: float
