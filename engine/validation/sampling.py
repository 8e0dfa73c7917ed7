"""Samples of cases by a seed: the same seed, version of the data, method and number give the same cases on every machine.

Whole numbers come from SHA-256 in counter mode, without bias; a sample is the beginning of a shuffle (Fisher and Yates), so a larger sample
with the same seed begins with the smaller one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.log.variants import VariantIndex
from engine.tasks import Task
from engine.validation.values import MOST_CASES, MOST_SEED, Draw, Method, Stratum

Ints = NDArray[np.int64]
WORD = 8
"""Bytes of one drawn number."""
HALF, MOST, LONG = 0.5, 0.8, 0.95
"""Common: the most frequent variants that cover half of the cases; rare: those beyond the ones that cover 80 %, and those of one case;
longest: with more events than 95 % of the cases have."""
NO_CASES = N_("Choose from 1 to {most} cases for a sample.")
NO_SEED = N_("A seed is a whole number with at most 18 digits.")


def new_seed() -> int:
    """A seed that nobody can have foreseen; six digits, so that it can be read aloud."""
    return 100_000 + secrets.randbelow(900_000)


def draw_cases(draw: Draw, variants: VariantIndex, task: Task) -> list[tuple[int, Stratum]]:
    """The cases of a draw (places in the log) in the order in which they are to be shown, and the stratum of each.

    By variant, the strata take turns. BadInput for a number or seed that will not do.
    """
    if not 1 <= draw.n <= MOST_CASES:
        raise BadInput(NO_CASES, most=MOST_CASES)
    if not 0 <= draw.seed <= MOST_SEED:
        raise BadInput(NO_SEED)
    queues = [(stratum, _shuffled(_stream(draw, stratum), cases)) for stratum, cases in _strata(draw.method, variants).items()]
    drawn: list[tuple[int, Stratum]] = []
    while queues and len(drawn) < draw.n:
        task.check()
        left = []
        for stratum, queue in queues:
            case = next(queue, None)
            if case is not None and len(drawn) < draw.n:
                drawn.append((case, stratum))
                left.append((stratum, queue))
        queues = left
    return drawn


def _strata(method: Method, variants: VariantIndex) -> dict[Stratum, Ints]:
    """The cases of each stratum that there is, in the log's order; the strata in the order in which they take turns."""
    if method is Method.RANDOM:
        return {Stratum.ALL: np.arange(len(variants.case_variant))}
    of_variant = strata_of_variants(variants)
    of_case = of_variant[variants.case_variant]
    order = (Stratum.COMMON, Stratum.RARE, Stratum.LONGEST, Stratum.OTHER)
    found = {stratum: np.flatnonzero(of_case == number) for number, stratum in enumerate(order)}
    return {stratum: cases for stratum, cases in found.items() if len(cases)}


def strata_of_variants(variants: VariantIndex) -> NDArray[np.int8]:
    """The stratum of each variant: 0 common, 1 rare, 2 longest, 3 other; shape (n_variants,)."""
    counts, lengths = variants.counts, np.diff(variants.offsets)
    rank = np.arange(variants.n_variants)
    stratum = np.full(variants.n_variants, 3, np.int8)
    stratum[rank < _covering(counts, HALF)] = 0
    stratum[(rank >= _covering(counts, MOST)) | (counts == 1)] = 1
    stratum[lengths > _length_of(counts, lengths, LONG)] = 2
    return stratum


def _covering(counts: Ints, share: float) -> int:
    """How many of the most frequent variants cover a share of the cases."""
    return int(np.searchsorted(np.cumsum(counts), ceil(float(counts.sum()) * share - 1e-9))) + 1 if len(counts) else 0


def _length_of(counts: Ints, lengths: Ints, share: float) -> int:
    """The least number of events that a share of the cases does not pass."""
    order = np.argsort(lengths, kind="stable")
    place = int(np.searchsorted(np.cumsum(counts[order]), ceil(float(counts.sum()) * share - 1e-9))) if len(counts) else 0
    return int(lengths[order[place]]) if len(counts) else 0


def _shuffled(numbers: Iterator[int], cases: Ints) -> Iterator[int]:
    """The cases in the order of a shuffle, of which only the beginning is made."""
    moved: dict[int, int] = {}
    for place in range(len(cases)):
        other = place + _below(numbers, len(cases) - place)
        chosen = moved.get(other, other)
        moved[other] = moved.get(place, place)
        yield int(cases[chosen])


def _below(numbers: Iterator[int], limit: int) -> int:
    """A number from 0 to limit - 1, each as likely as the others."""
    fair = (1 << (8 * WORD)) // limit * limit
    return next(number for number in numbers if number < fair) % limit


def _stream(draw: Draw, stratum: Stratum) -> Iterator[int]:
    """Numbers of 64 bits that seed, version, method and stratum alone decide."""
    name = f"sagsflow sample 1|{draw.version}|{draw.method.value}|{stratum.value}|{draw.seed}".encode()
    counter = 0
    while True:
        block = hashlib.sha256(name + b"|" + str(counter).encode()).digest()
        counter += 1
        yield from (int.from_bytes(block[at : at + WORD], "big") for at in range(0, len(block), WORD))
