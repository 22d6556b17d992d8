"""Enforcement as sums of small terms: one row for each way of breaking a package.

A clause holds at a package iff it does against every way b of moving the levers in question. For a
given b both sides are sums over the factors of the payoffs, so each b adds a row to what the
maximiser bounds; the b that matter are found by best replies (cuts as in Kelley 1960).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.self_enforcing.clauses import Clause, slack
from bargaining.model.factors import Factor, merged, sliced
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.elimination import Maximizer
from bargaining.optimize.oracle import Supports
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray, IntArray

__all__ = ["Breach", "Breaches", "Rows"]

Breach = tuple[int, tuple[int, ...]]
"""The number of the clause that is broken, and the level indices to which its levers are moved."""


class Breaches:
    """Which packages hold, checked by best replies; the levers on the table are bargained over.

    Parameters
    ----------
    negotiation : Negotiation
        With all levers that can be moved in a breach.
    bargained : Negotiation
        The same, levers off the table being fixed.
    clauses : sequence of Clause
        All of them must hold.
    """

    def __init__(
        self, negotiation: Negotiation, bargained: Negotiation, clauses: Sequence[Clause]
    ) -> None:
        self.negotiation, self.bargained, self.clauses = negotiation, bargained, tuple(clauses)
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
        """Return what is left of each clause, (M, J), in ranges, and each one's best breach."""
        whole = self.everywhere(indices)
        payoffs = self.negotiation.payoffs_at(whole)
        left = np.zeros((len(indices), len(self.clauses)))
        breaches: list[list[Breach]] = [[] for _ in indices]
        for j, clause in enumerate(self.clauses):
            i = clause.player
            gains, choices = self.tempter.best(i, clause.moves, whole)
            later = np.zeros(len(indices))
            if clause.after:
                later = self.negotiation.payoffs_at(clause.set_back(whole))[:, i]
            left[:, j] = slack(clause, payoffs[:, i], gains, later) / self.scales[i]
            for found, choice in zip(breaches, choices.tolist(), strict=True):
                found.append((j, tuple(choice)))
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
        clauses = [self.clauses[j] for j, _ in cuts]
        offsets = [clause.offset / self.scales[clause.player] for clause in clauses]
        parts = [(f.scope, np.concatenate([f.table, self._row_tables(f, cuts)]))
                 for f in self.negotiation.factors]  # fmt: skip
        parts.append(((), np.concatenate([np.zeros(size), offsets])))
        return Rows(sliced(merged(parts), self._fixed), self.bargained, size + len(cuts))

    def _row_tables(self, factor: Factor, cuts: Sequence[Breach]) -> FloatArray:
        """Return what a factor adds to the rows of breaches, in ranges, shape (C, K, ...)."""
        tables = np.zeros((len(cuts), *factor.table.shape[1:]))
        for row, (j, choice) in enumerate(cuts):
            clause = self.clauses[j]
            stays = factor.table[clause.player]
            broken = _at(factor, stays, dict(zip(clause.moves, choice, strict=True)))
            later = _at(factor, stays, clause.punished)
            kept = clause.stay * stays - clause.breach * broken - clause.after * later
            tables[row] = kept / self.scales[clause.player]
        return tables


def _at(factor: Factor, table: FloatArray, levels: Mapping[int, int]) -> FloatArray:
    """Return a table of a factor with some levers at a level index, whatever theirs."""
    for axis, lever in enumerate(factor.scope):
        if lever in levels:
            table = np.take(table, [levels[lever]], axis=axis)
    return table


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
