"""The import wizard: files, columns, wash, result; every page can be gone back to, and nothing that was chosen is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from engine.errors import N_, BadInput, Cancelled, SagsflowError, WrongKey
from engine.service.messages import (
    Codes,
    ImportPlan,
    Opened,
    PlanImport,
    PreviewFile,
    ReadCodes,
    RecipeFile,
    Secret,
    SuggestSteps,
    TakeIn,
    TakenIn,
    TryWash,
    WashTried,
    WriteRecipe,
)
from gui.dialogs.frame import DialogFrame, run
from gui.dialogs.import_columns import ColumnsPage
from gui.dialogs.import_draft import ImportDraft
from gui.dialogs.import_files import FilesPage
from gui.dialogs.import_result import ResultPage
from gui.dialogs.import_wash import WashPage
from gui.dialogs.import_words import NAMES, kind_of
from gui.jobs import Jobs
from gui.map.file_writing import write_whole
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.file_dialog import ask_save
from gui.widgets.job_line import show_job
from gui.widgets.parts import button, label, row
from gui.widgets.step_trail import StepTrail

STEPS = (N_("Files"), N_("Columns"), N_("Wash"), N_("Result"))
ONWARDS = (N_("Next: columns"), N_("Next: wash"), N_("Next: result"), N_("Open the log"))
FILES, COLUMNS, WASH, RESULT = range(4)
PAGES = ("files", "columns", "wash", "outcome")


class ImportDialog(DialogFrame):
    """Four pages over one draft; the engine that waits keeps the files in memory between its answers.

    step: the tag of a step that the wash opens with, as soon as the files have been read.
    """

    def __init__(self, store: Store, jobs: Jobs, draft: ImportDraft, parent: QWidget | None, step: str = "") -> None:
        super().__init__(store, N_("Import extracts"), parent, accept=ONWARDS[0])
        self._jobs = jobs
        self.draft = draft
        self._step = step
        self._job: int | None = None
        self._taken_for: TakeIn | None = None
        self.taken: TakenIn | None = None
        self.files = FilesPage(store, self.draft)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.files)
        self._problem, self._doing = label("breached", wrap=True), label("small")
        self._bar, self.stop_button = QProgressBar(), button("text", store.texts("Stop"))
        self.back_button = button("plain", store.texts("Back"))
        self.trail = StepTrail(store, tuple(store.texts(name) for name in STEPS))
        self._build()
        self._connect()
        self.take_size((1280, 840), (1560, 1040))
        self._show(FILES)
        if step:
            self._begin_at_step()

    def _begin_at_step(self) -> None:
        """Read the files at once when they are known; otherwise say which step waits for them."""
        texts, kind = self.store.texts, kind_of(self._step)
        if self.draft.paths:
            self._on_next()
        elif kind is not None:
            again = N_("Choose the extracts again, and the recipe if there is one: the wash opens with the step “{step}”.")
            self._say(texts(again, step=texts(NAMES[kind])))

    def _build(self) -> None:
        self.head.addWidget(self.trail)
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self._problem)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        at_work = row(8)
        for part in (self._bar, self._doing, self.stop_button):
            at_work.addWidget(part)
        self.foot.insertLayout(0, at_work)
        self.foot.insertWidget(self.foot.indexOf(self.accept_button), self.back_button)
        self.accept_button.clicked.disconnect(self.accept)

    def _connect(self) -> None:
        self.accept_button.clicked.connect(self._on_next)
        self.back_button.clicked.connect(lambda: self._show(self.pages.currentIndex() - 1))
        self.stop_button.clicked.connect(self._on_stop)
        self.files.changed.connect(self._on_changed)
        self._jobs.status_changed.connect(self._show_progress)
        self.finished.connect(self._on_left)

    # ---- pages, each made in a turn of its own once the first is seen, or when it is wanted ---------------------------------------

    @cached_property
    def columns(self) -> ColumnsPage:
        """The second page."""
        page = ColumnsPage(self.store, self.draft, self._row_height, self.is_large)
        page.changed.connect(self._on_changed)
        page.preview_wanted.connect(self._on_preview_wanted)
        self.pages.insertWidget(COLUMNS, page)
        return page

    @cached_property
    def wash(self) -> WashPage:
        """The third page."""
        self._make(WASH)
        page = WashPage(self.store, self.draft, self._row_height, self._read_codes)
        page.changed.connect(self._on_changed)
        page.wanted.connect(self._on_wash_wanted)
        self.pages.insertWidget(WASH, page)
        return page

    @cached_property
    def outcome(self) -> ResultPage:
        """The last page."""
        self._make(RESULT)
        page = ResultPage(self.store)
        page.recipe_wanted.connect(self._on_recipe_wanted)
        self.pages.insertWidget(RESULT, page)
        return page

    @property
    def _row_height(self) -> int:
        return self.sizes.chip if self.is_large else self.sizes.table_header

    def showEvent(self, event: QShowEvent) -> None:
        """Make the other pages while the user looks at the first."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._make_next_page)

    def _make(self, count: int) -> None:
        """Have so many of the pages, in their order."""
        for name in PAGES[:count]:
            getattr(self, name)

    def _make_next_page(self) -> None:
        if self.pages.count() < len(PAGES) and not self.is_done:
            self._make(self.pages.count() + 1)
            QTimer.singleShot(0, self, self._make_next_page)

    def _on_preview_wanted(self, question: PreviewFile) -> None:
        self._ask(question, self.columns.take_file)

    # ---- turning pages ---------------------------------------------------------------------------------------------------------

    def _show(self, number: int) -> None:
        """Turn to a page."""
        self._stop_quietly()
        self._make(number + 1)
        self.pages.setCurrentIndex(number)
        self._say("")
        self.trail.show_step(number)
        self.accept_button.setText(self.store.texts(ONWARDS[number]))
        if number == FILES:
            self.files.show_draft()
        elif number == COLUMNS:
            self.columns.show_plan()
        elif number == WASH:
            self.wash.show_plan()
        self._follow()

    def _on_changed(self) -> None:
        self._say("")
        self._follow()

    def _follow(self) -> None:
        """Let the user go on when the page has what it needs, and say what it lacks."""
        number, busy = self.pages.currentIndex(), self._is_needed
        lacking = self.columns.problem() if number == COLUMNS else ""
        if number == FILES:
            ready = bool(self.draft.paths)
        elif number == COLUMNS:
            ready = not lacking and not self.columns.is_waiting
        else:
            ready = number == RESULT or self.wash.tried is not None
        if number == COLUMNS:
            self._say(lacking)
        self.back_button.setEnabled(number > FILES)
        self.accept_button.setEnabled(ready and not busy)
        self.pages.setEnabled(not self._is_blocking)
        self._show_progress()

    @property
    def is_busy(self) -> bool:
        """Whether any answer is under way."""
        return self._job is not None

    @property
    def _is_needed(self) -> bool:
        """Whether the answer under way decides whether one can go on."""
        return self._job is not None and not isinstance(self._question, SuggestSteps)

    @property
    def _is_blocking(self) -> bool:
        return self._job is not None and isinstance(self._question, PlanImport | TakeIn)

    def _on_next(self) -> None:
        number = self.pages.currentIndex()
        if number == FILES and not self.draft.is_planned:
            self._jobs.begin_import()
            self._ask(PlanImport(self.draft.paths, self._secret, self.draft.recipe), self._on_plan)
        elif number == WASH and self._taken_for != self.draft.question():
            self._ask(self.draft.question(), self._on_taken)
        elif number == RESULT:
            self.accept()
        else:
            self._show(number + 1)

    @property
    def _secret(self) -> Secret:
        """What opens the files, the user's own key among it."""
        return replace(self.draft.secret, own=self.store.settings.own_identity)

    def _on_plan(self, plan: ImportPlan) -> None:
        self.draft.take_plan(plan)
        self.files.show_draft()
        if self.draft.is_planned:
            self._show(COLUMNS)
            if self._step and not self.columns.problem():
                self._show(WASH)
        elif any(file.locked for file in plan.files):
            self._say(self.store.texts("A file is locked. Write its passphrase, or choose its identity file."))
            self.files.passphrase.field.setFocus()
        else:
            self._say(self.store.texts("Remove the files that cannot be read, or choose others."))

    def _on_taken(self, taken: TakenIn) -> None:
        self._taken_for, self.taken = self.draft.question(), taken
        self.outcome.show_taken(taken)
        self._show(RESULT)

    def _on_wash_wanted(self, question: TryWash | SuggestSteps) -> None:
        self._ask(question, self._on_tried if isinstance(question, TryWash) else self.wash.take_suggestions)

    def _read_codes(self, path: str, on_codes: Callable[[Codes], None], on_failed: Callable[[Exception], None]) -> None:
        self._jobs.ask(ReadCodes(path, self._secret), on_codes, on_failed, N_("Reading the codes"))

    def _on_tried(self, tried: WashTried) -> None:
        self.wash.take_tried(tried)
        if self._step:
            step, self._step = self._step, ""
            QTimer.singleShot(0, self, lambda: self._add_step(step))

    def _add_step(self, step: str) -> None:
        if not self.is_done:
            self.wash.add_kind(step)

    # ---- the recipe ------------------------------------------------------------------------------------------------------------

    def _on_recipe_wanted(self) -> None:
        name = Path(self.draft.paths[0]).name.partition(".")[0]
        path = ask_save(self.store, self, N_("Save recipe …"), f"{name}.toml", f"{self.store.texts('Recipes')} (*.toml)")
        if path:
            self.save_recipe(Path(path))

    def save_recipe(self, path: Path) -> None:
        """Write the recipe of the draft into a file."""
        self._ask(WriteRecipe(self.draft.written(path.stem)), lambda written: self._on_written(path, written))

    def _on_written(self, path: Path, written: RecipeFile) -> None:
        try:
            write_whole(path, written.content)
        except BadInput as error:
            self._on_failed(error)
        else:
            self.outcome.saved.setText(self.store.texts("The recipe is saved as {file}.", file=path.name))

    # ---- asking ----------------------------------------------------------------------------------------------------------------

    def _ask(self, question: Struct, on_answer: Callable[[Any], None]) -> None:
        """Ask the engine that waits; what was asked before is no longer wanted."""
        self._stop_quietly()
        self._question = question

        def answered(answer: Any) -> None:
            self._job = None
            if not self.is_done:
                on_answer(answer)
                self._follow()

        self._job = self._jobs.ask(question, answered, self._on_failed, N_("Importing"))
        self._follow()

    def _stop_quietly(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            self._jobs.stop(job)

    def _on_stop(self) -> None:
        blocked = self._is_blocking
        self._stop_quietly()
        self._say(self.store.texts("Stopped. Nothing was opened.") if blocked else self.store.texts("Stopped."))
        self._follow()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled) or self.is_done:
            return
        self._job = None
        if not isinstance(error, BadInput | WrongKey):
            self._jobs.discard()
            self.draft.forget_plan()
            self._show(FILES)
        self._follow()
        self._say(error_sentence(self.store.texts, error) if isinstance(error, SagsflowError) else str(error))

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _show_progress(self) -> None:
        status = self._jobs.status(self._job) if self._job is not None else None
        show_job(status, self.store.texts, self._bar, self._doing, self.stop_button)

    def _on_left(self) -> None:
        self._jobs.status_changed.disconnect(self._show_progress)
        if "columns" in self.__dict__:
            self.columns.leave()
        self._stop_quietly()
        self.files.passphrase.clear()


def ask_import(store: Store, jobs: Jobs, draft: ImportDraft, parent: QWidget | None, step: str = "") -> tuple[TakeIn, Opened] | None:
    """Let the user import extracts; the question that makes the log again, without its secret, and the log. None when nothing was made."""
    dialog = ImportDialog(store, jobs, draft, parent, step)
    if not run(dialog) or dialog.taken is None:
        return None
    return replace(draft.question(), secret=Secret()), dialog.taken.opened
