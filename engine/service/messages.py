"""What crosses the door between the window (or the command line) and the engine: questions, answers, and nothing else.

Every question is a frozen struct; ANSWERS names the struct that answers it. This module imports no data library.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import Struct

from engine.errors import Value
from engine.layout.values import MapLayout
from engine.log.columns import ColumnRoles, Notice, ReadOptions
from engine.log.selection import Selection
from engine.process_map.values import Metric, ProcessMap, Times


class Veiled(Struct, frozen=True):
    """A struct with a passphrase: what is printed of it is its name."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Secret(Veiled, frozen=True):
    """What opens an encrypted file: a passphrase, or an identity file (itself plain or locked by the passphrase)."""

    passphrase: str | None = None
    identity_path: str | None = None


class FileKind(StrEnum):
    """What was opened."""

    PROJECT = "project"
    LOG = "log"
    TABLE = "table"


# ---- opening -----------------------------------------------------------------------------------------------------------------


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


class TablePreview(Struct, frozen=True):
    """First rows of a table as text, guessed roles and options. readings: by role (timestamp, start), more than one where undecidable.

    rows: case ids are numbered (•••1), employees, personal data and columns without a likely role are masked (•••).
    missing: roles (case, activity, timestamp) that could not be guessed. confidence by role, 0..1.
    preview_cases: for the roles as they are, the first events as (numbered case, activity, ISO time) rows; empty while roles are missing.
    employees: columns about employees, which cannot be case, activity or unit.
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


class ProjectFacts(Struct, frozen=True):
    """What the user writes when a project is made; delete_by is an ISO date."""

    name: str
    purpose: str
    legal_basis: str
    delete_by: str
    synthetic: bool = False


class ViewState(Struct, frozen=True):
    """What of the window's view is kept inside the encrypted project and restored on opening."""

    selection: Selection = Selection()
    steps: int | None = None
    paths: int | None = None
    colour: Metric = Metric.MEDIAN
    label: Metric = Metric.OCCURRENCES
    second: Metric | None = Metric.MEDIAN
    page: str = "map"


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
    """The answer to Open and UseRoles. preview is set, and summary not, when a table waits for its roles."""

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


# ---- projects ----------------------------------------------------------------------------------------------------------------


class SaveProject(Veiled, frozen=True, tag=True):
    """Save the open log: a new project is encrypted to a new identity under `passphrase` and to `recovery_recipient` (age1…),
    an open one is written anew (its recovery key stays when none is given)."""

    folder: str
    facts: ProjectFacts
    passphrase: str
    recovery_recipient: str | None = None
    view: ViewState = ViewState()


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


# ---- analyses ----------------------------------------------------------------------------------------------------------------


class MapQuery(Struct, frozen=True, tag=True):
    """Ask for the process map and its layout. steps and paths: how many of the ranked ones (None: the readable default).

    guarded asks for the twin that may leave the screen; it keeps the places of the exact one. language: "da" or "en", for the labels.
    """

    selection: Selection = Selection()
    steps: int | None = None
    paths: int | None = None
    colour: Metric = Metric.MEDIAN
    label: Metric = Metric.OCCURRENCES
    second: Metric | None = Metric.MEDIAN
    guarded: bool = False
    projector: bool = False
    language: str = "da"


class MapAnswer(Struct, frozen=True):
    """The map, where everything stands, and how far the sliders can go. refined: False while a better arrangement is still being sought."""

    query: MapQuery
    map: ProcessMap
    layout: MapLayout
    steps_max: int
    paths_max: int
    refined: bool = True


class StepQuery(Struct, frozen=True, tag=True):
    """Ask for the numbers of one step (its code)."""

    step: int
    selection: Selection = Selection()


class PathQuery(Struct, frozen=True, tag=True):
    """Ask for the numbers and the waiting-time histogram of one path (codes; START and END allowed)."""

    source: int
    target: int
    selection: Selection = Selection()


class Histogram(Struct, frozen=True):
    """Counts per bin; edges (seconds) has one more entry. The last bin also holds everything above when `open_ended`."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    open_ended: bool = False


class Neighbour(Struct, frozen=True):
    """A step before or after the one asked for, with the number of transitions."""

    step: int
    name: str
    occurrences: int


class StepDetails(Struct, frozen=True):
    """Numbers of one step within the selection. service: time between start and end stamp where the log has both."""

    query: StepQuery
    name: str
    cases: int
    occurrences: int
    max_repetitions: int
    self_loops: int
    start_cases: int
    end_cases: int
    n_cases: int
    service: Times | None
    waiting_before: Times | None
    histogram: Histogram | None
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]


class PathDetails(Struct, frozen=True):
    """Numbers of one path within the selection. cases_without: cases of the selection that do not have it."""

    query: PathQuery
    source_name: str
    target_name: str
    cases: int
    occurrences: int
    max_repetitions: int
    cases_without: int
    untimed: int
    times: Times | None
    histogram: Histogram | None


class VariantsQuery(Struct, frozen=True, tag=True):
    """Ask for a page of variants, most frequent first."""

    selection: Selection = Selection()
    offset: int = 0
    limit: int = 200


class Variant(Struct, frozen=True):
    """One variant: rank from 1, its cases, the activity codes, and the median case duration in seconds."""

    rank: int
    cases: int
    activities: tuple[int, ...]
    median_seconds: float | None


class Variants(Struct, frozen=True):
    """A page of variants. coverage: (number of variants, share of cases) points of the coverage curve; half and most: variants that cover
    50 % and 80 % of the cases."""

    query: VariantsQuery
    n_variants: int
    n_cases: int
    variants: tuple[Variant, ...]
    coverage: tuple[tuple[int, float], ...]
    half: int
    most: int


class CaseColumn(StrEnum):
    """Columns of the case table."""

    CASE = "case"
    START = "start"
    END = "end"
    DURATION = "duration"
    EVENTS = "events"
    VARIANT = "variant"


class CasesQuery(Struct, frozen=True, tag=True):
    """Ask for rows offset..offset+limit of the case table under a sort order."""

    selection: Selection = Selection()
    offset: int = 0
    limit: int = 200
    sort: CaseColumn = CaseColumn.START
    descending: bool = False


class CaseRow(Struct, frozen=True, array_like=True):
    """One case under its pseudonym; start and end in microseconds since 1970 UTC, variant as its rank."""

    case: str
    start: int | None
    end: int | None
    duration_seconds: float | None
    events: int
    variant: int


class Cases(Struct, frozen=True):
    """A page of the case table; n_cases is the length of the whole one."""

    query: CasesQuery
    n_cases: int
    rows: tuple[CaseRow, ...]


class CaseQuery(Struct, frozen=True, tag=True):
    """Ask for the events of one case by its pseudonym."""

    case: str


class CaseEvent(Struct, frozen=True, array_like=True):
    """One event; time in microseconds since 1970 UTC."""

    activity: str
    time: int | None
    start: int | None
    unit: str | None


class CaseDetails(Struct, frozen=True):
    """All events of one case in order."""

    query: CaseQuery
    events: tuple[CaseEvent, ...]


class NumbersQuery(Struct, frozen=True, tag=True):
    """Ask for the durations and activity over time of the selection; timezone (IANA) decides days and months."""

    selection: Selection = Selection()
    timezone: str = "Europe/Copenhagen"


class OverTime(Struct, frozen=True):
    """Counts per period; starts are microseconds since 1970 UTC; unit is "day", "week" or "month"."""

    unit: str
    starts: tuple[int, ...]
    started: tuple[int, ...]
    ended: tuple[int, ...]
    active: tuple[int, ...]
    events: tuple[int, ...]


class ActivityCount(Struct, frozen=True):
    """Occurrences of an activity and the cases that have it."""

    step: int
    name: str
    occurrences: int
    cases: int


class Numbers(Struct, frozen=True):
    """Case durations (seconds), their histogram, events per case, and what happens over time. durations is None without times."""

    query: NumbersQuery
    n_cases: int
    n_events: int
    n_variants: int
    durations: Times | None
    duration_histogram: Histogram | None
    events_per_case: Histogram
    over_time: OverTime | None
    activities: tuple[ActivityCount, ...]


class Prepare(Struct, frozen=True, tag=True):
    """Build the indexes that make later answers instant (sent once, after the first map is on the screen)."""


class Prepared(Struct, frozen=True):
    """The indexes stand."""


class RecordExport(Struct, frozen=True, tag=True):
    """Tell the audit log that a file left the screen: kind (svg, pdf, png, json), guard minimum and the file's SHA-256."""

    kind: str
    k: int
    sha256: str


class Recorded(Struct, frozen=True):
    """The audit log holds the record, unless the project can only be read."""


Question = (
    Open | PreviewTable | UseRoles | SaveProject | SaveView | SuggestPassphrase | MapQuery | StepQuery | PathQuery | VariantsQuery
    | CasesQuery | CaseQuery | NumbersQuery | Prepare | RecordExport
)

ANSWERS: dict[type[Struct], type[Struct]] = {
    Open: Opened,
    PreviewTable: Opened,
    UseRoles: Opened,
    SaveProject: Saved,
    SaveView: Saved,
    SuggestPassphrase: PassphraseSuggestion,
    MapQuery: MapAnswer,
    StepQuery: StepDetails,
    PathQuery: PathDetails,
    VariantsQuery: Variants,
    CasesQuery: Cases,
    CaseQuery: CaseDetails,
    NumbersQuery: Numbers,
    Prepare: Prepared,
    RecordExport: Recorded,
}


# ---- the envelope ------------------------------------------------------------------------------------------------------------


class Ask(Struct, frozen=True, tag="ask"):
    """Window to engine: answer this question. A newer question of the same type cancels an older one unless it was asked with keep."""

    number: int
    question: Question
    keep: bool = False


class Stop(Struct, frozen=True, tag="stop"):
    """Window to engine: stop working on a question."""

    number: int


class Progress(Struct, frozen=True, tag="progress"):
    """Engine to window: how far a question has come (0..1, None unknown) and what is being done (catalogue sentence)."""

    number: int
    fraction: float | None
    message: str
    values: dict[str, Value] = {}


class Answer(Struct, frozen=True, tag="answer"):
    """Engine to window: the answer, still encoded; `decode` it with ANSWERS of the question."""

    number: int
    body: msgspec.Raw


class Failed(Struct, frozen=True, tag="failed"):
    """Engine to window: no answer. kind: BadInput, WrongKey, Cancelled, or Defect (a bug: exception type and code place only)."""

    number: int
    kind: str
    message: str
    values: dict[str, Value] = {}


ToEngine = Ask | Stop
ToWindow = Progress | Answer | Failed
