"""The map as a table: the same numbers, the same selection, sorted and walked by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.process_map.values import START, Metric
from engine.service.messages import MapQuery
from gui.map.controls import Controls
from gui.map.table_model import MapModel, path_columns, step_columns
from gui.map.tabled import TabledMap
from gui.pages.map_page import MapPage
from gui.store import PathSelected, StepSelected
from gui.theme import load_fonts
from tests.gui.map_example import example_answer
from tests.gui.map_world import make_store, opened_log
from tests.gui.window_world import World, needs_demo, world  # noqa: F401

SPACE = "\u00a0"


@pytest.fixture
def tabled(qtbot: QtBot, tmp_path: Path) -> Iterator[TabledMap]:
    load_fonts()
    store, _jobs = make_store(tmp_path)
    store.set_opened(opened_log())
    page = MapPage(store)
    made = TabledMap(store, page, lambda: page.answer)
    page.controls.resized.connect(made.follow)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    qtbot.waitUntil(lambda: page.answer is not None)
    yield made
    page.close()
    made.close()


def cells(model: MapModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_every_step_and_path_of_the_map_is_a_row_with_its_numbers(tabled: TabledMap) -> None:
    tabled.switch()
    assert tabled.table is not None and tabled.is_table
    steps, paths = (table.model_of for table in tabled.table.tables)
    shown = example_answer().map
    assert (steps.rowCount(), paths.rowCount()) == (len(shown.steps), len(shown.paths))
    row = cells(steps, 0).index("Godkendt i VITAS")
    assert [steps.index(row, column).data() for column in range(5)] == ["Godkendt i VITAS", "7.920", f"94{SPACE}%", "7.960", "40"]
    place = paths.row_of(PathSelected(3, 4))
    assert place is not None
    headings = [paths.headerData(column, Qt.Orientation.Horizontal) for column in range(paths.columnCount())]
    found = {heading: paths.index(place, column).data() for column, heading in enumerate(headings)}
    assert (found["Fra"], found["Overgange"], found["Median"]) == ("Godkendt i VITAS", "6.383", f"2,9{SPACE}d")
    start = paths.row_of(PathSelected(START, 0))
    assert start is not None
    assert paths.index(start, 0).data() == "Start"
    assert paths.index(start, paths.columnCount() - 1).data() == "–"


def test_rows_are_sorted_by_a_column_and_what_has_no_number_stands_last(tabled: TabledMap) -> None:
    tabled.switch()
    assert tabled.table is not None
    model = tabled.table.tables[1].model_of
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    median = headings.index("Median")
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        tabled.table.tables[1].header.setSortIndicator(median, order)
        values = [path.times.median for row in range(model.rowCount()) if (path := model._rows[row]).times]  # type: ignore[union-attr]
        assert values == sorted(values, reverse=order == Qt.SortOrder.DescendingOrder)
        assert cells(model, median)[-1] == "–"


def test_danish_names_are_sorted_as_in_a_danish_dictionary(tabled: TabledMap) -> None:
    names = ("Ånd", "Ærgrelse", "Zebra", "Øl", "abe")
    answer = example_answer()
    steps = tuple(replace(one, name=name) for one, name in zip(answer.map.steps, names, strict=False))
    model = MapModel(tabled.store, of_paths=False)
    model.show_answer(replace(answer, map=replace(answer.map, steps=steps)))
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert cells(model, 0) == ["abe", "Zebra", "Ærgrelse", "Øl", "Ånd"]


def test_table_and_map_have_one_selection(tabled: TabledMap) -> None:
    tabled.store.select(PathSelected(3, 4))
    tabled.switch()
    assert tabled.table is not None
    assert tabled.table.table.model_of.of_paths
    rows = [index.row() for index in tabled.table.table.selectionModel().selectedRows()]
    assert [tabled.table.table.model_of.thing(row) for row in rows] == [PathSelected(3, 4)]
    tabled.table.show_kind(0)
    steps = tabled.table.tables[0]
    steps.selectRow(2)
    assert tabled.store.selected == steps.model_of.thing(2)
    assert isinstance(tabled.store.selected, StepSelected)
    chosen = tabled.store.selected
    steps.header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert tabled.store.selected == chosen
    assert [steps.model_of.thing(index.row()) for index in steps.selectionModel().selectedRows()] == [chosen]


def test_the_table_is_walked_and_sorted_by_keyboard(tabled: TabledMap, qtbot: QtBot) -> None:
    tabled.switch()
    assert tabled.table is not None
    steps = tabled.table.tables[0]
    QTest.keyClick(steps, Qt.Key.Key_Down)
    first = tabled.store.selected
    QTest.keyClick(steps, Qt.Key.Key_Down)
    assert tabled.store.selected != first
    before = cells(steps.model_of, 1)
    QTest.keyClick(steps, Qt.Key.Key_Right)
    QTest.keyClick(steps, Qt.Key.Key_S)
    assert steps.model_of.order == (1, False)
    assert cells(steps.model_of, 1) == before[::-1]
    with qtbot.waitSignal(tabled.table.entered):
        QTest.keyClick(steps, Qt.Key.Key_Return)
    QTest.keyClick(steps, Qt.Key.Key_Escape)
    assert tabled.store.selected is None
    QTest.keyClick(steps, Qt.Key.Key_Escape)
    assert not tabled.is_table


def test_the_table_follows_the_map_and_its_language(tabled: TabledMap, qtbot: QtBot) -> None:
    tabled.switch()
    assert tabled.table is not None
    tabled.store.set_language("en")
    qtbot.waitUntil(lambda: tabled.table is not None and tabled.table.heading.text() == "Process map as a table")
    assert tabled.table.kinds[0].text() == f"Steps ({len(example_answer().map.steps)})"
    assert tabled.table.tables[1].model_of.headerData(0, Qt.Orientation.Horizontal) == "From"
    assert [button.text() for button in tabled.table.findChildren(QPushButton) if not button.text()] == []


def test_rework_is_a_column_where_the_map_shows_it(tabled: TabledMap) -> None:
    answer = example_answer(MapQuery(colour=Metric.REWORK), colour=Metric.REWORK)
    texts = tabled.store.texts
    assert "Omarbejde" in [column.heading for column in path_columns(answer, texts)]
    assert "Omarbejde" not in [column.heading for column in path_columns(example_answer(), texts)]
    meant = [column.meaning for column in (*path_columns(answer, texts), *step_columns(answer, texts)) if not column.is_name]
    assert all(meant)


@needs_demo
def test_ctrl_t_turns_the_map_into_a_table_and_back(world: World) -> None:
    world.open_demo()
    found = world.window.findChild(TabledMap)
    assert found is not None
    controls = world.window.findChild(Controls)
    world.qtbot.waitUntil(lambda: controls.answer is not None)
    world.press("Ctrl+T")
    assert found.is_table and found.table is not None
    assert found.table.isVisible()
    assert found.table.table.hasFocus()
    world.press("Ctrl+T")
    assert not found.is_table
