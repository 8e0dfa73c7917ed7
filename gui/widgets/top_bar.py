"""The bar on top: the project's name and menu, undo and redo, search, and what protects the data."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QMenu, QSizePolicy, QWidget

from gui.actions import Actions
from gui.store import Store
from gui.theme import Appearance, font, font_px
from gui.widgets.panel import Panel
from gui.widgets.parts import button, framed, icon_button, icon_label, iconed, label, row, set_icon, set_picture

PROJECT_MENU = (
    "save_project",
    "save_copy",
    "export_map",
    "",
    "open_file",
    "open_project",
    "open_demo",
    "",
    "lock",
    "close_log",
    "",
    "my_key",
    "about",
    "quit",
)

LONGEST_NAME, SHORTEST_NAME, AIR = 340, 96, 8
"""Px of the project's name at a desk, and of what is left of it in the narrowest window."""
EDGE, GAP, BESIDE_LINE, SEARCH = 14, 8, 6, 360


class TopBar(Panel):
    """One row over every page."""

    def __init__(self, store: Store, actions: Actions) -> None:
        super().__init__(store, "bar")
        self._actions = actions
        self.project = button("project")
        self._drop = icon_label("chevron-down", store.tokens.ink_2, 16)
        beside = row(0, (0, 0, AIR, 0))
        beside.addStretch(1)
        beside.addWidget(self._drop)
        self.project.setLayout(beside)
        self._menu = QMenu(self)
        for name in PROJECT_MENU:
            if name:
                self._menu.addAction(actions[name])
            else:
                self._menu.addSeparator()
        self.project.setMenu(self._menu)
        self.undo, self.redo = icon_button(), icon_button()
        self.settings = icon_button()
        self._pairs = ((self.undo, actions["undo"]), (self.redo, actions["redo"]), (self.settings, actions["settings"]))
        for tool, action in self._pairs:
            tool.clicked.connect(action.trigger)
            action.changed.connect(self._follow)
        self.search = button("search")
        self.search.clicked.connect(actions["palette"].trigger)
        self._key = label("key", "Ctrl K")
        inside = row(0, (0, 0, 8, 0))
        inside.addStretch(1)
        inside.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        self.search.setLayout(inside)
        self._guard_icon, self._guard = icon_label("shield-check", store.tokens.ink_2, 18), label("secondary")
        self._offline_icon, self._offline = icon_label("wifi-off", store.tokens.ink_2, 18), label("secondary")
        self._name = ""
        self._lay_out()
        for signal in (store.opened_changed, store.saved_changed):
            signal.connect(self.retranslate)
        self.ready()

    def _lay_out(self) -> None:
        layout, left, right = row(GAP, (EDGE, 0, EDGE, 0)), row(), row(GAP)
        left.addWidget(self.project)
        left.addStretch(1)
        right.addStretch(1)
        _add_pair(right, self._guard_icon, self._guard)
        right.addSpacing(BESIDE_LINE)
        right.addWidget(_upright())
        right.addSpacing(BESIDE_LINE)
        _add_pair(right, self._offline_icon, self._offline)
        right.addSpacing(BESIDE_LINE)
        right.addWidget(self.settings)
        self._left, self._right = QWidget(), QWidget()
        for side, inside in ((self._left, left), (self._right, right)):
            side.setLayout(inside)
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self._left, 1)
        for widget in (self.undo, self.redo):
            layout.addWidget(widget)
        layout.addWidget(self.search)
        layout.addWidget(self._right, 1)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(layout)

    def minimumSizeHint(self) -> QSize:
        """The least that is said: a cut name, the signs without words, and the search without its key."""
        name = self._name_width(self._cut_name(SHORTEST_NAME))
        return QSize(self._beside_tools() + name + self._needed(False, False), self.sizes.top_bar)

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        opened = self.store.opened
        name = (opened.facts.name if opened.facts else opened.name) if opened else ""
        self._name = name
        self.project.setToolTip(name)
        self.project.setAccessibleName(texts("Project menu: {name}", name=name))
        self.search.setText(iconed(texts("Search steps, pages and actions")))
        self._guard.setText(texts("at least 5"))
        said = texts("Numbers that leave the screen have at least 5 cases behind them and are rounded to 5.")
        self._offline.setText(texts("offline"))
        quiet = texts("This window is offline: the program uses no network and sends nothing.")
        for widget, tip in ((self._guard, said), (self._guard_icon, said), (self._offline, quiet), (self._offline_icon, quiet)):
            widget.setToolTip(tip)
            widget.setAccessibleDescription(tip)
        self._follow()
        self._fit()

    def restyle(self) -> None:
        """Take sizes and icons."""
        tokens, sizes = self.store.tokens, self.sizes
        self.setFixedHeight(sizes.top_bar)
        set_picture(self._drop, "chevron-down", tokens.ink_2, sizes.icon_text)
        for tool, name in ((self.undo, "undo-2"), (self.redo, "redo-2"), (self.settings, "settings")):
            set_icon(tool, name, tokens.ink_2, sizes.icon_bar)
        set_icon(self.search, "search", tokens.ink_2, sizes.icon_text)
        self.search.setFixedHeight(sizes.control)
        set_picture(self._guard_icon, "shield-check", tokens.ink_2, sizes.icon_bar)
        set_picture(self._offline_icon, "wifi-off", tokens.ink_2, sizes.icon_bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Look again at the room when a part takes its looks."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """In a narrow window first the search is shorter, then the words beside the signs and the search's key go, then the name is cut."""
        widest = round(SEARCH * font_px("body", self.store.appearance) / font_px("body", Appearance.LIGHT))
        room = self.width() - self._beside_tools()
        name = self._name_width(self._cut_name(LONGEST_NAME))
        said = next((one for one in ((True, True), (False, True), (False, False)) if name + self._needed(*one) <= room), None)
        words, key = said or (False, False)
        if said is None:
            cut = self._cut_name(max(LONGEST_NAME - (name + self._needed(words, key) - room), SHORTEST_NAME))
        else:
            cut = self._cut_name(LONGEST_NAME)
        self._show(cut, words=words, key=key)
        signs = self._signs_width(words)
        self._left.setMinimumWidth(self._name_width(cut))
        self._right.setMinimumWidth(signs)
        self.search.setFixedWidth(max(self._search_width(key), min(widest, room - self._name_width(cut) - signs)))

    def _show(self, name: str, *, words: bool, key: bool) -> None:
        """Show the name as cut, and what there is room for."""
        if self.project.text() != name:
            self.project.setText(name)
        self.project.setFixedWidth(self._name_width(name))
        for part, seen in ((self._guard, words), (self._offline, words), (self._key, key)):
            if part.isHidden() == seen:
                part.setVisible(seen)

    def _cut_name(self, widest: int) -> str:
        metrics = QFontMetrics(font("card_title", self.store.appearance))
        return "\u2004" + metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, widest)

    def _name_width(self, shown: str) -> int:
        """Px of the button of the project's name."""
        metrics = QFontMetrics(font("card_title", self.store.appearance))
        return metrics.horizontalAdvance(shown) + AIR // 2 + self.sizes.icon_text + AIR

    def _beside_tools(self) -> int:
        """Px of the edges, of undo and redo, and of the gaps beside them."""
        return 2 * EDGE + sum(tool.sizeHint().width() + GAP for tool in (self.undo, self.redo)) + 2 * GAP

    def _needed(self, words: bool, key: bool) -> int:
        """Px of the signs and of the shortest search."""
        return self._signs_width(words) + self._search_width(key)

    def _signs_width(self, words: bool) -> int:
        """Px of the signs, the line between them and the settings, with or without the words."""
        parts: list[QWidget] = [self._guard_icon, self._offline_icon, self.settings]
        if words:
            parts += [self._guard, self._offline]
        return sum(part.sizeHint().width() + GAP for part in parts) + 1 + 3 * BESIDE_LINE

    def _search_width(self, key: bool) -> int:
        """Px of the search's words, with or without its key."""
        metrics = QFontMetrics(font("body", self.store.appearance))
        words = self.sizes.icon_text + metrics.horizontalAdvance(self.search.text()) + 4 * AIR
        return words + self._key.sizeHint().width() + AIR if key else words

    def _follow(self) -> None:
        for tool, action in self._pairs:
            _take_over(tool, action)


def _take_over(tool: QWidget, action: QAction) -> None:
    tool.setEnabled(action.isEnabled())
    tool.setToolTip(action.toolTip())
    tool.setAccessibleName(action.text())


def _add_pair(layout: QHBoxLayout, sign: QLabel, words: QLabel) -> None:
    layout.addWidget(sign)
    layout.addWidget(words)


def _upright() -> QFrame:
    line = framed("upright")
    line.setFixedHeight(20)
    return line
