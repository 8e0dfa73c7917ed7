"""The context menu of a step, of a path, or of the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.errors import N_
from engine.log.selection import HasActivity
from engine.service.messages import MapAnswer
from gui.map.words import step_name
from gui.store import Selected, StepSelected, Store

FILTERS = ((True, N_("Show only cases with this step")), (False, N_("Show only cases without this step")))


Run = Callable[[], object]


def make_menu(store: Store, parent: QWidget, answer: MapAnswer | None, what: Selected, of_map: Sequence[tuple[str, Run]]) -> QMenu:
    """What can be done with what lies under the pointer, and with the map; a filter that is set already cannot be set again.

    of_map: what can be done with the whole map, in words.
    """
    menu, texts = QMenu(parent), store.texts

    def add(words: str, run: Callable[[], object]) -> QAction:
        action = QAction(words, menu)
        action.triggered.connect(lambda _checked=False: run())
        menu.addAction(action)
        return action

    if isinstance(what, StepSelected) and answer is not None and what.step >= 0:
        name = step_name(answer, what.step, texts)
        add(texts("Show the numbers"), partial(store.select, what))
        for keep, words in FILTERS:
            one = HasActivity(name, keep)
            add(texts(words), partial(store.add_filter, one)).setEnabled(one not in store.view.selection.filters)
        menu.addSeparator()
        kept = tuple(moved for moved in store.view.moved if moved.name != name)
        if kept != store.view.moved:
            add(texts("Put this step back in its place"), partial(store.change_view, moved=kept))
            menu.addSeparator()
    elif what is not None and not isinstance(what, StepSelected):
        add(texts("Show the numbers"), partial(store.select, what))
        menu.addSeparator()
    for words, run in of_map:
        add(words, run)
    return menu


def put_back(store: Store) -> list[tuple[str, Callable[[], None]]]:
    """Taking all places back that steps were given by hand, where any were."""
    words = store.texts("Put all moved steps back in their places")
    return [(words, partial(store.change_view, moved=()))] if store.view.moved else []
