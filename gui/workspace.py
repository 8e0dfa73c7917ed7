"""What surrounds the pages of an open log: rail, top bar, filter bar, page stack and job strip."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.actions import PAGES, Actions
from gui.dressing import Dress
from gui.jobs import Jobs
from gui.store import Store
from gui.turns import Rank
from gui.widgets.filter_bar import FilterBar
from gui.widgets.job_strip import JobStrip
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, framed, icon_button, icon_label, label, row, set_icon, set_picture
from gui.widgets.rail import Rail
from gui.widgets.sided import Bare, KeyTaker, Sided
from gui.widgets.top_bar import TopBar

READ_AHEAD = ("gui.map.export", "gui.map.export_frame", "gui.map.export_dialog")
"""What the first export would stop the window for."""


@runtime_checkable
class ActsThroughWindow(Protocol):
    """A page with buttons for actions of the window."""

    action_wanted: SignalInstance
    """The name of an action."""


class Workspace(Panel):
    """The frame. A page is built in pieces before it is turned to or, when it is wanted sooner, at once."""

    filter_wanted = Signal()
    error_wanted = Signal()

    def __init__(self, store: Store, jobs: Jobs, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, "page", parent)
        self._actions = actions
        self.rail = Rail(
            store,
            [(actions[spec.name], spec.icon) for spec in PAGES],
            [(actions["help"], "circle-question-mark"), (actions["settings"], "settings")],
        )
        self.top_bar = TopBar(store, actions)
        self.banner = PlainBanner(store, actions)
        self.filter_bar = FilterBar(store)
        self.filter_bar.add_wanted.connect(self.filter_wanted)
        self.strip = JobStrip(store, jobs)
        self.strip.error_wanted.connect(self.error_wanted)
        self.pages = QStackedWidget()
        self._full_screen = False
        self._made: dict[str, QWidget] = {}
        self._built: dict[str, QWidget] = {}
        right = column()
        for widget in (self.top_bar, self.banner, self.filter_bar):
            right.addWidget(widget)
        right.addWidget(self.pages, 1)
        right.addWidget(self.strip)
        layout = row()
        layout.addWidget(self.rail)
        layout.addLayout(right, 1)
        self.setLayout(layout)
        for part in (self.rail, self.top_bar, self.banner, self.filter_bar, self.strip):
            Dress(part, store)
        store.view_changed.connect(self._on_view)
        store.opened_changed.connect(self._show_page)
        self.ready()
        self._show_page()

    def page(self, name: str) -> QWidget:
        """A page by its name in the view; built on first use. It is dressed in its place: moving it would dress it again."""
        if name not in self._built:
            self._make(name)
            made = self._built[name] = self._made[name]
            self.pages.addWidget(made)
            Dress(made, self.store)
        return self._built[name]

    def prepare(self, name: str, rank: Rank) -> None:
        """Build a page in later turns: its modules one by one, its parts, and its looks."""
        if name in self._built:
            return
        turns = self.store.turns
        for module in MODULES[name]:
            turns.add(rank, self, partial(import_module, module))
        turns.add(rank, self, partial(self._make, name))
        turns.add(rank, self, partial(self.page, name))

    def _make(self, name: str) -> None:
        if name not in self._made:
            made = self._made[name] = BUILDERS[name](self.store)
            if isinstance(made, ActsThroughWindow):
                made.action_wanted.connect(lambda action: self._actions[action].trigger())

    def on_map(self, what: str) -> None:
        """Let the map page do something: turn, export_map, toggle_playback."""
        from gui.pages.map_page import MapPage

        for page in self.page("map").findChildren(MapPage):
            getattr(page, what)()

    def set_full_screen(self, full: bool) -> None:
        """The window fills the screen, or no longer: a map then stands alone."""
        self._full_screen = full
        self._show_frame()

    def _show_frame(self) -> None:
        """Rail and bars, unless the map stands alone."""
        page = self.pages.currentWidget()
        bare = self._full_screen and isinstance(page, Sided) and isinstance(page.page, Bare)
        for part in (self.rail, self.top_bar, self.filter_bar, self.strip):
            part.setVisible(not bare)
        self.banner.set_aside(bare)
        if isinstance(page, Sided) and isinstance(page.page, Bare):
            page.page.set_bare(bare)

    def on_model(self, what: str) -> None:
        """Let the model page do something: export_model, toggle_minimap."""
        from gui.pages.model_page import ModelPage

        for page in self.page("model").findChildren(ModelPage):
            getattr(page, what)()

    def on_objects(self, what: str) -> None:
        """Let the page of the objects do something: export_map, toggle_minimap."""
        from gui.pages.objects_page import ObjectsPage

        for page in self.page("objects").findChildren(ObjectsPage):
            getattr(page, what)()

    def switch_table(self) -> None:
        """The map as a table, or the map again."""
        from gui.map.tabled import TabledMap

        for tabled in self.page("map").findChildren(TabledMap):
            tabled.switch()

    def retranslate(self) -> None:
        """Nothing of its own to write."""

    def _on_view(self, names: frozenset[str]) -> None:
        if "page" in names:
            self._show_page()

    def _show_page(self) -> None:
        if self.store.opened is None:
            return
        name = self.store.view.page if self.store.view.page in BUILDERS else "map"
        self.pages.setCurrentWidget(self.page(name))
        self._show_frame()
        for other in BUILDERS:
            self.prepare(other, Rank.HIDDEN)
        for module in READ_AHEAD:
            if module not in sys.modules:
                self.store.turns.add(Rank.HIDDEN, self, partial(import_module, module))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing with the keyboard wanted are the page's."""
        page = self.pages.currentWidget()
        if not (isinstance(page, Sided) and isinstance(page.page, KeyTaker) and page.page.take_key(event)):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The page takes the keyboard."""
        super().showEvent(event)
        current = self.pages.currentWidget()
        if current is not None:
            current.setFocus(Qt.FocusReason.OtherFocusReason)


class PlainBanner(Panel):
    """A plain warning over the page while an unencrypted log is open, with the way out."""

    def __init__(self, store: Store, actions: Actions) -> None:
        super().__init__(store, "white")
        self._dismissed = self._aside = False
        self._icon = icon_label("triangle-alert", store.tokens.caution, 18)
        self._text = label("body", wrap=True)
        self._save = button("small")
        self._save.clicked.connect(actions["save_project"].trigger)
        self._close = icon_button()
        self._close.clicked.connect(self._on_close)
        box = framed("caution")
        inner = row(10, (16, 8, 8, 8))
        inner.addWidget(self._icon)
        inner.addWidget(self._text, 1)
        inner.addWidget(self._save)
        inner.addWidget(self._close)
        box.setLayout(inner)
        layout = column(0, (20, 10, 20, 2))
        layout.addWidget(box)
        self.setLayout(layout)
        store.opened_changed.connect(self._on_opened)
        store.saved_changed.connect(self._show_if_needed)
        self.ready()
        self._show_if_needed()

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self._text.setText(texts("This file is not encrypted: anyone who can open it can read it."))
        self._save.setText(texts("Save as encrypted project …"))
        self._close.setAccessibleName(texts("Close"))
        self._close.setToolTip(texts("Close"))

    def restyle(self) -> None:
        """Take the icons' colours."""
        set_picture(self._icon, "triangle-alert", self.store.tokens.caution, 18)
        set_icon(self._close, "x", self.store.tokens.ink_2, 16)

    def _on_opened(self) -> None:
        self._dismissed = False
        self._show_if_needed()

    def _show_if_needed(self) -> None:
        opened = self.store.opened
        self.setVisible(opened is not None and not opened.encrypted and not self._dismissed and not self._aside)

    def set_aside(self, aside: bool) -> None:
        """Step aside for a map that fills the screen, or come back."""
        self._aside = aside
        self._show_if_needed()

    def _on_close(self) -> None:
        self._dismissed = True
        self._show_if_needed()


def _map_page(store: Store) -> QWidget:
    from gui.map.inspector import Inspector
    from gui.map.tabled import TabledMap
    from gui.pages.map_page import MapPage

    page = MapPage(store)
    tabled = TabledMap(store, page, lambda: page.answer)
    page.controls.resized.connect(tabled.follow)
    sided = Sided(store, tabled, Inspector(store))
    page.stage_changed.connect(sided.set_alone)
    store.selected_changed.connect(lambda: sided.set_wanted(store.selected is not None))
    return sided


def _variants_page(store: Store) -> QWidget:
    from gui.pages.variants_page import VariantsPage

    return VariantsPage(store)


def _cases_page(store: Store) -> QWidget:
    from gui.pages.cases_page import CasesPage

    return CasesPage(store)


def _numbers_page(store: Store) -> QWidget:
    from gui.pages.numbers_page import NumbersPage

    return NumbersPage(store)


def _quality_page(store: Store) -> QWidget:
    from gui.pages.quality_page import QualityPage

    return QualityPage(store)


def _model_page(store: Store) -> QWidget:
    from gui.map.inspector import Inspector
    from gui.pages.model_page import ModelPage

    page = ModelPage(store)
    sided = Sided(store, page, Inspector(store))
    page.stage_changed.connect(sided.set_alone)
    store.selected_changed.connect(lambda: sided.set_wanted(store.selected is not None))
    return sided


def _validation_page(store: Store) -> QWidget:
    from gui.pages.validation_page import ValidationPage

    return ValidationPage(store)


def _objects_page(store: Store) -> QWidget:
    from gui.map.object_panel import ObjectPanel
    from gui.pages.objects_page import ObjectsPage

    page, panel = ObjectsPage(store), ObjectPanel(store)
    sided = Sided(store, page, panel)
    page.stage_changed.connect(sided.set_alone)
    page.picked.connect(lambda what: panel.show_selected(page.answer, what))
    page.picked.connect(lambda what: sided.set_wanted(what is not None))
    panel.close_wanted.connect(page.let_go)
    return sided


def _governance_page(store: Store) -> QWidget:
    from gui.pages.governance_page import GovernancePage

    return GovernancePage(store)


BUILDERS: dict[str, Callable[[Store], QWidget]] = {
    "map": _map_page,
    "variants": _variants_page,
    "cases": _cases_page,
    "numbers": _numbers_page,
    "model": _model_page,
    "quality": _quality_page,
    "validation": _validation_page,
    "objects": _objects_page,
    "governance": _governance_page,
}
"""Pages by their name in the view."""

MODULES: dict[str, tuple[str, ...]] = {
    "map": ("gui.map.scene", "gui.map.view", "gui.map.canvas", "gui.map.legend", "gui.map.inspector", "gui.pages.map_page"),
    "variants": ("gui.item_models.variant_model", "gui.pages.variants_page"),
    "cases": ("gui.item_models.case_model", "gui.pages.cases_page"),
    "numbers": ("babel.dates", "gui.pages.numbers_page"),
    "quality": ("gui.item_models.finding_model", "gui.quality.heat_chart", "gui.pages.quality_page"),
    "validation": ("gui.validation.stage", "gui.validation.comment_side", "gui.validation.wash_view", "gui.pages.validation_page"),
    "objects": ("gui.map.scene", "gui.map.view", "gui.map.canvas", "gui.map.object_controls", "gui.pages.objects_page"),
    "model": ("gui.map.scene", "gui.map.view", "gui.map.canvas", "gui.map.legend", "gui.map.inspector", "gui.pages.model_page"),
    "governance": ("gui.item_models.audit_model", "gui.pages.governance_page"),
}
"""What a page needs that takes time to import."""
