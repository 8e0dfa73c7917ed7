"""The validation room: the version of the data and who answers for it, samples of cases, comments, and decisions about the wash."""

from __future__ import annotations

from msgspec import Struct

from engine.validation.values import (
    Comment,
    CommentKind,
    DataVersion,
    Decision,
    Draw,
    Method,
    Signature,
    Standing,
    Stratum,
)


class ValidationQuery(Struct, frozen=True, tag=True):
    """Ask how the validation of the open data stands."""


class ValidationRoom(Struct, frozen=True):
    """How the validation stands. version: of the data; standing: what outputs say; comments and decisions: on this version only.

    rejected: decisions against steps, because of which the data cannot be signed. looked_at: cases of this version that were shown.
    can_keep: whether what is said is kept, in a project that can be written. is_project: whether there is a project at all.
    """

    version: DataVersion
    standing: Standing
    can_keep: bool
    is_project: bool
    draw: Draw | None = None
    comments: tuple[Comment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rejected: tuple[Decision, ...] = ()
    looked_at: tuple[str, ...] = ()
    versions: tuple[DataVersion, ...] = ()
    signatures: tuple[Signature, ...] = ()


class DrawSample(Struct, frozen=True, tag=True):
    """Draw a sample of all cases, whatever the filters. Without a seed one is drawn; it is kept with the project where that can be."""

    n: int
    method: Method
    seed: int | None = None


class SampledCase(Struct, frozen=True):
    """A case of a sample under its pseudonym, where it comes from, its events, and how many cases run as it does."""

    case: str
    stratum: Stratum
    events: int
    alike: int


class Sample(Struct, frozen=True):
    """The cases of a draw, in the order in which they are to be shown."""

    draw: Draw
    cases: tuple[SampledCase, ...]
    n_cases: int


class LookAt(Struct, frozen=True, tag=True):
    """A case of the sample is on the screen; its answer is the ValidationRoom, as that of all questions below."""

    case: str


class WriteComment(Struct, frozen=True, tag=True):
    """Say something of a case, or of one of its steps (its place from 0); number: of the comment that this takes the place of."""

    case: str
    step: int | None
    kind: CommentKind
    text: str
    by: str
    settled: bool = False
    number: int = 0


class RemoveComment(Struct, frozen=True, tag=True):
    """Take a comment away."""

    number: int


class DecideStep(Struct, frozen=True, tag=True):
    """Accept (True) or reject (False) a step of the wash, by its file and place; None: neither any longer."""

    file: int
    step: int
    accepted: bool | None
    reason: str = ""


class SignData(Struct, frozen=True, tag=True):
    """Sign the version of the data in a role."""

    by: str


class WithdrawSignature(Struct, frozen=True, tag=True):
    """Take the signature back; the history keeps it."""
