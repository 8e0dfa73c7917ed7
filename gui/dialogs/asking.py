"""A dialog that asks the engine: busy while it works, with Stop, one sentence for what went wrong, and no secret left when it closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from engine.errors import N_, Cancelled
from gui.dialogs.frame import DialogFrame
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.job_line import show_job
from gui.widgets.parts import button, label
from gui.widgets.password_field import PasswordField


class AskingDialog(DialogFrame):
    """Base of dialogs that ask. aside: of an engine process of their own, which needs no open log; it ends with the outermost dialog."""

    def __init__(
        self, store: Store, jobs: Jobs, title: str, parent: QWidget | None, *, accept: str, cancel: str = N_("Cancel"), aside: bool = False
    ) -> None:
        super().__init__(store, title, parent, accept=accept, cancel=cancel)
        self.jobs = jobs
        self._aside = aside
        self._job: int | None = None
        self.problem = label("breached", wrap=True)
        self.problem.hide()
        self._bar, self._doing, self.stop_button = QProgressBar(), label("small"), button("text", store.texts("Stop"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        for place, part in enumerate((self._bar, self._doing, self.stop_button)):
            self.foot.insertWidget(place, part)
            part.hide()
        self.stop_button.clicked.connect(self.stop)
        jobs.status_changed.connect(self._show_progress)
        self.finished.connect(self._leave)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._job is not None

    def ask_quietly(self, question: Any, on_answer: Callable[[Any], None]) -> object:
        """Ask without being busy; an answer that comes too late is nobody's."""

        def answered(answer: Any) -> None:
            if not self.is_done:
                on_answer(answer)

        if self._aside:
            return self.jobs.ask_aside(question, answered, self._on_failed)
        return self.jobs.ask(question, answered, self._on_failed, keep=True)

    def ask(self, question: Any, on_answer: Callable[[Any], None], title: str) -> None:
        """Ask, and be busy until the answer is there."""
        self.say("")

        def answered(answer: Any) -> None:
            self._job = None
            if not self.is_done:
                self._show_progress()
                self.follow()
                on_answer(answer)

        self._job = self._asker(question, answered, self._on_failed, title)
        self.follow()

    @property
    def _asker(self) -> Callable[..., int]:
        return self.jobs.ask_aside if self._aside else self.jobs.ask

    def follow(self) -> None:
        """Enable what can be used now; subclasses say more."""
        self.accept_button.setEnabled(not self.is_busy)

    def stop(self) -> None:
        """Stop what is under way."""
        job, self._job = self._job, None
        if job is not None:
            self.jobs.stop(job)
            self.say(self.store.texts("Stopped."))
            self._show_progress()
            self.follow()

    def say(self, sentence: str) -> None:
        """Say what is wrong (a ready sentence); "" takes it away."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        if self.isVisible():
            QTimer.singleShot(0, self, self.fit)

    def fit(self) -> None:
        """Be as high as what is said needs."""
        layout = self.layout()
        if self._is_as_high_as_said and layout is not None and not self.is_done:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _on_failed(self, error: Exception) -> None:
        if self.is_done:
            return
        self._job = None
        self._show_progress()
        self.follow()
        if not isinstance(error, Cancelled):
            self.say(error_sentence(self.store.texts, error))

    def _show_progress(self) -> None:
        status = self.jobs.status(self._job) if self._job is not None else None
        show_job(status, self.store.texts, self._bar, self._doing, self.stop_button)

    def _leave(self) -> None:
        self.jobs.status_changed.disconnect(self._show_progress)
        job, self._job = self._job, None
        if job is not None:
            self.jobs.stop(job)
        for field in self.findChildren(PasswordField):
            field.clear()
