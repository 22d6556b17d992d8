"""Feasible sets of payoffs, each seen through its support function.

h(w) = max of w . u over the set is all that the solutions need: packages answer with the exact
maximiser or, for intervals, a concave program; points by looking, polytopes by a linear program,
frontiers by a one-dimensional search.
Sets are convexified by lotteries and freely disposable.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog, minimize_scalar

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.oracle import Supports, SupportSet
from bargaining.optimize.packages import packages_of
from bargaining.types import FloatArray

__all__ = ["FeasibleSet", "FrontierSet", "PackageSet", "PointSet", "Polytope", "as_support_set"]


@runtime_checkable
class FeasibleSet(Protocol):
    """Anything with a support function.

    `support(weights)` takes weights of shape (N,), not negative, and returns a payoff vector of
    shape (N,) at which weights . u is largest over the set.
    """

    def support(self, weights: FloatArray) -> FloatArray:
        """Return the payoffs, shape (N,), that are best for the weights."""


class _Supported(ABC):
    """The public `support` of one weight vector, on top of `supports` of many."""

    dimension: int

    @abstractmethod
    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, N)."""

    def support(self, weights: ArrayLike) -> FloatArray:
        """Return the payoffs in the set, shape (N,), at which weights . u is largest."""
        row = as_numbers(weights)
        if row.shape != (self.dimension,) or not np.all(np.isfinite(row)):
            raise InputError(
                f"{type(self).__name__}.support, weights: expected {self.dimension} finite "
                f"numbers, got {weights!r}"
            )
        return np.asarray(self.supports(row[None]).points[0])


class PackageSet(_Supported):
    """The payoffs of all packages of a negotiation, under lotteries.

    Parameters
    ----------
    negotiation : Negotiation
        Levers may be intervals, where everybody's payoffs are concave in them together for given
        levels of the others (or everybody's linear or convex in one, which needs its ends only).

    Raises
    ------
    InputError
        When it is no negotiation.
    IntractableError
        When payoffs bend otherwise in an interval, or too many combinations of finite levels share
        terms with one.

    Examples
    --------
    >>> import bargaining as bg
    >>> lever = bg.Lever("tariff", "A", levels=[0, 1], status_quo=0)
    >>> game = bg.Negotiation([bg.Player("A")], [lever], [bg.LinearPayoff(lever, {"A": 2.0})])
    >>> PackageSet(game).support([1.0]).tolist()
    [2.0]
    """

    def __init__(self, negotiation: Negotiation) -> None:
        if not isinstance(negotiation, Negotiation):
            raise InputError(f"PackageSet: expected a Negotiation, got {negotiation!r}")
        self.negotiation = negotiation
        self.dimension = len(negotiation.players)
        self.packages = packages_of(negotiation)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), not negative beside intervals."""
        return self.packages.supports(weights)


class PointSet(_Supported):
    """Finitely many payoff vectors, under lotteries.

    Parameters
    ----------
    points : array_like of shape (M, N)

    Examples
    --------
    >>> PointSet([[4, 0], [0, 4], [3, 2]]).support([1, 1]).tolist()
    [3.0, 2.0]
    """

    def __init__(self, points: ArrayLike) -> None:
        self.points = _matrix("PointSet", "points", points)
        self.dimension = self.points.shape[1]

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, N)."""
        values = weights @ self.points.T
        best = values.argmax(axis=1)
        return Supports(values.max(axis=1), self.points[best], best.tolist())


class Polytope(_Supported):
    """A convex set of payoffs: the hull of vertices, or all u with A u <= b.

    Parameters
    ----------
    vertices : array_like of shape (M, N), optional
    A, b : array_like of shapes (R, N) and (R,), optional
        Give either vertices, or both of these.

    Raises
    ------
    InputError
        For wrong shapes, numbers that are not finite, an empty set, or (at a solve) a set in which
        payoffs above the disagreement point have no upper limit.

    Examples
    --------
    >>> Polytope(A=[[1, 1], [-1, 0], [0, -1]], b=[1, 0, 0]).support([2, 1]).tolist()
    [1.0, 0.0]
    """

    def __init__(
        self, vertices: ArrayLike | None = None, *, A: ArrayLike | None = None,
        b: ArrayLike | None = None,
    ) -> None:  # fmt: skip
        if (vertices is None) == (A is None) or (A is None) != (b is None):
            raise InputError("Polytope: expected either vertices, or both A and b")
        self.vertices: FloatArray | None = None
        self._floor: FloatArray | None = None
        if vertices is not None:
            self.vertices = _matrix("Polytope", "vertices", vertices)
            self.dimension = self.vertices.shape[1]
            return
        self.A = _matrix("Polytope", "A", A)
        self.b = as_numbers(b)
        self.dimension = self.A.shape[1]
        if self.b.shape != (len(self.A),) or not np.all(np.isfinite(self.b)):
            raise InputError(f"Polytope, b: expected {len(self.A)} finite numbers, got {b!r}")

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, N)."""
        if self.vertices is not None:
            return PointSet(self.vertices).supports(weights)
        points = np.array([self._best(row) for row in weights])
        return Supports(
            np.einsum("bn,bn->b", weights, points), points, [tuple(p) for p in points.tolist()]
        )

    def _best(self, weights: FloatArray) -> FloatArray:
        floor = [None] * self.dimension if self._floor is None else self._floor.tolist()
        size = float(np.abs(weights).max()) or 1.0
        result = linprog(
            -weights / size, A_ub=self.A, b_ub=self.b, bounds=[(low, None) for low in floor],
            method="highs-ds",
        )  # fmt: skip
        if result.status in (3, 4):
            raise InputError("Polytope: payoffs in the set have no upper limit")
        if result.status != 0:
            raise InputError(f"Polytope: no payoffs satisfy A u <= b ({result.message})")
        return np.asarray(result.x, dtype=float)

    def above(self, floor: FloatArray) -> Polytope:
        """Return the part of the set in which nobody has less than `floor`.

        Where no payoffs of the set do, the floor is lowered for all alike until some do, and as
        much again: the part still holds every point of the set above the floor, namely none.
        """
        if self.vertices is not None:
            return self
        part = Polytope(A=self.A, b=self.b)
        part._floor = floor - 2 * max(0.0, -self._common_gain(floor))
        return part

    def _common_gain(self, floor: FloatArray) -> float:
        """Return the largest t such that the set reaches floor + t for everybody."""
        size = self.dimension
        rows = np.column_stack(
            [np.vstack([self.A, -np.eye(size)]), np.r_[0 * self.b, np.ones(size)]]
        )
        result = linprog(
            np.append(np.zeros(size), -1.0), A_ub=rows, b_ub=np.append(self.b, -floor),
            bounds=[(None, None)] * (size + 1), method="highs-ds",
        )  # fmt: skip
        if result.status == 2:
            raise InputError("Polytope: no payoffs satisfy A u <= b")
        if result.status != 0:
            raise InputError("Polytope: payoffs in the set have no upper limit")
        return -float(result.fun)


class FrontierSet(_Supported):
    """Two players, u_2 <= f(u_1) for u_1 in [low, high], f concave.

    Parameters
    ----------
    f : callable
        From u_1 to the largest u_2; a float in, a float out.
    interval : pair of float
        Domain of f. An infinite slope at an end is allowed.

    Examples
    --------
    >>> FrontierSet(lambda u: 1 - u, (0, 1)).support([2, 1]).tolist()
    [1.0, 0.0]
    """

    dimension = 2

    def __init__(self, f: Callable[[float], float], interval: tuple[float, float]) -> None:
        ends = as_numbers(interval)
        if ends.shape != (2,) or not np.all(np.isfinite(ends)) or ends[0] >= ends[1]:
            raise InputError(f"FrontierSet, interval: expected finite low < high, got {interval!r}")
        if not callable(f):
            raise InputError(f"FrontierSet, f: expected a function from u_1 to u_2, got {f!r}")
        self.f, self.low, self.high = f, float(ends[0]), float(ends[1])
        grid = np.linspace(self.low, self.high, 33)
        values = as_numbers([f(float(u)) for u in grid])
        if values.shape != grid.shape:
            raise InputError(f"FrontierSet, f: expected a number, got {f(self.low)!r} at {ends[0]}")
        if not np.all(np.isfinite(values)):
            at = grid[~np.isfinite(values)][0]
            raise InputError(
                f"FrontierSet, f: expected finite numbers, got {f(float(at))!r} at {at:g}"
            )
        bend = values[1:-1] - (values[:-2] + values[2:]) / 2
        if bend.min() < -1e-9 * max(float(np.ptp(values)), 1e-300):
            at = grid[1:-1][bend.argmin()]
            raise InputError(
                f"FrontierSet, f: expected a concave function, it is convex near {at:g}"
            )

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best points for weights of shape (B, 2)."""
        points = np.array([self._best(*row) for row in weights])
        values = np.einsum("bn,bn->b", weights, points)
        return Supports(values, points, [tuple(point) for point in points.tolist()])

    def _best(self, first: float, second: float) -> tuple[float, float]:
        inner = minimize_scalar(
            lambda u: -(first * u + second * self.f(float(u))),
            bounds=(self.low, self.high), method="bounded",
            options={"xatol": 1e-12 * (self.high - self.low)},
        )  # fmt: skip
        candidates = [(u, float(self.f(u))) for u in (self.low, self.high, float(inner.x))]
        return max(candidates, key=lambda point: (first * point[0] + second * point[1], sum(point)))


class _Custom:
    """A user's object with `support(weights)`."""

    def __init__(self, feasible: FeasibleSet, dimension: int) -> None:
        self.feasible, self.dimension = feasible, dimension

    def supports(self, weights: FloatArray) -> Supports:
        points = []
        for row in weights:
            answer = self.feasible.support(row)
            point = as_numbers(answer)
            if point.shape != (self.dimension,) or not np.all(np.isfinite(point)):
                raise InputError(
                    f"{type(self.feasible).__name__}.support: expected {self.dimension} finite "
                    f"payoffs, got {answer!r}"
                )
            points.append(point)
        array = np.array(points)
        values = np.einsum("bn,bn->b", weights, array)
        return Supports(values, array, [tuple(point) for point in array.tolist()])


def as_support_set(feasible: Any, disagreement: FloatArray) -> SupportSet:
    """Return the set as the solvers see it: above d where it is only bounded there."""
    if isinstance(feasible, Polytope):
        return feasible.above(disagreement)
    if isinstance(feasible, PackageSet):
        return feasible.packages
    if isinstance(feasible, _Supported):
        return feasible
    return _Custom(feasible, len(disagreement))


def as_numbers(values: Any) -> FloatArray:
    """Return values as floats; an empty array, which fails every check, if they are none."""
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError):
        return np.empty(0)


def _matrix(kind: str, field: str, values: Any) -> FloatArray:
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{kind}, {field}: expected rows of numbers, got {values!r}") from None
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"{kind}, {field}: expected shape (rows, players), got {array.shape}")
    if not np.all(np.isfinite(array)):
        row = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise InputError(f"{kind}, {field}: expected finite numbers, row {row} is {array[row]}")
    array.setflags(write=False)
    return array
