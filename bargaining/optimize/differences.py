"""Derivatives by differences that never leave an interval.

Five equally spaced nodes, in the middle of which the level lies except near an end: the derivative
of the polynomial of degree four through them (Fornberg 1988).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bargaining.types import FloatArray

__all__ = ["derivative"]

STEP = 1e-3
"""Distance of the nodes, relative to the interval: rounding and truncation are about as large."""

NODES = np.arange(5.0)


def _slopes_of_the_basis() -> FloatArray:
    """Return the coefficients, constant first, of the derivatives of the five basis polynomials."""
    rows = []
    for k in range(5):
        others = np.delete(NODES, k)
        basis = np.poly(others) / np.prod(NODES[k] - others)
        rows.append(np.polyder(basis)[::-1])
    return np.array(rows)


BASIS = _slopes_of_the_basis()


def derivative(
    function: Callable[[FloatArray], FloatArray], points: FloatArray, lever: int, low: float,
    high: float,
) -> FloatArray:  # fmt: skip
    """Return the partial derivative of a function by one level.

    Parameters
    ----------
    function : callable
        From points of shape (K, m) to values of shape (K,) or (K, n).
    points : ndarray of shape (M, m)
    lever : int
        The column to differentiate by.
    low, high : float
        Its interval, which holds the points and is not left.

    Returns
    -------
    ndarray of shape (M,) or (M, n)

    Examples
    --------
    >>> import numpy as np
    >>> derivative(lambda x: x[:, 0] ** 2, np.array([[0.0], [0.5]]), 0, 0.0, 1.0).round(9).tolist()
    [0.0, 1.0]
    """
    level, step = points[:, lever], STEP * (high - low)
    first = np.clip(level - 2 * step, low, max(low, high - 4 * step))
    nodes = np.minimum(first[:, None] + step * NODES, high)
    weights = (((level - first) / step)[:, None] ** np.arange(4)) @ BASIS.T
    moved = np.repeat(points, len(NODES), axis=0)
    moved[:, lever] = nodes.ravel()
    values = function(moved)
    shaped = values.reshape(len(points), len(NODES), *values.shape[1:])
    return np.asarray(np.einsum("mk,mk...->m...", weights, shaped) / step)
