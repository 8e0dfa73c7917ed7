"""Caseworkers in a workshop: a sample on the stage, comments by keyboard, the wash judged, the data signed, and the lock over it all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine import sources
from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.service.messages import ProjectFacts, SaveProject, Secret
from engine.tasks import Task
from engine.validation.values import CommentKind
from engine.washing import values as steps
from engine.washing.values import Recipe, TableRecipe
from gui.pages.validation_page import SAMPLE, SIGNATURE, WASH, ValidationPage
from tests.gui.window_world import OPENING_MS, World, needs_demo, shown_texts, world  # noqa: F401
from tests.projects import lock_quickly

PASSPHRASE = "gul-havn-krone"
FACTS = ProjectFacts("Sygedagpenge 2027", "Ventetid", "Databeskyttelsesforordningen art. 6", "2028-01-31")


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def project(folder: Path) -> Path:
    """Forty cases of three courses, washed by two steps."""
    rows = ["sag;skridt;tid;enhed"]
    for case in range(40):
        course = ["Ansøgning", "Visitation", "Afgørelse"] if case % 4 else ["Ansøgning", "Klage", "Afgørelse", "Visitation"]
        rows += [f"{case};{name};2026-03-{1 + day:02d} 0{8 + day % 2}:15;Team {case % 3}" for day, name in enumerate(course)]
    file = folder / "udtræk.csv"
    file.write_text("\n".join([*rows, rows[-1]]) + "\n", "utf-8")
    roles = ColumnRoles("sag", "skridt", "tid", unit="enhed")
    recipe = Recipe((TableRecipe(roles, delimiter=";", steps=(steps.Trim(), steps.DropDuplicates())),))
    _intake, source = take_in([(file, Secret())], recipe, Task())
    sources.save_project(source, SaveProject(str(folder / "p"), FACTS, PASSPHRASE), Task())
    return folder / "p"


def page_of(world: World) -> ValidationPage:
    page = world.window.findChild(ValidationPage)
    assert page is not None
    return page


def open_room(world: World, folder: Path) -> ValidationPage:
    world.window.flow.open_path(str(folder), Secret(PASSPHRASE))
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    world.press("Ctrl+7")
    page = page_of(world)
    world.wait(lambda: page._room is not None)
    world.rest()
    return page


def draw(world: World, page: ValidationPage, seed: str = "4711") -> None:
    page.bar.seed.setFocus()
    page.bar.seed.clear()
    world.qtbot.keyClicks(page.bar.seed, seed)
    world.qtbot.keyClick(page.bar.seed, Qt.Key.Key_Return)
    world.wait(lambda: page._sample is not None and str(page._sample.draw.seed) == seed and page.stage.model.rowCount() > 0)
    world.rest()


def test_a_workshop_by_keyboard(world: World, tmp_path: Path) -> None:
    page = open_room(world, project(tmp_path))
    assert "Data er ikke valideret." in shown_texts(world)
    draw(world, page)
    table = page.stage.table
    assert "Sag 1 af 12" in shown_texts(world)
    assert page.stage._code.text() == page.case.case
    first = page.case.case
    world.qtbot.keyClick(table, Qt.Key.Key_Right)
    world.wait(lambda: page.case.case != first and page._details is not None)
    world.qtbot.keyClick(table, Qt.Key.Key_PageDown)
    world.wait(lambda: "Sag 3 af 12" in shown_texts(world) and page._details is not None)
    for _ in range(2):
        world.qtbot.keyClick(table, Qt.Key.Key_Left)
    world.wait(lambda: page.case.case == first and page._details is not None)
    world.rest()
    table.setFocus()
    world.qtbot.keyClick(table, Qt.Key.Key_Down)
    if page.stage.step is None or page.stage.step == 0:
        world.qtbot.keyClick(table, Qt.Key.Key_Down)
    step = page.stage.step
    assert step is not None
    world.qtbot.keyClick(table, Qt.Key.Key_K)
    assert world.window.focusWidget() is page.comments.text
    assert page.comments.about.currentData() == step
    page.comments.kind.setCurrentIndex(page.comments.kind.findData(CommentKind.ORDER.value))
    world.qtbot.keyClicks(page.comments.text, "Kom før visitationen")
    world.qtbot.keyClicks(page.comments.by, "sagsbehandler, team 2")
    world.qtbot.keyClick(page.comments.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.wait(lambda: "Kom før visitationen" in shown_texts(world))
    assert page.comments.text.toPlainText() == ""
    assert page.comments.by.text() == "sagsbehandler, team 2"
    world.qtbot.keyClick(page.comments.text, Qt.Key.Key_Escape)
    assert world.window.focusWidget() is table
    assert len(page._room.looked_at) == 3


def test_what_tells_of_a_person_stays_in_the_field_with_a_reason(world: World, tmp_path: Path) -> None:
    page = open_room(world, project(tmp_path))
    draw(world, page)
    page.begin_comment()
    page.comments.kind.setCurrentIndex(1)
    page.comments.text.setPlainText("Borgeren 010170-1234 fik intet brev")
    page.comments.by.setText("sagsbehandler, team 2")
    page.comments.keep.click()
    world.wait(lambda: not page.comments.problem.isHidden())
    assert "ligner et personnummer" in page.comments.problem.text()
    assert page.comments.text.toPlainText()
    assert not page._room.comments
    page.comments.text.setPlainText("Borgeren fik intet brev")
    page.comments.keep.click()
    world.wait(lambda: len(page._room.comments) == 1)
    assert page.comments.problem.isHidden()
    [comment] = page._room.comments
    page.comments.text.setPlainText("Halvt skrevet")
    page.comments._settle(comment)
    world.wait(lambda: page._room.comments[0].settled)
    assert page.comments.text.toPlainText() == "Halvt skrevet", "what is being written stays"
    page.comments._edit(page._room.comments[0])
    page.comments.text.setPlainText("Borgeren fik brevet sent")
    page.comments.keep.click()
    world.wait(lambda: page._room.comments[0].text == "Borgeren fik brevet sent")
    page.comments.removed.emit(1)
    world.wait(lambda: not page._room.comments)


def test_a_rejected_step_names_what_to_change_and_the_signature_waits(world: World, tmp_path: Path) -> None:
    page = open_room(world, project(tmp_path))
    draw(world, page)
    page.tabs.setCurrentIndex(WASH)
    assert page.views.currentIndex() == WASH
    assert page.wash.model.rowCount() == 2
    page.wash.table.selectRow(1)
    page.wash.reject.click()
    world.wait(lambda: not page.wash.problem.isHidden())
    assert "hvorfor" in page.wash.problem.text()
    page.wash.reason.setText("To ens breve er to breve")
    world.rest()
    before = page.wash.accept.x(), page.wash.reject.x()
    page.wash.reject.click()
    world.wait(lambda: bool(page._room.rejected))
    world.rest()
    assert not page.wash.open_again.isHidden()
    assert (page.wash.accept.x(), page.wash.reject.x()) == before
    assert "trin 2 af udtræk.csv" in page.wash._banner_text.text()
    page.tabs.setCurrentIndex(SIGNATURE)
    assert not page.signature.sign.isEnabled()
    asked: list[str] = []
    world.window.table["import_extracts"].triggered.disconnect()
    world.window.table.on("import_extracts", lambda: asked.append("import"))
    page.wash.change.click()
    assert asked == ["import"]
    page.wash.accept.click()
    world.wait(lambda: not page._room.rejected)
    page.signature.by.setText("leder af team 2")
    page.signature.sign.click()
    world.wait(lambda: page._room.standing.signed)
    assert world.store.opened.standing.signed
    assert "Data valideret" in page.standing.full_text
    world.wait(lambda: "leder af team 2" in shown_texts(world))
    page.signature.withdraw.click()
    world.wait(lambda: not page._room.standing.signed)
    world.wait(lambda: "Trukket tilbage" in shown_texts(world))


def test_the_lock_takes_the_page_and_the_project_brings_it_back(world: World, tmp_path: Path) -> None:
    page = open_room(world, project(tmp_path))
    draw(world, page)
    page.comments.text.setPlainText("Ikke gemt endnu")
    code = page.case.case
    world.press("Ctrl+L")
    world.wait(lambda: world.store.locked)
    assert page.case is None
    assert page._room is None
    assert page.comments.text.toPlainText() == ""
    assert page.stage.model.rowCount() == 0
    assert page.bar.seed.text() == ""
    assert code not in page.stage._code.text()
    world.type_passphrase(world.window.lock_page.unlock_card, PASSPHRASE)
    world.wait(lambda: not world.store.locked, OPENING_MS)
    world.wait(lambda: page.case is not None and page.case.case == code)


@needs_demo
def test_the_demo_shows_a_sample_keeps_nothing_and_is_made_up(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+7")
    page = page_of(world)
    world.wait(lambda: page._room is not None)
    assert "Ingen stikprøve endnu" in shown_texts(world)
    page.empty._button.click()
    world.wait(lambda: page._sample is not None and page.stage.model.rowCount() > 0)
    assert "kan kun læses" in page._keeping.text()
    assert "Syntetiske data" in page.standing.full_text
    assert page.comments._form.isHidden()
    assert len({case.stratum for case in page._sample.cases}) == 4
    page.tabs.setCurrentIndex(SAMPLE)
    world.window.table["language"].trigger()
    world.wait(lambda: "Case 1 of 12" in shown_texts(world))
    world.window.table["projector"].trigger()
    world.rest()
    page.tabs.setCurrentIndex(SIGNATURE)
    assert page.signature.sign.isHidden()
