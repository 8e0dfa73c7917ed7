"""The map as a table: its steps, or its paths, with every number that is known of them, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCollator, QLocale, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from engine.process_map.values import Metric, Path, Step
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.scene import metric_value
from gui.map.words import metric_definition, metric_name, step_name
from gui.store import PathSelected, Selected, StepSelected, Store

Index = QModelIndex | QPersistentModelIndex
Thing = Step | Path
NOTHING = "–"
TIMES = (Metric.MEDIAN, Metric.MEAN, Metric.P90, Metric.MIN, Metric.MAX, Metric.TOTAL)
SHORT = {
    Metric.MAX_REPETITIONS: N_("Most in one case"),
    Metric.MEDIAN: N_("Median"),
    Metric.MEAN: N_("Mean"),
    Metric.P90: N_("90% are within"),
    Metric.MIN: N_("Shortest"),
    Metric.MAX: N_("Longest"),
    Metric.TOTAL: N_("Waiting time in all"),
}


@dataclass(frozen=True)
class Column:
    """A column: its heading and meaning in the reader's language, a cell's number (None: nothing) or name, and how it is written."""

    heading: str
    meaning: str
    value: Callable[[Any], float | str | None]
    write: Callable[[Any], str]

    @property
    def is_name(self) -> bool:
        """Whether it holds names, which stand left."""
        return self.write is str


def step_columns(answer: MapAnswer, texts: Texts) -> tuple[Column, ...]:
    """What is known of every step."""
    shown = answer.map

    def count(heading: str, meaning: str, value: Callable[[Step], float]) -> Column:
        return Column(texts(heading), texts(meaning), value, texts.number)

    share = Column(
        texts("Share of the cases"),
        texts("Share of the cases that have the step."),
        lambda step: step.cases / shown.n_cases if shown.n_cases else None,
        texts.percent,
    )
    return (
        Column(texts("Step"), "", lambda step: step.name, str),
        count(N_("Cases"), N_("Cases that have the step at least once."), lambda step: step.cases),
        share,
        count(N_("Events"), N_("How many times the step occurs."), lambda step: step.occurrences),
        count(
            N_("Again in a case"),
            N_("Events that are not their case's first of the step."),
            lambda step: max(step.occurrences - step.cases, 0),
        ),
        count(N_("Directly again"), N_("How many times the step follows directly after itself."), lambda step: step.self_loops),
        count(N_("Most in one case"), N_("The most times that one and the same case has the step."), lambda step: step.max_repetitions),
        count(N_("Cases start here"), N_("Cases whose first event is the step."), lambda step: step.start_cases),
        count(N_("Cases end here"), N_("Cases whose last event is the step."), lambda step: step.end_cases),
    )


def path_columns(answer: MapAnswer, texts: Texts) -> tuple[Column, ...]:
    """What is known of every path; rework where the map shows it."""
    shown = answer.map

    def number(metric: Metric) -> Column:
        heading = metric_name(metric, shown, texts) if metric not in SHORT or shown.k else texts(SHORT[metric])
        write = texts.duration if metric.is_time else texts.number
        return Column(heading, metric_definition(metric, shown, texts), lambda path: _value(path, metric), write)

    counts = [Metric.OCCURRENCES, Metric.CASES, Metric.MAX_REPETITIONS]
    if Metric.REWORK in shown.metrics:
        counts.append(Metric.REWORK)
    return (
        Column(texts("From"), "", lambda path: step_name(answer, path.source, texts), str),
        Column(texts("To"), "", lambda path: step_name(answer, path.target, texts), str),
        *(number(metric) for metric in (*counts, *TIMES)),
    )


def _value(path: Path, metric: Metric) -> float | None:
    marked = path.source < 0 or path.target < 0
    return None if marked and metric not in (Metric.CASES, Metric.OCCURRENCES) else metric_value(path, metric)


class MapModel(QAbstractTableModel):
    """The steps or the paths of a map."""

    def __init__(self, store: Store, of_paths: bool) -> None:
        super().__init__()
        self.store, self.of_paths = store, of_paths
        self._columns: tuple[Column, ...] = ()
        self._rows: list[Thing] = []
        self._sorted_by, self._descending = (2 if of_paths else 1), True

    def show_answer(self, answer: MapAnswer | None) -> None:
        """Show another map, in the order in force."""
        self.beginResetModel()
        self._columns, self._rows = (), []
        if answer is not None:
            make = path_columns if self.of_paths else step_columns
            self._columns = make(answer, self.store.texts)
            self._rows = list(answer.map.paths if self.of_paths else answer.map.steps)
            self._sort()
        self.endResetModel()

    @property
    def order(self) -> tuple[int, bool]:
        """The column that rows are sorted by, and whether they descend."""
        return self._sorted_by, self._descending

    def is_name(self, column: int) -> bool:
        """Whether a column holds names."""
        return self._columns[column].is_name

    def thing(self, row: int) -> Selected:
        """The step or path of a row."""
        if not 0 <= row < len(self._rows):
            return None
        one = self._rows[row]
        return StepSelected(one.step) if isinstance(one, Step) else PathSelected(one.source, one.target)

    def row_of(self, what: Selected) -> int | None:
        """The row of a step or path; None where it is not in this table."""
        return next((row for row in range(len(self._rows)) if self.thing(row) == what), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows; what has no number stands last either way."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        if not self._columns:
            return
        column = self._columns[min(self._sorted_by, len(self._columns) - 1)]
        by_name = cmp_to_key(QCollator(QLocale(self.store.texts.language)).compare)
        known = [one for one in self._rows if column.value(one) is not None]

        def rank(one: Thing) -> Any:
            value = column.value(one)
            return by_name(str(value)) if column.is_name else value

        known.sort(key=rank, reverse=self._descending)
        self._rows = known + [one for one in self._rows if column.value(one) is None]

    # ---- Qt ------------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The steps or paths on the map."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """What is known of them."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts, alignment, and what is read out."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._columns[index.column()].heading}: {self._text(index.row(), index.column())}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Headings, and what they mean."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].heading
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._columns[section].meaning
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def _text(self, row: int, column: int) -> str:
        one, shown = self._rows[row], self._columns[column]
        value = shown.value(one)
        if value is not None:
            return shown.write(value)
        return NOTHING

    def _alignment(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignLeft if self._columns[column].is_name else Qt.AlignmentFlag.AlignRight
        return int(side | Qt.AlignmentFlag.AlignVCenter)
