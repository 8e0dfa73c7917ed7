"""A field for one day, typed as dd-mm-yyyy in either language or chosen in a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLineEdit

from gui.map.playback_words import read_date
from gui.store import Store
from gui.theme import dimensions
from gui.widgets.parts import column, icon_button, row, set_icon, set_property
from gui.widgets.popup import BAND, Popup

WRITTEN = "dd-MM-yyyy"
BUTTON_AIR = 4
"""Px around the calendar's button, within the field."""


class DateField(QLineEdit):
    """One day; Up and Down move it by a day, Alt+Down shows the calendar, Tab leaves it."""

    changed = Signal()

    def __init__(self, store: Store, name: str, day: QDate) -> None:
        super().__init__(day.toString(WRITTEN))
        self._store = store
        self.popup: Popup | None = None
        texts, size = store.texts, dimensions(store.appearance).icon_bar
        self.setPlaceholderText(texts("dd-mm-yyyy"))
        self.setAccessibleName(name)
        self.setAccessibleDescription(texts("dd-mm-yyyy"))
        self.button = icon_button()
        self.button.setProperty("kind", "in_field")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.setToolTip(texts("Choose in a calendar (Alt+Down)"))
        self.button.setAccessibleName(texts("Choose in a calendar (Alt+Down)"))
        self.button.clicked.connect(self.show_calendar)
        set_icon(self.button, "calendar", store.tokens.ink_2, size)
        inside = row(0, (0, 0, 5, 0))
        inside.addStretch()
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(inside)
        self.setTextMargins(0, 0, size + 2 * BUTTON_AIR, 0)
        self.textChanged.connect(self._on_text)
        self.editingFinished.connect(self._on_finished)

    def date(self) -> QDate:
        """The day that is written; an invalid QDate where none can be read."""
        read = read_date(self.text())
        return QDate(read.year, read.month, read.day) if read else QDate()

    def set_date(self, day: QDate) -> None:
        """Write a day."""
        self.setText(day.toString(WRITTEN))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move the day, with Alt they show the calendar."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.show_calendar()
        elif self.date().isValid():
            self.set_date(self.date().addDays(step))

    def show_calendar(self) -> None:
        """Let the user choose in a month."""
        danish = self._store.texts.language == "da"
        calendar = QCalendarWidget()
        calendar.setLocale(QLocale(QLocale.Language.Danish if danish else QLocale.Language.English, QLocale.Country.Denmark))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setDateEditEnabled(False)
        for day_off in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day_off, QTextCharFormat())
        today = date.today()
        calendar.setSelectedDate(self.date() if self.date().isValid() else QDate(today.year, today.month, today.day))
        calendar.clicked.connect(self._take)
        calendar.activated.connect(self._take)
        popup = self.popup = Popup(self._store, self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.destroyed.connect(self._forget)
        inner = column(0, (6, 6, 6, 6))
        inner.addWidget(calendar)
        popup.content.addLayout(inner)
        popup.adjustSize()
        corner, room = self.mapToGlobal(QPoint(0, self.height() + BAND)), self.screen().availableGeometry()
        if corner.y() + popup.height() > room.bottom():
            corner = self.mapToGlobal(QPoint(0, -popup.height() - BAND))
        popup.move(min(corner.x(), room.right() - popup.width()), max(corner.y(), room.top()))
        popup.show()
        calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _forget(self) -> None:
        self.popup = None

    def _take(self, day: QDate) -> None:
        self.set_date(day)
        if self.popup is not None:
            self.popup.close()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_text(self) -> None:
        if self.date().isValid():
            set_property(self, "wrong", "false")
        self.changed.emit()

    def _on_finished(self) -> None:
        """What was read is written as it was understood."""
        day = self.date()
        set_property(self, "wrong", "false" if day.isValid() else "true")
        if day.isValid() and self.text() != day.toString(WRITTEN):
            self.set_date(day)
