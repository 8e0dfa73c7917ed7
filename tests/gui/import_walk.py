"""The import wizard used as a person would: two extracts, and acts that are done one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from engine.log.columns import TIMES
from gui.dialogs.import_dialog import ImportDialog
from gui.item_models.column_model import ColumnRow
from tests.age_writer import seal_with_passphrase
from tests.gui.window_world import World

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
