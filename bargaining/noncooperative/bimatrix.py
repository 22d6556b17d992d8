"""One equilibrium of a finite game, chosen by a rule that labels and units do not touch.

Two players: pure equilibria first, then Lemke-Howson paths of all labels (several for large games),
then vertex enumeration for small ones; every profile is verified by its regret. Among those found
the one of smallest support is taken, then of the largest sum of payoffs in units of their ranges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.lemke_howson import lemke_howson
from bargaining.noncooperative.nashpy_adapter import enumerated_equilibria
from bargaining.noncooperative.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["check_game_equilibrium", "equilibrium_of_game", "pure_profiles", "solve_bimatrix"]

EXACT = 1e-11
"""Regret, relative to the payoff range, up to which a computed profile is accepted."""

SMALL_GAME = 40
LABELS = 12

Profile = tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class _Found:
    profiles: list[Profile]
    method: str


def solve_bimatrix(A: FloatArray, B: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return one equilibrium of a two-player game.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)

    Raises
    ------
    ConvergenceError
        When no method found one; it carries the best regret.
    """
    game = NormalFormGame.from_arrays(A, B)
    x, y = ranked(game, _two_players(game).profiles)[0]
    return x, y


def equilibrium_of_game(game: NormalFormGame) -> Equilibrium:
    """Return one equilibrium of a finite game.

    Raises
    ------
    ConvergenceError
        When none was found: of more than two players only pure equilibria are computed yet.
    """
    if game.number_of_players == 2:
        found = _two_players(game)
    else:
        found = _Found(pure_profiles(game), "pure equilibria")
        if not found.profiles:
            best = float(_pure_regret(game).min())
            raise ConvergenceError(
                f"nash_equilibrium: no pure equilibrium among {math.prod(game.shape):,} profiles, "
                "and mixed equilibria of more than two players are not computed yet; the least "
                f"regret of a pure profile is {best:.2g} of the payoff range",
                certificate=Certificate("regret", best),
            )
    profiles = ranked(game, found.profiles)
    regret = _relative_regret(game, profiles[0])
    chosen = (
        "the only one found"
        if len(profiles) == 1
        else ("the one of smallest support, then largest sum of payoffs in units of their ranges")
    )
    return Equilibrium(
        players=game.players,
        strategies=profiles[0],
        payoffs=game.payoffs(profiles[0]),
        regret=regret,
        certificate=Certificate("regret", regret),
        method=found.method,
        selection=chosen,
        number_found=len(profiles),
        completeness="one",
        game=game,
        labels=game.labels,
    )


def _two_players(game: NormalFormGame) -> _Found:
    """Find equilibria of a two-player game, stopping at the first method that gives some."""
    pure = pure_profiles(game)
    if pure:
        return _Found(pure, "pure equilibria")
    A, B = game.payoff_arrays
    m, n = game.shape
    small = m + n <= SMALL_GAME
    labels = range(m + n) if small else np.linspace(0, m + n - 1, LABELS).astype(int).tolist()
    found: list[Profile] = []
    least = math.inf
    for label in labels:
        profile = lemke_howson(A, B, label)
        if profile is None:
            continue
        regret = _relative_regret(game, profile)
        least = min(least, regret)
        if regret <= EXACT and not any(_close(profile, other) for other in found):
            found.append(profile)
        if found and not small:
            break
    if found:
        return _Found(found, "Lemke-Howson")
    if small:
        listed: list[Profile] = list(enumerated_equilibria(A, B, tolerance=TOLERANCE))
        if listed:
            return _Found(listed, "vertex enumeration")
    value = least if math.isfinite(least) else 1.0
    raise ConvergenceError(
        f"nash_equilibrium: none of the methods reached a regret of {EXACT:g} on a {m} x {n} game; "
        f"the best is {value:.2g}",
        certificate=Certificate("regret", value),
    )


def _pure_regret(game: NormalFormGame) -> FloatArray:
    """Return the largest relative regret of every pure profile, shape (K_1, ..., K_N)."""
    scale = game.scale.reshape(-1, *(1 for _ in game.shape))
    gain = [table.max(axis=i, keepdims=True) - table for i, table in enumerate(game.payoff_arrays)]
    return np.asarray((np.array(gain) / scale).max(axis=0))


def pure_profiles(game: NormalFormGame) -> list[Profile]:
    """Return all pure equilibria as profiles of unit vectors."""
    cells = np.argwhere(_pure_regret(game) <= 0)
    units = [np.eye(size) for size in game.shape]
    return [tuple(unit[k] for unit, k in zip(units, cell, strict=True)) for cell in cells]


def ranked(game: NormalFormGame, profiles: Sequence[Profile]) -> list[Profile]:
    """Order profiles by the selection rule."""

    def rank(profile: Profile) -> tuple[int, float, tuple[float, ...]]:
        support = sum(int((x > 1e-12).sum()) for x in profile)
        total = float((game.payoffs(profile) / game.scale).sum())
        return support, -round(total, 9), tuple(-round(float(p), 9) for x in profile for p in x)

    return sorted(profiles, key=rank)


def _relative_regret(game: NormalFormGame, profile: Sequence[FloatArray]) -> float:
    return float((game.regret(profile) / game.scale).max())


def _close(first: Profile, second: Profile) -> bool:
    return all(float(np.abs(a - b).max()) < 1e-8 for a, b in zip(first, second, strict=True))


def check_game_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of a finite game's equilibrium from its arrays."""
    game: NormalFormGame = equilibrium.game
    off = [max(abs(float(x.sum()) - 1.0), -float(x.min()), 0.0) for x in equilibrium.strategies]
    moved = np.abs(game.payoffs(equilibrium.strategies) - equilibrium.payoffs) / game.scale
    value = max(_relative_regret(game, equilibrium.strategies), float(moved.max()), *off)
    return Certificate("regret", value)
