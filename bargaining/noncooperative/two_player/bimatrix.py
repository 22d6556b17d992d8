"""One equilibrium of a finite game, chosen by a rule that labels and units do not touch.

Payoffs are put in units of their ranges and strategies in an order computed from payoffs. Two
players: pure equilibria, supports of two and full supports read off the payoffs, Lemke-Howson paths
of many labels, short ones first, and where roundoff breaks those a growing part of the game.
Every profile is verified by its regret; the first of these methods that gives some ends the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.noncooperative.equilibrium import (
    SHOWN,
    Equilibrium,
    equilibrium_of,
    relative_regret,
)
from bargaining.noncooperative.games.canonical import canonical_order
from bargaining.noncooperative.games.dominance import Reduction, iterated_dominance
from bargaining.noncooperative.games.idle import among, pair_with_a_choice, with_idle
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player.n_player import mixed_profile
from bargaining.noncooperative.two_player.growing_part import growing_part, regret
from bargaining.noncooperative.two_player.guessed_supports import full_support, two_by_two
from bargaining.noncooperative.two_player.lemke_howson import SHORTEST, Paths, ends_of_paths
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray, IntArray

__all__ = ["check_game_equilibrium", "equilibrium_of_game", "pure_profiles", "solve_bimatrix"]

EXACT = 1e-11
"""Regret, relative to the payoff range, at which the search for a better profile ends.

One above it, but within the tolerance of certificates, is taken when there is no better.
"""

SMALL_GAME = 12
"""Strategies of both players up to which the paths of all labels are followed to their ends."""

SHORT, LONG = 512, 32_768
"""Pivots, at most, of paths that are followed before other methods are tried, and after."""

Profile = tuple[FloatArray, ...]
Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class _Found:
    """The profile taken, how it was found, and among how many it was taken."""

    profile: Profile
    method: str
    number: int
    searched: bool = True  # whether the method went on after the first

    @property
    def selection(self) -> str:
        """Say in words which one is taken."""
        if self.number > 1:
            return (
                "the one of smallest support, then largest sum of payoffs in units of their ranges"
            )
        return "the only one found" if self.searched else "the first one found"


def solve_bimatrix(A: FloatArray, B: FloatArray) -> Pair:
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
    x, y = (_pure(game) or _two_players(game)).profile
    return x, y


def equilibrium_of_game(game: NormalFormGame) -> Equilibrium:
    """Return one equilibrium of a finite game.

    Raises
    ------
    ConvergenceError
        When none was found; it carries the best regret.
    IntractableError
        When a game of more than two players without pure equilibria is too large.
    """
    unit = _in_units(game)
    search = _two_players if game.number_of_players == 2 else _many_players
    found = _pure(unit) or search(unit)
    return equilibrium_of(
        game,
        found.profile,
        method=found.method,
        selection=found.selection,
        number_found=found.number,
    )


def _many_players(game: NormalFormGame) -> _Found:
    """Find a mixed equilibrium among strategies that are not strictly dominated."""
    reduction = iterated_dominance(game, mixed=False)
    pair = pair_with_a_choice(reduction.game)
    if pair is not None:
        found = _two_players(among(reduction.game, pair))
        whole = with_idle(reduction.game, pair, found.profile, np.ones(1))
        return replace(found, profile=reduction.lift(whole))
    profile = reduction.lift(mixed_profile(reduction.game))
    return _Found(profile, "logit paths and small supports", 1, searched=False)


def _in_units(game: NormalFormGame) -> NormalFormGame:
    """Return the same game with each player's payoffs from 0 to 1."""
    ones = (1,) * len(game.shape)
    low = game.payoff_arrays.min(axis=tuple(range(1, len(ones) + 1)), keepdims=True)
    arrays = (game.payoff_arrays - low) / game.scale.reshape(-1, *ones)
    return NormalFormGame(arrays, game.players, game.labels)


def _pure_regret(game: NormalFormGame) -> FloatArray:
    """Return the largest relative regret of every pure profile, shape (K_1, ..., K_N)."""
    worst = np.zeros(game.shape)
    for i, (table, scale) in enumerate(zip(game.payoff_arrays, game.scale, strict=True)):
        np.maximum(worst, (table.max(axis=i, keepdims=True) - table) / scale, out=worst)
    return worst


def _pure_cells(game: NormalFormGame) -> IntArray:
    """Return the indices of all pure equilibria, a row each.

    Regrets up to `EXACT` count: payoffs that are equal on paper, as 0.1 + 0.2 and 0.3, may differ
    by roundoff.
    """
    return np.argwhere(_pure_regret(game) <= EXACT)


def pure_profiles(game: NormalFormGame) -> list[Profile]:
    """Return all pure equilibria as profiles of unit vectors."""
    return [_pure_profile(game, cell) for cell in _pure_cells(game)]


def _pure_profile(game: NormalFormGame, cell: Sequence[int] | IntArray) -> Profile:
    return tuple(np.eye(1, size, k)[0] for size, k in zip(game.shape, cell, strict=True))


def _pure(game: NormalFormGame) -> _Found | None:
    """Take the pure equilibrium of largest sum of payoffs, for payoffs from 0 to 1."""
    cells = _pure_cells(game)
    if not len(cells):
        return None
    sums = game.payoff_arrays.sum(axis=0)[tuple(cells.T)].round(9)
    best = cells[sums == sums.max()]
    if len(best) > 1:
        places = [np.argsort(order) for order in canonical_order(game)]
        keys = [place[own] for place, own in zip(places, best.T, strict=True)]
        best = best[np.lexsort(keys[::-1])]
    return _Found(_pure_profile(game, best[0]), "pure equilibria", len(cells))


def _two_players(game: NormalFormGame) -> _Found:
    """Find mixed equilibria of a two-player game, with strategies in their canonical order.

    Of a degenerate game the ends of paths depend on the order, of a large one those tried do.
    """
    rows, columns = canonical_order(game)
    arrays = game.payoff_arrays[:, rows][:, :, columns]
    found = _mixed(NormalFormGame(arrays, game.players, game.labels))
    x, y = np.zeros(len(rows)), np.zeros(len(columns))
    x[rows], y[columns] = found.profile
    return replace(found, profile=(x, y))


def _mixed(game: NormalFormGame) -> _Found:
    """Try one method after the other, until one gives equilibria."""
    A, B = game.payoff_arrays
    met = _Nearest(A, B)
    for method, searched, profiles in _methods(game, met):
        found: list[Pair] = []
        for profile in profiles:
            if met.meets(profile) > EXACT:
                met.rejected += 1
            elif not any(_close(profile, other) for other in found):
                found.append(profile)
            if found and not searched:
                break
        if found:
            return _Found(_selected(A, B, found), method, len(found), searched)
    if met.regret <= TOLERANCE:
        return _Found(met.profile, "Lemke-Howson", 1, searched=False)
    m, n = game.shape
    raise ConvergenceError(
        f"nash_equilibrium: none of the methods reached a regret of {TOLERANCE:g} on a {m} x {n} "
        f"game; the best is {met.regret:.2g} of the payoff range",
        certificate=Certificate("regret", met.regret),
    )


@dataclass
class _Nearest:
    """The profile of least regret met so far, for payoffs from 0 to 1."""

    A: FloatArray
    B: FloatArray
    profile: Pair = (np.zeros(0), np.zeros(0))
    regret: float = np.inf
    rejected: int = 0

    def meets(self, profile: Pair) -> float:
        """Return the regret of a profile, and keep it if it is the least."""
        own = regret(self.A, self.B, profile)
        if own < self.regret:
            self.regret, self.profile = own, profile
        return own


def _methods(game: NormalFormGame, met: _Nearest) -> Iterator[tuple[str, bool, Iterable[Pair]]]:
    """Yield methods by name, whether they are run to their end, and the profiles they give."""
    A, B = game.payoff_arrays
    if sum(game.shape) <= SMALL_GAME:
        paths = Paths(A, B)
        ends = (paths.end(label, max_pivots=LONG) for label in range(sum(game.shape)))
        yield "Lemke-Howson", True, (end for end in ends if end is not None)
        yield "growing part", False, _growing(game, met)
        return
    yield "supports of two", True, two_by_two(A, B)
    yield "full support", True, full_support(A, B)
    reduction = iterated_dominance(game, mixed=False)
    paths = Paths(*reduction.game.payoff_arrays)
    # Where interests are opposed, no path is short and none is very long.
    first, last = (LONG, LONG) if np.ptp(A + B) <= TOLERANCE else (SHORTEST, SHORT)
    short = ends_of_paths(paths, shortest=first, longest=last)
    yield "Lemke-Howson", False, _lifted(reduction, short)
    if paths.broken or met.rejected:
        yield "growing part", False, _growing(game, met)
    long = ends_of_paths(paths, shortest=2 * SHORT, longest=LONG)
    yield "Lemke-Howson", False, _lifted(reduction, long)
    if not (paths.broken or met.rejected):
        yield "growing part", False, _growing(game, met)


def _growing(game: NormalFormGame, met: _Nearest) -> Iterator[Pair]:
    """Yield equilibria of growing parts, the first from the profile of least regret."""
    cell = np.unravel_index(int(_pure_regret(game).argmin()), game.shape)
    x, y = _pure_profile(game, [int(k) for k in cell])
    met.meets((x, y))
    yield from growing_part(met.A, met.B, met.profile, gain=EXACT)


def _lifted(reduction: Reduction, profiles: Iterable[Pair]) -> Iterator[Pair]:
    for profile in profiles:
        x, y = reduction.lift(profile)
        yield x, y


def _selected(A: FloatArray, B: FloatArray, profiles: Sequence[Pair]) -> Pair:
    """Return the profile of smallest support, then largest sum of payoffs, then first in order."""

    def rank(profile: Pair) -> tuple[int, float, list[float]]:
        x, y = profile
        support = int((x > SHOWN).sum() + (y > SHOWN).sum())
        return (
            support,
            -round(float(x @ (A + B) @ y), 9),
            (-np.concatenate(profile)).round(9).tolist(),
        )

    return min(profiles, key=rank) if len(profiles) > 1 else profiles[0]


def _close(first: Pair, second: Pair) -> bool:
    return all(float(np.abs(a - b).max()) < 1e-8 for a, b in zip(first, second, strict=True))


def check_game_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of a finite game's equilibrium from its arrays."""
    game: NormalFormGame = equilibrium.game
    off = max(max(abs(float(x.sum()) - 1.0), -float(x.min())) for x in equilibrium.strategies)
    if off > TOLERANCE:
        return Certificate("regret", off)  # no probabilities, so there is no regret to take
    axes = tuple(range(1, game.payoff_arrays.ndim))
    roundoff = 16 * np.finfo(float).eps * np.abs(game.payoff_arrays).max(axis=axes)
    moved = np.abs(game.payoffs(equilibrium.strategies) - equilibrium.payoffs) - roundoff
    moved /= game.scale
    value = max(relative_regret(game, equilibrium.strategies), float(moved.max()), off, 0.0)
    return Certificate("regret", value)
