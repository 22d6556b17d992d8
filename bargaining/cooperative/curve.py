"""The frontier above d as a polygon of gains, for the rules that follow it.

It is exact for packages of finite levers, points and polytopes. A `FrontierSet` is cut at
cosine-spaced points, which softens ends of infinite slope; the rules are evaluated on three grids
and extrapolated (Richardson). The frontier of levers with intervals is drawn through points with
their tangents, on two grids. The change is reported as numerical error.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from bargaining.cooperative.feasible import FrontierSet, PackageSet, as_support_set
from bargaining.cooperative.frontier import SAG, clipped, efficient_edge
from bargaining.cooperative.region import Mixture, Region
from bargaining.errors import InputError
from bargaining.optimize.linear import maximize_linear
from bargaining.optimize.oracle import Supports, SupportSet
from bargaining.types import FloatArray

__all__ = ["by_curve", "crossing", "follow"]

CUTS = 2048
FINER = 0.1
"""How much closer the edges of the finer grid follow a curved frontier."""
PIECES = 32
"""Edges that a curve between two neighbouring points is drawn with."""


def by_curve(region: Region, rule: Callable[[FloatArray, bool], FloatArray], name: str) -> Mixture:
    """Apply a rule on polygons of gains to the frontier of a two-player region.

    Parameters
    ----------
    region : Region
        One in which there is a deal.
    rule : callable
        From the frontier, shape (M, 2), gains in units of the ideal gains and increasing in the
        first player's, and whether it is a smooth curve rather than a polygon, to the chosen
        gains, shape (2,).
    name : str
        The rule's name, for messages.

    Raises
    ------
    InputError
        When there are not two players.
    """
    if region.size != 2:
        raise InputError(f"{name}: it is defined for two players, got {region.size}")
    if not region.gainers.all():
        return follow(region, np.where(region.gainers, 1.0, 0.0), 0.0)
    feasible = region.problem.feasible
    if isinstance(feasible, PackageSet) and feasible.packages.curved:
        coarse, fine = (rule(_drawn(region, flat), False) for flat in (SAG, FINER * SAG))
        return follow(region, fine, float(np.abs(fine - coarse).max()))
    if not isinstance(feasible, FrontierSet):
        points, _ = efficient_edge(as_support_set(feasible, region.d))
        points, _ = clipped(points, [None] * len(points), region.d)
        return follow(region, rule((points - region.d) / region.scale, False), 0.0)
    coarse, fine, finest = (
        rule((_cut(feasible, region.d, cuts) - region.d) / region.scale, True)
        for cuts in (CUTS, 2 * CUTS, 4 * CUTS)
    )
    first, second = (4 * fine - coarse) / 3, (4 * finest - fine) / 3
    return follow(region, second, float(np.abs(second - first).max()))


def follow(region: Region, gains: FloatArray, error: float) -> Mixture:
    """Return the lottery that reaches gains on the frontier, with its supporting weights."""
    if isinstance(region.problem.feasible, FrontierSet):
        return _on_function(region, region.problem.feasible, gains, error)
    floor = np.maximum(region.floor, 0.0)
    reach = maximize_linear(region.cloud, np.zeros(region.size), direction=gains, floor=floor)
    least = gains * min(1.0, reach.value)
    best = maximize_linear(region.cloud, np.ones(region.size), floor=least, pinned=reach)
    return region.mixture(best.mixture, best.weights, error=error)


class _Directed:
    """A set whose points are tagged with the weights that found them."""

    def __init__(self, support_set: SupportSet) -> None:
        self.support_set, self.dimension = support_set, support_set.dimension

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, 2)."""
        found = self.support_set.supports(weights)
        return Supports(found.bounds, found.points, [tuple(row) for row in weights.tolist()])


def _drawn(region: Region, flat: float) -> FloatArray:
    """Draw the frontier above d in gains, through points whose tangents are known.

    They are the points that follow the curve and, between each two of them, the point best for the
    normal of their edge. From one to the next it is the parabola with the same tangents: as close
    as the fourth power of their distance where the frontier is smooth (de Boor, Hollig and Sabin
    1987).
    """
    support = _Directed(as_support_set(region.problem.feasible, region.d))
    ends, directions = efficient_edge(support, flat=flat, floor=region.d)
    step = np.diff(ends, axis=0)
    between = np.maximum(np.column_stack([-step[:, 1], step[:, 0]]), 0.0)
    middles = support.supports(between).points if len(between) else ends[:0]
    low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
    inside = ((low <= middles) & (middles <= high)).all(axis=1)
    at = np.flatnonzero(inside) + 1
    points = (np.insert(ends, at, middles[inside], axis=0) - region.d) / region.scale
    normals = np.insert(np.array(directions), at, between[inside], axis=0) * region.scale
    normals = normals / np.hypot(*normals.T)[:, None]
    share = np.linspace(0.0, 1.0, PIECES, endpoint=False)[:, None]
    pieces = [points[:1]]
    for p, q, first, second in zip(points, points[1:], normals, normals[1:], strict=False):
        corner = crossing(p, q, first, second)
        pieces.append((1 - share) ** 2 * p + 2 * share * (1 - share) * corner + share**2 * q)
    drawn = np.vstack([*pieces[1:], points[-1:]])
    above, _ = clipped(drawn, [None] * len(drawn), np.zeros(2))
    return above


def crossing(p: FloatArray, q: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return where the tangents at two points cross, between them; the middle if they do not."""
    turn = float(first[0] * second[1] - first[1] * second[0])
    if abs(turn) < 1e-12:
        return (p + q) / 2
    a, b = float(first @ p), float(second @ q)
    crossing = np.array([a * second[1] - b * first[1], b * first[0] - a * second[0]]) / turn
    return np.clip(crossing, np.minimum(p, q), np.maximum(p, q))


def _on_function(region: Region, feasible: FrontierSet, gains: FloatArray, error: float) -> Mixture:
    """Return the point of a frontier function, and the normal that its support function gives."""
    first = float(np.clip(region.d[0] + gains[0] * region.scale[0], feasible.low, feasible.high))
    payoffs = np.array([first, float(feasible.f(first))])

    def gap(angle: float) -> float:
        weights = np.array([[np.cos(angle), np.sin(angle)]]) / region.scale
        return float(feasible.supports(weights).bounds[0] - weights[0] @ payoffs)

    angle = minimize_scalar(gap, bounds=(0, np.pi / 2), method="bounded", options={"xatol": 1e-12})
    weights = np.array([[np.cos(angle.x), np.sin(angle.x)]]) / region.scale
    return Mixture(payoffs, ((1.0, tuple(payoffs.tolist())),), weights, error)


def _cut(feasible: FrontierSet, d: FloatArray, cuts: int) -> FloatArray:
    """Cut the efficient part of u_2 <= f(u_1) above d at cosine-spaced points."""
    f = feasible.f
    top = minimize_scalar(
        lambda u: -float(f(float(u))), bounds=(feasible.low, feasible.high), method="bounded",
        options={"xatol": 1e-13 * (feasible.high - feasible.low)},
    )  # fmt: skip
    peak = max((feasible.low, feasible.high, float(top.x)), key=lambda u: float(f(u)))
    start, end = max(peak, float(d[0])), feasible.high
    if float(f(end)) < d[1]:
        end = float(brentq(lambda u: float(f(float(u))) - d[1], start, end, xtol=1e-15))
    grid = start + (end - start) * (1 - np.cos(np.linspace(0, np.pi, cuts + 1))) / 2
    return np.column_stack([grid, [float(f(float(u))) for u in grid]])
