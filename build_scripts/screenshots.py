"""Renders every page, dialog and state of the window into a folder of PNGs, from the demo project, without a display.

    python -m build_scripts.screenshots [FOLDER]      default: ./screenshots
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from build_scripts.import_pictures import take_import  # noqa: E402
from build_scripts.vault_pictures import take_vault  # noqa: E402
from engine.demo import DEMO_PROJECT  # noqa: E402
from engine.errors import N_, BadInput  # noqa: E402
from engine.log.selection import HasActivity, StartedBetween  # noqa: E402
from engine.process_map.values import Metric  # noqa: E402
from engine.service.messages import MapAnswer, Secret  # noqa: E402
from gui.app import make_application, make_window  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.store import PathSelected, StepSelected  # noqa: E402
from gui.theme import Appearance  # noqa: E402

if TYPE_CHECKING:
    from gui.pages.map_page import MapPage

SIZES = {
    Appearance.LIGHT: ((1440, 900),),
    Appearance.DARK: ((1440, 900),),
    Appearance.PROJECTOR: ((1440, 900), (1920, 1080)),
}
OPENING_S, ANSWER_S, SETTLE_S = 300.0, 120.0, 0.8
TABLE = """case_id;haendelse;tidspunkt;enhed;sagsbehandler
A-1;Ansøgning modtaget;05-03-2025 10:12;Center Nord;XY
A-1;Ansøgning vurderet;06-04-2025 09:00;Center Nord;XY
A-2;Ansøgning modtaget;07-05-2025 11:30;Center Syd;ZZ
A-2;Bevilling sendt;09-06-2025 12:45;Center Syd;ZZ
"""


class Camera:
    """Takes the pictures of one language, appearance and size."""

    def __init__(self, window: MainWindow, folder: Path, suffix: str) -> None:
        self.window = window
        self.folder = folder
        self.suffix = suffix
        self.taken = 0

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save what is seen now as name_suffix.png."""
        settle()
        picture = (widget or self.window).grab()
        picture.save(str(self.folder / f"{name}_{self.suffix}.png"))
        self.taken += 1

    def take_dialog(self, name: str, show: Callable[[], object]) -> None:
        """Open a modal dialog, take its picture over the window, close it."""
        from PySide6.QtCore import QTimer

        def shoot() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog):
                self.take(name, dialog)
                dialog.reject()

        QTimer.singleShot(300, shoot)
        show()


def settle(seconds: float = SETTLE_S) -> None:
    """Let the window answer events for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    """Let the window answer events until something is so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.005)


def at_rest(window: MainWindow) -> bool:
    """Whether no question is under way, everything wears its appearance, and the charts in sight are drawn."""
    return not window.jobs.busy and window.store.turns.is_empty and charts_are_drawn(window)


def charts_are_drawn(window: MainWindow) -> bool:
    """Whether the page in sight shows every chart that its answer calls for."""
    from gui.pages.numbers_page import NumbersPage
    from gui.pages.variants_page import VariantsPage

    workspace = window.workspace
    page = workspace.pages.currentWidget() if workspace is not None else None
    if isinstance(page, VariantsPage):
        return page.side.is_drawn
    return page.is_drawn if isinstance(page, NumbersPage) else True


@contextmanager
def new_window(language: str, appearance: Appearance, size: tuple[int, int], recent: bool) -> Iterator[MainWindow]:
    """A window of its own settings, closed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder))
        names = ("Oprettelse af placeringer", "Akademikerområdet, kontaktforløb", "Rekrutteringsanmodninger") if recent else ()
        paths = tuple(str(Path(folder) / name) for name in names)
        for path in paths:
            Path(path).mkdir()
        settings.change(language=language, appearance=appearance.value, recent=paths, window=(0, 0, *size), reduce_motion=True)
        window = make_window(settings)
        window.resize(*size)
        window.show()
        yield window
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
        settle(0.1)


def open_demo(window: MainWindow) -> None:
    """Open the demo project and wait for the first map."""
    window.flow.open_demo()
    wait_for(lambda: window.store.opened is not None, OPENING_S)
    settle()
    wait_for(lambda: at_rest(window), ANSWER_S)


def turn(window: MainWindow, page: str) -> None:
    """Turn to a page and wait for its answers."""
    window.store.change_view(page=page)
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)


def take_welcome(camera: Camera) -> None:
    """The first page, the unlock card, a wrong passphrase, an error."""
    window = camera.window
    window.welcome.refresh()
    camera.take("01-welcome")
    window.flow.choose(window.store.settings.values.recent[0])
    card = window.welcome.unlock_card
    card.passphrase.set_text("fjorten prikker")
    card.passphrase.field.setFocus()
    camera.take("02-unlock")
    card.set_busy(True)
    card.set_progress(0.4, window.store.texts("Opening …"))
    camera.take("03-opening")
    card.set_error(window.store.texts("The passphrase does not open the project {name}.", name="Oprettelse af placeringer"))
    camera.take("04-wrong-passphrase")
    window.welcome.show_error(
        window.store.texts("{file} could not be opened", file="udtraek.csv.age"),
        window.store.texts("The file {file} is empty.", file="udtraek.csv.age"),
        "",
    )
    camera.take("05-error")
    window.welcome.set_target(None)


def take_pages(camera: Camera) -> None:
    """Every page of the open demo, with and without a selection."""
    window, store = camera.window, camera.window.store
    open_demo(window)
    camera.take("10-map")
    summary = store.opened.summary if store.opened else None
    if summary is None:
        return
    store.select(StepSelected(map_answer(window).layout.spine[1]))
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("11-map-step")
    store.select(first_path(window))
    settle(0.2)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("12-map-path")
    store.select(None)
    first, last = summary.first_event or 0, summary.last_event or 0
    store.change_filters((StartedBetween(first, first + (last - first) // 2), HasActivity(summary.activities[-1], keep=False)))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("13-map-filtered")
    for number, page in ((20, "variants"), (21, "cases"), (22, "numbers"), (24, "quality"), (25, "validation")):
        turn(window, page)
        settle()
        camera.take(f"{number}-{page}")
    take_model(camera)
    store.change_filters(tuple(HasActivity(name, keep=False) for name in summary.activities))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("23-empty")
    store.change_filters(())
    take_states(camera)


def take_model(camera: Camera) -> None:
    """The model on its way, as BPMN and as a Petri net, with a step selected, and about to be exported."""
    from engine.models.values import Notation
    from gui.pages.model_page import ModelPage

    window, store = camera.window, camera.window.store
    store.change_view(page="model")
    settle(1.0)
    camera.take("60-model-busy")
    turn(window, "model")
    camera.take("61-model")
    page = window.findChild(ModelPage)
    if page is None or page.answer is None:
        raise LookupError("no model")
    store.select(StepSelected(next(node.node for node in page.answer.model.nodes if node.name)))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("62-model-step")
    store.select(None)
    page.canvas.fit_map()
    camera.take("63-model-whole")
    page.export_model()
    dialog = page.export_dialog
    if dialog is not None:
        wait_for(lambda: dialog.preview.is_drawn, ANSWER_S)
        camera.take("64-model-export", dialog)
        dialog.reject()
    store.change_view(notation=Notation.PETRI)
    settle(0.5)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("65-petri-net")
    store.change_view(notation=Notation.BPMN)


def map_page(window: MainWindow) -> MapPage:
    """The page of the process map."""
    from gui.pages.map_page import MapPage

    page = window.findChild(MapPage)
    if page is None:
        raise LookupError("no map")
    return page


def map_answer(window: MainWindow) -> MapAnswer:
    """The map shown."""
    answer = map_page(window).answer
    if answer is None:
        raise LookupError("no map")
    return answer


def take_framing(camera: Camera) -> None:
    """The map lying down, a part of it with the minimap, a card in the hand, and the map alone on a full screen."""
    window, store = camera.window, camera.window.store
    page = map_page(window)
    page.turn()
    settle(0.5)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("19-map-turned")
    store.undo()
    settle(0.5)
    wait_for(lambda: at_rest(window), ANSWER_S)
    page.canvas.zoom_by(2.0)
    settle(0.5)
    camera.take("19-map-minimap")
    page.canvas.fit_map()
    frame = window.workspace
    if frame is not None:
        frame.set_full_screen(True)
        settle(0.5)
        page.toast.hide()
        camera.take("19-map-full-screen")
        frame.set_full_screen(False)
        settle(0.5)


def take_map_states(camera: Camera) -> None:
    """The map without any case, on its way, stopped, and about to be exported."""
    window, store = camera.window, camera.window.store
    page = map_page(window)
    names = store.opened.summary.activities if store.opened and store.opened.summary else ()
    store.change_filters(tuple(HasActivity(name, keep=False) for name in names))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("14-map-empty")
    store.change_filters(())
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    take_readings(camera)
    take_framing(camera)
    page.canvas.set_faded(True)
    page.notice.show_progress(f"{store.texts('Calculating the process map')} · {store.texts.percent(0.4)}", 0.4, page.notice.hide)
    page._place()
    camera.take("15-map-busy")
    page.notice.show_problem(store.texts("Stopped. The map shows the view before."), store.texts("Calculate again"), page.notice.hide)
    page._place()
    camera.take("16-map-stopped")
    page.notice.hide()
    page.canvas.set_faded(False)
    page.controls.set_collapsed(not page.controls.collapsed)
    camera.take("17-map-panel")
    page.controls.set_collapsed(not page.controls.collapsed)
    page.export_map()
    dialog = page.export_dialog
    if dialog is not None:
        wait_for(lambda: dialog.preview.is_drawn, ANSWER_S)
        camera.take("18-map-export", dialog)
        dialog.each.click()
        camera.take("18-map-export-numbers", dialog)
        dialog.reject()


def take_playback(camera: Camera) -> None:
    """The cases on the dark stage: early, in the middle with piles, and while the inspector tells about a step."""
    window, store = camera.window, camera.window.store
    page = map_page(window)
    page.player.play()
    stage = page.playback
    if stage is None:
        raise LookupError("no playback")
    wait_for(lambda: stage.journeys is not None, ANSWER_S)
    clock = stage.clock
    clock.pause()
    for name, share in (("60-playback-early", 0.04), ("61-playback", 0.55)):
        clock.go_to(clock.first + round(share * (clock.last - clock.first)))
        settle()
        camera.take(name)
    store.select(StepSelected(map_answer(window).layout.spine[1]))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("62-playback-step")
    store.select(None)
    stage.leave()
    settle(0.3)
    camera.take("63-playback-left")


def take_readings(camera: Camera) -> None:
    """The map as a table, of steps and of paths, and the map of rework."""
    window, store = camera.window, camera.window.store
    window.table["map_table"].trigger()
    camera.take("28-map-table-steps")
    store.select(first_path(window))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("28-map-table-paths")
    store.select(None)
    window.table["map_table"].trigger()
    colour, label = store.view.colour, store.view.label
    store.change_view(colour=Metric.REWORK, label=Metric.REWORK)
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    again = max(map_answer(window).map.steps, key=lambda step: step.occurrences - step.cases)
    store.select(StepSelected(again.step))
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)
    camera.take("29-map-rework")
    store.select(None)
    store.change_view(colour=colour, label=label)
    settle(0.3)
    wait_for(lambda: at_rest(window), ANSWER_S)


def first_path(window: MainWindow) -> PathSelected:
    """The most travelled path between two steps of the map shown."""
    inner = [path for path in map_answer(window).map.paths if path.source >= 0 and path.target >= 0]
    best = max(inner, key=lambda path: path.occurrences)
    return PathSelected(best.source, best.target)


def take_states(camera: Camera) -> None:
    """Busy, failed, a toast, the strip at work, the palette."""
    from gui.pages.cases_page import CasesPage

    window, store = camera.window, camera.window.store
    turn(window, "cases")
    page = window.findChild(CasesPage)
    if page is not None:
        page._show_busy()
        camera.take("24-busy")
        page._on_failed(BadInput(N_("The file {file} is empty."), file="udtraek.csv"))
        camera.take("25-page-error")
        page.refresh()
    window.toast.say(store.texts("The project is saved, encrypted, as {name}.", name="placeringer"), store.texts("Undo"), None)
    camera.take("26-toast")
    window.toast.hide()
    turn(window, "map")
    take_map_states(camera)
    window.table["palette"].trigger()
    settle(0.2)
    palette = QApplication.activePopupWidget()
    if palette is not None:
        camera.take("27-palette", palette)
        palette.close()


def take_dialogs(camera: Camera) -> None:
    """Every dialog over the open demo."""
    from gui.dialogs.error_dialog import show_error
    from gui.dialogs.plain_warning import accept_plain

    window, store = camera.window, camera.window.store
    for name, action in (("30-settings", "settings"), ("31-new-project", "save_project"), ("32-filter", "add_filter"),
                         ("33-help", "help"), ("34-about", "about")):  # fmt: skip
        camera.take_dialog(name, window.table[action].trigger)
    camera.take_dialog("35-plain-warning", lambda: accept_plain(store, "udtraek.csv", window))
    camera.take_dialog("36-error", lambda: show_error(store, BadInput(N_("The file {file} is empty."), file="udtraek.csv"), window))
    take_roles(camera)
    window.resize(1100, window.height())
    camera.take("40-narrow")
    store.select(first_path(window))
    settle(0.3)
    camera.take("41-narrow-inspector")


def take_roles(camera: Camera) -> None:
    """The roles dialog for a small table whose times can be read in two ways."""
    from PySide6.QtCore import QTimer

    window = camera.window
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "udtraek.csv"
        path.write_text(TABLE, encoding="utf-8")
        shot = []

        def shoot() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog):
                camera.take("37-roles", dialog)
                shot.append(True)
                dialog.reject()
            else:
                QTimer.singleShot(100, shoot)

        QTimer.singleShot(500, shoot)
        window.flow.open_path(str(path), Secret())
        wait_for(lambda: bool(shot), OPENING_S)


def take_lock(camera: Camera) -> None:
    """The lock."""
    camera.window.flow.lock()
    camera.take("50-lock")


def main(arguments: list[str] | None = None) -> int:
    """Take every picture; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    parser.add_argument("--only", choices=("da", "en"))
    parser.add_argument("--appearance", choices=[one.value for one in Appearance], help="default: all")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    make_application()
    taken = 0
    for appearance, sizes in SIZES.items():
        for size in sizes if chosen.appearance in (None, appearance.value) else ():
            for language in ("da", "en"):
                if chosen.only in (None, language):
                    taken += take_all(chosen.folder, language, appearance, size)
    print(f"{taken} pictures in {chosen.folder}")
    return 0


def take_all(folder: Path, language: str, appearance: Appearance, size: tuple[int, int]) -> int:
    """Every picture of one language, appearance and size; how many."""
    suffix = f"{language}_{appearance.value}_{size[0]}"
    with new_window(language, appearance, size, recent=True) as window:
        camera = Camera(window, folder, suffix)
        take_welcome(camera)
        if DEMO_PROJECT.exists():
            take_pages(camera)
            take_playback(camera)
            take_dialogs(camera)
            take_import(window, camera.take)
            take_vault(camera)
            take_lock(camera)
        return camera.taken


if __name__ == "__main__":
    sys.exit(main())
