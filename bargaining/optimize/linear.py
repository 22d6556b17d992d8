"""Linear programs over the convex hull of a set known by its support function.

maximise  q . x + t   subject to  x - t c >= floor,  x a mixture of points of the set (or less).

The restricted program over the points found so far is solved by a small simplex method (by HiGHS
should that stall); its dual weights price the set, and the support function turns them into an
upper bound (Dantzig and Wolfe 1960). A curved set solves the program itself and is priced once;
columns are generated only where that is not close enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog

from bargaining.errors import ConvergenceError
from bargaining.optimize.interior import Program
from bargaining.optimize.oracle import Cloud, CurvedSet
from bargaining.optimize.simplex import Master, StalledError
from bargaining.types import FloatArray

__all__ = ["LinearOptimum", "maximize_each", "maximize_linear"]

PRECISION = 1e-12
CURVED = 1e-11
"""Precision with which a curved set's own answer is good enough, relative to the weights."""
ABOVE = 1e-6
"""A player this much above the common gain, in its steps, does not bind it."""
PINNED = 1e8
"""Weight of what pins players to their floors, where no finite multipliers of the floors exist."""
ROUNDS = 500
STALLED = 20
"""Rounds without a better bound after which rounding is all that is left of a small gap."""
ROUNDING = 1e-9
ATTEMPTS: tuple[dict[str, float | bool], ...] = (
    {"presolve": False, "primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    {"presolve": True, "primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    {"presolve": True},
)
"""HiGHS settings, the tightest first; the gap that comes out is certified afterwards."""


@dataclass(frozen=True, eq=False)
class LinearOptimum:
    """Solution of a linear program over a cloud.

    Attributes
    ----------
    value : float
        Value reached.
    bound : float
        Upper bound proved by `weights`: h(weights) - multipliers . floor.
    mixture : ndarray of shape (K,)
        Probabilities of the cloud's points.
    multipliers : ndarray of shape (N,)
        Dual weights of the rows x - t c >= floor.
    weights : ndarray of shape (N,)
        q + multipliers, the direction in which the set was priced.
    """

    value: float
    bound: float
    mixture: FloatArray
    multipliers: FloatArray
    weights: FloatArray

    @property
    def gap(self) -> float:
        """Bound less value, relative to value and multipliers."""
        size = max(1.0, abs(self.value), float(self.multipliers.sum()))
        return (self.bound - self.value) / size


def maximize_linear(
    cloud: Cloud,
    objective: FloatArray,
    *,
    direction: FloatArray | None = None,
    floor: FloatArray,
    pinned: LinearOptimum | None = None,
) -> LinearOptimum:
    """Solve the program by column generation, or directly over a curved set.

    Parameters
    ----------
    cloud : Cloud
        It must hold a mixture that meets the floor (any points do when `direction` is positive).
    objective : ndarray of shape (N,)
        q, not negative.
    direction : ndarray of shape (N,), optional
        c; None leaves t out.
    floor : ndarray of shape (N,)
    pinned : LinearOptimum, optional
        An earlier program, whose optimum meets the floor, and whose weights prove that those who
        have no t cannot be above it.

    Raises
    ------
    ConvergenceError
        When HiGHS fails or the rounds run out.
    """
    own = _own(cloud, _Rows(objective, direction, floor), pinned)
    if own is not None and own.gap <= CURVED:
        return own
    try:
        [optimum] = _together(cloud, [_Program(cloud, objective, direction, floor)])
    except ConvergenceError:
        if own is None or own.gap > ROUNDING:
            raise
        optimum = own
    if own is not None and own.gap <= optimum.gap:
        return replace(own, mixture=_padded(own.mixture, cloud))
    return optimum


def maximize_each(
    cloud: Cloud, objectives: FloatArray, *, floor: FloatArray
) -> tuple[LinearOptimum, ...]:
    """Solve the program without t for each row of objectives (M, N), pricing all at once."""
    if isinstance(cloud.support_set, CurvedSet):
        return tuple(maximize_linear(cloud, row, floor=floor) for row in objectives)
    return _together(cloud, [_Program(cloud, row, None, floor) for row in objectives])


@dataclass(frozen=True, eq=False)
class _Rows:
    """Objective, direction and floor of a program."""

    objective: FloatArray
    direction: FloatArray | None
    floor: FloatArray

    def value(self, x: FloatArray) -> float:
        """Return what gains x are worth; minus infinity below the floor."""
        value = float(self.objective @ x)
        room = x - self.floor
        moved = np.zeros(len(x), dtype=bool) if self.direction is None else self.direction > 0
        if room[~moved].min(initial=0.0) < -PRECISION:
            return -np.inf
        if self.direction is None:
            return value
        return value + float((room[moved] / self.direction[moved]).min())

    def complementary(self, multipliers: FloatArray, x: FloatArray) -> FloatArray:
        """Return multipliers without those of players well above the common gain, summing to 1."""
        if self.direction is None:
            return multipliers
        moved = self.direction > 0
        steps = (x - self.floor)[moved] / self.direction[moved]
        kept = multipliers.copy()
        kept[moved] = np.where(steps <= steps.min() + ABOVE, kept[moved], 0.0)
        total = float(kept @ self.direction)
        kept[moved] *= 1.0 / total if total > 0 else 0.0
        return kept


def _own(cloud: Cloud, rows: _Rows, pinned: LinearOptimum | None) -> LinearOptimum | None:
    """Let a curved set solve a program, and price its multipliers; None for other sets."""
    nothing = np.zeros_like(rows.floor)
    found = cloud.direct(Program(rows.objective, nothing, rows.direction, rows.floor))
    if found is None:
        return None
    mixtures = [np.eye(1, len(cloud.points), found[0])[0]]
    if pinned is not None:
        mixtures.append(_padded(pinned.mixture, cloud))
    values = [rows.value(mixture @ cloud.gains) for mixture in mixtures]
    best = int(np.argmax(values))
    trials = [rows.complementary(found[1], mixtures[best] @ cloud.gains)]
    if pinned is not None:
        trials.append(trials[0] + PINNED * pinned.weights / pinned.weights.max())
    weights = rows.objective + np.array(trials)
    bounds = cloud.price(weights)[0] - np.array(trials) @ rows.floor
    mixture = _padded(mixtures[best], cloud)
    optima = [
        LinearOptimum(values[best], float(bound), mixture, trial, weight)
        for bound, trial, weight in zip(bounds, trials, weights, strict=True)
    ]
    return min(optima, key=lambda optimum: optimum.gap)


def _padded(mixture: FloatArray, cloud: Cloud) -> FloatArray:
    """Return a mixture of the first points of a cloud as one of all points."""
    return np.pad(mixture, (0, len(cloud.points) - len(mixture)))


def _together(cloud: Cloud, programs: Sequence[_Program]) -> tuple[LinearOptimum, ...]:
    """Solve programs in lockstep: every round asks the set in all their directions together."""
    open_programs = list(programs)
    for _ in range(ROUNDS):
        trials = [program.trial() for program in open_programs]
        supports, grown = cloud.price(np.vstack(trials))
        parts = np.split(supports, np.cumsum([len(weights) for weights in trials])[:-1])
        for program, weights, part in zip(open_programs, trials, parts, strict=True):
            program.learn(weights, part)
        open_programs = [program for program in open_programs if grown and not program.ended]
        if not open_programs:
            return tuple(program.optimum() for program in programs)
    raise ConvergenceError(f"linear program over packages: no convergence in {ROUNDS} rounds")


class _Program:
    """One program: the restricted optimum, by simplex steps or HiGHS, and the best bound so far."""

    def __init__(
        self,
        cloud: Cloud,
        objective: FloatArray,
        direction: FloatArray | None,
        floor: FloatArray,
    ) -> None:
        self.cloud = cloud
        self.objective, self.direction, self.floor = objective, direction, floor
        self.waited = 0
        self.known = len(cloud.points)
        self.master: Master | None = Master(cloud.gains, objective, direction, floor)
        self.value, self.bound = -np.inf, np.inf
        self.mixture = np.empty(0)
        self.multipliers = np.zeros_like(floor)

    def trial(self) -> FloatArray:
        """Solve over the known points; return the weights to ask the set in, shape (1 or 2, N).

        The second direction goes half-way to the best multipliers so far, which steadies them.
        """
        self.value, self.mixture, multipliers = self._restricted()
        trial = np.array([multipliers, (multipliers + self.multipliers) / 2])
        return np.asarray(self.objective + trial[: 2 if np.isfinite(self.bound) else 1])

    def learn(self, weights: FloatArray, supports: FloatArray) -> None:
        """Take the best bound that the answers prove."""
        multipliers = weights - self.objective
        bounds = supports - multipliers @ self.floor
        best = int(np.argmin(bounds))
        self.waited += 1
        if bounds[best] < self.bound:
            self.bound, self.multipliers = float(bounds[best]), multipliers[best]
            self.waited = 0

    @property
    def ended(self) -> bool:
        """Whether the bound meets the value, or comes no closer for rounding."""
        gap = (self.bound - self.value) / max(1.0, abs(self.value))
        return gap <= PRECISION or (self.waited >= STALLED and gap <= ROUNDING)

    def optimum(self) -> LinearOptimum:
        """Return value, bound and what proves it."""
        mixture = _padded(self.mixture, self.cloud)
        weights = self.objective + self.multipliers
        return LinearOptimum(self.value, self.bound, mixture, self.multipliers, weights)

    def _restricted(self) -> tuple[float, FloatArray, FloatArray]:
        gains = self.cloud.gains
        if self.master is not None:
            try:
                if len(gains) > self.known:
                    self.master.add(gains[self.known :])
                    self.known = len(gains)
                mixture, multipliers = self.master.solve()
                return self._reached(mixture @ gains), mixture, multipliers
            except StalledError:
                self.master = None
        return by_highs(gains, self.objective, self.direction, self.floor)

    def _reached(self, x: FloatArray) -> float:
        value = float(self.objective @ x)
        if self.direction is None:
            return value
        rows = self.direction > 0
        return value + float(((x - self.floor)[rows] / self.direction[rows]).min())


def by_highs(
    gains: FloatArray, objective: FloatArray, direction: FloatArray | None, floor: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Solve the program over the known points; return value, mixture and row multipliers."""
    count = len(gains)
    cost = -(gains @ objective)
    rows = -gains.T
    bounds: list[tuple[float | None, float | None]] = [(0, None)] * count
    if direction is not None:
        cost = np.append(cost, -1.0)
        rows = np.column_stack([rows, direction])
        bounds.append((None, None))
    total = np.ones((1, len(cost)))
    total[0, count:] = 0.0
    for options in ATTEMPTS:
        result = linprog(
            cost, A_ub=rows, b_ub=-floor, A_eq=total, b_eq=[1.0], bounds=bounds,
            method="highs-ds", options=options,
        )  # fmt: skip
        if result.status == 0:
            break
    else:
        raise ConvergenceError(f"linear program over packages: HiGHS says {result.message}")
    mixture = np.maximum(result.x[:count], 0.0)
    return -float(result.fun), mixture / mixture.sum(), np.maximum(-result.ineqlin.marginals, 0.0)
