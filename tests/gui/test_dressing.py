"""A change of appearance never holds the window up: it is worn part by part, what is in sight first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QMenu, QToolTip, QWidget

from gui.theme import Appearance, style_sheet
from gui.turns import Rank, Turns
from tests.gui.window_world import World, needs_demo, world  # noqa: F401


def test_what_is_seen_goes_first_and_nothing_is_done_twice_or_for_the_dead(qtbot: Any) -> None:
    turns, owner, dead = Turns(), QObject(), QObject()
    done: list[str] = []
    works = {name: (lambda name=name: done.append(name)) for name in ("hidden", "seen", "looks", "dead")}
    turns.add(Rank.HIDDEN, owner, works["hidden"])
    turns.add(Rank.SEEN, owner, works["seen"])
    turns.add(Rank.SEEN, owner, works["seen"])
    turns.add(Rank.SEEN_LOOKS, owner, works["looks"])
    turns.add(Rank.SEEN_LOOKS, dead, works["dead"])
    import shiboken6

    shiboken6.delete(dead)
    qtbot.waitUntil(lambda: turns.is_empty)
    assert done == ["looks", "seen", "hidden"]


@needs_demo
def test_an_appearance_is_worn_by_every_part_in_later_turns(world: World) -> None:
    world.open_demo()
    world.press("Ctrl+4")
    world.rest()
    world.store.set_appearance(Appearance.PROJECTOR)
    assert not world.store.turns.is_empty
    assert not world.window.updatesEnabled()
    world.wait(lambda: world.store.turns.is_empty)
    assert world.window.updatesEnabled()
    workspace = world.window.workspace
    assert workspace is not None
    parts: list[QWidget] = [workspace.rail, workspace.top_bar, workspace.filter_bar, workspace.strip, world.window.welcome]
    parts += [world.window.lock_page, workspace.page("map"), workspace.page("numbers")]
    assert {part.styleSheet() for part in parts} == {style_sheet(Appearance.PROJECTOR)}
    assert QApplication.instance().styleSheet() == ""  # type: ignore[union-attr]
    titles = [shown for shown in workspace.findChildren(QLabel) if shown.property("role") == "page_title" and shown.isVisible()]
    assert titles
    assert all(shown.font().pixelSize() == 30 for shown in titles)


def test_dialogs_menus_and_tooltips_are_dressed_too(world: World) -> None:
    window = world.window
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    assert dialog.styleSheet() == style_sheet(Appearance.LIGHT)
    dialog.close()
    plain = QDialog(window)
    field = QLineEdit(plain)
    plain.show()
    world.wait(lambda: field.minimumSizeHint().height() >= 32)
    plain.close()
    menu: QMenu = QMenu(window.welcome)
    menu.addAction("En handling")
    bare = QMenu()
    bare.addAction("En handling")
    assert menu.sizeHint().height() > bare.sizeHint().height()
    QToolTip.showText(window.mapToGlobal(window.rect().center()), "Et værktøjstip", window.welcome.demo)
    world.wait(lambda: any(shown.inherits("QTipLabel") for shown in QApplication.topLevelWidgets()))
    tip: QWidget = next(shown for shown in QApplication.topLevelWidgets() if shown.inherits("QTipLabel"))
    assert tip.font().pixelSize() == 12
    QToolTip.hideText()


def test_what_is_seen_speaks_the_new_language_at_once_and_the_rest_a_little_later(world: World) -> None:
    before = world.window.lock_page._why.text()
    world.store.set_language("en")
    assert world.window.welcome.demo.text() != ""
    assert world.window.lock_page._why.text() == before
    world.wait(lambda: world.window.lock_page._why.text() != before)
