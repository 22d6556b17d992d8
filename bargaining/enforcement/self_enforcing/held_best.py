"""The best package that nobody breaks under a rule, and the least patience with which one holds.

Exact, by branch and bound over levers below the convex relaxation; see `held` and `relaxation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bargaining.cooperative.deterministic import LeximinRule, SingleRule, UtilitarianRule
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.cooperative.solutions import KalaiSmorodinskySolution, Solution
from bargaining.enforcement.patience.critical import critical
from bargaining.enforcement.self_enforcing.breaches import Breaches
from bargaining.enforcement.self_enforcing.clauses import Clause
from bargaining.enforcement.self_enforcing.held import directions_of, search_held
from bargaining.enforcement.self_enforcing.relaxation import Relaxation, relaxation
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["best_package", "least_patience"]

BISECTION = 1e-9
"""How closely the least common discount factor is known."""

MOST_PATIENT = 0.9999
"""The least patience is sought up to here: nearer to 1 what a breach gains is lost in rounding."""


def best_package(
    problem: BargainingProblem, solution: Solution, breaches: Breaches
) -> tuple[SingleRule | None, FloatArray, dict[str, Any]]:
    """Return the rule after its search, the ideal point over packages that hold, and details.

    The rule is None where no payoffs are gainful, enforced or not.
    """
    region = Region(problem)
    if not region.agreed:
        return None, region.d, {"gainful packages": "none, enforced or not"}
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


def least_patience(
    problem: BargainingProblem,
    whole: Negotiation,
    clauses: Callable[[FloatArray], tuple[Clause, ...]],
) -> float | None:
    """Return the least common discount factor with which some gainful package holds, if any does.

    Parameters
    ----------
    problem : BargainingProblem
        Over packages.
    whole : Negotiation
        With all levers that a breach may move.
    clauses : callable
        From discount factors (N,) to the clauses.
    """
    assert isinstance(problem.feasible, PackageSet)
    region, bargained = Region(problem), problem.feasible.negotiation
    if not region.agreed:
        return None
    size = region.size

    def trial(delta: float) -> float | None:
        """Return the least patience of some package that holds at delta, if there is one."""
        breaches = Breaches(whole, bargained, clauses(np.full(size, delta)))
        root = relaxation(breaches, region.d, np.ones(size), 1 / region.scale[None])
        rule = UtilitarianRule(region, directions_of(root, size), 1 / region.scale, ties=False)
        search_held(rule, breaches, root, any_will_do=True)
        if rule.chosen.payoffs is None:
            return None
        at = np.array([rule.chosen.tag])
        breach, stay = (
            Breaches(whole, bargained, clauses(np.full(size, x))).slacks(at)[0] for x in (0.0, 1.0)
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
