"""Linear programs over small convex sets of payoffs: half-spaces, and hulls of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from bargaining.errors import ConvergenceError
from bargaining.types import FloatArray

__all__ = [
    "LP_TOLERANCE", "best_in_halfspaces", "best_in_hull", "distance_from_averages",
    "hull_distance",
]  # fmt: skip

LP_TOLERANCE = 1e-8
"""What linear programs know, in payoff ranges; sets that change by less stand still."""

FEASIBLE = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
"""The tightest that HiGHS takes."""


def best_in_halfspaces(
    direction: FloatArray, rows: FloatArray, levels: FloatArray, floor: FloatArray
) -> FloatArray | None:
    """Return the best w with rows . w <= levels, floor <= w <= 1, shape (N,); None if none is.

    Parameters
    ----------
    direction, floor : ndarray of shape (N,)
    rows, levels : ndarray of shapes (L, N) and (L,)
    """
    if floor.max() > 1 + LP_TOLERANCE:
        return None
    low = np.minimum(floor, 1.0)
    bounds = np.column_stack([low, np.ones(len(low))])
    return _program(-direction, A_ub=rows, b_ub=levels, bounds=bounds)


def best_in_hull(direction: FloatArray, points: FloatArray, floor: FloatArray) -> FloatArray | None:
    """Return the best w >= floor among the averages of points, shape (N,); None if none is."""
    if np.any(floor > points.max(axis=0) + LP_TOLERANCE):
        return None
    shares = _program(
        -(points @ direction), A_ub=-points.T, b_ub=-floor, A_eq=np.ones((1, len(points))),
        b_eq=[1.0],
    )  # fmt: skip
    return None if shares is None else shares @ points


def hull_distance(point: FloatArray, points: FloatArray) -> float:
    """Return how far a point is from the hull of others, (M, N), in the largest coordinate."""
    return distance_from_averages(point, points, np.empty((0, len(points))))


def distance_from_averages(point: FloatArray, points: FloatArray, limits: FloatArray) -> float:
    """Return how far a point is from certain averages of others, in the largest coordinate.

    Parameters
    ----------
    point : ndarray of shape (N,)
    points : ndarray of shape (M, N)
    limits : ndarray of shape (R, M)
        The weights, not negative and 1 in sum, are such that limits . weights <= 0.
    """
    size, players = points.shape
    aside = np.ones((players, 1))
    solution = _program(
        np.append(np.zeros(size), 1.0),
        A_ub=np.block(
            [[points.T, -aside], [-points.T, -aside], [limits, np.zeros((len(limits), 1))]]
        ),
        b_ub=np.concatenate([point, -point, np.zeros(len(limits))]),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[1.0],
    )
    return np.inf if solution is None else float(max(solution[-1], 0.0))


def _program(costs: FloatArray, **constraints: Any) -> FloatArray | None:
    """Return the solution of a linear program; None if it has none because it is infeasible.

    At the edge of feasibility HiGHS may not know; it is asked again, without the presolve and by
    its interior-point method.
    """
    for method, presolve in (("highs-ds", True), ("highs-ds", False), ("highs-ipm", True)):
        options = {"presolve": presolve, **FEASIBLE}
        result = linprog(costs, method=method, options=options, **constraints)
        if result.status in (0, 2):
            return np.asarray(result.x, dtype=float) if result.status == 0 else None
    raise ConvergenceError(f"HiGHS found no solution over a set of payoffs: {result.message}")
