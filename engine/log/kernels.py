"""The hot path: plain functions over arrays, without a log, a file or a user in sight.

A compiled version can stand behind any of these signatures; tests/engine/test_kernels.py holds a naive twin of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

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
PORTION = 1 << 16
"""Sequences that one thread works on at a time; their words stay in the cache."""
LEFT = np.array([(1 << 8 * n) - 1 for n in range(WORD + 1)], np.uint64)
"""Masks that keep the first n bytes of a word."""


def mix_word(words: NDArray[np.uint64], position: int) -> NDArray[np.uint64]:
    """A 64-bit hash of each word that depends on its position: fold, multiply, fold (constants of Steele et al., SplitMix, OOPSLA 2014)."""
    mixed = words >> np.uint64(32)
    mixed ^= words
    mixed *= np.uint64(((position + 1) * 0x9E3779B97F4A7C15 ^ 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF | 1)
    mixed ^= mixed >> np.uint64(29)
    return mixed


def group_sequences(codes: Codes, offsets: Ints, task: Task, mix: Mix = mix_word) -> tuple[NDArray[np.int32], Ints]:
    """Group equal sequences: the group of each, shape (n,), and the first sequence of each group, shape (n_groups,). Exact.

    Sequence i is codes[offsets[i]:offsets[i + 1]]. Hashes only propose groups; every sequence is then compared with the first of its group,
    and what differs (`mix` collided) is looked up by its bytes, as are sequences of LONG bytes and more.
    """
    begin, size = offsets[:-1] * codes.itemsize, np.diff(offsets) * codes.itemsize
    long = np.flatnonzero(size >= LONG)
    size[long] = 0
    packed = _PackedSequences(codes, begin, size, task)
    group, first = _group_by_hash(packed.hash(mix), task)
    apart = np.union1d(long, packed.differs_from(first[group]))
    if not len(apart):
        return group, first
    group_apart = _group_by_bytes(codes, offsets, apart, task)
    group[apart] = group_apart + len(first)
    return _renumbered(group, len(first) + len(apart))


class _PackedSequences:
    """Short sequences read eight bytes at a time.

    The first words, which many sequences have, are read for all of them at once (zero where a sequence has ended) and kept; later words
    only for those that go on.
    """

    def __init__(self, codes: Codes, begin: Ints, size: Ints, task: Task) -> None:
        padded = np.concatenate([codes.view(np.uint8), np.zeros(LONG + WORD, np.uint8)])
        self._bytes: NDArray[np.uint64] = np.ndarray(shape=(len(padded) - WORD + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
        self._begin, self._size, self._task = begin, size, task
        rounds = 0
        while np.count_nonzero(size > rounds * WORD) > len(size) // 3:
            rounds += 1
        self._dense = np.empty((rounds, len(size)), np.uint64)

    def _read(self, begin: Ints, left: Ints) -> NDArray[np.uint64]:
        """The word at each byte `begin`, without what lies beyond its `left` bytes."""
        self._task.check()
        word = self._bytes[begin]
        word &= LEFT.take(left, mode="clip")
        return word

    def hash(self, mix: Mix) -> NDArray[np.uint64]:
        """A hash of each sequence."""
        hashes = np.empty(len(self._size), np.uint64)

        def hash_some(some: slice) -> None:
            begin, left, mine = self._begin[some].copy(), self._size[some].copy(), hashes[some]
            mine[:] = mix(left.view(np.uint64), 0)
            for position, words in enumerate(self._dense):
                words[some] = word = self._read(begin, left)
                mine += mix(word, position + 1)
                begin += WORD
                left -= WORD
            position, active = len(self._dense), np.flatnonzero(left > 0)
            while len(active):
                mine[active] += mix(self._read(begin[active], left[active]), position + 1)
                begin += WORD
                left -= WORD
                position, active = position + 1, active[left[active] > 0]

        _in_two_threads(hash_some, len(hashes))
        return hashes

    def differs_from(self, other: Ints) -> Ints:
        """Which sequences differ from the one named beside them, rising."""
        differs = np.empty(len(other), np.bool_)

        def compare_some(some: slice) -> None:
            beside, mine = other[some], differs[some]
            np.not_equal(self._size[some], self._size[beside], out=mine)
            for words in self._dense:
                self._task.check()
                mine |= words[some] != words[beside]
            position, active = len(self._dense), np.flatnonzero((self._size[some] > len(self._dense) * WORD) & ~mine)
            while len(active):
                rows, left = active + some.start, self._size[some][active] - position * WORD
                ours, theirs = (self._read(self._begin[r] + position * WORD, left) for r in (rows, beside[active]))
                mine[active] = ours != theirs
                position, active = position + 1, active[(ours == theirs) & (left > WORD)]

        _in_two_threads(compare_some, len(other))
        return np.flatnonzero(differs)


def _in_two_threads(work: Callable[[slice], None], n: int) -> None:
    """Do the work for 0:n in portions; NumPy lets go of the interpreter, so two threads are worth their start for more than one portion."""
    portions = [slice(begin, min(begin + PORTION, n)) for begin in range(0, n, PORTION)]
    if len(portions) < 2:
        for portion in portions:
            work(portion)
        return
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(work, portions):
            pass


def _group_by_hash(hashes: NDArray[np.uint64], task: Task) -> tuple[NDArray[np.int32], Ints]:
    """Groups of equal leading bits; uses up `hashes`. The low bits make way for the row, so that one plain sort does everything."""
    n = len(hashes)
    low = np.uint64((1 << n.bit_length()) - 1)
    hashes &= ~low
    hashes |= np.arange(n, dtype=np.uint64)
    task.check()
    hashes.sort()
    task.check()
    rows = (hashes & low).view(np.int64)
    hashes &= ~low
    heads = np.flatnonzero(np.concatenate([np.ones(min(n, 1), np.bool_), hashes[1:] != hashes[:-1]]))
    group = np.empty(n, np.int32)
    group[rows] = np.repeat(np.arange(len(heads), dtype=np.int32), np.diff(heads, append=n))
    return group, rows[heads]


def _renumbered(group: NDArray[np.int32], n: int) -> tuple[NDArray[np.int32], Ints]:
    """Groups 0:n without those that lost all their members, and the first member of each."""
    first = np.full(n, -1)
    first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
    number = np.cumsum(first >= 0, dtype=np.int32) - 1
    return number[group], first[first >= 0]


def _group_by_bytes(codes: Codes, offsets: Ints, rows: Ints, task: Task) -> NDArray[np.int32]:
    found: dict[bytes, int] = {}
    group = np.empty(len(rows), np.int32)
    for i, row in enumerate(rows.tolist()):
        if i % 1024 == 0:
            task.check()
        group[i] = found.setdefault(codes[offsets[row] : offsets[row + 1]].tobytes(), len(found))
    return group


def count_repetitions(keys: NDArray[np.integer], owner: NDArray[np.integer]) -> tuple[Ints, Ints, Ints]:
    """Each distinct (key, owner) pair, sorted by key, and how often it occurs: keys, owners, repetitions. Both ≥ 0, same shape."""
    bits = int(owner.max(initial=0)).bit_length()
    both = int(keys.max(initial=0)).bit_length() + bits
    if both > 63:
        order = np.lexsort((owner, keys))
        new = (np.diff(keys[order], prepend=-1) != 0) | (np.diff(owner[order], prepend=-1) != 0)
        heads = np.flatnonzero(new)
        return keys[order][heads].astype(np.int64), owner[order][heads].astype(np.int64), np.diff(heads, append=len(keys))
    packed: NDArray[np.integer] = np.sort(_pack(keys, owner, bits, np.int32 if both < 32 else np.int64))
    heads = np.flatnonzero(np.concatenate([np.ones(min(len(packed), 1), np.bool_), packed[1:] != packed[:-1]]))
    pairs = packed[heads].astype(np.int64)
    return pairs >> bits, pairs & ((1 << bits) - 1), np.diff(heads, append=len(packed))


def _pack(high: NDArray[np.integer], low: NDArray[np.integer], bits: int, width: type[np.int32] | type[np.int64]) -> NDArray[np.integer]:
    packed: NDArray[np.integer] = np.left_shift(high, bits, dtype=width, casting="unsafe")
    np.bitwise_or(packed, low, out=packed, casting="unsafe")
    return packed


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
