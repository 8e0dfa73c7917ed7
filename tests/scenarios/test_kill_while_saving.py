"""A project that is being saved when the process is killed opens afterwards: the old one or the new one, never a mixture."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyrage
import pytest

from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault.keys import Entrusted
from engine.vault.project_folder import Project
from engine.vault.project_making import create_project
from engine.vault.unlocking import open_project
from tests.projects import lock_quickly
from tests.scenarios.saver import PASSPHRASE, contents

ROOT = Path(__file__).resolve().parents[2]
KILLS, CREATIONS = 50, 12
LONGEST = 1.5
"""The kill comes after at most so many times the duration of one save."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


@pytest.fixture
def recovery(tmp_path: Path) -> tuple[str, str]:
    """A recovery key: its recipient, and the path of its identity file."""
    key = pyrage.x25519.Identity.generate()
    path = tmp_path / "recovery.txt"
    path.write_text(f"{key}\n")
    return str(key.to_public()), str(path)


@pytest.fixture
def saver(tmp_path: Path, recovery: tuple[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(ROOT / "tests" / "scenarios" / "saver.py"), str(tmp_path / "p"), recovery[1]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        cast(IO[str], process.stdin).close()
        assert process.wait(10) == 0


def tell(saver: subprocess.Popen[str], *words: str) -> str:
    stdin, stdout = cast(IO[str], saver.stdin), cast(IO[str], saver.stdout)
    stdin.write("\t".join(words) + "\n")
    stdin.flush()
    return stdout.readline().strip()


def check(project: Project) -> int:
    """The generation of a project when all of it is of one."""
    found = project.read_contents(Task())
    generation = int(found.state.facts.name)
    wanted = contents(generation)
    assert found.pseudonym_key == wanted.pseudonym_key
    assert found.log.activities == wanted.log.activities
    assert np.array_equal(found.log.activity, wanted.log.activity)
    assert np.array_equal(found.log.timestamp, wanted.log.timestamp)
    assert np.array_equal(found.log.offsets, wanted.log.offsets)
    assert found.log.case_ids.equals(wanted.log.case_ids)
    assert project.read_audit(Task())[-1].facts == {"generation": generation}
    return generation


def test_killed_while_saving_again(
    tmp_path: Path, recovery: tuple[str, str], saver: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_quickly(monkeypatch)
    create_project(tmp_path / "p", contents(1), PASSPHRASE, Entrusted(recovery[0]), Task(), [("create", {"generation": 1})])
    chance, generation, interrupted = random.Random(2027), 1, 0
    leftovers: set[str] = set()
    for _ in range(KILLS):
        assert tell(saver, "save", str(chance.uniform(0, LONGEST))) == "killed"
        project = open_project(tmp_path / "p", Secret(PASSPHRASE), Task())
        reached = check(project)
        assert reached > generation
        generation = reached
        files = {path.relative_to(tmp_path / "p").as_posix() for path in (tmp_path / "p").rglob("*") if path.is_file()}
        interrupted += bool(files - project.manifest.files() - leftovers)
        leftovers = files - project.manifest.files()
    assert interrupted > KILLS // 4, "hardly any save was interrupted: the kills came too late to prove anything"


def test_killed_while_a_project_is_made(tmp_path: Path, saver: subprocess.Popen[str]) -> None:
    chance, made = random.Random(2028), 0
    for _ in range(CREATIONS):
        folder = tmp_path / f"new {made}"
        assert tell(saver, "create", str(folder), str(chance.uniform(0, LONGEST))) == "killed"
        if folder.exists():
            assert check(open_project(folder, Secret(PASSPHRASE), Task())) == 1
            made += 1
    assert tell(saver, "create", str(tmp_path / f"new {made}"), "5") == "killed"
    assert check(open_project(tmp_path / f"new {made}", Secret(PASSPHRASE), Task())) == 1
    assert 0 < made < CREATIONS, "the kills came too early or too late to prove anything"
