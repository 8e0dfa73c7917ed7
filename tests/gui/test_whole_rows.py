"""A panel that is too low for its numbers ends between two of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.whole_rows import WholeRows


def filled(qtbot: QtBot, texts: list[str]) -> tuple[WholeRows, list[QLabel]]:
    area, inside = WholeRows(), QWidget()
    qtbot.addWidget(area)
    rows = QVBoxLayout()
    labels = [QLabel(text) for text in texts]
    for label in labels:
        label.setWordWrap(True)
        rows.addWidget(label)
    rows.addStretch()
    inside.setLayout(rows)
    area.setWidget(inside)
    area.resize(240, 300)
    area.show()
    qtbot.waitExposed(area)
    return area, labels


def cut(area: WholeRows, labels: list[QLabel]) -> list[str]:
    """What is seen only in part."""
    seen = area.viewport().height()
    tops = [label.mapTo(area.viewport(), QPoint(0, 0)).y() for label in labels]
    return [label.text() for label, top in zip(labels, tops, strict=True) if top < seen < top + label.height()]


@pytest.mark.parametrize("height", range(100, 300, 13))
def test_no_row_is_cut_at_any_height(qtbot: QtBot, height: int) -> None:
    area, labels = filled(qtbot, [f"Række {n}" for n in range(20)])
    area.resize(240, height)
    qtbot.wait(1)
    assert cut(area, labels) == []
    assert area.verticalScrollBar().maximum() > 0
    assert area.left_open < 60


def test_what_fits_is_shown_as_a_whole_and_rows_that_come_later_are_not_cut_either(qtbot: QtBot) -> None:
    area, labels = filled(qtbot, ["Første", "Anden"])
    assert area.left_open == 0
    assert area.verticalScrollBar().maximum() == 0
    inside = area.widget()
    rows = inside.layout()
    assert isinstance(rows, QVBoxLayout)
    for n in range(30):
        labels.append(QLabel(f"Senere {n}"))
        rows.insertWidget(len(labels) - 1, labels[-1])
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert cut(area, labels) == []


def test_of_a_long_text_whole_lines_are_seen(qtbot: QtBot) -> None:
    area, labels = filled(qtbot, ["Kort", " ".join(["Et langt stykke tekst, som har mange linjer."] * 12)])
    area.resize(240, 133)
    qtbot.wait(1)
    pitch = labels[1].fontMetrics().lineSpacing()
    seen = area.viewport().height() - labels[1].mapTo(area.viewport(), QPoint(0, 0)).y()
    assert seen >= 2 * pitch
    assert min(seen % pitch, pitch - seen % pitch) <= 2


def test_what_stands_below_is_never_pushed_out(qtbot: QtBot) -> None:
    window, below = QWidget(), QLabel("Signaturforklaring")
    qtbot.addWidget(window)
    frame = QWidget(window)
    area, labels = filled(qtbot, ["Kun en linje"])
    card = QVBoxLayout(frame)
    card.setContentsMargins(0, 0, 0, 0)
    card.setSpacing(0)
    card.addWidget(area, 1)
    card.addWidget(below)
    below.setFixedHeight(200)
    frame.resize(240, labels[0].sizeHint().height() + 20 + 200)
    window.show()
    qtbot.waitExposed(window)
    assert below.geometry().bottom() < frame.height()
