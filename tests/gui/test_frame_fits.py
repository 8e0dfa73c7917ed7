"""What the frame of the window says is whole: in narrow windows, on projectors, and where sentences and names are long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QScrollArea, QTableView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.selection import HasActivity
from engine.service.messages import TablePreview, TimestampReading
from engine.texts import Texts
from gui.actions import Actions
from gui.app import make_application
from gui.dialogs.frame import SCREEN_AIR
from gui.dialogs.help_dialog import HelpDialog
from gui.dialogs.roles_dialog import RolesDialog
from gui.dressing import Dress
from gui.item_models.case_model import CaseModel
from gui.settings import Settings
from gui.store import Store
from gui.theme import Appearance, dimensions, font
from gui.widgets.filter_bar import FilterBar
from gui.widgets.parts import column, framed
from gui.widgets.rail import LABEL_AIR, MARGIN, RailItem
from gui.widgets.state_card import StateCard
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows
from gui.widgets.toast import Toast
from gui.widgets.top_bar import TopBar
from tests.gui.window_world import opened

LONG_NAME = "Oprettelse af placeringer i virksomheder i Aalborg Kommune"
LONG_STEP = "Behov for virksomhedsrettet tilbud noteret"
LARGE = Appearance.PROJECTOR


class NoJobs:
    """Nobody answers."""

    def ask(self, *_: Any, **__: Any) -> int:
        return 1


@pytest.fixture(params=[Appearance.LIGHT, LARGE])
def store(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[Store]:
    """A store with an open log, at a desk and on a projector, in English."""
    make_application()
    settings = Settings(tmp_path)
    settings.change(appearance=request.param.value, language="en")
    made = Store(NoJobs(), settings)
    made.opened = replace(opened(), name="Oprettelse af placeringer")
    before = QApplication.font()
    QApplication.setFont(font("body", request.param))
    yield made
    QApplication.setFont(before)


@pytest.fixture
def actions(store: Store, qtbot: QtBot) -> Iterator[Actions]:
    """The table of actions, on a window of its own."""
    window = QWidget()
    qtbot.addWidget(window)
    made = Actions(window)
    made.retranslate(store.texts)
    yield made


def shown(part: QWidget, store: Store, qtbot: QtBot, width: int, height: int) -> None:
    """Put a part on the screen, dressed, at a size."""
    qtbot.addWidget(part)
    Dress(part, store)
    part.resize(width, height)
    part.show()
    QApplication.processEvents()


def is_whole(part: QWidget) -> bool:
    """Whether nothing of a part is cut off."""
    inside = part.parentWidget().rect().contains(part.geometry()) if part.parentWidget() is not None else True
    return inside and part.width() >= part.sizeHint().width()


@pytest.mark.parametrize("width", [1840, 1350, 1100, 980, 904])
@pytest.mark.parametrize("name", ["Oprettelse af placeringer", LONG_NAME])
def test_the_top_bar_says_whole_words_in_every_window(store: Store, actions: Actions, qtbot: QtBot, width: int, name: str) -> None:
    store.opened = replace(opened(), name=name)
    bar = TopBar(store, actions)
    shown(bar, store, qtbot, width, dimensions(store.appearance).top_bar)
    parts = (*bar.findChildren(QLabel), *bar.findChildren(QToolButton))
    assert all(is_whole(part) for part in parts if part.isVisible())
    assert bar.settings.isVisible() and bar.settings.width() == bar.undo.width()
    in_row = [bar.project, bar.undo, bar.redo, bar.search, bar.settings]
    edges = [(part.mapTo(bar, part.rect().topLeft()).x(), part.mapTo(bar, part.rect().topRight()).x()) for part in in_row]
    assert edges[0][0] >= 0 and edges[-1][1] < width
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    assert bar.project.toolTip() == name


def test_a_wide_top_bar_says_what_protects_the_data(store: Store, actions: Actions, qtbot: QtBot) -> None:
    bar = TopBar(store, actions)
    shown(bar, store, qtbot, 1900, dimensions(store.appearance).top_bar)
    assert {"at least 5", "offline", "Ctrl K"} <= {part.text() for part in bar.findChildren(QLabel) if part.isVisible()}
    bar.resize(760, bar.height())
    QApplication.processEvents()
    assert "offline" not in {part.text() for part in bar.findChildren(QLabel) if part.isVisible()}


def test_a_long_sentence_of_an_empty_page_is_read_to_its_end(store: Store, qtbot: QtBot) -> None:
    card = StateCard(store)
    shown(card, store, qtbot, 1200, 700)
    sentence = "No case is selected, so there is nothing to make a model of. Widen the filters, or take one of them away."
    card.show_state("info", "No model could be found", sentence, action="Try again")
    QApplication.processEvents()
    said = next(part for part in card.findChildren(QLabel) if part.text() == sentence)
    assert said.height() >= said.heightForWidth(said.width()) > said.fontMetrics().height()
    words = said.fontMetrics().horizontalAdvance(sentence)
    assert said.width() - words / (said.height() // said.fontMetrics().height()) < 100, "the lines are about as long as each other"
    below = next(part for part in card.findChildren(QPushButton) if part.isVisible())
    assert said.geometry().bottom() < below.geometry().top()
    middles = {part.geometry().center().x() for part in (said, below, *card.findChildren(QProgressBar)) if part.isVisible()}
    assert max(middles) - min(middles) <= 2


def test_the_field_of_a_rail_item_has_air_beside_its_label(store: Store, qtbot: QtBot) -> None:
    action = QAction("Process map")
    action.setCheckable(True)
    action.setChecked(True)
    item = RailItem(store, action, "map")
    qtbot.addWidget(item)
    item.setFixedSize(item.sizeHint())
    bold = font("axis", store.appearance)
    bold.setWeight(bold.Weight.DemiBold)
    item.setFont(bold)
    label = item.fontMetrics().horizontalAdvance(action.text())
    field = item.field(label)
    assert field.width() >= label + 2 * LABEL_AIR
    assert item.field(10).width() == item.width() - 2 * MARGIN


def test_a_filter_names_its_step_in_full_and_the_tag_is_no_higher_than_its_words(store: Store, qtbot: QtBot) -> None:
    bar = FilterBar(store)
    store.change_filters((HasActivity(LONG_STEP, keep=False),))
    shown(bar, store, qtbot, 1700, dimensions(store.appearance).filter_bar)
    chip = bar.chips()[0]
    assert LONG_STEP in {part.text() for part in chip.findChildren(QLabel)}
    bar._synthetic.setVisible(True)
    QApplication.processEvents()
    assert bar._synthetic.height() == bar._synthetic.sizeHint().height() < dimensions(store.appearance).chip


@pytest.mark.parametrize("width", [980, 904])
def test_in_a_narrow_window_a_filter_is_cut_with_a_sign_of_it(store: Store, qtbot: QtBot, width: int) -> None:
    store.change_filters((HasActivity(LONG_STEP, keep=False), HasActivity("Afslag")))
    bar = FilterBar(store)
    shown(bar, store, qtbot, width, dimensions(store.appearance).filter_bar)
    for chip in bar.chips():
        for part in chip.findChildren(QLabel):
            assert part.width() >= part.sizeHint().width()
            assert part.text() in ("With", "Without", LONG_STEP, "Afslag") or (part.text().endswith("…") and part.toolTip() == LONG_STEP)


def test_a_message_stands_below_the_middle_of_the_page_beside_the_rail(store: Store, qtbot: QtBot) -> None:
    window = QWidget()
    page = QWidget(window)
    toast = Toast(store, window, lambda: page)
    shown(window, store, qtbot, 1440, 900)
    page.setGeometry(120, 100, 1320, 700)
    toast.say("The project is saved.")
    assert abs(toast.geometry().center().x() - (120 + 660)) <= 2
    toast.hide()


def test_a_table_leaves_its_card_the_round_corners(store: Store, qtbot: QtBot) -> None:
    pictures = []
    for filled in (False, True):
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        if filled:
            table = QTableView()
            as_rows(table, store)
            model = CaseModel(store)
            model.setParent(table)
            table.setModel(model)
            table.setItemDelegate(RowDelegate(store, table))
            inner.addWidget(table)
        card.setLayout(inner)
        shown(card, store, qtbot, 400, 300)
        pictures.append(card.grab().toImage())
    assert corner_pixels(pictures[0]) == corner_pixels(pictures[1])


def corner_pixels(image: QImage) -> list[QColor]:
    """The five by five pixels of every corner."""
    xs = (*range(5), *range(image.width() - 5, image.width()))
    ys = (*range(5), *range(image.height() - 5, image.height()))
    return [image.pixelColor(x, y) for x in xs for y in ys]


def test_the_help_shows_every_key_without_scrolling(store: Store, qtbot: QtBot) -> None:
    behind = QWidget()
    qtbot.addWidget(behind)
    behind.resize(1440, 1000)
    dialog = HelpDialog(store, Actions(behind), behind)
    qtbot.addWidget(dialog)
    dialog.show()
    QApplication.processEvents()
    assert dialog.findChild(QScrollArea).verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_form_of_a_table_s_columns_fits_a_screen_of_1440(store: Store, qtbot: QtBot, language: str) -> None:
    store.settings.change(language=language)
    store.texts = Texts(language)
    names = ("case_id", "haendelse", "tidspunkt", "enhed", "sagsbehandler")
    ways = (TimestampReading("%d-%m-%Y %H:%M", "2025-03-05T10:12"), TimestampReading("%m-%d-%Y %H:%M", "2025-05-03T10:12"))
    roles = ColumnRoles(case="case_id", activity="haendelse", timestamp="tidspunkt", unit="enhed")
    options = ReadOptions(roles, delimiter=";", encoding="utf-8", timezone="Europe/Copenhagen")
    preview = TablePreview(names, (), 4, options, {"case": 0.9, "activity": 0.9, "timestamp": 0.9, "unit": 0.9}, (), {"timestamp": ways})
    behind = QWidget()
    qtbot.addWidget(behind)
    behind.resize(1440, 900)
    dialog = RolesDialog(store, NoJobs(), replace(opened(), name="udtraek.csv", preview=preview), preview, behind)
    qtbot.addWidget(dialog)
    dialog.show()
    QApplication.processEvents()
    assert dialog.width() <= 1440 - SCREEN_AIR
    dialog.reject()
