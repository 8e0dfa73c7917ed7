"""The first page: recent projects, opening a file, the demo, and the card that unlocks what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from engine.errors import N_
from gui.actions import Actions
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.choice_card import ChoiceCard
from gui.widgets.panel import Panel
from gui.widgets.parts import button, clear_layout, column, framed, icon_label, iconed, label, row, set_icon, set_picture
from gui.widgets.state_card import ErrorCard
from gui.widgets.unlock_card import FILE, PROJECT, Notes, UnlockCard

LINK_HEIGHT = 26
CONDEMNED = -1.0
"""Stands for when a project was saved whose deletion was interrupted."""
LEFT_WIDTH, RIGHT_WIDTH, GAP = 680, 440, 80
NARROW, NARROW_GAP = 1240, 32
"""Px of width below which both sides stand closer, and how close."""
RIGHT_SHARE = 0.42
TOP, LOW, LOW_TOP = 96, 860, 28
"""Px above both sides, the height below which it is less, and how much it is then."""
VERSION = "0.1.0"
APPEARANCES = {
    Appearance.LIGHT: N_("Appearance: light"),
    Appearance.DARK: N_("Appearance: dark"),
    Appearance.PROJECTOR: N_("Appearance: projector"),
}


class _Facts(QObject):
    """Looks at recent projects outside the window's thread: a far drive may take its time."""

    found = Signal(str, object)
    """A path, and when it was last saved (POSIX seconds; None when it is gone, CONDEMNED when its deletion was interrupted)."""

    def look(self, paths: tuple[str, ...]) -> None:
        """Look at each path."""
        for path in paths:
            QThreadPool.globalInstance().start(self._looker(path))

    def _looker(self, path: str) -> Callable[[], None]:
        def look() -> None:
            try:
                manifest = Path(path) / "manifest.json"
                saved: float | None = (manifest if manifest.exists() else Path(path)).stat().st_mtime
                if (Path(path) / "deleting.json").exists():
                    saved = CONDEMNED
            except OSError:
                saved = None
            with suppress(RuntimeError):  # the window closed meanwhile
                self.found.emit(path, saved)

        return look


class WelcomePage(Panel):
    """What stands in the window while nothing is open."""

    chosen = Signal(str)
    """A recent project: its path."""
    delete_wanted = Signal(str)
    """A recent project that is past its day: its path."""

    def __init__(self, store: Store, actions: Actions) -> None:
        super().__init__(store, "page")
        self._actions = actions
        self._cards: dict[str, ChoiceCard] = {}
        self._saved: dict[str, float | None] = {}
        self._shown_overdue: object = None
        self._facts = _Facts(self)
        self._facts.found.connect(self._on_found)
        self._logo = icon_label("logo", store.tokens.accent, 44)
        self._name = label("logo", "Sagsflow")
        self._lead = label("lead", wrap=True)
        self._recent_title = label("card_title")
        self._forget = button("text")
        self._forget.clicked.connect(self._on_forget)
        self._no_recent = label("secondary", wrap=True)
        self._open = button()
        self._open.clicked.connect(actions["open_file"].trigger)
        self._open_project = button()
        self._open_project.clicked.connect(actions["open_project"].trigger)
        self._import = button("text")
        self._import.clicked.connect(actions["import_extracts"].trigger)
        self._key = button("text")
        self._key.clicked.connect(actions["my_key"].trigger)
        self._demo_title = label("card_title")
        self._demo_line = label("small", wrap=True)
        self.demo = ChoiceCard(store, "")
        self.demo.clicked.connect(actions["open_demo"].trigger)
        self.unlock_card = UnlockCard(store)
        self.error_card = ErrorCard(store)
        self.error_card.hide()
        self.error_card.next_button.clicked.connect(actions["open_file"].trigger)
        self.error_card.next_button.show()
        self._intro_title = label("card_title", wrap=True)
        self._build()
        self.set_target(None)
        self.ready()
        self.refresh()

    # ---- building ------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        sides = self._sides = row(GAP)
        sides.addStretch(1)
        sides.addWidget(self._left(), 1000)
        sides.addWidget(self._right())
        sides.addStretch(1)
        layout = column(0, (40, TOP, 40, 24))
        layout.addLayout(sides)
        layout.addStretch(1)
        layout.addLayout(self._footer())
        self.setLayout(layout)

    def _left(self) -> QWidget:
        self._recent, self._overdue = column(10), column(8)
        head = row(14)
        head.addWidget(self._logo)
        head.addWidget(self._name)
        head.addStretch()
        recent_head = row(8)
        recent_head.addWidget(self._recent_title)
        recent_head.addStretch()
        recent_head.addWidget(self._forget)
        buttons = row(8)
        buttons.addWidget(self._open)
        buttons.addWidget(self._open_project)
        buttons.addStretch()
        more = row(8)
        more.addWidget(self._import)
        more.addWidget(self._key)
        more.addStretch()
        more.addStrut(LINK_HEIGHT)
        demo = row(12)
        demo.addWidget(self.demo)
        demo.addStretch()
        left = column(0)
        lists = ((recent_head, 10), (self._no_recent, 0), (self._overdue, 0), (self._recent, 16))
        parts = ((head, 14), (self._lead, 34), *lists, (buttons, 4), (more, 18))
        for part, gap in parts:
            _append(left, part)
            left.addSpacing(gap)
        for part, gap in ((self._demo_title, 4), (self._demo_line, 12), (demo, 0)):
            _append(left, part)
            left.addSpacing(gap)
        left.addStretch()
        made = QWidget()
        made.setLayout(left)
        made.setMinimumWidth(380)
        self._left_side = made
        return made

    def _right(self) -> QWidget:
        self._intro = framed()
        inside = column(8, (32, 28, 32, 28))
        inside.addWidget(self._intro_title)
        inside.addWidget(Notes(self.store))
        self._intro.setLayout(inside)
        right = column(12)
        right.addWidget(self._intro)
        right.addWidget(self.error_card)
        right.addWidget(self.unlock_card)
        right.addStretch()
        made = QWidget()
        made.setLayout(right)
        made.setFixedWidth(RIGHT_WIDTH)
        self._right_side = made
        return made

    def _footer(self) -> QHBoxLayout:
        self._offline_icon = icon_label("wifi-off", self.store.tokens.ink_2, 16)
        self._offline, self._version = label("small"), label("small")
        self._language, self._appearance, self._licences = button("quiet"), button("quiet"), button("text")
        for choice in (self._language, self._appearance, self._licences):
            choice.setProperty("low", "true")
        self._language.clicked.connect(self._actions["language"].trigger)
        self._appearance.clicked.connect(self._on_appearance_wanted)
        self._licences.clicked.connect(self._actions["about"].trigger)
        line = row(8)
        line.addStretch(1)
        inner = QWidget()
        self._footer_inner = inner
        inside = row(8)
        for widget in (self._offline_icon, self._offline):
            inside.addWidget(widget)
        inside.addSpacing(12)
        inside.addWidget(self._version)
        inside.addStretch()
        for choice in (self._language, self._appearance, self._licences):
            inside.addSpacing(12)
            inside.addWidget(choice)
        inner.setLayout(inside)
        line.addWidget(inner, 1000)
        line.addStretch(1)
        return line

    # ---- what is chosen ------------------------------------------------------------------------------------------------------

    def set_target(self, path: str | None, name: str = "") -> None:
        """Show the unlock card for a path, or no card."""
        self.error_card.hide()
        self.unlock_card.setVisible(path is not None)
        self._intro.setVisible(path is None)
        for known, card in self._cards.items():
            card.set_chosen(known == path)
        if path is not None:
            self.unlock_card.set_target(name or Path(path).stem, title=PROJECT if Path(path).is_dir() else FILE)
            self.unlock_card.passphrase.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, title: str, message: str, details: str) -> None:
        """Say what went wrong with an opening (ready sentences)."""
        self._intro.hide()
        self.error_card.show_error(title, message, details)
        self.error_card.show()
        self.error_card.next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.unlock_card.hide()
        for card in self._cards.values():
            card.set_chosen(False)

    def refresh(self) -> None:
        """Show the recent projects anew."""
        clear_layout(self._recent)
        self._cards.clear()
        paths = self.store.settings.values.recent[:4]
        for path in paths:
            card = ChoiceCard(self.store, "lock" if Path(path).suffix != ".csv" else "file-text")
            card.clicked.connect(lambda _checked=False, path=path: self.chosen.emit(path))
            self._recent.addWidget(card)
            self._cards[path] = card
        self._forget.setVisible(bool(paths))
        self._no_recent.setVisible(not paths)
        self._write_cards()
        self._facts.look(paths)
        self._write_overdue()

    def _on_found(self, path: str, saved: float | None) -> None:
        self._saved[path] = saved
        self._write_cards()
        self._write_overdue()

    def _write_cards(self) -> None:
        texts = self.store.texts
        for path, card in self._cards.items():
            if path not in self._saved:
                right = ""
            elif (saved := self._saved[path]) is None:
                right = texts("not found")
            elif saved == CONDEMNED:
                right = texts("being deleted")
            else:
                right = _day(saved, self.store)
            card.show_texts(Path(path).stem, str(Path(path).parent), right)

    def overdue(self) -> tuple[tuple[str, str], ...]:
        """Recent projects that should be gone: path and day (ISO), "" where the deletion has begun already."""
        days, today = self.store.settings.values.deadlines, date.today().isoformat()
        there = [path for path in self._cards if self._saved.get(path) is not None]
        late = [(path, days[path]) for path in there if days.get(path, today) < today and self._saved[path] != CONDEMNED]
        return (*((path, "") for path in there if self._saved[path] == CONDEMNED), *late)

    def _write_overdue(self) -> None:
        """Name the projects that should be gone, each with the way to delete it."""
        shown = (self.overdue(), self.store.texts.language, self.store.appearance)
        if shown == self._shown_overdue:
            return
        self._shown_overdue = shown
        clear_layout(self._overdue)
        self._overdue.setContentsMargins(0, 0, 0, 12 if shown[0] else 0)
        for path, day in shown[0]:
            self._overdue.addWidget(self._overdue_line(path, day))

    def _overdue_line(self, path: str, day: str) -> QWidget:
        texts, name = self.store.texts, Path(path).name
        said = texts("{name} should have been deleted by {date}.", name=name, date="-".join(reversed(day.split("-"))))
        if not day:
            said = texts("The deletion of {name} was interrupted.", name=name)
        made = button("small", texts("Delete …") if day else texts("Finish …"))
        made.setAccessibleName(f"{made.text()} {name}")
        made.clicked.connect(lambda: self.delete_wanted.emit(path))
        box = framed("caution")
        inner = row(10, (14, 8, 8, 8))
        inner.addWidget(icon_label("triangle-alert", self.store.tokens.caution, self.sizes.icon_text))
        inner.addWidget(label("body", said, wrap=True), 1)
        inner.addWidget(made)
        box.setLayout(inner)
        return box

    def _on_forget(self) -> None:
        self.store.settings.forget_recent()
        self.set_target(None)
        self.refresh()

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self._lead.setText(
            texts("See how the cases really move. Everything stays on this computer: the program uses no network and sends nothing.")
        )
        self._recent_title.setText(texts("Recent projects"))
        self._forget.setText(texts("Clear the list"))
        self._no_recent.setText(texts("Projects that you open are listed here. Their content is not."))
        self._open.setText(iconed(texts("Open file …")))
        self._open_project.setText(iconed(texts("Open project folder …")))
        self._import.setText(texts("Import extracts …"))
        self._demo_title.setText(texts("Try without data of your own"))
        self._demo_line.setText(texts("Made-up cases that resemble real ones. No passphrase needed."))
        self.demo.show_texts(texts("Placements"), texts("{n} cases · synthetic data", n=9000))
        self._offline.setText(texts("Works offline"))
        self._version.setText(texts("Version {version}", version=VERSION))
        self._language.setText(texts("Change language (Dansk)"))
        self._appearance.setText(texts(APPEARANCES[self.store.appearance]))
        self._intro_title.setText(texts("How the data are looked after"))
        self.error_card.next_button.setText(texts("Choose another file …"))
        self._licences.setText(texts("Licences"))
        self._key.setText(texts("My key …"))
        self._write_cards()
        self._write_overdue()

    def _on_appearance_wanted(self) -> None:
        """The next one of light, dark and projector."""
        every = list(Appearance)
        self.store.set_appearance(every[(every.index(self.store.appearance) + 1) % len(every)])

    def restyle(self) -> None:
        """Take icons and widths."""
        tokens = self.store.tokens
        wide = self.store.appearance is Appearance.PROJECTOR
        self._footer_inner.setMaximumWidth(LEFT_WIDTH + GAP + RIGHT_WIDTH + (240 if wide else 0))
        self._left_side.setMaximumWidth(LEFT_WIDTH + 120 if wide else LEFT_WIDTH)
        self._share_room()
        self.demo.setFixedWidth(360 if wide else 260)
        set_picture(self._logo, "logo", tokens.accent, 56 if wide else 44)
        set_picture(self._offline_icon, "wifi-off", tokens.ink_2, self.sizes.icon_text)
        set_icon(self._open, "folder-open", tokens.ink_2, self.sizes.icon_text)
        set_icon(self._open_project, "folder", tokens.ink_2, self.sizes.icon_text)
        for card in (*self._cards.values(), self.demo):
            card.updateGeometry()


    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        wanted = RIGHT_WIDTH + 120 if self.store.appearance is Appearance.PROJECTOR else RIGHT_WIDTH
        narrow = self.width() < NARROW
        self._sides.setSpacing(NARROW_GAP if narrow else GAP)
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(40, LOW_TOP if self.height() < LOW else TOP, 40, 24)
        self._right_side.setFixedWidth(min(wanted, int(RIGHT_SHARE * self.width())) if narrow else wanted)


def _append(layout: QVBoxLayout, part: QWidget | QLayout) -> None:
    if isinstance(part, QWidget):
        layout.addWidget(part)
    else:
        layout.addLayout(part)


def _day(seconds: float, store: Store) -> str:
    """When a project was saved: today, yesterday or the date."""
    days = (datetime.now().date() - datetime.fromtimestamp(seconds).date()).days
    if days == 0:
        return store.texts("saved today")
    if days == 1:
        return store.texts("saved yesterday")
    return store.texts.date(int(seconds * 1e6), store.timezone)
