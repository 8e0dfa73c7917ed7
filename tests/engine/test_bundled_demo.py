"""The bundled demo project: it opens by its published passphrase, cannot be changed, and holds exactly what the generator makes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from build_scripts.make_demo import demo_contents
from engine import demo
from engine.demo.truth import Pattern, read_truth
from engine.errors import BadInput, WrongKey
from engine.service.messages import Secret, ViewState
from engine.tasks import Task
from engine.vault.project_folder import Contents, Project
from engine.vault.unlocking import open_project


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
