"""What trade talks return, and how it is proved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution
from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Table as Printed
from bargaining.trade.policy.hill import evaluated
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.policy.response import first_order, trials
from bargaining.trade.talks.program import Settled, Table, settle
from bargaining.trade.talks.rules import EqualShares, Rule
from bargaining.types import FloatArray

__all__ = ["NO_DEAL", "TradeAgreement", "agreement_proof", "no_deal_proof"]

TOLERANCE = 1e-6
"""Largest gap, relative to members' gains, of an agreement."""
NO_DEAL = 1e-9
"""Equal gain, relative to welfare without an agreement, up to which there is no deal."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TradeAgreement(TariffOutcome):
    """The tariffs that are agreed, or the proof that there is no deal.

    Attributes
    ----------
    agreed : bool
        Whether all members can gain.
    solution : Solution
        The rule, such as `EgalitarianSolution()`.
    members : tuple of str
        Who negotiated.
    disagreement : ndarray of shape (N,)
        Welfare without an agreement, new over old.
    disagreement_from : str
        What holds without an agreement, in words.
    weights : ndarray of shape (M,)
        Supporting weights: the tariffs maximise, to first order, the sum of members' proportional
        gains so weighted. They add up to one.
    ideal : ndarray of shape (M,) or None
        The most that each member gains while no other loses, where the solution asks for it.
    rule : Rule
        The program that was solved.
    """

    agreed: bool
    solution: Solution
    members: tuple[str, ...]
    disagreement: FloatArray
    disagreement_from: str
    weights: FloatArray
    ideal: FloatArray | None
    rule: Rule = field(repr=False)

    @property
    def gains(self) -> FloatArray:
        """Welfare over welfare without an agreement, less one, shape (N,)."""
        return self.welfare / self.disagreement - 1

    @property
    def third_parties(self) -> dict[str, float]:
        """Gains (and losses) of countries that were not at the table."""
        return {
            name: float(gain)
            for name, gain in zip(self.countries, self.gains, strict=True)
            if name not in self.members
        }

    @property
    def lotteries(self) -> bool:
        """Always False: one set of tariffs is agreed."""
        return False

    def title(self) -> str:
        """Say what the table shows."""
        kind = f"{self.solution.title} solution" if self.agreed else "No agreement"
        return f"Trade talks ({kind}), from {self.disagreement_from}"

    def table(self) -> Printed:
        """Return, by country, the median tariff, the change of welfare, the gain and the weight."""
        weights = dict(zip(self.members, self.weights.tolist(), strict=True))
        rows = tuple(
            (*row, 100 * float(gain), weights.get(row[0], "third party"))
            for row, gain in zip(self.rows(), self.gains, strict=True)
        )
        columns = ("country", "median tariff, %", "welfare, %", "gain, %", "weight")
        return Printed(self.title(), columns, rows, note=f"certificate: {self.certificate}")

    def explain(self) -> str:
        """Say in words what the members gain, and what becomes of third parties."""
        gains = dict(zip(self.countries, 100 * self.gains, strict=True))
        outside = [name for name in self.countries if name not in self.members]
        if not self.agreed:
            return (
                f"There is no agreement: no tariffs within the bounds leave all of "
                f"{', '.join(self.members)} better off than {self.disagreement_from}."
            )
        words = "; ".join(f"{name} {gains[name]:+.3g} %" for name in self.members)
        text = f"{self.solution.title} solution, gains over {self.disagreement_from}: {words}."
        if not outside:
            return text
        return (
            text
            + " Third parties: "
            + "; ".join(f"{name} {gains[name]:+.3g} %" for name in outside)
            + "."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            **super().to_dict(),
            "agreed": self.agreed,
            "solution": self.solution.name,
            "parameters": plain(self.solution.parameters),
            "members": list(self.members),
            "disagreement": self.disagreement.tolist(),
            "disagreement_from": self.disagreement_from,
            "gains": self.gains.tolist(),
            "weights": self.weights.tolist(),
            "ideal": None if self.ideal is None else self.ideal.tolist(),
            "lotteries": self.lotteries,
        }


def agreement_proof(
    table: Table, rule: Rule, tariffs: FloatArray, weights: FloatArray
) -> Certificate:
    """Return how far tariffs are from an agreement, relative to members' gains.

    The largest of three: what first-order conditions still promise to the sum of gains with the
    supporting weights; how far gains and weights are from the rule; and what any of many other
    tariffs brings to all members at once.
    """

    def measure(welfare: FloatArray) -> tuple[float, FloatArray]:
        return float(weights @ table.gains(welfare)), table.weights(weights)

    top = first_order(table.economy, measure, tariffs, table.levers, table.bounds)
    gains = table.gains(top.evaluation.welfare)
    scale = float(weights @ gains)
    joint, count = 0.0, 0
    for trial in trials(tariffs, table.levers, table.bounds, [table.economy.tariffs]):
        count += 1
        try:
            welfare = evaluated(table.economy, trial, top.evaluation).welfare
        except ConvergenceError:
            continue  # no equilibrium there, so nothing to agree on
        joint = max(joint, float((table.gains(welfare) - gains).min()))
    details = {
        "first_order": top.promise / scale,
        "change_asked": top.asked,
        "rule": rule.deviation(gains, weights),
        "trial_gain": joint / scale,
        "trials": count,
    }
    worst = max(details["first_order"], details["rule"], details["trial_gain"])
    return Certificate("agreement", worst, TOLERANCE, weights=weights[None, :], details=details)


def no_deal_proof(equal: Settled) -> Certificate:
    """Return the most that all members can gain alike; with next to nothing there is no deal."""
    weights = equal.multipliers / equal.multipliers.sum()
    most = max(float(equal.gains.min()), 0.0) + equal.climb.promise
    return Certificate("no deal", most, NO_DEAL, weights=weights[None, :])


@registers(TradeAgreement)
def verify_agreement(result: TradeAgreement) -> Certificate:
    """Recompute the proof from the tariffs, or search for a deal again."""
    members = [result.countries.index(name) for name in result.members]
    table = Table(result.economy, members, result.disagreement, result.levers, result.bounds)
    if result.agreed:
        return agreement_proof(table, result.rule, result.tariffs, result.weights)
    rule = EqualShares(np.ones(len(members)))
    return no_deal_proof(settle(table, rule, result.tariffs, table.sizes()))
