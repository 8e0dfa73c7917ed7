"""Object-centric logs: every format of OCEL read as it stands, flattened to the case notion that the user chooses."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyrage
import pytest

from engine import cli, hardening
from engine.description import describe
from engine.errors import BadInput, Cancelled
from engine.files.compression import unpack
from engine.files.content import Content
from engine.importing.reading import read_log
from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.ocel.csv_reading import ids_of
from engine.ocel.description import ObjectDescription, describe_objects
from engine.ocel.object_log import ObjectLog
from engine.ocel.reading import FlattenedTable, read_objects
from engine.service.messages import FileKind, Secret
from engine.sources import open_source, preview, read_any, read_source, use_roles
from engine.tasks import Task
from engine.texts import Texts
from tests import real_logs
from tests.engine.test_zip_archives import locked, plain
from tests.object_logs import EVENTS, FORMATS, SECRET, TYPES, database, json_first, json_second, table, xml_first, xml_second
from tests.real_logs import DATA

ENGLISH = Texts("en")
FLATTENED = "flattened_per_object_type (E2O deduplicated, order timestamp then file order)"
EVERY_FORMAT = pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
TRUTHS = sorted((DATA / "ocel").glob("*.truth.json"))
REAL = real_logs.over("real", [(path,) for path in TRUTHS])


def read(content: bytes, name: str = "log") -> ObjectLog:
    kind, buffer = unpack(content, name, Task())
    if kind is Content.XES:
        read_log(content, name, ReadOptions(), Task())
    return read_objects(kind, buffer, name, Task())


def told(content: bytes) -> ObjectDescription:
    return describe_objects(read(content), "UTC", ENGLISH, Task())


def refusal(content: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        read(content)
    assert SECRET not in str(refused.value)
    return str(refused.value)


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


# ---- what stands in a log ------------------------------------------------------------------------------------------------------


@EVERY_FORMAT
def test_every_format_says_the_same(write: Callable[[], bytes]) -> None:
    found = told(write())
    assert (found.events, found.objects, found.activities, found.object_types) == (4, 4, 3, TYPES)
    assert (found.event_object_relations, found.events_with_multiple_objects) == (8, 3)
    assert found.event_types == {"Opret sag": 2, "Afgør sag": 1, "Send brev": 1}
    assert (found.first_event, found.last_event) == ("2024-03-01T08:00:00+00:00", "2024-03-05T12:00:00+00:00")
    assert found.object_object_relations == (1 if found.version == "2.0" else 0)
    assert found.object_attribute_values == (0 if write is table else 1)
    assert found.warnings == ()


@EVERY_FORMAT
def test_the_objects_of_the_chosen_type_are_the_cases(write: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(write())
    log = read_source(path, Secret(), ReadOptions(object_type="Sag"), Task())
    found = describe(log, ENGLISH, Task())
    assert (found.cases, found.events, log.case_ids.to_pylist()) == (2, 5, ["s1", "s2"])
    assert {(arc.source, arc.target): arc.count for arc in found.directly_follows} == {
        ("Opret sag", "Send brev"): 1, ("Send brev", "Afgør sag"): 1, ("Send brev", "Opret sag"): 1,
    }  # fmt: skip
    letters = describe(read_source(path, Secret(), ReadOptions(object_type="Brev"), Task()), ENGLISH, Task())
    assert letters.warnings == ("Events that belong to no object of the type Brev were left out: 3.",)


def test_stamps_without_a_zone_are_clock_times_of_the_municipality() -> None:
    log = FlattenedTable(read(database()), "Sag", "Europe/Copenhagen").head(1)
    assert log.column(2)[0].as_py().isoformat() == "2024-03-01T07:00:00+00:00"


@EVERY_FORMAT
def test_a_log_is_read_packed_and_locked_alike(write: Callable[[], bytes], tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    content = write()
    ways = {
        "a.gz": (gzip.compress(content), Secret()),
        "b.zip": (plain(content), Secret()),
        "c.zip": (locked(content, b"hemmelig"), Secret(passphrase="hemmelig")),
        "d.age": (pyrage.encrypt(content, [key.to_public()]), Secret(identity_path=str(tmp_path / "key.txt"))),
    }
    for name, (packed, secret) in ways.items():
        (tmp_path / name).write_bytes(packed)
        found = read_any(tmp_path / name, secret, ReadOptions(), Task())
        assert isinstance(found, ObjectLog) and found.n_events == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*ways, "key.txt"])


# ---- the window and the shell --------------------------------------------------------------------------------------------------


def test_the_window_offers_the_object_types_and_takes_the_chosen_one(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(json_second())
    source = open_source(path, Secret(), ReadOptions(timezone="Europe/Copenhagen"), Task())
    assert source.kind is FileKind.TABLE and source.preview is not None
    assert source.preview.object_types == ("Sag", "Borger", "Brev")
    assert (source.preview.options.object_type, source.preview.missing) == ("Sag", ())
    assert [cells[0] for cells in source.preview.rows] == ["•••1", "•••1", "•••2", "•••2", "•••1"]
    with pytest.raises(BadInput, match="Sag, Borger, Brev"):
        use_roles(source, ReadOptions(), Task())
    other = preview(source, ReadOptions(object_type="Borger"), Task())
    assert other.preview is not None and other.preview.columns[0] == "Borger"
    opened = use_roles(other, other.preview.options, Task())
    assert opened.log is not None and (opened.log.n_cases, opened.log.n_events) == (1, 2)
    assert opened.log.case_ids.to_pylist() != ["b1"]


def test_the_shell_describes_the_objects_and_then_one_case_notion(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "limit_process", lambda: None)
    monkeypatch.setenv("LANGUAGE", "da")
    path = tmp_path / "log.sqlite"
    path.write_bytes(database())
    assert cli.main(["describe", str(path), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [found[key] for key in ("events", "objects", "activities", "object_types", "event_object_relations")] == [4, 4, 3, TYPES, 8]
    assert cli.main(["describe", str(path)]) == 0
    assert "Vælg med --object-type, hvad der er sagen: Sag, Borger, Brev." in capfd.readouterr().out
    assert cli.main(["describe", str(path), "--object-type", "Sag", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["cases"] == 2
    assert cli.main(["describe", str(path), "--object-type", "Ordre"]) == 2
    assert "Den har: Sag, Borger, Brev." in capfd.readouterr().err


def test_a_log_without_a_chosen_type_is_no_log_of_cases(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(json_second())
    with pytest.raises(BadInput, match="--object-type"):
        read_source(path, Secret(), ReadOptions(), Task())
    with pytest.raises(BadInput, match="choose an object type"):
        read_log(json_second(), "log.json", ReadOptions(), Task())


def test_employees_are_objects_but_never_cases(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(json_second().replace(b"Borger", b"Sagsbehandler"))
    found = read_any(path, Secret(), ReadOptions(), Task())
    assert isinstance(found, ObjectLog) and found.objects_by_type()["Sagsbehandler"] == 1
    with pytest.raises(BadInput, match="Employees are never cases"):
        read_source(path, Secret(), ReadOptions(object_type="Sagsbehandler"), Task())
    window = open_source(path, Secret(), ReadOptions(), Task())
    assert window.preview is not None and window.preview.object_types == ("Sag", "Brev")


# ---- what is told, and what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [json_second, xml_second, json_first, xml_first], ids=["json 2.0", "xml 2.0", "json 1.0", "xml 1.0"])
def test_relations_to_nothing_and_times_that_are_none_are_told(write: Callable[[], bytes]) -> None:
    found = told(changed(write(), '"b1"', '"ukendt"').replace(b"2024-03-05T12:00:00Z", b"snart"))
    assert found.e2o_to_undeclared_objects + found.objects_without_events >= 1
    assert found.events_missing_or_bad_time == 1
    assert any("could not be read as a time" in said for said in found.warnings)


def test_what_a_database_lacks_is_told() -> None:
    found = told(database("DELETE FROM object WHERE ocel_id = 'd1'", "UPDATE event_object SET ocel_qualifier = NULL"))
    assert (found.e2o_to_undeclared_objects, found.event_object_relations, found.object_object_relations) == (1, 8, 0)
    assert {said.rpartition(":")[2] for said in found.warnings} == {" 8.", " 1."}
    assert "no time" not in str(told(database("DELETE FROM event_OpretSag")).warnings)
    assert told(database("DELETE FROM event_OpretSag")).events_missing_or_bad_time == 2
    assert told(database("INSERT INTO event_OpretSag VALUES ('e9', '2024-01-01')")).events == 4
    assert "lacks the table event_object" in refusal(database("DROP TABLE event_object"))
    assert "lacks the column ocel_type" in refusal(database("ALTER TABLE event RENAME COLUMN ocel_type TO x"))


def test_objects_without_events_are_not_counted_and_told() -> None:
    found = told(database("INSERT INTO object VALUES ('s9', 'Sag')", "INSERT INTO object_object VALUES ('s9', 's1', 'x')"))
    assert (found.objects, found.object_types, found.object_object_relations, found.objects_without_events) == (4, TYPES, 1, 1)
    assert found.warnings == ("Objects without events are not counted: 1.",)


def test_names_that_are_missing_or_stand_twice_are_told() -> None:
    first, second = EVENTS[0], EVENTS[1]
    twice = json_second().replace(f'"id": "{second[0]}"'.encode(), f'"id": "{first[0]}"'.encode())
    assert told(twice).distinct_event_ids == 3
    assert any("id of an earlier one" in said for said in told(twice).warnings)
    nameless = changed(changed(json_second(), '"type": "Opret sag"', '"type": null'), '"type": "Brev"', '"type": ""')
    assert {"(no activity)", "(no type)"} <= {*told(nameless).event_types, *told(nameless).object_types}
    assert len(told(nameless).warnings) == 2


@pytest.mark.parametrize("write", [xml_first, xml_second], ids=["1.0", "2.0"])
def test_xml_that_is_no_sound_log_is_refused(write: Callable[[], bytes]) -> None:
    bomb = '<log><!DOCTYPE x [<!ENTITY a "b">]>'
    doctype = write().replace(b"<log>", b'<!DOCTYPE log [<!ENTITY a "aaaa">]><log>', 1)
    assert "document type" in refusal(doctype)
    assert "not well-formed" in refusal(write()[:-20])
    assert "not well-formed" in refusal(changed(write(), "<log>", bomb))
    assert "not well-formed" in refusal(changed(write(), "</events>", "<a>" * 300 + "</a>" * 300 + "</events>"))
    assert "longer than" in refusal(changed(write(), "Send brev", "x" * (2 << 20)))
    assert "no events" in refusal(b"<log><object-types/><objects/><events/></log>")


@pytest.mark.parametrize("write", [json_first, json_second], ids=["1.0", "2.0"])
def test_json_that_is_no_sound_log_is_refused(write: Callable[[], bytes]) -> None:
    assert "cut off" in refusal(write()[:-30])
    assert "breaks at byte" in refusal(changed(write(), "e1", 'e1" "'))
    assert "longer than" in refusal(changed(write(), "Send brev", "x" * (2 << 20)))
    deep = "[" * 100_000 + "]" * 100_000
    assert "nested too deeply" in refusal(b'{"objectTypes": %s, ' % deep.encode() + write()[1:])
    assert "no object-centric" in refusal(b'[{"case": 1}]')
    assert "no object-centric" in refusal(b'{"events": [], "more": 1}')
    assert "$.events" in refusal(b'{"objectTypes": [], "events": {"a": 1}}')
    assert "no events" in refusal(b'{"objectTypes": [], "events": []}')
    assert told(b"\xef\xbb\xbf" + write()).events == 4


def test_databases_that_would_run_or_hide_something_are_refused() -> None:
    assert "damaged" in refusal(database()[:4096])
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x AS ocel_id, x AS ocel_type FROM c"
    view = database("ALTER TABLE event RENAME TO e", f"CREATE VIEW event AS {endless}")
    assert "lacks the table event" in refusal(view)
    computed = database("ALTER TABLE object_Borger ADD COLUMN regnet TEXT GENERATED ALWAYS AS (navn || navn) VIRTUAL")
    assert "regnet" not in read(computed).object_attributes.name
    assert "longer than" in refusal(database(f"UPDATE event SET ocel_type = '{'x' * (2 << 20)}'"))
    assert "damaged" in refusal(b"SQLite format 3\0" + bytes(4096))
    journal = bytearray(database())
    journal[18:20] = b"\x02\x02"
    assert told(bytes(journal)).events == 4


def test_reading_a_database_can_be_stopped() -> None:
    for stop_at in (1, 3, 5):
        calls = iter(range(1000))

        def is_stopped(stop_at: int = stop_at, calls: Any = calls) -> bool:
            return next(calls) >= stop_at

        with pytest.raises(Cancelled):
            read_objects(unpack(database(), "log", Task())[0], pa.py_buffer(database()), "log", Task(is_cancelled=is_stopped))


def test_cells_of_ids_are_lists_and_nothing_else() -> None:
    assert ids_of("['i4', 'i1']", "c", "f", 2) == ["i4", "i1"]
    assert ids_of('["it\'s", \'a\\\'b\']', "c", "f", 2) == ["it's", "a'b"]
    assert ids_of("[1, 2]", "c", "f", 2) == ["1", "2"]
    assert ids_of("", "c", "f", 2) == ids_of(" [] ", "c", "f", 2) == []
    for broken in ("i1", "['a', ['b']]", "['a'", "__import__('os')", "['a' 'b']", "[" * 1000):
        with pytest.raises(BadInput, match="Row 2 of f"):
            ids_of(broken, "c", "f", 2)


# ---- the public logs -----------------------------------------------------------------------------------------------------------


@REAL
def test_public_logs_are_read_as_their_truth_says(real: tuple[Path]) -> None:
    truth = real_logs.read_truth(real[0])
    path = real[0].with_name(truth["file"])
    found = read_any(path, Secret(), ReadOptions(), Task())
    assert isinstance(found, ObjectLog)
    numbers = describe_objects(found, "UTC", ENGLISH, Task())
    assert (numbers.events, numbers.objects, numbers.event_types, numbers.object_types) == (
        truth["events"], truth["objects"], truth["event_types"], truth["object_types"],
    )  # fmt: skip
    assert (numbers.event_object_relations, numbers.object_object_relations) == (truth["e2o_relations"], truth["o2o_relations"])
    for key in ("distinct_event_ids", "events_missing_or_bad_time", "e2o_to_undeclared_objects", "events_without_objects"):
        assert getattr(numbers, key) == truth.get(key, getattr(numbers, key))
    assert sorted(numbers.e2o_qualifiers_top10.values()) == sorted(truth["e2o_qualifiers_top10"].values())
    for key in ("first_event", "last_event"):
        moment = datetime.fromisoformat(truth[key])
        assert datetime.fromisoformat(str(getattr(numbers, key))).replace(tzinfo=None) == moment.replace(tzinfo=None)
    for kind, wanted in truth[FLATTENED].items():
        if kind not in numbers.case_notions:
            assert "employee" in kind.lower()
            continue
        flat = read_source(path, Secret(), ReadOptions(object_type=kind), Task())
        assert isinstance(flat, EventLog)
        seen = describe(flat, ENGLISH, Task())
        assert (seen.cases, seen.events, seen.variants, len(seen.directly_follows)) == (
            wanted["objects_with_events"], wanted["events_flattened"], wanted["variants"], wanted["dfg_arcs"],
        )  # fmt: skip
        arcs = {(arc.source, arc.target): arc.count for arc in seen.directly_follows}
        assert all(arcs[source, target] == count for source, target, count in wanted["dfg_top5"])


# ---- OCEL out ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "xml", "sqlite"])
def test_the_shell_writes_a_log_as_ocel_that_only_the_key_opens(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "limit_process", lambda: None)
    monkeypatch.setenv("LANGUAGE", "da")
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    (tmp_path / "log.xml").write_bytes(xml_first())
    target = tmp_path / f"ud.{form}.age"
    command = ["export-ocel", str(tmp_path / "log.xml"), "--out", str(target), "--to", str(key.to_public())]
    assert cli.main(command) == 0
    assert "4 hændelser og 4 objekter" in capfd.readouterr().out
    assert SECRET.encode() not in target.read_bytes()
    found = read_any(target, Secret(identity_path=str(tmp_path / "key.txt")), ReadOptions(), Task())
    assert isinstance(found, ObjectLog) and (found.version, found.n_events, found.objects_by_type()) == ("2.0", 4, TYPES)
    assert SECRET in found.object_attributes.value
    assert cli.main(command) == 2
    assert "findes allerede" in capfd.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["key.txt", "log.xml", target.name])


def test_a_log_is_never_written_in_the_clear(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "limit_process", lambda: None)
    (tmp_path / "log.json").write_bytes(json_second())
    (tmp_path / "log.csv").write_text("Sagsnr;Aktivitet;Tidspunkt\n1;a;2024-01-01\n")
    key = str(pyrage.x25519.Identity.generate().to_public())
    for file, out, to, said in (
        ("log.json", "ud.json", key, ".json.age"),
        ("log.json", "ud.json.age", "age1x", "--to"),
        ("log.csv", "ud.json.age", key, "no object-centric"),
    ):
        assert cli.main(["export-ocel", str(tmp_path / file), "--out", str(tmp_path / out), "--to", to]) == 2
        assert said in capfd.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "log.json"]
