"""Bad input names the object, the field, the value and what was expected."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from bargaining import (
    BargainingProblem,
    EgalitarianSolution,
    FrontierSet,
    InputError,
    NashSolution,
    PackageSet,
    PointSet,
    Polytope,
    UtilitarianSolution,
)
from bargaining.cooperative.bargain import bargain

CAKE = BargainingProblem([[4, 0], [0, 4]], [0, 0])


def answering(value):
    """Return a user's own set whose support function always says the same."""
    return SimpleNamespace(support=lambda weights: value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BargainingProblem("abc", [0]), r"feasible: expected a set .* got 'abc'"),
        (lambda: BargainingProblem(None, [0]), r"feasible: expected a set .* got None"),
        (
            lambda: BargainingProblem([[1, 2]], [0, 0, 0]),
            r"disagreement: expected 2 .* got \[0, 0, 0\]",
        ),
        (
            lambda: BargainingProblem([[1, 2]], [0, np.inf]),
            r"disagreement: expected 2 .* got .*inf",
        ),
        (lambda: BargainingProblem([[1, 2]], "war"), r"disagreement: expected 2 .* got 'war'"),
        (
            lambda: BargainingProblem([[1, 2]], [0, 0], players=["A", "A"]),
            r"players: expected 2 different names, got \('A', 'A'\)",
        ),
    ],
)
def test_a_bargaining_problem_names_what_is_wrong(make, message):
    with pytest.raises(InputError, match=f"BargainingProblem, {message}"):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PointSet([[1, 2], [3]]), r"PointSet, points: expected rows of numbers, got"),
        (lambda: PointSet([[0, 0], [1, np.nan]]), r"PointSet, points: .* row 1 is \[ 1. nan\]"),
        (lambda: PointSet([]), r"PointSet, points: expected shape \(rows, players\), got \(0,\)"),
        (lambda: PointSet([1, 2]), r"PointSet, points: expected shape .* got \(2,\)"),
        (lambda: PointSet([[1, 2]]).support([1]), r"support, weights: expected 2 .* got \[1\]"),
        (lambda: PointSet([[1, 2]]).support("a"), r"support, weights: expected 2 .* got 'a'"),
        (lambda: PackageSet("x"), r"PackageSet: expected a Negotiation, got 'x'"),
        (lambda: Polytope(), r"Polytope: expected either vertices, or both"),
        (lambda: Polytope(A=[[1, 1]]), r"Polytope: expected either vertices, or both A and b"),
        (lambda: Polytope([[0, 1]], A=[[1, 1]], b=[1]), r"Polytope: expected either vertices"),
        (lambda: Polytope(A=[[1, 1]], b=[1, 2]), r"Polytope, b: expected 1 .* got \[1, 2\]"),
        (lambda: Polytope(A=[[1, 1]], b=["q"]), r"Polytope, b: expected 1 .* got \['q'\]"),
        (lambda: FrontierSet(lambda u: u * u, (0, 1)), r"FrontierSet, f: .* convex near"),
        (lambda: FrontierSet(lambda u: 1 - u, (1, 0)), r"interval: .* got \(1, 0\)"),
        (lambda: FrontierSet(lambda u: 1 - u, ("a", "b")), r"interval: .* got \('a', 'b'\)"),
        (lambda: FrontierSet(lambda u: 1 - u, 3), r"interval: expected finite low < high, got 3"),
        (lambda: FrontierSet(lambda u: -np.inf, (0, 1)), r"f: expected finite numbers, got -inf"),
        (lambda: FrontierSet(lambda u: "much", (0, 1)), r"f: expected a number, got 'much'"),
        (lambda: FrontierSet(7, (0, 1)), r"FrontierSet, f: expected a function .* got 7"),
    ],
)
def test_a_feasible_set_names_what_is_wrong(make, message):
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize("kind", [NashSolution, EgalitarianSolution, UtilitarianSolution])
@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 1], [np.nan, 1], "ab", 2, [[1, 2]], []])
def test_a_rule_names_its_bad_weights(kind, weights):
    with pytest.raises(InputError, match=rf"{kind.__name__}, weights: expected .* got"):
        bargain(CAKE, kind(weights))


@pytest.mark.parametrize("solution", ["nahs", 3, None])
def test_an_unknown_solution_is_told_the_known_ones(solution):
    with pytest.raises(InputError, match=r"unknown solution .*known are 'nash'"):
        bargain(CAKE, solution)


@pytest.mark.parametrize("answer", [[1, 2, 3], [1, np.nan], "much", None])
def test_a_users_support_function_that_answers_nonsense_is_named(answer):
    problem = BargainingProblem(answering(answer), [0, 0])
    with pytest.raises(InputError, match=r"support: expected 2 finite payoffs, got"):
        bargain(problem)


@pytest.mark.parametrize("solution", ["perles-maschler", "equal-area"])
def test_a_rule_of_two_players_refuses_three(solution):
    with pytest.raises(InputError, match="defined for two players, got 3"):
        bargain(BargainingProblem(np.eye(3), [0, 0, 0]), solution)


def test_a_polytope_without_payoffs_or_without_limit_is_refused():
    with pytest.raises(InputError, match="no payoffs satisfy A u <= b"):
        bargain(BargainingProblem(Polytope(A=[[1, 1], [-1, -1]], b=[0, -1]), [0, 0]))
    with pytest.raises(InputError, match="no upper limit"):
        bargain(BargainingProblem(Polytope(A=[[1, -1]], b=[1]), [0, 0]))


def test_payoffs_too_far_apart_for_floating_point_are_refused():
    with pytest.raises(InputError, match="more than floating point holds"):
        bargain(BargainingProblem([[1e308, 0], [-1e308, 1]], [-1e308, 0]))


@pytest.mark.parametrize("solution", ["raiffa", "perles-maschler", "equal-area"])
def test_single_packages_are_refused_by_rules_for_convex_sets(solution):
    with pytest.raises(InputError, match=rf"the {solution} solution is defined for convex sets"):
        bargain(CAKE, solution, lotteries=False)
