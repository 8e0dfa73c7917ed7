"""What the cases are, where the data leave a choice: a menu that cuts them anew."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup, QFontMetrics
from PySide6.QtWidgets import QMenu, QPushButton

from engine.errors import N_
from engine.log.columns import CASE
from engine.log.selection import HasActivity, Selection
from engine.service.messages import ChooseNotion, Opened
from gui.store import Store
from gui.theme import Appearance, font, font_px
from gui.widgets.parts import set_property

LONGEST = 170
"""Px of a type's name on the button at a desk."""
CUTTING = N_("Cutting the cases anew")


class NotionButton(QPushButton):
    """Says what the cases are; hidden where there is no choice. What the user chooses is asked of the engine, and the window follows."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        set_property(self, "kind", "add_chip")
        set_property(self, "drops", True)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.hide()
        store.opened_changed.connect(self._follow_view)

    @property
    def notion(self) -> str:
        """The type whose objects are the cases; "" where there is no choice."""
        types = self._store.opened.object_types if self._store.opened is not None else ()
        return next((one.name for one in types if one.notion), "")

    def name(self, kind: str) -> str:
        """A type as it is shown: what has no name of its own is a case."""
        return self._store.texts("Case") if kind == CASE else kind

    def write(self) -> None:
        """Say what the cases are, and offer the others."""
        store, texts = self._store, self._store.texts
        types = store.opened.object_types if store.opened is not None else ()
        self.setVisible(len(types) > 1)
        scale = font_px("body", store.appearance) / font_px("body", Appearance.LIGHT)
        metrics = QFontMetrics(font("body", store.appearance))
        shown = metrics.elidedText(self.name(self.notion), Qt.TextElideMode.ElideMiddle, round(LONGEST * scale))
        words = texts("Choose what a case is. Everything is counted anew.")
        self.setText(texts("Cases are: {type}", type=shown))
        self.setToolTip(words)
        self.setAccessibleName(texts("Cases are: {type}", type=self.name(self.notion)))
        self.setAccessibleDescription(words)
        self._menu.clear()
        group = QActionGroup(self._menu)
        for one in types:
            action = self._menu.addAction(f"{self.name(one.name)} · {texts.number(one.objects)}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(one.notion)
            action.triggered.connect(partial(self.choose, one.name))
            group.addAction(action)

    def choose(self, kind: str, _checked: bool = False) -> None:
        """Let the objects of a type be the cases."""
        if kind != self.notion:
            self._store.jobs.ask(ChooseNotion(kind), partial(self._on_chosen, kind), lambda _error: self.write(), CUTTING)

    def _on_chosen(self, kind: str, opened: Opened) -> None:
        """The log is another one: filters stay as far as it has their steps, and what was selected on the map does not."""
        store = self._store
        steps = opened.summary.activities if opened.summary is not None else ()
        filters = tuple(one for one in store.view.selection.filters if not isinstance(one, HasActivity) or one.activity in steps)
        view = replace(store.view, selection=Selection(filters), steps=None, paths=None, moved=())
        told = replace(opened, name=store.opened.name, kind=store.opened.kind) if store.opened is not None else opened
        store.set_opened(told, store.source, view)
        store.change_view(notion=kind)

    def _follow_view(self) -> None:
        """A log that was opened anew with the view of before has the notion of that view again."""
        kind = self._store.view.notion
        types = self._store.opened.object_types if self._store.opened is not None else ()
        if kind and kind != self.notion and kind in {one.name for one in types}:
            self.choose(kind)
