"""An analyst imports extracts in the window: several files become one log, and nothing that was chosen is lost on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMenu

from engine.log.columns import TIMES
from engine.service.messages import ProjectFacts, SaveProject, TakeIn
from engine.washing.recipe_file import open_recipe
from engine.washing.values import DropRows, MapValues, RepairSummerTime, Trim
from gui.dialogs.import_dialog import COLUMNS, FILES, RESULT, WASH, ImportDialog
from gui.dialogs.import_step import StepDialog
from gui.dialogs.import_words import GROUPS, MEANINGS, NAMES
from gui.item_models.column_model import ColumnRow
from tests.age_writer import seal_with_passphrase
from tests.gui.window_world import OPENING_MS, World, world  # noqa: F401
from tests.object_logs import json_first

FASIT = "Sagsnr;Trin;Udfald;Tidspunkt;Status;Sagsbehandler\n" + "".join(
    f"S-{n};{trin};{udfald};{day}-03-2025 10:{n};{status};XY\n"
    for n in range(10, 20)
    for trin, udfald, day, status in (
        ("Ansøgning modtaget ", "", 14, "Aktiv"),
        ("Afgørelse", "Bevilget", 19, "Aktiv"),
        ("afgørelse", "Afslag", 21, "Annulleret"),
    )
)
MOMENTUM = "Sag;Hændelse;Dato\n" + "".join(f"S-{n};Samtale holdt;2025-03-2{n % 9} 09:00\n" for n in range(10, 20))
XES = (
    '<log><trace><string key="concept:name" value="S-10"/><event><string key="concept:name" value="Brev"/>'
    '<date key="time:timestamp" value="2025-03-05T10:00:00+01:00"/></event></trace></log>'
)
AMBIGUOUS = "Sag;Hændelse;Dato\nA;Modtaget;05-03-2025 10:00\nA;Afgjort;06-04-2025 10:00\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    one, other = tmp_path / "fasit.csv", tmp_path / "momentum.csv.age"
    one.write_text(FASIT, "utf-8")
    other.write_bytes(seal_with_passphrase(MOMENTUM.encode(), "seks ord"))
    return [str(one), str(other)]


Act = Callable[[ImportDialog], None]


class Walk:
    """Goes through the wizard: every act waits until the one before has been answered."""

    def __init__(self, dialog: ImportDialog, acts: list[Act]) -> None:
        self.dialog, self.acts, self.wrong = dialog, acts, []  # type: ignore[var-annotated]
        self.turn()

    def turn(self) -> None:
        if self.dialog.is_done:
            return  # a timer that is given a dialog which is gone ends the process
        if self.dialog.is_busy or self.dialog.columns.is_waiting:
            QTimer.singleShot(30, self.dialog, self.turn)
            return
        if not self.acts:
            return
        try:
            self.acts.pop(0)(self.dialog)
        except BaseException as error:
            self.wrong.append(error)
            self.dialog.reject()
            return
        QTimer.singleShot(30, self.dialog, self.turn)


def walk(world: World, paths: list[str], *acts: Act) -> None:
    """Open the wizard with files, do the acts one after the other, and say what went wrong."""
    walks: list[Walk] = []
    wrong = world.in_dialog(lambda dialog: walks.append(Walk(dialog, list(acts))))
    world.window.flow.import_extracts(tuple(paths))
    assert not wrong and walks
    for found in walks:
        if found.wrong:
            raise found.wrong[0]
        assert not found.acts


def walk_again(world: World, step: str, *acts: Act) -> list[Act]:
    """Open the wash of the open log with a step more, and do the acts."""
    walks: list[Walk] = []
    wrong = world.in_dialog(lambda dialog: walks.append(Walk(dialog, list(acts))))
    world.window.flow.import_extracts(step=step)
    assert not wrong and not walks[0].wrong, walks[0].wrong
    return walks[0].acts


def on_page(number: int) -> Act:
    def look(dialog: ImportDialog) -> None:
        assert dialog.pages.currentIndex() == number, dialog._problem.text()

    return look


def next_page(dialog: ImportDialog) -> None:
    assert dialog.accept_button.isEnabled(), dialog._problem.text()
    dialog.accept_button.click()


def back(dialog: ImportDialog) -> None:
    dialog.back_button.click()


def leave(dialog: ImportDialog) -> None:
    dialog.reject()


def write_passphrase(text: str) -> Act:
    def write(dialog: ImportDialog) -> None:
        assert dialog.files.passphrase.isVisible()
        dialog.files.passphrase.field.setText(text)

    return write


def pick(box: QComboBox, data: Any) -> None:
    at = box.findData(data)
    assert at >= 0, data
    box.setCurrentIndex(at)
    box.activated.emit(at)


def column_row(dialog: ImportDialog, name: str) -> ColumnRow:
    return next(row for row in dialog.columns.table.columns.rows if row.name == name)


def roles_offered(dialog: ImportDialog, name: str) -> list[str | None]:
    """The roles that can be chosen in the menu of a column, beside those of times."""
    menu = dialog.columns.table.menu(name)
    offered = [role for action in menu.actions() if action.isEnabled() and action.isCheckable() and (role := action.data()) not in TIMES]
    menu.deleteLater()
    return offered


def take_all(dialog: ImportDialog) -> None:
    dialog.wash.take_all.click()


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
