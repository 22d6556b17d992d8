"""Money of an economy at levels of levers: each combination solved once, slopes by the adjoint."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np

from bargaining.errors import ConvergenceError, IntractableError
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.trade.terms.effects import Policies
from bargaining.types import FloatArray

__all__ = ["MOST", "MoneyEconomy", "Valuation"]

MOST = 100_000
"""Equilibria that a table may need."""
KEPT = 16
"""Equilibria kept whole, for slopes that are asked for after values."""

Levels = tuple[float, ...]


class MoneyEconomy(TariffEconomy, Protocol):
    """An economy whose welfare is real income, and that knows incomes at the base."""

    @property
    def income(self) -> FloatArray:
        """What each country spends at the base, shape (N,)."""


class Valuation:
    """Changes of real income in money, and their slopes, at levels of levers.

    Parameters
    ----------
    economy : MoneyEconomy
    policies : Policies
    scale : float
        Payoff of a unit of the economy's flows.
    reference : tuple of float, optional
        Levels at which money is zero; at the base unless said.
    progress : callable, optional
    """

    def __init__(
        self,
        economy: MoneyEconomy,
        policies: Policies,
        scale: float,
        reference: Levels | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.economy, self.policies, self.progress = economy, policies, progress
        self.worth = scale * economy.income
        self._money: dict[Levels, FloatArray] = {}
        self._slopes: dict[tuple[int, Levels], FloatArray] = {}
        self._kept: OrderedDict[Levels, TariffEvaluation] = OrderedDict()
        self._reference = reference

    def money(self, place: int, *levels: FloatArray) -> FloatArray:
        """Return the money of a country at levels that broadcast against each other."""
        points, shape = _points(levels)
        new = list(dict.fromkeys(point for point in points if point not in self._money))
        if len(new) > MOST:
            raise IntractableError(
                f"payoffs: {len(new)} combinations of levels need an equilibrium each; at most "
                f"{MOST} are solved at once",
                levers=self.policies.names,
            )
        for done, point in enumerate(new, 1):
            self._money[point] = self._solved(point)
            if self.progress is not None:
                self.progress(done, len(new))
        money = np.array([self._money[point][place] for point in points]).reshape(shape)
        if self._reference is None:
            return money
        if self._reference not in self._money:
            self._money[self._reference] = self._solved(self._reference)
        return np.asarray(money - self._money[self._reference][place])

    def slopes(self, place: int, *levels: FloatArray) -> list[FloatArray]:
        """Return the derivatives of a country's money by each level."""
        points, shape = _points(levels)
        for point in points:
            if (place, point) not in self._slopes:
                self._slopes[place, point] = self._derived(place, point)
        table = np.array([self._slopes[place, point] for point in points])
        return [column.reshape(shape) for column in table.T]

    def _solved(self, point: Levels) -> FloatArray:
        if self.policies.functions:
            arguments = self.policies.arguments(point)
            economy: Any = self.economy
            found = self._at(point, lambda: economy.counterfactual(**arguments))
            return np.asarray(self.worth * found.real_income)
        return np.asarray(self.worth * (self._evaluated(point).welfare - 1))

    def _evaluated(self, point: Levels) -> TariffEvaluation:
        if point not in self._kept:
            tariffs = self.policies.tariffs(point)
            near = min(self._kept, key=partial(math.dist, point), default=None)
            start = None if near is None else self._kept[near]
            self._kept[point] = self._at(point, lambda: self.economy.evaluate(tariffs, start=start))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[point]

    def _at(self, point: Levels, solve: Callable[[], Any]) -> Any:
        try:
            return solve()
        except ConvergenceError as error:
            levels = dict(zip(self.policies.names, point, strict=True))
            raise ConvergenceError(
                f"payoffs at {levels}: {error}", certificate=error.certificate
            ) from error

    def _derived(self, place: int, point: Levels) -> FloatArray:
        """Return derivatives of a country's money by every lever."""
        weights = np.zeros_like(self.worth)
        weights[place] = self.worth[place]
        gradient = self._evaluated(point).gradient(weights)
        moved = (self.policies.moved[k].weights for k in range(len(point)))
        return np.array([float((gradient * flows).sum()) for flows in moved])


def _points(levels: Sequence[FloatArray]) -> tuple[list[Levels], tuple[int, ...]]:
    """Return the points of a grid as tuples, and its shape."""
    grid = np.broadcast_arrays(*(np.asarray(level, dtype=np.float64) for level in levels))
    rows: Iterator[Levels] = zip(*(part.ravel().tolist() for part in grid), strict=True)
    return list(rows), grid[0].shape
