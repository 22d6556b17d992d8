"""Equilibrium payoffs of any number of players, between a set from outside and one from inside.

Judd, Yeltekin and Conklin (2003): a convex set is seen in finitely many directions. From outside
it is the intersection of half-spaces, cut with linear programs until it hardly shrinks; from inside
the hull of points that generate themselves. What is between them is undecided, and reported.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import gcd

import numpy as np
from scipy.optimize import linprog

from bargaining.enforcement.stage import KNIFE_EDGE, Stage
from bargaining.errors import ConvergenceError, IntractableError
from bargaining.types import FloatArray

__all__ = [
    "Approximation", "approximate", "directions_of", "hull_distance", "inner_gap", "outer_step",
]  # fmt: skip

LP_TOLERANCE = 1e-8
"""Change of a level, in payoff ranges, at which sets stand still; linear programs know no more."""

MOST_PROGRAMS = 200_000
"""Directions times profiles, at most: each may need a linear program in every step."""

OUTER_STEPS = 500
INNER_STEPS = 100
"""The sets are valid after any number of steps; more of them make the gap smaller."""

GROWTH = 1e-5
"""Growth of the inner set, in payoff ranges, at which it stops growing."""


@dataclass(frozen=True, eq=False)
class Approximation:
    """Two sets with all equilibrium payoffs between them, in units.

    Attributes
    ----------
    directions : ndarray of shape (L, N)
    levels : ndarray of shape (L,)
        Every equilibrium payoff u has directions . u <= levels; minus infinity if there is none.
    inner : ndarray of shape (K, N)
        Equilibrium payoffs; K may be 0.
    inner_gap : float
        How far the inner points are from what they generate.
    steps : int
    """

    directions: FloatArray
    levels: FloatArray
    inner: FloatArray
    inner_gap: float
    steps: int

    @property
    def empty(self) -> bool:
        """Whether there are no equilibrium payoffs."""
        return bool(np.isneginf(self.levels).any())

    @property
    def gap(self) -> float:
        """Largest distance of the two sets in a direction; 1 if nothing is known to be inside."""
        return 0.0 if self.empty else _distance(self.directions, self.levels, self.inner)


def directions_of(players: int, refinement: int) -> FloatArray:
    """Return directions all around, of unit length, shape (L, N); player i's worst is row i.

    They go through the whole numbers from -refinement to refinement, so that relabelling the
    players only reorders them.
    """
    grid = itertools.product(range(-refinement, refinement + 1), repeat=players)
    rows = np.array([row for row in grid if gcd(*row) == 1], dtype=float)
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    worst = -np.eye(players)
    others = rows[~(rows[:, None] == worst).all(axis=2).any(axis=1)]
    return np.concatenate([worst, others])


def approximate(stage: Stage, discount_factor: float, refinement: int) -> Approximation:
    """Return both sets.

    Raises
    ------
    IntractableError
        For more than 200,000 profiles times directions.
    """
    players = stage.payoffs.shape[1]
    size = len(stage.payoffs) * ((2 * refinement + 1) ** players - 1)
    if size > MOST_PROGRAMS:
        raise IntractableError(
            f"repeated_payoff_set: {len(stage.payoffs):,} profiles in up to "
            f"{size // len(stage.payoffs):,} directions are {size:,} linear programs a step; at "
            f"most {MOST_PROGRAMS:,} are solved: lower `refinement`, or restrict the game"
        )
    directions = directions_of(players, refinement)
    levels = (directions @ stage.payoffs.T).max(axis=1)
    levels[:players] = -stage.minmax
    bounds = np.repeat(levels[:, None], len(stage.payoffs), axis=1)
    for step in range(1, OUTER_STEPS + 1):
        before = levels
        levels = outer_step(stage, discount_factor, directions, levels, bounds)
        if np.isneginf(levels).any():
            return Approximation(directions, levels, np.empty((0, players)), 0.0, step)
        if (before - levels).max() <= LP_TOLERANCE:
            break
    inner, gap = _inner(stage, discount_factor, directions, levels, bounds)
    return Approximation(directions, levels, inner, gap, step)


def outer_step(
    stage: Stage,
    delta: float,
    directions: FloatArray,
    levels: FloatArray,
    bounds: FloatArray,
) -> FloatArray:
    """Return the next levels.

    Parameters
    ----------
    stage, delta, directions
    levels : ndarray of shape (L,)
        In the directions of the worst payoffs they are minus the punishments.
    bounds : ndarray of shape (L, P)
        What each profile reaches at most in each direction. It is lowered in place: sets shrink, so
        what bounded a profile once always does, and most programs need not be solved again.
    """
    players = directions.shape[1]
    floors = stage.thresholds(delta, -levels[:players])
    today = (1 - delta) * directions @ stage.payoffs.T
    reached = np.full(len(levels), -np.inf)
    for k, direction in enumerate(directions):
        best = -np.inf
        for a in np.argsort(-bounds[k], kind="stable"):
            if bounds[k, a] <= best:
                break
            after = _best_in_halfspaces(direction, directions, levels, floors[a])
            if after is None:
                bounds[:, a] = -np.inf
                continue
            value = today[k, a] + delta * float(direction @ after)
            if k < players:
                value = min(value, -stage.best[a, k])
            bounds[k, a] = min(bounds[k, a], value)
            best = max(best, bounds[k, a])
        reached[k] = best
    return np.asarray(np.minimum(reached, levels))


def _best_in_halfspaces(
    direction: FloatArray, rows: FloatArray, levels: FloatArray, floor: FloatArray
) -> FloatArray | None:
    """Return the best point with rows . w <= levels and w >= floor, None if there is none."""
    if floor.max() > 1 + LP_TOLERANCE:
        return None
    low = np.minimum(floor, 1.0)
    result = linprog(
        -direction, A_ub=rows, b_ub=levels, bounds=np.column_stack([low, np.ones(len(low))]),
        method="highs-ds",
    )  # fmt: skip
    if result.status == 2:
        return None
    _solved(result)
    return np.asarray(result.x, dtype=float)


def _program(costs: FloatArray, **constraints: Any) -> FloatArray | None:
    """Return the solution of a linear program that has one unless it is infeasible: then None.

    At the edge of feasibility HiGHS may not know; it is asked again, without the presolve and by
    its interior-point method.
    """
    for method, presolve in (("highs-ds", True), ("highs-ds", False), ("highs-ipm", True)):
        result = linprog(costs, method=method, options={"presolve": presolve}, **constraints)
        if result.status in (0, 2):
            return np.asarray(result.x, dtype=float) if result.status == 0 else None
    raise ConvergenceError(f"repeated_payoff_set: HiGHS found no solution ({result.message})")


def _inner(
    stage: Stage, delta: float, directions: FloatArray, levels: FloatArray, bounds: FloatArray
) -> tuple[FloatArray, float]:
    """Return points that generate themselves, and how nearly they do.

    They grow from the profiles that could be played for ever with the outer set's punishments, and
    shrink from the corners of the outer set; the pure Nash equilibria always generate themselves.
    Those are returned that reach nearest to the outer set.
    """
    punishments = -levels[: directions.shape[1]]
    best, off = (stage.nash, 0.0), _distance(directions, levels, stage.nash)
    for start in (
        _repeated(stage, delta, punishments),
        _corners(stage, delta, directions, levels, punishments),
    ):
        if len(start) and off > LP_TOLERANCE:
            found = _iterated(stage, delta, directions, start, punishments, bounds)
            if found is not None and _distance(directions, levels, found[0]) < off:
                best, off = found, _distance(directions, levels, found[0])
    return _extreme(best[0]), best[1]


def _distance(directions: FloatArray, levels: FloatArray, points: FloatArray) -> float:
    """Return how far points stay from the levels, in the worst direction; 1 if there are none."""
    if not len(points):
        return 1.0
    return float(max((levels - (directions @ points.T).max(axis=1)).max(), 0.0))


def _iterated(
    stage: Stage,
    delta: float,
    directions: FloatArray,
    points: FloatArray,
    punishments: FloatArray,
    bounds: FloatArray,
) -> tuple[FloatArray, float] | None:
    """Return the last points of the iteration that generate themselves, None if none did."""
    proved = None
    for _ in range(INNER_STEPS):
        made, raised = _generated(stage, delta, directions, points, punishments, bounds)
        if not len(made):
            break
        still = (raised - punishments).max() <= LP_TOLERANCE
        growth = _reach(directions, made, points)
        if still and _reach(directions, points, made) <= LP_TOLERANCE:
            gap = inner_gap(stage, delta, directions, points)
            if gap <= LP_TOLERANCE:
                proved = points, gap
                if growth <= GROWTH:
                    break
        points, punishments = made, np.maximum(raised, punishments)
    return proved


def _corners(
    stage: Stage, delta: float, directions: FloatArray, levels: FloatArray, floor: FloatArray
) -> FloatArray:
    found = [_best_in_halfspaces(row, directions, levels, floor) for row in directions]
    corners = [point for point in found if point is not None]
    return np.reshape(corners, (-1, len(floor)))


def _repeated(stage: Stage, delta: float, punishments: FloatArray) -> FloatArray:
    """Return the different payoffs of profiles that can be played for ever, shape (R, N)."""
    floors = stage.thresholds(delta, punishments)
    held = np.all(stage.payoffs >= floors - KNIFE_EDGE, axis=1)
    return np.unique(stage.payoffs[held], axis=0)


def _extreme(points: FloatArray) -> FloatArray:
    """Return the points that are not averages of the others."""
    kept = list(np.unique(points, axis=0))
    for point in list(kept):
        others = [other for other in kept if other is not point]
        if others and hull_distance(point, np.array(others)) <= LP_TOLERANCE:
            kept = others
    return np.array(kept).reshape(len(kept), points.shape[1])


def _reach(directions: FloatArray, points: FloatArray, made: FloatArray) -> float:
    """Return how much further points reach than what was made of them."""
    return float(((directions @ points.T).max(axis=1) - (directions @ made.T).max(axis=1)).max())


def _generated(
    stage: Stage,
    delta: float,
    directions: FloatArray,
    points: FloatArray,
    punishments: FloatArray,
    bounds: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the points furthest in each direction that continuations in a hull can make.

    With them come those that repeat themselves, and the punishments to which the worst of them
    would creep: v >= (1 - delta) b + delta v means v >= b for the best reply b.
    """
    players = directions.shape[1]
    floors = stage.thresholds(delta, punishments)
    today = (1 - delta) * directions @ stage.payoffs.T
    possible = np.all(floors <= points.max(axis=0) + LP_TOLERANCE, axis=1)
    made, raised = [_repeated(stage, delta, punishments)], punishments.copy()
    for k, direction in enumerate(directions):
        best, reached = -np.inf, None
        bound = np.where(possible, bounds[k], -np.inf)
        for a in np.argsort(-bound, kind="stable"):
            if bound[a] <= best:
                break
            after = _best_in_hull(direction, points, floors[a]) if possible[a] else None
            if after is None:
                possible[a] = False
                continue
            value = today[k, a] + delta * float(direction @ after)
            if k < players:
                value = min(value, -stage.best[a, k])
            if value > best:
                best, reached = value, (1 - delta) * stage.payoffs[a] + delta * after
        if reached is None:
            return np.empty((0, players)), punishments
        made.append(reached[None])
        if k < players:
            raised[k] = -best
    return np.concatenate(made), raised


def _best_in_hull(
    direction: FloatArray, points: FloatArray, floor: FloatArray
) -> FloatArray | None:
    """Return the best w >= floor among the averages of points, None if there is none."""
    result = linprog(
        -(points @ direction), A_ub=-points.T, b_ub=-floor, A_eq=np.ones((1, len(points))),
        b_eq=[1.0], method="highs-ds",
    )  # fmt: skip
    if result.status == 2:
        return None
    _solved(result)
    return np.asarray(result.x @ points, dtype=float)


def hull_distance(point: FloatArray, points: FloatArray) -> float:
    """Return how far a point is from the hull of others, in the largest coordinate."""
    size, players = points.shape
    rows = np.block([[points.T, -np.ones((players, 1))], [-points.T, -np.ones((players, 1))]])
    result = linprog(
        np.append(np.zeros(size), 1.0), A_ub=rows, b_ub=np.concatenate([point, -point]),
        A_eq=np.append(np.ones(size), 0.0)[None], b_eq=[1.0], method="highs-ds",
    )  # fmt: skip
    _solved(result)
    return float(max(result.fun, 0.0))


def inner_gap(stage: Stage, delta: float, directions: FloatArray, points: FloatArray) -> float:
    """Return how far points are from what they generate: 0 proves them to be equilibrium payoffs.

    In every direction a profile may reach anything that is in the hull and holds its incentives.
    """
    punishments = points.min(axis=0)
    reach = (directions @ points.T).max(axis=1)
    bounds = (1 - delta) * directions @ stage.payoffs.T + delta * reach[:, None]
    made, _ = _generated(stage, delta, directions, points, punishments, bounds)
    if not len(made):
        return 1.0
    return max(hull_distance(point, made) for point in points)
