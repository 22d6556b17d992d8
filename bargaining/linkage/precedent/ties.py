"""Crises that end either of two ways, with probabilities that leave the rule in a tie.

Where every way for crises to end is given up at the values that it leads to, values in between make
the rule about to switch. One crisis: bisection on its probability. Several: the same for each,
those of the ones before settled anew at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.linkage.precedent.talks import Outcome
from bargaining.types import FloatArray

__all__ = ["Play", "Tie"]

Play = tuple[tuple[float, Outcome], ...]
"""How a crisis ends: outcomes with probabilities (one, unless it is a tie)."""

HALVINGS = 40
"""Of the interval in which a probability is sought."""

MOST_TIES = 2
"""Crises that may end either way at once: each takes 40 times as many talks as the one before."""


@dataclass(frozen=True, eq=False)
class Tie:
    """Two ways for crises to end, between which values are sought.

    Attributes
    ----------
    ends : callable
        From values to how crises end.
    valued : callable
        From how crises end, with probabilities, to values.
    first, second : sequence of Outcome
        One a crisis.
    """

    ends: Callable[[FloatArray], list[Outcome]]
    valued: Callable[[Sequence[Play]], FloatArray]
    first: Sequence[Outcome]
    second: Sequence[Outcome]

    def settle(self, scale: FloatArray) -> tuple[tuple[Play, ...] | None, float]:
        """Return the plays, or None, and how far values move across the switches."""
        places = [
            k
            for k, (a, b) in enumerate(zip(self.first, self.second, strict=True))
            if a.package != b.package
        ]
        if len(places) > MOST_TIES:
            return None, np.inf
        shares = self._shares(places, len(places) - 1, {})
        if shares is None or not self._agrees(shares):
            return None, np.inf
        values = self._values(shares)
        gap = 0.0
        for k, share in shares.items():
            if 0 < share < 1:
                nudged = {**shares, k: share + 2.0**-HALVINGS}
                gap += float((np.abs(self._values(nudged) - values) / scale).max())
        return self._plays(shares), gap

    def _shares(
        self, places: list[int], last: int, outer: dict[int, float]
    ) -> dict[int, float] | None:
        """Return the share of the second way of the first crises, those of the others given."""
        if last < 0:
            return outer

        def at(share: float) -> tuple[dict[int, float] | None, bool | None]:
            shares = self._shares(places, last - 1, {**outer, places[last]: share})
            return shares, None if shares is None else self._switched(places[last], shares)

        low, high = 0.0, 1.0
        settled, switched = at(low)
        if switched is not True:
            return settled if switched is False else None
        above, switched = at(high)
        if switched is not False:
            return above if switched else None
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            between, switched = at(middle)
            if switched is None:
                return None
            if switched:
                low, settled = middle, between
            else:
                high = middle
        return settled

    def _switched(self, place: int, shares: dict[int, float]) -> bool | None:
        """Whether a crisis ends the second way at the values of shares; None: in a third way."""
        package = self.ends(self._values(shares))[place].package
        if package == self.second[place].package:
            return True
        return False if package == self.first[place].package else None

    def _agrees(self, shares: dict[int, float]) -> bool:
        """Whether every crisis ends in one of the ways in which it is said to."""
        found = self.ends(self._values(shares))
        return all(
            end.package in [other.package for _, other in play]
            for end, play in zip(found, self._plays(shares), strict=True)
        )

    def _plays(self, shares: dict[int, float]) -> tuple[Play, ...]:
        plays: list[Play] = []
        for k, (first, second) in enumerate(zip(self.first, self.second, strict=True)):
            share = shares.get(k, 0.0)
            either = ((1.0 - share, first), (share, second))
            plays.append(either if 0 < share < 1 else ((1.0, second if share else first),))
        return tuple(plays)

    def _values(self, shares: dict[int, float]) -> FloatArray:
        return self.valued(self._plays(shares))
