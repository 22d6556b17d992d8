"""One side of a truce whose breaches each side reads from signals that it sees alone.

An own signal says nothing about what the other has seen, so that a side strikes on an alarm, and
only then, iff striking and keeping still are worth the same to it: that pins down how long the war
lasts which it begins (Park 2011).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Side", "WarLength", "best_breach", "pinned", "worth"]


@dataclass(frozen=True)
class WarLength:
    """Months of war after the month in which it begins, drawn in public.

    Attributes
    ----------
    months : int or None
        None is for ever.
    one_more : float
        The chance that it lasts a month longer.
    """

    months: int | None
    one_more: float

    @classmethod
    def of(cls, back: float, delta: float) -> WarLength:
        """Return the length after which a unit is worth `back`, from the month it begins in."""
        if back <= 0 or delta == 0:
            return cls(None, 0.0)
        months = max(0, math.floor(math.log(back) / math.log(delta) - 1 + TOLERANCE))
        sooner, later = delta ** (months + 1), delta ** (months + 2)
        return cls(months, min(1.0, max(0.0, (sooner - back) / (sooner - later))))

    def back(self, delta: float) -> float:
        """Return what a unit after the war is worth in the month in which it begins."""
        if self.months is None:
            return 0.0
        return delta ** (self.months + 1) * (1 - self.one_more * (1 - delta))

    @property
    def expected(self) -> float | None:
        """Months on average; None is for ever."""
        return None if self.months is None else self.months + self.one_more


@dataclass(frozen=True)
class Side:
    """What is at stake for one player, as payoffs less those of war.

    Attributes
    ----------
    delta, alarm : float
        Discount factor of a month, and the chance that its compliance looks like a breach.
    kept, struck, strikes, both : float
        A month in which nobody strikes, the other does, it does, and both do.
    scale : float
        The payoff range.
    """

    delta: float
    alarm: float
    kept: float
    struck: float
    strikes: float
    both: float
    scale: float

    def striking(self, chance: float) -> float:
        """Return a month's payoff of striking when the other does with some chance."""
        return (1 - chance) * self.strikes + chance * self.both

    def keeping(self, chance: float) -> float:
        """Return a month's payoff of keeping still when the other strikes with some chance."""
        return (1 - chance) * self.kept + chance * self.struck


def pinned(sides: tuple[Side, Side]) -> FloatArray | None:
    """Return what a unit after the war is worth when it begins, by who begins it: truth-telling.

    With W what the truce is worth, e the own alarm, b_i and b_j these worths (a fair coin decides
    whose length counts when both strike), A and B a month's payoff of striking and keeping still,
    W = A + ((1 - e / 2) b_i + e / 2 b_j) W = B + ((1 - e) delta + e b_j) W: linear in b_i and b_j.
    None where it has no unique solution.
    """
    rows, right = np.zeros((2, 2)), np.zeros(2)
    for i, side in enumerate(sides):
        e, strikes, keeps = side.alarm, side.striking(side.alarm), side.keeping(side.alarm)
        rows[i, i] = keeps * (1 - e / 2)
        rows[i, 1 - i] = keeps * e / 2 - strikes * e
        right[i] = keeps - strikes * (1 - (1 - e) * side.delta)
    size = np.abs(rows).max(initial=0.0) or 1.0
    if abs(np.linalg.det(rows / size)) <= TOLERANCE:
        return None
    return np.asarray(np.linalg.solve(rows, right))


def worth(side: Side, back_of_other: float) -> float:
    """Return what the truce is worth over war, W, given the other side's b."""
    e = side.alarm
    return side.keeping(e) / (1 - (1 - e) * side.delta - e * back_of_other)


def best_breach(
    side: Side,
    value: float,
    backs: tuple[float, float],
    strikes: Mapping[float, float],
    conceals: Mapping[float, Mapping[float, float]],
) -> tuple[float, float]:
    """Return the best that a breach in secret leads to, and that striking does, in any month.

    A breach that is seen with chance p makes the other strike with chance p in the next month;
    whoever made it may then strike first, keep still, or make another.

    Parameters
    ----------
    side : Side
    value : float
        W.
    backs : pair of float
        b after an own strike, and after one of the other.
    strikes : mapping from chance to float
        By the chance that the other strikes, the best month of striking.
    conceals : mapping from chance to mapping from chance to float
        By the same chance, and by how likely breaches are seen, the best month of such a breach.

    Returns
    -------
    secret, open : float
        minus infinity where nothing can be moved in secret.
    """
    own, other, e = *backs, side.alarm

    def striking(q: float) -> float:
        return strikes[q] + ((1 - q) * own + q * (own + other) / 2) * value

    seen = sorted(conceals[e])
    if not seen:
        return -math.inf, striking(e)
    stop = [
        max(striking(q), side.keeping(q) + ((1 - q) * side.delta + q * other) * value)
        for q in seen
    ]  # fmt: skip
    now = np.array([[conceals[q][p] + q * other * value for p in seen] for q in (e, *seen)])
    later = side.delta * (1 - np.array([e, *seen]))[:, None]
    after = _most(np.array(stop), now[1:], later[1:], TOLERANCE * 1e-3 * side.scale)
    return float((now + later * after)[0].max()), striking(e)


def _most(stop: FloatArray, now: FloatArray, later: FloatArray, margin: float) -> FloatArray:
    """Return the best of stopping and going on, by state: policy iteration (Howard 1960).

    Parameters
    ----------
    stop : ndarray of shape (K,)
    now, later : ndarrays of shapes (K, K) and (K, 1)
        What a step from state to state gains, and the discount on what follows.
    margin : float
    """
    size = len(stop)
    chosen = np.full(size, -1)
    while True:
        going = chosen >= 0
        chain, gains = np.eye(size), stop.copy()
        rows = np.flatnonzero(going)
        np.subtract.at(chain, (rows, chosen[rows]), later[rows, 0])
        gains[rows] = now[rows, chosen[rows]]
        values = np.linalg.solve(chain, gains)
        options = now + later * values
        better = options.max(axis=1) > values + margin
        if not better.any():
            return np.asarray(values)
        chosen[better] = options[better].argmax(axis=1)
