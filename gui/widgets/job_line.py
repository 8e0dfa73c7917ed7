"""What a dialog shows of its question under way: a bar, a sentence and Stop, once it has taken a moment."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from engine.texts import Texts
from gui.jobs import SHOW_AFTER, JobStatus


def show_job(status: JobStatus | None, texts: Texts, bar: QProgressBar, doing: QLabel, stop: QPushButton) -> None:
    """Show how far a question has come; nothing without one, or while it is young."""
    shown = status is not None and time.monotonic() - status.started >= SHOW_AFTER
    for part in (bar, doing, stop):
        part.setVisible(shown)
    if status is not None and shown:
        bar.setRange(0, 0 if status.fraction is None else 1000)
        bar.setValue(round(1000 * (status.fraction or 0)))
        doing.setText(texts(status.message or status.title, **status.values))
