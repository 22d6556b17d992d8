"""The Pareto frontier of two members' gains, point by point and only where it bends.

Each point is a program of its own: the largest gains in given proportions, with the weights that
support it. Between two neighbours the frontier is taken to be the parabola with the same tangents;
where a point between them is elsewhere, both halves are looked at in the same way.
"""

from __future__ import annotations

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate
from bargaining.trade.talks.arcs import Arcs
from bargaining.trade.talks.program import Settled, Table, settle_best
from bargaining.trade.talks.rules import EqualShares, WeightedSum
from bargaining.types import FloatArray

__all__ = ["FOLLOWED", "ideal_gains", "ideal_points", "trace"]

FOLLOWED = 1e-6
"""How far, relative to ideal gains, a point may lie from the curve through its neighbours."""
SHORT = 2e-6
"""Distance of two neighbours, relative to ideal gains, from which nothing is between them."""
MOST = 400
"""Points at most."""


def ideal_points(table: Table, equal: Settled) -> list[Settled]:
    """Return, for each member, the tariffs best for it while no other member loses."""
    points = []
    for member in range(len(table.members)):
        alone = np.zeros(len(table.members))
        alone[member] = 1.0
        prices = np.maximum(equal.multipliers / max(equal.multipliers[member], 1e-6), alone)
        best = settle_best(
            table, WeightedSum(alone), equal.climb.tariffs, prices, warm=equal.climb.evaluation
        )
        points.append(best)
    return points


def ideal_gains(points: list[Settled]) -> FloatArray:
    """Return what each member gains at its own ideal point, shape (M,)."""
    return np.array([float(point.gains[member]) for member, point in enumerate(points)])


def trace(table: Table, equal: Settled) -> list[Settled]:
    """Return an odd number of points of two members' frontier, by the first one's gain.

    Every second one is where the curve through the others was checked.

    Raises
    ------
    ConvergenceError
        When a program is not solved, or the curve is not close after very many points.
    """
    best, least = ideal_points(table, equal)
    ideal = ideal_gains([best, least])
    centre = _settled(table, ideal, equal)
    left, right = (_between(table, ideal, *pair) for pair in ((least, centre), (centre, best)))
    return [least, *left, centre, *right, best]


def _between(table: Table, ideal: FloatArray, low: Settled, high: Settled) -> list[Settled]:
    """Return an odd number of points between two, as many as the curve needs."""
    found, done, missed = [low, high], 0, 0.0
    while done < len(found) - 1:
        pair = found[done : done + 2]
        gains, prices = (
            np.array([getattr(one, name) for one in pair]) for name in ("gains", "multipliers")
        )
        curve = Arcs.of(gains, prices, ideal)
        if len(found) > MOST:
            raise ConvergenceError(
                f"trade frontier: still {missed:.1e} of ideal gains from its curve after "
                f"{MOST} points",
                certificate=Certificate("trade frontier", missed, FOLLOWED),
            )
        middle = _settled(table, curve.middle(0) * ideal, *pair)
        found.insert(done + 1, middle)
        missed = curve.missed(0, middle.gains / ideal)
        if missed <= FOLLOWED or float(np.ptp(curve.points, axis=0).max()) <= SHORT:
            done += 2
    return found[1:-1]


def _settled(
    table: Table, gains: FloatArray, near: Settled, other: Settled | None = None
) -> Settled:
    """Return the largest gains in the proportions of some, from points near by."""
    units = gains / gains.mean()
    start, prices = near.climb.tariffs, near.multipliers
    if other is not None:
        start = (start + other.climb.tariffs) / 2
        step = np.abs(near.gains - other.gains)[::-1]
        prices = step if step.min() > 0 else prices
    rule = EqualShares(units)
    return settle_best(table, rule, start, prices / (prices @ units), warm=near.climb.evaluation)
