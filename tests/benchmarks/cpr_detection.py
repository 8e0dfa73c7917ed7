"""How fast CPR numbers are found, and how surely: `python -m tests.benchmarks.cpr_detection [--rows N] [--columns N] [--seed N] [--json]`.

A CSV holds a column of CPR numbers (made up, with valid dates, one in eleven with a right check digit, in five ways of writing) and one of
remarks, every hundredth of which holds such a number. Pyarrow merely reads each column (the reference), then the product looks through it.
Columns of random ids tell how often something else is taken for CPR numbers. Every figure of time is the quickest of several runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from engine.personal.cpr import holds_number, passes_modulus_11
from engine.personal.signs import CPR, CPR_IN_TEXT, findings

TIMES = 3
GAPS = ("", "-", " ", " - ", "–")
REMARKS = ("Aftalt pr. telefon", "Dokumentation modtaget", "Se notat fra 03-02-2025", "Journal 2025-001234", "Beløb 12.500,00 kr.")
LEAST_RECALL, MOST_FALSE = 0.999, 0.01
CELLS = 2_000
"""Of one column of random ids."""
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class CprCost:
    """Seconds of reading and of looking, numbers found of those planted, and columns of other ids taken for CPR numbers.

    doubtful: such columns of which it is said that some cells may be one, which of ten random digits one in thirty is.
    """

    rows: int
    seed: int
    read_numbers_s: float
    find_numbers_s: float
    look_at_column_s: float
    read_remarks_s: float
    find_in_remarks_s: float
    with_check_digit: float
    recall: float
    recall_without_check_digit: float
    recall_in_remarks: float
    false_remarks: int
    id_columns: int
    flagged: int
    doubtful: int

    @property
    def holds(self) -> bool:
        """Whether the recall and the rate of false columns are what the product promises."""
        least = min(self.recall, self.recall_without_check_digit, self.recall_in_remarks)
        return least >= LEAST_RECALL and self.flagged <= MOST_FALSE * self.id_columns


def numbers(n: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Digits (shape (n, 10)) of numbers of people born from 1900 on, every one with a date of the calendar and the century it tells."""
    days = np.datetime64("1900-01-01") + random.integers(0, 46_000, n)
    text = np.datetime_as_string(days)
    digits = np.empty((n, 10), np.int64)
    for place, at in enumerate((8, 9, 5, 6, 2, 3)):
        digits[:, place] = [int(one[at]) for one in text]
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    short = year % 100
    old = np.where(short >= 37, random.choice((0, 1, 2, 3, 4, 9), n), random.choice((0, 1, 2, 3), n))
    new = np.where(short <= 36, random.integers(4, 10, n), random.integers(5, 9, n))
    digits[:, 6] = np.where(year < 2000, old, new)
    digits[:, 7:] = random.integers(0, 10, (n, 3))
    return digits


def written(digits: NDArray[np.int64]) -> list[str]:
    """The numbers as people write them, in turn."""
    joined = (digits + ord("0")).astype(np.uint8).tobytes().decode()
    cells = [joined[begin : begin + 10] for begin in range(0, len(joined), 10)]
    return [cell[:6] + GAPS[place % len(GAPS)] + cell[6:] for place, cell in enumerate(cells)]


def id_column(random: np.random.Generator) -> list[str]:
    """Random ids of one kind: case numbers, journal numbers, keys, amounts, accounts, eight to twelve digits."""
    kind = int(random.integers(0, 6))
    if kind == 0:
        return [f"{n:010d}" for n in random.integers(0, 10**10, CELLS)]
    if kind == 1:
        first = int(random.integers(10**9, 9 * 10**9))
        return [str(first + n) for n in range(CELLS)]
    if kind == 2:
        return [f"{2015 + n % 12}-{n:06d}" for n in random.integers(0, 10**6, CELLS)]
    if kind == 3:
        return [f"{n:0{int(random.integers(8, 13))}d}" for n in random.integers(0, 10**8, CELLS)]
    if kind == 4:
        return [f"KF{a:04d}{b:06d}" for a, b in random.integers(0, 10**4, (CELLS, 2))]
    return [f"{n / 100:.2f}" for n in random.integers(0, 10**8, CELLS)]


def measure(rows: int, columns: int, seed: int) -> CprCost:
    """Everything measured in one run."""
    random = np.random.default_rng(seed)
    digits = numbers(rows, random)
    cells, checked = written(digits), passes_modulus_11(digits)
    remarks = [f"{REMARKS[n % len(REMARKS)]}{f', cpr {cells[n]} oplyst' if n % 100 == 0 else ''}" for n in range(rows)]
    content = pa.py_buffer("\n".join(["cpr;tekst", *(f"{one};{other}" for one, other in zip(cells, remarks, strict=True))]).encode())
    texts = {name: column(content, name) for name in ("cpr", "tekst")}
    found, in_remarks = holds_number(texts["cpr"]), holds_number(texts["tekst"])
    holding = np.arange(rows) % 100 == 0
    kinds = [{one.kind for one in findings("nøgle", pa.array(id_column(random)), TODAY)} for _ in range(columns)]
    return CprCost(
        rows,
        seed,
        quickest(lambda: column(content, "cpr")),
        quickest(lambda: holds_number(texts["cpr"])),
        quickest(lambda: findings("nøgle", texts["cpr"], TODAY)),
        quickest(lambda: column(content, "tekst")),
        quickest(lambda: holds_number(texts["tekst"])),
        float(checked.mean()),
        float(found.mean()),
        float(found[~checked].mean()),
        float(in_remarks[holding].mean()),
        int(in_remarks[~holding].sum()),
        columns,
        sum(CPR in told for told in kinds),
        sum(CPR_IN_TEXT in told for told in kinds),
    )


def column(content: pa.Buffer, name: str) -> pa.Array:
    """One column of the text, as pyarrow reads it."""
    options = arrow_csv.ConvertOptions(include_columns=[name], column_types={name: pa.string()})
    parse = arrow_csv.ParseOptions(delimiter=";")
    return arrow_csv.read_csv(pa.BufferReader(content), parse_options=parse, convert_options=options).column(0).combine_chunks()


def quickest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of several runs."""
    seconds = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def told(cost: CprCost) -> list[str]:
    """What was measured, in lines."""
    return [
        f"{cost.rows:,} CPR numbers, seed {cost.seed}, {cost.with_check_digit:.1%} with a right check digit",
        f"column of numbers: read {cost.read_numbers_s:.2f} s, numbers found {cost.find_numbers_s:.2f} s"
        f" ({cost.rows / cost.find_numbers_s / 1e6:.1f} million cells a second), whole look {cost.look_at_column_s:.2f} s",
        f"column of remarks: read {cost.read_remarks_s:.2f} s, numbers found {cost.find_in_remarks_s:.2f} s",
        f"recall {cost.recall:.4%}, without a right check digit {cost.recall_without_check_digit:.4%},"
        f" in remarks {cost.recall_in_remarks:.4%} (at least {LEAST_RECALL:.1%}); other remarks taken for one: {cost.false_remarks}",
        f"columns of random ids taken for CPR numbers: {cost.flagged} of {cost.id_columns} (at most {MOST_FALSE:.0%});"
        f" said that some cells may be one: {cost.doubtful}",
    ]


def main() -> None:
    """Measure and print; the exit status is 1 when the promise does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cpr_detection")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cost = measure(arguments.rows, arguments.columns, arguments.seed)
    sys.stdout.write(json.dumps(asdict(cost)) + "\n" if arguments.json else "\n".join(told(cost)) + "\n")
    raise SystemExit(0 if cost.holds else 1)


if __name__ == "__main__":
    main()
