"""The stage before the talks against its definition: every strategy, every profile, one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.linkage.tabling.dominance import dominance
from bargaining.linkage.tabling.leader import TIES, leader_follower
from bargaining.linkage.tabling.mixed import mixed_equilibrium
from bargaining.linkage.tabling.pure import PureEquilibria, pure_equilibria
from bargaining.linkage.tabling.stage import Stage
from bargaining.linkage.tabling.threshold import critical_cost
from bargaining.types import FloatArray

Pair = tuple[int, int]
PLAYERS = ("A", "B")


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    """Up to two groups a side, small whole payoffs (ties abound), costs paid without talks or not.

    Payoffs of talks may lie below those without: nothing here rests on individual rationality.
    """
    a, b = (2 ** draw(st.integers(0, 2)) for _ in range(2))
    numbers = st.lists(st.integers(-4, 4), min_size=2 * a * b, max_size=2 * a * b)
    talks = np.array(draw(numbers), dtype=float).reshape(2, a, b)
    refused = []
    for size in (a, b):
        costs = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
        paid = draw(st.booleans())
        refused.append(-np.array([0, *costs[1:]], dtype=float) * paid)
    return Stage(talks, (refused[0], refused[1]), 1e-9)


def names(stage: Stage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    a, b = (size.bit_length() - 1 for size in stage.talks.shape[1:])
    return tuple(f"a{k}" for k in range(a)), tuple(f"b{k}" for k in range(b))


def written_out(stage: Stage) -> tuple[list[Pair], list[Pair], FloatArray]:
    """Return both sides' strategies (T, R) and the payoffs of every profile."""
    a, b = stage.talks.shape[1:]
    first = list(itertools.product(range(a), range(b)))
    second = list(itertools.product(range(b), range(a)))
    payoffs = np.empty((2, len(first), len(second)))
    for k, (t1, r1) in enumerate(first):
        for n, (t2, r2) in enumerate(second):
            if r1 & t2 == r1 and r2 & t1 == r2:
                payoffs[:, k, n] = stage.talks[:, t1, t2]
            else:
                payoffs[:, k, n] = stage.refused[0][t1], stage.refused[1][t2]
    return first, second, payoffs


def families(stage: Stage) -> tuple[PureEquilibria, ...]:
    dominated = tuple(dominance(stage.side(i)).dominated for i in (0, 1))
    return pure_equilibria(stage, names(stage), (dominated[0], dominated[1]))


@settings(max_examples=150)
@given(stages())
def test_pure_equilibria_are_those_of_the_game_written_out(stage: Stage) -> None:
    first, second, payoffs = written_out(stage)
    best = (payoffs[0] == payoffs[0].max(axis=0)) & (payoffs[1] == payoffs[1].max(axis=1)[:, None])
    expected = {(first[k], second[n]) for k, n in np.argwhere(best)}
    found: list[tuple[Pair, Pair]] = []
    for family in families(stage):
        pairs = [
            (tuple(own.tolist()), tuple(other.tolist()))
            for own, other in itertools.product(*family.masks)
            if family.talks or not _meet(own.tolist(), other.tolist())
        ]
        assert len(pairs) == family.number == len(list(family.profiles()))
        assert family.regret == 0
        for own, other in pairs:
            at = payoffs[:, first.index(own), second.index(other)]
            np.testing.assert_array_equal(at, family.payoffs)
        found += pairs
    assert len(found) == len(set(found))
    assert set(found) == expected


def _meet(own: list[int], other: list[int]) -> bool:
    return own[1] & other[0] == own[1] and other[1] & own[0] == other[1]


@settings(max_examples=100)
@given(stages(), st.sampled_from([0, 1]))
def test_dominance_is_that_of_the_game_written_out(stage: Stage, player: int) -> None:
    *strategies, payoffs = written_out(stage)
    table = payoffs[0] if player == 0 else payoffs[1].T
    never_less = (table[:, None] >= table[None]).all(axis=2)
    more = (table[:, None] > table[None]).any(axis=2)
    always_more = (table[:, None] > table[None]).all(axis=2) | np.eye(len(table), dtype=bool)
    found = dominance(stage.side(player))
    shape = found.dominated.shape
    np.testing.assert_array_equal(found.dominated, (never_less & more).any(axis=0).reshape(shape))
    np.testing.assert_array_equal(found.dominant, never_less.all(axis=1).reshape(shape))
    np.testing.assert_array_equal(found.strictly, always_more.all(axis=1).reshape(shape))
    assert len(strategies[player]) == found.dominated.size


@settings(max_examples=100)
@given(stages())
def test_undominated_equilibria_are_counted_pair_by_pair(stage: Stage) -> None:
    dominated = [dominance(stage.side(i)).dominated for i in (0, 1)]
    for family in families(stage):
        undominated = sum(
            not dominated[0][tuple(own)] and not dominated[1][tuple(other)]
            for own, other in itertools.product(*(own.tolist() for own in family.masks))
            if family.talks or not _meet(own, other)
        )
        assert undominated == family.undominated


@settings(max_examples=100)
@given(stages())
def test_nobody_gains_by_leaving_the_mixed_equilibrium(stage: Stage) -> None:
    dominated = tuple(dominance(stage.side(i)).dominated for i in (0, 1))
    found = mixed_equilibrium(stage, PLAYERS, names(stage), (dominated[0], dominated[1]))
    first, second, payoffs = written_out(stage)
    played = []
    for i, strategies in enumerate((first, second)):
        weights = np.zeros(len(strategies))
        for share, strategy in found.strategies[i]:
            own, other = names(stage)[i], names(stage)[1 - i]
            mask = (
                sum(1 << own.index(name) for name in strategy.tables),
                sum(1 << other.index(name) for name in strategy.insists_on),
            )
            weights[strategies.index(mask)] += share
        assert weights.sum() == pytest.approx(1)
        played.append(weights)
    expected = np.array([played[0] @ table @ played[1] for table in payoffs])
    np.testing.assert_allclose(found.payoffs, expected, atol=1e-9)
    assert (payoffs[0] @ played[1]).max() <= expected[0] + 1e-7
    assert (played[0] @ payoffs[1]).max() <= expected[1] + 1e-7


@settings(max_examples=100)
@given(stages(), st.sampled_from([0, 1]), st.sampled_from(TIES))
def test_a_leader_gets_what_backward_induction_gives(stage: Stage, leader: int, ties: str) -> None:
    *_, payoffs = written_out(stage)
    mine, theirs = (payoffs[0], payoffs[1]) if leader == 0 else (payoffs[1].T, payoffs[0].T)
    decide = max if ties == TIES[0] else min
    values = [
        decide(u for u, v in zip(row, answers, strict=True) if v == answers.max())
        for row, answers in zip(mine, theirs, strict=True)
    ]
    found = leader_follower(stage, leader, ties, PLAYERS, names(stage))
    assert found.payoffs[leader] == max(values)
    assert found.optimal == sum(value == max(values) for value in values)
    if not found.talks:
        assert found.tabled == ((), ())


@settings(max_examples=100)
@given(stages(), st.sampled_from([0, 1]), st.integers(0, 20))
def test_tabling_is_an_equilibrium_up_to_the_critical_cost_and_not_above(
    stage: Stage, player: int, tenths: int
) -> None:
    refused = [np.zeros_like(own) for own in stage.refused]
    free = Stage(np.maximum(stage.talks, 0), (refused[0], refused[1]), 1e-9)
    found = critical_cost(free, player, PLAYERS[player])
    assert found.certificate
    cost = tenths / 4 + 0.1  # never at a threshold, which is a whole number
    charge = np.where(np.arange(stage.talks.shape[1 + player]) > 0, cost, 0.0)
    talks = free.talks.copy()
    talks[player] -= charge[:, None] if player == 0 else charge
    tabled = [
        family.tabled[player]
        for family in families(Stage(talks, free.refused, 1e-9))
        if family.talks
    ]
    assert any(tabled) == (found.value is not None and cost <= found.value)
    for value in (found.value, found.voluntary):
        assert value is None or value == round(value)
