"""Payoffs that are concave in levers with intervals, and the best levels for weights.

Whatever maximises w . u over the box, u(x) + max_y grad . (y - x) over the box is an upper bound by
concavity (the first-order gap; Frank and Wolfe 1956). It is what proves the answer, whatever found
it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.box import largest_in_box
from bargaining.optimize.interior import Program, Stationary, interior_point
from bargaining.optimize.oracle import Supports
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.types import FloatArray, IntArray

__all__ = ["ConcavePayoffs"]

LARGEST_BATCH = 1_000_000
"""Second derivatives held at once: larger batches of weights are split."""

APART = 1e-3
"""Distance at which gradients are compared for second derivatives, as a part of an interval."""


class ConcavePayoffs:
    """The payoffs of a negotiation whose free levers are all intervals, concave in their levels.

    Parameters
    ----------
    negotiation : Negotiation

    Examples
    --------
    >>> import bargaining as bg
    >>> x = bg.Lever("x", "A", bg.Interval(0, 1), 0)
    >>> loss = bg.QuadraticPayoff(x, {"A": -2, "B": -2}, references=[0.25])
    >>> game = bg.Negotiation([bg.Player("A"), bg.Player("B")], [x], [loss])
    >>> best = ConcavePayoffs(game).supports(np.array([[1.0, 1.0]]))
    >>> best.tags, best.bounds.tolist()
    ([(0.25,)], [0.0])
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.smooth = SmoothPayoffs(negotiation)
        self.dimension = len(negotiation.players)
        self.low, self.width = self.smooth.low, self.smooth.high - self.smooth.low
        self._matrix = self.smooth.hessians * self.width * self.width[:, None]
        self._curved = bool(self.smooth.curved)
        self._bent = sorted({j for term in self.smooth.curved for j in term.places if j >= 0})
        self._range = self._spread()

    def _spread(self) -> FloatArray:
        """How much each payoff differs between some points of the box; 1 where it does not."""
        points = self.levels(_spots(len(self.low)))
        spread = np.ptp(self.smooth.values(points), axis=0)
        return np.where(spread > 0, spread, 1.0)

    def levels(self, z: FloatArray) -> FloatArray:
        """Return levels for points of the unit box."""
        return np.where(z < 1.0, self.low + self.width * z, self.smooth.high)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best levels for weights of shape (B, N), not negative.

        The tags are the levels of the free levers.

        Raises
        ------
        InputError
            For negative weights: with those, nothing is concave.
        """
        if weights.min(initial=0.0) < 0:
            raise InputError(
                f"support, weights: expected none below 0 with interval levers, got {weights}"
            )
        parts = max(1, LARGEST_BATCH // max(1, len(self.low)) ** 2)
        z = np.vstack([self._best(weights[k : k + parts]) for k in range(0, len(weights), parts)])
        x = self.levels(z)
        points = self.smooth.values(x)
        values = np.einsum("bn,bn->b", weights, points)
        slopes = np.einsum("bn,bnl->bl", weights, self.smooth.gradients(x))
        room = np.maximum(slopes * (self.smooth.high - x), slopes * (self.low - x)).sum(axis=1)
        return Supports(values + room, points, [tuple(row) for row in x.tolist()])

    def _best(self, weights: FloatArray) -> FloatArray:
        """Return where weights . payoffs are largest on the unit box, (B, L)."""
        top = (weights * self._range).max(axis=1, keepdims=True)
        rows = weights / np.where(top > 0, top, 1.0)

        def slopes(z: FloatArray, chosen: IntArray) -> FloatArray:
            gradients = self.smooth.gradients(self.levels(z))
            return np.asarray(np.einsum("bn,bnl->bl", rows[chosen], gradients) * self.width)

        def bends(z: FloatArray, chosen: IntArray) -> FloatArray:
            if not self._curved:
                return np.tensordot(rows[chosen], self._matrix, axes=1)
            return np.array([self.bend(one, rows[k]) for one, k in zip(z, chosen, strict=True)])

        return largest_in_box(slopes, bends, len(rows), len(self.low))

    def solve(self, program: Program, origin: FloatArray, scale: FloatArray) -> Stationary:
        """Solve a program in the gains (payoffs - origin) / scale."""
        return interior_point(_Gains(self, origin, scale), program, len(self.low))

    def direct(
        self, program: Program, origin: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, Any, FloatArray]:
        """Return payoffs, tag and multipliers of the solution of a program in gains."""
        found = self.solve(program, origin, scale)
        x = self.levels(found.z)
        return self.smooth.values(x[None])[0], tuple(x.tolist()), found.multipliers

    def bend(self, z: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the second derivatives of weights . payoffs on the unit box."""
        total = np.tensordot(weights, self._matrix, axes=1)
        if not self._curved:
            return np.asarray(total)
        step = APART * np.eye(len(z))[self._bent]
        points = np.vstack([np.minimum(z + step, 1.0), np.maximum(z - step, 0.0)])
        gradients = self.smooth.gradients(self.levels(points)) * self.width
        slopes = np.einsum("n,mnl->ml", weights, gradients).reshape(2, len(step), -1)
        apart = points.reshape(2, len(step), -1)
        apart = (apart[0] - apart[1])[np.arange(len(step)), self._bent]
        rows = (slopes[0] - slopes[1]) / apart[:, None]
        full = np.zeros_like(total)
        full[self._bent] = rows
        seen = np.zeros(len(z), dtype=bool)
        seen[self._bent] = True
        full = np.where(seen[:, None] & seen, (full + full.T) / 2, total)
        return np.asarray(_flattened(full))


def _flattened(matrix: FloatArray) -> FloatArray:
    """Drop what differences make convex: the method needs a matrix that is not."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.minimum(values, 0.0)) @ vectors.T)


class _Gains:
    """Payoffs as gains on the unit box, as the interior-point method reads them."""

    def __init__(self, payoffs: ConcavePayoffs, origin: FloatArray, scale: FloatArray) -> None:
        self.payoffs, self.origin, self.scale = payoffs, origin, scale

    def at(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gains (N,) and gradients (N, L)."""
        x = self.payoffs.levels(z)[None]
        smooth = self.payoffs.smooth
        gradients = smooth.gradients(x)[0] * self.payoffs.width
        return (smooth.values(x)[0] - self.origin) / self.scale, gradients / self.scale[:, None]

    def bend(self, z: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the second derivatives of weights . gains."""
        return self.payoffs.bend(z, weights / self.scale)


def _spots(size: int) -> FloatArray:
    """Points of the unit box: its middle, two corners, the middles of its faces, random ones."""
    middle = np.full((1, size), 0.5)
    faces = np.repeat(middle, 2 * size, axis=0)
    faces[np.arange(size), np.arange(size)] = 0.0
    faces[size + np.arange(size), np.arange(size)] = 1.0
    rng = np.random.default_rng(0)
    corners = np.repeat([[0.0], [1.0]], size, axis=1)
    return np.vstack([middle, corners, faces, rng.random((8, size))])
