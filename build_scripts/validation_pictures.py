"""Pictures of the validation page from a made-up extract: before a sample, on the stage, with many comments, rejected, and signed.

    python -m build_scripts.validation_pictures [FOLDER]      default: ./screenshots
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from build_scripts.screenshots import ANSWER_S, OPENING_S, Camera, at_rest, new_window, settle, wait_for
from engine.demo.extracts import make_extract, write_extract
from engine.intake import take_in
from engine.service.messages import DecideStep, DrawSample, ProjectFacts, SaveProject, Secret, SignData, WriteComment
from engine.sources import save_project
from engine.tasks import Task
from engine.validation.values import CommentKind, Method
from engine.washing.recipe_file import open_recipe
from gui.app import make_application
from gui.main_window import MainWindow
from gui.pages.validation_page import SAMPLE, SIGNATURE, WASH, ValidationPage
from gui.theme import Appearance

NAME, PASSPHRASE = "Placeringer 2026", "gul-havn-krone"
SEED, CASES = 20261121, 500
SAID = (
    (1, CommentKind.ORDER, "Afslaget kom først, da virksomheden havde sagt nej i telefonen."),
    (None, CommentKind.MISSING, "Samtalen den 3. blev aldrig registreret."),
    (0, CommentKind.TIME, "Brevet gik ud samme dag, ikke ugen efter."),
    (2, CommentKind.AGREES, ""),
    (None, CommentKind.OTHER, "Sagen blev overtaget fra et andet team, og det står ingen steder i systemet, selv om alle i huset ved det."),
)
NARROW = (960, 640)


def make_project(folder: Path) -> Path:
    """A project of a made-up extract, washed by the recipe beside it."""
    paths = write_extract(make_extract("B", n_cases=CASES), folder)
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    _intake, source = take_in([(paths[0], Secret())], recipe, Task())
    facts = ProjectFacts(NAME, "Ventetid", "LAB § 9", "2028-01-31")
    save_project(source, SaveProject(str(folder / NAME), facts, PASSPHRASE), Task())
    return folder / NAME


class Walk:
    """One window's walk through the page."""

    def __init__(self, window: MainWindow, folder: Path, suffix: str) -> None:
        self.window = window
        self.camera = Camera(window, folder, suffix)

    @property
    def page(self) -> ValidationPage:
        """The page, once it was turned to."""
        return self.window.findChildren(ValidationPage)[-1]

    def open(self, project: Path) -> None:
        """Open the project and turn to the page."""
        self.window.flow.open_path(str(project), Secret(PASSPHRASE))
        wait_for(lambda: self.window.store.opened is not None, OPENING_S)
        self.rest()
        self.window.store.change_view(page="validation")
        self.rest()

    def rest(self) -> None:
        """Until everything is answered and drawn."""
        settle(0.3)
        wait_for(lambda: at_rest(self.window), ANSWER_S)

    def say(self, *questions: Struct) -> None:
        """What caseworkers say, one after the other."""
        for question in questions:
            self.page._write(question, self.page.comments.show_problem)  # type: ignore[arg-type]
            self.rest()

    def view(self, number: int) -> None:
        """Turn to one of the views."""
        self.page.tabs.setCurrentIndex(number)
        self.rest()

    def walk(self) -> None:
        """All states of the page."""
        page, take = self.page, self.camera.take
        take("validation-1-empty")
        page.draw(DrawSample(12, Method.BY_VARIANT, SEED))
        self.rest()
        take("validation-2-stage")
        case = page.case.case if page.case is not None else ""
        self.say(*(WriteComment(case, step, kind, text, "sagsbehandler, team 2") for step, kind, text in SAID))
        page.stage.table.selectRow(1)
        page.begin_comment()
        self.rest()
        take("validation-3-comments")
        page.sided.set_wanted(False)
        self.view(WASH)
        self.say(DecideStep(0, 0, True), DecideStep(0, 1, False, "To ens breve er to breve"))
        page.wash.table.selectRow(1)
        take("validation-4-rejected")
        self.view(SIGNATURE)
        take("validation-5-cannot-sign")
        self.say(DecideStep(0, 1, True), SignData("leder af team 2"))
        take("validation-6-signed")
        self.window.resize(*NARROW)
        for view, name in ((SAMPLE, "stage"), (WASH, "wash"), (SIGNATURE, "signed")):
            self.view(view)
            take(f"validation-7-narrow-{name}")


def take_all(project: Path, folder: Path, show: Callable[[str], object]) -> None:
    """Both languages in every appearance; each window has a copy of the project of its own."""
    for language in ("da", "en"):
        for appearance in Appearance:
            suffix = f"{language}_{appearance.value}"
            own = project.with_name(f"{NAME} {suffix}")
            shutil.copytree(project, own)
            with new_window(language, appearance, (1440, 900), recent=False) as window:
                walk = Walk(window, folder, suffix)
                walk.open(own)
                walk.walk()
                show(f"{suffix}: {walk.camera.taken} pictures")


def main() -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", default="screenshots")
    folder = Path(parser.parse_args().folder)
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application()
    with tempfile.TemporaryDirectory() as own:
        take_all(make_project(Path(own)), folder, print)
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
