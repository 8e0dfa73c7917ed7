"""Numbers that can explain themselves: hover or F1 on one says its definition, n, what was left out and the clock."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from gui.store import Store
from gui.widgets.popup import Definition

NAME = "definition_title"
LINES = "definition_lines"


def explain(widget: QWidget, title: str, lines: list[str]) -> None:
    """Give a number its explanation: a tooltip for the mouse, and the same in a popover for F1."""
    kept = [line for line in lines if line]
    widget.setProperty(NAME, title)
    widget.setProperty(LINES, kept)
    widget.setToolTip("\n".join((title, *kept)))
    widget.setAccessibleDescription(" ".join(kept))


def explained_at(widget: QWidget | None) -> QWidget | None:
    """The widget itself or the nearest one around it that explains a number."""
    while widget is not None and not widget.property(NAME):
        widget = widget.parentWidget()
    return widget


def show_definition(store: Store, parent: QWidget) -> bool:
    """Explain the number with the focus, or under the mouse; False when there is none."""
    application = QApplication.instance()
    under = QApplication.widgetAt(parent.cursor().pos()) if application else None
    target = explained_at(QApplication.focusWidget()) or explained_at(under)
    if target is None:
        return False
    Definition(store, parent, str(target.property(NAME)), list(target.property(LINES) or [])).show_below(target)
    return True
