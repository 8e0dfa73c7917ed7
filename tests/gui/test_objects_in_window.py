"""Objects in the window: a map of all types, types switched on and off, what is the case chosen anew, and several sources compared."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.agreement.values import SameFact
from engine.demo.extract_recipe import CASE_SYSTEM, PLANNED, PLANNER
from engine.demo.extracts import make_extract, write_extract
from engine.intake import take_in
from engine.log.selection import HasActivity
from engine.service.messages import ProjectFacts, SaveProject, Secret
from engine.sources import save_project
from engine.tasks import Task
from engine.washing.recipe_file import open_recipe
from gui.map.object_panel import ObjectPanel
from gui.map.strand_painter import letter_colour, luminance
from gui.map.strands import Sign, side_by_side, spread
from gui.pages.objects_page import ObjectsPage
from gui.pages.quality_page import SOURCES, QualityPage
from gui.store import PathSelected, StepSelected
from gui.theme import Appearance, tokens
from tests.gui.window_world import OPENING_MS, World, world
from tests.projects import lock_quickly

__all__ = ["world"]
PASSPHRASE = "gul-havn-krone"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case system and a planner joined, with citizens and bookings beside the cases."""
    lock_quickly(monkeypatch)
    paths = write_extract(make_extract("A", n_cases=120), tmp_path / "udtræk")
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    table = recipe.tables[0]
    roles = msgspec.structs.replace(table.roles, objects=("cpr", "objekt_ref"))
    recipe = msgspec.structs.replace(recipe, tables=(msgspec.structs.replace(table, roles=roles), *recipe.tables[1:]))
    planner = next(path for path in paths if path.name.endswith("-planner.csv"))
    _, source = take_in([(paths[0], Secret()), (planner, Secret())], recipe, Task())
    view = msgspec.structs.replace(source.view, page="objects")
    facts = ProjectFacts("Forløb", "prøve", "ingen personer", "2030-12-31", synthetic=True)
    save_project(source, SaveProject(str(tmp_path / "projekt"), facts, PASSPHRASE, view=view), Task())
    return tmp_path / "projekt"


def opened(world: Any, project: Path) -> World:
    assert isinstance(world, World)
    world.window.flow.open_path(str(project), Secret(PASSPHRASE))
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    return world


def objects_page(world: World) -> ObjectsPage:
    world.press("Ctrl+8")
    page = world.window.findChild(ObjectsPage)
    assert isinstance(page, ObjectsPage)
    world.wait(lambda: page.canvas.map is not None, OPENING_MS)
    world.rest()
    return page


def test_the_map_of_objects_by_hand(world: Any, project: Path) -> None:
    opened(world, project)
    page = objects_page(world)
    assert page.answer is not None
    assert [one.name for one in page.answer.map.types] == ["objekt_ref", "case", "cpr"]
    assert [one.letter for one in page.answer.map.types] == ["O", "S", "C"], "letters are those of the names that are shown: Sag, not case"
    boxes = page.controls.boxes
    QTest.mouseClick(boxes["cpr"], Qt.MouseButton.LeftButton, pos=boxes["cpr"].rect().center() / 4)
    if boxes["cpr"].isChecked():
        QTest.keyClick(boxes["cpr"], Qt.Key.Key_Space)
    world.rest()
    world.wait(lambda: page.answer is not None and len(page.answer.map.shown) == 2)
    assert world.store.view.hidden_types == ("cpr",)
    world.wait(lambda: page.canvas.map is not None and all(len(card.signs) <= 2 for card in page.canvas.map.cards))
    scene = page.canvas.map
    assert scene is not None
    assert all(strand.sign.letter in "OS" for lane in scene.lanes for strand in lane.strands)
    QTest.keyClick(page.controls.boxes["objekt_ref"], Qt.Key.Key_Space)
    world.rest()
    assert not page.controls.boxes["case"].isEnabled(), "one type is always shown"
    world.store.undo()
    world.store.undo()
    world.rest()
    assert world.store.view.hidden_types == () and page.controls.boxes["cpr"].isChecked()


def test_a_step_and_a_path_tell_their_numbers_by_type(world: Any, project: Path) -> None:
    opened(world, project)
    page = objects_page(world)
    panel = world.window.findChild(ObjectPanel)
    assert isinstance(panel, ObjectPanel)
    assert panel.title.text() == world.store.texts.plural("{n} type of object", "{n} types of objects", 3)
    answer = page.answer
    assert answer is not None
    step = next(step for step in answer.map.steps if len(step.counts) == 3)
    page.go_to_step(step.step)
    assert page.selected == StepSelected(step.step) and world.store.selected is None, "its steps are not those of the process map"
    assert panel.title.text() == step.name
    told = page.describe(StepSelected(step.step))
    assert all(world.store.texts.number(count.times) in told for count in step.counts)
    path = next(path for path in answer.map.paths if path.source >= 0 and path.target >= 0)
    page._pick(PathSelected(path.source, path.target))
    assert "→" in panel.title.text()
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert page.selected is None


def test_the_exported_map_is_guarded(world: Any, project: Path, tmp_path: Path) -> None:
    opened(world, project)
    page = objects_page(world)
    world.press("Ctrl+E")
    world.wait(lambda: page.export_dialog is not None and page.export_dialog.document is not None)
    dialog = page.export_dialog
    assert dialog is not None and dialog.document is not None
    shown = dialog.document.objects.map  # type: ignore[attr-defined]
    assert shown.k == 5 and all(count.times % 5 == 0 for path in shown.paths for count in path.counts)
    target = tmp_path / "kort.svg"
    dialog.choose_path = lambda _name, _pattern: str(target)
    dialog.save.click()
    world.wait(target.exists)
    world.rest()
    assert b"<svg" in target.read_bytes()[:400]


def test_what_the_cases_are_is_chosen_in_the_filter_bar(world: Any, project: Path) -> None:
    opened(world, project)
    button = world.window.workspace.filter_bar.notion
    assert button.isVisible() and world.store.texts("Case") in button.text()
    page = objects_page(world)
    steps = world.store.opened.summary.activities
    world.store.change_filters((HasActivity(PLANNED), HasActivity(steps[0])))
    world.rest()
    n = world.store.opened.summary.n_cases
    kinds = list(button.menu().actions())
    assert [action.isChecked() for action in kinds].count(True) == 1 and not any("sagsbehandler" in action.text() for action in kinds)
    next(action for action in kinds if action.text().startswith("objekt_ref")).trigger()
    world.wait(lambda: world.store.view.notion == "objekt_ref", OPENING_MS)
    world.rest()
    summary = world.store.opened.summary
    assert summary.n_cases != n and "objekt_ref" in button.text()
    assert all(one.activity in summary.activities for one in world.store.view.selection.filters if isinstance(one, HasActivity))
    world.wait(lambda: page.answer is not None and page.answer.map.n_cases_all == summary.n_cases)
    world.store.change_filters(())
    world.rest()
    world.store.save_view()
    world.rest()
    world.window.flow.close_log()
    world.wait(lambda: world.store.opened is None)
    opened(world, project)
    assert world.store.view.notion == "objekt_ref" and world.store.opened.summary.n_cases == summary.n_cases


def test_a_log_with_one_notion_shows_neither_page_nor_choice(world: Any) -> None:
    assert isinstance(world, World)
    world.open_demo()
    assert not world.window.workspace.filter_bar.notion.isVisible()
    action = world.window.table["page_objects"]
    assert not action.isVisible() and not action.isEnabled()


def test_sources_are_compared_on_the_page_of_data_quality(world: Any, project: Path) -> None:
    opened(world, project)
    world.press("Ctrl+6")
    page = world.window.findChild(QualityPage)
    assert isinstance(page, QualityPage) and page.tabs.isTabVisible(SOURCES)
    page.tabs.setCurrentIndex(SOURCES)
    view = page.sources
    world.wait(lambda: view.answer is not None)
    assert view.answer is not None
    (talks,) = view.answer.report.agreements
    assert talks.differ > 0 and talks.fact.source == PLANNER and talks.fact.other_source == CASE_SYSTEM
    view._on_remove(talks.fact)
    world.wait(lambda: view.answer is not None and not view.answer.report.agreements)
    told = {(one.source, one.activity): at for at, one in enumerate(view.answer.told)}
    view.first.setCurrentIndex(told[PLANNER, PLANNED])
    view.second.setCurrentIndex(told[CASE_SYSTEM, talks.fact.other_activity])
    view.add.click()
    world.wait(lambda: view.answer is not None and len(view.answer.report.agreements) == 1)
    assert world.store.view.same_facts == (SameFact(PLANNED, talks.fact.other_activity, CASE_SYSTEM, PLANNER),)
    assert view.answer.report.agreements[0].differ == talks.differ


# ---- looks --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("appearance", Appearance)
def test_types_are_told_apart_by_more_than_their_hue(appearance: Appearance) -> None:
    shown = tokens(appearance)
    colours, canvas = [QColor(one) for one in shown.object_types], luminance(QColor(shown.canvas))
    for colour in colours:
        lighter, darker = sorted((luminance(colour), canvas), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, "lines have the contrast of signs (WCAG 2.2, 1.4.11)"
        ink, under = sorted((luminance(letter_colour(colour)), luminance(colour)), reverse=True)
        assert (ink + 0.05) / (under + 0.05) >= 4.5, "letters on them that of text"
    for sight in (NORMAL, PROTAN, DEUTAN, TRITAN):
        seen = [lab(colour, sight) for colour in colours]
        assert min(apart(one, other) for one, other in combinations(seen, 2)) >= 0.09
    lightness = sorted(lab(colour, NORMAL)[0] for colour in colours)
    assert min(after - before for before, after in pairwise(lightness)) >= 0.03


Matrix = tuple[tuple[float, float, float], ...]
NORMAL: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
PROTAN: Matrix = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTAN: Matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881))
TRITAN: Matrix = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039))
"""Colours as people see them who lack one kind of cone (Machado, Oliveira and Fernandes 2009), linear RGB."""
LMS: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005),
)  # fmt: skip
OKLAB: Matrix = (
    (0.2104542553, 0.793617785, -0.0040720468), (1.9779984951, -2.428592205, 0.4505937099), (0.0259040371, 0.7827717662, -0.808675766),
)  # fmt: skip


def times(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(colour: QColor, sight: Matrix) -> tuple[float, ...]:
    """Oklab coordinates of a colour as it is seen."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = tuple(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts)
    seen = tuple(min(max(value, 0.0), 1.0) for value in times(sight, linear))
    return times(OKLAB, tuple(value ** (1 / 3) for value in times(LMS, seen)))


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


def test_lines_of_a_path_run_side_by_side_round_every_bend() -> None:
    strands = side_by_side([(Sign("A", 0), 4.0), (Sign("B", 1), 2.0), (Sign("C", 2), 3.0)], landscape=False)
    way = (0.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0, 200.0)
    drawn = spread(way, strands)
    starts = [one.shaft.pointAtPercent(0) for one in drawn]
    assert [point.x() for point in starts] == pytest.approx([one.offset for one in drawn]) == sorted(one.offset for one in drawn)
    assert drawn[0].offset - drawn[0].width / 2 == pytest.approx(-(drawn[-1].offset + drawn[-1].width / 2)), "about the path's middle"
    gaps = [b.offset - b.width / 2 - (a.offset + a.width / 2) for a, b in pairwise(drawn)]
    assert gaps == pytest.approx([3.0, 3.0])
    for one, other in combinations(drawn, 2):
        assert not one.shaft.intersects(other.shaft.boundingRect().adjusted(1e6, 0, 1e6, 0))
        middle = other.shaft.pointAtPercent(0.5)
        assert min(QPointF(one.shaft.pointAtPercent(at / 200) - middle).manhattanLength() for at in range(201)) >= 2
