"""The window used from the first page to the lock and back, with a real engine process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QComboBox

from engine.demo import DEMO_PROJECT, PASSPHRASE
from engine.log.selection import HasActivity, StartedBetween
from engine.service.messages import FileKind
from gui.dialogs.new_project_dialog import NewProjectDialog
from gui.dialogs.roles_dialog import RolesDialog
from gui.pages.cases_page import CasesPage
from gui.pages.numbers_page import NumbersPage
from gui.pages.variants_page import VariantsPage
from gui.widgets.focus_ring import OWN_RING
from tests.gui.window_world import OPENING_MS, TABLE, World, is_alive, needs_demo, shown_texts, world  # noqa: F401

PROJECT_WORDS = "halm tavle kurv regn bro nisse"


@needs_demo
def test_the_demo_opens_with_one_click_and_every_page_shows_it(world: World) -> None:
    world.open_demo()
    store = world.store
    assert store.opened.kind is FileKind.PROJECT
    assert store.opened.read_only
    assert world.window.windowTitle().endswith("Sagsflow")
    assert "Syntetiske data" in shown_texts(world)

    world.press("Ctrl+2")
    world.rest()
    variants = world.window.findChild(VariantsPage)
    assert variants.isVisible()
    assert variants.model.rowCount() >= 10
    first, second = variants.model.variant(0), variants.model.variant(1)
    assert first.cases >= second.cases

    world.press("Ctrl+3")
    world.rest()
    cases = world.window.findChild(CasesPage)
    assert cases.model.rowCount() == store.opened.summary.n_cases
    assert cases.model.index(0, 0).data().startswith("S-")
    world.wait(lambda: len(cases.side._timeline.entries) > 0)

    world.press("Ctrl+4")
    world.rest()
    numbers = world.window.findChild(NumbersPage)
    assert numbers._figures[0]._number.text() == store.texts.number(store.opened.summary.n_cases)
    world.wait(lambda: numbers._durations._chart is not None)


@needs_demo
def test_one_selection_for_the_whole_window_and_undo_walks_it(world: World) -> None:
    world.open_demo()
    store = world.store
    whole = store.opened.summary.n_cases
    world.press("Ctrl+3")
    world.rest()
    store.add_filter(HasActivity(store.opened.summary.activities[0]))
    world.rest()
    cases = world.window.findChild(CasesPage)
    part = cases.model.rowCount()
    assert 0 < part <= whole
    assert store.n_selected == part
    chips = world.window.workspace.filter_bar.chips()
    assert len(chips) == 1
    world.qtbot.mouseClick(chips[0].cross, Qt.MouseButton.LeftButton)
    world.rest()
    assert cases.model.rowCount() == whole
    world.press("Ctrl+Z")
    world.rest()
    assert cases.model.rowCount() == part
    world.press("Ctrl+Shift+Z")
    world.rest()
    assert cases.model.rowCount() == whole


@needs_demo
def test_no_cases_left_is_said_and_can_be_undone(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+3")
    world.rest()
    world.store.change_filters((StartedBetween(0, 1),))
    world.rest()
    assert "Ingen sager passer" in shown_texts(world)
    page = world.window.findChild(CasesPage)
    world.qtbot.mouseClick(page._state._button, Qt.MouseButton.LeftButton)
    world.rest()
    assert page.model.rowCount() == world.store.opened.summary.n_cases


@needs_demo
def test_the_language_switches_while_running(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+2")
    world.rest()
    assert "Varianter" in shown_texts(world)
    world.window.table["language"].trigger()
    world.rest()
    texts = shown_texts(world)
    assert "Variants" in texts
    assert "Varianter" not in texts
    assert world.window.table["undo"].text() == "Undo"
    assert world.settings.values.language == "en"


@needs_demo
def test_the_lock_ends_the_engine_and_unlocking_brings_the_view_back(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+3")
    world.store.add_filter(HasActivity(world.store.opened.summary.activities[1]))
    world.rest()
    view = world.store.view
    pid = world.engine_pid()
    assert pid is not None
    world.press("Ctrl+L")
    assert world.store.locked
    assert world.store.opened is None
    assert world.window.lock_page.isVisible()
    assert world.window.findChild(CasesPage).model.rowCount() == 0
    world.wait(lambda: not is_alive(pid))
    assert not world.window.table["page_map"].isEnabled()
    world.qtbot.mouseClick(world.window.lock_page.unlock_card.unlock, Qt.MouseButton.LeftButton)
    world.wait(lambda: not world.store.locked, OPENING_MS)
    world.rest()
    assert world.store.view == view
    assert world.window.findChild(CasesPage).isVisible()


@needs_demo
def test_idle_time_locks(world: World) -> None:
    world.open_demo()
    world.window.flow._idle.start(10)
    world.wait(lambda: world.store.locked)


@needs_demo
def test_a_wrong_passphrase_is_said_at_the_field_and_the_right_one_opens(world: World, tmp_path: Path) -> None:
    import shutil

    project = tmp_path / "Mit projekt"
    shutil.copytree(DEMO_PROJECT, project)
    world.window.flow.choose(str(project))
    card = world.window.welcome.unlock_card
    assert card.isVisible()
    world.type_passphrase(card, "ikke den rigtige")
    world.wait(lambda: bool(card.passphrase._error.text()), OPENING_MS)
    assert world.store.opened is None
    assert card.passphrase._error_row.isVisible()
    world.type_passphrase(card, PASSPHRASE)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert card.passphrase.text == ""
    assert world.settings.values.recent == (str(project),)


@needs_demo
def test_stopping_an_opening_leaves_the_open_log_as_it_was(world: World) -> None:
    world.open_demo()
    before, pid = world.store.opened, world.engine_pid()
    world.window.flow.open_demo()
    world.window.flow.stop()
    world.rest()
    assert world.store.opened is before
    assert world.engine_pid() == pid
    assert world.window.jobs._candidate is None


def test_stopping_the_first_opening_goes_back_to_the_welcome_page(world: World) -> None:
    world.window.flow.open_demo()
    card = world.window.welcome.unlock_card
    assert card._busy.isVisible()
    world.qtbot.mouseClick(card._stop, Qt.MouseButton.LeftButton)
    world.rest()
    assert world.store.opened is None
    assert not card.isVisible()
    assert world.window.welcome.isVisible()


def test_a_file_that_is_no_log_is_said_and_nothing_is_lost(world: World, tmp_path: Path) -> None:
    path = tmp_path / "billede.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    wrong = world.in_dialog(lambda dialog: dialog.accept())
    world.window.flow.choose(str(path))
    world.wait(world.window.welcome.error_card.isVisible, OPENING_MS)
    assert not wrong
    assert "Intet er gået tabt." in shown_texts(world)
    assert str(tmp_path) not in world.window.welcome.error_card._details


def test_a_table_asks_for_its_roles_and_becomes_a_project_that_reopens(world: World, tmp_path: Path) -> None:
    path = tmp_path / "udtræk.csv"
    path.write_text(TABLE, encoding="utf-8")
    world.window.flow._target = None
    wrong = world.in_dialog(lambda warning: (roles.extend(world.in_dialog(confirm_roles)), warning.accept()))
    roles: list[Any] = []
    world.window.flow.choose(str(path))
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert not wrong
    assert not roles
    assert world.store.opened.summary.n_cases == 3
    assert not world.store.opened.encrypted
    assert world.window.workspace.banner.isVisible()

    wrong = world.in_dialog(lambda dialog: fill_project(world, dialog, tmp_path))
    world.press("Ctrl+S")
    world.wait(lambda: world.store.opened.kind is FileKind.PROJECT, OPENING_MS)
    assert not wrong
    assert not world.window.workspace.banner.isVisible()
    assert world.store.opened.facts.purpose == "Prøve"

    world.store.change_view(page="cases")
    world.store.add_filter(HasActivity("Bevilling sendt"))
    world.press("Ctrl+S")
    world.wait(lambda: "Gemt." in shown_texts(world))
    assert not world.store.has_unsaved_view
    assert world.window.table["save_project"].text() == "Gem"
    world.rest()
    view = world.store.view
    wrong = world.in_dialog(lambda dialog: look_at_copy(dialog, tmp_path))
    world.press("Ctrl+Shift+S")
    assert not wrong
    project = world.store.source.path
    world.window.close()

    world.window = world.new_window()
    world.window.flow.choose(project)
    world.type_passphrase(world.window.welcome.unlock_card, PROJECT_WORDS)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert world.store.view == view
    assert world.store.opened.facts.name == "Min sag"
    assert world.window.findChild(CasesPage).model.rowCount() == 1


def confirm_roles(dialog: RolesDialog) -> None:
    assert isinstance(dialog, RolesDialog)
    assert dialog.roles["case"].currentData() == "case_id"
    assert dialog.roles["activity"].currentData() == "haendelse"
    assert dialog.roles["timestamp"].currentData() == "tidspunkt"
    assert dialog.timezone.currentData() == "Europe/Copenhagen"
    units = [dialog.roles["unit"].itemData(i) for i in range(dialog.roles["unit"].count())]
    assert "enhed" in units
    assert "sagsbehandler" not in units
    assert dialog._events.entries
    assert dialog.accept_button.isEnabled()
    dialog.accept()


def look_at_copy(dialog: NewProjectDialog, folder: Path) -> None:
    """A copy of a project is told at once that its name is taken."""
    dialog.parent_folder.setText(str(folder))
    assert "allerede en mappe" in dialog._status.text()
    dialog.name.setText("Min kopi")
    assert "allerede en mappe" not in dialog._status.text()
    dialog.reject()


def fill_project(world: World, dialog: NewProjectDialog, folder: Path) -> None:
    assert isinstance(dialog, NewProjectDialog)
    assert not dialog.accept_button.isEnabled()
    dialog.name.setText("Min sag")
    dialog.purpose.setText("Prøve")
    dialog.legal_basis.setText("Ingen")
    dialog.parent_folder.setText(str(folder))
    world.qtbot.keyClicks(dialog.first.field, PROJECT_WORDS)
    world.qtbot.keyClicks(dialog.second.field, PROJECT_WORDS + "x")
    assert not dialog.accept_button.isEnabled()
    world.qtbot.keyClick(dialog.second.field, Qt.Key.Key_Backspace)
    assert dialog.accept_button.isEnabled()
    dialog.accept()


def test_the_roles_dialog_follows_what_is_chosen(world: World, tmp_path: Path) -> None:
    path = tmp_path / "udtræk.csv"
    path.write_text(TABLE, encoding="utf-8")
    seen: list[str] = []

    def use(dialog: RolesDialog) -> None:
        choice: QComboBox = dialog.roles["activity"]
        choice.setCurrentIndex(choice.findData("enhed"))
        choice.activated.emit(choice.currentIndex())
        assert not dialog.accept_button.isEnabled()
        timer = QElapsedTimer()
        timer.start()

        def look() -> None:
            if any(entry.text == "Center Nord" for entry in dialog._events.entries) or timer.elapsed() > 10_000:
                seen.extend(entry.text for entry in dialog._events.entries)
                dialog.reject()
            else:
                QTimer.singleShot(30, dialog, look)

        look()

    roles: list[Any] = []
    wrong = world.in_dialog(lambda warning: (roles.extend(world.in_dialog(use)), warning.accept()))
    world.window.flow.choose(str(path))
    world.wait(lambda: bool(seen), OPENING_MS)
    world.rest()
    assert not wrong
    assert "Center Nord" in seen
    assert world.store.opened is None
    assert world.window.jobs._candidate is None


@needs_demo
def test_the_palette_finds_steps_pages_and_actions(world: World) -> None:
    from PySide6.QtWidgets import QApplication

    from gui.widgets.palette import Palette

    world.open_demo()
    world.press("Ctrl+K")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, Palette)
    world.qtbot.keyClicks(palette.field, "varian")
    world.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert world.store.view.page == "variants"
    world.press("Ctrl+K")
    palette = QApplication.activePopupWidget()
    name = world.store.opened.summary.activities[2]
    world.qtbot.keyClicks(palette.field, name[:12])
    world.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    world.rest()
    assert world.store.view.page == "map"
    assert world.store.selected is not None


@needs_demo
def test_a_lost_engine_shows_the_lock_and_says_why(world: World) -> None:
    import signal

    world.open_demo()
    pid = world.engine_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    world.press("Ctrl+3")
    world.wait(lambda: world.store.locked)
    assert world.window.lock_page.unlock_card.passphrase._error.text() or shown_texts(world)


def nameless(world: World) -> list[str]:
    """What can have the keyboard now and is read out as nothing."""
    from PySide6.QtGui import QAccessible
    from PySide6.QtWidgets import QWidget

    found = []
    for widget in world.window.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None:
            read_out = QAccessible.queryAccessibleInterface(widget)
            if read_out is None or not read_out.text(QAccessible.Text.Name).strip():
                found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


@needs_demo
def test_everything_shown_has_a_name_and_can_be_reached_with_tab(world: World) -> None:
    from PySide6.QtGui import QAccessible
    from PySide6.QtWidgets import QApplication

    world.open_demo()
    for page in ("variants", "cases", "numbers", "map"):
        world.store.change_view(page=page)
        world.rest()
        assert nameless(world) == [], page
    world.press("Ctrl+T")
    assert nameless(world) == []
    table = QAccessible.queryAccessibleInterface(QApplication.focusWidget())
    spoken = (QAccessible.Role.Cell, QAccessible.Role.ColumnHeader)
    cells = [child for at in range(table.childCount()) if (child := table.child(at)).role() in spoken]
    assert len(cells) > 50
    assert [cell.role() for cell in cells if not cell.text(QAccessible.Text.Name).strip()] == []
    world.press("Ctrl+T")
    world.window.activateWindow()
    reached = set()
    for _ in range(60):
        world.qtbot.keyClick(QApplication.focusWidget() or world.window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        reached.add(focused)
        assert focused is not None
        assert focused.property(OWN_RING) or world.window.ring.isVisible(), focused
    assert len(reached) > 12


@needs_demo
def test_the_lock_works_in_a_dialog_too_and_closes_it(world: World) -> None:
    from gui.dialogs.filter_dialog import FilterDialog

    world.open_demo()

    def use(dialog: Any) -> None:
        assert isinstance(dialog, FilterDialog)
        world.qtbot.keyClick(dialog.search, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    wrong = world.in_dialog(use)
    world.press("Ctrl+F")
    world.wait(lambda: bool(world.store.locked))
    assert not wrong
    assert world.store.view.selection.filters == ()


@needs_demo
def test_a_step_is_found_by_typing_and_becomes_a_filter(world: World) -> None:
    world.open_demo()
    name = world.store.opened.summary.activities[0]

    def use(dialog: Any) -> None:
        world.qtbot.keyClicks(dialog.search, name)
        dialog.without_step.click()
        world.qtbot.keyClick(dialog.search, Qt.Key.Key_Return)

    wrong = world.in_dialog(use)
    world.press("Ctrl+F")
    assert not wrong
    assert world.store.view.selection.filters == (HasActivity(name, keep=False),)
    world.rest()


@needs_demo
def test_many_filters_stand_as_chips_as_far_as_there_is_room(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+3")
    names = world.store.opened.summary.activities
    world.store.change_filters(tuple(HasActivity(name, keep=False) for name in names))
    world.rest()
    bar = world.window.workspace.filter_bar
    assert 1 <= len(bar.chips()) < len(names)
    assert len(bar.chips()) + len(bar._more_menu.actions()) == len(names)
    for chip in bar.chips():
        assert chip.width() >= chip.sizeHint().width()
    bar._more_menu.actions()[0].trigger()
    world.rest()
    assert len(world.store.view.selection.filters) == len(names) - 1
