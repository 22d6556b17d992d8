"""Mixed equilibria of finite games of any number of players, each verified by its regret.

The logit path from the centroid comes first; where it is given up, small supports, paths from other
starts and, when it is installed, Gambit follow. Payoffs are in units of their ranges throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from bargaining.errors import ConvergenceError, IntractableError
from bargaining.noncooperative.equilibrium import relative_regret
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player.gambit_adapter import gambit_installed, gambit_profiles
from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs
from bargaining.noncooperative.n_player.logit import EXACT, follow_logit_path
from bargaining.noncooperative.n_player.supports import equilibria_on_supports, support_sizes
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["equilibria_found", "mixed_profile"]

LARGEST_GAME = 3_000_000
"""Payoffs held at once: cells times pairs of players; 100 x 100 x 100 has as many."""

MOST_STRATEGIES = 400
"""Strategies of all players together; a step of the path solves as many equations."""

SUPPORTS_FOR_ALL = 4000
SUPPORTS_FOR_ONE = 500

TILT = 4.0
"""How strongly a start prefers strategies, for payoffs from 0 to 1."""

SAME = 1e-7
"""Profiles nearer than this, in probabilities, are one."""

Profile = tuple[FloatArray, ...]


def mixed_profile(game: NormalFormGame) -> Profile:
    """Return one equilibrium of a finite game, which may be pure.

    Parameters
    ----------
    game : NormalFormGame
        Of any number of players.

    Returns
    -------
    tuple of N ndarrays
        Probabilities; the regret is at most 1e-9 of each player's payoff range, and mostly 1e-14.

    Raises
    ------
    IntractableError
        For a game of too many payoffs or strategies.
    ConvergenceError
        When none was found; it carries the best regret.

    Examples
    --------
    Three players; each wants to differ from the next one, the last to meet the first.

    >>> differ, meet = np.eye(2)[::-1], np.eye(2)
    >>> game = NormalFormGame.from_arrays(
    ...     np.repeat(differ[:, :, None], 2, axis=2),
    ...     np.repeat(differ[None, :, :], 2, axis=0),
    ...     np.repeat(meet[:, None, :], 2, axis=1),
    ... )
    >>> [x.tolist() for x in mixed_profile(game)]
    [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
    """
    _check_size(game)
    payoffs = ExpectedPayoffs(game)
    least, nearest = math.inf, payoffs.profile(payoffs.centroid)
    for profile in _attempts(game, payoffs):
        regret = relative_regret(game, profile)
        if regret < least:
            least, nearest = regret, profile
        if least <= EXACT:
            break
    if least > TOLERANCE:
        raise ConvergenceError(
            f"nash_equilibrium: no method reached a regret of {TOLERANCE:g} on a "
            f"{_in_words(game)} game; the best is {least:.2g} of the payoff range",
            certificate=Certificate("regret", least),
        )
    return nearest


def _attempts(game: NormalFormGame, payoffs: ExpectedPayoffs) -> Iterator[Profile]:
    """Yield the ends of one method after another."""
    yield payoffs.profile(follow_logit_path(payoffs).p)
    sizes = support_sizes(payoffs.shape, SUPPORTS_FOR_ONE)
    found = equilibria_on_supports(payoffs, sizes, tolerance=TOLERANCE)
    # The order in which supports are searched hangs on labels, the sum of payoffs does not.
    yield from map(payoffs.profile, sorted(found, key=payoffs.total, reverse=True))
    for start in _starts(payoffs):
        yield payoffs.profile(follow_logit_path(payoffs, start).p)
    if gambit_installed():
        for solver in ("logit", "simpdiv"):
            # One that fails or runs out of time is one attempt less.
            with suppress(ConvergenceError):
                yield from gambit_profiles(game, solver)


def _starts(payoffs: ExpectedPayoffs) -> Iterator[FloatArray]:
    """Yield profiles that lean to strategies of large, or small, lowest payoffs and the like."""
    rows = [
        np.moveaxis(table, i, 0).reshape(own, -1)
        for i, (table, own) in enumerate(zip(payoffs.tables, payoffs.shape, strict=True))
    ]
    for of_row in (np.min, np.max, np.std):
        lean = np.concatenate([of_row(row, axis=1) for row in rows])
        for tilt in (TILT, -TILT):
            odds = np.exp(tilt * lean)
            yield odds / payoffs.sums(odds)[payoffs.owner]


def equilibria_found(game: NormalFormGame) -> tuple[list[Profile], str, str]:
    """Return the equilibria of a finite game that its small supports hold.

    Parameters
    ----------
    game : NormalFormGame
        Of any number of players.

    Returns
    -------
    profiles : list of tuples of N ndarrays
        All pure equilibria and the mixed ones found, smallest supports first.
    completeness : str
        "some": Newton's method may have missed others.
    method : str

    Raises
    ------
    IntractableError
        For a game without pure equilibria of too many payoffs or strategies.
    ConvergenceError
        When none was found; it carries the best regret.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    >>> profiles, completeness, _ = equilibria_found(game)
    >>> len(profiles), completeness
    (3, 'some')
    """
    units = [np.eye(own) for own in game.shape]
    found: list[Profile] = [
        tuple(unit[k] for unit, k in zip(units, cell, strict=True))
        for cell in game.pure_equilibria()
    ]
    if _excess(game) and found:
        return found, "some", "pure equilibria; the game is too large for mixed ones"
    _check_size(game)
    payoffs = ExpectedPayoffs(game)
    sizes = support_sizes(payoffs.shape, SUPPORTS_FOR_ALL)
    found += map(payoffs.profile, equilibria_on_supports(payoffs, sizes, tolerance=EXACT))
    end = follow_logit_path(payoffs)
    profile = payoffs.profile(end.p)
    if end.regret <= EXACT and not any(_same(profile, other) for other in found):
        found.append(profile)
    which = f"supports of up to {sum(sizes[-1])} strategies in all, " if sizes else ""
    return found or [mixed_profile(game)], "some", f"pure equilibria, {which}logit path"


def _same(first: Profile, second: Profile) -> bool:
    return all(float(np.abs(x - y).max()) <= SAME for x, y in zip(first, second, strict=True))


def _check_size(game: NormalFormGame) -> None:
    excess = _excess(game)
    if excess:
        raise IntractableError(f"mixed equilibria of a {_in_words(game)} game: {excess}")


def _excess(game: NormalFormGame) -> str:
    """Say what is too large about a game; nothing if it is not."""
    players = game.number_of_players
    payoffs = math.prod(game.shape) * players * (players - 1) // 2
    if payoffs > LARGEST_GAME:
        return (
            f"its cells times its pairs of players are {payoffs:,}, "
            f"{payoffs / LARGEST_GAME:.3g} times the limit"
        )
    if sum(game.shape) > MOST_STRATEGIES:
        return f"{sum(game.shape)} strategies in all, the limit is {MOST_STRATEGIES}"
    return ""


def _in_words(game: NormalFormGame) -> str:
    return " x ".join(map(str, game.shape))
