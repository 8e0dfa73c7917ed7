"""Asks for a file or a folder: in the window's language, beginning in the folder used last or in Documents."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QHeaderView, QTreeView, QWidget

from engine.errors import N_
from gui.dressing import Dress
from gui.store import Store

LABELS = (
    (QFileDialog.DialogLabel.LookIn, N_("Look in:")),
    (QFileDialog.DialogLabel.FileName, N_("File name:")),
    (QFileDialog.DialogLabel.FileType, N_("Files of type:")),
    (QFileDialog.DialogLabel.Accept, N_("Open")),
    (QFileDialog.DialogLabel.Reject, N_("Cancel")),
)


KIND_COLUMN, DATE_COLUMN = 2, 3


def documents() -> str:
    """The user's own folder for documents, or the home folder where there is none."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return found if found and Path(found).is_dir() else str(Path.home())


def keep_only_close(dialog: QDialog) -> None:
    """A dialog's frame has one button: it can be closed, but there is no sense in a dialog out of sight or over the whole screen."""
    flags = Qt.WindowType
    dialog.setWindowFlags(flags.Dialog | flags.CustomizeWindowHint | flags.WindowTitleHint | flags.WindowCloseButtonHint)


def make_file_dialog(store: Store, parent: QWidget | None, title: str, start: str = "") -> QFileDialog:
    """A dialog under a title (an English id) that begins in `start`, the folder used last in this window, or Documents."""
    texts = store.texts
    dialog = QFileDialog(parent, texts(title), start or store.last_folder or documents())
    keep_only_close(dialog)
    Dress(dialog, store)
    _write_labels(dialog, {part: texts(words) for part, words in LABELS})
    return dialog


def _write_labels(dialog: QFileDialog, words: dict[QFileDialog.DialogLabel, str]) -> None:
    """Write them now and once more when the dialog is shown, for then Qt puts its own on the buttons."""

    def write() -> None:
        for part, text in words.items():
            dialog.setLabelText(part, text)

    write()
    QTimer.singleShot(0, dialog, write)


def ask_save(store: Store, parent: QWidget | None, title: str, name: str, pattern: str) -> str:
    """The path under which something is to be saved, `name` being suggested; "" when the user cancels."""
    dialog = make_file_dialog(store, parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    labels = QFileDialog.DialogLabel
    _write_labels(dialog, {labels.Accept: store.texts("Save"), labels.Reject: store.texts("Cancel")})
    dialog.setNameFilter(pattern)
    dialog.selectFile(name)
    return _chosen(store, dialog)


def ask_file(store: Store, parent: QWidget | None, title: str, filters: str = "") -> str:
    """The path of an existing file; "" when the user cancels."""
    dialog = make_file_dialog(store, parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if filters:
        dialog.setNameFilters(filters.split(";;"))
    return _chosen(store, dialog)


def ask_folder(store: Store, parent: QWidget | None, title: str, start: str = "") -> str:
    """The path of an existing folder; "" when the user cancels."""
    dialog = make_file_dialog(store, parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _chosen(store, dialog)


def _show_columns(dialog: QFileDialog) -> None:
    """In Qt's own dialog: names and dates in full; the kinds of files, which Qt has in English only, are left out."""
    table = dialog.findChild(QTreeView, "treeView")
    if table is not None:
        table.setColumnHidden(KIND_COLUMN, True)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.header().setSectionResizeMode(DATE_COLUMN, QHeaderView.ResizeMode.ResizeToContents)


def _chosen(store: Store, dialog: QFileDialog) -> str:
    _show_columns(dialog)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    if not chosen:
        return ""
    store.last_folder = str(Path(chosen[0]).parent)
    return chosen[0]
