"""An analyst decides in the import wizard: what columns mean, which files count, how they are washed, and what is said of persons."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from engine.service.messages import ProjectFacts, SaveProject
from engine.washing.values import MapValues, RepairSummerTime, Trim
from gui.dialogs.import_dialog import COLUMNS, FILES, RESULT, WASH, ImportDialog
from gui.dialogs.import_step import StepDialog
from gui.dialogs.import_words import GROUPS, MEANINGS, NAMES
from tests.gui.import_walk import (
    MOMENTUM,
    XES,
    back,
    column_row,
    files,  # noqa: F401
    leave,
    next_page,
    on_page,
    pick,
    roles_offered,
    take_all,
    walk,
    walk_again,
)
from tests.gui.window_world import OPENING_MS, World, world  # noqa: F401
from tests.object_logs import json_first

PERSONAL = "Sag;Hændelse;Dato;CPR;Fødselsdato;Mail;Sagsbehandler;Udfald;Kanal\n" + "".join(
    f"S-{n};Modtaget;{day}-03-2025 10:00;0{m}0{m}{50 + n}-1{n}1;0{m}-0{m}-19{50 + n};karl{n}@by.dk;KK;{'Ja' if n % 2 else 'Nej'};\n"
    for n in range(10, 40)
    for m in (1 + n % 9,)
    for day in (14, 19)
)


def test_what_a_column_tells_of_persons_is_shown_and_bars_its_roles(world: World, tmp_path: Path) -> None:
    path = tmp_path / "personer.csv"
    path.write_text(PERSONAL, "utf-8")

    def look(dialog: ImportDialog) -> None:
        assert column_row(dialog, "CPR").sign.startswith("CPR") and "%" in column_row(dialog, "CPR").sign
        assert column_row(dialog, "Mail").sign.startswith("e-mail") and column_row(dialog, "Sagsbehandler").sign == "medarbejdere"
        assert roles_offered(dialog, "CPR") == ["case", "employee", "objects", None]
        assert roles_offered(dialog, "Fødselsdato") == [None]
        assert roles_offered(dialog, "Sagsbehandler") == ["employee", None]
        assert column_row(dialog, "Udfald").examples == "Nej · Ja" and column_row(dialog, "Kanal").examples == "tom"
        assert "CPR" in dialog.columns._hint.text() and "Udfald" in dialog.columns._hint.text()

    def choose(dialog: ImportDialog) -> None:
        dialog.columns.give("Udfald", "outcome")
        dialog.columns.give("Sagsbehandler", "employee")
        dialog.columns.give("CPR", "objects")
        dialog.columns.give("Kanal", "attributes")

    def chosen(dialog: ImportDialog) -> None:
        assert column_row(dialog, "CPR").becomes == world.store.texts("becomes codes")
        assert "Udfald" not in dialog.columns._hint.text()

    walk(world, [str(path)], next_page, look, choose, chosen, next_page, on_page(WASH), next_page, on_page(RESULT), next_page)
    world.rest()
    roles = world.store.opened.summary.roles
    assert (roles.outcome, roles.employee, roles.objects, roles.attributes) == ("Udfald", "Sagsbehandler", ("CPR",), ("Kanal",))


def test_a_role_is_chosen_with_the_keyboard_and_taken_back(world: World, files: list[str]) -> None:
    def choose(dialog: ImportDialog) -> None:
        table = dialog.columns.table
        table.setFocus()
        table.selectRow(table.row_of("Status"))
        world.qtbot.keyClick(table, Qt.Key.Key_Return)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        wanted = next(action for action in menu.actions() if action.data() == "attributes")
        menu.setActiveAction(wanted)
        world.qtbot.keyClick(menu, Qt.Key.Key_Return)
        assert dialog.draft.role_of(files[0], "Status") == "attributes"

    def leave_out(dialog: ImportDialog) -> None:
        assert column_row(dialog, "Status").role == "attributes"
        world.qtbot.keyClick(dialog.columns.table, Qt.Key.Key_Delete)
        assert dialog.draft.role_of(files[0], "Status") is None

    walk(world, files[:1], next_page, choose, leave_out, leave)


def test_a_log_and_an_object_log_stand_beside_tables(world: World, files: list[str], tmp_path: Path) -> None:
    xes, objects = tmp_path / "log.xes", tmp_path / "breve.jsonocel"
    xes.write_text(XES, "utf-8")
    objects.write_bytes(json_first())

    def other_type(dialog: ImportDialog) -> None:
        dialog.columns._turn_to(str(objects))
        box = dialog.columns.reading.boxes["object_type"]
        assert box.isVisible() and box.currentData() == "Sag"
        pick(box, "Brev")

    def typed(dialog: ImportDialog) -> None:
        assert dialog.draft.table(str(objects)).object_type == "Brev" and dialog.draft.table(str(objects)).roles.case == "Brev"

    walk(world, [files[0], str(xes), str(objects)], next_page, on_page(COLUMNS), other_type, typed, next_page, on_page(WASH), next_page,
         on_page(RESULT), next_page)  # fmt: skip
    world.rest()
    assert world.store.opened.summary.n_events == 30 + 1 + 1


def test_every_kind_of_step_stands_in_the_menu_and_says_what_it_does() -> None:
    assert {kind for _, kinds in GROUPS for kind in kinds} == set(NAMES) == set(MEANINGS)


def test_the_wash_of_the_open_log_opens_again_with_a_step_more(world: World, files: list[str]) -> None:
    walk(world, files[:1], next_page, next_page, take_all, next_page, next_page)
    world.rest()

    def look(dialog: ImportDialog) -> None:
        kinds = {type(step) for step in dialog.draft.steps(files[0])}
        assert dialog.pages.currentIndex() == WASH and {Trim, RepairSummerTime} <= kinds

    again = walk_again(world, "repair_summer_time", look, next_page, on_page(RESULT), next_page)
    world.rest()
    assert not again and world.store.opened is not None


def test_without_the_files_the_wizard_says_which_step_waits(world: World) -> None:
    def look(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == FILES and world.store.texts(NAMES[RepairSummerTime]) in dialog._problem.text()
        dialog.reject()

    wrong = world.in_dialog(look)
    world.window.flow.import_extracts(step="repair_summer_time")
    assert not wrong


def test_steps_change_places_and_each_is_tried_anew(world: World, files: list[str]) -> None:
    def order(dialog: ImportDialog) -> list[type]:
        return [type(step) for step in dialog.draft.steps(files[0])]

    seen: list[list[type]] = []

    def down(dialog: ImportDialog) -> None:
        seen.append(order(dialog))
        dialog.wash.steps.selectRow(0)
        assert not dialog.wash.up_button.isEnabled() and dialog.wash.down_button.isEnabled()
        dialog.wash.down_button.click()
        assert dialog.wash._chosen() == 1

    def up(dialog: ImportDialog) -> None:
        assert order(dialog) == [seen[0][1], seen[0][0], *seen[0][2:]] and dialog.wash.tried is not None
        dialog.wash.up_button.click()

    def as_before(dialog: ImportDialog) -> None:
        assert order(dialog) == seen[0] and dialog.wash.tried is not None

    walk(world, files[:1], next_page, next_page, take_all, down, up, as_before, leave)


def test_the_engine_ends_during_the_import_and_the_files_and_choices_stay(world: World, files: list[str]) -> None:
    def die(dialog: ImportDialog) -> None:
        dialog.columns.give("Status", "attributes")
        seat = dialog._jobs._candidate
        os.kill(seat.engine.pid, signal.SIGKILL)  # type: ignore[union-attr]

    def told(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == FILES and dialog._problem.isVisible()
        assert dialog.draft.paths == (files[0],) and dialog.accept_button.isEnabled()

    def kept(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == COLUMNS and dialog.draft.role_of(files[0], "Status") == "attributes"

    walk(world, files[:1], next_page, die, told, next_page, kept, next_page, on_page(WASH), leave)


def test_a_file_that_fits_no_table_of_the_recipe_is_read_by_guess_and_says_why(world: World, files: list[str], tmp_path: Path) -> None:
    recipe, other = tmp_path / "fasit.toml", tmp_path / "momentum.csv"
    other.write_text(MOMENTUM, "utf-8")
    walk(world, files[:1], next_page, next_page, take_all, next_page, lambda dialog: dialog.save_recipe(recipe), leave)

    def told(dialog: ImportDialog) -> None:
        assert dialog.columns._changes.isVisible() and "momentum.csv" in dialog.columns._changes.text()
        assert dialog.draft.steps(str(other)) == () and dialog.draft.role_of(str(other), "Sag") == "case"

    walk(world, [str(other)], lambda dialog: dialog.files.set_recipe(str(recipe)), next_page, on_page(COLUMNS), told, next_page,
         on_page(WASH), leave)  # fmt: skip


def test_a_table_of_codes_is_read_from_a_file_or_pasted_from_a_spreadsheet(world: World, files: list[str], tmp_path: Path) -> None:
    codes = tmp_path / "koder.csv"
    codes.write_text("Kode;Betydning\nAktiv;I gang\nAnnulleret;Trukket tilbage\n", "utf-8")

    def add(dialog: ImportDialog) -> None:
        wrong = world.in_dialog(fill)
        dialog.wash._on_add(MapValues)
        assert not wrong

    def fill(step: StepDialog) -> None:
        column: Any = step.fields["column"]
        table: Any = step.fields["table"]
        pick(column, "Status")
        step.read_file(str(codes))
        world.wait(lambda: "I gang" in table.toPlainText())
        assert "koder.csv" in step.said.text()
        table.setPlainText(table.toPlainText() + "\nP\tPå pause\n")
        step.accept()

    def mapped(dialog: ImportDialog) -> None:
        (step,) = dialog.draft.steps(files[0])
        assert isinstance(step, MapValues)
        assert step.table == {"Aktiv": "I gang", "Annulleret": "Trukket tilbage", "P": "På pause"}

    walk(world, files[:1], next_page, next_page, add, mapped, leave)


STATES = "Sag;Tilstand;Fra;Til\n" + "".join(f"S-{n};Sygedagpenge;14-03-2025;{20 + n % 9}-04-2025\n" for n in range(10, 20))


def test_states_stand_beside_events_and_are_told_by_their_columns(world: World, files: list[str], tmp_path: Path) -> None:
    path = tmp_path / "tilstande.csv"
    path.write_text(STATES, "utf-8")

    def look(dialog: ImportDialog) -> None:
        dialog.columns._turn_to(str(path))
        assert dialog.columns.reading.boxes["kind"].currentData() == "spells"
        assert [row.role for row in dialog.columns.table.columns.rows] == ["case", "state", "begin", "until"]

    def take_for_events(dialog: ImportDialog) -> None:
        pick(dialog.columns.reading.boxes["kind"], "events")

    def guessed(dialog: ImportDialog) -> None:
        assert dialog.draft.role_of(str(path), "Sag") == "case" and dialog.draft.role_of(str(path), "Tilstand") != "state"
        pick(dialog.columns.reading.boxes["kind"], "spells")

    def told(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == RESULT
        assert "10 rækker blev til 10 tilstande" in dialog.outcome.files.text()

    walk(world, [files[0], str(path)], next_page, look, take_for_events, guessed, look, next_page, next_page, told, next_page)
    world.rest()
    assert world.store.opened.summary.n_events == 30


def test_a_file_without_events_is_left_out_where_that_shows(world: World, files: list[str], tmp_path: Path) -> None:
    path = tmp_path / "personer.csv"
    path.write_text("cpr;navn\n010190-1111;Karl Kjær\n020290-2222;Ane Holm\n", "utf-8")

    def leave_out(dialog: ImportDialog) -> None:
        assert dialog.columns.shown is not None and dialog.columns.shown.path == str(path)
        assert dialog.columns.leave_out.isVisible() and "udelad filen" in dialog._problem.text()
        dialog.columns.leave_out.click()

    def left(dialog: ImportDialog) -> None:
        assert dialog.draft.paths == (files[0],) and not dialog.columns.leave_out.isVisible() and not dialog._problem.text()

    walk(world, [files[0], str(path)], next_page, leave_out, left, next_page, on_page(WASH), next_page, on_page(RESULT), back, back, back,
         on_page(FILES), next_page, on_page(COLUMNS), leave)  # fmt: skip


def test_states_alone_make_no_log(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tilstande.csv"
    path.write_text(STATES, "utf-8")

    def told(dialog: ImportDialog) -> None:
        assert not dialog.accept_button.isEnabled() and "hændelser" in dialog._problem.text()

    walk(world, [str(path)], next_page, told, leave)


def test_an_imported_log_is_saved_and_looked_through_for_persons(world: World, files: list[str], tmp_path: Path) -> None:
    walk(world, files[:1], next_page, next_page, take_all, next_page, next_page)
    world.rest()
    facts = ProjectFacts("Fasit", "Analyse af sagsgange", "Databeskyttelsesforordningen art. 6(1)(e)", "2030-01-01")
    question = SaveProject(str(tmp_path / "projekt"), facts, "seks ord som ingen gætter", None)
    said: list[str] = []
    say = world.window.toast.say
    world.window.toast.say = lambda text, *rest: (said.append(text), say(text, *rest))
    world.window.jobs.ask(question, lambda saved: world.window.flow.take_saved(question, saved), world.window.flow.keep_error)
    world.wait(lambda: len(said) == 2)
    world.rest()
    assert (tmp_path / "projekt").is_dir() and "ingen CPR-numre" in said[1]
