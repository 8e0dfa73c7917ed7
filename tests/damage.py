"""Damaged files of every format that can be imported, each opened in a process of its own.

    python -m tests.damage [--count 10000] [--seed 1]     prints seed, count and what became of the files, by format
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import os
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from engine.description import describe
from engine.errors import SagsflowError
from engine.files import sheet_reading, workbook
from engine.files.compression import unpack
from engine.files.content import Content
from engine.hardening import harden
from engine.importing.reading import OBJECT_CENTRIC, preview_table, read_log
from engine.log.columns import ReadOptions
from engine.ocel.description import describe_objects
from engine.ocel.reading import case_types, flatten, read_objects
from engine.tasks import Task
from engine.texts import Texts
from tests.engine.test_hostile_files import SECRET, SEEDS, damaged
from tests.engine.test_zip_archives import PASSPHRASE, locked, plain
from tests.object_logs import FORMATS
from tests.workbooks import ods, xls, xlsb, xlsx

READ, DEFECT, REFUSED, WROTE, FORGED, QUOTED = 0, 1, 2, 7, 8, 9
TOO_LONG = 30
"""Seconds after which a file counts as one that hangs."""
PATIENCE = 1
"""Seconds of computing after which a workbook's own process is given up on."""
FINE = {READ: "read", REFUSED: "refused", -signal.SIGABRT: "ended its process", -signal.SIGVTALRM: "given up on"}
WRONG = {DEFECT: "defect", WROTE: "wrote to disk", FORGED: "forged content taken", QUOTED: "quoted personal data", -signal.SIGALRM: "hung"}
HUGE = 2 << 20
ENCODINGS = ("utf-16", "utf-16-le", "latin-1", "cp037", "utf-7")
ROWS = [
    ["Sagsnr", "Aktivitet", "Tidspunkt"],
    *([f"S{place % 3}", SECRET if place == 4 else "Trin", f"2024-02-0{place + 1} 08:00"] for place in range(8)),
]
CSV = SEEDS["csv"]

FILES: dict[str, bytes] = {
    **SEEDS,
    "xlsx": xlsx(ROWS),
    "xls": xls(),
    "xlsb": xlsb(ROWS),
    "ods": ods(ROWS),
    "zip": plain(CSV),
    "zip aes": locked(CSV),
    **{f"ocel {name}": write() for name, write in FORMATS.items()},
}
ARCHIVES = frozenset({"xlsx", "xlsb", "ods", "zip"})
LOCKED = frozenset({"zip aes"})


def mutated(name: str, chance: random.Random) -> bytes:
    """A file damaged at random, archives also inside; of a text now and then its shape or encoding."""
    content = FILES[name]
    if name in ARCHIVES and chance.random() < 0.7:
        return _inside(content, chance)
    way = chance.randrange(8)
    if way == 0:
        return content[: chance.randrange(len(content))]
    if way == 1 and name not in LOCKED:
        return _shaped(content, chance)
    if way == 2:
        with suppress(UnicodeError):
            return content.decode().encode(chance.choice(ENCODINGS))
    return damaged(content, chance)


def _shaped(content: bytes, chance: random.Random) -> bytes:
    """Something that no log holds put into one: huge fields, deep nesting, document types, formulas."""
    intruder = chance.choice(
        (
            b"x" * HUGE, b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 50_000, b'<!DOCTYPE log [<!ENTITY a "bbbb">]>', b"&a;" * 100,
            b"=cmd|' /C calc'!A0", b"\x00" * 1000, b'"' * 999, b"\n" * 100_000, b"9" * 5000, b"1e999", b"-0", b"NaN",
        )
    )  # fmt: skip
    place = chance.choice([at for at, sign in enumerate(content) if sign in b'>",:\n;<'] or [0])
    return content[:place] + intruder + content[place + chance.randrange(2) :]


def _inside(content: bytes, chance: random.Random) -> bytes:
    """An archive with one damaged member, packed anew."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {one.filename: archive.read(one) for one in archive.infolist()}
    name = chance.choice([name for name, inside in members.items() if inside])
    change = chance.choice((damaged, damaged, _shaped))
    members[name] = change(members[name], chance)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, inside in members.items():
            archive.writestr(member, inside)
    return target.getvalue()


def fate(name: str, content: bytes) -> int:
    """How the process ended that opened the file: its exit status, or the signal below zero."""
    child = os.fork()
    if not child:
        _open_and_end(name, content)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _open_and_end(name: str, content: bytes) -> None:
    status = DEFECT
    try:
        faulthandler.disable()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(TOO_LONG)
        harden()
        sys.addaudithook(_forbid_writing)
        workbook.run_disposable = _here  # type: ignore[assignment]
        if os.environ.get("SAGSFLOW_DAMAGE") == "told":
            sheet_reading._be_silent = lambda: None
        status = _opened(name, content)
    except BaseException as error:
        if os.environ.get("SAGSFLOW_DAMAGE") == "told":
            sys.__excepthook__(type(error), error, error.__traceback__)
        panicked = type(error).__name__ == "PanicException"
        status = -signal.SIGABRT if panicked else DEFECT
    finally:
        if status == -signal.SIGABRT:
            os.abort()
        os._exit(status)


def _here(work: Callable[[bytes, Task], bytes], given: bytes, task: Task) -> bytes:
    """A workbook's child is this very process, which is given up on like that."""
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    return work(given, task)


def _forbid_writing(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and arguments[0] != os.devnull and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        os._exit(WROTE)


def _opened(name: str, content: bytes) -> int:
    options, texts = ReadOptions(timezone="Europe/Copenhagen"), Texts("da")
    try:
        kind, buffer = unpack(content, "fil", Task(), passphrase=PASSPHRASE)
        if kind in OBJECT_CENTRIC:
            _open_objects(kind, buffer, options, texts)
        else:
            describe(read_log(buffer, "fil", options, Task()), texts, Task())
            if kind is not Content.WORKBOOK:
                preview_table(buffer, "fil", options, Task())
    except SagsflowError as refused:
        return QUOTED if SECRET in texts.error(refused) else REFUSED
    return FORGED if name in LOCKED and buffer.to_pybytes() != CSV else READ


def _open_objects(kind: Content, buffer: Any, options: ReadOptions, texts: Texts) -> None:
    log = read_objects(kind, buffer, "fil", Task())
    describe_objects(log, options.timezone, texts, Task())
    if case_types(log):
        flatten(log, options, take_first=True).read((), Task())


def run(names: Sequence[str], count: int, seed: int) -> dict[str, Counter[int]]:
    """What became of `count` damaged files, by format."""
    fates: dict[str, Counter[int]] = {name: Counter() for name in names}
    for place in range(count):
        name = names[place % len(names)]
        found = fate(name, mutated(name, random.Random(f"{seed} {place}")))
        fates[name][found] += 1
        if found not in FINE and __name__ == "__main__":
            print(f"{name}, file {place}: {WRONG.get(found, found)}", flush=True)
    return fates


def wrong(fates: dict[str, Counter[int]]) -> dict[str, int]:
    """The files that did worse than being read or refused, by what they did."""
    total = sum(fates.values(), Counter[int]())
    return {WRONG.get(found, f"ended with {found}"): count for found, count in total.items() if found not in FINE}


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description="Open damaged files of every format.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    fates = run(list(FILES), arguments.count, arguments.seed)
    for name, found in fates.items():
        print(f"{name:<20} {', '.join(f'{FINE.get(kind, kind)} {count}' for kind, count in sorted(found.items()))}")
    bad = wrong(fates)
    seconds = time.monotonic() - started
    print(f"seed {arguments.seed}, {arguments.count} files of {len(FILES)} formats in {seconds:.0f} s: {bad or 'all fine'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
