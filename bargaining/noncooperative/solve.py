"""`nash_equilibrium` and `nash_equilibria`: of finite games and of lever games, certified."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from inspect import signature
from typing import Any

import numpy as np

import bargaining.noncooperative.two_player.proof  # noqa: F401  registers the exact check
from bargaining.errors import InputError, unknown_name
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium, equilibrium_of
from bargaining.noncooperative.games.idle import among, pair_with_a_choice, with_idle
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.intervals.continuous import (
    continuous_equilibria,
    continuous_equilibrium,
    has_intervals,
)
from bargaining.noncooperative.intervals.regrets import check_continuous_equilibrium
from bargaining.noncooperative.levers.lever_check import check_lever_equilibrium
from bargaining.noncooperative.levers.lever_game import lever_equilibria, lever_equilibrium
from bargaining.noncooperative.n_player.n_player import equilibria_found
from bargaining.noncooperative.selection import checked_rule, select
from bargaining.noncooperative.two_player.bimatrix import (
    check_game_equilibrium,
    equilibrium_of_game,
)
from bargaining.noncooperative.two_player.two_players import all_equilibria, lifted
from bargaining.results.certificate import Certificate, registers

__all__ = ["nash_equilibria", "nash_equilibrium"]


def nash_equilibrium(game: NormalFormGame | Negotiation, **options: Any) -> Equilibrium:
    """Return one Nash equilibrium, whose regret is its certificate.

    Parameters
    ----------
    game : NormalFormGame or Negotiation
        Of a negotiation, the lever game: each player sets its own levers.
    **options
        `selection`, except where a free lever is an interval: "payoff-dominant", "risk-dominant" or
        (lever games) "focal", the rule that picks one of `nash_equilibria`, see
        `bargaining.noncooperative.selection.select`. For lever games also `starts`,
        `random_starts`, `rng` and `max_rounds`, see
        `bargaining.noncooperative.levers.lever_game.lever_equilibrium`; where a free lever is an
        interval `starts`, `random_starts`, `rng` and `max_iterations`, see
        `bargaining.noncooperative.intervals.continuous.continuous_equilibrium`.

    Raises
    ------
    InputError
        For bad options.
    ConvergenceError
        When no equilibrium was found; it carries the best regret.
    IntractableError
        When a player's own levers are too entangled to find a best response.
    BargainingError
        When the selection rule picks none; it names the candidates.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> nash_equilibrium(game).payoffs.tolist()
    [0.0, 0.0]
    """
    if isinstance(game, Negotiation):
        solver = continuous_equilibrium if has_intervals(game) else lever_equilibrium
        return solver(game, **_known("nash_equilibrium", solver, options))
    if not isinstance(game, NormalFormGame):
        raise InputError(
            f"nash_equilibrium: expected a NormalFormGame or Negotiation, got {game!r}"
        )
    rule = options.pop("selection", None)
    if options:
        raise InputError(
            f"nash_equilibrium: {', '.join(map(repr, options))}: options are for lever games only"
        )
    if rule is None:
        return equilibrium_of_game(game)
    checked_rule(rule)
    return select(nash_equilibria(game), rule)


def nash_equilibria(
    game: NormalFormGame | Negotiation, *, exact: bool = False, **options: Any
) -> Equilibria:
    """Return the Nash equilibria of a game: all of them where that can be done.

    Of a two-player game the list holds every extreme equilibrium, and `subsets` and `components`
    say which of them span infinitely many others. `completeness` is "all" when the vertices of a
    best-response polytope were listed without a doubt: each was checked to meet its constraints and
    no others, the list to hold every neighbour of its members, and ties within roundoff were
    decided, or the whole list made, in whole numbers (von Stengel 2002; Avis, Rosenberg, Savani and
    von Stengel 2010). Payoffs that differ by less than 1e-12 of their range count as equal, unless
    `exact`. Otherwise it is "some", and `reason` says why: of more players the list holds the pure
    equilibria and the mixed ones that a search over small supports and the logit path find.

    Parameters
    ----------
    game : NormalFormGame or Negotiation
    exact : bool
        Of a two-player game: rational numbers throughout. Payoffs are `NormalFormGame.rational`,
        the strategies `Equilibrium.exact`.
    **options
        For lever games: `starts`, `random_starts`, `rng` and `max_rounds`, see
        `bargaining.noncooperative.levers.lever_game.lever_equilibria`, which says how complete the
        list is; where a free lever is an interval, as for `nash_equilibrium`.

    Raises
    ------
    InputError
        For bad options.
    ConvergenceError
        When none was found in a game of more than two players, or in a lever game.
    IntractableError
        When the polytopes of a two-player game may have too many vertices, from 18 x 18 on if no
        strategy is dominated.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = nash_equilibria(bg.NormalFormGame.from_arrays([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    >>> for equilibrium in found:
    ...     print(*(strategy.round(3) for strategy in equilibrium.strategies))
    [1. 0.] [1. 0.]
    [0. 1.] [0. 1.]
    [0.667 0.333] [0.333 0.667]
    >>> found.completeness
    'all'
    """
    if isinstance(game, Negotiation):
        if exact:
            raise InputError(
                "nash_equilibria, exact: expected a two-player game, got a negotiation"
            )
        solver = continuous_equilibria if has_intervals(game) else lever_equilibria
        return solver(game, **_known("nash_equilibria", solver, options))
    if not isinstance(game, NormalFormGame):
        raise InputError(f"nash_equilibria: expected a NormalFormGame or Negotiation, got {game!r}")
    if options:
        raise InputError(
            f"nash_equilibria: {', '.join(map(repr, options))}: expected `exact` alone for a game"
        )
    if game.number_of_players == 2:
        return all_equilibria(game, exact=exact)
    pair = pair_with_a_choice(game)
    if pair is not None:
        return _of_two(game, pair, exact)
    if exact:
        raise InputError(
            f"nash_equilibria, exact: expected a two-player game, got {game.number_of_players} "
            "players"
        )
    profiles, completeness, method = equilibria_found(game)
    found = [
        equilibrium_of(
            game,
            profile,
            method=method,
            selection="one of those found",
            number_found=len(profiles),
            completeness=completeness,
        )
        for profile in profiles
    ]
    reason = "with more than two players no search rules out further mixed ones"
    return Equilibria.of(game, found, completeness=completeness, method=method, reason=reason)


def _known(where: str, solver: Callable[..., object], options: dict[str, Any]) -> dict[str, Any]:
    """Return options if the solver has them all."""
    names = [p.name for p in signature(solver).parameters.values() if p.kind is p.KEYWORD_ONLY]
    for name in options:
        if name not in names:
            raise InputError(f"{where}: {unknown_name('option', name, names)}")
    return options


def _of_two(game: NormalFormGame, pair: tuple[int, int], exact: bool) -> Equilibria:
    """Return the equilibria of a game in which two players have a choice."""
    found = all_equilibria(among(game, pair), exact=exact)

    def exactly(each: Equilibrium) -> tuple[tuple[Fraction, ...], ...]:
        return with_idle(game, pair, each.exact or (), (Fraction(1),))

    return lifted(
        game, found, lambda x: with_idle(game, pair, x, np.ones(1)), method=found.method,
        exactly=exactly if exact else None,
    )  # fmt: skip


@registers(Equilibrium)
def check_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret from the game alone."""
    if isinstance(equilibrium.game, Negotiation) and has_intervals(equilibrium.game):
        return check_continuous_equilibrium(equilibrium)
    if isinstance(equilibrium.game, Negotiation):
        return check_lever_equilibrium(equilibrium)
    return check_game_equilibrium(equilibrium)
