"""An extract of the demo is washed by the recipe beside it: every step tells as many defects as were planted, none on a clean extract."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from engine.demo.extract_plan import ExtractDefect
from engine.demo.extracts import LETTERS, Extract, make_extract, write_extract
from engine.errors import Cancelled
from engine.importing.timestamps import OTHER_FORM
from engine.intake import Intake, take_in
from engine.log.event_log import NO_TIME
from engine.quality.report import check_quality
from engine.service.messages import ProjectFacts, SaveProject, Secret
from engine.sources import save_project
from engine.tasks import Task
from engine.washing.recipe_file import open_recipe
from engine.washing.values import Outcome
from tests.extract_reading import Reader

D = ExtractDefect
FEWER = {"A": 500, "B": 800, "C": 400}
LEFT_OUT = {
    "drop_duplicates": D.DUPLICATE,
    "drop_rows": D.CANCELLED,
    "drop_cases": D.TEST_CITIZEN,
    "drop_near_duplicates": D.NEAR_DUPLICATE,
}


def washed(extract: Extract, folder: Path) -> Intake:
    paths = write_extract(extract, folder)
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    return take_in([(paths[0], Secret())], recipe, Task())[0]


def steps_of(intake: Intake) -> dict[str, Outcome]:
    return {step.step: step for step in intake.files[0].steps}


@pytest.mark.parametrize("letter", LETTERS)
def test_each_step_tells_as_many_defects_as_were_planted(letter: str, tmp_path: Path) -> None:
    extract = make_extract(letter, n_cases=FEWER[letter])
    planted = {touched.defect: touched.count for touched in extract.truth.defects}
    intake = washed(extract, tmp_path)
    steps = steps_of(intake)
    assert {step: steps[step].rows_in - steps[step].rows_out for step in LEFT_OUT} == {
        step: planted[defect] for step, defect in LEFT_OUT.items()
    }
    assert steps["merge_cases"].changed == planted.get(D.BROKEN_CASE_ID, 0)
    others = [notice.values["count"] for notice in intake.log.notices if notice.message == OTHER_FORM]
    assert others == [planted[D.MIXED_DATE_FORM]]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_clean_extract_gives_its_steps_nothing_to_do(letter: str, tmp_path: Path) -> None:
    intake = washed(make_extract(letter, clean=True, n_cases=FEWER[letter]), tmp_path)
    steps = steps_of(intake)
    named = steps.pop("map_values")
    assert (named.changed, named.unknown) == (named.rows_in, 0), "the activity is made of the code in every row"
    assert {step: outcome.changed for step, outcome in steps.items()} == dict.fromkeys(steps, 0)
    assert all(step.rows_out == step.rows_in for step in steps.values())
    assert not [notice for notice in intake.log.notices if notice.message == OTHER_FORM]


@pytest.mark.parametrize("letter", LETTERS)
def test_only_events_whose_end_nobody_filled_in_are_without_a_time(letter: str, tmp_path: Path) -> None:
    extract = make_extract(letter, n_cases=FEWER[letter])
    log = washed(extract, tmp_path).log
    assert int(np.count_nonzero(log.timestamp == NO_TIME)) == int((Reader(extract).rows["tid"] == "").sum())


class Stopped:
    """Says whether to stop: from the moment on when the work reports that it has come so far (0..1)."""

    def __init__(self, share: float = 2.0) -> None:
        self.share, self.come = share, 0.0

    def report(self, fraction: float | None, _message: str, _values: object) -> None:
        self.come = max(self.come, fraction or 0.0)

    def __call__(self) -> bool:
        return self.come >= self.share


def test_an_import_that_is_stopped_anywhere_leaves_nothing_behind(tmp_path: Path) -> None:
    paths = write_extract(make_extract("C", n_cases=60), tmp_path / "udtræk")
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    facts = ProjectFacts("Prøve", "prøve", "ingen personer", "2030-12-31")
    before = sorted(tmp_path.rglob("*"))

    def run(stop: Stopped, folder: str) -> None:
        task = Task(stop.report, stop)
        _, source = take_in([(paths[0], Secret())], recipe, task.part(0.0, 0.8))
        save_project(source, SaveProject(str(tmp_path / folder), facts, "seks ord som ingen kan gætte nu", None), task.part(0.8, 1.0))

    run(Stopped(), "hel")
    finished = sorted(tmp_path.rglob("*"))
    assert len(finished) > len(before)
    for share in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9):
        with pytest.raises(Cancelled):
            run(Stopped(share), "halv")
        assert sorted(tmp_path.rglob("*")) == finished


def test_the_page_of_data_quality_counts_stamps_as_they_were_planted(tmp_path: Path) -> None:
    extract = make_extract("B", n_cases=FEWER["B"])
    now = int(datetime.fromisoformat(extract.truth.extracted_at).replace(tzinfo=UTC).timestamp()) * 1_000_000
    found: dict[str, int] = {}
    for finding in check_quality(washed(extract, tmp_path).log, "Europe/Copenhagen", now, Task()).findings:
        found[finding.check] = found.get(finding.check, 0) + finding.count
    planted = {"date_only": D.DATE_ONLY, "midnight": D.MIDNIGHT, "future": D.FUTURE_DATED}
    assert {check: found[check] for check in planted} == {check: extract.truth.defect(defect).count for check, defect in planted.items()}
