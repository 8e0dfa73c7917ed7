"""What the validation of a project holds, as plain values: versions of the data, samples, comments, decisions and signatures."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.washing.values import TableRecipe

MOST_CASES = 200
"""Most cases of one sample: more are looked at by nobody."""
LONGEST_TEXT, LONGEST_ROLE = 1000, 80
SHORT = 12
"""Digits of a version that people read."""
MOST_SEED = 10**18 - 1


class Method(StrEnum):
    """How a sample is drawn: every case alike, or as many of the common, the others, the rare and the longest courses."""

    RANDOM = "random"
    BY_VARIANT = "by_variant"


class Stratum(StrEnum):
    """Where a sampled case comes from."""

    ALL = "all"
    COMMON = "common"
    OTHER = "other"
    RARE = "rare"
    LONGEST = "longest"


class CommentKind(StrEnum):
    """What a caseworker says of a case or step."""

    AGREES = "agrees"
    MISSING = "missing"
    ORDER = "order"
    TIME = "time"
    OTHER = "other"


class Standing(Struct, frozen=True):
    """Whether the open data are signed, as every output says. version: of the signed data (hex); at: ISO 8601, UTC; by: role and unit."""

    synthetic: bool = False
    signed: bool = False
    version: str = ""
    at: str = ""
    by: str = ""


class Signed(Struct, frozen=True):
    """A signature as programs read it."""

    version: str
    at: str
    by: str


class StepOutcome(Struct, frozen=True, forbid_unknown_fields=True):
    """What a step of the wash did, in rows."""

    rows_in: int
    rows_out: int
    changed: int
    paused: bool = False


class WashedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of an import: its rows, the events that they became, how it was read, and what each of its steps did."""

    file: str
    sha256: str
    rows: int
    events: int
    table: TableRecipe
    outcomes: tuple[StepOutcome, ...]


class DataVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the data. sha256: of the log without its case ids; recipe: of how it was made, "" where it was opened as it is.

    at: when it was first known (ISO 8601, UTC).
    """

    sha256: str
    at: str
    cases: int
    events: int
    recipe: str = ""
    files: tuple[WashedFile, ...] = ()


class Draw(Struct, frozen=True, forbid_unknown_fields=True):
    """A sample that was drawn; the same seed, number and method give the same cases of the same version."""

    version: str
    seed: int
    n: int
    method: Method
    at: str = ""


class Comment(Struct, frozen=True, forbid_unknown_fields=True):
    """A caseworker's comment on a case, or on one of its steps (its place from 0). by: a role; settled: an objection that was answered."""

    number: int
    version: str
    case: str
    step: int | None
    kind: CommentKind
    text: str
    by: str
    at: str
    changed_at: str = ""
    settled: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it objects to something and was not answered."""
        return self.kind is not CommentKind.AGREES and not self.settled


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """What was decided about a step of the wash: its file and place (from 0), and why."""

    version: str
    recipe: str
    file: int
    step: int
    accepted: bool
    reason: str
    at: str


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody answers, in a role, for a version of the data as a recipe made it. What it rests on: cases that were looked at, comments,
    objections that were open. withdrawn_at: when it was taken back."""

    version: str
    recipe: str
    by: str
    at: str
    cases: int
    comments: int
    objections: int
    withdrawn_at: str = ""


class LookedAt(Struct, frozen=True, forbid_unknown_fields=True):
    """The cases of a version that were shown (pseudonyms)."""

    version: str
    cases: tuple[str, ...]


class Validation(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything about the validation of a project, oldest first; the last version is the one of the data.

    data: checksum of the encrypted events whose version that is, by which it is known whether they were written anew.
    """

    versions: tuple[DataVersion, ...] = ()
    data: str = ""
    draws: tuple[Draw, ...] = ()
    comments: tuple[Comment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    signatures: tuple[Signature, ...] = ()
    looked_at: tuple[LookedAt, ...] = ()

    @property
    def current(self) -> DataVersion | None:
        """The version of the data as far as it is known."""
        return self.versions[-1] if self.versions else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet by anybody."""
        return not (self.draws or self.comments or self.decisions or self.signatures or self.looked_at)


def short(version: str) -> str:
    """A version as people read it."""
    return version[:SHORT]
