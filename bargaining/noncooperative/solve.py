"""`nash_equilibrium`: one equilibrium of a finite game or of a lever game, with its certificate."""

from __future__ import annotations

from typing import Any

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.bimatrix import check_game_equilibrium, equilibrium_of_game
from bargaining.noncooperative.continuous import (
    check_continuous_equilibrium,
    continuous_equilibrium,
    has_intervals,
)
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.lever_check import check_lever_equilibrium
from bargaining.noncooperative.lever_game import lever_equilibrium
from bargaining.noncooperative.normal_form import NormalFormGame
from bargaining.results.certificate import Certificate, registers

__all__ = ["nash_equilibrium"]


def nash_equilibrium(game: NormalFormGame | Negotiation, **options: Any) -> Equilibrium:
    """Return one Nash equilibrium, whose regret is its certificate.

    Parameters
    ----------
    game : NormalFormGame or Negotiation
        Of a negotiation, the lever game: each player sets its own levers.
    **options
        For lever games: `starts`, `random_starts`, `rng` and `max_rounds`, see
        `bargaining.noncooperative.lever_game.lever_equilibrium`; where a free lever is an interval
        `starts`, `random_starts`, `rng` and `max_iterations`, see
        `bargaining.noncooperative.continuous.continuous_equilibrium`.

    Raises
    ------
    InputError
        For bad options.
    ConvergenceError
        When no equilibrium was found; it carries the best regret.
    IntractableError
        When a player's own levers are too entangled to find a best response.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> nash_equilibrium(game).payoffs.tolist()
    [0.0, 0.0]
    """
    if isinstance(game, Negotiation) and has_intervals(game):
        return continuous_equilibrium(game, **options)
    if isinstance(game, Negotiation):
        return lever_equilibrium(game, **options)
    if not isinstance(game, NormalFormGame):
        raise InputError(
            f"nash_equilibrium: expected a NormalFormGame or Negotiation, got {game!r}"
        )
    if options:
        raise InputError(
            f"nash_equilibrium: {', '.join(map(repr, options))}: options are for lever games only"
        )
    return equilibrium_of_game(game)


@registers(Equilibrium)
def check_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret from the game alone."""
    if isinstance(equilibrium.game, Negotiation) and has_intervals(equilibrium.game):
        return check_continuous_equilibrium(equilibrium)
    if isinstance(equilibrium.game, Negotiation):
        return check_lever_equilibrium(equilibrium)
    return check_game_equilibrium(equilibrium)
