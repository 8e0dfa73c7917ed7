"""Small made-up logs in every format that the product reads, for trying the bundle."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pa_parquet
import pyzipper

from engine.demo import PASSPHRASE
from engine.ocel.object_log import Collector
from engine.ocel.writing import write_log
from engine.tasks import Task

STEPS = (("Modtaget", "Visiteret", "Afgjort"), ("Modtaget", "Partshørt", "Visiteret", "Afgjort"), ("Modtaget", "Henlagt"))
BEGINNING = datetime(2024, 3, 29, 8, 30, tzinfo=UTC)
COLUMNS = ("case", "activity", "timestamp")
N_CASES = 40

Event = tuple[str, str, datetime]


def events() -> list[Event]:
    """Forty cases of three courses over the change to summer time."""
    return [
        (f"S-{case:03}", activity, BEGINNING + timedelta(hours=7 * case, minutes=95 * place))
        for case in range(N_CASES)
        for place, activity in enumerate(STEPS[case % len(STEPS)])
    ]


def write_logs(folder: Path) -> list[Path]:
    """The same log as CSV, packed XES, Parquet, Arrow, as a workbook, and in an archive locked with the demo's passphrase."""
    rows = events()
    table = pa.table({name: pa.array([row[place] for row in rows]) for place, name in enumerate(COLUMNS)})
    files = [folder / name for name in ("log.csv", "log.xes.gz", "log.parquet", "log.arrow")]
    lines = [",".join(COLUMNS), *(f"{case},{activity},{moment.isoformat()}" for case, activity, moment in rows)]
    files[0].write_text("\n".join(lines) + "\n", "utf-8")
    files[1].write_bytes(gzip.compress(as_xes(rows).encode()))
    pa_parquet.write_table(table, files[2])
    with pa.OSFile(str(files[3]), "wb") as sink, pa_ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    workbook, archive = folder / "log.ods", folder / "log.zip"
    workbook.write_bytes(as_sheet([COLUMNS, *((case, activity, moment.isoformat()) for case, activity, moment in rows)]))
    archive.write_bytes(as_locked_archive(files[0].read_bytes()))
    return [*files, workbook, archive]


def write_objects(folder: Path) -> Path:
    """The same log as an object-centric one, in a database: its cases are the objects."""
    collector = Collector("log.sqlite", "2.0")
    for number in range(N_CASES):
        collector.add_object(f"S-{number:03}", "Sag")
    for place, (case, activity, moment) in enumerate(events()):
        collector.relate(collector.add_event(f"e{place}", activity, moment.isoformat()), case, "sag")
    path = folder / "log.sqlite"
    path.write_bytes(write_log(collector.finish(), "sqlite", "UTC", Task()))
    return path


def as_sheet(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Rows of texts as an OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in row)
        + "</table:table-row>"
        for row in rows
    )
    names = "".join(f' xmlns:{part}="urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"' for part in ("office", "table", "text"))
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Ark1">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", content)
    return target.getvalue()


def as_locked_archive(content: bytes) -> bytes:
    """A ZIP archive locked with AES-256 and the demo's passphrase."""
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSPHRASE.encode())
        archive.writestr("log.csv", content)
    return target.getvalue()


def as_xes(rows: list[Event]) -> str:
    """The log as XES 1.0."""
    by_case: dict[str, list[str]] = {}
    for case, activity, moment in rows:
        event = f'<event><string key="concept:name" value="{activity}"/><date key="time:timestamp" value="{moment.isoformat()}"/></event>'
        by_case.setdefault(case, []).append(event)
    traces = [f'<trace><string key="concept:name" value="{case}"/>{"".join(found)}</trace>' for case, found in by_case.items()]
    return f'<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0" xmlns="http://www.xes-standard.org/">{"".join(traces)}</log>'
