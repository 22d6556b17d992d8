"""The axioms of bargaining theory, where they hold, and that they fail where theory says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bargaining import (
    BargainingProblem,
    EgalitarianSolution,
    Lever,
    Negotiation,
    Player,
    PointSet,
    TablePayoff,
)
from tests.cooperative.problems import (
    CONTINUOUS,
    EVERY_N,
    FINE,
    TWO,
    assert_nash,
    most,
    over_packages,
    payoffs,
    problems,
    random_game,
    solved,
)
from tests.optimize.listing import all_indices

COVARIANT = ("nash", "kalai-smorodinsky", "raiffa", "perles-maschler", "equal-area")
WEAK = EgalitarianSolution(leximin=False)


def rules(size, names=TWO):
    return [name for name in names if size == 2 or name in EVERY_N]


def assert_same(first, second, size, tolerance=1e-7):
    np.testing.assert_allclose(np.asarray(first) / size, np.asarray(second) / size, atol=tolerance)


def spread(problem):
    points = np.vstack([problem.feasible.points, problem.disagreement])
    return np.maximum(np.ptp(points, axis=0), 1.0)


@given(problems(max_players=4))
@settings(max_examples=60)
def test_solutions_are_pareto_optimal_and_individually_rational(problem):
    points, d, size = problem.feasible.points, problem.disagreement, spread(problem)
    for solution in rules(len(d)):
        u = solved(problem, solution).payoffs
        assert (u >= d - 1e-8 * size).all()
        if solved(problem, solution).agreed:
            ones = 1 / size
            better = most(points, ones, u - 1e-12 * size)  # a slack is worth its multiplier
            assert better is not None
            assert better - ones @ u <= 1e-7


@given(problems(), st.integers(2, 5))
@settings(max_examples=40)
def test_symmetric_problems_have_symmetric_solutions(problem, shift):
    size = problem.number_of_players
    points = problem.feasible.points
    turned = np.vstack([np.roll(points, k, axis=1) for k in range(size)])
    mirrored = np.vstack([turned, turned[:, ::-1]])
    d = np.full(size, mirrored.mean() - shift)
    for solution in rules(size):
        u = payoffs(mirrored, d, solution)
        np.testing.assert_allclose(u, u[0], atol=1e-7 * (1 + np.abs(mirrored).max()))


@given(problems(max_players=3, numbers=FINE), st.data())
@settings(max_examples=50)
def test_positive_affine_rescaling_rescales_the_covariant_solutions(problem, data):
    size = problem.number_of_players
    factor = 2.0 ** np.array([data.draw(st.integers(-20, 20)) for _ in range(size)])
    shift = np.array([data.draw(st.integers(-3, 3)) for _ in range(size)])
    points, d = problem.feasible.points, problem.disagreement
    for solution in rules(size, COVARIANT):
        u = payoffs(points, d, solution)
        v = payoffs((points + shift) * factor, (d + shift) * factor, solution)
        assert_same(v, (u + shift) * factor, spread(problem) * factor)


@pytest.mark.parametrize("solution", ["egalitarian", "utilitarian"])
def test_rescaling_one_player_changes_the_egalitarian_and_utilitarian_solution(solution):
    points = np.array([[4.0, 0.0], [3.0, 2.0], [0.0, 4.0]])
    u = payoffs(points, [0, 0], solution)
    v = payoffs(points * [1, 10], [0, 0], solution)
    assert np.abs(v / [1, 10] - u).max() > 0.5


@given(problems(max_players=3, numbers=FINE), st.integers(-6, 6), st.integers(-5, 5))
@settings(max_examples=30)
def test_a_common_unit_and_own_zeros_do_not_matter_to_any_rule(problem, power, shift):
    size = problem.number_of_players
    factor, shifts = 2.0**power, shift * np.arange(size)
    points, d = problem.feasible.points, problem.disagreement
    for solution in rules(size):
        u = payoffs(points, d, solution)
        v = payoffs((points + shifts) * factor, (d + shifts) * factor, solution)
        assert_same(v, (u + shifts) * factor, spread(problem) * factor)


@given(problems(max_players=3, numbers=FINE, deal=True), st.data())
@settings(max_examples=40)
def test_nash_is_independent_of_irrelevant_alternatives(problem, data):
    points, d = problem.feasible.points, problem.disagreement
    agreement = solved(problem)
    kept = [p for p in points.tolist() if data.draw(st.booleans()) or p == points[0].tolist()]
    smaller = np.vstack([kept, agreement.payoffs])
    assert_same(payoffs(smaller, d), agreement.payoffs, spread(problem))


def test_kalai_smorodinsky_depends_on_irrelevant_alternatives():
    """Without (0, 4) the second player's ideal falls from 4 to 12/5, and so does its share."""
    before = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], "kalai-smorodinsky")
    np.testing.assert_allclose(before, 12 / 5, rtol=1e-12)
    after = payoffs([[4, 0], [3, 2], before], [0, 0], "kalai-smorodinsky")
    assert after[1] < before[1] - 0.1


@given(problems(max_players=2, numbers=FINE, deal=True), st.data())
@settings(max_examples=60)
def test_kalai_smorodinsky_is_individually_monotone_for_two(problem, data):
    """What the second can have grows everywhere, the first's ideal stays: the second gains."""
    points, d = problem.feasible.points, problem.disagreement
    u = solved(problem, "kalai-smorodinsky")
    extra = [
        [p[0], p[1] + data.draw(st.integers(0, 5))]
        for p in points.tolist()
        if data.draw(st.booleans())
    ]
    larger = solved(
        BargainingProblem(PointSet(np.vstack([points, *map(np.atleast_2d, extra)])), d),
        "kalai-smorodinsky",
    )
    assume(abs(larger.ideal[0] - u.ideal[0]) <= 1e-9 * (1 + abs(u.ideal[0])))
    assert larger.payoffs[1] >= u.payoffs[1] - 1e-7 * spread(problem)[1]


def test_nash_is_not_individually_monotone():
    """More is possible for the second everywhere, and it gets less (Kalai and Smorodinsky)."""
    before = payoffs([[0, 1], [0.75, 0.75], [1, 0]], [0, 0])
    after = payoffs([[0, 1], [0.75, 0.75], [1, 0.7]], [0, 0])
    np.testing.assert_allclose(before, [0.75, 0.75], atol=1e-9)
    np.testing.assert_allclose(after, [1, 0.7], atol=1e-9)


@given(problems(max_players=3, numbers=FINE, deal=True), problems(min_players=3, numbers=FINE))
@settings(max_examples=40)
def test_the_weak_egalitarian_solution_is_monotone(problem, more):
    size = problem.number_of_players
    points, d = problem.feasible.points, problem.disagreement
    larger = np.vstack([points, more.feasible.points[:, :size]])
    assert (payoffs(larger, d, WEAK) >= payoffs(points, d, WEAK) - 1e-8 * spread(problem)).all()


def test_nash_and_kalai_smorodinsky_are_not_monotone():
    for solution in ("nash", "kalai-smorodinsky"):
        before = payoffs([[4, 0], [0, 4]], [0, 0], solution)
        after = payoffs([[4, 0], [0, 4], [8, 0]], [0, 0], solution)
        assert after[1] <= before[1] + 1e-9
    before = payoffs([[0, 2], [2, 2]], [0, 0], "kalai-smorodinsky")
    after = payoffs([[0, 2], [2, 2], [10, 0]], [0, 0], "kalai-smorodinsky")
    assert after[1] < before[1] - 0.1


@given(problems(max_players=3, numbers=FINE), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_relabelling_players_and_points_relabels_the_solution(problem, random):
    size = problem.number_of_players
    points, d = problem.feasible.points, problem.disagreement
    who, which = random.sample(range(size), size), random.sample(range(len(points)), len(points))
    for solution in rules(size):
        u = payoffs(points, d, solution)
        v = payoffs(points[which][:, who], d[who], solution)
        assert_same(v, u[who], spread(problem)[who])


@given(problems(max_players=3), st.data())
@settings(max_examples=30)
def test_a_point_twice_and_a_dominated_point_change_nothing(problem, data):
    size = problem.number_of_players
    points, d = problem.feasible.points, problem.disagreement
    twin = points[data.draw(st.integers(0, len(points) - 1))]
    worse = twin - np.array([data.draw(st.integers(0, 3)) for _ in range(size)])
    for solution in rules(size):
        u = payoffs(points, d, solution)
        v = payoffs(np.vstack([worse, points, twin]), d, solution)
        assert_same(v, u, spread(problem))


@given(problems(max_players=2, numbers=FINE))
@settings(max_examples=30)
def test_transposing_two_players_transposes_the_solution(problem):
    points, d = problem.feasible.points, problem.disagreement
    for solution in [*TWO, CONTINUOUS]:
        u = payoffs(points, d, solution)
        v = payoffs(points[:, ::-1], d[::-1], solution)
        assert_same(v[::-1], u, spread(problem))


@given(problems(max_players=3, numbers=FINE, deal=True), st.integers(1, 9))
@settings(max_examples=40)
def test_nash_does_not_change_when_d_moves_towards_the_solution(problem, tenths):
    """Disagreement convexity (Peters and van Damme 1991)."""
    points, d = problem.feasible.points, problem.disagreement
    u = payoffs(points, d)
    v = payoffs(points, d + (u - d) * tenths / 10)
    assert_same(v, u, spread(problem))


@given(problems(max_players=2, numbers=FINE, deal=True), st.integers(1, 9))
@settings(max_examples=40)
def test_a_better_disagreement_point_does_not_hurt_the_nash_bargainer(problem, tenths):
    """Disagreement-point monotonicity (Thomson 1987)."""
    points, d = problem.feasible.points, problem.disagreement
    first = solved(problem)
    raised = d + np.array([(first.ideal[0] - d[0]) * tenths / 10, 0.0])
    for solution in ("nash", "kalai-smorodinsky", "egalitarian"):
        before, after = payoffs(points, d, solution), payoffs(points, raised, solution)
        assert after[0] >= before[0] - 1e-7 * spread(problem)[0]


@given(problems(max_players=4, numbers=FINE, deal=True))
@settings(max_examples=60)
def test_nash_weights_prove_it_over_all_points(problem):
    u = solved(problem).payoffs
    assert_nash(problem.feasible.points, problem.disagreement, u)


@given(problems(max_players=3, numbers=FINE))
@settings(max_examples=40)
def test_a_lottery_has_few_points_that_give_the_payoffs(problem):
    for solution in rules(problem.number_of_players):
        agreement = solved(problem, solution)
        if not agreement.agreed:
            assert agreement.lottery == ()
            continue
        chances, points = zip(*agreement.lottery, strict=True)
        assert sum(chances) == pytest.approx(1.0, abs=1e-12)
        assert min(chances) > 0
        assert_same(np.array(chances) @ np.array(points), agreement.payoffs, spread(problem), 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_packages_and_their_listed_points_have_the_same_solutions(seed):
    rng = np.random.default_rng(seed)
    for players in (2, 3):
        game = random_game(rng, players=players)
        points = listed(game)
        d = points[rng.integers(len(points))] if seed % 2 else points.mean(axis=0)
        for solution in rules(players):
            u = solved(over_packages(game, d), solution)
            v = solved(BargainingProblem(PointSet(points), d), solution)
            assert u.agreed == v.agreed
            assert_same(u.payoffs, v.payoffs, np.ptp(points, axis=0))
            assert_same(u.ideal, v.ideal, np.ptp(points, axis=0))


@pytest.mark.parametrize("seed", range(4))
def test_relabelling_levers_and_adding_a_dominated_level_change_nothing(seed):
    rng = np.random.default_rng(seed)
    who = [Player("A"), Player("B")]
    tables = rng.normal(size=(4, 2, 3))
    d = tables.mean(axis=2).sum(axis=0)
    worse = np.concatenate([tables, tables.min(axis=2, keepdims=True) - 1], axis=2)

    def game(tables, order):
        what = [Lever(f"lever {j}", who[j % 2], range(tables.shape[2]), 0) for j in order]
        terms = [
            TablePayoff(one, dict(zip(who, tables[j], strict=True)))
            for j, one in zip(order, what, strict=True)
        ]
        return Negotiation(who, what, terms)

    for solution in TWO:
        plain = solved(over_packages(game(tables, [0, 1, 2, 3]), d), solution).payoffs
        for other in (game(tables, [2, 0, 3, 1]), game(worse, [0, 1, 2, 3])):
            assert_same(solved(over_packages(other, d), solution).payoffs, plain, 1.0)


def listed(game):
    return game.payoffs_at(all_indices(game.sizes))
