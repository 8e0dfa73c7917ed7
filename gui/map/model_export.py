"""The export dialog of a model: a preview of its guarded twin, what the guard changes, the format, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.service.messages import ModelAnswer, ModelFile, ModelFileQuery, ModelFormat
from engine.texts import Texts
from gui.map.document import Facts, MapDocument, facts_of
from gui.map.export_frame import PICTURES, ExportFrame, ExportShape, ExportWords, Kind, Page
from gui.map.export_missing import missing_of
from gui.map.model_document import ModelDocument
from gui.map.model_scene import as_map, build_model_scene
from gui.map.model_words import model_changes
from gui.map.style import MapStyle, map_style
from gui.store import Store

KINDS: Mapping[Kind, str] = {
    ModelFormat.BPMN: N_("BPMN 2.0: for Camunda Modeler, bpmn.io and others"),
    ModelFormat.PNML: N_("PNML: the Petri net, for ProM and others"),
    ModelFormat.CSV: N_("CSV: a table of steps and paths with their numbers"),
    **PICTURES,
}
WORDS = ExportWords(
    title=N_("Export the model"),
    what=N_("model"),
    job=N_("Preparing the guarded model"),
    waiting=N_("Preparing the guarded model …"),
    preview=N_("Preview of the guarded model"),
)
SHAPE = ExportShape(side=(370, 500), widest=2.0)
"""Pages of models are rather long."""


class ModelExportDialog(ExportFrame):
    """Asks the engine for the guarded twin of the model on the screen."""

    def __init__(self, store: Store, exact: ModelAnswer, parent: QWidget | None = None) -> None:
        super().__init__(store, KINDS, WORDS, SHAPE, parent)
        self._exact, self._query = exact, replace(exact.query, guarded=True)
        store.jobs.ask(self._query, self._on_answer, self.on_failed, WORDS.job, keep=True)

    def _on_answer(self, answer: ModelAnswer) -> None:
        opened = self.store.opened
        if opened is not None and answer.model.k > 0:
            style = map_style(self.store.appearance, figures=False)
            facts = facts_of(opened, as_map(answer).query, self.store.texts, self.store.timezone)
            self.lay_out(partial(make_page, self._exact, answer, facts, self.store.texts, style))

    def make_file(self, document: MapDocument, kind: Kind, path: Path) -> None:
        """Make the file's content: files of the model itself come from the engine."""
        if not isinstance(kind, ModelFormat):
            super().make_file(document, kind, path)
            return
        question = ModelFileQuery(self._query, kind, document.facts.title)
        self.store.jobs.ask(question, partial(self._on_file, path), self.on_failed, WORDS.job, keep=True)

    def _on_file(self, path: Path, made: ModelFile) -> None:
        self.on_content(made.content if made.answer.model.k else None, path, made.format)


def make_page(exact: ModelAnswer, guarded: ModelAnswer, facts: Facts, texts: Texts, style: MapStyle) -> Page:
    """The page of a guarded model, what it lacks of the exact one, and what was done to the numbers."""
    document = ModelDocument(guarded, facts, texts, style)
    missing = missing_of(build_model_scene(exact, texts, style), document.scene)
    changes = [*model_changes(exact.model, guarded.model, len(missing.lanes), texts), missing.sentence(texts)]
    return Page(document, missing, [sentence for sentence in changes if sentence])
