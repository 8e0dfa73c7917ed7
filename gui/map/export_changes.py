"""What leaving the screen does to every single number of a map: the exact one beside the one that is exported, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView

from engine.errors import N_
from engine.process_map.values import END, START, Metric, Path, ProcessMap, Step
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.scene import metric_value
from gui.map.words import METRIC_NAMES, metric_name, step_name, value_text
from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.table_delegate import RowDelegate

BASE = 5
COLUMNS = (N_("On the map"), N_("Number"), N_("Exact"), N_("Exported"), N_("Why"))
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Change:
    """One number: what it is about, which number, its exact and its exported value, and why they differ."""

    what: str
    number: str
    exact: str
    exported: str
    why: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of a row."""
        return self.what, self.number, self.exact, self.exported, self.why


def changes_of(exact: MapAnswer, guarded: MapAnswer, texts: Texts) -> tuple[Change, ...]:
    """Every number on the map that is left out or written differently: first what vanishes, then hidden numbers, then rounded ones."""
    gone = (*_lost_steps(exact, guarded.map, texts), *_lost_paths(exact, guarded.map, texts))
    changed = [*_totals(exact.map, guarded.map, texts), *_of_steps(exact, guarded.map, texts), *_of_paths(exact, guarded.map, texts)]
    hidden = texts("left out")
    return (*gone, *(one for one in changed if one.exported == hidden), *(one for one in changed if one.exported != hidden))


def _lost_steps(exact: MapAnswer, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    kept = {step.step for step in guarded.steps}
    for step in exact.map.steps:
        if step.step not in kept:
            why = _few(guarded, texts) if step.cases < guarded.k else texts("only rarer paths connect it")
            yield Change(step.name, texts(METRIC_NAMES[Metric.CASES]), texts.number(step.cases), texts("left out"), why)


def _lost_paths(exact: MapAnswer, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    drawn = {(path.source, path.target) for path in guarded.paths}
    for path in exact.map.paths:
        if (path.source, path.target) not in drawn:
            why = _few(guarded, texts) if path.cases < guarded.k else texts("left out with its step")
            number = texts(METRIC_NAMES[Metric.CASES])
            yield Change(_path_name(exact, path, texts), number, texts.number(path.cases), texts("left out"), why)


def _totals(exact: ProcessMap, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    yield from _counts(texts("The selection"), texts("Cases"), exact.n_cases, guarded.n_cases, texts)
    if exact.n_cases != exact.n_cases_all:
        yield from _counts(texts("The whole log"), texts("Cases"), exact.n_cases_all, guarded.n_cases_all, texts)


def _of_steps(exact: MapAnswer, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    before = {step.step: step for step in exact.map.steps}
    for step in guarded.steps:
        full = before[step.step]
        for number, value in _step_numbers(full, texts):
            yield from _counts(step.name, number, value, dict(_step_numbers(step, texts))[number], texts)


def _step_numbers(step: Step, texts: Texts) -> tuple[tuple[str, int], ...]:
    """What stands on a card and, for the first and last steps, beside the marks."""
    return (texts("Cases"), step.cases), (texts("Directly again"), step.self_loops)


def _of_paths(exact: MapAnswer, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    before = {(path.source, path.target): path for path in exact.map.paths}
    metrics = dict.fromkeys(metric for metric in (guarded.label, guarded.second, guarded.colour) if metric)
    for path in guarded.paths:
        full, name = before[path.source, path.target], _path_name(exact, path, texts)
        marked = path.source == START or path.target == END
        for metric in metrics:
            if not (marked and metric not in (Metric.CASES, Metric.OCCURRENCES)):
                yield from _of_metric(name, full, path, metric, guarded, texts)


def _of_metric(name: str, full: Path, path: Path, metric: Metric, guarded: ProcessMap, texts: Texts) -> Iterator[Change]:
    value, told = metric_value(full, metric), metric_value(path, metric)
    number = metric_name(metric, guarded, texts)
    if value is None:
        return
    if not metric.is_time and metric is not Metric.MAX_REPETITIONS:
        yield from _counts(name, number, int(value), int(told or 0), texts)
        return
    exact, exported = value_text(value, metric, texts), "" if not told and told != 0 else value_text(told, metric, texts)
    if told is None or (metric is Metric.MAX_REPETITIONS and not told):
        yield Change(name, number, exact, texts("left out"), _few(guarded, texts))
    elif exact != exported:
        outer = metric in (Metric.MIN, Metric.MAX)
        yield Change(name, number, exact, exported, texts("nobody's own time") if outer else texts("three digits"))


def _counts(what: str, number: str, exact: int, exported: int, texts: Texts) -> Iterator[Change]:
    """The row of a count that differs; a rounded one says how."""
    if exact == exported:
        return
    if not exported:
        yield Change(what, number, texts.number(exact), texts("left out"), texts("too few cases"))
        return
    near = BASE * round(exact / BASE) == exported
    why = texts("rounded to 5") if near else texts("rounded to 10: hides another number")
    yield Change(what, number, texts.number(exact), texts.number(exported), why)


def _few(guarded: ProcessMap, texts: Texts) -> str:
    return texts("fewer than {k} cases", k=guarded.k)


def _path_name(answer: MapAnswer, path: Path, texts: Texts) -> str:
    return f"{step_name(answer, path.source, texts)} → {step_name(answer, path.target, texts)}"


class ChangesModel(QAbstractTableModel):
    """The rows of the table."""

    def __init__(self, changes: tuple[Change, ...], texts: Texts) -> None:
        super().__init__()
        self._changes, self._texts = changes, texts

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a number."""
        return 0 if parent is not None and parent.isValid() else len(self._changes)

    def columnCount(self, parent: Index | None = None) -> int:
        """What, which number, exact, exported, why."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts; numbers stand at the right."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if index.column() in (2, 3) else LEFT)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._changes[index.row()].cells[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if section in (2, 3) else LEFT)
        return self._texts(COLUMNS[section]) if role == Qt.ItemDataRole.DisplayRole else None


class NameDelegate(RowDelegate):
    """Draws names that are too long for one line on two."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        shown, area = font("body", self.store.appearance), QRect(option.rect)
        inner, words = self.inner(area, index), str(index.data())
        metrics, wrapped = QFontMetrics(shown), int(LEFT | Qt.TextFlag.TextWordWrap)
        needed = metrics.boundingRect(inner, wrapped, words)
        if metrics.horizontalAdvance(words) <= inner.width() or not inner.contains(needed):
            super().paint(painter, option, index)
            return
        self.paint_row(painter, area, index)
        painter.setFont(shown)
        painter.setPen(QColor(self.store.tokens.ink))
        painter.drawText(inner, wrapped, words)


class ChangesTable(QTableView):
    """Exact and exported numbers side by side."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.setItemDelegate(RowDelegate(store, self))
        self.setItemDelegateForColumn(0, NameDelegate(store, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(dimensions(store.appearance).row)
        self.setAccessibleName(store.texts("What changes, number by number"))

    def show_changes(self, changes: tuple[Change, ...]) -> None:
        """Show these rows."""
        old = self.model()
        self.setModel(ChangesModel(changes, self._store.texts))
        if old is not None:
            old.deleteLater()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(64)
