"""Settings: language, appearance, idle lock, recent projects, motion. Each change takes effect at once."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSpinBox, QWidget

from engine.errors import N_
from gui.dialogs.frame import DialogFrame, run
from gui.settings import MAX_IDLE, MIN_IDLE
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.parts import column, label

LANGUAGES = (("da", "Dansk"), ("en", "English"))


APPEARANCES = {
    Appearance.LIGHT: N_("Light"),
    Appearance.DARK: N_("Dark"),
    Appearance.PROJECTOR: N_("Projector (large, high contrast)"),
}
NAMES = (N_("Language"), N_("Appearance"), N_("Lock when idle"))


class SettingsDialog(DialogFrame):
    """A short form; it re-texts itself when the language changes."""

    def __init__(self, store: Store, parent: QWidget | None) -> None:
        super().__init__(store, N_("Settings"), parent, accept=N_("Close"), cancel="")
        self.language, self.appearance = QComboBox(), QComboBox()
        for code, name in LANGUAGES:
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(store.texts.language))
        for appearance in Appearance:
            self.appearance.addItem("", appearance)
        self.appearance.setCurrentIndex(list(Appearance).index(store.appearance))
        self.idle = QSpinBox()
        self.idle.setRange(MIN_IDLE, MAX_IDLE)
        self.idle.lineEdit().setTextMargins(10, 0, 0, 0)
        self.idle.setValue(store.settings.values.idle_minutes)
        self.recent, self.motion = QCheckBox(), QCheckBox()
        self.recent.setChecked(store.settings.values.remember_recent)
        self.motion.setChecked(store.settings.values.reduce_motion)
        self._names = [label("body_strong") for _ in range(3)]
        self._idle_note, self._recent_note = label("small", wrap=True), label("small", wrap=True)
        self._field(self._names[0], self.language)
        self._field(self._names[1], self.appearance)
        self._field(self._names[2], self.idle, self._idle_note)
        self._field(None, self.recent, self._recent_note, indent=self.sizes.tick + 10)
        self._field(None, self.motion)
        self.body.addStretch()
        self.take_width(480, 620)
        self.retranslate()
        self._connect()

    def _connect(self) -> None:
        store = self.store
        self.language.activated.connect(lambda _i: store.set_language(str(self.language.currentData())))
        self.appearance.activated.connect(lambda i: store.set_appearance(list(Appearance)[i]))
        self.idle.valueChanged.connect(lambda minutes: store.settings.change(idle_minutes=minutes))
        self.recent.toggled.connect(lambda on: store.settings.change(remember_recent=on))
        self.motion.toggled.connect(store.set_reduce_motion)
        store.language_changed.connect(self.retranslate)
        self.finished.connect(lambda _code: store.language_changed.disconnect(self.retranslate))

    def _field(self, name: QLabel | None, field: QWidget, note: QLabel | None = None, indent: int = 0) -> None:
        part = column(6)
        if name is not None:
            part.addWidget(name)
        part.addWidget(field)
        if note is not None:
            note.setContentsMargins(indent, 0, 0, 0)
            part.addWidget(note)
        self.body.addLayout(part)

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self.setWindowTitle(texts("Settings"))
        self.heading.setText(texts("Settings"))
        self.accept_button.setText(texts("Close"))
        for shown, field, text in zip(
            self._names, (self.language, self.appearance, self.idle), NAMES, strict=True
        ):
            shown.setText(texts(text))
            field.setAccessibleName(texts(text))
        for place, appearance in enumerate(Appearance):
            self.appearance.setItemText(place, texts(APPEARANCES[appearance]))
        self.idle.setSuffix(" " + texts("minutes"))
        self._idle_note.setText(texts("Between 1 and 30 minutes. Locking clears the data from memory."))
        self.recent.setText(texts("Remember recent projects"))
        self._recent_note.setText(texts("Only the paths and days of deletion, on this computer. Nothing else about you is kept."))
        self.motion.setText(texts("Reduce motion"))


def show_settings(store: Store, parent: QWidget | None) -> None:
    """Show the settings until the user closes them."""
    run(SettingsDialog(store, parent))
