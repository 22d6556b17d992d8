"""All equilibria of a generic two-player game, in floating point with ties decided exactly.

The vertices of the first player's best-response polytope { x >= 0, B'x <= 1 } are the facets of a
convex hull (Qhull; Barber, Dobkin and Huhdanpaa 1996). A vertex leaves the second player one
strategy that could go with it: the one on its best replies that makes its support indifferent
(von Stengel 2002). Whatever roundoff leaves open is settled in rational numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from bargaining.noncooperative.two_player.exact import rational_solution
from bargaining.types import FloatArray, IntArray

__all__ = ["DegenerateError", "generic_equilibria", "most_vertices"]

CLEAR = 1e-9
"""A slack, in units of the polytope, above which a constraint is surely not met with equality."""

MET = 1e-12
"""A slack up to which a constraint that Qhull takes as met is believed to be."""

STEEP = 1e5
"""Largest entry of the inverse times a vector up to which signs of a solution are believed."""

BLOCK = 256
"""Vertices whose systems, of sizes close to each other, are solved at once."""

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


def generic_equilibria(
    A: FloatArray, B: FloatArray, exact: Callable[[], NDArray[Any]]
) -> tuple[FloatArray, FloatArray]:
    """Return all equilibria of a game with at least two strategies each.

    Every vertex that Qhull reports is checked to meet its constraints and no other, and the list
    to hold the neighbours of each of its vertices, so that it holds all (Balinski 1961).

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
        Payoffs, in [1, 2].
    exact : callable
        Without arguments, returns whole numbers, a positive affine map of A.

    Returns
    -------
    X, Y : ndarray of shapes (E, m) and (E, n)
        Strategies that go together; 0 outside the supports.

    Raises
    ------
    DegenerateError
        When the game is degenerate or seems so.

    Examples
    --------
    >>> A = np.array([[2.0, 1.0], [1.0, 1.5]])
    >>> X, Y = generic_equilibria(A, A, lambda: (2 * A).astype(int))
    >>> X.round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.333, 0.667]]
    """
    vertices, met = _vertices(B)
    m, n = A.shape
    rows, columns, sizes = _supports(met, m)
    # Supports are filled up to equal sizes by strategies beyond the game that meet only each other.
    filled = np.zeros((2 * m, n + m))
    filled[:m, :n] = A
    filled[m:, n:] = np.eye(m)
    keep = np.zeros(len(met), dtype=bool)
    doubtful = np.zeros(len(met), dtype=bool)
    replies = np.zeros((len(met), n + m))
    for start in range(0, len(met), BLOCK):
        part = slice(start, start + BLOCK)
        size = sizes[part].max()
        own, other = rows[part, :size], columns[part, :size]
        y, steep = _indifferent(filled[own[:, :, None], other[:, None, :]])
        np.put_along_axis(replies[part], other, y, axis=1)
        least = y.min(axis=1)
        maybe = np.flatnonzero(least >= -CLEAR)
        payoff = replies[part][maybe, :n] @ A.T
        payoff[vertices[part][maybe] > 0] = 0.0
        least[maybe] = np.minimum(least[maybe], 1 - payoff.max(axis=1))
        keep[part] = least > CLEAR
        doubtful[part] = (np.abs(least) <= CLEAR) | (steep > STEEP)
    doubts = np.flatnonzero(doubtful)
    if doubts.size > DOUBTS:
        raise DegenerateError(f"more than {DOUBTS} pairs of supports are close to a tie")
    for k in doubts:
        keep[k] = _is_equilibrium(exact(), rows[k, : sizes[k]], columns[k, : sizes[k]])
    X, Y = vertices[keep], replies[keep, :n]
    return X / X.sum(axis=1)[:, None], Y / Y.sum(axis=1)[:, None]


def _vertices(B: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the vertices but 0, and which constraints each meets, by growing supports."""
    m = len(B)
    centre = 1 / (B.sum(axis=0).max() + 1)
    points = np.concatenate([np.eye(m) / -centre, (B / (1 - centre * B.sum(axis=0))).T])
    try:
        hull = ConvexHull(points)
    except QhullError as error:
        raise DegenerateError("Qhull finds the polytope flat") from error
    x = hull.equations[:, :-1] / -hull.equations[:, -1:] + centre
    slack = np.concatenate([x, 1 - x @ B], axis=1)
    met = np.zeros(slack.shape, dtype=bool)
    met[np.arange(len(met))[:, None], hull.simplices] = True
    distance = np.where(met, 0.0, slack)
    if not np.abs(slack - distance).max() <= MET:
        raise DegenerateError("Qhull is not sure where a vertex is")
    distance[met] = np.inf
    if not distance.min() > CLEAR:
        raise DegenerateError("a vertex meets more constraints than it needs, or nearly so")
    if not _closed(met, hull.neighbors):
        raise DegenerateError("the hull is not closed")
    sizes = met[:, m:].sum(axis=1)
    order = np.argsort(sizes, kind="stable")[np.count_nonzero(sizes == 0) :]
    return np.where(met[:, :m], 0.0, x)[order], met[order]


def _closed(met: NDArray[np.bool_], neighbours: IntArray) -> bool:
    """Say whether each vertex has, for each constraint, the neighbour that gives it up."""
    packed = np.packbits(met, axis=1)
    words = np.zeros((len(met), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    words[:, : packed.shape[1]] = packed
    bits = words.view(np.uint64)
    lost = bits[:, None, :] & ~bits[neighbours]  # shape (V, neighbours, words)
    single = (np.count_nonzero(lost, axis=2) == 1).all() and not (lost & (lost - 1)).any()
    return bool(single and (np.bitwise_or.reduce(lost, axis=1) == bits).all())


def _supports(met: NDArray[np.bool_], m: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return supports and best replies, each of shape (V, m) filled up, and their sizes."""
    sizes = m - met[:, :m].sum(axis=1)
    places = np.arange(m)
    beyond = places >= sizes[:, None]
    rows = np.argsort(met[:, :m], axis=1, kind="stable")
    columns = np.argsort(~met[:, m:], axis=1, kind="stable")[:, :m]
    n = met.shape[1] - m
    columns = np.pad(columns, ((0, 0), (0, max(0, m - n))))
    return np.where(beyond, m + places, rows), np.where(beyond, n + places, columns), sizes


def _indifferent(blocks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return y with blocks @ y = 1, shape (G, k), and how steep each system is, shape (G,)."""
    # The second right side is no more special than a random one, so a steep system shows there.
    probe = np.cos(np.arange(1.0, 1.0 + blocks.shape[1]) ** 2)
    right = np.stack([np.ones_like(probe), probe], axis=1)
    try:
        solved = np.linalg.solve(blocks, np.broadcast_to(right, (len(blocks), *right.shape)))
    except np.linalg.LinAlgError as error:
        raise DegenerateError("payoffs on two supports are linearly dependent") from error
    return solved[:, :, 0], np.abs(solved[:, :, 1]).max(axis=1)


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
