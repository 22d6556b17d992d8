"""Solutions with closed forms: split the cake, a parabola, a circle, triangles, polygons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bargaining import (
    BargainingProblem,
    EgalitarianSolution,
    FrontierSet,
    NashSolution,
    PointSet,
    Polytope,
    UtilitarianSolution,
)
from tests.cooperative.problems import CONTINUOUS, EVERY_N, TWO, most, payoffs, solved

GOLDEN = (math.sqrt(5) - 1) / 2
PARABOLA = BargainingProblem(FrontierSet(lambda u: 1 - u * u, (0, 1)), [0, 0])
CIRCLE = BargainingProblem(FrontierSet(lambda u: math.sqrt(max(1 - u * u, 0.0)), (0, 1)), [0, 0])


@pytest.mark.parametrize("solution", [*TWO, CONTINUOUS])
def test_two_split_a_cake_in_halves(solution):
    np.testing.assert_allclose(payoffs([[1, 0], [0, 1]], [0, 0], solution), 0.5, atol=1e-9)


@pytest.mark.parametrize("size", [3, 4, 5])
@pytest.mark.parametrize("solution", EVERY_N)
def test_n_players_split_a_cake_in_equal_parts(solution, size):
    found = payoffs(np.eye(size), np.zeros(size), solution)
    np.testing.assert_allclose(found, 1 / size, atol=1e-9)


def test_three_players_follow_the_continuous_raiffa_path_to_equal_parts_of_a_cake():
    np.testing.assert_allclose(payoffs(np.eye(3), np.zeros(3), CONTINUOUS), 1 / 3, atol=1e-9)


@pytest.mark.parametrize("weights", [(1, 1), (3, 1), (1, 9), (2, 3)])
def test_weighted_nash_splits_a_cake_by_the_weights(weights):
    found = payoffs([[12, 0], [0, 12]], [0, 0], NashSolution(weights))
    np.testing.assert_allclose(found, 12 * np.array(weights) / sum(weights), rtol=1e-12)


def test_weighted_nash_over_a_cake_of_three():
    found = payoffs(10 * np.eye(3), np.zeros(3), NashSolution((1, 2, 7)))
    np.testing.assert_allclose(found, [1, 2, 7], rtol=1e-12)


def test_weighted_egalitarian_gains_stand_in_the_ratio_of_the_weights():
    found = payoffs([[6, 0], [0, 6]], [0, 0], EgalitarianSolution((1, 2)))
    np.testing.assert_allclose(found, [2, 4], rtol=1e-12)


def test_weighted_utilitarian_goes_to_the_corner_that_the_weights_favour():
    points = [[4, 0], [3, 2], [0, 4]]
    np.testing.assert_allclose(payoffs(points, [0, 0], UtilitarianSolution((3, 1))), [4, 0])
    np.testing.assert_allclose(payoffs(points, [0, 0], UtilitarianSolution((1, 1))), [3, 2])
    np.testing.assert_allclose(payoffs(points, [0, 0], UtilitarianSolution((1, 3))), [0, 4])


def test_utilitarian_ties_are_broken_by_the_nash_solution():
    points = [[6, 0], [0, 6], [1, 1]]
    np.testing.assert_allclose(payoffs(points, [2, 0], "utilitarian"), [4, 2], atol=1e-9)


def test_nash_on_the_parabola():
    """The maximum of x(1 - x^2) is at 1 / sqrt 3."""
    x = 1 / math.sqrt(3)
    np.testing.assert_allclose(solved(PARABOLA).payoffs, [x, 1 - x * x], atol=1e-7)


@pytest.mark.parametrize("solution", ["kalai-smorodinsky", "egalitarian"])
def test_kalai_smorodinsky_on_the_parabola_is_the_golden_ratio(solution):
    """The ideal point is (1, 1), so x = 1 - x^2."""
    np.testing.assert_allclose(solved(PARABOLA, solution).payoffs, GOLDEN, atol=1e-7)


def test_utilitarian_on_the_parabola():
    np.testing.assert_allclose(solved(PARABOLA, "utilitarian").payoffs, [0.5, 0.75], atol=1e-7)


def test_perles_maschler_on_the_parabola():
    """The integral of sqrt(2x) dx from 0 doubles at x = 2^(-2/3)."""
    x = 2 ** (-2 / 3)
    found = solved(PARABOLA, "perles-maschler").payoffs
    np.testing.assert_allclose(found, [x, 1 - x * x], atol=1e-6)


def test_equal_area_on_the_parabola():
    """The region left of the ray has area (3x - x^3)/3 - x(1 - x^2)/2, half of 2/3."""
    root = [r.real for r in np.roots([1, 0, 3, -2]) if abs(r.imag) < 1e-12 and 0 < r.real < 1]
    x = root[0]
    assert x - x**3 / 3 - x * (1 - x * x) / 2 == pytest.approx(1 / 3)
    found = solved(PARABOLA, "equal-area").payoffs
    np.testing.assert_allclose(found, [x, 1 - x * x], atol=1e-6)


@pytest.mark.parametrize("solution", [*TWO, CONTINUOUS])
def test_every_rule_finds_the_middle_of_a_circle(solution):
    """The frontier has an infinite slope at an end."""
    np.testing.assert_allclose(solved(CIRCLE, solution).payoffs, math.sqrt(0.5), atol=1e-6)


def test_nash_on_a_polygon_sits_at_the_vertex_of_the_largest_product():
    np.testing.assert_allclose(payoffs([[4, 0], [0, 4], [3, 2]], [0, 0]), [3, 2], atol=1e-12)


def test_kalai_smorodinsky_on_a_polygon():
    """The ray to (4, 4) meets the edge from (0, 4) to (3, 2) where 4 - 2x/3 = x."""
    found = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], "kalai-smorodinsky")
    np.testing.assert_allclose(found, 12 / 5, rtol=1e-12)


def test_leximin_goes_on_where_equal_shares_are_dominated():
    """Three players (Imai 1983): the equal share (1/2, 1/2, 1/2) leaves more for the third."""
    points = [[1, 0, 1], [0, 1, 1], [0, 0, 1]]
    found = payoffs(points, [0, 0, 0], "kalai-smorodinsky")
    np.testing.assert_allclose(found, [0.5, 0.5, 1.0], atol=1e-12)
    weak = payoffs(points, [0, 0, 0], EgalitarianSolution(leximin=False))
    np.testing.assert_allclose(weak, 0.5, atol=1e-12)


def test_perles_maschler_and_equal_area_on_a_triangle_are_the_midpoint():
    """Any affine image of the cake, by covariance."""
    for solution in ("perles-maschler", "equal-area"):
        found = payoffs([[1, 12], [9, 2]], [1, 2], solution)
        np.testing.assert_allclose(found, [5, 7], rtol=1e-12)


def test_perles_maschler_on_two_edges():
    """Edges (0,4)-(3,2) and (3,2)-(4,0): lengths sqrt 6 and sqrt 2, so half lies on the first."""
    share = (math.sqrt(6) + math.sqrt(2)) / 2 / math.sqrt(6)
    found = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], "perles-maschler")
    np.testing.assert_allclose(found, [3 * share, 4 - 2 * share], rtol=1e-10)


def test_perles_maschler_on_a_trapezium():
    """Perles and Maschler 1981: horizontal and vertical edges have no length."""
    found = payoffs([[0, 1], [1, 1], [2, 0]], [0, 0], "perles-maschler")
    np.testing.assert_allclose(found, [1.5, 0.5], rtol=1e-10)


def test_equal_area_on_two_edges():
    """Twice the area is 12 + 8 = 20; 10 of it lie left of the point 10/12 along the first edge."""
    share = 10 / 12
    found = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], "equal-area")
    np.testing.assert_allclose(found, [3 * share, 4 - 2 * share], rtol=1e-10)


def test_equal_area_of_a_rectangle_cut_at_the_corner():
    """The unit square less a corner is symmetric."""
    points = [[0, 1], [0.5, 1], [1, 0.5], [1, 0]]
    np.testing.assert_allclose(payoffs(points, [0, 0], "equal-area"), 0.75, rtol=1e-10)


def test_discrete_raiffa_steps_by_hand_on_a_polygon():
    """From 0 to (2, 2), then to the mean of (2, 2) and its ideal (3, 8/3), and so on."""
    u = np.zeros(2)
    x, y = [0.0, 3.0, 4.0], [4.0, 2.0, 0.0]
    steps = []
    for _ in range(200):
        ideal = np.array([np.interp(u[1], y[::-1], x[::-1]), np.interp(u[0], x, y)])
        u = u + (ideal - u) / 2
        steps.append(u)
    np.testing.assert_allclose(steps[1], [2.5, 7 / 3], rtol=1e-12)
    found = payoffs([[4, 0], [0, 4], [3, 2]], [0, 0], "raiffa")
    np.testing.assert_allclose(found, steps[-1], atol=1e-9)


def test_discrete_raiffa_of_three_players_agrees_with_steps_by_linear_programs():
    rng = np.random.default_rng(5)
    for _ in range(5):
        points = rng.random((6, 3))
        u = np.zeros(3)
        for _ in range(80):
            ideal = np.array([most(points, e, u - 1e-13) or u @ e for e in np.eye(3)])
            u = u + (ideal - u) / 3
        np.testing.assert_allclose(payoffs(points, [0, 0, 0], "raiffa"), u, atol=1e-7)


def test_a_polytope_by_inequalities_equals_its_vertices():
    points = [[0, 0], [4, 0], [0, 4], [3, 2]]
    by_vertices = Polytope(vertices=points)
    by_rows = Polytope(A=[[2, 3], [2, 1], [-1, 0], [0, -1]], b=[12, 8, 0, 0])
    for solution in TWO:
        first = solved(BargainingProblem(by_vertices, [0.5, 0.25]), solution)
        second = solved(BargainingProblem(by_rows, [0.5, 0.25]), solution)
        np.testing.assert_allclose(first.payoffs, second.payoffs, atol=1e-8)
        np.testing.assert_allclose(first.ideal, second.ideal, atol=1e-8)


def test_an_object_with_a_support_function_is_a_feasible_set():
    class Disc:
        def support(self, weights):
            return weights / np.linalg.norm(weights)

    for solution in ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian"):
        found = solved(BargainingProblem(Disc(), [0, 0]), solution)
        np.testing.assert_allclose(found.payoffs, math.sqrt(0.5), atol=1e-5)


def test_the_ideal_point_is_taken_over_what_is_individually_rational():
    """At (5, -1) the second player would lose: the first gains at most what (4, 0) gives."""
    agreement = solved(BargainingProblem(PointSet([[5, -1], [4, 0], [0, 4]]), [0, 0]))
    np.testing.assert_allclose(agreement.ideal, [4, 4], atol=1e-12)


def test_a_fractional_ideal_point_on_an_edge():
    agreement = solved(BargainingProblem(PointSet([[5, -1], [3, 1], [0, 4]]), [0, 0]))
    np.testing.assert_allclose(agreement.ideal, [4, 4], atol=1e-12)
