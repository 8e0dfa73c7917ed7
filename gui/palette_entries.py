"""What the Ctrl+K palette offers: every action, and every step of the open log."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence

from gui.actions import ACTIONS, Actions
from gui.store import StepSelected, Store
from gui.widgets.palette import LAST, Entry


def palette_entries(store: Store, actions: Actions) -> list[Entry]:
    """Pages first, then actions, then steps; among what was searched for, steps come first and quitting last."""
    texts = store.texts
    entries = []
    for spec in ACTIONS:
        if spec.name == "palette":
            continue
        action = actions[spec.name]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        kind = texts("page") if spec.page else texts("action")
        entries.append(Entry(action.text(), kind, spec.icon, action.trigger, keys, action.isEnabled(), LAST if spec.name == "quit" else 1))
    summary = store.opened.summary if store.opened and not store.locked else None
    for code, name in enumerate(summary.activities if summary else ()):
        entries.append(Entry(name, texts("step"), "map", _shower(store, code), rank=0))
    return entries


def _shower(store: Store, step: int) -> Callable[[], None]:
    def show() -> None:
        store.change_view(page="map")
        store.select(StepSelected(step))

    return show
