"""The zero-sum lever game of one player against all others together (von Neumann 1928).

Its payoff is a weighted sum of everybody's, so it is again a negotiation of small terms, and lever
games of any size are solved through it: what a player can secure, and which threats are best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import TablePayoff
from bargaining.model.players import Player
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.solve import nash_equilibrium

__all__ = ["Opposed"]


@dataclass(frozen=True, eq=False)
class Opposed:
    """A zero-sum game over the levers of a negotiation.

    Attributes
    ----------
    game : Negotiation
        Two players, the one in question first; what the others lose is what it gains.
    constant : float
        What it gets whatever the levers; to be added to the payoffs of `game`.
    """

    game: Negotiation
    constant: float

    @classmethod
    def over(cls, negotiation: Negotiation, player: int, weights: Sequence[float]) -> Opposed:
        """Return the game in which a player maximises sum of weights_i u_i, the others minimise it.

        Parameters
        ----------
        negotiation : Negotiation
            All free levers finite.
        player : int
            Its position.
        weights : sequence of N float
            Of any sign.
        """
        names = negotiation.player_names
        rest = [name for i, name in enumerate(names) if i != player]
        me = Player(names[player])
        others = Player(rest[0] if len(rest) == 1 else f"all but {me.name}")
        levers = [
            Lever(
                lever.name, me if lever.owner == me.name else others, lever.levels,
                lever.status_quo, unit=lever.unit, labels=lever.labels,
            )
            for lever in negotiation.free_levers
        ]  # fmt: skip
        terms, constant = [], 0.0
        for factor in negotiation.factors:
            table = np.tensordot(np.asarray(weights, dtype=float), factor.table, axes=1)
            if factor.scope:
                scope = [levers[j] for j in factor.scope]
                terms.append(TablePayoff(scope, {me: table, others: -table}))
            else:
                constant += float(table)
        return cls(Negotiation([me, others], levers, terms), constant)

    def solve(self) -> tuple[float, Equilibrium]:
        """Return the value to the player in question, and optimal strategies of both sides."""
        equilibrium = nash_equilibrium(self.game)
        return self.constant + float(equilibrium.payoffs[0]), equilibrium
