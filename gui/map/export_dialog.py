"""The export dialog of the map: a preview of what will leave the screen, what the guard changes, number by number, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.service.messages import MapAnswer, MapQuery
from engine.texts import Texts
from gui.map.document import Facts, MapDocument, facts_of
from gui.map.export_changes import ChangesTable, changes_of
from gui.map.export_frame import PICTURES, ExportFrame, ExportShape, ExportWords, Page
from gui.map.export_missing import missing_of
from gui.map.scene import build_scene
from gui.map.style import MapStyle, map_style
from gui.map.words import guard_changes, left_out_sentence
from gui.store import Store

WORDS = ExportWords(
    title=N_("Export the process map"),
    what=N_("process map"),
    job=N_("Preparing the guarded map"),
    waiting=N_("Preparing the guarded map …"),
    preview=N_("Preview of the guarded map"),
)
SHAPE = ExportShape(side=(300, 400), widest=1.4)
"""Pages of maps are rather upright; the table of their numbers is wider."""


class ExportDialog(ExportFrame):
    """Asks the engine for the guarded twin of the map on the screen."""

    def __init__(self, store: Store, exact: MapAnswer, query: MapQuery, parent: QWidget | None = None) -> None:
        super().__init__(store, PICTURES, WORDS, SHAPE, parent)
        self._exact = exact
        self.table = ChangesTable(store)
        self.shown.addWidget(self.table)
        self.each.clicked.connect(lambda: self._turn(self.shown.currentWidget() is self.preview))
        store.jobs.ask(query, self._on_answer, self.on_failed, WORDS.job, keep=True)

    def _turn(self, to_numbers: bool) -> None:
        """Show every number that changes, or the page again."""
        texts, n = self.store.texts, self.table.model().rowCount()
        self.shown.setCurrentWidget(self.table if to_numbers else self.preview)
        self.zoom.setEnabled(not to_numbers)
        words = texts.plural("Compare {n} number", "Compare {n} numbers", n)
        self.each.setText(texts("Show the page") if to_numbers else words)

    def _on_answer(self, answer: MapAnswer) -> None:
        opened = self.store.opened
        if opened is not None and answer.query.guarded and answer.map.k > 0:
            style = map_style(self.store.appearance, figures=False)
            facts = facts_of(opened, answer.query, self.store.texts, self.store.timezone)
            self.lay_out(partial(make_page, self._exact, answer, facts, self.store.texts, style))

    def pieces(self, page: Page) -> tuple[Callable[[], object], ...]:
        """The table stands before the page can be saved."""
        first, *others = super().pieces(page)
        return first, partial(self._compare, page), *others

    def _compare(self, page: Page) -> None:
        self.table.show_changes(changes_of(self._exact, page.document.answer, self.store.texts))
        self.each.show()
        self._turn(to_numbers=False)


def make_page(exact: MapAnswer, guarded: MapAnswer, facts: Facts, texts: Texts, style: MapStyle) -> Page:
    """The page of a guarded map, what it lacks of the exact one, and what was done to the numbers."""
    document = MapDocument(guarded, facts, texts, style, exact=exact.map)
    missing = missing_of(build_scene(exact, texts, style), document.scene)
    not_drawn = left_out_sentence(guarded.map.coverage, texts)
    changes = [*guard_changes(exact.map, guarded.map, texts), missing.sentence(texts), not_drawn]
    return Page(document, missing, [sentence for sentence in changes if sentence])
