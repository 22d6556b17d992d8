"""Tableaux of complementary pivoting, in floats and in whole numbers.

A tableau writes the basic variables of {z >= 0: C z <= 1} by the others, whose columns alone are
kept. The row to leave is the lexicographic minimum over the right-hand side and the inverse of the
basis (von Stengel 2002), which stands in the columns of the slack variables: ties, the rule in
degenerate games, are broken as in a game without ties, and no path runs in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dger

from bargaining.types import FloatArray, IntArray

__all__ = ["TIES", "IntegerTableau", "Tableau"]

SMALL = 1e-10
"""Pivot elements up to this are taken as zero (the entries start between 1 and 2)."""

TIES = (1e-11, 1e-10)
"""Ratios this close tie; the second is for paths on which the first fails.

Strategies 1e-9 apart need the first. In degenerate games of 100 x 100 roundoff exceeds it at times,
and a path runs in a circle.
"""

CHECK = 200
"""Pivots after which the basic solution is computed afresh, to see how worn the tableau is."""

BLOCK = 8000
"""Entries changed by one call of BLAS; for more OpenBLAS starts threads that only wait."""

WORN, BROKEN = 1e-13, 1e-9
"""Roundoff in the basic solution with which a tableau is computed afresh, and a path given up.

Strategies that nearly repeat others make so much of it.
"""


class Tableau:
    """A tableau in floats.

    Parameters
    ----------
    constraints : ndarray of shape (rows, columns)
        C, with entries from 1 to 2.
    own : sequence of int
        Labels of the columns.
    slack : sequence of int
        Labels of the rows.
    """

    table: NDArray[Any]
    one: Any = 1.0
    small = SMALL
    tie = TIES[0]

    def __init__(self, constraints: NDArray[Any], own: Sequence[int], slack: Sequence[int]) -> None:
        rows, columns = constraints.shape
        self.start = constraints
        self.slack = slack
        self.basis, self.nonbasic = list(slack), list(own)
        self.place = {label: k for k, label in enumerate(own)}
        self.row = {label: k for k, label in enumerate(slack)}
        self.pivots = 0
        self.table = np.empty((rows, columns + 1), dtype=constraints.dtype, order="F")
        self.table[:, :-1] = constraints
        self.table[:, -1] = self.one

    def enter(self, label: int) -> int | None:
        """Bring a variable into the basis; return the one that leaves, None after a breakdown."""
        if self.pivots % CHECK == CHECK - 1 and not self._sound():
            return None
        place = self.place.pop(label)
        row = self._leaving_row(place)
        if row is None:
            return None
        self._pivot(row, place)
        leaving = self.basis[row]
        self.basis[row], self.row[label] = label, row
        self.nonbasic[place], self.place[leaving] = leaving, place
        del self.row[leaving]
        self.pivots += 1
        return leaving

    def _leaving_row(self, place: int) -> int | None:
        entering = self.table[:, place]
        rows = (entering > self.small).nonzero()[0]
        if not len(rows):
            return None
        rows = self._least(rows, self.table[:, -1], entering)
        for label in self.slack:
            if len(rows) == 1:
                break
            if label in self.place:
                rows = self._least(rows, self.table[:, self.place[label]], entering)
            elif label in self.row:  # a unit column: its own row has the only ratio above 0
                rows = rows[rows != self.row[label]]
        return int(rows[0])

    def _least(self, rows: IntArray, column: NDArray[Any], entering: NDArray[Any]) -> IntArray:
        """Return the rows of least ratio."""
        ratios = column[rows] / entering[rows]
        first = ratios.argmin()
        low = ratios[first]
        tied = (ratios <= low + self.tie * max(1.0, abs(low))).nonzero()[0]
        return rows[first : first + 1] if len(tied) == 1 else rows[tied]

    def _pivot(self, row: int, place: int) -> None:
        table = self.table
        factors, pivot = table[:, place].copy(), table[row, place]
        leaving = table[row] / pivot
        step = max(1, BLOCK // len(factors))
        for k in range(0, len(leaving), step):
            part = table[:, k : k + step]  # of one block of memory, so it is changed in place
            dger(-1.0, factors, leaving[k : k + step], a=part, overwrite_a=1)
        np.divide(factors, -pivot, out=table[:, place])
        leaving[place] = 1.0 / pivot
        table[row] = leaving

    def _sound(self) -> bool:
        """Say whether roundoff spared the tableau, and take out what there is of it."""
        weights = self._weights()
        if weights is None:
            return False
        every = np.concatenate([weights, 1.0 - self.start @ weights])
        column = self._columns()
        fresh = every[[column[label] for label in self.basis]]
        drift = np.abs(fresh - self.table[:, -1]).max()
        if drift > WORN:
            self._refresh()
        return bool(max(drift, -fresh.min()) <= BROKEN)

    def _refresh(self) -> None:
        """Compute the table from the constraints and the basis."""
        count = len(self.slack)
        every = np.hstack([self.start, np.eye(count), np.ones((count, 1))])
        column = self._columns()
        self.table[:] = np.linalg.solve(
            every[:, [column[label] for label in self.basis]],
            every[:, [*(column[label] for label in self.nonbasic), -1]],
        )

    def _columns(self) -> dict[int, int]:
        """Return the place of each label in [C, identity]."""
        own = sorted({*self.basis, *self.nonbasic} - set(self.slack))
        return {label: k for k, label in enumerate([*own, *self.slack])}

    def _weights(self) -> FloatArray | None:
        """Solve for the basic solution, without slacks; None when the basis is singular."""
        column = self._columns()
        width = self.start.shape[1]
        own = [column[label] for label in self.basis if column[label] < width]
        tight = [column[label] - width for label in self.nonbasic if column[label] >= width]
        weights = np.zeros(width)
        try:
            weights[own] = np.linalg.solve(self.start[np.ix_(tight, own)], np.ones(len(tight)))
        except np.linalg.LinAlgError:
            return None
        return weights

    def solution(self) -> FloatArray | None:
        """Return the basic solution without slacks, normalised to sum to 1; None if it has no sum.

        It is solved for afresh, so that it does not carry the roundoff of the pivots.
        """
        weights = self._weights()
        if weights is None:
            return None
        weights = np.maximum(weights, 0.0)
        total = float(weights.sum())
        return weights / total if 0 < total < np.inf else None


class IntegerTableau(Tableau):
    """A tableau of Python's whole numbers: entries over a common denominator, without roundoff.

    Parameters
    ----------
    constraints : ndarray of dtype object
        Positive whole numbers.
    own, slack
        As in `Tableau`.
    """

    one = 1
    small = 0

    def __init__(self, constraints: NDArray[Any], own: Sequence[int], slack: Sequence[int]) -> None:
        super().__init__(constraints, own, slack)
        self.denominator = 1

    def _sound(self) -> bool:
        return True

    def _least(self, rows: IntArray, column: NDArray[Any], entering: NDArray[Any]) -> IntArray:
        ratios = np.array([Fraction(column[row], entering[row]) for row in rows])
        return np.asarray(rows[ratios == ratios.min()])

    def _pivot(self, row: int, place: int) -> None:
        """Pivot without fractions: every division goes out even (Edmonds 1967; Bareiss 1968)."""
        factors, leaving = self.table[:, place].copy(), self.table[row].copy()
        pivot = leaving[place]
        self.table = (self.table * pivot - np.outer(factors, leaving)) // self.denominator
        self.table[:, place] = -factors
        leaving[place] = self.denominator
        self.table[row] = leaving
        self.denominator = pivot

    def solution(self) -> FloatArray | None:
        """Return the basic solution without slacks, normalised to sum to 1."""
        column = self._columns()
        values = dict(zip(self.basis, self.table[:, -1], strict=True))
        own = [label for label in column if label not in self.slack]
        total = sum(values.get(label, 0) for label in own)
        return np.array([values.get(label, 0) / total for label in own]) if total else None
