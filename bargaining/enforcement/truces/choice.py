"""Renewal as each side's own choice, and the chance of it in equilibrium.

At the end of a term every side draws a cost of renewing and renews iff what a fresh truce is worth
over a lapse is at least that; it takes all. The map from these worths to themselves is increasing,
so that iterating it from above and from below gives the likeliest renewal and the least likely.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.truces.truce import Truce

__all__ = ["RenewalChoice", "renewal_choice"]

STEPS = 200_000
"""Iterations, at most."""


@dataclass(frozen=True, eq=False)
class RenewalChoice(Tabular):
    """How likely a truce is renewed when each side chooses.

    Attributes
    ----------
    chances, least_chances : ndarray of shape (N,)
        How likely each side renews, in the equilibrium with most renewal and in that with least
        among those in which nobody refuses what it would gain by. That all refuse, as one refusal
        is enough, is an equilibrium too, but a weakly dominated one.
    worth : ndarray of shape (N,)
        What a fresh truce is worth over a lapse, in months of payoff (in the first).
    holds, holds_at_least : bool
        Whether nobody breaks the truce when it is renewed that likely.
    assumed : float
        The chance of renewal that the truce assumes.
    costs, discount_factors : ndarray of shape (N,)
    players : tuple of str
    truce : Truce
    certificate : Certificate
        How far the worths are from their own image.
    """

    chances: FloatArray
    least_chances: FloatArray
    worth: FloatArray
    holds: bool
    holds_at_least: bool
    assumed: float
    costs: FloatArray
    discount_factors: FloatArray
    players: tuple[str, ...]
    truce: Truce = field(repr=False)
    certificate: Certificate

    @property
    def renewal(self) -> float:
        """How likely it is renewed by all, in the equilibrium with most renewal."""
        return float(self.chances.prod())

    @property
    def least_renewal(self) -> float:
        """The same in the equilibrium with least renewal."""
        return float(self.least_chances.prod())

    def table(self) -> Table:
        """Return worth, costs and chances by player."""
        columns = ("player", "worth of renewal", "costs up to", "renews", "at least")
        rows = zip(
            self.players, self.worth, self.costs, self.chances, self.least_chances, strict=True
        )
        note = (
            f"renewed with probability {self.renewal:.4g} (assumed: {self.assumed:.4g}); "
            f"certificate: {self.certificate}"
        )
        return Table("Renewal by choice", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words how likely renewal is when each side chooses, and whether that holds."""
        sides = ", ".join(
            f"{name} with {chance:.3g}"
            for name, chance in zip(self.players, self.chances, strict=True)
        )
        verdict = "nobody breaks it" if self.holds else "somebody breaks it all the same"
        other = (
            ""
            if np.allclose(self.chances, self.least_chances, rtol=0, atol=TOLERANCE)
            else f" Another equilibrium renews it with {self.least_renewal:.3g} only."
        )
        return (
            f"Chosen by the sides, the truce is renewed with probability {self.renewal:.3g} "
            f"({sides}); {self.assumed:.3g} is assumed. Then {verdict}.{other}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "chances": self.chances.tolist(),
            "least_chances": self.least_chances.tolist(),
            "renewal": self.renewal,
            "least_renewal": self.least_renewal,
            "assumed": self.assumed,
            "worth": self.worth.tolist(),
            "holds": self.holds,
            "holds_at_least": self.holds_at_least,
            "costs": self.costs.tolist(),
            "certificate": self.certificate.to_dict(),
        }


class _Choice:
    """The map from what renewal is worth to itself, in numbers of one truce."""

    def __init__(self, truce: Truce, deltas: FloatArray, costs: FloatArray) -> None:
        self.terms, self.deltas, self.costs = truce.terms, deltas, costs
        self.after, _ = self.terms.after_lapse(deltas)
        self.alone = self.terms.fresh(deltas, self.after) - self.after
        self.carried = self.terms.fresh(deltas, self.after + 1) - self.terms.fresh(
            deltas, self.after
        )
        self.least = -TOLERANCE * self.terms.scales

    def chances(self, worth: FloatArray) -> FloatArray:
        """Return how likely each side renews."""
        sure = worth >= np.maximum(self.costs, self.least)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(sure, 1.0, np.where(worth > 0, worth / self.costs, 0.0))

    def surplus(self, worth: FloatArray) -> FloatArray:
        """Return what the end of a term is worth over a lapse, before costs are drawn."""
        chances = self.chances(worth)
        others = np.array([np.delete(chances, i).prod() for i in range(len(chances))])
        kept = np.where(chances == 1, worth - self.costs / 2, worth * chances / 2)
        kept = np.where(chances == 0, 0.0, kept)
        return np.asarray((1 - self.terms.hazard) * others * kept)

    def image(self, worth: FloatArray) -> FloatArray:
        """Return what renewal is worth when the next one is worth that much."""
        return np.asarray(self.alone + self.carried * self.surplus(worth))

    def fixed_point(self, start: FloatArray) -> FloatArray:
        """Iterate from a start above or below all fixed points."""
        worth = start
        for _ in range(STEPS):
            new = self.image(worth)
            if np.all(np.abs(new - worth) <= 1e-13 * np.maximum(self.terms.scales, np.abs(new))):
                return new
            worth = new
        off = float((np.abs(self.image(worth) - worth) / self.terms.scales).max())
        raise ConvergenceError(
            f"Truce.equilibrium_renewal: {STEPS} iterations left a residual of {off:.1e}",
            certificate=Certificate("fixed point", off),
        )

    def holds(self, worth: FloatArray) -> bool:
        """Whether nobody breaks the truce."""
        end = self.after + self.surplus(worth)
        left = self.terms.slacks(self.deltas, end).min(axis=0)
        return bool((left >= -TOLERANCE * self.terms.scales).all())

    def residual(self, worth: FloatArray) -> float:
        """Return how far the worths are from their image."""
        size = np.maximum(self.terms.scales, np.abs(worth))
        return float((np.abs(self.image(worth) - worth) / size).max())


def renewal_choice(truce: Truce, deltas: FloatArray, costs: FloatArray) -> RenewalChoice:
    """Return the equilibria with most and with least renewal."""
    choice = _Choice(truce, deltas, costs)
    most = choice.fixed_point(np.maximum(choice.alone, 0) / (1 - choice.carried))
    least = choice.fixed_point(np.minimum(choice.alone, most))
    return RenewalChoice(
        chances=choice.chances(most),
        least_chances=choice.chances(least),
        worth=most,
        holds=choice.holds(most),
        holds_at_least=choice.holds(least),
        assumed=truce.renewal,
        costs=np.array(costs),
        discount_factors=deltas,
        players=truce.players,
        truce=truce,
        certificate=Certificate("fixed point", max(map(choice.residual, (most, least)))),
    )


@registers(RenewalChoice)
def check_choice(result: RenewalChoice) -> Certificate:
    """Put the worths into the map again."""
    choice = _Choice(result.truce, result.discount_factors, result.costs)
    off = np.abs(choice.chances(result.worth) - result.chances).max()
    return Certificate("fixed point", max(choice.residual(result.worth), float(off)))
