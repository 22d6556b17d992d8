"""The best agreement among those that need no court.

In every period everybody plays the agreement; whoever breaks it is punished from the next period
on (Friedman 1971). A package holds iff the best breach of nobody is worth the punishment that
follows, and a rule picks the best of those that do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import NashSolution, Solution, as_solution
from bargaining.enforcement.arguments import Punishment, discount_factors_of, punishment_point
from bargaining.enforcement.self_enforcing.breaches import Breaches
from bargaining.enforcement.self_enforcing.held_best import best_package
from bargaining.enforcement.self_enforcing.result import (
    SelfEnforcing,
    lottery_again,
    slacks_of,
)
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["best_held", "self_enforcing"]


def self_enforcing(
    negotiation: Negotiation,
    solution: Solution | str = "nash",
    *,
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    punishment: Punishment = "noncooperative",
    tradable: Iterable[Lever | str] | None = None,
    lotteries: bool = False,
) -> SelfEnforcing:
    """Return the best single package among those that nobody breaks, or the best lottery.

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
    lotteries : bool
        True allows lotteries with a public draw in every period, for the Nash solution: nobody may
        break any package that can be drawn, with what is expected to lose. `.ideal` is then what no
        such lottery exceeds.

    Returns
    -------
    SelfEnforcing
        An `Agreement` with the constraints' slacks, `.unconstrained`, `.critical` and
        `.least_patience`. Without a gainful package that holds it is not agreed.

    Raises
    ------
    InputError
        For names or numbers that do not fit, a free lever that is an interval, or lotteries with
        another solution.
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
    if lotteries and not isinstance(rule, NashSolution):
        raise InputError(
            f"{where}, lotteries: expected the Nash solution, as what holds is not convex under "
            f"lotteries; got {rule.name!r}"
        )
    return best_held(negotiation, problem, rule, deltas, point, after, lotteries=lotteries)


def best_held(
    whole: Negotiation, problem: BargainingProblem, rule: Solution, deltas: FloatArray,
    point: DisagreementPoint, after: DisagreementPoint, *,
    issues: tuple[tuple[str, ...], ...] = (), punished_by: Package | None = None,
    lotteries: bool = False,
) -> SelfEnforcing:  # fmt: skip
    """Return the best package (or lottery) of a problem that nobody breaks.

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
    lotteries : bool
        For the Nash solution, and all issues enforced together.
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
        lotteries=lotteries,
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
    found = _lottery(blank) if lotteries else _single(blank)
    if not found.agreed:
        return found
    slacks = slacks_of(found)
    broken = max(0.0, -float(slacks.min()))
    return replace(found, slacks=slacks, certificate=replace(found.certificate, value=broken))


def _single(blank: SelfEnforcing) -> SelfEnforcing:
    """Fill in the best single package."""
    assert isinstance(blank.problem.feasible, PackageSet)
    bargained = blank.problem.feasible.negotiation
    breaches = Breaches(blank.whole, bargained, blank.clauses())
    order, ideal, details = best_package(blank.problem, blank.solution, breaches)
    certificate = replace(blank.certificate, details=details)
    if order is None or order.chosen.payoffs is None:
        return replace(blank, ideal=ideal, certificate=certificate)
    lottery = ((1.0, bargained.package_at(order.chosen.tag)),)
    return replace(
        blank, agreed=True, payoffs=order.chosen.payoffs, ideal=ideal, lottery=lottery,
        certificate=certificate,
    )  # fmt: skip


def _lottery(blank: SelfEnforcing) -> SelfEnforcing:
    """Fill in the best lottery."""
    assert isinstance(blank.problem.feasible, PackageSet)
    bargained = blank.problem.feasible.negotiation
    best = lottery_again(blank)
    certificate = replace(blank.certificate, details={"convex problems solved": best.nodes})
    if best.payoffs is None:
        return replace(blank, certificate=certificate)
    lottery = tuple((share, bargained.package_at(tag)) for share, tag in best.lottery)
    return replace(
        blank, agreed=True, payoffs=best.payoffs, ideal=best.ideal, lottery=lottery,
        certificate=certificate,
    )  # fmt: skip
