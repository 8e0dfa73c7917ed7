"""Each kernel of the hot path beside its naive twin."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled
from engine.log import kernels
from engine.tasks import Task

STOPPED = Task(is_cancelled=lambda: True)
lenient = settings(max_examples=150, deadline=None)
sequences = st.lists(st.lists(st.integers(0, 3), max_size=20) | st.lists(st.sampled_from([0, 255]), min_size=60, max_size=140), max_size=12)


def flat(rows: list[list[int]], dtype: type = np.uint8) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64)
    return np.array([x for r in rows for x in r], dtype), offsets


def collide(words: np.ndarray, _position: int) -> np.ndarray:
    return np.zeros_like(words)


def half_collide(words: np.ndarray, _position: int) -> np.ndarray:
    return (words & np.uint64(1)) << np.uint64(63)


widths, hashes = st.sampled_from([np.uint8, np.uint16, np.uint32]), st.sampled_from([kernels.mix_word, collide, half_collide])


@given(sequences, widths, hashes, st.sampled_from([5, 1 << 16]))
@lenient
def test_equal_sequences_and_no_others_share_a_group_whatever_the_hash(
    rows: list[list[int]], dtype: type, mix: kernels.Mix, portion: int
) -> None:
    codes, offsets = flat(rows, dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "PORTION", portion)
        group, first = kernels.group_sequences(codes, offsets, Task(), mix)
    assert [rows.index(r) for r in rows] == first[group].tolist()
    assert sorted(set(group.tolist())) == list(range(len(first)))


@pytest.mark.parametrize("mix", [kernels.mix_word, collide])
@pytest.mark.parametrize("at", [20, 50, 99])
def test_a_difference_late_in_a_few_long_sequences_is_found(at: int, mix: kernels.Mix) -> None:
    other = [1] * 100
    other[at] = 2
    codes, offsets = flat([[1] * 100, other, [1] * 100] + [[1, 2], [1]] * 20)
    group, _ = kernels.group_sequences(codes, offsets, Task(), mix)
    assert group[0] == group[2] != group[1]


def test_sequences_that_begin_alike_are_kept_apart_by_the_hash_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_group_by_bytes", None)
    codes, offsets = flat([[1]] * 20 + [[1] * 50 + [n] for n in range(5)])
    assert len(kernels.group_sequences(codes, offsets, Task())[1]) == 6


def test_wide_codes_that_share_their_low_byte_are_kept_apart() -> None:
    codes, offsets = flat([[1, 2], [257, 2], [1, 258]], np.uint16)
    assert len(kernels.group_sequences(codes, offsets, Task())[1]) == 3


def test_the_hash_depends_on_the_place_of_a_word() -> None:
    words = np.array([1, 2, 3], np.uint64)
    assert not np.array_equal(kernels.mix_word(words, 1), kernels.mix_word(words, 2))
    assert len(np.unique(kernels.mix_word(np.arange(100_000, dtype=np.uint64), 1))) == 100_000


@given(st.lists(st.tuples(st.integers(0, 4) | st.just(1 << 40), st.integers(0, 3) | st.just(1 << 30)), max_size=40))
@lenient
def test_repetitions_are_those_of_a_counter(pairs: list[tuple[int, int]]) -> None:
    keys, owners = (np.array([p[i] for p in pairs], np.int64) for i in (0, 1))
    key, owner, times = kernels.count_repetitions(keys, owners)
    assert list(zip(key.tolist(), owner.tolist(), times.tolist(), strict=True)) == [(*p, n) for p, n in sorted(Counter(pairs).items())]


entry = st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(1, 4))


@given(st.lists(entry, max_size=30), st.lists(st.integers(0, 3), min_size=6, max_size=6))
@lenient
def test_weights_count_occurrences_cases_and_most_repetitions(entries: list[tuple[int, int, int]], weights: list[int]) -> None:
    entries.sort()
    keys = sorted({k for k, _, _ in entries})
    heads = np.array([[k for k, _, _ in entries].index(key) for key in keys], np.int64)
    owner, times = (np.array([e[i] for e in entries], np.int64) for i in (1, 2))
    total, cases, most = kernels.weigh_repetitions(owner, times, heads, np.array(weights))
    of = {key: [(weights[o], n) for k, o, n in entries if k == key] for key in keys}
    assert total.tolist() == [sum(w * n for w, n in of[key]) for key in keys]
    assert cases.tolist() == [sum(w for w, _ in of[key]) for key in keys]
    assert most.tolist() == [max((n for w, n in of[key] if w), default=0) for key in keys]


@given(st.lists(st.integers(0, 9), max_size=50), st.sampled_from([1, 3, 16, 1 << 19]))
@lenient
def test_rows_are_grouped_and_keep_their_order(groups: list[int], chunk: int) -> None:
    codes = np.array(groups, np.int32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "CHUNK", chunk)
        rows = kernels.group_rows(codes, np.bincount(codes, minlength=10), Task())
    assert rows.tolist() == sorted(range(len(groups)), key=lambda i: groups[i])


durations = st.integers(-(10**6), 10**6) | st.integers(-100, 100).map(lambda d: d * 1000) | st.integers(-(1 << 61), 1 << 61)


@given(st.lists(st.tuples(durations, st.integers(0, 1 << 20)), max_size=30))
@lenient
def test_durations_are_sorted_with_their_cases(pairs: list[tuple[int, int]]) -> None:
    duration, case = kernels.sort_durations(np.array([d for d, _ in pairs], np.int64), np.array([c for _, c in pairs], np.int32), Task())
    assert list(zip(duration.tolist(), case.tolist(), strict=True)) == sorted(pairs)


runs_of_durations = st.lists(st.lists(durations, max_size=9), min_size=1, max_size=6).map(lambda runs: [sorted(run) for run in runs])


@given(runs_of_durations)
@lenient
def test_sums_are_exact(runs: list[list[int]]) -> None:
    values, bounds = flat(runs, np.int64)
    assert kernels.sum_durations(values, bounds).tolist() == [float(sum(run)) for run in runs]


def test_a_sum_beyond_64_bits_is_right() -> None:
    values = np.full(40, (1 << 60) + 3, np.int64)
    assert kernels.sum_durations(values, np.array([0, 40])).tolist() == [float(40 * ((1 << 60) + 3))]


@given(runs_of_durations, st.sampled_from([0.0, 0.5, 0.9, 1.0]))
@lenient
def test_quantiles_interpolate_between_neighbours(runs: list[list[int]], q: float) -> None:
    values, bounds = flat(runs, np.int64)
    found = kernels.quantile_of_sorted(values, bounds, q).tolist()
    for run, value in zip(runs, found, strict=True):
        if not run:
            assert np.isnan(value)
            continue
        position = Fraction(str(q)) * (len(run) - 1)
        below = int(position)
        exact = run[below] + (run[min(below + 1, len(run) - 1)] - run[below]) * (position - below)
        assert value == pytest.approx(float(exact), rel=1e-12, abs=1e-9 + 1e-12 * max(map(abs, run)))


@given(runs_of_durations, st.lists(st.booleans(), min_size=4, max_size=4), st.data())
@lenient
def test_a_mask_keeps_the_durations_of_its_cases(runs: list[list[int]], bits: list[bool], data: st.DataObject) -> None:
    values, bounds = flat(runs, np.int64)
    cases = [[data.draw(st.integers(0, 3)) for _ in run] for run in runs]
    case = np.array([c for run in cases for c in run], np.int32)
    kept, new = kernels.keep_durations(values, case, bounds, np.array(bits))
    expected = [[d for d, c in zip(run, of, strict=True) if bits[c]] for run, of in zip(runs, cases, strict=True)]
    assert [kept[a:b].tolist() for a, b in pairwise(new.tolist())] == expected


@given(st.lists(st.integers(0, 6), max_size=12), st.data())
@lenient
def test_rows_of_runs_lists_them_one_after_the_other(sizes: list[int], data: st.DataObject) -> None:
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    runs = data.draw(st.lists(st.sampled_from(range(len(sizes))), max_size=8) if sizes else st.just([]))
    rows, local = kernels.rows_of_runs(np.array(runs, np.int64), offsets)
    assert rows.tolist() == [row for run in runs for row in range(offsets[run], offsets[run + 1])]
    assert local.tolist() == [i for i, run in enumerate(runs) for _ in range(sizes[run])]


@given(st.lists(st.integers(0, 6), max_size=20), st.sampled_from([1, 5, 100]))
@lenient
def test_portions_of_runs_hold_them_all_once_in_order(sizes: list[int], chunk: int) -> None:
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "CHUNK", chunk)
        portions = [p.tolist() for p in kernels.split_runs(np.arange(len(sizes)), offsets)]
    assert [run for portion in portions for run in portion] == list(range(len(sizes)))
    assert all(len(p) == 1 or sum(sizes[run] for run in p) <= chunk for p in portions)


def test_the_long_kernels_can_be_stopped() -> None:
    ones = np.ones(10, np.int64)
    with pytest.raises(Cancelled):
        kernels.group_sequences(np.ones(10, np.uint8), np.arange(11), STOPPED)
    with pytest.raises(Cancelled):
        kernels.group_rows(ones, ones, STOPPED)
    with pytest.raises(Cancelled):
        kernels.sort_durations(ones, ones.astype(np.int32), STOPPED)
