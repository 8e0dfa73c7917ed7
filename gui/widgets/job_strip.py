"""The strip at the bottom: what is being worked on, how far, how long still, and how to stop it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar

from gui.jobs import Jobs, JobStatus
from gui.store import Store
from gui.widgets.elided import ElidedLabel
from gui.widgets.panel import Panel
from gui.widgets.parts import button, icon_label, label, row, set_picture
from gui.widgets.popup import Definition


class JobStrip(Panel):
    """Ready, busy with something, or an error that can be looked at."""

    error_wanted = Signal()

    def __init__(self, store: Store, jobs: Jobs) -> None:
        super().__init__(store, "strip")
        self._jobs = jobs
        self._error = ""
        self._icon = icon_label("circle-check", store.tokens.accent, 14)
        self._what = label("small")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        self._left = label("small")
        self._stop = button("text")
        self._stop.clicked.connect(self._on_stop)
        self._show = button("text")
        self._show.clicked.connect(self.error_wanted)
        self._remarks = button("text")
        self._remarks.clicked.connect(self._on_remarks)
        self._data = ElidedLabel("small", Qt.TextElideMode.ElideRight)
        self._data.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = row(10, (20, 0, 20, 0))
        for widget in (self._icon, self._what, self._bar, self._left, self._stop, self._show):
            layout.addWidget(widget)
        layout.addWidget(self._data, 1)
        layout.addWidget(self._remarks)
        self.setLayout(layout)
        jobs.status_changed.connect(self._show_status)
        for signal in (store.opened_changed, store.saved_changed):
            signal.connect(self.retranslate)
        self.ready()

    def set_error(self, sentence: str) -> None:
        """Keep saying that something went wrong until it was looked at; "" takes it away."""
        self._error = sentence
        self._show_status()

    def retranslate(self) -> None:
        """Write everything."""
        texts = self.store.texts
        self._stop.setText(texts("Stop"))
        self._show.setText(texts("Show"))
        summary = self.store.opened.summary if self.store.opened else None
        self._data.set_full_text(
            texts("{cases} cases · {events} events", cases=summary.n_cases, events=summary.n_events) if summary else ""
        )
        notices = summary.notices if summary else ()
        self._remarks.setVisible(bool(notices))
        self._remarks.setText(texts.plural("{n} remark about the data", "{n} remarks about the data", len(notices)))
        self._show_status()

    def restyle(self) -> None:
        """Take the height."""
        self.setFixedHeight(self.sizes.strip)

    def _show_status(self) -> None:
        job = self._jobs.shown
        texts, tokens, size = self.store.texts, self.store.tokens, self.sizes.icon_text - 2
        for widget in (self._bar, self._left, self._stop):
            widget.setVisible(job is not None)
        self._show.setVisible(job is None and bool(self._error))
        if job is not None:
            set_picture(self._icon, "hourglass", tokens.ink_2, size)
            self._what.setText(texts(job.message, **job.values) if job.message else texts(job.title))
            self._bar.setRange(0, 0 if job.fraction is None else 1000)
            self._bar.setValue(round((job.fraction or 0) * 1000))
            self._left.setText(self._time_left(job))
        elif self._error:
            set_picture(self._icon, "triangle-alert", tokens.caution, size)
            self._what.setText(self._error)
        else:
            set_picture(self._icon, "circle-check", tokens.accent, size)
            self._what.setText(texts("Ready"))

    def _time_left(self, job: JobStatus) -> str:
        texts = self.store.texts
        if job.fraction is None:
            return ""
        spent = time.monotonic() - job.started
        share = texts.percent(job.fraction)
        if job.fraction < 0.1 or spent < 2:
            return share
        left = spent * (1 - job.fraction) / job.fraction
        return texts("{share}, about {time} left", share=share, time=texts.long_duration(max(1.0, left)))

    def _on_remarks(self) -> None:
        """Say what the reader should know about the data and the project."""
        summary = self.store.opened.summary if self.store.opened else None
        if summary is None:
            return
        texts = self.store.texts
        lines = [texts(notice.message, **notice.values) for notice in summary.notices]
        Definition(self.store, self, texts("Remarks about the data"), lines).show_below(self._remarks)

    def _on_stop(self) -> None:
        job = self._jobs.shown
        if job is not None:
            self._jobs.stop(job.number)
