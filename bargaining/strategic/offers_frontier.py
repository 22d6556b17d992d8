"""The best offer of a proposer, given what each responder demands, over sets with lotteries.

Two players: along the exact frontier, or along its function. Otherwise a linear program over the
support function. All answers are in gains (u - base) / unit, with the weights that prove them: no
feasible x with x_i >= demand_i for the responders i gives the proposer more, because w . x is at
most w . (the offer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from bargaining.cooperative.feasible import FrontierSet, PackageSet, as_support_set
from bargaining.cooperative.frontier import efficient_edge
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import NEGLIGIBLE, Region
from bargaining.errors import IntractableError
from bargaining.optimize.linear import LinearOptimum, maximize_linear
from bargaining.optimize.oracle import SupportSet
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["SLACK", "Best", "Offering", "offering", "talking_region"]

SLACK = 1e-12
"""Differences up to this share of what a player can gain are rounding."""

MOST_VERTICES = 20_000
"""Frontiers with more vertices are left to linear programs."""


@dataclass(frozen=True, eq=False)
class Best:
    """A best offer.

    Attributes
    ----------
    gains : ndarray of shape (N,)
    lottery : tuple of (float, tag)
    weights : ndarray of shape (N,)
        In gains; not negative.
    """

    gains: FloatArray
    lottery: tuple[tuple[float, Any], ...]
    weights: FloatArray


class Offering(Protocol):
    """What the solvers need to know of a set."""

    def best(self, proposer: int, demands: FloatArray) -> Best | FloatArray:
        """Return the best offer of a proposer, Pareto efficient among its best.

        Where the demands of the responders cannot be met, the weights (N,) that prove it come back
        instead: h(weights) < weights . demands.
        """


def talking_region(problem: BargainingProblem, talks: Talks) -> Region:
    """Return the part of the set above the least that anybody gets, which sets the units.

    That is the impasse, or where talks end if that is less; with fixed costs the disagreement
    point. Outside options lower it only where they cannot all be met.
    """
    base = problem.disagreement
    if not talks.has_costs:
        base = talks.impasse
        if talks.horizon is not None:
            base = np.minimum(base, talks.breakdown_payoffs)
    region = Region(BargainingProblem(problem.feasible, base, players=problem.players))
    wanted = np.maximum(base, talks.outside)
    if np.any(wanted > base) and not Region(BargainingProblem(problem.feasible, wanted)).feasible:
        lower = np.minimum(base, np.where(np.isfinite(talks.outside), talks.outside, base))
        return Region(BargainingProblem(problem.feasible, lower, players=problem.players))
    return region


def offering(region: Region) -> Offering:
    """Return the offers over the set of a region, whose d is the base and `scale` the unit."""
    feasible = region.problem.feasible
    if isinstance(feasible, FrontierSet):
        return CurveOffers(feasible, region.d, region.scale)
    levers = feasible.negotiation.free_levers if isinstance(feasible, PackageSet) else ()
    if region.size == 2 and not any(lever.is_interval for lever in levers):
        try:
            support = as_support_set(feasible, region.d)
            return EdgeOffers(support, region.d, region.scale)
        except IntractableError:
            return ProgramOffers(region)
    return ProgramOffers(region)


def _unit(size: int, player: int) -> FloatArray:
    """Return weight 1 on one player."""
    return np.asarray(np.eye(size)[player])


class EdgeOffers:
    """Offers on the exact frontier of two players."""

    def __init__(self, support: SupportSet, base: FloatArray, unit: FloatArray) -> None:
        points, tags = efficient_edge(support, limit=MOST_VERTICES)
        gains = (points - base) / unit
        self.gains = (gains, gains[::-1])
        self.tags = (tags, tags[::-1])

    def best(self, proposer: int, demands: FloatArray) -> Best | FloatArray:
        """Return the point of the frontier at the responder's demand, or the end beyond which."""
        other = 1 - proposer
        gains, tags = self.gains[other], self.tags[other]
        wanted, along = float(demands[other]), gains[:, other]
        if wanted > along[-1] + SLACK:
            return _unit(2, other)
        k = min(int(np.searchsorted(along, wanted, side="right")), len(gains) - 1)
        if k == 0:
            return Best(gains[0].copy(), ((1.0, tags[0]),), _unit(2, proposer))
        step = gains[k] - gains[k - 1]
        share = min((wanted - along[k - 1]) / step[other], 1.0)
        pairs = ((1 - share, tags[k - 1]), (share, tags[k]))
        lottery = tuple((float(p), tag) for p, tag in pairs if p > NEGLIGIBLE)
        return Best(gains[k - 1] + share * step, lottery, np.abs(step[::-1]))


class CurveOffers:
    """Offers on u_2 = f(u_1)."""

    def __init__(self, feasible: FrontierSet, base: FloatArray, unit: FloatArray) -> None:
        self.feasible, self.base, self.unit = feasible, base, unit
        self.peak = float(feasible.supports(np.array([[0.0, 1.0]])).points[0, 0])

    def best(self, proposer: int, demands: FloatArray) -> Best | FloatArray:
        """Return the point of the curve at the responder's demand."""
        wanted = self.base + self.unit * demands
        first = self._first(wanted[1]) if proposer == 0 else self._last(wanted[0])
        if first is None:
            return _unit(2, 1 - proposer)
        payoffs = np.array([first, float(self.feasible.f(first))])
        gains = (payoffs - self.base) / self.unit
        slack = gains[1 - proposer] > demands[1 - proposer] + SLACK
        if proposer == 0 and not first >= self.feasible.high:
            gains[1], payoffs[1], slack = demands[1], wanted[1], False
        weights = _unit(2, proposer) if slack else self._normal(gains)
        return Best(gains, ((1.0, tuple(payoffs.tolist())),), weights)

    def _first(self, wanted: float) -> float | None:
        """Return the largest u_1 at which f is at least what the second player wants."""
        f, high = self.feasible.f, self.feasible.high
        top = float(f(self.peak))
        if wanted > top + SLACK * self.unit[1]:
            return None
        if float(f(high)) >= wanted:
            return high
        if wanted >= top:
            return self.peak
        root = float(brentq(lambda u: float(f(float(u))) - wanted, self.peak, high, xtol=1e-300))
        step = np.spacing(abs(root))
        while float(f(root)) < wanted and root > self.peak:
            root, step = max(root - step, self.peak), 2 * step
        return root

    def _last(self, wanted: float) -> float | None:
        """Return the u_1 that is best for the second player and enough for the first."""
        if wanted > self.feasible.high + SLACK * self.unit[0]:
            return None
        return min(max(wanted, self.peak), self.feasible.high)

    def _normal(self, gains: FloatArray) -> FloatArray:
        payoffs = self.base + self.unit * gains

        def gap(angle: float) -> float:
            weights = np.array([[np.cos(angle), np.sin(angle)]])
            bound = self.feasible.supports(weights / self.unit).bounds[0]
            return float(bound - (weights[0] / self.unit) @ payoffs)

        found = minimize_scalar(
            gap, bounds=(0, np.pi / 2), method="bounded", options={"xatol": 1e-12}
        )
        angle = min((0.0, np.pi / 2, float(found.x)), key=gap)
        return np.array([np.cos(angle), np.sin(angle)])


class ProgramOffers:
    """Offers by linear programs over the support function, any number of players."""

    def __init__(self, region: Region) -> None:
        self.cloud = region.cloud
        self.size = region.size

    def best(self, proposer: int, demands: FloatArray) -> Best | FloatArray:
        """Maximise the proposer's gain; then, if that leaves a choice, the others' sum."""
        floor = demands.copy()
        floor[proposer] = float(self.cloud.gains[:, proposer].min()) - 1.0
        everyone = np.where(np.arange(self.size) == proposer, 0.0, 1.0)
        if self.size > 1:
            reach = maximize_linear(
                self.cloud, np.zeros(self.size), direction=everyone, floor=floor
            )
            if reach.bound < -SLACK:
                return reach.weights
            floor = floor + min(0.0, reach.value) * everyone
        own = _unit(self.size, proposer)
        most = maximize_linear(self.cloud, own, floor=floor)
        if np.all(most.weights > SLACK):
            return self._offer(most, most.weights)
        floor[proposer] = self._gains(most)[proposer]
        most_for_others = maximize_linear(self.cloud, everyone + SLACK, floor=floor)
        return self._offer(most_for_others, most.weights)

    def _gains(self, optimum: LinearOptimum) -> FloatArray:
        mixture = optimum.mixture
        return np.asarray(mixture @ self.cloud.gains[: len(mixture)])

    def _offer(self, optimum: LinearOptimum, weights: FloatArray) -> Best:
        used = np.flatnonzero(optimum.mixture > NEGLIGIBLE)
        share = optimum.mixture[used] / optimum.mixture[used].sum()
        lottery = tuple((float(p), self.cloud.tags[k]) for p, k in zip(share, used, strict=True))
        return Best(self._gains(optimum), lottery, weights)
