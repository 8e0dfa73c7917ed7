"""The model page, driven as a user would: the model appears, is chosen otherwise, stopped, looked at and exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.disclosure.model_guard import draw_guarded_model
from engine.errors import BadInput, Cancelled
from engine.log.selection import HasActivity
from engine.models.discovery import find_model
from engine.models.drawing import draw_model, steps_of
from engine.models.files import write_file
from engine.models.mining import mine
from engine.models.values import NO_CASES, Miner, NodeKind, Notation
from engine.process_map.study import Study
from engine.process_map.values import START
from engine.service.messages import ModelAnswer, ModelFile, ModelFileQuery, ModelFormat, ModelQuery, RecordExport
from engine.tasks import Task
from engine.texts import Texts
from gui.map.export import ExportKind
from gui.map.figures import paint_event, paint_figure
from gui.map.model_scene import build_model_scene
from gui.map.style import map_style
from gui.pages.model_page import ModelPage
from gui.store import PathSelected, StepSelected, Store
from gui.theme import Appearance, load_fonts
from tests.gui.map_world import FakeJobs, make_store, opened_log
from tests.naive_log import log_of_traces

pytestmark = pytest.mark.usefixtures("qapp")

STUDY = Study(log_of_traces(*["abcd"] * 12, *["acbd"] * 11, *["abce"] * 9, *["ad"] * 2, step=3_600_000_000))


def answer_model(query: ModelQuery) -> ModelAnswer:
    """The engine's own answer, found in this process."""
    find_model(STUDY, query.selection, query.miner, query.noise, Task(), mine, steps_of(STUDY, query, Task()))
    return draw_guarded_model(STUDY, query, 5, Task()) if query.guarded else draw_model(STUDY, query, Task())


def answer_file(question: ModelFileQuery) -> ModelFile:
    answer = answer_model(question.query)
    content = write_file(answer.model, answer.layout, question.format, question.title, Texts(question.query.language))
    return ModelFile(question.format, content, answer)


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[ModelPage, Store, FakeJobs]]:
    load_fonts()
    store, jobs = make_store(tmp_path, "en")
    jobs.answers[ModelQuery] = answer_model
    jobs.answers[ModelFileQuery] = answer_file
    page = ModelPage(store)
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.show()
    store.set_opened(opened_log())
    yield page, store, jobs
    page.close()


def shown(qtbot: QtBot, page: ModelPage) -> ModelAnswer:
    qtbot.waitUntil(lambda: page.canvas.map is not None and page.answer is not None)
    assert page.answer is not None
    return page.answer


def test_the_model_appears_with_what_its_numbers_are_about(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    answer = shown(qtbot, page)
    assert page.controls.replayed.text() == "32 of 34 cases (94%) follow the model without deviation."
    assert page.controls.counting.isVisible()
    assert page.canvas.map is not None
    assert page.canvas.map.notation is Notation.BPMN
    assert {card.figure for card in page.canvas.map.cards} >= {NodeKind.TASK, NodeKind.PARALLEL, NodeKind.EXCLUSIVE}
    assert not any(lane.dotted for lane in page.canvas.map.lanes)
    task = next(node for node in answer.model.nodes if node.name)
    assert page.describe(StepSelected(task.node)).startswith(task.name)
    gateway = next(node for node in answer.model.nodes if node.kind is NodeKind.PARALLEL)
    assert "in any order" in page.describe(StepSelected(gateway.node))
    timed = next(flow for flow in answer.model.flows if flow.times)
    assert "Waiting time before the step" in page.describe(PathSelected(timed.source, timed.target))
    assert page.describe(PathSelected(START, 99)) == ""


def test_a_way_that_no_case_takes_is_said_to_be_allowed(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    answer = shown(qtbot, page)
    flow = answer.model.flows[0]
    unused = replace(answer.model, flows=(replace(flow, cases=0, occurrences=0),))
    page.answer = replace(answer, model=unused)
    assert page.describe(PathSelected(flow.source, flow.target)).endswith("The model allows this way, and no case takes it.")


def test_every_part_of_the_model_is_read_out_in_words(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    answer = shown(qtbot, page)
    listed = QAccessible.queryAccessibleInterface(page.canvas)
    names = [listed.child(at).text(QAccessible.Text.Name) for at in range(listed.childCount())]
    assert len(names) == len(answer.model.nodes) + len(answer.model.flows)
    assert all(names)
    assert not any("Selected" in name or "◇" in name for name in names)
    assert "a0. 34 of 34 cases, 34 times." in names
    assert any(name.startswith("In parallel (parallel gateway). ") for name in names)
    assert any(name.startswith("Path from Start to a0. 34 of 34 cases") for name in names)


def test_choices_ask_anew_and_can_be_undone(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    shown(qtbot, page)
    page.controls.notation.setCurrentIndex(1)
    page.controls.notation.activated.emit(1)
    assert store.view.notation is Notation.PETRI
    qtbot.waitUntil(lambda: page.canvas.map is not None and page.canvas.map.notation is Notation.PETRI)
    page.controls.miner.setCurrentIndex(1)
    page.controls.miner.activated.emit(1)
    assert jobs.questions[-1].miner is Miner.HEURISTICS
    page.controls.noise.setValue(10)
    assert page.controls.noise_words.text() == "50%"
    qtbot.waitUntil(lambda: store.view.noise == 0.5)
    store.undo()
    assert page.controls.noise.value() == 4
    store.undo()
    store.undo()
    assert store.view.notation is Notation.BPMN
    assert page.controls.notation.currentIndex() == 0


def test_the_model_can_be_made_of_fewer_steps_and_says_so(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    answer = shown(qtbot, page)
    controls = page.controls
    assert controls.verdict.text() == "The model fits most cases."
    assert controls.steps.value.text() == "5 of 5"
    assert not controls.part.isVisible()
    page.controls.noise.setValue(5)
    qtbot.waitUntil(lambda: store.view.noise == 0.25)
    assert store.view.steps is None, "only the slider of the steps chooses their number"
    controls.steps.slider.setValue(4)
    assert controls.steps.value.text() == "4 of 5"
    qtbot.waitUntil(lambda: store.view.steps == 4 and page.answer is not answer)
    qtbot.waitUntil(controls.part.isVisible)
    assert controls.part.text() == "A model of 4 of 5 steps; what the cases do besides is passed over."
    assert page.answer is not None
    timed = next(flow for flow in page.answer.model.flows if flow.times)
    assert "passes over is within this time" in page.describe(PathSelected(timed.source, timed.target))


def test_progress_and_stop(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    shown(qtbot, page)
    jobs.held = True
    store.change_view(noise=0.6)
    qtbot.waitUntil(page.notice.isVisible)
    assert "62%" in page.notice.words.text()
    page.notice.action.click()
    assert jobs.stopped
    jobs.fail(jobs.stopped[-1], Cancelled())
    assert "before" in page.notice.words.text()
    jobs.held = False
    page.notice.action.click()
    qtbot.waitUntil(lambda: not page.notice.isVisible())


def test_a_first_model_that_fails_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    load_fonts()
    store, jobs = make_store(tmp_path, "en")
    jobs.held = True
    page = ModelPage(store)
    qtbot.addWidget(page)
    page.show()
    store.set_opened(opened_log())
    qtbot.waitUntil(page.state.isVisible)
    jobs.fail(max(jobs.waiting), BadInput("The file {file} is empty.", file="log"))
    assert page.state.isVisible()
    assert page.controls.isVisible()
    page.close()


def test_without_cases_nothing_of_the_model_before_stays_and_the_last_change_can_be_undone(
    qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]
) -> None:
    page, store, jobs = world
    shown(qtbot, page)
    jobs.held = True
    filters = (HasActivity("Afslag"),)
    store.change_filters(filters)
    store.set_n_selected(0)
    jobs.fail(max(jobs.waiting), BadInput(NO_CASES))
    assert page.state.isVisible() and store.texts("No cases match") in [words.text() for words in page.state.findChildren(QLabel)]
    assert page.answer is None and page.canvas.map is None
    assert not any(part.isVisible() for part in (page.controls, page.bar, page.minimap))
    button = next(one for one in page.state.findChildren(QPushButton) if one.isVisible())
    button.click()
    assert store.view.selection.filters != filters


def test_steps_are_selected_as_on_the_map_and_gateways_are_not(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    answer = shown(qtbot, page)
    task = next(node for node in answer.model.nodes if node.name)
    gateway = next(node for node in answer.model.nodes if not node.name)
    page.canvas.picked.emit(StepSelected(task.node))
    assert store.selected == StepSelected(task.node)
    page.canvas.picked.emit(StepSelected(gateway.node))
    assert store.selected is None


@pytest.mark.parametrize("kind", [*ModelFormat, *ExportKind])
def test_what_is_exported_is_guarded_and_on_record(
    qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs], tmp_path: Path, kind: Any
) -> None:
    page, _store, jobs = world
    shown(qtbot, page)
    page.export_model()
    dialog = page.export_dialog
    assert dialog is not None
    target = tmp_path / "forløb"
    dialog.choose_path = lambda _name, _pattern: str(target)
    dialog.kinds[kind].setChecked(True)
    qtbot.waitUntil(dialog.save.isEnabled)
    assert dialog.document is not None
    assert dialog.document.answer.map.k == 5
    with qtbot.waitSignal(dialog.exported):
        dialog.save.click()
    written = target.with_name(f"forløb.{kind.value}")
    assert written.stat().st_size > 300
    (record,) = [question for question in jobs.questions if isinstance(question, RecordExport)]
    assert (record.kind, record.k) == (kind.value, 5)
    assert not list(tmp_path.glob("*.part"))


def test_every_figure_is_painted(qtbot: QtBot) -> None:
    style = map_style(Appearance.LIGHT)
    for notation in Notation:
        scene = build_model_scene(answer_model(ModelQuery(notation=notation, noise=0.0)), Texts("en"), style)
        image = QImage(80, 80, QImage.Format.Format_RGB32)
        for card in scene.cards:
            image.fill(0xFFFFFFFF)
            painter = QPainter(image)
            painter.translate(QPointF(40, 40) - card.rect.center())
            if card.figure is not NodeKind.TASK:
                paint_figure(painter, card, style)
            painter.end()
            assert (image.pixel(40, 40) != 0xFFFFFFFF) == (card.figure in (NodeKind.SILENT, NodeKind.EXCLUSIVE, NodeKind.PARALLEL))
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        painter.translate(QPointF(40, 40) - scene.start.centre)
        paint_event(painter, scene.start, notation, style)
        painter.end()
        assert (image.pixel(40, 40) != 0xFFFFFFFF) == (notation is Notation.PETRI)


def test_nothing_is_asked_while_the_page_is_hidden(qtbot: QtBot, world: tuple[ModelPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    shown(qtbot, page)
    page.hide()
    asked = len(jobs.questions)
    store.change_view(noise=0.4)
    assert len(jobs.questions) == asked
    page.show()
    assert jobs.questions[-1] == replace(page.query(), guarded=False)
