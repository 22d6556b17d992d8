"""Enforcement as sums of small terms: one row for each way of breaking a package.

A package a holds iff stay u_i(a) + offset >= breach u_i(b, a_-i) for every own package b of every
player i. For a given b both sides are sums over the factors of the payoffs, so each b adds a row to
what the maximiser bounds; the b that matter are found by best replies (cuts as in Kelley 1960).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.enforcement.temptation import tempter
from bargaining.model.factors import Factor, merged, sliced
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.elimination import Maximizer
from bargaining.optimize.oracle import Supports
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray, IntArray

__all__ = ["Breach", "Breaches", "Keeping", "Rows"]

Breach = tuple[int, tuple[int, ...]]
"""Who breaks a package, and the level indices to which it sets its own free levers."""


@dataclass(frozen=True, eq=False)
class Keeping:
    """When players keep a package: offset + stay u_i(a) >= breach (u_i(a) + g_i(a)).

    Attributes
    ----------
    offset, stay, breach : ndarray of shape (N,)
    """

    offset: FloatArray
    stay: FloatArray
    breach: FloatArray

    @classmethod
    def repeated(cls, discount_factors: FloatArray, punishment: FloatArray) -> Keeping:
        """Return u_i(a) >= (1 - delta_i) (best breach) + delta_i v_i (Friedman 1971)."""
        return cls(-discount_factors * punishment, np.ones(len(punishment)), 1.0 - discount_factors)

    @classmethod
    def capped(cls, caps: FloatArray) -> Keeping:
        """Return g_i(a) <= caps_i."""
        return cls(caps, np.ones(len(caps)), np.ones(len(caps)))

    def slacks(self, payoffs: FloatArray, gains: FloatArray) -> FloatArray:
        """Return what is left of each constraint at M packages, shape (M, N)."""
        return self.offset + self.stay * payoffs - self.breach * (payoffs + gains)


class Breaches:
    """Which packages hold, checked by best replies; the levers on the table are bargained over.

    Parameters
    ----------
    negotiation : Negotiation
        With all levers that can be moved in a breach.
    bargained : Negotiation
        The same, levers off the table being fixed.
    keeping : Keeping
    """

    def __init__(self, negotiation: Negotiation, bargained: Negotiation, keeping: Keeping) -> None:
        self.negotiation, self.bargained, self.keeping = negotiation, bargained, keeping
        self.tempter = tempter(negotiation)
        self.scales = self.tempter.scales
        free = negotiation.free_levers
        self._fixed = {
            j: lever.index(bargained.fixed[lever.name])
            for j, lever in enumerate(free)
            if lever.name in bargained.fixed
        }
        self._moved = [j for j in range(len(free)) if j not in self._fixed]

    def everywhere(self, indices: IntArray) -> IntArray:
        """Return level indices of all free levers from those on the table."""
        whole = np.zeros((len(indices), len(self.negotiation.free_levers)), dtype=np.int64)
        whole[:, list(self._fixed)] = list(self._fixed.values())
        whole[:, self._moved] = indices
        return whole

    def slacks(self, indices: IntArray) -> tuple[FloatArray, list[list[Breach]]]:
        """Return what is left of each constraint, (M, N), in ranges, and each one's best breach."""
        whole = self.everywhere(indices)
        gains, choices = self.tempter.gains(whole)
        left = self.keeping.slacks(self.negotiation.payoffs_at(whole), gains) / self.scales
        breaches = [
            [(i, tuple(choice[m].tolist())) for i, choice in enumerate(choices)]
            for m in range(len(indices))
        ]
        return left, breaches

    def broken(self, indices: IntArray) -> list[Breach]:
        """Return the best breaches of those packages that do not hold, each once."""
        left, breaches = self.slacks(indices)
        return list(
            dict.fromkeys(breaches[m][i] for m, i in np.argwhere(left < -TOLERANCE).tolist())
        )

    def rows(self, cuts: Sequence[Breach]) -> Rows:
        """Return everybody's payoffs and the rows of some breaches over the levers on the table."""
        size = len(self.scales)
        offsets = [self.keeping.offset[i] / self.scales[i] for i, _ in cuts]
        parts = [(f.scope, np.concatenate([f.table, self._row_tables(f, cuts)]))
                 for f in self.negotiation.factors]  # fmt: skip
        parts.append(((), np.concatenate([np.zeros(size), offsets])))
        return Rows(sliced(merged(parts), self._fixed), self.bargained, size + len(cuts))

    def _row_tables(self, factor: Factor, cuts: Sequence[Breach]) -> FloatArray:
        """Return what a factor adds to the rows of breaches, in ranges, shape (C, K, ...)."""
        tables = np.zeros((len(cuts), *factor.table.shape[1:]))
        for row, (i, choice) in enumerate(cuts):
            at = dict(zip(self.tempter.own[i], choice, strict=True))
            broken = stays = factor.table[i]
            for axis, lever in enumerate(factor.scope):
                if lever in at:
                    broken = np.take(broken, [at[lever]], axis=axis)
            keeping = self.keeping
            tables[row] = (keeping.stay[i] * stays - keeping.breach[i] * broken) / self.scales[i]
        return tables


class Rows:
    """Payoffs of N players and rows of breaches, maximised together over packages.

    It is a set of points in N + C dimensions that the convex programs can see.

    Parameters
    ----------
    factors : sequence of Factor
    bargained : Negotiation
    dimension : int
        N + C.
    """

    def __init__(self, factors: Sequence[Factor], bargained: Negotiation, dimension: int) -> None:
        self.factors, self.dimension = tuple(factors), dimension
        self.maximizer = Maximizer(
            bargained.sizes, factors, dimension,
            names=[lever.name for lever in bargained.free_levers],
        )  # fmt: skip

    def at(self, indices: IntArray) -> FloatArray:
        """Return payoffs and rows at packages, (M, L) to (M, N + C)."""
        total = np.zeros((len(indices), self.dimension))
        for factor in self.factors:
            cell: tuple[Any, ...] = (slice(None), *(indices[:, j] for j in factor.scope))
            total += factor.table[cell].T
        return total

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N + C)."""
        best = self.maximizer.maximize(weights)
        points = self.at(best.indices)
        values = np.einsum("bn,bn->b", weights, points)
        tags = [tuple(row) for row in best.indices.tolist()]
        return Supports(values + (best.bounds - best.values), points, tags)
