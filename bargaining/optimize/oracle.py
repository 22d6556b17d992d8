"""A convex set seen only through its support function, in normalised gains.

`Cloud` holds the points found so far, shifted by the disagreement point and divided by a scale per
player, and asks the set for its best point in given directions. The convex programs build on it by
column generation (simplicial decomposition; Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Cloud", "Supports", "SupportSet"]


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

    def rescaled(self, scale: FloatArray) -> Cloud:
        """Return the same points under another scale."""
        other = Cloud(self.support_set, self.origin, scale)
        other.points, other.tags, other._known = self.points, self.tags, self._known
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
        new = []
        for k, tag in enumerate(found.tags):
            if tag not in self._known:
                self._known.add(tag)
                self.tags = [*self.tags, tag]
                new.append(k)
        if new:
            self.points = np.vstack([self.points, found.points[new]])
        return found.bounds - raw @ self.origin, bool(new)
