"""Searches for equilibria of the lever game that meet packages only as best responses.

Best-response paths end in pure equilibria or in cycles. From a cycle, the double oracle (McMahan,
Gordon and Blum 2003) solves the game restricted to the packages met so far and adds best responses,
found among all packages, until they gain nothing; it needs no more than one for every own package.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.levers.best_responses import Choice, LeverGame, Mixed, Profile
from bargaining.noncooperative.n_player.n_player import mixed_profile
from bargaining.noncooperative.two_player.bimatrix import pure_profiles, solve_bimatrix
from bargaining.noncooperative.two_player.lemke_howson import lemke_howson
from bargaining.types import FloatArray, IntArray

__all__ = ["TIE", "Found", "Path", "Restricted", "best_response_paths", "double_oracle",
           "least_regret"]  # fmt: skip

TIE = 1e-12
"""A deviation that gains less, relative to the player's payoff range, does not move a player."""

EXACT = 1e-11
"""Regret up to which the end of a Lemke-Howson path is an equilibrium of a restricted game."""

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
    met : tuple of lists of own packages
        The restricted game that it comes from.
    """

    strategies: tuple[Mixed, ...]
    regrets: FloatArray
    met: tuple[list[Choice], ...]

    @property
    def regret(self) -> float:
        """The largest."""
        return float(self.regrets.max(initial=0.0))


class _Walk:
    """A path under way: where it is, who moved last, and what was met."""

    def __init__(self, start: Profile, together: bool) -> None:
        self.profile, self.together, self.last = start, together, -1
        self.path: Path | None = None
        self._met: dict[Profile, int] = {}

    def step(self, game: LeverGame, max_rounds: int) -> None:
        """Move those who gain, or end the path."""
        self._met[self.profile] = len(self._met)
        moves = [(i, *game.reply(i, self.profile)) for i in self.players(game)]
        moves = [move for move in moves if move[2] > TIE]
        if not moves:
            self.path = Path(self.profile, ())
            return
        if not self.together:
            most = max(gain for _, _, gain in moves)
            moves = [move for move in moves if move[2] >= most - TIE][:1]
            self.last = moves[0][0]
        new = {i: choice for i, choice, _ in moves}
        self.profile = tuple(new.get(i, choice) for i, choice in enumerate(self.profile))
        if self.profile in self._met or len(self._met) >= max_rounds:
            self.path = Path(None, tuple(self._met)[self._met.get(self.profile, 0) :])

    def players(self, game: LeverGame) -> list[int]:
        """Return who may want to move: all but the one who has just replied to the others."""
        return [i for i in game.active if i != self.last]


def best_response_paths(
    game: LeverGame, starts: Sequence[tuple[Profile, bool]], *, max_rounds: int
) -> list[Path]:
    """Follow best responses from profiles until nobody moves or a profile comes back.

    A player moves only where that gains something. With `True` beside a start all such players
    move at once; otherwise the one with the largest gain relative to its range does (the first of
    several). The paths are walked side by side, so that their best responses are found together.
    """
    walks = [_Walk(start, together) for start, together in starts]
    while under_way := [walk for walk in walks if walk.path is None]:
        for i in game.active:
            game.replies(i, [walk.profile for walk in under_way if i in walk.players(game)])
        for walk in under_way:
            walk.step(game, max_rounds)
    return [walk.path for walk in walks if walk.path is not None]


class Restricted:
    """The game restricted to some own packages of each player, which grows by others.

    Parameters
    ----------
    game : LeverGame
    met : sequence of sequences of own packages
        At least one for every player.

    Attributes
    ----------
    met : list of lists of own packages
    payoffs : ndarray of shape (N, K_1, ..., K_N)
        In units of each player's range, up to a constant.
    """

    def __init__(self, game: LeverGame, met: Sequence[Sequence[Choice]]) -> None:
        self.game, self.met = game, [list(own) for own in met]
        self.payoffs = self._table(self.met)

    def add(self, player: int, choice: Choice) -> None:
        """Add an own package of a player."""
        new = [[choice] if i == player else own for i, own in enumerate(self.met)]
        self.payoffs = np.concatenate([self.payoffs, self._table(new)], axis=player + 1)
        self.met[player].append(choice)

    def _table(self, met: Sequence[Sequence[Choice]]) -> FloatArray:
        grid = self.grid(self.game, met)
        rows = [self.game.relative_payoffs(i, grid) for i in range(len(met))]
        return np.array(rows).reshape(len(met), *map(len, met))

    @staticmethod
    def grid(game: LeverGame, met: Sequence[Sequence[Choice]]) -> IntArray:
        """Return the level indices of all combinations of own packages, shape (M, L)."""
        shape = tuple(map(len, met))
        places = np.indices(shape).reshape(len(shape), math.prod(shape))
        indices = np.zeros((places.shape[1], len(game.sizes)), dtype=np.int64)
        for mine, own, place in zip(game.own, met, places, strict=True):
            indices[:, list(mine)] = np.array(own, dtype=np.int64).reshape(len(own), -1)[place]
        return indices

    def active_tables(self) -> FloatArray:
        """Return the payoffs of the players who have a choice, over their packages."""
        who = list(self.game.active)
        return self.payoffs[who].reshape(len(who), *(len(self.met[i]) for i in who))

    def lifted(self, profile: Sequence[FloatArray]) -> tuple[Mixed, ...]:
        """Return strategies of the lever game, given those of the players who have a choice."""
        strategies = [Mixed.pure(own[0]) for own in self.met]
        for i, x in zip(self.game.active, profile, strict=True):
            strategies[i] = Mixed.over(self.met[i], x)
        return tuple(strategies)

    def equilibrium(self) -> tuple[Mixed, ...]:
        """Return an equilibrium of the restricted game, of three players or more a pure one first.

        Raises
        ------
        ConvergenceError, IntractableError
            When none was found.
        """
        tables = self.active_tables()
        if len(tables) == 2:
            return self.lifted(_first_equilibrium(*tables))
        finite = NormalFormGame.from_arrays(*tables)
        pure = pure_profiles(finite)
        return self.lifted(pure[0] if pure else mixed_profile(finite))

    def least_regret(self) -> Profile:
        """Return the pure profile of least regret within the restricted game."""
        worst = np.zeros(self.payoffs.shape[1:])
        for i in self.game.active:
            payoffs = self.payoffs[i]
            worst = np.maximum(worst, payoffs.max(axis=i, keepdims=True) - payoffs)
        cell = np.unravel_index(int(worst.argmin()), worst.shape)
        return tuple(own[int(k)] for own, k in zip(self.met, cell, strict=True))


def _first_equilibrium(A: FloatArray, B: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the end of the first Lemke-Howson path that is an equilibrium.

    The paths of the player with the smaller payoffs come first, whoever is named first.
    """
    if A.mean() > B.mean():
        y, x = _first_equilibrium(B.T, A.T)
        return x, y
    for label in range(sum(A.shape)):
        end = lemke_howson(A, B, label)
        if end is not None:
            x, y = end
            regret = max((A @ y).max() - x @ A @ y, (x @ B).max() - x @ B @ y)
            if regret <= EXACT:
                return end
    return solve_bimatrix(A, B)


def double_oracle(game: LeverGame, profiles: Sequence[Profile], *, max_rounds: int) -> Found:
    """Solve a lever game from the packages of some profiles.

    Returns
    -------
    Found
        An equilibrium, or the profile of least regret where the rounds did not suffice, a
        restricted game was not solved accurately or became too large.

    Raises
    ------
    ConvergenceError, IntractableError
        When a restricted game was not solved.
    """
    restricted = Restricted(game, _choices(profiles))
    best: Found | None = None
    for _ in range(max_rounds):
        strategies = restricted.equilibrium()
        replies = [game.response(i, strategies) for i in range(len(game.own))]
        best = _better(best, strategies, replies, restricted)
        if not _grown(restricted, replies):
            break
    assert best is not None  # max_rounds is positive
    return best


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
    restricted = Restricted(game, met)
    best: Found | None = None
    for _ in range(max_rounds):
        profile = restricted.least_regret()
        replies = [game.reply(i, profile) for i in range(len(met))]
        pure = tuple(Mixed.pure(choice) for choice in profile)
        best = _better(best, pure, replies, restricted)
        if not _grown(restricted, replies):
            break
    assert best is not None  # max_rounds is positive
    return best


def _choices(profiles: Iterable[Profile]) -> list[list[Choice]]:
    """Return each player's packages in some profiles, in the order in which they were met."""
    return [list(dict.fromkeys(own)) for own in zip(*profiles, strict=True)]


def _better(
    best: Found | None, strategies: tuple[Mixed, ...], replies: Sequence[tuple[Choice, float]],
    restricted: Restricted,
) -> Found:  # fmt: skip
    gains = np.array([gain for _, gain in replies])
    found = Found(strategies, gains, tuple(map(list, restricted.met)))
    return found if best is None or found.regret < best.regret else best


def _grown(restricted: Restricted, replies: Sequence[tuple[Choice, float]]) -> bool:
    """Add the replies that gain and are new; whether there were some, and room for them."""
    new = [
        (i, choice)
        for i, (choice, gain) in enumerate(replies)
        if gain > TIE and choice not in restricted.met[i]
    ]
    size = math.prod(len(own) + any(i == j for j, _ in new) for i, own in enumerate(restricted.met))
    if len(restricted.game.active) > 2 and size > LARGEST_RESTRICTED:
        return False
    for i, choice in new:
        restricted.add(i, choice)
    return bool(new)
