"""Renders the map of public real logs and of the demo: sparse, default and dense, both ways round, in every appearance, still and playing.

    python -m build_scripts.map_pictures [FOLDER] [--log NAME …] [--appearance NAME …]      default: ./map-pictures, everything

The real logs are found as the tests find them: in SAGSFLOW_REAL_LOGS, otherwise in ../shared/data beside the repository.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from build_scripts.screenshots import (
    ANSWER_S,
    OPENING_S,
    ROOT,
    Camera,
    at_rest,
    map_answer,
    map_page,
    new_window,
    open_demo,
    settle,
    wait_for,
)
from engine.layout.values import Orientation
from engine.process_map.values import Coverage
from engine.service.messages import Secret
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import Appearance

DATA = Path(os.environ.get("SAGSFLOW_REAL_LOGS") or ROOT.parent / "shared" / "data")
DEMO = "demo"
LOGS = {
    DEMO: "",
    "receipt": "logs/receipt.xes.gz",
    "sepsis": "logs/SEPSIS.xes.gz",
    "domestic": "logs/BPI_2020_DomesticDeclarations.xes.gz",
    "bpic15": "logs/BPIC15_1.xes.gz",
}
SIZES = {Appearance.LIGHT: (1440, 900), Appearance.DARK: (1440, 900), Appearance.PROJECTOR: (1920, 1080)}
PLAYED_SHARE = 0.44
"""How much of the log's time has gone by when a playback is looked at."""


@dataclass(frozen=True)
class Amount:
    """Where the sliders stand: so many times the steps and paths of the default view, and so many more steps.

    The default view itself leaves them alone.
    """

    name: str
    steps: float = 0.0
    paths: float = 0.0
    more: int = 0

    def sliders(self, default: Coverage) -> tuple[int | None, int | None]:
        """The places of both sliders."""
        if not self.steps:
            return None, None
        steps = round(default.steps_shown * self.steps) + self.more
        return min(steps, default.steps_all), round(default.paths_shown * self.paths)


AMOUNTS = (Amount("default"), Amount("sparse", 0.5, 0.4), Amount("dense", 1.0, 2.5, more=6))


def stand(window: MainWindow) -> None:
    """Wait until the map of the view stands, in its best arrangement."""
    page = map_page(window)
    settle(0.4)
    wait_for(lambda: at_rest(window) and page.answer is not None and page.answer.query == page.query() and page.answer.refined, ANSWER_S)
    settle(0.4)
    for toast in (page.toast, window.toast):
        toast.hide()


def open_log(window: MainWindow, name: str) -> None:
    """Open the demo, or a real log, and wait for its map."""
    if name == DEMO:
        open_demo(window)
    else:
        window.flow.open_path(str(DATA / LOGS[name]), Secret())
        wait_for(lambda: window.store.opened is not None, OPENING_S)
    stand(window)


def take_playing(camera: Camera, name: str) -> None:
    """The same map while its cases are played; time goes by as the picture is taken."""
    window = camera.window
    page = map_page(window)
    window.store.set_reduce_motion(False)
    page.player.play()
    stage = page.playback
    if stage is None:
        raise LookupError("no playback")
    wait_for(lambda: stage.journeys is not None, ANSWER_S)
    clock = stage.clock
    clock.go_to(clock.first + round(PLAYED_SHARE * (clock.last - clock.first)))
    clock.play()
    camera.take(name)
    stage.leave()
    window.store.set_reduce_motion(True)
    settle(0.2)


def take_amount(camera: Camera, log: str, orientation: Orientation, amount: Amount, default: Coverage) -> None:
    """One place of the sliders: still, then playing."""
    steps, paths = amount.sliders(default)
    camera.window.store.change_view(steps=steps, paths=paths, orientation=orientation)
    stand(camera.window)
    map_page(camera.window).canvas.fit_map()
    name = f"{log}_{orientation.value}_{amount.name}"
    camera.take(f"{name}_still")
    take_playing(camera, f"{name}_playing")


def take_log(folder: Path, log: str, appearance: Appearance, language: str) -> int:
    """Every picture of one log in one appearance; how many."""
    with new_window(language, appearance, SIZES[appearance], recent=False) as window:
        camera = Camera(window, folder, appearance.value)
        open_log(window, log)
        for orientation in (Orientation.PORTRAIT, Orientation.LANDSCAPE):
            window.store.change_view(steps=None, paths=None, orientation=orientation)
            stand(window)
            default = map_answer(window).map.coverage
            for amount in AMOUNTS:
                take_amount(camera, log, orientation, amount, default)
        return camera.taken


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; 0, or 2 where the real logs are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("map-pictures"))
    parser.add_argument("--log", nargs="+", choices=tuple(LOGS), default=list(LOGS))
    parser.add_argument("--appearance", nargs="+", choices=[one.value for one in Appearance], default=[one.value for one in Appearance])
    parser.add_argument("--language", choices=("da", "en"), default="da")
    chosen = parser.parse_args(arguments)
    missing = [LOGS[log] for log in chosen.log if log != DEMO and not (DATA / LOGS[log]).is_file()]
    if missing:
        print(f"{', '.join(missing)}: not found below {DATA}. Set SAGSFLOW_REAL_LOGS.", file=sys.stderr)
        return 2
    chosen.folder.mkdir(parents=True, exist_ok=True)
    make_application()
    taken = sum(take_log(chosen.folder, log, Appearance(one), chosen.language) for log in chosen.log for one in chosen.appearance)
    print(f"{taken} pictures in {chosen.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
