"""The rules of alternating-offers talks, and what a rejected offer is worth.

One round: somebody proposes payoffs of the feasible set; if all others accept, talks end with them.
Otherwise those who said no may take their outside option; if nobody does, talks break down with
some probability; if they do not, a round passes (Rubinstein 1982; Binmore, Rubinstein and Wolinsky
1986; Binmore, Shaked and Sutton 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Talks"]


@dataclass(frozen=True, eq=False)
class Talks:
    """The rules, in payoffs; the solvers see them in gains, after `scaled`.

    Attributes
    ----------
    recognition : ndarray of shape (K, N)
        Who proposes, with which probability, in each round of the order that repeats.
    factors, costs : ndarray of shape (N,)
        Discount factor of a round, and fixed cost of a round.
    horizon : int or None
        Number of rounds; None for talks without an end.
    breakdown : float
        Probability that talks end after a rejection.
    breakdown_payoffs, inside, outside, floor : ndarray of shape (N,)
        What breakdown and the end of the horizon give; the payoffs while talks go on; what opting
        out gives and what any agreement gives at least (both may be minus infinity: none).
    """

    recognition: FloatArray
    factors: FloatArray
    costs: FloatArray
    horizon: int | None
    breakdown: float
    breakdown_payoffs: FloatArray
    inside: FloatArray
    outside: FloatArray
    floor: FloatArray

    @property
    def size(self) -> int:
        """Number of players N."""
        return len(self.factors)

    @property
    def has_costs(self) -> bool:
        """Whether delay has fixed costs instead of being discounted."""
        return bool(self.costs.any())

    @property
    def patience(self) -> FloatArray:
        """Weight of the next round's value in that of a rejection, (1 - breakdown) x factor."""
        return np.asarray((1 - self.breakdown) * self.factors)

    @property
    def constant(self) -> FloatArray:
        """The rest of the value of a rejection."""
        stay = 1 - self.breakdown
        flow = stay * ((1 - self.factors) * self.inside - self.costs)
        return np.asarray(self.breakdown * self.breakdown_payoffs + flow)

    @property
    def stages(self) -> int:
        """Rounds of the horizon, or of the order that repeats."""
        return self.horizon or len(self.recognition)

    @property
    def sole_proposers(self) -> list[int] | None:
        """Who proposes in each round of the order; None when that is drawn by lot."""
        if np.any(self.recognition.max(axis=1) < 1):
            return None
        return [int(j) for j in self.recognition.argmax(axis=1)]

    def chances(self, stage: int) -> FloatArray:
        """Probabilities of the proposers in a round."""
        return np.asarray(self.recognition[stage % len(self.recognition)])

    def rejection(self, following: FloatArray | None) -> FloatArray:
        """Value, when nobody opts out, of a rejection before a round worth `following`.

        None stands for the end of the horizon.
        """
        if following is None:
            return self.breakdown_payoffs
        return self.constant + self.patience * following

    def after(self, values: FloatArray, stage: int) -> FloatArray | None:
        """Return the value of the round after a stage, from those at the start of each stage."""
        if self.horizon is not None and stage + 1 == self.horizon:
            return None
        return np.asarray(values[(stage + 1) % len(values)])

    def demands(self, continued: FloatArray) -> FloatArray:
        """Return the least that each player accepts: a rejection, the outside option, the floor."""
        return np.maximum(np.maximum(continued, self.outside), self.floor)

    def temptation(self, proposer: int, continued: FloatArray) -> FloatArray:
        """Return how much more than going on the outside options of those who refuse are worth."""
        return np.asarray(np.delete(self.outside - continued, proposer))

    @property
    def impasse(self) -> FloatArray:
        """Payoffs, at the start, when nobody ever agrees or opts out, shape (N,).

        Minus infinity where delay has fixed costs and talks need not end.
        """
        if self.horizon is not None:
            value = self.breakdown_payoffs
            for _ in range(self.horizon - 1):
                value = self.rejection(value)
            return value
        lost = 1 - self.patience
        safe = np.where(lost > 0, lost, 1.0)
        return np.where(lost > 0, self.constant / safe, -np.inf)

    def scaled(self, base: FloatArray, unit: FloatArray) -> Talks:
        """Return the same rules in gains (payoffs - base) / unit."""
        return replace(
            self,
            costs=self.costs / unit,
            breakdown_payoffs=(self.breakdown_payoffs - base) / unit,
            inside=(self.inside - base) / unit,
            outside=(self.outside - base) / unit,
            floor=(self.floor - base) / unit,
        )
