"""A message stands near the foot of the page, and where a map is drawn, clear of its cards, lines, numbers and panels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.pages.map_page import MapPage
from gui.store import Store
from gui.theme import load_fonts
from gui.widgets.toast import Toast
from tests.gui.map_world import make_store, opened_log

pytestmark = pytest.mark.usefixtures("qapp")
WORDS = "Saved as placeringer process map.pdf"


class Drawing(QWidget):
    """A picture with something in the middle of its foot."""

    used: list[QRectF]

    def places_in_use(self) -> list[QRectF]:
        return self.used


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[QWidget]:
    load_fonts()
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    yield made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path, "en")[0]


def drawing(page: QWidget, *used: QRectF) -> Drawing:
    made = Drawing(page)
    made.used = list(used)
    made.setGeometry(0, 0, 900, 600)
    made.show()
    return made


def test_without_a_picture_it_stands_in_the_middle_above_the_foot(page: QWidget, store: Store) -> None:
    toast = Toast(store, page)
    toast.say(WORDS)
    assert abs(toast.geometry().center().x() - 450) <= 1
    assert 400 < toast.geometry().bottom() < 560
    toast.hide()


def test_on_a_picture_it_takes_the_lowest_place_that_is_free(page: QWidget, store: Store) -> None:
    drawing(page)
    toast = Toast(store, page)
    toast.say(WORDS)
    assert toast.geometry().bottom() > 570 and abs(toast.geometry().center().x() - 450) <= 16
    toast.hide()


@pytest.mark.parametrize("used", [QRectF(300, 500, 300, 100), QRectF(0, 400, 900, 200), QRectF(0, 540, 500, 60)])
def test_it_hides_nothing_where_there_is_another_place(page: QWidget, store: Store, used: QRectF) -> None:
    drawing(page, used)
    toast = Toast(store, page)
    toast.say(WORDS)
    assert not used.intersects(QRectF(toast.geometry()))
    assert page.rect().contains(toast.geometry())
    toast.hide()


def test_where_one_line_hides_something_it_takes_a_few_short_ones(page: QWidget, store: Store) -> None:
    used = QRectF(0, 0, 560, 600)
    drawing(page, used)
    toast = Toast(store, page)
    toast.say(f"{WORDS} in the folder of the documents that are shared")
    assert not used.intersects(QRectF(toast.geometry())) and toast.height() > 50
    toast.hide()


def test_without_any_free_place_it_stands_where_it_always_does(page: QWidget, store: Store) -> None:
    drawing(page, QRectF(0, 0, 900, 600))
    toast = Toast(store, page)
    toast.say(WORDS)
    assert abs(toast.geometry().center().x() - 450) <= 1 and toast.geometry().bottom() < 560
    toast.hide()


def test_a_message_on_the_map_hides_no_card_and_no_number(qtbot: QtBot, tmp_path: Path) -> None:
    load_fonts()
    store, _jobs = make_store(tmp_path, "en")
    map_page = MapPage(store)
    qtbot.addWidget(map_page)
    map_page.resize(1300, 800)
    map_page.show()
    store.set_opened(opened_log())
    qtbot.waitUntil(lambda: map_page.canvas.map is not None)
    map_page.toast.say(WORDS)
    stands = QRectF(map_page.toast.geometry())
    assert not [place for place in map_page.canvas.places_in_use() if place.intersects(stands)]
    map_page.toast.hide()
    map_page.close()
