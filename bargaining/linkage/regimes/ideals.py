"""Ideal payoffs over single packages for many sets of tradable levers, each found once.

A player's ideal is the most that it gets where nobody loses, which is independent of irrelevant
alternatives: where a smaller set of levers leads to nothing new and can reach the package of a
larger one, its ideal is the same. Kalai-Smorodinsky looks at the set through the ideals alone, so
that with equal ideals its choice is independent of the rest as well.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bargaining.cooperative.deterministic import best_for
from bargaining.cooperative.region import Region
from bargaining.model.packages import Lottery
from bargaining.types import FloatArray

__all__ = ["Ideals"]

Answer = tuple[float, Lottery]
"""An ideal payoff, and the complete package in which it is had; none where there is no gain."""


class Ideals:
    """The ideals of all players, by set of tradable levers.

    Parameters
    ----------
    size : int
        Number of players.
    same : callable
        Whether the ideal of the second set of levers, had in a package, is that of the first too.
    """

    def __init__(
        self, size: int, same: Callable[[frozenset[str], frozenset[str], Lottery], bool]
    ) -> None:
        self._same = same
        self._known: list[dict[frozenset[str], float]] = [{} for _ in range(size)]
        self._solved: list[list[tuple[frozenset[str], Answer]]] = [[] for _ in range(size)]

    def known(self, tradable: frozenset[str]) -> FloatArray | None:
        """Return the ideal point where larger sets tell it for every player."""
        found = [self._taken(player, tradable) for player in range(len(self._known))]
        values = [value for value in found if value is not None]
        return np.array(values) if len(values) == len(found) else None

    def _taken(self, player: int, tradable: frozenset[str]) -> float | None:
        known = self._known[player]
        if tradable not in known:
            for other, (value, lottery) in reversed(self._solved[player]):
                if other > tradable and self._same(tradable, other, lottery):
                    known[tradable] = value
                    break
        return known.get(tradable)

    def point(
        self,
        tradable: frozenset[str],
        region: Region,
        directions: FloatArray,
        complete: Callable[[FloatArray], Lottery],
    ) -> FloatArray:
        """Return the ideal point, searched for where it is not known.

        Parameters
        ----------
        tradable : frozenset of str
        region : Region
            Of the problem over these levers.
        directions : ndarray of shape (B, N)
            Weight vectors that steer a search.
        complete : callable
            From level indices to the complete package.
        """
        for player, known in enumerate(self._known):
            if self._taken(player, tradable) is None:
                value = float(region.d[player])
                lottery: Lottery = ()
                chosen = best_for(region, directions, player)
                if chosen.payoffs is not None and chosen.payoffs[player] > value:
                    value, lottery = float(chosen.payoffs[player]), complete(chosen.tag)
                known[tradable] = value
                self._solved[player].append((tradable, (value, lottery)))
        return np.array([known[tradable] for known in self._known])
