"""Climbing over tariffs: the best tariffs for any smooth measure of everybody's welfare.

The slope of welfare by a tariff, per unit of the trade that pays it, is nearly linear in
1 / (1 + tariff), so solving each first-order condition on its own is a good step for small flows
and large ones alike. Anderson's (1965) mixing of the last steps takes care of what ties them; a
step that loses more than it promised to gain is replaced by a shorter one uphill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import ConvergenceError
from bargaining.trade.interface import TariffEconomy, TariffEvaluation
from bargaining.types import FloatArray, IntArray

__all__ = ["Climb", "Measure", "climb"]

MEMORY = 12
"""Earlier points that are mixed."""
REACH = 3.0
"""Largest factor by which 1 + tariff changes in a step."""
ROUNDING = 1e-13
"""Loss of what is maximised that is put down to rounding."""
SHORTER = 4.0
"""Factor by which a step that fails is shortened."""
TRIALS = 8
"""How often it is shortened before the climb ends."""
PROBE = 0.1
"""Relative change of 1 / (1 + tariff) at which curvature is first measured."""
TURN = 2.0
"""Largest factor by which a measured curvature counts as different from the one in use."""
STILL = 1e-6
"""Relative change of 1 / (1 + tariff) below which it says nothing on curvature."""


Measure = Callable[[FloatArray], tuple[float, FloatArray]]
"""From welfare to what is maximised, and its derivatives by welfare."""


@dataclass(frozen=True, eq=False)
class Climb:
    """Where a climb ended.

    Attributes
    ----------
    tariffs : ndarray of shape (N, N, S)
    value : float
        What is maximised.
    asked : float
        First-order error: largest change of a free tariff, relative to 1 + tariff, that its own
        first-order condition asks for within the bounds.
    promise : float
        What that change would gain, to first order.
    evaluation : TariffEvaluation
    evaluations : int
        Equilibria solved.
    """

    tariffs: FloatArray
    value: float
    asked: float
    promise: float
    evaluation: TariffEvaluation
    evaluations: int


@dataclass(frozen=True, eq=False)
class _Point:
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

    def promise(self, step: FloatArray) -> float:
        """Return what a step gains to first order."""
        return float(-(self.trade * self.slope / self.y**2) @ step)


@dataclass(eq=False)
class _Hill:
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

    def at(self, y: FloatArray) -> _Point:
        """Solve the equilibrium at y."""
        self.count += 1
        evaluation = self.economy.evaluate(self.tariffs(y), start=self.latest)
        self.latest = evaluation
        value, weights = self.measure(evaluation.welfare)
        trade = self.total(evaluation.flows)
        gradient = self.total(evaluation.gradient(weights))
        slope = np.where(trade > 0, gradient / np.where(trade > 0, trade, 1.0), 0.0)
        return _Point(y, value, slope, trade, evaluation)


def climb(
    economy: TariffEconomy,
    measure: Measure,
    start: FloatArray,
    levers: IntArray,
    bounds: tuple[float, float],
    *,
    tolerance: float,
    most: int = 500,
    warm: TariffEvaluation | None = None,
) -> Climb:
    """Maximise a measure of welfare over free tariffs within bounds, from a start.

    Tariffs on goods that are not traded stay where they start.

    Parameters
    ----------
    economy : TariffEconomy
    measure : callable
    start : ndarray of shape (N, N, S)
    levers : ndarray of int, shape (N, N, S)
        Number of the lever that moves each tariff, from 0; -1 for tariffs that stand still.
    bounds : pair of float
        Lowest and highest tariff.
    tolerance : float
        First-order error at which the climb ends.
    most : int
        Equilibria at most.
    warm : TariffEvaluation, optional
        An equilibrium near by.
    """
    edges = 1 / (1 + bounds[1]), 1 / (1 + bounds[0])
    hill = _Hill(economy, measure, start, levers, warm)
    point = hill.at(np.clip(hill.first(), *edges))
    bend = _first_bend(point, hill.at(point.y * (1 - PROBE)))
    past = [point]
    while True:
        step = point.step(bend, edges)
        asked = float(np.abs(step / point.y).max(initial=0.0))
        if asked <= tolerance or hill.count >= most:
            break
        candidates = [point.y + step / SHORTER**k for k in range(TRIALS)]
        if len(past) > 1:
            bend = _turned(bend, past[-2], point)
            candidates.insert(0, _mixed(past, bend, edges))
        moved, plain = _moved(hill, point, candidates, edges, point.promise(step))
        if moved is None:
            break
        past = [*([point] if plain else past[-MEMORY:]), moved]
        point = moved
    promise = max(point.promise(step), 0.0)
    return Climb(hill.tariffs(point.y), point.value, asked, promise, point.evaluation, hill.count)


def _first_bend(point: _Point, probe: _Point) -> FloatArray:
    """Return by how much each slope rises with y, where every y is moved."""
    bend = (point.slope - probe.slope) / (point.y - probe.y)
    typical = float(np.median(np.abs(bend))) if bend.size else 1.0
    return np.where(bend > 0.1 * typical, bend, typical)


def _turned(bend: FloatArray, before: _Point, point: _Point) -> FloatArray:
    """Return the curvature halfway to what the last step shows."""
    change = point.y - before.y
    told = np.abs(change) > STILL * point.y
    shown = (point.slope - before.slope) / np.where(told, change, 1.0)
    shown = np.clip(shown, bend / TURN, bend * TURN)
    return np.where(told, np.sqrt(bend * shown), bend)


def _mixed(past: list[_Point], bend: FloatArray, edges: tuple[float, float]) -> FloatArray:
    """Return the mixture of points whose steps, were they linear, would cancel out."""
    steps = [point.step(bend, edges) for point in past]
    y, step = past[-1].y, steps[-1]
    by_point = np.array([point.y for point in past[:-1]]).T - y[:, None]
    by_step = np.array(steps[:-1]).T - step[:, None]
    share = np.linalg.lstsq(by_step / y[:, None], -step / y, rcond=1e-10)[0]
    return np.asarray(y + step + (by_point + by_step) @ share)


def _moved(
    hill: _Hill,
    point: _Point,
    candidates: list[FloatArray],
    edges: tuple[float, float],
    promise: float,
) -> tuple[_Point | None, bool]:
    """Return the first candidate that loses no more than was promised; whether it is a later one.

    So a step may go down a little, which mixing makes up for soon, and never in the long run.
    """
    low = np.maximum(edges[0], point.y / REACH)
    high = np.minimum(edges[1], point.y * REACH)
    for number, candidate in enumerate(candidates):
        try:
            moved = hill.at(np.clip(candidate, low, high))
        except ConvergenceError:
            continue
        if moved.value >= point.value - promise - ROUNDING * max(1.0, abs(point.value)):
            return moved, number > 0
    return None, True
