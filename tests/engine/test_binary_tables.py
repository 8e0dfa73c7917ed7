"""Parquet and Arrow as pandas and others write them, and packed text: read from memory, under limits."""

from __future__ import annotations

import gzip
import io
import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from engine.errors import BadInput
from engine.files import compression, memory
from engine.files.arrow import ArrowTable
from engine.files.compression import unpack
from engine.files.content import Content
from engine.files.parquet import ParquetTable
from engine.importing.reading import preview_table, read_log
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME, EventLog
from engine.tasks import Task

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COPENHAGEN = ReadOptions(timezone="Europe/Copenhagen")


def parquet(table: pa.Table | pd.DataFrame, **more: Any) -> bytes:
    output = io.BytesIO()
    if isinstance(table, pd.DataFrame):
        table.to_parquet(output, **more)
    else:
        pa_parquet.write_table(table, output, **more)
    return output.getvalue()


def arrow(table: pa.Table | pd.DataFrame, *, stream: bool = False, **more: Any) -> bytes:
    table = pa.Table.from_pandas(table) if isinstance(table, pd.DataFrame) else table
    output = pa.BufferOutputStream()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(output, table.schema, **more) as writer:
        writer.write_table(table, max_chunksize=2)
    return bytes(output.getvalue().to_pybytes())


WRITERS = {
    "parquet": parquet,
    "parquet without dictionaries": lambda table: parquet(table, use_dictionary=False, compression="zstd"),
    "arrow file": arrow,
    "arrow stream": lambda table: arrow(table, stream=True),
    "arrow lz4": lambda table: arrow(table, options=pa.ipc.IpcWriteOptions(compression="lz4", emit_dictionary_deltas=True)),
}


def frame() -> pd.DataFrame:
    clock = pd.to_datetime(["2024-02-01 08:00", "2024-07-01 12:30", "2024-02-02 09:15", None])
    return pd.DataFrame({
        "case_id": [7, 7, 8, 8],
        "activity": pd.Categorical(["Modtaget", "Afgjort", "Modtaget", "Afgjort"]),
        "timestamp": clock.tz_localize("Europe/Copenhagen"),
        "amount": [1.5, None, 2.0, 3.0],
        "tags": [["x"], [], ["y"], None],
    })


def read(content: bytes, options: ReadOptions = COPENHAGEN) -> EventLog:
    return read_log(content, "data.bin", options, Task())


def rows(log: EventLog) -> list[tuple[str, str, datetime | None]]:
    return [
        (
            str(log.case_ids[case]), log.activities[log.activity[row]],
            None if log.timestamp[row] == NO_TIME else EPOCH + timedelta(microseconds=int(log.timestamp[row])),
        )
        for case in range(log.n_cases) for row in range(log.offsets[case], log.offsets[case + 1])
    ]


EXPECTED = [
    ("7", "Modtaget", datetime(2024, 2, 1, 7, tzinfo=UTC)), ("7", "Afgjort", datetime(2024, 7, 1, 10, 30, tzinfo=UTC)),
    ("8", "Modtaget", datetime(2024, 2, 2, 8, 15, tzinfo=UTC)), ("8", "Afgjort", None),
]
WRITER = pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)


@WRITER
def test_a_frame_with_zones_categories_and_numbers(writer: Any) -> None:
    assert rows(read(writer(frame()))) == EXPECTED


@WRITER
def test_clock_times_without_a_zone_are_of_the_given_zone(writer: Any) -> None:
    table = frame().assign(timestamp=lambda one: one["timestamp"].dt.tz_localize(None))
    assert rows(read(writer(table))) == EXPECTED


@WRITER
@pytest.mark.parametrize("kind", ["Int64", "float64", "string", "category", "object"])
def test_case_ids_of_any_kind(writer: Any, kind: str) -> None:
    table = frame().astype({"case_id": kind if kind != "object" else "string"})
    table.loc[1, "case_id"] = None
    log = read(writer(table))
    assert [case for case, _, _ in rows(log)] == ["7", "8", "8"]
    assert "Rows without a case id were left out: 1, the first is row 2." in [one.message.format(**one.values) for one in log.notices]


@WRITER
def test_texts_dates_and_numbers_as_times(writer: Any) -> None:
    clock = {"text": ["1.2.2024 8.00", "13.2.2024"], "date": [date(2024, 2, 1), date(2024, 2, 13)], "number": [20240201, 20240213]}
    for values in clock.values():
        table = pa.table({"sagsnr": ["a", "a"], "aktivitet": ["x", "y"], "dato": values})
        log = read(writer(table), ReadOptions(roles=ColumnRoles(timestamp="dato")))
        assert [time.date() for _, _, time in rows(log) if time] == [date(2024, 2, 1), date(2024, 2, 13)]


@WRITER
def test_a_table_without_rows(writer: Any) -> None:
    log = read(writer(frame().iloc[:0]))
    assert (log.n_cases, log.n_events) == (0, 0)


@WRITER
def test_lists_are_no_columns(writer: Any) -> None:
    shown = preview_table(writer(frame()), "data.bin", COPENHAGEN, Task())
    assert shown is not None
    assert shown.columns == ("case_id", "activity", "timestamp", "amount")
    assert shown.n_rows == 4 and shown.rows[0][:2] == ("•••1", "Modtaget")
    with pytest.raises(BadInput, match="no column tags"):
        read(writer(frame()), ReadOptions(roles=ColumnRoles(activity="tags")))


ODD = {
    "bytes": pa.array([b"\xff\x00", b"\x80", None, b"a"]),
    "long bytes": pa.array([b"\xff\x00", b"\x80", None, b"a"], pa.large_binary()),
    "two bytes": pa.array([b"\xff\x00", b"\x80a", None, b"ab"], pa.binary(2)),
    "view": pa.array([b"\xff" * 40, b"\x80", None, b"a"], pa.binary_view()),
    "coded bytes": pa.DictionaryArray.from_arrays([0, 1, None, 1], pa.array([b"\xff", b"a"])),
}
PLAIN = {
    "key": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(range(16))] * 3 + [None], pa.binary(16))),
    "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", "{}", None, "{}"])),
    "text as bytes": pa.array([b"x", b"y", None, "å".encode()]),
    "text view": pa.array(["x", "y", None, "z"], pa.string_view()),
    "length": pa.array([1, 2, None, 3], pa.duration("ns")),
    "clock": pa.array([1, 2, None, 3], pa.time64("us")),
    "nothing": pa.nulls(4),
}
FOLDED = {
    "interval": pa.array([(1, 2, 3)] * 4, pa.month_day_nano_interval()),
    "runs": pa.RunEndEncodedArray.from_arrays([4], ["x"]),
    "list view": pa.array([[1], [2], None, []], pa.list_view(pa.int8())),
}


def beside(columns: dict[str, pa.Array]) -> pa.Table:
    """The frame's table with more columns."""
    table = pa.Table.from_pandas(frame())
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


@WRITER
def test_columns_that_are_no_text_do_not_stand_in_the_way_of_the_others(writer: Any) -> None:
    folded = {} if writer in (WRITERS["parquet"], WRITERS["parquet without dictionaries"]) else FOLDED
    content = writer(beside({**ODD, **PLAIN, **folded}))
    assert rows(read(content)) == EXPECTED
    shown = preview_table(content, "data.bin", COPENHAGEN, Task())
    assert shown is not None and not set(FOLDED) & set(shown.columns) and {*ODD, *PLAIN} <= set(shown.columns)
    for name in ODD:
        with pytest.raises(BadInput, match=f"The column {name} of data.bin holds bytes that are not text"):
            read(content, ReadOptions(roles=ColumnRoles(case=name)))
    for name, column in PLAIN.items():
        assert read(content, ReadOptions(roles=ColumnRoles(case=name))).n_cases == len(set(column.to_pylist()) - {None})
    assert str(read(content, ReadOptions(roles=ColumnRoles(case="key"))).case_ids[0]) == "00010203-0405-0607-0809-0a0b0c0d0e0f"


@WRITER
def test_columns_of_one_name_are_told_apart_by_their_place(writer: Any) -> None:
    times = pa.array(["2024-02-01", "2024-02-02"])
    table = pa.table([pa.array(["1", "1"]), times, pa.array(["a", "b"]), pa.array(["c", "d"])], ["sag", "dato", "trin", "trin"])
    for name, steps in (("trin", ("a", "b")), ("trin (2)", ("c", "d"))):
        assert read(writer(table), ReadOptions(roles=ColumnRoles(activity=name))).activities == steps
    assert read(writer(table)).n_events == 2


@WRITER
def test_the_same_column_may_play_two_roles(writer: Any) -> None:
    log = read(writer(frame()), ReadOptions(roles=ColumnRoles("case_id", "activity", "timestamp", "timestamp", "activity")))
    assert log.start is not None and (log.start == log.timestamp).all()
    assert log.event_columns["unit"].to_pylist() == ["Modtaget", "Afgjort", "Modtaget", "Afgjort"]


@WRITER
def test_damaged_files_say_so(writer: Any) -> None:
    content = writer(frame())
    for cut in range(12, len(content) - 1, max(1, len(content) // 60)):
        with pytest.raises(BadInput, match=r"data\.bin"):
            read(content[:cut])


@WRITER
def test_long_cells_are_refused(writer: Any) -> None:
    table = pa.table({"case_id": ["a"], "activity": ["x" * 1_100_000], "timestamp": ["2024-02-01"]})
    with pytest.raises(BadInput, match="longer than"):
        read(writer(table))


def test_doubled_dictionary_values_are_one_activity() -> None:
    doubled = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), pa.array(["a", "a", "b"]))
    table = pa.table({"case_id": ["1"] * 3, "activity": doubled, "timestamp": ["2024-02-01"] * 3})
    assert read(arrow(table)).activities == ("a", "b")


def test_dictionaries_whose_indices_point_nowhere_are_refused() -> None:
    table = pa.table({"case_id": ["1"] * 3, "activity": pa.array(["a", "b", "a"]).dictionary_encode(), "timestamp": ["2024-02-01"] * 3})
    indices = np.array([0, 1, 0], np.int32).tobytes()
    content = arrow(table.combine_chunks(), stream=True)
    assert indices[:8] in content
    hostile = content.replace(indices[:8], np.array([0, 90_000_000], np.int32).tobytes())
    with pytest.raises(BadInput):
        read(hostile)


# ---- what unpacks to too much -------------------------------------------------------------------------------------------------


def test_a_gzip_bomb_is_refused_while_it_unpacks() -> None:
    bomb = gzip.compress(b"S1;a;2024-02-01\n" * (1 << 23), 9)
    assert len(bomb) < 1 << 20
    with pytest.raises(BadInput, match="times its size"):
        unpack(bomb, "bomb.gz", Task())


def test_a_zstd_bomb_is_refused_while_it_unpacks() -> None:
    bomb = pa.compress(b"\0" * (1 << 27), "zstd", asbytes=True)
    with pytest.raises(BadInput, match="times its size"):
        unpack(bomb, "bomb.zst", Task())


def test_real_ratios_pass() -> None:
    text = "Sagsnr;Aktivitet;Tidspunkt\n" + "".join(f"S{n};Modtaget;2024-02-01\n" for n in range(3_000_000))
    packed = gzip.compress(text.encode(), 6)
    assert len(text) > compression.RATIO_FLOOR > 5 * len(packed)
    assert unpack(packed, "log.gz", Task())[1].size == len(text)


def test_the_size_of_what_comes_out_is_capped() -> None:
    packed = gzip.compress(b"a;b\n" * 100_000)
    with pytest.raises(BadInput, match="more than 0 MB"):
        unpack(packed, "log.gz", Task(), max_bytes=200_000)


def test_a_parquet_bomb_is_refused_before_its_rows_are_read() -> None:
    table = pa.table({"case_id": ["x" * 1000] * 200_000})
    bomb = parquet(table, compression="zstd", use_dictionary=False)
    assert len(bomb) < 300_000
    with pytest.raises(BadInput, match="unpacks to more than"):
        ParquetTable(pa.py_buffer(bomb), "bomb.parquet", max_bytes=64 << 20).read(["case_id"], Task())


def test_a_parquet_file_of_endless_equal_rows_is_refused() -> None:
    table = pa.table({"case_id": pa.repeat(pa.scalar("x"), 50_000_000).dictionary_encode()})
    bomb = parquet(table, compression="zstd", row_group_size=50_000_000)
    assert len(bomb) < 1 << 20
    with pytest.raises(BadInput, match="unpacks to more than"):
        ParquetTable(pa.py_buffer(bomb), "bomb.parquet", max_bytes=64 << 20).read(["case_id"], Task())


def test_an_arrow_bomb_is_refused_while_it_unpacks() -> None:
    table = pa.table({"case_id": ["x" * 1000] * 100_000})
    output = pa.BufferOutputStream()
    with pa.ipc.new_stream(output, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table, max_chunksize=1000)
    with pytest.raises(BadInput, match="unpacks to more than"):
        ArrowTable(output.getvalue(), "bomb.arrow", Content.ARROW_STREAM, max_bytes=16 << 20).read(["case_id"], Task())


def test_what_the_free_memory_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("Sagsnr;Aktivitet;Tidspunkt\n" + "".join(f"S{n};a;2024-02-01\n" for n in range(200_000))).encode()
    table = pa.table({"case_id": [f"sag {n}" for n in range(200_000)]})
    packed = (gzip.compress(text, 1), pa.compress(text, "zstd", asbytes=True), parquet(table), arrow(table, stream=True))
    for content in packed:
        unpack(content, "log", Task())
    monkeypatch.setattr(memory, "available_memory", lambda: 2_000_000)
    for content in packed:
        with pytest.raises(BadInput, match="too large for the free memory"):
            read(content, ReadOptions(roles=ColumnRoles("case_id", "case_id", "case_id")))


def test_packed_twice_is_refused() -> None:
    once = gzip.compress(b"a;b\n1;2\n")
    for twice in (gzip.compress(once), pa.compress(once, "zstd", asbytes=True), gzip.compress(pa.compress(b"a;b", "zstd", asbytes=True))):
        with pytest.raises(BadInput, match="compressed more than once"):
            unpack(twice, "log.gz", Task())


def test_cut_off_or_damaged_compression_is_said() -> None:
    text = "".join(f"S{n};a;2024-02-01\n" for n in range(500)).encode()
    for packed in (gzip.compress(text), pa.compress(text, "zstd", asbytes=True)):
        for cut in (len(packed) - 1, len(packed) // 2, 20):
            with pytest.raises(BadInput, match="damaged or cut off"):
                unpack(packed[:cut], "log", Task())
        with pytest.raises(BadInput, match="damaged or cut off"):
            unpack(packed + b"garbage", "log", Task())


def test_zeros_behind_gzip_and_a_frame_to_skip_before_zstd_are_no_damage() -> None:
    text = CSV_TEXT * 1000
    packed = gzip.compress(text)
    for filled in (b"\0", b"\0" * 509, b"\0" * (1 << 23)):
        assert unpack(packed + filled, "log.gz", Task())[1].to_pybytes() == text
        assert unpack(packed + packed + filled, "log.gz", Task())[1].to_pybytes() == text * 2
    with pytest.raises(BadInput, match="damaged or cut off"):
        unpack(packed + b"\0" * 99 + b"x", "log.gz", Task())
    frame = pa.compress(text, "zstd", asbytes=True)
    for sign in (0x50, 0x5F):
        skipped = bytes((sign,)) + b"\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"a;b;c"
        assert unpack(skipped + frame + skipped, "log.zst", Task())[1].to_pybytes() == text


CSV_TEXT = b"Sagsnr;Aktivitet;Tidspunkt\n"


def test_members_one_after_the_other_are_one_file() -> None:
    parts = [b"Sagsnr;Aktivitet;Tidspunkt\n", b"S1;a;2024-02-01\n"]
    assert read(b"".join(map(gzip.compress, parts))).n_events == 1


# ---- what a file is -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"), (b" \r\n\t ", "is empty"), (b"\xef\xbb\xbf", "is empty"), (b"\xff\xfe", "is empty"),
        (b"PK\x03\x04\x14\0\0\0log.csv", "archive .* is damaged|compressed more than once"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z archive"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "like a workbook"),
        (b"age-encryption.org/v1\n-> X25519 abc", "encrypted twice"), (b"SQLite format 3\0", "object-centric"), (b"%PDF-1.7", "PDF"),
        (b'{"ocel:events": {}}', "object-centric"), (b'[{"case": 1}]', "object-centric"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not an event log"),
        (bytes(range(256)) * 16, "not an event log"), (b"\0" * 4096, "not an event log"), (b"BZh91AY&SY", "bzip2"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(content: bytes, said: str) -> None:
    for packed in (content, gzip.compress(content)):
        with pytest.raises(BadInput, match=said):
            read(packed)


def test_nothing_warns_about_pandas_or_arrow() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rows(read(parquet(frame()))) == EXPECTED
