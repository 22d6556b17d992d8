"""Which payoffs can be sustained when a game is played again and again, without a court.

Abreu, Pearce and Stacchetti (1990), two players exactly by Abreu and Sannikov (2014), more by the
inner and outer approximations of Judd, Yeltekin and Conklin (2003).
"""

from __future__ import annotations

import numpy as np

from bargaining.enforcement.repeated.abreu_sannikov import (
    THIN,
    equilibrium_polygon,
    self_generation_gap,
)
from bargaining.enforcement.repeated.approximations import approximate
from bargaining.enforcement.repeated.inner_points import inner_gap
from bargaining.enforcement.repeated.polygon import clipped, hull
from bargaining.enforcement.repeated.repeated_set import APPROXIMATE, RepeatedPayoffSet
from bargaining.enforcement.repeated.stage import Stage, as_game, discount_factor_of, stage_of
from bargaining.errors import ConvergenceError, InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.types import FloatArray

__all__ = ["RepeatedPayoffSet", "folk_theorem_set", "repeated_payoff_set"]

NOTHING = "no equilibrium"
SELF_GENERATION = "self-generation"

SHARE = 0.1
"""Part of the tolerance at which the iteration ends; the rest is for tidying up."""

ROUNDING = 4e-16
"""What no iteration of floats gets below, in payoff ranges."""


def repeated_payoff_set(
    game: NormalFormGame | Negotiation,
    discount_factor: float,
    *,
    method: str | None = None,
    refinement: int = 1,
    max_iterations: int = 20_000,
) -> RepeatedPayoffSet:
    """Return the payoffs of the pure-strategy subgame-perfect equilibria of a repeated game.

    The stage game is played in every period, everything is observed, players have one common
    discount factor, and a public draw may decide what follows. A Nash equilibrium in mixed
    strategies is not considered, so that there may be no equilibrium at all.

    Parameters
    ----------
    game : NormalFormGame, or a small Negotiation
        A negotiation is listed as its lever game (at most 4,000,000 payoffs).
    discount_factor : float
        In [0, 1).
    method : str, optional
        "abreu-sannikov", exact, for two players; "judd-yeltekin-conklin", a set from outside and
        one from inside, for any number of players. The former where it applies, unless said.
    refinement : int
        Of the second method: its directions go through the whole numbers from -refinement to
        refinement. More of them narrow the gap and take longer.
    max_iterations : int
        Of the first method.

    Raises
    ------
    InputError
        For a discount factor outside [0, 1), an unknown method, or the exact one for a game that
        has not two players.
    ConvergenceError
        When the exact method does not get within its tolerance; with the certificate reached.
    IntractableError
        For a negotiation that is too large, or too many linear programs.

    Examples
    --------
    The prisoners' dilemma: silence for ever, (3, 3), holds from 1/2 on.

    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> bg.repeated_payoff_set(game, 0.5).contains([3, 3])
    True
    >>> bg.repeated_payoff_set(game, 0.45).contains([3, 3])
    False
    >>> bg.repeated_payoff_set(game, 0.2).vertices.tolist()
    [[1.0, 1.0]]
    >>> pennies = bg.NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> bg.repeated_payoff_set(pennies, 0.9).empty
    True
    """
    where = "repeated_payoff_set"
    finite = as_game(where, game)
    delta = discount_factor_of(where, discount_factor)
    two = finite.number_of_players == 2
    chosen = method or ("abreu-sannikov" if two else "judd-yeltekin-conklin")
    if chosen == "abreu-sannikov" and two:
        return _exact(finite, delta, max_iterations)
    if chosen == "judd-yeltekin-conklin":
        if type(refinement) is not int or refinement < 1:
            raise InputError(
                f"{where}, refinement: expected a whole number > 0, got {refinement!r}"
            )
        return _approximate(finite, delta, refinement)
    raise InputError(
        f"{where}, method: expected 'judd-yeltekin-conklin' or, for two players, 'abreu-sannikov', "
        f"got {method!r} for {finite.number_of_players} players"
    )


def _exact(game: NormalFormGame, delta: float, max_iterations: int) -> RepeatedPayoffSet:
    if not max_iterations >= 1:
        raise InputError(
            f"repeated_payoff_set, max_iterations: expected a number >= 1, got {max_iterations!r}"
        )
    stage = stage_of(game)
    vertices, threats, iterations = _statics(stage), stage.minmax, 0
    if delta > 0:
        found = equilibrium_polygon(
            stage,
            delta,
            tolerance=max(SHARE * TOLERANCE * (1 - delta), ROUNDING),
            max_iterations=max_iterations,
        )
        vertices, threats, iterations = found.vertices, found.punishments, found.iterations
    empty = not len(vertices)
    certificate = Certificate(NOTHING, 0.0) if empty else _proof(stage, delta, vertices)
    if not certificate:
        raise ConvergenceError(
            f"repeated_payoff_set: after {iterations:,} iterations the set is "
            f"{certificate.value:.1e} from generating itself; expected {TOLERANCE:.0e} "
            "(raise `max_iterations`)",
            certificate=certificate,
        )
    return RepeatedPayoffSet(
        vertices=stage.from_units(vertices),
        empty=empty,
        threats=stage.from_units(threats if empty else vertices.min(axis=0)),
        discount_factor=delta,
        error=certificate.value,
        method="abreu-sannikov",
        iterations=iterations,
        certificate=certificate,
        players=game.players,
        game=game,
    )


def _statics(stage: Stage) -> FloatArray:
    """Return the hull of the pure Nash equilibria: what impatient players play."""
    return hull(stage.nash, THIN) if len(stage.nash) else np.empty((0, 2))


def _proof(stage: Stage, delta: float, vertices: FloatArray) -> Certificate:
    """Return how much anybody gains by deviating, when promises are kept up to the gap for ever."""
    gap = self_generation_gap(stage, delta, vertices)
    return Certificate(SELF_GENERATION, gap / (1 - delta))


def _approximate(game: NormalFormGame, delta: float, refinement: int) -> RepeatedPayoffSet:
    stage = stage_of(game)
    found = approximate(stage, delta, refinement)
    players = game.number_of_players
    worst = stage.minmax if found.empty else -found.levels[:players]
    directions = found.directions / stage.scale
    levels = np.where(np.isneginf(found.levels), 0.0, found.levels)
    kind = NOTHING if found.empty else SELF_GENERATION
    return RepeatedPayoffSet(
        vertices=stage.from_units(found.inner),
        empty=found.empty,
        threats=stage.from_units(worst),
        discount_factor=delta,
        error=found.gap,
        method="judd-yeltekin-conklin",
        iterations=found.steps,
        certificate=Certificate(
            kind, found.inner_gap / (1 - delta), APPROXIMATE, details={"refinement": refinement}
        ),
        players=game.players,
        game=game,
        directions=directions,
        levels=levels + directions @ stage.low,
    )


@registers(RepeatedPayoffSet)
def check_repeated(result: RepeatedPayoffSet) -> Certificate:
    """Recompute what the vertices generate; or that there are none, with nothing assumed.

    An empty set is confirmed by cutting the feasible payoffs with each player's lowest payoff as
    the first punishment, instead of the minmax.
    """
    stage, delta = stage_of(result.game), result.discount_factor
    vertices = stage.to_units(result.vertices)
    tolerance = result.certificate.tolerance
    if result.empty:
        if result.dimension == 2 and delta > 0:
            again = equilibrium_polygon(
                stage, delta, tolerance=ROUNDING, max_iterations=100_000, jump=False
            )
            none = not len(again.vertices)
        elif delta > 0:
            none = approximate(stage, delta, result.certificate.details["refinement"]).empty
        else:
            none = not len(stage.nash)
        return Certificate(NOTHING, 0.0 if none else 1.0, tolerance)
    if result.directions is None:
        return _proof(stage, delta, vertices)
    if not len(vertices):
        return Certificate(SELF_GENERATION, 0.0, tolerance)
    gap = inner_gap(stage, delta, vertices)
    return Certificate(SELF_GENERATION, gap / (1 - delta), tolerance)


def folk_theorem_set(game: NormalFormGame) -> FloatArray:
    """Return the feasible payoffs at which neither player has less than its pure minmax.

    Where the set has an interior, the equilibrium payoffs of two patient players come as near to it
    as one likes (Fudenberg and Maskin 1986; pure strategies, a public draw).

    Parameters
    ----------
    game : NormalFormGame of two players

    Returns
    -------
    ndarray of shape (M, 2)
        Its vertices, counterclockwise.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> folk_theorem_set(game).round(9).tolist()
    [[1.0, 1.0], [4.333333333, 1.0], [3.0, 3.0], [1.0, 4.333333333]]
    """
    if game.number_of_players != 2:
        raise InputError(
            f"folk_theorem_set, game: expected two players, got {game.number_of_players}"
        )
    stage = stage_of(game)
    return stage.from_units(clipped(hull(stage.payoffs, THIN), stage.minmax, THIN))
