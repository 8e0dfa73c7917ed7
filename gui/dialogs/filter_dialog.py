"""Adds one filter: a period in which cases started, or a step they have or do not have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QEvent, QObject, QSortFilterProxyModel, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QListView, QRadioButton, QStackedWidget, QWidget

from engine.errors import N_
from engine.log.selection import Filter, HasActivity, StartedBetween
from engine.service.messages import LogSummary
from gui.dialogs.date_field import DateField
from gui.dialogs.frame import DialogFrame, run
from gui.store import Store
from gui.widgets.parts import column, label, row


class FilterDialog(DialogFrame):
    """Three kinds of filter, one at a time."""

    def __init__(self, store: Store, summary: LogSummary, parent: QWidget | None) -> None:
        super().__init__(store, N_("Add filter"), parent, accept=N_("Add filter"))
        self._summary = summary
        self.with_step, self.without_step, self.period = QRadioButton(), QRadioButton(), QRadioButton()
        self._group = QButtonGroup(self)
        texts = store.texts
        kinds = (
            (self.with_step, texts("Cases with a step")),
            (self.without_step, texts("Cases without a step")),
            (self.period, texts("Cases started in a period")),
        )
        line = row(20)
        for choice, words in kinds:
            choice.setText(words)
            self._group.addButton(choice)
            line.addWidget(choice)
        line.addStretch()
        self.body.addLayout(line)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._steps_part())
        self._pages.addWidget(self._period_part())
        self.body.addWidget(self._pages, 1)
        self.period.setEnabled(summary.first_event is not None)
        self._group.buttonClicked.connect(self._follow)
        self.with_step.setChecked(True)
        self._follow()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.take_size((580, 560), (760, 700))

    def _steps_part(self) -> QWidget:
        texts = self.store.texts
        self.search = QLineEdit()
        self.search.setPlaceholderText(texts("Search for a step"))
        self.search.setAccessibleName(texts("Search for a step"))
        self.list = QListView()
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(texts("Steps"))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(QStringListModel(sorted(self._summary.activities), self))
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list.setModel(self._found)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._follow)
        self.list.doubleClicked.connect(self.accept)
        made = QWidget()
        layout = column(10)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        made.setLayout(layout)
        return made

    def _period_part(self) -> QWidget:
        texts = self.store.texts
        first, last = self._log_days()
        self.first = DateField(self.store, texts("First day"), first)
        self.last = DateField(self.store, texts("Last day"), last)
        self.problem = label("caution", wrap=True)
        made = QWidget()
        layout = column(8)
        line = row(16)
        for field, name in ((self.first, texts("First day")), (self.last, texts("Last day"))):
            part = column(6)
            part.addWidget(label("body_strong", name))
            part.addWidget(field)
            line.addLayout(part, 1)
            field.changed.connect(self._follow)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        span = texts("The log's events lie from {first} to {last}.", first=_words(self.store, first), last=_words(self.store, last))
        layout.addWidget(label("small", span, wrap=True))
        layout.addWidget(label("small", texts("A case belongs to the period when its first event does."), wrap=True))
        layout.addStretch()
        made.setLayout(layout)
        return made

    def _log_days(self) -> tuple[QDate, QDate]:
        zone = ZoneInfo(self.store.timezone)
        days = []
        for moment in (self._summary.first_event, self._summary.last_event):
            day = datetime.fromtimestamp((moment or 0) / 1e6, UTC).astimezone(zone).date()
            days.append(QDate(day.year, day.month, day.day))
        return days[0], days[1]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk the list while the search field keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.search:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._found.rowCount():
                row_number = max(0, min(self._found.rowCount() - 1, self.list.currentIndex().row() + step))
                self.list.setCurrentIndex(self._found.index(row_number, 0))
                return True
        return super().eventFilter(watched, event)

    def _on_search(self, text: str) -> None:
        self._found.setFilterFixedString(text)
        if self._found.rowCount():
            self.list.setCurrentIndex(self._found.index(0, 0))
        self._follow()

    def _follow(self, *_: object) -> None:
        period = self.period.isChecked()
        self._pages.setCurrentIndex(1 if period else 0)
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.accept_button.setEnabled(not problem if period else self.list.currentIndex().isValid())

    def _problem(self) -> str:
        """What is wrong with the period, as a sentence; "" when it can be used."""
        texts, first, last = self.store.texts, self.first.date(), self.last.date()
        if not (first.isValid() and last.isValid()):
            return texts("Write the date as dd-mm-yyyy.")
        return texts("The first day is later than the last.") if first > last else ""

    def chosen(self) -> Filter | None:
        """The filter as the dialog stands."""
        if self.period.isChecked():
            zone = ZoneInfo(self.store.timezone)
            first, last = self.first.date(), self.last.date()
            start = datetime(first.year(), first.month(), first.day(), tzinfo=zone)
            end_day = datetime(last.year(), last.month(), last.day()) + timedelta(days=1)
            end = end_day.replace(tzinfo=zone)
            return StartedBetween(round(start.timestamp() * 1e6), round(end.timestamp() * 1e6))
        index = self.list.currentIndex()
        return HasActivity(str(index.data()), self.with_step.isChecked()) if index.isValid() else None


def _words(store: Store, day: QDate) -> str:
    noon = datetime(day.year(), day.month(), day.day(), 12, tzinfo=ZoneInfo(store.timezone))
    return store.texts.date(round(noon.timestamp() * 1e6), store.timezone)


def ask_filter(store: Store, parent: QWidget | None) -> Filter | None:
    """Ask for one filter; None when the user cancels."""
    summary = store.opened.summary if store.opened else None
    if summary is None:
        return None
    dialog = FilterDialog(store, summary, parent)
    return dialog.chosen() if run(dialog) else None
