"""A frontier through points with their tangents, as a curve of parabolas.

Between two points it is the parabola with the same tangents: as close as the fourth power of their
distance where the frontier is smooth (de Boor, Hollig and Sabin 1987). Nothing is asked of slopes,
which may be infinite at an end.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from bargaining.cooperative.curve import crossing
from bargaining.types import FloatArray, IntArray

__all__ = ["Arcs"]

ROUNDING = 1e-13
"""How far a point may lie beyond a tangent by rounding."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Points of a frontier and the weights that support them.

    Attributes
    ----------
    points : ndarray of shape (M, 2)
        By increasing first coordinate; the second one decreases.
    normals : ndarray of shape (M, 2)
        Not negative, each adding up to one.
    """

    points: FloatArray
    normals: FloatArray

    @classmethod
    def of(cls, gains: FloatArray, weights: FloatArray, ideal: FloatArray) -> Arcs:
        """Return the curve through gains, in units of ideal ones, with their weights."""
        normals = weights * ideal
        return cls(gains / ideal, normals / normals.sum(axis=1, keepdims=True))

    @cached_property
    def beyond(self) -> FloatArray:
        """How far each point (columns) lies beyond each one's tangent (rows); shape (M, M)."""
        reached = self.normals @ self.points.T
        return reached - np.diag(reached)[:, None]

    @cached_property
    def _pieces(self) -> list[list[list[float]]]:
        """First, corner and last point of each arc."""
        points, normals = self.points, self.normals
        corners = [
            crossing(*points[k : k + 2], *normals[k : k + 2]) for k in range(len(points) - 1)
        ]
        pieces = np.stack([points[:-1], np.array(corners), points[1:]], axis=1)
        return [[list(map(float, point)) for point in piece] for piece in pieces]

    @cached_property
    def _starts(self) -> list[float]:
        """First coordinates at which arcs begin."""
        return [float(first) for first in self.points[:-1, 0]]

    def second(self, first: float) -> float:
        """Return the second coordinate at a first one, held to where the curve is."""
        a, corner, b = self._pieces[bisect_left(self._starts, first, 1) - 1]
        at = min(max(first, a[0]), b[0])
        t = _root(a[0] - at, corner[0] - at, b[0] - at)
        return (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * corner[1] + t**2 * b[1]

    def middle(self, k: int) -> FloatArray:
        """Return the middle of an arc."""
        a, corner, b = np.array(self._pieces[k])
        return np.asarray((a + 2 * corner + b) / 4)

    def missed(self, k: int, point: FloatArray) -> float:
        """Return how far a point lies from an arc, along the ray from the origin."""
        across = np.array(self._pieces[k]) @ [point[1], -point[0]]
        t = _root(*across.tolist())
        a, corner, b = np.array(self._pieces[k])
        near = (1 - t) ** 2 * a + 2 * t * (1 - t) * corner + t**2 * b
        return float(np.abs(near - point).max())

    def thinned(self) -> Arcs:
        """Return every second point, from the first on."""
        return Arcs(self.points[::2], self.normals[::2])

    def error(self) -> float:
        """Return how far the points left out by `thinned` lie from its curve.

        With all points the curve is closer, where it is smooth by a factor of 16.
        """
        thin = self.thinned()
        misses = [thin.missed(k, point) for k, point in enumerate(self.points[1::2])]
        return max(misses, default=0.0)

    def consistent(self) -> Arcs:
        """Return the points none of which lies beyond another's tangent; the ends always stay.

        What is left out is rounding where the frontier is concave. The curve through the others is
        concave.
        """
        kept: IntArray = np.arange(len(self.points))
        while True:
            beyond = self.beyond[np.ix_(kept, kept)]
            if beyond.max() <= ROUNDING:
                return Arcs(self.points[kept], self.normals[kept])
            row, column = np.unravel_index(int(beyond.argmax()), beyond.shape)
            inner = [int(n) for n in (row, column) if 0 < n < len(kept) - 1]
            if not inner:
                return self._chord()
            wrong = np.maximum(beyond, 0.0)
            blame = wrong.sum(axis=0) + wrong.sum(axis=1)
            kept = np.delete(kept, max(inner, key=lambda n: float(blame[n])))

    def _chord(self) -> Arcs:
        """Return the line between the ends."""
        ends = self.points[[0, -1]]
        step = ends[1] - ends[0]
        normal = np.array([-step[1], step[0]]) / (step[0] - step[1])
        return Arcs(ends, np.array([normal, normal]))


def _root(first: float, corner: float, last: float) -> float:
    """Return where the parabola through first <= 0, with a corner, reaches zero before last."""
    rise, bend = 2 * (corner - first), first - 2 * corner + last
    below = rise + sqrt(max(rise * rise - 4 * bend * first, 0.0))
    return min(max(-2 * first / below, 0.0), 1.0) if below > 0 else 0.0
