"""What a recipe says: how the tables of an extract are read, which columns play which role, and the steps that wash their rows."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.agreement.values import SameFact
from engine.log.columns import ColumnRoles

VERSION = 1


class Step(Struct, frozen=True, forbid_unknown_fields=True, tag_field="step"):
    """One step of a wash. paused: the step is kept in the recipe and does nothing."""

    paused: bool = False


class Trim(Step, frozen=True, kw_only=True, tag="trim"):
    """Take blanks away at both ends of the cells and make one of several within; without columns, in all of them."""

    columns: tuple[str, ...] = ()


class UnifySpelling(Step, frozen=True, kw_only=True, tag="unify_spelling"):
    """Write cells alike that differ only in capitals, blanks, signs or in how their accents are put together: as the most frequent one."""

    column: str


class RepairEncoding(Step, frozen=True, kw_only=True, tag="repair_encoding"):
    """Mend cells that were written in UTF-8 and read as another encoding ("Ã¦" is "æ"), where that is certain; without columns, in all."""

    columns: tuple[str, ...] = ()


class UnifyDecimals(Step, frozen=True, kw_only=True, tag="unify_decimals"):
    """Write decimal numbers with one sign and without signs between thousands; cells that may be either are left as they are."""

    columns: tuple[str, ...]
    sign: Literal[",", "."] = ","


class UnifyIds(Step, frozen=True, kw_only=True, tag="unify_ids"):
    """Write ids alike: without blanks, hyphens and signs between their parts, in capitals, and without zeros at the beginning.

    So 010190-1234, 0101901234 and 101901234 are one, in every file that has the step.
    """

    columns: tuple[str, ...]


class MapValues(Step, frozen=True, kw_only=True, tag="map_values"):
    """Replace cells by those of a table, such as codes by activities; `into` another column when it is given."""

    column: str
    table: dict[str, str]
    into: str | None = None


class JoinColumns(Step, frozen=True, kw_only=True, tag="join_columns"):
    """Make one column of several, such as an activity of a type and its outcome; empty cells are left out."""

    columns: tuple[str, ...]
    into: str
    separator: str = " – "


class SplitActivity(Step, frozen=True, kw_only=True, tag="split_activity"):
    """Tell one activity apart by the cells of another column: "Decision" becomes "Decision – granted" and "Decision – refused"."""

    activity: str
    by: str
    separator: str = " – "


class KeepRows(Step, frozen=True, kw_only=True, tag="keep_rows"):
    """Keep only the rows whose cell is one of the values."""

    column: str
    values: tuple[str, ...]


class DropRows(Step, frozen=True, kw_only=True, tag="drop_rows"):
    """Leave out the rows whose cell is one of the values, such as cancelled events."""

    column: str
    values: tuple[str, ...]


class DropCases(Step, frozen=True, kw_only=True, tag="drop_cases"):
    """Leave out the cases in which any cell of a column is one of the values or matches a pattern (RE2), such as those of test citizens."""

    column: str
    values: tuple[str, ...] = ()
    pattern: str | None = None


class DropDuplicates(Step, frozen=True, kw_only=True, tag="drop_duplicates"):
    """Keep the first of rows that are equal in all the columns; without columns, in all that are read."""

    columns: tuple[str, ...] = ()


class DropNearDuplicates(Step, frozen=True, kw_only=True, tag="drop_near_duplicates"):
    """Keep the last, or the first, of rows of one case with the same activity that follow one another within some minutes: a row and its
    corrections."""

    minutes: float
    keep: Literal["last", "first"] = "last"


class RepairSummerTime(Step, frozen=True, kw_only=True, tag="repair_summer_time"):
    """Move times of the hour that comes twice in autumn to its second coming where the order of the rows of a case shows it."""


class ClipPeriod(Step, frozen=True, kw_only=True, tag="clip_period"):
    """Leave out rows before a day, or from a day on (ISO dates in the time zone of the table); rows without a time stay."""

    first: str | None = None
    end: str | None = None


class SplitCases(Step, frozen=True, kw_only=True, tag="split_cases"):
    """Begin a new case where nothing has happened for some days; the parts are numbered: "17", "17 (2)"."""

    days: float


class SplitAtActivity(Step, frozen=True, kw_only=True, tag="split_at_activity"):
    """Begin a new case at every event with one of the activities; the parts are numbered: "17", "17 (2)"."""

    activities: tuple[str, ...]


class SplitAtChange(Step, frozen=True, kw_only=True, tag="split_at_change"):
    """Begin a new case where the cell of a column is another than in the row before, such as the benefit; empty cells change nothing."""

    column: str


class MergeCases(Step, frozen=True, kw_only=True, tag="merge_cases"):
    """Make one case of those that a column links: the id that a case had before it was given a new one."""

    earlier: str


class AgeBand(Step, frozen=True, kw_only=True, tag="age_band"):
    """Make of birth dates or CPR numbers the band of the age on the day of each event, or on a fixed day (ISO date), and drop them.

    bands: the ages at which a band begins. format: strptime pattern of the dates; None: find out.
    """

    column: str
    into: str
    on: str | None = None
    bands: tuple[int, ...] = (18, 25, 30, 40, 50, 60)
    format: str | None = None


class KeywordActivity(Step, frozen=True, kw_only=True, tag="keyword_activity"):
    """Make activities of free text by a table of keywords, the first that is found, and drop the text.

    otherwise: the column that is taken where none is found; None: nothing.
    """

    column: str
    table: dict[str, str]
    into: str
    otherwise: str | None = None


class CaseworkerOrder(Step, frozen=True, kw_only=True, tag="caseworker_order"):
    """Tell which caseworker of the case it was (word 1, word 2, … by first event) and drop who it was: enough to see handovers."""

    column: str
    into: str
    word: str = "Sagsbehandler"


AnyStep = (
    Trim
    | UnifySpelling
    | RepairEncoding
    | UnifyDecimals
    | UnifyIds
    | MapValues
    | JoinColumns
    | SplitActivity
    | KeepRows
    | DropRows
    | DropCases
    | DropDuplicates
    | DropNearDuplicates
    | RepairSummerTime
    | ClipPeriod
    | SplitCases
    | SplitAtActivity
    | SplitAtChange
    | MergeCases
    | AgeBand
    | KeywordActivity
    | CaseworkerOrder
)


class TableRecipe(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of an extract. columns: those that it had when the recipe was made, by which next month's is told; None: find out.
    source: what the system is called, "" for the name of the file; same: which of its activities tell of the same facts as another's.
    sheet: of a workbook. object_type: what is the case in an object-centric log. kind: whether its rows are events, or spells: states that
    cases were in from one time to another (roles case, state, from and to)."""

    roles: ColumnRoles
    columns: tuple[str, ...] = ()
    timestamp_format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    timezone: str = "Europe/Copenhagen"
    sheet: str | None = None
    object_type: str | None = None
    kind: Literal["events", "spells"] = "events"
    steps: tuple[AnyStep, ...] = ()
    source: str = ""
    same: tuple[SameFact, ...] = ()


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """How an extract becomes a log; it holds no data of any case. tables: one per kind of file."""

    tables: tuple[TableRecipe, ...]
    name: str = ""
    version: int = VERSION


class Change(Struct, frozen=True):
    """One cell before and after a step: its row in the file, its column, and both texts as they may be shown; None: the row left."""

    row: int
    column: str
    before: str
    after: str | None


class CodeDifference(Struct, frozen=True):
    """How the values before a step differ from those that it names.

    unknown, gone: how many distinct ones its table has none for, and how many that it names no longer occur; new, missing: those of them
    that may be named. renamed: missing ones and what they may be called now.
    """

    unknown: int = 0
    gone: int = 0
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    renamed: dict[str, str] = {}


class Outcome(Struct, frozen=True):
    """What a step did. rows_in, rows_out: rows before and after it; changed: rows that stayed and were changed; sample: some of both.
    unknown: distinct values for which its table has none; unread: rows whose cell could not be read as what the step needs.
    codes: how the values differ from those that the step names."""

    step: str
    rows_in: int
    rows_out: int
    changed: int
    paused: bool = False
    unknown: int = 0
    unread: int = 0
    sample: tuple[Change, ...] = ()
    codes: CodeDifference = CodeDifference()
