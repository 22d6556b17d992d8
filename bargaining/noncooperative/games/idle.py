"""Players without a choice: a game is solved among the others.

Who has one strategy plays it. A game of many players in which two have a choice is thus a game of
two players, for which more is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.types import FloatArray

__all__ = ["among", "pair_with_a_choice", "with_idle"]

Pair = tuple[int, int]


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
    idle = tuple(1 + i for i in range(game.number_of_players) if i not in pair)
    return NormalFormGame(
        np.squeeze(game.payoff_arrays[list(pair)], axis=idle),
        tuple(game.players[i] for i in pair),
        tuple(game.labels[i] for i in pair),
    )


def with_idle(
    game: NormalFormGame, pair: Pair, profile: Sequence[FloatArray]
) -> tuple[FloatArray, ...]:
    """Return a profile of the two players as one of the whole game."""
    mixed = dict(zip(pair, profile, strict=True))
    return tuple(mixed.get(i, np.ones(1)) for i in range(game.number_of_players))
