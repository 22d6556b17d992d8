"""The lever game seen through best responses: each player sets its own free levers.

Against independent mixed strategies of the others, every payoff term is replaced by its expectation
and the exact maximiser finds the best own package, without listing any. Gains are in units of each
player's payoff range, so that nothing here depends on units.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.noncooperative.levers.lever_scales import Payoffs, payoff_scales
from bargaining.noncooperative.levers.replies import (
    Cells,
    Choice,
    Mixed,
    Profile,
    centred,
    own_levers,
)
from bargaining.optimize.averaging import averaged
from bargaining.types import FloatArray, IntArray

__all__ = [
    "Choice", "LeverGame", "Mixed", "Profile", "centred", "expected", "own_levers", "payoff_scales",
]  # fmt: skip


def expected(
    factors: Sequence[Factor],
    number_of_levers: int,
    own: Sequence[tuple[int, ...]],
    strategies: Sequence[Mixed],
) -> tuple[Factor, ...]:
    """Average factors over independent strategies, one player after the other.

    Parameters
    ----------
    factors : sequence of Factor
        Over levers 0, ..., L-1.
    number_of_levers : int
        L.
    own : sequence of tuple of int
        The levers of the players who play.
    strategies : sequence of Mixed
        What they play, in the same order.

    Returns
    -------
    tuple of Factor
        Over the levers of nobody in `own`, renumbered in order.
    """
    levers, result = list(range(number_of_levers)), tuple(factors)
    for mine, mixed in zip(own, strategies, strict=True):
        if mine:
            over = [levers.index(lever) for lever in mine]
            result, kept = averaged(result, len(levers), over, mixed.indices, mixed.probabilities)
            levers = [levers[k] for k in kept]
    return result


class LeverGame:
    """The levers of each player, and its best responses in units of its payoff range.

    Parameters
    ----------
    negotiation : Negotiation
        All free levers finite.

    Attributes
    ----------
    own : tuple of tuple of int
        Positions of each player's levers among the free levers.
    active : tuple of int
        The players with more than one own package.
    scales : ndarray of shape (N,)
        See `payoff_scales`.
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.negotiation = negotiation
        self.sizes = negotiation.sizes
        self._payoffs = Payoffs(negotiation)
        self.own = self._payoffs.own
        self.active = tuple(
            i for i, mine in enumerate(self.own) if any(self.sizes[u] > 1 for u in mine)
        )
        self.scales = payoff_scales(negotiation, self._payoffs)
        self._known: dict[tuple[int, Profile], tuple[Choice, float]] = {}

    def split(self, indices: IntArray) -> Profile:
        """Return the own packages in level indices of all free levers."""
        return tuple(tuple(int(indices[u]) for u in mine) for mine in self.own)

    def joined(self, profiles: Sequence[Profile]) -> IntArray:
        """Return the level indices of all free levers in M profiles, shape (M, L)."""
        indices = np.zeros((len(profiles), len(self.sizes)), dtype=np.int64)
        for i, mine in enumerate(self.own):
            if mine:
                indices[:, mine] = [profile[i] for profile in profiles]
        return indices

    def response(self, player: int, strategies: Sequence[Mixed]) -> tuple[Choice, float]:
        """Return a best own package against the others, and what it gains over the own strategy.

        The gain is in units of the player's range and not negative; the maximiser looks at all own
        packages, and its bound is taken where it has one.
        """
        replies, mixed = self._payoffs.replies(player, player), strategies[player]
        rest = replies.against(strategies)
        best = replies.best(rest)
        current = float(mixed.probabilities @ replies.values(rest, mixed.indices))
        slack = float(best.bounds[0] - best.values[0])
        gain = float(replies.values(rest, best.indices)[0]) + slack - current
        return tuple(best.indices[0].tolist()), max(gain / float(self.scales[player]), 0.0)

    def replies(self, player: int, profiles: Sequence[Profile]) -> list[tuple[Choice, float]]:
        """Return the best response to each of several pure profiles (each one is computed once)."""
        new = [p for p in dict.fromkeys(profiles) if (player, p) not in self._known]
        if new:
            replies, indices = self._payoffs.replies(player, player), self.joined(new)
            rest = replies.against_profiles(indices)
            best = replies.best(rest)
            gains = replies.values(rest, best.indices) + (best.bounds - best.values)
            gains -= replies.values(rest, indices[:, self.own[player]])
            gains = np.maximum(gains / self.scales[player], 0.0)
            for profile, row, gain in zip(new, best.indices.tolist(), gains.tolist(), strict=True):
                self._known[player, profile] = (tuple(row), gain)
        return [self._known[player, profile] for profile in profiles]

    def reply(self, player: int, profile: Profile) -> tuple[Choice, float]:
        """Return the best response to a pure profile."""
        return self.replies(player, [profile])[0]

    def regrets(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return what each player could gain at most, in units of its range, shape (N,)."""
        return np.array([self.response(i, strategies)[1] for i in range(len(self.own))])

    def relative_payoffs(self, player: int, indices: IntArray) -> FloatArray:
        """Return a player's payoffs up to a constant, in its range: (M, L) to (M,)."""
        return self._payoffs.values(player, indices) / float(self.scales[player])

    def payoffs(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return the expected payoffs in the negotiation's unit, shape (N,)."""
        constant = expected(self.negotiation.factors, len(self.sizes), self.own, strategies)
        return np.asarray(sum((f.table for f in constant), start=np.zeros(len(self.own))))

    def chances(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return the chances of own levels as far as payoffs depend on them, one after the other.

        Of own levers that no term ties together it does not matter how their levels are correlated.
        """
        factors = self.negotiation.factors
        seen = []
        for mine, mixed in zip(self.own, strategies, strict=True):
            place = {lever: k for k, lever in enumerate(mine)}
            parts = {tuple(place[u] for u in f.scope if u in place) for f in factors}
            cells = Cells(sorted(parts), [self.sizes[u] for u in mine])
            at = cells.at(mixed.indices)
            weights = np.repeat(mixed.probabilities, at.shape[1])
            seen.append(np.bincount(at.reshape(-1), weights, minlength=cells.size))
        return np.concatenate(seen)

    def lottery(self, player: int, mixed: Mixed) -> Lottery:
        """Return a strategy as probabilities and packages of the player's own levers."""
        levers = [self.negotiation.free_levers[u] for u in self.own[player]]
        return tuple(
            (
                float(probability),
                Package({l.name: float(l.array()[k]) for l, k in zip(levers, row, strict=True)}),
            )
            for probability, row in zip(mixed.probabilities, mixed.indices.tolist(), strict=True)
        )
