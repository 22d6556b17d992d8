"""One round of alternating-offers talks, given what a rejection is worth; and backward induction.

The proposer makes the best offer that the others accept, unless it prefers to have its offer
refused. Whoever is indifferent accepts. Everything is in gains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.strategic.offers_frontier import SLACK, Best
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["AGREED", "OPTS_OUT", "REFUSED", "Play", "Turn", "backwards", "play_round", "turn"]

AGREED, REFUSED, OPTS_OUT = "accepted", "refused", "opts out"

BestOffer = Callable[[int, FloatArray], "Best | FloatArray"]
"""From a proposer and the demands to its best offer, or weights that prove that there is none."""


@dataclass(frozen=True, eq=False)
class Turn:
    """What happens when a player proposes.

    Attributes
    ----------
    proposer : int
    outcome : str
        "accepted", "refused" (talks go on), or "opts out".
    gains : ndarray of shape (N,)
        Expected gains.
    lottery : tuple of (float, tag)
        Empty without agreement.
    weights : ndarray of shape (N,)
        They prove that no offer that the others accept is better for the proposer.
    demands : ndarray of shape (N,)
    """

    proposer: int
    outcome: str
    gains: FloatArray
    lottery: tuple[tuple[float, Any], ...]
    weights: FloatArray
    demands: FloatArray


@dataclass(frozen=True, eq=False)
class Play:
    """Equilibrium play: values at the start of each stage (K, N), and each stage's turns."""

    values: FloatArray
    turns: tuple[tuple[Turn, ...], ...]


def turn(talks: Talks, best: BestOffer, proposer: int, continued: FloatArray) -> Turn:
    """Return what a proposer does when a rejection is worth `continued` (N,)."""
    demands = talks.demands(continued)
    opts_out = bool(np.any(talks.temptation(proposer, continued) > SLACK))
    outcome, refused = (OPTS_OUT, talks.outside) if opts_out else (REFUSED, continued)
    offer = best(proposer, demands)
    if not isinstance(offer, Best):
        return Turn(proposer, outcome, refused, (), offer, demands)
    least = max(refused[proposer], talks.floor[proposer])
    if offer.gains[proposer] < least - SLACK:
        return Turn(proposer, outcome, refused, (), offer.weights, demands)
    return Turn(proposer, AGREED, offer.gains, offer.lottery, offer.weights, demands)


def play_round(
    talks: Talks, best: BestOffer, stage: int, following: FloatArray | None
) -> tuple[FloatArray, tuple[Turn, ...]]:
    """Return the value at the start of a stage (N,), and the turns of its proposers."""
    continued = talks.rejection(following)
    chances = talks.chances(stage)
    able = np.flatnonzero(chances > 0)
    turns = tuple(turn(talks, best, int(j), continued) for j in able)
    value = chances[able] @ np.array([each.gains for each in turns])
    return np.asarray(value), turns


def backwards(talks: Talks, best: BestOffer, last: FloatArray | None) -> Play:
    """Play all stages, from the last, which is followed by a round worth `last`, to the first."""
    following = last
    values, turns = [], []
    for stage in reversed(range(talks.stages)):
        following, made = play_round(talks, best, stage, following)
        values.append(following)
        turns.append(made)
    return Play(np.array(values[::-1]), tuple(turns[::-1]))
