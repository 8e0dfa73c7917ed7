"""An import may mix tables, XES logs and object-centric logs: each becomes rows of columns, washed and joined like any other."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest

from engine.errors import BadInput
from engine.import_session import ImportSession
from engine.log.columns import ColumnRoles
from engine.service.messages import ImportFile, PlanImport, PlannedFile, PreviewFile, TakeIn
from engine.tasks import Task
from engine.washing.values import MapValues, TableRecipe

EVENTS = "".join(
    f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="2025-03-{day:02}T10:00:00.000+01:00"/>'
    f'<string key="org:group" value="Nord"/><string key="org:resource" value="Karl Kjær"/></event>'
    for day, name in ((3, "A"), (5, "B"))
)
XES = '<log xmlns="http://www.xes-standard.org/">' + "".join(
    f'<trace><string key="concept:name" value="S-{n}"/><string key="channel" value="Web"/>{EVENTS}</trace>' for n in range(5)
) + "</log>"
CSV = "Sag;Hændelse;Dato\n" + "".join(f"S-{n};Samtale holdt;2025-03-2{n} 09:00\n" for n in range(5))
OCEL = {
    "ocel:global-log": {"ocel:object-types": ["sag", "borger"], "ocel:attribute-names": [], "ocel:version": "1.0"},
    "ocel:events": {
        str(n): {"ocel:activity": "Brev sendt", "ocel:timestamp": f"2025-04-0{n + 1}T08:00:00+00:00", "ocel:omap": omap, "ocel:vmap": {}}
        for n, omap in enumerate((["S-1", "b1"], ["S-2", "b1"], ["b1"]))
    },
    "ocel:objects": {
        "S-1": {"ocel:type": "sag", "ocel:ovmap": {}},
        "S-2": {"ocel:type": "sag", "ocel:ovmap": {}},
        "b1": {"ocel:type": "borger", "ocel:ovmap": {}},
    },
}


@pytest.fixture
def paths(tmp_path: Path) -> tuple[str, str, str]:
    table, log, objects = tmp_path / "momentum.csv", tmp_path / "fasit.xes.gz", tmp_path / "breve.jsonocel"
    table.write_text(CSV, "utf-8")
    log.write_bytes(gzip.compress(XES.encode()))
    objects.write_bytes(msgspec.json.encode(OCEL))
    return str(table), str(log), str(objects)


def table_of(file: PlannedFile) -> TableRecipe:
    assert file.problem is None and file.table is not None
    return file.table


def test_a_table_a_xes_log_and_an_object_log_become_one_log(paths: tuple[str, str, str]) -> None:
    session = ImportSession()
    plan = session.plan(PlanImport(paths), Task())
    log = plan.files[1]
    assert log.preview is not None and log.preview.columns == (
        "case:concept:name", "concept:name", "time:timestamp", "org:group", "org:resource", "case:channel"
    )  # fmt: skip
    roles = table_of(log).roles
    assert (roles.case, roles.activity, roles.timestamp, roles.unit) == log.preview.columns[:4]
    assert log.preview.employees == ("org:resource",)
    objects = plan.files[2]
    assert objects.preview is not None and objects.preview.object_types == ("sag", "borger")
    assert table_of(objects).object_type == "sag" and table_of(objects).roles.case == "sag"
    washed = msgspec.structs.replace(table_of(log), steps=(MapValues(column="concept:name", table={"A": "Ansøgning"}),))
    wanted = (ImportFile(paths[0], table_of(plan.files[0])), ImportFile(paths[1], washed), ImportFile(paths[2], table_of(objects)))
    intake, _ = session.take_in(TakeIn(wanted), Task())
    assert (intake.log.n_cases, intake.log.n_events) == (5, 17)
    assert set(intake.log.activities) == {"Ansøgning", "B", "Samtale holdt", "Brev sendt"}
    left_out = [notice for notice in intake.log.notices if notice.values.get("type") == "sag"]
    assert [notice.values["count"] for notice in left_out] == [1]


def test_another_object_type_is_another_case(paths: tuple[str, str, str]) -> None:
    session = ImportSession()
    plan = session.plan(PlanImport(paths[2:]), Task())
    other = msgspec.structs.replace(table_of(plan.files[0]), object_type="borger")
    found = session.preview(PreviewFile(paths[2], other), Task())
    assert table_of(found).roles.case == "borger" and found.preview is not None and found.preview.n_rows == 3
    intake, _ = session.take_in(TakeIn((ImportFile(paths[2], table_of(found)),)), Task())
    assert (intake.log.n_cases, intake.log.n_events) == (1, 3)


def test_a_xes_log_without_events_or_with_a_document_type_is_told_with_its_file(tmp_path: Path) -> None:
    empty, typed = tmp_path / "tom.xes", tmp_path / "type.xes"
    empty.write_text('<log><trace><string key="concept:name" value="S"/></trace></log>')
    typed.write_text('<!DOCTYPE log [<!ENTITY a "b">]><log/>')
    plan = ImportSession().plan(PlanImport((str(empty), str(typed))), Task())
    said = [file.problem.message for file in plan.files if file.problem is not None]
    assert "holds no events" in said[0] and "document type" in said[1]


def test_what_columns_tell_of_persons_is_said_with_how_sure_it_is(tmp_path: Path) -> None:
    path = tmp_path / "personer.csv"
    rows = "".join(f"S-{n};A;{1 + n:02}-03-2025 10:00;01019{n}-111{n};karl{n}@by.dk;Nord\n" for n in range(9))
    path.write_text("Sag;Trin;Dato;CPR;Mail;Enhed\n" + rows, "utf-8")
    file = ImportSession().plan(PlanImport((str(path),)), Task()).files[0]
    assert set(file.signs) == {"CPR", "Mail"}
    assert [sign.kind for sign in file.signs["CPR"]] == ["cpr"] and file.signs["Mail"][0].kind == "email"
    assert all(0.5 <= sign.confidence <= 1.0 for signs in file.signs.values() for sign in signs)


def test_a_recipe_for_an_object_log_without_its_type_says_so(paths: tuple[str, str, str]) -> None:
    session = ImportSession()
    table = TableRecipe(ColumnRoles("ordre", "ocel:activity", "ocel:timestamp"), object_type="ordre")
    with pytest.raises(BadInput, match="no objects of the type"):
        session.take_in(TakeIn((ImportFile(paths[2], table),)), Task())
