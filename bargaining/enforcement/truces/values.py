"""What the months of a pause are worth, less what follows a breach; arithmetic only.

A fresh pause of L months is worth X = A s + B R, its end R = p X + (1 - p) W, with s a month of the
pause and W what a lapse is worth, both less the punishment, and p the chance that it goes on. That
is linear in X, so the fixed point is closed; with k months left a side looks forward to a s + b R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Stretch", "Terms"]


@dataclass(frozen=True, eq=False)
class Stretch:
    """Months after the first end date in which some are free and others still bound.

    Attributes
    ----------
    months : int
    flows, gains : ndarray of shape (N,)
        A month less the punishment, and what a breach gains at once.
    bound : ndarray of shape (N,)
        Whose commitments have not ended.
    """

    months: int
    flows: FloatArray
    gains: FloatArray
    bound: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Terms:
    """A pause in numbers; present values are in months of payoff.

    Attributes
    ----------
    months : int
        Until the first end date.
    flows, gains, lapse, scales : ndarray of shape (N,)
        A month of the pause less the punishment; what a breach gains at once; a month after a
        lapse less the punishment; payoff ranges.
    hazard : float
        Chance a month that circumstances break the pause, or keep it from being renewed.
    stretches : tuple of Stretch
        What comes between the first end date and the last where it is not renewed.
    """

    months: int
    flows: FloatArray
    gains: FloatArray
    lapse: FloatArray
    scales: FloatArray
    hazard: float = 0.0
    stretches: tuple[Stretch, ...] = ()

    def after_lapse(self, deltas: FloatArray) -> tuple[FloatArray, int]:
        """Return what is left when it is not renewed, (N,), and how many more months are kept.

        A stretch that a bound side would break is not begun: the lapse comes at once.
        """
        value, kept = lapsed = self.lapse / (1 - deltas), 0
        for stretch in reversed(self.stretches):
            ahead = value
            for _month in range(stretch.months):
                slack = deltas * ahead - stretch.gains
                if np.any(stretch.bound & (slack < -TOLERANCE * self.scales)):
                    value, kept = lapsed
                    break
                value = stretch.flows + deltas * ahead
                ahead = value * (1 - self.hazard)
            else:
                kept += stretch.months
        return value, kept

    def renewed(self, deltas: FloatArray, renewal: FloatArray, after: FloatArray) -> FloatArray:
        """Return R, what the end of the pause is worth before the draw, shape of the inputs."""
        gone_on = (1 - self.hazard) * renewal
        per_month, carried = self._fresh(deltas)
        return np.asarray(
            (gone_on * per_month * self.flows + (1 - gone_on) * after) / (1 - gone_on * carried)
        )

    def fresh(self, deltas: FloatArray, end: FloatArray) -> FloatArray:
        """Return X, what a pause is worth when it begins, given R."""
        per_month, carried = self._fresh(deltas)
        return np.asarray(per_month * self.flows + carried * end)

    def _fresh(self, deltas: FloatArray) -> tuple[FloatArray, FloatArray]:
        steps = deltas * (1 - self.hazard)
        return (1 - steps**self.months) / (1 - steps), deltas * steps ** (self.months - 1)

    def ahead(self, deltas: FloatArray, end: FloatArray, left: FloatArray) -> FloatArray:
        """Return what a side looks forward to with some months left after this one."""
        steps = deltas * (1 - self.hazard)
        months = (1 - self.hazard) * (1 - steps**left) / (1 - steps)
        return np.asarray(months * self.flows + steps**left * end)

    def slacks(self, deltas: FloatArray, end: FloatArray) -> FloatArray:
        """Return what a breach costs less what it gains in the last and the first month.

        Shape (2, ...): in between it moves one way only, so that one of them is the tightest.
        """
        ends = (0.0, self.months - 1.0)
        both = [deltas * self.ahead(deltas, end, np.asarray(left)) - self.gains for left in ends]
        return np.array(both)

    def interval(self, deltas: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest chance of renewal with which each side keeps it, (N,).

        Infinite and minus infinite where there is none.
        """
        after, _ = self.after_lapse(deltas)
        need = self._needed(deltas)
        per_month, carried = self._fresh(deltas)
        ahead = need - after
        ahead = np.where(np.abs(ahead) <= TOLERANCE * TOLERANCE * self.scales, 0.0, ahead)
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = (per_month * self.flows - after + carried * need) * (1 - self.hazard)
            bar = ahead / slope
        lowest, highest = np.zeros_like(need), np.ones_like(need)
        for i, (over, rise, at) in enumerate(zip(ahead, slope, bar, strict=True)):
            if np.isneginf(over):
                continue
            if np.isposinf(over) or (over > 0 and (rise <= 0 or at > 1 + TOLERANCE)):
                lowest[i], highest[i] = np.inf, -np.inf
            elif over > 0:
                lowest[i] = min(1.0, at)
            elif rise < 0:
                highest[i] = min(1.0, at)
        return lowest, highest

    def _needed(self, deltas: FloatArray) -> FloatArray:
        """Return the least R with which nobody breaks it in the last month or in the first."""
        needed = np.zeros(len(self.flows))
        for i, delta in enumerate(deltas):
            gain, flow = self.gains[i], self.flows[i]
            if delta == 0:
                needed[i] = np.inf if gain > 0 else -np.inf
                continue
            step, left = delta * (1 - self.hazard), self.months - 1
            short = gain / delta - (1 - self.hazard) * flow * (1 - step**left) / (1 - step)
            weight = step**left
            if weight < np.finfo(float).tiny:
                first = np.inf if short > 0 else -np.inf
            else:
                first = short / weight
            needed[i] = max(gain / delta, first)
        return needed
