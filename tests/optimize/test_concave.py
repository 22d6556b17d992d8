"""Concave programs over boxes: the bound proves the point, whatever found it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

import bargaining as bg
from bargaining.optimize.concave import ConcavePayoffs
from bargaining.optimize.interior import Program, interior_point


class Quadratics:
    """Functions c + g . z + z' Q z / 2 on the unit box."""

    def __init__(self, constant, slopes, matrix):
        self.constant, self.slopes, self.matrix = constant, slopes, matrix

    def at(self, z):
        turned = self.matrix @ z
        return self.constant + self.slopes @ z + turned @ z / 2, self.slopes + turned

    def bend(self, z, weights):
        return np.tensordot(weights, self.matrix, axes=1)


def drawn(seed, players, size):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(players, size, max(1, size // 2)))
    matrix = -roots @ roots.transpose(0, 2, 1) / size
    return Quadratics(np.zeros(players), rng.normal(size=(players, size)), matrix)


def negotiation(functions):
    size = functions.slopes.shape[1]
    xs = [bg.Lever(f"x{j}", "p0", bg.Interval(0, 1), 0) for j in range(size)]
    players = [bg.Player(f"p{i}") for i in range(len(functions.slopes))]
    terms = [
        bg.QuadraticPayoff(xs, {p: functions.matrix[i]}, {p: functions.slopes[i]})
        for i, p in enumerate(players)
    ]
    return bg.Negotiation(players, xs, terms)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 12))
def test_the_support_function_is_bounded_tightly_from_above(seed, size):
    functions = drawn(seed, 2, size)
    weights = np.random.default_rng(seed).uniform(size=(5, 2))
    found = ConcavePayoffs(negotiation(functions)).supports(weights)
    values = np.einsum("bn,bn->b", weights, found.points)
    assert np.all(found.bounds >= values)
    assert found.bounds == pytest.approx(values, abs=1e-12)
    for z in np.random.default_rng(0).uniform(size=(50, size)):
        assert np.all(weights @ functions.at(z)[0] <= found.bounds + 1e-12)


def test_another_solver_finds_the_same():
    functions = drawn(3, 2, 6)
    weights = np.array([[0.3, 0.7]])
    found = ConcavePayoffs(negotiation(functions)).supports(weights)
    other = minimize(
        lambda z: -float(weights[0] @ functions.at(z)[0]), np.full(6, 0.5), bounds=[(0, 1)] * 6,
        jac=lambda z: -weights[0] @ functions.at(z)[1],
    )  # fmt: skip
    assert found.bounds[0] == pytest.approx(-other.fun, abs=1e-9)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 8), players=st.integers(1, 4))
def test_multipliers_of_the_largest_common_gain_prove_it(seed, size, players):
    functions = drawn(seed, players, size)
    nothing = np.zeros(players)
    program = Program(nothing, nothing, np.ones(players), nothing)
    found = interior_point(functions, program, size)
    assert found.multipliers.sum() == pytest.approx(1)
    reached = functions.at(found.z)[0].min()
    bound = ConcavePayoffs(negotiation(functions)).supports(found.multipliers[None]).bounds[0]
    assert reached == pytest.approx(bound, abs=1e-10)


def test_without_an_interior_the_point_is_found_and_multipliers_grow():
    """The floor of the second function is its maximum: no finite multiplier proves the first."""
    functions = Quadratics(
        np.array([0.0, -0.45]),
        np.array([[1.0, 0.2], [0.6, 1.2]]),
        np.stack([np.zeros((2, 2)), -2 * np.eye(2)]),
    )
    program = Program(np.zeros(2), np.zeros(2), np.array([1.0, 0.0]), np.zeros(2))
    found = interior_point(functions, program, 2)
    assert found.z == pytest.approx([0.3, 0.6], abs=1e-6)
    assert found.multipliers[1] > 1e5
