"""Make the bundled demo project again: the encrypted, read-only project folder and its ground truth beside it.

The key of a project that lies there stays: its published passphrase is guarded by little work, so that the demo opens at once, and
a new key would be guarded by as much as this computer can do in a second.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from engine import demo
from engine.demo.placements import make_placements
from engine.demo.truth import write_truth
from engine.errors import SagsflowError
from engine.log.event_log import EventLog
from engine.process_map.drawing import arrangement_of, find_seed
from engine.process_map.study import Study
from engine.service.messages import ProjectFacts, Secret
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.vault.project_folder import Contents, Project, State
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import pseudonymise
from engine.vault.unlocking import open_project


def demo_contents() -> tuple[Contents, bytes]:
    """What the demo project holds but for its arrangement, and its truth as JSON; case ids are pseudonyms in both."""
    task = Task()
    made = make_placements()
    log = made.event_log(task)
    pseudonyms = pseudonymise(log.case_ids, demo.PSEUDONYM_KEY, task)
    names = dict(zip(log.case_ids.to_pylist(), pseudonyms.to_pylist(), strict=True))
    facts = ProjectFacts(demo.DEMO_NAME, demo.DEMO_PURPOSE, demo.DEMO_LEGAL_BASIS, demo.DEMO_DELETE_BY, synthetic=True)
    state = State(facts, timezone=demo.DEMO_TIMEZONE, roles=log.roles, notices=log.notices)
    contents = Contents(replace(log, case_ids=pseudonyms), state, demo.PSEUDONYM_KEY)
    return contents, write_truth(made.truth.renamed(names))


def demo_arrangement(log: EventLog) -> Arrangement | None:
    """Where the steps of the map stand, sought as in the window, so that the demo opens as it stays."""
    study = Study(log)
    find_seed(study, Task())
    return arrangement_of(study)


def write_project(folder: Path, contents: Contents) -> Project:
    """The demo project with these contents; what lies there keeps its key, and every file that need not change."""
    try:
        project = open_project(folder, Secret(passphrase=demo.PASSPHRASE), Task())
        before = project.read_contents(Task())
    except SagsflowError:
        if folder.exists():
            shutil.rmtree(folder)
        return create_project(folder, contents, demo.PASSPHRASE, None, Task(), read_only=True)
    if before.state == contents.state and _is_same(before.log, contents.log):
        return project
    project.manifest = msgspec.structs.replace(project.manifest, read_only=False)
    if _is_same(before.log, contents.log):
        project.save_state(contents.state, Task())
    else:
        project.save(contents, (), Task())
    project.commit(msgspec.structs.replace(project.manifest, read_only=True), (), Task())
    return project


def _is_same(one: EventLog, other: EventLog) -> bool:
    arrays = ((one.activity, other.activity), (one.timestamp, other.timestamp), (one.offsets, other.offsets))
    columns = {*one.event_columns, *other.event_columns}
    return (
        one.activities == other.activities
        and all(np.array_equal(a, b) for a, b in arrays)
        and one.case_ids.equals(other.case_ids)
        and all(name in one.event_columns and name in other.event_columns for name in columns)
        and all(one.event_columns[name].to_pylist() == other.event_columns[name].to_pylist() for name in columns)
    )


def main() -> int:
    """Write resources/demo; returns the exit status."""
    contents, truth = demo_contents()
    state = msgspec.structs.replace(contents.state, arrangement=demo_arrangement(contents.log))
    demo.DEMO_FOLDER.mkdir(parents=True, exist_ok=True)
    write_project(demo.DEMO_PROJECT, replace(contents, state=state))
    demo.DEMO_TRUTH.write_bytes(truth)
    print(f"{demo.DEMO_PROJECT}: {contents.log.n_cases} cases, {contents.log.n_events} events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
