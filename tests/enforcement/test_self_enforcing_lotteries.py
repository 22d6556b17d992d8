"""Lotteries that hold by themselves: the closed form, all pairs of packages, what must not change.

With two players the best lottery draws two packages at most, so that all pairs can be tried: the
constraints are linear in the probability, and the product of gains is quadratic.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg
from bargaining.enforcement.patience.temptation import temptations
from bargaining.enforcement.self_enforcing.self_enforcing import self_enforcing
from tests.enforcement import games


def best_pair(game, deltas, d, v):
    """Return (how many gain, the product of their gains) over all lotteries of two packages."""
    packages = [game.package_at(row) for row in itertools.product(*map(range, game.sizes))]
    payoffs, gains = game.payoffs(packages), temptations(game, packages).gains
    best = (0, 0.0)
    for p, q in itertools.combinations_with_replacement(range(len(packages)), 2):
        least = np.maximum(gains[p], gains[q]) * (1 - deltas)
        start, step = payoffs[q], payoffs[p] - payoffs[q]
        # t (delta step) >= least + delta (v - start), and t step >= d - start
        slope = np.concatenate([deltas * step, step])
        right = np.concatenate([least + deltas * (v - start), d - start])
        low, high = 0.0, 1.0
        for s, r in zip(slope, right, strict=True):
            if abs(s) < 1e-12:
                high = high if r <= 1e-10 else -1.0
            elif s > 0:
                low = max(low, (r - 1e-10) / s)
            else:
                high = min(high, (r - 1e-10) / s)
        if low > high:
            continue
        (a, b), (x, y) = start - d, step
        peak = -(a * y + b * x) / (2 * x * y) if abs(x * y) > 1e-12 else low
        for t in (low, high, min(max(peak, low), high)):
            u = start + t * step - d
            able = u[u > 1e-8]
            best = max(best, (len(able), round(float(able.prod()), 9) if len(able) else 0.0))
    return best


def test_half_half_needs_a_half():
    game = games.coordination_lottery()
    held = self_enforcing(game, discount_factors=0.5, lotteries=True)
    assert held.payoffs == pytest.approx([2, 2])
    assert held.slacks == pytest.approx([0, 0], abs=1e-9)
    assert held.critical.factors == pytest.approx([0.5, 0.5])
    assert bg.verify(held)
    less = self_enforcing(game, discount_factors=0.49, lotteries=True)
    assert not less.agreed
    assert bg.verify(less)
    assert not self_enforcing(game, discount_factors=0.5).agreed


@pytest.mark.parametrize("seed", range(40))
def test_nash_is_the_best_of_all_pairs_of_packages(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 5, 2))
    game = games.lever_game(rng.integers(-5, 9, shape), rng.integers(-5, 9, shape))
    v = np.array([-1.0, -1.0]) + rng.integers(0, 3, 2)
    d = v + rng.integers(-1, 2, 2)
    deltas = rng.choice([0.3, 0.5, 0.6, 0.8], 2)
    found = self_enforcing(
        game, discount_factors=deltas, disagreement=d, punishment=v, lotteries=True
    )
    count, product = best_pair(game, deltas, d, v)
    able = found.gains[found.gains > 1e-8]
    assert len(able) == count
    if count:
        assert able.prod() == pytest.approx(product, rel=1e-6)
        assert bg.verify(found)
        alone = self_enforcing(game, discount_factors=deltas, disagreement=d, punishment=v)
        assert not alone.agreed or alone.gains.prod() <= found.gains.prod() + 1e-6
    assert found.agreed == bool(count)


@pytest.mark.parametrize("seed", range(12))
def test_patient_players_reach_what_a_court_would_enforce(seed):
    rng = np.random.default_rng(seed)
    game = games.random_game(rng, most_players=3)
    d = bg.nash_equilibrium(game).payoffs
    court = bg.solve(game, disagreement=d)
    found = self_enforcing(game, discount_factors=1 - 1e-7, disagreement=d, punishment=d - 1,
                           lotteries=True)  # fmt: skip
    assert found.agreed == court.agreed
    assert found.payoffs == pytest.approx(court.payoffs, abs=1e-5)


def test_a_lottery_can_hold_more_than_any_package_in_the_shipped_negotiation():
    game = bg.load_scenario("us-china-2025")
    drawn = self_enforcing(game, discount_factors=0.4, lotteries=True)
    alone = self_enforcing(game, discount_factors=0.4)
    assert len(drawn.lottery) == 2
    assert drawn.gains.prod() > alone.gains.prod()
    assert drawn.slacks.min() == pytest.approx(0, abs=1e-9)
    assert not bg.verify(replace(drawn, lottery=alone.lottery, payoffs=alone.payoffs))


def test_only_the_nash_solution_is_offered():
    with pytest.raises(bg.InputError, match="Nash"):
        self_enforcing(games.cournot(2), "egalitarian", discount_factors=0.5, lotteries=True)
