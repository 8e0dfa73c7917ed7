"""Every action of the window, once: the menu, the rail, the palette and the context menus all show the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from engine.errors import N_
from engine.texts import Texts
from gui.theme import Appearance, Tokens, dimensions, icon

ALWAYS, OPEN, UNDO, REDO, FILTERED, KEPT, EVEN_LOCKED = "always", "open", "undo", "redo", "filtered", "kept", "even_locked"
SEVERAL = "several"
"""Where the open log has several types of objects."""


@dataclass(frozen=True)
class ActionSpec:
    """One action: catalogue text, icon, shortcuts (the first one is shown), when it can be used, a short text for the rail."""

    name: str
    text: str
    icon: str
    keys: tuple[str, ...] = ()
    when: str = ALWAYS
    short: str = ""
    page: str = ""


PAGES = (
    ActionSpec("page_map", N_("Process map"), "map", ("Ctrl+1",), OPEN, page="map"),
    ActionSpec("page_variants", N_("Variants"), "route", ("Ctrl+2",), OPEN, page="variants"),
    ActionSpec("page_cases", N_("Cases"), "folder-open", ("Ctrl+3",), OPEN, page="cases"),
    ActionSpec("page_numbers", N_("Figures"), "chart-column", ("Ctrl+4",), OPEN, page="numbers"),
    ActionSpec("page_model", N_("Model"), "workflow", ("Ctrl+5",), OPEN, page="model"),
    ActionSpec("page_quality", N_("Data quality"), "clipboard", ("Ctrl+6",), OPEN, page="quality"),
    ActionSpec("page_validation", N_("Validation"), "badge-check", ("Ctrl+7",), OPEN, page="validation"),
    ActionSpec("page_objects", N_("Objects"), "shapes", ("Ctrl+8",), SEVERAL, page="objects"),
    ActionSpec("page_governance", N_("Governance"), "shield-check", ("Ctrl+9",), OPEN, page="governance"),
)
ACTIONS = (
    *PAGES,
    ActionSpec("open_file", N_("Open file …"), "folder-open", ("Ctrl+O",)),
    ActionSpec("open_project", N_("Open project folder …"), "folder", ("Ctrl+Shift+O",)),
    ActionSpec("import_extracts", N_("Import extracts …"), "database", ("Ctrl+I",)),
    ActionSpec("open_demo", N_("Open the demo project"), "play"),
    ActionSpec("save_project", N_("Save as encrypted project …"), "save", ("Ctrl+S",), OPEN),
    ActionSpec("save_copy", N_("Save a copy …"), "save", ("Ctrl+Shift+S",), KEPT),
    ActionSpec("play_cases", N_("Play the cases on the map"), "play", ("Ctrl+Shift+P",), OPEN),
    ActionSpec("minimap", N_("Minimap on the process map"), "image", ("Ctrl+M",), OPEN),
    ActionSpec("turn_map", N_("Turn the process map"), "rotate-cw-square", ("Ctrl+R",), OPEN),
    ActionSpec("map_table", N_("Process map as a table"), "table-2", ("Ctrl+T",), OPEN),
    ActionSpec("export_map", N_("Export the process map …"), "file-down", ("Ctrl+E",), OPEN),
    ActionSpec("my_key", N_("My key …"), "key-round"),
    ActionSpec("change_passphrase", N_("Change the project's passphrase …"), "lock", when=KEPT),
    ActionSpec("recovery_key", N_("Recovery key …"), "key-round", when=KEPT),
    ActionSpec("change_deadline", N_("Change the day of deletion …"), "calendar", when=KEPT),
    ActionSpec("find_citizen", N_("Find a citizen …"), "search", when=OPEN),
    ActionSpec("keep_audit", N_("How long the audit log is kept …"), "hourglass", when=KEPT),
    ActionSpec("export_audit", N_("Write the audit log into a file …"), "file-down", when=KEPT),
    ActionSpec("delete_project", N_("Delete the project …"), "x", when=KEPT),
    ActionSpec("close_log", N_("Close"), "x", ("Ctrl+W",), OPEN),
    ActionSpec("lock", N_("Lock"), "lock", ("Ctrl+L",), OPEN),
    ActionSpec("undo", N_("Undo"), "undo-2", ("Ctrl+Z",), UNDO),
    ActionSpec("redo", N_("Redo"), "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), REDO),
    ActionSpec("add_filter", N_("Add filter …"), "funnel", ("Ctrl+F",), OPEN),
    ActionSpec("clear_filters", N_("Remove all filters"), "x", ("Ctrl+Shift+F",), FILTERED),
    ActionSpec("palette", N_("Search steps, pages and actions"), "search", ("Ctrl+K",)),
    ActionSpec("help_number", N_("Explain the number"), "info", ("F1",)),
    ActionSpec("help", N_("Keyboard and help"), "circle-question-mark", ("Shift+F1",), short=N_("Help")),
    ActionSpec("settings", N_("Settings"), "settings", ("Ctrl+,",), short=N_("Settings")),
    ActionSpec("about", N_("About Sagsflow and licences"), "info"),
    ActionSpec("language", N_("Change language (Dansk)"), "languages", when=EVEN_LOCKED),
    ActionSpec("dark", N_("Dark appearance"), "moon", ("Ctrl+D",), EVEN_LOCKED),
    ActionSpec("projector", N_("Projector appearance"), "presentation", ("Ctrl+P",), EVEN_LOCKED),
    ActionSpec("full_screen", N_("Full screen"), "expand", ("F11",), EVEN_LOCKED),
    ActionSpec("quit", N_("Quit"), "x", ("Ctrl+Q",), EVEN_LOCKED),
)
APPEARANCES = ("dark", "projector")
"""Actions that stand for the appearance of their name."""
KEPT_TEXT = N_("Save")
"""What saving is called where a project is open that can be written."""


@dataclass(frozen=True)
class ActionState:
    """What decides which actions can be used."""

    is_open: bool = False
    locked: bool = False
    can_undo: bool = False
    can_redo: bool = False
    filtered: bool = False
    kept: bool = False
    several: bool = False
    page: str = ""
    appearance: Appearance = Appearance.LIGHT


class Actions(QObject):
    """The table as live QActions, which follow language, appearance and state."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept = False
        self._texts: Texts | None = None
        self._live = {spec.name: QAction(parent) for spec in ACTIONS}
        for spec in ACTIONS:
            action = self._live[spec.name]
            action.setObjectName(spec.name)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setCheckable(bool(spec.page) or spec.name in APPEARANCES)

    def __getitem__(self, name: str) -> QAction:
        return self._live[name]

    def all(self) -> list[QAction]:
        """Every action, in the order of the table."""
        return list(self._live.values())

    def on(self, name: str, run: Callable[[], object]) -> None:
        """Run this when the action is triggered."""
        self._live[name].triggered.connect(lambda _checked=False: run())

    def retranslate(self, texts: Texts) -> None:
        """Write every text anew."""
        self._texts = texts
        for spec in ACTIONS:
            action = self._live[spec.name]
            text = texts(KEPT_TEXT if self._kept and spec.name == "save_project" else spec.text)
            action.setText(text)
            action.setIconText(texts(spec.short) if spec.short else text)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({keys})" if keys else text)

    def restyle(self, tokens: Tokens, appearance: Appearance) -> None:
        """Draw every icon anew."""
        size = dimensions(appearance).icon_text
        for spec in ACTIONS:
            self._live[spec.name].setIcon(icon(spec.icon, tokens.ink_2, size))

    def update(self, state: ActionState) -> None:
        """Enable what can be used now, mark the page shown, and say how what is open is saved."""
        if state.kept is not self._kept:
            self._kept = state.kept
            if self._texts is not None:
                self.retranslate(self._texts)
        is_open = state.is_open and not state.locked
        usable = {
            ALWAYS: not state.locked,
            OPEN: is_open,
            UNDO: is_open and state.can_undo,
            REDO: is_open and state.can_redo,
            FILTERED: is_open and state.filtered,
            KEPT: is_open and state.kept,
            SEVERAL: is_open and state.several,
            EVEN_LOCKED: True,
        }
        for spec in ACTIONS:
            action = self._live[spec.name]
            action.setEnabled(usable[spec.when])
            action.setVisible(spec.when != SEVERAL or state.several)
            if spec.page:
                action.setChecked(is_open and state.page == spec.page)
        for name in APPEARANCES:
            self._live[name].setChecked(state.appearance.value == name)
