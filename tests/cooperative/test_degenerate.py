"""No deal is a result with a proof, and degenerate problems are solved like any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bargaining import BargainingProblem, FrontierSet, Polytope
from bargaining.cooperative.bargain import bargain
from tests.cooperative.problems import CONTINUOUS, EVERY_N, TWO, most, payoffs, problems, solved


@settings(max_examples=150)
@given(problems(max_players=4))
def test_a_deal_is_agreed_exactly_where_a_lottery_makes_somebody_better_off_and_nobody_worse(
    problem: BargainingProblem,
) -> None:
    points = problem.feasible.points  # type: ignore[attr-defined]  # a PointSet
    d = problem.disagreement
    total = most(points, np.ones(len(d)), d)
    assert solved(problem).agreed == (total is not None and total > d.sum() + 1e-7)


@settings(max_examples=150)
@given(problems(max_players=4))
def test_without_a_deal_positive_weights_separate_every_point_from_d(
    problem: BargainingProblem,
) -> None:
    agreement = solved(problem)
    if agreement.agreed:
        return
    [weights] = agreement.certificate.weights
    points = problem.feasible.points  # type: ignore[attr-defined]  # a PointSet
    assert (weights > 0).all()
    slack = (points - problem.disagreement) @ weights
    assert slack.max() <= 1e-9 * (np.abs(points - problem.disagreement) @ weights).max()
    np.testing.assert_array_equal(agreement.payoffs, problem.disagreement)
    assert agreement.package is None
    assert "There is no agreement" in agreement.explain()


@pytest.mark.parametrize("solution", EVERY_N)
def test_when_only_some_can_gain_the_others_stay_at_d_and_the_rule_applies_to_the_rest(
    solution: str,
) -> None:
    points = [[1, 0, 0], [0, 1, 0], [0, 0, 0], [2, 2, -1]]
    agreement = solved(BargainingProblem(points, [0, 0, 0]), solution)
    np.testing.assert_allclose(agreement.payoffs, [0.5, 0.5, 0], atol=1e-8)
    assert agreement.certificate.details["cannot gain"] == ["player 3"]
    weights = agreement.certificate.details["weights against joint gains"]
    assert (np.array(points) @ weights).max() <= 1e-9


@pytest.mark.parametrize("solution", TWO)
def test_a_single_point_above_d_is_the_agreement(solution: str) -> None:
    np.testing.assert_allclose(payoffs([[3, 2]], [0, 0], solution), [3, 2])


@pytest.mark.parametrize("solution", [*TWO, CONTINUOUS])
def test_the_middle_of_a_segment(solution: str) -> None:
    np.testing.assert_allclose(payoffs([[1, 0], [0, 1]], [0, 0], solution), [0.5, 0.5], atol=1e-8)


@pytest.mark.parametrize("solution", TWO)
def test_an_upward_segment_is_settled_at_its_top(solution: str) -> None:
    np.testing.assert_allclose(payoffs([[0, 0], [2, 1]], [0, 0], solution), [2, 1], atol=1e-9)


@pytest.mark.parametrize("solution", TWO)
@pytest.mark.parametrize("d", [[3, 2], [2, 2.5], [5, 5], [4, 0]])
def test_there_is_no_deal_from_a_point_on_the_frontier_or_beyond(solution, d) -> None:
    assert not solved(BargainingProblem([[4, 0], [0, 3.5], [3, 2]], d), solution).agreed


@pytest.mark.parametrize("solution", EVERY_N)
def test_one_player_takes_the_best(solution: str) -> None:
    np.testing.assert_allclose(payoffs([[1], [7], [3]], [2], solution), [7])


@pytest.mark.parametrize("solution", [*TWO, CONTINUOUS])
def test_payoffs_from_a_millionth_of_a_millionth_to_a_million_millions(solution) -> None:
    scale = np.array([1e12, 1e-12])
    points = np.array([[4.0, 0], [0, 4], [3, 2]]) * scale
    u = payoffs(points, [0, 0], solution)
    if solution not in ("egalitarian", "utilitarian"):
        plain = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], solution)
        np.testing.assert_allclose(u / scale, plain, rtol=1e-8)


@pytest.mark.parametrize("solution", EVERY_N)
def test_a_player_whom_nothing_concerns_keeps_what_it_has(solution: str) -> None:
    u = payoffs([[4, 0, 7], [0, 4, 7]], [0, 0, 7], solution)
    np.testing.assert_allclose(u, [2, 2, 7], atol=1e-8)


def test_a_constant_added_to_all_payoffs_costs_no_more_than_the_digits_it_hides() -> None:
    far = payoffs([[1e9 + 4, 0], [1e9, 4]], [1e9, 0])
    np.testing.assert_allclose(far - [1e9, 0], [2, 2], atol=1e-6)


def test_a_half_space_that_d_is_beyond_has_a_proof_of_no_deal() -> None:
    agreement = solved(BargainingProblem(Polytope(A=[[1, 1]], b=[10]), [11, 2]))
    assert not agreement.agreed


@pytest.mark.parametrize("solution", TWO)
def test_a_frontier_cut_by_d(solution: str) -> None:
    curve = FrontierSet(lambda u: 1 - u**2, (0, 1))
    u = solved(BargainingProblem(curve, [0.2, 0.5]), solution).payoffs
    assert u[0] > 0.2
    assert u[1] > 0.5
    assert u[1] == pytest.approx(1 - u[0] ** 2, abs=1e-6)


def test_the_ideal_point_is_d_without_a_deal() -> None:
    agreement = bargain(BargainingProblem([[0, 0]], [1, 1]))
    np.testing.assert_array_equal(agreement.ideal, [1, 1])


@settings(max_examples=200)
@given(problems(max_players=4, max_points=8))
def test_whole_numbers_with_all_their_ties_are_solved_and_proved_by_every_rule(
    problem: BargainingProblem,
) -> None:
    for solution in EVERY_N:
        solved(problem, solution)


def test_one_player_gains_at_the_only_mixture_that_leaves_three_others_where_they_are() -> None:
    points = [[1, -1, -2, -1], [-3, -3, 2, 2]]
    agreement = solved(BargainingProblem(points, [-1, -2, 0, 0]))
    np.testing.assert_allclose(agreement.payoffs, [-1, -2, 0, 0.5], atol=1e-12)


@pytest.mark.parametrize("decades", [3, 6])
def test_equal_gains_hold_up_where_one_player_counts_in_millions_and_another_in_millionths(
    decades: int,
) -> None:
    """What one player can gain at most is next to nothing in the units of another."""
    for seed in range(150):
        rng = np.random.default_rng(seed)
        size = int(rng.integers(2, 6))
        points = rng.normal(size=(int(rng.integers(2, 12)), size))
        units = 10.0 ** rng.integers(-decades, decades + 1, size=size)
        solved(BargainingProblem(points * units, points.mean(axis=0) * units), "egalitarian")


@pytest.mark.parametrize("seed", [39, 55, 161, 470, 537, 721])
def test_equal_gains_that_rounding_once_lost_over_twenty_decades(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, count = int(rng.integers(2, 6)), int(rng.integers(2, 12))
    points = rng.normal(size=(count, size))
    units = 10.0 ** rng.integers(-12, 13, size=size)
    solved(BargainingProblem(points * units, points.mean(axis=0) * units), "egalitarian")
