"""An analyst looks after keys and projects in the window, with the keyboard, from the first key to the last receipt."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from engine.service.messages import AuditRecord, Secret
from engine.tasks import Task
from engine.texts import Texts
from engine.vault import identity_file
from engine.vault.unlocking import open_project
from gui.dialogs import citizen_dialog, delete_dialog, keys_dialog
from gui.item_models.audit_words import fact_words
from gui.pages.governance_page import GovernancePage
from gui.widgets.password_field import PasswordField
from tests.gui.window_world import OPENING_MS, TABLE, World, shown_texts, world  # noqa: F401
from tests.projects import FACTS, PASSPHRASE, lock_quickly, make, reopen

WORDS = "gul havn krone sten vind"
NEW = "rød skov bro lampe korn"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of a small project."""
    lock_quickly(monkeypatch)
    make(tmp_path / "Sygedagpenge")
    return str(tmp_path / "Sygedagpenge")


def opened(world: World, folder: str) -> GovernancePage:
    """The page of governance of a project that was opened."""
    world.window.flow.open_path(folder, Secret(PASSPHRASE))
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.press("Ctrl+9")
    page = world.window.findChild(GovernancePage)
    world.wait(lambda: page is not None and page.model.rowCount() > 0)
    world.rest()
    return page


def secrets_in(dialog: Any) -> str:
    """Whatever the fields and labels of a dialog hold."""
    fields = [field.text() for field in dialog.findChildren(QLineEdit)]
    fields += [field.text for field in dialog.findChildren(PasswordField)]
    return "\n".join(fields + [one.text() for one in dialog.findChildren(QLabel)])


def test_a_key_is_made_backed_up_and_given_away_and_what_was_encrypted_to_it_opens(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy, sheet = tmp_path / "kopi.age", tmp_path / "ark.pdf"
    answers = iter([str(copy), str(sheet)])
    monkeypatch.setattr(keys_dialog, "ask_save", lambda *_: next(answers))
    left: list[Any] = []

    def make_key(dialog: Any) -> None:
        world.wait(lambda: dialog.facts is not None)
        left.append(dialog)
        assert not dialog.accept_button.isEnabled()
        dialog.secret.suggest.click()
        world.wait(lambda: len(dialog.secret.text.split("-")) == 6)
        dialog.secret.first.field.setText(WORDS)
        dialog.secret.second.clear()
        world.qtbot.keyClicks(dialog.secret.second.field, WORDS)
        world.qtbot.keyClick(dialog.accept_button, Qt.Key.Key_Space)
        world.wait(lambda: bool(dialog.recipient.text()), OPENING_MS)
        assert dialog.secret.text == ""
        world.qtbot.keyClick(dialog.back_up, Qt.Key.Key_Space)
        world.wait(lambda: "kopi.age" in dialog.said.text())
        world.qtbot.keyClick(dialog.sheet, Qt.Key.Key_Space)
        assert "ark.pdf" in dialog.said.text()
        assert WORDS not in secrets_in(dialog)
        dialog.accept()

    wrong = world.in_dialog(make_key)
    world.window.table["my_key"].trigger()
    assert not wrong
    path = Path(world.settings.identity_path)
    recipient = identity_file.public_key(path)
    assert recipient
    assert identity_file.unlock(copy, WORDS, Task()).recipient == recipient
    assert sheet.read_bytes().startswith(b"%PDF")
    world.wait(lambda: world.window.jobs._aside is None)

    extract = tmp_path / "udtræk.csv.age"
    extract.write_bytes(pyrage.encrypt(TABLE.encode(), [pyrage.x25519.Recipient.from_str(recipient)]))
    roles: list[str] = []
    wrong = world.in_dialog(lambda dialog: (roles.append(dialog.windowTitle()), dialog.reject()))
    world.window.flow.choose(str(extract))
    world.type_passphrase(world.window.welcome.unlock_card, WORDS)
    world.wait(lambda: bool(roles), OPENING_MS)
    assert not wrong
    world.rest()


def test_what_the_dialog_tells_to_type_works_with_the_program_age(world: World, tmp_path: Path) -> None:
    import shutil

    from gui.dialogs.give_key_dialog import GiveKeyDialog

    key = pyrage.x25519.Identity.generate()
    dialog = GiveKeyDialog(world.store, str(key.to_public()), "AAAA BBBB", world.window)
    dialog.copies[1].click()
    line = QApplication.clipboard().text()
    assert str(key.to_public()) in dialog.letter("da")
    assert "Venlig hilsen" in dialog.letter("da")
    assert "Kind regards" in dialog.letter("en")
    dialog.close()
    dialog.deleteLater()
    if not shutil.which("age"):
        pytest.skip("the program age is not installed")
    (tmp_path / "udtræk.csv").write_text(TABLE, "utf-8")
    subprocess.run(line.split(), cwd=tmp_path, check=True, timeout=60)
    assert pyrage.decrypt((tmp_path / "udtræk.csv.age").read_bytes(), [key]).decode() == TABLE


def test_the_audit_log_is_read_filtered_and_verified(world: World, project: str) -> None:
    page = opened(world, project)
    assert FACTS.purpose in shown_texts(world)
    assert "31-01-2028" in shown_texts(world)
    assert page.model.index(0, 1).data() == "Projektet blev åbnet"
    page.kinds.setCurrentIndex(page.kinds.findData("import"))
    page.kinds.activated.emit(page.kinds.currentIndex())
    world.wait(lambda: page.model.rowCount() == 1)
    assert page.model.index(0, 2).data() == "3 byte"
    world.qtbot.keyClick(page.verify, Qt.Key.Key_Space)
    world.wait(lambda: "kæden er ubrudt" in page.count.text())
    world.window.resize(960, 640)
    world.rest()
    assert page.minimumSizeHint().width() <= page.width()
    assert page.about.isVisible()
    assert not page.side.isVisible()
    page.about.click()
    assert page.side.isVisible()
    world.window.table["language"].trigger()
    world.wait(lambda: "the chain is unbroken" in page.count.text())
    assert page.model.index(0, 1).data() == "A file was read"


def test_the_day_of_deletion_and_the_passphrase_are_changed(world: World, project: str) -> None:
    page = opened(world, project)
    day = QDate.currentDate().addDays(90)

    def change_day(dialog: Any) -> None:
        assert not dialog.accept_button.isEnabled()
        dialog.day.set_date(day)
        dialog.reason.setCurrentIndex(2)
        world.qtbot.keyClicks(dialog.note, "Klage")
        world.qtbot.keyClick(dialog.note, Qt.Key.Key_Return)
        world.wait(lambda: dialog.is_done, OPENING_MS)

    wrong = world.in_dialog(change_day)
    page.side.buttons["change_deadline"].click()
    assert not wrong
    world.wait(lambda: day.toString("dd-MM-yyyy") in shown_texts(world))
    assert world.settings.values.deadlines[project] == day.toString(Qt.DateFormat.ISODate)
    held: list[str] = []

    def change_words(dialog: Any) -> None:
        for old in ("forkert", PASSPHRASE):
            dialog.old.field.setText(old)
            for field in (dialog.secret.first.field, dialog.secret.second.field):
                field.setText(NEW)
            dialog.accept_button.click()
            world.wait(lambda: not dialog.is_busy, OPENING_MS)
            held.append(dialog.problem.text())
        world.wait(lambda: dialog.is_done, OPENING_MS)
        held.append(secrets_in(dialog))

    wrong = world.in_dialog(change_words)
    page.side.buttons["change_passphrase"].click()
    assert not wrong
    assert "åbner ikke" in held[0]
    assert NEW not in held[-1]
    assert PASSPHRASE not in held[-1]
    assert open_project(Path(project), Secret(NEW), Task()).state.facts.delete_by == day.toString(Qt.DateFormat.ISODate)


def test_a_recovery_key_is_set_and_tried(
    world: World,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gui.dialogs import recovery_dialog

    page, key = opened(world, project), pyrage.x25519.Identity.generate()
    (tmp_path / "it.txt").write_text(f"{key}\n")
    monkeypatch.setattr(recovery_dialog, "ask_file", lambda *_: str(tmp_path / "it.txt"))

    def use(dialog: Any) -> None:
        world.wait(lambda: "ingen gendannelsesnøgle" in dialog._standing.text())
        assert not dialog.try_it.isEnabled()
        dialog.recipient.setText(str(key.to_public()))
        dialog.set.click()
        world.wait(lambda: dialog.try_it.isEnabled() and bool(dialog.fingerprint.text()), OPENING_MS)
        dialog.try_it.click()
        world.wait(lambda: "Det virker" in dialog.said.text(), OPENING_MS)
        dialog.accept()

    wrong = world.in_dialog(use)
    page.side.buttons["recovery_key"].click()
    assert not wrong
    assert open_project(Path(project), Secret(identity_path=str(tmp_path / "it.txt")), Task()).state.facts == FACTS


def test_a_citizen_is_found_written_into_a_file_and_removed(
    world: World,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from engine.service.messages import Seal

    page, key = opened(world, project), pyrage.x25519.Identity.generate()
    code = str(reopen(Path(project)).read_contents(Task()).log.case_ids[3].as_py())
    target = tmp_path / "borger.csv.age"
    monkeypatch.setattr(citizen_dialog, "ask_seal", lambda *_: Seal(str(key.to_public())))
    monkeypatch.setattr(citizen_dialog, "ask_save", lambda *_: str(target))

    def use(dialog: Any) -> None:
        world.qtbot.keyClicks(dialog.typed.field, "999999-9999")
        world.qtbot.keyClick(dialog.typed.field, Qt.Key.Key_Return)
        world.wait(lambda: bool(dialog.problem.text()))
        assert "9999" not in dialog.problem.text()
        dialog.typed.clear()
        world.qtbot.keyClicks(dialog.typed.field, code.lower())
        world.qtbot.keyClick(dialog.typed.field, Qt.Key.Key_Return)
        world.wait(lambda: dialog.found is not None)
        assert dialog.model.rowCount() == dialog.found.events
        assert dialog.typed.text == ""
        dialog.export.click()
        world.wait(lambda: target.exists() and not dialog.is_busy)
        monkeypatch.setattr(citizen_dialog, "confirm_removal", lambda *_: True)
        dialog.remove.click()
        world.wait(lambda: dialog.forgotten is not None, OPENING_MS)
        dialog.accept()

    wrong = world.in_dialog(use)
    page.side.buttons["find_citizen"].click()
    assert not wrong
    assert pyrage.decrypt(target.read_bytes(), [key]).startswith(b"\xef\xbb\xbfSag;")
    assert world.store.opened.summary.n_cases == 19
    assert code not in reopen(Path(project)).read_contents(Task()).log.case_ids.to_pylist()


def test_removing_asks_for_the_code(world: World) -> None:
    from engine.service.messages import CitizenFound

    dialog = citizen_dialog.RemovalDialog(world.store, CitizenFound("S-AAAA-BBBB-CCCC", 4, 1, 0, 0, True), world.window)
    assert not dialog.accept_button.isEnabled()
    dialog.typed.setText("S-AAAA-BBBB-CCC")
    assert not dialog.accept_button.isEnabled()
    dialog.typed.setText("s-aaaa-bbbb-cccc")
    assert dialog.accept_button.isEnabled()
    dialog.close()
    dialog.deleteLater()


def test_the_open_project_is_deleted_by_typing_its_name(
    world: World,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, receipt = opened(world, project), tmp_path / "kvittering.txt"
    monkeypatch.setattr(delete_dialog, "ask_save", lambda *_: str(receipt))
    assert project in world.settings.values.recent

    def use(dialog: Any) -> None:
        world.qtbot.keyClicks(dialog.typed, "Sygedagpenge")
        assert not dialog.accept_button.isEnabled()
        world.qtbot.keyClicks(dialog.typed, " 2027")
        world.qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
        world.wait(lambda: dialog.deleted is not None, OPENING_MS)
        dialog.save.click()
        dialog.reject()

    wrong = world.in_dialog(use)
    page.side.buttons["delete_project"].click()
    assert not wrong
    assert not Path(project).exists()
    assert project not in world.settings.values.recent
    assert world.store.opened is None
    assert world.window.stack.currentWidget() is world.window.welcome
    written = receipt.read_text("utf-8-sig")
    assert "Projekt: Sygedagpenge 2027" in written
    assert "SHA-256" in written


def test_a_project_past_its_day_is_named_and_deleted_on_the_welcome_page(world: World, project: str) -> None:
    welcome = world.window.welcome
    world.settings.add_recent(project, (date.today() - timedelta(days=3)).isoformat())
    welcome.refresh()
    world.wait(lambda: "skulle være slettet" in shown_texts(world))
    line = next(one for one in welcome.findChildren(QPushButton) if one.accessibleName() == "Slet … Sygedagpenge")

    def use(dialog: Any) -> None:
        world.qtbot.keyClicks(dialog.typed, "Sygedagpenge")
        world.qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
        world.wait(lambda: dialog.deleted is not None, OPENING_MS)
        dialog.accept()

    wrong = world.in_dialog(use)
    line.click()
    assert not wrong
    assert not Path(project).exists()
    assert "skulle være slettet" not in shown_texts(world)


def test_a_project_that_can_only_be_read_offers_what_it_allows(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock_quickly(monkeypatch)
    make(tmp_path / "p", read_only=True)
    page = opened(world, str(tmp_path / "p"))
    assert [name for name, button in page.side.buttons.items() if button.isEnabled()] == ["find_citizen"]
    assert not page.export.isEnabled()
    assert not world.window.table["delete_project"].isEnabled()


def test_a_log_that_is_no_project_says_what_is_missing(world: World, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(TABLE, "utf-8")
    from engine.log.columns import ColumnRoles, ReadOptions
    from engine.service.messages import Open

    roles = ColumnRoles("case_id", "haendelse", "tidspunkt")
    world.window.flow._target = Open(str(tmp_path / "log.csv"), options=ReadOptions(roles, timestamp_format="%d-%m-%Y %H:%M"))
    world.window.flow._open(Secret())
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.press("Ctrl+9")
    world.wait(lambda: "Ikke et projekt endnu" in shown_texts(world))


def test_the_key_sheet_holds_the_public_key_and_nothing_secret(world: World) -> None:
    from gui.dialogs.key_sheet import key_sheet, sheet_text

    key = pyrage.x25519.Identity.generate()
    text = sheet_text(world.store.texts, str(key.to_public()), "AAAA BBBB", "identity.age")
    assert str(key.to_public()) in text
    assert str(key) not in text
    assert text.count("☐") == 7
    content = key_sheet(world.store.texts, str(key.to_public()), "AAAA BBBB", "identity.age")
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 1 or b"/Count 1" in content


def test_locking_closes_a_dialog_and_takes_what_was_typed_with_it(world: World, project: str) -> None:
    page = opened(world, project)
    held: list[str] = []

    def use(dialog: Any) -> None:
        dialog.old.field.setText(PASSPHRASE)
        dialog.secret.first.field.setText(NEW)
        world.window.flow.lock()
        held.append(secrets_in(dialog))
        assert dialog.is_done

    wrong = world.in_dialog(use)
    page.side.buttons["change_passphrase"].click()
    assert not wrong
    assert world.store.locked
    assert held
    assert PASSPHRASE not in held[0]
    assert NEW not in held[0]
    assert page.model.rowCount() == 0
    assert FACTS.purpose not in "\n".join(label.text() for label in page.side.findChildren(QLabel))


def test_the_log_tells_of_the_validation_in_words() -> None:
    danish = Texts("da")

    def told(event: str, facts: dict[str, str | int]) -> str:
        return fact_words(danish, AuditRecord(0, "2026-01-01T00:00:00Z", event, facts))

    assert told("sample", {"seed": 42, "method": "by_variant"}).startswith("frø 42 · trukket: Hyppige, sjældne og")
    assert told("comment", {"case": "S-1", "kind": "agrees", "changed": 0}) == "kode S-1 · art Stemmer"
    assert told("comment", {"kind": "order", "changed": 1}).endswith(" · ændret")
    assert told("wash_step", {"file": 0, "step": 1, "verdict": "accepted"}) == "fil nr. 1 · trin nr. 2 · afgørelse: godkendt"
    assert told("wash_step", {"verdict": "open"}) == "afgørelse: hverken godkendt eller afvist"
