"""A picture that leaves says whether its data are validated, whatever its format and language."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.service.messages import MapQuery, ProjectFacts
from engine.texts import Texts
from engine.validation.values import Standing
from gui.map.document import MapDocument, facts_of
from gui.map.export import ExportKind, export_bytes
from gui.map.style import map_style
from gui.theme import Appearance, load_fonts
from tests.gui.map_example import example_answer
from tests.gui.map_world import opened_log
from tests.gui.test_map_export import guarded, svg_texts

pytestmark = pytest.mark.usefixtures("qapp")
SIGNED = Standing(signed=True, version="3fa2" + "0" * 60, at="2026-11-21T09:30:00+00:00", by="leder af team 2")


def page(standing: Standing, language: str, synthetic: bool = False) -> MapDocument:
    load_fonts()
    facts = ProjectFacts("Placeringer", "Ventetid", "LAB § 9", "2030-01-01", synthetic)
    opened = replace(opened_log(), facts=facts, standing=standing)
    told = facts_of(opened, MapQuery(), Texts(language), "Europe/Copenhagen")
    answer = guarded(MapQuery(guarded=True, language=language))
    return MapDocument(answer, told, Texts(language), map_style(Appearance.LIGHT, figures=False))


@pytest.mark.parametrize(
    ("standing", "language", "sentence"),
    [
        (Standing(), "da", "Data er ikke valideret."),
        (Standing(), "en", "The data are not validated."),
        (SIGNED, "da", "Data valideret 21.11.2026 af leder af team 2, version 3fa200000000…"),
        (SIGNED, "en", "Data validated 21 Nov 2026 by leder af team 2, version 3fa200000000…"),
    ],
)
def test_a_map_says_whether_its_data_are_validated(standing: Standing, language: str, sentence: str) -> None:
    made = page(standing, language)
    content = export_bytes(made, ExportKind.SVG)
    assert sentence in " ".join(svg_texts(content))
    assert sentence in made.description
    assert sentence in content.decode("utf-8")
    assert made.facts.assured is standing.signed


def test_made_up_data_say_that_and_nothing_else() -> None:
    for standing in (Standing(), Standing(synthetic=True), SIGNED):
        said = " ".join(svg_texts(export_bytes(page(standing, "da", synthetic=True), ExportKind.SVG)))
        assert "Syntetiske data: sagerne er opdigtede." in said
        assert "valideret" not in said


def test_exact_numbers_for_oneself_carry_the_mark_too() -> None:
    load_fonts()
    told = facts_of(opened_log(), MapQuery(), Texts("en"), "UTC")
    made = MapDocument(example_answer(MapQuery(language="en")), told, Texts("en"), map_style(Appearance.PROJECTOR, figures=False))
    assert "The data are not validated." in made.description
