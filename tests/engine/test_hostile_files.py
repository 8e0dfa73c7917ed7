"""Small files of every format, damaged at random: the answer is a result or a sentence, never another exception."""

from __future__ import annotations

import gzip
import random

import pyarrow as pa
import pytest

from engine.description import describe
from engine.errors import BadInput
from engine.importing.reading import preview_table, read_log
from engine.log.columns import ReadOptions
from engine.tasks import Task
from engine.texts import Texts
from tests.engine.test_binary_tables import FOLDED, ODD, PLAIN, WRITERS, beside, frame

MUTATIONS = 120
SECRET = "Ane Hemmelig"
CSV = f"Sagsnr;Aktivitet;Tidspunkt\nS1;Modtaget;2024-02-01 08:00\nS2;{SECRET};2024-02-02 09:15\nS1;Afgjort;2024-02-03 12:30\n".encode()
XES = f"""<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0"><global scope="event"><string key="concept:name" value="x"/></global>
<trace><string key="concept:name" value="S1"/><event><string key="concept:name" value="Modtaget"/>
<date key="time:timestamp" value="2024-02-01T08:00:00.000+01:00"/><list key="l"><values><int key="i" value="1"/></values></list></event>
<event><string key="concept:name" value="{SECRET}"/>
<date key="time:timestamp" value="2024-02-02T08:00:00Z"/></event></trace></log>""".encode()
SEEDS = {
    **{name: write(frame()) for name, write in WRITERS.items()},
    "parquet with bytes": WRITERS["parquet"](beside({**ODD, **PLAIN})),
    "arrow with bytes": WRITERS["arrow file"](beside({**ODD, **PLAIN, **FOLDED})),
    "csv": CSV,
    "csv utf-16": CSV.decode().encode("utf-16"),
    "csv gzip": gzip.compress(CSV, mtime=0),
    "csv zstd": pa.compress(CSV, "zstd", asbytes=True),
    "xes": XES,
    "xes gzip": gzip.compress(XES, mtime=0),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Flip, overwrite, delete, insert or repeat bytes, or cut the file off."""
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(raw))
        kind = chance.randrange(6)
        if kind == 0:
            raw[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            raw[place] = chance.choice(b'\0\xff<>&";,\n\r\t 0-9')
        elif kind == 2:
            del raw[place : place + chance.randrange(1, 40)]
        elif kind == 3:
            raw[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
        elif kind == 4:
            source = chance.randrange(len(raw))
            raw[place:place] = raw[source : source + chance.randrange(1, 200)]
        else:
            del raw[place + 1 :]
        if not raw:
            break
    return bytes(raw)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_give_a_result_or_a_sentence(name: str) -> None:
    options = ReadOptions(timezone="Europe/Copenhagen")
    results = refusals = 0
    for seed in range(MUTATIONS):
        content = damaged(SEEDS[name], random.Random(seed))
        for attempt in (read_log, preview_table):
            try:
                found = attempt(content, "fil", options, Task())
                if attempt is read_log:
                    describe(found, Texts("da"), Task())
                results += 1
            except BadInput as refused:
                refusals += 1
                assert SECRET not in str(refused)
    assert refusals > MUTATIONS // 10, "the mutations are strong enough to be refused now and then"
    assert results + refusals == 2 * MUTATIONS
