"""A convex set seen only through its support function, in normalised gains.

`Cloud` holds the points found so far, shifted by the disagreement point and divided by a scale per
player, and asks the set for its best point in given directions. The convex programs build on it by
column generation (simplicial decomposition; Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from bargaining.optimize.interior import Program
from bargaining.types import FloatArray

__all__ = ["Cloud", "CurvedSet", "Face", "Lifted", "SupportSet", "Supports"]


@dataclass(frozen=True, eq=False)
class Supports:
    """Best points of a set for B weight vectors.

    Attributes
    ----------
    bounds : ndarray of shape (B,)
        No point of the set is worth more.
    points : ndarray of shape (B, N)
        Payoffs of the best points found.
    tags : sequence of B hashable
        What the points are (level indices, a row number, ...).
    """

    bounds: FloatArray
    points: FloatArray
    tags: Sequence[Any]


class SupportSet(Protocol):
    """A set of payoffs known through its support function."""

    @property
    def dimension(self) -> int:
        """Number of players N."""

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, N)."""


@runtime_checkable
class CurvedSet(Protocol):
    """A set without corners to collect, but whose points solve a concave program directly."""

    def direct(
        self, program: Program, origin: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, Any, FloatArray]:
        """Return payoffs, tag and multipliers of the solution in gains (payoffs - origin) / scale.

        They are as good as the support function says.
        """


class Lifted:
    """A set with one more coordinate, a weighted sum of the others.

    A lower limit on that coordinate is then a floor like any player's.
    """

    def __init__(self, support_set: SupportSet, row: FloatArray) -> None:
        self.support_set, self.row = support_set, row
        self.dimension = support_set.dimension + 1

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, N + 1)."""
        found = self.support_set.supports(weights[:, :-1] + weights[:, -1:] * self.row)
        points = np.column_stack([found.points, found.points @ self.row])
        return Supports(found.bounds, points, found.tags)


class Face:
    """The points of a set that are best for given weights, seen by tilting those weights a little.

    Points that a tilt of 1e-8 finds off the face are pulled no further than that tilt.
    """

    TILT = 1e-8

    def __init__(self, support_set: SupportSet, weights: FloatArray) -> None:
        self.support_set, self.weights = support_set, weights
        self.dimension = support_set.dimension

    def supports(self, weights: FloatArray) -> Supports:
        """Return the points of the face that are best for weights of shape (B, N)."""
        size = (np.abs(weights) / self.weights).max(axis=1, keepdims=True)
        tilted = self.weights + self.TILT * weights / np.where(size > 0, size, 1.0)
        found = self.support_set.supports(tilted)
        return Supports(np.einsum("bn,bn->b", weights, found.points), found.points, found.tags)


class Cloud:
    """Points of a set found so far, as gains (payoffs - origin) / scale.

    Parameters
    ----------
    support_set : SupportSet
    origin : ndarray of shape (N,)
    scale : ndarray of shape (N,)
        Positive.
    """

    def __init__(self, support_set: SupportSet, origin: FloatArray, scale: FloatArray) -> None:
        self.support_set = support_set
        self.origin = origin
        self.scale = scale
        self.points = np.empty((0, len(origin)))
        self.tags: list[Any] = []
        self._known: set[Any] = set()

    @property
    def gains(self) -> FloatArray:
        """Gains of all points, shape (K, N)."""
        return (self.points - self.origin) / self.scale

    def face(self, weights: FloatArray) -> Cloud:
        """Return the known points at which weights . gains is largest, as a cloud on that face."""
        worth = self.gains @ weights
        size = np.abs(self.gains) @ weights + 1.0
        on = np.flatnonzero(worth >= worth.max() - 1e-11 * size)
        other = Cloud(Face(self.support_set, weights / self.scale), self.origin, self.scale)
        other.points = self.points[on]
        other.tags = [self.tags[k] for k in on]
        other._known = set(other.tags)
        return other

    def lifted(self, row: FloatArray, origin: float, scale: float) -> Cloud:
        """Return the same points with row . payoffs as one more coordinate."""
        other = Cloud(
            Lifted(self.support_set, row),
            np.append(self.origin, origin),
            np.append(self.scale, scale),
        )
        other.points = np.column_stack([self.points, self.points @ row])
        other.tags, other._known = list(self.tags), set(self._known)
        return other

    def rescaled(self, scale: FloatArray) -> Cloud:
        """Return the same points under another scale."""
        other = Cloud(self.support_set, self.origin, scale)
        other.points, other.tags, other._known = self.points, list(self.tags), set(self._known)
        return other

    def price(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Ask for the best points in directions of gains, and keep the new ones.

        Parameters
        ----------
        weights : ndarray of shape (B, N)
            Not negative.

        Returns
        -------
        bounds : ndarray of shape (B,)
            max of weights . gains over the set.
        grown : bool
            Whether a point came that was not known.
        """
        raw = weights / self.scale
        found = self.support_set.supports(raw)
        grown = self._keep(found.points, found.tags)
        return found.bounds - raw @ self.origin, grown

    def direct(self, program: Program) -> tuple[int, FloatArray] | None:
        """Keep the point that solves a program; return its position and the multipliers.

        None where the set cannot tell.
        """
        if not isinstance(self.support_set, CurvedSet):
            return None
        point, tag, multipliers = self.support_set.direct(program, self.origin, self.scale)
        self._keep(point[None], [tag])
        return self.tags.index(tag), multipliers

    def _keep(self, points: FloatArray, tags: Sequence[Any]) -> bool:
        new = []
        for k, tag in enumerate(tags):
            if tag not in self._known:
                self._known.add(tag)
                self.tags.append(tag)
                new.append(k)
        if new:
            self.points = np.vstack([self.points, points[new]])
        return bool(new)
