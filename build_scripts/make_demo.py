"""Make the bundled demo project again: the encrypted, read-only project folder and its ground truth beside it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

from engine import demo
from engine.demo.placements import make_placements
from engine.demo.truth import write_truth
from engine.service.messages import ProjectFacts
from engine.tasks import Task
from engine.vault.project_folder import Contents, State
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import pseudonymise


def demo_contents() -> tuple[Contents, bytes]:
    """What the demo project holds, and its truth as JSON; case ids are pseudonyms in both."""
    task = Task()
    made = make_placements()
    log = made.event_log(task)
    pseudonyms = pseudonymise(log.case_ids, demo.PSEUDONYM_KEY, task)
    names = dict(zip(log.case_ids.to_pylist(), pseudonyms.to_pylist(), strict=True))
    facts = ProjectFacts(demo.DEMO_NAME, demo.DEMO_PURPOSE, demo.DEMO_LEGAL_BASIS, demo.DEMO_DELETE_BY, synthetic=True)
    state = State(facts, timezone=demo.DEMO_TIMEZONE, roles=log.roles, notices=log.notices)
    contents = Contents(replace(log, case_ids=pseudonyms), state, demo.PSEUDONYM_KEY)
    return contents, write_truth(made.truth.renamed(names))


def main() -> int:
    """Write resources/demo; returns the exit status."""
    contents, truth = demo_contents()
    demo.DEMO_FOLDER.mkdir(parents=True, exist_ok=True)
    if demo.DEMO_PROJECT.exists():
        shutil.rmtree(demo.DEMO_PROJECT)
    create_project(demo.DEMO_PROJECT, contents, demo.PASSPHRASE, None, Task(), read_only=True)
    demo.DEMO_TRUTH.write_bytes(truth)
    print(f"{demo.DEMO_PROJECT}: {contents.log.n_cases} cases, {contents.log.n_events} events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
