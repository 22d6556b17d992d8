"""All pure equilibria of the stage before the talks, outcome by outcome.

With talks, what a player insists on matters only to the other: given (T_1, T_2), the sets R_2 under
which player 1 is content are closed upwards within T_1, so the equilibria with that outcome are a
product of two such families. Without talks they are the pairs that do not meet, of the strategies
that leave the other side no talks better than staying away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bargaining.linkage.tabling.stage import BoolArray, Side, Stage, members, takes_place
from bargaining.types import FloatArray, IntArray

__all__ = ["PureEquilibria", "Strategy", "pure_equilibria"]

Names = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Strategy:
    """What a player tables of its own, and what it insists on of the other's."""

    tables: tuple[str, ...]
    insists_on: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in words."""
        tables = f"table {', '.join(self.tables) or 'nothing'}"
        return f"{tables}; insist on {', '.join(self.insists_on) or 'nothing'}"


@dataclass(frozen=True, eq=False)
class PureEquilibria:
    """All pure equilibria of one outcome.

    Attributes
    ----------
    talks : bool
        Whether talks take place.
    tabled : pair of tuples of str
        What each side tables; of refusals, which differ in it, what everyone can: nothing.
    payoffs : ndarray of shape (2,)
    number : int
        How many profiles there are: every pair of the two sides' `strategies`, or without talks
        every pair that does not lead to talks.
    voluntary : bool
        Whether one of them has nothing insisted upon.
    undominated : int
        How many of them use no weakly dominated strategy.
    regret : float
        The largest gain from deviating in any of them, relative to the player's payoff range.
    masks : pair of integer arrays of shape (K, 2)
        The strategies of each side as bit masks (T, R).
    """

    talks: bool
    tabled: Names
    payoffs: FloatArray
    number: int
    voluntary: bool
    undominated: int
    regret: float
    masks: tuple[IntArray, IntArray] = field(repr=False)
    groups: Names = field(repr=False)

    @property
    def strategies(self) -> tuple[tuple[Strategy, ...], tuple[Strategy, ...]]:
        """The strategies of each side."""
        first, second = (
            tuple(in_words(mask, i, self.groups) for mask in own)
            for i, own in enumerate(self.masks)
        )
        return first, second

    @property
    def needs(self) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
        """The smallest sets that each side has to insist on; () of refusals."""
        if not self.talks:
            return (), ()
        first, second = (
            tuple(members(r, self.groups[1 - i]) for r in _smallest(own[:, 1]))
            for i, own in enumerate(self.masks)
        )
        return first, second

    def profiles(self) -> Iterator[tuple[Strategy, Strategy]]:
        """Go through the equilibria one by one."""
        first, second = self.strategies
        happens = takes_place(*self.masks)
        for k, own in enumerate(first):
            for l, other in enumerate(second):
                if happens[k, l] == self.talks:
                    yield own, other


def in_words(mask: IntArray, player: int, groups: Names) -> Strategy:
    """Return a strategy's names."""
    own, other = groups[player], groups[1 - player]
    return Strategy(members(int(mask[0]), own), members(int(mask[1]), other))


def _smallest(sets: IntArray) -> list[int]:
    """Return the sets that contain no other of them."""
    return [
        int(r) for r in sets if not any(int(s) != int(r) and s & ~r == 0 for s in sets)
    ]  # fmt: skip


def pure_equilibria(
    stage: Stage, groups: Names, dominated: tuple[BoolArray, BoolArray]
) -> tuple[PureEquilibria, ...]:
    """Return all pure equilibria, those with talks first, in order of what is tabled.

    Parameters
    ----------
    stage : Stage
    groups : pair of tuples of str
    dominated : pair of bool arrays
        Whether each player's (T, R) is weakly dominated.
    """
    sides = stage.side(0), stage.side(1)
    content = sides[0].accepts(), sides[1].accepts().transpose(1, 0, 2)
    supported = content[0].any(axis=2) & content[1].any(axis=2)
    found = [
        _with_talks(stage, sides, groups, dominated, (int(t), int(s)), content)
        for t, s in sorted(
            np.argwhere(supported).tolist(), key=lambda pair: (sum(map(int.bit_count, pair)), pair)
        )
    ]
    refusals = _without_talks(stage, sides, groups, dominated)
    return (*found, *refusals)


def _with_talks(
    stage: Stage, sides: tuple[Side, Side], groups: Names,
    dominated: tuple[BoolArray, BoolArray], at: tuple[int, int],
    content: tuple[BoolArray, BoolArray],
) -> PureEquilibria:  # fmt: skip
    # Player 1's contentment limits what player 2 insists on, and the other way round.
    insists = np.flatnonzero(content[1][at]), np.flatnonzero(content[0][at])
    first, second = (
        np.column_stack([np.full(len(sets), at[i]), sets]) for i, sets in enumerate(insists)
    )
    payoffs = stage.talks[:, at[0], at[1]]
    regrets = [
        (sides[0].best()[insists[1], at[1]].max() - payoffs[0]) / stage.scale[0],
        (sides[1].best()[insists[0], at[0]].max() - payoffs[1]) / stage.scale[1],
    ]
    free = [int((~dominated[i][at[i], insists[i]]).sum()) for i in (0, 1)]
    return PureEquilibria(
        True, (members(at[0], groups[0]), members(at[1], groups[1])), payoffs,
        len(first) * len(second), bool(insists[0][0] == 0 and insists[1][0] == 0),
        free[0] * free[1], max(0.0, float(max(regrets))), (first, second), groups,
    )  # fmt: skip


def _without_talks(
    stage: Stage, sides: tuple[Side, Side], groups: Names, dominated: tuple[BoolArray, BoolArray]
) -> tuple[PureEquilibria, ...]:
    """Return the refusals as one family, where there are any."""
    keeps_away = []
    for i, side in enumerate(sides):
        other = sides[1 - i]
        no_better = other.best_talks() <= other.point + other.tolerance  # by own R, own T
        costless = side.refused >= side.point - side.tolerance
        keeps_away.append(np.argwhere(no_better.T & costless[:, None]))
    happens = takes_place(*keeps_away)
    number = int((~happens).sum())
    if not number:
        return ()
    free = [~dominated[i][own[:, 0], own[:, 1]] for i, own in enumerate(keeps_away)]
    keep = [~happens.all(axis=1 - i) for i in (0, 1)]
    first, second = (own[keep[i]] for i, own in enumerate(keeps_away))
    regrets = []
    for i, side in enumerate(sides):
        mine, theirs = (first, second) if i == 0 else (second, first)
        best = side.best_talks()[theirs[:, 1], theirs[:, 0]].max()
        regrets.append((max(best, side.point) - side.refused[mine[:, 0]].min()) / stage.scale[i])
    point = np.array([sides[0].point, sides[1].point])
    undominated = int((~happens[np.ix_(*free)]).sum())
    return (
        PureEquilibria(
            False, ((), ()), point, number, False, undominated,
            max(0.0, float(max(regrets))), (first, second), groups,
        ),
    )  # fmt: skip
