"""States of the cases are data too: whoever signs a version signs them, and when they change it is another version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.intake import take_in
from engine.log.spells import Spells
from engine.service import messages
from engine.service.messages import SaveProject, Secret
from engine.sources import save_project
from engine.tasks import Task
from engine.validation.values import Standing
from engine.validation.versions import data_version
from engine.washing.recipe_file import read_recipe
from tests.engine.test_spells import EVENTS, RECIPE, STATES, spells_in, taken, written
from tests.engine.test_validation import Visitor
from tests.projects import FACTS, PASSPHRASE, lock_quickly

SIGNED = "teamleder, team 2"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def project(folder: Path, states: str = STATES) -> Visitor:
    save_project(taken(folder, states)[1], SaveProject(str(folder / "p"), FACTS, PASSPHRASE), Task())
    return Visitor(folder / "p")


def signed(folder: Path) -> Visitor:
    room = project(folder)
    room.ask(messages.LookAt(room.sample(n=1).cases[0].case))
    room.ask(messages.SignData(SIGNED))
    return room


def standing(room: Visitor) -> Standing:
    return room.room().standing


def test_another_end_of_a_state_is_another_version_of_the_data(tmp_path: Path) -> None:
    versions = [taken(tmp_path, states)[0].sha256 for states in (STATES, STATES, STATES.replace("31-03-2025", "30-03-2025"))]
    assert versions[0] == versions[1] != versions[2]


def test_a_log_without_states_keeps_its_version(tmp_path: Path) -> None:
    recipe = read_recipe(RECIPE.encode(), "r.toml")
    intake = take_in([(written(tmp_path, "a.csv", EVENTS), Secret())], recipe, Task())[0]
    with_states, _ = taken(tmp_path)
    assert intake.sha256 == data_version(with_states.log) != with_states.sha256


def test_what_was_signed_at_the_import_is_found_again_in_the_project(tmp_path: Path) -> None:
    room = signed(tmp_path)
    source = room.workspace.source
    assert source.log is not None
    assert room.room().version.sha256 == data_version(source.log, spells=spells_in(source))
    again = Visitor(tmp_path / "p")
    assert again.room().signatures[-1].by == SIGNED
    assert standing(again) == standing(room)


def test_changed_states_beside_the_same_events_are_not_what_was_signed(tmp_path: Path) -> None:
    room = signed(tmp_path)
    before = room.room()
    source = room.workspace.source
    assert source.log is not None
    old = spells_in(source)
    later = Spells(old.states, old.case, old.state, old.begin, np.where(old.until > 0, old.until + 1, old.until))
    assert data_version(source.log, spells=later) != before.version.sha256


def test_the_citizen_who_is_forgotten_leaves_another_version_without_a_signature(tmp_path: Path) -> None:
    room = signed(tmp_path)
    before = room.room()
    assert room.standing().startswith("Data validated ")
    found = room.ask(messages.FindCitizen("18"))
    room.ask(messages.ForgetCitizen(found.pseudonym))  # type: ignore[attr-defined]
    left = room.workspace.source
    assert left.log is not None and len(spells_in(left)) == 2
    now = room.room()
    assert now.version.sha256 == data_version(left.log, spells=spells_in(left)) != before.version.sha256
    assert now.version.sha256 != data_version(left.log), "the states that are left are part of it"
    assert room.standing() == "The data are not validated."
    assert Visitor(tmp_path / "p").room().version.sha256 == now.version.sha256
