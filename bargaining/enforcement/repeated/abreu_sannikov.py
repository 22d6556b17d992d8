"""Payoffs of pure-strategy subgame-perfect equilibria of two players, exactly.

Abreu, Pearce and Stacchetti (1990): the set is the largest one in which every payoff is made of a
profile today and payoffs of the set tomorrow such that nobody deviates. Abreu and Sannikov (2014):
a profile adds at most four extreme points, its own payoffs if it can be played for ever, or else
those with a continuation at which an incentive constraint binds. All profiles are cut at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bargaining.enforcement.repeated.polygon import boundary, hull, outside
from bargaining.enforcement.repeated.stage import KNIFE_EDGE, Stage
from bargaining.types import FloatArray

__all__ = ["Iterate", "equilibrium_polygon", "generated", "self_generation_gap"]

THIN = 1e-13
"""Points that stick out by no more than this, in payoff ranges, are no vertices."""

TIDY = (1e-9, 1e-10, 1e-11)
"""The same for the set in the end, the first with which what is left generates itself as well."""

LOOSE = 5.0
"""How much further than the tolerance the tidied set may be from what it generates."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Iterate:
    """A set that contains all equilibrium payoffs.

    Attributes
    ----------
    vertices : ndarray of shape (M, 2)
        In units, counterclockwise; (0, 2) for the empty set.
    punishments : ndarray of shape (2,)
        No equilibrium gives a player less.
    iterations : int
    gap : float
        How far the set is from what it generates.
    """

    vertices: FloatArray
    punishments: FloatArray
    iterations: int
    gap: float


@dataclass(frozen=True, eq=False)
class _Cut:
    """What a set and punishments make of the profiles of a stage game."""

    points: FloatArray
    enforceable: BoolArray
    punishments: FloatArray


def equilibrium_polygon(
    stage: Stage,
    discount_factor: float,
    *,
    tolerance: float,
    max_iterations: int,
    jump: bool = True,
) -> Iterate:
    """Return the set of equilibrium payoffs, approached from outside.

    Parameters
    ----------
    stage : Stage
    discount_factor : float in (0, 1)
    tolerance : float
        It ends when the set is no further than this from what it generates, in payoff ranges.
    max_iterations : int
        It ends after these in any case, with the gap reached.
    jump : bool
        Whether punishments start at the pure minmax and jump to the end of their creeping: if v is
        the worst for a player it solves v >= (1 - delta) b + delta v, that is v >= b, for the best
        reply b to some enforceable profile.
    """
    vertices = hull(stage.payoffs, THIN)
    punishments = stage.minmax if jump else stage.payoffs.min(axis=0)
    gap = np.inf
    for iteration in range(1, max_iterations + 1):
        cut = _cut(stage, discount_factor, vertices, punishments, jump=jump)
        if not len(cut.points):
            return Iterate(np.empty((0, 2)), punishments, iteration, 0.0)
        smaller = hull(cut.points, THIN)
        raised = np.maximum(cut.punishments, smaller.min(axis=0))
        change = _apart(vertices, smaller)
        gap = max(change, float((raised - punishments).max()))
        vertices, punishments, stage = smaller, raised, stage.only(cut.enforceable)
        if gap <= tolerance:
            break
    if gap <= tolerance:
        vertices = _tidied(stage, discount_factor, vertices, tolerance)
    return Iterate(vertices, punishments, iteration, gap)


def _tidied(
    stage: Stage, discount_factor: float, vertices: FloatArray, tolerance: float
) -> FloatArray:
    """Return the set without vertices that hardly stick out, if it still generates itself.

    On its way to a segment or a point a set is never quite that.
    """
    for thin in TIDY:
        fewer = hull(vertices, thin)
        if len(fewer) == len(vertices):
            break
        if self_generation_gap(stage, discount_factor, fewer) <= LOOSE * tolerance:
            return fewer
    return vertices


def _apart(first: FloatArray, second: FloatArray) -> float:
    """Return the Hausdorff distance of two polygons."""
    return float(max(outside(first, second).max(), outside(second, first).max()))


def generated(stage: Stage, discount_factor: float, vertices: FloatArray) -> FloatArray:
    """Return the extreme points that a set generates with its own worst payoffs, shape (P, 2)."""
    return _cut(stage, discount_factor, vertices, vertices.min(axis=0), jump=False).points


def self_generation_gap(stage: Stage, discount_factor: float, vertices: FloatArray) -> float:
    """Return how far a set sticks out of what it generates: 0 proves it to be equilibrium payoffs.

    A profile that may be played for ever counts, in the set or not: its payoffs, continued by
    themselves and punished in the set, are equilibrium payoffs if the set's are.
    """
    points = generated(stage, discount_factor, vertices)
    if not len(points):
        return 1.0
    return float(outside(vertices, hull(points, THIN)).max())


def _cut(
    stage: Stage, delta: float, vertices: FloatArray, punishments: FloatArray, *, jump: bool
) -> _Cut:
    """Return what each profile adds with continuations in a set (the operator R)."""
    floors = stage.thresholds(delta, punishments)
    forever = np.all(stage.payoffs >= floors - KNIFE_EDGE, axis=1)
    enforceable = np.ones(len(floors), dtype=bool)
    worst = np.empty_like(floors)
    added = [stage.payoffs[forever]]
    for axis in (0, 1):
        edge = boundary(vertices, axis)
        first, last = edge.ends
        x, y = floors[:, axis], floors[:, 1 - axis]
        at = np.clip(x, first, last)
        lowest, highest = edge.beyond(at)
        enforceable &= (x <= last + KNIFE_EDGE) & (y <= highest + KNIFE_EDGE)
        worst[:, 1 - axis] = np.maximum(lowest, y)
        low, high = edge.between(at)
        binds = (x >= first) & (x <= last + KNIFE_EDGE) & (y <= high + KNIFE_EDGE) & ~forever
        for other in (high, np.clip(y, low, high)):
            after = np.empty((int(binds.sum()), 2))
            after[:, axis], after[:, 1 - axis] = at[binds], other[binds]
            added.append((1 - delta) * stage.payoffs[binds] + delta * after)
    enforceable |= forever
    raised = punishments
    if jump and enforceable.any():
        today = (1 - delta) * stage.payoffs + delta * worst
        raised = np.maximum(raised, np.maximum(stage.best, today)[enforceable].min(axis=0))
    return _Cut(np.concatenate(added), enforceable, raised)
