"""The panel on the map of objects: which types are shown, how many steps and paths, what that leaves out, and the legend."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from engine.object_map.values import ObjectType
from engine.service.messages import ObjectMapAnswer
from gui.map.controls import AmountSlider
from gui.map.folding_panel import FoldingPanel
from gui.map.object_scene import kind_words, object_legend, signs_of
from gui.map.object_words import counting_sentence, shown_sentence
from gui.map.strand_painter import paint_sign
from gui.map.strands import Sign
from gui.map.style import MapStyle, map_style
from gui.map.words import left_out_sentence
from gui.store import Store
from gui.widgets.definition import explain
from gui.widgets.parts import button, clear_layout, column, label

SIGN_PX = 16


class SignView(QWidget):
    """A type's square with its letter, as it stands on the cards."""

    def __init__(self, sign: Sign, style: MapStyle) -> None:
        super().__init__()
        self._sign, self._style = sign, style
        side = round(SIGN_PX * style.scale)
        self.setFixedSize(QSize(side, side))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sign(painter, self._sign, QRectF(self.rect()), self._style)


def sign_icon(sign: Sign, style: MapStyle) -> QIcon:
    """A type's square with its letter as an icon, sharp on fine screens too."""
    side, fine = round(SIGN_PX * style.scale), 2
    pixmap = QPixmap(QSize(1, 1) * side * fine)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(fine, fine)
    paint_sign(painter, sign, QRectF(0, 0, side, side), style)
    painter.end()
    pixmap.setDevicePixelRatio(fine)
    return QIcon(pixmap)


class ObjectControls(FoldingPanel):
    """Upper left on the map of objects."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.answer: ObjectMapAnswer | None = None
        self._types: tuple[ObjectType, ...] = ()
        self.boxes: dict[str, QCheckBox] = {}
        self.types_name = label("small_label")
        self._type_rows = column(6)
        self.steps, self.paths = AmountSlider(), AmountSlider()
        self.coverage, self.left_out, self.counting = label("small_strong", wrap=True), label("small", wrap=True), label("small", wrap=True)
        self.show_default = button("text")
        self.frame(self._build_choices(), (self.coverage, self.left_out, self.show_default, self.counting))
        self.steps.moved.connect(lambda n: self.store.change_view(object_steps=n))
        self.paths.moved.connect(lambda n: self.store.change_view(object_paths=n))
        self.show_default.clicked.connect(lambda: self.store.change_view(object_steps=None, object_paths=None))
        store.view_changed.connect(self._on_view)
        self.ready()

    def _build_choices(self) -> QVBoxLayout:
        inner = column(0)
        inner.addWidget(self.types_name)
        inner.addSpacing(6)
        inner.addLayout(self._type_rows)
        inner.addSpacing(8)
        self.section(inner)
        inner.addWidget(self.steps)
        inner.addSpacing(8)
        inner.addWidget(self.paths)
        inner.addSpacing(8)
        return inner

    def captions(self) -> tuple[QLabel, ...]:
        """The sentences that say what is shown."""
        return self.coverage, self.left_out, self.counting

    def show_answer(self, answer: ObjectMapAnswer | None) -> None:
        """Show the types, the amounts and the legend of the map that is on the screen."""
        self.answer = answer
        if answer is not None and answer.map.types != self._types:
            self._types = answer.map.types
            self._write_types()
        self._write_answer()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        self.types_name.setText(texts("Types of objects"))
        self.steps.name.setText(texts("Steps"))
        self.paths.name.setText(texts("Paths"))
        self.show_default.setText(texts("Default view"))
        self.counting.setText(counting_sentence(texts))
        self.write_fold(texts("What the map shows"), texts("Show coverage and legend only"))
        self._write_types()
        self._write_answer()

    def restyle(self) -> None:
        """Take sizes and colours."""
        super().restyle()
        self._write_types()

    def _write_types(self) -> None:
        """A row for each type: whether it is shown, its sign, its name and number."""
        focused = next((name for name, box in self.boxes.items() if box.hasFocus()), "")
        clear_layout(self._type_rows)
        self.boxes = {}
        style, signs, texts = map_style(self.store.appearance), signs_of(self._types), self.store.texts
        for one in self._types:
            box = QCheckBox(kind_words(one, texts))
            box.setAccessibleName(texts("Show {type}", type=kind_words(one, texts)))
            box.setToolTip(one.name)
            box.setChecked(one.name not in self.store.view.hidden_types)
            box.setIcon(sign_icon(signs[one.number], style))
            box.setIconSize(QSize(1, 1) * round(SIGN_PX * style.scale))
            box.toggled.connect(partial(self._on_type, one.name))
            self._type_rows.addWidget(box)
            self.boxes[one.name] = box
            if one.name == focused:
                box.setFocus()
        self._keep_one()

    def _on_type(self, name: str, shown: bool) -> None:
        hidden = tuple(one.name for one in self._types if (not shown if one.name == name else one.name in self.store.view.hidden_types))
        self.store.change_view(hidden_types=hidden)

    def _keep_one(self) -> None:
        """The last type that is shown cannot be switched off."""
        shown = [box for box in self.boxes.values() if box.isChecked()]
        for box in self.boxes.values():
            box.setEnabled(not (box.isChecked() and len(shown) == 1))

    def _write_answer(self) -> None:
        answer, texts, style = self.answer, self.store.texts, map_style(self.store.appearance)
        if answer is None:
            self.legend.show_legend(None, style)
        else:
            coverage, view = answer.map.coverage, self.store.view
            amounts = (
                (self.steps, view.object_steps, coverage.steps_shown, answer.steps_min, answer.steps_max),
                (self.paths, view.object_paths, coverage.paths_shown, answer.paths_min, answer.paths_max),
            )
            for slider, wanted, shown, least, most in amounts:
                place = shown if wanted is None else min(wanted, most)
                slider.show_amount(place, least, most, texts("{shown} of {all}", shown=shown, all=most))
            self.coverage.setText(shown_sentence(answer.map, texts))
            self.left_out.setText(left_out_sentence(coverage, texts))
            explain(self.coverage, texts("Coverage"), [counting_sentence(texts)])
            self.legend.show_legend(object_legend(answer, texts, with_types=self.collapsed), style)
        self.show_folded(self.coverage)
        self.left_out.setVisible(bool(self.left_out.text()))
        self.counting.setVisible(not self.collapsed)
        self._show_default()
        self.resized.emit()

    def _show_default(self) -> None:
        view = self.store.view
        self.show_default.setVisible(not self.collapsed and (view.object_steps is not None or view.object_paths is not None))

    def _on_view(self, names: frozenset[str]) -> None:
        if "hidden_types" in names:
            for name, box in self.boxes.items():
                with QSignalBlocker(box):
                    box.setChecked(name not in self.store.view.hidden_types)
            self._keep_one()
        self._show_default()
