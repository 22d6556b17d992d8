"""How far tariffs are from an agreement, and why there is no deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate
from bargaining.trade.policy.climb import Climb
from bargaining.trade.policy.hill import evaluated
from bargaining.trade.policy.interface import TariffEvaluation
from bargaining.trade.policy.response import first_order, trials
from bargaining.trade.talks.program import Settled, Table
from bargaining.trade.talks.rules import Rule
from bargaining.types import FloatArray

__all__ = ["NO_DEAL", "TOLERANCE", "Round", "agreement_proof", "no_deal_proof", "promised"]

TOLERANCE = 1e-6
"""Largest gap, relative to members' gains, of an agreement."""
NO_DEAL = 1e-9
"""Equal gain, relative to welfare without an agreement, up to which there is no deal."""


@dataclass(frozen=True, eq=False)
class Round:
    """A program, its rule and what supports its solution. Only leximin has more than one.

    Attributes
    ----------
    table : Table
        Its members and levers, fewer in later rounds.
    rule : Rule
    weights : ndarray of shape (M,)
        On members' gains; they add up to one.
    """

    table: Table
    rule: Rule
    weights: FloatArray

    @classmethod
    def of(cls, table: Table, rule: Rule, settled: Settled) -> Round:
        """Return what a solution proves."""
        return cls(table, rule, settled.multipliers / settled.multipliers.sum())


def promised(table: Table, tariffs: FloatArray, weights: FloatArray) -> Climb:
    """Return what first-order conditions still promise to the sum of gains so weighted."""
    return first_order(table.economy, table.weighted(weights), tariffs, table.levers, table.bounds)


def agreement_proof(rounds: Sequence[Round], tariffs: FloatArray) -> Certificate:
    """Return how far tariffs are from an agreement, relative to members' gains.

    The largest of three: what first-order conditions still promise to the sum of gains with the
    supporting weights, in any round; how far gains and weights are from the rule; and what any of
    many other tariffs brings to all members at once.
    """
    first, promise, asked, apart = rounds[0], 0.0, 0.0, 0.0
    for each in rounds:
        top = promised(each.table, tariffs, each.weights)
        gains = each.table.gains(top.evaluation.welfare)
        promise = max(promise, top.promise / float(each.weights @ gains))
        asked = max(asked, top.asked)
        apart = max(apart, each.rule.deviation(gains, each.weights))
    joint, count = _joint_gain(first.table, tariffs, top.evaluation)
    gains = first.table.gains(top.evaluation.welfare)
    details = {
        "first_order": promise,
        "change_asked": asked,
        "rule": apart,
        "trial_gain": joint / float(first.weights @ gains),
        "trials": count,
    }
    worst = max(details["first_order"], details["rule"], details["trial_gain"])
    return Certificate(
        "agreement", worst, TOLERANCE, weights=first.weights[None, :], details=details
    )  # fmt: skip


def _joint_gain(table: Table, tariffs: FloatArray, near: TariffEvaluation) -> tuple[float, int]:
    """Return the most that a trial brings to all members, and how many were solved."""
    gains, joint, count = table.gains(near.welfare), 0.0, 0
    for trial in trials(tariffs, table.levers, table.bounds, [table.economy.tariffs]):
        try:
            welfare = evaluated(table.economy, trial, near).welfare
        except ConvergenceError:
            continue  # no equilibrium was found: it is not counted as a trial
        count += 1
        joint = max(joint, float((table.gains(welfare) - gains).min()))
    return joint, count


def no_deal_proof(equal: Settled) -> Certificate:
    """Return the most that all members can gain alike; with next to nothing there is no deal."""
    weights = equal.multipliers / equal.multipliers.sum()
    most = max(float(equal.gains.min()), 0.0) + equal.climb.promise
    return Certificate("no deal", most, NO_DEAL, weights=weights[None, :])
