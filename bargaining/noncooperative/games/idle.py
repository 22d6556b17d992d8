"""Players without a choice: a game is solved among the others.

Who has one strategy plays it. A game of many players in which two have a choice is thus a game of
two players, for which more is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from bargaining.noncooperative.games.normal_form import NormalFormGame

__all__ = ["among", "pair_with_a_choice", "with_idle"]

Pair = tuple[int, int]

T = TypeVar("T")


def pair_with_a_choice(game: NormalFormGame) -> Pair | None:
    """Return two players such that nobody else has a choice; None if there are no such two.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays(*np.zeros((3, 2, 1, 4)))
    >>> pair_with_a_choice(game)
    (0, 2)
    """
    order = sorted(range(game.number_of_players), key=lambda i: (game.shape[i] == 1, i))
    if len(order) < 2 or any(game.shape[i] > 1 for i in order[2:]):
        return None
    first, second = sorted(order[:2])
    return first, second


def among(game: NormalFormGame, pair: Pair) -> NormalFormGame:
    """Return the game of two players in which all others play their one strategy."""
    idle = tuple(i for i in range(game.number_of_players) if i not in pair)
    exact = [game._exact[i] for i in pair]
    return NormalFormGame(
        np.array([np.squeeze(game.payoff_arrays[i], axis=idle) for i in pair]),
        tuple(game.players[i] for i in pair),
        tuple(game.labels[i] for i in pair),
        exact=[None if table is None else np.squeeze(table, axis=idle) for table in exact],
    )


def with_idle(game: NormalFormGame, pair: Pair, profile: Sequence[T], certain: T) -> tuple[T, ...]:
    """Return a profile of the two players as one of the whole game.

    Parameters
    ----------
    game : NormalFormGame
    pair : pair of int
    profile : pair of strategies
    certain : strategy
        What a player plays that has no choice.
    """
    mixed = dict(zip(pair, profile, strict=True))
    return tuple(mixed.get(i, certain) for i in range(game.number_of_players))
