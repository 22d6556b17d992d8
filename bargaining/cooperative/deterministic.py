"""Solutions over single packages (`lotteries=False`), which is not a convex problem.

Each rule is an order on gains with an upper bound from support values, used by branch and bound.
Nash without lotteries maximises first the number of players who gain, then the product of their
gains (Caragiannis et al. 2019); Kalai-Smorodinsky and egalitarian are leximin over packages.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import PackageSet, PointSet
from bargaining.cooperative.region import MARGIN, Region
from bargaining.errors import InputError, IntractableError
from bargaining.optimize.elimination import maximizer
from bargaining.optimize.search import Search
from bargaining.types import FloatArray, IntArray

__all__ = [
    "Chosen",
    "LeximinRule",
    "NashRule",
    "SingleRule",
    "UtilitarianRule",
    "best_for",
    "best_single",
    "exceeds",
    "single_ideal",
]

TIE = 1e-12

BEAM = 32
"""Partial packages that are followed to the end before the search."""

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Chosen:
    """The best single package found by a rule.

    Attributes
    ----------
    payoffs : ndarray of shape (N,), or None
        None when no package leaves nobody worse off and somebody better off.
    tag : tuple of int, int, or None
        Level indices of the package, or row of the point.
    visited : int
        Partial packages looked at.
    """

    def __init__(self) -> None:
        self.payoffs: FloatArray | None = None
        self.tag: Any = None
        self.visited = 0


class SingleRule(ABC):
    """What all rules share: gains in units of `scale`, and the best package so far."""

    def __init__(self, region: Region, weights: FloatArray) -> None:
        self.d, self.scale = region.d, region.scale
        self.size = region.size
        self.rows = weights * region.scale
        self.shift = weights @ region.d
        self.chosen = Chosen()
        self.best: tuple[float, ...] | None = None

    def upper(self, bounds: FloatArray) -> FloatArray:
        """Upper bounds on each player's gain, (S, N)."""
        return (bounds[:, : self.size] - self.d) / self.scale

    def rational(self, gains: FloatArray) -> Mask:
        """Whether nobody loses and somebody gains."""
        mask: Mask = np.logical_and(
            np.all(gains >= -MARGIN, axis=1), np.any(gains > MARGIN, axis=1)
        )
        return mask

    @abstractmethod
    def keys(self, gains: FloatArray) -> FloatArray:
        """Return the rule's order: rows compared lexicographically, larger is better."""

    @abstractmethod
    def key_bounds(self, bounds: FloatArray) -> FloatArray:
        """Keys that nothing below a partial package exceeds."""

    def promising(self, bounds: FloatArray) -> Mask:
        """Whether something better than the best so far may lie below."""
        alive = self.rational(self.upper(bounds))
        if self.best is not None:
            alive &= exceeds(self.key_bounds(bounds), self.best)
        return alive

    def promise(self, bounds: FloatArray) -> FloatArray:
        """Return the first entry in which the key bounds differ."""
        keys = self.key_bounds(bounds)
        if not len(keys):
            return np.zeros(0)
        differs = np.flatnonzero(np.ptp(keys, axis=0) > TIE)
        return np.asarray(keys[:, differs[0]] if len(differs) else np.zeros(len(keys)))

    def offer(self, indices: IntArray, payoffs: FloatArray) -> None:
        """Keep the best of complete packages."""
        gains = (payoffs - self.d) / self.scale
        able = np.flatnonzero(self.rational(gains))
        keys = self.keys(gains[able])
        if self.best is not None:
            better = exceeds(keys, self.best)
            able, keys = able[better], keys[better]
        if not len(able):
            return
        first = largest(keys)
        self.best = tuple(keys[first].tolist())
        self.chosen.payoffs = payoffs[able[first]]
        self.chosen.tag = tuple(indices[able[first]].tolist())

    def reopen(self) -> None:
        """Take what is as good as the best so far if it comes again: the first in order."""
        if self.best is not None:
            self.best = (*self.best[:-1], self.best[-1] - 3 * TIE)


def largest(keys: FloatArray) -> int:
    """Return the first row that no row exceeds lexicographically, rounding aside."""
    rows = np.arange(len(keys))
    for column in keys.T:
        rows = rows[column[rows] >= column[rows].max() - TIE]
    return int(rows[0])


def exceeds(keys: FloatArray, best: Sequence[float]) -> Mask:
    """Whether keys are lexicographically larger, by more than rounding."""
    ahead = np.zeros(len(keys), dtype=bool)
    level = np.ones(len(keys), dtype=bool)
    for column, value in zip(keys.T, best, strict=True):
        ahead |= level & (column > value + TIE)
        level &= np.abs(column - value) <= TIE
    return ahead


class NashRule(SingleRule):
    """How many gain, then the weighted sum of their log gains."""

    def __init__(self, region: Region, weights: FloatArray, shares: FloatArray) -> None:
        super().__init__(region, weights)
        self.shares = shares / shares.sum()
        self.positive = np.flatnonzero((self.rows > 0).all(axis=1))

    def keys(self, gains: FloatArray) -> FloatArray:
        """Return (number of gainers, sum of w log gain)."""
        able = gains > MARGIN
        logs = np.log(np.where(able, gains, 1.0)) @ self.shares
        return np.column_stack([able.sum(axis=1), logs])

    def key_bounds(self, bounds: FloatArray) -> FloatArray:
        """Bound by each player's own best, and by the best products in half-spaces."""
        keys = self.keys(self.upper(bounds))
        room = np.maximum(bounds[:, self.positive] - self.shift[self.positive], 1e-300)
        share = self.shares
        best = np.log(room) + (share * np.log(share / self.rows[self.positive])).sum(axis=1)
        everyone = keys[:, 0] == self.size
        if len(self.positive):
            keys[everyone, 1] = np.minimum(keys[:, 1], best.min(axis=1))[everyone]
        return keys


class LeximinRule(SingleRule):
    """The smallest gain in given units, then the next."""

    def __init__(self, region: Region, weights: FloatArray, units: FloatArray, who: Mask) -> None:
        super().__init__(region, weights)
        self.units = units / region.scale
        self.who = who
        self.worth = self.rows[:, who] @ self.units[who]
        self.usable = np.flatnonzero((self.worth > 0) & (self.rows >= 0).all(axis=1))

    def keys(self, gains: FloatArray) -> FloatArray:
        """Return the gains in units, sorted."""
        return np.sort((gains / self.units)[:, self.who], axis=1)

    def key_bounds(self, bounds: FloatArray) -> FloatArray:
        """Bound each gain by the player's own best, the smallest by half-spaces too."""
        keys = self.keys(self.upper(bounds))
        room = bounds[:, self.usable] - self.shift[self.usable]
        keys[:, 0] = np.minimum(keys[:, 0], (room / self.worth[self.usable]).min(axis=1))
        return keys


class UtilitarianRule(SingleRule):
    """The weighted sum of payoffs, then how many gain and the product of gains."""

    def __init__(
        self, region: Region, weights: FloatArray, shares: FloatArray, *, ties: bool = True
    ) -> None:
        super().__init__(region, weights)
        value = shares * region.scale
        self.value = value / value.max()
        over = self.rows - self.value * (self.rows[:, value.argmax()] / self.value.max())[:, None]
        factor = self.rows[:, int(value.argmax())]
        self.usable = np.flatnonzero((factor > 0) & (over >= -1e-12 * factor[:, None]).all(axis=1))
        self.factor = factor
        self.tie = NashRule(region, weights, np.ones(region.size)) if ties else None

    def keys(self, gains: FloatArray) -> FloatArray:
        """Return (weighted sum, then the Nash key)."""
        total = (gains @ self.value)[:, None]
        return total if self.tie is None else np.hstack([total, self.tie.keys(gains)])

    def key_bounds(self, bounds: FloatArray) -> FloatArray:
        """Bound the sum by every weight vector that is at least the rule's own."""
        room = bounds[:, self.usable] - self.shift[self.usable]
        total = (room / self.factor[self.usable]).min(axis=1)[:, None]
        return total if self.tie is None else np.hstack([total, self.tie.key_bounds(bounds)])


def single_ideal(region: Region, weights: FloatArray) -> FloatArray:
    """Return the ideal point over single packages that leave nobody worse off."""
    ideal = region.d.copy()
    for i in range(region.size):
        chosen = best_for(region, weights, i)
        if chosen.payoffs is not None:
            ideal[i] = max(ideal[i], chosen.payoffs[i])
    return ideal


def best_for(region: Region, weights: FloatArray, player: int) -> Chosen:
    """Return the single package that is best for a player where nobody is worse off."""
    rule = UtilitarianRule(region, weights, np.eye(region.size)[player], ties=False)
    return best_single(region, weights, rule)


def best_single(region: Region, weights: FloatArray, rule: SingleRule) -> Chosen:
    """Return the best single package (or point) under a rule.

    Raises
    ------
    InputError
        When the feasible set has no single packages.
    IntractableError
        When some levers are intervals, and single packages do not reach what lotteries do.
    """
    feasible = region.problem.feasible
    if isinstance(feasible, PointSet):
        rows = np.arange(len(feasible.points))[:, None]
        rule.offer(rows, feasible.points)
        if isinstance(rule.chosen.tag, tuple):
            rule.chosen.tag = rule.chosen.tag[0]
        rule.chosen.visited = len(rows)
    elif isinstance(feasible, PackageSet) and feasible.packages.concavity:
        raise IntractableError(
            "lotteries=False: with intervals it needs payoffs that are concave in all levers "
            "together; fix the finite levers, or give the intervals levels (Interval.grid)",
            levers=[lever.name for lever in feasible.negotiation.free_levers],
        )
    elif isinstance(feasible, PackageSet):
        packages = Search(maximizer(feasible.negotiation), weights)
        packages.dive(rule, BEAM)
        rule.reopen()
        rule.chosen.visited = packages.run(rule)
    else:
        raise InputError(
            f"lotteries=False: it needs packages or points, got a {type(feasible).__name__}"
        )
    return rule.chosen
