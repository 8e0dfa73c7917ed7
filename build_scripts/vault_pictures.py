"""Pictures of the page of governance and of every dialog about keys and projects, from a project made of the demo's cases."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from engine.service.messages import CitizenFound, CreateIdentity, PersonalPlace, ProjectFacts, ProjectScanned, SaveProject
from gui.dialogs.citizen_dialog import confirm_removal
from gui.dialogs.scan_dialog import show_scan
from gui.main_window import MainWindow

PASSPHRASE = "havn-gul-krone-sten-vind-bro"
RECOVERY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
LONGEST_S = 180.0


class TakesPictures(Protocol):
    """What takes the pictures."""

    window: MainWindow

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save what is seen now."""


def wait_for(true: Callable[[], bool]) -> None:
    """Let the window answer events until something is so."""
    end = time.monotonic() + LONGEST_S
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.005)


def take_vault(camera: TakesPictures) -> None:
    """The page and the dialogs; the open log has become a project in a folder that is gone afterwards."""
    window = camera.window
    with tempfile.TemporaryDirectory() as folder:
        basis = "Databeskyttelsesforordningen art. 6, stk. 1, litra e"
        facts = ProjectFacts("Sygedagpenge 2027", "Ventetid før afgørelse", basis, "2028-01-31")
        question = SaveProject(str(Path(folder) / "Sygedagpenge 2027"), facts, PASSPHRASE, RECOVERY, window.store.view)
        done: list[object] = []

        def saved(answer: Any) -> None:
            window.flow.take_saved(question, answer)
            done.append(answer)

        window.jobs.ask(question, saved)
        wait_for(lambda: bool(done))
        window.store.change_view(page="governance")
        wait_for(lambda: not window.jobs.busy and window.store.turns.is_empty)
        camera.take("60-governance")
        _take_dialogs(camera)
        window.store.change_view(page="map")
        wait_for(lambda: not window.jobs.busy)
        _take_keys(camera, Path(folder))
        window.flow.close_log()
        _take_late(camera, question.folder)
        _take_dialog(camera, "65-receipt", lambda: window.vault.delete_closed(question.folder), _delete)
    window.flow.open_demo()
    wait_for(lambda: window.store.opened is not None and not window.jobs.busy)


def _take_late(camera: TakesPictures, folder: str) -> None:
    """The welcome page with a project that is past its day."""
    window = camera.window
    window.store.settings.add_recent(folder, (date.today() - timedelta(days=40)).isoformat())
    window.welcome.refresh()
    wait_for(lambda: bool(window.welcome.overdue()))
    camera.take("69-welcome-late")
    window.store.settings.drop_recent(folder)
    window.welcome.refresh()


def _take_dialogs(camera: TakesPictures) -> None:
    window = camera.window
    for name, action in (
        ("61-passphrase", "change_passphrase"), ("62-recovery", "recovery_key"), ("63-deadline", "change_deadline"),
        ("64-keep-audit", "keep_audit"), ("65-delete", "delete_project"), ("66-seal", "export_audit"),
    ):  # fmt: skip
        _take_dialog(camera, name, window.table[action].trigger)
    _take_dialog(camera, "66-seal-passphrase", window.table["export_audit"].trigger, lambda dialog: dialog.by_passphrase.click())
    found = CitizenFound("S-OLTD-GECV-EAAP", 12, 1, 0, 1, keyed=True)
    _take_dialog(camera, "67-removal", lambda: confirm_removal(window.store, found, window))
    scanned = ProjectScanned(140, (PersonalPlace("Kanal", "email", 12), PersonalPlace("Enhed", "name_in_text", 3)))
    _take_dialog(camera, "67-scan", lambda: show_scan(window.store, scanned, window))
    _take_dialog(camera, "67-citizen", window.table["find_citizen"].trigger, _look_for_citizen)


def _look_for_citizen(dialog: Any) -> None:
    from gui.pages.cases_page import CasesPage

    page = dialog.parent().findChild(CasesPage)
    first = page.model.row(0) if page is not None else None
    dialog.typed.set_text(first.case if first is not None else "S-AAAA-AAAA-AAAA")
    dialog.seek.click()
    wait_for(lambda: not dialog.is_busy)


def _delete(dialog: Any) -> None:
    dialog.typed.setText("Sygedagpenge 2027")
    dialog.accept_button.click()
    wait_for(lambda: dialog.deleted is not None)


def _take_keys(camera: TakesPictures, folder: Path) -> None:
    """The user's own key: before it is made, when it stands, and what is given away of it."""
    from gui.dialogs.give_key_dialog import give_key

    window = camera.window
    path = str(folder / "identity.age")
    window.store.settings.change(identity=path)
    _take_dialog(camera, "68-my-key-none", window.table["my_key"].trigger)
    made: list[Any] = []
    window.jobs.ask_aside(CreateIdentity(PASSPHRASE, path), made.append)
    wait_for(lambda: bool(made))
    window.jobs.end_aside()
    _take_dialog(camera, "68-my-key", window.table["my_key"].trigger, lambda dialog: wait_for(lambda: dialog.facts is not None))
    _take_dialog(camera, "68-give-key", lambda: give_key(window.store, made[0].recipient, made[0].fingerprint, window))
    window.store.settings.change(identity="")


def _take_dialog(camera: TakesPictures, name: str, show: Callable[[], object], use: Callable[[Any], None] = lambda _dialog: None) -> None:
    """Open a modal dialog, use it, take its picture, close it."""
    shot: list[bool] = []

    def shoot() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            QTimer.singleShot(100, shoot)
            return
        use(dialog)
        camera.take(name, dialog)
        shot.append(True)
        dialog.reject()

    QTimer.singleShot(300, shoot)
    show()
    wait_for(lambda: bool(shot))
