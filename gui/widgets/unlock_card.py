"""The card that asks for what opens an encrypted file: a passphrase, or an identity file, itself plain or with a passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from engine.errors import N_
from engine.service.messages import Secret
from gui.store import Store
from gui.widgets.elided import ElidedLabel
from gui.widgets.file_dialog import ask_file
from gui.widgets.panel import Panel
from gui.widgets.parts import button, code_label, column, framed, hairline, icon_label, label, row, set_picture
from gui.widgets.password_field import PasswordField

PROJECT, FILE = N_("Unlock the project"), N_("Unlock the file")
NOTES = (
    (
        "key-round",
        N_("The passphrase cannot be sent again."),
        N_("Only the passphrase or the recovery key opens the file. Nobody else has them."),
    ),
    ("wifi-off", N_("Everything stays on this computer."), N_("The program uses no network. The data are decrypted in memory only.")),
    (
        "shield-check",
        N_("Groups under 5 never leave the screen."),
        N_("Case ids are replaced by codes the moment a log is opened."),
    ),
)


class Notes(Panel):
    """Three short notes on how the data are looked after."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self._rows: list[QWidget] = []
        self._parts = []
        layout = column(0)
        for name, _, _ in NOTES:
            sign, strong, words = icon_label(name, store.tokens.ink_2, 18), label("small_strong", wrap=True), label("small", wrap=True)
            self._parts.append((sign, strong, words))
            line = row(12, (0, 10, 0, 0))
            line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            lines = column(1)
            lines.addWidget(strong)
            lines.addWidget(words)
            line.addLayout(lines, 1)
            holder = QWidget()
            holder.setLayout(line)
            self._rows.append(holder)
            layout.addWidget(holder)
        self.setLayout(layout)
        self.ready()

    def set_first_visible(self, visible: bool) -> None:
        """The first note is about passphrases: hide it where none is asked for."""
        self._rows[0].setVisible(visible)

    def retranslate(self) -> None:
        """Write the notes."""
        for (_, strong, words), (_, first, second) in zip(self._parts, NOTES, strict=True):
            strong.setText(self.store.texts(first))
            words.setText(self.store.texts(second))

    def restyle(self) -> None:
        """Take the icons' colours."""
        for (sign, _, _), (name, _, _) in zip(self._parts, NOTES, strict=True):
            set_picture(sign, name, self.store.tokens.ink_2, self.sizes.icon_bar)


class UnlockCard(Panel):
    """Title, name, passphrase, identity file, one primary button, progress while it opens."""

    unlock_wanted = Signal(object)
    """The Secret to try."""
    stop_wanted = Signal()
    changed = Signal()
    """It needs another height."""

    def __init__(self, store: Store, title: str = PROJECT, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self._title_id = title
        self._identity: str | None = None
        self._needs_secret = True
        self._icon = icon_label("lock", store.tokens.accent, 22)
        self._title = label("page_title")
        self._name = ElidedLabel("secondary")
        self.passphrase = PasswordField(store, N_("Passphrase"))
        self.passphrase.submitted.connect(self._on_submit)
        self.passphrase.changed.connect(self._follow)
        self._wrong = code_label("breached", wrap=True)
        self._wrong.setContentsMargins(0, 0, 0, 14)
        self.unlock = button("primary", large=True)
        self.unlock.clicked.connect(self._on_submit)
        self._file = ElidedLabel("small")
        self._choose = button("text")
        self._choose.clicked.connect(self._on_choose)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._doing = label("small")
        self._stop = button("text")
        self._stop.clicked.connect(self.stop_wanted)
        self._notes_box = Notes(store)
        self._build()
        self.set_busy(False)
        self.ready()

    def _build(self) -> None:
        head = row(10)
        head.addWidget(self._icon)
        head.addWidget(self._title)
        head.addStretch()
        key = row(8)
        key.addWidget(self._file, 1)
        key.addWidget(self._choose)
        key.setAlignment(self._choose, Qt.AlignmentFlag.AlignRight)
        self._busy = QWidget()
        busy = column(8)
        busy.addWidget(self._bar)
        words = row(8)
        words.addWidget(self._doing, 1)
        words.addWidget(self._stop)
        busy.addLayout(words)
        self._busy.setLayout(busy)
        inner = column(0, (32, 30, 32, 28))
        inner.addLayout(head)
        inner.addSpacing(6)
        inner.addWidget(self._name)
        inner.addSpacing(22)
        self._secret = QWidget()
        secret = column(8, (0, 0, 0, 14))
        secret.addWidget(self.passphrase)
        secret.addLayout(key)
        self._secret.setLayout(secret)
        inner.addWidget(self._secret)
        inner.addWidget(self._wrong)
        inner.addWidget(self.unlock)
        inner.addWidget(self._busy)
        inner.addSpacing(20)
        inner.addWidget(hairline())
        inner.addSpacing(8)
        inner.addWidget(self._notes_box)
        card = framed()
        card.setLayout(inner)
        outer = column()
        outer.addWidget(card)
        self.setLayout(outer)

    def set_target(self, name: str, *, needs_secret: bool = True, title: str = "") -> None:
        """Say what is to be unlocked, under a title (an English id); forget an earlier passphrase.

        Without need of a secret the button alone opens.
        """
        self._title_id = title or self._title_id
        self._name.set_full_text(name)
        self._needs_secret = needs_secret
        self._identity = None
        self.passphrase.clear()
        self._secret.setVisible(needs_secret)
        self._show_wrong("")
        self._notes_box.set_first_visible(needs_secret)
        self.set_busy(False)
        self.retranslate()

    def set_busy(self, busy: bool) -> None:
        """While opening: progress and Stop in the button's place."""
        self.unlock.setVisible(not busy)
        self._busy.setVisible(busy)
        self.passphrase.setEnabled(not busy)
        self._choose.setEnabled(not busy)
        self.set_progress(None, "")
        self._follow()
        self.changed.emit()

    def set_progress(self, fraction: float | None, sentence: str) -> None:
        """How far the opening is, in a ready sentence."""
        self._bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self._bar.setValue(round(fraction * 1000))
        self._doing.setText(sentence or self.store.texts("Opening …"))

    def set_error(self, sentence: str) -> None:
        """Say what is wrong, ready for another try: with the passphrase selected where one is asked for."""
        self.set_busy(False)
        self._show_wrong(sentence)
        self.changed.emit()
        self.passphrase.field.selectAll()
        (self.passphrase.field if self._needs_secret else self.unlock).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_wrong(self, sentence: str) -> None:
        """Under the passphrase, or above the button where none is asked for."""
        self.passphrase.set_error(sentence if self._needs_secret else "")
        self._wrong.setText("" if self._needs_secret else sentence)
        self._wrong.setVisible(bool(sentence) and not self._needs_secret)

    def set_identity(self, path: str | None) -> None:
        """Open with an identity file instead of a passphrase alone."""
        self._identity = path
        self.retranslate()
        self._follow()

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self._title.setText(texts(self._title_id))
        self.unlock.setText(texts("Unlock") if self._needs_secret else texts("Open again"))
        self._stop.setText(texts("Stop"))
        self._choose.setText(texts("Remove key file") if self._identity else texts("Use a key file …"))
        self._file.set_full_text(texts("Key file: {file}", file=Path(self._identity).name) if self._identity else "")

    def restyle(self) -> None:
        """Take the icons' colours."""
        set_picture(self._icon, "lock", self.store.tokens.accent, self.sizes.icon_rail + 2)

    def _follow(self) -> None:
        self.unlock.setEnabled(not self._needs_secret or bool(self.passphrase.text) or self._identity is not None)

    def _on_submit(self) -> None:
        if self.unlock.isEnabled() and self.unlock.isVisibleTo(self):
            self._show_wrong("")
            self.changed.emit()
            self.unlock_wanted.emit(Secret(passphrase=self.passphrase.text or None, identity_path=self._identity))

    def _on_choose(self) -> None:
        if self._identity:
            self.set_identity(None)
            return
        path = ask_file(self.store, self.window(), N_("Choose a key file"))
        if path:
            self.set_identity(path)
            self.passphrase.field.setFocus(Qt.FocusReason.OtherFocusReason)
