"""Linear programs over the convex hull of a set known by its support function.

maximise  q . x + t   subject to  x - t c >= floor,  x a mixture of points of the set (or less).

The restricted program over the points found so far is solved by a small simplex method (by HiGHS
should that stall); its dual weights price the set, and the support function turns them into an
upper bound (Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from bargaining.errors import ConvergenceError
from bargaining.optimize.oracle import Cloud
from bargaining.optimize.simplex import Master, StalledError
from bargaining.types import FloatArray

__all__ = ["LinearOptimum", "maximize_linear"]

PRECISION = 1e-12
ROUNDS = 500
ATTEMPTS: tuple[dict[str, float | bool], ...] = (
    {"presolve": False, "primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    {"presolve": True, "primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    {"presolve": True},
)
"""HiGHS settings, the tightest first; the gap that comes out is certified afterwards."""


@dataclass(frozen=True, eq=False)
class LinearOptimum:
    """Solution of a linear program over a cloud.

    Attributes
    ----------
    value : float
        Value reached.
    bound : float
        Upper bound proved by `weights`: h(weights) - multipliers . floor.
    mixture : ndarray of shape (K,)
        Probabilities of the cloud's points.
    multipliers : ndarray of shape (N,)
        Dual weights of the rows x - t c >= floor.
    weights : ndarray of shape (N,)
        q + multipliers, the direction in which the set was priced.
    """

    value: float
    bound: float
    mixture: FloatArray
    multipliers: FloatArray
    weights: FloatArray


def maximize_linear(
    cloud: Cloud,
    objective: FloatArray,
    *,
    direction: FloatArray | None = None,
    floor: FloatArray,
    precision: float = PRECISION,
) -> LinearOptimum:
    """Solve the program by column generation.

    Parameters
    ----------
    cloud : Cloud
        It must hold a mixture that meets the floor (any points do when `direction` is positive).
    objective : ndarray of shape (N,)
        q, not negative.
    direction : ndarray of shape (N,), optional
        c; None leaves t out.
    floor : ndarray of shape (N,)

    Raises
    ------
    ConvergenceError
        When HiGHS fails or the rounds run out.
    """
    best_bound, best_multipliers = np.inf, np.zeros_like(floor)
    program = _Restricted(cloud, objective, direction, floor)
    for _ in range(ROUNDS):
        value, mixture, multipliers = program.solve()
        trial = np.array([multipliers, (multipliers + best_multipliers) / 2])
        trial = trial[: 2 if np.isfinite(best_bound) else 1]
        supports, grown = cloud.price(objective + trial)
        bounds = supports - trial @ floor
        best = int(np.argmin(bounds))
        if bounds[best] < best_bound:
            best_bound, best_multipliers = float(bounds[best]), trial[best]
        if best_bound - value <= precision * max(1.0, abs(value)) or not grown:
            mixture = np.append(mixture, np.zeros(len(cloud.points) - len(mixture)))
            return LinearOptimum(
                value, best_bound, mixture, best_multipliers, objective + best_multipliers
            )
    raise ConvergenceError(f"linear program over packages: no convergence in {ROUNDS} rounds")


class _Restricted:
    """The program over the points known so far: by simplex steps, or by HiGHS once they stall."""

    def __init__(
        self,
        cloud: Cloud,
        objective: FloatArray,
        direction: FloatArray | None,
        floor: FloatArray,
    ) -> None:
        self.cloud = cloud
        self.objective, self.direction, self.floor = objective, direction, floor
        self.known = len(cloud.points)
        self.master: Master | None = Master(cloud.gains, objective, direction, floor)

    def solve(self) -> tuple[float, FloatArray, FloatArray]:
        """Return value, mixture and row multipliers."""
        gains = self.cloud.gains
        if self.master is not None:
            try:
                if len(gains) > self.known:
                    self.master.add(gains[self.known :])
                    self.known = len(gains)
                mixture, multipliers = self.master.solve()
                return self._value(mixture @ gains), mixture, multipliers
            except StalledError:
                self.master = None
        return by_highs(gains, self.objective, self.direction, self.floor)

    def _value(self, x: FloatArray) -> float:
        value = float(self.objective @ x)
        if self.direction is None:
            return value
        rows = self.direction > 0
        return value + float(((x - self.floor)[rows] / self.direction[rows]).min())


def by_highs(
    gains: FloatArray, objective: FloatArray, direction: FloatArray | None, floor: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Solve the program over the known points; return value, mixture and row multipliers."""
    count = len(gains)
    cost = -(gains @ objective)
    rows = -gains.T
    bounds: list[tuple[float | None, float | None]] = [(0, None)] * count
    if direction is not None:
        cost = np.append(cost, -1.0)
        rows = np.column_stack([rows, direction])
        bounds.append((None, None))
    total = np.ones((1, len(cost)))
    total[0, count:] = 0.0
    for options in ATTEMPTS:
        result = linprog(
            cost, A_ub=rows, b_ub=-floor, A_eq=total, b_eq=[1.0], bounds=bounds,
            method="highs-ds", options=options,
        )  # fmt: skip
        if result.status == 0:
            break
    else:
        raise ConvergenceError(f"linear program over packages: HiGHS says {result.message}")
    mixture = np.maximum(result.x[:count], 0.0)
    return -float(result.fun), mixture / mixture.sum(), np.maximum(-result.ineqlin.marginals, 0.0)
