"""Weak and strict dominance among the 2^(m_1 + m_2) strategies (T, R) of a side.

Against a given T_2 the other side's R_2 are of four sorts: within both of two T's, within one of
them, or within neither; what two strategies pay is the same for all R_2 of a sort. So a comparison
of two strategies is one of bits over T_2, and all of them need no matrix of the game.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.linkage.tabling.stage import BoolArray, Side, subset_table
from bargaining.types import FloatArray

__all__ = ["Dominance", "dominance"]

Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Dominance:
    """What is dominated, and what dominates, among a side's strategies (T, R), each (A, B).

    Attributes
    ----------
    dominated : bool array
        Another strategy never pays less, and more against some.
    dominant : bool array
        No other strategy pays more against anything that the other side may do.
    strictly : bool array
        Every other strategy pays less against everything.
    """

    dominated: BoolArray
    dominant: BoolArray
    strictly: BoolArray


def dominance(side: Side) -> Dominance:
    """Compare every strategy of a side with every other."""
    own, other = side.talks.shape
    inside = subset_table(other)  # own R, the other's T
    within, outside = _bits(inside), _bits(~inside)
    never_less = _comparisons(side, -side.tolerance)[0]
    more_always, more_somewhere = _comparisons(side, side.tolerance)
    dominated = np.zeros((own, other), dtype=bool)
    dominant, strictly = np.ones_like(dominated), np.ones_like(dominated)

    def by_new(table: Words, t: int, r: int) -> tuple[Words, Words]:
        """Return the bits against old (t, r), by new T: where new R is met, and where not."""
        met = within[r] & table[1, 1, t] | outside[r] & table[0, 1, t]
        unmet = within[r] & table[1, 0, t] | outside[r] & table[0, 0, t]
        return met, unmet

    def everywhere(table: Words, t: int, r: int) -> BoolArray:
        met, unmet = by_new(table, t, r)
        failing = within & ~met[:, None] | outside & ~unmet[:, None]
        return np.asarray(~failing.any(axis=2))

    for t in range(own):
        for r in range(other):
            holds = everywhere(never_less, t, r)
            met, unmet = by_new(more_somewhere, t, r)
            better = (within & met[:, None] | outside & unmet[:, None]).any(axis=2)
            dominated[t, r] = bool((holds & better).any())
            dominant &= holds
            above = everywhere(more_always, t, r)
            above[t, r] = True
            strictly &= above
    return Dominance(dominated, dominant, strictly)


def _comparisons(side: Side, least: float) -> tuple[Words, Words]:
    """Return where a new T pays more than an old one by over `least`, as bits over the other's T.

    Both results have the shape (2, 2, A, A, words): whether the old R is met, whether the new R is,
    old T, new T. The first says "against every R of the other side", the second "against some".
    """
    own = len(side.talks)
    shape = (2, 2, own, own, side.talks.shape[1])
    always, somewhere = np.ones(shape, dtype=bool), np.zeros(shape, dtype=bool)
    inside = subset_table(own)
    full = np.arange(own) == own - 1
    neither = ~(full[:, None] | full)  # R = everything is within neither, unless one is everything
    alone = np.broadcast_to(side.refused[:, None], side.talks.shape)
    for a in (0, 1):
        for b in (0, 1):
            old, new = (side.talks if met else alone for met in (a, b))
            for exists, first, second in (
                (np.ones((own, own), dtype=bool), old, new),
                (~inside, old, alone),
                (~inside.T, alone, new),
                (neither, alone, alone),
            ):
                more = _above(second, first, least)
                always[a, b] &= more | ~exists[:, :, None]
                somewhere[a, b] |= more & exists[:, :, None]
    return _bits(always), _bits(somewhere)


def _above(new: FloatArray, old: FloatArray, least: float) -> BoolArray:
    """Return new - old > least (>= for a negative least), by old T, new T and the other's T."""
    gain = new[None] - old[:, None]
    return np.asarray(gain > least if least > 0 else gain >= least)


def _bits(table: BoolArray) -> Words:
    """Pack the last axis into words of 64 bits, padded with zeros."""
    packed = np.packbits(table, axis=-1)
    missing = -packed.shape[-1] % 8
    padded = np.pad(packed, [(0, 0)] * (packed.ndim - 1) + [(0, missing)])
    return np.ascontiguousarray(padded).view(np.uint64)
