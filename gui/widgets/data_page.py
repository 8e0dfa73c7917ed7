"""A page that asks the engine one question about the selection, and shows the answer, or that it is busy, empty or failed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout

from engine.errors import N_, Cancelled
from gui.store import Store
from gui.widgets.error_words import error_details, error_sentence
from gui.widgets.panel import Panel
from gui.widgets.parts import column, surface
from gui.widgets.state_card import ErrorCard, StateCard

BUSY_AFTER_MS = 300
ERROR_WIDTH = 560


class DataPage(Panel):
    """Base of pages that follow the selection. Subclasses write `question`, `show_answer`, `is_empty`, `title` and `clear`."""

    title = ""
    """The English catalogue id of what is being done, for the job strip."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "page")
        self.content = surface("page")
        self._state = StateCard(store)
        self._error = ErrorCard(store)
        self._retry = self._error.next_button
        self._retry.show()
        self._retry.clicked.connect(self.refresh)
        error_page = surface("page")
        around = column(0, (20, 20, 20, 20))
        self._error.setMaximumWidth(ERROR_WIDTH)
        around.addWidget(self._error)
        around.addStretch()
        error_page.setLayout(around)
        self._stack = QStackedLayout()
        self.setLayout(self._stack)  # before anything is added: without a parent the first part would show as a window of its own
        for widget in (self.content, self._state, error_page):
            self._stack.addWidget(widget)
        self._error_page = error_page
        self._stale = True
        self._busy_timer = QTimer(self)
        self._busy_timer.setSingleShot(True)
        self._busy_timer.setInterval(BUSY_AFTER_MS)
        self._busy_timer.timeout.connect(self._show_busy)
        store.opened_changed.connect(self._on_opened)
        store.view_changed.connect(self._on_view)

    # ---- for subclasses ------------------------------------------------------------------------------------------------------

    def question(self) -> Any:
        """What to ask for the selection in force."""
        raise NotImplementedError

    def show_answer(self, answer: Any) -> None:
        """Show an answer."""
        raise NotImplementedError

    def is_empty(self, answer: Any) -> bool:
        """Whether the selection holds no case."""
        return bool(answer.n_cases == 0)

    def clear(self) -> None:
        """Forget everything that came from the log."""
        raise NotImplementedError

    # ---- life ----------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask anew, when the page is on the screen; otherwise when it comes there."""
        self._stale = True
        if self.isVisible() and self._is_open:
            self._stale = False
            self._busy_timer.start()
            self.store.jobs.ask(self.question(), self._on_answer, self._on_failed, self.title)

    @property
    def _is_open(self) -> bool:
        return self.store.opened is not None and self.store.opened.summary is not None

    def showEvent(self, event: QShowEvent) -> None:
        """Ask if something changed while the page was away."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def retranslate(self) -> None:
        """Write the texts; what the engine answered is asked anew where it holds sentences."""
        self._retry.setText(self.store.texts("Try again"))

    def _on_opened(self) -> None:
        self._busy_timer.stop()
        self.clear()
        self._stack.setCurrentWidget(self.content)
        self.refresh()

    def _on_view(self, names: frozenset[str]) -> None:
        if "selection" in names:
            self.refresh()

    def _on_answer(self, answer: Any) -> None:
        self._busy_timer.stop()
        if self.is_empty(answer):
            self.clear()
            self._show_empty()
            return
        self._stack.setCurrentWidget(self.content)
        self.show_answer(answer)

    def _on_failed(self, error: Exception) -> None:
        self._busy_timer.stop()
        if isinstance(error, Cancelled):
            self._stale = True
            self._state.show_state(
                "diamond-alert",
                N_("Stopped"),
                N_("You stopped the calculation. Nothing has been lost."),
                action=N_("Try again"),
                on_action=self.refresh,
            )
            self._stack.setCurrentWidget(self._state)
            return
        self._error.show_error(
            self.store.texts("The numbers could not be calculated"), error_sentence(self.store.texts, error), error_details(error)
        )
        self._stack.setCurrentWidget(self._error_page)

    def _show_busy(self) -> None:
        self._state.show_state("hourglass", self.title, "", busy=True)
        self._stack.setCurrentWidget(self._state)

    def _show_empty(self) -> None:
        if self.store.view.selection.filters:
            self._state.show_state(
                "funnel",
                N_("No cases match"),
                N_("No case meets all the filters at once."),
                action=N_("Undo the last change"),
                on_action=self.store.undo if self.store.can_undo else self._without_last,
            )
        else:
            self._state.show_state("info", N_("The log has no cases"), N_("The file was read, but it holds no events."))
        self._stack.setCurrentWidget(self._state)

    def _without_last(self) -> None:
        self.store.change_filters(self.store.view.selection.filters[:-1])
