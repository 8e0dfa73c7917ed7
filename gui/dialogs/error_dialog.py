"""An error on its own: what happened, that nothing was lost, and details to copy."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.errors import N_
from gui.dialogs.frame import DialogFrame, run
from gui.store import Store
from gui.widgets.error_words import error_details, error_sentence
from gui.widgets.state_card import ErrorCard


class ErrorDialog(DialogFrame):
    """An error card with a button to close it."""

    def __init__(self, store: Store, error: Exception, parent: QWidget | None) -> None:
        super().__init__(store, N_("Something went wrong"), parent, accept=N_("Close"), cancel="")
        self.card = ErrorCard(store)
        self.card.show_error(error_sentence(store.texts, error), "", error_details(error))
        self.body.addWidget(self.card)
        self.take_width(560, 720)


def show_error(store: Store, error: Exception, parent: QWidget | None) -> None:
    """Show an error until the user closes it."""
    run(ErrorDialog(store, error, parent))
