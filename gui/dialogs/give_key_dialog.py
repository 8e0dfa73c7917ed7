"""The public key for the one who makes the extract: as text, as a line for the shell, and as a short letter."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from engine.errors import N_, BadInput
from engine.texts import Texts
from gui.dialogs.frame import DialogFrame, run
from gui.map.file_writing import write_whole
from gui.store import Store
from gui.theme import font_px
from gui.widgets.error_words import error_sentence
from gui.widgets.file_dialog import ask_save
from gui.widgets.parts import button, column, framed, label, row

SHELL = "age -r {key} -o udtræk.csv.age udtræk.csv"
POWERSHELL = "age.exe -r {key} -o udtræk.csv.age udtræk.csv"
LETTER = N_(
    "Hello,\n\nWe use the extract for an analysis of how cases move. It holds personal data: please encrypt it before it leaves the case "
    "system, to this public key:\n\n{key}\n\nThe free program age does it (https://age-encryption.org). In the folder of the extract:\n\n"
    "{shell}\n\nOnly the file that ends with .age is to be sent, and the unencrypted one deleted. Nobody but us can open it: the public "
    "key locks, but does not open. To be sure that the key was not changed on its way, compare its fingerprint with us by telephone: "
    "{print}\n\nKind regards"
)


class GiveKeyDialog(DialogFrame):
    """Everything to copy; nothing here is secret."""

    def __init__(self, store: Store, recipient: str, fingerprint: str, parent: QWidget | None) -> None:
        super().__init__(store, N_("Give the public key to the one who makes the extract"), parent, accept=N_("Close"), cancel="")
        texts = store.texts
        self.recipient, self.fingerprint = recipient, fingerprint
        lead = texts("The public key only locks. It may be sent by ordinary mail; it opens nothing.")
        self.body.addWidget(label("secondary", lead, wrap=True))
        self.copies: list[QPushButton] = []
        self._add(texts("Public key"), recipient)
        self._add(texts("Linux and macOS, in a shell"), SHELL.format(key=recipient))
        self._add(texts("Windows, in PowerShell"), POWERSHELL.format(key=recipient))
        self.body.addWidget(label("body_strong", texts("A letter to send with it")))
        self.letters: dict[str, QPushButton] = {}
        self.saves: dict[str, QPushButton] = {}
        line = row(8)
        for language, copy, save in (
            ("da", texts("Copy in Danish"), texts("Save in Danish …")),
            ("en", texts("Copy in English"), texts("Save in English …")),
        ):
            self.letters[language], self.saves[language] = button("small", copy), button("small", save)
            self.letters[language].clicked.connect(lambda _checked=False, language=language: self._copy_letter(language))
            self.saves[language].clicked.connect(lambda _checked=False, language=language: self._on_save(language))
            line.addWidget(self.letters[language])
            line.addWidget(self.saves[language])
        line.addStretch()
        self.body.addLayout(line)
        self.said = label("small", wrap=True)
        self.body.addWidget(self.said)
        self.take_width(760, 1000)

    def _add(self, name: str, text: str) -> None:
        """A text to read, select and copy."""
        shown = label("body", text, wrap=True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(round(font_px("small", self.store.appearance)))
        shown.setStyleSheet(f"font-family: '{fixed.family()}'; font-size: {fixed.pixelSize()}px")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        shown.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        shown.setAccessibleName(name)
        shown.setAccessibleDescription(text)
        copy = button("small", self.store.texts("Copy"))
        copy.setAccessibleName(f"{self.store.texts('Copy')}: {name}")
        copy.clicked.connect(lambda: self._copy(text, copy))
        self.copies.append(copy)
        box = framed("note")
        inner = row(12, (12, 10, 12, 10))
        inner.addWidget(shown, 1)
        inner.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        box.setLayout(inner)
        part = column(6)
        part.addWidget(_named(name, shown))
        part.addWidget(box)
        self.body.addLayout(part)

    def _copy(self, text: str, copy: QPushButton) -> None:
        QApplication.clipboard().setText(text)
        for other in (*self.copies, *self.letters.values()):
            if other.text() == self.store.texts("Copied"):
                other.setText(self.store.texts("Copy"))
        copy.setText(self.store.texts("Copied"))

    def letter(self, language: str) -> str:
        """The letter in a language ("da" or "en")."""
        written = Texts(language)
        return written(LETTER, key=self.recipient, shell=SHELL.format(key=self.recipient), print=self.fingerprint)

    def _copy_letter(self, language: str) -> None:
        QApplication.clipboard().setText(self.letter(language))
        self.said.setText(self.store.texts("The letter is copied."))

    def _on_save(self, language: str) -> None:
        path = ask_save(self.store, self, N_("Save the letter"), self.store.texts("letter about the extract") + ".txt", "(*.txt)")
        if not path:
            return
        try:
            write_whole(Path(path), self.letter(language).encode("utf-8-sig"))
            self.said.setText(self.store.texts("The letter is saved as {file}.", file=Path(path).name))
        except BadInput as error:
            self.said.setText(error_sentence(self.store.texts, error))


def _named(name: str, shown: QLabel) -> QLabel:
    made = label("body_strong", name)
    made.setBuddy(shown)
    return made


def give_key(store: Store, recipient: str, fingerprint: str, parent: QWidget | None) -> None:
    """Show the public key and what to do with it until the user closes it."""
    run(GiveKeyDialog(store, recipient, fingerprint, parent))
