"""The default view of public logs can be read, and its numbers are those of their truth files and of pandas."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine.layout.crossings import count_crossings
from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.operations import answer
from engine.process_map.abstraction import READABLE_STEPS, ways_from_start_to_end
from engine.process_map.values import END, LEAST_K, START, Metric
from engine.service.messages import MapAnswer, MapQuery, Numbers, NumbersQuery, PathQuery, Prepare, Secret, Variants, VariantsQuery
from engine.sources import read_source
from engine.tasks import Task
from engine.workspace import Workspace
from tests.real_logs import log_path, needs_real_logs, read_truth

pytestmark = needs_real_logs
NAMES = ["receipt", "SEPSIS", "BPI_2020_DomesticDeclarations", "BPIC15_1"]


@cache
def log(name: str) -> EventLog:
    return read_source(log_path(f"{name}.xes.gz"), Secret(), ReadOptions(), Task())


@cache
def workspace(name: str) -> Workspace:
    held = Workspace()
    held.study_log(log(name))
    return held


def truth(name: str) -> dict[str, object]:
    return read_truth(log_path(f"{name}.xes.gz").with_name(f"{name}.xes.gz.truth.json"))


def draw(name: str, query: MapQuery) -> MapAnswer:
    drawn = answer(workspace(name), query, Task())
    assert isinstance(drawn, MapAnswer)
    return drawn


def frame(name: str) -> pd.DataFrame:
    """Transitions of a log, counted by pandas: source, target, case, seconds."""
    one = log(name)
    case = np.repeat(np.arange(one.n_cases), np.diff(one.offsets))
    events = pd.DataFrame({"case": case, "activity": one.activity.astype(int), "time": one.timestamp})
    following = events.groupby("case").shift(-1)
    arcs = pd.DataFrame(
        {"source": events.activity, "target": following.activity, "case": events.case, "seconds": (following.time - events.time) / 1e6}
    )
    return arcs.dropna(subset=["target"]).astype({"target": int})


def name_height(drawn: MapAnswer) -> float:
    """Height in px of the step names when the map is fitted to a screen, or with a projector to the map's place in a window."""
    width, height, name_px = (1480, 850, 18) if drawn.query.projector else (1920, 1080, 12)
    return min(width / drawn.layout.width, height / drawn.layout.height) * name_px


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("projector", [False, True])
def test_the_first_view_can_be_read_across_a_room(name: str, projector: bool) -> None:
    drawn = draw(name, MapQuery(projector=projector))
    assert name_height(drawn) >= 14
    assert 5 <= len(drawn.map.steps) <= READABLE_STEPS
    assert sum(lane.label is None for lane in drawn.layout.lanes) <= 0.03 * len(drawn.layout.lanes)
    assert len(drawn.map.paths) <= 30 or count_crossings(drawn.layout) <= len(drawn.map.paths)


@pytest.mark.parametrize("name", NAMES)
def test_a_projector_never_shows_more_than_a_desk(name: str) -> None:
    for steps in (None, 5, 20):
        desk, projector = (draw(name, MapQuery(steps=steps, projector=one)).map.coverage for one in (False, True))
        assert projector.steps_shown <= desk.steps_shown and projector.paths_shown <= desk.paths_shown


@pytest.mark.parametrize("name", [*NAMES, "Helpdesk"])
def test_the_guarded_first_view_loses_only_what_few_cases_connect(name: str) -> None:
    exact, twin = draw(name, MapQuery()).map, draw(name, MapQuery(guarded=True)).map
    everything = draw(name, MapQuery(steps=999, paths=999_999)).map
    on_a_way = ways_from_start_to_end((path.source, path.target) for path in twin.paths)
    able = ways_from_start_to_end((path.source, path.target) for path in everything.paths if path.cases >= LEAST_K)
    assert on_a_way == {step.step for step in twin.steps} == {step.step for step in exact.steps} & able


@pytest.mark.parametrize("name", ["receipt", "BPIC15_1"])
def test_what_is_prepared_in_the_background_keeps_it_readable(name: str) -> None:
    study = Workspace()
    study.study_log(log(name))
    first = answer(study, MapQuery(), Task())
    answer(study, Prepare(), Task())
    for projector in (False, True):
        drawn = answer(study, MapQuery(projector=projector), Task())
        assert isinstance(drawn, MapAnswer) and drawn.refined
        assert name_height(drawn) >= 14
        assert sum(lane.label is None for lane in drawn.layout.lanes) <= 0.03 * len(drawn.layout.lanes)
    assert answer(study, MapQuery(), Task()).map == first.map


@pytest.mark.parametrize("name", NAMES)
def test_the_map_says_what_it_leaves_out(name: str) -> None:
    cover = draw(name, MapQuery()).map.coverage
    arcs = frame(name)
    assert cover.transitions_all == len(arcs) and cover.events_all == log(name).n_events
    assert cover.steps_all == len(log(name).activities)
    assert cover.paths_all == len(arcs[arcs.source != arcs.target].groupby(["source", "target"]))
    assert 0 < cover.transitions_shown <= cover.transitions_all


@pytest.mark.parametrize("name", ["receipt", "SEPSIS"])
def test_every_path_has_the_numbers_that_pandas_finds(name: str) -> None:
    drawn = draw(name, MapQuery(steps=999, paths=999_999))
    groups = frame(name).groupby(["source", "target"])
    table = groups.agg(
        n=("seconds", "size"), cases=("case", "nunique"), mean=("seconds", "mean"), median=("seconds", "median"),
        low=("seconds", "min"), high=("seconds", "max"), total=("seconds", "sum"),
    )  # fmt: skip
    p90 = groups["seconds"].quantile(0.9)
    paths = [path for path in drawn.map.paths if path.source != START and path.target != END]
    assert len(paths) == (table.index.get_level_values(0) != table.index.get_level_values(1)).sum()
    for path in paths:
        row = table.loc[(path.source, path.target)]
        assert (path.occurrences, path.cases) == (row.n, row.cases)
        assert path.times is not None and path.times.n == row.n
        found = [path.times.mean, path.times.median, path.times.min, path.times.max, path.times.total, path.times.p90]
        wanted = [row["mean"], row["median"], row.low, row.high, row.total, p90[(path.source, path.target)]]
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_top_paths_have_the_times_of_the_truth_file(name: str) -> None:
    codes = {activity: code for code, activity in enumerate(log(name).activities)}
    rows = truth(name)["performance_top10_arcs_seconds"]["rows [from,to,count,mean,median]"]  # type: ignore[index]
    for source, target, n, mean, median in rows:
        details = answer(workspace(name), PathQuery(codes[source], codes[target]), Task())
        assert details.occurrences == n
        assert [details.times.mean, details.times.median] == pytest.approx([mean, median], abs=0.0011)
        assert sum(details.histogram.counts) == n


@pytest.mark.parametrize("name", NAMES)
def test_variants_and_durations_are_those_of_the_truth_file(name: str) -> None:
    known = truth(name)
    order = known["timestamp_stable_order"]
    variants = answer(workspace(name), VariantsQuery(limit=5), Task())
    numbers = answer(workspace(name), NumbersQuery(), Task())
    assert isinstance(variants, Variants) and isinstance(numbers, Numbers)
    assert variants.n_variants == numbers.n_variants == order["variants"]  # type: ignore[index]
    top = order["top5_variants"]  # type: ignore[index]
    names = log(name).activities
    assert [one.cases for one in variants.variants] == [one["count"] for one in top]
    assert [names[code] for code in variants.variants[0].activities] == top[0]["activities"]
    durations = known["case_duration_seconds"]
    assert numbers.durations is not None
    assert numbers.durations.median == pytest.approx(durations["median"], abs=0.01)  # type: ignore[index]
    assert numbers.durations.mean == pytest.approx(durations["mean"], abs=0.01)  # type: ignore[index]
    assert numbers.over_time is not None and sum(numbers.over_time.started) == log(name).n_cases


@pytest.mark.parametrize("name", NAMES)
def test_colours_have_four_limits_that_no_slider_moves(name: str) -> None:
    for metric in Metric:
        first, second = (draw(name, MapQuery(colour=metric, steps=steps)).map.colour_breaks for steps in (None, 6))
        assert first == second and len(first) == 4


@pytest.mark.parametrize("name", NAMES)
def test_the_guarded_twin_of_the_first_view_has_the_same_places(name: str) -> None:
    exact, twin = draw(name, MapQuery()), draw(name, MapQuery(guarded=True))
    places = {card.step: card for card in exact.layout.cards}
    assert twin.layout.cards and all(places[card.step] == card for card in twin.layout.cards)
    assert all(path.cases >= 5 and path.occurrences % 5 == 0 for path in twin.map.paths)
    assert len(twin.map.paths) <= len(exact.map.paths)
