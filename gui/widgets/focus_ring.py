"""The ring around what has the keyboard: 2 px of accent, 2 px outside the border."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from gui.store import Store

GAP, WIDTH, RADIUS = 2, 2, 8
KEYBOARD = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
INPUT = {
    QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin,
}  # fmt: skip
POINTED = {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
FIELDS = (QLineEdit, QPlainTextEdit)
OWN_RING, INNER_RING = "own_focus_ring", "inner_focus_ring"
BY_KEY = "last_input_was_a_key"


def last_input_was_a_key() -> bool:
    """Whether the user's last deed was a key press, not a press of the mouse: focus also moves when what has it is hidden."""
    application = QApplication.instance()
    return application is not None and application.property(BY_KEY) is True


class FocusRing(QWidget):
    """One ring for the whole application; it follows the keyboard focus and is never in the way of the mouse.

    It is the only one that sees every event, so it also passes keys and mouse on to `on_input`, which may swallow them (True).
    """

    def __init__(self, store: Store, on_input: Callable[[QEvent], bool]) -> None:
        super().__init__()
        self._store = store
        self._on_input = on_input
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def retire(self) -> None:
        """Stop watching: the window closes."""
        self._release()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the focus, and the place and size of what has it."""
        kind = event.type()
        if kind in INPUT:
            self._remember(kind)
            return self._on_input(event)
        if kind == QEvent.Type.FocusIn and isinstance(watched, QWidget) and isinstance(event, QFocusEvent):
            self._on_focus(watched, event.reason())
        elif watched is self._target and kind in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Destroy):
            self._release()
        elif self._target is not None and kind in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Scroll, QEvent.Type.LayoutRequest):
            self._follow()
        return False

    @staticmethod
    def _remember(kind: QEvent.Type) -> None:
        application = QApplication.instance()
        by_key = kind == QEvent.Type.KeyPress
        if application is not None and (by_key or kind in POINTED) and application.property(BY_KEY) is not by_key:
            application.setProperty(BY_KEY, by_key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._store.tokens.accent), WIDTH))
        inset = WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS + 3, RADIUS + 3)

    def _on_focus(self, widget: QWidget, reason: Qt.FocusReason) -> None:
        if widget.window().windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip) or widget.property(OWN_RING):
            self._release()
            return
        if reason not in KEYBOARD and not isinstance(widget, FIELDS):
            self._release()
            return
        around = widget.parentWidget()
        if isinstance(around, QComboBox) and isinstance(widget, QLineEdit):
            widget = around
        self._target = widget
        self.setParent(widget.window())
        self._follow()
        if self._target is not None:
            self.show()
            self.raise_()

    def _follow(self) -> None:
        """Lie around the target; let go of one that is out of sight."""
        target = self._target
        if target is None or not target.isVisible():
            self._release()
            return
        window = target.window()
        seen = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        out = 0 if isinstance(target, QAbstractItemView) or target.property(INNER_RING) else GAP + WIDTH
        self.setGeometry(seen.adjusted(-out, -out, out, out))

    def _release(self) -> None:
        self._target = None
        self.hide()
        self.setParent(None)
