"""Keyboard and help: every action with its shortcut, straight from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from engine.errors import N_
from gui.actions import Actions
from gui.dialogs.frame import DialogFrame, run
from gui.store import Store
from gui.widgets.parts import label

BESIDE, GUTTER = 3, 24
"""The grid column at which the second half of the list begins, and the px between the halves beside the spacing."""


class HelpDialog(DialogFrame):
    """A list of actions and keys, in two columns."""

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None) -> None:
        super().__init__(store, N_("Keyboard and help"), parent, accept=N_("Close"), cancel="")
        texts = store.texts
        lead = texts("Everything can be reached with the keyboard. Ctrl+K finds every step, page and action.")
        self.body.addWidget(label("secondary", lead, wrap=True))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 14, 0)
        grid.setVerticalSpacing(8)
        grid.setHorizontalSpacing(16)
        lines = [(action.text(), action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)) for action in actions.all()]
        lines = [line for line in lines if line[1]]
        lines += [
            (texts("Go to the next control"), "Tab"),
            (texts("Walk along the strongest path of the map"), texts("Arrow keys")),
            (texts("Walk the paths of a step of the map"), texts("Shift and arrow keys")),
            (texts("Show the numbers of a step or path of the map"), "Enter"),
            (texts("Zoom the map or a preview, show the whole of it"), "+   −   0"),
            (texts("Find a step on the map"), "/"),
            (texts("Move a step of the map"), texts("Alt and arrow keys")),
            (texts("Move a slider by one"), texts("Arrow keys")),
            (texts("Validation: previous and next case"), "←   →"),
            (texts("Validation: comment on the case or step"), "K"),
            (texts("Playback: play and pause"), texts("Space")),
            (texts("Playback: move the moment, change the speed"), texts("Arrow keys")),
        ]
        height = -(-len(lines) // 2)
        for i, (words, keys) in enumerate(lines):
            column = i // height * BESIDE
            grid.addWidget(label("body", words), i % height, column)
            grid.addWidget(label("key", keys), i % height, column + 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(BESIDE, 1)
        grid.setColumnMinimumWidth(BESIDE - 1, GUTTER)
        grid.setRowStretch(height, 1)
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.body.addWidget(scroll, 1)
        self.take_size((920, 790), (1240, 940))


def show_help(store: Store, actions: Actions, parent: QWidget | None) -> None:
    """Show the list until the user closes it."""
    run(HelpDialog(store, actions, parent))
