"""The benchmark asks everybody the same: on a small log all programs agree, and its JSON is a list and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import bench
from tests.benchmarks.bench import Measurement
from tests.benchmarks.hot_path import contestants, fastest, prepare
from tests.benchmarks.synthetic import make_log

STEPS = ["dfg_frequency", "dfg_statistics_filtered", "variants", "case_filter_all"]


def test_the_programs_agree_and_each_step_runs() -> None:
    prepared = prepare(make_log(300))
    assert 0.1 < prepared.mask.mean() < 0.9
    steps = contestants(prepared)
    assert list(steps) == STEPS
    for works in steps.values():
        best = fastest(works, slow_runs=1, most=1)
        assert set(best) == {"ours", "pm4py", "polars", "bound"}
        assert all(0 < ms < 60_000 for ms in best.values())


def test_what_polars_counts_differently_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.peers.Polars.variants", lambda _self: [1])
    with pytest.raises(SystemExit, match="do not agree"):
        contestants(prepare(make_log(200)))


def test_the_same_log_is_made_every_time() -> None:
    one, other = make_log(50), make_log(50)
    assert one.activity.tobytes() == other.activity.tobytes()
    assert one.timestamp.tobytes() == other.timestamp.tobytes()


def test_json_is_a_list_of_steps_and_nothing_else(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    measured = [Measurement("variants", 10, 1.0, 0.5, {"pm4py": 30.0, "polars": 2.0}), Measurement("open_project", 10, 2.0, 1.0)]
    monkeypatch.setattr(bench, "measure", lambda _size: (measured, "about"))
    assert bench.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"step": "variants", "events": 10, "ours_ms": 1.0, "lower_bound_ms": 0.5, "peers": {"pm4py": 30.0, "polars": 2.0}},
        {"step": "open_project", "events": 10, "ours_ms": 2.0, "lower_bound_ms": 1.0, "peers": {}},
    ]
    assert bench.main([]) == 0
    assert "30.0 (30.0×)" in capsys.readouterr().out


