"""The bundled demo project: it opens by its published passphrase, cannot be changed, and holds exactly what the generator makes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from build_scripts.make_demo import demo_contents, write_project
from engine import demo, operations
from engine.demo.truth import Pattern, read_truth
from engine.errors import BadInput, WrongKey
from engine.files.age import read_header
from engine.service.messages import MapAnswer, MapQuery, Open, Prepare, Secret, ViewState
from engine.tasks import Task
from engine.vault.project_folder import Contents, Project
from engine.vault.unlocking import open_project
from engine.workspace import Workspace


@cache
def bundled() -> tuple[Project, Contents]:
    project = open_project(demo.DEMO_PROJECT, Secret(passphrase=demo.PASSPHRASE), Task())
    return project, project.read_contents(Task())


@cache
def made_again() -> tuple[Contents, bytes]:
    return demo_contents()


def test_the_generator_makes_the_bundled_log_again() -> None:
    wanted, found = made_again()[0].log, bundled()[1].log
    assert found.activities == wanted.activities
    assert np.array_equal(found.activity, wanted.activity)
    assert np.array_equal(found.timestamp, wanted.timestamp)
    assert np.array_equal(found.offsets, wanted.offsets)
    assert found.case_ids.equals(wanted.case_ids)
    assert found.roles == wanted.roles
    assert found.event_columns["unit"].to_pylist() == wanted.event_columns["unit"].to_pylist()
    assert set(found.event_columns) == {"unit"}
    assert not found.case_columns


def test_its_facts_say_that_it_is_synthetic() -> None:
    facts = bundled()[0].state.facts
    assert facts.synthetic
    assert (facts.name, facts.purpose, facts.legal_basis, facts.delete_by) == (
        demo.DEMO_NAME,
        demo.DEMO_PURPOSE,
        demo.DEMO_LEGAL_BASIS,
        demo.DEMO_DELETE_BY,
    )


def test_the_truth_beside_it_names_the_pseudonyms_of_the_project() -> None:
    content = demo.DEMO_TRUTH.read_bytes()
    assert content == made_again()[1]
    truth, log = read_truth(content), bundled()[1].log
    cases = set(log.case_ids.to_pylist())
    assert {case for planted in (*truth.patterns, *truth.defects) for case in planted.cases} <= cases
    returned = truth.pattern(Pattern.RETURNED).cases
    step = log.activities.index("Returneret til virksomhed")
    owners = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))[log.activity == step]
    assert {log.case_ids[int(case)].as_py() for case in owners} == set(returned)


def test_only_pseudonyms_stand_for_cases() -> None:
    ids = bundled()[1].log.case_ids.to_pylist()
    assert len(set(ids)) == 9_000
    assert all(len(case) == 16 and case.startswith("S-") for case in ids)


def test_it_is_read_only_wherever_it_lies(tmp_path: Path) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(demo.DEMO_PROJECT, copy)
    project = open_project(copy, Secret(passphrase=demo.PASSPHRASE), Task())
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(BadInput):
        project.save_state(type(project.state)(project.state.facts, view=ViewState(page="cases")), Task())
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("query", [MapQuery(), MapQuery(room=(1063, 699)), MapQuery(projector=True, room=(1616, 925)), MapQuery(steps=18)])
def test_its_map_opens_as_it_stays(query: MapQuery) -> None:
    workspace = Workspace()
    operations.answer(workspace, Open(str(demo.DEMO_PROJECT), Secret(passphrase=demo.PASSPHRASE)), Task())
    opened = operations.answer(workspace, query, Task())
    operations.answer(workspace, Prepare(), Task())
    stays = operations.answer(workspace, query, Task())
    assert isinstance(opened, MapAnswer) and isinstance(stays, MapAnswer)
    assert opened.arranged and stays.refined
    places = [[(card.step, card.row, card.column) for card in answer.layout.cards] for answer in (opened, stays)]
    assert places[0] == places[1]


def test_made_again_it_keeps_its_key_and_every_file_that_need_not_change(tmp_path: Path) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(demo.DEMO_PROJECT, copy)
    project, contents = bundled()
    assert write_project(copy, contents).manifest == project.manifest
    other = msgspec.structs.replace(contents.state, arrangement=None)
    changed = write_project(copy, replace(contents, state=other)).manifest
    assert changed.read_only and changed.keys == project.manifest.keys
    assert (changed.parts.events, changed.parts.cases) == (project.manifest.parts.events, project.manifest.parts.cases)
    again = open_project(copy, Secret(passphrase=demo.PASSPHRASE), Task())
    assert again.read_only and again.state == other
    shorter = replace(contents.log, timestamp=contents.log.timestamp + 1)
    written = write_project(copy, replace(contents, log=shorter))
    assert written.manifest.keys == project.manifest.keys
    assert np.array_equal(written.read_contents(Task()).log.timestamp, shorter.timestamp)


def test_its_published_passphrase_is_guarded_by_little_work() -> None:
    keys = [demo.DEMO_PROJECT / name for name in bundled()[0].manifest.keys]
    assert [read_header(key.read_bytes(), "").work_factor for key in keys] == [17]


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(WrongKey):
        open_project(demo.DEMO_PROJECT, Secret(passphrase="not the published one"), Task())


def test_no_case_id_of_the_generator_and_no_step_stands_in_its_files_in_plain() -> None:
    content = b"".join(path.read_bytes() for path in demo.DEMO_PROJECT.rglob("*") if path.is_file())
    for word in (b"PLAC-0", b"Fasit", b"Center Nord", demo.PASSPHRASE.encode()):
        assert word not in content


def test_the_shell_describes_it() -> None:
    command = [sys.executable, str(demo.DEMO_FOLDER.parent.parent / "main.py"), "describe", str(demo.DEMO_PROJECT), "--json"]
    done = subprocess.run(command, input=f"{demo.PASSPHRASE}\n", capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    described, truth = json.loads(done.stdout), read_truth(demo.DEMO_TRUTH.read_bytes())
    assert (described["cases"], described["events"], described["activities"]) == (truth.n_cases, truth.n_events, 22)
    assert tuple(described["top_variants"][0]["activities"]) == truth.main_variant
    assert described["columns"]["unit"] == "enhed"
