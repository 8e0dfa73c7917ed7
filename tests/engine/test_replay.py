"""A trace that is hard to replay is given up in time, whatever it is that makes it hard."""

from __future__ import annotations

import pytest

from engine.models.nets import Net, Transition, reduce_net
from engine.models.replay import Replayer, TooLong

BRANCHES = 11
SPLIT, JOIN, LAST = BRANCHES, BRANCHES + 1, BRANCHES + 2


def many_at_once() -> Net:
    """As many steps in any order, each of which may be skipped silently, then one last step."""
    source, sink, joined = 2 * BRANCHES, 2 * BRANCHES + 1, 2 * BRANCHES + 2
    before, after = tuple(range(BRANCHES)), tuple(range(BRANCHES, 2 * BRANCHES))
    transitions = [Transition(SPLIT, (source,), before), Transition(JOIN, after, (joined,)), Transition(LAST, (joined,), (sink,))]
    for branch in range(BRANCHES):
        transitions += [Transition(branch, (branch,), (BRANCHES + branch,)), Transition(None, (branch,), (BRANCHES + branch,))]
    return Net(2 * BRANCHES + 3, tuple(transitions), source, sink)


def test_every_marking_that_is_looked_at_counts_also_one_that_is_known() -> None:
    """With so many ways to the same few markings, most of the work is to see that they are known."""
    replayer = Replayer(many_at_once(), patience=3000)
    with pytest.raises(TooLong):
        replayer.run([SPLIT, JOIN, JOIN])
    assert replayer.looked_at == 3001


def test_what_is_easy_is_found_within_the_same_patience() -> None:
    replayer = Replayer(many_at_once(), patience=3000)
    assert replayer.run([SPLIT, 3, 1, 2, JOIN, LAST]) is not None
    assert replayer.looked_at < 300


def test_a_step_that_the_miner_finds_no_way_to_is_not_in_the_net() -> None:
    """As pm4py's heuristics miner leaves it in a log of 398 steps: a transition that waits for nothing."""
    found = Net(4, (Transition(0, (0,), (1,)), Transition(1, (1,), (3,)), Transition(2, (), (2,)), Transition(3, (2,), (3,))), 0, 3)
    reduced = reduce_net(found)
    assert {one.label for one in reduced.transitions} == {0, 1}
    assert Replayer(reduced).run([0, 1]) is not None
