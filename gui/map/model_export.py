"""The export dialog of a model: a preview of its guarded twin, what the guard changes, the format, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontMetrics, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QDialog, QLabel, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from engine.errors import N_, SagsflowError
from engine.service.messages import ModelAnswer, ModelFile, ModelFileQuery, ModelFormat, RecordExport
from gui.map.background import Background
from gui.map.document import facts_of
from gui.map.export import ExportKind, export_bytes, file_name, to_image
from gui.map.file_writing import sha256, write_whole
from gui.map.model_document import ModelDocument
from gui.map.model_scene import as_map
from gui.map.model_words import model_changes
from gui.map.style import map_style
from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.file_dialog import ask_save, keep_only_close
from gui.widgets.parts import button, clear_layout, column, framed, icon_label, label, row

Kind = ModelFormat | ExportKind
KINDS: dict[Kind, str] = {
    ModelFormat.BPMN: N_("BPMN 2.0: for Camunda Modeler, bpmn.io and others"),
    ModelFormat.PNML: N_("PNML: the Petri net, for ProM and others"),
    ModelFormat.CSV: N_("CSV: a table of steps and paths with their numbers"),
    ExportKind.PDF: N_("PDF: for reports and print"),
    ExportKind.SVG: N_("SVG: for further drawing"),
    ExportKind.PNG: N_("PNG: a picture for slides and mail"),
}
PREVIEW = 640, 420
PNG_FACTOR = 3.0


class ModelExportDialog(QDialog):
    """Asks the engine for the guarded twin of the model on the screen; nothing else is ever written."""

    exported = Signal(str)

    def __init__(self, store: Store, exact: ModelAnswer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_only_close(self)
        self.store, self._exact = store, exact
        self._query = _guarded(exact)
        self.document: ModelDocument | None = None
        self.choose_path: Callable[[str, str], str] = self._ask_path
        """Where to save: gets a suggested name and a filter, gives a path or ""."""
        self._previews, self._writer = Background(self), Background(self)
        self.preview = QLabel()
        self.preview.setFixedSize(*PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem = label("breached", wrap=True)
        self._changes = column(6)
        self.kinds = {kind: QRadioButton() for kind in KINDS}
        self.save, self.cancel = button("primary"), button("plain")
        self.save.setDefault(True)
        self._build()
        self._write_texts()
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._stop())
        store.jobs.ask(self._query, self._on_answer, self._on_failed, N_("Preparing the guarded model"), keep=True)

    def _build(self) -> None:
        self.title, self._what, self._format = label("page_title"), label("small_label"), label("small_label")
        frame = framed("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self.preview)
        group = QButtonGroup(self)
        side = column(8)
        side.addWidget(self._what)
        side.addLayout(self._changes)
        side.addSpacing(16)
        side.addWidget(self._format)
        for choice in self.kinds.values():
            group.addButton(choice)
            side.addWidget(choice)
        self.kinds[ModelFormat.BPMN].setChecked(True)
        side.addStretch()
        side.addWidget(self.problem)
        holder = QWidget()
        holder.setFixedWidth(440 if self.store.appearance.is_large else 340)
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

    def _write_texts(self) -> None:
        texts = self.store.texts
        self.setWindowTitle(texts("Export the model"))
        self.title.setText(texts("Export the model"))
        self._what.setText(texts("Numbers that leave the screen are guarded"))
        self._format.setText(texts("Format"))
        for kind, choice in self.kinds.items():
            choice.setText(texts(KINDS[kind]))
        self.save.setText(texts("Save …"))
        self.cancel.setText(texts("Cancel"))
        self.preview.setText(texts("Preparing the guarded model …"))
        self.preview.setAccessibleName(texts("Preview of the guarded model"))
        self.save.setEnabled(False)

    # ---- the guarded model ---------------------------------------------------------------------------------------------------

    def _on_answer(self, answer: ModelAnswer) -> None:
        opened, texts = self.store.opened, self.store.texts
        if opened is None or answer.model.k == 0:
            return
        facts = facts_of(opened, as_map(answer).query, texts, self.store.timezone)
        document = ModelDocument(answer, facts, texts, map_style(self.store.appearance, figures=False))
        self.document = document
        self._show_changes(model_changes(self._exact.model, answer.model, texts))
        self.save.setEnabled(True)
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)
        ratio = self.devicePixelRatioF()
        scale = min(PREVIEW[0] / document.width, PREVIEW[1] / document.height, 1.0)
        self._previews.run(lambda: to_image(document, scale * ratio), self._show_preview)

    def _show_preview(self, picture: Any) -> None:
        if isinstance(picture, QImage):
            pixmap = QPixmap.fromImage(picture)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.preview.setPixmap(pixmap)
        else:
            self.preview.setText(self.store.texts("No preview"))

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
        if self.document is None:
            self.preview.setText(texts("No preview"))
        self.save.setEnabled(self.document is not None)

    # ---- writing -------------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """The chosen format."""
        return next(kind for kind, choice in self.kinds.items() if choice.isChecked())

    def _ask_path(self, name: str, pattern: str) -> str:
        return ask_save(self.store, self, N_("Export the model"), name, pattern)

    def _on_save(self) -> None:
        document, kind, texts = self.document, self.kind, self.store.texts
        if document is None:
            return
        suggested = Path(file_name(document.facts.title, texts("model"), ExportKind.SVG)).with_suffix(f".{kind.value}").name
        chosen = self.choose_path(suggested, f"{kind.value.upper()} (*.{kind.value})")
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != f".{kind.value}":
            path = path.with_name(f"{path.name}.{kind.value}")
        self.problem.hide()
        self.save.setEnabled(False)
        if isinstance(kind, ModelFormat):
            question = ModelFileQuery(self._query, kind, document.facts.title)
            self.store.jobs.ask(
                question, lambda made: self._on_file(made, path), self._on_failed, N_("Preparing the guarded model"), keep=True
            )
        else:
            self._writer.run(lambda: export_bytes(document, kind, PNG_FACTOR), lambda content: self._on_content(content, path, kind))

    def _on_file(self, made: ModelFile, path: Path) -> None:
        self._on_content(made.content if made.answer.model.k else None, path, made.format)

    def _on_content(self, content: Any, path: Path, kind: Kind) -> None:
        """The file's content stands: tell the audit log, then write."""
        if not isinstance(content, bytes) or self.document is None:
            self._on_failed(content if isinstance(content, Exception) else RuntimeError())
            return
        record = RecordExport(kind.value, self.document.model.model.k, sha256(content), self._query.selection)
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


def _guarded(answer: ModelAnswer) -> Any:
    from msgspec.structs import replace

    return replace(answer.query, guarded=True)
