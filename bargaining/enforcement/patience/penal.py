"""Optimal penal codes: the least patience with which any credible punishment holds an agreement.

Whatever punishes, nobody can be held below the pure minmax payoff, and reverting to the equilibrium
that is worst for whoever broke the agreement is credible (Abreu 1988; Friedman 1971). Between the
two lies the common discount factor of the optimal penal code, which is found exactly where two
players have few packages (Abreu and Sannikov 2014).
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
from bargaining.enforcement.repeated.common_factor import CommonDiscountFactor, kept_from
from bargaining.enforcement.repeated.minmax import pure_minmax
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.solve import nash_equilibria
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["PenalBounds", "penal_bounds"]

LARGEST = 4_096
"""Packages, at most, for which the common discount factor itself is found."""


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
    common : CommonDiscountFactor or None
        The discount factor itself, with punishments in pure strategies after a public draw; None
        where there are not two players, or more than 4,096 packages.
    certificate : Certificate
    """

    lower: CriticalDiscountFactors
    upper: CriticalDiscountFactors
    minmax: FloatArray
    equilibria: Equilibria = field(repr=False)
    certificate: Certificate
    common: CommonDiscountFactor | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Below the first no punishment is enough, from the second on one is."""
        low, high = self.lower.common, self.upper.common
        if self.common is None:
            return low, high
        if self.common.lower > high:  # reverting to an equilibrium in mixed strategies does better
            return low, high
        return max(low, self.common.lower), min(high, self.common.upper)

    @property
    def exact(self) -> bool:
        """Whether the bounds meet."""
        low, high = self.bounds
        return high - low <= TOLERANCE

    def table(self) -> Table:
        """Return both punishments and both critical discount factors by player."""
        rows = zip(
            self.lower.players, self.minmax, self.upper.punishment, self.lower.factors,
            self.upper.factors, strict=True,
        )  # fmt: skip
        columns = ("player", "pure minmax", "worst equilibrium", "from minmax", "from equilibria")
        low, high = self.bounds
        common = f"{high:.6g}" if self.exact else f"between {low:.6g} and {high:.6g}"
        return Table(
            "Critical discount factors of penal codes", columns, tuple(rows),
            note=f"common, of the optimal penal code: {common}; certificate: {self.certificate}",
        )  # fmt: skip

    def explain(self) -> str:
        """Say the bounds in words."""
        low, high = self.bounds
        if low == 1:
            return (
                "No punishment is enough, however patient all are: somebody gets no more from the "
                "agreement than it can secure alone."
            )
        text = f"With a common discount factor below {low:.4g} no punishment holds the agreement"
        if self.exact and high >= self.upper.common - TOLERANCE:
            return f"{text}; from there on reverting to an equilibrium does."
        if self.exact:
            return (
                f"{text}; from there on an optimal penal code does, while reverting to an "
                f"equilibrium takes {self.upper.common:.4g}."
            )
        if self.common is not None and high == 1:
            return f"{text}, and none that was found does for anybody more patient."
        credible = (
            f"from {high:.4g} on reverting to an equilibrium does."
            if high < 1
            else "and no equilibrium that was found is a punishment for everybody."
        )
        return (
            f"{text}; {credible} Between the two it depends on how patient the others are whether "
            f"they would carry out anything harsher, which is worked out for two players with up "
            f"to {LARGEST:,} packages only."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "bounds": list(self.bounds),
            "exact": self.exact,
            "common": None if self.common is None else self.common.to_dict(),
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
    common = _common(negotiation, lottery)
    proofs = [lower.certificate, upper.certificate]
    if common is not None:
        proofs.append(common.certificate)
    many = f"{len(equilibria)} found, {equilibria.completeness}"
    return PenalBounds(
        replace(lower, punishment_from="pure minmax for ever, a bound"),
        replace(upper, punishment_from=f"the worst equilibrium for whoever breaks it ({many})"),
        held,
        equilibria,
        max(proofs, key=lambda proof: proof.value),
        common,
    )


def _common(negotiation: Negotiation, lottery: Lottery) -> CommonDiscountFactor | None:
    """Return the discount factor of the optimal penal code, of two players with few packages."""
    if len(negotiation.players) != 2 or negotiation.number_of_packages > LARGEST:
        return None
    game = NormalFormGame.from_negotiation(negotiation)
    free = negotiation.free_levers
    own = [[k for k, v in enumerate(free) if v.owner == name] for name in negotiation.player_names]
    shapes = [tuple(negotiation.sizes[k] for k in mine) for mine in own]
    drawn = []
    for share, package in lottery:
        [row] = negotiation.indices([package])
        first, second = (
            int(np.ravel_multi_index(tuple(row[mine]), shape)) if mine else 0
            for mine, shape in zip(own, shapes, strict=True)
        )
        drawn.append((share, (first, second)))
    return kept_from(game, drawn)


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
        *([] if result.common is None else [verify(result.common).value]),
        *(verify(equilibrium).value for equilibrium in result.equilibria),
        *(float(np.abs(a - b).max()) for a, b in (
            (held / scales, result.minmax / scales),
            (held / scales, result.lower.punishment / scales),
            (worst / scales, result.upper.punishment / scales),
        )),
    )  # fmt: skip
    return Certificate("constraints", value)
