"""All equilibria of a generic two-player game, in floating point with ties decided exactly.

The vertices of the first player's best-response polytope { x >= 0, B'x <= 1 } are the facets of a
convex hull (Qhull; Barber, Dobkin and Huhdanpaa 1996). A vertex leaves the second player one
strategy that could go with it: the one on its best replies that makes its support indifferent
(von Stengel 2002). Whatever roundoff leaves open is settled in rational numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from bargaining.noncooperative.exact import rational_solution
from bargaining.types import FloatArray, IntArray

__all__ = ["DegenerateError", "Supports", "generic_equilibria", "most_vertices"]

Supports = list[tuple[tuple[int, ...], tuple[int, ...]]]
"""Pairs of supports, one for the rows and one for the columns."""

CLEAR = 1e-9
"""A slack, in units of the polytope, above which a constraint is surely not met with equality."""

MET = 1e-12
"""A slack up to which a constraint that Qhull takes as met is believed to be."""

STEEP = 1e5
"""Largest entry of the inverse times a vector up to which signs of a solution are believed."""

DOUBTS = 200
"""Most systems that are solved in rational numbers before the game is given up as degenerate."""


class DegenerateError(ArithmeticError):
    """The game is degenerate, or looks so in floating point."""


def most_vertices(constraints: int, dimension: int) -> int:
    """Return the most vertices that a polytope can have (McMullen 1970).

    Examples
    --------
    >>> most_vertices(6, 3), most_vertices(20, 10)
    (8, 4004)
    """
    up, down = (dimension + 1) // 2, (dimension + 2) // 2
    return comb(constraints - up, constraints - dimension) + comb(
        constraints - down, constraints - dimension
    )


def generic_equilibria(A: FloatArray, B: FloatArray, exact: Callable[[], NDArray[Any]]) -> Supports:
    """Return the supports of all equilibria of a game with at least two strategies each.

    Every vertex that Qhull reports is checked to meet its constraints and no other, and the list
    to hold the neighbours of each of its vertices, so that it holds all (Balinski 1961).

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
        Payoffs, in [1, 2].
    exact : callable
        Without arguments, returns whole numbers, a positive affine map of A.

    Raises
    ------
    DegenerateError
        When the game is degenerate or seems so.

    Examples
    --------
    >>> A = np.array([[2.0, 1.0], [1.0, 1.6]])
    >>> generic_equilibria(A, A, lambda: (5 * A).astype(int))
    [((0,), (0,)), ((1,), (1,)), ((0, 1), (0, 1))]
    """
    labels = _vertices(B)
    doubts: list[tuple[IntArray, IntArray]] = []
    found: Supports = []
    for rows, columns in _supports(labels, len(A)):
        y, steep = _replies(A, rows, columns)
        doubtful = steep > STEEP
        doubtful |= (y.min(axis=1) <= CLEAR) & (y.min(axis=1) >= -CLEAR)
        sure = np.flatnonzero(~doubtful & (y.min(axis=1) > CLEAR))
        least = _least_slack(A, rows[sure], columns[sure], y[sure])
        found += _pairs(rows, columns, sure[least > CLEAR])
        doubtful[sure[np.abs(least) <= CLEAR]] = True
        doubts += [(rows[k], columns[k]) for k in np.flatnonzero(doubtful)]
        if len(doubts) > DOUBTS:
            raise DegenerateError(f"more than {DOUBTS} pairs of supports are close to a tie")
    if doubts:
        whole = exact()
        found += [
            (tuple(map(int, rows)), tuple(map(int, columns)))
            for rows, columns in doubts
            if _is_equilibrium(whole, rows, columns)
        ]
    return found


def _vertices(B: FloatArray) -> IntArray:
    """Return the constraints that each vertex but 0 meets, sorted, shape (V, m)."""
    m = len(B)
    centre = 1 / (B.sum(axis=0).max() + 1)
    points = np.concatenate([np.eye(m) / -centre, (B / (1 - centre * B.sum(axis=0))).T])
    try:
        hull = ConvexHull(points)
    except QhullError as error:
        raise DegenerateError("Qhull finds the polytope flat") from error
    labels = np.sort(hull.simplices, axis=1)
    x = hull.equations[:, :-1] / -hull.equations[:, -1:] + centre
    slack = np.concatenate([x, 1 - x @ B], axis=1)
    met = np.zeros(slack.shape, dtype=bool)
    np.put_along_axis(met, labels, True, axis=1)
    if not (np.abs(slack[met]).max() <= MET and slack[~met].min() > CLEAR):
        raise DegenerateError("a vertex meets more constraints than it needs, or nearly so")
    if not _closed(met, hull.neighbors):
        raise DegenerateError("the hull is not closed")
    return np.asarray(labels[labels[:, -1] >= m])


def _closed(met: NDArray[np.bool_], neighbours: IntArray) -> bool:
    """Say whether each vertex has, for each constraint, the neighbour that gives it up."""
    seen = np.zeros(met.shape, dtype=bool)
    for neighbour in neighbours.T:
        lost = met & ~met[neighbour]
        if not (lost.sum(axis=1) == 1).all():
            return False
        seen |= lost
    return bool((seen == met).all())


def _supports(labels: IntArray, m: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield supports and best replies of vertices, by size k, each of shape (G, k)."""
    replies = (labels >= m).sum(axis=1)
    used = np.ones((len(labels), m), dtype=bool)
    for column in labels.T:
        zero = column < m
        used[zero, column[zero]] = False
    for k in np.unique(replies):
        group = replies == k
        rows = np.nonzero(used[group])[1].reshape(-1, k)
        yield rows, labels[group, labels.shape[1] - k :] - m


def _replies(A: FloatArray, rows: IntArray, columns: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return y on the columns with A y = 1 on the rows, and how steep each system is."""
    blocks = A[rows[:, :, None], columns[:, None, :]]
    # The second right side is no more special than a random one, so a steep system shows there.
    probe = np.cos(np.arange(1.0, 1.0 + rows.shape[1]) ** 2)
    right = np.broadcast_to(np.stack([np.ones_like(probe), probe], axis=1), (*rows.shape, 2))
    try:
        solved = np.linalg.solve(blocks, right)
    except np.linalg.LinAlgError as error:
        raise DegenerateError("payoffs on two supports are linearly dependent") from error
    return solved[:, :, 0], np.abs(solved[:, :, 1]).max(axis=1)


def _least_slack(A: FloatArray, rows: IntArray, columns: IntArray, y: FloatArray) -> FloatArray:
    """Return how far below 1 the best payoff outside the support is, shape (G,)."""
    payoff = np.einsum("igk,gk->gi", A[:, columns], y)
    np.put_along_axis(payoff, rows, 0.0, axis=1)
    return np.asarray(1 - payoff.max(axis=1, initial=0.0))


def _pairs(rows: IntArray, columns: IntArray, chosen: IntArray) -> Supports:
    return list(
        zip(map(tuple, rows[chosen].tolist()), map(tuple, columns[chosen].tolist()), strict=True)
    )


def _is_equilibrium(A: NDArray[Any], rows: IntArray, columns: IntArray) -> bool:
    """Decide in rational numbers whether a vertex has a partner on its best replies."""
    y = rational_solution(A[np.ix_(rows, columns)], [Fraction(1)] * len(rows))
    if y is None:
        raise DegenerateError("payoffs on two supports are linearly dependent")
    others = np.delete(np.arange(len(A)), rows)
    slack = [1 - sum(A[i, j] * share for j, share in zip(columns, y, strict=True)) for i in others]
    least = min([*y, *slack])
    if least == 0:
        raise DegenerateError("a strategy that is not played is as good as those that are")
    return bool(least > 0)
