"""The charts of the figures: what their axes say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from engine.service.messages import FileKind, Histogram, Numbers, OverTime
from engine.texts import Texts
from gui.pages.numbers_page import NumbersPage, month_ticks
from gui.settings import Settings
from gui.store import Store
from gui.theme import Appearance
from tests.gui.window_world import opened

DAY_S = 86_400
YEAR_US = 365 * DAY_S * 1_000_000


class Silent:
    """Jobs that never answer."""

    def ask(self, *_: Any, **__: Any) -> int:
        return 1

    def stop(self, number: int) -> None:
        raise AssertionError(number)


def numbers(**changes: Any) -> Numbers:
    known = dict.fromkeys(Numbers.__struct_fields__)
    from engine.service.messages import NumbersQuery

    values: dict[str, Any] = known | {"query": NumbersQuery(), "n_cases": 9, "n_events": 27, "n_variants": 2, "activities": ()}
    values |= {"events_per_case": Histogram((), ())}
    return Numbers(**(values | changes))


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[NumbersPage]:
    store = Store(Silent(), Settings(tmp_path))
    store.opened = opened(FileKind.LOG)
    made = NumbersPage(store)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    yield made
    qtbot.wait(20)


def drawn(page: NumbersPage, qtbot: QtBot, answer: Numbers, card: Any) -> list[str]:
    card.drop()
    page.show_answer(answer)
    qtbot.waitUntil(lambda: card._chart is not None and bool(card._chart.getAxis("bottom")._tickLevels), timeout=20_000)
    return [text for _, text in card._chart.getAxis("bottom")._tickLevels[0]]


def test_a_log_over_a_century_is_counted_per_year_with_ticks_at_years(page: NumbersPage, qtbot: QtBot) -> None:
    starts = tuple(-70 * YEAR_US + i * YEAR_US for i in range(125))
    zeros = (0,) * 125
    said = drawn(page, qtbot, numbers(over_time=OverTime("year", starts, zeros, zeros, zeros, zeros)), page._over_time)
    assert page._over_time._below.text() == "Sager pr. år"
    assert said == ["1920", "1940", "1960", "1980", "2000", "2020"]


def test_every_period_the_engine_may_answer_with_has_its_words(page: NumbersPage, qtbot: QtBot) -> None:
    for unit, words in (("day", "dag"), ("week", "uge"), ("month", "måned"), ("year", "år")):
        drawn(page, qtbot, numbers(over_time=OverTime(unit, (0, YEAR_US), (1, 1), (0, 1), (1, 1), (3, 3))), page._over_time)
        assert page._over_time._below.text() == f"Sager pr. {words}"


def test_the_open_end_of_a_histogram_is_said_on_its_axis(page: NumbersPage, qtbot: QtBot) -> None:
    edges = tuple(float(5 * i) for i in range(25))
    answer = numbers(events_per_case=Histogram(edges, tuple(range(24)), open_ended=True))
    said = drawn(page, qtbot, answer, page._events)
    assert said[-1] == "115+"
    assert said[:-1] == ["0", "20", "40", "60", "80", "100"]
    closed = numbers(events_per_case=Histogram(edges, tuple(range(24))))
    page._events.drop()
    assert drawn(page, qtbot, closed, page._events) == ["0", "20", "40", "60", "80", "100", "120"]


def test_numbers_of_events_are_whole(page: NumbersPage, qtbot: QtBot) -> None:
    answer = numbers(events_per_case=Histogram((2.0, 3.0, 4.0, 5.0), (4, 3, 2)))
    assert drawn(page, qtbot, answer, page._events) == ["2", "3", "4"]


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.integers(2, 40), st.booleans())
def test_ticks_are_few_whole_and_inside(first: float, size: float, bars: int, last: bool) -> None:
    from gui.widgets.chart import whole_ticks

    edges = [first + size * i for i in range(bars + 1)]
    ticks = whole_ticks(edges, str, "9+" if last else "")
    assert len(ticks) <= 10
    slack = 1e-6 * max(1.0, edges[-1])
    assert all(edges[0] - slack <= at <= edges[-1] + slack for at, _ in ticks)
    assert all(at == int(at) for at, text in ticks if text != "9+")
    assert [text for _, text in ticks].count("9+") == last


def test_a_month_long_log_has_ticks_at_its_ends() -> None:
    assert len(month_ticks(0, 10 * DAY_S, "Europe/Copenhagen", Texts("da"))) == 2


@pytest.mark.parametrize("top", [3, 8, 45, 90, 480, 900, 1000])
def test_the_highest_number_of_a_chart_is_in_sight_in_every_appearance(page: NumbersPage, qtbot: QtBot, top: int) -> None:
    page.store.set_appearance(Appearance.PROJECTOR)
    qtbot.waitUntil(lambda: page.store.turns.is_empty)
    over_time = OverTime("year", (0, YEAR_US), (1, 1), (0, top), (1, 1), (3, 3))
    drawn(page, qtbot, numbers(over_time=over_time), page._over_time)
    assert page.is_drawn
    chart: Any = page._over_time._chart
    highest = chart.getAxis("left")._tickLevels[0][-1][0]
    assert highest >= 0.6 * top
    assert chart.viewRange()[1][1] > highest
    page.store.set_appearance(Appearance.LIGHT)
    qtbot.waitUntil(lambda: page.store.turns.is_empty)
