"""Searches for equilibria of the lever game that meet packages only as best responses.

Best-response paths end in pure equilibria or in cycles. From a cycle, the double oracle (McMahan,
Gordon and Blum 2003) solves the game restricted to the packages met so far and adds best responses,
found among all packages, until they gain nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.noncooperative.best_responses import Choice, LeverGame, Mixed, Profile
from bargaining.noncooperative.bimatrix import solve_bimatrix
from bargaining.types import FloatArray, IntArray

__all__ = ["TIE", "Found", "Path", "best_response_path", "double_oracle", "least_regret"]

TIE = 1e-12
"""A deviation that gains less, relative to the player's payoff range, does not move a player."""

LARGEST_RESTRICTED = 100_000
"""Profiles, at most, of a restricted game of more than two players."""


@dataclass(frozen=True)
class Path:
    """A path of best responses.

    Attributes
    ----------
    end : profile or None
        The pure equilibrium in which it ends.
    cycle : tuple of profiles
        Where it does not end: the profiles that repeat, or all that were met.
    """

    end: Profile | None
    cycle: tuple[Profile, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """The last profile of a search, and the most that a player could gain against it.

    Attributes
    ----------
    strategies : tuple of Mixed
    regrets : ndarray of shape (N,)
        In units of each player's payoff range, over all own packages.
    rounds : int
    """

    strategies: tuple[Mixed, ...]
    regrets: FloatArray
    rounds: int

    @property
    def regret(self) -> float:
        """The largest."""
        return float(self.regrets.max(initial=0.0))


def best_response_path(game: LeverGame, start: Profile, *, together: bool, max_rounds: int) -> Path:
    """Follow best responses from a profile until nobody moves or a profile comes back.

    A player moves only where that gains something. With `together` all such players move at once;
    otherwise the one with the largest gain relative to its range does (the first of several).
    """
    profile, met = start, dict[Profile, int]()
    while profile not in met and len(met) < max_rounds:
        met[profile] = len(met)
        moves = [(i, *game.reply(i, profile)) for i in game.active]
        moves = [move for move in moves if move[2] > TIE]
        if not moves:
            return Path(profile, ())
        if not together:
            most = max(gain for _, _, gain in moves)
            moves = [move for move in moves if move[2] >= most - TIE][:1]
        new = {i: choice for i, choice, _ in moves}
        profile = tuple(new.get(i, choice) for i, choice in enumerate(profile))
    return Path(None, tuple(met)[met.get(profile, 0) :])


def double_oracle(game: LeverGame, profiles: Sequence[Profile], *, max_rounds: int) -> Found:
    """Solve a lever game with two active players from the packages of some profiles.

    Returns
    -------
    Found
        An equilibrium, or the profile of least regret where the rounds did not suffice or a
        restricted game was not solved accurately.
    """
    first, second = game.active
    met = _choices(profiles)
    rows, columns = met[first], met[second]
    best: Found | None = None
    for round_ in range(1, max_rounds + 1):
        x, y = _restricted_equilibrium(game, met)
        strategies = [Mixed.pure(own[0]) for own in met]
        strategies[first], strategies[second] = Mixed.over(rows, x), Mixed.over(columns, y)
        replies = [game.response(i, strategies) for i in range(len(met))]
        found = Found(tuple(strategies), np.array([gain for _, gain in replies]), round_)
        best = found if best is None or found.regret < best.regret else best
        new = [
            (i, choice)
            for i, (choice, gain) in enumerate(replies)
            if gain > TIE and choice not in met[i]
        ]
        if not new:
            break
        for i, choice in new:
            met[i].append(choice)
    assert best is not None  # max_rounds is positive
    return best


def _choices(profiles: Iterable[Profile]) -> list[list[Choice]]:
    """Return each player's packages in some profiles, in the order in which they were met."""
    return [list(dict.fromkeys(own)) for own in zip(*profiles, strict=True)]


def _grid(game: LeverGame, met: Sequence[Sequence[Choice]]) -> IntArray:
    """Return the level indices of all combinations of the packages met, shape (M, L)."""
    places = np.indices([len(own) for own in met]).reshape(len(met), -1)
    indices = np.zeros((places.shape[1], len(game.sizes)), dtype=np.int64)
    for mine, own, place in zip(game.own, met, places, strict=True):
        indices[:, list(mine)] = np.array(own, dtype=np.int64).reshape(len(own), -1)[place]
    return indices


def _restricted_equilibrium(
    game: LeverGame, met: Sequence[Sequence[Choice]]
) -> tuple[FloatArray, FloatArray]:
    first, second = game.active
    grid, shape = _grid(game, met), (len(met[first]), len(met[second]))
    return solve_bimatrix(
        game.relative_payoffs(first, grid).reshape(shape),
        game.relative_payoffs(second, grid).reshape(shape),
    )


def least_regret(game: LeverGame, profiles: Sequence[Profile], *, max_rounds: int) -> Found:
    """Look for a pure equilibrium among all combinations of the packages met.

    The combination of least regret within the restricted game is tried against all packages, and
    the best responses to it are added, until it is an equilibrium, nothing new comes, or the
    restricted game has more than 100,000 profiles; where it has so many from the start, the last
    of the packages met are taken.
    """
    met = _choices(profiles)
    while math.prod(map(len, met)) > LARGEST_RESTRICTED:
        profiles = profiles[1:]
        met = _choices(profiles)
    best: Found | None = None
    for round_ in range(1, max_rounds + 1):
        profile = _least_regret(game, met)
        replies = [game.reply(i, profile) for i in range(len(met))]
        found = Found(
            tuple(Mixed.pure(choice) for choice in profile),
            np.array([gain for _, gain in replies]),
            round_,
        )
        best = found if best is None or found.regret < best.regret else best
        new = [(i, reply) for i, (reply, gain) in enumerate(replies) if gain > TIE]
        new = [(i, reply) for i, reply in new if reply not in met[i]]
        for i, choice in new:
            met[i].append(choice)
        if not new or math.prod(map(len, met)) > LARGEST_RESTRICTED:
            break
    assert best is not None  # max_rounds is positive
    return best


def _least_regret(game: LeverGame, met: Sequence[Sequence[Choice]]) -> Profile:
    grid, shape = _grid(game, met), tuple(map(len, met))
    worst = np.zeros(shape)
    for i in game.active:
        payoffs = game.relative_payoffs(i, grid).reshape(shape)
        worst = np.maximum(worst, payoffs.max(axis=i, keepdims=True) - payoffs)
    cell = np.unravel_index(int(worst.argmin()), shape)
    return tuple(own[int(k)] for own, k in zip(met, cell, strict=True))
