"""Last month's recipe in the wizard: codes that its table does not know are told on the page of columns and beside the step."""

from __future__ import annotations

from pathlib import Path

from gui.dialogs.import_dialog import COLUMNS, WASH, ImportDialog
from tests.gui.import_walk import leave, next_page, on_page, walk
from tests.gui.window_world import World, world  # noqa: F401

RECIPE = """
[[tables]]
columns = ["sag", "kode", "tid"]
roles = { case = "sag", activity = "kode", timestamp = "tid" }

[[tables.steps]]
step = "map_values"
column = "kode"
table = { A10 = "Ansøgt", "Bevilling sendt" = "Bevilget" }
"""
APRIL = "sag;kode;tid\n" + "".join(
    f"S-{case};{code};{day}-04-2025 10:00\n" for case in range(6) for day, code in ((14, "A10"), (15, "Bevilling afsendt"))
)


def test_new_codes_are_told_on_the_page_of_columns_and_beside_the_step(world: World, tmp_path: Path) -> None:
    recipe, april = tmp_path / "r.toml", tmp_path / "april.csv"
    recipe.write_text(RECIPE, "utf-8")
    april.write_text(APRIL, "utf-8")

    def changed(dialog: ImportDialog) -> None:
        said = dialog.columns._changes.text()
        assert "ikke kender: Bevilling afsendt." in said and "ikke længere findes i april.csv: Bevilling sendt." in said

    def beside(dialog: ImportDialog) -> None:
        dialog.wash.steps.selectRow(0)
        assert dialog.wash._none.text() == (
            "1 værdi er ikke i tabellen. I flere sager: Bevilling afsendt. 1 værdi fra trinnet findes ikke. "
            "Findes ikke: Bevilling sendt. Bevilling sendt hedder måske nu Bevilling afsendt."
        )

    walk(world, [str(april)], lambda dialog: dialog.files.set_recipe(str(recipe)), next_page, on_page(COLUMNS), changed, next_page,
         on_page(WASH), beside, leave)  # fmt: skip
