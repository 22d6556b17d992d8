"""The linear program over known packages, as HiGHS is asked where the own method gives up."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.errors import ConvergenceError
from bargaining.optimize.linear import by_highs


def test_the_largest_common_gain_may_be_negative() -> None:
    gains = np.array([[-1.0, -3.0], [-3.0, -1.0]])
    value, mixture, multipliers = by_highs(gains, np.zeros(2), np.ones(2), np.zeros(2))
    assert value == pytest.approx(-2.0)
    assert mixture == pytest.approx([0.5, 0.5])
    assert multipliers == pytest.approx([0.5, 0.5])


def test_the_best_sum_above_a_floor_is_a_mixture_with_its_price() -> None:
    gains = np.array([[4.0, 0.0], [0.0, 2.0]])
    value, mixture, multipliers = by_highs(gains, np.ones(2), None, np.array([0.0, 1.0]))
    assert value == pytest.approx(3.0)
    assert mixture == pytest.approx([0.5, 0.5])
    assert multipliers == pytest.approx([0.0, 1.0])


def test_a_floor_out_of_reach_is_an_error_that_names_the_solver() -> None:
    with pytest.raises(ConvergenceError, match="HiGHS says"):
        by_highs(np.array([[1.0, 1.0]]), np.ones(2), None, np.array([2.0, 2.0]))
