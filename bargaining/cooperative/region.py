"""The part of a bargaining problem above the disagreement point, found once for all solutions.

Answers, by linear programs over the support function: does anybody gain, who can, how much at most
(the ideal point over {u >= d}), and if nobody does, which weights prove it (a separating
hyperplane). Gains are shifted by d and scaled per player, so answers do not depend on units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import as_support_set
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError
from bargaining.optimize.linear import LinearOptimum, maximize_each, maximize_linear
from bargaining.optimize.oracle import Cloud, CurvedSet
from bargaining.types import FloatArray

__all__ = ["MARGIN", "Mixture", "Region", "Separation"]

MARGIN = 1e-9
"""Gains below this share of a player's payoff range count as none."""


CURVED = 1e-7
"""The same for single players where the set is curved and not all gain.

At the top of a curve, rounding of one player's payoff moves the others' by its root.
"""

NEGLIGIBLE = 1e-10
"""Probabilities below this are rounding of the solvers, and left out of lotteries."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """What a solution picks: payoffs, the lottery that reaches them, and why.

    Attributes
    ----------
    payoffs : ndarray of shape (N,)
    lottery : tuple of (float, tag)
        Probabilities of the points of the set.
    weights : ndarray of shape (R, N)
        Supporting weights in payoff units: the payoffs maximise each row over the set.
    error : float
        Numerical error of a rule that is not an optimum (0 where the weights prove it all).
    """

    payoffs: FloatArray
    lottery: tuple[tuple[float, Any], ...]
    weights: FloatArray
    error: float = 0.0


@dataclass(frozen=True, eq=False)
class Separation:
    """Weights that prove how much can be gained: max of weights . (u - d) over the set.

    Attributes
    ----------
    weights : ndarray of shape (N,)
        In payoff units.
    value : float
        The maximum, relative to the payoff scale.
    """

    weights: FloatArray
    value: float


class Region:
    """The individually rational part of a bargaining problem.

    Parameters
    ----------
    problem : BargainingProblem
    """

    def __init__(self, problem: BargainingProblem) -> None:
        self.problem = problem
        self.size = problem.number_of_players
        self.d = problem.disagreement
        self._set = as_support_set(problem.feasible, self.d)
        self.range = self._payoff_range()
        self._first = Cloud(self._set, self.d, self.range)
        self._first.price(_directions(self.size))

    def _payoff_range(self) -> FloatArray:
        """Range of each player's payoff over everybody's best points and d; 1 where it is 0."""
        best = self._set.supports(np.eye(self.size)).points
        points = np.vstack([best, self.d])
        with np.errstate(over="ignore"):  # told below
            spread = np.ptp(points, axis=0)
        if not np.all(np.isfinite(spread)):
            raise InputError("BargainingProblem: payoffs differ by more than floating point holds")
        tiny = np.finfo(float).eps * np.abs(points).max(axis=0)
        return np.where(spread > 4 * tiny, spread, np.maximum(np.abs(self.d), 1.0))

    @cached_property
    def _common(self) -> LinearOptimum:
        """Largest t such that everybody can have t (in ranges) more than at d."""
        zero = np.zeros(self.size)
        return maximize_linear(self._first, zero, direction=np.ones(self.size), floor=zero)

    @cached_property
    def _total(self) -> LinearOptimum:
        """Largest sum of gains (in ranges) at which nobody loses."""
        return maximize_linear(self._first, np.ones(self.size), floor=self._floor)

    @cached_property
    def _floor(self) -> FloatArray:
        return np.full(self.size, min(0.0, self._common.value))

    @property
    def feasible(self) -> bool:
        """Whether some payoffs of the set leave nobody below d."""
        return self._common.value >= -MARGIN

    @property
    def everyone_gains(self) -> bool:
        """Whether some payoffs of the set give everybody more than at d."""
        return self._common.value > MARGIN

    @cached_property
    def agreed(self) -> bool:
        """Whether some payoffs u >= d, u != d are feasible."""
        return self.everyone_gains or (self.feasible and self._total.value > self._margin)

    @property
    def _margin(self) -> float:
        """Gains below this share of a player's payoff range count as none."""
        curved = isinstance(self._set, CurvedSet) and not self.everyone_gains
        return CURVED if curved else MARGIN

    def separation(self) -> Separation:
        """Return the weights that prove no deal, or, in a deal, that not everybody can gain.

        Without a deal the weights are positive and max weights . (u - d) <= 0 up to the margin.
        """
        if self.agreed:
            optimum = self._common
            weights, value = optimum.weights, optimum.bound
        elif self.feasible:
            weights = self._total.weights
            value = float(self._first.price(weights[None])[0][0])
        else:
            weights, value = self._strictly_positive()
        return Separation(weights / self.range, max(0.0, value) / float(weights.sum()))

    def _strictly_positive(self) -> tuple[FloatArray, float]:
        """Add a little of everybody to weights that prove that d is out of reach."""
        weights = self._common.weights
        most = float(self._first.price(np.ones((1, self.size)))[0][0])
        share = 1.0 if most <= 0 else -self._common.bound / (2 * most)
        weights = weights + max(share, 0.0)
        return weights, float(self._first.price(weights[None])[0][0])

    @cached_property
    def _best(self) -> tuple[LinearOptimum, ...]:
        """For each player, the point of the region that is best for it."""
        return maximize_each(self._first, np.eye(self.size), floor=self._floor)

    @property
    def best_weights(self) -> FloatArray:
        """Weights that support each player's best point, shape (N, N), in payoff units."""
        return np.array([best.weights for best in self._best]) / self.range

    @cached_property
    def ideal(self) -> FloatArray:
        """The ideal point over {u >= d}; d itself where nothing is feasible."""
        if not self.agreed:
            return self.d.copy()
        gains = np.array([optimum.value for optimum in self._best])
        return self.d + np.where(gains > self._margin, gains, 0.0) * self.range

    @cached_property
    def gainers(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Who can gain, shape (N,)."""
        return self.ideal > self.d

    @cached_property
    def scale(self) -> FloatArray:
        """The largest gain of those who can gain, the payoff range of the others."""
        return np.where(self.gainers, self.ideal - self.d, self.range)

    @cached_property
    def cloud(self) -> Cloud:
        """The points found so far, with gains in units of `scale`."""
        for optimum in self._best:
            assert optimum is not None
        return self._first.rescaled(self.scale)

    @property
    def floor(self) -> FloatArray:
        """What nobody may fall below, in units of `scale` (0 up to rounding)."""
        return self._floor * self.range / self.scale

    @property
    def start(self) -> FloatArray:
        """A mixture of the cloud's points in which all gainers gain."""
        mixture = np.zeros(len(self.cloud.points))
        for optimum in self._best:
            mixture[: len(optimum.mixture)] += optimum.mixture / self.size
        return mixture

    def mixture(
        self,
        probabilities: FloatArray,
        weights: FloatArray | list[FloatArray],
        payoffs: FloatArray | None = None,
        *,
        error: float = 0.0,
        cloud: Cloud | None = None,
    ) -> Mixture:
        """Return a choice from probabilities of a cloud's points and weights on gains."""
        cloud = cloud or self.cloud
        used = np.flatnonzero(probabilities > NEGLIGIBLE)
        share = probabilities[used] / probabilities[used].sum()
        lottery = tuple((float(p), cloud.tags[k]) for p, k in zip(share, used, strict=True))
        reached = share @ cloud.points[used, : self.size] if payoffs is None else payoffs
        return Mixture(reached, lottery, np.atleast_2d(weights) / self.scale, error)


def _directions(size: int) -> FloatArray:
    """First directions to ask in: everybody's own, all together, and a spread between."""
    if size == 1:
        return np.ones((1, 1))
    if size == 2:
        angle = np.linspace(0, np.pi / 2, 17)
        return np.column_stack([np.cos(angle), np.sin(angle)])
    pairs = [np.eye(size)[i] + np.eye(size)[j] for i in range(size) for j in range(i) if size <= 6]
    return np.vstack([np.eye(size), np.ones((1, size)), *pairs])
