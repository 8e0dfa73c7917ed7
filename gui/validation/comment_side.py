"""Beside the stage: what caseworkers say of the case and its steps, and the form in which they say it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from engine.errors import N_
from engine.service.messages import WriteComment
from engine.texts import NARROW_SPACE
from engine.validation.values import LONGEST_ROLE, Comment, CommentKind
from engine.validation.words import KINDS, day_of
from gui.store import Store
from gui.widgets.parts import button, clear_layout, code_label, column, framed, hairline, label, row
from gui.widgets.side_panel import SidePanel

TEXT_HEIGHT = (92, 130)
"""Px of the field for what is said: on a desk, on a projector."""
FIELDS = (N_("It is about"), N_("What is it"), N_("In your own words"), N_("Who says it"))


class CommentSide(SidePanel):
    """The comments on one case, and a form for the next."""

    said = Signal(object)
    """A WriteComment that was written or changed."""
    removed = Signal(int)

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._case = ""
        self._step: int | None = None
        self._step_name = ""
        self._editing: Comment | None = None
        self._comments: tuple[Comment, ...] = ()
        self._names: tuple[str, ...] = ()
        self._can_keep = False
        self.title, self._none = label("card_title"), label("small", wrap=True)
        self._list = column(8)
        self._form = QWidget()
        self.form_title = label("small_label")
        self.about, self.kind, self.text, self.by = QComboBox(), QComboBox(), QPlainTextEdit(), QLineEdit()
        self._about_label, self._kind_label, self._text_label, self._by_label = (label("small_label") for _ in range(4))
        self._hint, self.problem = label("least", wrap=True), label("breached", wrap=True)
        self.keep, self.cancel = button("primary"), button("text")
        self.by.setMaxLength(LONGEST_ROLE)
        self.text.setTabChangesFocus(True)
        self.text.installEventFilter(self)
        self.keep.clicked.connect(self._on_keep)
        self.cancel.clicked.connect(self._end_edit)
        self.by.returnPressed.connect(self._on_keep)
        self._build()
        self.ready()

    def _build(self) -> None:
        inner = column(4)
        inner.addWidget(self.form_title)
        inner.addSpacing(4)
        fields = ((self._about_label, self.about), (self._kind_label, self.kind), (self._text_label, self.text), (self._by_label, self.by))
        for words, field in fields:
            inner.addWidget(words)
            inner.addWidget(field)
            inner.addSpacing(6)
            words.setBuddy(field)
        inner.addWidget(self._hint)
        inner.addWidget(self.problem)
        buttons = row(12, (0, 6, 0, 0))
        buttons.addWidget(self.keep)
        buttons.addWidget(self.cancel)
        buttons.addStretch()
        inner.addLayout(buttons)
        self._form.setLayout(inner)
        self.body.addWidget(self.title)
        self.body.addSpacing(8)
        self.body.addWidget(self._none)
        self.body.addLayout(self._list)
        self.body.addSpacing(12)
        self._line = hairline()
        self.body.addWidget(self._line)
        self.body.addSpacing(12)
        self.body.addWidget(self._form)
        self.body.addStretch()
        self.problem.hide()
        self.cancel.hide()

    # ---- what it is about ----------------------------------------------------------------------------------------------------

    def show_case(self, case: str, names: tuple[str, ...], comments: tuple[Comment, ...], *, can_keep: bool) -> None:
        """The comments on a case, whose steps have these names; without a place to keep them nothing can be written."""
        if case != self._case:
            self._case, self._step, self._step_name = case, None, ""
            self._end_edit()
        self._names, self._comments, self._can_keep = names, comments, can_keep
        self.retranslate()

    def show_step(self, step: int | None, name: str) -> None:
        """A step was chosen on the stage, or none: what is written next is about it."""
        self._step, self._step_name = step, name
        if self._editing is None:
            self._fill_about(whole=step is None)

    def show_problem(self, words: str) -> None:
        """Say why a comment was not kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def begin(self) -> None:
        """The keyboard goes to what is said."""
        self.text.setFocus(Qt.FocusReason.TabFocusReason)

    def clear(self) -> None:
        """Forget the case and what was being written."""
        self._end_edit()
        self.by.clear()
        self.show_case("", (), (), can_keep=False)

    def kept(self, number: int) -> None:
        """The comment of this number (0: a new one) is kept. Where it stood in the form, that is empty again, but for who writes."""
        if number == (self._editing.number if self._editing is not None else 0):
            self._end_edit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter in the text keeps the comment."""
        if watched is self.text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._on_keep()
                return True
        return super().eventFilter(watched, event)

    # ---- writing -------------------------------------------------------------------------------------------------------------

    def question(self) -> WriteComment:
        """What the form says."""
        editing = self._editing
        return WriteComment(
            case=self._case,
            step=self.about.currentData(),
            kind=CommentKind(self.kind.currentData()),
            text=self.text.toPlainText(),
            by=self.by.text(),
            settled=editing.settled if editing is not None else False,
            number=editing.number if editing is not None else 0,
        )

    def _on_keep(self) -> None:
        if self._can_keep and self._case:
            self.show_problem("")
            self.said.emit(self.question())

    def _edit(self, comment: Comment) -> None:
        self._editing = comment
        self._fill_about(whole=comment.step is None)
        self.kind.setCurrentIndex(self.kind.findData(comment.kind.value))
        self.text.setPlainText(comment.text)
        self.by.setText(comment.by)
        self.show_problem("")
        self.retranslate()
        self.begin()

    def _end_edit(self) -> None:
        self._editing = None
        self.text.clear()
        self.kind.setCurrentIndex(0)
        self.show_problem("")
        self.retranslate()

    def _settle(self, comment: Comment) -> None:
        settled = not comment.settled
        self.said.emit(WriteComment(comment.case, comment.step, comment.kind, comment.text, comment.by, settled, comment.number))

    # ---- texts ---------------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write comments and form."""
        texts = self.store.texts
        self.title.setText(texts("Comments on the case"))
        nothing = texts("Nobody has said anything about this case yet.")
        self._none.setText(nothing if self._case else texts("What is said about a case stands here once a sample is drawn."))
        self._none.setVisible(not self._comments)
        self._form.setVisible(self._can_keep and bool(self._case))
        self._line.setVisible(self._can_keep and bool(self._case))
        self.form_title.setText(texts("Change the comment") if self._editing else texts("New comment"))
        for target, words in zip((self._about_label, self._kind_label, self._text_label, self._by_label), FIELDS, strict=True):
            target.setText(texts(words))
        for field, words in zip((self.about, self.kind, self.text, self.by), FIELDS, strict=True):
            field.setAccessibleName(texts(words))
        self.by.setPlaceholderText(texts("caseworker, team 2"))
        self._hint.setText(texts("Write a role, never a name. Numbers, names, e-mail and telephones of people are refused."))
        self.keep.setText(texts("Keep the change") if self._editing else texts("Keep the comment"))
        self.keep.setToolTip(texts("Ctrl+Enter"))
        self.cancel.setText(texts("Cancel"))
        self.cancel.setVisible(self._editing is not None)
        self._fill_kinds()
        self._fill_about(whole=self.about.currentData() is None)
        self._fill_list()

    def restyle(self) -> None:
        """Take the height of the field for text."""
        self.text.setFixedHeight(TEXT_HEIGHT[self.store.appearance.is_large])

    def _fill_kinds(self) -> None:
        chosen = self.kind.currentData()
        self.kind.clear()
        for kind, words in KINDS.items():
            self.kind.addItem(self.store.texts(words), kind.value)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))

    def _fill_about(self, *, whole: bool) -> None:
        """The case as a whole, and the step that is chosen or was commented on; whole: which of them is meant."""
        editing = self._editing
        step = editing.step if editing is not None else self._step
        name = self._step_name if editing is None else self._name_of(step)
        self.about.clear()
        self.about.addItem(self.store.texts("The whole case"), None)
        if step is not None:
            self.about.addItem(self.store.texts("Step {n}: {step}", n=step + 1, step=name), step)
            self.about.setCurrentIndex(0 if whole else 1)

    def _name_of(self, step: int | None) -> str:
        return self._names[step] if step is not None and step < len(self._names) else ""

    def _fill_list(self) -> None:
        clear_layout(self._list)
        for comment in self._comments:
            self._list.addWidget(self._card(comment))

    def _card(self, comment: Comment) -> QFrame:
        texts = self.store.texts
        card = framed("note")
        inner = column(4, (12, 10, 12, 8))
        top = row(8)
        top.addWidget(label("caution_tag" if comment.is_open else "tag", texts(KINDS[comment.kind])))
        if comment.settled:
            top.addWidget(label("least", texts("answered")))
        top.addStretch()
        inner.addLayout(top)
        if comment.step is not None:
            named = texts("Step {n}: {step}", n=comment.step + 1, step=self._name_of(comment.step))
            step = code_label("small_strong", wrap=True)
            step.setText(named)
            inner.addWidget(step)
        if comment.text:
            inner.addWidget(label("body", comment.text, wrap=True))
        day = day_of(comment.changed_at or comment.at, texts, self.store.timezone).replace(" ", NARROW_SPACE)
        inner.addWidget(label("least", f"{comment.by} · {day}", wrap=True))
        if self._can_keep:
            inner.addLayout(self._buttons(comment))
        card.setLayout(inner)
        card.setAccessibleName(f"{texts(KINDS[comment.kind])}. {comment.text}. {comment.by}")
        return card

    def _buttons(self, comment: Comment) -> QHBoxLayout:
        texts, line = self.store.texts, row(14)
        wanted = [(texts("Edit"), partial(self._edit, comment)), (texts("Remove"), partial(self.removed.emit, comment.number))]
        if comment.kind is not CommentKind.AGREES:
            wanted.append((texts("Open again") if comment.settled else texts("Answered"), partial(self._settle, comment)))
        for words, run in wanted:
            made = button("text", words)
            made.clicked.connect(run)
            line.addWidget(made)
        line.addStretch()
        return line
