"""The steps that treat what tells of persons are filled in like the others."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.texts import Texts
from engine.washing import values
from gui.dialogs.import_step import FIELDS, StepDialog
from gui.dialogs.import_words import MEANINGS, NAMES, detail_of, name_of
from gui.store import Store
from tests.gui.window_world import World, world

__all__ = ["world"]

STEPS: tuple[values.AnyStep, ...] = (
    values.AgeBand(column="Født", into="Alder", on="2025-01-01", bands=(18, 67), format="%d%m%Y"),
    values.KeywordActivity(column="Notat", table={"cv": "CV drøftet"}, into="Trin 2", otherwise="Trin"),
    values.CaseworkerOrder(column="Sagsbehandler", into="Led", word="Nr."),
)
COLUMNS = ("Sag", "Trin", "Født", "Notat", "Sagsbehandler")


def test_every_step_of_a_recipe_has_words_and_fields() -> None:
    kinds = set(values.AnyStep.__args__)
    assert kinds == set(NAMES) == set(MEANINGS) == set(FIELDS)


def test_a_step_of_a_recipe_is_shown_and_keeps_what_the_dialog_does_not_ask(qtbot: QtBot, world: World) -> None:
    store: Store = world.window.store
    for step in STEPS:
        dialog = StepDialog(store, type(step), step, COLUMNS, {}, None)
        qtbot.addWidget(dialog)
        assert dialog.step() == step
        assert name_of(step, Texts("da")) != name_of(step, Texts("en"))
        assert "→" in detail_of(step, Texts("da"))
        empty = StepDialog(store, type(step), None, COLUMNS, {}, None)
        qtbot.addWidget(empty)
        assert empty.step() is None and not empty.accept_button.isEnabled()
