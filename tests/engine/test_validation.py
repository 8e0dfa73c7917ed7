"""Caseworkers look at a sample of the cases of a project, say what is wrong, decide about the wash, and sign the version of the data."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from engine import operations, sources
from engine.errors import BadInput, Cancelled
from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.personal_scan import scan
from engine.service import messages
from engine.service.messages import SaveProject, Secret
from engine.tasks import Task
from engine.texts import Texts
from engine.validation import records
from engine.validation.keeping import kept
from engine.validation.values import CommentKind, Method, Stratum, Validation
from engine.validation.versions import data_version
from engine.validation.words import standing_sentence
from engine.validation_room import Room
from engine.washing import values as steps
from engine.washing.values import Recipe, TableRecipe
from engine.workspace import Workspace
from tests.projects import FACTS, PASSPHRASE, contents_of, files_in, lock_quickly, make, reopen, small_log

BY = "sagsbehandler, team 2"
EXTRACT = """sag;skridt;tid;enhed
1; Ansøgning;2026-03-01 08:00;Nord
1;Visitation;2026-03-02 09:00;Nord
1;Visitation;2026-03-02 09:00;Nord
2;Ansøgning;2026-03-03 10:00;Syd
2;Afgørelse;2026-03-09 11:00;Syd
3;ansøgning;2026-03-04 10:00;Syd
"""
ROLES = ColumnRoles("sag", "skridt", "tid", unit="enhed")


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


class Visitor:
    """A project that stands open, and the questions that are asked about it."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace()
        self.ask(messages.Open(str(folder), Secret(PASSPHRASE)))

    def ask(self, question: msgspec.Struct) -> object:
        answered = operations.answer(self.workspace, question, Task())
        kind = messages.ANSWERS[type(question)]
        return msgspec.msgpack.decode(msgspec.msgpack.encode(answered), type=kind)

    def room(self) -> messages.ValidationRoom:
        return self.ask(messages.ValidationQuery())  # type: ignore[return-value]

    def sample(self, n: int = 6, seed: int | None = 7, method: Method = Method.BY_VARIANT) -> messages.Sample:
        return self.ask(messages.DrawSample(n, method, seed))  # type: ignore[return-value]

    def comment(self, case: str, text: str, kind: CommentKind = CommentKind.MISSING, **more: object) -> messages.ValidationRoom:
        fields = {"step": None, "by": BY, **more}
        return self.ask(messages.WriteComment(case, kind=kind, text=text, **fields))  # type: ignore[arg-type,return-value]

    def standing(self) -> str:
        return standing_sentence(Room(self.workspace.source).standing(Task()), Texts("en"), "UTC")


def imported(folder: Path, *own_steps: steps.AnyStep, extract: str = EXTRACT, roles: ColumnRoles = ROLES) -> Path:
    file = folder / "udtræk.csv"
    file.write_text(extract, "utf-8")
    recipe = Recipe((TableRecipe(roles, delimiter=";", steps=own_steps),))
    _intake, source = take_in([(file, Secret())], recipe, Task())
    sources.save_project(source, SaveProject(str(folder / "p"), FACTS, PASSPHRASE), Task())
    return folder / "p"


@pytest.fixture
def room(tmp_path: Path) -> Visitor:
    make(tmp_path / "p")
    return Visitor(tmp_path / "p")


def audit(folder: Path) -> list[str]:
    return [record.event for record in reopen(folder).read_audit(Task())]


# ---- the sample ----------------------------------------------------------------------------------------------------------------


def test_a_sample_is_the_same_whenever_its_seed_is_drawn_and_the_last_is_remembered(room: Visitor, tmp_path: Path) -> None:
    first = room.sample()
    assert len(first.cases) == 6
    assert first.n_cases == 20
    assert {case.stratum for case in first.cases} >= {Stratum.RARE}
    assert room.sample() == msgspec.structs.replace(first, draw=room.sample().draw)
    again = Visitor(tmp_path / "p")
    assert again.sample().cases == first.cases
    assert again.room().draw is not None
    assert again.room().draw.seed == 7
    events = again.ask(messages.CaseQuery(first.cases[0].case)).events  # type: ignore[attr-defined]
    assert len(events) == first.cases[0].events
    assert room.sample(seed=8).cases != first.cases


def test_a_step_that_tells_its_day_only_is_shown_so(tmp_path: Path) -> None:
    rows = "sag;skridt;tid\n1;Ansøgning;2026-03-01 08:00\n1;Brev;2026-03-02\n2;Ansøgning;2026-03-03 10:00\n2;Brev;2026-03-05\n"
    room = Visitor(imported(tmp_path, extract=rows, roles=ColumnRoles("sag", "skridt", "tid")))
    events = room.ask(messages.CaseQuery(room.sample(n=1).cases[0].case)).events  # type: ignore[attr-defined]
    assert [event.day_only for event in events] == [False, True]


def test_without_a_seed_one_is_drawn_and_told(room: Visitor) -> None:
    sample = room.sample(seed=None, method=Method.RANDOM)
    assert 100_000 <= sample.draw.seed < 1_000_000
    assert room.sample(seed=sample.draw.seed, method=Method.RANDOM).cases == sample.cases
    assert len(room.sample(n=200).cases) == 20, "more than there are: all of them"
    for n in (0, 201):
        with pytest.raises(BadInput, match="from 1 to 200"):
            room.sample(n=n)


def test_drawing_is_stopped_at_once(room: Visitor) -> None:
    with pytest.raises(Cancelled):
        operations.answer(room.workspace, messages.DrawSample(5, Method.RANDOM), Task(is_cancelled=lambda: True))
    assert room.room().draw is None


# ---- comments ------------------------------------------------------------------------------------------------------------------


def test_comments_are_kept_changed_settled_and_taken_away(room: Visitor, tmp_path: Path) -> None:
    case = room.sample().cases[0].case
    room.ask(messages.LookAt(case))
    said = room.comment(case, "Afgørelsen kom før visitationen", CommentKind.ORDER, step=0).comments[0]
    assert (said.number, said.step, said.by, said.version) == (1, 0, BY, room.room().version.sha256)
    room.comment(case, "", CommentKind.AGREES)
    changed = room.comment(case, "Visitationen kom 12-03-2026", CommentKind.TIME, number=1, settled=True).comments[0]
    assert (changed.at, changed.step, changed.settled) == (said.at, None, True)
    assert changed.changed_at
    reopened = Visitor(tmp_path / "p").room()
    assert [comment.text for comment in reopened.comments] == ["Visitationen kom 12-03-2026", ""]
    assert reopened.looked_at == (case,)
    room.ask(messages.RemoveComment(1))
    assert [comment.number for comment in room.room().comments] == [2]
    with pytest.raises(BadInput, match="no such comment"):
        room.ask(messages.RemoveComment(1))
    with pytest.raises(BadInput, match="no such comment"):
        room.comment(case, "Forkert", number=9)
    assert {"sample", "comment", "comment_removed"} <= set(audit(tmp_path / "p"))


@pytest.mark.parametrize(
    "text",
    [
        "Borgeren 010170-1234 fik brev", "Ring til 12345678", "tlf. 33 66 33 66", "skriv til anna.holm@eksempel.dk",
        "Mette Jensen havde sagen", "det var Mette der ringede", "sag 1234567890",
    ],
)  # fmt: skip
def test_a_comment_that_tells_of_a_person_is_refused_and_not_kept(room: Visitor, text: str, tmp_path: Path) -> None:
    case = room.sample().cases[0].case
    with pytest.raises(BadInput, match="looks like a person's"):
        room.comment(case, text)
    assert room.room().comments == ()
    content = b"".join(path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file())
    assert text.encode() not in content


@pytest.mark.parametrize("text", ["Hans sag blev genåbnet 01-02-2026", "Per brev gik 14 dage", "2026-03-01 og 1.200 kr.", "Mangler §-brev"])
def test_ordinary_sentences_with_dates_and_numbers_are_kept(room: Visitor, text: str) -> None:
    assert room.comment(room.sample().cases[0].case, text).comments[0].text == text


@pytest.mark.parametrize("by", ["", "Mette Jensen", "Mette, team 2", "mj@kommune.dk", "x" * 81])
def test_comments_are_signed_by_a_role_and_never_by_a_name(room: Visitor, by: str) -> None:
    with pytest.raises(BadInput):
        room.comment(room.sample().cases[0].case, "Der mangler et brev", by=by)


def test_an_objection_says_what_is_wrong_about_a_case_and_step_that_exist(room: Visitor) -> None:
    case = room.sample().cases[0].case
    with pytest.raises(BadInput, match="Write what is wrong"):
        room.comment(case, "  ")
    with pytest.raises(BadInput, match="no such case"):
        room.comment("sag-0000", "Forkert")
    with pytest.raises(BadInput, match="no such step"):
        room.comment(case, "Forkert", step=99)
    with pytest.raises(BadInput, match="longer than"):
        room.comment(case, "ord " * 400)


def test_what_is_said_is_encrypted_on_disk(room: Visitor, tmp_path: Path) -> None:
    room.comment(room.sample().cases[0].case, "Afgørelsen kom før visitationen")
    [part] = [name for name in files_in(tmp_path / "p") if "validation" in str(name)]
    content = (tmp_path / "p" / part).read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"visitationen" not in content
    assert scan(tmp_path / "p", Secret(PASSPHRASE), Task()).clean


# ---- signing -------------------------------------------------------------------------------------------------------------------


def test_a_signature_says_what_it_rests_on_and_can_be_withdrawn(room: Visitor, tmp_path: Path) -> None:
    assert room.standing() == "The data are not validated."
    with pytest.raises(BadInput, match="Look at at least one case"):
        room.ask(messages.SignData("teamleder, team 2"))
    cases = [case.case for case in room.sample().cases[:3]]
    for case in cases:
        room.ask(messages.LookAt(case))
        room.ask(messages.LookAt(case))
    room.comment(cases[0], "Der mangler et brev")
    room.comment(cases[1], "", CommentKind.AGREES)
    with pytest.raises(BadInput, match="role and a unit"):
        room.ask(messages.SignData("Mette Jensen"))
    signed = room.ask(messages.SignData("teamleder, team 2"))
    [signature] = signed.signatures  # type: ignore[attr-defined]
    assert (signature.cases, signature.comments, signature.objections) == (3, 2, 1)
    assert room.standing().startswith("Data validated ")
    assert signature.version[:12] in room.standing()
    assert Visitor(tmp_path / "p").standing() == room.standing()
    withdrawn = room.ask(messages.WithdrawSignature())
    assert withdrawn.signatures[0].withdrawn_at  # type: ignore[attr-defined]
    assert room.standing() == "The data are not validated."
    with pytest.raises(BadInput, match="not signed"):
        room.ask(messages.WithdrawSignature())
    assert {"sign", "sign_withdrawn"} <= set(audit(tmp_path / "p"))


def signed_room(folder: Path) -> Visitor:
    room = Visitor(folder)
    room.ask(messages.LookAt(room.sample(n=1).cases[0].case))
    room.ask(messages.SignData("teamleder, team 2"))
    return room


def test_saving_the_project_anew_or_elsewhere_keeps_the_signature_of_its_data(tmp_path: Path) -> None:
    make(tmp_path / "p")
    room = signed_room(tmp_path / "p")
    for folder in (tmp_path / "p", tmp_path / "copy"):
        room.ask(SaveProject(str(folder), FACTS, PASSPHRASE))
        assert Visitor(folder).standing().startswith("Data validated ")
    assert len(Visitor(tmp_path / "copy").room().versions) == 1


def test_other_data_in_the_project_are_unsigned_and_the_history_stays(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    room = signed_room(tmp_path / "p")
    old = room.room().version.sha256
    room.comment(room.sample(n=1).cases[0].case, "Der mangler et brev")
    project = reopen(tmp_path / "p")
    project.save(contents_of(small_log(seed=2)), [("save", {})], Task())
    later = Visitor(tmp_path / "p")
    assert later.standing() == "The data are not validated."
    now = later.room()
    assert [version.sha256 for version in now.versions] == [old, now.version.sha256]
    assert now.version.sha256 != old
    assert [signature.version for signature in now.signatures] == [old]
    assert (now.comments, now.looked_at, now.draw) == ((), (), None)
    project = reopen(tmp_path / "p")
    project.save(contents_of(small_log()), [("save", {})], Task())
    assert Visitor(tmp_path / "p").room().version.sha256 == old


def test_a_read_only_project_and_a_log_without_one_show_a_sample_and_keep_nothing(tmp_path: Path) -> None:
    make(tmp_path / "p", read_only=True)
    room = Visitor(tmp_path / "p")
    case = room.sample().cases[0].case
    assert not room.room().can_keep
    assert room.room().is_project
    assert room.ask(messages.LookAt(case)).looked_at == ()  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="can only be read"):
        room.comment(case, "Der mangler et brev")
    file = tmp_path / "log.csv"
    file.write_text(EXTRACT, "utf-8")
    plain = Visitor.__new__(Visitor)
    plain.workspace = Workspace()
    plain.ask(messages.Open(str(file), options=messages.Open(str(file)).options.__class__(ROLES)))
    assert not plain.room().is_project
    with pytest.raises(BadInput, match="Save the log as a project first"):
        plain.comment(plain.sample(n=1).cases[0].case, "Der mangler et brev")
    assert plain.standing() == "The data are not validated."


# ---- the wash ------------------------------------------------------------------------------------------------------------------


def test_the_project_keeps_how_its_data_were_washed_without_any_cell(tmp_path: Path) -> None:
    folder = imported(tmp_path, steps.Trim(), steps.UnifySpelling(column="skridt"), steps.DropDuplicates())
    room = Visitor(folder)
    version = room.room().version
    [file] = version.files
    assert (file.file, file.rows, file.events) == ("udtræk.csv", 6, 5)
    assert [step.__class__ for step in file.table.steps] == [steps.Trim, steps.UnifySpelling, steps.DropDuplicates]
    assert [(one.rows_in, one.rows_out, one.changed) for one in file.outcomes] == [(6, 6, 1), (6, 6, 1), (6, 5, 0)]
    log = room.workspace.study.log
    assert version.sha256 == data_version(log), "what the import found is what is found again"
    assert (version.cases, version.events) == (3, 5)
    assert "Ansøgning" not in records.encode(kept(reopen(folder), Task())).decode()


def test_a_rejected_step_stands_in_the_way_of_a_signature(tmp_path: Path) -> None:
    folder = imported(tmp_path, steps.Trim(), steps.DropDuplicates())
    room = signed_room(folder)
    with pytest.raises(BadInput, match="why the step is rejected"):
        room.ask(messages.DecideStep(0, 1, accepted=False))
    rejected = room.ask(messages.DecideStep(0, 1, accepted=False, reason="Gentagne breve er to breve"))
    assert [one.step for one in rejected.rejected] == [1]  # type: ignore[attr-defined]
    assert room.standing() == "The data are not validated."
    with pytest.raises(BadInput, match="a step of the wash was rejected"):
        room.ask(messages.SignData("teamleder, team 2"))
    for file, step in ((0, 2), (1, 0), (0, -1)):
        with pytest.raises(BadInput, match="no such step"):
            room.ask(messages.DecideStep(file, step, accepted=True))
    room.ask(messages.DecideStep(0, 1, accepted=True))
    assert room.room().decisions[0].accepted
    assert room.standing().startswith("Data validated ")
    room.ask(messages.DecideStep(0, 1, accepted=None))
    assert room.room().decisions == ()


def test_the_same_rows_by_another_recipe_are_unsigned_again(tmp_path: Path) -> None:
    folder = imported(tmp_path, steps.Trim(), steps.UnifySpelling(column="skridt"))
    room = signed_room(folder)
    signed = room.room()
    file = tmp_path / "udtræk.csv"
    another = (steps.Trim(), steps.UnifySpelling(column="skridt"), steps.SplitCases(days=900))
    recipe = Recipe((TableRecipe(ROLES, delimiter=";", steps=another),))
    _intake, source = take_in([(file, Secret())], recipe, Task())
    new = source.validation.current
    assert new is not None
    assert new.sha256 == signed.version.sha256
    again = records.of_data(Validation(versions=signed.versions, signatures=signed.signatures), new, "")
    assert records.signature(again) is None
    assert len(again.versions) == 2


def test_a_case_that_is_to_be_forgotten_leaves_nothing(room: Visitor) -> None:
    one, other = (case.case for case in room.sample().cases[:2])
    for case in (one, other):
        room.ask(messages.LookAt(case))
        room.comment(case, "Der mangler et brev")
    left = records.without_case(kept(room.workspace.source.project, Task()), one)  # type: ignore[arg-type]
    assert one not in records.encode(left).decode()
    assert [comment.case for comment in left.comments] == [other]
    with pytest.raises(BadInput, match="do not fit together"):
        records.decode(b"{")
    assert json.loads(records.encode(left))["comments"]
