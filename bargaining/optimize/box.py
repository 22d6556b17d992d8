"""Concave functions over the unit box, many at once: where each is largest.

A primal-dual interior-point method with Mehrotra's steps (Wright 1997) on B functions of the same L
coordinates together, so that small programs cost a few operations on arrays. What it returns is
judged by the caller's bound.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bargaining.optimize.interior import EDGE, ENOUGH, LEAST, PATIENCE, SMALL, STEPS
from bargaining.types import FloatArray, IntArray

__all__ = ["largest_in_box"]

FLAT = 1e-13
"""Curvature added in all directions, so that flat ones leave no singular matrix."""
NEAR = 1e-7
"""A coordinate this close to an edge may belong there."""

Derivatives = Callable[[FloatArray, IntArray], FloatArray]


def largest_in_box(slopes: Derivatives, bends: Derivatives, count: int, size: int) -> FloatArray:
    """Return the best points of `count` concave functions on the unit box, shape (count, size).

    Parameters
    ----------
    slopes, bends : callable
        From points of shape (B, size) and the positions of their functions, shape (B,), to first
        derivatives (B, size) and second derivatives (B, size, size), of order one.
    count, size : int

    Examples
    --------
    >>> import numpy as np
    >>> peaks = np.array([[0.25], [2.0]])
    >>> largest_in_box(
    ...     lambda z, rows: peaks[rows] - z, lambda z, rows: -np.ones((len(z), 1, 1)), 2, 1
    ... ).round(9).tolist()
    [[0.25], [1.0]]
    """
    best = np.full((count, size), 0.5)
    least = np.full(count, np.inf)
    patience = np.full(count, PATIENCE)
    rows = np.arange(count)
    state = np.stack([np.full((count, size), start) for start in (0.5, 0.5, 2.0, 2.0)])
    for _ in range(STEPS):
        low, high, at_low, at_high = state
        z = np.where(low < high, low, 1.0 - high)
        off = slopes(z, rows) + at_low - at_high
        mean = (low * at_low + high * at_high).mean(axis=1) / 2
        worst = np.maximum(mean, np.abs(off).max(axis=1, initial=0.0))
        better = worst < least[rows]
        edge = np.where(low < EDGE, 0.0, np.where(high < EDGE, 1.0, z))
        best[rows[better]], least[rows[better]] = edge[better], worst[better]
        patience[rows] = np.where(better, PATIENCE, patience[rows] - 1)
        going = (worst > ENOUGH) & (patience[rows] > 0)
        rows, state, off, mean, z = rows[going], state[:, going], off[going], mean[going], z[going]
        if not len(rows):
            break
        step = _corrected(state, off, mean, bends(z, rows))
        state = state + _longest(state, step)[:, None] * step
    return _polished(slopes, bends, best)


def _polished(slopes: Derivatives, bends: Derivatives, z: FloatArray) -> FloatArray:
    """Return, for each function, what has the smallest first-order gap near an interior point.

    Candidates put coordinates that are almost at an edge there, or take a Newton step in those that
    are not on one.
    """
    rows, size = np.arange(len(z)), z.shape[1]
    free = (z > 0) & (z < 1)
    matrix = np.where(free[:, :, None] & free[:, None, :], -bends(z, rows), 0.0)
    matrix[:, np.arange(size), np.arange(size)] += np.where(free, FLAT, 1.0)
    slope = np.where(free, slopes(z, rows), 0.0)
    stepped = np.clip(z + np.linalg.solve(matrix, slope[:, :, None])[:, :, 0], 0.0, 1.0)
    ends = np.where(z < NEAR, 0.0, np.where(z > 1 - NEAR, 1.0, z))
    candidates = np.stack([ends, stepped, z])
    gaps = []
    for candidate in candidates:
        slope = slopes(candidate, rows)
        gaps.append(np.maximum(slope * (1 - candidate), -slope * candidate).sum(axis=1))
    return np.asarray(candidates[np.argmin(gaps, axis=0), rows])


def _corrected(
    state: FloatArray, off: FloatArray, mean: FloatArray, bend: FloatArray
) -> FloatArray:
    """Return the steps of the distances to both edges and of their multipliers, (4, B, L)."""
    low, high, at_low, at_high = state
    size = off.shape[1]
    matrix = -bend
    matrix[:, np.arange(size), np.arange(size)] += at_low / low + at_high / high + FLAT
    nothing = np.zeros_like(off)

    def step(left: FloatArray, right: FloatArray) -> FloatArray:
        """Newton step to products of the pairs of `left` and `right`."""
        pull, push = left / low - at_low, right / high - at_high
        moved = np.linalg.solve(matrix, (off + pull - push)[:, :, None])[:, :, 0]
        return np.stack([moved, -moved, pull - at_low / low * moved, push + at_high / high * moved])

    guess = step(nothing, nothing)
    ahead = state + _longest(state, guess)[:, None] * guess
    left = (ahead[0] * ahead[2] + ahead[1] * ahead[3]).mean(axis=1) / 2
    aim = np.clip(left / np.maximum(mean, SMALL), LEAST, 1.0) ** 3 * mean
    target = np.maximum(aim, SMALL)[:, None]
    return step(target - guess[0] * guess[2], target - guess[1] * guess[3])


def _longest(state: FloatArray, step: FloatArray) -> FloatArray:
    """Return, for each function, the longest step that keeps everything positive, up to 1."""
    shrinking = step < 0
    ratio = np.where(shrinking, -state / np.where(shrinking, step, 1.0), np.inf)
    return np.asarray(np.minimum(1.0, 0.995 * ratio.min(axis=(0, 2), initial=np.inf)))
