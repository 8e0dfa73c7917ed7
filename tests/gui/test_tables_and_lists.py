"""Tables and lists as they are read: headings, sort arrows, bars, chevrons, and long names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from engine.log.selection import Selection
from engine.service.messages import CaseRow, Cases, CasesQuery, Variant, Variants, VariantsQuery
from gui.app import make_application
from gui.item_models.case_model import CaseModel
from gui.item_models.variant_model import SHARE_ROLE, VariantModel
from gui.settings import Settings
from gui.store import Store
from gui.theme import Appearance, font, tokens
from gui.widgets.chevrons import Part, paint_chevrons
from gui.widgets.short_names import ShortNames, telling_words
from gui.widgets.table_header import ARROW, ARROW_GAP
from gui.widgets.table_page import as_rows
from gui.widgets.timeline import MOST_LINES, Entry, Timeline, broken
from tests.gui.window_world import opened

STEPS = ("Virksomhed fundet af borger", "VITAS-ansøgning oprettet", "Rimelighed/merbeskæftigelse kontrolleret", "Min Plan opdateret",
         "Godkendt af medarbejderrepræsentant", "Behov for virksomhedsrettet tilbud noteret")  # fmt: skip


class NoJobs:
    """Nobody answers."""

    def ask(self, *_: Any, **__: Any) -> int:
        return 1

    def stop(self, number: int) -> None:
        raise AssertionError(number)


@pytest.fixture
def store(qtbot: QtBot, tmp_path: Path) -> Iterator[Store]:
    make_application()
    made = Store(NoJobs(), Settings(tmp_path))
    made.opened = opened()
    yield made


@pytest.fixture
def table(store: Store, qtbot: QtBot) -> QTableView:
    model = CaseModel(store)
    query = CasesQuery(Selection(), 0, 200)
    model.set_answer(Cases(query, 1, (CaseRow("S-ICXY-HEHS-NL6F", 1_700_000_000_000_000, None, 60.0, 3, 1),)))
    made = QTableView()
    qtbot.addWidget(made)
    as_rows(made, store)
    made.setModel(model)
    model.setParent(made)
    return made


def test_the_sort_arrow_stands_beside_its_own_heading(table: QTableView, store: Store) -> None:
    header: Any = table.horizontalHeader()
    metrics = QFontMetrics(font("small_strong", store.appearance))
    for section in range(header.count()):
        area = QRect(400 * section, 0, 300, 32)
        words = metrics.horizontalAdvance(str(table.model().headerData(section, Qt.Orientation.Horizontal)))
        inner, arrow = header.text_area(area, section), header.arrow_place(area, section)
        assert area.contains(arrow)
        if section < 3:
            assert arrow.left() - (inner.left() + words) == ARROW_GAP
        else:
            assert inner.right() - words - arrow.right() in (ARROW_GAP, ARROW_GAP + 1)


def test_an_arrow_up_says_that_the_rows_ascend(table: QTableView, store: Store) -> None:
    header: Any = table.horizontalHeader()
    header.setSortIndicatorShown(True)
    header.resize(600, 32)
    ink = {}
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        header.setSortIndicator(0, order)
        image = QImage(200, 32, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        header.paintSection(painter, image.rect(), 0)
        painter.end()
        place = header.arrow_place(image.rect(), 0)
        dark = [y for y in range(place.top(), place.top() + ARROW) if image.pixelColor(place.center().x(), y).lightness() < 200]
        ink[order] = sum(dark) / len(dark) - place.center().y()
    assert ink[Qt.SortOrder.AscendingOrder] < 0 < ink[Qt.SortOrder.DescendingOrder] + 1
    assert ink[Qt.SortOrder.AscendingOrder] < ink[Qt.SortOrder.DescendingOrder]


def test_bars_of_shares_compare_with_the_most_frequent_variant(store: Store) -> None:
    model = VariantModel(store)
    variants = tuple(Variant(rank, cases, (0, 1), 60.0) for rank, cases in ((3, 157), (7, 68), (65, 10)))
    model.set_answer(Variants(VariantsQuery(), 225, 922, variants, (), 1, 1), ("A", "B"))
    bars = [model.index(row, 2).data(SHARE_ROLE) for row in range(3)]
    assert bars == [1.0, 68 / 157, 10 / 157]
    assert "17,0" in model.index(0, 2).data()


def test_short_names_say_something_and_end_in_a_letter_before_their_full_stop(store: Store) -> None:
    names = ShortNames(STEPS)
    for appearance in Appearance:
        metrics = QFontMetricsF(font("tag", appearance))
        for room in (30, 40, 50, 60, 90):
            for step in range(len(STEPS)):
                short = names.within(step, appearance, room)
                assert metrics.horizontalAdvance(short) <= room
                assert not short.endswith((" .", "-.", "/.", ".."))
        assert names.within(3, appearance, 60).startswith("Min P")
        assert names.within(0, appearance, 4) == ""


def test_steps_that_begin_alike_are_named_by_the_word_that_tells_them_apart() -> None:
    assert telling_words(("Tilbud påbegyndt", "Tilbud afsluttet", "Afslag", "Tilbud")) == ["påbegyndt", "afsluttet", "Afslag", "Tilbud"]
    assert telling_words(("Virksomhed fundet af borger", "Virksomhed fundet af konsulent")) == ["borger", "konsulent"]
    assert telling_words(("", "Min Plan opdateret", "Min Plan opdateret")) == ["", "Min Plan", "Min Plan"]


def test_steps_of_the_main_path_are_seen_in_the_chosen_row(store: Store) -> None:
    for appearance in Appearance:
        look = tokens(appearance)
        image = QImage(120, 56, QImage.Format.Format_RGB32)
        image.fill(QColor(look.accent_soft))
        painter = QPainter(image)
        area = QRectF(0, 0, 120, 56)
        paint_chevrons(painter, area, [(0, Part.AS_MAIN)], ShortNames(("",)), look, appearance, chosen=True)
        painter.end()
        assert image.pixelColor(30, 28) == QColor(look.surface)


def test_long_names_of_steps_are_read_in_full_beside_their_time(store: Store) -> None:
    metrics = QFontMetrics(font("body", Appearance.LIGHT))
    for name in STEPS:
        lines = broken(name, metrics, 150)
        assert not lines[-1].endswith("…"), name
        assert all(metrics.horizontalAdvance(line) <= 150 for line in lines)


@given(st.text(alphabet="abcæøåABC /-", max_size=80), st.integers(40, 300))
def test_broken_texts_fit_their_room_and_lose_nothing_but_their_end(text: str, room: int) -> None:
    make_application()
    metrics = QFontMetrics(font("body", Appearance.LIGHT))
    lines = broken(text, metrics, room)
    assert 1 <= len(lines) <= MOST_LINES
    assert all(metrics.horizontalAdvance(line) <= room for line in lines)
    letters = "".join(lines).replace("-", "").replace(" ", "")
    whole = text.replace("-", "").replace(" ", "")
    assert letters == whole or (letters.endswith("…") and whole.startswith(letters[:-1]))


def test_a_list_is_as_high_as_its_broken_texts_ask(store: Store, qtbot: QtBot) -> None:
    timeline = Timeline(store)
    qtbot.addWidget(timeline)
    timeline.set_entries([Entry("10.1.2024 13.57", name) for name in STEPS])
    assert timeline.heightForWidth(900) == 26 * len(STEPS)
    assert timeline.heightForWidth(280) > timeline.heightForWidth(900)
    tops = timeline.tops(280)
    assert tops == sorted(tops)
    assert len(tops) == len(STEPS) + 1
