"""Small made-up logs in every format that the product reads, for trying the bundle."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pa_parquet

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
    """The same log as CSV, packed XES, Parquet and Arrow."""
    rows = events()
    table = pa.table({name: pa.array([row[place] for row in rows]) for place, name in enumerate(COLUMNS)})
    files = [folder / name for name in ("log.csv", "log.xes.gz", "log.parquet", "log.arrow")]
    lines = [",".join(COLUMNS), *(f"{case},{activity},{moment.isoformat()}" for case, activity, moment in rows)]
    files[0].write_text("\n".join(lines) + "\n", "utf-8")
    files[1].write_bytes(gzip.compress(as_xes(rows).encode()))
    pa_parquet.write_table(table, files[2])
    with pa.OSFile(str(files[3]), "wb") as sink, pa_ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return files


def as_xes(rows: list[Event]) -> str:
    """The log as XES 1.0."""
    by_case: dict[str, list[str]] = {}
    for case, activity, moment in rows:
        event = f'<event><string key="concept:name" value="{activity}"/><date key="time:timestamp" value="{moment.isoformat()}"/></event>'
        by_case.setdefault(case, []).append(event)
    traces = [f'<trace><string key="concept:name" value="{case}"/>{"".join(found)}</trace>' for case, found in by_case.items()]
    return f'<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0" xmlns="http://www.xes-standard.org/">{"".join(traces)}</log>'
