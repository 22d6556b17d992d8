"""What a month of a truce under private signals is worth, and the best that each side can do in it.

The other side strikes with some chance and keeps the agreement otherwise, so that a side's best
levers are the best against that lottery; the best strikes of both are an equilibrium of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bargaining.enforcement.contested.private_rule import Side, WarLength, best_breach, worth
from bargaining.enforcement.patience.temptation import tempter
from bargaining.errors import ConvergenceError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.optimize.averaging import averaged
from bargaining.optimize.elimination import Maximizer
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Months"]

ROUNDS = 100
"""Turns of the two best strikes, at most."""

Chances = tuple[dict[float, float], dict[float, dict[float, float]]]


class Months:
    """Months of a truce between two players.

    Parameters
    ----------
    negotiation : Negotiation
    package : Package
        The agreement.
    war : ndarray of shape (2,)
        A month of war; all payoffs are less this.
    alarms : ndarray of shape (2,)
        The chance that each player's compliance looks like a breach.
    seen : mapping from lever to float
        The chance of an alarm when a concealed lever is moved.

    Raises
    ------
    ConvergenceError
        When the best strikes of both chase each other.
    """

    def __init__(
        self, negotiation: Negotiation, package: Package, war: FloatArray, alarms: FloatArray,
        seen: Mapping[str, float],
    ) -> None:  # fmt: skip
        self.negotiation, self.package, self.war, self.seen = negotiation, package, war, seen
        self.own = [[lever.name for lever in negotiation.owned_by(p) if lever.name in package]
                    for p in negotiation.players]  # fmt: skip
        free = {lever.name for lever in negotiation.free_levers}
        self.own = [[name for name in own if name in free] for own in self.own]
        self.strikes = self._strikes(alarms)

    def _strikes(self, alarms: FloatArray) -> tuple[Package, Package]:
        """Return own packages that are best for each when the other strikes by a false alarm."""
        scales = tempter(self.negotiation).scales
        found = [self._only(i, self.package) for i in (0, 1)]
        for _ in range(ROUNDS):
            moved = False
            for i in (0, 1):
                lottery = self._faced(i, float(alarms[i]), found[1 - i])
                best, payoff = self._best(i, lottery, self.own[i])
                if payoff > self._payoff(i, lottery, found[i]) + TOLERANCE * scales[i]:
                    found[i], moved = best, True
            if not moved:
                return found[0], found[1]
        raise ConvergenceError(
            "private_truce: the best strikes of the two sides chase each other; with fewer false "
            "alarms they would not"
        )

    def _only(self, player: int, package: Package) -> Package:
        return Package({name: package[name] for name in self.own[player]})

    def _faced(self, player: int, chance: float, strike: Package) -> list[tuple[float, Package]]:
        """Return the packages that come about, with the player's own levers as agreed."""
        struck = Package({**self.package, **strike})
        return [(1 - chance, self.package), (chance, struck)]

    def _payoff(
        self, player: int, lottery: Sequence[tuple[float, Package]], own: Package
    ) -> float:  # fmt: skip
        packages = [Package({**package, **own}) for _, package in lottery]
        shares = np.array([share for share, _ in lottery])
        payoffs = self.negotiation.payoffs(packages)[:, player] - self.war[player]
        return float(shares @ payoffs)

    def _best(
        self, player: int, lottery: Sequence[tuple[float, Package]], moves: Sequence[str]
    ) -> tuple[Package, float]:
        """Return the best own package, only some own levers moved, and what it is worth."""
        game = self.negotiation
        levers = game.free_levers
        over = [j for j, lever in enumerate(levers) if lever.name not in moves]
        own = self._only(player, self.package)
        if len(over) < len(levers):
            indices = game.indices([package for _, package in lottery])[:, over]
            shares = np.array([share for share, _ in lottery])
            factors, rest = averaged(game.factors, len(levers), over, indices, shares)
            sizes, names = [game.sizes[j] for j in rest], [levers[j].name for j in rest]
            found = Maximizer(sizes, factors, 2, names=names).maximize(np.eye(2)[player])
            chosen = zip(rest, found.indices[0], strict=True)
            own = Package(
                {**own, **{levers[j].name: float(levers[j].array()[k]) for j, k in chosen}}
            )
        return own, self._payoff(player, lottery, own)

    def stakes(self, player: int) -> tuple[float, float, float, float]:
        """Return a month's payoff with nobody striking, the other, the player alone, and both."""
        own, other = self.strikes[player], self.strikes[1 - player]
        agreed = self._only(player, self.package)
        keeps, strikes = [(1.0, self.package)], [(1.0, Package({**self.package, **other}))]
        return (
            self._payoff(player, keeps, agreed), self._payoff(player, strikes, agreed),
            self._payoff(player, keeps, own), self._payoff(player, strikes, own),
        )  # fmt: skip

    def chances(self, player: int, side: Side) -> Chances:
        """Return the best months of striking and of breaches in secret, as `best_breach` takes."""
        hidden = {name: self.seen[name] for name in self.own[player] if name in self.seen}
        visible = sorted(set(hidden.values()))
        strikes: dict[float, float] = {}
        conceals: dict[float, dict[float, float]] = {}
        for chance in {side.alarm, *visible}:
            lottery = self._faced(player, chance, self.strikes[1 - player])
            strikes[chance] = self._best(player, lottery, self.own[player])[1]
            conceals[chance] = {
                p: self._best(player, lottery, [n for n, q in hidden.items() if q <= p])[1]
                for p in visible
            }
        return strikes, conceals

    def slacks(
        self, sides: tuple[Side, Side], lengths: tuple[WarLength, WarLength]
    ) -> FloatArray:  # fmt: skip
        """Return what the truce is worth to each less the best that a breach in secret leads to."""
        backs = [length.back(side.delta) for side, length in zip(sides, lengths, strict=True)]
        left = []
        for i, side in enumerate(sides):
            value = worth(side, backs[1 - i])
            pair = backs[i], backs[1 - i]
            secret, _ = best_breach(side, value, pair, *self.chances(i, side))
            left.append(value if secret == -np.inf else value - secret)
        return np.array(left)
