"""Events that come in crowds: many with one key, such as a user and a second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.log.kernels import Ints
from engine.quality.view import PIECE, Checked, Flags

BUCKETS = 1 << 16
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of Knuth's multiplicative hashing for 64 bits."""


def crowded(log: Checked, keys: Callable[[slice], tuple[Ints, Ints]], size: int) -> tuple[Flags, int]:
    """Which events share their key with at least `size` (themselves among them), and how many such keys there are.

    keys: rows and their keys for a run of events. Keys are first counted by hash, so that only those in full buckets are sorted.
    """
    counts = np.zeros(BUCKETS, np.int64)
    for rows in log.pieces():
        counts += np.bincount(_bucket(keys(rows)[1]), minlength=BUCKETS)
    touched, crowds = np.zeros(log.log.n_events, bool), 0
    full = np.flatnonzero(counts >= size)
    if not len(full):
        return touched, 0
    share = np.full(BUCKETS, -1, np.int64)
    share[full] = np.cumsum(counts[full]) // PIECE
    parts: list[list[tuple[Ints, Ints]]] = [[] for _ in range(int(share.max()) + 1)]
    for rows in log.pieces():
        found, key = keys(rows)
        _deal(parts, share[_bucket(key)], found, key)
    for part in parts:
        log.task.check()
        if part:
            crowds += _mark(touched, part, size)
    return touched, crowds


def _bucket(key: Ints) -> Ints:
    return ((key.astype(np.uint64) * SPREAD) >> np.uint64(48)).astype(np.int64)


def _deal(parts: list[list[tuple[Ints, Ints]]], at: Ints, found: Ints, key: Ints) -> None:
    """Put rows with their keys into the parts that they belong to."""
    order = np.argsort(at, kind="stable")
    order = order[at[order] >= 0]
    if len(order):
        places = at[order]
        cuts = np.flatnonzero(np.diff(places)) + 1
        for rows in np.split(order, cuts):
            parts[int(at[rows[0]])].append((found[rows], key[rows]))


def _mark(touched: Flags, part: list[tuple[Ints, Ints]], size: int) -> int:
    found, key = (np.concatenate(some) for some in zip(*part, strict=True))
    _, places, counts = np.unique(key, return_inverse=True, return_counts=True)
    touched[found[counts[places] >= size]] = True
    return int(np.count_nonzero(counts >= size))
