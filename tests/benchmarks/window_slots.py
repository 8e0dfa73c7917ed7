"""How long the window is busy at a stretch while it is used: `python -m tests.benchmarks.window_slots [--json] [--log FILE]`.

A real window with a real engine is driven offscreen. For each thing a person does: the longest stretch without a look at the user's
input, as CPU time of the window's thread and on the clock, and as a multiple of a fixed Qt painting job measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QSlider, QWidget

from engine.service.messages import Secret
from gui.app import FirstPaint, get_ready, make_window
from gui.main_window import MainWindow
from gui.map.histogram import HistogramChart
from gui.pages.map_page import MapPage
from gui.store import PathSelected, StepSelected
from gui.theme import Appearance, load_fonts
from tests.benchmarks.slots import Slot, SlotApplication

LOOK_MS = 25
DRAG_MS = 90
QUIET_LOOKS = 12
"""Looks after the last question, so that animations, pictures and work put off belong to the step that caused them."""
PATIENCE = 3000
PAGES = ("variants", "cases", "numbers", "quality", "map")
TABLE_ROWS = 400
Act = Callable[[], object]
Reached = Callable[[], bool]


@dataclass(frozen=True)
class StepSlots:
    """One thing a person does, with its longest stretch; reference is the multiple of the fixed painting job."""

    step: str
    longest_cpu_ms: float
    longest_wall_ms: float
    reference: float
    event: str


def reference_ms() -> float:
    """CPU time of a fixed painting job: 2000 rounded rectangles and 200 lines of text on a picture of 1440 × 900 (median of 7)."""
    taken = []
    for _ in range(7):
        begun = time.thread_time()
        picture = QImage(1440, 900, QImage.Format.Format_RGB32)
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor("#2C5F92"))
        for i in range(2000):
            painter.drawRoundedRect(QRectF(i * 7 % 1300, i * 13 % 820, 120, 44), 6, 6)
        for i in range(200):
            painter.drawText(QPointF(i * 11 % 1200, i * 17 % 880), f"Ansøgning vurderet {i}")
        painter.end()
        taken.append((time.thread_time() - begun) * 1000)
    return statistics.median(taken)


class Person:
    """What somebody does at the window, one thing after the other: name, what is done, and when it has come to its end."""

    def __init__(self, window: MainWindow, folder: Path, log: Path | None) -> None:
        self.window = window
        self.store = window.store
        self.folder = folder
        self.log = log

    def steps(self) -> Iterator[tuple[str, Act, Reached]]:
        """Everything, in order."""
        store, window = self.store, self.window
        yield "first paint", window.show, _always
        yield "open the demo", window.flow.open_demo, self._is_open
        yield from self._pages("the demo")
        yield from self._map("the demo")
        yield from self._dialogs()
        yield from self._looks()
        for size in ((1200, 760), (1000, 660), (1440, 900)):
            yield "resize", lambda size=size: window.resize(QSize(*size)), _always
        yield "lock", window.flow.lock, lambda: store.locked
        yield "unlock", lambda: window.lock_page.unlock_card.unlock_wanted.emit(Secret()), self._is_open
        yield "open a table", lambda: window.flow.choose(str(self._table())), self._confirm_dialogs
        yield "close the log", window.flow.close_log, lambda: store.opened is None
        yield from self._import()
        if self.log is not None:
            yield "open a large log", self._open_large, self._is_open
            yield from self._pages("a large log")
            yield from self._map("a large log")
            yield from self._looks()

    def _is_open(self) -> bool:
        return self.store.opened is not None and not self.store.locked

    def _open_large(self) -> None:
        self.window.flow.open_path(str(self.log), Secret())

    def _pages(self, where: str) -> Iterator[tuple[str, Act, Reached]]:
        for turn in ("first", "next"):
            for page in PAGES:
                yield f"{turn} turn to {page}, {where}", self.window.table[f"page_{page}"].trigger, self._is_drawn

    def _is_drawn(self) -> bool:
        return all(getattr(widget, "is_drawn", True) for widget in self.window.findChildren(QWidget) if widget.isVisible())

    # ---- the map -------------------------------------------------------------------------------------------------------------

    @property
    def page(self) -> MapPage:
        found: MapPage = self.window.findChild(MapPage)
        return found

    def _map(self, where: str) -> Iterator[tuple[str, Act, Reached]]:
        for slider in (self.page.controls.steps.slider, self.page.controls.paths.slider):
            name = "steps" if slider is self.page.controls.steps.slider else "paths"
            yield f"move the slider of {name}, {where}", partial(self._drag, slider), _always
        yield f"show the default, {where}", lambda: self.store.change_view(steps=None, paths=None), _always
        answer = self.page.answer
        assert answer is not None
        for card in answer.layout.cards[:6]:
            yield f"select a step, {where}", lambda step=card.step: self.store.select(StepSelected(step)), _always
        for lane in answer.layout.lanes[:6]:
            key = (lane.source, lane.target)
            yield f"select a path, {where}", lambda key=key: self.store.select(PathSelected(*key)), _always
        yield f"point at the histogram, {where}", self._point_at_histogram, _always
        yield f"point at the map, {where}", self._point_at_map, _always
        for factor in (1.5, 1.5, 0.4):
            yield f"zoom, {where}", lambda factor=factor: self.page.canvas.zoom_by(factor), _always
        yield f"fit the map, {where}", self.page.canvas.fit_map, _always
        yield f"export preview, {where}", self.window.table["export_map"].trigger, self._close_dialog
        yield f"nothing selected, {where}", lambda: self.store.select(None), _always

    def _drag(self, slider: QSlider) -> None:
        """To the left end and back again, through at most 16 places each way."""
        most = slider.maximum()
        there = range(most, 0, -max(1, most // 16))
        for i, place in enumerate([*there, *reversed(there)]):
            QTimer.singleShot(i * DRAG_MS, slider, partial(slider.setValue, place))

    def _point_at_histogram(self) -> None:
        for chart in self.window.findChildren(HistogramChart):
            for x in range(2, chart.width(), 9) if chart.isVisible() else ():
                place = QPoint(x, 40)
                QTimer.singleShot(x * 2, chart, lambda p=place, c=chart: _point(c, p))

    def _point_at_map(self) -> None:
        viewport = self.page.canvas.viewport()
        for i in range(40):
            place = QPoint(viewport.width() * i // 40, viewport.height() * (i * 7 % 40) // 40)
            QTimer.singleShot(i * 12, viewport, lambda p=place: _point(viewport, p))

    # ---- dialogs -------------------------------------------------------------------------------------------------------------

    def _dialogs(self) -> Iterator[tuple[str, Act, Reached]]:
        for name in ("add_filter", "save_project", "settings", "help", "about"):
            yield f"dialog {name}", self.window.table[name].trigger, self._close_dialog
        yield "command palette", self.window.table["palette"].trigger, self._close_popup

    def _close_dialog(self) -> bool:
        """Looks at the dialog for a while, then closes it."""
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog) or not dialog.isVisible():
            return False
        QTimer.singleShot(400, dialog, dialog.reject)
        return True

    def _confirm_dialogs(self) -> bool:
        """Says yes to the warning and to the columns."""
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.isVisible() and not dialog.property("answered"):
            dialog.setProperty("answered", True)
            QTimer.singleShot(500, dialog, dialog.accept)
        return self.store.opened is not None and self.store.opened.name.startswith("tabel") and dialog is None

    def _close_popup(self) -> bool:
        popup = QApplication.activePopupWidget()
        if popup is None:
            found = [shown for shown in self.window.findChildren(QWidget) if type(shown).__name__ == "Palette" and shown.isVisible()]
            popup = found[0] if found else None
        if popup is None:
            return False
        QTimer.singleShot(300, popup, popup.close)
        return True

    def _table(self) -> Path:
        path = self.folder / "tabel.csv"
        head = "case_id;haendelse;tidspunkt;enhed\n"
        rows = [f"A-{i // 3};Trin {i % 7};{5 + i % 20:02}-0{1 + i % 9}-2025 10:{i % 60:02};Nord\n" for i in range(TABLE_ROWS)]
        path.write_text(head + "".join(rows), encoding="utf-8")
        return path

    # ---- the import ----------------------------------------------------------------------------------------------------------

    def _import(self) -> Iterator[tuple[str, Act, Reached]]:
        """The wizard from a wide file and a small one to the open log."""
        paths = (str(self._wide_table()), str(self._table()))
        on = self._onwards
        yield "import: open the wizard", lambda: self.window.flow.import_extracts(paths), partial(self._stands_at, 0)
        yield "import: read the files", on, partial(self._stands_at, 1)
        yield "import: give a column a role", lambda: self._wizard.columns.give("felt 7", "attributes"), partial(self._stands_at, 1)
        yield "import: turn to another file", lambda: self._wizard.columns._turn_to(paths[1]), partial(self._stands_at, 1)
        yield "import: turn to a file of 60 columns", lambda: self._wizard.columns._turn_to(paths[0]), partial(self._stands_at, 1)
        yield "import: go on to the wash", on, partial(self._stands_at, 2)
        yield "import: take all suggestions", self._take_all, partial(self._stands_at, 2)
        yield "import: go on to the result", on, partial(self._stands_at, 3)
        yield "import: open the log", on, lambda: self._is_open() and QApplication.activeModalWidget() is None
        yield "close the log", self.window.flow.close_log, lambda: self.store.opened is None

    @property
    def _wizard(self) -> Any:
        return QApplication.activeModalWidget()

    def _onwards(self) -> None:
        self._wizard.accept_button.click()

    def _take_all(self) -> None:
        self._wizard.wash.take_all.click()

    def _stands_at(self, page: int) -> bool:
        wizard = self._wizard
        if wizard is None or wizard.is_busy or wizard.columns.is_waiting:
            return False
        return bool(wizard.pages.currentIndex() == page)

    def _wide_table(self) -> Path:
        path = self.folder / "bred.csv"
        names = ["sagsnr", "trin", "tidspunkt", "enhed", *(f"felt {i}" for i in range(56))]
        rows = [
            [f"S-{i // 5}", f" Trin {i % 7}" if i % 9 else "trin 3", f"{5 + i % 20:02}-0{1 + i % 9}-2025 10:{i % 60:02}", "Nord"]
            + [f"Værdi {i % (2 + n)}" for n in range(56)]
            for i in range(5 * TABLE_ROWS)
        ]
        path.write_text("\n".join(";".join(row) for row in [names, *rows]) + "\n", encoding="utf-8")
        return path

    # ---- looks ---------------------------------------------------------------------------------------------------------------

    def _looks(self) -> Iterator[tuple[str, Act, Reached]]:
        store = self.store
        for page in ("numbers", "variants", "map"):
            yield "turn back to a page", self.window.table[f"page_{page}"].trigger, self._is_drawn
            yield f"appearance on {page}", lambda: store.set_appearance(Appearance.PROJECTOR), self._is_drawn
            yield f"appearance on {page}", lambda: store.set_appearance(Appearance.LIGHT), self._is_drawn
            yield f"language on {page}", self.window.table["language"].trigger, self._is_drawn
            yield f"language on {page}", self.window.table["language"].trigger, self._is_drawn


def _always() -> bool:
    return True


def _point(widget: QWidget, place: QPoint) -> None:
    everywhere = QPointF(widget.mapToGlobal(place))
    none = Qt.MouseButton.NoButton
    QApplication.sendEvent(
        widget, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), everywhere, none, none, Qt.KeyboardModifier.NoModifier)
    )
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, everywhere.toPoint()))


class Session:
    """Lets a person use a window, and keeps the stretches of every step."""

    def __init__(self, application: SlotApplication, person: Person) -> None:
        self._application = application
        self._window = person.window
        self._steps = person.steps()
        self.found: dict[str, list[Slot]] = {}
        self._name = ""
        self._reached: Reached = _always
        self._quiet = self._patience = 0
        self._timer = QTimer(interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def run(self) -> dict[str, list[Slot]]:
        """Every step's stretches, by its name."""
        self._application.begin()
        self._timer.start()
        self._advance()
        stuck = self._application.exec() != 0
        self._window.close()
        if stuck:
            raise TimeoutError(self._name)
        return self.found

    def _look(self) -> None:
        self._patience -= 1
        if self._patience < 0:
            self._timer.stop()
            self._application.exit(1)
        if not self._reached() or self._window.jobs.busy or not self._window.store.turns.is_empty:
            self._quiet = QUIET_LOOKS
            return
        self._reached = _always
        self._quiet -= 1
        if self._quiet < 0:
            self._advance()

    def _advance(self) -> None:
        if self._name:
            self.found.setdefault(self._name, []).extend(self._application.taken())
        following = next(self._steps, None)
        if following is None:
            self._timer.stop()
            self._application.exit(0)
            return
        self._name, act, self._reached = following
        self._quiet, self._patience = QUIET_LOOKS, PATIENCE
        QTimer.singleShot(0, self._window, act)


def measure(log: Path | None) -> tuple[list[StepSlots], float]:
    """Each step's longest stretch, and the reference's ms."""
    application = SlotApplication()
    load_fonts()
    reference = reference_ms()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SAGSFLOW_SETTINGS_DIR"] = home
        window = make_window()
        window.resize(1440, 900)
        FirstPaint(window).painted.connect(partial(get_ready, window))
        found = Session(application, Person(window, Path(home), log)).run()
    return [_longest(step, slots, reference) for step, slots in found.items()], reference


def _longest(step: str, slots: list[Slot], reference: float) -> StepSlots:
    worst = max(slots, key=lambda slot: slot.cpu_ms)
    wall = max(slot.wall_ms for slot in slots)
    return StepSlots(step, worst.cpu_ms, wall, worst.cpu_ms / reference, worst.event)


def table(measured: list[StepSlots], reference: float) -> str:
    """The steps, longest stretch first, as text."""
    rows = [f"Fixed painting job: {reference:.1f} ms of CPU time.", ""]
    rows.append(f"{'longest stretch of the window thread':<50}{'CPU ms':>8}{'clock ms':>10}{'× job':>8}  largest event")
    for one in sorted(measured, key=lambda one: -one.longest_cpu_ms):
        rows.append(f"{one.step:<50}{one.longest_cpu_ms:>8.1f}{one.longest_wall_ms:>10.1f}{one.reference:>8.2f}  {one.event}")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Measure, and print a table, or with --json a list."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window_slots", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print a JSON list of the steps and nothing else")
    parser.add_argument("--log", type=Path, help="a large log that is not encrypted, measured too")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_NO_GLIB"] = "1"  # its event loop may dispatch several times between two of the signals that end a stretch
    measured, reference = measure(options.log)
    found: Any = [asdict(one) for one in measured]
    text = json.dumps(found, indent=1) if options.json else table(measured, reference)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
