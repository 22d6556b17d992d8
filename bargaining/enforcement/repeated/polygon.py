"""Convex polygons in the plane: hulls of many points, boundaries as functions, distances.

Written for the sets of payoffs of repeated games, which shrink to segments and points: those are
polygons with two vertices and with one. Hulls are found by quickhull (Barber, Dobkin and Huhdanpaa
1996), on all points at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Boundary", "boundary", "clipped", "hull", "outside"]


def hull(points: FloatArray, tolerance: float) -> FloatArray:
    """Return the vertices of the convex hull, counterclockwise, shape (M, 2).

    Parameters
    ----------
    points : ndarray of shape (P, 2), P > 0
    tolerance : float
        Points that stick out by no more than this are left out: no point is further away from the
        result.
    """
    order = np.lexsort((points[:, 1], points[:, 0]))
    left, right = points[order[0]], points[order[-1]]
    if np.abs(right - left).max() <= tolerance:
        return np.asarray(left[None])
    lower = _chain(left, right, points, tolerance)
    upper = _chain(right, left, points, tolerance)
    return np.array([left, *lower, right, *upper])


def _chain(
    start: FloatArray, end: FloatArray, points: FloatArray, tolerance: float
) -> list[FloatArray]:
    """Return the vertices between two vertices, to the right of the way from one to the other."""
    found: list[FloatArray] = []
    waiting = [(start, end, points)]
    while waiting:
        a, b, near = waiting.pop()
        step = b - a
        # hypot, as squares of short steps would vanish
        out = (step[1] * (near[:, 0] - a[0]) - step[0] * (near[:, 1] - a[1])) / np.hypot(*step)
        beyond = out > tolerance
        if beyond.any():
            far = near[out.argmax()]
            near = near[beyond]
            waiting += [(far, b, near), (a, far, near)]
        elif b is not end:
            found.append(b)
    return found


@dataclass(frozen=True, eq=False)
class Boundary:
    """A polygon as a set over one coordinate x: low(x) <= y <= high(x), both piecewise linear.

    Attributes
    ----------
    low, high : ndarray of shape (2, ...)
        Corners of the two functions, x in the first row.
    """

    low: FloatArray
    high: FloatArray

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest x."""
        return float(self.low[0, 0]), float(self.low[0, -1])

    def between(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return low and high at each x; beyond the ends, at the nearer one."""
        return np.interp(x, *self.low), np.interp(x, *self.high)

    def beyond(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the smallest and the largest y in the part of the set to the right of each x."""
        lowest, highest = self.low[1].argmin(), self.high[1].argmax()
        return (
            np.interp(np.maximum(x, self.low[0, lowest]), *self.low),
            np.interp(np.maximum(x, self.high[0, highest]), *self.high),
        )


def boundary(vertices: FloatArray, axis: int) -> Boundary:
    """Return a polygon over the coordinate `axis`."""
    x, y = vertices[:, axis], vertices[:, 1 - axis]
    return Boundary(_function(x, y), _function(x, -y) * [[1.0], [-1.0]])


def _function(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the corners of the lower boundary, from the left to the right."""
    first, last = x.min(), x.max()
    left, right = y[x == first].min(), y[x == last].min()
    if first == last:
        return np.array([[first], [left]])
    inner = (x > first) & (x < last)
    inner &= y < left + (x - first) / (last - first) * (right - left)
    order = np.argsort(x[inner], kind="stable")
    return np.array(
        [
            np.concatenate([[first], x[inner][order], [last]]),
            np.concatenate([[left], y[inner][order], [right]]),
        ]
    )


def outside(points: FloatArray, vertices: FloatArray) -> FloatArray:
    """Return how far each point is from a polygon, 0 inside, shape (P,).

    Parameters
    ----------
    points : ndarray of shape (P, 2)
    vertices : ndarray of shape (M, 2)
        Counterclockwise.
    """
    starts = vertices
    steps = np.roll(vertices, -1, axis=0) - starts
    lengths = np.hypot(*steps.T)
    along = steps / np.where(lengths > 0, lengths, 1.0)[:, None]
    offsets = points[:, None] - starts
    forward = (offsets * along).sum(axis=2)
    aside = offsets[:, :, 0] * along[:, 1] - offsets[:, :, 1] * along[:, 0]
    beyond = np.maximum(np.maximum(-forward, forward - lengths), 0.0)
    distances = np.hypot(aside, beyond) if len(vertices) > 1 else np.hypot(*offsets.T).T
    inside = (aside <= 0).all(axis=1) & (len(vertices) > 2)
    return np.asarray(np.where(inside, 0.0, distances.min(axis=1)))


def clipped(vertices: FloatArray, floor: FloatArray, tolerance: float) -> FloatArray:
    """Return the part of a polygon in which no coordinate is below the floor, shape (M, 2).

    Parameters
    ----------
    vertices : ndarray of shape (M, 2)
        Counterclockwise.
    floor : ndarray of shape (2,)
    tolerance : float
        How far below the floor still counts, and as in `hull`; (0, 2) where nothing is left.
    """
    for axis in (0, 1):
        above = vertices[:, axis] - floor[axis]
        above = np.where(np.abs(above) <= tolerance, 0.0, above)
        kept = [vertices[above >= 0]]
        ends = zip(vertices, np.roll(vertices, -1, axis=0), strict=True)
        for (a, b), (da, db) in zip(ends, zip(above, np.roll(above, -1), strict=True), strict=True):
            if da * db < 0:
                kept.append((a + da / (da - db) * (b - a))[None])
        vertices = np.concatenate(kept)
        if not len(vertices):
            return vertices
    return hull(vertices, tolerance)
