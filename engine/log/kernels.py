"""The hot path: plain functions over arrays, without a log, a file or a user in sight.

A compiled version can stand behind any of these signatures; tests/engine/test_kernels.py holds a naive twin of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.tasks import Task

Codes = NDArray[np.unsignedinteger]
Ints = NDArray[np.int64]
Mix = Callable[[NDArray[np.uint64], int], NDArray[np.uint64]]

CHUNK = 1 << 19
"""Events that are worked on between two questions whether the task should go on."""
WORD = 8
LONG = 64 * WORD
"""Bytes of codes from which on a sequence is looked up whole instead of word by word."""


def mix_word(words: NDArray[np.uint64], position: int) -> NDArray[np.uint64]:
    """A 64-bit hash of each word that depends on its position (multiply and fold, as in Steele et al., SplitMix, OOPSLA 2014)."""
    mixed = words + np.uint64((position + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def group_sequences(codes: Codes, offsets: Ints, task: Task, mix: Mix = mix_word) -> tuple[NDArray[np.int32], Ints]:
    """Group equal sequences: the group of each, shape (n,), and the first sequence of each group, shape (n_groups,). Exact.

    Sequence i is codes[offsets[i]:offsets[i + 1]]. Hashes only propose groups; every sequence is then compared with the first of its group,
    and what differs (`mix` collided) is looked up by its bytes, as are sequences of LONG bytes and more.
    """
    n = len(offsets) - 1
    group = np.zeros(n, np.int32)
    begin, size = offsets[:-1] * codes.itemsize, np.diff(offsets) * codes.itemsize
    words = _words(codes)
    short = np.flatnonzero(size < LONG)
    group[short], first = _group_by_hash(_hash(words, begin[short], size[short], mix, task), task)
    first = short[first]
    apart = [np.flatnonzero(size >= LONG)]
    for some in _slices(short, CHUNK >> 2):
        representative = first[group[some]]
        apart.append(some[_differs(words, begin[some], begin[representative], size[some], size[representative], task)])
    group_apart, first_apart = _group_by_bytes(codes, offsets, np.concatenate(apart), task)
    group[np.concatenate(apart)] = group_apart + len(first)
    return group, np.concatenate([first, first_apart])


def _words(codes: Codes) -> NDArray[np.uint64]:
    """The eight bytes from every byte on, as one overlapping view; the last ones run into zeros."""
    padded = np.concatenate([codes.view(np.uint8), np.zeros(WORD, np.uint8)])
    return np.ndarray(shape=(len(padded) - WORD + 1,), dtype="<u8", buffer=padded.data, strides=(1,))


def _cut(words: NDArray[np.uint64], begin: Ints, left: Ints) -> NDArray[np.uint64]:
    """The word at each byte `begin`, without what lies beyond its `left` bytes."""
    kept = np.array([(1 << 8 * n) - 1 for n in range(WORD + 1)], np.uint64)
    cut: NDArray[np.uint64] = words[begin] & kept[np.minimum(left, WORD)]
    return cut


def _hash(words: NDArray[np.uint64], begin: Ints, size: Ints, mix: Mix, task: Task) -> NDArray[np.uint64]:
    hashes = mix(size.astype(np.uint64), 0)
    for some in _slices(np.arange(len(size)), CHUNK >> 2):
        active, word = some[size[some] > 0], 0
        while len(active):
            task.check()
            left = size[active] - word * WORD
            hashes[active] += mix(_cut(words, begin[active] + word * WORD, left), word + 1)
            active, word = active[left > WORD], word + 1
    return hashes


def _group_by_hash(hashes: NDArray[np.uint64], task: Task) -> tuple[NDArray[np.int32], Ints]:
    """Groups of equal leading bits: the low bits make way for the row, so that one plain sort does everything."""
    n = len(hashes)
    low = np.uint64((1 << n.bit_length()) - 1)
    task.check()
    packed = np.sort((hashes & ~low) | np.arange(n, dtype=np.uint64))
    task.check()
    rows = (packed & low).astype(np.int64)
    packed >>= np.uint64(n.bit_length())
    heads = np.flatnonzero(np.concatenate([np.ones(min(n, 1), np.bool_), packed[1:] != packed[:-1]]))
    group = np.empty(n, np.int32)
    group[rows] = np.repeat(np.arange(len(heads), dtype=np.int32), np.diff(heads, append=n))
    return group, rows[heads]


def _differs(words: NDArray[np.uint64], begin: Ints, other: Ints, size: Ints, other_size: Ints, task: Task) -> NDArray[np.bool_]:
    """Whether each sequence differs from the other one beside it."""
    differs: NDArray[np.bool_] = size != other_size
    active, word = np.flatnonzero(~differs & (size > 0)), 0
    while len(active):
        task.check()
        left = size[active] - word * WORD
        mine, theirs = begin[active] + word * WORD, other[active] + word * WORD
        unequal = _cut(words, mine, left) != _cut(words, theirs, left)
        differs[active[unequal]] = True
        active, word = active[(left > WORD) & ~unequal], word + 1
    return differs


def _group_by_bytes(codes: Codes, offsets: Ints, rows: Ints, task: Task) -> tuple[NDArray[np.int32], Ints]:
    found: dict[bytes, int] = {}
    group = np.empty(len(rows), np.int32)
    first: list[int] = []
    for i, row in enumerate(rows.tolist()):
        if i % 1024 == 0:
            task.check()
        sequence = codes[offsets[row] : offsets[row + 1]].tobytes()
        group[i] = found.setdefault(sequence, len(first))
        if group[i] == len(first):
            first.append(row)
    return group, np.array(first, np.int64)


def _slices(values: Ints, size: int) -> Iterator[Ints]:
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def count_repetitions(keys: Ints, owner: Ints, task: Task) -> tuple[Ints, Ints, Ints]:
    """Each distinct (key, owner) pair, sorted by key, and how often it occurs: keys, owners, repetitions. keys, owner ≥ 0, same shape."""
    task.check()
    bits = int(owner.max(initial=0)).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > 63:
        order = np.lexsort((owner, keys))
        keys, owner = keys[order], owner[order]
    else:
        packed = np.sort(keys << bits | owner)
        task.check()
        keys, owner = packed >> bits, packed & ((1 << bits) - 1)
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owner[1:] != owner[:-1])
    heads = np.flatnonzero(new)
    return keys[heads], owner[heads], np.diff(heads, append=len(keys))


def weigh_repetitions(owner: Ints, repetitions: Ints, heads: Ints, weights: Ints) -> tuple[Ints, Ints, Ints]:
    """Per run of equal keys (beginning at heads): total occurrences, total weight, most repetitions under a weight above 0."""
    if not len(heads):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    weight = weights[owner]
    most = np.maximum.reduceat(np.where(weight > 0, repetitions, 0), heads)
    return np.add.reduceat(weight * repetitions, heads), np.add.reduceat(weight, heads), most


def group_rows(groups: NDArray[np.integer], sizes: Ints, task: Task) -> Ints:
    """The rows of group 0, then of group 1, …; within a group in their order (counting sort, chunk by chunk). sizes: rows of each group."""
    rows = np.empty(len(groups), np.int64)
    free = np.cumsum(sizes) - sizes
    for begin in range(0, len(groups), CHUNK):
        task.check()
        chunk = groups[begin : begin + CHUNK]
        bits = len(chunk).bit_length()
        packed = np.sort((chunk.astype(np.int64) << bits) | np.arange(len(chunk)))
        group = packed >> bits
        heads = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
        counts = np.diff(heads, append=len(group))
        places = np.arange(len(group)) + np.repeat(free[group[heads]] - heads, counts)
        rows[places] = (packed & ((1 << bits) - 1)) + begin
        free[group[heads]] += counts
    return rows


def sort_durations(duration: Ints, case: NDArray[np.int32], task: Task) -> tuple[Ints, NDArray[np.int32]]:
    """Durations (int64 microseconds) in rising order with their cases; equal durations by case."""
    task.check()
    if len(duration) < 2:
        return duration, case
    unit = 1 if bool(np.any(duration % 1000)) else 1000
    least, bits = int(duration.min()), int(case.max()).bit_length()
    if ((int(duration.max()) - least) // unit).bit_length() + bits > 63:
        order = np.lexsort((case, duration))
        return duration[order], case[order]
    packed = np.sort((duration - least) // unit << bits | case)
    return (packed >> bits) * unit + least, (packed & ((1 << bits) - 1)).astype(np.int32)


def keep_durations(
    duration: Ints, case: NDArray[np.int32], bounds: Ints, mask: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Durations of the cases in the mask, still sorted within each arc, and the arcs' new bounds (n_arcs + 1,)."""
    kept = np.flatnonzero(mask[case[bounds[0] : bounds[-1]]])
    return duration[bounds[0] : bounds[-1]][kept], np.searchsorted(kept, bounds - bounds[0])


def sum_durations(duration: Ints, bounds: Ints) -> NDArray[np.float64]:
    """The sum of each run duration[bounds[i]:bounds[i + 1]], sorted within runs; exact before the one rounding to float64."""
    sums = np.zeros(len(bounds) - 1)
    filled = np.flatnonzero(np.diff(bounds))
    if not len(filled):
        return sums
    largest = max(abs(int(duration[bounds[filled]].min())), abs(int(duration[bounds[filled + 1] - 1].max())))
    if largest * int(np.diff(bounds).max()) < 1 << 63:
        sums[filled] = np.add.reduceat(duration, bounds[filled])
    else:
        high, low = np.add.reduceat(duration >> 32, bounds[filled]), np.add.reduceat(duration & 0xFFFFFFFF, bounds[filled])
        sums[filled] = [float((h << 32) + x) for h, x in zip(high.tolist(), low.tolist(), strict=True)]
    return sums


def quantile_of_sorted(values: Ints, bounds: Ints, q: float) -> NDArray[np.float64]:
    """The q-quantile of each sorted run, linear interpolation (Hyndman and Fan 1996, definition 7); nan for an empty run."""
    sizes = np.diff(bounds)
    result = np.full(len(sizes), np.nan)
    filled = sizes > 0
    position = q * (sizes[filled] - 1)
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, sizes[filled] - 1)
    low, high = values[bounds[:-1][filled] + below], values[bounds[:-1][filled] + above]
    result[filled] = low + (high - low) * (position - below)
    return result


def rows_of_runs(runs: NDArray[np.integer], offsets: Ints) -> tuple[Ints, NDArray[np.integer]]:
    """The rows offsets[r]:offsets[r + 1] of the given runs, one run after the other, and for each row the position of its run in `runs`."""
    sizes = offsets[runs + 1] - offsets[runs]
    local: NDArray[np.integer] = np.repeat(np.arange(len(runs), dtype=np.uint16 if len(runs) <= 1 << 16 else np.int64), sizes)
    before = np.cumsum(sizes) - sizes
    return np.arange(len(local)) + np.repeat(offsets[runs] - before, sizes), local


def split_runs(runs: Ints, offsets: Ints) -> Iterator[Ints]:
    """The runs in portions of about CHUNK rows and at most 2^16 runs."""
    ends = np.cumsum(offsets[runs + 1] - offsets[runs])
    begin = 0
    while begin < len(runs):
        so_far = ends[begin - 1] if begin else 0
        end = min(max(int(np.searchsorted(ends, so_far + CHUNK, side="right")), begin + 1), begin + (1 << 16))
        yield runs[begin:end]
        begin = end
