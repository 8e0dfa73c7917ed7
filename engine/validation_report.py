"""How the validation of a project stands, as the shell prints it, and what it prints of other things in the project with that."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import UNSET, Struct, UnsetType

from engine.description import Description
from engine.errors import N_, BadInput
from engine.log.columns import ReadOptions
from engine.log.variants import find_variants
from engine.service.opening_messages import Secret
from engine.service.validation_messages import DrawSample, Sample, SampledCase, ValidationRoom
from engine.sources import Source, read_kept
from engine.tasks import Task
from engine.texts import Texts
from engine.validation.values import CommentKind, Draw, Signed, Standing, short
from engine.validation.words import KINDS, METHODS, STRATA, standing_sentence
from engine.validation_room import Room
from engine.washing.words import name_of

NO_PROJECT = N_("{name} is not a project. What caseworkers say of data is kept in projects only.")


class StepVerdict(Struct, frozen=True):
    """A step of the wash by its name in recipes and in words, its rows, and its verdict: "accepted", "rejected" or "open"."""

    file: str
    number: int
    step: str
    words: str
    rows_in: int
    rows_out: int
    changed: int
    paused: bool
    verdict: str
    reason: str = ""


class ValidationReport(Struct, frozen=True):
    """What `validation` prints. signed and synthetic: as in `describe`. comments: how many of each kind; open: objections not answered."""

    project: str
    version: str
    cases: int
    events: int
    comments: dict[str, int]
    open: int
    looked_at: int
    steps: tuple[StepVerdict, ...]
    can_be_signed: bool
    draw: Draw | None = None
    sample: tuple[SampledCase, ...] = ()
    signed: bool | Signed | UnsetType = UNSET
    synthetic: bool | UnsetType = UNSET
    sentence: str = ""

    def readable(self, texts: Texts) -> str:
        """The report in lines."""
        counted = ", ".join(f"{texts(KINDS[CommentKind(kind)])} {texts.number(n)}" for kind, n in self.comments.items() if n)
        lines = [
            self.project,
            f"  {texts('Version of the data')}: {short(self.version)}…",
            f"  {texts('Cases that were looked at')}: {texts.number(self.looked_at)}",
            f"  {texts('Comments')}: {counted or texts('none')}",
            f"  {texts('Open objections')}: {texts.number(self.open)}",
        ]
        for step in self.steps:
            rows = {"rows_in": step.rows_in, "rows_out": step.rows_out, "changed": step.changed}
            counts = texts("{rows_in} → {rows_out} rows, {changed} changed", **rows)
            lines.append(f"  {step.file} {step.number}. {step.words}: {counts} ({texts(VERDICTS[step.verdict])})")
        if self.draw is not None:
            lines += ["", f"{texts(METHODS[self.draw.method])}, {texts('seed {seed}', seed=str(self.draw.seed))}"]
            lines += [f"  {case.case}  {texts(STRATA[case.stratum])}".rstrip() for case in self.sample]
        return "\n".join([*lines, "", self.sentence])


VERDICTS = {"open": N_("not decided"), "accepted": N_("accepted"), "rejected": N_("rejected")}


def report_on(folder: Path, secret: Secret, wanted: DrawSample | None, texts: Texts, task: Task) -> ValidationReport:
    """How the validation of a project stands, with the sample that is asked for, or else the last that was drawn."""
    source = read_kept(folder, secret, ReadOptions(), task.part(0.0, 0.6))[1] if folder.is_dir() else None
    if source is None:
        raise BadInput(NO_PROJECT, name=folder.name)
    room = Room(source)
    view = room.view(room.validation(task))
    if wanted is None and view.draw is not None:
        wanted = DrawSample(view.draw.n, view.draw.method, view.draw.seed)
    sample = None if wanted is None else room.sample(wanted, find_variants(room.log, task.part(0.6, 0.9)), task)
    sentence = standing_sentence(view.standing, texts, source.options.timezone)
    return msgspec.structs.replace(_report(source.name, view, sample, texts), sentence=sentence)


def _report(name: str, view: ValidationRoom, sample: Sample | None, texts: Texts) -> ValidationReport:
    kinds = {kind.value: sum(one.kind is kind for one in view.comments) for kind in CommentKind}
    told = _marks(view.standing)
    return ValidationReport(
        project=name,
        version=view.version.sha256,
        cases=view.version.cases,
        events=view.version.events,
        comments=kinds,
        open=sum(one.is_open for one in view.comments),
        looked_at=len(view.looked_at),
        steps=_verdicts(view, texts),
        can_be_signed=not view.rejected and not view.standing.synthetic,
        draw=None if sample is None else sample.draw,
        sample=() if sample is None else sample.cases,
        signed=told[0],
        synthetic=told[1],
    )


def _verdicts(view: ValidationRoom, texts: Texts) -> tuple[StepVerdict, ...]:
    decided = {(one.file, one.step): one for one in view.decisions}
    found = []
    for place, file in enumerate(view.version.files):
        for number, (step, outcome) in enumerate(zip(file.table.steps, file.outcomes, strict=True)):
            decision = decided.get((place, number))
            verdict = "open" if decision is None else "accepted" if decision.accepted else "rejected"
            reason = "" if decision is None else decision.reason
            names = (str(step.__struct_config__.tag), name_of(step, texts))
            rows = (outcome.rows_in, outcome.rows_out, outcome.changed)
            found.append(StepVerdict(file.file, number + 1, *names, *rows, outcome.paused, verdict, reason))
    return tuple(found)


def _marks(standing: Standing) -> tuple[bool | Signed | UnsetType, bool | UnsetType]:
    """Whether data are signed, as programs read it: not signed, or by whom; of made-up data neither is said, but that they are."""
    if standing.synthetic:
        return UNSET, True
    return (Signed(standing.version, standing.at, standing.by) if standing.signed else False), UNSET


def marked(description: Description, source: Source, task: Task) -> Description:
    """The numbers of a project with whether its data are signed."""
    signed, synthetic = _marks(Room(source).standing(task))
    return msgspec.structs.replace(description, signed=signed, synthetic=synthetic)


def mark_of(source: Source, texts: Texts, task: Task) -> str:
    """The same in a sentence."""
    return standing_sentence(Room(source).standing(task), texts, source.options.timezone)
