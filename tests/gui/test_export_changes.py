"""Before a map leaves, its analyst sees number by number what will be written, and why it is not the exact one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.process_map.values import END, START, Metric, ProcessMap
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.export_changes import Change, ChangesModel, changes_of
from gui.map.words import coarse_counts, guard_changes
from tests.gui.map_example import REFUSED, example_answer

EN = Texts("en")
pytestmark = pytest.mark.usefixtures("qapp")


def told(exact: ProcessMap) -> ProcessMap:
    """The example without its refused cases, and otherwise unchanged."""
    paths = tuple(path for path in exact.paths if REFUSED not in (path.source, path.target))
    return replace(exact, steps=tuple(step for step in exact.steps if step.step != REFUSED), paths=paths, k=5)


def changes(guarded: ProcessMap, exact: MapAnswer | None = None) -> dict[tuple[str, str], tuple[str, str, str]]:
    exact = exact or example_answer()
    found = changes_of(exact, replace(exact, map=guarded), EN)
    assert len({(one.what, one.number) for one in found}) == len(found)
    return {(one.what, one.number): (one.exact, one.exported, one.why) for one in found}


def test_what_vanishes_is_named_with_its_count_and_the_reason() -> None:
    """The analyst may see all of that: it is the own screen."""
    exact = example_answer()
    few = replace(exact.map, steps=tuple(replace(step, cases=3) if step.step == REFUSED else step for step in exact.map.steps))
    rare = replace(few, paths=tuple(replace(path, cases=3) if path.target == REFUSED else path for path in few.paths))
    found = changes(told(rare), replace(exact, map=rare))
    name = next(step.name for step in exact.map.steps if step.step == REFUSED)
    assert found[name, "Cases"] == ("3", "left out", "fewer than 5 cases")
    lost = {what: row for (what, _number), row in found.items() if what.endswith(f"→ {name}")}
    assert lost and set(lost.values()) == {("3", "left out", "fewer than 5 cases")}
    onward = [row for (what, _number), row in found.items() if what.startswith(f"{name} →")]
    assert onward and all(row[1:] == ("left out", "left out with its step") for row in onward)


def test_a_step_that_only_rare_paths_connect_is_said_to_be_one() -> None:
    found = changes(told(example_answer().map))
    name = next(step.name for step in example_answer().map.steps if step.step == REFUSED)
    assert found[name, "Cases"][1:] == ("left out", "only rarer paths connect it")


def test_rounded_counts_stand_beside_the_exact_ones() -> None:
    exact = example_answer().map
    first = exact.steps[0]
    to_five = round(first.cases / 5) * 5
    guarded = replace(told(exact), steps=(replace(first, cases=to_five + 5 if to_five == first.cases else to_five), *told(exact).steps[1:]))
    row = changes(guarded)[first.name, "Cases"]
    assert row[0] == EN.number(first.cases) and row[0] != row[1] and row[2].startswith("rounded to")


def test_a_count_that_is_rounded_to_ten_says_why() -> None:
    exact = example_answer()
    before = replace(exact, map=replace(exact.map, steps=(replace(exact.map.steps[0], cases=1817), *exact.map.steps[1:])))
    guarded = replace(told(before.map), steps=(replace(before.map.steps[0], cases=1820), *told(before.map).steps[1:]))
    assert changes(guarded, before)[exact.map.steps[0].name, "Cases"][2] == "rounded to 10: hides another number"
    assert coarse_counts(before.map, guarded) == 1
    said = "Counts are rounded to the nearest 5, 1 of them to the nearest 10: a hidden number could be computed from it."
    assert said in guard_changes(before.map, guarded, EN)
    assert coarse_counts(exact.map, told(exact.map)) == 0


def test_hidden_and_replaced_times_say_why() -> None:
    exact = example_answer()
    shown = replace(told(exact.map), label=Metric.MAX, second=Metric.P90)
    place, path = next(
        (at, path) for at, path in enumerate(shown.paths) if path.times is not None and path.source != START and path.target != END
    )
    assert path.times is not None
    times = replace(path.times, p90=0.0, max=path.times.max / 2, hidden=(Metric.P90,))
    guarded = replace(shown, paths=(*shown.paths[:place], replace(path, times=times), *shown.paths[place + 1 :]))
    rows = {number: row for (_what, number), row in changes(guarded).items() if "Waiting time" in number}
    assert rows["Waiting time, 90% are within"][1:] == ("left out", "fewer than 5 cases")
    assert rows["Waiting time, 95% point"][2] == "nobody's own time"


def test_what_does_not_change_is_not_listed() -> None:
    exact = example_answer()
    same = replace(exact.map, k=5)
    assert changes(same) == {}


def test_the_table_reads_as_it_looks(qtbot: QtBot) -> None:
    model = ChangesModel((Change("a → b", "Cases", "12", "10", "rounded to 5"),), EN)
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(5)] == ["On the map", "Number", "Exact", "Exported", "Why"]
    assert [model.data(model.index(0, at)) for at in range(5)] == ["a → b", "Cases", "12", "10", "rounded to 5"]
    assert (model.rowCount(), model.columnCount()) == (1, 5)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)
