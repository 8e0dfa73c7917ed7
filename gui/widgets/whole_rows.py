"""A scroll area that ends between two lines of what it holds: before anybody scrolls, no text is cut in half."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QFrame, QLabel, QScrollArea, QWidget

SEEN = (QLabel, QAbstractButton, QComboBox, QAbstractSlider)
LONG = 3
"""Of a text with more lines two or more may be seen alone; a shorter one is seen whole or not at all."""
MOST_LEFT_OPEN = 0.4
"""So much of the area's height stays open at most: something tall is rather cut."""


class WholeRows(QScrollArea):
    """Holds one widget as wide as itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.left_open = 0
        """Px at the lower edge that show nothing."""

    def minimumSizeHint(self) -> QSize:
        """As low as its room: what stands below it is never pushed out."""
        return QSize(super().minimumSizeHint().width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height: it may end elsewhere."""
        super().resizeEvent(event)
        self._end_between_lines()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds has changed."""
        done = super().eventFilter(watched, event)
        if watched is self.widget() and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._end_between_lines()
        return done

    def _end_between_lines(self) -> None:
        height, inside = self.contentsRect().height(), self.widget()
        layout = inside.layout() if inside is not None else None
        if inside is None or layout is None:
            return
        layout.activate()
        wanted = layout.totalHeightForWidth(inside.width()) if layout.hasHeightForWidth() else layout.totalMinimumSize().height()
        end = height if wanted <= height else self._end(inside, height)
        if height - end != self.left_open and height - end <= MOST_LEFT_OPEN * height:
            self.left_open = height - end
            self.setViewportMargins(0, 0, 0, self.left_open)

    @staticmethod
    def _end(inside: QWidget, height: int) -> int:
        """The last px at or above a height that cuts nothing."""
        lines, end, before = list(_lines(inside)), height, 0
        while end != before:
            before = end
            end = min((top for top, bottom in lines if top < end < bottom), default=end)
        return end


def _lines(inside: QWidget) -> Iterator[tuple[int, int]]:
    """Top and bottom of everything that must not be cut; of a long text, of each line."""
    for part in inside.findChildren(QWidget):
        if not isinstance(part, SEEN) or not part.isVisibleTo(inside) or isinstance(part.parentWidget(), QComboBox):
            continue
        top = part.mapTo(inside, part.rect().topLeft()).y()
        pitch = QFontMetrics(part.font()).lineSpacing()
        count = round(part.height() / pitch) if isinstance(part, QLabel) and part.wordWrap() and pitch else 1
        if count <= LONG:
            yield top, top + part.height()
        else:
            ends = [top + round(n * part.height() / count) for n in range(count + 1)]
            yield from pairwise([ends[0], *ends[2:]])
