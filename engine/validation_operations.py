"""Answers to questions about the validation of what stands open."""

from __future__ import annotations

from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.log.spells import Spells
from engine.performance.case_table import find_case
from engine.service import messages
from engine.tasks import Task
from engine.texts import Texts
from engine.validation import records
from engine.validation.values import Comment, Decision, Validation
from engine.validation.versions import data_version
from engine.validation.words import standing_sentence
from engine.validation_room import Change, Room
from engine.vault.audit_log import Fact, timestamp
from engine.workspace import Workspace

FINDING = N_("Looking up how the validation stands")
DRAWING = N_("Drawing the sample")
NO_SUCH_CASE = N_("The log has no such case.")
NO_SUCH_EVENT = N_("The case has no such step.")


def show_validation(workspace: Workspace, _question: messages.ValidationQuery, task: Task) -> messages.ValidationRoom:
    """How the validation of the open data stands."""
    task.report(None, FINDING)
    room = _room(workspace)
    return room.view(room.validation(task))


def draw_sample(workspace: Workspace, question: messages.DrawSample, task: Task) -> messages.Sample:
    """A sample of all cases by a seed, which is kept where the project can be written."""
    task.report(None, DRAWING)
    room = _room(workspace)
    sample = room.sample(question, workspace.study.variants(task), task)
    known = room.validation(task)
    if room.can_keep and records.with_draw(known, sample.draw) is not known:
        drawn: dict[str, Fact] = {"seed": sample.draw.seed, "cases": sample.draw.n, "method": sample.draw.method.value}
        room.change(lambda held: records.with_draw(held, sample.draw), "sample", drawn, task)
    return sample


def look_at(workspace: Workspace, question: messages.LookAt, task: Task) -> messages.ValidationRoom:
    """A case of the sample was shown; showing it was noted for the audit log when its events were asked for."""
    room = _room(workspace)
    _case_of(room.log, question.case)
    if not room.can_keep:
        return room.view(room.validation(task))
    return room.view(room.change(lambda held: records.with_looked_at(held, question.case), "", {}, task))


def write_comment(workspace: Workspace, question: messages.WriteComment, task: Task) -> messages.ValidationRoom:
    """A comment is written, or takes the place of another."""
    log = workspace.study.log
    case = _case_of(log, question.case)
    if question.step is not None and not 0 <= question.step < int(log.offsets[case + 1] - log.offsets[case]):
        raise BadInput(NO_SUCH_EVENT)

    def written(held: Validation) -> Validation:
        version = "" if held.current is None else held.current.sha256
        comment = Comment(
            number=question.number,
            version=version,
            case=question.case,
            step=question.step,
            kind=question.kind,
            text=question.text,
            by=question.by,
            at=timestamp(),
            settled=question.settled,
        )
        return records.with_comment(held, comment)

    facts: dict[str, Fact] = {"case": question.case, "kind": question.kind.value, "changed": int(question.number > 0)}
    return _changed(workspace, written, "comment", facts, task)


def remove_comment(workspace: Workspace, question: messages.RemoveComment, task: Task) -> messages.ValidationRoom:
    """A comment is taken away."""
    gone: dict[str, Fact] = {"number": question.number}
    return _changed(workspace, lambda held: records.without_comment(held, question.number), "comment_removed", gone, task)


def decide_step(workspace: Workspace, question: messages.DecideStep, task: Task) -> messages.ValidationRoom:
    """A step of the wash is accepted or rejected."""

    def decided(held: Validation) -> Validation:
        now, decision = held.current, None
        if now is not None and question.accepted is not None:
            accepted, reason = question.accepted, question.reason
            decision = Decision(now.sha256, now.recipe, question.file, question.step, accepted, reason, timestamp())
        return records.with_decision(held, decision, question.file, question.step)

    verdict = {True: "accepted", False: "rejected", None: "open"}[question.accepted]
    facts: dict[str, Fact] = {"file": question.file, "step": question.step, "verdict": verdict}
    return _changed(workspace, decided, "wash_step", facts, task)


def sign_data(workspace: Workspace, question: messages.SignData, task: Task) -> messages.ValidationRoom:
    """The version of the data is signed."""
    version = _room(workspace).version(task)
    return _changed(workspace, lambda held: records.with_signature(held, question.by, timestamp()), "sign", {"version": version}, task)


def withdraw_signature(workspace: Workspace, _question: messages.WithdrawSignature, task: Task) -> messages.ValidationRoom:
    """The signature is taken back."""
    version = _room(workspace).version(task)
    return _changed(workspace, lambda held: records.without_signature(held, timestamp()), "sign_withdrawn", {"version": version}, task)


def mark(workspace: Workspace, texts: Texts, task: Task) -> str:
    """What files of the open data say about them; "" for a log that comes from no file."""
    if not workspace.has_source:
        return ""
    found, zone = _room(workspace).standing(task), workspace.source.options.timezone
    return standing_sentence(found, texts, zone)


def _room(workspace: Workspace) -> Room:
    """The validation of what stands open; the version of its log is found once."""

    def version(log: EventLog, task: Task, spells: Spells | None) -> str:
        return workspace.study.whole.find("data version", lambda: data_version(log, task, spells), task)

    return Room(workspace.source, version)


def _changed(workspace: Workspace, what: Change, event: str, facts: dict[str, Fact], task: Task) -> messages.ValidationRoom:
    room = _room(workspace)
    return room.view(room.change(what, event, facts, task))


def _case_of(log: EventLog, pseudonym: str) -> int:
    case = find_case(log, pseudonym)
    if case is None:
        raise BadInput(NO_SUCH_CASE)
    return case
