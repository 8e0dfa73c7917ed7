"""Successive exports: a map does not leave the screen when, beside an earlier one, it would tell about a handful of cases."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import sources
from engine.disclosure.differences import check_differences, tells_of_few
from engine.errors import BadInput
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection
from engine.operations import answer
from engine.service.messages import FileKind, MapAnswer, MapQuery, Open, RecordExport, SaveProject, SaveView, Secret, ViewState
from engine.sources import Source
from engine.tasks import Task
from engine.vault import export_ledger
from engine.vault.export_ledger import Exported
from engine.workspace import Workspace
from tests.naive_log import log_of_traces
from tests.projects import FACTS, PASSPHRASE, contents_of, lock_quickly
from tests.projects import make as make_project


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock identities with a small work factor."""
    lock_quickly(monkeypatch)


WHOLE = Selection()
WITH_C = Selection((HasActivity("a2"),))
WITH_D = Selection((HasActivity("a3"),))
WITH_C_WITHOUT_E = Selection((HasActivity("a2"), HasActivity("a4", keep=False)))
WITHOUT_C = Selection((HasActivity("a2", keep=False),))


def office() -> EventLog:
    """49 cases: 20 with g, 10 with c, 3 with c and e, 9 with d, 4 with e alone, and 3 that have f."""
    return log_of_traces(*["abg"] * 20, *["abc"] * 10, *["abce"] * 3, *["abd"] * 9, *["abe"] * 4, *["abf"] * 3)


def opened(log: EventLog) -> Workspace:
    """A log that stands open and is no project."""
    workspace = Workspace()
    workspace.hold(Source(FileKind.LOG, "log.csv", encrypted=True, log=log, pseudonym_key=bytes(32)))
    return workspace


def export(workspace: Workspace, selection: Selection, k: int = 5) -> None:
    """What the window does: ask for the guarded map, and tell before the file is written."""
    if k:
        assert isinstance(answer(workspace, MapQuery(selection, guarded=True), Task()), MapAnswer)
    answer(workspace, RecordExport("svg", k, "0" * 64, selection), Task())


# ---- as a person would meet it


def test_the_same_map_can_leave_as_often_as_one_likes() -> None:
    workspace = opened(office())
    for selection in (WHOLE, WITH_C, WHOLE, WITH_C):
        export(workspace, selection)


def test_a_selection_that_differs_by_three_cases_from_an_earlier_one_is_refused() -> None:
    """Thirteen cases with c have left; ten of them are those without e."""
    workspace = opened(office())
    export(workspace, WITH_C)
    with pytest.raises(BadInput, match="differs by fewer than 5 cases") as refused:
        export(workspace, WITH_C_WITHOUT_E)
    assert refused.value.values["k"] == 5 and len(str(refused.value.values["date"])) == 10
    with pytest.raises(BadInput, match="differs by fewer than 5 cases"):
        answer(workspace, RecordExport("svg", 5, "0" * 64, WITH_C_WITHOUT_E), Task())


def test_and_so_it_is_the_other_way_round() -> None:
    workspace = opened(office())
    export(workspace, WITH_C_WITHOUT_E)
    with pytest.raises(BadInput, match="differs by fewer"):
        export(workspace, WITH_C)


def test_the_complement_within_the_log_is_refused_without_any_earlier_export() -> None:
    with pytest.raises(BadInput, match="leaves out fewer than"):
        export(opened(office()), Selection((HasActivity("a5", keep=False),)))


def test_what_several_maps_leave_over_together_is_refused() -> None:
    """Of 23 cases ten have c and ten have d; with both maps and the number of all cases, the other three could be subtracted."""
    workspace = opened(log_of_traces(*["abc"] * 10, *["abd"] * 10, *["abf"] * 3))
    export(workspace, WITH_C)
    with pytest.raises(BadInput, match="leave over"):
        export(workspace, WITH_D)


def test_maps_of_groups_that_leave_many_over_leave() -> None:
    workspace = opened(office())
    for selection in (WITH_C, WITH_D, WITHOUT_C, WHOLE):
        export(workspace, selection)


def test_a_map_that_was_only_looked_at_counts_for_nothing() -> None:
    workspace = opened(office())
    answer(workspace, MapQuery(WITH_C, guarded=True), Task())
    export(workspace, WITH_C_WITHOUT_E)


def test_exact_numbers_for_oneself_count_for_nothing_and_are_not_compared() -> None:
    workspace = opened(office())
    export(workspace, WITH_C, k=0)
    export(workspace, WITH_C_WITHOUT_E)
    export(workspace, WITH_C, k=0)


# ---- kept with the project


def in_project(tmp_path: Path) -> Workspace:
    workspace = opened(office())
    answer(workspace, SaveProject(str(tmp_path / "p"), FACTS, PASSPHRASE), Task())
    return workspace


def reopened(folder: Path) -> Workspace:
    workspace = Workspace()
    answer(workspace, Open(str(folder), Secret(PASSPHRASE)), Task())
    return workspace


@pytest.mark.usefixtures("quick_lock")
def test_a_project_remembers_its_exports(tmp_path: Path) -> None:
    export(in_project(tmp_path), WITH_C)
    with pytest.raises(BadInput, match="differs by fewer"):
        export(reopened(tmp_path / "p"), WITH_C_WITHOUT_E)
    export(reopened(tmp_path / "p"), WITH_D)
    entries = reopened(tmp_path / "p").exported(Task())
    assert [(one.kind, one.k, one.n_cases, one.selection) for one in entries] == [("svg", 5, 13, WITH_C), ("svg", 5, 9, WITH_D)]


@pytest.mark.usefixtures("quick_lock")
def test_a_log_takes_its_exports_along_when_it_becomes_a_project(tmp_path: Path) -> None:
    workspace = opened(office())
    export(workspace, WITH_C)
    answer(workspace, SaveProject(str(tmp_path / "p"), FACTS, PASSPHRASE), Task())
    with pytest.raises(BadInput, match="differs by fewer"):
        export(workspace, WITH_C_WITHOUT_E)
    with pytest.raises(BadInput, match="differs by fewer"):
        export(reopened(tmp_path / "p"), WITH_C_WITHOUT_E)


@pytest.mark.usefixtures("quick_lock")
def test_they_stay_when_the_project_is_saved_again_copied_or_its_view_changes(tmp_path: Path) -> None:
    workspace = in_project(tmp_path)
    export(workspace, WITH_C)
    answer(workspace, SaveView(ViewState(steps=3)), Task())
    answer(workspace, SaveProject(str(tmp_path / "p"), FACTS, "en anden kode"), Task())
    answer(workspace, SaveProject(str(tmp_path / "copy"), FACTS, PASSPHRASE), Task())
    assert [one.selection for one in reopened(tmp_path / "copy").exported(Task())] == [WITH_C]
    project = sources.open_source(tmp_path / "p", Secret("en anden kode"), workspace.source.options, Task()).project
    assert project is not None and [one.selection for one in project.read_exports(Task())] == [WITH_C]


@pytest.mark.usefixtures("quick_lock")
def test_another_recovery_key_opens_the_ledger_too(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    entry = Exported("2026-11-21T08:00:00+00:00", "svg", 5, 20)
    project.record_exports([entry], (), Task())
    identity = pyrage.x25519.Identity.generate()
    project.save(contents_of(project.read_contents(Task()).log), (), Task(), recovery=str(identity.to_public()))
    part = project.manifest.parts.exports
    assert not isinstance(part, msgspec.UnsetType)
    ledger = pyrage.decrypt((tmp_path / "p" / part.file).read_bytes(), [identity])
    assert export_ledger.decode(ledger) == (entry,)


@pytest.mark.usefixtures("quick_lock")
def test_the_ledger_is_encrypted_and_the_audit_log_names_no_step(tmp_path: Path) -> None:
    workspace = in_project(tmp_path)
    before = json.loads((tmp_path / "p" / "manifest.json").read_text())
    assert "exports" not in before["parts"]
    export(workspace, WITH_C)
    after = json.loads((tmp_path / "p" / "manifest.json").read_text())
    assert after["saved_at"] == before["saved_at"]
    assert (tmp_path / "p" / after["parts"]["exports"]["file"]).read_bytes().startswith(b"age-encryption.org/v1")
    project = workspace.source.project
    assert project is not None
    last = project.read_audit(Task())[-1]
    assert (last.event, last.facts) == ("export", {"kind": "svg", "k": 5, "sha256": "0" * 64})


@pytest.mark.usefixtures("quick_lock")
def test_a_project_that_can_only_be_read_remembers_while_it_stands_open(tmp_path: Path) -> None:
    workspace = in_project(tmp_path)
    workspace.hold(replace(workspace.source, read_only=True))
    manifest = (tmp_path / "p" / "manifest.json").read_bytes()
    export(workspace, WITH_C)
    assert (tmp_path / "p" / "manifest.json").read_bytes() == manifest
    with pytest.raises(BadInput, match="differs by fewer"):
        export(workspace, WITH_C_WITHOUT_E)


def test_a_ledger_that_is_none_is_refused() -> None:
    entries = (Exported("2026-11-21T08:00:00+00:00", "pdf", 5, 13, WITH_C), Exported("2026-11-22T08:00:00+00:00", "svg", 7, 20))
    assert export_ledger.decode(export_ledger.encode(entries)) == entries
    with pytest.raises(BadInput, match="do not fit together"):
        export_ledger.decode(b"{}\n")


# ---- laws

K = 5
group_sizes = st.lists(st.integers(1, 12), min_size=2, max_size=6).filter(lambda sizes: sum(sizes) >= K)


@st.composite
def exports(draw: st.DrawFn) -> list[np.ndarray]:
    """One to four selections of a log that is made of a few groups of cases."""
    sizes = draw(group_sizes)
    takes = st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes))
    return [np.repeat(np.array(draw(takes)), sizes) for _ in range(draw(st.integers(1, 4)))]


def let_out(masks: list[np.ndarray]) -> list[np.ndarray]:
    """The selections that leave, one after the other."""
    out: list[np.ndarray] = []
    for mask in masks:
        try:
            if 0 < np.count_nonzero(~mask) < K or np.count_nonzero(mask) < K:
                continue
            check_differences(mask, [(one, "2026-11-21") for one in out], K, Task())
        except BadInput:
            continue
        out.append(mask)
    return out


@given(exports())
def test_no_sums_and_differences_of_what_left_are_about_fewer_than_k_cases(masks: list[np.ndarray]) -> None:
    """Tried with every sum and difference of the whole log and the maps that left."""
    out = let_out(masks)
    known = [np.ones(len(masks[0]), np.int64), *(mask.astype(np.int64) for mask in out)]
    for factors in product((-1, 0, 1), repeat=len(known)):
        sums = sum(factor * one for factor, one in zip(factors, known, strict=True))
        told_about = int(np.count_nonzero(sums))
        assert told_about == 0 or told_about >= K


@given(exports())
def test_what_left_once_can_leave_again(masks: list[np.ndarray]) -> None:
    out = let_out(masks)
    for mask in out:
        check_differences(mask, [(one, "2026-11-21") for one in out], K, Task())


@given(exports(), st.integers(5, 20))
def test_selections_of_large_groups_tell_of_nobody(masks: list[np.ndarray], k: int) -> None:
    large = [np.repeat(mask, k) for mask in masks]
    assert not tells_of_few(large, k, Task())
