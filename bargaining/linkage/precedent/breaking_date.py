"""When a norm breaks: the distribution of the first period after which it is broken.

With one state before the break the date is geometric; with several it is the time that a chain
takes to leave them (phase-type, Neuts 1981).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.types import FloatArray

__all__ = ["BreakingDate"]

LATEST = 2**60
"""Periods beyond which a date counts as never, for quantiles."""


@dataclass(frozen=True, eq=False)
class BreakingDate:
    """In which period (1, 2, ...) a norm breaks.

    Attributes
    ----------
    moves : ndarray of shape (U, U)
        Probabilities of going from one state in which the norm stands to another, the first being
        that of today; nothing leads back.

    Examples
    --------
    >>> date = BreakingDate(np.array([[0.8]]))
    >>> round(date.hazard, 9), round(date.mean, 9), date.quantile(0.5)
    (0.2, 5.0, 4)
    """

    moves: FloatArray

    @property
    def hazard(self) -> float:
        """The probability that it breaks in the first period."""
        return max(0.0, 1.0 - float(self.moves[0].sum()))

    @property
    def never(self) -> float:
        """The probability that it never breaks."""
        last = np.zeros(len(self.moves))
        for s in reversed(range(len(self.moves))):
            leaves = 1.0 - self.moves[s, s]
            ahead = float(self.moves[s, s + 1 :] @ last[s + 1 :])
            last[s] = 1.0 if leaves <= 1e-15 else ahead / leaves
        return float(last[0])

    @property
    def mean(self) -> float:
        """The expected period of the break, `math.inf` if it may never come."""
        if self.never > 0:
            return math.inf
        identity = np.eye(len(self.moves))
        return float(np.linalg.solve(identity - self.moves, np.ones(len(self.moves)))[0])

    def survival(self, periods: int) -> float:
        """Return the probability that the norm stands after so many periods."""
        return float(np.linalg.matrix_power(self.moves, periods)[0].sum())

    def quantile(self, share: float) -> float:
        """Return the first period by which it is broken with at least this probability.

        `math.inf` where that probability is never reached.

        Raises
        ------
        InputError
            For a share outside (0, 1).
        """
        given: Any = share
        if isinstance(given, bool) or not isinstance(given, Real) or not 0 < float(given) < 1:
            raise InputError(f"BreakingDate.quantile, share: expected 0 < share < 1, got {given!r}")
        late = 1
        while self.survival(late) > 1.0 - share:
            late *= 2
            if late > LATEST:
                return math.inf
        early = late // 2
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if self.survival(middle) > 1.0 - share else (early, middle)
        return late

    def to_dict(self) -> dict[str, Any]:
        """Return the distribution as plain Python values; None stands for never."""
        median = self.quantile(0.5)
        return {
            "hazard": self.hazard,
            "never": self.never,
            "mean": self.mean if math.isfinite(self.mean) else None,
            "median": median if math.isfinite(median) else None,
        }
