"""The export dialog of a map of objects: a preview of its guarded twin, what the guard changes, the format, and where it goes."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.object_map.values import ObjectMap
from engine.service.messages import ObjectMapAnswer
from engine.texts import Texts
from gui.map.document import Facts, facts_of
from gui.map.export_frame import PICTURES, ExportFrame, ExportShape, ExportWords, Page
from gui.map.export_missing import missing_of
from gui.map.object_document import ObjectDocument
from gui.map.object_scene import as_map, build_object_scene
from gui.map.object_words import type_name
from gui.map.style import MapStyle, map_style
from gui.store import Store

WORDS = ExportWords(
    title=N_("Export the map of objects"),
    what=N_("objects"),
    job=N_("Preparing the guarded map"),
    waiting=N_("Preparing the guarded map …"),
    preview=N_("Preview of the guarded map"),
)
SHAPE = ExportShape(side=(370, 500), widest=1.4)


class ObjectExportDialog(ExportFrame):
    """Asks the engine for the guarded twin of the map on the screen."""

    def __init__(self, store: Store, exact: ObjectMapAnswer, parent: QWidget | None = None) -> None:
        super().__init__(store, PICTURES, WORDS, SHAPE, parent)
        self._exact = exact
        store.jobs.ask(replace(exact.query, guarded=True), self._on_answer, self.on_failed, WORDS.job, keep=True)

    def _on_answer(self, answer: ObjectMapAnswer) -> None:
        opened = self.store.opened
        if opened is not None and answer.map.k > 0:
            style = map_style(self.store.appearance, figures=False)
            facts = facts_of(opened, as_map(answer).query, self.store.texts, self.store.timezone)
            self.lay_out(partial(make_page, self._exact, answer, facts, self.store.texts, style))


def make_page(exact: ObjectMapAnswer, guarded: ObjectMapAnswer, facts: Facts, texts: Texts, style: MapStyle) -> Page:
    """The page of a guarded map, what it lacks of the exact one, and what was done to the numbers."""
    document = ObjectDocument(guarded, facts, texts, style)
    missing = missing_of(build_object_scene(exact, texts, style), document.scene)
    changes = [*object_changes(exact.map, guarded.map, texts), missing.sentence(texts)]
    return Page(document, missing, [sentence for sentence in changes if sentence])


def object_changes(exact: ObjectMap, guarded: ObjectMap, texts: Texts) -> list[str]:
    """What leaving the screen does to a map of objects: one plain sentence each."""
    few = texts("fewer than {k} objects or cases", k=guarded.k)
    lines = [texts("Counts are rounded to the nearest 5.")]
    kept = {(one.source, one.target) for one in guarded.paths}
    if n := sum((one.source, one.target) not in kept for one in exact.paths):
        lines.append(texts.plural("{n} path is left out: {few}.", "{n} paths are left out: {few}.", n, few=few))
    if n := len(exact.steps) - len(guarded.steps):
        lines.append(texts.plural("{n} step is left out: {few}.", "{n} steps are left out: {few}.", n, few=few))
    before = {(one.source, one.target): len(one.counts) for one in exact.paths}
    if n := sum(before[one.source, one.target] - len(one.counts) for one in guarded.paths):
        lines.append(texts.plural("{n} line of a type is left out: {few}.", "{n} lines of types are left out: {few}.", n, few=few))
    names = [type_name(one.name, texts) for one in exact.types if one.number in exact.shown and one.number not in guarded.shown]
    if names:
        lines.append(texts("Types with {few} have no numbers: {types}.", few=few, types=", ".join(names)))
    return lines
