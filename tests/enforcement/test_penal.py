"""Pure minmax payoffs against listing, and the bounds of penal codes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.patience.penal import penal_bounds
from bargaining.enforcement.repeated.common_factor import common_discount_factor
from bargaining.enforcement.repeated.minmax import pure_minmax
from bargaining.testing import negotiations
from tests.enforcement import games


def listed_minmax(game, player):
    """Return min over the others' levels of max over own ones, by listing."""
    own = [
        k for k, lever in enumerate(game.free_levers) if lever.owner == game.player_names[player]
    ]
    sizes = game.sizes
    worst = np.inf
    for row in itertools.product(
        *[range(1) if k in own else range(n) for k, n in enumerate(sizes)]
    ):
        mine = itertools.product(*[range(sizes[k]) for k in own])
        rows = np.tile(row, (int(np.prod([sizes[k] for k in own])), 1)).reshape(-1, len(sizes))
        rows[:, own] = list(mine)
        worst = min(worst, game.payoffs_at(rows)[:, player].max())
    return worst


@given(negotiations())
def test_pure_minmax_is_the_least_best_reply_and_not_below_the_mixed_one(game):
    for i in range(len(game.players)):
        found = pure_minmax(game, i)
        assert found.value == pytest.approx(listed_minmax(game, i), abs=1e-8)
        assert found.mixed <= found.value + 1e-8
        assert game.payoffs(found.punished_by)[i] == pytest.approx(found.value, abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_pure_minmax_where_everything_interacts(seed):
    rng = np.random.default_rng(seed)
    sizes = tuple(rng.integers(2, 6, 2))
    game = games.lever_game(rng.normal(size=sizes), rng.normal(size=sizes))
    for i in range(2):
        assert pure_minmax(game, i).value == pytest.approx(listed_minmax(game, i))


@given(st.data())
def test_the_bounds_are_in_order_and_below_reversion_to_any_equilibrium(data):
    game = data.draw(negotiations(max_players=2, min_players=2, max_levers=3, max_levels=3))
    package = game.package_at([data.draw(st.integers(0, n - 1)) for n in game.sizes])
    found = penal_bounds(game, package)
    low, high = found.bounds
    assert low <= high + 1e-9
    assert bg.verify(found)
    np.testing.assert_allclose(found.common.payoffs, game.payoffs(package), atol=1e-12)
    for equilibrium in found.equilibria:
        reverted = bg.critical_discount_factors(game, package, punishment=equilibrium.payoffs)
        assert high <= reverted.common + 1e-9


def test_in_the_prisoners_dilemma_they_meet_and_in_cournot_they_do_not():
    dilemma = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    found = penal_bounds(dilemma, games.at(dilemma, 0, 0))
    assert found.exact
    assert found.bounds == pytest.approx((2 / 5, 2 / 5))
    duopoly = games.cournot(2)
    wide = penal_bounds(duopoly, games.at(duopoly, 6, 6))
    assert wide.minmax.tolist() == [0.0, 0.0]  # the other floods the market
    assert wide.lower.common == pytest.approx(9 / (9 + 72))
    assert wide.upper.common <= 9 / 17 + 1e-12
    exact = common_discount_factor(duopoly, profile=[6, 6])
    assert wide.exact
    assert wide.bounds == pytest.approx((exact.lower, exact.upper))
    assert "from there on an optimal penal code does" in wide.explain()
    bounded = replace(wide, common=None)
    assert not bounded.exact
    assert "how patient the others are" in bounded.explain()
    assert "pure minmax" in str(wide)
    assert wide.to_dict()["bounds"] == list(wide.bounds)


def test_a_lottery_is_kept_from_one_half_on_though_its_packages_average_suggests_a_third():
    """Half-half over (4, 0) and (0, 4), no more than (1, 1) by any breach: delta* = 1/2."""
    a = np.array([[4, 0, 0], [1, 0, 1], [1, 1, 1]], dtype=float)
    b = np.array([[0, 0, 1], [0, 4, 1], [1, 1, 1]], dtype=float)
    game = games.lever_game(a, b, status_quo=[2, 2])
    lottery = [(0.5, games.at(game, 0, 0)), (0.5, games.at(game, 1, 1))]
    found = penal_bounds(game, lottery)
    assert found.exact
    assert found.bounds == pytest.approx((0.5, 0.5))
    assert found.common.profile is None
    assert found.common.drawn == ((0, 0), (1, 1))
    assert bg.verify(found)
    assert not bg.verify(replace(found, common=replace(found.common, upper=0.4, lower=0.4)))


def test_of_more_players_or_many_packages_there_are_bounds_only_and_it_is_said():
    game = bg.load_scenario("us-china-2025")
    found = bg.critical_discount_factors(game, game.observed["busan"]).penal
    assert found.common is None
    assert found.bounds == (found.lower.common, found.upper.common)
    assert "two players with up to 4,096 packages only" in found.explain()
    three = bg.load_scenario("ally")
    assert penal_bounds(three, bg.solve(three, lotteries=False)).common is None


def test_critical_discount_factors_come_with_what_penal_codes_would_do():
    game = games.cournot(2)
    found = bg.critical_discount_factors(game, games.at(game, 6, 6))
    assert found.penal is found.penal
    assert found.penal.bounds[1] < found.common
    assert found.penal.to_dict()["common"]["upper"] == found.penal.bounds[1]


def test_what_nobody_can_be_denied_no_punishment_holds():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    assert "can secure alone" in penal_bounds(game, games.at(game, 0, 1)).explain()


def test_a_tampered_bound_fails_its_check():
    game = games.cournot(2)
    found = penal_bounds(game, games.at(game, 6, 6))
    assert bg.verify(found)
    assert not bg.verify(replace(found, minmax=found.minmax - 1))
    assert not bg.verify(replace(found, upper=found.lower))


def test_the_shipped_truce_negotiation_has_bounds():
    game = bg.load_scenario("us-china-2025")
    found = penal_bounds(game, bg.solve(game, lotteries=False))
    low, high = found.bounds
    assert 0 < low <= high < 1
