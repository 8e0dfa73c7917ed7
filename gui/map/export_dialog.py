"""The export dialog: a preview of what will leave the screen, what the guard changes, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontMetrics, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QDialog, QLabel, QRadioButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import N_, SagsflowError
from engine.service.messages import MapAnswer, MapQuery, RecordExport
from gui.map.background import Background
from gui.map.document import MapDocument, facts_of
from gui.map.export import ExportKind, export_bytes, file_name, to_image
from gui.map.export_changes import ChangesTable, changes_of
from gui.map.file_writing import sha256, write_whole
from gui.map.style import map_style
from gui.map.words import guard_changes, left_out_sentence
from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.file_dialog import ask_save, keep_only_close
from gui.widgets.focus_ring import last_input_was_a_key
from gui.widgets.parts import button, clear_layout, column, framed, icon_label, label, row

KINDS = {
    ExportKind.PDF: N_("PDF: for reports and print"),
    ExportKind.SVG: N_("SVG: for further drawing"),
    ExportKind.PNG: N_("PNG: a picture for slides and mail"),
}
LEAST_PREVIEW, MOST_PREVIEW, AROUND_PREVIEW = QSizeF(480, 400), QSizeF(1000, 900), QSizeF(160, 260)
"""The preview is as large as the window leaves room for: its numbers are there to be read."""
WIDEST = 1.2
"""Width of the preview against its height; pages are rather upright."""
PNG_FACTOR = 3.0


class ExportDialog(QDialog):
    """Asks the engine for the guarded twin of the map on the screen; nothing else is ever written."""

    exported = Signal(str)
    """The name of the file that was written."""

    def __init__(self, store: Store, exact: MapAnswer, query: MapQuery, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_only_close(self)
        self.store, self._exact, self._query = store, exact, query
        self.document: MapDocument | None = None
        self.choose_path: Callable[[str, str], str] = self._ask_path
        """Where to save: gets a suggested name and a filter, gives a path or ""."""
        self._previews, self._writer = Background(self), Background(self)
        self.preview = QLabel()
        self._side_width = 400 if store.appearance.is_large else 300
        self.room = _room(parent, self._side_width)
        self.preview.setFixedSize(self.room.toSize())
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem = label("breached", wrap=True)
        self._changes = column(6)
        self.table, self.each = ChangesTable(store), button("text")
        self.shown = QStackedWidget()
        self.kinds = {kind: QRadioButton() for kind in KINDS}
        self.save, self.cancel = button("primary"), button("plain")
        self.save.setDefault(True)
        self._build()
        self._write_texts()
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._stop())
        self._ask()

    def _build(self) -> None:
        self.title, self._what, self._format = label("page_title"), label("small_label"), label("small_label")
        frame = framed("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 8, 8, 8)
        self.shown.addWidget(self.preview)
        self.shown.addWidget(self.table)
        self.shown.setFixedSize(self.room.toSize())
        inside.addWidget(self.shown)
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
        self.kinds[ExportKind.PDF].setChecked(True)
        side.addStretch()
        side.addWidget(self.problem)
        holder = QWidget()
        holder.setFixedWidth(self._side_width)
        holder.setLayout(side)
        body = row(24)
        body.addWidget(frame)
        body.addWidget(holder)
        buttons = row(8)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addLayout(body)
        layout.addLayout(buttons)
        self.problem.hide()
        self.each.hide()
        self.each.clicked.connect(lambda: self._turn(self.shown.currentWidget() is self.preview))

    def _turn(self, to_numbers: bool) -> None:
        """Show every number that changes, or the page again."""
        texts, n = self.store.texts, self.table.model().rowCount()
        self.shown.setCurrentWidget(self.table if to_numbers else self.preview)
        words = texts.plural("Compare {n} number", "Compare {n} numbers", n)
        self.each.setText(texts("Show the page") if to_numbers else words)

    def _write_texts(self) -> None:
        texts = self.store.texts
        self.setWindowTitle(texts("Export the process map"))
        self.title.setText(texts("Export the process map"))
        self._what.setText(texts("Numbers that leave the screen are guarded"))
        self._format.setText(texts("Format"))
        for kind, choice in self.kinds.items():
            choice.setText(texts(KINDS[kind]))
        self.save.setText(texts("Save …"))
        self.cancel.setText(texts("Cancel"))
        self.preview.setText(texts("Preparing the guarded map …"))
        self.preview.setAccessibleName(texts("Preview of the guarded map"))
        self.save.setEnabled(False)

    # ---- the guarded map -----------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self.store.jobs.ask(self._query, self._on_answer, self._on_failed, N_("Preparing the guarded map"), keep=True)

    def _on_answer(self, answer: MapAnswer) -> None:
        opened, texts = self.store.opened, self.store.texts
        if opened is None or not answer.query.guarded or answer.map.k == 0:
            return
        facts = facts_of(opened, answer.query, texts, self.store.timezone)
        document = MapDocument(answer, facts, texts, map_style(self.store.appearance, figures=False))
        self.document = document
        not_drawn = left_out_sentence(answer.map.coverage, texts)
        self._show_changes([*guard_changes(self._exact.map, answer.map, texts), *([not_drawn] if not_drawn else [])])
        self.table.show_changes(changes_of(self._exact, answer, texts))
        self.each.show()
        self._turn(to_numbers=False)
        self.save.setEnabled(True)
        self.save.setFocus(Qt.FocusReason.TabFocusReason if last_input_was_a_key() else Qt.FocusReason.OtherFocusReason)
        ratio = self.devicePixelRatioF()
        scale = min(self.room.width() / document.width, self.room.height() / document.height, 1.0)
        self._previews.run(lambda: to_image(document, scale * ratio), self._show_preview)

    def _show_preview(self, picture: Any) -> None:
        if isinstance(picture, Exception):
            self.preview.setText(self.store.texts("No preview"))
        elif isinstance(picture, QImage):
            pixmap = QPixmap.fromImage(picture)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.preview.setPixmap(pixmap)

    def _show_changes(self, sentences: list[str]) -> None:
        clear_layout(self._changes)
        for sentence in sentences:
            line = row(8)
            sign = icon_label("shield-check", self.store.tokens.ink_2, dimensions(self.store.appearance).icon_text)
            sign.setFixedHeight(max(sign.height(), QFontMetrics(font("body", self.store.appearance)).height()))
            line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            words = label("body", sentence, wrap=True)
            words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            line.addWidget(words, 1)
            self._changes.addLayout(line)

    def _on_failed(self, error: Exception) -> None:
        texts = self.store.texts
        words = texts.error(error) if isinstance(error, SagsflowError) else texts("The export was stopped. Nothing was written.")
        self.problem.setText(words)
        self.problem.show()
        self.preview.setText(texts("No preview"))
        self.save.setEnabled(self.document is not None)

    # ---- writing -------------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> ExportKind:
        """The chosen format."""
        return next(kind for kind, choice in self.kinds.items() if choice.isChecked())

    def _ask_path(self, name: str, pattern: str) -> str:
        return ask_save(self.store, self, N_("Export the process map"), name, pattern)

    def _on_save(self) -> None:
        document, kind, texts = self.document, self.kind, self.store.texts
        if document is None:
            return
        suggested = file_name(document.facts.title, texts("process map"), kind)
        chosen = self.choose_path(suggested, f"{kind.value.upper()} (*.{kind.value})")
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != f".{kind.value}":
            path = path.with_name(f"{path.name}.{kind.value}")
        self.problem.hide()
        self.save.setEnabled(False)
        self._writer.run(lambda: export_bytes(document, kind, PNG_FACTOR), lambda content: self._on_content(content, path, kind))

    def _on_content(self, content: Any, path: Path, kind: ExportKind) -> None:
        """The file's content stands: tell the audit log, then write."""
        if isinstance(content, Exception) or self.document is None:
            self._on_failed(content)
            return
        record = RecordExport(kind.value, self.document.answer.map.k, sha256(content), self.document.answer.query.selection)
        self.store.jobs.ask(record, lambda _recorded: self._on_recorded(content, path), self._on_failed, keep=True)

    def _on_recorded(self, content: bytes, path: Path) -> None:
        try:
            write_whole(path, content)
        except SagsflowError as error:
            self._on_failed(error)
            return
        self.exported.emit(path.name)
        self.accept()

    def _stop(self) -> None:
        self._previews.wait()
        self._writer.wait()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the painting threads."""
        self._stop()
        super().closeEvent(event)


def _room(window: QWidget | None, side: int) -> QSizeF:
    """Px for the preview, so that the dialog with a column of `side` px beside it stands within the window."""
    free = QSizeF(window.size()) - AROUND_PREVIEW - QSizeF(side, 0) if window is not None else LEAST_PREVIEW
    room = free.expandedTo(LEAST_PREVIEW).boundedTo(MOST_PREVIEW)
    return QSizeF(min(room.width(), room.height() * WIDEST), room.height())
