"""Newton's method: roots, dependent equations, and failures that say so."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.errors import ConvergenceError
from bargaining.trade.equilibrium.newton import linear, newton


def test_a_far_start_is_reached_by_short_steps():
    root = newton(np.arctan, lambda x: np.diag(1 / (1 + x**2)), np.array([30.0]), what="arctan")
    assert abs(root[0]) < 1e-12


def test_a_system_without_a_root_is_an_error_that_tells_how_near_it_came():
    with pytest.raises(ConvergenceError, match="no root: no solution was found") as error:
        newton(lambda x: x**2 + 1, lambda x: np.diag(2 * x), np.array([3.0]), what="no root")
    assert 1 <= error.value.certificate.value < 1.1
    assert not error.value.certificate


def test_errors_that_are_no_numbers_are_not_taken_for_small():
    with np.errstate(invalid="ignore"), pytest.raises(ConvergenceError, match="inf"):
        newton(lambda x: np.log(x), lambda x: np.diag(1 / x), np.array([-1.0]), what="log")


def test_steps_into_what_is_no_number_are_halved():
    with np.errstate(invalid="ignore"):
        root = newton(
            lambda x: np.log(x), lambda x: np.diag(1 / x), np.array([3.0]), what="logarithm"
        )
    np.testing.assert_allclose(root, 1)


def test_dependent_equations_have_a_root_near_the_start():
    def residual(x):
        gap = np.exp(x[0] - x[1]) - 2
        return np.array([gap, -gap])

    def jacobian(x):
        slope = np.exp(x[0] - x[1])
        return np.array([[slope, -slope], [-slope, slope]])

    root = newton(residual, jacobian, np.zeros(2), what="difference")
    np.testing.assert_allclose(root, [np.log(2) / 2, -np.log(2) / 2], atol=1e-12)


def test_a_regular_system_has_its_one_solution():
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(matrix @ linear(matrix, np.array([1.0, 2.0])), [1, 2])
