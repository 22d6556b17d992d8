"""Stationary strategies of a Markov game, one block of states after another.

States that lead to each other form a block; blocks are solved after those that they lead to, so a
state that only leads to itself and to solved ones is a fixed point of its own. Larger blocks go by
value iteration on stage games (Shapley 1953) with Newton steps (Filar and Tolwinski 1991).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import product
from math import inf, prod

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import equilibrium_of
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.selection import select
from bargaining.noncooperative.stochastic.markov_game import (
    MarkovGame,
    Profile,
    best_deviations,
    mean,
    ones,
)
from bargaining.noncooperative.two_player.bimatrix import equilibrium_of_game, pure_profiles
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Solver", "blocks_of"]

EXACT = 1e-11
"""One-shot gain, relative to the payoff range, at which the iteration ends."""

LISTED = 4096
"""Pure stationary profiles of a block that are tried one by one where the iteration fails."""


def blocks_of(game: MarkovGame) -> list[list[int]]:
    """Return the states in blocks that lead to each other, each after those that it leads to."""
    leads = np.array(
        [table.reshape(-1, len(game.states)).max(axis=0) > 0 for table in game.transitions]
    )
    count, block = connected_components(csr_array(leads), connection="strong")
    after: dict[int, set[int]] = {k: set() for k in range(count)}
    for s, t in np.argwhere(leads):
        if block[s] != block[t]:
            after[int(block[s])].add(int(block[t]))
    order = TopologicalSorter(after).static_order()
    return [np.flatnonzero(block == k).tolist() for k in order]


@dataclass
class Solver:
    """Solves a game whose payoffs run from 0 to 1, block by block.

    Attributes
    ----------
    game : MarkovGame
        In units of the players' payoff ranges.
    rule : str or None
        The rule that selects among pure equilibria of a state.
    max_iterations : int
        Steps of the iteration, at most, in a block of several states.
    values : ndarray of shape (S, N)
        Where the iteration starts; those of the strategies once they are found.
    strategies : list of S profiles
    iterations : int
        Steps taken.
    listed : bool
        Whether pure profiles of a block had to be tried one by one.
    """

    game: MarkovGame
    rule: str | None
    max_iterations: int
    values: FloatArray

    def __post_init__(self) -> None:
        """Begin without strategies."""
        self.strategies: list[Profile] = [()] * len(self.game.states)
        self.iterations, self.listed = 0, False

    def solve(self) -> None:
        """Find strategies for every block; those of a block that fails are the best met."""
        for block in blocks_of(self.game):
            alone = self._alone(block[0]) if len(block) == 1 else None
            found = [alone] if alone is not None else self._iterate(block)
            for s, profile in zip(block, found, strict=True):
                self.strategies[s] = profile
            self.values[block] = self._evaluate(block, found)

    def _alone(self, s: int) -> Profile | None:
        """Solve a state that leads to itself and to solved states; None where it takes iteration.

        A profile kept for ever is worth its payoff until the state is left over 1 - delta x the
        chance of staying. Pure equilibria of the state are those of the game of these quotients;
        mixed ones are where the chance does not depend on actions.
        """
        game = self.game
        stay = game.transitions[s][..., s]
        elsewhere = self.values.copy()
        elsewhere[s] = 0.0
        first = game.continuation(s, elsewhere)
        factors = game.discount_factors.reshape(-1, *(1,) * stay.ndim)
        return self._chosen(s, first / (1 - factors * stay), mixed=float(np.ptp(stay)) == 0.0)

    def _chosen(self, s: int, stage: FloatArray, *, mixed: bool = True) -> Profile | None:
        """Select an equilibrium of a stage game, pure ones first; None without a pure one."""
        single = _only_best(stage)
        if single is not None:
            return single
        game = NormalFormGame(stage, self.game.players, self.game.labels[s])
        pure = pure_profiles(game)
        if not pure and not mixed:
            return None
        if not pure or self.rule is None:
            return tuple(equilibrium_of_game(game).strategies)
        found = [
            equilibrium_of(game, x, method="", selection="", number_found=len(pure)) for x in pure
        ]
        listed = Equilibria.of(game, found, completeness="some", method="pure equilibria")
        return tuple(select(listed, self.rule).strategies)

    def _iterate(self, block: list[int]) -> list[Profile]:
        """Iterate on a block until nobody gains by one deviation; else the best that was met."""
        best, least = self._stages(block, self.values[block])
        nearest = inf
        values, profiles, next_values = self.values[block], best, least
        for _ in range(self.max_iterations):
            self.iterations += 1
            kept = self._evaluate(block, profiles)
            gain = self._gain(block, profiles, kept)
            if gain < nearest:
                best, nearest = profiles, gain
            if nearest <= EXACT:
                return best
            ahead = self._stages(block, kept)
            if np.abs(ahead[1] - kept).max() < np.abs(next_values - values).max():
                values, (profiles, next_values) = kept, ahead
            else:
                values = next_values
                profiles, next_values = self._stages(block, values)
        return best if nearest <= TOLERANCE else self._listed(block, best)

    def _stages(self, block: list[int], values: FloatArray) -> tuple[list[Profile], FloatArray]:
        """Solve the stage games of a block given values, (B, N); return their values too."""
        every = self.values.copy()
        every[block] = values
        profiles, reached = [], []
        for s in block:
            stage = self.game.continuation(s, every)
            profile = self._chosen(s, stage)
            assert profile is not None
            profiles.append(profile)
            reached.append([mean(table, profile) for table in stage])
        return profiles, np.array(reached)

    def _evaluate(self, block: list[int], profiles: Sequence[Profile]) -> FloatArray:
        """Return the values of strategies in a block, the other values given, shape (B, N)."""
        game, elsewhere = self.game, self.values.copy()
        elsewhere[block] = 0.0
        first = np.array(
            [
                [mean(table, x) for table in game.continuation(s, elsewhere)]
                for s, x in zip(block, profiles, strict=True)
            ]
        )
        moves = np.array(
            [
                [mean(game.transitions[s][..., t], x) for t in block]
                for s, x in zip(block, profiles, strict=True)
            ]
        )
        identity = np.eye(len(block))
        return np.column_stack(
            [
                np.linalg.solve(identity - factor * moves, first[:, i])
                for i, factor in enumerate(game.discount_factors)
            ]
        )

    def _gain(self, block: list[int], profiles: Sequence[Profile], values: FloatArray) -> float:
        every = self.values.copy()
        every[block] = values
        return max(
            float(
                best_deviations(
                    self.game.continuation(s, every) - every[s].reshape(-1, *ones(x)), x
                ).max()
            )
            for s, x in zip(block, profiles, strict=True)
        )

    def _listed(self, block: list[int], best: list[Profile]) -> list[Profile]:
        """Try all pure stationary profiles of a block; the equilibrium of largest total value."""
        shapes = [self.game.payoffs[s].shape[1:] for s in block]
        if prod(prod(shape) for shape in shapes) > LISTED:
            return best
        self.listed, most = True, -inf
        for profiles in product(*(list(_pure(shape)) for shape in shapes)):
            values = self._evaluate(block, profiles)
            total = float(values.sum())
            if total > most and self._gain(block, profiles, values) <= EXACT:
                best, most = list(profiles), total
        return best


def _pure(shape: tuple[int, ...]) -> Iterator[Profile]:
    for cell in np.ndindex(*shape):
        yield tuple(np.eye(1, n, k)[0] for n, k in zip(shape, cell, strict=True))


def _only_best(stage: FloatArray) -> Profile | None:
    """Return the choice where one player at most has one, and one action is best."""
    shape = stage.shape[1:]
    choosing = [i for i, n in enumerate(shape) if n > 1]
    if len(choosing) > 1:
        return None
    cell = [0] * len(shape)
    for i in choosing:
        row = stage[i].reshape(-1)
        best = np.flatnonzero(row >= row.max() - EXACT * (float(np.ptp(row)) or 1.0))
        if len(best) > 1:
            return None
        cell[i] = int(best[0])
    return tuple(np.eye(1, n, k)[0] for n, k in zip(shape, cell, strict=True))
