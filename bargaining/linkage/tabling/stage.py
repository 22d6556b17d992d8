"""The stage before the talks: what each side tables, and what of the other's it insists on.

Sets of groups of levers are bit masks, so that a strategy (T, R) is a pair of whole numbers. What
a player gets depends on (T_1, T_2) and on whether talks take place, which they do when R_1 is
within T_2 and R_2 within T_1. Everything about the game of 2^(m_1 + m_2) strategies a side
is computed from the 2^m_1 x 2^m_2 table of payoffs by sums and maxima over subsets (the zeta
transform), never from the game's matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bargaining.types import FloatArray, IntArray

__all__ = ["BoolArray", "Side", "Stage", "members", "subset_table", "supported", "takes_place"]

BoolArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Side:
    """The stage as one player sees it: own choices in rows.

    Attributes
    ----------
    talks : ndarray of shape (A, B)
        Its payoff when talks take place, by the masks of what it and the other side table.
    refused : ndarray of shape (A,)
        Its payoff when they do not, by what it tables.
    tolerance : float
        Differences up to this are ties.
    """

    talks: FloatArray
    refused: FloatArray
    tolerance: float

    @property
    def point(self) -> float:
        """Its payoff without talks and with nothing tabled."""
        return float(self.refused[0])

    def best_talks(self) -> FloatArray:
        """Return the best payoff of talks by what the other insists on and tables, (A, B)."""
        return over_supersets(self.talks, np.maximum)

    def may_refuse(self) -> BoolArray:
        """Return whether talks can be avoided, by the other's R (A masks) and T (B masks)."""
        own, other = self.talks.shape
        return np.asarray((np.arange(own) > 0)[:, None] | (np.arange(other) < other - 1))

    def best(self) -> FloatArray:
        """Return the payoff of a best response by the other's R (A masks) and T (B masks)."""
        talks = self.best_talks()
        return np.where(self.may_refuse(), np.maximum(talks, self.point), talks)

    def accepts(self) -> BoolArray:
        """Return where this side is content, by own T, the other's T and R, shape (A, B, A).

        It is where R is within T, and neither another T with R in it nor staying away pays more.
        What the side itself insists on does not matter to it once talks take place.
        """
        best = self.best().T[None]
        content = self.talks[:, :, None] >= best - self.tolerance
        return np.asarray(content & subset_table(len(self.talks)).T[:, None, :])

    def against(self, weights: FloatArray) -> FloatArray:
        """Return the payoff of every own strategy against a mixed one of the other side.

        Parameters
        ----------
        weights : ndarray of shape (B, A)
            The probability of the other's (T, R).

        Returns
        -------
        ndarray of shape (A, B)
            By own T and R.
        """
        meets = over_subsets(weights.T)  # how likely R is within own T, with T of the other
        gain = meets * (self.talks - self.refused[:, None])
        alone = self.refused[:, None] * weights.sum()
        return np.asarray(alone + over_supersets(gain.T, np.add).T)


@dataclass(frozen=True, eq=False)
class Stage:
    """Both players' payoffs by what is tabled, with talks and without.

    Attributes
    ----------
    talks : ndarray of shape (2, A, B)
        Payoffs less the costs of tabling when talks take place.
    refused : tuple of two ndarrays of shapes (A,) and (B,)
        Payoffs when they do not, by what the player itself tables.
    margin : float
        Differences up to this part of a player's payoff range are ties.
    """

    talks: FloatArray
    refused: tuple[FloatArray, FloatArray]
    margin: float

    @property
    def scale(self) -> FloatArray:
        """Range of each player's payoffs, 1 where they are constant, shape (2,)."""
        every = [np.append(self.talks[i], self.refused[i]) for i in (0, 1)]
        spread = np.array([np.ptp(payoffs) for payoffs in every])
        size = np.array([np.abs(payoffs).max() for payoffs in every])
        return np.where(spread > 1e-12 * size, spread, np.where(size > 0, size, 1.0))

    def side(self, player: int) -> Side:
        """Return the stage as a player (0 or 1) sees it."""
        talks = self.talks[0] if player == 0 else self.talks[1].T
        return Side(talks, self.refused[player], self.margin * float(self.scale[player]))

    def block(self, first: IntArray, second: IntArray) -> FloatArray:
        """Return the payoffs of strategies, pairs of masks (T, R) in rows: (2, K_1, K_2)."""
        happens = takes_place(first, second)
        talks = self.talks[:, first[:, 0][:, None], second[:, 0]]
        alone = [
            self.refused[0][first[:, 0]][:, None], self.refused[1][second[:, 0]][None, :],
        ]  # fmt: skip
        return np.array([np.where(happens, talks[i], alone[i]) for i in (0, 1)])


def supported(own: Side, other: Side) -> BoolArray:
    """Return where some insisting makes what is tabled an equilibrium, by own T and other's T."""
    mine = np.asarray(own.accepts().any(axis=2))
    theirs = np.asarray(other.accepts().any(axis=2))
    return np.asarray(mine & theirs.T)


def takes_place(first: IntArray, second: IntArray) -> BoolArray:
    """Return whether talks take place between strategies of the two sides, (K_1, K_2)."""
    tables, insists = first.astype(np.int16).T
    other_tables, other_insists = second.astype(np.int16).T
    missing = insists[:, None] & ~other_tables | other_insists & ~tables[:, None]
    return np.asarray(missing == 0)


def subset_table(size: int) -> BoolArray:
    """Return whether mask r is within mask t, as [r, t]."""
    masks = np.arange(size)
    return np.asarray(masks[:, None] & ~masks == 0)


def over_supersets(table: FloatArray, combine: Any) -> FloatArray:
    """Return, along the first axis, `combine` over all masks that contain each mask."""
    return _folded(table, combine, 0)


def over_subsets(table: FloatArray) -> FloatArray:
    """Return, along the first axis, sums over all masks within each mask."""
    return _folded(table, np.add, 1)


def _folded(table: FloatArray, combine: Any, bit_of_target: int) -> FloatArray:
    result = np.array(table, dtype=float)
    masks, bit = np.arange(len(result)), 1
    while bit < len(result):
        target = masks[(masks & bit != 0) == bool(bit_of_target)]
        result[target] = combine(result[target], result[target ^ bit])
        bit *= 2
    return result


def members(mask: int, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names whose bits are set."""
    return tuple(name for k, name in enumerate(names) if mask >> k & 1)
