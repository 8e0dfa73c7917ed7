"""Raw extracts of the demo logs: every planted defect is found again in the files, and washing the repairable ones gives the log back."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from engine.demo.extract_plan import DESCRIPTIONS, PLANS, ExtractDefect
from engine.demo.extract_recipe import recipe_of
from engine.demo.extract_truth import read_extract_truth, write_extract_truth
from engine.demo.extracts import LETTERS, Extract, make_extract, make_log, write_extract
from engine.demo.people import birth_year_of, passes_modulus_11, person
from engine.errors import BadInput
from engine.importing.reading import read_log
from engine.intake import Intake, take_in
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME, EventLog
from engine.service.messages import Secret
from engine.tasks import Task
from engine.washing.recipe_file import read_recipe
from tests.architecture.project_files import ROOT
from tests.extract_reading import Reader, arcs_of

D = ExtractDefect
FEWER = {"A": 1_500, "B": 3_500, "C": 1_200}
NOT_IN = {
    "A": {D.COMPANY_TEXT},
    "B": {D.COMPANY_TEXT, D.ONE_MINUTE},
    "C": {D.BROKEN_CASE_ID, D.ONE_MINUTE, D.FUTURE_DATED},
}


@cache
def defective(letter: str) -> Reader:
    return Reader(make_extract(letter, n_cases=FEWER[letter]))


@cache
def clean(letter: str) -> Reader:
    return Reader(make_extract(letter, clean=True, n_cases=FEWER[letter]))


def arcs_in_truth(extract: Extract) -> dict[tuple[str, str], int]:
    return {(arc.source, arc.target): arc.count for arc in extract.truth.clean.arcs}


def arcs_in(log: EventLog) -> dict[tuple[str, str], int]:
    names = pd.Series(log.activities).iloc[log.activity.astype(int)]
    cases = pd.Series(range(log.n_cases)).repeat(log.offsets[1:] - log.offsets[:-1])
    return arcs_of(pd.DataFrame({"sag": cases.to_numpy(), "trin": names.to_numpy()}))


@pytest.mark.parametrize("defect", list(ExtractDefect))
@pytest.mark.parametrize("letter", LETTERS)
def test_a_recount_of_the_files_finds_exactly_the_planted_rows(letter: str, defect: ExtractDefect) -> None:
    reader = defective(letter)
    planted = [touched for touched in reader.extract.truth.defects if touched.defect is defect]
    if defect in NOT_IN[letter]:
        assert not planted
        assert reader.recount(defect) == []
        return
    assert reader.recount(defect) == list(planted[0].rows)
    assert planted[0].count == len(planted[0].rows) > 0


@pytest.mark.parametrize("letter", LETTERS)
def test_a_clean_extract_has_no_defect(letter: str) -> None:
    reader = clean(letter)
    assert {defect: n for defect in ExtractDefect if (n := len(reader.recount(defect)))} == {}
    assert reader.extract.truth.defects == ()
    assert reader.extract.truth.personal == ()


@pytest.mark.parametrize("letter", LETTERS)
def test_washing_what_can_be_repaired_gives_back_the_clean_logs_cases_events_and_arcs(letter: str) -> None:
    truth = defective(letter).extract.truth
    washed = defective(letter).washed()
    assert (washed["sag"].nunique(), len(washed)) == (truth.clean.cases, truth.clean.events)
    assert arcs_of(washed) == arcs_in_truth(defective(letter).extract)
    assert truth.clean == clean(letter).extract.truth.clean


@pytest.mark.parametrize("letter", LETTERS)
def test_a_clean_extract_opens_as_the_clean_log(letter: str) -> None:
    extract = clean(letter).extract
    options = ReadOptions(ColumnRoles("sag_id", "aktivitet", "tid"), delimiter=";", timezone="Europe/Copenhagen")
    log = read_log(extract.files[0].content, extract.files[0].form.name, options, Task())
    assert (log.n_cases, log.n_events) == (extract.truth.clean.cases, extract.truth.clean.events)
    assert arcs_in(log) == arcs_in_truth(extract)
    original = make_log(letter, n_cases=FEWER[letter]).event_log()
    assert (original.timestamp == log.timestamp).all()


def washed_by_recipe(extract: Extract, folder: Path) -> Intake:
    paths = write_extract(extract, folder)
    recipe = read_recipe(paths[-2].read_bytes(), paths[-2].name)
    return take_in([(paths[0], Secret())], recipe, Task())[0]


@pytest.mark.parametrize("letter", LETTERS)
def test_the_products_own_wash_gives_back_the_clean_log_from_either_extract(letter: str, tmp_path: Path) -> None:
    truth = clean(letter).extract.truth.clean
    for name, reader in (("fejl", defective(letter)), ("ren", clean(letter))):
        log = washed_by_recipe(reader.extract, tmp_path / name).log
        assert (log.n_cases, log.n_events) == (truth.cases, truth.events)
        assert arcs_in(log) == arcs_in_truth(reader.extract)
    assert not (log.timestamp == NO_TIME).any()


@pytest.mark.parametrize("letter", LETTERS)
def test_only_repairable_defects_change_cases_and_events(letter: str) -> None:
    reader = defective(letter)
    numbers = {touched.defect: touched.count for touched in reader.extract.truth.defects}
    added = sum(numbers[defect] for defect in (D.DUPLICATE, D.NEAR_DUPLICATE, D.CANCELLED, D.TEST_CITIZEN))
    assert len(reader.raw) == reader.extract.truth.clean.events + added
    assert reader.extract.truth.files[0].rows == len(reader.raw)
    assert all(DESCRIPTIONS[defect].repairable for defect in (D.DUPLICATE, D.NEAR_DUPLICATE, D.CANCELLED, D.TEST_CITIZEN))


def test_the_shares_are_those_of_the_domain_description() -> None:
    for letter in LETTERS:
        truth, reader = defective(letter).extract.truth, defective(letter)
        rows = len(reader.raw)
        assert truth.defect(D.DUPLICATE).count / rows == pytest.approx(0.02, abs=0.001)
        assert truth.defect(D.NEAR_DUPLICATE).count / rows == pytest.approx(0.03, abs=0.003)
        spells = reader.rows["trin"].isin(list(PLANS[letter].spells)).sum()
        assert truth.defect(D.MISSING_END).count / spells == pytest.approx(0.08, abs=0.01)
        starts = reader.rows["trin"].isin(PLANS[letter].retro).sum()
        assert truth.defect(D.RETRO_DATED).count / starts == pytest.approx(0.14, abs=0.025)
        talks = reader.rows["trin"].eq(PLANS[letter].talk).sum()
        assert truth.defect(D.PLANNER_DISAGREES).count / talks == pytest.approx(0.04, abs=0.01)
        noted = reader.rows["bemærkning"].ne("").sum()
        assert truth.defect(D.PERSONAL_TEXT).count / noted == pytest.approx(0.01, abs=0.001)
        late = reader.rows.set_index("nr").loc[list(truth.defect(D.LATE_REGISTRATION).rows)]
        lag = late["registrering"] - late["tidspunkt"]
        assert lag.max() <= pd.Timedelta(days=14)
        assert lag.quantile(0.9) / pd.Timedelta(days=1) == pytest.approx(9, abs=1.5)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_whole_extract_has_every_defect_and_six_per_cent_of_it_are_batches(letter: str) -> None:
    truth = make_extract(letter).truth
    assert {touched.defect for touched in truth.defects} == set(ExtractDefect) - NOT_IN[letter]
    assert truth.defect(D.BATCH).count / truth.clean.events == pytest.approx(0.06, abs=0.012)


def test_no_number_of_a_person_or_company_can_be_real() -> None:
    for letter in LETTERS:
        people = defective(letter).table("people")
        cpr = people["cpr"]
        assert cpr.is_unique
        assert cpr.map(birth_year_of).between(2037, 2057).all()
        trials = people["navn"].str.startswith("Test ")
        day = cpr.str[:2].astype(int) - 60 * trials
        pd.to_datetime(day.astype(str).str.zfill(2) + cpr.str[2:4] + "20" + cpr.str[4:6], format="%d%m%Y")
        valid = cpr[~trials].str.replace("-", "").map(passes_modulus_11)
        assert 0.4 < valid.mean() < 0.6
        assert people["telefon"].str.startswith("10 ").all()
        assert people["e-mail"].str.endswith("@eksempel.example").all()
    numbers = defective("C").rows["cvr"].unique()
    weights = (2, 7, 6, 5, 4, 3, 2, 1)
    assert all(sum(w * int(digit) for w, digit in zip(weights, number, strict=True)) % 11 for number in numbers)


def test_what_remarks_say_about_people_is_told_to_whom_scans_for_it() -> None:
    for letter in LETTERS:
        extract = defective(letter).extract
        notes = " | ".join(defective(letter).rows["bemærkning"].unique())
        assert all(value in notes for value in extract.truth.personal)
        assert len(extract.truth.personal) > 20


def test_half_of_log_as_citizens_are_in_log_b_as_well() -> None:
    a, b, c = (make_log(letter) for letter in LETTERS)
    citizens = [{person(facts.citizen) for facts in log.cases if facts.citizen is not None} for log in (a, b)]
    assert len(citizens[0] & citizens[1]) == 3_000
    assert all(facts.citizen is None for facts in c.cases)


def test_the_planner_still_knows_what_was_deleted() -> None:
    for letter in LETTERS:
        planner = defective(letter).table("planner")
        assert (planner["status"] == "aflyst").sum() == defective(letter).extract.truth.defect(D.CANCELLED_DELETED).count
        assert set(clean(letter).table("planner")["status"]) == {"afholdt"}


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    script = (
        "import hashlib; from engine.demo.extracts import make_extract; from engine.demo.extract_truth import write_extract_truth\n"
        "for letter in 'AC':\n"
        "    made = make_extract(letter, n_cases=150)\n"
        "    content = b''.join(file.content for file in made.files) + write_extract_truth(made.truth)\n"
        "    print(hashlib.sha256(content).hexdigest())"
    )
    command, surroundings = [sys.executable, "-c", script], [os.environ | {"PYTHONHASHSEED": seed} for seed in ("0", "4711")]
    told = [subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False) for env in surroundings]
    assert told[0].returncode == told[1].returncode == 0, told[0].stderr + told[1].stderr
    assert told[0].stdout == told[1].stdout
    assert told[0].stdout.split() == [
        "462c4580e91d545b0c33613ca08796035cf15275496340d7cffc85e5df1581f3",
        "9f788a06817c398d155fec49de0a61e4f489cbe39fc947ce75856a3cfb95c851",
    ]
    assert make_extract("C", n_cases=150, seed=3).files[0].content != make_extract("C", n_cases=150).files[0].content


def test_an_extract_is_written_once_with_its_truth_beside_it(tmp_path: Path) -> None:
    extract = make_extract("C", n_cases=120)
    paths = write_extract(extract, tmp_path / "ny" / "mappe")
    assert {path.name: path.read_bytes() for path in paths[:-2]} == {file.form.name: file.content for file in extract.files}
    assert read_recipe(paths[-2].read_bytes(), paths[-2].name) == recipe_of(PLANS["C"], extract.truth.name)
    assert read_extract_truth(paths[-1].read_bytes()) == extract.truth
    assert read_extract_truth(write_extract_truth(extract.truth)) == extract.truth
    with pytest.raises(BadInput):
        write_extract(extract, tmp_path / "ny" / "mappe")
    (tmp_path / "fil").write_text("")
    with pytest.raises(BadInput):
        write_extract(extract, tmp_path / "fil")


def test_a_full_disk_leaves_no_half_extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract, write, written = make_extract("C", n_cases=60), Path.write_bytes, []

    def write_two(path: Path, content: bytes) -> int:
        written.append(path)
        if len(written) > 2:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_two)
    with pytest.raises(BadInput):
        write_extract(extract, tmp_path)
    assert list(tmp_path.iterdir()) == []
