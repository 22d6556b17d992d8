"""The best agreement among those that need no court.

In every period everybody plays the agreement; whoever breaks it is punished from the next period
on (Friedman 1971). A package holds iff the best breach of nobody is worth the punishment that
follows, and a rule picks the best of those that do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.deterministic import LeximinRule, SingleRule, UtilitarianRule
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.cooperative.solutions import KalaiSmorodinskySolution, Solution, as_solution
from bargaining.enforcement.arguments import Punishment, discount_factors_of, punishment_point
from bargaining.enforcement.breaches import Breaches
from bargaining.enforcement.clauses import Clause, issues_apart, repeated, slack
from bargaining.enforcement.critical import (
    CriticalDiscountFactors,
    breach_gain,
    critical,
    critical_discount_factors,
)
from bargaining.enforcement.held import directions_of, search_held
from bargaining.enforcement.relaxation import Relaxation, relaxation
from bargaining.enforcement.temptation import tempter
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.strategic.disagreement import (
    Disagreement,
    DisagreementPoint,
    as_disagreement,
)
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["SelfEnforcing", "best_held", "self_enforcing"]

BISECTION = 1e-9
"""How closely the least common discount factor is known."""

MOST_PATIENT = 0.9999
"""The least patience is sought up to here: nearer to 1 what a breach gains is lost in rounding."""


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
        """The least common discount factor with which some gainful package holds.

        It is sought up to 0.9999; None if no package holds there.
        """
        return _least_patience(self)

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


def self_enforcing(
    negotiation: Negotiation,
    solution: Solution | str = "nash",
    *,
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    punishment: Punishment = "noncooperative",
    tradable: Iterable[Lever | str] | None = None,
) -> SelfEnforcing:
    """Return the best single package among those that nobody breaks.

    Branch and bound over levers, exact: what a best breach gains is a maximum over own packages,
    and each of these adds a sum of small terms that is bounded like a payoff; those that matter are
    found by best replies. More patience never shrinks what holds, while the punishment is the same;
    with discount factors of 0 only equilibria of the lever game hold.

    Parameters
    ----------
    negotiation : Negotiation
        All free levers finite. A breach may move all levers of its player, also those off the
        table.
    solution : Solution or str
        "nash", "kalai-smorodinsky", "egalitarian" or "utilitarian", over the packages that hold:
        the ideal point of Kalai and Smorodinsky is theirs too.
    discount_factors : float, N floats, or mapping from player to float, optional
        A period is the time that passes until a breach is answered; the players' own when left out.
    disagreement : optional
        What happens when the talks fail, as in `solve`.
    punishment : optional
        What happens for ever after a breach, see `critical_discount_factors`.
    tradable : iterable of Lever or str, optional
        Levers that may be part of a package; the others stand still at the status quo.

    Returns
    -------
    SelfEnforcing
        An `Agreement` with the constraints' slacks, `.unconstrained`, `.critical` and
        `.least_patience`. Without a gainful package that holds it is not agreed.

    Raises
    ------
    InputError
        For names or numbers that do not fit, or a free lever that is an interval.
    IntractableError
        When the search would have to look at too many packages.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> patient = self_enforcing(game, discount_factors=0.9)
    >>> patient.agreed, bool(bg.verify(patient))
    (True, True)
    >>> self_enforcing(game, discount_factors=0.0).agreed
    False
    """
    where = "self_enforcing"
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"{where}: expected a Negotiation, got {negotiation!r}")
    deltas = discount_factors_of(where, negotiation, discount_factors)
    rule, model = as_solution(solution), as_disagreement(disagreement)
    bargained = negotiation if tradable is None else negotiation.restrict(tradable=tradable)
    point = model.point(negotiation, Bargained(bargained, rule))
    after = punishment_point(negotiation, punishment)
    problem = BargainingProblem(PackageSet(bargained), point.payoffs)
    return best_held(negotiation, problem, rule, deltas, point, after)


def best_held(
    whole: Negotiation, problem: BargainingProblem, rule: Solution, deltas: FloatArray,
    point: DisagreementPoint, after: DisagreementPoint, *,
    issues: tuple[tuple[str, ...], ...] = (), punished_by: Package | None = None,
) -> SelfEnforcing:  # fmt: skip
    """Return the best package of a problem that nobody breaks.

    Parameters
    ----------
    whole : Negotiation
        With all levers that a breach may move.
    problem : BargainingProblem
        Over packages.
    rule : Solution
    deltas : ndarray of shape (N,)
    point, after : DisagreementPoint
        Where the disagreement point and the punishment come from.
    issues : tuple of tuple of str
        Levers by issue, to enforce issues apart.
    punished_by : Package, optional
        To what the levers of an issue are then set back.
    """
    assert isinstance(problem.feasible, PackageSet)
    blank = SelfEnforcing(
        agreed=False,
        payoffs=problem.disagreement,
        disagreement=problem.disagreement,
        ideal=problem.disagreement,
        lottery=(),
        solution=rule,
        certificate=Certificate("search", 0.0, TOLERANCE),
        players=problem.players,
        lotteries=False,
        problem=problem,
        negotiation=problem.feasible.negotiation,
        reference=point.reference,
        disagreement_from=point.says,
        equilibrium=point.equilibrium,
        discount_factors=deltas,
        punishment=after.payoffs,
        punishment_from=after.says,
        slacks=np.empty(0),
        issues=issues,
        punished_by=punished_by,
        whole=whole,
        rests_on=after.equilibrium,
    )
    order, ideal, details = _search(blank)
    certificate = replace(blank.certificate, details=details)
    if order is None or order.chosen.payoffs is None:
        return replace(blank, ideal=ideal, certificate=certificate)
    lottery = ((1.0, problem.feasible.negotiation.package_at(order.chosen.tag)),)
    found = replace(blank, agreed=True, payoffs=order.chosen.payoffs, ideal=ideal, lottery=lottery)
    slacks = _slacks(found)
    broken = max(0.0, -float(slacks.min()))
    return replace(found, slacks=slacks, certificate=replace(certificate, value=broken))


def _search(
    result: SelfEnforcing,
) -> tuple[SingleRule | None, FloatArray, dict[str, Any]]:
    """Return the rule after its search, the ideal point over packages that hold, and details.

    The rule is None where no payoffs are gainful, enforced or not.
    """
    region, solution = Region(result.problem), result.solution
    if not region.agreed:
        return None, region.d, {"gainful packages": "none, enforced or not"}
    assert result.negotiation is not None
    breaches = Breaches(result.whole, result.negotiation, result.clauses())
    root = _root(region, solution, breaches)
    order, ideal, visited = _rule(region, solution, breaches, root)
    visited += search_held(order, breaches, root)
    return order, ideal, {
        "partial packages looked at": visited,
        "breaches at the root": len(root.cuts),
    }  # fmt: skip


def _root(region: Region, solution: Solution, breaches: Breaches) -> Relaxation:
    """Return the relaxation, with the weights that a rule without enforcement would go by."""
    own = solution.parameters.get("weights") or np.ones(region.size)
    also = [np.ones((1, region.size)), 1 / region.scale[None], solution.choose(region).weights]
    return relaxation(breaches, region.d, np.asarray(own, dtype=float), np.vstack(also))


def _rule(
    region: Region, solution: Solution, breaches: Breaches, root: Relaxation
) -> tuple[SingleRule, FloatArray, int]:
    """Return the rule over packages that hold, the ideal point over them, and the work done."""
    directions, ideal, visited = directions_of(root, region.size), region.d.copy(), 0
    for i, unit in enumerate(np.eye(region.size)):
        own = UtilitarianRule(region, directions, unit, ties=False)
        visited += search_held(own, breaches, root)
        if own.chosen.payoffs is not None:
            ideal[i] = max(ideal[i], own.chosen.payoffs[i])
    if not isinstance(solution, KalaiSmorodinskySolution):
        return solution.single(region, directions), ideal, visited
    able = ideal - region.d > TOLERANCE * region.range
    who = able if able.any() else region.gainers
    units = np.where(able, ideal - region.d, region.range)
    return LeximinRule(region, directions, units, who), ideal, visited


def _slacks(result: SelfEnforcing) -> FloatArray:
    """Recompute what is left of each player's clauses from the negotiation that it faces."""
    game, package = result.whole, result.lottery[0][1]
    names = [lever.name for lever in game.free_levers]
    at, payoffs = game.indices([package]), game.payoffs(package)[None]
    least = np.full(len(result.players), np.inf)
    for clause in result.clauses():
        i = clause.player
        gain = breach_gain(game, package, i, [names[u] for u in clause.moves])
        later = game.payoffs_at(clause.set_back(at))[:, i]
        left = float(slack(clause, payoffs[:, i], np.array([gain]), later)[0])
        least[i] = min(least[i], left / float(tempter(game).scales[i]))
    return np.where(np.isfinite(least), least, 0.0)  # who has no lever has nothing to break


def _least_patience(result: SelfEnforcing) -> float | None:
    """Search for gainful packages that hold with ever smaller common discount factors."""
    region = Region(result.problem)
    if not region.agreed:
        return None
    size, bargained = region.size, result.negotiation
    assert bargained is not None

    def trial(delta: float) -> float | None:
        """Return the least patience of some package that holds at delta, if there is one."""
        breaches = Breaches(result.whole, bargained, result.clauses(np.full(size, delta)))
        root = relaxation(breaches, region.d, np.ones(size), 1 / region.scale[None])
        rule = UtilitarianRule(region, directions_of(root, size), 1 / region.scale, ties=False)
        search_held(rule, breaches, root, any_will_do=True)
        if rule.chosen.payoffs is None:
            return None
        at = np.array([rule.chosen.tag])
        breach, stay = (
            Breaches(result.whole, bargained, result.clauses(np.full(size, x))).slacks(at)[0]
            for x in (0.0, 1.0)
        )  # minus what a breach gains, and what the punishment costs
        return min(delta, float(critical(-breach, stay, np.ones(1)).max(initial=0.0)))

    high, low = trial(MOST_PATIENT), 0.0
    if high is None:
        return None
    while high - low > BISECTION:
        middle = (low + high) / 2
        found = trial(middle)
        low, high = (middle, high) if found is None else (low, found)
    return high


@registers(SelfEnforcing)
def check_self_enforcing(result: SelfEnforcing) -> Certificate:
    """Search again for anything better that holds; recompute the constraints and the punishment."""
    order, _, _ = _search(result)
    scales = tempter(result.whole).scales
    off = [0.0]
    for equilibrium, payoffs in (
        (result.equilibrium, result.disagreement),
        (result.rests_on, result.punishment),
    ):
        if equilibrium is not None:
            moved = np.abs(equilibrium.payoffs - payoffs) / scales
            off += [verify(equilibrium).value, float(moved.max())]
    if order is None or order.best is None or not result.agreed:
        found = order is not None and order.best is not None
        return Certificate("search", max(*off, float(found != result.agreed)), TOLERANCE)
    assert result.negotiation is not None
    reached = result.negotiation.payoffs(result.lottery[0][1])
    gains = (result.payoffs - order.d) / order.scale
    ahead = np.asarray(order.best) - order.keys(gains[None])[0]
    first = ahead[np.abs(ahead) > TOLERANCE]
    off += [
        float((np.abs(reached - result.payoffs) / scales).max()),
        float(((order.d - result.payoffs) / scales).max()),
        -float(_slacks(result).min()),
        max(0.0, float(first[0])) if len(first) else 0.0,
    ]
    return Certificate("search", max(off), TOLERANCE)
