"""The window's dialogs, key files and explanations, and opening another project beside the open one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea

from engine.demo import DEMO_PROJECT, PASSPHRASE
from gui.dialogs.new_project_dialog import NewProjectDialog
from gui.pages.numbers_page import NumbersPage
from gui.theme import Appearance
from tests.gui.window_world import OPENING_MS, World, is_alive, needs_demo, shown_texts, world  # noqa: F401


def test_settings_take_effect_at_once_and_are_remembered(world: World) -> None:
    from gui.dialogs.settings_dialog import SettingsDialog

    def use(dialog: SettingsDialog) -> None:
        assert dialog.heading.text() == "Indstillinger"
        dialog.language.setCurrentIndex(1)
        dialog.language.activated.emit(1)
        assert dialog.heading.text() == "Settings"
        dialog.appearance.setCurrentIndex(2)
        dialog.appearance.activated.emit(2)
        dialog.idle.setValue(99)
        dialog.recent.click()
        dialog.accept()

    world.settings.add_recent("/et/projekt")
    wrong = world.in_dialog(use)
    world.press("Ctrl+,")
    assert not wrong
    kept = world.settings.values
    assert (kept.language, kept.appearance, kept.idle_minutes, kept.recent) == ("en", "projector", 30, ())
    assert world.store.appearance is Appearance.PROJECTOR
    assert "Recent projects" in shown_texts(world)
    world.store.set_appearance(Appearance.LIGHT)


def test_a_key_file_can_stand_for_the_passphrase(world: World, tmp_path: Path) -> None:
    card = world.window.welcome.unlock_card
    world.window.welcome.set_target(str(tmp_path))
    asked: list[Any] = []
    card.unlock_wanted.disconnect()
    card.unlock_wanted.connect(asked.append)
    assert not card.unlock.isEnabled()
    card.set_identity("/nøgler/min.txt")
    assert "min.txt" in shown_texts(world)
    world.qtbot.mouseClick(card.unlock, Qt.MouseButton.LeftButton)
    assert (asked[0].identity_path, asked[0].passphrase) == ("/nøgler/min.txt", None)
    assert "min.txt" not in repr(asked[0])
    world.qtbot.mouseClick(card._choose, Qt.MouseButton.LeftButton)
    assert not card.unlock.isEnabled()


@needs_demo
def test_six_suggested_words_fill_both_fields_and_can_be_read_and_copied(world: World) -> None:
    from PySide6.QtWidgets import QApplication

    world.open_demo()

    def use(dialog: NewProjectDialog) -> None:
        assert not dialog.suggestion.isVisible()
        dialog.suggest.click()
        world.wait(lambda: len(dialog.first.text.split("-")) == 6)
        shown = dialog.suggestion.words
        assert dialog.second.text == dialog.first.text == shown.text()
        world.wait(lambda: shown.isVisible() and shown.height() >= shown.heightForWidth(shown.width()))
        assert shown.width() <= dialog.width()
        dialog.suggestion.copy.click()
        assert QApplication.clipboard().text() == dialog.first.text
        dialog.first.field.setText("noget andet")
        assert not dialog.suggestion.isVisible()
        assert shown.text() == ""
        dialog.reject()

    wrong = world.in_dialog(use)
    world.press("Ctrl+S")
    assert not wrong
    world.window.flow.lock()
    assert QApplication.clipboard().text() == ""


@needs_demo
@pytest.mark.parametrize("appearance", list(Appearance))
def test_the_form_of_a_new_project_is_read_without_scrolling(world: World, appearance: Appearance) -> None:
    world.open_demo()
    world.store.set_appearance(appearance)
    world.rest()

    def use(dialog: NewProjectDialog) -> None:
        field = dialog.legal_basis
        assert field.fontMetrics().horizontalAdvance(field.text()) < field.width() - 24
        assert dialog.findChild(QScrollArea).verticalScrollBar().maximum() == 0
        dialog.reject()

    wrong = world.in_dialog(use)
    world.press("Ctrl+S")
    assert not wrong


def test_the_unlock_dialog_grows_with_a_long_error_and_names_what_it_unlocks(world: World) -> None:
    from gui.dialogs.unlock_dialog import UnlockDialog
    from gui.widgets.unlock_card import FILE

    dialog = UnlockDialog(world.store, "udtræk.csv", world.window, title=FILE)
    dialog.show()
    world.wait(lambda: dialog.height() == dialog.layout().totalHeightForWidth(dialog.width()))
    before = dialog.height()
    assert "Lås filen op" in (dialog.windowTitle(), dialog.card._title.text())
    dialog.card.set_error("Adgangssætningen åbner ikke filen. " * 4)
    error = dialog.card.passphrase._error
    world.wait(lambda: dialog.height() > before and error.height() >= error.heightForWidth(error.width()))
    notes = dialog.card._notes_box
    assert notes.mapTo(dialog, notes.rect().bottomLeft()).y() < dialog.height()
    assert notes.height() >= notes.layout().totalHeightForWidth(notes.width())
    dialog.card.set_error("")
    world.wait(lambda: dialog.height() == before)
    dialog.close()
    dialog.deleteLater()


@needs_demo
@pytest.mark.parametrize("width", [960, 1366, 1920])
def test_everything_on_the_lock_stands_in_the_middle(world: World, width: int) -> None:
    world.open_demo()
    world.window.resize(width, 900)
    world.press("Ctrl+L")
    page = world.window.lock_page
    world.wait(lambda: page.isVisible() and page.width() == world.window.width())
    world.rest()
    middle = page.rect().center().x()
    for part in (page._why, page.unlock_card):
        assert abs(part.geometry().center().x() - middle) <= 1
        assert part.height() >= part.heightForWidth(part.width())
    assert abs(page._logo.geometry().united(page._name.geometry()).center().x() - middle) <= 1


@needs_demo
def test_locking_brings_back_what_was_selected(world: World) -> None:
    from gui.store import StepSelected

    world.open_demo()
    world.store.select(StepSelected(2))
    world.rest()
    world.press("Ctrl+L")
    assert world.store.selected is None
    world.qtbot.mouseClick(world.window.lock_page.unlock_card.unlock, Qt.MouseButton.LeftButton)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert world.store.selected == StepSelected(2)
    world.window.flow.close_log()
    world.qtbot.mouseClick(world.window.welcome.demo, Qt.MouseButton.LeftButton)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert world.store.selected is None


@needs_demo
def test_the_whole_code_of_a_case_can_be_read_in_a_narrow_window(world: World) -> None:
    from gui.pages.cases_page import CasesPage

    world.window.resize(1000, 700)
    world.open_demo()
    world.press("Ctrl+3")
    world.rest()
    page = world.window.findChild(CasesPage)
    world.wait(lambda: page.table.columnWidth(0) >= page.table.sizeHintForColumn(0) > 100)
    assert page.table.horizontalHeader().length() <= page.table.viewport().width()


@needs_demo
def test_a_number_explains_itself_with_f1(world: World) -> None:
    from PySide6.QtWidgets import QApplication

    from gui.widgets.popup import Definition

    world.open_demo()
    world.press("Ctrl+4")
    world.rest()
    world.window.activateWindow()
    world.wait(world.window.isActiveWindow)
    world.window.findChild(NumbersPage)._figures[3].setFocus(Qt.FocusReason.TabFocusReason)
    world.press("F1")
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, Definition)
    assert "kalendertid" in shown.accessibleName()
    assert "9.000" in shown.accessibleName()
    world.qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


@needs_demo
def test_another_project_opens_beside_the_open_one_and_takes_its_place(world: World, tmp_path: Path) -> None:
    import shutil

    project = tmp_path / "Et andet projekt"
    shutil.copytree(DEMO_PROJECT, project)
    world.open_demo()
    before, pid = world.store.opened, world.engine_pid()
    assert pid is not None
    world.window.flow.choose(str(project))
    dialog = world.window.flow._dialog
    assert dialog.isVisible()
    world.type_passphrase(dialog.card, "ikke den rigtige")
    world.wait(lambda: bool(dialog.card.passphrase._error.text()), OPENING_MS)
    assert world.store.opened is before
    assert is_alive(pid)
    world.type_passphrase(dialog.card, PASSPHRASE)
    world.wait(lambda: world.store.opened is not before, OPENING_MS)
    world.rest()
    world.wait(lambda: not is_alive(pid))
    assert world.store.source.path == str(project)
    assert world.window.flow._dialog is None


@needs_demo
def test_giving_up_on_another_project_keeps_the_open_one(world: World, tmp_path: Path) -> None:
    import shutil

    project = tmp_path / "Et andet projekt"
    shutil.copytree(DEMO_PROJECT, project)
    world.open_demo()
    before = world.store.opened
    world.window.flow.choose(str(project))
    dialog = world.window.flow._dialog
    world.type_passphrase(dialog.card, PASSPHRASE)
    dialog.reject()
    world.rest()
    assert world.store.opened is before
    assert world.window.jobs._candidate is None


def test_the_file_dialog_speaks_danish_and_begins_where_the_documents_are(world: World, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QFileDialog, QLineEdit

    from gui.widgets.file_dialog import LABELS, ask_file, documents, make_file_dialog

    dialog = make_file_dialog(world.store, world.window, "Open file")
    assert [dialog.labelText(part) for part, _ in LABELS] == ["Søg i:", "Filnavn:", "Filtype:", "Åbn", "Annullér"]
    assert dialog.directory().absolutePath() == documents()
    dialog.deleteLater()
    file = tmp_path / "log.csv"
    file.write_text("a;b\n", encoding="utf-8")

    def choose(shown: QFileDialog) -> None:
        shown.findChild(QLineEdit).setText(str(file))
        shown.accept()

    wrong = world.in_dialog(choose)
    world.store.last_folder = str(tmp_path)
    assert ask_file(world.store, world.window, "Open file", "Logs (*.csv);;All files (*)") == str(file)
    assert not wrong
    again = make_file_dialog(world.store, world.window, "Open file")
    assert again.directory().absolutePath() == str(tmp_path)
    again.deleteLater()


@pytest.mark.parametrize("appearance", list(Appearance))
def test_a_toast_shows_its_whole_sentence(world: World, appearance: Appearance) -> None:
    world.store.set_appearance(appearance)
    world.store.turns.finish()
    toast = world.window.toast
    for words in ("Projektet er gemt, krypteret, som placeringer.", "Projektet er gemt krypteret som Oprettelse af placeringer. " * 3):
        toast.say(words, "Fortryd", None)
        QApplication.processEvents()
        seen = toast._text.fontMetrics().boundingRect(toast._text.rect(), int(Qt.TextFlag.TextWordWrap), words)
        assert toast._text.rect().adjusted(0, 0, 1, 1).contains(seen), (appearance, words)
    toast.hide()


@needs_demo
def test_a_toast_covers_nothing_that_can_be_pressed_at_the_foot_of_the_map(world: World) -> None:
    from gui.pages.map_page import MapPage

    world.open_demo()
    world.window.toast.say("Projektet er gemt krypteret som Oprettelse af placeringer i en mappe.", "Fortryd", None)
    bar = world.window.findChild(MapPage).bar
    place = bar.rect().translated(bar.mapTo(world.window.stack, bar.rect().topLeft()))
    assert not world.window.toast.geometry().intersects(place)
    world.window.toast.hide()
