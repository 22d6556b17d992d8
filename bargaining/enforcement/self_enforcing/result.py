"""What `self_enforcing` returns: an agreement with what holds it, and its check."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.region import MARGIN
from bargaining.enforcement.patience.critical import (
    CriticalDiscountFactors,
    breach_gain,
    critical_discount_factors,
)
from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.self_enforcing.breaches import Breaches
from bargaining.enforcement.self_enforcing.clauses import Clause, issues_apart, repeated, slack
from bargaining.enforcement.self_enforcing.held_best import best_package, least_patience
from bargaining.enforcement.self_enforcing.held_lottery import BestLottery, best_lottery
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["SelfEnforcing", "lottery_again", "slacks_of"]

SAME = 1e-9
"""Keys that differ by less are the same, up to rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SelfEnforcing(Agreement):
    """An agreement that holds by itself, or the proof that none is gainful and does.

    It is an `Agreement` with what holds it.

    Attributes
    ----------
    discount_factors : ndarray of shape (N,)
    punishment : ndarray of shape (N,)
        What everybody gets in each period after a breach.
    punishment_from : str
        Where that comes from, and how far it can be believed.
    slacks : ndarray of shape (N,)
        What is left of each player's constraint, (1 - delta) (u - best breach) + delta (u - v), in
        units of its payoff range; empty without agreement.
    issues : tuple of tuple of str
        Levers by issue, where issues are enforced apart; empty where all are punished together.
    """

    discount_factors: FloatArray
    punishment: FloatArray
    punishment_from: str
    slacks: FloatArray
    issues: tuple[tuple[str, ...], ...] = ()
    punished_by: Package | None = field(default=None, repr=False)
    whole: Negotiation = field(repr=False)
    rests_on: Any = field(default=None, repr=False)

    def clauses(self, discount_factors: FloatArray | None = None) -> tuple[Clause, ...]:
        """Return the constraints, at these or at other discount factors."""
        deltas = self.discount_factors if discount_factors is None else discount_factors
        if self.punished_by is None:
            return repeated(self.whole, deltas, self.punishment)
        return issues_apart(self.whole, deltas, self.punished_by, self.issues)

    @cached_property
    def unconstrained(self) -> Agreement:
        """What would be agreed if agreements were enforced by a court."""
        return bargain(self.problem, self.solution, lotteries=self.lotteries)

    @cached_property
    def critical(self) -> CriticalDiscountFactors:
        """How patient each player must be for this very agreement to hold."""
        return critical_discount_factors(self.whole, self, punishment=self.punishment)

    @cached_property
    def least_patience(self) -> float | None:
        """The least common discount factor with which some gainful single package holds.

        It is sought up to 0.9999; None if no package holds there.
        """
        return least_patience(self.problem, self.whole, self.clauses)

    def explain(self) -> str:
        """Say in words what holds, who binds, and what a court would add."""
        names, deltas = self.players, self.discount_factors
        patience = ", ".join(f"{n} {x:.4g}" for n, x in zip(names, deltas, strict=True))
        start = f"Discount factors: {patience}; after a breach: {self.punishment_from}. "
        if not self.agreed:
            return start + _no_deal_words(self)
        tight = [n for n, left in zip(names, self.slacks, strict=True) if left <= TOLERANCE]
        text = start + super().explain()
        text += f" Nobody breaks it; {', '.join(tight)} would if it paid any more." * bool(tight)
        best = self.unconstrained
        if np.allclose(best.payoffs, self.payoffs, rtol=0, atol=TOLERANCE * float(np.ptp(
            np.append(best.payoffs, best.disagreement)))):  # fmt: skip
            return text + " A court would change nothing."
        lost = ", ".join(
            f"{n} {x:+.4g}" for n, x in zip(names, best.payoffs - self.payoffs, strict=True)
        )
        return text + f" What is agreed where a court enforces it: {lost}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            **super().to_dict(),
            "discount_factors": self.discount_factors.tolist(),
            "punishment": self.punishment.tolist(),
            "punishment_from": self.punishment_from,
            "slacks": self.slacks.tolist(),
        }


def _no_deal_words(result: SelfEnforcing) -> str:
    if not result.unconstrained.agreed:
        return "There is no gainful deal, enforced or not. " + result.unconstrained.explain()
    text = (
        "No package that leaves nobody worse off and somebody better off holds by itself, though "
        "one would be agreed if a court enforced it. "
    )
    least = result.least_patience
    if least is None:
        return text + "No patience is enough: the punishment is too mild."
    return text + f"With a common discount factor of {least:.4g} one would."


def slacks_of(result: SelfEnforcing) -> FloatArray:
    """Recompute what is left of each player's clauses from the negotiation that it faces.

    At every package that may be drawn: what is expected tomorrow is less its temptation today.
    """
    game, packages = result.whole, [package for _, package in result.lottery]
    names = [lever.name for lever in game.free_levers]
    at, payoffs = game.indices(packages), game.payoffs(packages)
    above = np.array([share for share, _ in result.lottery]) @ payoffs - payoffs
    least = np.full(len(result.players), np.inf)
    for clause in result.clauses():
        i = clause.player
        moves = [names[u] for u in clause.moves]
        gains = np.array([breach_gain(game, package, i, moves) for package in packages])
        later = game.payoffs_at(clause.set_back(at))[:, i]
        left = slack(clause, payoffs[:, i], gains, later)
        left += result.discount_factors[i] * above[:, i]
        least[i] = min(least[i], float(left.min()) / float(tempter(game).scales[i]))
    return np.where(np.isfinite(least), least, 0.0)  # who has no lever has nothing to break


def lottery_again(result: SelfEnforcing) -> BestLottery:
    """Search for the best lottery of a result's problem."""
    assert result.negotiation is not None
    return best_lottery(
        result.whole,
        result.negotiation,
        result.disagreement,
        _shares(result),
        result.discount_factors,
        result.punishment,
    )


def _shares(result: SelfEnforcing) -> FloatArray:
    """Return the bargaining weights of the Nash solution."""
    weights = result.solution.parameters["weights"]
    return np.ones(len(result.players)) if weights is None else np.asarray(weights, dtype=float)


def _behind(found: tuple[float, ...] | None, stated: FloatArray | None, agreed: bool) -> float:
    """Return by how much stated keys fall short of those found; 1 where only one is there."""
    if found is None or stated is None:
        return float((found is not None) == (not agreed))
    ahead = np.asarray(found) - stated
    first = ahead[np.abs(ahead) > SAME]
    return max(0.0, float(first[0])) if len(first) else 0.0


@registers(SelfEnforcing)
def check_self_enforcing(result: SelfEnforcing) -> Certificate:
    """Search again for anything better that holds; recompute the constraints and the punishment."""
    scales, off = tempter(result.whole).scales, [0.0]
    for equilibrium, payoffs in (
        (result.equilibrium, result.disagreement),
        (result.rests_on, result.punishment),
    ):
        if equilibrium is not None:
            moved = np.abs(equilibrium.payoffs - payoffs) / scales
            off += [verify(equilibrium).value, float(moved.max())]
    off.append(_search_again(result, scales))
    if result.agreed:
        shares = np.array([share for share, _ in result.lottery])
        reached = shares @ result.whole.payoffs([package for _, package in result.lottery])
        off += [
            float((np.abs(reached - result.payoffs) / scales).max()),
            float(((result.disagreement - result.payoffs) / scales).max()),
            -float(slacks_of(result).min()),
            abs(float(shares.sum()) - 1.0),
            -float(shares.min()),
        ]
    return Certificate("search", max(off), TOLERANCE)


def _search_again(result: SelfEnforcing, scales: FloatArray) -> float:
    """Return by how much what is agreed falls short of what a new search finds."""
    assert result.negotiation is not None
    if result.lotteries:
        best = lottery_again(result)
        gains = result.gains / scales
        able = gains > MARGIN
        key = np.array([able.sum(), np.log(np.where(able, gains, 1.0)) @ _shares(result)])
        return _behind(best.key, key if result.agreed else None, result.agreed)
    breaches = Breaches(result.whole, result.negotiation, result.clauses())
    order, _, _ = best_package(result.problem, result.solution, breaches)
    if order is None or order.best is None or not result.agreed:
        found = None if order is None else order.best
        return _behind(found, None, result.agreed)
    gains = (result.payoffs - order.d) / order.scale
    return _behind(order.best, order.keys(gains[None])[0], agreed=True)
