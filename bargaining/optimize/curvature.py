"""How payoffs bend in levers with intervals: concave together, or linear or convex in one.

Quadratic payoffs are judged by the eigenvalues of their second derivatives, which proves it. Other
terms say that they are concave, or their chords are compared with them at points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.model.levers import Interval
from bargaining.model.negotiation import Negotiation
from bargaining.model.terms import negative_semidefinite
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.types import FloatArray

__all__ = ["Curvature", "curvature"]

TESTED = 256
"""Chords that are compared with terms that are not known to be concave."""

ROUNDING = 1e-9
"""How far a chord may lie above a concave payoff, relative to its range."""


@dataclass(frozen=True, eq=False)
class Curvature:
    """How payoffs bend in the intervals, whatever the finite levers are.

    Attributes
    ----------
    proved : bool
        Whether by eigenvalues, or what terms say of themselves, rather than at points.
    convex : ndarray of bool, shape (L,)
        Intervals in which no payoff is strictly concave, each alone: an end is always best.
    """

    proved: bool
    convex: np.ndarray[Any, np.dtype[np.bool_]]
    payoffs: SmoothPayoffs

    def violation(self, levers: list[int]) -> str:
        """Say for whom payoffs are not concave in some intervals together; "" if for nobody."""
        for i, player in enumerate(self.payoffs.negotiation.player_names):
            bent = self._bent(i, levers)
            if bent is not None:
                names = [self.payoffs.levers[j].name for j in bent or levers]
                group = ", ".join(map(repr, names[:4])) + (", ..." if len(names) > 4 else "")
                together = "" if bent else " together"
                return f"payoffs of {player!r} are not concave in {group}{together}"
        return ""

    def _bent(self, player: int, levers: list[int]) -> list[int] | None:
        """Return the levers in which a payoff is not concave alone; None if it is concave."""
        matrix = self.payoffs.hessians[player][np.ix_(levers, levers)]
        curved = [
            part
            for part in self.payoffs.curved
            if player in part.rows and set(part.places) & set(levers)
        ]
        if negative_semidefinite(matrix) and all(
            part.term.is_concave(part.term.players[part.rows.index(player)]) for part in curved
        ):
            return None
        if not curved:
            width = (self.payoffs.high - self.payoffs.low)[levers]
            own = np.diag(matrix) * width * width
            return [levers[k] for k in np.flatnonzero(own > ROUNDING * np.abs(own).max())]
        alone = [j for j in levers if _chords(self.payoffs, [j])[1][player] > ROUNDING]
        if alone or _chords(self.payoffs, levers)[1][player] > ROUNDING:
            return alone
        return None


def curvature(negotiation: Negotiation) -> Curvature:
    """Return how the payoffs of a negotiation bend in its free intervals."""
    smooth = SmoothPayoffs(negotiation)
    free = [j for j in range(len(smooth.levers)) if smooth.continuous[j]]
    convex = np.zeros(len(smooth.levers), dtype=bool)
    touched = {j for part in smooth.curved for j in part.places}
    for j in free:
        if j in touched:
            convex[j] = bool((_chords(smooth, [j])[0] >= -ROUNDING).all())
        else:
            convex[j] = bool((smooth.hessians[:, j, j] >= 0).all())
    proved = all(
        part.term.is_concave(player)
        for part in smooth.curved
        if any(j in part.places for j in free)
        for player in part.term.players
    )
    return Curvature(proved, convex, smooth)


def _chords(smooth: SmoothPayoffs, levers: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return how far chords lie above the payoffs, at least and at most, (N,) in ranges.

    The chords run through random points along the given intervals; a concave payoff is nowhere
    below its chords, a convex one nowhere above.
    """
    rng = np.random.default_rng(0)
    ends = [_random_levels(smooth, rng)]
    ends.append(ends[0].copy())
    for j in levers:
        low, high = smooth.low[j], smooth.high[j]
        first = rng.uniform(low, high, TESTED)
        second = rng.uniform(low, high, TESTED)
        near = rng.random(TESTED) < 0.5
        second = np.where(near, first + (second - first) / 16, second)
        first[:8], second[:8] = low, high
        ends[0][:, j], ends[1][:, j] = first, second
    values = [smooth.values(points) for points in (*ends, (ends[0] + ends[1]) / 2)]
    spread = np.ptp(np.vstack(values), axis=0)
    above = (values[0] + values[1]) / 2 - values[2]
    size = np.maximum(np.where(spread > 0, spread, 1.0), 1e-7 * np.abs(values[2]).max(axis=0))
    return (above / size).min(axis=0), (above / size).max(axis=0)


def _random_levels(smooth: SmoothPayoffs, rng: np.random.Generator) -> FloatArray:
    columns = [
        rng.uniform(lever.levels.low, lever.levels.high, TESTED)
        if isinstance(lever.levels, Interval)
        else rng.choice(lever.array(), TESTED)
        for lever in smooth.levers
    ]
    return np.column_stack(columns)
