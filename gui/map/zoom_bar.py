"""The bar under the map: zoom, fit, search for a step, export."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QListView, QWidget

from engine.errors import N_
from gui.map.scene import MapScene
from gui.store import Selected, StepSelected, Store
from gui.theme import Appearance, icon
from gui.widgets.above import SentenceAbove
from gui.widgets.panel import Panel
from gui.widgets.parts import button, icon_button, iconed, label, row, set_icon

ROOM_BESIDE, ROOM_BELOW = 12, 8


class ZoomBar(Panel):
    """Lower left on the map."""

    zoomed = Signal(float)
    fitted = Signal()
    turn_wanted = Signal()
    full_wanted = Signal()
    export_wanted = Signal()
    play_wanted = Signal()
    found = Signal(int)
    """A step was searched for and chosen."""
    changed = Signal()
    """The bar has another width."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self._steps: dict[str, int] = {}
        self.zoom_out, self.zoom_in, self.fit, self.turn, self.full = (icon_button() for _ in range(5))
        self.percent = label("small")
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.search = QLineEdit()
        self._clear = QAction(self)
        self.search.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self.search.installEventFilter(self)
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self.offers = QListView()
        self._completer.setPopup(self.offers)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.activated.connect(self._on_chosen)
        self._completer.setWidget(self.search)
        self.search.textEdited.connect(self._offer)
        self.search.textChanged.connect(lambda words: self._clear.setVisible(bool(words)))
        self._clear.triggered.connect(self.search.clear)
        self.search.textChanged.connect(self._show_misses)
        self.nothing = SentenceAbove(parent if parent is not None else self)
        self._clear.setVisible(False)
        self.search.returnPressed.connect(self._on_return)
        self.play, self.export = button("plain"), button("plain")
        card = QFrame()
        card.setProperty("kind", "card")
        inner = row(2, (4, 2, 4, 2))
        for widget in (self.zoom_out, self.percent, self.zoom_in, self.fit, self.turn, self.full):
            inner.addWidget(widget)
        card.setLayout(inner)
        layout = row(8)
        layout.addWidget(card)
        layout.addWidget(self.search)
        layout.addWidget(self.play)
        layout.addWidget(self.export)
        self.setLayout(layout)
        self.zoom_out.clicked.connect(lambda: self.zoomed.emit(0.8))
        self.zoom_in.clicked.connect(lambda: self.zoomed.emit(1.25))
        self.fit.clicked.connect(self.fitted)
        self.turn.clicked.connect(self.turn_wanted)
        self.full.clicked.connect(self.full_wanted)
        self.play.clicked.connect(self.play_wanted)
        self.export.clicked.connect(self.export_wanted)
        self.ready()

    def show_zoom(self, scale: float) -> None:
        """Show the zoom in per cent."""
        self.percent.setText(self.store.texts.percent(round(scale, 2)))

    def show_steps(self, scene: MapScene | None) -> None:
        """The steps that can be searched for: those on the map."""
        self._steps = {card.full_name: card.step for card in scene.cards} if scene else {}
        self._model.setStringList(sorted(self._steps, key=str.casefold))
        for widget in (self.search, self.play, self.export):
            widget.setEnabled(scene is not None)

    def best_match(self, words: str) -> int | None:
        """The first step whose name holds the words, those that begin with them first."""
        wanted = words.strip().casefold()
        names = [name for name in self._steps if wanted and wanted in name.casefold()]
        names.sort(key=lambda name: (not name.casefold().startswith(wanted), name.casefold()))
        return self._steps[names[0]] if names else None

    def _offer(self, words: str) -> None:
        """Offer the steps whose names hold the words: above the field, as wide as the longest name."""
        popup = self.offers
        self._completer.setCompletionPrefix(words)
        n = min(self._completer.completionCount(), self._completer.maxVisibleItems())
        if not words or n == 0:
            popup.hide()
            return
        frame = 2 * popup.frameWidth() + popup.contentsMargins().top() + popup.contentsMargins().bottom()
        more = popup.verticalScrollBar().sizeHint().width() if self._completer.completionCount() > n else 0
        width = max(popup.sizeHintForColumn(0) + frame + more + ROOM_BESIDE, self.search.width())
        height = popup.sizeHintForRow(0) * n + frame + ROOM_BELOW
        self._completer.complete(QRect(0, -height - 4, width, 1))
        corner = self.search.mapToGlobal(QPoint(0, -4))
        popup.setGeometry(corner.x(), corner.y() - height, width, height)

    def _show_misses(self, words: str) -> None:
        """Say above the field when no step on the map has such a name."""
        misses = bool(words.strip()) and self.best_match(words) is None
        self.nothing.say(self.store.texts("No step on the map has such a name.") if misses else "", self.search)

    def show_selected(self, selected: Selected) -> None:
        """Once the step that was found is let go, the field is empty again."""
        if not isinstance(selected, StepSelected) or self._steps.get(self.search.text()) != selected.step:
            self.search.clear()

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.show()
        self.changed.emit()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        tips = (
            (self.zoom_out, N_("Zoom out (−)")),
            (self.zoom_in, N_("Zoom in (+)")),
            (self.fit, N_("Show the whole map (0)")),
            (self.turn, N_("Turn the map: downwards or to the right (Ctrl+R)")),
            (self.full, N_("Fill the screen with the map (F11)")),
        )
        for target, words in tips:
            target.setToolTip(texts(words))
            target.setAccessibleName(texts(words))
        self.search.setPlaceholderText(texts("Find a step (/)"))
        self.search.setAccessibleName(texts("Find a step on the map"))
        self._clear.setText(texts("Clear the search"))
        self.play.setText("" if self._is_small else iconed(texts("Play")))
        self.play.setAccessibleName(texts("Play the cases"))
        self.play.setToolTip(texts("Play the cases on the map"))
        self.export.setText("" if self._is_small else iconed(texts("Export …")))
        self.export.setAccessibleName(texts("Export …"))
        self.export.setToolTip(texts("Export the process map"))

    def restyle(self) -> None:
        """Draw the icons and take the sizes of the appearance."""
        size, ink = self.sizes.icon_text, self.store.tokens.ink_2
        signs = ("minus", "plus", "maximize", "rotate-cw-square", "expand")
        for target, name in zip((self.zoom_out, self.zoom_in, self.fit, self.turn, self.full), signs, strict=True):
            set_icon(target, name, ink, size)
        set_icon(self.play, "play", ink, size)
        set_icon(self.export, "file-down", ink, size)
        self._clear.setIcon(icon("x", ink, size))
        self.search.setFixedWidth(170 if self.sizes.control < 40 else 230)
        self.search.setVisible(not self._is_small)
        self.percent.setMinimumWidth(44 if self.sizes.control < 40 else 60)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the field clears it and gives the keyboard back."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is self.search and event.type() == QEvent.Type.FocusOut:
            self.nothing.hide()
        if watched is self.search and pressed:
            self.search.clear()
            self._leave_search()
            return True
        return super().eventFilter(watched, event)

    @property
    def _is_small(self) -> bool:
        """On a projector only what is needed: the map needs the room."""
        return self.store.appearance is Appearance.PROJECTOR

    def _leave_search(self) -> None:
        self.search.clearFocus()
        self.search.setVisible(not self._is_small)
        self.changed.emit()

    def _on_chosen(self, name: str) -> None:
        if name in self._steps:
            self.search.setText(name)
            self._leave_search()
            self.found.emit(self._steps[name])

    def _on_return(self) -> None:
        step = self.best_match(self.search.text())
        if step is not None:
            self.offers.hide()
            self.search.setText(next(name for name, one in self._steps.items() if one == step))
            self._leave_search()
            self.found.emit(step)
