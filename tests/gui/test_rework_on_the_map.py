"""Rework as the map and the inspector tell it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.process_map.values import LoopsCutOut, Metric, PathRework, PingPong, StepRework
from engine.service.messages import MapAnswer, MapQuery, PathQuery, StepQuery
from engine.texts import Texts
from gui.map.controls import Controls
from gui.map.inspector import Inspector
from gui.map.legend import make_legend
from gui.map.scene import build_scene
from gui.map.style import map_style
from gui.map.words import describe, guard_changes, loops_sentence
from gui.store import PathSelected, StepSelected
from gui.theme import Appearance
from tests.gui.map_example import example_answer
from tests.gui.map_world import make_store, opened_log, path_details, step_details, times

SPACE = "\u00a0"


def with_rework(**changes: object) -> MapAnswer:
    """The example, whose paths lead back where they run upward in the code of their steps."""
    query = MapQuery(colour=Metric.REWORK, label=Metric.REWORK)
    answer = example_answer(query, colour=Metric.REWORK, colour_breaks=(10.0, 50.0, 100.0, 500.0))
    paths = tuple(replace(one, rework=one.occurrences // 2 if 0 <= one.target < one.source else 0) for one in answer.map.paths)
    fields = {"paths": paths, "loops": LoopsCutOut(events=10_000, cases=3_000, seconds=86_400.0 * 812)} | changes
    return replace(answer, map=replace(answer.map, **fields))


def test_only_paths_that_lead_back_have_a_colour_and_the_legend_says_what_grey_is(qtbot: QtBot) -> None:
    answer, texts, style = with_rework(), Texts("da"), map_style(Appearance.LIGHT)
    scene = build_scene(answer, texts, style)
    leads_back = {(one.source, one.target): bool(one.rework) for one in answer.map.paths if one.source >= 0 and one.target >= 0}
    assert any(leads_back.values()) and not all(leads_back.values())
    assert {key: lane.colour_class is not None for key, lane in scene.lane_by_key.items() if key in leads_back} == leads_back
    legend = make_legend(answer, texts, style)
    assert (legend.title, legend.grey_words) == ("Omarbejde", "uden omarbejde")


def test_cards_count_every_event_that_is_not_its_cases_first(qtbot: QtBot) -> None:
    steps = tuple(replace(one, occurrences=one.cases + 1_234) if one.step == 4 else one for one in example_answer().map.steps)
    answer = with_rework(steps=steps)
    scene = build_scene(answer, Texts("da"), map_style(Appearance.LIGHT))
    assert scene.card_by_step[4].repeats == "↻ 1.234"
    assert "↻ 1.234 hændelser, der ikke er sagens første" in describe(answer, StepSelected(4), Texts("da"))


def test_the_panel_says_what_the_loops_cost(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path)
    controls = Controls(store)
    qtbot.addWidget(controls)
    controls.show_answer(with_rework())
    share = store.texts.percent(10_000 / with_rework().map.n_events)
    fewer = f"Uden sløjfer ville 3.000 sager have færre hændelser: {share} af alle."
    assert controls.loops.text() == f"{fewer} Deres sløjfer varer i alt 812{SPACE}dage."
    assert not controls.loops.isHidden()
    controls.show_answer(example_answer())
    assert controls.loops.isHidden()
    assert loops_sentence(with_rework(loops=LoopsCutOut(0, 0, None)).map, Texts("en")) == "No case does a step twice."


def test_an_export_says_that_rework_gives_way(qtbot: QtBot) -> None:
    exact = with_rework().map
    changes = guard_changes(exact, replace(exact, k=5, loops=None), Texts("en"))
    assert "Rework gives way to the transitions that a case makes again on the same path." in changes
    legend = make_legend(with_rework(k=5), Texts("da"), map_style(Appearance.LIGHT))
    assert legend.title == "Overgange, der gentages"


@pytest.fixture
def inspector(qtbot: QtBot, tmp_path: Path) -> Inspector:
    store, jobs = make_store(tmp_path)
    rework = StepRework(1_200, 900, 1_000, 4_321, times(3.2, 1_000), (PingPong(2, "Rimelighed kontrolleret", 77, 40),))
    jobs.answers[StepQuery] = lambda query: replace(step_details(query), occurrences=9_000, rework=rework)
    jobs.answers[PathQuery] = lambda query: replace(path_details(query), rework=PathRework(55, 50, 77, 40))
    made = Inspector(store)
    qtbot.addWidget(made)
    store.set_opened(opened_log())
    made.resize(320, 900)
    made.show()
    return made


def seen(inspector: Inspector) -> dict[str, str]:
    """The rows: name and number."""
    QApplication.processEvents()
    words = [label.text() for label in inspector.findChildren(QLabel) if label.isVisibleTo(inspector)]
    return dict(pairwise(words))


def test_a_step_tells_of_its_loops_in_words_for_people(inspector: Inspector) -> None:
    inspector.store.select(StepSelected(4))
    rows = seen(inspector)
    assert rows["Igen efter andre trin"] == "1.200"
    assert rows["Hændelser i trinnets sløjfer"] == "4.321"
    assert rows["Tid i en sløjfe, median"] == f"3,2{SPACE}dage"
    assert "Frem og tilbage med" in rows
    names = [row.accessibleName() for row in inspector.findChildren(QWidget)]
    assert any(name.startswith("Igen efter andre trin: 1.200") for name in names)


def test_a_step_that_no_case_repeats_has_no_such_rows(inspector: Inspector) -> None:
    jobs = inspector.store.jobs
    jobs.answers[StepQuery] = lambda query: replace(step_details(query), occurrences=step_details(query).cases)  # type: ignore[attr-defined]
    inspector.store.select(StepSelected(4))
    assert "Igen efter andre trin" not in seen(inspector)


def test_a_path_tells_how_often_it_leads_back(inspector: Inspector) -> None:
    inspector.store.select(PathSelected(3, 4))
    rows = seen(inspector)
    assert (rows["Fører tilbage"], rows["Frem og tilbage"]) == ("55", "77")
