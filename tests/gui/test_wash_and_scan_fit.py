"""What the wash found stands beside its suggestions, what a scan found says what to do, and dropped files join the import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from engine.errors import N_
from engine.log.columns import Notice
from engine.service.messages import PersonalPlace, ProjectScanned, Suggestion, Suggestions
from engine.washing.values import Trim
from gui.dialogs.import_dialog import COLUMNS, FILES, WASH, ImportDialog
from gui.dialogs.import_roles import SIGNS
from gui.dialogs.scan_dialog import FOUND, show_scan
from tests.gui.import_walk import FASIT, back, files, leave, next_page, on_page, take_all, walk  # noqa: F401
from tests.gui.window_world import World, world  # noqa: F401


def drop(dialog: ImportDialog, *paths: str) -> None:
    """Let go of files over the page of files."""
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(path) for path in paths])
    where, how = QPointF(QPoint(20, 20)), Qt.DropAction.CopyAction
    dialog.files.dropEvent(QDropEvent(where, how, dropped, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))


def test_files_dropped_on_the_wizard_join_those_that_are_there_and_a_recipe_is_taken_for_one(
    world: World, files: list[str], tmp_path: Path
) -> None:
    recipe, other = tmp_path / "fasit.toml", tmp_path / "august.csv"
    other.write_text(FASIT, "utf-8")
    walk(world, files[:1], next_page, next_page, take_all, next_page, lambda dialog: dialog.save_recipe(recipe), leave)

    def dropped(dialog: ImportDialog) -> None:
        drop(dialog, str(other), files[0], str(recipe))
        assert dialog.draft.paths == (files[0], str(other)), "each file once, behind those that were there"
        assert dialog.draft.recipe == str(recipe)
        assert "august.csv" in dialog.files.list.item(1).text()
        assert "fasit.toml" in " ".join(label.text() for label in dialog.files.findChildren(QLabel))

    walk(world, files[:1], on_page(FILES), dropped, next_page, on_page(COLUMNS), leave)


def test_what_is_told_of_the_whole_extract_stands_beside_many_suggestions_without_scrolling(world: World, files: list[str]) -> None:
    def look(dialog: ImportDialog) -> None:
        wash = dialog.wash
        dialog.resize(1280, 728)
        many = tuple(Suggestion(Trim((f"Kolonne {i}",)), i) for i in range(7))
        told = tuple(Notice(N_("The file {file} is empty."), {"file": f"et navn, der er ganske langt, nummer {i}"}) for i in range(8))
        wash.take_suggestions(Suggestions(files[0], many, told))
        world.rest()
        for area in (wash._area, wash._told_area):
            assert area.isVisible() and area.verticalScrollBar().maximum() == 0, area.accessibleName()
        assert wash._told_area.mapTo(wash, QPoint(0, 0)).x() > wash._area.geometry().right()
        assert wash.steps.viewport().height() >= 2 * wash.steps.verticalHeader().defaultSectionSize(), "the steps keep their room"
        wash.take_suggestions(Suggestions(files[0], many, ()))
        assert not wash._told_area.isVisible()

    walk(world, files[:1], next_page, next_page, on_page(WASH), look, leave)


def test_what_a_scan_found_is_named_by_place_and_kind_with_what_to_do(world: World) -> None:
    texts = world.store.texts
    found = ProjectScanned(140, (PersonalPlace("Kanal", "email", 12), PersonalPlace("Enhed", "name", 3)))

    def look(dialog: object) -> None:
        shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]  # type: ignore[attr-defined]
        assert texts(FOUND) in shown
        assert f"Kanal: {texts(SIGNS['email'])} (12)" in shown and f"Enhed: {texts(SIGNS['name'])} (3)" in shown
        assert not dialog.cancel_button.isVisible() and dialog.accept_button.isDefault()  # type: ignore[attr-defined]
        dialog.accept_button.click()  # type: ignore[attr-defined]

    wrong = world.in_dialog(look)
    show_scan(world.store, found, world.window)
    assert not wrong, wrong[0]
