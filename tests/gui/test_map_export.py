"""Exporting: what leaves the screen is the guarded twin, text stays text, files are whole, and the audit log knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace
from PySide6.QtCore import Qt, QThread
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.errors import BadInput
from engine.layout.values import Label
from engine.log.selection import HasActivity
from engine.process_map.values import END, START, Metric
from engine.service.messages import MapAnswer, MapQuery, ProjectFacts, RecordExport
from engine.texts import Texts
from gui.map.document import Facts, MapDocument, facts_of
from gui.map.export import ExportKind, export_bytes, file_name, to_image
from gui.map.export_dialog import ExportDialog
from gui.map.file_writing import sha256, write_whole
from gui.map.legend import make_legend
from gui.map.painter import lane_colour
from gui.map.scene import build_scene
from gui.map.style import map_style
from gui.map.words import describe, guard_changes, left_out_sentence
from gui.pages.map_page import MapPage
from gui.store import PathSelected, Store
from gui.theme import Appearance, load_fonts
from tests.gui.map_example import REFUSED, example_answer, number
from tests.gui.map_world import FakeJobs, make_store, opened_log

pytestmark = pytest.mark.usefixtures("qapp")
EXACT = ("8.318", "7.428", "6.383", "6.238", "5.851", "7.088", "1.812", "1.508", "586", "1.203", "7.233", "8.412", "9.000")


def guarded(query: MapQuery) -> MapAnswer:
    """The example with counts rounded to base 5 and one path left out, as the engine would."""
    answer = example_answer(query)
    if not query.guarded:
        return answer

    def near(count: int) -> int:
        return 5 * round(count / 5)

    paths = tuple(
        replace(path, cases=near(path.cases), occurrences=near(path.occurrences)) for path in answer.map.paths if path.target != REFUSED
    )
    counts = {(path.source, path.target): path.occurrences for path in paths}
    steps = tuple(
        replace(step, cases=near(step.cases), occurrences=near(step.occurrences), self_loops=near(step.self_loops))
        for step in answer.map.steps
    )
    lanes = tuple(
        replace(lane, label=_label(lane.label, number(counts[lane.source, lane.target])))
        for lane in answer.layout.lanes
        if (lane.source, lane.target) in counts
    )
    process_map = replace(answer.map, steps=steps, paths=paths, n_cases=8410, n_cases_all=8995, k=5)
    return replace(answer, map=process_map, layout=replace(answer.layout, lanes=lanes))


def _label(label: Label | None, text: str) -> Label | None:
    return replace(label, text=text) if label else None


def document(appearance: Appearance = Appearance.LIGHT, language: str = "da", answer: MapAnswer | None = None) -> MapDocument:
    load_fonts()
    query = MapQuery(guarded=True, projector=appearance is Appearance.PROJECTOR, language=language)
    facts = Facts("Placeringer & æøå", "Viser alle sager.", "21.11.2026", "Data gemt 20.11.2026.", synthetic=True)
    return MapDocument(answer or guarded(query), facts, Texts(language), map_style(appearance, figures=False))


def svg_texts(content: bytes) -> list[str]:
    """The texts of an SVG that is read as XML."""
    root = etree.fromstring(content)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("appearance", list(Appearance))
def test_svg_holds_names_title_and_guarded_numbers_as_text(appearance: Appearance) -> None:
    texts = svg_texts(export_bytes(document(appearance), ExportKind.SVG))
    assert "Placeringer & æøå" in texts
    for name in ("VITAS-ansøgning oprettet", "Rimelighed kontrolleret", "Returneret til virksomhed", "8.320", "8.410", "↻ 1.905"):
        assert name in texts, name
    whole = " ".join(texts)
    for words in ("Viser alle sager.", "8.410 af 8.995 sager", "21.11.2026", "Data gemt 20.11.2026.", "Ventetid, median"):
        assert words in whole, words


def test_svg_holds_no_exact_number_and_nothing_about_the_machine() -> None:
    content = export_bytes(document(), ExportKind.SVG)
    whole = " ".join(svg_texts(content))
    assert not [number for number in EXACT if re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", whole)]
    text = content.decode("utf-8")
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    assert not re.search(r"<(metadata|image)|20\d\d-\d\d-\d\dT", text)


def test_the_page_says_guard_synthetic_and_definition() -> None:
    load_fonts()
    made = document(language="en")
    assert "fewer than 5 cases" in made.guard_sentence()
    whole = " ".join(svg_texts(export_bytes(made, ExportKind.SVG)))
    assert "Synthetic data: the cases are made up." in whole
    assert "Half of the transitions take at most this long." in whole
    exact = document(language="en", answer=example_answer(MapQuery(language="en")))
    assert exact.guard_sentence() == "Exact numbers: for your own use only."


def test_pdf_is_one_page_and_png_has_the_size_and_no_words_inside() -> None:
    made = document()
    pdf = export_bytes(made, ExportKind.PDF)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    assert str(Path.home()).encode() not in pdf
    png = export_bytes(made, ExportKind.PNG, 2.0)
    image = QImage.fromData(png)
    assert (image.width(), image.height()) == (-(-made.width * 2 // 1), -(-made.height * 2 // 1))
    assert b"tEXt" not in png
    assert image.textKeys() == []


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The content of a PNG's chunks by kind."""
    found, at = {}, 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        found[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    return found


def pdf_facts(pdf: bytes) -> dict[str, str]:
    """The information dictionary of a PDF."""
    number = re.search(rb"/Info (\d+) 0 R", pdf[pdf.rindex(b"trailer") :])
    assert number is not None
    start = pdf.index(b"\n%s 0 obj" % number[1])
    facts = re.findall(rb"/(\w+) \(((?:[^()\\]|\\.)*)\)", pdf[start : pdf.index(b"endobj", start)], re.DOTALL)
    return {name.decode(): re.sub(rb"\\(.)", rb"\1", value).decode("utf-16") for name, value in facts}


def test_a_pdf_says_its_title_and_nothing_about_who_made_it_when_and_where() -> None:
    pdf = export_bytes(document(), ExportKind.PDF)
    assert pdf_facts(pdf) == {"Title": "Placeringer & æøå", "Creator": "Sagsflow"}
    assert b"/ID" not in pdf[pdf.rindex(b"trailer") :]
    packet = pdf[pdf.index(b"<?xpacket begin") : pdf.index(b"<?xpacket end")]
    root = etree.fromstring(packet.partition(b"?>")[2])
    assert "".join(root.itertext()) == "Placeringer & æøå"
    assert not [name for node in root.iter() for name in node.attrib if not name.endswith(("about", "lang"))]
    assert not re.search(rb"Qt|20\d\d-\d\d-\d\d|D:20\d\d|uuid", packet + pdf[: pdf.index(b"stream")])


def test_a_pdf_is_whole_after_its_origin_was_taken_out() -> None:
    """Every object still stands where the table of places says."""
    pdf = export_bytes(document(), ExportKind.PDF)
    table = int(pdf.rpartition(b"startxref")[2].split()[0])
    assert pdf[table : table + 4] == b"xref"
    places = re.findall(rb"(\d{10}) 00000 n", pdf[table:])
    assert len(places) > 10
    assert all(pdf[int(place) :].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, start=1))


def test_a_png_has_its_resolution_and_no_other_facts() -> None:
    assert set(chunks(export_bytes(document(), ExportKind.PNG, 1.0))) == {b"IHDR", b"pHYs", b"IDAT", b"IEND"}


def test_an_svg_says_its_title_and_what_it_shows() -> None:
    root = etree.fromstring(export_bytes(document(), ExportKind.SVG))
    facts = {node.tag.rpartition("}")[2]: node.text for node in root if node.tag.rpartition("}")[2] in ("title", "desc", "metadata")}
    assert set(facts) == {"title", "desc"} and facts["title"] == "Placeringer & æøå"
    assert not list(root.iter(etree.Comment)) and not list(root.iter(etree.ProcessingInstruction))


@pytest.mark.parametrize("kind", list(ExportKind))
def test_the_same_map_is_the_same_file_whenever_and_wherever_it_is_made(kind: ExportKind, monkeypatch: pytest.MonkeyPatch) -> None:
    first = export_bytes(document(), kind, 1.0)
    for name, value in (("TZ", "Asia/Tokyo"), ("USER", "mette"), ("HOSTNAME", "pc-1234"), ("SOURCE_DATE_EPOCH", "1000000000")):
        monkeypatch.setenv(name, value)
    QThread.msleep(1100)
    assert export_bytes(document(), kind, 1.0) == first
    assert not [word for word in (b"mette", b"pc-1234", str(Path.home()).encode(), getuser().encode()) if len(word) > 4 and word in first]


def test_a_huge_picture_is_made_smaller_not_refused() -> None:
    made = document()
    image = to_image(made, 400.0)
    assert image.width() * image.height() <= 61e6


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "kort æøå.svg"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert [one.name for one in tmp_path.iterdir()] == ["kort æøå.svg"]
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(BadInput, match="folder"):
        write_whole(folder, b"third")
    with pytest.raises(BadInput):
        write_whole(tmp_path / "missing" / "a.svg", b"x")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "kort æøå.svg"]


def test_file_names_have_no_forbidden_signs() -> None:
    assert file_name('A/B: "C"?', "proceskort", ExportKind.PDF) == "A B C proceskort.pdf"
    assert len(file_name("x" * 400, "y", ExportKind.SVG)) <= 124


def test_what_the_guard_changes_is_said_in_numbers() -> None:
    query = MapQuery(guarded=True)
    changes = guard_changes(example_answer().map, guarded(query).map, Texts("en"))
    assert "Counts are rounded to the nearest 5." in changes
    assert "1 path is left out: fewer than 5 cases." in changes
    assert not any("step" in change for change in changes)
    extremes = guard_changes(example_answer().map, replace(guarded(query).map, second=Metric.MAX), Texts("en"))
    assert "Shortest and longest give way to the 5% and 95% points." in extremes


def test_a_guarded_page_never_calls_the_5_and_95_per_cent_points_shortest_and_longest() -> None:
    made = guarded(MapQuery(guarded=True, language="en"))
    extremes = replace(made, map=replace(made.map, colour=Metric.MIN, second=Metric.MAX))
    whole = " ".join(svg_texts(export_bytes(document(language="en", answer=extremes), ExportKind.SVG)))
    for words in ("Waiting time, 5% point", "Waiting time, 95% point:", "One of twenty", "Nineteen of twenty"):
        assert words in whole, words
    for words in ("The shortest waiting time of", "The longest waiting time of", "Waiting time, shortest", "Waiting time, longest"):
        assert words not in whole, words
    assert make_legend(extremes, Texts("en"), map_style(Appearance.LIGHT)).title == "Waiting time, 5% point"
    tip = describe(extremes, PathSelected(3, 4), Texts("en"))
    assert "95% point" in tip
    assert "longest waiting time of" not in tip
    exact = example_answer(MapQuery(language="en"))
    exact = replace(exact, map=replace(exact.map, second=Metric.MAX))
    assert "The longest waiting time of a transition." in describe(exact, PathSelected(3, 4), Texts("en"))


def test_a_hidden_number_of_repetitions_is_grey_and_said_to_be_hidden() -> None:
    made = guarded(MapQuery(guarded=True, language="en"))
    paths = tuple(replace(path, max_repetitions=0) if (path.source, path.target) == (3, 4) else path for path in made.map.paths)
    shown = replace(made.map, paths=paths, colour=Metric.MAX_REPETITIONS, label=Metric.CASES, second=None, colour_breaks=(2, 3, 4, 5))
    answer, style = replace(made, map=shown), map_style(Appearance.LIGHT)
    scene = build_scene(answer, Texts("en"), style)
    assert scene.lane_by_key[3, 4].colour_class is None
    assert lane_colour(scene.lane_by_key[3, 4], scene.colour_is_time, style) == style.colour("mark_arc")
    assert scene.lane_by_key[4, 5].colour_class == 2
    assert make_legend(answer, Texts("en"), style).grey_words == "hidden: fewer than 5 cases"
    assert make_legend(replace(made, map=replace(shown, paths=made.map.paths)), Texts("en"), style).grey_words == ""
    said = "“Most repetitions in a case” is left out on 1 path: fewer than 5 cases reach it."
    assert said in guard_changes(example_answer().map, shown, Texts("en"))
    assert "Most repetitions in a case: hidden: fewer than 5 cases." in describe(answer, PathSelected(3, 4), Texts("en"))


def test_nothing_is_said_of_waiting_times_on_a_map_without_them() -> None:
    query = MapQuery(guarded=True)
    counts = replace(guarded(query).map, colour=Metric.CASES, label=Metric.CASES, second=None)
    assert not any("aiting" in change for change in guard_changes(example_answer().map, counts, Texts("en")))
    assert "Waiting times have at most three digits." in guard_changes(example_answer().map, guarded(query).map, Texts("en"))


def test_the_facts_come_from_the_project_or_the_file(tmp_path: Path) -> None:
    texts = Texts("en")
    log = opened_log()
    facts = facts_of(log, MapQuery(selection=replace(MapQuery().selection, filters=(HasActivity("Afslag"),))), texts, "UTC")
    assert facts.title == "placeringer"
    assert "Afslag" in facts.selection
    assert facts.saved == ""
    project = replace(log, facts=ProjectFacts("Placeringer", "p", "l", "2030-01-01", synthetic=True), saved_at="2026-11-20T13:05:00+00:00")
    named = facts_of(project, MapQuery(), texts, "UTC")
    assert (named.title, named.synthetic, named.saved) == ("Placeringer", True, "Data saved 20 Nov 2026 13:05.")


# ---- the dialog --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page whose engine guards."""
    load_fonts()
    store, jobs = make_store(tmp_path, "en")
    jobs.answers[MapQuery] = guarded
    page = MapPage(store)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    store.set_opened(opened_log())
    yield page, store, jobs
    page.close()


def opened_dialog(page: MapPage, qtbot: QtBot | None = None) -> ExportDialog:
    """The dialog as it opens; with qtbot, when the page can be saved."""
    page.bar.export.click()
    dialog = page.export_dialog
    assert dialog is not None
    if qtbot is not None:
        qtbot.waitUntil(dialog.save.isEnabled)
    return dialog


@pytest.mark.parametrize("kind", list(ExportKind))
def test_the_user_sees_a_preview_saves_and_the_audit_log_knows(
    world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot, tmp_path: Path, kind: ExportKind
) -> None:
    page, _store, jobs = world
    dialog = opened_dialog(page, qtbot)
    assert jobs.asked(MapQuery)[-1] == replace(page.query(), guarded=True)
    qtbot.waitUntil(lambda: dialog.preview.is_drawn)
    target = tmp_path / f"my map.{kind.value}"
    dialog.choose_path = lambda _name, _filter: str(target)
    dialog.kinds[kind].setChecked(True)
    with qtbot.waitSignal(dialog.exported) as said:
        dialog.save.click()
    assert said.args == [target.name]
    assert jobs.asked(RecordExport) == [RecordExport(kind.value, 5, sha256(target.read_bytes()))]
    assert page.toast.isVisible()
    assert page.export_dialog is None
    page.toast.hide()


def test_enter_saves_and_the_dialog_says_what_the_page_says(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot, tmp_path: Path) -> None:
    page, store, jobs = world
    dialog = opened_dialog(page, qtbot)
    assert dialog.document is not None
    not_drawn = left_out_sentence(dialog.document.answer.map.coverage, store.texts)
    assert not_drawn in [words.text() for words in dialog.findChildren(QLabel)]
    dialog.choose_path = lambda _name, _filter: str(tmp_path / "map.pdf")
    with qtbot.waitSignal(dialog.exported):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert len(jobs.asked(RecordExport)) == 1


def test_exact_and_exported_numbers_are_compared_before_saving(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    """By mouse or key; the page is there again with the same button."""
    dialog = opened_dialog(world[0], qtbot)
    model = dialog.table.model()
    assert dialog.each.text() == f"Compare {model.rowCount()} numbers" and model.rowCount() > 10
    dialog.each.setFocus()
    qtbot.keyClick(dialog.each, Qt.Key.Key_Space)
    assert dialog.table.isVisible() and dialog.each.text() == "Show the page"
    rows = [tuple(str(model.data(model.index(at, column))) for column in range(5)) for at in range(model.rowCount())]
    assert rows[0][3] == "left out" and rows[0][4] == "left out with its step"
    assert any(row[3].endswith(("0", "5")) and row[4] == "rounded to 5" for row in rows)
    dialog.each.click()
    assert dialog.preview.isVisible() and not dialog.table.isVisible()
    dialog.reject()


def test_the_ending_is_added_when_it_is_missing(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot, tmp_path: Path) -> None:
    page = world[0]
    dialog = opened_dialog(page, qtbot)
    names: list[str] = []
    dialog.choose_path = lambda name, _filter: (names.append(name), str(tmp_path / "v1.2"))[1]
    with qtbot.waitSignal(dialog.exported):
        dialog.save.click()
    assert names == ["placeringer process map.pdf"]
    assert (tmp_path / "v1.2.pdf").exists()


def test_cancelling_writes_nothing(world: tuple[MapPage, Store, FakeJobs], tmp_path: Path) -> None:
    page, _store, jobs = world
    dialog = opened_dialog(page)
    dialog.choose_path = lambda _name, _filter: ""
    dialog.save.click()
    dialog.cancel.click()
    assert jobs.asked(RecordExport) == []
    assert page.export_dialog is None
    assert not list(tmp_path.glob("*.pdf"))


def test_a_selection_that_is_too_small_is_refused_with_a_sentence(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, jobs = world
    jobs.held = True
    dialog = opened_dialog(page)
    assert not dialog.save.isEnabled()
    sentence = "The selection holds fewer than {k} cases, so it cannot leave the screen. Widen the filters."
    jobs.fail(max(jobs.waiting), BadInput(sentence, k=5))
    assert dialog.problem.isVisible()
    assert "fewer than 5 cases" in dialog.problem.text()
    assert not dialog.save.isEnabled()
    dialog.reject()


def test_an_unguarded_answer_is_never_written(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, jobs = world
    jobs.answers[MapQuery] = example_answer
    dialog = opened_dialog(page)
    assert dialog.document is None
    assert not dialog.save.isEnabled()
    dialog.reject()


def test_a_failed_write_keeps_the_dialog_open(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened_dialog(world[0], qtbot)
    dialog.choose_path = lambda _name, _filter: str(tmp_path / "nowhere" / "map.pdf")
    dialog.save.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "map.pdf" in dialog.problem.text()
    assert dialog.save.isEnabled()
    dialog.reject()
    assert START != END


def test_an_export_waits_for_the_map_that_is_on_its_way(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.held = True
    store.set_opened(opened_log())
    page.export_map()
    assert page.export_dialog is None
    jobs.held = False
    jobs.answer(max(jobs.waiting))
    dialog = page.export_dialog
    assert dialog is not None
    page.export_map()
    assert page.export_dialog is dialog
    dialog.reject()
