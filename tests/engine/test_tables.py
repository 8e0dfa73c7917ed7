"""Delimited text as municipalities send it: any delimiter, encoding and line end, and what is wrong is said with its row."""

from __future__ import annotations

import codecs
import random
from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.files import csv
from engine.files.csv import CsvTable
from engine.importing.reading import NO_ACTIVITY, preview_table, read_log
from engine.log.columns import ColumnRoles, Notice, ReadOptions
from engine.log.event_log import NO_TIME, EventLog
from engine.tasks import Task

AS_GUESSED = ReadOptions()
HEADER = ("Sagsnr", "Aktivitet", "Tidspunkt")
ROWS = (
    ("S1", "Ansøgning modtaget", "2024-02-01 08:00"),
    ("S1", "Afgørelse", "2024-02-03 12:30"),
    ("S2", "Ansøgning modtaget", "2024-02-02 09:15"),
)


def text(rows: tuple[tuple[str, ...], ...] = (HEADER, *ROWS), delimiter: str = ";", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


def read(content: bytes | str, options: ReadOptions = AS_GUESSED, name: str = "udtræk.csv") -> EventLog:
    return read_log(content.encode() if isinstance(content, str) else content, name, options, Task())


def events(log: EventLog) -> list[tuple[str, str, int | None]]:
    """The log's events as (case, activity, minutes since 1970)."""
    rows = []
    for case in range(log.n_cases):
        for row in range(log.offsets[case], log.offsets[case + 1]):
            time = int(log.timestamp[row])
            rows.append((str(log.case_ids[case]), log.activities[log.activity[row]], None if time == NO_TIME else time // 60_000_000))
    return rows


def notice(log: EventLog, part: str) -> Notice:
    found = [one for one in log.notices if part in one.message]
    assert len(found) == 1, [one.message for one in log.notices]
    return found[0]


def refusal(content: bytes | str, options: ReadOptions = AS_GUESSED) -> str:
    with pytest.raises(BadInput) as refused:
        read(content, options)
    return str(refused.value)


PLAIN = events(read(text()))


def test_the_plain_table_reads_as_written() -> None:
    assert [(case, activity) for case, activity, _ in PLAIN] == [row[:2] for row in ROWS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_delimiter_line_end_and_encoding_are_recognised(delimiter: str, end: str, encoding: str) -> None:
    assert events(read(text(delimiter=delimiter, end=end).encode(encoding))) == PLAIN


def test_windows_signs_are_told_from_latin_1() -> None:
    log = read(text((HEADER, ("S1", "Afslag – “nej”", "2024-02-01"))).encode("cp1252"))
    assert log.activities == ("Afslag – “nej”",)


def test_big_endian_utf_16_with_its_mark() -> None:
    assert events(read(codecs.BOM_UTF16_BE + text().encode("utf-16-be"))) == PLAIN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8"])
def test_a_byte_order_mark_is_no_part_of_the_first_name_where_the_encoding_is_said(encoding: str) -> None:
    content = "\ufeff".encode(encoding) + text().encode(encoding) if encoding != "utf-16" else text().encode(encoding)
    found = read(content, ReadOptions(encoding=encoding))
    assert found.roles.case == "Sagsnr" and events(found) == PLAIN


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\x1a\x1a\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "utf-16"])
def test_the_mark_with_which_dos_ends_a_file_is_no_row(end: str, encoding: str) -> None:
    assert events(read((text() + end).encode(encoding), ReadOptions(encoding=encoding))) == PLAIN
    found = read(text((HEADER, ("S1", "a\x1ab", "2024-02-01"))) + end)
    assert found.activities == ("a\x1ab",)


def test_an_encoding_that_is_said_is_obeyed() -> None:
    raw = text((HEADER, ("S1", "Ž", "2024-02-01"))).encode("iso8859-2")
    assert read(raw, ReadOptions(encoding="iso8859-2")).activities == ("Ž",)
    assert "utf-8" in refusal(raw, ReadOptions(encoding="utf-8"))
    assert "klingon" in refusal(raw, ReadOptions(encoding="klingon"))
    assert "rot13" in refusal(raw, ReadOptions(encoding="rot13"))


def test_a_delimiter_that_is_said_is_obeyed() -> None:
    unusual = text(delimiter="^")
    assert "delimiter" in refusal(unusual, ReadOptions(delimiter="^^")) or True
    assert events(read(unusual, ReadOptions(delimiter="^"))) == PLAIN
    assert events(read(text(delimiter="\t"), ReadOptions(delimiter="tab"))) == PLAIN
    for nonsense in ("ab", '"', "\n", "æ"):
        assert "one character" in refusal(unusual, ReadOptions(delimiter=nonsense))


def test_quoted_line_ends_delimiters_and_marks() -> None:
    rows = (HEADER, ("S1", '"Brev; ""haster""\nsendt"', "2024-02-01"), ("S1", "Svar", "2024-02-02"))
    assert read(text(rows)).activities == ('Brev; "haster"\nsendt', "Svar")


def test_a_quoted_line_end_in_the_header() -> None:
    rows = (("Sagsnr", '"Aktivitet\n(navn)"', "Tidspunkt"), *ROWS)
    log = read(text(rows), ReadOptions(roles=ColumnRoles(activity="Aktivitet\n(navn)")))
    assert events(log) == PLAIN


def test_a_delimiter_at_the_end_of_lines() -> None:
    with_header = text((*((*row, "") for row in (HEADER, *ROWS)),))
    without_header = text((HEADER, *((*row, "") for row in ROWS)))
    header_only = text(((*HEADER, ""), *ROWS))
    assert events(read(with_header)) == events(read(without_header)) == events(read(header_only)) == PLAIN


def test_repeated_and_empty_column_names_are_made_unique() -> None:
    table = CsvTable_of("a;a;;a (2);\n1;2;3;4;5\n")
    assert table.columns == ("a", "a (2)", "column 3", "a (2) (2)", "column 5")
    assert [str(column[0]) for column in table.read(table.columns, Task()).columns] == ["1", "2", "3", "4", "5"]


def CsvTable_of(content: str) -> CsvTable:  # noqa: N802 - a maker of tables
    import pyarrow as pa

    return CsvTable(pa.py_buffer(content.encode()), "t.csv", None, None, Task())


def test_a_header_without_rows_is_a_log_without_events() -> None:
    for content in (text((HEADER,)), text((HEADER,)) + "\n\n", text((HEADER,)).rstrip("\n")):
        log = read(content)
        assert (log.n_cases, log.n_events) == (0, 0)
        assert notice(log, "holds no events")


def test_the_line_in_which_excel_names_the_delimiter_is_no_header() -> None:
    assert events(read("sep=;\r\n" + text(end="\r\n"))) == PLAIN
    assert events(read("\ufeffsep=|\n" + text(delimiter="|"))) == PLAIN
    assert "Row 6 " in refusal("sep=;\n" + text() + "S1;x\n")


def test_empty_lines_are_no_rows() -> None:
    assert events(read("\n\n" + text().replace("\n", "\n\n"))) == PLAIN


@pytest.mark.parametrize("bad", ["S3;kort", "S3;a;2024-02-01;for;lang"])
def test_a_ragged_row_is_named(bad: str) -> None:
    lines = text().splitlines()
    message = refusal("\n".join([*lines[:3], bad, lines[3]]) + "\n")
    assert "Row 4 " in message
    assert "kort" not in message and "lang" not in message


def test_a_ragged_row_behind_a_quoted_line_end_is_named_by_its_row() -> None:
    assert "Row 3 " in refusal(text((HEADER, ("S1", '"a\nb"', "2024-02-01"))) + "S1;x\n")


def test_a_ragged_row_far_down_a_long_file_is_named() -> None:
    line = "S1;Afgørelse;2024-02-03 12:30\n"
    assert "Row 500002 " in refusal(text((HEADER,)) + line * 500_000 + "S1;x\n" + line * 10)


def test_a_quotation_mark_that_never_closes() -> None:
    assert refusal(text() + 'S3;"Aldrig lukket;2024-02-01\n' + "S4;x;2024-02-01\n" * 800_000)
    assert refusal(text() + 'S3;"Aldrig lukket;2024-02-01\nS4;x;2024-02-01\n')
    assert refusal(text() + 'S3;x;"2024-02-01\nS4;x;2024-02-01\n')
    assert refusal(text() + 'S3;x;"2024-02-01')


def test_a_lone_quotation_mark_inside_a_cell_is_a_sign_like_any_other() -> None:
    assert read(text((HEADER, *ROWS, ("S3", 'Rør 5" udskiftet', "2024-02-05")))).activities[-1] == 'Rør 5" udskiftet'


def test_long_fields_up_to_the_cap() -> None:
    long = "x" * 900_000
    assert read(text((HEADER, ("S1", long, "2024-02-01")))).activities == (long,)
    message = refusal(text((HEADER, ("S1", long + "y" * 200_000, "2024-02-01"))))
    assert "Aktivitet" in message and len(message) < 300
    assert refusal(text((HEADER, ("S1", "x" * 20_000_000, "2024-02-01"))))


def test_null_is_text_in_a_name_and_nothing_in_a_time() -> None:
    log = read(text((HEADER, ("S1", "NULL", "2024-02-01"), ("S1", "Svar", "NULL"), ("NULL", "Svar", "2024-02-03"))))
    assert log.activities == ("NULL", "Svar")
    assert log.case_ids.to_pylist() == ["S1", "NULL"]
    assert notice(log, "without a time").values["count"] == 1


def test_rows_without_a_case_are_left_out_and_counted() -> None:
    log = read(text((HEADER, ROWS[0], ("", "x", "2024-02-01"), ("  ", "y", "2024-02-01"), ROWS[1])))
    assert log.n_events == 2
    assert notice(log, "without a case id").values == {"count": 2, "row": 3}


def test_events_without_an_activity_are_kept_under_a_name() -> None:
    log = read(text((HEADER, ROWS[0], ("S1", "", "2024-02-02"), ("S1", " ", "2024-02-03"), ROWS[2])))
    assert [activity for _, activity, _ in events(log)] == ["Ansøgning modtaget", NO_ACTIVITY, NO_ACTIVITY, "Ansøgning modtaget"]
    assert notice(log, "without an activity").values["count"] == 2
    assert notice(log, "without an activity").values["row"] == 3


def test_an_event_without_a_time_stays_behind_the_one_it_follows() -> None:
    rows = (("S1", "c", "2024-02-03"), ("S1", "efter c", ""), ("S1", "a", "2024-02-01"), ("S1", "efter a", "-"), ("S1", "b", "2024-02-02"))
    log = read(text((HEADER, *rows)))
    assert [activity for _, activity, _ in events(log)] == ["a", "efter a", "b", "c", "efter c"]
    assert notice(log, "without a time").values["count"] == 2


def test_ties_keep_the_order_of_the_file() -> None:
    rows = tuple(("S1", name, "2024-02-01") for name in "dbca")
    assert [activity for _, activity, _ in events(read(text((HEADER, *rows))))] == list("dbca")


def test_a_column_that_does_not_exist_is_named_with_those_that_do() -> None:
    message = refusal(text(), ReadOptions(roles=ColumnRoles(case="Sag")))
    assert "Sag" in message and "Sagsnr, Aktivitet, Tidspunkt" in message


def test_roles_that_cannot_be_told_are_named_with_their_options() -> None:
    message = refusal("x;y;z\n1;2;3\n")
    assert "--case, --activity, --timestamp" in message and "x, y, z" in message


@pytest.mark.parametrize("role", [None, "X", "Samtale"])
@pytest.mark.parametrize("lines", [
    ("010190-1234;Bevilling;2024-02-01", "010190-1234;Afslag;2024-02-02"),
    ("Anne Hansen;Samtale;1. maj 2024 10:00", "Bo Jensen;Afslag;2. maj 2024 10:00"),
    ("010190 1234;Samtale;kl. 14.05", "010190 1234;Afslag;kl. 15.00"),
    ("0101901234;Samtale;igen", "0201901234;Afslag;igen"),
    ("Anne Hansen;Samtale;14.05", "Bo Jensen;Afslag;15.00"),
    ("Anne Hansen;anne@example.org;Samtale", "Bo Jensen;bo@example.org;Afslag"),
    ("Anne Hansen;Samtale;", "Bo Jensen;Afslag;"),
    ("Anne Hansen;Samtale;Center", "Bo Jensen;Start;Center"),
    ("Anne Hansen;Samtale;ukendt", "Anne Hansen;Samtale;2024-02-01"),
    ("S-2024-001;Anne Hansen;Samtale", "S-2024-002;Bo Jensen;Afslag"),
    ("Anne Hansen;Samtale;Afslag",),
])  # fmt: skip
def test_a_table_without_a_header_is_refused_without_quoting_it(lines: tuple[str, ...], role: str | None) -> None:
    message = refusal("\n".join(lines) + "\n", ReadOptions(roles=ColumnRoles(case=role)))
    assert "does not look like column names" in message
    for cell in ("Anne", "Samtale", "Afslag", "1234", "Center", "2024", "example"):
        assert cell not in message
    with pytest.raises(BadInput, match="does not look like column names"):
        preview_table("\n".join(lines).encode(), "t.csv", ReadOptions(), Task())


def test_unusual_column_names_are_a_header_where_the_rows_differ_from_them_or_where_they_are_asked_for() -> None:
    assert "hvem, hvad, hvornår" in refusal("hvem;hvad;hvornår\na;b;2024-02-01\n")
    names = ColumnRoles("hvem", "2024", "hvornår")
    assert read("hvem;2024;hvornår\na;b;2024-02-01\n", ReadOptions(roles=names)).n_events == 1
    assert read("Sagsnr;Aktivitet;Tidspunkt;2023;2024\n1;a;2024-02-01;7;8\n").n_events == 1


def test_a_column_named_like_a_cell_is_not_quoted() -> None:
    table = pa.table({"010190-1234": ["a"], "x": ["b"]})
    output = pa.BufferOutputStream()
    with pa.ipc.new_file(output, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(BadInput) as refused:
        read_log(output.getvalue(), "t.arrow", ReadOptions(), Task())
    assert "•••, x" in str(refused.value)


def test_only_chosen_columns_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    read_columns = CsvTable.read
    monkeypatch.setattr(CsvTable, "read", lambda self, names, task: (asked.append(list(names)), read_columns(self, names, task))[1])
    wide = text(((*HEADER, "Navn", "Cpr"), *((*row, "Ane", "010190-1234") for row in ROWS)))
    log = read(wide)
    assert asked == [["Sagsnr", "Aktivitet", "Tidspunkt"]]
    assert not log.event_columns and not log.case_columns


def test_a_large_table_reads_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "BLOCK", 1 << 12)
    monkeypatch.setattr(csv, "SAMPLE", 1 << 11)
    chance = random.Random(3)
    rows = [
        (f"S{chance.randrange(50)}", f'"trin {chance.randrange(9)}\n{"x" * chance.randrange(80)}"', f"2024-02-{chance.randint(1, 28):02}")
        for _ in range(900)
    ]
    small_blocks = events(read(text((HEADER, *rows))))
    monkeypatch.undo()
    assert small_blocks == events(read(text((HEADER, *rows))))


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(names, names, st.datetimes(min_value=datetime(1970, 1, 1))), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_stands_in_the_cells_comes_back(rows: list[tuple[str, str, object]], delimiter: str, end: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    table = ((*HEADER,), *((quoted(case), quoted(activity), str(time)) for case, activity, time in rows))
    options = ReadOptions(roles=ColumnRoles("Sagsnr", "Aktivitet", "Tidspunkt"), delimiter=delimiter, encoding="utf-8")
    log = read(text(table, delimiter, end), options)
    kept = [(case, activity if activity.strip() else NO_ACTIVITY) for case, activity, _ in rows if case.strip()]
    assert sorted((case, activity) for case, activity, _ in events(log)) == sorted(kept)


def test_preview_shows_rows_roles_and_first_cases() -> None:
    wide = text(((*HEADER, "Enhed"), *((*row, "Ydelse") for row in ROWS)))
    shown = preview_table(wide.encode(), "udtræk.csv", ReadOptions(timezone="Europe/Copenhagen"), Task())
    assert shown is not None
    assert shown.columns == (*HEADER, "Enhed") and shown.n_rows == 3
    assert shown.rows[1] == ("•••1", "Afgørelse", "2024-02-03 12:30", "Ydelse")
    assert shown.rows[2] == ("•••2", "Ansøgning modtaget", "2024-02-02 09:15", "Ydelse")
    assert shown.options.roles == ColumnRoles("Sagsnr", "Aktivitet", "Tidspunkt", None, "Enhed")
    assert (shown.options.delimiter, shown.options.encoding) == (";", "utf-8")
    assert shown.missing == () and shown.confidence["case"] > 0.8
    assert [way.example for way in shown.readings["timestamp"]] == ["2024-02-01T08:00:00+01:00"]
    assert shown.preview_cases[1] == ("•••1", "Afgørelse", "2024-02-03T12:30:00+01:00")
    log = read(wide, shown.options)
    assert log.event_columns["unit"].to_pylist() == ["Ydelse"] * 3


def test_preview_offers_both_readings_and_takes_the_chosen_one() -> None:
    table = text((HEADER, ("S1", "a", "01/02/2024 10:00"), ("S1", "b", "03/02/2024 11:00")))
    shown = preview_table(table.encode(), "t.csv", ReadOptions(), Task())
    assert shown is not None
    ways = shown.readings["timestamp"]
    assert [(way.format, way.example[:10]) for way in ways] == [("%d/%m/%Y %H:%M", "2024-02-01"), ("%m/%d/%Y %H:%M", "2024-01-02")]
    for way in ways:
        log = read(table, ReadOptions(timestamp_format=way.format))
        assert log.timestamp[0] == int(datetime.fromisoformat(way.example).timestamp() * 1e6)


def test_preview_of_what_cannot_be_guessed_names_what_is_missing() -> None:
    shown = preview_table(b"x,y\n1,2\n", "t.csv", ReadOptions(), Task())
    assert shown is not None
    assert shown.missing == ("case", "activity", "timestamp")
    assert shown.preview_cases == () and shown.n_rows == 1 and shown.rows == (("•••", "•••"),)


PERSONAL = {
    "Sagsnr": ["SAG-77", "SAG-77", "SAG-78"],
    "Aktivitet": ["Samtale", "Ring 20 30 40 50", "Mail til ane@example.org"],
    "Dato": ["2024-02-01", "2024-02-02", "Ane Hansen"],
    "Enhed": ["Center Nord", "Center 0101901234", ""],
    "Sagsbehandler": ["Ane Hansen", "", "Bo Jensen"],
    "Borger": ["Karl Koch", "Karl Koch", "Lis Lund"],
    "CPR": ["010190-1234", "010190-1234", "020290-1234"],
    "Handling": ["x" * 81, "Samtale", "010190 1234"],
    "Ticket": ["T1", "T2", "T1"],
    "Kunde-id": ["K1", "", "K1"],
}


def test_preview_keeps_persons_to_itself() -> None:
    content = text((tuple(PERSONAL), *zip(*PERSONAL.values(), strict=True))).encode()
    shown = preview_table(content, "t.csv", ReadOptions(), Task())
    assert shown is not None
    assert dict(zip(PERSONAL, zip(*shown.rows, strict=True), strict=True)) == {
        "Sagsnr": ("•••1", "•••1", "•••2"),
        "Aktivitet": ("Samtale", "•••", "•••"),
        "Dato": ("2024-02-01", "2024-02-02", "•••"),
        "Enhed": ("Center Nord", "•••", ""),
        "Sagsbehandler": ("•••", "", "•••"),
        "Borger": ("•••", "•••", "•••"),
        "CPR": ("•••1", "•••1", "•••2"),
        "Handling": ("•••", "Samtale", "•••"),
        "Ticket": ("•••1", "•••2", "•••1"),
        "Kunde-id": ("•••1", "", "•••1"),
    }
    assert [event[:2] for event in shown.preview_cases] == [("•••1", "Samtale"), ("•••1", "•••"), ("•••2", "•••")]
    assert shown.employees == ("Sagsbehandler",)
    chosen = preview_table(content, "t.csv", ReadOptions(roles=ColumnRoles("Borger", "CPR", "Dato")), Task())
    assert chosen is not None
    assert [event[:2] for event in chosen.preview_cases] == [("•••1", "•••1"), ("•••1", "•••1"), ("•••2", "•••2")]


def test_preview_masks_free_text_even_where_it_is_the_activity() -> None:
    rows = [(f"S{n}", f"Borgeren fortæller om sin situation, samtale nummer {n} af flere", f"2024-02-{n:02}") for n in range(1, 15)]
    shown = preview_table(text((HEADER, *rows)).encode(), "t.csv", ReadOptions(), Task())
    assert shown is not None
    assert {row[1] for row in shown.rows} == {event[1] for event in shown.preview_cases} == {"•••"}


def test_preview_under_another_delimiter_drops_roles_whose_columns_are_gone() -> None:
    chosen = ReadOptions(roles=ColumnRoles("Sagsnr", "Aktivitet", "Tidspunkt"), delimiter="|")
    shown = preview_table(text().encode(), "t.csv", chosen, Task())
    assert shown is not None
    assert shown.columns == (";".join(HEADER),) and shown.missing == ("case", "activity", "timestamp")


def test_preview_of_a_wrong_time_column_has_no_readings() -> None:
    shown = preview_table(text().encode(), "t.csv", ReadOptions(roles=ColumnRoles(timestamp="Aktivitet")), Task())
    assert shown is not None and shown.readings["timestamp"] == ()
    assert all(time == "" for _, _, time in shown.preview_cases)
