"""What is maximised over tariffs, as a function of one number a lever: 1 / (1 + tariff)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import ConvergenceError
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.types import FloatArray, IntArray

__all__ = ["Hill", "Measure", "Point", "evaluated"]

Measure = Callable[[FloatArray], tuple[float, FloatArray]]
"""From welfare to what is maximised, and its derivatives by welfare."""


def evaluated(
    economy: TariffEconomy, tariffs: FloatArray, near: TariffEvaluation | None
) -> TariffEvaluation:
    """Solve the equilibrium, from one near by or, where that is too far away, from the base.

    Raises
    ------
    ConvergenceError
        When neither leads to an equilibrium.
    """
    if near is not None:
        try:
            return economy.evaluate(tariffs, start=near)
        except ConvergenceError:
            pass  # too far from it; the base may do
    return economy.evaluate(tariffs)


@dataclass(frozen=True, eq=False)
class Point:
    """What is known at y = 1 / (1 + tariff), one number a lever.

    Attributes
    ----------
    y, slope, trade : ndarray of shape (K,)
        Slope of what is maximised by a tariff per unit of its trade, and that trade.
    value : float
    evaluation : TariffEvaluation
    """

    y: FloatArray
    value: float
    slope: FloatArray
    trade: FloatArray
    evaluation: TariffEvaluation

    def step(self, bend: FloatArray, edges: tuple[float, float]) -> FloatArray:
        """Return the step to where each slope is 0, given by how much it rises with y."""
        return np.asarray(np.clip(self.y - self.slope / bend, *edges) - self.y)

    @property
    def gradient(self) -> FloatArray:
        """Derivatives by y."""
        return -self.trade * self.slope / self.y**2

    def promise(self, step: FloatArray) -> float:
        """Return what a step gains to first order."""
        return float(self.gradient @ step)


@dataclass(eq=False)
class Hill:
    """What is maximised, as a function of the levers."""

    economy: TariffEconomy
    measure: Measure
    start: FloatArray
    levers: IntArray
    latest: TariffEvaluation | None = None
    count: int = 0

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """Which tariffs may move."""
        return self.levers >= 0

    @cached_property
    def lever(self) -> IntArray:
        """The lever of each free tariff."""
        return self.levers[self.free]

    def total(self, values: FloatArray) -> FloatArray:
        """Add up what belongs to each lever."""
        return np.asarray(np.bincount(self.lever, values[self.free]), dtype=np.float64)

    def first(self) -> FloatArray:
        """Return y at the start, means where tariffs of a lever differ."""
        return np.asarray(self.total(1 / (1 + self.start)) / np.bincount(self.lever))

    def tariffs(self, y: FloatArray) -> FloatArray:
        """Return the tariffs at y."""
        tariffs = self.start.copy()
        tariffs[self.free] = (1 / y - 1)[self.lever]
        return tariffs

    def at(self, y: FloatArray) -> Point:
        """Solve the equilibrium at y."""
        self.count += 1
        evaluation = evaluated(self.economy, self.tariffs(y), self.latest)
        self.latest = evaluation
        value, weights = self.measure(evaluation.welfare)
        trade = self.total(evaluation.flows)
        gradient = self.total(evaluation.gradient(weights))
        slope = np.where(trade > 0, gradient / np.where(trade > 0, trade, 1.0), 0.0)
        return Point(y, value, slope, trade, evaluation)
