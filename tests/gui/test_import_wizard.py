"""An analyst imports extracts in the window: several files become one log, and nothing that was chosen is lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from engine.service.messages import TakeIn
from engine.washing.recipe_file import open_recipe
from engine.washing.values import DropRows, Trim
from gui.dialogs.import_dialog import COLUMNS, FILES, RESULT, WASH, ImportDialog
from gui.dialogs.import_step import StepDialog
from tests.gui.import_walk import (
    AMBIGUOUS,
    FASIT,
    Act,
    back,
    column_row,
    files,  # noqa: F401
    leave,
    next_page,
    on_page,
    pick,
    take_all,
    walk,
    write_passphrase,
)
from tests.gui.window_world import OPENING_MS, World, world  # noqa: F401


def test_two_files_of_two_systems_become_one_log_that_can_be_locked_and_opened_again(world: World, files: list[str]) -> None:
    walk(world, files, write_passphrase("seks ord"), next_page, on_page(COLUMNS), next_page, on_page(WASH), take_all,
         next_page, on_page(RESULT), next_page)  # fmt: skip
    world.rest()
    summary = world.store.opened.summary
    assert (summary.n_cases, summary.n_events, summary.n_activities) == (10, 40, 3)
    assert isinstance(world.store.source, TakeIn) and world.store.source.secret.passphrase is None
    world.press("Ctrl+L")
    card = world.window.lock_page.unlock_card
    world.wait(card.isVisible)
    world.type_passphrase(card, "seks ord")
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert world.store.opened.summary.n_events == 40


def test_a_wrong_passphrase_says_so_and_the_right_one_goes_on(world: World, files: list[str]) -> None:
    def look(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == FILES
        assert dialog._problem.isVisible() and dialog.files.passphrase.isVisible()

    walk(world, files, write_passphrase("forkert"), next_page, look, write_passphrase("seks ord"), next_page, on_page(COLUMNS), leave)
    world.rest()
    assert world.store.opened is None


def test_a_file_that_is_no_table_is_told_and_can_be_removed(world: World, files: list[str], tmp_path: Path) -> None:
    strange = tmp_path / "billede.csv"
    strange.write_bytes(bytes(range(256)) * 9)

    def remove(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == FILES and dialog._problem.isVisible()
        assert "\n" in dialog.files.list.item(1).text()
        dialog.files.list.item(1).setSelected(True)
        dialog.files.remove_button.click()

    walk(world, [files[0], str(strange)], next_page, remove, next_page, on_page(COLUMNS), leave)


def test_back_and_forth_keeps_every_choice(world: World, files: list[str]) -> None:
    def join(dialog: ImportDialog) -> None:
        dialog.columns.give("Udfald", "activity")

    def joined(dialog: ImportDialog) -> None:
        assert dialog.draft.role_columns(files[0], "activity") == ("Trin", "Udfald")
        assert column_row(dialog, "Udfald").role_words == world.store.texts("{role}, part {number}", role="Aktivitet (trin)", number=2)
        assert any("Afgørelse – Bevilget" in entry.text for entry in dialog.columns._events.entries)

    def washed(dialog: ImportDialog) -> None:
        steps = dialog.draft.steps(files[0])
        assert Trim in {type(step) for step in steps}
        assert dialog.wash.steps.rowCount() == len(steps)

    walk(world, files[:1], next_page, join, joined, next_page, on_page(WASH), take_all, washed, back, joined, back, on_page(FILES),
         next_page, joined, next_page, washed, next_page, on_page(RESULT), back, washed, leave)  # fmt: skip


def test_steps_are_added_paused_moved_removed_and_undone(world: World, files: list[str]) -> None:
    def add(dialog: ImportDialog) -> None:
        wrong = world.in_dialog(fill)
        dialog.wash._on_add(DropRows)
        assert not wrong

    def fill(step: StepDialog) -> None:
        assert not step.accept_button.isEnabled()
        column: Any = step.fields["column"]
        lines: Any = step.fields["values"]
        pick(column, "Status")
        lines.setPlainText("Annulleret")
        assert step.accept_button.isEnabled()
        step.accept()

    def counts(rows_out: str) -> Act:
        def look(dialog: ImportDialog) -> None:
            assert [dialog.wash.steps.item(0, place).text() for place in (1, 2)] == ["30", rows_out]

        return look

    def pause(dialog: ImportDialog) -> None:
        dialog.wash.pause_button.click()

    def undo(dialog: ImportDialog) -> None:
        dialog.wash.undo_button.click()

    def remove(dialog: ImportDialog) -> None:
        dialog.wash.remove_button.click()

    def empty(dialog: ImportDialog) -> None:
        assert dialog.draft.steps(files[0]) == ()

    walk(world, files[:1], next_page, next_page, add, counts("20"), pause, counts("30"), undo, counts("20"), remove, empty, undo,
         counts("20"), leave)  # fmt: skip


def test_an_ambiguous_order_of_day_and_month_is_asked(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tvetydig.csv"
    path.write_text(AMBIGUOUS, "utf-8")

    def ask(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == COLUMNS and not dialog.accept_button.isEnabled()
        days_first = dialog.columns.question.choices
        assert dialog.columns.question.isVisible() and ["marts" in days_first[0].text(), "maj" in days_first[1].text()] == [True, True]
        days_first[1].click()

    walk(world, [str(path)], next_page, ask, next_page, on_page(WASH), next_page, on_page(RESULT), next_page)
    world.rest()
    assert world.store.opened.summary.n_events == 2


def test_last_months_recipe_is_saved_and_fits_this_months_file(world: World, files: list[str], tmp_path: Path) -> None:
    recipe, april = tmp_path / "fasit.toml", tmp_path / "april.csv"
    april.write_text(FASIT.replace("Udfald", "Resultat", 1), "utf-8")
    walk(world, files[:1], next_page, next_page, take_all, next_page, lambda dialog: dialog.save_recipe(recipe), leave)
    assert Trim in {type(step) for step in open_recipe(recipe).tables[0].steps}

    def fits(dialog: ImportDialog) -> None:
        assert dialog.draft.steps(str(april)) == open_recipe(recipe).tables[0].steps
        assert "Resultat" in dialog.columns._changes.text()

    walk(world, [str(april)], lambda dialog: dialog.files.set_recipe(str(recipe)), next_page, on_page(COLUMNS), fits, next_page,
         on_page(WASH), leave)  # fmt: skip


def test_stop_ends_the_reading_and_opens_nothing(world: World, files: list[str]) -> None:
    stopped: list[str] = []

    def stop_at_once(dialog: ImportDialog) -> None:
        dialog.accept_button.click()
        assert dialog.is_busy
        dialog._on_stop()
        stopped.append(dialog._problem.text())
        assert not dialog.is_busy and dialog.accept_button.isEnabled()

    walk(world, files[:1], stop_at_once, on_page(FILES), next_page, on_page(COLUMNS), leave)
    world.rest()
    assert stopped == [world.store.texts("Stopped. Nothing was opened.")] and world.store.opened is None


def test_several_dropped_files_open_the_wizard(world: World, files: list[str]) -> None:
    seen: list[tuple[str, ...]] = []
    wrong = world.in_dialog(lambda dialog: (seen.append(dialog.draft.paths), dialog.reject()))
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(path) for path in files])
    where, how = QPointF(QPoint(20, 20)), Qt.DropAction.CopyAction
    world.window.dropEvent(QDropEvent(where, how, dropped, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    world.wait(lambda: bool(seen), OPENING_MS)
    world.rest()
    assert seen == [tuple(files)] and not wrong
