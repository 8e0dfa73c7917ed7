"""Validation: caseworkers look at a sample of cases, say what is wrong, judge the wash, and somebody signs the version of the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QStackedWidget, QTabBar, QWidget

from engine.errors import N_
from engine.service.messages import (
    CaseDetails,
    CaseQuery,
    DecideStep,
    DrawSample,
    LookAt,
    RemoveComment,
    Sample,
    SampledCase,
    SignData,
    ValidationQuery,
    ValidationRoom,
    WithdrawSignature,
    WriteComment,
)
from engine.validation.words import standing_sentence
from gui.store import Store
from gui.validation.comment_side import CommentSide
from gui.validation.sample_bar import SampleBar
from gui.validation.sign_view import SignView
from gui.validation.stage import TURNS, CaseStage
from gui.validation.wash_view import WashView
from gui.widgets.data_page import DataPage
from gui.widgets.definition import explain
from gui.widgets.elided import ElidedLabel
from gui.widgets.error_words import error_sentence
from gui.widgets.parts import button, column, framed, icon_label, label, row, set_picture, surface
from gui.widgets.sided import Sided
from gui.widgets.state_card import StateCard

SAMPLE, WASH, SIGNATURE = range(3)
TABS = (N_("Sample of cases"), N_("Steps of the wash"), N_("Signature"))
LOOKING, WRITING, DRAWING = N_("Looking up how the validation stands"), N_("Keeping what was said"), N_("Drawing the sample")
Write = WriteComment | RemoveComment | DecideStep | SignData | WithdrawSignature


class ValidationPage(DataPage):
    """Three views of one validation: the sample, the wash, the signature."""

    title = LOOKING

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._room: ValidationRoom | None = None
        self._sample: Sample | None = None
        self._details: CaseDetails | None = None
        self._place = 0
        self.heading, self.standing = label("page_title"), ElidedLabel("secondary", Qt.TextElideMode.ElideRight)
        self._standing_sign = icon_label("triangle-alert", store.tokens.caution, 16)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for _words in TABS:
            self.tabs.addTab("")
        self.bar, self.stage, self.comments = SampleBar(store), CaseStage(store), CommentSide(store)
        self.wash, self.signature = WashView(store), SignView(store)
        self.empty, self.no_steps = StateCard(store), StateCard(store)
        self._keeping, self._keep_now = label("body", wrap=True), button("small")
        self._build()
        self._connect()
        self.ready()

    # ---- building ------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        head = row(10)
        head.addWidget(self.heading)
        head.addSpacing(4)
        head.addWidget(self._standing_sign)
        head.addWidget(self.standing, 1)
        head.addWidget(self.tabs)
        self._note = framed("caution")
        inside = row(10, (16, 8, 8, 8))
        inside.addWidget(self._keeping, 1)
        inside.addWidget(self._keep_now)
        self._note.setLayout(inside)
        top = QWidget()
        above = column(12, (20, 18, 20, 12))
        above.addLayout(head)
        above.addWidget(self._note)
        top.setLayout(above)
        self.sided = Sided(self.store, self._sample_view(), self.comments)
        self.views = QStackedWidget()
        self.views.addWidget(self.sided)
        self.views.addWidget(self._padded(self.wash, self.no_steps))
        self.views.addWidget(self._padded(self.signature))
        outer = column()
        outer.addWidget(top)
        outer.addWidget(self.views, 1)
        self.content.setLayout(outer)

    def _sample_view(self) -> QWidget:
        held = surface("page")
        self._shown = QStackedLayout()
        layout = column(12, (20, 0, 20, 16))
        layout.addWidget(self.bar)
        layout.addLayout(self._shown, 1)
        held.setLayout(layout)
        for shown in (self.empty, self.stage):  # only now: the first is shown at once, and would be a window of its own
            self._shown.addWidget(shown)
        return held

    def _padded(self, *widgets: QWidget) -> QWidget:
        held = surface("page")
        layout = column(0, (20, 0, 20, 16))
        for widget in widgets:
            layout.addWidget(widget)
        held.setLayout(layout)
        return held

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self.views.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _view: self.tabs.updateGeometry())
        self.bar.draw_wanted.connect(self.draw)
        self.stage.turner.turn_wanted.connect(self.turn)
        self.stage.turner.comment_wanted.connect(self.begin_comment)
        self.comments.close_wanted.connect(partial(self.stage.table.setFocus, Qt.FocusReason.OtherFocusReason))
        self.stage.table.turn_wanted.connect(self.turn)
        self.stage.table.comment_wanted.connect(self.begin_comment)
        self.stage.step_chosen.connect(self._on_step)
        self.comments.said.connect(self._say)
        self.comments.removed.connect(lambda number: self._write(RemoveComment(number), self.comments.show_problem))
        self.wash.decided.connect(lambda question: self._write(question, self.wash.show_problem))
        self.wash.import_wanted.connect(partial(self._trigger, "import_extracts"))
        self.signature.sign_wanted.connect(lambda by: self._write(SignData(by), self.signature.show_problem))
        self.signature.withdraw_wanted.connect(lambda: self._write(WithdrawSignature(), self.signature.show_problem))
        self._keep_now.clicked.connect(partial(self._trigger, "save_project"))
        self.store.saved_changed.connect(self._on_saved)

    def _say(self, question: WriteComment) -> None:
        self._write(question, self.comments.show_problem, partial(self.comments.kept, question.number))

    def _trigger(self, name: str) -> None:
        """Run an action of the window."""
        for action in self.window().actions():
            if action.objectName() == name:
                action.trigger()

    # ---- the room ------------------------------------------------------------------------------------------------------------

    def question(self) -> ValidationQuery:
        """How the validation stands; it is about all cases, whatever the filters."""
        return ValidationQuery()

    def is_empty(self, answer: ValidationRoom) -> bool:
        """A log without cases has nothing to validate."""
        return answer.version.cases == 0

    def show_answer(self, answer: ValidationRoom) -> None:
        """Show how it stands; the sample that was drawn last is drawn again."""
        self._take_room(answer)
        if self._sample is None and answer.draw is not None:
            self.draw(DrawSample(answer.draw.n, answer.draw.method, answer.draw.seed))

    def clear(self) -> None:
        """Forget everything that came from the project."""
        self._room, self._sample, self._details, self._place = None, None, None, 0
        self.stage.show_case(None, None)
        self.comments.clear()
        self.wash.show_room(None)
        self.signature.show_room(None)
        self.signature.by.clear()
        self.bar.seed.clear()
        self.stage.turner.show_place(0, 0)
        self.standing.set_full_text("")
        self._shown.setCurrentWidget(self.empty)
        self.tabs.setCurrentIndex(SAMPLE)

    def _take_room(self, room: ValidationRoom) -> None:
        self._room = room
        self.store.set_standing(room.standing)
        self.wash.show_room(room)
        self.signature.show_room(room)
        self._show_comments()
        self.retranslate()

    def _write(self, question: Write, on_problem: Callable[[str], None], then: Callable[[], None] | None = None) -> None:
        """Keep what was said, and show how the validation stands then, or why it was not kept."""

        def on_kept(room: ValidationRoom) -> None:
            if then is not None:
                then()
            self._take_room(room)

        self.store.jobs.ask(question, on_kept, lambda error: on_problem(error_sentence(self.store.texts, error)), WRITING, keep=True)

    def _on_saved(self) -> None:
        """The log has become a project: what is said is kept from now on."""
        if self._is_open:
            self.refresh()

    # ---- the sample ----------------------------------------------------------------------------------------------------------

    def draw(self, question: DrawSample) -> None:
        """Draw a sample."""
        self.store.jobs.ask(question, self._on_sample, title=DRAWING)

    def _on_sample(self, sample: Sample) -> None:
        self._sample, self._place = sample, 0
        self.bar.show_sample(sample)
        self._shown.setCurrentWidget(self.stage)
        self._show_case()

    @property
    def case(self) -> SampledCase | None:
        """The case on show."""
        cases = self._sample.cases if self._sample is not None else ()
        return cases[self._place] if self._place < len(cases) else None

    def turn(self, by: int) -> None:
        """Show the case after (1) or before (-1)."""
        n = len(self._sample.cases) if self._sample is not None else 0
        place = max(0, min(n - 1, self._place + by))
        if n and place != self._place:
            self._place = place
            self._show_case()

    def _show_case(self) -> None:
        case = self.case
        if case is None:
            return
        self._details = None
        self.stage.show_case(case, None)
        self.stage.turner.show_place(self._place, len(self._sample.cases) if self._sample is not None else 0)
        self._show_comments()
        self.store.jobs.ask(CaseQuery(case.case), self._on_case)

    def _on_case(self, details: CaseDetails) -> None:
        case = self.case
        if case is None or details.query.case != case.case:
            return
        self._details = details
        self.stage.show_case(case, details)
        self._show_comments()
        if self.isVisible() and self.tabs.currentIndex() == SAMPLE and not self.comments.text.hasFocus():
            self.stage.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.store.jobs.ask(LookAt(case.case), self._take_room, keep=True)

    def _show_comments(self) -> None:
        case, room = self.case, self._room
        if case is None or room is None:
            return
        own = tuple(comment for comment in room.comments if comment.case == case.case)
        names = tuple(event.activity for event in self._details.events) if self._details is not None else ()
        self.stage.show_comments(own)
        self.comments.show_case(case.case, names, own, can_keep=room.can_keep)

    def _on_step(self) -> None:
        step = self.stage.step
        self.comments.show_step(step, self.stage.model.name(step) if step is not None else "")

    def begin_comment(self) -> None:
        """Show the comments, and let the keyboard write one."""
        self.sided.set_wanted(True)
        self.comments.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and page down turn the cases wherever the keyboard is; Esc goes back from the comments to the case."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and self.tabs.currentIndex() == SAMPLE:
            self.turn(TURNS[key])
        elif key == Qt.Key.Key_Escape and self.comments.isAncestorOf(self.focusWidget() or self):
            self.sided.set_wanted(False)
            self.stage.table.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write the texts."""
        super().retranslate()
        texts, room = self.store.texts, self._room
        self.heading.setText(texts("Validation"))
        for place, words in enumerate(TABS):
            self.tabs.setTabText(place, texts(words))
        self.tabs.setAccessibleName(texts("Validation"))
        self.empty.show_state(
            "badge-check",
            N_("No sample yet"),
            N_("Draw a sample of cases, look at them with those who do the work, and note what is wrong."),
            action=N_("Draw sample"),
            on_action=lambda: self.draw(self.bar.question()),
        )
        self.no_steps.show_state(
            "database",
            N_("No wash made these data"),
            N_("They were opened as they are. Import extracts by a recipe, and its steps stand here."),
            action=N_("Import extracts …"),
            on_action=partial(self._trigger, "import_extracts"),
        )
        has_steps = self.wash.model.rowCount() > 0
        self.wash.setVisible(has_steps)
        self.no_steps.setVisible(not has_steps)
        if room is not None:
            self.standing.set_full_text(standing_sentence(room.standing, texts, self.store.timezone))
            explain(self.standing, texts("Validation"), [
                texts("This stands on every map, model and table that leaves Sagsflow."),
                texts("Version of the data: {version}", version=room.version.sha256),
            ])  # fmt: skip
        self._write_keeping()
        self._show_sign()

    def _write_keeping(self) -> None:
        """Say where comments are not kept, and how they would be."""
        texts, room = self.store.texts, self._room
        self._note.setVisible(room is not None and not room.can_keep)
        read_only = room is not None and room.is_project
        self._keeping.setText(
            texts("This project can only be read: comments and signatures are not kept. Save a copy to keep them.")
            if read_only
            else texts("Comments and signatures are kept in a project, encrypted. Save the log as one first.")
        )
        self._keep_now.setText(texts("Save as encrypted project …"))

    def _show_sign(self) -> None:
        signed = self._room is not None and self._room.standing.signed
        name, colour = ("badge-check", self.store.tokens.kept) if signed else ("triangle-alert", self.store.tokens.caution)
        set_picture(self._standing_sign, name, colour, self.sizes.icon_text)
        self._standing_sign.setVisible(self._room is not None)

    def restyle(self) -> None:
        """Take the sign's colour."""
        self._show_sign()
