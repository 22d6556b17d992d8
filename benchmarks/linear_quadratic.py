"""Linear-quadratic games over intervals, with the iteration that anybody would write first.

Each player sets one lever from -1 to 2; payoffs are concave in it, and take any effect of the
others' levers (Basar and Olsder 1999, Dynamic Noncooperative Game Theory).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import bargaining as bg
from bargaining.types import FloatArray

__all__ = ["LinearQuadratic", "best_response_iteration"]

LOW, HIGH = -1.0, 2.0
SWEEPS = 10_000
STILL = 1e-13
"""Largest move in a sweep at which the iteration has converged."""

CORNERS = 1_000
"""Random corners that bound a payoff's range from below, and so its relative regret from above."""


@dataclass(frozen=True)
class LinearQuadratic:
    """Payoffs u_i = slopes_i . x + x' curvatures_i x / 2; shapes (N, N) and (N, N, N)."""

    slopes: FloatArray
    curvatures: FloatArray

    @classmethod
    def random(cls, rng: np.random.Generator, players: int, coupling: float) -> LinearQuadratic:
        """Draw a game: levers act on each other's payoffs with standard deviation `coupling`."""
        made = coupling * rng.normal(size=(players,) * 3) / np.sqrt(players)
        made = (made + made.transpose(0, 2, 1)) / np.sqrt(2)
        own = np.arange(players)
        made[own, own, own] = -1.0 - rng.normal(size=players) ** 2
        return cls(rng.normal(size=(players, players)), made)

    @property
    def players(self) -> int:
        """N."""
        return len(self.slopes)

    @property
    def own(self) -> tuple[FloatArray, FloatArray]:
        """Slope of each payoff in the own lever at 0, (N,), and how levers change it, (N, N)."""
        each = np.arange(self.players)
        return self.slopes[each, each], self.curvatures[each, each]

    def negotiation(self) -> bg.Negotiation:
        """Return the game as a negotiation whose free levers are intervals."""
        players = [bg.Player(f"player {i + 1}") for i in range(self.players)]
        levers = [
            bg.Lever(f"lever {i + 1}", player, bg.Interval(LOW, HIGH), 0)
            for i, player in enumerate(players)
        ]
        payoff = bg.QuadraticPayoff(
            levers,
            dict(zip(players, self.curvatures, strict=True)),
            dict(zip(players, self.slopes, strict=True)),
        )
        return bg.Negotiation(players, levers, [payoff])

    def values(self, points: FloatArray) -> FloatArray:
        """Return payoffs at points of shape (M, N), shape (N, M)."""
        return np.array(
            [
                points @ slope + ((points @ matrix) * points).sum(axis=1) / 2
                for slope, matrix in zip(self.slopes, self.curvatures, strict=True)
            ]
        )

    def regret(self, x: FloatArray) -> float:
        """Return the largest gain from deviating alone, relative to the payoff's range."""
        if x.shape != (self.players,) or not ((x >= LOW) & (x <= HIGH)).all():
            return float("inf")
        corners = np.random.default_rng(0).choice([LOW, HIGH], size=(CORNERS, self.players))
        spread = np.ptp(self.values(corners), axis=1)
        slope, rows = self.own
        slope = slope + rows @ x
        bend = rows.diagonal()
        step = np.clip(x - slope / bend, LOW, HIGH) - x
        return float((step * (slope + bend * step / 2) / spread).max())


def best_response_iteration(game: LinearQuadratic) -> FloatArray | None:
    """Let one player after the other play its best reply, until nobody moves; None if never."""
    slope, rows = game.own
    bend = rows.diagonal().tolist()
    x = np.full(game.players, (LOW + HIGH) / 2)
    for _ in range(SWEEPS):
        before = x.copy()
        for i, row in enumerate(rows):
            reply = x[i] - (slope[i] + row @ x) / bend[i]
            x[i] = min(max(reply, LOW), HIGH)
        if np.abs(x - before).max() <= STILL:
            return x
    return None
