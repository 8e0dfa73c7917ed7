"""The bar on top: the project's name and menu, undo and redo, search, and what protects the data."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QWidget

from gui.actions import Actions
from gui.store import Store
from gui.theme import font
from gui.widgets.panel import Panel
from gui.widgets.parts import button, framed, icon_button, icon_label, iconed, label, row, set_icon, set_picture

PROJECT_MENU = ("save_project", "export_map", "", "open_file", "open_project", "open_demo", "", "lock", "close_log", "", "about", "quit")

LONGEST_NAME, AIR = 340, 8


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
        self._lay_out()
        for signal in (store.opened_changed, store.saved_changed):
            signal.connect(self.retranslate)
        self.ready()

    def _lay_out(self) -> None:
        layout, left, right = row(8, (14, 0, 14, 0)), row(), row(8)
        left.addWidget(self.project)
        left.addStretch(1)
        right.addStretch(1)
        _add_pair(right, self._guard_icon, self._guard)
        right.addSpacing(6)
        right.addWidget(_upright())
        right.addSpacing(6)
        _add_pair(right, self._offline_icon, self._offline)
        right.addSpacing(6)
        right.addWidget(self.settings)
        self._left, self._right = QWidget(), QWidget()
        for side, inside in ((self._left, left), (self._right, right)):
            side.setLayout(inside)
            side.setMinimumWidth(inside.minimumSize().width())
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self._left, 1)
        for widget in (self.undo, self.redo):
            layout.addWidget(widget)
        layout.addWidget(self.search)
        layout.addWidget(self._right, 1)
        self.setLayout(layout)

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        opened = self.store.opened
        name = (opened.facts.name if opened.facts else opened.name) if opened else ""
        metrics = QFontMetrics(font("card_title", self.store.appearance))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, LONGEST_NAME)
        beside_edge = "\u2004" + shown
        self.project.setText(beside_edge)
        self.project.setFixedWidth(metrics.horizontalAdvance(beside_edge) + AIR // 2 + self.sizes.icon_text + AIR)
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

    def restyle(self) -> None:
        """Take sizes and icons."""
        tokens, sizes = self.store.tokens, self.sizes
        self.setFixedHeight(sizes.top_bar)
        set_picture(self._drop, "chevron-down", tokens.ink_2, sizes.icon_text)
        for tool, name in ((self.undo, "undo-2"), (self.redo, "redo-2"), (self.settings, "settings")):
            set_icon(tool, name, tokens.ink_2, sizes.icon_bar)
        set_icon(self.search, "search", tokens.ink_2, sizes.icon_text)
        self.search.setFixedSize(360 if sizes.rail < 100 else 460, sizes.control)
        set_picture(self._guard_icon, "shield-check", tokens.ink_2, sizes.icon_bar)
        set_picture(self._offline_icon, "wifi-off", tokens.ink_2, sizes.icon_bar)

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
