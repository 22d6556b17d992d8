"""The packages that tempt nobody by more than a cap, seen through their support function.

The best package in a direction is found by branch and bound under the rows of breaches; their
multipliers come from the convex relaxation in that direction (Geoffrion 1974).
"""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.deterministic import UtilitarianRule
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import MARGIN, Region
from bargaining.enforcement.self_enforcing.breaches import Breach, Breaches, Rows
from bargaining.enforcement.self_enforcing.held import directions_of, search_held
from bargaining.enforcement.self_enforcing.relaxation import Relaxation
from bargaining.optimize.elimination import maximizer
from bargaining.optimize.linear import maximize_linear
from bargaining.optimize.oracle import Cloud, Supports
from bargaining.types import FloatArray

__all__ = ["CappedPackages", "EmptyError"]

NEGLIGIBLE = 1e-10
"""Probabilities below this are rounding."""

Tag = tuple[int, ...]


class EmptyError(Exception):
    """No package is below the caps."""


class CappedPackages:
    """The packages at which all clauses hold, as a set that the convex programs can see.

    Parameters
    ----------
    breaches : Breaches
        With the clauses that cap temptations.
    """

    def __init__(self, breaches: Breaches) -> None:
        self.breaches = breaches
        self.dimension = len(breaches.scales)
        self._cuts: tuple[Breach, ...] = ()
        self._known: dict[bytes, Tag] = {}
        worst = maximizer(breaches.bargained).maximize(-np.eye(self.dimension))
        low = np.diag(breaches.bargained.payoffs_at(worst.indices)) - breaches.scales
        self._region = Region(BargainingProblem(PackageSet(breaches.bargained), low))

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), not negative.

        Raises
        ------
        EmptyError
            When there is none.
        """
        tags = [self._best(row) for row in weights]
        points = self.breaches.bargained.payoffs_at(np.array(tags, dtype=np.int64))
        return Supports(np.einsum("bn,bn->b", weights, points), points, tags)

    def _best(self, weights: FloatArray) -> Tag:
        key = (weights / weights.max()).tobytes()
        if key not in self._known:
            root, best = self._root(weights / weights.max())
            self._known[key] = self._searched(weights, root) if best is None else best
        return self._known[key]

    def _searched(self, weights: FloatArray, root: Relaxation) -> Tag:
        directions = directions_of(root, self.dimension)
        rule = UtilitarianRule(self._region, directions, weights, ties=False)
        search_held(rule, self.breaches, root)
        if rule.chosen.payoffs is None:
            raise EmptyError
        return tuple(rule.chosen.tag)

    def _root(self, weights: FloatArray) -> tuple[Relaxation, Tag | None]:
        """Relax the clauses to hold on average, adding breaches until its packages need no more.

        When the best package of all is below the caps it is returned, too.
        """
        while True:
            rows = self.breaches.rows(self._cuts)
            plain = np.append(weights, np.zeros(len(self._cuts)))
            best = rows.supports(plain[None]).tags[0]
            new = self.breaches.broken(np.array([best], dtype=np.int64))
            if not new:
                return Relaxation(self._cuts, rows, plain[None]), best
            if not self._cuts:
                self._cuts = tuple(new)
                continue
            dual, used = _priced(rows, weights, self._region)
            new += self.breaches.broken(np.array(sorted(used), dtype=np.int64))
            fresh = [breach for breach in dict.fromkeys(new) if breach not in self._cuts]
            if not fresh:
                return Relaxation(self._cuts, rows, np.vstack([plain, dual])), None
            self._cuts = (*self._cuts, *fresh)


class _Valued:
    """The value of packages in a direction, and the rows of breaches."""

    def __init__(self, rows: Rows, weights: FloatArray) -> None:
        self.rows, self.weights = rows, weights
        self.dimension = rows.dimension - len(weights) + 1

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, 1 + C)."""
        found = self.rows.supports(np.hstack([weights[:, :1] * self.weights, weights[:, 1:]]))
        size = len(self.weights)
        points = np.column_stack([found.points[:, :size] @ self.weights, found.points[:, size:]])
        return Supports(found.bounds, points, found.tags)


def _priced(rows: Rows, weights: FloatArray, region: Region) -> tuple[FloatArray, set[Tag]]:
    """Return weights with the multipliers of the rows, and the packages of the relaxation.

    There is one row at least.
    """
    valued = _Valued(rows, weights)
    scale = np.append(float(weights @ region.range), np.ones(valued.dimension - 1))
    origin = np.append(float(weights @ region.d), np.zeros(valued.dimension - 1))
    cloud = Cloud(valued, origin, scale)
    cloud.price(np.vstack([np.eye(valued.dimension), np.ones((1, valued.dimension))]))
    zero, unit = np.zeros(valued.dimension), np.eye(1, valued.dimension)[0]
    common = maximize_linear(cloud, zero, direction=1.0 - unit, floor=zero)
    if common.value < -MARGIN:
        raise EmptyError
    floor = np.where(unit > 0, 0.0, min(0.0, common.value))
    found = maximize_linear(cloud, unit, floor=floor)
    used = {cloud.tags[k] for k in np.flatnonzero(found.mixture > NEGLIGIBLE)}
    own = found.weights / scale
    return np.append(own[0] * weights, own[1:]), used
