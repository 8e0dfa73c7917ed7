"""Files with several tables in them: the window offers the sheets of a workbook, and what may be the case in an object-centric log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from gui.dialogs.roles_dialog import RolesDialog
from tests.gui.window_world import OPENING_MS, World, world  # noqa: F401
from tests.object_logs import database
from tests.workbooks import xlsx

BOOK = {
    "Sager": [["Sagsnr", "Aktivitet", "Tidspunkt"], ["1", "Modtaget", date(2024, 1, 1)], ["1", "Afgjort", date(2024, 1, 9)]],
    "Ydelser": [["Sagsnr", "Aktivitet", "Dato"], ["1", "Bevilget", date(2024, 2, 1)]],
}


def choose_part(dialog: RolesDialog, name: str, seen: list[str], text: str) -> None:
    """Choose a part in the dialog, wait for its first events, and read the log."""
    part: QComboBox = dialog.part
    assert part.isVisible() and part.accessibleName()
    assert not dialog.delimiter.isVisible() and not dialog.encoding.isVisible()
    part.setCurrentIndex(part.findData(name))
    part.activated.emit(part.currentIndex())

    def look() -> None:
        entries = [entry.text for entry in dialog._events.entries]
        if text not in entries or not dialog.accept_button.isEnabled():
            QTimer.singleShot(30, dialog, look)
            return
        seen.extend(entries)
        dialog.accept()

    look()


@pytest.mark.parametrize(
    ("name", "content", "part", "text", "cases"),
    [("udtræk.xlsx", xlsx(BOOK), "Ydelser", "Bevilget", 1), ("log.sqlite", database(), "Brev", "Send brev", 1)],
    ids=["workbook", "object-centric log"],
)
def test_the_window_reads_the_part_that_is_chosen(
    world: World, tmp_path: Path, name: str, content: bytes, part: str, text: str, cases: int
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    seen: list[str] = []
    wrong = world.in_dialog(lambda warning: (world.in_dialog(lambda dialog: choose_part(dialog, part, seen, text)), warning.accept()))
    world.window.flow.choose(str(path))
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert not wrong
    assert seen == [text]
    assert world.store.opened is not None and world.store.opened.summary is not None
    assert world.store.opened.summary.n_cases == cases
