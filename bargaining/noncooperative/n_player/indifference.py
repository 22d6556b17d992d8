"""Newton's method on the conditions of an equilibrium: equal payoffs on the support (Nash 1951).

Near an equilibrium each strategy is either played, and as good as the best, or not played: a system
of polynomial equations on which Newton's method converges quadratically. Least squares solve its
steps, so that a flat system, as of a degenerate game, gives the nearest solution.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.types import FloatArray

__all__ = ["ExpectedPayoffs", "polished"]

NEGLIGIBLE = 1e-12
"""Probabilities up to this are set to 0; regret is checked after."""

OUTSIDE = 1e-7
"""Probabilities as far below 0 as this are no profile."""

ITERATIONS = 40
SOLVED = 1e-14
RANK = 1e-11


class ExpectedPayoffs:
    """Payoffs of all pure strategies of all players, and their derivatives, in one vector.

    Payoffs are put in units of their ranges, from 0 to 1. A profile is one vector of length n, the
    number of strategies of all players together, player by player.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> payoffs = ExpectedPayoffs(game)
    >>> payoffs.regret(np.array([1, 0, 0.5, 0.5]))
    0.5
    """

    def __init__(self, game: NormalFormGame) -> None:
        self.shape = game.shape
        size = len(self.shape)
        low = game.payoff_arrays.reshape(size, -1).min(axis=1)
        self.tables = np.array(
            [(table - low[i]) / game.scale[i] for i, table in enumerate(game.payoff_arrays)]
        )
        self.owner = np.repeat(np.arange(size), self.shape)
        self.starts = np.concatenate([[0], np.cumsum(self.shape)[:-1]])
        self.blocks = [
            slice(start, start + own) for start, own in zip(self.starts, self.shape, strict=True)
        ]
        self.centroid: FloatArray = (1.0 / np.array(self.shape))[self.owner]
        self._pairs = [
            (i, j, np.ascontiguousarray(self.tables[[i, j]]))
            for i in range(size)
            for j in range(i + 1, size)
        ]

    def derivatives(self, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return payoffs of the pure strategies (n,) and their derivatives in p (n, n).

        The payoffs are linear in each player's probabilities; `p` need not sum to 1.
        """
        if len(self.shape) == 1:
            return self.tables[0], np.zeros((len(p), len(p)))
        slopes = np.zeros((len(p), len(p)))
        mixed = [p[block] for block in self.blocks]
        for i, j, tables in self._pairs:
            ours, theirs = self._averaged(tables, mixed, (i, j))
            slopes[self.blocks[i], self.blocks[j]] = ours
            slopes[self.blocks[j], self.blocks[i]] = theirs.T
        other = [1] + [0] * (len(self.shape) - 1)
        values = [slopes[self.blocks[i], self.blocks[j]] @ mixed[j] for i, j in enumerate(other)]
        return np.concatenate(values), slopes

    def _averaged(
        self, tables: FloatArray, mixed: Sequence[FloatArray], kept: tuple[int, int]
    ) -> FloatArray:
        """Average tables (2, K_1, ..., K_N) over the players that are not kept."""
        left = [2, *self.shape]
        for player in reversed(range(len(self.shape))):
            if player not in kept:
                before, after = math.prod(left[: player + 1]), math.prod(left[player + 2 :])
                tables = mixed[player] @ tables.reshape(before, -1, after)
                del left[player + 1]
        return tables.reshape(2, self.shape[kept[0]], self.shape[kept[1]])

    def best(self, values: FloatArray) -> FloatArray:
        """Return each player's largest entry, shape (N,)."""
        return np.maximum.reduceat(values, self.starts)

    def sums(self, values: FloatArray) -> FloatArray:
        """Return each player's sum of entries, shape (N,)."""
        return np.add.reduceat(values, self.starts)

    def regret(self, p: FloatArray) -> float:
        """Return the largest gain of a player from a pure deviation."""
        values, _ = self.derivatives(p)
        return max(float((self.best(values) - self.sums(values * p)).max()), 0.0)

    def total(self, p: FloatArray) -> float:
        """Return the sum of all players' expected payoffs."""
        values, _ = self.derivatives(p)
        return float(values @ p)

    def profile(self, p: FloatArray) -> tuple[FloatArray, ...]:
        """Return the vector as one array a player."""
        return tuple(p[block].copy() for block in self.blocks)


def polished(
    payoffs: ExpectedPayoffs, p: FloatArray, support: NDArray[np.bool_] | None = None
) -> tuple[FloatArray, float]:
    """Return the profile of least regret on Newton's way from p, and that regret.

    Parameters
    ----------
    payoffs : ExpectedPayoffs
    p : ndarray of shape (n,)
        A profile, best near an equilibrium.
    support : ndarray of bool, shape (n,), optional
        The strategies that may be played; without it each step plays those whose probability
        exceeds what they lose against the best (a semismooth Newton method, Qi and Sun 1993).

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[2, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> p, regret = polished(ExpectedPayoffs(game), np.array([0.5, 0.5, 0.5, 0.5]))
    >>> p, bool(regret < 1e-14)
    (array([0.5, 0.5, 0.4, 0.6]), True)
    """
    least, nearest = payoffs.regret(p), p
    for iterate in _iterates(payoffs, p, support):
        if iterate.min() < -OUTSIDE:
            continue
        positive = np.where(iterate > NEGLIGIBLE, iterate, 0.0)
        candidate = positive / payoffs.sums(positive)[payoffs.owner]
        regret = payoffs.regret(candidate)
        if regret < least:
            least, nearest = regret, candidate
        if least <= SOLVED:
            break
    return nearest, least


def _iterates(
    payoffs: ExpectedPayoffs, p: FloatArray, support: NDArray[np.bool_] | None
) -> Iterator[FloatArray]:
    """Yield Newton's iterates; their probabilities sum to 1 but may be negative."""
    owner, size = payoffs.owner, len(payoffs.shape)
    values, slopes = payoffs.derivatives(p)
    level = payoffs.best(values)
    for _ in range(ITERATIONS):
        played = p > level[owner] - values if support is None else support
        if not np.logical_or.reduceat(played, payoffs.starts).all():
            return
        count = int(played.sum())
        belongs = (owner[played, None] == np.arange(size)).astype(float)
        system = np.zeros((count + size, count + size))
        system[:count, :count] = slopes[np.ix_(played, played)]
        system[:count, count:] = -belongs
        system[count:, :count] = belongs.T
        kept = np.where(played, p, 0.0)
        now = values + slopes @ (kept - p)  # to first order, once the others are no longer played
        short = np.concatenate([(level[owner] - now)[played], 1.0 - payoffs.sums(kept)])
        step = np.linalg.lstsq(system, short, rcond=RANK)[0]
        if not np.abs(step).max() < 1.0 / OUTSIDE:  # written so that NaN fails
            return
        moved = kept.copy()
        moved[played] += step[:count]
        still = float(np.abs(moved - p).max()) <= SOLVED
        p, level = moved, level + step[count:]
        values, slopes = payoffs.derivatives(p)
        yield p
        if still:
            return
