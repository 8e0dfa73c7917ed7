"""A store whose engine is a table of answers: for tests of the map without an engine process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.log.columns import ColumnRoles
from engine.process_map.values import END, START
from engine.service.messages import (
    FileKind,
    Histogram,
    LogSummary,
    MapAnswer,
    MapQuery,
    Neighbour,
    Opened,
    PathDetails,
    PathQuery,
    Prepare,
    Prepared,
    Recorded,
    RecordExport,
    StepDetails,
    StepQuery,
)
from gui.jobs import JobStatus
from gui.map.canvas import MapCanvas
from gui.pages.map_page import MapPage
from gui.settings import Settings
from gui.store import Store
from gui.theme import load_fonts
from tests.gui.map_example import example_answer, example_map, times


class FakeJobs:
    """Answers at once, or, while `held`, when told to."""

    def __init__(self) -> None:
        self.questions: list[Any] = []
        self.waiting: dict[int, tuple[Any, Callable[[Any], None], Callable[[Exception], None] | None]] = {}
        self.stopped: list[int] = []
        self.held = False
        self.answers: dict[type, Callable[[Any], Any]] = {
            MapQuery: answer_map,
            StepQuery: step_details,
            PathQuery: path_details,
            Prepare: lambda _question: Prepared(),
            RecordExport: lambda _question: Recorded(),
        }

    def ask(self, question: Any, on_answer: Any, on_failed: Any = None, title: str = "", *, keep: bool = False) -> int:
        number = len(self.questions) + 1
        self.questions.append(question)
        self.waiting[number] = (question, on_answer, on_failed)
        if not self.held:
            self.answer(number)
        return number

    def answer(self, number: int) -> None:
        question, on_answer, _on_failed = self.waiting.pop(number)
        on_answer(self.answers[type(question)](question))

    def fail(self, number: int, error: Exception) -> None:
        _question, _on_answer, on_failed = self.waiting.pop(number)
        assert on_failed is not None
        on_failed(error)

    def stop(self, number: int) -> None:
        self.stopped.append(number)

    def status(self, number: int) -> JobStatus | None:
        return JobStatus(number, "Calculating the process map", 0.62, "Counting transitions", {}, 0.0) if number in self.waiting else None

    def asked(self, kind: type) -> list[Any]:
        return [question for question in self.questions if isinstance(question, kind)]


def answer_map(query: MapQuery) -> MapAnswer:
    return example_answer(query)


def name_of(step: int) -> str:
    return {START: "", END: ""}.get(step) if step < 0 else next(one.name for one in example_map().steps if one.step == step)  # type: ignore[return-value]


def histogram() -> Histogram:
    counts = (980, 2210, 1950, 1310, 905, 640, 455, 330, 240, 165, 130, 95, 70, 50, 40, 34, 30, 22, 18, 90)
    return Histogram(tuple(float(i) * 86400 for i in range(21)), counts, open_ended=True)


def path_details(query: PathQuery) -> PathDetails:
    found = next((one for one in example_map().paths if (one.source, one.target) == (query.source, query.target)), None)
    assert found is not None
    return PathDetails(
        query, name_of(query.source), name_of(query.target), found.cases, found.occurrences, 3, 8412 - found.cases, 12, found.times,
        histogram() if found.times else None,
    )  # fmt: skip


def step_details(query: StepQuery) -> StepDetails:
    step = next(one for one in example_map().steps if one.step == query.step)
    around = tuple(Neighbour(one.step, one.name, one.cases) for one in example_map().steps[:3] if one.step != query.step)
    return StepDetails(
        query, step.name, step.cases, step.occurrences, step.max_repetitions, step.self_loops, 12, 34, 8412, None, times(2.9, 8000),
        histogram(), around, around,
    )  # fmt: skip


def opened_log(synthetic: bool = False) -> Opened:
    names = tuple(one.name for one in example_map().steps)
    summary = LogSummary(9000, 106112, 13, 812, 1_700_000_000_000_000, 1_760_000_000_000_000, names, ColumnRoles(), ())
    return Opened(FileKind.LOG, "placeringer.csv", True, True, summary)


def make_store(folder: Path, language: str = "da", reduce_motion: bool = True) -> tuple[Store, FakeJobs]:
    """A store with no log open yet."""
    settings = Settings(folder)
    settings.change(language=language, reduce_motion=reduce_motion)
    jobs = FakeJobs()
    return Store(jobs, settings), jobs


@contextmanager
def shown_page(qtbot: QtBot, folder: Path, reduce_motion: bool = True) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    load_fonts()
    store, jobs = make_store(folder, reduce_motion=reduce_motion)
    page = MapPage(store)
    qtbot.addWidget(page)
    page.resize(1000, 748)
    page.show()
    qtbot.waitExposed(page)
    store.set_opened(opened_log())
    yield page, store, jobs
    store.turns.finish()
    page.close()


def place(canvas: MapCanvas, step: int) -> QPoint:
    """Where a step's card stands in the viewport."""
    assert canvas.map is not None
    centre = canvas.map.card_by_step[step].rect.center()
    return canvas.camera.to_view(centre, QSizeF(canvas.viewport().size())).toPoint()


def hover(canvas: MapCanvas, point: QPoint) -> None:
    """Move the pointer there."""
    QTest.mouseMove(canvas.viewport(), point + QPoint(1, 1))
    QTest.mouseMove(canvas.viewport(), point)


def press(canvas: MapCanvas, *keys: Qt.Key) -> None:
    """Type these keys, one after the other."""
    for key in keys:
        QTest.keyClick(canvas, key)
