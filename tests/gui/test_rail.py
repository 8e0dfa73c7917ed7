"""The rail of a low window: every item is seen, and none lies over another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from gui.theme import Appearance
from gui.widgets.rail import Rail
from tests.gui.window_world import World, needs_demo, world  # noqa: F401


@needs_demo
@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.PROJECTOR])
def test_no_item_of_the_rail_lies_over_another_in_the_smallest_window(world: World, appearance: Appearance) -> None:
    world.open_demo()
    world.store.set_appearance(appearance)
    world.rest()
    for width, height in ((960, 640), (1440, 900)):
        world.window.resize(width, height)
        world.qtbot.wait(50)
        rail = world.window.findChild(Rail)
        places = [item.geometry() for item in rail.items if item.isVisible()]
        assert len(places) >= 9
        for above, below in pairwise(places):
            assert above.bottom() < below.top(), (width, appearance)
        assert places[-1].bottom() <= rail.height()
        assert rail.items[0].focusPolicy() == Qt.FocusPolicy.TabFocus
