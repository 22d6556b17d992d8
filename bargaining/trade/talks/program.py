"""Trade talks as a program over tariffs: an augmented Lagrangian and its rounds.

Each round climbs over all negotiated tariffs with the multipliers of the last one as weights, and
finds new multipliers from what is still missing (Hestenes 1969; Powell 1969).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate
from bargaining.trade.policy.climb import Climb, climb
from bargaining.trade.policy.hill import Measure, evaluated
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.trade.policy.response import trials
from bargaining.trade.talks.rules import EqualShares, Rule
from bargaining.types import FloatArray, IntArray

__all__ = ["Settled", "Table", "settle", "settle_best", "settle_equal"]

FIRST_ORDER = 1e-8
"""First-order error, relative to 1 + tariff, at which the last climb ends."""
FINEST = 1e-10
"""The same where that would blur gains."""
ROUGH = 1e-3
"""First-order error at which the first climb ends."""
AGREED = 1e-7
"""Largest difference between payoffs chosen and gains made, relative to gains."""
NOTHING = 1e-11
"""Gain, or difference between gains, that counts as none."""
PENALTY = 30.0
"""First price of a missing gain of one, relative to the first multiplier."""
SMALL = 1e-3
"""Multiplier, relative to the largest, below which penalties are no smaller."""
HARDER = 4.0
"""Factor by which the penalty rises while differences shrink by less."""
HARDEST = 1e6
"""Largest penalty, relative to the largest first multiplier."""
SEARCHES = 5
"""How often a trial may lead to a better top."""
SEEN = 1e-5
"""Weighted sum of gains, relative to gains, by which a trial must be better."""
ROUNDS = 60
"""Rounds at most."""


@dataclass(frozen=True, eq=False)
class Table:
    """Who talks about which tariffs, and what each has without an agreement.

    Attributes
    ----------
    economy : TariffEconomy
    members : list of int
    disagreement : ndarray of shape (N,)
        Welfare, new over old.
    levers : ndarray of int, shape (N, N, S)
    bounds : pair of float
    """

    economy: TariffEconomy
    members: list[int]
    disagreement: FloatArray
    levers: IntArray
    bounds: tuple[float, float]

    def gains(self, welfare: FloatArray) -> FloatArray:
        """Return members' proportional gains over the disagreement, shape (M,)."""
        return np.asarray(welfare[self.members] / self.disagreement[self.members] - 1)

    def sizes(self) -> FloatArray:
        """Members' shares in what they all spend at the factual tariffs, shape (M,).

        Where tariffs can move a dollar from one to another, these support an agreement nearly.
        """
        spent = self.economy.evaluate(self.economy.tariffs).flows.sum(axis=(0, 2))[self.members]
        return np.asarray(spent / spent.sum())

    def weights(self, multipliers: FloatArray) -> FloatArray:
        """Turn weights on members' gains into weights on everybody's welfare."""
        weights = np.zeros(len(self.disagreement))
        weights[self.members] = multipliers / self.disagreement[self.members]
        return weights

    def weighted(self, multipliers: FloatArray) -> Measure:
        """Return the sum of members' gains, so weighted, as what is maximised."""
        slopes = self.weights(multipliers)

        def measure(welfare: FloatArray) -> tuple[float, FloatArray]:
            return float(multipliers @ self.gains(welfare)), slopes

        return measure


@dataclass(frozen=True, eq=False)
class Settled:
    """Tariffs that solve a rule's program.

    Attributes
    ----------
    climb : Climb
    gains, multipliers : ndarray of shape (M,)
    """

    climb: Climb
    gains: FloatArray
    multipliers: FloatArray


def settle(
    table: Table,
    rule: Rule,
    start: FloatArray,
    multipliers: FloatArray,
    *,
    warm: TariffEvaluation | None = None,
) -> Settled:
    """Return the tariffs that a rule picks.

    Parameters
    ----------
    table : Table
    rule : Rule
    start : ndarray of shape (N, N, S)
    multipliers : ndarray of shape (M,)
        To begin with; they also set how penalties on members compare.
    warm : TariffEvaluation, optional

    Raises
    ------
    ConvergenceError
        When payoffs and gains do not meet.
    """
    prices = multipliers
    penalty = PENALTY * np.maximum(multipliers, SMALL * multipliers.max())
    missing, tolerance, tariffs = np.inf, ROUGH, start
    for _ in range(ROUNDS):

        def measure(
            welfare: FloatArray, prices: FloatArray = prices, penalty: FloatArray = penalty
        ) -> tuple[float, FloatArray]:
            value, slopes, _ = rule.measure(table.gains(welfare), prices, penalty)
            return value, table.weights(slopes)

        top = climb(
            table.economy, measure, tariffs, table.levers, table.bounds,
            tolerance=tolerance, warm=warm,
        )  # fmt: skip
        tariffs, warm = top.tariffs, top.evaluation
        gains = table.gains(top.evaluation.welfare)
        _, prices, payoffs = rule.measure(gains, prices, penalty)
        left = float(np.abs(payoffs - gains)[prices > 0].max(initial=0.0))
        near = max(AGREED * float(np.abs(gains).max()), NOTHING)
        done = top.asked <= FIRST_ORDER or (tolerance <= FIRST_ORDER and top.promise <= NOTHING)
        if left <= near and done:
            return Settled(top, gains, prices)
        slow = left > missing / HARDER
        blurred = slow and FINEST < tolerance <= FIRST_ORDER
        if slow and not blurred:
            penalty = np.minimum(penalty * HARDER, HARDEST * multipliers.max())
        if blurred or tolerance > FIRST_ORDER:
            tolerance = max(tolerance / 10, FINEST if blurred else FIRST_ORDER)
        missing = left
    raise ConvergenceError(
        f"trade_talks: gains still differ by {left:.1e} from what the rule asks after {ROUNDS} "
        "rounds",
        certificate=Certificate("agreement", left, near),
    )


def settle_best(
    table: Table,
    rule: Rule,
    start: FloatArray,
    multipliers: FloatArray,
    *,
    warm: TariffEvaluation | None = None,
) -> Settled:
    """Return the best tariffs for a rule that settling again from trials finds.

    Where the weighted sum of gains has several tops, as where a sector is dear to a government, a
    trial that raises it leads to another one.
    """
    best = settle(table, rule, start, multipliers, warm=warm)
    for _ in range(SEARCHES):
        better = _better(table, best)
        if better is None:
            break
        again = settle(table, rule, better, best.multipliers, warm=best.climb.evaluation)
        if rule.value(again.gains) <= rule.value(best.gains):
            break
        best = again
    return best


def settle_equal(table: Table, start: FloatArray) -> Settled:
    """Return the tariffs with the largest gain that all members have alike."""
    return settle_best(table, EqualShares(np.ones(len(table.members))), start, table.sizes())


def _better(table: Table, best: Settled) -> FloatArray | None:
    """Return the trial with the largest weighted sum of gains, if larger than the settled one."""
    weights = best.multipliers / best.multipliers.sum()
    most, found = SEEN * float(np.abs(best.gains).max()), None
    others = [table.economy.tariffs]
    for trial in trials(best.climb.tariffs, table.levers, table.bounds, others):
        try:
            welfare = evaluated(table.economy, trial, best.climb.evaluation).welfare
        except ConvergenceError:
            continue  # no equilibrium there, so nothing to settle
        gain = float(weights @ (table.gains(welfare) - best.gains))
        if gain > most:
            most, found = gain, trial
    return found
