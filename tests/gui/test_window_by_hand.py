"""What somebody met at the window itself: the first size, the keys of a form, and an engine that ended."""

from __future__ import annotations

import os
import signal
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.log.selection import StartedBetween
from engine.quality.stamps import INACTIVE
from engine.quality.values import Finding, Of
from engine.service.messages import ProjectFacts
from engine.texts import Texts
from gui.actions import Actions
from gui.app import make_window
from gui.dialogs.date_field import DateField
from gui.dialogs.filter_dialog import FilterDialog
from gui.dialogs.new_project_dialog import NewProjectDialog
from gui.item_models.finding_model import finding_sentence
from gui.main_window import FRAME, SMALLEST, START_SIZE, place_within
from gui.pages.welcome_page import WelcomePage
from gui.palette_entries import palette_entries
from gui.settings import Settings
from gui.widgets.palette import Palette
from gui.widgets.unlock_card import UnlockCard
from tests.gui.map_world import FakeJobs, make_store
from tests.gui.window_world import OPENING_MS, World, needs_demo, opened, shown_texts, summary
from tests.gui.window_world import world as window_world

__all__ = ["window_world"]
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WORDS = "hest kaffe gul stol bord lampe"


@pytest.fixture
def form(qtbot: QtBot, tmp_path: Path) -> NewProjectDialog:
    """The form of a new project, as the keyboard meets it."""
    store, _jobs = make_store(tmp_path)
    dialog = NewProjectDialog(store, FakeJobs(), None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    return dialog


# ---- the place on the screen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [QRect(0, 0, 1366, 768), QRect(0, 27, 1280, 693), QRect(1920, 0, 1600, 900)])
@pytest.mark.parametrize("place", [QRect(0, 0, *START_SIZE), QRect(1200, 700, 1000, 700), QRect(-300, -200, 1100, 680)])
def test_a_window_fits_the_screen_with_its_frame(room: QRect, place: QRect) -> None:
    found = place_within(place, room)
    assert room.contains(found.marginsAdded(FRAME))
    assert found.width() == min(place.width(), room.width() - FRAME.left() - FRAME.right())


def test_a_place_that_fits_is_kept() -> None:
    assert place_within(QRect(100, 80, 1100, 700), QRect(0, 0, 1920, 1080)) == QRect(100, 80, 1100, 700)


def test_the_first_window_is_no_larger_than_a_small_screen_allows(qtbot: QtBot, tmp_path: Path) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.height() < START_SIZE[1], "the screen of the tests is a small one"
    window = make_window(Settings(tmp_path))
    assert window.height() <= max(SMALLEST[1], room.height())
    assert window.width() <= max(SMALLEST[0], room.width())
    window.close()
    window.deleteLater()


def test_a_place_remembered_from_a_larger_screen_is_brought_back(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.change(window=(500, 400, 1800, 1000))
    window = make_window(settings)
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.top() <= window.geometry().top() <= room.bottom() - SMALLEST[1]
    assert window.height() <= room.height()
    window.close()
    window.deleteLater()


# ---- the passphrase, typed twice -----------------------------------------------------------------------------------------------


def test_a_passphrase_is_typed_twice_with_one_tab_between_and_is_never_shown(form: NewProjectDialog) -> None:
    form.first.field.setFocus()
    QTest.keyClicks(form.first.field, WORDS)
    QTest.keyClick(form.first.field, Qt.Key.Key_Tab)
    assert form.focusWidget() is form.second.field
    QTest.keyClicks(form.focusWidget(), WORDS)
    assert (form.first.text, form.second.text) == (WORDS, WORDS)
    assert form.first.field.echoMode() == form.second.field.echoMode() == QLineEdit.EchoMode.Password
    for eye in (form.first.eye, form.second.eye):
        QTest.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        assert form.focusWidget() is eye
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
    assert form.focusWidget() is form.suggest


def test_what_is_typed_on_the_eye_does_not_reach_the_passphrase(form: NewProjectDialog) -> None:
    QTest.keyClicks(form.first.field, WORDS)
    form.first.eye.setFocus()
    QTest.keyClicks(form.first.eye, "hest")
    assert form.first.text == WORDS
    QTest.keyClick(form.first.eye, Qt.Key.Key_Space)
    assert form.first.field.echoMode() == QLineEdit.EchoMode.Normal


# ---- a copy of a project -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "kept"), [(40, True), (0, True), (-1, False), (None, False)])
def test_a_copy_is_deleted_when_its_project_is(qtbot: QtBot, tmp_path: Path, days: int | None, kept: bool) -> None:
    store, _jobs = make_store(tmp_path)
    delete_by = date.today() + timedelta(days=days or 0)
    facts = ProjectFacts("Prøve", "Formål", "Hjemmel", delete_by.isoformat()) if days is not None else None
    store.set_opened(opened(facts=facts))
    dialog = NewProjectDialog(store, FakeJobs(), None)
    qtbot.addWidget(dialog)
    expected = delete_by if kept else date.today() + timedelta(days=365)
    assert dialog.delete_by.date() == QDate(expected.year, expected.month, expected.day)


# ---- an engine that ended ------------------------------------------------------------------------------------------------------


@needs_demo
def test_the_window_says_that_the_engine_ended_also_where_no_passphrase_is_asked_for(window_world: World) -> None:
    window_world.open_demo()
    window_world.window.jobs.engine_lost.emit()
    card = window_world.window.lock_page.unlock_card
    assert "Beregningerne stoppede" in shown_texts(window_world)
    assert QApplication.focusWidget() in (card.unlock, None)
    window_world.qtbot.mouseClick(card.unlock, Qt.MouseButton.LeftButton)
    window_world.wait(lambda: not window_world.store.locked)
    window_world.rest()
    assert "Beregningerne stoppede" not in shown_texts(window_world)


@needs_demo
def test_an_engine_that_ends_while_nothing_is_asked_is_told_of_at_once(window_world: World) -> None:
    window_world.open_demo()
    pid = window_world.engine_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    window_world.wait(lambda: window_world.store.locked)
    assert "Beregningerne stoppede" in shown_texts(window_world)
    window_world.qtbot.mouseClick(window_world.window.lock_page.unlock_card.unlock, Qt.MouseButton.LeftButton)
    window_world.wait(lambda: not window_world.store.locked, OPENING_MS)
    window_world.rest()


def test_an_error_stands_in_one_place_of_the_card(qtbot: QtBot, tmp_path: Path) -> None:
    card = UnlockCard(make_store(tmp_path)[0])
    qtbot.addWidget(card)
    card.set_target("log.csv", needs_secret=False)
    card.set_error("Filen er væk.")
    assert card._wrong.text() == "Filen er væk."
    card.set_target("log.csv.age")
    assert card._wrong.isHidden()
    card.set_error("Forkert.")
    assert card._wrong.isHidden()
    assert card.passphrase._error.text() == "Forkert."


# ---- dates that are typed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("typed", ["01012026", "1.1.2026", "01-01-2026", "2026-01-01"])
def test_a_period_is_typed_day_first_in_both_languages_with_one_tab_per_date(
    qtbot: QtBot, tmp_path: Path, language: str, typed: str
) -> None:
    store, _jobs = make_store(tmp_path)
    store.set_language(language)
    dialog = FilterDialog(store, summary(), None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.period.click()
    dialog.first.setFocus()
    dialog.first.selectAll()
    QTest.keyClicks(dialog.first, typed)
    QTest.keyClick(dialog.first, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.last
    assert dialog.first.text() == "01-01-2026"
    QTest.keyClicks(dialog.last, "31012026")
    QTest.keyClick(dialog.last, Qt.Key.Key_Tab)
    assert dialog.focusWidget() not in (dialog.first, dialog.last, dialog.last.button)
    start, end = datetime(2026, 1, 1, tzinfo=COPENHAGEN), datetime(2026, 2, 1, tzinfo=COPENHAGEN)
    assert dialog.chosen() == StartedBetween(round(start.timestamp() * 1e6), round(end.timestamp() * 1e6))


def test_a_period_that_is_none_is_said_and_cannot_be_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = FilterDialog(make_store(tmp_path)[0], summary(), None)
    qtbot.addWidget(dialog)
    dialog.period.click()
    for typed, said in (("31-02-2026", "Skriv datoen"), ("", "Skriv datoen"), ("01-01-2099", "senere end den sidste")):
        dialog.first.selectAll()
        QTest.keyClick(dialog.first, Qt.Key.Key_Delete)
        QTest.keyClicks(dialog.first, typed)
        assert said in dialog.problem.text()
        assert not dialog.accept_button.isEnabled()
    dialog.with_step.click()
    dialog.list.setCurrentIndex(dialog.list.model().index(0, 0))
    assert dialog.accept_button.isEnabled()


def test_a_day_is_chosen_with_arrows_and_in_a_calendar(qtbot: QtBot, tmp_path: Path) -> None:
    field = DateField(make_store(tmp_path)[0], "Slet senest", QDate(2026, 12, 31))
    qtbot.addWidget(field)
    field.show()
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.date() == QDate(2027, 1, 1)
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert field.popup is not None
    calendar = field.popup.findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(2027, 1, 1)
    calendar.activated.emit(QDate(2027, 1, 15))
    assert field.text() == "15-01-2027"
    qtbot.waitUntil(lambda: field.popup is None)


def test_the_day_of_deletion_is_typed_and_may_not_have_passed(form: NewProjectDialog) -> None:
    form.name.setText("Prøve")
    for typed, said in (("01012020", "Slettedagen er passeret"), ("3112", "Skriv datoen"), ("31122090", "formål")):
        form.delete_by.selectAll()
        QTest.keyClicks(form.delete_by, typed)
        assert said in form._status.text()
    assert form.delete_by.date() == QDate(2090, 12, 31)


# ---- words ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "letters", "words"), [("da", "eng", "Skift sprog (English)"), ("en", "dan", "Change language (Dansk)")]
)
def test_the_other_language_is_named_and_found_by_its_name(qtbot: QtBot, tmp_path: Path, language: str, letters: str, words: str) -> None:
    store, _jobs = make_store(tmp_path)
    store.set_language(language)
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = Actions(owner)
    actions.retranslate(store.texts)
    welcome = WelcomePage(store, actions)
    qtbot.addWidget(welcome)
    assert welcome._language.text() == words
    palette = Palette(store, owner, palette_entries(store, actions))
    qtbot.addWidget(palette)
    palette.field.setText(letters)
    assert words in [palette.list.model().index(place, 0).data() for place in range(palette.list.model().rowCount())]


@pytest.mark.parametrize(("language", "day"), [("da", "7.8.2026"), ("en", "7 Aug 2026")])
def test_a_finding_writes_its_day_as_people_do(language: str, day: str) -> None:
    finding = Finding("inactive", INACTIVE, {"days": 12, "date": "2026-08-07", "usual": 40}, 12, 900, Of.DAYS)
    sentence = finding_sentence(Texts(language), finding)
    assert day in sentence
    assert "2026-08" not in sentence
