"""Workbooks of Excel and OpenDocument: read as they stand, sheet by sheet, and refused with a sentence when they cannot be."""

from __future__ import annotations

import json
import struct
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyrage
import pytest

from engine import cli, hardening
from engine.description import describe
from engine.errors import BadInput, Cancelled, WrongKey
from engine.files import workbook
from engine.files.sheet_reading import CHUNK, header_place, typed, unified
from engine.files.workbook import SheetTable
from engine.importing.reading import read_log
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import EventLog
from engine.service.messages import FileKind, Secret
from engine.sources import open_source, preview, read_source, use_roles
from engine.tasks import Task
from engine.texts import Texts
from tests.real_logs import DATA, needs_real_logs, require
from tests.workbooks import Formula, Rows, column_name, ods, packed, sheet_xml, xls, xlsb, xlsx

NAMES = ["Sagsnr", "Aktivitet", "Tidspunkt"]
MOMENTS = [datetime(2024, 3, 31, 1, 30), datetime(2024, 3, 31, 3, 0, 0, 125000), datetime(2024, 10, 27, 23, 59, 59)]
TABLE: Rows = [NAMES, *([f"S{place % 2}", step, moment] for place, (step, moment) in enumerate(zip("abc", MOMENTS, strict=True)))]
APROMORE = DATA / "messy-csv" / "apromore-csvimporter"


def read(content: bytes, options: ReadOptions | None = None) -> EventLog:
    return read_log(content, "udtræk.xlsx", options or ReadOptions(), Task())


def times(log: EventLog) -> list[datetime]:
    return sorted(datetime(1970, 1, 1) + timedelta(microseconds=int(moment)) for moment in log.timestamp)


def refusal(content: bytes, options: ReadOptions | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        read(content, options)
    return str(refused.value)


# ---- what stands in a sheet ----------------------------------------------------------------------------------------------------


def test_dates_of_a_sheet_are_kept_to_the_millisecond() -> None:
    log = read(xlsx(TABLE))
    assert (log.n_cases, log.n_events, log.activities) == (2, 3, ("a", "b", "c"))
    assert times(log) == MOMENTS
    assert log.notices == ()


def test_dates_are_clock_times_in_the_zone_of_the_municipality() -> None:
    log = read(xlsx([NAMES, ["1", "a", datetime(2024, 7, 1, 12, 0)]]), ReadOptions(timezone="Europe/Copenhagen"))
    assert times(log) == [datetime(2024, 7, 1, 10, 0)]


@pytest.mark.parametrize("write", [ods, xlsb], ids=["ods", "xlsb"])
def test_other_spreadsheets_are_read_alike(write: type) -> None:
    rows = [[cell.isoformat(" ") if isinstance(cell, datetime) and write is xlsb else cell for cell in row] for row in TABLE]
    assert times(read(write(rows))) == MOMENTS


def test_a_workbook_of_excel_97_is_read_alike() -> None:
    assert times(read(xls())) == [moment.replace(microsecond=0) for moment in MOMENTS]


def test_the_table_may_stand_below_a_title_and_beside_empty_columns() -> None:
    rows = [[], ["", "Udtræk fra fagsystemet"], ["", "hentet", date(2024, 1, 1)], [], *(["", *row] for row in TABLE)]
    log = read(xlsx(rows))
    assert times(log) == MOMENTS
    assert [notice.values for notice in log.notices] == [{"count": 2}]


def test_row_numbers_are_those_of_excel() -> None:
    rows = [[], NAMES, ["1", "a", "2024-01-01"], ["1", "b", "ukendt"], ["1", "c", "2024-01-02"]]
    assert [notice.values["row"] for notice in read(xlsx(rows)).notices if "row" in notice.values] == [4]


def test_numbers_are_whole_where_the_sheet_says_so() -> None:
    log = read(xlsx([NAMES, [4711, 1, MOMENTS[0]], [4711, 2.5, MOMENTS[1]], ["x", 3, MOMENTS[2]]]))
    assert sorted(log.case_ids.to_pylist()) == ["4711", "x"]


def test_dates_among_texts_are_read_beside_them() -> None:
    log = read(xlsx([NAMES, ["1", "a", MOMENTS[0]], ["1", "b", "2024-05-01 12:00"], ["1", "c", MOMENTS[2]]]))
    assert times(log) == [MOMENTS[0], datetime(2024, 5, 1, 12), MOMENTS[2]]


def test_formulas_give_their_stored_value_and_those_without_are_told() -> None:
    stored = (
        '<row r="2"><c r="A2" t="str"><f>"S"&amp;1</f><v>S1</v></c><c r="B2" t="str"><f>X()</f><v>a</v></c>'
        '<c r="C2" s="1"><f>NOW()</f><v>45000.5</v></c></row>'
    )
    names = "".join(f'<c r="{column_name(place)}1" t="inlineStr"><is><t>{name}</t></is></c>' for place, name in enumerate(NAMES))
    content = xlsx(TABLE, **{"xl/worksheets/sheet1.xml": sheet_xml(f'<row r="1">{names}</row>{stored}').encode()})
    assert read(content, ReadOptions(ColumnRoles(*NAMES))).case_ids.to_pylist() == ["S1"]
    log = read(xlsx([*TABLE, [Formula("A2"), Formula('IF(1=1,"d","")'), MOMENTS[0]]]))
    assert log.n_events == 3
    assert next(notice.values for notice in log.notices) == {"count": 2}
    assert "without a stored value: 2" in describe(log, Texts("en"), Task()).warnings[0]


def test_cells_of_one_kind_keep_it_and_of_several_become_text() -> None:
    midnight = datetime(2024, 1, 2)
    assert typed((date(2024, 1, 1), "", date(2024, 1, 2))).type == pa.date32()
    assert typed((date(2024, 1, 2), MOMENTS[0])).to_pylist() == [midnight, MOMENTS[0]]
    assert typed((1.0, "", 2)).to_pylist() == [1.0, None, 2.0]
    assert typed((1.0, "x", True, 2.5, time(8, 5), timedelta(hours=30), date(2024, 1, 2))).to_pylist() == [
        "1", "x", "True", "2.5", "08:05:00", "30:00:00", "2024-01-02",
    ]  # fmt: skip
    assert unified([typed((1.0,)), typed(("x",)), typed(("",))]).to_pylist() == ["1", "x", None]
    assert unified([typed((date(2024, 1, 2),)), typed((midnight,))]).type == pa.timestamp("us")


def test_a_title_is_no_header_and_a_gap_in_a_header_is() -> None:
    assert header_place([["Rapport", "", ""], ["", "", ""], ["a", "b", "c"]]) == 2
    assert header_place([["a", "", "c", "d"], ["1", "2", "3", "4"]]) == 0


def test_long_sheets_are_read_whole() -> None:
    rows = [NAMES, *([f"S{place % 100}", "trin", MOMENTS[0]] for place in range(CHUNK + 10)), ["", "", ""], ["S1", "sidst", MOMENTS[0]]]
    log = read(xlsx(rows))
    assert (log.n_events, log.activities) == (CHUNK + 11, ("trin", "sidst"))


# ---- which sheet ---------------------------------------------------------------------------------------------------------------

TWO = {"Noter": [["Vejledning"]], "Data": TABLE, "Tom": [], "Koder": TABLE}


def test_the_only_sheet_that_holds_anything_is_read() -> None:
    assert read(xlsx({"Tom": [], "Data": TABLE})).n_events == 3
    assert read(xlsx({"Koder": TABLE, "Data": TABLE}, hidden=["Koder"])).n_events == 3


def test_several_sheets_are_a_choice_for_the_user() -> None:
    said = refusal(xlsx(TWO))
    assert "--sheet" in said and "Noter, Data, Koder" in said and "Tom" not in said
    assert read(xlsx(TWO), ReadOptions(sheet="Data")).n_events == 3
    assert "Noter, Data, Tom, Koder" in refusal(xlsx(TWO), ReadOptions(sheet="Andet"))
    assert "is empty" in refusal(xlsx(TWO), ReadOptions(sheet="Tom"))
    assert "No sheet" in refusal(xlsx({"Tom": []}))


def test_the_window_takes_the_first_sheet_and_offers_the_others(tmp_path: Path) -> None:
    path = tmp_path / "udtræk.xlsx"
    path.write_bytes(xlsx({"Data": TABLE, "Andet": [["Sag", "Trin", "Dato"], ["7", "x", date(2024, 1, 1)]]}))
    source = open_source(path, Secret(), ReadOptions(), Task())
    assert source.kind is FileKind.TABLE and source.preview is not None
    assert (source.preview.sheets, source.preview.columns) == (("Data", "Andet"), tuple(NAMES))
    other = preview(source, ReadOptions(sheet="Andet"), Task())
    assert other.preview is not None and other.preview.columns == ("Sag", "Trin", "Dato")
    assert other.preview.sheets == ("Data", "Andet")
    with pytest.raises(BadInput, match="Data, Andet"):
        use_roles(source, ReadOptions(ColumnRoles(*NAMES)), Task())
    log = use_roles(other, ReadOptions(ColumnRoles("Sag", "Trin", "Dato"), sheet="Andet"), Task()).log
    assert log is not None and log.n_events == 1


def test_a_workbook_in_an_age_file_never_touches_the_disk(tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{identity}\n")
    (tmp_path / "log.age").write_bytes(pyrage.encrypt(xlsx(TABLE), [identity.to_public()]))
    log = read_source(tmp_path / "log.age", Secret(identity_path=str(tmp_path / "key.txt")), ReadOptions(), Task())
    assert log.n_events == 3
    with pytest.raises(WrongKey):
        read_source(tmp_path / "log.age", Secret(passphrase="forkert"), ReadOptions(), Task())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key.txt", "log.age"]


def test_the_shell_names_the_sheets(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "limit_process", lambda: None)
    monkeypatch.setenv("LANGUAGE", "da")
    path = tmp_path / "udtræk.xlsx"
    path.write_bytes(xlsx(TWO))
    assert cli.main(["describe", str(path)]) == 2
    assert "Vælg et med --sheet: Noter, Data, Koder." in capfd.readouterr().err
    assert cli.main(["describe", str(path), "--sheet", "Data", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["events"] == 3


# ---- what is refused -----------------------------------------------------------------------------------------------------------


def test_reading_a_workbook_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        SheetTable(pa.py_buffer(xlsx(TABLE)), "log.xlsx", None, Task(is_cancelled=lambda: True))


def test_two_cells_at_the_ends_of_the_world_take_no_memory() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = xlsx(TABLE, **{"xl/worksheets/sheet1.xml": sheet_xml(far).encode()})
    assert "spans far more cells" in refusal(content)


def test_a_part_that_unpacks_to_far_more_than_the_file_is_refused() -> None:
    bomb = xlsx(TABLE, **{"xl/media/image1.xml": b"<a>" + b" " * (80 << 20)})
    assert "more than 200 times" in refusal(bomb)
    lying = bytearray(bomb)
    place = lying.rindex(b"xl/media/image1.xml") - 46
    lying[place + 24 : place + 28] = struct.pack("<I", 10)
    assert "begins like a workbook" in refusal(bytes(lying))


def test_a_workbook_that_leads_its_reader_in_circles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sector of the old container is followed by itself, without an end."""
    monkeypatch.setattr(workbook, "SILENCE", 2.0)
    endless = bytearray(xls())
    table = 512 * (1 + struct.unpack_from("<I", endless, 76)[0])
    for sector in range(128):
        struct.pack_into("<I", endless, table + 4 * sector, sector)
    assert "like a workbook" in refusal(bytes(endless)) or "could not be read" in refusal(bytes(endless))


def test_damaged_and_foreign_files_are_refused() -> None:
    whole = xlsx(TABLE)
    assert "damaged" in refusal(whole[:-200])
    assert "begins like a workbook" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    assert "begins like a workbook" in refusal(packed({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"}))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    assert "locked with a password" in refusal(locked)


def test_a_sheet_whose_cells_hold_whole_rows_of_csv_says_so() -> None:
    assert "Text to Columns" in refusal(xlsx([["case id;activity;time"], ["1;a;2024-01-01"]]))


def test_a_sheet_without_column_names_is_not_quoted() -> None:
    said = refusal(xlsx([["010190-1234", "Ane Hemmelig", MOMENTS[0]], ["010190-1234", "Bo", MOMENTS[1]]]))
    assert "column names" in said and "Hemmelig" not in said


# ---- the public workbooks of Apromore's importer --------------------------------------------------------------------------------


def apromore(name: str, options: ReadOptions | None = None) -> EventLog:
    require()
    return read_log((APROMORE / name).read_bytes(), name, options or ReadOptions(), Task())


@needs_real_logs
@pytest.mark.parametrize(
    "name", ["test1-valid", "test5-empty-caseID", "test8-all-invalid", "test9-differentiate-dates", "test10-eventAttribute"]
)
def test_workbook_and_csv_of_apromore_are_one_log(name: str) -> None:
    sheet, text = apromore(f"{name}.xlsx"), apromore(f"{name}.csv")
    assert describe(sheet, Texts("en"), Task()) == describe(text, Texts("en"), Task())


@needs_real_logs
def test_broken_workbooks_of_apromore_are_told() -> None:
    lost = apromore("test3-invalid-end-timestamp.xlsx")
    assert (lost.n_events, next(notice.values.get("row") for notice in lost.notices)) == (4, 5)
    with pytest.raises(BadInput, match="Text to Columns"):
        apromore("test6-different-delimiters.xlsx")
    hebrew = ColumnRoles(case="מספר הזמנcase idה", activity="סטactivityטוס", timestamp="timestamp")
    log = apromore("test11-encoding.xlsx", ReadOptions(hebrew))
    assert (log.n_cases, log.n_events) == (2, 5)
    assert times(log)[0] == datetime(2011, 11, 1, 16, 8)
