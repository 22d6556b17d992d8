"""The lever game over intervals: each player sets its own levers anywhere between their ends.

Levels are measured from 0 to 1 over their intervals and payoffs in each player's range, so that
nothing depends on units. A profile is an equilibrium of a concave game where no own slope points
into the box (Rosen 1965).
"""

from __future__ import annotations

import numpy as np

from bargaining.model.terms import negative_semidefinite
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.types import FloatArray, IntArray

__all__ = ["IntervalGame", "payoff_ranges"]

ROUNDING = 1e-13
"""A range below this part of the payoffs themselves is rounding: the payoff is constant."""

CLIMB = 5
"""Vertices met, at most, on the way to a high and to a low payoff."""

SEGMENT = np.linspace(0.0, 1.0, 9)
"""Where a payoff is looked at between two points of the box."""

STEP = 1e-5
"""Distance of the differences for second derivatives, relative to the interval."""


def payoff_ranges(smooth: SmoothPayoffs) -> FloatArray:
    """Return each player's payoff range over the box, bounded from below, shape (N,).

    The payoffs are looked at in the middle, at the status quo, at the lowest and highest levels, on
    a way uphill and a way downhill from vertex to vertex, and in between. A regret relative to a
    smaller range is larger, so what is certified in these units holds in those of the true range.
    """
    status_quo = smooth.negotiation.status_quo
    start = np.array([status_quo[lever.name] for lever in smooth.levers])
    middle = np.where(smooth.continuous, (smooth.low + smooth.high) / 2, start)
    return np.array(
        [_range(smooth, row, [middle, start, smooth.low, smooth.high])
         for row in range(len(smooth.negotiation.players))]
    )  # fmt: skip


def _range(smooth: SmoothPayoffs, row: int, points: list[FloatArray]) -> float:
    seen = list(points)
    for sign in (1.0, -1.0):
        point, best = points[0], -np.inf
        for _ in range(CLIMB):
            slope = sign * smooth.gradient(row, point[None])[0]
            new = np.where(slope > 0, smooth.high, np.where(slope < 0, smooth.low, point))
            value = sign * float(smooth.value(row, new[None])[0])
            if value <= best:
                break
            seen.append(new)
            point, best = new, value
    ends = np.array(seen)[:, None, :]
    between = points[0] + SEGMENT[None, :, None] * (ends - points[0])
    between = np.where(smooth.continuous, between, ends)  # finite levers stay at levels of theirs
    values = smooth.value(row, between.reshape(-1, len(points[0])))
    size = float(np.abs(values).max())
    spread = float(values.max() - values.min())
    return spread if spread > ROUNDING * size else size or 1.0


class IntervalGame:
    """The game over the free levers of a negotiation, all of them intervals.

    Parameters
    ----------
    smooth : SmoothPayoffs
        The negotiation's payoffs.
    scales : ndarray of shape (N,)
        The units of the payoffs, see `payoff_ranges`.

    Attributes
    ----------
    own : tuple of ndarray
        Positions of each player's levers.
    linear : bool
        Whether every player's own slopes are linear in the levels: a linear-quadratic game.
    """

    def __init__(self, smooth: SmoothPayoffs, scales: FloatArray) -> None:
        self.smooth = smooth
        self.low, self.width = self.smooth.low, self.smooth.high - self.smooth.low
        self.scales = scales
        players = range(len(smooth.negotiation.players))
        self.own: tuple[IntArray, ...] = tuple(
            np.flatnonzero(self.smooth.owners == i) for i in players
        )
        self.curved = tuple(self._is_curved(i) for i in players)
        self.linear = not any(self.curved)
        self._unit = self.width / self.scales[self.smooth.owners]

    def _is_curved(self, player: int) -> bool:
        """Whether a term that is not known to be quadratic bends a player's own payoff."""
        return bool(self._bending(player))

    def _bending(self, player: int) -> list[bool]:
        """Return, for each such term, whether it is known to be concave."""
        mine = set(self.own[player].tolist())
        return [
            curved.term.is_concave(name)
            for curved, name in self.smooth.terms_of(player)
            if not mine.isdisjoint(curved.places)
        ]

    def levels(self, z: FloatArray) -> FloatArray:
        """Return the levels at positions in the unit box, the ends exactly."""
        x = self.low + z * self.width
        return np.asarray(
            np.where(z >= 1, self.smooth.high, np.clip(x, self.low, self.smooth.high))
        )

    def positions(self, levels: FloatArray) -> FloatArray:
        """Return the positions in the unit box of levels."""
        return np.asarray(np.clip((levels - self.low) / self.width, 0.0, 1.0))

    def slopes(self, z: FloatArray) -> FloatArray:
        """Return how each lever changes its owner's payoff: (M, L) to (M, L)."""
        return np.asarray(self.smooth.own_gradients(self.levels(z)) * self._unit)

    def bends(self, z: FloatArray) -> FloatArray:
        """Return how each own slope changes with each lever, shape (L, L).

        Exact in the part that is quadratic, by differences in the rest.
        """
        every = np.arange(len(z))
        owners = self.smooth.owners
        exact = self.smooth.hessians[owners, every] * self._unit[:, None] * self.width
        touched = sorted({j for curved in self.smooth.curved for j in curved.places if j >= 0})
        if not touched or self.linear:
            return np.asarray(exact)
        up, down = np.repeat(z[None], len(touched), 0), np.repeat(z[None], len(touched), 0)
        rows = np.arange(len(touched))
        up[rows, touched] = np.minimum(z[touched] + STEP, 1.0)
        down[rows, touched] = np.maximum(z[touched] - STEP, 0.0)
        gap = (up - down)[rows, touched]
        change = (self.slopes(up) - self.slopes(down)) / gap[:, None]
        exact[:, touched] = change.T
        return np.asarray(exact)

    def value(self, player: int, z: FloatArray) -> FloatArray:
        """Return a player's payoffs in its range: (M, L) to (M,)."""
        return np.asarray(self.smooth.value(player, self.levels(z)) / self.scales[player])

    def own_slopes(self, player: int, z: FloatArray) -> FloatArray:
        """Return how a player's own levers change its payoff: (M, L) to (M, m)."""
        mine = self.own[player]
        slopes = self.smooth.gradient(player, self.levels(z))[:, mine]
        return np.asarray(slopes * self._unit[mine])

    def own_matrix(self, player: int) -> FloatArray:
        """Return the second derivatives of the quadratic part by own levers, shape (m, m)."""
        mine = self.own[player]
        hessian = self.smooth.hessians[player][np.ix_(mine, mine)]
        return np.asarray(hessian * np.outer(self.width[mine], self._unit[mine]))

    def is_concave(self, player: int) -> bool:
        """Whether a player's payoff is known to be concave in its own levers."""
        return negative_semidefinite(self.own_matrix(player)) and all(self._bending(player))
