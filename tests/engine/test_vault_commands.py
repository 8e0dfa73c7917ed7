"""From a shell: a key of one's own, the audit log of a project, and a citizen who is to be forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.vault.pseudonyms import pseudonymise
from tests.projects import PASSPHRASE, files_in, lock_quickly, make, reopen

ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = "seks gode ord til", "en helt anden sætning"


@pytest.fixture(autouse=True)
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


def run(folder: Path, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in a shell of its own, with its settings in a folder of the test's own."""
    environment = {**os.environ, "SAGSFLOW_SETTINGS_DIR": str(folder), "LANGUAGE": "da", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120, env=environment)


def test_a_key_is_made_shown_and_gets_another_passphrase(tmp_path: Path) -> None:
    missing = run(tmp_path, "keys", "public")
    assert (missing.returncode, "keys new" in missing.stderr) == (2, True)
    made = run(tmp_path, "keys", "new", "--json", lines=f"{FIRST}\n")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["public_key"].startswith("age1")
    assert FIRST not in made.stdout + made.stderr
    shown = run(tmp_path, "keys", "public")
    assert f"age -r {told['public_key']} -o udtræk.csv.age udtræk.csv" in shown.stdout
    assert told["fingerprint"] in shown.stdout
    assert run(tmp_path, "keys", "new", lines=f"{SECOND}\n").returncode == 2
    assert run(tmp_path, "keys", "passphrase", lines=f"forkert\n{SECOND}\n").returncode == 3
    assert run(tmp_path, "keys", "passphrase", lines=f"{FIRST}\n{SECOND}\n").returncode == 0
    assert run(tmp_path, "keys", "passphrase", lines=f"{FIRST}\n{SECOND}\n").returncode == 3


def test_the_audit_log_is_printed_and_verified(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    head = project.manifest.audit.mac
    before = files_in(tmp_path / "p")
    told = json.loads(run(tmp_path, "audit", str(tmp_path / "p"), "--json", lines=f"{PASSPHRASE}\n").stdout)
    assert (told["count"], told["head"], told["broken"]) == (1, head, None)
    assert told["records"][0]["event"] == "import"
    verified = run(tmp_path, "audit", str(tmp_path / "p"), "--verify", lines=f"{PASSPHRASE}\n")
    assert (verified.returncode, head in verified.stdout, "ubrudt" in verified.stdout) == (0, True, True)
    assert run(tmp_path, "audit", str(tmp_path / "p"), "--verify", lines="forkert\n").returncode == 3
    assert files_in(tmp_path / "p") == before
    part = tmp_path / "p" / project.manifest.parts.audit[0].file
    part.write_bytes(part.read_bytes()[:-1])
    broken = run(tmp_path, "audit", str(tmp_path / "p"), "--verify", lines=f"{PASSPHRASE}\n")
    assert (broken.returncode, part.name in broken.stderr) == (2, True)


def test_a_citizen_is_forgotten_by_an_id_that_stands_in_no_history(tmp_path: Path) -> None:
    import pyarrow as pa

    from engine.tasks import Task

    make(tmp_path / "p")
    code = str(pseudonymise(pa.array(["010170-0004"]), bytes(32), Task())[0].as_py())
    named = run(tmp_path, "forget", str(tmp_path / "p"), "--case-id", "010170-0004", lines=f"{PASSPHRASE}\n")
    assert (named.returncode, "010170" in named.stderr) == (2, False)
    would = run(tmp_path, "forget", str(tmp_path / "p"), "--code", code, "--dry-run", "--json", lines=f"{PASSPHRASE}\n")
    assert would.returncode == 0, would.stderr
    assert json.loads(would.stdout)["removed"] is False
    assert reopen(tmp_path / "p").read_contents(Task()).log.n_cases == 20
    unknown = run(tmp_path, "forget", str(tmp_path / "p"), "--case-id", "-", lines=f"{PASSPHRASE}\n999999-9999\n")
    assert (unknown.returncode, "999999" in unknown.stderr) == (2, False)
    gone = run(tmp_path, "forget", str(tmp_path / "p"), "--code", code, lines=f"{PASSPHRASE}\n")
    assert gone.returncode == 0, gone.stderr
    assert code in gone.stdout
    assert reopen(tmp_path / "p").read_contents(Task()).log.n_cases == 19
