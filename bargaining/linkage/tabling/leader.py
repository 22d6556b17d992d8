"""The stage with a leader: one side commits to what it tables and insists on, the other answers.

Subgame perfection (von Stackelberg 1934): the follower takes a best response to each commitment.
Where it has several, both answers are given: the one that is best for the leader, and the worst.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.linkage.tabling.pure import Names, Strategy, in_words
from bargaining.linkage.tabling.stage import BoolArray, Side, Stage, members, subset_table
from bargaining.types import FloatArray, IntArray

__all__ = ["LeaderFollower", "leader_follower"]

TIES = ("for the leader", "against the leader")


@dataclass(frozen=True, eq=False)
class LeaderFollower:
    """A subgame perfect outcome of the stage with a leader.

    Attributes
    ----------
    leader : str
    ties : {"for the leader", "against the leader"}
        How a follower with several best answers decides.
    commitment : Strategy
        The leader's; of several best ones that which tables and then insists on the fewest, and
        then is best for the follower.
    talks : bool
    tabled : pair of tuples of str
        What each side tables, in the order of the players; nothing without talks.
    payoffs : ndarray of shape (2,)
    optimal : int
        How many commitments are best for the leader.
    """

    leader: str
    ties: str
    commitment: Strategy
    talks: bool
    tabled: Names
    payoffs: FloatArray
    optimal: int


def leader_follower(
    stage: Stage, leader: int, ties: str, players: tuple[str, ...], groups: Names
) -> LeaderFollower:
    """Solve the stage with a leader (0 or 1) by backward induction over all commitments."""
    first, second = stage.side(leader), stage.side(1 - leader)
    values, answers, theirs = _answers(first, second, ties)
    best = np.argwhere(values >= values.max() - first.tolerance)
    t, r = min(
        best.tolist(),
        key=lambda own: (own[0].bit_count(), own[1].bit_count(), -theirs[tuple(own)]),
    )
    answer = int(answers[t, r])
    pair = (values[t, r], theirs[t, r])
    tabled = (members(t, groups[leader]), members(max(answer, 0), groups[1 - leader]))
    if answer < 0:
        tabled = ((), ())
    return LeaderFollower(
        players[leader], ties, in_words(np.array([t, r]), leader, groups), answer >= 0,
        tabled if leader == 0 else (tabled[1], tabled[0]),
        np.array(pair if leader == 0 else pair[::-1], dtype=float), len(best),
    )  # fmt: skip


def _answers(leader: Side, follower: Side, ties: str) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return, by the leader's (T, R): its payoff, the follower's T (-1: no talks) and payoff."""
    own, other = leader.talks.shape
    inside = subset_table(other)
    best = follower.best()  # by the leader's R and T
    refusable = follower.may_refuse()
    sign = 1.0 if ties == TIES[0] else -1.0
    order = np.array(sorted(range(other), key=lambda mask: (mask.bit_count(), mask)))
    values, theirs = np.empty((own, other)), np.empty((own, other))
    answers = np.empty((own, other), dtype=np.int64)
    for t in range(own):
        payoffs = follower.talks[:, t]
        level = best[:, t][:, None] - follower.tolerance
        may: BoolArray = inside & (payoffs >= level)  # by the leader's R, the follower's T
        away = refusable[:, t] & (follower.point >= level[:, 0])
        worth = np.where(may, sign * leader.talks[t], -np.inf)[:, order]
        pick = worth.argmax(axis=1)
        talks = worth[np.arange(other), pick]
        alone = np.where(away, sign * leader.refused[t], -np.inf)
        stays = alone > talks + leader.tolerance
        values[t] = sign * np.where(stays, alone, talks)
        answers[t] = np.where(stays, -1, order[pick])
        theirs[t] = np.where(stays, follower.point, payoffs[order[pick]])
    return values, answers, theirs
