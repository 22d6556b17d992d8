"""Optimal penal codes: the least patience with which any credible punishment holds an agreement.

Whatever punishes, nobody can be held below the pure minmax payoff, and reverting to the equilibrium
that is worst for whoever broke the agreement is credible (Abreu 1988; Friedman 1971). Between the
two lies the common discount factor of the optimal penal code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.enforcement.arguments import Agreed, agreed_lottery
from bargaining.enforcement.patience.critical import (
    CriticalDiscountFactors,
    critical_discount_factors,
)
from bargaining.enforcement.repeated.minmax import pure_minmax
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.solve import nash_equilibria
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["PenalBounds", "penal_bounds"]


@dataclass(frozen=True, eq=False)
class PenalBounds(Tabular):
    """Bounds on the common discount factor from which on some credible punishment is enough.

    Attributes
    ----------
    lower : CriticalDiscountFactors
        With everybody held to its pure minmax payoff for ever, which need not be credible.
    upper : CriticalDiscountFactors
        With everybody held to its worst equilibrium among those found, which is.
    minmax : ndarray of shape (N,)
    equilibria : Equilibria
        Those found, and how complete the list is.
    certificate : Certificate
    """

    lower: CriticalDiscountFactors
    upper: CriticalDiscountFactors
    minmax: FloatArray
    equilibria: Equilibria = field(repr=False)
    certificate: Certificate

    @property
    def bounds(self) -> tuple[float, float]:
        """Below the first no punishment is enough, from the second on one is."""
        return self.lower.common, self.upper.common

    @property
    def exact(self) -> bool:
        """Whether the bounds meet."""
        return self.upper.common - self.lower.common <= TOLERANCE

    def table(self) -> Table:
        """Return both punishments and both critical discount factors by player."""
        rows = zip(
            self.lower.players, self.minmax, self.upper.punishment, self.lower.factors,
            self.upper.factors, strict=True,
        )  # fmt: skip
        columns = ("player", "pure minmax", "worst equilibrium", "from minmax", "from equilibria")
        return Table("Critical discount factors of penal codes", columns, tuple(rows),
                     note=f"certificate: {self.certificate}")  # fmt: skip

    def explain(self) -> str:
        """Say the bounds in words."""
        low, high = self.bounds
        if low == 1:
            return (
                "No punishment is enough, however patient all are: somebody gets no more from the "
                "agreement than it can secure alone."
            )
        text = f"With a common discount factor below {low:.4g} no punishment holds the agreement"
        if self.exact:
            return f"{text}; from there on reverting to an equilibrium does."
        credible = (
            f"from {high:.4g} on reverting to an equilibrium does."
            if high < 1
            else "and no equilibrium that was found is a punishment for everybody."
        )
        return (
            f"{text}; {credible} Between the two it depends on how patient the others are whether "
            "they would carry out anything harsher."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "bounds": list(self.bounds),
            "exact": self.exact,
            "minmax": self.minmax.tolist(),
            "lower": self.lower.to_dict(),
            "upper": self.upper.to_dict(),
            "completeness": self.equilibria.completeness,
            "certificate": self.certificate.to_dict(),
        }


def penal_bounds(negotiation: Negotiation, agreement: Agreed, **options: Any) -> PenalBounds:
    """Return bounds on the common discount factor from which on an agreement can be held.

    Parameters
    ----------
    negotiation : Negotiation
        All free levers finite.
    agreement : Agreement, package, or sequence of (probability, package)
    **options
        Of `nash_equilibria`; more starts find more equilibria, and lower the upper bound.

    Raises
    ------
    InputError, IntractableError, ConvergenceError
        As `critical_discount_factors`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> free_trade = {lever: lever.levels[0] for lever in game.levers}
    >>> found = penal_bounds(game, free_trade)
    >>> found.exact, bool(bg.verify(found))
    (True, True)
    """
    lottery = agreed_lottery("penal_bounds", negotiation, agreement)
    size = len(negotiation.players)
    held = np.array([pure_minmax(negotiation, i).value for i in range(size)])
    equilibria = nash_equilibria(negotiation, **options)
    worst = np.min([equilibrium.payoffs for equilibrium in equilibria], axis=0)
    lower = critical_discount_factors(negotiation, lottery, punishment=held)
    upper = critical_discount_factors(negotiation, lottery, punishment=worst)
    many = f"{len(equilibria)} found, {equilibria.completeness}"
    return PenalBounds(
        replace(lower, punishment_from="pure minmax for ever, a bound"),
        replace(upper, punishment_from=f"the worst equilibrium for whoever breaks it ({many})"),
        held,
        equilibria,
        max(lower.certificate, upper.certificate, key=lambda c: c.value),
    )


@registers(PenalBounds)
def check_penal_bounds(result: PenalBounds) -> Certificate:
    """Recompute both sets of constraints, the equilibria's regrets and the minmax payoffs."""
    game = result.lower.negotiation
    scales = result.lower.certificate.details["scales"]
    held = np.array([pure_minmax(game, i).value for i in range(len(scales))])
    worst = np.min([equilibrium.payoffs for equilibrium in result.equilibria], axis=0)
    value = max(
        verify(result.lower).value,
        verify(result.upper).value,
        *(verify(equilibrium).value for equilibrium in result.equilibria),
        *(float(np.abs(a - b).max()) for a, b in (
            (held / scales, result.minmax / scales),
            (held / scales, result.lower.punishment / scales),
            (worst / scales, result.upper.punishment / scales),
        )),
    )  # fmt: skip
    return Certificate("constraints", value)
