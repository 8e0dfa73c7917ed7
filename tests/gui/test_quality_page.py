"""An analyst looks at the data quality of the demo: what was found, what it means, and a case that shows it."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from engine.quality import attributes, employees, labels, practice, registration, repeats, stamps
from engine.quality.values import Of, Result, Square
from engine.quality.words import OUT_OF, RESULTS
from gui.dialogs.import_dialog import ImportDialog
from gui.item_models.finding_model import COUNT, SENTENCE
from gui.item_models.finding_words import ADVICE
from gui.pages.quality_page import QualityPage
from gui.quality.heat_chart import square_sentence
from tests.gui.window_world import World, needs_demo, shown_texts, world  # noqa: F401


def test_every_check_has_advice() -> None:
    modules = (attributes, employees, labels, practice, registration, repeats, stamps)
    written = [Path(module.__file__ or "").read_text("utf-8") for module in modules]
    names = {name for text in written for name in re.findall(r'(?:Finding|log\.events|log\.cases)\("(\w+)"', text)}
    names |= {name for text in written for name in re.findall(r'\("(\w+)", [A-Z_]+[,)]', text)}
    assert names == set(ADVICE) and len(names) >= 39
    assert set(OUT_OF) == set(Of) and set(RESULTS) == set(Result)


@needs_demo
def test_the_findings_of_the_demo_and_a_case_that_shows_one(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+6")
    page = world.window.findChild(QualityPage)
    world.wait(lambda: page is not None and page.model.rowCount() >= 10)
    rows = {page.model.finding(row).check: row for row in range(page.model.rowCount())}
    assert {"date_only", "batch", "night_job", "duplicate"} <= set(rows)
    row = rows["duplicate"]
    assert page.model.index(row, COUNT).data() in page.model.index(row, SENTENCE).data()
    page.table.selectRow(row)
    world.wait(lambda: page.side._details is not None)
    assert page.model.example(row) in shown_texts(world)
    seen = [(event.activity, event.time) for event in page.side._details.events]
    assert len(set(seen)) < len(seen)


@needs_demo
def test_the_findings_follow_the_selection_and_speak_the_language(world: World) -> None:
    from engine.log.selection import HasActivity

    world.open_demo()
    world.store.change_view(page="quality")
    page = world.window.findChild(QualityPage)
    world.wait(lambda: page is not None and page.model.rowCount() >= 10)
    before = [page.model.finding(row).count for row in range(page.model.rowCount())]
    world.store.change_filters((HasActivity("Afslag", keep=True),))
    world.wait(lambda: page.model.rowCount() > 0 and [page.model.finding(row).count for row in range(page.model.rowCount())] != before)
    assert all(page.model.finding(row).total <= 9000 for row in range(page.model.rowCount()))
    world.window.table["language"].trigger()
    world.wait(lambda: "Data quality" in shown_texts(world))


@needs_demo
def test_a_finding_tells_what_it_changes_and_where_it_is(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+6")
    page = world.window.findChild(QualityPage)
    world.wait(lambda: page is not None and page.heat.isVisible())
    rows = {page.model.finding(row).check: row for row in range(page.model.rowCount())}
    page.table.selectRow(rows["batch"])
    world.wait(lambda: "dage" in page.side._effect.text() and page.side.finding.check == "batch")
    world.rest()
    chart = page.heat.chart
    assert chart.table is not None and len(chart.table.units) > 3 and "Hvad det ændrer" in shown_texts(world)
    chart.setFocus()
    world.qtbot.keyClick(chart, Qt.Key.Key_Right)
    world.qtbot.keyClick(chart, Qt.Key.Key_Down)
    assert chart.at == (1, 1)
    told = square_sentence(world.store.texts, chart.table, 1, 1)
    assert told in shown_texts(world) and chart.accessibleDescription() == told
    places = product(range(len(chart.table.units)), range(len(chart.table.periods)))
    sentences = {chart.table.squares[u][p].state: square_sentence(world.store.texts, chart.table, u, p) for u, p in places}
    assert "for få sager" in sentences[Square.HIDDEN] and "%" in sentences[Square.SHOWN]


@needs_demo
def test_what_the_data_can_answer_has_the_whole_width(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+6")
    page = world.window.findChild(QualityPage)
    world.wait(lambda: page is not None and page.heat.isVisible())
    page.tabs.setCurrentIndex(1)
    assert page.answers.isVisible() and not page.table.isVisible() and not page.side.isVisible() and not page.heat.isVisible()
    told = shown_texts(world)
    assert "Hvilken medarbejder arbejder hurtigst?" in told and "Med forbehold" in told and "Ja" in told
    world.window.table["language"].trigger()
    world.wait(lambda: "Which employee works fastest?" in shown_texts(world))
    page.tabs.setCurrentIndex(0)
    assert page.table.isVisible() and page.side.isVisible() and page.heat.isVisible()


@needs_demo
def test_one_click_leads_from_a_finding_to_the_step_of_the_wash(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+6")
    page = world.window.findChild(QualityPage)
    world.wait(lambda: page is not None and page.model.rowCount() >= 10)
    rows = {page.model.finding(row).check: row for row in range(page.model.rowCount())}
    page.table.selectRow(rows["date_only"])
    assert not page.side.treat.isVisible()
    page.table.selectRow(rows["duplicate"])
    seen: list[str] = []

    def look(dialog: ImportDialog) -> None:
        seen.append("\n".join(part.text() for part in dialog.findChildren(QLabel) if part.isVisible()))
        dialog.reject()

    wrong = world.in_dialog(look)
    world.qtbot.mouseClick(page.side.treat, Qt.MouseButton.LeftButton)
    assert (wrong == [] and "Fjern dubletter" in seen[0]) or "vasken" in seen[0].lower()
