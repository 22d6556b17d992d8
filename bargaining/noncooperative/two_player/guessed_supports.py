"""Equilibria of two-player games whose supports are guessed: two strategies each, or all of them.

Small supports are the rule in random games (Porter, Nudelman and Shoham 2008), and supports of two
can be read off the best replies for all strategies at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bargaining.types import FloatArray, IntArray

__all__ = ["full_support", "two_by_two"]

TINY = 1e-300
"""For divisions by zero, where a reply is as good as the best from the start."""

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
    rows_pay, columns_pay = np.ascontiguousarray(A.T), np.ascontiguousarray(B)
    for y, x in _chained(rows_pay, columns_pay):
        yield x, y
    yield from _chained(columns_pay, rows_pay)


def _chained(pay: FloatArray, others_pay: FloatArray) -> Iterator[Pair]:
    """Start at every strategy: the best reply to it, the best reply to that, and along the edges.

    `pay` has a row for each strategy that replies are to, and a column for each reply.
    """
    starts = np.arange(len(pay))
    replies = pay.argmax(axis=1)
    ends = others_pay.argmax(axis=1)[replies]
    next_replies, y = _along_edges(pay, replies, starts, ends)
    back, x = _along_edges(others_pay, ends, replies, next_replies)
    for k in np.flatnonzero((back == starts) & (x > 0) & (x < 1) & (y > 0) & (y < 1)):
        p, q = np.zeros(len(pay)), np.zeros(len(others_pay))
        p[[starts[k], ends[k]]] = 1 - y[k], y[k]
        q[[replies[k], next_replies[k]]] = 1 - x[k], x[k]
        yield p, q


def _along_edges(
    pay: FloatArray, best: IntArray, starts: IntArray, ends: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return which reply takes over from the best one on the way from start to end, and where.

    The place is a share of the way, 1 where none takes over.
    """
    each = np.arange(len(starts))
    at_start, at_end = pay[starts], pay[ends]
    behind = np.maximum(at_start[each, best][:, None] - at_start, TINY)
    speed = (at_end - at_end[each, best][:, None]) / behind
    replies = speed.argmax(axis=1)
    return replies, 1 / (1 + np.maximum(speed[each, replies], 0.0))


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
