"""The lever game seen through best responses: each player sets its own free levers.

Against independent mixed strategies of the others, every payoff term is replaced by its expectation
and the exact maximiser finds the best own package, without listing any. Payoffs
are centred and divided by each player's range, so that nothing here depends on units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import InputError
from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.optimize.averaging import averaged
from bargaining.optimize.elimination import Maximizer, maximizer
from bargaining.types import FloatArray, IntArray

__all__ = ["Choice", "LeverGame", "Mixed", "Profile", "expected", "own_levers", "payoff_scales"]

Choice = tuple[int, ...]
"""An own package: the level indices of a player's free levers, in order."""

Profile = tuple[Choice, ...]
"""An own package for every player."""

EXACT_RANGE = 200_000
"""Cells of the largest table that is built to know a player's payoff range exactly."""

ROUNDING = 1e-13
"""A range below this part of what the terms could add up to is rounding: the payoff is constant."""

MOVES = 1000
"""Block moves, at most, towards a bound on a range; each one strictly improves it."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """A mixed strategy: own packages with their probabilities.

    Attributes
    ----------
    indices : ndarray of shape (S, m)
        Level indices of the player's m free levers.
    probabilities : ndarray of shape (S,)
    """

    indices: IntArray
    probabilities: FloatArray

    @classmethod
    def pure(cls, choice: Choice) -> Mixed:
        """Return the strategy that plays one own package."""
        return cls(np.array([choice], dtype=np.int64).reshape(1, len(choice)), np.ones(1))

    @classmethod
    def over(cls, choices: Sequence[Choice], probabilities: FloatArray) -> Mixed:
        """Return the strategy over several own packages; those with probability 0 are left out."""
        kept = np.flatnonzero(probabilities)
        indices = np.array([choices[int(k)] for k in kept], dtype=np.int64)
        return cls(indices.reshape(len(kept), -1), np.asarray(probabilities)[kept])


def own_levers(negotiation: Negotiation) -> tuple[tuple[int, ...], ...]:
    """Return the positions, among the free levers, of each player's own."""
    owners = [lever.owner for lever in negotiation.free_levers]
    return tuple(
        tuple(j for j, owner in enumerate(owners) if owner == name)
        for name in negotiation.player_names
    )


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


def values(factors: Sequence[Factor], indices: IntArray) -> FloatArray:
    """Return the sum of one player's factors at level indices, (M, m) to (M,)."""
    total = np.zeros(len(indices))
    for factor in factors:
        total += factor.table[(0, *(indices[:, j] for j in factor.scope))]
    return total


def centred(factors: Sequence[Factor], player: int) -> tuple[Factor, ...]:
    """Return one player's factors, each table shifted so that its extremes are opposite."""
    return tuple(
        Factor(f.scope, f.table[[player]] - (f.table[player].max() / 2 + f.table[player].min() / 2))
        for f in factors
    )


def payoff_scales(negotiation: Negotiation) -> FloatArray:
    """Return each player's payoff range over all packages, the unit of its regret.

    Where the range would take a table of more than 200,000 cells it is bounded from below by
    improving the levers of one player at a time; a regret relative to a smaller range is larger,
    so what is certified in those units holds in the others too.

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
    scales = np.ones(len(negotiation.players))
    for i, name in enumerate(negotiation.player_names):
        factors = centred(negotiation.factors, i)
        most = sum(2 * float(np.abs(factor.table).max()) for factor in factors)
        if not np.isfinite(most):
            raise InputError(f"Negotiation: the payoffs of {name!r} range beyond floating point")
        spread = 0.0 if exact else _range_bound(negotiation, factors)
        if spread <= ROUNDING * most:
            spread = _range(negotiation, factors)
        if most > 0:
            scales[i] = spread if spread > ROUNDING * most else most
    return scales


def _range(negotiation: Negotiation, factors: Sequence[Factor]) -> float:
    both = Maximizer(negotiation.sizes, factors, 1).maximize(np.array([[1.0], [-1.0]]))
    return float(both.bounds.sum())


def _range_bound(negotiation: Negotiation, factors: Sequence[Factor]) -> float:
    """Climb and descend from the status quo, all levers of one player at a time."""
    blocks = [mine for mine in own_levers(negotiation) if mine]
    start = negotiation.indices([negotiation.status_quo])[0]
    return sum(
        _climb(negotiation.sizes, [Factor(f.scope, sign * f.table) for f in factors], blocks, start)
        for sign in (1.0, -1.0)
    )


def _climb(
    sizes: Sequence[int], factors: Sequence[Factor], blocks: Sequence[tuple[int, ...]],
    start: IntArray,
) -> float:  # fmt: skip
    point, best, idle = start.copy(), float(values(factors, start[None])[0]), 0
    for move in range(MOVES):
        block = blocks[move % len(blocks)]
        others = [lever for lever in range(len(sizes)) if lever not in block]
        rest, _ = averaged(factors, len(sizes), others, point[None, others], np.ones(1))
        trial = point.copy()
        trial[list(block)] = (
            Maximizer([sizes[u] for u in block], rest, 1).maximize(np.ones(1)).indices[0]
        )
        value = float(values(factors, trial[None])[0])
        idle = 0 if value > best else idle + 1
        if value > best:
            point, best = trial, value
        if idle == len(blocks):
            break
    return best


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
        self.own = own_levers(negotiation)
        self.sizes = negotiation.sizes
        self.active = tuple(
            i for i, mine in enumerate(self.own) if any(self.sizes[u] > 1 for u in mine)
        )
        self.scales = payoff_scales(negotiation)
        self._names = [lever.name for lever in negotiation.free_levers]
        self._relative = [
            tuple(Factor(f.scope, f.table / scale) for f in centred(negotiation.factors, i))
            for i, scale in enumerate(self.scales)
        ]
        self._known: dict[tuple[int, Profile], tuple[Choice, float]] = {}

    def split(self, indices: IntArray) -> Profile:
        """Return the own packages in level indices of all free levers."""
        return tuple(tuple(int(indices[u]) for u in mine) for mine in self.own)

    def response(self, player: int, strategies: Sequence[Mixed]) -> tuple[Choice, float]:
        """Return a best own package against the others, and what it gains over the own strategy.

        The gain is in units of the player's range and not negative; the maximiser looks at all own
        packages, and its bound is taken where it has one.
        """
        mine, mixed = self.own[player], strategies[player]
        others = [j for j in range(len(self.own)) if j != player]
        rest = expected(
            [f for f in self._relative[player] if not set(f.scope).isdisjoint(mine)],
            len(self.sizes),
            [self.own[j] for j in others],
            [strategies[j] for j in others],
        )
        best = Maximizer(
            [self.sizes[u] for u in mine], rest, 1, names=[self._names[u] for u in mine]
        ).maximize(np.ones(1))
        current = float(mixed.probabilities @ values(rest, mixed.indices))
        slack = float(best.bounds[0] - best.values[0])
        gain = float(values(rest, best.indices)[0]) + slack - current
        return tuple(best.indices[0].tolist()), max(gain, 0.0)

    def reply(self, player: int, profile: Profile) -> tuple[Choice, float]:
        """Return the best response to a pure profile (each one is computed once)."""
        if (player, profile) not in self._known:
            mixed = [Mixed.pure(choice) for choice in profile]
            self._known[player, profile] = self.response(player, mixed)
        return self._known[player, profile]

    def regrets(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return what each player could gain at most, in units of its range, shape (N,)."""
        return np.array([self.response(i, strategies)[1] for i in range(len(self.own))])

    def relative_payoffs(self, player: int, indices: IntArray) -> FloatArray:
        """Return a player's payoffs up to a constant, in its range: (M, L) to (M,)."""
        return values(self._relative[player], indices)

    def payoffs(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return the expected payoffs in the negotiation's unit, shape (N,)."""
        constant = expected(self.negotiation.factors, len(self.sizes), self.own, strategies)
        total = np.zeros(len(self.own))
        for factor in constant:
            total = total + factor.table
        return total

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
