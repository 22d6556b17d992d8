"""One equilibrium of a finite game, chosen by a rule that labels and units do not touch.

Payoffs are put in units of their ranges first. Two players: pure equilibria first, then
Lemke-Howson paths of all labels (several for large games), then vertex enumeration for small ones;
every profile is verified by its regret. Among those found the one of smallest support is taken,
then of the largest sum of payoffs, then the first in an order of strategies computed from payoffs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.noncooperative.canonical import canonical_order
from bargaining.noncooperative.equilibrium import (
    Equilibrium,
    equilibrium_of,
    relative_regret,
)
from bargaining.noncooperative.lemke_howson import lemke_howson
from bargaining.noncooperative.nashpy_adapter import enumerated_equilibria
from bargaining.noncooperative.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["check_game_equilibrium", "equilibrium_of_game", "pure_profiles", "solve_bimatrix"]

EXACT = 1e-11
"""Regret, relative to the payoff range, at which the search for a better profile ends.

One above it, but within the tolerance of certificates, is taken when there is no better.
"""

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
    game = _in_units(NormalFormGame.from_arrays(A, B))
    x, y = _selected(game, _two_players(game).profiles)
    return x, y


def equilibrium_of_game(game: NormalFormGame) -> Equilibrium:
    """Return one equilibrium of a finite game.

    Raises
    ------
    ConvergenceError
        When none was found: of more than two players only pure equilibria are computed yet.
    """
    unit = _in_units(game)
    if game.number_of_players == 2:
        found = _two_players(unit)
    else:
        found = _Found(pure_profiles(unit), "pure equilibria")
        if not found.profiles:
            best = float(_pure_regret(unit).min())
            raise ConvergenceError(
                f"nash_equilibrium: no pure equilibrium among {math.prod(game.shape):,} profiles, "
                "and mixed equilibria of more than two players are not computed yet; the least "
                f"regret of a pure profile is {best:.2g} of the payoff range",
                certificate=Certificate("regret", best),
            )
    return equilibrium_of(
        game,
        _selected(unit, found.profiles),
        method=found.method,
        selection=_selection(found, sum(game.shape)),
        number_found=len(found.profiles),
    )


def _selection(found: _Found, strategies: int) -> str:
    """Say in words which of the profiles found is taken."""
    if len(found.profiles) > 1:
        return "the one of smallest support, then largest sum of payoffs in units of their ranges"
    stopped = found.method == "Lemke-Howson" and strategies > SMALL_GAME
    return "the first one found" if stopped else "the only one found"


def _in_units(game: NormalFormGame) -> NormalFormGame:
    """Return the same game with each player's payoffs from 0 to 1."""
    ones = (1,) * len(game.shape)
    low = game.payoff_arrays.min(axis=tuple(range(1, len(ones) + 1)), keepdims=True)
    arrays = (game.payoff_arrays - low) / game.scale.reshape(-1, *ones)
    return NormalFormGame(arrays, game.players, game.labels)


def _two_players(game: NormalFormGame) -> _Found:
    """Find equilibria of a two-player game, stopping at the first method that gives some."""
    pure = pure_profiles(game)
    if pure:
        return _Found(pure, "pure equilibria")
    m, n = game.shape
    small = m + n <= SMALL_GAME
    found: list[Profile] = []
    nearest: list[Profile] = []
    least = float(_pure_regret(game).min())
    for profile in _pivoted(game, list(range(m + n)) if small else _spread(m + n)):
        regret = relative_regret(game, profile)
        if regret < least:
            least, nearest = regret, [profile]
        if regret <= EXACT and not any(_close(profile, other) for other in found):
            found.append(profile)
        if found and not small:
            break
    if found:
        return _Found(found, "Lemke-Howson")
    if small:
        A, B = game.payoff_arrays
        listed: list[Profile] = list(enumerated_equilibria(A, B, tolerance=TOLERANCE))
        if listed:
            return _Found(listed, "vertex enumeration")
    if nearest and least <= TOLERANCE:
        return _Found(nearest, "Lemke-Howson")
    raise ConvergenceError(
        f"nash_equilibrium: none of the methods reached a regret of {TOLERANCE:g} on a {m} x {n} "
        f"game; the best is {least:.2g} of the payoff range",
        certificate=Certificate("regret", least),
    )


def _pivoted(game: NormalFormGame, labels: Sequence[int]) -> Iterator[Profile]:
    """Yield the ends of Lemke-Howson paths, with strategies in their canonical order.

    Of a degenerate game the ends depend on the order of strategies, of a large one those tried do.
    """
    rows, columns = canonical_order(game)
    A, B = game.payoff_arrays[:, rows][:, :, columns]
    for label in labels:
        end = lemke_howson(A, B, label)
        if end is not None:
            x, y = np.zeros(len(rows)), np.zeros(len(columns))
            x[rows], y[columns] = end
            yield x, y


def _spread(labels: int) -> list[int]:
    return [int(label) for label in np.linspace(0, labels - 1, LABELS)]


def _pure_regret(game: NormalFormGame) -> FloatArray:
    """Return the largest relative regret of every pure profile, shape (K_1, ..., K_N)."""
    scale = game.scale.reshape(-1, *(1 for _ in game.shape))
    gain = [table.max(axis=i, keepdims=True) - table for i, table in enumerate(game.payoff_arrays)]
    return np.asarray((np.array(gain) / scale).max(axis=0))


def pure_profiles(game: NormalFormGame) -> list[Profile]:
    """Return all pure equilibria as profiles of unit vectors.

    Regrets up to `EXACT` count: payoffs that are equal on paper, as 0.1 + 0.2 and 0.3, may differ
    by roundoff.
    """
    cells = np.argwhere(_pure_regret(game) <= EXACT)
    units = [np.eye(size) for size in game.shape]
    return [tuple(unit[k] for unit, k in zip(units, cell, strict=True)) for cell in cells]


def _selected(game: NormalFormGame, profiles: Sequence[Profile]) -> Profile:
    """Return the first profile by the selection rule, for payoffs from 0 to 1."""

    def rank(profile: Profile) -> tuple[int, float]:
        support = sum(int((x > 1e-12).sum()) for x in profile)
        return support, -round(float(game.payoffs(profile).sum()), 9)

    ranks = [rank(profile) for profile in profiles]
    first = min(ranks)
    tied = [profile for profile, own in zip(profiles, ranks, strict=True) if own == first]
    if len(tied) == 1:
        return tied[0]
    orders = canonical_order(game)

    def place(profile: Profile) -> list[float]:
        pairs = zip(profile, orders, strict=True)
        return [-round(float(p), 9) for x, order in pairs for p in x[order]]

    return min(tied, key=place)


def _close(first: Profile, second: Profile) -> bool:
    return all(float(np.abs(a - b).max()) < 1e-8 for a, b in zip(first, second, strict=True))


def check_game_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of a finite game's equilibrium from its arrays."""
    game: NormalFormGame = equilibrium.game
    off = max(max(abs(float(x.sum()) - 1.0), -float(x.min())) for x in equilibrium.strategies)
    if off > TOLERANCE:
        return Certificate("regret", off)  # no probabilities, so there is no regret to take
    moved = np.abs(game.payoffs(equilibrium.strategies) - equilibrium.payoffs) / game.scale
    value = max(relative_regret(game, equilibrium.strategies), float(moved.max()), off, 0.0)
    return Certificate("regret", value)
