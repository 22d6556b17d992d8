"""A small primal simplex method that takes new columns and goes on from where it stood.

maximise  q . x + t   subject to  x - t c >= floor,  x a mixture of given points,

has as many rows as players plus one, so each step inverts a tiny basis afresh (no error builds up)
and a new point costs a few steps (revised simplex; Dantzig 1963, with Bland's 1977 rule on stalls).
"""

from __future__ import annotations

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Master", "StalledError"]

STEPS = 400
PATIENCE = 30
"""Steps without progress before Bland's rule takes over, which cannot cycle."""

FEASIBLE = 1e-10
"""How far the known points may fall short of the floor, in gains."""

OPTIMAL = 1e-13
"""Reduced gains below this count as none; a mixture cannot be better by more."""

PIVOT = 1e-10


class StalledError(ArithmeticError):
    """The steps ran out, the basis became singular, or the floor is out of reach."""


class Master:
    """The program over the points known so far.

    Columns: N slacks of the floor, the common gain t, one artificial variable that lifts rows
    without t to the floor at the start, then the points.

    Parameters
    ----------
    points : ndarray of shape (K, N)
        Gains.
    objective : ndarray of shape (N,)
        q.
    direction : ndarray of shape (N,) or None
        c, not negative; None leaves t out.
    floor : ndarray of shape (N,)

    Examples
    --------
    >>> points = np.array([[4.0, 0.0], [0.0, 2.0]])
    >>> master = Master(points, np.zeros(2), np.ones(2), np.zeros(2))
    >>> mixture, multipliers = master.solve()
    >>> mixture.round(9).tolist(), multipliers.round(9).tolist()
    ([0.333333333, 0.666666667], [0.333333333, 0.666666667])
    """

    def __init__(
        self,
        points: FloatArray,
        objective: FloatArray,
        direction: FloatArray | None,
        floor: FloatArray,
    ) -> None:
        self.size = size = len(floor)
        self.objective = objective
        c = np.zeros(size) if direction is None else direction
        self.fixed = c <= 0
        lift = self.fixed.astype(float)
        columns = np.column_stack([-np.eye(size), -c, lift])
        self.columns = np.vstack([columns, np.zeros(size + 2)])
        self.cost = np.zeros(size + 2)
        self.cost[size] = 0.0 if direction is None else 1.0
        self.right = np.append(floor, 1.0)
        self.open = np.ones(size + 2, dtype=bool)
        self.open[size:] = direction is not None, False
        self.add(points)
        self.basis = self._start(points, c, floor)

    def add(self, points: FloatArray) -> None:
        """Add points, shape (K, N)."""
        block = np.vstack([points.T, np.ones(len(points))])
        self.columns = np.hstack([self.columns, block])
        self.cost = np.append(self.cost, points @ self.objective)
        self.open = np.append(self.open, np.ones(len(points), dtype=bool))

    def _start(self, points: FloatArray, c: FloatArray, floor: FloatArray) -> list[int]:
        """Return the basis of one point, t as large as it allows, and the lift that it needs."""
        short = (floor - points)[:, self.fixed].max(axis=1, initial=0.0)
        chosen = int(np.argmin(short))
        basis = list(range(self.size))
        room = points[chosen] - floor
        if not self.fixed.all():
            shares = np.where(self.fixed, np.inf, room / np.where(self.fixed, 1.0, c))
            basis[int(np.argmin(shares))] = self.size
        if short[chosen] > 0:
            basis[int(np.argmin(np.where(self.fixed, room, np.inf)))] = self.size + 1
        return [*basis, self.size + 2 + chosen]

    def solve(self) -> tuple[FloatArray, FloatArray]:
        """Return probabilities of the points, shape (K,), and multipliers of the floor, (N,).

        Raises
        ------
        StalledError
            When the steps run out or the known points cannot meet the floor.
        """
        lift = self.size + 1
        if lift in self.basis:
            away = np.zeros(len(self.cost))
            away[lift] = -1.0
            self._climb(away)
            if lift in self.basis:
                self._drop(lift)
        x, y = self._climb(self.cost)
        short = float(-x[np.array(self.basis) != self.size].min(initial=0.0))
        if short > FEASIBLE:
            raise StalledError(f"the optimum misses the floor by {short:.1e}")
        mixture = np.zeros(self.columns.shape[1])
        mixture[self.basis] = np.maximum(x, 0.0)
        mixture = mixture[self.size + 2 :]
        return mixture / mixture.sum(), np.maximum(-y[:-1], 0.0)

    def _climb(self, cost: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Step to the optimum; return the basic variables and the dual of the rows."""
        best, since = -np.inf, 0
        rounding = 8 * np.finfo(float).eps * np.abs(self.columns)
        for _ in range(STEPS):
            inverse, x = self._factored()
            y = cost[self.basis] @ inverse
            value = float(cost[self.basis] @ x)
            since = 0 if value > best + OPTIMAL else since + 1
            best = max(best, value)
            ahead = cost - y @ self.columns
            ahead[self.basis] = 0.0
            usable = self.open & (ahead > OPTIMAL + np.abs(y) @ rounding)
            if not usable.any():
                return x, y
            careful = since > PATIENCE
            entering = int(np.argmax(usable if careful else np.where(usable, ahead, 0.0)))
            leaving = self._leaving(inverse @ self.columns[:, entering], x, careful=careful)
            self.basis[leaving] = entering
        raise StalledError(f"no optimum in {STEPS} steps")

    def _factored(self) -> tuple[FloatArray, FloatArray]:
        try:
            inverse = np.linalg.inv(self.columns[:, self.basis])
        except np.linalg.LinAlgError:
            raise StalledError("the basis became singular") from None
        return inverse, inverse @ self.right

    def _leaving(self, change: FloatArray, x: FloatArray, *, careful: bool) -> int:
        """Return the row whose variable reaches 0 first; among equals the largest pivot."""
        bound = np.array(self.basis) != self.size  # t may have any sign
        falling = bound & (change > PIVOT * np.abs(change[bound]).max(initial=0.0))
        if not falling.any():
            raise StalledError("the program has no bound")
        ratios = np.full(len(x), np.inf)
        ratios[falling] = np.maximum(x[falling], 0.0) / change[falling]
        first = np.flatnonzero(ratios <= ratios.min() * (1 + 1e-12) + 1e-15)
        if careful:
            return int(min(first, key=lambda row: self.basis[row]))
        return int(first[np.argmax(change[first])])

    def _drop(self, lift: int) -> None:
        """Take the artificial variable, at 0 up to rounding, out of the basis."""
        row = self.basis.index(lift)
        inverse, x = self._factored()
        if x[row] > FEASIBLE:
            raise StalledError(f"the floor is out of reach by {x[row]:.1e}")
        self.right[:-1] -= np.where(self.fixed, x[row], 0.0)
        pivots = np.where(self.open, np.abs(inverse[row] @ self.columns), 0.0)
        pivots[self.basis] = 0.0
        self.basis[row] = int(np.argmax(pivots))
