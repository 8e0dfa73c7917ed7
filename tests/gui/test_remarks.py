"""What the reader should know about the data is said in the window, not only in the shell."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.log.columns import Notice
from gui.jobs import Jobs
from gui.settings import Settings
from gui.store import Store
from gui.widgets.job_strip import JobStrip
from gui.widgets.popup import Definition
from tests.gui.window_world import opened, summary


def test_remarks_about_the_data_are_counted_and_read_out_on_a_click(qtbot: QtBot, tmp_path: Path) -> None:
    jobs = Jobs()
    store = Store(jobs, Settings(tmp_path))
    jobs.setParent(store)
    strip = JobStrip(store, jobs)
    qtbot.addWidget(strip)
    strip.resize(900, 28)
    strip.show()
    store.set_opened(opened(summary=summary()))
    assert not strip._remarks.isVisible()
    notice = Notice("{n} events have no time.", {"n": 1200})
    store.set_opened(opened(summary=replace(summary(), notices=(notice,))))
    assert strip._remarks.isVisible()
    qtbot.mouseClick(strip._remarks, Qt.MouseButton.LeftButton)
    (popup,) = strip.findChildren(Definition)
    said = "\n".join(shown.text() for shown in popup.findChildren(QLabel))
    assert store.texts.number(1200) in said
    popup.close()
