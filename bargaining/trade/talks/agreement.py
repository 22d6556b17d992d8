"""What trade talks return, and how it is proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution
from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Table as Printed
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.talks.following import Choice, chosen_on
from bargaining.trade.talks.frontier import TradeFrontier, frontier_proof
from bargaining.trade.talks.program import settle
from bargaining.trade.talks.proofs import Round, agreement_proof, no_deal_proof
from bargaining.trade.talks.rules import EqualShares
from bargaining.types import FloatArray

__all__ = ["TradeAgreement", "settled_proof"]

FOLLOWED = 1e-5
"""Tolerance for solutions that follow a frontier, relative to ideal gains."""


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
        gains so weighted. They add up to one. Where gains are equalised, a member without a weight
        gains more, which costs nobody.
    ideal : ndarray of shape (M,) or None
        The most that each member gains while no other loses, where the solution asks for it.
    rounds : tuple of Round
        The programs that were solved: one, unless members without a weight could have more by
        tariffs that the others do not feel (leximin).
    frontier : TradeFrontier or None
        The frontier that the solution follows, if it does.
    """

    agreed: bool
    solution: Solution
    members: tuple[str, ...]
    disagreement: FloatArray
    disagreement_from: str
    weights: FloatArray
    ideal: FloatArray | None
    rounds: tuple[Round, ...] = field(repr=False)
    frontier: TradeFrontier | None = field(default=None, repr=False)

    @property
    def above(self) -> tuple[str, ...]:
        """Members that gain more than the equal share, where the solution equalises gains."""
        rule = self.rounds[0].rule
        if not self.agreed or not isinstance(rule, EqualShares):
            return ()
        able = ~rule.critical(self.weights)
        return tuple(name for name, more in zip(self.members, able, strict=True) if more)

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
        if self.above:
            text += f" Above the equal share, which costs nobody: {', '.join(self.above)}."
        if self.frontier is not None:
            text += (
                f" Chosen on the frontier of {len(self.frontier)} points, which is concave, "
                "without lotteries."
            )
        if outside:
            losses = "; ".join(f"{name} {gains[name]:+.3g} %" for name in outside)
            text += f" Third parties: {losses}."
        return text

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
            "above": list(self.above),
            "ideal": None if self.ideal is None else self.ideal.tolist(),
            "lotteries": self.lotteries,
            "frontier": None if self.frontier is None else self.frontier.to_dict(),
        }


def settled_proof(
    rounds: Sequence[Round],
    tariffs: FloatArray,
    frontier: TradeFrontier | None,
    choice: Choice | None,
) -> Certificate:
    """Return the proof of an agreement, with that of the frontier where its solution follows one.

    Then the error of the frontier counts too, how far that may move what the solution chooses
    (`choice`), and how far from it the gains are (`chosen`), relative to ideal gains.
    """
    proof = agreement_proof(rounds, tariffs)
    if frontier is None or choice is None:
        return proof
    table = rounds[0].table
    gains = table.gains(table.economy.evaluate(tariffs).welfare)
    more = {
        "frontier": max(frontier.certificate.value, frontier.certificate.details["bulge"]),
        "choice": choice.error,
        "chosen": float((np.abs(gains - choice.gains) / frontier.ideal).max()),
    }
    worst = max(proof.value, *more.values())
    return Certificate("agreement", worst, FOLLOWED, proof.weights, {**proof.details, **more})


@registers(TradeAgreement)
def verify_agreement(result: TradeAgreement) -> Certificate:
    """Recompute the proof from the tariffs, or search for a deal again."""
    first, frontier = result.rounds[0], result.frontier
    if not result.agreed:
        return no_deal_proof(settle(first.table, first.rule, result.tariffs, first.table.sizes()))
    if frontier is None:
        return agreement_proof(result.rounds, result.tariffs)
    frontier = replace(frontier, certificate=frontier_proof(frontier))
    choice = chosen_on(frontier, result.solution)
    return settled_proof(result.rounds, result.tariffs, frontier, choice)
