"""One equilibrium of a two-player game by complementary pivoting (Lemke and Howson 1964).

Dense tableaux of numpy rows, the lexicographic ratio test so that degenerate games do not cycle
(von Stengel 2002), payoffs rescaled first so that the path does not depend on their units, and a
cap on the number of pivots. The end of the path is solved afresh from the payoffs, so that it does
not carry the roundoff of the pivots.
"""

from __future__ import annotations

import numpy as np

from bargaining.types import FloatArray, IntArray

__all__ = ["lemke_howson"]

SMALL = 1e-10
"""Pivot elements up to this are taken as zero (the entries start between 1 and 2)."""

TIES = (1e-12, 1e-10)
"""Ratios this close tie; the second is for paths on which the first fails.

Strategies 1e-9 apart need the first. In degenerate games of 100 x 100 roundoff exceeds it at times,
and a path runs in a circle.
"""


def lemke_howson(
    A: FloatArray, B: FloatArray, label: int, *, max_pivots: int = 5000
) -> tuple[FloatArray, FloatArray] | None:
    """Follow the path of one label.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
        Payoffs of the row and of the column player.
    label : int
        The label dropped first, in 0..m+n-1 (rows first).
    max_pivots : int
        Cap on the pivots of an attempt.

    Returns
    -------
    (x, y) or None
        Mixed strategies of shapes (m,) and (n,); None at the cap or when the path breaks off
        numerically. The caller verifies the profile by its regret.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> x, y = lemke_howson(A, -A, 0)
    >>> x.tolist(), y.tolist()
    ([0.5, 0.5], [0.5, 0.5])
    """
    for tie in TIES:
        end = _end_of_path(A, B, label, max_pivots, tie)
        if end is not None:
            return end
    return None


def _end_of_path(
    A: FloatArray, B: FloatArray, label: int, max_pivots: int, tie: float
) -> tuple[FloatArray, FloatArray] | None:
    m, n = A.shape
    # Row player's strategy x (labels 0..m-1) lives in B' x <= 1, y (labels m..m+n-1) in A y <= 1.
    starts = (_tableau(_rescaled(B).T), _tableau(_rescaled(A)))
    tableaux = (starts[0].copy(), starts[1].copy())
    bases = (np.arange(m, m + n), np.arange(m))
    columns = (
        np.concatenate([np.arange(m), np.arange(m, m + n)]),
        np.concatenate([np.arange(m, m + n), np.arange(m)]),
    )
    entering, side = label, 0 if label < m else 1
    for _ in range(max_pivots):
        place = int(np.flatnonzero(columns[side] == entering)[0])
        row = _leaving_row(tableaux[side], place, columns[side].size, tie)
        if row is None:
            return None
        leaving = int(bases[side][row])
        _pivot(tableaux[side], row, place)
        bases[side][row] = entering
        if leaving == label:
            return _strategies(starts, bases, columns, m)
        entering, side = leaving, 1 - side
    return None


def _rescaled(payoffs: FloatArray) -> FloatArray:
    """Map payoffs to [1, 2]."""
    spread = float(np.ptp(payoffs))
    return np.ones_like(payoffs) if spread == 0 else 1.0 + (payoffs - payoffs.min()) / spread


def _tableau(constraints: FloatArray) -> FloatArray:
    """Return [constraints, slack identity, right-hand side of ones]."""
    rows = len(constraints)
    return np.hstack([constraints, np.eye(rows), np.ones((rows, 1))])


def _leaving_row(tableau: FloatArray, place: int, width: int, tie: float) -> int | None:
    """Lexicographic minimum ratio test over right-hand side and slack columns."""
    rows = np.flatnonzero(tableau[:, place] > SMALL)
    if not len(rows):
        return None
    slack = width - len(tableau)
    for column in (-1, *range(slack, width)):
        if len(rows) == 1:
            break
        ratios = tableau[rows, column] / tableau[rows, place]
        low = ratios.min()
        rows = rows[ratios <= low + tie * max(1.0, abs(low))]
    return int(rows[0])


def _pivot(tableau: FloatArray, row: int, place: int) -> None:
    tableau[row] /= tableau[row, place]
    factors = tableau[:, place].copy()
    factors[row] = 0.0
    tableau -= np.outer(factors, tableau[row])


def _strategies(
    starts: tuple[FloatArray, FloatArray],
    bases: tuple[IntArray, IntArray],
    columns: tuple[IntArray, IntArray],
    m: int,
) -> tuple[FloatArray, FloatArray] | None:
    """Solve for the basic variables and normalise those that are strategies."""
    strategies = []
    for start, basis, names in zip(starts, bases, columns, strict=True):
        place = np.argsort(names)[basis]
        try:
            values = np.linalg.solve(start[:, place], start[:, -1])
        except np.linalg.LinAlgError:
            return None
        weights = np.zeros(len(names))
        weights[basis] = np.maximum(values, 0.0)
        strategies.append(weights)
    x, y = strategies[0][:m], strategies[1][m:]
    if not (np.isfinite(x.sum()) and np.isfinite(y.sum()) and x.sum() > 0 and y.sum() > 0):
        return None
    return x / x.sum(), y / y.sum()
