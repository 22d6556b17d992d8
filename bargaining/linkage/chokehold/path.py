"""Where a chokehold goes: the share and the use period by period, and when the use ends.

A finite Markov chain: occupation times and absorption (Kemeny and Snell 1960).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bargaining.errors import InputError
from bargaining.types import FloatArray

__all__ = ["Ending"]

USED = 1e-9
"""A smaller chance of being in force counts as none."""


@dataclass(frozen=True, eq=False)
class Ending:
    """Whether a restriction is temporary or lasting, and when it ends.

    It has ended in the first period (1, 2, ...) from which on it is never in force again, whatever
    happens: 1 if it is never used at all.

    Attributes
    ----------
    chain : ndarray of shape (S, S)
        Probabilities of going from state to state, the first being that of today.
    in_force : ndarray of shape (S,)
        By state, the chance that the restriction is in force in a period.

    Examples
    --------
    In force until the hold is gone, which happens with probability 1/4 a period:

    >>> ending = Ending(np.array([[0.75, 0.25], [0.0, 1.0]]), np.array([1.0, 0.0]))
    >>> ending.lasting, round(ending.life, 9), round(ending.mean, 9), ending.verdict
    (0.0, 4.0, 5.0, 'temporary')
    """

    chain: FloatArray
    in_force: FloatArray

    @cached_property
    def _reach(self) -> NDArray[np.bool_]:
        """Whether a state leads to another, in any number of periods, shape (S, S)."""
        reach = (self.chain > 0) | np.eye(len(self.chain), dtype=bool)
        for _ in range(len(self.chain).bit_length()):
            reach = reach @ reach
        return reach

    @cached_property
    def _open(self) -> list[int]:
        """States that today leads to, from which the restriction may be in force again."""
        again = self._reach @ (self.in_force > USED)
        return np.flatnonzero(again & self._reach[0]).tolist()

    @cached_property
    def _for_ever(self) -> NDArray[np.bool_]:
        """States from which it stays in force at times for ever: closed classes with a use."""
        count, block = connected_components(csr_array(self.chain > 0), connection="strong")
        kept = np.zeros(len(self.chain), dtype=bool)
        for k in range(count):
            inside = block == k
            closed = not np.any(self.chain[np.ix_(inside, ~inside)] > 0)
            kept |= inside & closed & bool(np.any(self.in_force[inside] > USED))
        return kept

    @cached_property
    def lasting(self) -> float:
        """The probability that it never ends: it is in force again and again."""
        kept = self._for_ever
        if kept[0] or not np.any(kept & self._reach[0]):
            return float(kept[0])
        passing = np.array([s for s in self._open if not kept[s]])
        into = self.chain[np.ix_(passing, np.flatnonzero(kept))].sum(axis=1)
        stay = np.eye(len(passing)) - self.chain[np.ix_(passing, passing)]
        return min(1.0, float(np.linalg.solve(stay, into)[0]))

    @cached_property
    def life(self) -> float:
        """The expected number of periods in which it is in force; `math.inf` if it may last."""
        return math.inf if self.lasting > 0 else self._periods(self.in_force)

    @cached_property
    def mean(self) -> float:
        """The expected period in which it has ended; `math.inf` if it may last."""
        return math.inf if self.lasting > 0 else 1.0 + self._periods(np.ones(len(self.chain)))

    def _periods(self, weights: FloatArray) -> float:
        """Return the expected sum of weights over the periods before it ends."""
        rows = self._open
        if not rows:
            return 0.0
        stay = np.eye(len(rows)) - self.chain[np.ix_(rows, rows)]
        return float(np.linalg.solve(stay, weights[rows])[0])

    def ended(self, period: int) -> float:
        """Return the probability that it has ended in a period (1 is today)."""
        spread = self.distribution(period)[-1]
        return max(0.0, 1.0 - float(spread[self._open].sum()))

    def distribution(self, periods: int) -> FloatArray:
        """Return the chance of each state in periods 1, ..., `periods`, shape (periods, S).

        Raises
        ------
        InputError
            For anything but a whole number from 1.
        """
        given: object = periods
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise InputError(f"Ending, periods: expected a whole number from 1, got {given!r}")
        rows = [np.eye(len(self.chain))[0]]
        while len(rows) < given:
            rows.append(rows[-1] @ self.chain)
        return np.array(rows)

    @property
    def verdict(self) -> str:
        """How it goes: "unused", "temporary", "lasting", or the last two where chance decides."""
        if not self._open:
            return "unused"
        if self.lasting == 0:
            return "temporary"
        return "lasting" if self.lasting > 1 - USED else "temporary or lasting"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain Python values; None stands for never."""
        return {
            "verdict": self.verdict,
            "lasting": self.lasting,
            "life": self.life if math.isfinite(self.life) else None,
            "mean": self.mean if math.isfinite(self.mean) else None,
        }
