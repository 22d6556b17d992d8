"""The range of each player's payoffs over all packages, the unit in which regret is measured.

Exactly by elimination where its tables stay small (Dechter 1999); otherwise from below, by moving
the levers of one player at a time, which makes a certificate in these units only stricter.
"""

from __future__ import annotations

import numpy as np

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.levers.replies import Cells, Replies, centred, own_levers
from bargaining.optimize.elimination import Maximizer, maximizer
from bargaining.types import FloatArray, IntArray

__all__ = ["Payoffs", "payoff_scales"]

EXACT_RANGE = 200_000
"""Cells of the largest table that is built to know a player's payoff range exactly."""

ROUNDING = 1e-13
"""A range below this part of what the terms could add up to is rounding: the payoff is constant."""

MOVES = 1000
"""Block moves, at most, towards a bound on a range; each one strictly improves it."""

ROWS = 4096
"""Packages whose payoffs are looked up at a time."""


class Payoffs:
    """All players' payoffs, up to a constant each, and the replies by them (each made once).

    Parameters
    ----------
    negotiation : Negotiation
        All free levers finite.
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.own, self.sizes = own_levers(negotiation), negotiation.sizes
        self._names = [lever.name for lever in negotiation.free_levers]
        self.factors = [centred(negotiation.factors, i) for i in range(len(self.own))]
        self._cells = Cells([factor.scope for factor in negotiation.factors], self.sizes)
        self._flat = [
            np.concatenate([np.zeros(0), *(factor.table.reshape(-1) for factor in factors)])
            for factors in self.factors
        ]
        self._replies: dict[tuple[int, int], Replies] = {}

    def replies(self, payoff: int, player: int) -> Replies:
        """Return the replies of a player who goes by the payoff of a player."""
        if (payoff, player) not in self._replies:
            self._replies[payoff, player] = Replies(
                self.factors[payoff], self.sizes, self.own, player, self._names
            )
        return self._replies[payoff, player]

    def values(self, player: int, indices: IntArray) -> FloatArray:
        """Return a player's payoffs at level indices, (M, L) to (M,)."""
        flat = self._flat[player]
        parts = [indices[k : k + ROWS] for k in range(0, len(indices), ROWS)]
        return np.concatenate([np.zeros(0), *(flat[self._cells.at(p)].sum(axis=1) for p in parts)])


def payoff_scales(negotiation: Negotiation, payoffs: Payoffs | None = None) -> FloatArray:
    """Return each player's payoff range over all packages, the unit of its regret.

    Where the range would take a table of more than 200,000 cells it is bounded from below by
    improving the levers of one player at a time; a regret relative to a smaller range is larger,
    so what is certified in those units holds in the others too.

    Parameters
    ----------
    negotiation : Negotiation
    payoffs : Payoffs, optional
        Those of the negotiation, where they have been made.

    Returns
    -------
    ndarray of shape (N,)
        A player whose payoffs do not depend on the package has 1; one for which the terms cancel
        up to rounding has the sum of their ranges.

    Raises
    ------
    InputError
        When a range is beyond floating point.
    """
    exact = maximizer(negotiation).largest_bucket[0] <= EXACT_RANGE
    known = Payoffs(negotiation) if payoffs is None else payoffs
    start = negotiation.indices([negotiation.status_quo])[0]
    scales = np.ones(len(negotiation.players))
    for i, name in enumerate(negotiation.player_names):
        most = sum(2 * float(np.abs(factor.table).max()) for factor in known.factors[i])
        if not np.isfinite(most):
            raise InputError(f"Negotiation: the payoffs of {name!r} range beyond floating point")
        spread = 0.0 if exact else _range_bound(known, i, start)
        if spread <= ROUNDING * most:
            spread = _range(known, i)
        if most > 0:
            scales[i] = spread if spread > ROUNDING * most else most
    return scales


def _range(payoffs: Payoffs, player: int) -> float:
    machine = Maximizer(payoffs.sizes, payoffs.factors[player], 1)
    return float(machine.maximize(np.array([[1.0], [-1.0]])).bounds.sum())


def _range_bound(payoffs: Payoffs, player: int, start: IntArray) -> float:
    """Climb and descend from a package, all levers of one player at a time."""
    blocks = [j for j, mine in enumerate(payoffs.own) if mine]
    signs = np.array([1.0, -1.0])
    points = np.array([start, start])
    best, idle = signs * payoffs.values(player, points), np.zeros(2, dtype=np.int64)
    for move in range(MOVES):
        block = blocks[move % len(blocks)]
        replies = payoffs.replies(player, block)
        trial = points.copy()
        trial[:, payoffs.own[block]] = replies.best(
            signs[:, None] * replies.against_profiles(points)
        ).indices
        values = signs * payoffs.values(player, trial)
        better = values > best
        points[better], best[better] = trial[better], values[better]
        idle = np.where(better, 0, idle + 1)
        if idle.min() >= len(blocks):
            break
    return float(best.sum())
