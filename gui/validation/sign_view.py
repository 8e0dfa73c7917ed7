"""The signature: which version of the data it is for, what it rests on, who gives it, and those that were given before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLayout, QLineEdit, QScrollArea, QWidget

from engine.errors import N_
from engine.service.messages import ValidationRoom
from engine.validation.values import LONGEST_ROLE, Comment, DataVersion, Signature, short
from engine.validation.words import KINDS, moment_of, standing_sentence
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import button, clear_layout, column, framed, hairline, icon_label, label, row, set_picture

MOST_OBJECTIONS = 40
"""Open objections that are listed; the others are counted."""
FIELD = (340, 460)
"""Px of the field for role and unit: on a desk, on a projector."""
FACTS = (N_("Version of the data"), N_("Cases and events"), N_("Cases that were looked at"), N_("Comments"), N_("Open objections"))


class SignView(Panel):
    """What a signature would rest on, the form, and the history."""

    sign_wanted = Signal(str)
    withdraw_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._room: ValidationRoom | None = None
        self._standing, self._sign = label("card_title", wrap=True), icon_label("badge-check", store.tokens.accent, 20)
        self._facts, self._history, self._objections = QGridLayout(), column(10), column(6)
        self._by_label, self._note = label("small_label"), label("small", wrap=True)
        self.problem, self.barred = label("breached", wrap=True), label("body", wrap=True)
        self.by = QLineEdit()
        self.by.setMaxLength(LONGEST_ROLE)
        self.sign, self.withdraw = button("primary"), button("plain")
        self._history_title, self._objections_title = label("card_title"), label("card_title")
        self.sign.clicked.connect(self._on_sign)
        self.by.returnPressed.connect(self._on_sign)
        self.withdraw.clicked.connect(self.withdraw_wanted)
        self._build()
        self.ready()

    def _build(self) -> None:
        card = framed()
        inner = column(10, (20, 16, 20, 16))
        head = row(10)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._standing, 1)
        inner.addLayout(head)
        inner.addLayout(self._facts)
        self._facts.setHorizontalSpacing(24)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        inner.addWidget(hairline())
        inner.addWidget(self._by_label)
        line = row(12)
        line.addWidget(self.by)
        line.addWidget(self.sign)
        line.addWidget(self.withdraw)
        line.addStretch()
        inner.addLayout(line)
        inner.addWidget(self.barred)
        inner.addWidget(self.problem)
        inner.addWidget(self._note)
        card.setLayout(inner)
        self._by_label.setBuddy(self.by)
        self.problem.hide()
        self._objections_card = _titled(self._objections_title, self._objections)
        held = QWidget()
        held.setProperty("kind", "scrolled")
        inside = column(12)
        for part in (card, self._objections_card, _titled(self._history_title, self._history)):
            inside.addWidget(part)
        inside.addStretch()
        held.setLayout(inside)
        area = QScrollArea()
        area.setWidget(held)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column()
        layout.addWidget(area)
        self.setLayout(layout)

    def show_room(self, room: ValidationRoom | None) -> None:
        """Show how the validation stands."""
        self._room = room
        self.retranslate()

    def show_problem(self, words: str) -> None:
        """Say why the data were not signed."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _on_sign(self) -> None:
        if self.sign.isEnabled() and not self.sign.isHidden():
            self.show_problem("")
            self.sign_wanted.emit(self.by.text())

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write everything."""
        texts, room = self.store.texts, self._room
        self._by_label.setText(texts("Who signs, by role and unit"))
        self.by.setAccessibleName(self._by_label.text())
        self.by.setPlaceholderText(texts("head of team 2"))
        self.sign.setText(texts("Sign the data"))
        self.withdraw.setText(texts("Withdraw the signature"))
        self._note.setText(
            texts(
                "The signature is for this version of the data, and is printed on all that leaves. "
                "Other data or another recipe are unsigned."
            )
        )
        self._history_title.setText(texts("Versions and signatures"))
        self._objections_title.setText(texts("Open objections"))
        signed = room is not None and room.standing.signed
        can_sign = room is not None and room.can_keep and not room.standing.synthetic
        for part in (self.by, self.sign, self._by_label):
            part.setVisible(can_sign and not signed)
        self.withdraw.setVisible(can_sign and signed)
        self.sign.setEnabled(room is not None and not room.rejected)
        self.barred.setText(texts("The data cannot be signed: a step of the wash was rejected. Change it in the import first."))
        self.barred.setVisible(can_sign and not signed and room is not None and bool(room.rejected))
        clear_layout(self._facts)
        clear_layout(self._history)
        clear_layout(self._objections)
        if room is not None:
            self._standing.setText(standing_sentence(room.standing, texts, self.store.timezone))
            self._write_facts(room)
            self._write_objections(room)
            self._write_history(room)
        self.restyle()

    def _write_facts(self, room: ValidationRoom) -> None:
        texts, version = self.store.texts, room.version
        counts = {kind: sum(comment.kind is kind for comment in room.comments) for kind in KINDS}
        said = " · ".join(f"{texts(words)} {texts.number(counts[kind])}" for kind, words in KINDS.items() if counts[kind])
        values = (
            f"{short(version.sha256)}…",
            texts("{cases} cases · {events} events", cases=version.cases, events=version.events),
            texts.number(len(room.looked_at)),
            said or texts("none"),
            texts.number(sum(comment.is_open for comment in room.comments)),
        )
        for place, (name, value) in enumerate(zip(FACTS, values, strict=True)):
            self._facts.addWidget(label("secondary", texts(name)), place, 0)
            self._facts.addWidget(label("body_strong", value, wrap=True), place, 1)

    def _write_objections(self, room: ValidationRoom) -> None:
        texts = self.store.texts
        waiting = [comment for comment in room.comments if comment.is_open]
        self._objections_card.setVisible(bool(waiting))
        for comment in waiting[:MOST_OBJECTIONS]:
            self._objections.addWidget(label("body", self._objection(comment), wrap=True))
        if len(waiting) > MOST_OBJECTIONS:
            self._objections.addWidget(label("small", texts("and {n} more", n=len(waiting) - MOST_OBJECTIONS)))

    def _objection(self, comment: Comment) -> str:
        texts = self.store.texts
        where = comment.case if comment.step is None else texts("{case}, step {n}", case=comment.case, n=comment.step + 1)
        return f"{texts(KINDS[comment.kind])} · {where}: {comment.text} ({comment.by})"

    def _write_history(self, room: ValidationRoom) -> None:
        for version in reversed(room.versions):
            own = [one for one in room.signatures if (one.version, one.recipe) == (version.sha256, version.recipe)]
            self._history.addWidget(self._version(version, own, is_now=version == room.version))

    def _version(self, version: DataVersion, signatures: list[Signature], *, is_now: bool) -> QWidget:
        texts, zone = self.store.texts, self.store.timezone
        holder, inner = QWidget(), column(2)
        counts = texts("{cases} cases · {events} events", cases=version.cases, events=version.events)
        head = f"{short(version.sha256)}… · {counts} · {texts('since {moment}', moment=moment_of(version.at, texts, zone))}"
        inner.addWidget(label("body_strong" if is_now else "body", f"{head} ({texts('the data now')})" if is_now else head, wrap=True))
        for one in reversed(signatures):
            rests = (
                texts.plural("{n} case looked at", "{n} cases looked at", one.cases),
                texts.plural("{n} comment", "{n} comments", one.comments),
                texts.plural("{n} open objection", "{n} open objections", one.objections),
            )
            said = texts("Signed {moment} by {by}", moment=moment_of(one.at, texts, zone), by=one.by)
            gone = f" {texts('Withdrawn {moment}.', moment=moment_of(one.withdrawn_at, texts, zone))}" if one.withdrawn_at else ""
            inner.addWidget(label("small", f"{said}: {', '.join(rests)}.{gone}", wrap=True))
        if not signatures:
            inner.addWidget(label("small", texts("Never signed.")))
        holder.setLayout(inner)
        return holder

    def restyle(self) -> None:
        """Take the sign's colour and the field's width."""
        tokens, room = self.store.tokens, self._room
        signed = room is not None and room.standing.signed
        name, colour = ("badge-check", tokens.kept) if signed else ("triangle-alert", tokens.caution)
        set_picture(self._sign, name, colour, self.sizes.icon_rail)
        self.by.setFixedWidth(FIELD[self.store.appearance.is_large])


def _titled(title: QWidget, content: QLayout) -> QWidget:
    card = framed()
    inner = column(8, (20, 16, 20, 16))
    inner.addWidget(title)
    inner.addLayout(content)
    card.setLayout(inner)
    return card
