"""Side payments: the largest sum of payoffs is shared, and the payments balance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bargaining import BargainingProblem, InputError, NashSolution, Polytope
from tests.cooperative.problems import SINGLE, over_packages, problems, random_game, solved
from tests.optimize.listing import all_indices


@given(problems(max_players=4))
@settings(max_examples=60)
def test_every_symmetric_rule_shares_the_largest_surplus_equally(problem):
    points, d = problem.feasible.points, problem.disagreement
    surplus = float(points.sum(axis=1).max() - d.sum())
    for solution in SINGLE:
        agreement = solved(problem, solution, transferable=True)
        assert agreement.agreed == (surplus > 0)
        if not agreement.agreed:  # only equal weights bound the sum of payoffs
            np.testing.assert_array_equal(agreement.certificate.weights, np.ones((1, len(d))))
        expected = d + max(surplus, 0.0) / len(d)
        np.testing.assert_allclose(agreement.payoffs, expected, atol=1e-9 * (1 + abs(surplus)))


@given(problems(max_players=3))
@settings(max_examples=40)
def test_payments_balance_and_turn_the_package_into_the_agreed_payoffs(problem):
    agreement = solved(problem, transferable=True)
    if not agreement.agreed:
        assert agreement.transfers is None
        return
    assert agreement.transfers.sum() == pytest.approx(0.0, abs=1e-9)
    [(chance, point)] = agreement.lottery
    assert chance == 1.0
    np.testing.assert_allclose(point + agreement.transfers, agreement.payoffs, atol=1e-9)
    assert sum(point) == pytest.approx(problem.feasible.points.sum(axis=1).max())


def test_weights_share_the_surplus():
    agreement = solved(
        BargainingProblem([[9, 0], [1, 1]], [1, 0]), NashSolution((1, 3)), transferable=True
    )
    np.testing.assert_allclose(agreement.payoffs, [3, 6])
    np.testing.assert_allclose(agreement.transfers, [-6, 6])


@pytest.mark.parametrize("seed", range(5))
def test_the_package_of_a_negotiation_has_the_largest_sum_of_all(seed):
    rng = np.random.default_rng(seed)
    game = random_game(rng, players=3)
    points = game.payoffs_at(all_indices(game.sizes))
    agreement = solved(over_packages(game, points.mean(axis=0)), transferable=True)
    assert game.payoffs(agreement.package).sum() == pytest.approx(points.sum(axis=1).max())
    assert agreement.payoffs.sum() == pytest.approx(points.sum(axis=1).max())


def test_side_payments_never_leave_less_in_sum():
    rng = np.random.default_rng(1)
    for _ in range(20):
        points = rng.normal(size=(6, 2))
        problem = BargainingProblem(points, points.mean(axis=0))
        with_payments = solved(problem, transferable=True).payoffs.sum()
        assert with_payments >= solved(problem).payoffs.sum() - 1e-9


def test_the_largest_sum_counts_even_where_a_player_must_be_paid_to_accept_it():
    """At (5, -1) the second player loses, and is paid for it, however the set is written."""
    by_vertices = Polytope(vertices=[[5, -1], [0, 2], [0, 0]])
    by_rows = Polytope(A=[[3, 5], [-1, 0], [-1, -5]], b=[10, 0, 0])
    for feasible in (by_vertices, by_rows):
        agreement = solved(BargainingProblem(feasible, [0, 0]), transferable=True)
        np.testing.assert_allclose(agreement.payoffs, [2, 2], atol=1e-9)
        np.testing.assert_allclose(agreement.transfers, [-3, 3], atol=1e-9)


def test_sums_without_limit_are_refused():
    limited = Polytope(A=[[1, 2], [1, 0]], b=[3, 4])
    agreement = solved(BargainingProblem(limited, [0, 0]), transferable=True)
    np.testing.assert_allclose(agreement.payoffs, 3.5 / 2)
    downhill = Polytope(A=[[1, 2]], b=[3])
    with pytest.raises(InputError, match="no upper limit"):
        solved(BargainingProblem(downhill, [0, 0]), transferable=True)


@pytest.mark.parametrize("lotteries", [True, False])
def test_one_package_reaches_the_largest_sum_with_or_without_lotteries(lotteries) -> None:
    problem = BargainingProblem([[4, 0], [0, 4], [3, 2]], [0, 1])
    agreement = solved(problem, transferable=True, lotteries=lotteries)
    assert agreement.lotteries is lotteries
    np.testing.assert_allclose(agreement.payoffs, [2, 3])
