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

from bargaining.enforcement.repeated.inner_points import distance_from_levels, inner_points
from bargaining.enforcement.repeated.payoff_programs import LP_TOLERANCE, best_in_halfspaces
from bargaining.enforcement.repeated.stage import Stage
from bargaining.errors import IntractableError
from bargaining.types import FloatArray

__all__ = ["Approximation", "approximate", "directions_of"]

MOST_PROGRAMS = 200_000
"""Directions times profiles, at most: each may need a linear program in every step."""

STEPS = 500
"""The outer set is valid after any number of steps; more of them make it smaller."""


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
        return 0.0 if self.empty else distance_from_levels(self.directions, self.levels, self.inner)


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
    for step in range(1, STEPS + 1):
        before = levels
        levels = _cut(stage, discount_factor, directions, levels, bounds)
        if np.isneginf(levels).any():
            return Approximation(directions, levels, np.empty((0, players)), 0.0, step)
        if (before - levels).max() <= LP_TOLERANCE:
            break
    inner, gap = inner_points(stage, discount_factor, directions, levels, bounds)
    return Approximation(directions, levels, inner, gap, step)


def _cut(
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
            after = best_in_halfspaces(direction, directions, levels, floors[a])
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
