"""The import wizard's pages for the pictures: two made-up extracts of two systems, read, washed and joined."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui.dialogs.import_dialog import COLUMNS, FILES, RESULT, WASH, ImportDialog

if TYPE_CHECKING:
    from gui.main_window import MainWindow

CASES = range(10, 40)
FASIT = "Sagsnr;Trin;Udfald;Tidspunkt;Enhed;Sagsbehandler;Status;E-mail;Kanal\n" + "".join(
    f"S-{n};{step};{outcome};{day:02}-0{month}-2025 10:{n};Center {'Nord' if n % 2 else 'Syd'};XY;{status};b{n}@eksempel.example;Web\n"
    for n in CASES
    for step, outcome, day, month, status in (
        ("Ansøgning modtaget", "", 14, 3, "Aktiv"),
        (" Ansøgning  vurderet" if n % 3 else "Ansøgning vurderet", "", 19, 4, "Aktiv"),
        ("Afgørelse" if n % 4 else "afgørelse", "Bevilget" if n % 5 else "Afslag", 23, 5, "Aktiv" if n % 7 else "Annulleret"),
    )
)
MOMENTUM = "Sag;Hændelse;Dato\n" + "".join(f"S-{n};Samtale holdt;2025-04-{n % 27 + 1:02} 09:15\n" * (2 if n % 6 == 0 else 1) for n in CASES)
SOON_MS = 60


def take_import(window: MainWindow, take: Callable[[str, QWidget], None]) -> None:
    """Walk through the wizard and take a picture of every page."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "fasit.csv", Path(folder) / "momentum.csv"
        for path, text in zip(paths, (FASIT, MOMENTUM), strict=True):
            path.write_text(text, encoding="utf-8")
        QTimer.singleShot(SOON_MS, lambda: _walk(take))
        window.flow.import_extracts(tuple(str(path) for path in paths))


def _walk(take: Callable[[str, QWidget], None]) -> None:
    dialog = QApplication.activeModalWidget()
    if not isinstance(dialog, ImportDialog):
        QTimer.singleShot(SOON_MS, lambda: _walk(take))
        return
    names = {FILES: "60-import-files", COLUMNS: "61-import-columns", WASH: "62-import-wash", RESULT: "63-import-result"}
    taken: set[int] = set()
    washed: list[bool] = []

    def look() -> None:
        page = dialog.pages.currentIndex()
        ready = dialog.accept_button.isEnabled() and not dialog.is_busy
        if not ready:
            QTimer.singleShot(SOON_MS, look)
        elif page == WASH and not washed:
            washed.append(True)
            dialog.wash.take_first()
            QTimer.singleShot(SOON_MS, look)
        else:
            if page not in taken:
                taken.add(page)
                take(names[page], dialog)
            if page == RESULT:
                dialog.reject()
            else:
                dialog.accept_button.click()
                QTimer.singleShot(SOON_MS, look)

    look()
