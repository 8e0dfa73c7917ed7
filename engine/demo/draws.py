"""Random draws in whole numbers from PCG64's raw stream, so that a seed gives the same demo on every machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np
from msgspec import Struct

T = TypeVar("T")
BLOCK = 4096
LEVELS = 1024
Z90_MILLIONTHS = 1_281_552


class Wait(Struct, frozen=True):
    """A log-normal waiting time by its median and 90th percentile, in seconds."""

    median: int
    p90: int


@cache
def _quantiles(wait: Wait) -> tuple[int, ...]:
    """Waiting times (whole seconds) at the middle of LEVELS equally likely slices."""
    from statistics import NormalDist

    sigma = math.log(wait.p90 / wait.median) * 1_000_000 / Z90_MILLIONTHS
    normal = NormalDist()
    return tuple(round(wait.median * math.exp(sigma * normal.inv_cdf((level + 0.5) / LEVELS))) for level in range(LEVELS))


class Draws:
    """A stream of draws; every draw uses whole-number arithmetic only."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)
        self._block: list[int] = []

    def _raw(self) -> int:
        if not self._block:
            self._block = self._bits.random_raw(BLOCK).tolist()
        return self._block.pop()

    def below(self, n: int) -> int:
        """A whole number in [0, n), n at most 2**32."""
        return ((self._raw() >> 32) * n) >> 32

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, per_mille: int) -> bool:
        """True in `per_mille` of 1,000 draws."""
        return self.below(1000) < per_mille

    def pick(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices by its weight."""
        left = self.below(sum(weight for _, weight in choices))
        for choice, weight in choices:
            if left < weight:
                return choice
            left -= weight
        raise ValueError("no choices")

    def sample(self, population: Sequence[int], n: int) -> frozenset[int]:
        """n different members of the population (a partial Fisher-Yates shuffle)."""
        pool = list(population)
        for i in range(n):
            j = i + self.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
        return frozenset(pool[:n])

    def wait(self, wait: Wait, per_mille: int = 1000) -> int:
        """A waiting time in seconds, stretched by `per_mille` / 1,000."""
        table = _quantiles(wait)
        raw = self._raw() >> 32
        level, rest = (raw * (LEVELS - 1)) >> 32, (raw * (LEVELS - 1)) & 0xFFFFFFFF
        seconds = table[level] + (((table[level + 1] - table[level]) * rest) >> 32)
        return seconds * per_mille // 1000
