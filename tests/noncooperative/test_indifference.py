"""Expected payoffs with derivatives against listing, and Newton's method on indifference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs, polished
from tests.noncooperative.listing import equilibrium_fault, listed_payoffs
from tests.noncooperative.n_player_games import ROOT, circle_game, drawn


def payoffs_of(arrays):
    return ExpectedPayoffs(NormalFormGame.from_arrays(*arrays))


@given(st.integers(0, 1000), st.lists(st.integers(1, 3), min_size=2, max_size=4))
def test_payoffs_and_derivatives_are_those_of_listing(seed, shape):
    arrays = drawn(seed, shape)
    payoffs = payoffs_of(arrays)
    low = arrays.reshape(len(shape), -1).min(axis=1)
    ranges = np.ptp(arrays.reshape(len(shape), -1), axis=1)
    ranges[ranges == 0] = 1
    mixed = [np.random.default_rng(seed).dirichlet(np.ones(size)) for size in shape]
    p = np.concatenate(mixed)
    values, slopes = payoffs.derivatives(p)
    for i, block in enumerate(payoffs.blocks):
        for k, unit in enumerate(np.eye(shape[i])):
            moved = [unit if j == i else x for j, x in enumerate(mixed)]
            expected = (listed_payoffs(arrays, moved)[i] - low[i]) / ranges[i]
            assert values[block][k] == pytest.approx(expected, abs=1e-12)
    for column in range(len(p)):
        ahead = p.copy()
        ahead[column] += 0.5  # linear in each player's probabilities, so no step is too long
        change = (payoffs.derivatives(ahead)[0] - values) / 0.5
        assert slopes[:, column] == pytest.approx(change, abs=1e-12)
    assert payoffs.regret(p) == pytest.approx(equilibrium_fault(arrays, mixed), abs=1e-12)


def test_newton_reaches_an_irrational_equilibrium_to_the_last_digits():
    p, regret = polished(payoffs_of(circle_game()), np.tile([0.5, 0.5], 3))
    assert p == pytest.approx(np.tile([ROOT, 1 - ROOT], 3), abs=1e-13)
    assert regret < 1e-14


@given(st.integers(0, 1000), st.booleans())
def test_polishing_never_makes_a_profile_worse(seed, whole):
    arrays = drawn(seed, (2, 3, 2), whole=whole)
    payoffs = payoffs_of(arrays)
    start = np.concatenate([np.random.default_rng(seed).dirichlet(np.ones(k)) for k in (2, 3, 2)])
    p, regret = polished(payoffs, start)
    assert regret <= payoffs.regret(start)
    assert regret == pytest.approx(equilibrium_fault(arrays, payoffs.profile(p)), abs=1e-12)


def test_only_the_support_that_is_asked_for_is_played():
    arrays = [[[3, 0], [0, 2]], [[2, 0], [0, 3]]]
    support = np.array([True, False, True, False])
    p, regret = polished(payoffs_of(arrays), np.array([0.5, 0.5, 0.5, 0.5]), support)
    assert p.tolist() == [1, 0, 1, 0]
    assert regret == 0


def test_equilibria_that_are_not_isolated_are_reached_by_least_squares():
    flat = np.ones((3, 2, 2, 2))
    flat[0, 0, 0, 0] = 1.5
    start = np.array([0.3, 0.7, 0.0, 1.0, 0.4, 0.6])
    p, regret = polished(payoffs_of(flat), start)
    assert regret == 0
    assert p == pytest.approx(start)
