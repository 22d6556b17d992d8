"""Equilibria of two-player games whose supports are guessed: two strategies each, or all of them.

Small supports are the rule in random games (Porter, Nudelman and Shoham 2008), and supports of two
can be read off the best replies for all strategies at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bargaining.types import FloatArray, IntArray

__all__ = ["full_support", "two_by_two"]

Pair = tuple[FloatArray, FloatArray]


def two_by_two(A: FloatArray, B: FloatArray) -> Iterator[Pair]:
    """Yield equilibria in which each player mixes two strategies.

    Those are found of which three of the four supporting strategies form a chain, each the best
    reply to the one before; roundoff and ties may let others in.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)

    Examples
    --------
    >>> A = np.array([[2.0, -1.0, 1.0], [-1.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    >>> [[x.round(9).tolist() for x in profile] for profile in two_by_two(A, -A)][0]
    [[0.4, 0.6, 0.0], [0.4, 0.6, 0.0]]
    """
    yield from _chained(A, B)
    for y, x in _chained(B.T, A.T):
        yield x, y


def _chained(A: FloatArray, B: FloatArray) -> Iterator[Pair]:
    """Start at every column: its best reply, the best reply to that, and on along the edges."""
    columns = np.arange(A.shape[1])
    rows = A.argmax(axis=0)
    others = B.argmax(axis=1)[rows]
    next_rows, y = _along_edges(A, rows, columns, others)
    back, x = _along_edges(B.T, others, rows, next_rows)
    for k in np.flatnonzero((back == columns) & (x > 0) & (x < 1) & (y > 0) & (y < 1)):
        p, q = np.zeros(A.shape[0]), np.zeros(A.shape[1])
        p[[rows[k], next_rows[k]]] = 1 - x[k], x[k]
        q[[columns[k], others[k]]] = 1 - y[k], y[k]
        yield p, q


def _along_edges(
    payoffs: FloatArray, best: IntArray, starts: IntArray, ends: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return which reply takes over from the best one on the way from start to end, and where.

    `payoffs` has a row for each reply; the place is a share of the way, 1 where none takes over.
    """
    at_start, at_end = payoffs[:, starts], payoffs[:, ends]
    behind = at_start[best, np.arange(len(best))] - at_start
    ahead = at_end - at_end[best, np.arange(len(best))]
    share = np.divide(behind, behind + ahead, out=np.ones_like(behind), where=ahead > 0)
    replies = share.argmin(axis=0)
    return replies, share[replies, np.arange(len(replies))]


def full_support(A: FloatArray, B: FloatArray) -> Iterator[Pair]:
    """Yield the equilibrium of a square game in which everything is played, if there is one.

    Long paths of complementary pivoting are known to lead there (Savani and von Stengel 2006).
    """
    if A.shape[0] == A.shape[1]:
        try:
            x, y = _indifference(B.T), _indifference(A)
        except np.linalg.LinAlgError:
            return
        if min(x.min(), y.min()) >= 0:
            yield x, y


def _indifference(payoffs: FloatArray) -> FloatArray:
    """Return the mixture against which all rows are worth the same, up to signs."""
    weights = np.linalg.solve(1.0 + payoffs, np.ones(len(payoffs)))
    return np.asarray(weights / weights.sum())
