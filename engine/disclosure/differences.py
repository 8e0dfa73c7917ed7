"""Successive exports: what has left the screen already must not, together with the next map, tell about a handful of people.

Two checks. Pairs: neither selection may hold just a few cases that the other does not. All together: the counts of the earlier maps, of
the whole log and of the new map may not add up (with any factors) to counts of a few cases only, as those of three exclusive groups and of
the whole log add up to what the groups leave over. Cases that the same selections hold form a group; such a sum exists for a few groups
exactly when the space that the selections span holds a vector of these groups alone, that is when their part of what is orthogonal to it
is singular (C. R. Rao, Linear Statistical Inference and Its Applications, 2nd ed., 1973, on projections). On such attacks: D. Denning,
P. Denning & M. Schwartz, The tracker: a threat to statistical database security, ACM TODS 4, 1979.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.tasks import Task

Mask = NDArray[np.bool_]
SURE = 1e-9
MOST_UNIONS = 5_000
"""Unions of so many groups are looked at; of more groups than that, only smaller unions."""


def check_differences(new: Mask, earlier: Sequence[tuple[Mask, str]], k: int, task: Task) -> None:
    """Raise BadInput where a selection, with those that left the screen before, would tell about fewer than k cases.

    Masks over the cases of one log, shape (n_cases,); each earlier one with the day of its export.
    """
    for mask, day in earlier:
        task.check()
        for few in (int(np.count_nonzero(new & ~mask)), int(np.count_nonzero(mask & ~new))):
            if 0 < few < k:
                raise BadInput(
                    N_(
                        "This selection differs by fewer than {k} cases from one that was exported on {date}, so they could be found by "
                        "subtraction. Use the same filters as then, or change them until at least {k} cases differ."
                    ),
                    k=k,
                    date=day,
                )
    known = [np.ones(len(new), np.bool_), *(mask for mask, _ in earlier)]
    if earlier and tells_of_few([*known, new], k, task) and not tells_of_few(known, k, task):
        raise BadInput(
            N_(
                "Together with the maps that were exported before, this one would tell about fewer than {k} cases, which all of them leave "
                "over. Use the filters of an earlier export, or wider ones."
            ),
            k=k,
        )


def tells_of_few(masks: Sequence[Mask], k: int, task: Task) -> bool:
    """Whether counts of these selections can be added and subtracted to counts of 1 to k - 1 cases."""
    members, sizes = _groups(masks, task)
    small = np.flatnonzero(sizes < k)
    if not len(small):
        return False
    _, values, rows = np.linalg.svd(members, full_matrices=False)
    space = rows[values > SURE * max(members.shape) * values.max(initial=1.0)]
    task.check()
    rest = np.eye(len(small)) - space[:, small].T @ space[:, small]
    return any(np.linalg.eigvalsh(rest[np.ix_(few, few)])[0] < SURE for few in _unions(sizes[small], k, task))


def _unions(sizes: NDArray[np.int64], k: int, task: Task) -> Iterator[list[int]]:
    """Groups of together fewer than k cases: single ones, pairs, and so on, as long as they can be gone through."""
    order = np.argsort(sizes, kind="stable").tolist()
    for n in range(1, k):
        if comb(len(order), n) > MOST_UNIONS:
            return
        for few in combinations(order, n):
            task.check()
            if sizes[list(few)].sum() < k:
                yield list(few)


def _groups(masks: Sequence[Mask], task: Task) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cases that the same selections hold, as groups: which selection holds which, shape (n_masks, n_groups), and their sizes."""
    group = np.zeros(len(masks[0]), np.int64)
    for mask in masks:
        task.check()
        _, group = np.unique(2 * group + mask, return_inverse=True)
    _, first, sizes = np.unique(group, return_index=True, return_counts=True)
    return np.array([mask[first] for mask in masks], np.float64), sizes
