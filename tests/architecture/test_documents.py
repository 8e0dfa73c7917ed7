"""The documents speak of the project as it is."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from tests.architecture.project_files import ROOT

ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE")


def described_folders() -> set[str]:
    """Folders in the block under "## Folders"."""
    block = ARCHITECTURE.read_text("utf-8").split("## Folders")[1].split("```")[1]
    found, top = set(), ""
    for line in block.splitlines():
        if match := re.match(r"( *)([\w.]+)/ ", line):
            top = top if match[1] else match[2]
            found.add(f"{top}/{match[2]}" if match[1] else top)
    return found


def existing_folders() -> set[str]:
    """Folders of the first two levels that hold files of the project."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
    folders = {tuple(Path(name).parts[:-1][:2]) for name in names if "__pycache__" not in name}
    return {"/".join(parts[:n]) for parts in folders for n in (1, 2) if len(parts) >= n and not parts[0].startswith(".")}


def test_the_architecture_names_exactly_the_folders_that_exist() -> None:
    assert described_folders() == existing_folders()


def test_the_architecture_gives_a_reason_and_a_licence_for_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[=<>~]", pin)[0] for pin in project["dependencies"]}
    table = ARCHITECTURE.read_text("utf-8").split("## Dependencies")[1]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines() if line.startswith("|")][2:]
    assert {row[0] for row in rows} == wanted
    assert all(len(row) == 3 and row[1] and row[2] for row in rows)


def test_every_document_is_there_and_its_links_lead_somewhere() -> None:
    for name in DOCUMENTS:
        text = (ROOT / name).read_text("utf-8")
        assert len(text) > 400, name
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", text) if name.endswith(".md") else []
        assert [link for link in links if not (ROOT / link).exists()] == [], name


def test_the_licence_is_the_whole_agpl() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text.splitlines()[0]
    assert len(text.splitlines()) == 661
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"] == "AGPL-3.0-or-later"


def test_ci_runs_the_readmes_own_test_command_and_installs_its_packages() -> None:
    readme, ci = (ROOT / "README.md").read_text("utf-8"), (ROOT / ".ci" / "run").read_text("utf-8")
    assert "python3 build_scripts/dev.py test" in readme
    assert "python3 build_scripts/dev.py test" in ci
    line = re.search(r"sudo apt-get install ((?:[\w.\-+]+[ \\\n]*)+)", readme)
    assert line is not None
    assert set(re.findall(r"[\w.\-+]+", line[1])) <= set(re.findall(r"[\w.\-+]+", ci))


def test_the_list_of_libraries_names_what_is_locked() -> None:
    locked = {line.split(" ")[0].replace("_", "-").lower() for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()}
    text = (ROOT / "resources" / "licences" / "third-party.md").read_text("utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines() if line.startswith("|")][2:]
    listed = {f"{name}=={version}".replace("_", "-").lower() for name, version, _ in rows}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert listed <= locked
    assert {pin.lower() for pin in project["dependencies"]} <= listed
    assert all(licence and "see" not in licence for _, _, licence in rows)
