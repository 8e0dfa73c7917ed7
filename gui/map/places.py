"""Keeps the map as it stands once it is in use: better places for its steps are then offered, and taken only when the user says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.errors import N_
from engine.service.messages import MapAnswer
from gui.store import Store
from gui.widgets.toast import Toast

STANDS_FAST = N_("The straight line stands fast, for the rest of the map is read from it. Steps beside it can be moved.")


class Places(QObject):
    """Whether the open log's map is in use, and what is said when better places for its steps have been found.

    is_left_alone says whether the camera still shows the whole map, as it did at first.
    """

    def __init__(self, store: Store, toast: Toast, is_left_alone: Callable[[], bool]) -> None:
        super().__init__(toast)
        self._store, self._toast, self._is_left_alone = store, toast, is_left_alone
        self._used = False
        self.are_held = False
        """Whether the steps keep their first places because the map came to be in use before better ones were found."""

    def forget(self) -> None:
        """Another log is open."""
        self._used = self.are_held = False

    def use(self) -> None:
        """The user has done something with the map."""
        self._used = True

    def hold(self, shown: MapAnswer | None) -> None:
        """The user changes the view of a map whose steps still stand in their first places: there they stay."""
        self.use()
        if shown is not None and shown.query.arranged and not shown.arranged:
            self._keep()

    def _keep(self) -> None:
        self.are_held = True
        self._store.change_view(first_places=True)

    def accepts(self, shown: MapAnswer, answer: MapAnswer) -> bool:
        """Whether an answer may be shown: not the map in use with its steps in other places. Either way it is said."""
        if shown.query != answer.query or shown.arranged or not are_moved(shown, answer):
            return True
        if self._used or not self._is_left_alone():
            self._keep()
            self._offer()
            return False
        self._toast.say(self._store.texts("Better places have been found for the steps of the map."))
        return True

    def compare(self, shown: MapAnswer, better: MapAnswer) -> None:
        """Offer the better places of a map that keeps its first ones, where they are others."""
        if self._store.view.first_places and are_moved(shown, better):
            self._offer()

    def explain_line(self) -> None:
        """Somebody tries to move a step of the straight line: say why it stands fast."""
        self._toast.say(self._store.texts(STANDS_FAST))

    def _offer(self) -> None:
        texts = self._store.texts
        words = texts("Better places have been found for the steps of the map. It stays as it is while you use it.")
        self._toast.say(words, texts("Show them"), lambda: self._store.change_view(first_places=False))


def are_moved(one: MapAnswer, other: MapAnswer) -> bool:
    """Whether a step that both maps show stands in another row or column."""
    before = {card.step: (card.row, card.column) for card in one.layout.cards}
    return any(before.get(card.step, (card.row, card.column)) != (card.row, card.column) for card in other.layout.cards)
