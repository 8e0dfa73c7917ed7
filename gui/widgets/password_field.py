"""A passphrase field with an eye button and a hint when Caps Lock may be on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import code_label, column, icon_button, icon_label, label, row, set_icon, set_picture, set_property

EYE_AIR = 4
"""Px around the eye, within the field."""


class PasswordField(Panel):
    """Label, field, Caps Lock hint and room for one sentence of error."""

    submitted = Signal()
    changed = Signal()

    def __init__(self, store: Store, title: str, parent: QWidget | None = None, *, large: bool = True) -> None:
        super().__init__(store, "", parent)
        self._title_id = title
        self._problem = ""
        self._title = label("body_strong")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(1024)
        if large:
            self.field.setProperty("large", "true")
        self.eye = icon_button()
        self.eye.setProperty("kind", "in_field")
        self.eye.clicked.connect(self._on_eye)
        inside = row(0, (0, 0, 5, 0))
        inside.addStretch()
        inside.addWidget(self.eye, 0, Qt.AlignmentFlag.AlignVCenter)
        self.field.setLayout(inside)
        self.field.returnPressed.connect(self.submitted)
        self.field.textEdited.connect(self._on_edited)
        self.field.textChanged.connect(self.changed)
        for watched in (self.field, self.eye):
            watched.installEventFilter(self)
        self._caps_icon = icon_label("triangle-alert", store.tokens.caution, 14)
        self._caps = label("caution")
        self._caps_row = QWidget()
        hint = row(6)
        hint.addWidget(self._caps_icon)
        hint.addWidget(self._caps)
        hint.addStretch()
        self._caps_row.setLayout(hint)
        self._caps_row.hide()
        self._error_icon = icon_label("diamond-alert", store.tokens.breached, 14)
        self._error = code_label("breached", wrap=True)
        self._error_row = QWidget()
        said = row(6)
        said.addWidget(self._error_icon, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._error, 1)
        self._error_row.setLayout(said)
        self._error_row.hide()
        layout = column(6)
        for widget in (self._title, self.field, self._caps_row, self._error_row):
            layout.addWidget(widget)
        self.setLayout(layout)
        self.setFocusProxy(self.field)
        self._title.setBuddy(self.field)
        self.ready()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.field.text()

    def set_text(self, text: str, *, visible: bool = False) -> None:
        """Put a passphrase in; visible shows it in clear."""
        self.field.setText(text)
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)
        self.restyle()

    def clear(self) -> None:
        """Forget what was typed, and any error."""
        self.field.clear()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.set_error("")
        self.restyle()

    def set_error(self, sentence: str) -> None:
        """Say below the field what is wrong (a ready sentence); "" takes it away."""
        self._error.setText(sentence)
        self._error_row.setVisible(bool(sentence))
        set_property(self.field, "wrong", "true" if sentence else "false")
        self.field.setAccessibleDescription(sentence)

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self._title.setText(texts(self._title_id))
        self.field.setAccessibleName(texts(self._title_id))
        self._caps.setText(texts("Caps Lock is on"))
        self.eye.setAccessibleName(texts("Show the passphrase"))
        self.eye.setToolTip(texts("Show the passphrase"))

    def restyle(self) -> None:
        """Take the icons' colours."""
        tokens, sizes = self.store.tokens, self.sizes
        hidden = self.field.echoMode() == QLineEdit.EchoMode.Password
        set_icon(self.eye, "eye" if hidden else "eye-off", tokens.ink_2, sizes.icon_bar)
        self.field.setTextMargins(0, 0, sizes.icon_bar + 2 * EYE_AIR, 0)
        set_picture(self._caps_icon, "triangle-alert", tokens.caution, sizes.icon_text - 2)
        set_picture(self._error_icon, "diamond-alert", tokens.breached, sizes.icon_text - 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the keys for signs of Caps Lock: Qt tells only through what is typed. What is typed on the eye does not reach the field."""
        if isinstance(event, QKeyEvent) and watched is self.eye:
            return event.type() == QEvent.Type.KeyPress and bool(event.text().strip()) and event.text().isprintable()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            on = caps_lock_is_on(event)
            if on is not None:
                self._caps_row.setVisible(on)
        return False

    def _on_eye(self) -> None:
        hidden = self.field.echoMode() == QLineEdit.EchoMode.Password
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self.restyle()

    def _on_edited(self) -> None:
        if self._error_row.isVisible():
            self.set_error("")


def caps_lock_is_on(event: QKeyEvent) -> bool | None:
    """What a key press says about Caps Lock: a capital without Shift means on, a small letter without Shift off, else None."""
    text = event.text()
    if len(text) != 1 or not text.isalpha() or text.upper() == text.lower():
        return None
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return text.isupper() != shift
