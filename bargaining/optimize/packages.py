"""The packages of a negotiation behind its support function: finite, continuous, or mixed.

Finite levers are eliminated exactly. Intervals in which the payoffs are concave are concave
programs; an interval in which every payoff is linear or convex needs its two ends only, under
lotteries. Whatever is neither is refused by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.errors import IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.optimize.concave import ConcavePayoffs
from bargaining.optimize.curvature import curvature
from bargaining.optimize.elimination import maximizer
from bargaining.optimize.interior import Program
from bargaining.optimize.mixed import MixedPayoffs, with_levels
from bargaining.optimize.oracle import Supports
from bargaining.types import FloatArray

__all__ = ["ConcavePackages", "FinitePackages", "MixedPackages", "Packages", "packages_of"]

TaggedLottery = tuple[tuple[float, Any], ...]


class Packages(ABC):
    """Payoffs of all packages, seen through the support function; tags stand for packages.

    Attributes
    ----------
    convex : bool
        Whether single packages reach whatever lotteries do.
    curved : bool
        Whether the frontier may be curved, so that it has no finite list of vertices.
    concavity : str
        On what the bounds rest, in words; "" where there are no intervals.
    """

    convex: bool = False
    curved: bool = False
    concavity: str = ""

    def __init__(self, negotiation: Negotiation) -> None:
        self.negotiation = negotiation
        self.dimension = len(negotiation.players)

    @abstractmethod
    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N)."""

    def package(self, tag: Any) -> Package:
        """Return the package that a tag stands for."""
        negotiation = self.negotiation
        levels = dict(negotiation.fixed)
        for lever, level in zip(negotiation.free_levers, tag, strict=True):
            levels[lever.name] = level
        return Package({lever.name: levels[lever.name] for lever in negotiation.levers})

    def pooled(self, lottery: TaggedLottery) -> TaggedLottery:
        """Return a lottery over fewer packages that leaves nobody worse off."""
        return lottery


class FinitePackages(Packages):
    """All levers have finite levels: tags are level indices."""

    def __init__(self, negotiation: Negotiation) -> None:
        super().__init__(negotiation)
        self._maximizer = maximizer(negotiation)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), by the exact maximiser."""
        best = self._maximizer.maximize(weights)
        points = self.negotiation.payoffs_at(best.indices)
        tags = [tuple(row) for row in best.indices.tolist()]
        values = np.einsum("bn,bn->b", weights, points)
        return Supports(values + (best.bounds - best.values), points, tags)

    def package(self, tag: Any) -> Package:
        """Return the package of level indices."""
        return self.negotiation.package_at(tag)


class ConcavePackages(Packages):
    """All levers are intervals and all payoffs concave: tags are levels."""

    convex = True
    curved = True

    def __init__(self, negotiation: Negotiation, concavity: str) -> None:
        super().__init__(negotiation)
        self.concavity = concavity
        self._payoffs = ConcavePayoffs(negotiation)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), not negative."""
        return self._payoffs.supports(weights)

    def direct(
        self, program: Program, origin: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, Any, FloatArray]:
        """Return payoffs, tag and multipliers of the solution of a program in gains."""
        return self._payoffs.direct(program, origin, scale)

    def pooled(self, lottery: TaggedLottery) -> TaggedLottery:
        """Return the mean package: with concave payoffs it is no worse for anybody."""
        return (mean_of(lottery),)


class MixedPackages(Packages):
    """Some levers are finite (or count by their ends only), some intervals: tags are levels."""

    def __init__(
        self, negotiation: Negotiation, ends: Mapping[str, Sequence[float]], concavity: str
    ) -> None:
        super().__init__(negotiation)
        self.concavity = concavity
        seen = with_levels(negotiation, ends) if ends else negotiation
        self._payoffs = MixedPayoffs(seen)
        self._finite = [j for j, lever in enumerate(seen.free_levers) if not lever.is_interval]
        self.curved = len(self._finite) < len(seen.free_levers)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), not negative."""
        return self._payoffs.supports(weights)

    def pooled(self, lottery: TaggedLottery) -> TaggedLottery:
        """Return the lottery with the mean of all packages of the same finite levels."""
        groups: dict[tuple[float, ...], list[tuple[float, Any]]] = {}
        for share, tag in lottery:
            groups.setdefault(tuple(tag[j] for j in self._finite), []).append((share, tag))
        return tuple(mean_of(group) for group in groups.values())


def mean_of(lottery: Sequence[tuple[float, Any]]) -> tuple[float, Any]:
    """Return the total probability and the mean levels of packages."""
    if len(lottery) == 1:
        return lottery[0]
    shares = np.array([share for share, _ in lottery])
    tags = np.array([tag for _, tag in lottery])
    mean = np.clip(shares @ tags / shares.sum(), tags.min(axis=0), tags.max(axis=0))
    return float(shares.sum()), tuple(mean.tolist())


def packages_of(negotiation: Negotiation) -> Packages:
    """Return what answers for the packages of a negotiation.

    Raises
    ------
    IntractableError
        When payoffs are neither concave in an interval nor everybody's linear or convex in it.
    """
    free = negotiation.free_levers
    intervals = [j for j, lever in enumerate(free) if lever.is_interval]
    if not intervals:
        return FinitePackages(negotiation)
    found = curvature(negotiation)
    words = "proved" if found.proved else "tested at points"
    concavity = f"payoffs concave in the intervals, {words}"
    if not found.violation(intervals):
        if len(intervals) == len(free):
            return ConcavePackages(negotiation, concavity)
        return MixedPackages(negotiation, {}, concavity)
    inner = [j for j in intervals if not found.convex[j]]
    problem = found.violation(inner) if inner else ""
    if problem:
        raise IntractableError(
            f"{problem}; a grid of levels (Interval.grid) can stand in for the interval",
            levers=[free[j].name for j in inner],
        )
    ends = {
        free[j].name: (float(found.payoffs.low[j]), float(found.payoffs.high[j]))
        for j in intervals
        if found.convex[j]
    }
    return MixedPackages(
        negotiation, ends, f"payoffs linear, convex or concave in the intervals, {words}"
    )
