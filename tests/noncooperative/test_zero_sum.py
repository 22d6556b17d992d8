"""Zero-sum games: known values, the minimax theorem, invariances, and games that are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import ConvergenceError, InputError
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.two_player import zero_sum
from bargaining.noncooperative.two_player.zero_sum import zero_sum_equilibrium
from bargaining.results.certificate import verify


def opposed(A):
    return NormalFormGame.from_arrays(A, -np.asarray(A))


KNOWN = [
    ([[1, -1], [-1, 1]], 0, ([0.5, 0.5], [0.5, 0.5])),
    ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], 0, ([1 / 3] * 3, [1 / 3] * 3)),
    # Colonel against a smaller force, and a diagonal: x_k proportional to 1/a_k, value 1/sum(1/a).
    (np.diag([1, 2, 4]), 4 / 7, ([4 / 7, 2 / 7, 1 / 7], [4 / 7, 2 / 7, 1 / 7])),
    ([[3, -1], [-2, 1]], 1 / 7, ([3 / 7, 4 / 7], [2 / 7, 5 / 7])),
    ([[4, 2], [3, 1]], 2, ([1, 0], [0, 1])),
    ([[5]], 5, ([1], [1])),
]


@pytest.mark.parametrize(("A", "value", "strategies"), KNOWN)
def test_games_with_known_values(A, value, strategies):
    equilibrium = zero_sum_equilibrium(opposed(A))
    assert equilibrium.payoffs == pytest.approx([value, -value], abs=1e-12)
    for x, known in zip(equilibrium.strategies, strategies, strict=True):
        assert x == pytest.approx(known, abs=1e-12)
    assert verify(equilibrium)


def matrices():
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 6))
    return shapes.flatmap(
        lambda shape: st.lists(
            st.lists(st.integers(-3, 3), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )


@given(matrices())
def test_what_one_can_be_sure_of_the_other_cannot_prevent(A):
    A = np.array(A, dtype=float)
    equilibrium = zero_sum_equilibrium(opposed(A))
    x, y = equilibrium.strategies
    assert (x @ A).min() == pytest.approx((A @ y).max(), abs=1e-10)
    assert equilibrium.regret <= 1e-9


@given(matrices(), st.sampled_from([1e-8, 1.0, 1e8]), st.sampled_from([1e-3, 7.0]))
@settings(max_examples=60)
def test_units_and_constants_change_the_values_as_they_change_the_payoffs(A, one, two):
    A = np.array(A, dtype=float)
    value = zero_sum_equilibrium(opposed(A)).payoffs[0]
    moved = zero_sum_equilibrium(NormalFormGame.from_arrays(one * A + one, 2 * two - two * A))
    assert moved.payoffs[0] / one - 1 == pytest.approx(value, abs=1e-8)
    assert 2 - moved.payoffs[1] / two == pytest.approx(value, abs=1e-8)


@given(matrices())
@settings(max_examples=60)
def test_the_players_may_change_places(A):
    A = np.array(A, dtype=float)
    there = zero_sum_equilibrium(opposed(A)).payoffs
    back = zero_sum_equilibrium(NormalFormGame.from_arrays(-A.T, A.T)).payoffs
    assert back == pytest.approx(there[::-1], abs=1e-9)


@pytest.mark.parametrize("entries", ["normal", "whole", "near duplicates"])
def test_larger_games_are_solved_to_the_tolerance(entries):
    rng = np.random.default_rng(3)
    A = rng.normal(size=(120, 90))
    if entries == "whole":
        A = rng.integers(0, 4, (120, 90)).astype(float)
    elif entries == "near duplicates":
        A[60:] = A[:60] + 1e-9 * rng.normal(size=(60, 90))
    assert zero_sum_equilibrium(opposed(A)).regret <= 1e-9


BAD = [
    (3, "expected a NormalFormGame, got 3"),
    (NormalFormGame.from_arrays(*np.zeros((3, 2, 2, 2))), "expected two players, got 3"),
    (
        NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]]),
        r"sum to a constant in units of their ranges, got 1 and 1 at \(1, 1\) but 3 and 3",
    ),
    (NormalFormGame.from_arrays([[1, 2]], [[0, 0]]), r"got 2 and 0 at \(0, 1\) but 1 and 0"),
]


@pytest.mark.parametrize(("game", "message"), BAD)
def test_games_that_are_not_opposed_are_refused(game, message):
    with pytest.raises(InputError, match=message):
        zero_sum_equilibrium(game)


def test_a_failed_program_is_said(monkeypatch):
    monkeypatch.setattr(zero_sum, "_linear_program", lambda payoffs: None)
    with pytest.raises(ConvergenceError, match="the linear program failed"):
        zero_sum_equilibrium(opposed([[1, -1], [-1, 1]]))
    bad = (np.array([1.0, 0]), np.array([1.0, 0]))
    monkeypatch.setattr(zero_sum, "_linear_program", lambda payoffs: bad)
    with pytest.raises(ConvergenceError, match="the regret is 1 of the payoff range") as caught:
        zero_sum_equilibrium(opposed([[1, -1], [-1, 1]]))
    assert caught.value.certificate.value == 1
