"""Linear complementarity over a box: the first-order conditions of linear-quadratic games.

Active sets in the manner of a semismooth Newton method end in a few steps or repeat (Hintermueller,
Ito and Kunisch 2002); then Lemke's method (1965) follows a path that always ends on a box.
"""

from __future__ import annotations

import numpy as np

from bargaining.errors import ConvergenceError, IntractableError
from bargaining.types import FloatArray, IntArray

__all__ = ["box_complementarity", "natural_residual"]

SETS = 50
"""Active sets, at most, before Lemke's method takes over."""

SOLVED = 1e-10
"""Largest residual that counts as solved, relative to the numbers in the row."""

PIVOT = 1e-11
"""A tableau entry below this part of the largest in its column does not pivot."""

LARGEST = 1000
"""Variables, at most, of Lemke's method, which keeps a dense tableau."""


def natural_residual(z: FloatArray, slope: FloatArray) -> FloatArray:
    """Return z - P(z - slope), P the nearest point of the box [0, 1]^n; zero at a solution.

    Examples
    --------
    >>> import numpy as np
    >>> natural_residual(np.array([0.0, 0.5, 1.0]), np.array([2.0, 0.1, -3.0])).tolist()
    [0.0, 0.1, 0.0]
    """
    inside = (z - slope > 0) & (z - slope < 1)
    return np.where(inside, slope, z - np.clip(z - slope, 0.0, 1.0))


def box_complementarity(
    matrix: FloatArray, vector: FloatArray, start: FloatArray | None = None
) -> FloatArray:
    """Return z in [0, 1]^n so that w = matrix z + vector points out of the box or is zero.

    That is w >= 0 where z = 0, w <= 0 where z = 1 and w = 0 in between. There is always one;
    where the matrix is symmetric and positive semidefinite, it is the maximum over the box of
    -vector . z - z' matrix z / 2.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
    vector : ndarray of shape (n,)
    start : ndarray of shape (n,), optional
        Where the search for the active set starts.

    Raises
    ------
    ConvergenceError
        When the path has more than 100 pivots a variable, or rounding kept it from its end.
    IntractableError
        When active sets repeat and there are more than 1,000 variables.

    References
    ----------
    Hintermueller, Ito and Kunisch (2002), The primal-dual active set strategy as a semismooth
    Newton method, SIAM Journal on Optimization 13; Lemke (1965), Bimatrix equilibrium points and
    mathematical programming, Management Science 11.

    Examples
    --------
    Two firms, quantities in [0, 1], price 1 - q - Q, no costs: a third each.

    >>> import numpy as np
    >>> box_complementarity(np.array([[2.0, 1], [1, 2]]), np.array([-1.0, -1])).round(6).tolist()
    [0.333333, 0.333333]
    """
    # Rows in the same units: a row times a positive number has the same solutions.
    size = np.maximum(np.abs(matrix).max(axis=1, initial=0.0), np.abs(vector))
    size[size == 0] = 1.0
    rows, constant = matrix / size[:, None], vector / size
    z = np.full(len(vector), 0.5) if start is None else start
    found = _active_sets(rows, constant, z)
    return _lemke(rows, constant) if found is None else found


def _active_sets(matrix: FloatArray, vector: FloatArray, start: FloatArray) -> FloatArray | None:
    """Return the solution, or None when an active set comes back or is singular."""
    diagonal = np.abs(np.diag(matrix))
    step = 1 / np.where(diagonal > 0, diagonal, 1.0)
    z, slope, met = start, matrix @ start + vector, set[bytes]()
    for _ in range(SETS):
        target = z - step * slope
        sides = np.where(target <= 0, -1, np.where(target >= 1, 1, 0)).astype(np.int64)
        if sides.tobytes() in met:
            return None
        met.add(sides.tobytes())
        new = _on_sides(matrix, vector, sides)
        if new is None:
            return None
        z, slope = new, matrix @ new + vector
        inside = np.clip(z, 0.0, 1.0)
        if np.abs(natural_residual(inside, matrix @ inside + vector)).max(initial=0.0) <= SOLVED:
            return inside
    return None


def _on_sides(matrix: FloatArray, vector: FloatArray, sides: IntArray) -> FloatArray | None:
    """Solve w = 0 for the variables off the ends (side 0), the others at 0 (-1) or 1 (+1)."""
    z = (sides > 0).astype(float)
    free = np.flatnonzero(sides == 0)
    try:
        z[free] = np.linalg.solve(matrix[np.ix_(free, free)], -(matrix[free] @ z + vector[free]))
    except np.linalg.LinAlgError:
        return None
    return z if np.all(np.isfinite(z)) else None


def _lemke(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Follow Lemke's path for w = M z + y + q, s = 1 - z, with w z = 0 and s y = 0.

    The covering column is positive for w and zero for s: along a ray z would be constant, y could
    not grow where s = 0 holds z at 1, and so the path has no second ray. Ties are broken by the
    lexicographic rule.
    """
    n = len(vector)
    if n > LARGEST:
        raise IntractableError(
            f"complementarity: {n} variables whose active sets repeat; Lemke's method keeps a "
            f"tableau of at most {LARGEST}"
        )
    tableau, basis = _first_tableau(matrix, vector)
    if np.all(tableau[:, -1] >= 0):
        return np.zeros(n)
    covering = 4 * n
    row = _least(tableau, np.flatnonzero(tableau[:n, covering] < 0), covering, first=True)
    entering = covering
    for _ in range(100 * n + 100):
        leaving = basis[row]
        _pivot(tableau, row, entering)
        basis[row] = entering
        if leaving == covering:
            return _finish(matrix, vector, tableau, basis)
        entering = leaving + 2 * n if leaving < 2 * n else leaving - 2 * n
        column = tableau[:, entering]
        rows = np.flatnonzero(column > PIVOT * max(1.0, float(np.abs(column).max())))
        if not len(rows):
            break
        row = _least(tableau, rows, entering, keep=int(np.flatnonzero(basis == covering)[0]))
    raise ConvergenceError(f"complementarity: Lemke's path of {n} variables did not end")


def _first_tableau(matrix: FloatArray, vector: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return [I | -A | -d | b] with A = [[M, I], [-I, 0]], and the basis of all slacks."""
    n = len(vector)
    identity, zero = np.eye(n), np.zeros((n, n))
    upper = np.hstack([identity, zero, -matrix, -identity, -np.ones((n, 1)), vector[:, None]])
    lower = np.hstack([zero, identity, identity, zero, np.zeros((n, 1)), np.ones((n, 1))])
    return np.vstack([upper, lower]), np.arange(2 * n)


def _least(
    tableau: FloatArray, rows: IntArray, column: int, *, first: bool = False,
    keep: int | None = None,
) -> int:  # fmt: skip
    """Return the row that leaves: lexicographically least ratio; the covering one where it may."""
    pivots = tableau[rows, column]
    ratios = tableau[rows, -1] / (-pivots if first else pivots)
    tied = rows[ratios <= ratios.min() + 1e-12 * max(1.0, abs(float(ratios.min())))]
    if keep is not None and keep in tied:
        return keep
    for j in range(len(tableau)):
        if len(tied) == 1:
            break
        pivots = tableau[tied, column]
        ratios = tableau[tied, j] / (-pivots if first else pivots)
        tied = tied[ratios <= ratios.min() + 1e-12]
    return int(tied[0])


def _pivot(tableau: FloatArray, row: int, column: int) -> None:
    tableau[row] /= tableau[row, column]
    factors = tableau[:, column].copy()
    factors[row] = 0.0
    touched = np.flatnonzero(factors)
    tableau[touched] -= np.outer(factors[touched], tableau[row])


def _finish(
    matrix: FloatArray, vector: FloatArray, tableau: FloatArray, basis: IntArray
) -> FloatArray:
    """Read the end of the path, and solve afresh on its active set where that is more exact."""
    n = len(vector)
    values = np.zeros(4 * n + 1)
    values[basis] = tableau[:, -1]
    sides = np.zeros(n, dtype=np.int64)
    sides[~np.isin(np.arange(n) + 2 * n, basis)] = -1
    sides[~np.isin(np.arange(n) + n, basis)] = 1
    read, fresh = np.clip(values[2 * n : 3 * n], 0.0, 1.0), _on_sides(matrix, vector, sides)
    choices = [read] if fresh is None else [np.clip(fresh, 0.0, 1.0), read]
    off = [float(np.abs(natural_residual(z, matrix @ z + vector)).max()) for z in choices]
    best = int(np.argmin(off))
    if off[best] > 1e3 * SOLVED:
        raise ConvergenceError(
            f"complementarity: Lemke's path ended with a residual of {off[best]:.1g}"
        )
    return choices[best]
