"""An analyst looks at the data quality of the demo: what was found, what it means, and a case that shows it."""

from __future__ import annotations

import re
from pathlib import Path

from engine.quality import attributes, employees, labels, practice, registration, repeats, stamps
from engine.quality.values import Of, Result
from engine.quality.words import OUT_OF, RESULTS
from gui.item_models.finding_model import COUNT, SENTENCE
from gui.item_models.finding_words import ADVICE
from gui.pages.quality_page import QualityPage
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
