"""Moves of two levers and their answers: what is gained before the answer, and lost after it.

(1 - delta^lag) before + delta^lag after > 0 is when a move pays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Exchange", "Move"]

At = tuple[int, int]
"""Indices of the levels at which the two levers stand."""


class Move(NamedTuple):
    """A move of one lever, and what comes of it.

    Attributes
    ----------
    player, lever : str
    start, level : float
        From where to where it is moved.
    answer : float
        The level of the other's lever after the lag.
    before, after : float
        What the mover gains over standing still, as rates, before the answer and after it.
    worth : float
        The average of both, discounted; positive where the move pays.
    pays : bool
    critical_lag : float or None
        The lag beyond which it pays: 0 where it pays at once and answered; None where it gains
        nothing before the answer.
    deterring_reciprocity : float or None
        The least m, among those that lead to a level of the other's lever, at which it does not
        pay; 0 where it never does, None where no answer deters it.
    """

    player: str
    lever: str
    start: float
    level: float
    answer: float
    before: float
    after: float
    worth: float
    pays: bool
    critical_lag: float | None
    deterring_reciprocity: float | None


@dataclass(frozen=True, eq=False)
class Exchange:
    """Two levers of two owners, everything else standing still.

    Attributes
    ----------
    players, levers : tuple of two str
    levels : tuple of two ndarrays of shape (K_1,), (K_2,)
    payoffs : ndarray of shape (2, K_1, K_2)
        Of the two owners.
    scales, deltas : ndarray of shape (2,)
        Payoff ranges, and discount factors of a month.
    reciprocity : tuple of two floats
        Of the answers by each.
    lag : float
    package : Package
        Where everything stands.
    """

    negotiation: Negotiation = field(repr=False)
    players: tuple[str, str]
    levers: tuple[str, str]
    levels: tuple[FloatArray, FloatArray]
    payoffs: FloatArray
    scales: FloatArray
    deltas: FloatArray
    reciprocity: tuple[float, float]
    lag: float
    package: Package

    def pair(self, at: At) -> tuple[float, float]:
        """Return levels."""
        return float(self.levels[0][at[0]]), float(self.levels[1][at[1]])

    def indices(self, pair: tuple[float, ...]) -> At:
        """Return the indices of a pair of levels."""
        found = []
        if len(pair) != 2:
            raise InputError(f"retaliation, levels: expected a pair, got {pair!r}")
        for level, levels, name in zip(pair, self.levels, self.levers, strict=True):
            where = np.flatnonzero(levels == level)
            if not len(where):
                raise InputError(
                    f"retaliation, level of {name!r}: expected one of {levels.tolist()}, "
                    f"got {level!r}"
                )
            found.append(int(where[0]))
        return found[0], found[1]

    def moves(self, at: At) -> tuple[Move, ...]:
        """Return all moves from somewhere."""
        return tuple(
            self.judged(at, turn, to, self.answer(at, turn, to))
            for turn in (0, 1)
            for to in range(len(self.levels[turn]))
            if to != at[turn]
        )

    def answer(self, at: At, turn: int, to: int) -> int:
        """Return the index of the level with which the other answers a move."""
        levels, here = self.levels[1 - turn], at[1 - turn]
        moved = float(self.levels[turn][to] - self.levels[turn][at[turn]])
        off = np.abs(levels - (levels[here] + self.reciprocity[1 - turn] * moved))
        near = np.flatnonzero(off <= off.min() * (1 + TOLERANCE) + TOLERANCE * np.ptp(levels))
        return int(near[np.abs(levels[near] - levels[here]).argmin()])

    def answered(self, at: At, turn: int, level: float) -> At:
        """Return where the levers stand after a move to a level and the answer to it."""
        to = int(np.flatnonzero(self.levels[turn] == level)[0])
        answer = self.answer(at, turn, to)
        return (to, answer) if turn == 0 else (answer, to)

    def _payoff(self, turn: int, own: int, other: int) -> float:
        return float(self.payoffs[(turn, own, other) if turn == 0 else (turn, other, own)])

    def judged(self, at: At, turn: int, to: int, answer: int) -> Move:
        """Return what comes of a move with an answer, both by index."""
        here, other = at[turn], at[1 - turn]
        still = self._payoff(turn, here, other)
        before = self._payoff(turn, to, other) - still
        after = self._payoff(turn, to, answer) - still
        least = TOLERANCE * float(self.scales[turn])
        worth = self._worth(turn, before, after)
        own, others = self.levels[turn], self.levels[1 - turn]
        return Move(
            player=self.players[turn],
            lever=self.levers[turn],
            start=float(own[here]),
            level=float(own[to]),
            answer=float(others[answer]),
            before=before,
            after=after,
            worth=worth,
            pays=worth > least,
            critical_lag=_critical_lag(before, after, float(self.deltas[turn]), least),
            deterring_reciprocity=self._deterring(at, turn, to, before, still),
        )

    def _worth(self, turn: int, before: float, after: float) -> float:
        kept = float(self.deltas[turn]) ** self.lag
        return float((1 - kept) * before + kept * after)

    def _deterring(self, at: At, turn: int, to: int, before: float, still: float) -> float | None:
        """Return the least reciprocity whose answer, a level, leaves nothing to gain."""
        own, others, other = self.levels[turn], self.levels[1 - turn], at[1 - turn]
        moved = float(own[to] - own[at[turn]])
        shares = (others - others[other]) / moved
        for k in np.argsort(shares):
            worth = self._worth(turn, before, self._payoff(turn, to, int(k)) - still)
            if shares[k] >= 0 and worth <= TOLERANCE * self.scales[turn]:
                return abs(float(shares[k]))  # a zero without a sign
        return None


def _critical_lag(before: float, after: float, delta: float, least: float) -> float | None:
    """Return the lag beyond which a move pays; at it (1 - delta^lag) before = -delta^lag after."""
    if before <= least:
        return None
    if after >= 0:
        return 0.0
    if delta == 0:
        return 0.0
    return float(np.log(before / (before - after)) / np.log(delta))
