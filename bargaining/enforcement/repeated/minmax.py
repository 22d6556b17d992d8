"""The harshest that the others can do to a player in pure strategies: its pure minmax payoff.

min over the others' levels of the best own reply (Fudenberg and Maskin 1986). Branch and bound over
the others' levers: each own package met gives a row that the best reply is not below, and its mixed
max-min strategy a mixture of rows; complete packages are answered by an exact best reply.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.enforcement.patience.temptation import tempter
from bargaining.model.factors import Factor, sliced
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.levers.replies import Choice
from bargaining.optimize.elimination import Maximizer
from bargaining.optimize.search import search
from bargaining.results.certificate import TOLERANCE
from bargaining.strategic.opposed import Opposed
from bargaining.types import FloatArray, IntArray

__all__ = ["Minmax", "pure_minmax"]

PATIENCE = 256
"""Complete packages, at first, after which the search starts anew with the replies to them."""

LARGEST_REPLIES = 200


@dataclass(frozen=True, eq=False)
class Minmax:
    """What a player can be held to in pure strategies.

    Attributes
    ----------
    value : float
        Its payoff.
    punished_by : Package
        Levels of the others' levers, and the player's best reply.
    mixed : float
        Its max-min payoff in mixed strategies, never above.
    """

    value: float
    punished_by: Package
    mixed: float


def pure_minmax(negotiation: Negotiation, player: int) -> Minmax:
    """Return the pure minmax payoff of a player, by position.

    Raises
    ------
    IntractableError
        When the search would have to look at too many packages.

    Examples
    --------
    Matching pennies: held to nothing in mixed strategies, not at all in pure ones.

    >>> import bargaining as bg
    >>> players = [bg.Player("even"), bg.Player("odd")]
    >>> coins = [bg.Lever(f"coin of {p.name}", p, [0, 1], 0) for p in players]
    >>> wins = bg.TablePayoff(coins, {"even": [[1, -1], [-1, 1]], "odd": [[-1, 1], [1, -1]]})
    >>> found = pure_minmax(bg.Negotiation(players, coins, [wins]), 0)
    >>> found.value, round(found.mixed, 9)
    (1.0, 0.0)
    """
    secured, equilibrium = Opposed.over(
        negotiation, player, np.eye(len(negotiation.players))[player].tolist()
    ).solve()
    free, own = negotiation.free_levers, tempter(negotiation).own[player]
    shares = np.array([share for share, _ in equilibrium.strategies[0]])
    replies: list[Choice] = [
        tuple(free[u].index(package[free[u].name]) for u in own)
        for _, package in equilibrium.strategies[0]
    ]
    rule = _Harshest(negotiation, player)
    patience = PATIENCE
    while True:
        machine = rule.machine(replies)
        mixture = np.append(shares, np.zeros(len(replies) - len(shares)))
        rule.start(replies, patience)
        try:
            search(machine, np.vstack([np.eye(len(replies)), mixture]), rule)
        except _AnewError:
            replies = [*replies, *rule.new][:LARGEST_REPLIES]
            patience *= 2
            continue
        assert rule.best is not None
        return Minmax(-rule.most, negotiation.package_at(rule.best), secured)


class _AnewError(Exception):
    """Replies have been found that should prune the search."""


class _Harshest:
    """The search over the others' levers: what it maximises is minus the player's best reply."""

    def __init__(self, negotiation: Negotiation, player: int) -> None:
        self.negotiation, self.player = negotiation, player
        self.tempter = tempter(negotiation)
        self.own = self.tempter.own[player]
        self.others = [u for u in range(len(negotiation.sizes)) if u not in self.own]
        self.tie = TOLERANCE * float(self.tempter.scales[player]) / 2
        self.most, self.best = -np.inf, None

    most: float
    best: IntArray | None

    def machine(self, replies: list[Choice]) -> Maximizer:
        """Return minus the payoffs of own packages as functions of the others' levers."""
        cuts = [dict(zip(self.own, reply, strict=True)) for reply in replies]
        parts = [sliced(self.negotiation.factors, cut) for cut in cuts]
        factors = [
            Factor(same[0].scope, -np.stack([f.table[self.player] for f in same]))
            for same in zip(*parts, strict=True)
        ]
        free = self.negotiation.free_levers
        sizes = [self.negotiation.sizes[u] for u in self.others]
        names = [free[u].name for u in self.others]
        return Maximizer(sizes, factors, len(replies), names=names)

    def start(self, replies: list[Choice], patience: int) -> None:
        """Begin a search with the rows of some own packages."""
        self.known, self.patience, self.seen = set(replies), patience, 0
        self.new: dict[Choice, None] = {}

    def promising(self, bounds: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether something harsher may lie below."""
        return np.asarray(bounds.min(axis=1) > self.most + self.tie)

    def promise(self, bounds: FloatArray) -> FloatArray:
        """How harsh it may be."""
        return np.asarray(bounds.min(axis=1))

    def offer(self, indices: IntArray, payoffs: FloatArray) -> None:
        """Answer complete packages by best replies."""
        whole = np.zeros((len(indices), len(self.negotiation.sizes)), dtype=np.int64)
        whole[:, self.others] = indices
        _, choices = self.tempter.gains(whole)
        whole[:, list(self.own)] = choices[self.player]
        values = -self.negotiation.payoffs_at(whole)[:, self.player]
        best = int(values.argmax())
        if self.best is None or values[best] > self.most:
            self.most, self.best = float(values[best]), whole[best]
        for reply in map(tuple, choices[self.player].tolist()):
            if reply not in self.known:
                self.new.setdefault(reply)
        self.seen += len(indices)
        if self.new and self.seen >= self.patience and len(self.known) < LARGEST_REPLIES:
            raise _AnewError
