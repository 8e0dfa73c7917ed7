"""Laws of a sample: the seed decides it, nobody is in it twice, it never holds more than asked, and every kind of course that there is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.log.variants import VariantIndex
from engine.tasks import Task
from engine.validation.sampling import draw_cases, strata_of_variants
from engine.validation.values import MOST_CASES, MOST_SEED, Draw, Method, Stratum

NUMBER = {Stratum.COMMON: 0, Stratum.RARE: 1, Stratum.LONGEST: 2, Stratum.OTHER: 3}
seeds = st.integers(0, MOST_SEED)
methods = st.sampled_from(list(Method))
wanted = st.integers(1, 60)


@st.composite
def indexes(draw: st.DrawFn) -> VariantIndex:
    """Variants with some numbers of cases and of events; the cases stand mixed."""
    counts = sorted(draw(st.lists(st.integers(1, 40), min_size=1, max_size=12)), reverse=True)
    lengths = draw(st.lists(st.integers(1, 30), min_size=len(counts), max_size=len(counts)))
    cases = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    np.random.default_rng(draw(st.integers(0, 9))).shuffle(cases)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return VariantIndex(3, np.zeros(int(offsets[-1]), np.uint8), offsets, np.array(counts, np.int64), cases)


def drawn(index: VariantIndex, seed: int, n: int, method: Method, version: str = "v") -> list[tuple[int, Stratum]]:
    return draw_cases(Draw(version, seed, n, method), index, Task())


@given(indexes(), seeds, wanted, methods)
def test_the_same_seed_gives_the_same_sample_without_anybody_twice(index: VariantIndex, seed: int, n: int, method: Method) -> None:
    found = drawn(index, seed, n, method)
    assert found == drawn(index, seed, n, method)
    cases = [case for case, _stratum in found]
    assert len(set(cases)) == len(cases) == min(n, len(index.case_variant))
    assert all(0 <= case < len(index.case_variant) for case in cases)


@given(indexes(), seeds, wanted, methods)
def test_a_larger_sample_of_a_seed_begins_with_the_smaller_one(index: VariantIndex, seed: int, n: int, method: Method) -> None:
    assert drawn(index, seed, n + 7, method)[:n] == drawn(index, seed, n, method)


@given(indexes(), seeds, st.integers(4, 60))
def test_every_kind_of_course_that_there_is_is_there(index: VariantIndex, seed: int, n: int) -> None:
    of_case = strata_of_variants(index)[index.case_variant]
    there = Counter(of_case.tolist())
    found = Counter(NUMBER[stratum] for _case, stratum in drawn(index, seed, n, Method.BY_VARIANT))
    assert set(found) == set(there)
    assert all(count <= there[number] for number, count in found.items())
    unfinished = [found[number] for number in there if found[number] < there[number]]
    if unfinished:
        assert max(found.values()) - min(unfinished) <= 1, "the kinds take turns"


@given(indexes(), seeds, wanted)
def test_each_case_is_of_the_kind_that_it_is_said_to_be(index: VariantIndex, seed: int, n: int) -> None:
    strata = strata_of_variants(index)
    for case, stratum in drawn(index, seed, n, Method.BY_VARIANT):
        assert strata[index.case_variant[case]] == NUMBER[stratum]
    assert {stratum for _case, stratum in drawn(index, seed, n, Method.RANDOM)} == {Stratum.ALL}


@given(indexes())
def test_the_longest_are_few_and_longer_than_all_others(index: VariantIndex) -> None:
    strata, lengths = strata_of_variants(index), np.diff(index.offsets)
    longest = strata == 2
    assert index.counts[longest].sum() * 20 <= index.counts.sum()
    if longest.any() and not longest.all():
        assert lengths[longest].min() > lengths[~longest].max()
    assert not (index.counts[strata == 0] == 1).any(), "a course of one case is not common"


def test_every_case_is_as_likely_as_the_others_and_every_seed_and_version_draws_its_own() -> None:
    index = VariantIndex(1, np.zeros(1, np.uint8), np.array([0, 1]), np.array([10]), np.zeros(10, np.int32))
    first = Counter(drawn(index, seed, 1, Method.RANDOM)[0][0] for seed in range(2000))
    assert len(first) == 10
    assert max(first.values()) - min(first.values()) < 90
    assert drawn(index, 1, 10, Method.RANDOM) != drawn(index, 2, 10, Method.RANDOM)
    assert drawn(index, 1, 10, Method.RANDOM) != drawn(index, 1, 10, Method.RANDOM, "another")


def test_a_sample_of_a_known_seed_is_the_same_on_every_machine() -> None:
    counts = np.array([600, 250, 90, 40, 12, 6, 1, 1])
    offsets = np.concatenate([[0], np.cumsum([4, 5, 6, 4, 9, 30, 5, 41])])
    cases = np.repeat(np.arange(8, dtype=np.int32), counts)
    index = VariantIndex(3, np.zeros(int(offsets[-1]), np.uint8), offsets, counts, cases)
    assert [case for case, _ in drawn(index, 20261121, 8, Method.BY_VARIANT, "ab" * 32)] == [512, 891, 995, 828, 431, 941, 988, 714]
    assert [case for case, _ in drawn(index, 20261121, 8, Method.RANDOM, "ab" * 32)] == [795, 708, 751, 793, 710, 162, 862, 441]


@pytest.mark.parametrize("n", [0, -1, MOST_CASES + 1])
def test_a_number_that_is_none_is_refused(n: int) -> None:
    index = VariantIndex(1, np.zeros(1, np.uint8), np.array([0, 1]), np.array([3]), np.zeros(3, np.int32))
    with pytest.raises(BadInput, match="from 1 to"):
        drawn(index, 1, n, Method.RANDOM)
    for seed in (-1, MOST_SEED + 1):
        with pytest.raises(BadInput, match="seed"):
            drawn(index, seed, 1, Method.RANDOM)
