"""What a finished project tells of persons, and what to do about it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.service.messages import ProjectScanned
from gui.dialogs.frame import DialogFrame, run
from gui.dialogs.import_roles import SIGNS
from gui.store import Store
from gui.widgets.parts import column, framed, label

CLEAN = N_("The project was looked through: no CPR numbers, names, e-mail addresses or telephone numbers in its {n} different texts.")
FOUND = N_("The project holds what looks like personal data.")
WHAT_TO_DO = N_(
    "Import the extracts again: leave out the column, or treat it in the wash (give codes names, make activities of keywords, make age "
    "bands). Then delete this project. If these are no persons, such as the name of a street or a centre, nothing need be done."
)


class ScanDialog(DialogFrame):
    """The places, and what can be done."""

    def __init__(self, store: Store, found: ProjectScanned, parent: QWidget | None) -> None:
        super().__init__(store, FOUND, parent, accept=N_("Close"), cancel="")
        card = framed("caution")
        inner = column(6, (16, 12, 16, 12))
        for place in found.places:
            name, kind = store.texts(place.place), store.texts(SIGNS[place.kind])
            words = store.texts("{place}: {kind} ({count})", place=name, kind=kind, count=place.count)
            inner.addWidget(label("body", words, wrap=True))
        card.setLayout(inner)
        self.body.addWidget(card)
        self.body.addWidget(label("secondary", store.texts(WHAT_TO_DO), wrap=True))
        self.take_width(600, 760)


def show_scan(store: Store, found: ProjectScanned, parent: QWidget | None) -> None:
    """Show what a scan found until the user closes it."""
    run(ScanDialog(store, found, parent))
