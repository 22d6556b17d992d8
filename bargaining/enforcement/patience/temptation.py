"""Temptations: what each player gains at once by breaking a package with its own levers.

The best deviation is a best reply to the levels of the others, found by eliminating the own levers
(Dechter 1999), never by listing own packages; all packages asked about are answered together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.levers.lever_scales import Payoffs, payoff_scales
from bargaining.noncooperative.levers.replies import Replies
from bargaining.types import FloatArray, IntArray

__all__ = ["NEGLIGIBLE", "Temptation", "Tempter", "temptations", "tempter"]

NEGLIGIBLE = 1e-12
"""Gains below this share of a player's payoff range are rounding, and count as none."""


@dataclass(frozen=True, eq=False)
class Temptation:
    """What breaking each of M packages is worth at once.

    Attributes
    ----------
    gains : ndarray of shape (M, N)
        The most that each player gains by moving its own levers, the others' standing still.
    deviations : tuple of M tuples of N Package
        An own package that gains as much; the own part of the package where nothing is gained.
    lever_gains : ndarray of shape (M, L)
        The same for moving one free lever alone, by its owner.
    lever_levels : ndarray of shape (M, L)
        The level to which it would be moved.
    players, levers, owners : tuple of str
        Names of the columns, and who owns each lever.
    """

    gains: FloatArray
    deviations: tuple[tuple[Package, ...], ...]
    lever_gains: FloatArray
    lever_levels: FloatArray
    players: tuple[str, ...]
    levers: tuple[str, ...]
    owners: tuple[str, ...]

    @property
    def most_tempting(self) -> tuple[tuple[str | None, ...], ...]:
        """The lever that tempts each player most on its own, by package; None where none does."""
        return tuple(
            tuple(self._most_tempting(row, player) for player in self.players)
            for row in self.lever_gains
        )

    def _most_tempting(self, row: FloatArray, player: str) -> str | None:
        own = [k for k, owner in enumerate(self.owners) if owner == player and row[k] > 0]
        return self.levers[max(own, key=lambda k: row[k])] if own else None


class Tempter:
    """Best own packages against pure levels of the others, planned once for a negotiation.

    Parameters
    ----------
    negotiation : Negotiation
        All free levers finite.

    Attributes
    ----------
    scales : ndarray of shape (N,)
        Payoff ranges, see `payoff_scales`.
    own : tuple of tuple of int
        Positions of each player's levers among the free levers.
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self._payoffs = Payoffs(negotiation)
        self.own, self.sizes = self._payoffs.own, negotiation.sizes
        self.scales = payoff_scales(negotiation, self._payoffs)
        self._names = [lever.name for lever in negotiation.free_levers]
        self._parts: dict[tuple[int, tuple[int, ...]], Replies] = {}

    def gains(self, indices: IntArray) -> tuple[FloatArray, tuple[IntArray, ...]]:
        """Return what each player gains at most, (M, N), and its best own level indices.

        Where the maximiser has a bound rather than a value, the bound is taken. The best own
        package is the given one where nothing is gained.
        """
        found = [self.best(i, mine, indices) for i, mine in enumerate(self.own)]
        gains = np.array([ahead for ahead, _ in found]).T.reshape(len(indices), len(self.own))
        return gains, tuple(choice for _, choice in found)

    def best(
        self, player: int, moves: tuple[int, ...], indices: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Return what a player gains at most with some of its levers, (M,), and their levels."""
        current = indices[:, moves]
        if not moves or not len(indices):
            return np.zeros(len(indices)), current
        replies = self._replies_with(player, moves)
        rest = replies.against_profiles(indices)
        best = replies.best(rest)
        ahead = replies.values(rest, best.indices) - replies.values(rest, current)
        ahead += best.bounds - best.values
        tempted = ahead > NEGLIGIBLE * self.scales[player]
        choice = np.where(tempted[:, None], best.indices, current)
        return np.where(tempted, ahead, 0.0), choice

    def _replies_with(self, player: int, moves: tuple[int, ...]) -> Replies:
        if moves == self.own[player]:
            return self._payoffs.replies(player, player)
        if (player, moves) not in self._parts:
            rest = tuple(u for u in range(len(self.sizes)) if u not in moves)
            self._parts[player, moves] = Replies(
                self._payoffs.factors[player], self.sizes, (moves, rest), 0, self._names
            )
        return self._parts[player, moves]

    def by_lever(self, indices: IntArray) -> tuple[FloatArray, IntArray]:
        """Return what moving each lever alone gains its owner, (M, L), and to which level index."""
        gains = np.zeros(indices.shape)
        levels = indices.copy()
        every = np.arange(len(indices))
        for i, mine in enumerate(self.own):
            for lever in mine:
                worth = self._alone(i, lever, indices)
                best = worth.argmax(axis=1)
                ahead = worth[every, best] - worth[every, indices[:, lever]]
                tempted = ahead > NEGLIGIBLE * self.scales[i]
                gains[:, lever] = np.where(tempted, ahead, 0.0)
                levels[:, lever] = np.where(tempted, best, indices[:, lever])
        return gains, levels

    def _alone(self, player: int, lever: int, indices: IntArray) -> FloatArray:
        """Return a player's payoffs by the level of one lever, up to a constant, shape (M, K)."""
        worth = np.zeros((len(indices), self.sizes[lever]))
        for factor in self._payoffs.factors[player]:
            if lever in factor.scope:
                table = np.moveaxis(factor.table[0], factor.scope.index(lever), -1)
                others = tuple(indices[:, u] for u in factor.scope if u != lever)
                worth += table[others] if others else table
        return worth


_TEMPTERS: WeakKeyDictionary[Negotiation, Tempter] = WeakKeyDictionary()


def tempter(negotiation: Negotiation) -> Tempter:
    """Return the best own packages of a negotiation's players (planned once)."""
    if negotiation not in _TEMPTERS:
        _TEMPTERS[negotiation] = Tempter(negotiation)
    return _TEMPTERS[negotiation]


def temptations(
    negotiation: Negotiation,
    packages: Mapping[Any, float | str] | Sequence[Mapping[Any, float | str]],
) -> Temptation:
    """Return what each player gains at once by breaking packages, and with which levers.

    Parameters
    ----------
    negotiation : Negotiation
        Each player can move its own free levers; all of them are finite.
    packages : mapping, or sequence of M mappings
        From lever to level or label.

    Returns
    -------
    Temptation
        In the negotiation's unit. Gains below 1e-12 of a player's payoff range are rounding and
        count as none.

    Raises
    ------
    InputError
        For packages that are none, or a free lever that is an interval.
    IntractableError
        When a player's own levers are too entangled.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> free_trade = {lever: lever.levels[0] for lever in game.levers}
    >>> tempted = temptations(game, [free_trade])
    >>> bool((tempted.gains > 0).all())
    True
    """
    given = [packages] if isinstance(packages, Mapping) else packages
    indices = negotiation.indices(given)
    machine = tempter(negotiation)
    gains, choices = machine.gains(indices)
    lever_gains, levels = machine.by_lever(indices)
    levers = negotiation.free_levers
    arrays = [lever.array() for lever in levers]
    deviations = tuple(
        tuple(
            Package({levers[u].name: float(arrays[u][k]) for u, k in zip(mine, row, strict=True)})
            for mine, row in zip(machine.own, rows, strict=True)
        )
        for rows in zip(*(choice.tolist() for choice in choices), strict=True)
    )
    at = [array[levels[:, u]] for u, array in enumerate(arrays)]
    return Temptation(
        gains,
        deviations,
        lever_gains,
        np.array(at).T.reshape(levels.shape),
        negotiation.player_names,
        tuple(lever.name for lever in levers),
        tuple(lever.owner for lever in levers),
    )
