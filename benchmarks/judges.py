"""What an equilibrium is, from the arrays alone: benchmarks trust nobody's own regret.

Everything is relative to the range of a player's payoffs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.types import FloatArray

__all__ = [
    "CLEAR", "TOLERANCE", "AnswerError", "expected", "is_regular", "losses", "pure_cells", "regret",
]  # fmt: skip

TOLERANCE = 1e-9
CLEAR = 1e-5
"""Losses below this, but above roundoff, leave open what is a best response."""


class AnswerError(Exception):
    """An answer is not what it claims to be."""


def regret(tables: Sequence[FloatArray], profile: Sequence[FloatArray]) -> float:
    """Return the largest gain from deviating alone, relative to the range; probabilities proper."""
    for x, size in zip(profile, tables[0].shape, strict=True):
        if x.shape != (size,) or not np.isfinite(x).all():
            raise AnswerError(f"a strategy is {x}")
        if x.min() < -TOLERANCE or abs(x.sum() - 1) > TOLERANCE:
            raise AnswerError(f"probabilities are {x.tolist()}")
    each = [losses(tables, profile, i) for i in range(len(profile))]
    return max(float(own @ x) for own, x in zip(each, profile, strict=True))


def losses(tables: Sequence[FloatArray], profile: Sequence[FloatArray], player: int) -> FloatArray:
    """Return how far each strategy of a player is from its best reply, relative to the range."""
    table = tables[player] - tables[player].min()
    table = table / (table.max() or 1.0)
    for axis in reversed(range(len(profile))):
        if axis != player:
            table = np.tensordot(table, profile[axis], axes=(axis, 0))
    return np.asarray(table.max() - table)


def expected(table: FloatArray, profile: Sequence[FloatArray]) -> float:
    for x in profile:
        table = np.tensordot(x, table, axes=(0, 0))
    return float(table)


def pure_cells(tables: Sequence[FloatArray]) -> list[tuple[int, ...]]:
    """Return the cells in which nobody can gain anything at all."""
    best = [table == table.max(axis=i, keepdims=True) for i, table in enumerate(tables)]
    return [tuple(cell) for cell in np.argwhere(np.all(best, axis=0)).tolist()]


def is_regular(tables: Sequence[FloatArray], profile: Sequence[FloatArray]) -> bool:
    """Whether supports are equally large and hold all best replies, beyond doubt."""
    sizes = set()
    for i, x in enumerate(profile):
        lost = losses(tables, profile, i)
        played = x > CLEAR
        if (x[~played] > 0).any() or (lost[~played] < CLEAR).any():
            return False
        sizes.add(int(played.sum()))
    return len(sizes) == 1
