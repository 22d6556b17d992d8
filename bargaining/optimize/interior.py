"""Concave programs over a box by a primal-dual interior-point method.

maximise  sum_i w_i log g_i(z) + q . g(z) + t   subject to  g(z) - t c >= floor,  0 <= z <= 1,

with concave g. The logarithms are rows like the floors, whose product with their multiplier is held
at w_i instead of going to zero (Mehrotra's predictor and corrector; Wright 1997). What comes out is
a point and multipliers; how good they are, the support function tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Curves", "Program", "Stationary", "interior_point"]

STEPS = 100
PATIENCE = 5
"""Steps without any progress after which the last word is spoken."""
ENOUGH = 1e-16
SMALL = 1e-18
"""Products of the pairs are not asked to be smaller than this."""
LEAST = 1e-2
EDGE = 1e-11
"""A distance from the edge of the box, as a part of its width, that counts as none."""


class Curves(Protocol):
    """Concave functions g_1, ..., g_N on the unit box of L coordinates."""

    def at(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values (N,) and gradients (N, L) at a point (L,)."""

    def bend(self, z: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the second derivatives (L, L) of weights . g at a point."""


@dataclass(frozen=True, eq=False)
class Program:
    """What is maximised, and above which floors.

    Attributes
    ----------
    linear : ndarray of shape (N,)
        q, not negative.
    shares : ndarray of shape (N,)
        w, weights of the logarithms; 0 for functions without one.
    direction : ndarray of shape (N,), or None
        c, not negative; None leaves t out.
    floor : ndarray of shape (N,)
        Minus infinity where there is none; 0 is meant for functions with a logarithm.
    """

    linear: FloatArray
    shares: FloatArray
    direction: FloatArray | None
    floor: FloatArray


@dataclass(frozen=True, eq=False)
class Stationary:
    """Where the method ends.

    Attributes
    ----------
    z : ndarray of shape (L,)
    multipliers : ndarray of shape (N,)
        Of the floors and of the logarithms; linear + multipliers support the point.
    """

    z: FloatArray
    multipliers: FloatArray


class _State:
    """The iterates: point, distances to the edges of the box, slacks and multipliers."""

    def __init__(self, curves: Curves, program: Program, size: int) -> None:
        self.curves, self.linear = curves, program.linear
        self.rows = np.flatnonzero((program.shares > 0) | np.isfinite(program.floor))
        self.shares = program.shares[self.rows]
        self.fixed = self.shares > 0
        self.floor = np.where(self.fixed, 0.0, program.floor[self.rows])
        self.moves = program.direction is not None
        self.direction = np.zeros(len(self.rows))
        if program.direction is not None:
            self.direction = program.direction[self.rows]
        self.low = np.full(size, 0.5)
        self.high = np.full(size, 0.5)
        values = curves.at(self.low)[0][self.rows]
        self.t = 0.0
        if self.moves:
            room = (values - self.floor)[self.direction > 0] / self.direction[self.direction > 0]
            self.t = float(room.min()) - 1.0
        self.slack = np.maximum(values - self.direction * self.t - self.floor, 0.1)
        self.multipliers = np.where(self.fixed, self.shares / self.slack, 1.0 / self.slack)
        self.at_low, self.at_high = np.full(size, 2.0), np.full(size, 2.0)

    @property
    def z(self) -> FloatArray:
        """The point: measured from the nearer edge, so that neither distance is rounded away."""
        return np.where(self.low < self.high, self.low, 1.0 - self.high)

    def complementarity(self) -> float:
        """Mean product of the pairs that go to zero."""
        free = ~self.fixed
        pairs = self.low @ self.at_low + self.high @ self.at_high
        pairs += self.slack[free] @ self.multipliers[free]
        return float(pairs) / (2 * len(self.low) + int(free.sum()))

    def linearise(self) -> None:
        """Evaluate the functions and assemble the Newton matrix at the current point."""
        values, gradients = self.curves.at(self.z)
        weights = self.linear.copy()
        weights[self.rows] += self.multipliers
        self.gradients = gradients[self.rows]
        self.off_slope = weights @ gradients + self.at_low - self.at_high
        self.off_row = values[self.rows] - self.direction * self.t - self.floor - self.slack
        self.off_t = 1.0 - float(self.multipliers @ self.direction) if self.moves else 0.0
        ratio = self.multipliers / self.slack
        size = len(self.low)
        edges = self.at_low / self.low + self.at_high / self.high
        weighed = self.gradients.T * ratio
        self.matrix = np.empty((size + self.moves, size + self.moves))
        self.matrix[:size, :size] = weighed @ self.gradients - self.curves.bend(self.z, weights)
        self.matrix[np.arange(size), np.arange(size)] += edges
        if self.moves:
            self.matrix[size, :size] = self.matrix[:size, size] = -weighed @ self.direction
            self.matrix[size, size] = self.direction**2 @ ratio

    def residual(self) -> float:
        """Largest violation of the conditions other than complementarity.

        Slopes count against the multipliers, which grow without end where floors leave no interior.
        """
        size = max(1.0, float(self.multipliers.max(initial=0.0)))
        parts = [np.abs(self.off_slope).max() / size, abs(self.off_t)]
        parts.append(np.abs(self.off_row).max(initial=0.0))
        off = (self.multipliers * self.slack - self.shares)[self.fixed]
        return float(max(*parts, np.abs(off).max(initial=0.0)))

    def step(self, target: float, second: tuple[FloatArray, ...] | None) -> _Step | None:
        """Return the Newton step to products of `target`; `second` holds products of changes."""
        rows, low, high = second or (0.0, 0.0, 0.0)
        wanted = np.where(self.fixed, self.shares, target) - rows
        pull = (wanted - self.multipliers * (self.slack + self.off_row)) / self.slack
        left = (target - low) / self.low - self.at_low
        right = (target - high) / self.high - self.at_high
        side = self.off_slope + self.gradients.T @ pull + left - right
        if self.moves:
            side = np.append(side, self.off_t - self.direction @ pull)
        try:
            moved = np.linalg.solve(self.matrix, side)
        except np.linalg.LinAlgError:
            return None
        if not np.all(np.isfinite(moved)):
            return None
        size = len(self.low)
        dz, dt = moved[:size], float(moved[size]) if self.moves else 0.0
        ahead = self.gradients @ dz - self.direction * dt
        return _Step(
            dz, dt, ahead + self.off_row, pull - self.multipliers / self.slack * ahead,
            left - self.at_low / self.low * dz, right + self.at_high / self.high * dz,
        )  # fmt: skip

    def longest(self, step: _Step) -> tuple[float, float]:
        """Return the longest primal and dual steps that keep everything positive, up to 1."""
        primal = min(
            _longest(self.low, step.z), _longest(self.high, -step.z),
            _longest(self.slack, step.slack),
        )  # fmt: skip
        dual = min(
            _longest(self.multipliers, step.multipliers),
            _longest(self.at_low, step.at_low), _longest(self.at_high, step.at_high),
        )  # fmt: skip
        return primal, dual

    def corrected(self) -> _Step | None:
        """Return Mehrotra's step: a trial tells how far to aim, and the curvature on the way."""
        guess = self.step(0.0, None)
        if guess is None:
            return None
        mean = self.complementarity()
        left = self.complementarity_after(guess, *self.longest(guess)) / mean
        second = (
            guess.slack * guess.multipliers, guess.z * guess.at_low, -guess.z * guess.at_high,
        )  # fmt: skip
        return self.step(max(mean * max(min(left, 1.0), LEAST) ** 3, SMALL), second)

    def complementarity_after(self, step: _Step, primal: float, dual: float) -> float:
        """Mean product of the pairs after a step."""
        free = ~self.fixed
        pairs = (self.low + primal * step.z) @ (self.at_low + dual * step.at_low)
        pairs += (self.high - primal * step.z) @ (self.at_high + dual * step.at_high)
        slack = (self.slack + primal * step.slack)[free]
        pairs += slack @ (self.multipliers + dual * step.multipliers)[free]
        return max(float(pairs), 0.0) / (2 * len(self.low) + int(free.sum()))

    def reached(self) -> Stationary:
        """Return the point, on the edge where it is as close as rounding, and the multipliers."""
        z = np.where(self.low < EDGE, 0.0, np.where(self.high < EDGE, 1.0, self.z))
        return Stationary(z, self.multipliers)

    def take(self, step: _Step, size: float) -> None:
        """Move along a step."""
        self.low = self.low + size * step.z
        self.high = self.high - size * step.z
        self.t += size * step.t
        self.slack = self.slack + size * step.slack
        self.multipliers = self.multipliers + size * step.multipliers
        self.at_low = self.at_low + size * step.at_low
        self.at_high = self.at_high + size * step.at_high


@dataclass(frozen=True, eq=False)
class _Step:
    z: FloatArray
    t: float
    slack: FloatArray
    multipliers: FloatArray
    at_low: FloatArray
    at_high: FloatArray


def interior_point(curves: Curves, program: Program, size: int) -> Stationary:
    """Solve a program on the unit box of `size` coordinates.

    It ends where steps no longer help; the caller prices the multipliers to see how far it came.
    """
    state = _State(curves, program, size)
    best, least, patience = state.reached(), np.inf, PATIENCE
    for _ in range(STEPS):
        state.linearise()
        off = max(state.complementarity(), state.residual())
        if off < least:
            best, least, patience = state.reached(), off, PATIENCE
        patience -= 1
        step = state.corrected() if off > ENOUGH and patience else None
        if step is None:
            break
        state.take(step, min(state.longest(step)))
    multipliers = np.zeros(len(program.floor))
    multipliers[state.rows] = best.multipliers
    return Stationary(best.z, multipliers)


def _longest(value: FloatArray, change: FloatArray) -> float:
    """Return the longest step that keeps all entries positive, a little short of the boundary."""
    shrinking = change < 0
    if not shrinking.any():
        return 1.0
    return float(min(1.0, 0.995 * np.min(-value[shrinking] / change[shrinking])))
