"""Events or steps below each other on a thin line, with a time left of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.store import Store
from gui.theme import font

AIR = 10
"""Px between the line and the texts at its sides."""
MOST_LINES, LEAST_CARRIED = 3, 4
"""Lines of a text, and letters of a broken word that stand on the next line."""


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline: what stands left, the text, and whether it stands out."""

    left: str
    text: str
    strong: bool = False


class Timeline(QWidget):
    """A drawn list; a long text takes more lines, and the height follows the entries."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._entries: tuple[Entry, ...] = ()
        self._tops: tuple[int, list[int]] = (0, [0])
        """For a width: where each entry begins, and where the last one ends."""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        store.appearance_changed.connect(self._forget_places)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show ready texts."""
        self._entries = tuple(entries)
        self.setAccessibleName("\n".join(f"{entry.left} {entry.text}" for entry in entries))
        self._forget_places()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    # ---- places --------------------------------------------------------------------------------------------------------------

    def _forget_places(self) -> None:
        self._tops = (0, [0])
        self.updateGeometry()
        self.update()

    def _row(self) -> int:
        return 36 if self._store.appearance.is_large else 26

    def _metrics(self, role: str) -> QFontMetrics:
        return QFontMetrics(font(role, self._store.appearance))

    def _line_at(self, width: int) -> int:
        """Where the line stands: right of the widest time, but not beyond the middle."""
        metrics = self._metrics("small")
        return min(max((metrics.horizontalAdvance(entry.left) for entry in self._entries), default=0), width // 2) + AIR

    def tops(self, width: int) -> list[int]:
        """Where each entry begins in a list so wide, and where the last one ends."""
        if self._tops[0] != width:
            room, row = width - self._line_at(width) - AIR, self._row()
            metrics = {strong: self._metrics("body_strong" if strong else "body") for strong in (False, True)}
            more = (len(broken(entry.text, metrics[entry.strong], room)) - 1 for entry in self._entries)
            heights = (row + n * metrics[entry.strong].lineSpacing() for n, entry in zip(more, self._entries, strict=True))
            self._tops = width, list(accumulate(heights, initial=0))
        return self._tops[1]

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Narrow lists break more texts."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The height of all entries."""
        return self.tops(width)[-1]

    def sizeHint(self) -> QSize:
        """The height at the width in force."""
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def minimumSizeHint(self) -> QSize:
        """One line per entry at the least."""
        return QSize(200, self._row() * len(self._entries))

    # ---- looks ---------------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Show the whole text of the entry under the mouse."""
        if isinstance(event, QHelpEvent):
            i = bisect_right(self.tops(self.width()), event.pos().y()) - 1
            if 0 <= i < len(self._entries):
                QToolTip.showText(event.globalPos(), self._entries[i].text, self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries in sight."""
        tops, half = self.tops(self.width()), self._row() // 2
        x = self._line_at(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._store.tokens.card_border), 1.5))
        if self._entries:
            painter.drawLine(x, half, x, tops[-2] + half)
        first, last = (bisect_right(tops, y) - 1 for y in (event.rect().top(), event.rect().bottom()))
        for i in range(max(0, first), min(len(self._entries), last + 1)):
            self._paint_entry(painter, self._entries[i], x, tops[i], tops[i + 1])

    def _paint_entry(self, painter: QPainter, entry: Entry, x: int, top: int, bottom: int) -> None:
        tokens, appearance, row = self._store.tokens, self._store.appearance, self._row()
        painter.setPen(QColor(tokens.ink_2))
        painter.setFont(font("small", appearance))
        painter.drawText(QRectF(0, top, x - AIR, row), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.left)
        painter.setPen(QPen(QColor(tokens.accent if entry.strong else tokens.line_strong), 1.6))
        painter.setBrush(QColor(tokens.accent if entry.strong else tokens.surface))
        painter.drawEllipse(QRectF(x - 3.5, top + row / 2 - 3.5, 7, 7))
        painter.setFont(font("body_strong" if entry.strong else "body", appearance))
        painter.setPen(QColor(tokens.accent if entry.strong else tokens.ink))
        metrics = painter.fontMetrics()
        inner = QRectF(x + AIR, top + (row - metrics.height()) / 2, self.width() - x - AIR, bottom - top - (row - metrics.height()) / 2)
        for words in broken(entry.text, metrics, int(inner.width())):
            painter.drawText(inner, Qt.AlignmentFlag.AlignTop, words)
            inner.translate(0, metrics.lineSpacing())


def broken(text: str, metrics: QFontMetrics, room: int) -> list[str]:
    """A text in at most MOST_LINES lines of `room` px, broken between words or within one that is too long; the last line is cut."""
    lines: list[str] = []
    while len(lines) < MOST_LINES - 1 and metrics.horizontalAdvance(text) > room:
        ends = [i for i in range(1, len(text)) if text[i - 1] in " /-" and metrics.horizontalAdvance(text[:i].rstrip()) <= room]
        within = [i for i in range(1, len(text) - LEAST_CARRIED + 1) if metrics.horizontalAdvance(text[:i] + "-") <= room]
        if not ends and not within:
            break
        end = ends[-1] if ends else within[-1]
        lines.append(text[:end].rstrip() + ("" if ends else "-"))
        text = text[end:]
    return [*lines, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)]
