"""Models of small logs that can be checked by hand, and of public logs: found in a child, replayed, guarded, and stopped on the way."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.errors import BadInput, Cancelled
from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection
from engine.models.discovery import FoundModel, find_model
from engine.models.drawing import steps_of, strongest_way
from engine.models.mining import mine
from engine.models.values import Miner, Model, ModelNode, NodeKind, Notation
from engine.models.words import about_sentences, part_sentence, verdict_sentence
from engine.operations import answer
from engine.process_map.abstraction import READABLE_STEPS
from engine.process_map.study import Study
from engine.process_map.values import END, START
from engine.process_map.values import Path as Flow
from engine.service.messages import ModelAnswer, ModelQuery, Secret
from engine.sources import read_source
from engine.tasks import Task
from engine.texts import Texts
from engine.workspace import Workspace
from tests import real_logs
from tests.naive_log import log_of_traces, make_log
from tests.real_logs import log_path

HOUR = 3600


def workspace_of(log: EventLog) -> Workspace:
    workspace = Workspace()
    workspace.study_log(log)
    return workspace


def ask(log: EventLog, query: ModelQuery) -> ModelAnswer:
    """The engine's answer; the model is found in this process, which saves starting a child each time."""
    workspace = workspace_of(log)
    find_model(workspace.study, query.selection, query.miner, query.noise, Task(), mine)
    found = answer(workspace, query, Task())
    assert isinstance(found, ModelAnswer)
    return found


def office() -> EventLog:
    """Two checks in either order, then yes or no; sometimes once more."""
    hour = HOUR * 1_000_000
    return log_of_traces(*["abcd"] * 6, *["acbd"] * 7, *["abce"] * 8, *["abcerabcd"] * 5, step=hour)


def letter(one: ModelNode) -> str:
    """The sign that stood for a step when the log was made; else what the node is."""
    return chr(ord("a") + int(one.name[1:])) if one.name else one.kind.value


def node(model: Model, sign: str) -> int:
    return next(one.node for one in model.nodes if letter(one) == sign)


def flows_of(model: Model) -> dict[tuple[str, str], int]:
    names = {START: "start", END: "end"} | {one.node: letter(one) for one in model.nodes}
    return {(names[one.source], names[one.target]): one.cases for one in model.flows}


def test_a_bpmn_model_says_what_is_parallel_and_what_is_a_choice() -> None:
    model = ask(office(), ModelQuery(noise=0.0)).model
    assert model.replayed == model.n_cases == 26
    assert model.left_out == ()
    kinds = [one.kind for one in model.nodes]
    assert kinds.count(NodeKind.PARALLEL) == 2
    assert kinds.count(NodeKind.TASK) == 6
    cases = flows_of(model)
    assert cases["parallel", "b"] == cases["parallel", "c"] == cases["b", "parallel"] == 26
    assert cases["exclusive", "d"] == 18
    assert cases["exclusive", "e"] == 13
    assert cases["exclusive", "r"] == 5


def test_waiting_times_stand_before_the_steps_and_count_from_what_they_wait_for() -> None:
    """Every event comes an hour after the one before: what comes second of two parallel steps waited two hours for the one before both."""
    model = ask(office(), ModelQuery(noise=0.0)).model
    to_c = next(one for one in model.flows if one.target == node(model, "c"))
    assert to_c.times is not None
    assert (to_c.times.n, to_c.times.min, to_c.times.max) == (31, HOUR, 2 * HOUR)
    assert to_c.times.median == 2 * HOUR
    to_e = next(one for one in model.flows if one.target == node(model, "e"))
    assert to_e.times is not None
    assert (to_e.times.n, to_e.times.median) == (13, HOUR)
    assert all(one.times is None for one in model.flows if one.target == END)


def test_the_petri_net_has_the_same_cases() -> None:
    bpmn, petri = (ask(office(), ModelQuery(noise=0.0, notation=notation)).model for notation in Notation)
    assert petri.replayed == bpmn.replayed
    assert {one.kind for one in petri.nodes} == {NodeKind.TASK, NodeKind.PLACE, NodeKind.SILENT}
    for sign in "abcder":
        one, other = (next(each for each in model.nodes if letter(each) == sign) for model in (bpmn, petri))
        assert (one.cases, one.occurrences) == (other.cases, other.occurrences)


def test_noise_leaves_rare_courses_out_and_says_how_many_cases_are_left() -> None:
    log = log_of_traces(*["abcd"] * 40, "acebdc")
    model = ask(log, ModelQuery(noise=0.3)).model
    assert model.replayed == 40
    assert model.counted == model.n_cases == 41
    assert model.left_out == ("a4",)


def test_the_straight_line_is_the_strongest_way() -> None:
    flows = [Flow(START, 1, 9, 9, 1, None), Flow(1, 2, 3, 3, 1, None), Flow(1, 3, 6, 6, 1, None), Flow(2, END, 3, 3, 1, None)]
    flows += [Flow(3, END, 6, 6, 1, None)]
    assert strongest_way(flows) == (1, 3)
    assert strongest_way(flows[:2]) == ()


def test_a_guarded_model_leaves_out_what_few_cases_do_and_rounds() -> None:
    log = log_of_traces(*["abcd"] * 23, *["acd"] * 4, *["abfcd"] * 3, *["abcde"] * 6, step=HOUR * 1_000_000)
    exact = ask(log, ModelQuery(noise=0.0))
    twin = ask(log, ModelQuery(noise=0.0, guarded=True))
    assert exact.model.replayed == 36
    assert {letter(one) for one in twin.model.nodes if one.name} == set("abcde")
    assert twin.model.replayed == 30, "23 and 6 cases are left, rounded to base 5"
    assert {one.cases for one in twin.model.flows} <= {5, 10, 20, 25, 30}
    assert twin.model.left_out == ()
    places = {card.step: (card.x, card.y) for card in exact.layout.cards}
    assert all(places[card.step] == (card.x, card.y) for card in twin.layout.cards)
    assert {card.step for card in twin.layout.cards} == {one.node for one in twin.model.nodes}
    gateways = [sum(one.kind is NodeKind.EXCLUSIVE for one in answered.model.nodes) for answered in (exact, twin)]
    assert gateways == [5, 2], "those that are left with one way in and one way out are gone"
    assert flows_of(twin.model)["a", "b"] == 30
    assert {(lane.source, lane.target) for lane in twin.layout.lanes} == {(one.source, one.target) for one in twin.model.flows}


def test_a_model_of_few_cases_cannot_leave_the_screen() -> None:
    with pytest.raises(BadInput, match="fewer than 5"):
        ask(log_of_traces("ab", "ab", "ab"), ModelQuery(guarded=True))
    with pytest.raises(BadInput, match="ways through the model"):
        ask(log_of_traces(*(f"a{sign}z" for sign in "bcdefgh")), ModelQuery(guarded=True, noise=0.0))


def test_a_log_without_events_and_a_selection_without_cases_are_refused() -> None:
    with pytest.raises(BadInput, match="nothing to make a model of"):
        ask(make_log([]), ModelQuery())
    with pytest.raises(BadInput, match="nothing to make a model of"):
        ask(log_of_traces("ab", "abc"), ModelQuery(Selection((HasActivity("a0", keep=False),))))


def test_stopping_in_the_middle_leaves_no_child_and_the_next_question_is_answered() -> None:
    stop, said = threading.Event(), []

    def report(_fraction: float | None, message: str, _values: dict[str, object]) -> None:
        said.append(message)
        if message == "Starting the miner …":
            stop.set()

    workspace = workspace_of(office())
    with pytest.raises(Cancelled):
        answer(workspace, ModelQuery(), Task(report, stop.is_set))
    assert said[-1] == "Starting the miner …"
    assert not multiprocessing.active_children()
    assert answer(workspace, ModelQuery(), Task()).model.replayed == 26


def test_the_stages_are_told_by_name_and_rise() -> None:
    said: list[tuple[float | None, str]] = []
    answer(workspace_of(office()), ModelQuery(), Task(lambda fraction, message, _values: said.append((fraction, message))))
    fractions = [fraction for fraction, _ in said if fraction is not None]
    assert fractions == sorted(fractions)
    for stage in ("Starting the miner …", "Finding the model …", "Replaying the variants: {n} of {all}", "Drawing the model …"):
        assert stage in [message for _, message in said]


def test_a_model_is_found_once_for_both_notations() -> None:
    study, calls = Study(office()), []

    def counted(given: bytes, task: Task) -> bytes:
        calls.append(given)
        return mine(given, task)

    for _ in range(2):
        find_model(study, Selection(), Miner.INDUCTIVE, 0.2, Task(), counted)
    assert len(calls) == 1


def test_a_model_of_some_steps_passes_over_the_others() -> None:
    """The rarest steps of the map's order are not in it; a wait runs over what the case does meanwhile in such a step."""
    log = log_of_traces(*["abcd"] * 20, *["axcd"] * 6, *["abxycd"] * 5, *["y"] * 2, step=HOUR * 1_000_000)
    whole = ask(log, ModelQuery(noise=0.0)).model
    assert (whole.n_steps, whole.n_steps_all, whole.without, whole.n_cases_met) == (6, 6, 0, 33)
    workspace = workspace_of(log)
    query = ModelQuery(noise=0.0, steps=4)
    find_model(workspace.study, query.selection, query.miner, query.noise, Task(), mine, steps=(0, 1, 2, 3))
    some = answer(workspace, query, Task()).model
    assert {letter(one) for one in some.nodes if one.name} == set("abcd")
    assert (some.n_steps, some.n_steps_all, some.n_cases) == (4, 6, 33)
    assert (some.without, some.n_cases_met, some.counted, some.replayed) == (2, 31, 31, 31)
    assert some.left_out == ()
    assert flows_of(some)["b", "exclusive"] == 25
    to_c = next(one for one in some.flows if one.target == node(some, "c"))
    assert to_c.times is not None
    assert (to_c.times.n, to_c.times.min, to_c.times.max) == (31, HOUR, 3 * HOUR)
    twin = answer(workspace, ModelQuery(noise=0.0, steps=4, guarded=True), Task()).model
    assert (twin.n_steps, twin.n_steps_all, twin.without) == (4, 6, 0)


def test_a_model_of_no_step_in_particular_is_of_those_that_the_map_shows_at_first() -> None:
    log = log_of_traces(*(f"a{chr(ord('b') + at)}z" for at in range(20)), *["abcz"] * 9)
    assert steps_of(Study(log), ModelQuery(), Task()) is None, "all of them can be read"
    many = log_of_traces(*["".join(chr(ord("a") + (at * 7 + i * i) % 90) for i in range(12)) for at in range(400)])
    steps = steps_of(Study(many), ModelQuery(), Task())
    assert steps is not None
    assert 0 < len(steps) <= READABLE_STEPS
    assert steps_of(Study(many), ModelQuery(steps=90), Task()) is None


def test_the_child_is_handed_no_names_and_no_case_ids() -> None:
    given = []

    def caught(encoded: bytes, task: Task) -> bytes:
        given.append(encoded)
        return mine(encoded, task)

    find_model(Study(log_of_traces("ab", "ab")), Selection(), Miner.INDUCTIVE, 0.0, Task(), caught)
    assert b"a0" not in given[0]
    assert b"case" not in given[0]


def test_words_on_a_model_say_how_well_it_fits_and_what_it_is_of() -> None:
    model = ask(office(), ModelQuery(noise=0.0)).model
    english = Texts("en")

    def verdict(replayed: int, undecided: int = 0, k: int = 0) -> str:
        return verdict_sentence(replace(model, n_cases=100, replayed=replayed, undecided=undecided, k=k), english)

    assert verdict(100) == "Every case runs as the model says."
    assert verdict(100, k=5) == verdict(96), "rounded numbers cannot tell all from nearly all"
    assert len({verdict(share) for share in (100, 96, 85, 60, 20)}) == 5
    assert "is not known" in verdict(20, undecided=70)
    assert verdict(20, undecided=2) == verdict(20)
    assert part_sentence(model, english) == ""
    part = replace(model, n_steps=4, n_steps_all=12, without=3)
    assert about_sentences(part, english)[0] == "A model of 4 of 12 steps; what the cases do besides is passed over."
    assert about_sentences(part, english)[-1] == "3 cases have none of these steps and are not counted."


# ---- public logs ---------------------------------------------------------------------------------------------------------------


def found_in(path: Path, miner: Miner, noise: float) -> tuple[EventLog, FoundModel]:
    log = read_source(str(path), Secret(), ReadOptions(), Task())
    return log, find_model(Study(log), Selection(), miner, noise, Task(), mine)


@real_logs.needs_real_logs
@pytest.mark.parametrize(
    ("miner", "noise", "replayed"), [(Miner.INDUCTIVE, 0.0, 1434), (Miner.INDUCTIVE, 0.2, 713), (Miner.HEURISTICS, 0.05, 127)]
)
def test_as_many_cases_of_a_public_log_are_replayed_as_pm4py_finds_without_cost(miner: Miner, noise: float, replayed: int) -> None:
    """The numbers were computed with pm4py's optimal alignments (inductive) and token-based replay (heuristics) on the nets it gave."""
    log, found = found_in(log_path("receipt"), miner, noise)
    assert log.n_cases == 1434
    assert found.cases(found.replayed) == replayed
    assert found.undecided <= 2
    assert found.cases(found.counted) == log.n_cases - found.undecided


@real_logs.needs_real_logs
def test_the_running_examples_model_is_the_known_one() -> None:
    """Its process tree in the shared data: register, a loop of checks in parallel and a decision, then reject or pay."""
    log, found = found_in(real_logs.require() / "running-example" / "running-example.xes", Miner.INDUCTIVE, 0.0)
    elements = found.charts[Notation.BPMN].chart.figures
    kinds = [one.kind for one in elements]
    assert (kinds.count(NodeKind.TASK), kinds.count(NodeKind.PARALLEL)) == (len(log.activities), 2)
    assert found.cases(found.replayed) == log.n_cases


@real_logs.needs_real_logs
def test_a_log_of_hundreds_of_steps_has_a_model_of_those_that_the_map_shows() -> None:
    log = read_source(str(log_path("BPIC15_1")), Secret(), ReadOptions(), Task())
    study = Study(log)
    steps = steps_of(study, ModelQuery(), Task())
    assert steps is not None
    assert len(log.activities) == 398
    assert len(steps) <= READABLE_STEPS
    found = find_model(study, Selection(), Miner.INDUCTIVE, 0.2, Task(), mine, steps=steps)
    assert found.used <= set(steps)
    assert found.cases(found.counted) == log.n_cases
    assert found.undecided == found.without == 0
