"""From a bargaining problem and a solution to an agreement with its certificate, and back.

`bargain` solves; `check_agreement`, what `verify` runs, recomputes everything from the problem: the
lottery's payoffs, individual rationality, the supporting weights by the support function, and the
conditions that make the point the rule's own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.deterministic import best_single, single_ideal
from bargaining.cooperative.feasible import (
    FrontierSet,
    PackageSet,
    PointSet,
    Polytope,
    as_support_set,
)
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import MARGIN, Mixture, Region
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["bargain", "belongs", "check_agreement", "named"]

NUMERICAL = 1e-6
"""Tolerance of the rules that follow a frontier given by a function, or by points of a curve."""


def bargain(
    problem: BargainingProblem,
    solution: Solution | str = "nash",
    *,
    lotteries: bool = True,
    transferable: bool = False,
) -> Agreement:
    """Solve a bargaining problem.

    Parameters
    ----------
    problem : BargainingProblem
    solution : Solution or str
    lotteries : bool
        False keeps single packages (or points) only.
    transferable : bool
        True allows side payments: only the largest sum of payoffs limits what can be had.

    Raises
    ------
    InputError
        For a solution that is not defined for the problem.
    IntractableError
        When the exact methods would need too much.
    """
    rule = as_solution(solution)
    if transferable:
        return replace(_with_transfers(problem, rule), lotteries=lotteries)
    region = Region(problem)
    if not region.agreed:
        return _no_deal(region, rule, region_proof(region), lotteries=lotteries)
    if not lotteries and not _convex(problem):
        return _single(region, rule)
    mixture = _pooled(region, rule.choose(region))
    lottery = tuple((p, named(problem, tag)) for p, tag in mixture.lottery)
    value = max(mixture.error, _gap(region, mixture.payoffs, mixture.weights))
    stuck = [n for n, able in zip(problem.players, region.gainers, strict=True) if not able]
    details: dict[str, Any] = {"cannot gain": stuck}
    if isinstance(problem.feasible, PackageSet) and problem.feasible.packages.concavity:
        details["rests on"] = problem.feasible.packages.concavity
    if stuck:
        details["weights against joint gains"] = region.separation().weights
    tolerance = _tolerance(problem, rule)
    certificate = Certificate("optimality", value, tolerance, mixture.weights, details)
    return _agreement(
        region, rule, mixture.payoffs, lottery, certificate, region.ideal, lotteries=lotteries
    )


def _convex(problem: BargainingProblem) -> bool:
    """Whether single packages reach whatever lotteries do."""
    return isinstance(problem.feasible, PackageSet) and problem.feasible.packages.convex


def _pooled(region: Region, mixture: Mixture) -> Mixture:
    """Bring packages that a mean replaces together; payoffs are what the lottery then reaches.

    Payoffs that a rule keeps below what its lottery reaches (free disposal) stay as they are.
    """
    feasible = region.problem.feasible
    if not isinstance(feasible, PackageSet) or not feasible.packages.curved:
        return mixture
    packages = feasible.packages
    before, after = mixture.lottery, packages.pooled(mixture.lottery)
    reached = [
        np.array([p for p, _ in lottery])
        @ feasible.negotiation.payoffs([packages.package(tag) for _, tag in lottery])
        for lottery in (before, after)
    ]
    kept = np.abs(reached[0] - mixture.payoffs).max() > MARGIN * region.scale.max()
    return replace(mixture, payoffs=mixture.payoffs if kept else reached[1], lottery=after)


def _agreement(
    region: Region, rule: Solution, payoffs: FloatArray, lottery: tuple[tuple[float, Any], ...],
    certificate: Certificate, ideal: FloatArray, *, agreed: bool = True, lotteries: bool = True,
) -> Agreement:  # fmt: skip
    problem = region.problem
    feasible = problem.feasible
    return Agreement(
        agreed=agreed,
        payoffs=payoffs,
        disagreement=region.d,
        ideal=ideal,
        lottery=lottery,
        solution=rule,
        certificate=certificate,
        players=problem.players,
        lotteries=lotteries,
        problem=problem,
        negotiation=feasible.negotiation if isinstance(feasible, PackageSet) else None,
    )


def named(problem: BargainingProblem, tag: Any) -> Any:
    """Return the package (or point) that a tag of the feasible set stands for."""
    if isinstance(problem.feasible, PackageSet):
        return problem.feasible.packages.package(tag)
    if isinstance(tag, int) and isinstance(problem.feasible, PointSet):
        return tuple(problem.feasible.points[tag].tolist())
    if isinstance(tag, int) and isinstance(problem.feasible, Polytope):
        assert problem.feasible.vertices is not None
        return tuple(problem.feasible.vertices[tag].tolist())
    return tag


def _gap(region: Region, payoffs: FloatArray, weights: FloatArray) -> float:
    """Largest h(w) - w . u over the rows of weights, relative to the scale of the gains."""
    support = as_support_set(region.problem.feasible, region.d).supports(weights)
    short = (support.bounds - weights @ payoffs) / (weights @ region.scale)
    return max(0.0, float(short.max()))


def _tolerance(problem: BargainingProblem, rule: Solution) -> float:
    feasible = problem.feasible
    curved = isinstance(feasible, PackageSet) and feasible.packages.curved
    drawn = isinstance(feasible, FrontierSet) or (curved and rule.follows_frontier)
    return NUMERICAL if drawn else TOLERANCE


def region_proof(region: Region) -> Certificate:
    """Return the separating weights that prove that there is no deal."""
    separation = region.separation()
    return Certificate("no deal", separation.value, MARGIN, separation.weights[None], {})


def _no_deal(
    region: Region, rule: Solution, certificate: Certificate, *, lotteries: bool
) -> Agreement:
    return _agreement(
        region, rule, region.d, (), certificate, region.d, agreed=False, lotteries=lotteries
    )


def _directions(region: Region, rule: Solution) -> FloatArray:
    """Weight vectors whose bounds steer the search: units, the rule's own, and a spread."""
    rows = [np.eye(region.size), np.ones((1, region.size)) / region.scale]
    rows.append(rule.choose(region).weights)
    rows.append(region.best_weights)
    rows.append(np.ones((1, region.size)))
    return np.vstack(rows)


def _single(region: Region, rule: Solution) -> Agreement:
    """Solve over single packages by branch and bound."""
    directions = _directions(region, rule)
    order = rule.single(region, directions)
    chosen = best_single(region, directions, order)
    details = {"partial packages looked at": chosen.visited, "weight vectors": len(directions)}
    certificate = Certificate("search", 0.0, TOLERANCE, None, details)
    if chosen.payoffs is None:
        return _no_deal(region, rule, certificate, lotteries=False)
    ideal = single_ideal(region, directions)
    lottery = ((1.0, named(region.problem, chosen.tag)),)
    return _agreement(region, rule, chosen.payoffs, lottery, certificate, ideal, lotteries=False)


def _with_transfers(problem: BargainingProblem, rule: Solution) -> Agreement:
    """Solve with side payments: the set is sum u <= largest sum, wherever in the set that is."""
    region = Region(problem)
    whole = problem.feasible
    support = whole if isinstance(whole, Polytope) else as_support_set(whole, region.d)
    equal = np.ones((1, region.size))
    best = support.supports(equal)
    surplus = float(best.bounds[0] - region.d.sum())
    relative = max(surplus, 0.0) / float(region.range.sum())
    if relative <= MARGIN:
        certificate = Certificate("no deal", relative, MARGIN, equal, {})
        return _no_deal(region, rule, certificate, lotteries=True)
    corners = PointSet(surplus * np.eye(region.size))
    shared = bargain(BargainingProblem(corners, np.zeros(region.size)), rule)
    payoffs, ideal = region.d + shared.payoffs, region.d + shared.ideal
    lottery = ((1.0, named(problem, best.tags[0])),)
    result = _agreement(region, rule, payoffs, lottery, shared.certificate, ideal)
    return replace(result, transfers=payoffs - best.points[0])


@registers(Agreement)
def check_agreement(agreement: Agreement) -> Certificate:
    """Recompute an agreement's certificate, and that of the equilibrium behind d."""
    certificate = _check_choice(agreement)
    if agreement.equilibrium is None:
        return certificate
    moved = np.abs(agreement.equilibrium.payoffs - agreement.disagreement)
    scale = np.maximum(np.abs(agreement.disagreement), 1.0)
    regret = verify(agreement.equilibrium).value
    return replace(certificate, value=max(certificate.value, regret, float((moved / scale).max())))


def _check_choice(agreement: Agreement) -> Certificate:
    problem = agreement.problem
    if agreement.transfers is not None:
        return _check_transfers(agreement)
    region = Region(problem)
    if not agreement.agreed:
        return _check_no_deal(agreement, region)
    reach = _shortfall(agreement, region)
    if not agreement.lotteries and not _convex(problem):
        return _check_single(agreement, region, reach)
    weights = agreement.certificate.weights
    proper = weights is not None and (weights >= 0).all() and weights.any(axis=1).all()
    if not region.agreed or weights is None or not proper:
        return Certificate("optimality", 1.0, _tolerance(problem, agreement.solution), weights)
    value = max(
        reach,
        _gap(region, agreement.payoffs, weights),
        min(1e300, agreement.solution.deviation(region, agreement.payoffs, weights)),
    )
    return Certificate("optimality", value, _tolerance(problem, agreement.solution), weights)


def _shortfall(agreement: Agreement, region: Region) -> float:
    """How far the lottery's payoffs fall short of those stated, or of d."""
    shares = np.array([p for p, _ in agreement.lottery])
    if agreement.negotiation is not None:
        points = agreement.negotiation.payoffs([package for _, package in agreement.lottery])
    else:
        points = np.array([point for _, point in agreement.lottery])
        if not all(belongs(agreement.problem.feasible, point, region.range) for point in points):
            return 1.0
    reached = shares @ points
    short = max(
        float(((agreement.payoffs - reached) / region.scale).max()),
        float(((region.d - agreement.payoffs) / region.range).max()),
        abs(float(shares.sum()) - 1.0),
        float(-shares.min()),
    )
    return max(0.0, short)


def belongs(feasible: Any, point: FloatArray, scale: FloatArray) -> bool:
    """Whether a point is in the set as given (a user's own set is taken at its word)."""
    if isinstance(feasible, PointSet):
        return bool((np.abs(feasible.points - point) <= TOLERANCE * scale).all(axis=1).any())
    if isinstance(feasible, Polytope) and feasible.vertices is None:
        size = np.abs(feasible.A) @ scale
        return bool((feasible.A @ point - feasible.b <= TOLERANCE * size).all())
    if isinstance(feasible, FrontierSet):
        inside = feasible.low <= point[0] <= feasible.high
        return inside and bool(point[1] <= feasible.f(float(point[0])) + TOLERANCE * scale[1])
    return True


def _check_no_deal(agreement: Agreement, region: Region) -> Certificate:
    weights = agreement.certificate.weights
    if weights is None:
        return _check_single(agreement, region, 0.0)
    if not (weights > 0).all():
        return Certificate("no deal", 1.0, MARGIN, weights)
    support = as_support_set(agreement.problem.feasible, region.d).supports(weights)
    ahead = float(support.bounds[0] - weights[0] @ region.d) / float(weights[0] @ region.range)
    moved = float((np.abs(agreement.payoffs - region.d) / region.range).max())
    return Certificate("no deal", max(0.0, ahead, moved), MARGIN, weights)


def _check_single(agreement: Agreement, region: Region, reach: float) -> Certificate:
    """Search again, from scratch, for anything better than the agreement."""
    if not region.agreed:
        return Certificate("search", float(agreement.agreed), TOLERANCE)
    directions = _directions(region, agreement.solution)
    order = agreement.solution.single(region, directions)
    chosen = best_single(region, directions, order)
    if chosen.payoffs is None or not agreement.agreed:
        return Certificate("search", float((chosen.payoffs is None) == agreement.agreed), TOLERANCE)
    gains = ((agreement.payoffs - region.d) / region.scale)[None]
    ahead = np.asarray(order.best) - order.keys(gains)[0]
    first = ahead[np.abs(ahead) > TOLERANCE]
    value = max(reach, 0.0 if not len(first) else max(0.0, float(first[0])))
    return Certificate("search", value, TOLERANCE)


def _check_transfers(agreement: Agreement) -> Certificate:
    fresh = _with_transfers(agreement.problem, agreement.solution)
    scale = max(float(np.abs(fresh.gains).max()), 1e-300)
    assert agreement.transfers is not None
    points = _expected(agreement)
    value = max(
        float(np.abs(fresh.payoffs - agreement.payoffs).max()) / scale,
        float(np.abs(points + agreement.transfers - agreement.payoffs).max()) / scale,
        abs(float(agreement.transfers.sum())) / scale,
    )
    return Certificate("optimality", value, TOLERANCE, agreement.certificate.weights)


def _expected(agreement: Agreement) -> FloatArray:
    if agreement.negotiation is not None:
        return agreement.negotiation.payoffs(agreement.lottery[0][1])
    return np.asarray(agreement.lottery[0][1], dtype=float)
