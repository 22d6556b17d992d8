"""The exact Pareto frontier of two players, from the support function alone.

Between two neighbouring vertices the support function is asked in the direction of their normal: a
better point is a new vertex, none proves the edge (Aneja and Nair 1979). All edges of a round are
asked at once, so each vertex costs about two maximisations. A curved frontier (levers with
intervals) has no last vertex: its points go on until no edge misses more than a stated part of the
extent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import FrontierSet, PackageSet, as_support_set
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError, IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.optimize.oracle import SupportSet
from bargaining.results.certificate import Certificate, registers
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Frontier", "efficient_edge", "frontier"]

LIMIT = 100_000
FLAT = 1e-12
SMALLEST = 1e-4
"""Part of the whole extent below which a part of the frontier is not looked at more closely."""
SAG = 1e-5
"""Parts of a curved frontier's extent that may lie beyond the edges between its points."""


@dataclass(frozen=True, eq=False)
class Frontier(Tabular):
    """Pareto-efficient vertices of two players' payoffs.

    Attributes
    ----------
    points : ndarray of shape (M, 2)
        By increasing payoff of the first player.
    packages : tuple of M (Package, point or None)
        What gives each vertex; None where the line u_i = d_i cuts an edge.
    players : tuple of str
    certificate : Certificate
        Weights of the edges; `verify` asks the support function in their directions again.
    problem : BargainingProblem or Negotiation
    """

    points: FloatArray
    packages: tuple[Any, ...]
    players: tuple[str, ...]
    certificate: Certificate
    problem: BargainingProblem | Negotiation = field(repr=False)

    def __len__(self) -> int:
        """Return the number of vertices."""
        return len(self.points)

    def __iter__(self) -> Iterator[FloatArray]:
        """Iterate over the vertices, each of shape (2,)."""
        return iter(self.points)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Return the vertices where numpy expects an array."""
        return np.array(self.points, dtype=dtype)

    def table(self) -> Table:
        """Return the vertices as a table."""
        rows = tuple(
            (float(point[0]), float(point[1]), "" if package is None else str(package))
            for point, package in zip(self.points, self.packages, strict=True)
        )
        note = f"certificate: {self.certificate}"
        return Table("Pareto frontier", (*self.players, "package"), rows, note)

    def explain(self) -> str:
        """Say in words how many vertices there are, and between which payoffs they lie."""
        first, second = self.players
        if not len(self.points):
            return f"No payoffs are at least as good as disagreement for {first} and {second}."
        best, other = self.points[-1], self.points[0]
        return (
            f"{len(self)} efficient vertices: from {other[0]:.4g} for {first} and {other[1]:.4g} "
            f"for {second} to {best[0]:.4g} and {best[1]:.4g}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return points and packages as plain Python values."""
        return self.table().to_dict()


def frontier(problem: BargainingProblem | Negotiation, *, limit: int = LIMIT) -> Frontier:
    """Return all Pareto-efficient vertices of two players, exactly, or points of a curve.

    Where levers are intervals the frontier may be curved. The points are then efficient, and lie so
    close that nothing is more than 1e-5 of the frontier's extent beyond the edges between them;
    the certificate states that error.

    Parameters
    ----------
    problem : BargainingProblem or Negotiation
        Of a problem, the frontier of {u >= d}; of a negotiation, the whole frontier.
    limit : int
        Most vertices to find.

    Raises
    ------
    InputError
        When there are not two players, or the set is a `FrontierSet`: its function says it all.
    IntractableError
        When there are more vertices than `limit`.

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4], [3, 2], [1, 1]]), [0, 0])
    >>> frontier(problem).points.tolist()
    [[0.0, 4.0], [3.0, 2.0], [4.0, 0.0]]
    """
    feasible = PackageSet(problem) if isinstance(problem, Negotiation) else problem.feasible
    players = problem.player_names if isinstance(problem, Negotiation) else problem.players
    if len(players) != 2:
        raise InputError(f"frontier: expected two players, got {len(players)}")
    if isinstance(feasible, FrontierSet):
        raise InputError("frontier: a FrontierSet has no vertices; its function is the frontier")
    support, floor = _seen(problem)
    curved = _flat(feasible) > FLAT
    points, tags = efficient_edge(
        support, limit=limit, flat=_flat(feasible), floor=floor if curved else None
    )
    step = np.diff(points, axis=0)
    weights = np.vstack([np.eye(2), np.column_stack([-step[:, 1], step[:, 0]])])
    if floor is not None:
        points, tags = clipped(points, tags, floor)
    packages = tuple(
        None if tag is None else _named(feasible, tag, u)
        for tag, u in zip(tags, points, strict=True)
    )
    certificate = _proof(problem, points, weights)
    if curved:
        certificate = replace(certificate, tolerance=_flat(feasible))
    return Frontier(points, packages, tuple(players), certificate, problem)


def _flat(feasible: Any) -> float:
    """How far beyond an edge, relative to the extent, counts as nothing."""
    curved = isinstance(feasible, PackageSet) and feasible.packages.curved
    return SAG if curved else FLAT


def _seen(problem: BargainingProblem | Negotiation) -> tuple[SupportSet, FloatArray | None]:
    """Return the set as the support function shows it, and the floor that cuts the frontier."""
    if isinstance(problem, Negotiation):
        return PackageSet(problem).packages, None
    return as_support_set(problem.feasible, problem.disagreement), problem.disagreement


def _proof(
    problem: BargainingProblem | Negotiation, points: FloatArray, weights: FloatArray
) -> Certificate:
    """Prove that points and the edges between them are efficient, and that nothing is missing.

    Some weights support every point and every middle of an edge, none is exceeded, and each end is
    the best for a player or on the line u_i = d_i. Without points, some weights exclude d.
    """
    support, floor = _seen(problem)
    bounds = support.supports(weights).bounds
    if not len(points):
        assert floor is not None
        size = np.where(floor == 0, 1.0, np.abs(floor))
        short = (bounds - weights @ floor) / (weights @ size)
        return Certificate("frontier", max(0.0, float(short.min())), weights=weights)
    extent = np.vstack([points, [bounds[0], points[0, 1]], [points[-1, 0], bounds[1]]])
    scale = np.ptp(extent, axis=0)
    scale = np.where(scale > 0, scale, np.maximum(np.abs(points).max(axis=0), 1.0))
    spots = np.vstack([points, (points[1:] + points[:-1]) / 2])
    short = (bounds - spots @ weights.T) / (weights @ scale)
    ends = (bounds[:2] - [points[-1, 0], points[0, 1]]) / scale
    if floor is not None:
        ends = np.minimum(ends, ([points[0, 0], points[-1, 1]] - floor)[::-1] / scale[::-1])
    value = max(0.0, float(short.min(axis=1).max()), float(-short.min()), float(ends.max()))
    return Certificate("frontier", value, weights=weights)


@registers(Frontier)
def check_frontier(found: Frontier) -> Certificate:
    """Ask the support function again in the directions of the edges."""
    weights = found.certificate.weights
    if weights is None or len(weights) < 2 or np.any(weights[:2] != np.eye(2)):
        return Certificate("frontier", 1.0, weights=weights)
    fresh = _proof(found.problem, found.points, weights)
    return replace(fresh, tolerance=found.certificate.tolerance)


def _named(feasible: Any, tag: Any, point: FloatArray) -> Package | tuple[float, ...]:
    if isinstance(feasible, PackageSet):
        return feasible.packages.package(tag)
    return tuple(point.tolist())


def efficient_edge(
    support_set: SupportSet, *, limit: int = LIMIT, flat: float = FLAT,
    floor: FloatArray | None = None,
) -> tuple[FloatArray, list[Any]]:  # fmt: skip
    """Return the Pareto-efficient vertices (M, 2) by increasing u_1, and their tags.

    Parameters
    ----------
    support_set : SupportSet
    limit : int
        Most vertices to find.
    flat : float
        How far a point may lie beyond an edge, relative to the extent, without counting.
    floor : ndarray of shape (2,), optional
        Only what lies above it counts, and makes the extent; what lies below is left coarse.
    """
    ends = support_set.supports(np.array([[0.0, 1.0], [1.0, 0.0]]))
    points, tags = ends.points, list(ends.tags)
    scale = whole = np.ptp(points, axis=0)
    open_edges = np.array([0])
    while len(open_edges):
        step = points[open_edges + 1] - points[open_edges]
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        usable = (normal > FLAT * scale[::-1]).any(axis=1)
        if floor is not None:
            corner = np.maximum(points[open_edges], points[open_edges + 1])
            usable &= (corner >= floor).all(axis=1)
        open_edges, normal = open_edges[usable], np.maximum(normal[usable], 0.0)
        if not len(open_edges):
            break
        found = support_set.supports(normal)
        ahead = found.bounds - np.einsum("bn,bn->b", normal, points[open_edges])
        new = ahead > flat * (normal @ scale)
        for end in (open_edges, open_edges + 1):  # what rounding makes of an end is no new point
            new &= (found.points != points[end]).any(axis=1)
        if len(points) + new.sum() > limit:
            raise IntractableError(f"frontier: more than {limit:,} vertices")
        at = open_edges[new] + 1
        points = np.insert(points, at, found.points[new], axis=0)
        for shift, (position, k) in enumerate(zip(at, np.flatnonzero(new), strict=True)):
            tags.insert(int(position) + shift, found.tags[int(k)])
        shifted = at + np.arange(len(at))
        open_edges = np.unique(np.concatenate([shifted - 1, shifted]))
        if floor is not None:
            above, _ = clipped(points, tags, floor)
            if len(above) > 1:
                scale = np.maximum(np.ptp(above, axis=0), SMALLEST * whole)
    return _undominated(points, tags, scale)


def _undominated(
    points: FloatArray, tags: list[Any], scale: FloatArray
) -> tuple[FloatArray, list[Any]]:
    """Drop end points that are only weakly efficient."""
    low, high = 0, len(points) - 1
    while (
        low < high
        and points[low, 0] <= points[low + 1, 0]
        and (points[low, 1] - points[low + 1, 1] <= FLAT * scale[1])
    ):
        low += 1
    while (
        low < high
        and points[high, 1] <= points[high - 1, 1]
        and (points[high, 0] - points[high - 1, 0] <= FLAT * scale[0])
    ):
        high -= 1
    return points[low : high + 1], tags[low : high + 1]


def clipped(points: FloatArray, tags: list[Any], floor: FloatArray) -> tuple[FloatArray, list[Any]]:
    """Return the part of a frontier with u >= floor, cut where the edges cross it."""
    left, left_tags = _cut(points, tags, floor, 0)
    right, right_tags = _cut(left[::-1], left_tags[::-1], floor, 1)
    return right[::-1], right_tags[::-1]


def _cut(
    points: FloatArray, tags: list[Any], floor: FloatArray, axis: int
) -> tuple[FloatArray, list[Any]]:
    """Drop the leading points whose coordinate `axis` is below the floor, cutting the edge."""
    inside = np.flatnonzero(points[:, axis] >= floor[axis])
    if not len(inside):
        return points[:0], []
    first = int(inside[0])
    if first == 0 or points[first, axis] == floor[axis]:
        return points[first:], tags[first:]
    before, after = points[first - 1], points[first]
    share = (floor[axis] - before[axis]) / (after[axis] - before[axis])
    cut = before + share * (after - before)
    cut[axis] = floor[axis]
    return np.vstack([cut, points[first:]]), [None, *tags[first:]]
