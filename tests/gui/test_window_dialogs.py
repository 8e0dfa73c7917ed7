"""The window's dialogs, key files and explanations, and opening another project beside the open one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from engine.demo import DEMO_PROJECT, PASSPHRASE
from gui.dialogs.new_project_dialog import NewProjectDialog
from gui.pages.numbers_page import NumbersPage
from tests.gui.window_world import OPENING_MS, World, is_alive, needs_demo, shown_texts, world  # noqa: F401


def test_settings_take_effect_at_once_and_are_remembered(world: World) -> None:
    from gui.dialogs.settings_dialog import SettingsDialog
    from gui.theme import Appearance

    def use(dialog: SettingsDialog) -> None:
        assert dialog.heading.text() == "Indstillinger"
        dialog.language.setCurrentIndex(1)
        dialog.language.activated.emit(1)
        assert dialog.heading.text() == "Settings"
        dialog.appearance.setCurrentIndex(1)
        dialog.appearance.activated.emit(1)
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
def test_six_words_are_suggested_and_must_be_typed_once_more(world: World) -> None:
    world.open_demo()

    def use(dialog: NewProjectDialog) -> None:
        dialog.suggest.click()
        world.wait(lambda: len(dialog.first.text.split("-")) == 6)
        assert dialog.second.text == ""
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    wrong = world.in_dialog(use)
    world.press("Ctrl+S")
    assert not wrong


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
    world.wait(lambda: not is_alive(pid), 3000)
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
