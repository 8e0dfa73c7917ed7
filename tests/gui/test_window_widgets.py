"""The parts of the window on their own: looks, words, tables and small judgements."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from pytestqt.qtbot import QtBot

from engine.errors import BadInput
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.service.messages import (
    CaseColumn,
    CaseDetails,
    CaseEvent,
    CaseQuery,
    CaseRow,
    Cases,
    CasesQuery,
    FileKind,
    Variant,
    Variants,
    VariantsQuery,
)
from engine.texts import Texts
from gui.actions import ACTIONS
from gui.app import make_application
from gui.dialogs.new_project_dialog import RECIPIENT
from gui.item_models.case_model import CaseModel
from gui.item_models.paged_model import KEPT_PAGES, PAGE, WAITING
from gui.item_models.variant_model import VariantModel
from gui.pages.numbers_page import month_ticks
from gui.project_flow import is_encrypted
from gui.settings import Settings
from gui.store import Store
from gui.theme import RESOURCES, Appearance, apply_theme, font, load_fonts, pixmap, style_sheet
from gui.widgets.case_timeline import CaseTimeline
from gui.widgets.chevrons import Part, compare, places
from gui.widgets.error_words import error_details, error_sentence
from gui.widgets.new_passphrase import ENOUGH_BITS, strength_bits
from gui.widgets.password_field import caps_lock_is_on
from gui.widgets.selection_words import chip_words, selection_sentence
from gui.widgets.step_trail import StepTrail
from tests.gui.window_world import opened

DAY = 86_400_000_000


class Answers:
    """Jobs that answer case pages later, by hand."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, Any, Any]] = []

    def ask(self, question: Any, on_answer: Any, on_failed: Any = None, title: str = "", *, keep: bool = False) -> int:
        self.asked.append((question, on_answer, on_failed))
        return len(self.asked)

    def stop(self, number: int) -> None:
        raise AssertionError(number)


@pytest.fixture
def store(qtbot: QtBot, tmp_path: Path) -> Store:
    made = Store(Answers(), Settings(tmp_path))
    made.opened = opened(FileKind.LOG)
    return made


@pytest.mark.parametrize("appearance", list(Appearance))
def test_the_style_sheet_has_every_value_filled_in_and_every_picture_there(qtbot: QtBot, appearance: Appearance) -> None:
    sheet = style_sheet(appearance)
    assert "$" not in sheet
    for part in sheet.split('url("')[1:]:
        assert Path(part.split('"')[0]).is_file()


def test_figures_have_one_width_in_every_role(qtbot: QtBot) -> None:
    application = make_application()
    assert "Inter" in load_fonts()
    apply_theme(application, Appearance.LIGHT)
    for appearance in Appearance:
        for role in ("page_title", "body", "node_number", "axis"):
            metrics = QFontMetricsF(font(role, appearance))
            assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
            assert font(role, appearance).family() == "Inter"


def test_every_action_has_a_name_an_icon_and_its_own_keys(qtbot: QtBot) -> None:
    names = [spec.name for spec in ACTIONS]
    keys = [key for spec in ACTIONS for key in spec.keys]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    for spec in ACTIONS:
        image = pixmap(spec.icon, "#123456", 20).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(20) for y in range(20)), spec.icon


def test_every_icon_in_the_folder_is_used_somewhere() -> None:
    root = RESOURCES.parent
    code = "".join(path.read_text(encoding="utf-8") for path in (root / "gui").rglob("*.py"))
    code += (RESOURCES / "window.qss").read_text(encoding="utf-8").replace("$appearance", "light")
    code += "drop_dark drop_projector ticked_dark ticked_projector"
    unused = [path.stem for path in (RESOURCES / "icons").glob("*.svg") if path.stem not in code]
    assert unused == []


# ---- words -----------------------------------------------------------------------------------------------------------------------


def test_the_selection_is_one_plain_sentence() -> None:
    zone = "Europe/Copenhagen"
    period = StartedBetween(1_704_063_600_000_000, 1_704_063_600_000_000 + 366 * DAY)
    chosen = Selection((HasActivity("Afslag", keep=False), HasActivity("Ansøgning"), period))
    english, danish = Texts("en"), Texts("da")
    assert selection_sentence(Selection(), english, zone) == "Showing all cases."
    assert selection_sentence(chosen, english, zone) == (
        "Showing cases started from 1 Jan 2024 to 31 Dec 2024, with the step “Ansøgning” and without the step “Afslag”."
    )
    assert chip_words(period, danish, zone)[1] == "1.1.2024 – 31.12.2024"
    one_day = StartedBetween(period.first, period.first + DAY)
    assert chip_words(one_day, english, zone)[1] == "1 Jan 2024"


def test_details_to_copy_hold_no_content_and_no_traceback() -> None:
    try:
        raise ValueError("010190-1234")
    except ValueError as error:
        assert "010190" not in error_details(error) + error_sentence(Texts("da"), error)
    known = BadInput("The file {file} is empty.", file="a.csv")
    assert "file: a.csv" in error_details(known)


@pytest.mark.parametrize(
    ("text", "shift", "expected"), [("a", False, False), ("A", False, True), ("A", True, False), ("a", True, True), ("1", False, None)]
)
def test_caps_lock_shows_in_what_is_typed(text: str, shift: bool, expected: bool | None) -> None:
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    assert caps_lock_is_on(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, modifiers, text)) is expected


def test_weak_passphrases_are_weak_and_six_words_are_enough() -> None:
    for weak in ("", "a", "password", "aaaaaaaaaaaaaaaaaaaaaa", "sommer2026", "hest hest hest hest hest hest"):
        assert strength_bits(weak) < ENOUGH_BITS, weak
    five_words, letters_and_digits = "hest tavle kurv regn bold", "abcdefghij1234"
    for strong in ("halm tavle kurv regn bro nisse", "x8#Kq!vB2@pLm9Zw", "ras-hop-mus-tog-sne-bil", five_words, letters_and_digits):
        assert strength_bits(strong) >= ENOUGH_BITS, strong


@given(st.text(max_size=60), st.text(alphabet=string.ascii_letters, max_size=3))
def test_more_signs_never_make_a_passphrase_much_weaker(passphrase: str, more: str) -> None:
    assert 0 <= strength_bits(passphrase) < 1000
    assert strength_bits(passphrase + " " + more) >= 0


def test_recipients_are_told_from_other_keys() -> None:
    assert RECIPIENT.match("age1" + "q" * 58)
    assert not RECIPIENT.match("age1" + "b" * 58)
    assert not RECIPIENT.match("AGE-SECRET-KEY-1" + "Q" * 58)


def test_encrypted_files_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    for name, head, expected in (("a.csv", b"age-encryption.org/v1\n", True), ("b.age", b"case;activity\n", False),
                                 ("c", b"-----BEGIN AGE ENCRYPTED FILE-----", True), ("d", b"", False)):  # fmt: skip
        (tmp_path / name).write_bytes(head)
        assert is_encrypted(tmp_path / name) is expected
    assert is_encrypted(tmp_path)
    assert not is_encrypted(tmp_path / "gone")


# ---- variants --------------------------------------------------------------------------------------------------------------------

STEPS = st.lists(st.integers(0, 5), min_size=1, max_size=15)


@given(STEPS, STEPS)
def test_chevrons_hold_every_step_of_the_variant_in_order(main: list[int], variant: list[int]) -> None:
    chevrons = compare(main, variant)
    assert [code for code, part in chevrons if part is not Part.SKIPPED] == variant
    kept = sum(part is Part.AS_MAIN for _, part in chevrons)
    assert kept <= min(len(main), len(variant))
    if main == variant:
        assert {part for _, part in chevrons} == {Part.AS_MAIN}


@given(STEPS, STEPS, st.floats(60, 2000))
def test_chevrons_never_leave_their_cell_and_say_how_many_did_not_fit(main: list[int], variant: list[int], room: float) -> None:
    chevrons = compare(main, variant)
    rects, left_out = places(chevrons, room)
    assert len(rects) + left_out == len(chevrons)
    assert rects
    right = 0.0
    for rect in rects:
        assert rect.left() >= right
        right = rect.right()
    assert right <= room or len(rects) == 1
    assert QRectF(0, 0, room, 26).contains(rects[0]) or room < 60


def test_variants_are_fetched_page_by_page_and_stale_pages_are_dropped(store: Store) -> None:
    model = VariantModel(store)
    page = tuple(Variant(i + 1, 10, (0, 1), 60.0) for i in range(200))
    query = VariantsQuery()
    model.set_answer(Variants(query, 450, 4500, page, ((1, 0.1), (450, 1.0)), 3, 9), ("A", "B"))
    assert model.rowCount() == 200
    model.fetchMore(model.index(-1, -1))
    assert not model.canFetchMore(model.index(-1, -1))
    question, on_answer, _ = store.jobs.asked[-1]  # type: ignore[attr-defined]
    assert (question.offset, question.limit) == (200, 200)
    other = VariantsQuery(Selection((HasActivity("A"),)), 200)
    on_answer(Variants(other, 450, 4500, page, (), 1, 1))
    assert model.rowCount() == 200
    on_answer(Variants(question, 450, 4500, page, (), 1, 1))
    assert model.rowCount() == 400
    assert model.index(0, 4).data() == "1\u00a0min"


# ---- a million cases -------------------------------------------------------------------------------------------------------------


def case_rows(query: CasesQuery, n_cases: int) -> Cases:
    last = min(n_cases, query.offset + query.limit)
    rows = tuple(CaseRow(f"S-{i}", i * DAY, None, 60.0, 3, 1) for i in range(query.offset, last))
    return Cases(query, n_cases, rows)


def test_a_million_cases_ask_only_for_the_pages_in_sight(store: Store, qtbot: QtBot) -> None:
    model = CaseModel(store)
    first = model.first_question(Selection())
    model.set_answer(case_rows(first, 1_000_000))
    assert model.rowCount() == 1_000_000
    assert model.index(199, 0).data() == "S-199"
    jobs: Answers = store.jobs  # type: ignore[assignment]
    for row in range(0, 900_000, 1000):
        assert model.index(row + 400, 0).data() == WAITING
    qtbot.waitUntil(lambda: bool(jobs.asked))
    qtbot.wait(40)
    assert len(jobs.asked) <= 2
    assert jobs.asked[0][0].offset // PAGE == (899_000 + 400) // PAGE
    for question, on_answer, _ in list(jobs.asked):
        on_answer(case_rows(question, 1_000_000))
    assert model.index(899_400, 0).data() == "S-899400"
    assert model.index(999_999, 5).data() == WAITING
    qtbot.wait(40)


def test_memory_stays_small_while_scrolling_through_everything(store: Store, qtbot: QtBot) -> None:
    model = CaseModel(store)
    model.set_answer(case_rows(model.first_question(Selection()), 1_000_000))
    jobs: Answers = store.jobs  # type: ignore[assignment]
    for page in range(1, KEPT_PAGES * 2):
        model.want(page * PAGE)
        model._fetch()
        question, on_answer, _ = jobs.asked.pop()
        on_answer(case_rows(question, 1_000_000))
    model._fetcher.stop()
    assert len(model._pages) <= KEPT_PAGES


def test_pages_of_an_older_order_never_arrive(store: Store, qtbot: QtBot) -> None:
    model = CaseModel(store)
    model.set_answer(case_rows(model.first_question(Selection()), 1000))
    model.want(2 * PAGE)
    model._fetch()
    jobs: Answers = store.jobs  # type: ignore[assignment]
    question, on_answer, on_failed = jobs.asked.pop()
    model.sort_column, model.descending = CaseColumn.DURATION, True
    again = model.first_question(Selection())
    assert (again.sort, again.descending) == (CaseColumn.DURATION, True)
    model.set_answer(case_rows(again, 500))
    on_answer(case_rows(question, 1000))
    failed: list[Exception] = []
    model.failed.connect(failed.append)
    on_failed(BadInput("no"))
    assert model.row(400) is None
    assert failed == []
    model._fetcher.stop()


# ---- time axis -------------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 4_000_000_000), st.integers(1, 2_000_000_000))
def test_a_time_axis_has_few_ticks_inside_its_span(first: int, span: int) -> None:
    ticks = month_ticks(first, first + span, "Europe/Copenhagen", Texts("da"))
    assert 1 <= len(ticks) <= 8
    assert all(first <= at <= first + span for at, _ in ticks)
    assert [at for at, _ in ticks] == sorted(at for at, _ in ticks)


def test_the_events_of_a_case_show_the_time_of_day_only_where_their_stamps_tell_it(store: Store) -> None:
    noon = 1_772_449_200_000_000
    events = (
        CaseEvent("Ansøgning", noon, None, None, day_only=True),
        CaseEvent("Afgørelse", noon, None, None),
        CaseEvent("Klage", None, None, None),
    )
    timeline = CaseTimeline(store)
    timeline.show_case(CaseDetails(CaseQuery("S-1"), events))
    assert [entry.left for entry in timeline.entries] == ["2.3.2026", "2.3.2026 12.00", "–"]
    timeline.show_case(CaseDetails(CaseQuery("S-1"), events * 100))
    assert (len(timeline.entries), timeline.entries[-1].text) == (201, "og 100 hændelser mere")
    timeline.show_case(None)
    assert timeline.entries == ()


def test_the_steps_of_a_wizard_say_where_it_stands(qtbot: QtBot, store: Store) -> None:
    trail = StepTrail(store, ("Filer", "Kolonner", "Vask"))
    qtbot.addWidget(trail)
    assert (trail.now, trail.accessibleName()) == (0, "Trin 1 af 3: Filer")
    first = trail.grab().toImage()
    trail.show_step(2)
    assert (trail.now, trail.accessibleName()) == (2, "Trin 3 af 3: Vask")
    assert trail.grab().toImage() != first
    assert trail.sizeHint().height() >= 24
