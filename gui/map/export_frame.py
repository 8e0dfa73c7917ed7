"""What the export dialogs of a map and of a model share: the page that will leave the screen, what the guard changes, format and file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QDialog, QRadioButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import N_, SagsflowError
from engine.service.messages import ModelFormat, RecordExport
from gui.map.background import Background
from gui.map.document import MapDocument
from gui.map.export import ExportKind, export_bytes, file_name, to_image
from gui.map.export_missing import Missing
from gui.map.file_writing import sha256, write_whole
from gui.map.page_view import PageView, PageZoom
from gui.store import Store
from gui.theme import dimensions, font
from gui.turns import Rank
from gui.widgets.file_dialog import ask_save, keep_only_close
from gui.widgets.focus_ring import last_input_was_a_key
from gui.widgets.parts import button, clear_layout, column, framed, icon_label, label, row

Kind = ModelFormat | ExportKind
PICTURES: Mapping[Kind, str] = {
    ExportKind.PDF: N_("PDF: for reports and print"),
    ExportKind.SVG: N_("SVG: for further drawing"),
    ExportKind.PNG: N_("PNG: a picture for slides and mail"),
}
LEAST_PREVIEW, MOST_PREVIEW, AROUND_PREVIEW = QSizeF(480, 400), QSizeF(1000, 900), QSizeF(160, 260)
"""The preview is as large as the window leaves room for: its numbers are there to be read."""
PNG_FACTOR = 3.0


@dataclass(frozen=True)
class ExportWords:
    """English ids: the dialog's title, what is exported, what is waited for, with and without an ellipsis, and the preview's name."""

    title: str
    what: str
    job: str
    waiting: str
    preview: str


@dataclass(frozen=True)
class ExportShape:
    """Width of the column beside the preview, px, light and on a projector; and the preview's greatest width against its height."""

    side: tuple[int, int]
    widest: float


@dataclass(frozen=True)
class Page:
    """What the dialog shows, made on a thread: the page, what only the screen has, and what leaving it does, a sentence each."""

    document: MapDocument
    missing: Missing
    sentences: list[str]


class ExportFrame(QDialog):
    """Shows the guarded twin of what is on the screen, and writes it; nothing else is ever written."""

    exported = Signal(str)
    """The name of the file that was written."""

    def __init__(self, store: Store, kinds: Mapping[Kind, str], words: ExportWords, shape: ExportShape, parent: QWidget | None) -> None:
        super().__init__(parent)
        keep_only_close(self)
        self.store, self._words, self._kind_words = store, words, kinds
        self.document: MapDocument | None = None
        self.choose_path: Callable[[str, str], str] = self._ask_path
        """Where to save: gets a suggested name and a filter, gives a path or ""."""
        self._writer = Background(self)
        self.preview = PageView(store)
        self.zoom = PageZoom(store, self.preview)
        self._side_width = shape.side[store.appearance.is_large]
        self.shown = QStackedWidget()
        self.shown.addWidget(self.preview)
        self.shown.setFixedSize(_room(parent, self._side_width, shape.widest).toSize())
        self.problem = label("breached", wrap=True)
        self._changes = column(6)
        self.each = button("text")
        self.kinds = {kind: QRadioButton() for kind in kinds}
        self.save, self.cancel = button("primary"), button("plain")
        self.save.setDefault(True)
        self._build()
        self._write_texts()
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._stop())

    # ---- parts ---------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.title = label("page_title")
        frame = framed("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self.shown)
        body = row(24)
        body.addWidget(frame)
        body.addWidget(self._side())
        buttons = row(8)
        buttons.addWidget(self.zoom)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addLayout(body)
        layout.addLayout(buttons)
        for part in (self.problem, self.each):
            part.hide()

    def _side(self) -> QWidget:
        """What changes, the format, and what went wrong."""
        self._what, self._format = label("small_label"), label("small_label")
        group = QButtonGroup(self)
        side = column(8)
        side.addWidget(self._what)
        side.addLayout(self._changes)
        side.addWidget(self.each, 0, Qt.AlignmentFlag.AlignLeft)
        side.addSpacing(16)
        side.addWidget(self._format)
        for choice in self.kinds.values():
            group.addButton(choice)
            side.addWidget(choice)
        next(iter(self.kinds.values())).setChecked(True)
        side.addStretch()
        side.addWidget(self.problem)
        holder = QWidget()
        holder.setFixedWidth(self._side_width)
        holder.setLayout(side)
        return holder

    def _write_texts(self) -> None:
        texts, words = self.store.texts, self._words
        self.setWindowTitle(texts(words.title))
        self.title.setText(texts(words.title))
        self._what.setText(texts("Numbers that leave the screen are guarded"))
        self._format.setText(texts("Format"))
        for kind, choice in self.kinds.items():
            choice.setText(texts(self._kind_words[kind]))
        self.save.setText(texts("Save …"))
        self.cancel.setText(texts("Cancel"))
        self.preview.say(texts(words.waiting))
        self.preview.setAccessibleName(texts(words.preview))
        self.save.setEnabled(False)
        self.zoom.setEnabled(False)

    # ---- the guarded twin ----------------------------------------------------------------------------------------------------

    def lay_out(self, make: Callable[[], Page]) -> None:
        """Make the page on a thread, and show it when it stands."""
        self._writer.run(make, self._on_laid_out)

    def _on_laid_out(self, page: Any) -> None:
        """Show what was made piece by piece, with a look at the user's input in between, while the dialog is open."""
        if not isinstance(page, Page):
            self.on_failed(page)
            return
        for piece in self.pieces(page):
            self.store.turns.add(Rank.SEEN, self, partial(self._show_piece, piece))

    def _show_piece(self, piece: Callable[[], object]) -> None:
        if self.isVisible():
            piece()

    def pieces(self, page: Page) -> tuple[Callable[[], object], ...]:
        """What is shown one after the other; the last one lets the page be saved."""
        return partial(self._show_changes, page), partial(self._show_page, page)

    def _show_changes(self, page: Page) -> None:
        clear_layout(self._changes)
        for sentence in page.sentences:
            line = row(8)
            sign = icon_label("shield-check", self.store.tokens.ink_2, dimensions(self.store.appearance).icon_text)
            sign.setFixedHeight(max(sign.height(), QFontMetrics(font("body", self.store.appearance)).height()))
            line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            words = label("body", sentence, wrap=True)
            words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            line.addWidget(words, 1)
            self._changes.addLayout(line)

    def _show_page(self, page: Page) -> None:
        self.document = page.document
        self.preview.show_page(page.document.size, partial(to_image, page.document, missing=page.missing))
        self.zoom.setEnabled(True)
        self.save.setEnabled(True)
        self.save.setFocus(Qt.FocusReason.TabFocusReason if last_input_was_a_key() else Qt.FocusReason.OtherFocusReason)

    def on_failed(self, error: Exception) -> None:
        """Say what went wrong; nothing was written."""
        texts = self.store.texts
        self._say_problem(texts.error(error) if isinstance(error, SagsflowError) else texts("The export was stopped. Nothing was written."))
        if self.document is None:
            self.preview.say(texts("No preview"))
        self.save.setEnabled(self.document is not None)

    def _say_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()

    # ---- writing -------------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """The chosen format."""
        return next(kind for kind, choice in self.kinds.items() if choice.isChecked())

    def _ask_path(self, name: str, pattern: str) -> str:
        return ask_save(self.store, self, self._words.title, name, pattern)

    def _on_save(self) -> None:
        document, texts = self.document, self.store.texts
        if document is None:
            return
        suggested = file_name(document.facts.title, texts(self._words.what), self.kind)
        chosen = self.choose_path(suggested, f"{self.kind.value.upper()} (*.{self.kind.value})")
        if not chosen:
            return
        path = self._with_ending(Path(chosen))
        if path != Path(chosen) and path.exists():
            self._say_problem(texts("There is a file named {file} already. Choose it, or give another name.", file=path.name))
            return
        self.problem.hide()
        self.save.setEnabled(False)
        self.make_file(document, self.kind, path)

    def _with_ending(self, path: Path) -> Path:
        """The path with its format's ending; an ending that was typed chooses its format."""
        typed = next((kind for kind in self.kinds if path.suffix.lower() == f".{kind.value}"), None)
        if typed is None:
            return path.with_name(f"{path.name}.{self.kind.value}")
        self.kinds[typed].setChecked(True)
        return path

    def make_file(self, document: MapDocument, kind: Kind, path: Path) -> None:
        """Make the file's content: a picture on a thread."""
        if isinstance(kind, ExportKind):
            self._writer.run(lambda: export_bytes(document, kind, PNG_FACTOR), lambda content: self.on_content(content, path, kind))

    def on_content(self, content: Any, path: Path, kind: Kind) -> None:
        """The file's content stands: tell the audit log, then write."""
        if not isinstance(content, bytes) or self.document is None:
            self.on_failed(content if isinstance(content, Exception) else RuntimeError())
            return
        answer = self.document.answer
        record = RecordExport(kind.value, answer.map.k, sha256(content), answer.query.selection)
        self.store.jobs.ask(record, lambda _recorded: self._on_recorded(content, path), self.on_failed, keep=True)

    def _on_recorded(self, content: bytes, path: Path) -> None:
        try:
            write_whole(path, content)
        except SagsflowError as error:
            self.on_failed(error)
            return
        self.exported.emit(path.name)
        self.accept()

    def _stop(self) -> None:
        self.preview.stop()
        self._writer.wait()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the painting threads."""
        self._stop()
        super().closeEvent(event)


def _room(window: QWidget | None, side: int, widest: float) -> QSizeF:
    """Px for the preview, so that the dialog with a column of `side` px beside it stands within the window."""
    free = QSizeF(window.size()) - AROUND_PREVIEW - QSizeF(side, 0) if window is not None else LEAST_PREVIEW
    room = free.expandedTo(LEAST_PREVIEW).boundedTo(MOST_PREVIEW)
    return QSizeF(min(room.width(), room.height() * widest), room.height())
