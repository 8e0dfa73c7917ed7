"""The wizard's first page: which files, what opens them, and by which recipe."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListWidget, QListWidgetItem, QWidget

from engine.errors import N_
from engine.service.messages import PlannedFile, Secret
from gui.dialogs.import_draft import ImportDraft
from gui.dialogs.import_words import notice_words
from gui.store import Store
from gui.widgets.elided import ElidedLabel
from gui.widgets.file_dialog import ask_file, make_file_dialog
from gui.widgets.parts import button, column, framed, iconed, label, row, set_icon
from gui.widgets.password_field import PasswordField

LOCKED_ENDS = (".age", ".zip")
TABLES = (
    "(*.csv *.tsv *.txt *.xlsx *.xlsm *.xlsb *.xls *.ods *.parquet *.arrow *.feather *.xes *.xml *.json *.sqlite *.jsonocel *.xmlocel"
    " *.gz *.zst *.zip *.age)"
)
RECIPES, RECIPE_END = "(*.toml)", ".toml"


class FilesPage(QWidget):
    """The list of files, the key to the locked ones, and the recipe."""

    changed = Signal()

    def __init__(self, store: Store, draft: ImportDraft) -> None:
        super().__init__()
        self._store = store
        self._draft = draft
        texts = store.texts
        self.list = QListWidget()
        self.list.setAccessibleName(texts("Files to import"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setWordWrap(True)
        self.list.setSpacing(4)
        self._empty = label("secondary", texts("Drop files here, or add them below."), wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAcceptDrops(True)
        self.list.viewport().setAcceptDrops(False)
        self.add_button, self.remove_button = button("plain", iconed(texts("Add files …"))), button("plain", texts("Remove"))
        set_icon(self.add_button, "plus", store.tokens.ink_2, 16)
        self.passphrase = PasswordField(store, N_("Passphrase"), large=False)
        self._identity = button("text", texts("Use an identity file …"))
        self._identity_name = ElidedLabel("small", Qt.TextElideMode.ElideMiddle)
        self.recipe_button, self.no_recipe = button("plain", texts("Choose a recipe …")), button("text", texts("Without a recipe"))
        self._recipe_name = ElidedLabel("body", Qt.TextElideMode.ElideMiddle)
        self._key = QWidget()
        self._build()
        self.add_button.clicked.connect(self._on_add)
        self.remove_button.clicked.connect(self._on_remove)
        self._identity.clicked.connect(self._on_identity)
        self.recipe_button.clicked.connect(self._on_recipe)
        self.no_recipe.clicked.connect(lambda: self.set_recipe(None))
        self.passphrase.changed.connect(self._on_passphrase)
        self.list.itemSelectionChanged.connect(self._follow)
        self.show_draft()

    def _build(self) -> None:
        texts = self._store.texts
        lead = texts("Choose the extracts that together tell what happened: one file, or several from the same or different systems.")
        buttons = row(8)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        key = column(8)
        key.addWidget(self.passphrase)
        key.addWidget(label("small", texts("Asked once: it is tried on every locked file."), wrap=True))
        line = row(8)
        line.addWidget(self._identity)
        line.addWidget(self._identity_name, 1)
        key.addLayout(line)
        self._key.setLayout(key)
        recipe = row(8)
        recipe.addWidget(self.recipe_button)
        recipe.addWidget(self._recipe_name, 1)
        recipe.addWidget(self.no_recipe)
        card = framed()
        inner = column(12, (20, 16, 20, 16))
        inner.addWidget(label("card_title", texts("Recipe")))
        inner.addWidget(label("small", texts("Last month's recipe reads and washes this month's files the same way."), wrap=True))
        inner.addLayout(recipe)
        card.setLayout(inner)
        layout = column(12)
        layout.addWidget(label("secondary", lead, wrap=True))
        listed = framed()
        within = column(0, (1, 1, 1, 1))
        within.addWidget(self.list, 1)
        within.addWidget(self._empty, 1)
        listed.setLayout(within)
        layout.addWidget(listed, 1)
        layout.addLayout(buttons)
        layout.addWidget(self._key)
        layout.addWidget(card)
        self.setLayout(layout)

    # ---- showing ---------------------------------------------------------------------------------------------------------------

    def show_draft(self) -> None:
        """Show the files, and what is to be said about each since they were read."""
        texts, draft = self._store.texts, self._draft
        told = {file.path: file for file in draft.files}
        self.list.clear()
        for path in draft.paths:
            said = self._said(told.get(path))
            item = QListWidgetItem(f"{Path(path).name}\n{said}" if said else Path(path).name)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(path)
            self.list.addItem(item)
        locked = any(file.locked for file in draft.files)
        self._key.setVisible(locked or draft.secret != Secret() or any(Path(path).suffix.lower() in LOCKED_ENDS for path in draft.paths))
        self.passphrase.set_error(texts("A file is still locked. Check the passphrase.") if locked and self.passphrase.text else "")
        none = texts("No recipe: everything is guessed, and you decide.")
        self._recipe_name.set_full_text(Path(draft.recipe).name if draft.recipe else none)
        self._identity_name.set_full_text(Path(draft.secret.identity_path).name if draft.secret.identity_path else "")
        self.no_recipe.setVisible(draft.recipe is not None)
        self.list.setVisible(bool(draft.paths))
        self._empty.setVisible(not draft.paths)
        self._follow()

    def _said(self, file: PlannedFile | None) -> str:
        texts = self._store.texts
        if file is None:
            return ""
        if file.problem is not None:
            return notice_words(file.problem, texts)
        if file.preview is None:
            return ""
        rows, columns = texts.number(file.preview.n_rows), len(file.preview.columns)
        said = [texts("{columns} columns · {rows} rows", columns=columns, rows=rows)]
        if not file.encrypted:
            said.append(texts("not encrypted: delete it when the project is saved"))
        if file.fits:
            said.append(texts("fits the recipe"))
        return "\n".join([" · ".join(said), *(notice_words(notice, texts) for notice in file.changes)])

    def _follow(self) -> None:
        self.remove_button.setEnabled(bool(self.list.selectedItems()))

    # ---- what the user does ----------------------------------------------------------------------------------------------------

    def add(self, paths: list[str]) -> None:
        """Put files behind those that are there."""
        self._draft.paths = tuple(dict.fromkeys((*self._draft.paths, *paths)))
        self.show_draft()
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped on the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped; a recipe is taken for one."""
        paths = [path for url in event.mimeData().urls() if (path := url.toLocalFile())]
        recipe = next((path for path in paths if path.endswith(RECIPE_END)), None)
        if recipe is not None:
            self.set_recipe(recipe)
        self.add([path for path in paths if not path.endswith(RECIPE_END)])
        event.acceptProposedAction()

    def set_recipe(self, path: str | None) -> None:
        """Read and wash by this recipe, or by none."""
        self._draft.recipe = path
        self.show_draft()
        self.changed.emit()

    def _on_add(self) -> None:
        texts = self._store.texts
        dialog = make_file_dialog(self._store, self, N_("Files to import"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([f"{texts('Tables and logs')} {TABLES}", f"{texts('All files')} (*)"])
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        if chosen:
            self._store.last_folder = str(Path(chosen[0]).parent)
            self.add(chosen)

    def _on_remove(self) -> None:
        gone = {item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()}
        self._draft.paths = tuple(path for path in self._draft.paths if path not in gone)
        self.show_draft()
        self.changed.emit()

    def _on_recipe(self) -> None:
        path = ask_file(self._store, self, N_("Choose a recipe …"), f"{self._store.texts('Recipes')} {RECIPES}")
        if path:
            self.set_recipe(path)

    def _on_identity(self) -> None:
        path = ask_file(self._store, self, N_("Use an identity file …"))
        if path:
            self._draft.secret = Secret(self._draft.secret.passphrase, path)
            self.show_draft()
            self.changed.emit()

    def _on_passphrase(self) -> None:
        self._draft.secret = Secret(self.passphrase.text or None, self._draft.secret.identity_path)
        self.changed.emit()
