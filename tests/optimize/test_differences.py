"""Derivatives from differences: exact for polynomials, whatever the width of the interval."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.optimize.differences import derivative


@pytest.mark.parametrize("width", [1e-6, 1.0, 1e6])
def test_a_cubic_has_its_derivative_on_intervals_of_any_width(width) -> None:
    low, high = -0.5 * width, 0.5 * width
    points = np.linspace(low, high, 9)[:, None]
    found = derivative(lambda x: (x[:, 0] / width) ** 3, points, 0, low, high)
    np.testing.assert_allclose(
        found * width, 3 * (points[:, 0] / width) ** 2, rtol=1e-10, atol=1e-10
    )


def test_of_several_levels_only_one_moves_and_several_values_are_kept_apart() -> None:
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = derivative(
        lambda x: np.column_stack([x[:, 0] * x[:, 1], x[:, 1] ** 2]), points, 1, 0.0, 5.0
    )
    np.testing.assert_allclose(found, [[1.0, 4.0], [3.0, 8.0]], rtol=1e-10)
