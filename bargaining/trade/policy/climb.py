"""Climbing over tariffs: the best tariffs for any smooth measure of everybody's welfare.

The slope of welfare by a tariff, per unit of the trade that pays it, is nearly linear in
1 / (1 + tariff), so solving each first-order condition on its own is a good step for small flows
and large ones alike. Anderson's (1965) mixing of the last steps takes care of what ties them; a
step that loses more than it promised to gain is replaced by a shorter one uphill. Where that does
not settle, a quasi-Newton method goes on (L-BFGS-B; Byrd, Lu, Nocedal and Zhu 1995).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bargaining.errors import ConvergenceError
from bargaining.trade.policy.hill import Hill, Measure, Point
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.types import FloatArray, IntArray

__all__ = ["Climb", "climb"]

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
SMALL = 1e-12
"""Trade, relative to the largest, below which flows count alike in a quasi-Newton search."""
STILL = 1e-6
"""Relative change of 1 / (1 + tariff) below which it says nothing on curvature."""


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


def climb(
    economy: TariffEconomy,
    measure: Measure,
    start: FloatArray,
    levers: IntArray,
    bounds: tuple[float, float],
    *,
    tolerance: float,
    most: int = 250,
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
    hill = Hill(economy, measure, start, levers, warm)
    first = hill.at(np.clip(hill.first(), *edges))
    bend = _first_bend(hill, first)
    point, turned = _stepped(hill, first, bend, edges, tolerance, most)
    if _asked(point, turned, edges) > tolerance:
        point = _descended(hill, max(first, point, key=lambda one: one.value), bend, edges, most)
        point, turned = _stepped(hill, point, bend, edges, tolerance, hill.count + most // 4)
    step = point.step(turned, edges)
    return Climb(
        hill.tariffs(point.y), point.value, _asked(point, turned, edges),
        max(point.promise(step), 0.0), point.evaluation, hill.count,
    )  # fmt: skip


def _asked(point: Point, bend: FloatArray, edges: tuple[float, float]) -> float:
    """Return the largest relative step that a first-order condition asks for."""
    return float(np.abs(point.step(bend, edges) / point.y).max(initial=0.0))


def _stepped(
    hill: Hill,
    point: Point,
    bend: FloatArray,
    edges: tuple[float, float],
    tolerance: float,
    most: int,
) -> tuple[Point, FloatArray]:
    """Take steps until none is asked for; return the best point and the curvature there."""
    past, best = [point], (point, bend)
    while _asked(point, bend, edges) > tolerance and hill.count < most:
        step = point.step(bend, edges)
        candidates = [point.y + step / SHORTER**k for k in range(TRIALS)]
        if len(past) > 1:
            bend = _turned(bend, past[-2], point)
            candidates.insert(0, _mixed(past, bend, edges))
        moved, plain = _moved(hill, point, candidates, edges, point.promise(step))
        if moved is None:
            break
        past = [*([point] if plain else past[-MEMORY:]), moved]
        point = moved
        if point.value >= best[0].value - ROUNDING * max(1.0, abs(point.value)):
            best = point, bend
    return best


def _descended(
    hill: Hill, point: Point, bend: FloatArray, edges: tuple[float, float], most: int
) -> Point:
    """Return the best point of a quasi-Newton search, in units of equal curvature."""
    trade = np.maximum(point.trade, SMALL * point.trade.max())
    unit = np.sqrt(trade * bend) / point.y
    best = point

    def downhill(x: FloatArray) -> tuple[float, FloatArray]:
        nonlocal best
        here = hill.at(np.clip(x / unit, *edges))
        best = max(best, here, key=lambda one: one.value)
        return -here.value, -here.gradient / unit

    with suppress(ConvergenceError):  # where there is no equilibrium the search ends
        minimize(
            downhill, point.y * unit, jac=True, method="L-BFGS-B",
            bounds=list(zip(edges[0] * unit, edges[1] * unit, strict=True)),
            options={"maxfun": most, "maxiter": most, "maxcor": 30, "ftol": 1e-15, "gtol": 1e-12},
        )  # fmt: skip
    return best


def _first_bend(hill: Hill, point: Point) -> FloatArray:
    """Return by how much each slope rises with y, where every y is moved.

    Tariffs are raised, or lowered where there is no equilibrium above.
    """
    try:
        probe = hill.at(point.y * (1 - PROBE))
    except ConvergenceError:
        probe = hill.at(point.y * (1 + PROBE))
    bend = (point.slope - probe.slope) / (point.y - probe.y)
    typical = float(np.median(np.abs(bend))) if bend.size else 0.0
    return np.where(bend > 0.1 * typical, bend, typical if typical > 0 else 1.0)


def _turned(bend: FloatArray, before: Point, point: Point) -> FloatArray:
    """Return the curvature halfway to what the last step shows."""
    change = point.y - before.y
    told = np.abs(change) > STILL * point.y
    shown = (point.slope - before.slope) / np.where(told, change, 1.0)
    shown = np.clip(shown, bend / TURN, bend * TURN)
    return np.where(told, np.sqrt(bend * shown), bend)


def _mixed(past: list[Point], bend: FloatArray, edges: tuple[float, float]) -> FloatArray:
    """Return the mixture of points whose steps, were they linear, would cancel out."""
    steps = [point.step(bend, edges) for point in past]
    y, step = past[-1].y, steps[-1]
    by_point = np.array([point.y for point in past[:-1]]).T - y[:, None]
    by_step = np.array(steps[:-1]).T - step[:, None]
    share = np.linalg.lstsq(by_step / y[:, None], -step / y, rcond=1e-10)[0]
    return np.asarray(y + step + (by_point + by_step) @ share)


def _moved(
    hill: Hill,
    point: Point,
    candidates: list[FloatArray],
    edges: tuple[float, float],
    promise: float,
) -> tuple[Point | None, bool]:
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
