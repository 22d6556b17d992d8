"""Equilibrium payoffs of any number of players, from inside: points that generate themselves.

Judd, Yeltekin and Conklin (2003). A hull of points is proved to consist of equilibrium payoffs when
each point is made of a profile today and continuations in the hull that keep everybody from
deviating.
"""

from __future__ import annotations

import numpy as np

from bargaining.enforcement.repeated.payoff_programs import (
    LP_TOLERANCE,
    best_in_halfspaces,
    best_in_hull,
    distance_from_averages,
    hull_distance,
)
from bargaining.enforcement.repeated.stage import KNIFE_EDGE, Stage
from bargaining.types import FloatArray

__all__ = ["distance_from_levels", "inner_gap", "inner_points"]

STEPS = 100
"""Of each of two starts; points once proved are not given up for those that are not."""

GROWTH = 1e-5
"""Growth of the inner set, in payoff ranges, at which it stops growing."""


def inner_points(
    stage: Stage, delta: float, directions: FloatArray, levels: FloatArray, bounds: FloatArray
) -> tuple[FloatArray, float]:
    """Return points that generate themselves, and how nearly they do.

    They grow from the profiles that could be played for ever with the outer set's punishments, and
    shrink from the corners of the outer set; the pure Nash equilibria always generate themselves.
    Those are returned that reach nearest to the outer set.
    """
    punishments = -levels[: directions.shape[1]]
    best, off = (stage.nash, 0.0), distance_from_levels(directions, levels, stage.nash)
    for start in (
        _repeated(stage, delta, punishments),
        _corners(stage, delta, directions, levels, punishments),
    ):
        if len(start) and off > LP_TOLERANCE:
            found = _iterated(stage, delta, directions, start, punishments, bounds)
            if found is not None and distance_from_levels(directions, levels, found[0]) < off:
                best, off = found, distance_from_levels(directions, levels, found[0])
    return _extreme(best[0]), best[1]


def distance_from_levels(directions: FloatArray, levels: FloatArray, points: FloatArray) -> float:
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
    for _ in range(STEPS):
        made, raised = _generated(stage, delta, directions, points, punishments, bounds)
        if not len(made):
            break
        still = (raised - punishments).max() <= LP_TOLERANCE
        growth = _reach(directions, made, points)
        if still and _reach(directions, points, made) <= LP_TOLERANCE:
            gap = inner_gap(stage, delta, points)
            if gap <= LP_TOLERANCE:
                proved = points, gap
                if growth <= GROWTH:
                    break
        points, punishments = made, np.maximum(raised, punishments)
    return proved


def _corners(
    stage: Stage, delta: float, directions: FloatArray, levels: FloatArray, floor: FloatArray
) -> FloatArray:
    found = [best_in_halfspaces(row, directions, levels, floor) for row in directions]
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
            after = best_in_hull(direction, points, floors[a]) if possible[a] else None
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


def inner_gap(stage: Stage, delta: float, points: FloatArray) -> float:
    """Return how far points are from what they generate: 0 proves them to be equilibrium payoffs.

    Those that repeat themselves need nothing else. The others are averages, over profiles, of
    payoffs today and continuations in the hull that keep everybody from deviating.
    """
    punishments = points.min(axis=0)
    repeated = _repeated(stage, delta, punishments)
    floors = stage.thresholds(delta, punishments)
    possible = np.flatnonzero(np.all(floors <= points.max(axis=0) + KNIFE_EDGE, axis=1))
    size, players = points.shape
    made = [(1 - delta) * stage.payoffs[a] + delta * points for a in possible]
    limits = np.zeros((len(possible) * players, len(possible) * size + len(repeated)))
    for block, a in enumerate(possible):
        rows, columns = block * players, block * size
        floor = np.minimum(floors[a], points.max(axis=0))
        limits[rows : rows + players, columns : columns + size] = (floor - points).T
    together = np.concatenate([*made, repeated])
    if not len(together):
        return 1.0
    gaps = [
        0.0
        if len(repeated) and np.abs(repeated - point).max(axis=1).min() <= KNIFE_EDGE
        else distance_from_averages(point, together, limits)
        for point in points
    ]
    return min(1.0, max(gaps))
