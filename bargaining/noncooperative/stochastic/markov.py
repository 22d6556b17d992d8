"""Stationary Markov perfect equilibria of finite discounted Markov games.

Shapley (1953) for opposed interests, Fink (1964) for any; found block by block of states, and
certified by one-shot deviations from values that are solved for afresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import ConvergenceError, InputError
from bargaining.noncooperative.equilibrium import SHOWN
from bargaining.noncooperative.selection import checked_rule
from bargaining.noncooperative.stochastic.markov_blocks import Solver
from bargaining.noncooperative.stochastic.markov_game import MarkovGame, Profile
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray

__all__ = ["MarkovEquilibrium", "MarkovGame", "markov_equilibrium"]


@dataclass(frozen=True, eq=False)
class MarkovEquilibrium(Tabular):
    """A stationary Markov perfect equilibrium.

    Attributes
    ----------
    game : MarkovGame
    strategies : tuple of S tuples of N ndarrays
        By state and player, the probabilities of actions.
    values : ndarray of shape (S, N)
        Discounted payoffs from each state on.
    certificate : Certificate
        The largest gain of one deviation in any state, relative to the player's payoff range. No
        deviation, however long, gains more than this part of the range of discounted payoffs.
    error : ndarray of shape (N,)
        The same in payoffs: no deviation gains a player more.
    determined : tuple of str
        Players whose values are the same in every equilibrium (the only one who has a choice, or
        both of a zero-sum game): theirs are within `error` of the truth.
    selection : str
        Which equilibrium of a state was taken, in words.
    iterations : int
        Steps of value iteration; 0 where each state is a fixed point of its own.
    """

    game: MarkovGame
    strategies: tuple[Profile, ...]
    values: FloatArray
    certificate: Certificate
    error: FloatArray
    determined: tuple[str, ...]
    selection: str
    iterations: int

    def strategy(self, state: str | int) -> dict[str, dict[str, float]]:
        """Return what is played in a state: probabilities by player and action."""
        s = self.game.state(state)
        return {
            player: {
                action: float(p) for action, p in zip(names, own, strict=True) if p > SHOWN
            }
            for player, names, own in zip(
                self.game.players, self.game.labels[s], self.strategies[s], strict=True
            )
        }  # fmt: skip

    def table(self) -> Table:
        """Return actions and values by state and player."""
        rows: list[tuple[Cell, ...]] = []
        for s, state in enumerate(self.game.states):
            for i, (player, played) in enumerate(self.strategy(state).items()):
                words = " + ".join(
                    action if p > 1 - SHOWN else f"{p:.4g} {action}" for action, p in played.items()
                )
                rows.append((state, player, words, float(self.values[s, i])))
        return Table(
            "Markov perfect equilibrium", ("state", "player", "action", "value"), tuple(rows),
            note=f"certificate: {self.certificate}",
        )  # fmt: skip

    def explain(self) -> str:
        """Say what it is, and how far it can be trusted."""
        return (
            f"A stationary Markov perfect equilibrium; in each state {self.selection}. No one-shot "
            f"deviation gains more than {self.certificate.value:.1e} of a player's payoff range."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.game.players),
            "strategies": {state: self.strategy(state) for state in self.game.states},
            "values": dict(zip(self.game.states, self.values.tolist(), strict=True)),
            "error": self.error.tolist(),
            "determined": list(self.determined),
            "selection": self.selection,
            "iterations": self.iterations,
            "certificate": self.certificate.to_dict(),
            "completeness": "one",
        }


def markov_equilibrium(
    game: MarkovGame,
    *,
    selection: str | None = None,
    start: ArrayLike | None = None,
    max_iterations: int = 1000,
) -> MarkovEquilibrium:
    """Return one stationary Markov perfect equilibrium, certified.

    A state that leads only to itself and to states solved before is a fixed point of its own.
    States that lead to each other go by value iteration on their stage games: a contraction where
    one player alone decides or interests are opposed. Otherwise it may fail, and where it does pure
    profiles are tried one by one if there are few.

    Parameters
    ----------
    game : MarkovGame
    selection : {"payoff-dominant", "risk-dominant"}, optional
        The rule that selects among the pure equilibria of a state, see `nash_equilibrium`. Left
        out, it is the pure one of largest sum of payoffs in units of their ranges. Without a pure
        one, the mixed one of smallest support either way.
    start : array_like of shape (S, N), optional
        Values at which value iteration begins; those of lowest payoffs for good unless said.
    max_iterations : int

    Raises
    ------
    InputError
        For options that do not fit.
    BargainingError
        When the rule selects none in some state.
    ConvergenceError
        When none was found; it carries the best certificate.

    Examples
    --------
    Shapley's operator, one state: a game that goes on with probability 1/2 whatever is played.

    >>> game = MarkovGame([[[[1, -1], [-1, 2]], [[-1, 1], [1, -2]]], np.zeros((2, 1, 1))],
    ...     [np.full((2, 2, 2), 0.5), [[[0, 1]]]], 0.9)
    >>> markov_equilibrium(game).values.round(6).tolist()
    [[0.363636, -0.363636], [0.0, 0.0]]
    """
    if not isinstance(game, MarkovGame):
        raise InputError(f"markov_equilibrium, game: expected a MarkovGame, got {game!r}")
    rule = None if selection is None else checked_rule(selection)
    if rule == "focal":
        raise InputError("markov_equilibrium, selection: 'focal' is for lever games only")
    given: object = max_iterations
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise InputError(
            f"markov_equilibrium, max_iterations: expected a whole number from 1, got {given!r}"
        )
    unit = _in_units(game)
    solver = Solver(unit, rule, given, _start(game, start))
    solver.solve()
    strategies = tuple(solver.strategies)
    gains = game.gains(strategies).max(axis=0)
    certificate = Certificate("one-shot deviation", float((gains / game.scale).max()))
    if not certificate:
        raise ConvergenceError(
            f"markov_equilibrium: after {solver.iterations} steps a deviation still gains "
            f"{certificate.value:.2g} of the payoff range (at most {TOLERANCE:g} counts as solved)",
            certificate=certificate,
        )
    return MarkovEquilibrium(
        game=game,
        strategies=strategies,
        values=game.values(strategies),
        certificate=certificate,
        error=gains / (1 - game.discount_factors),
        determined=_determined(game),
        selection=_words(rule, listed=solver.listed),
        iterations=solver.iterations,
    )


def _in_units(game: MarkovGame) -> MarkovGame:
    """Return the game with each player's payoffs from 0 to 1."""
    tables = [
        (table - game.lowest.reshape(shape)) / game.scale.reshape(shape)
        for table in game.payoffs
        for shape in [(-1, *(1,) * (table.ndim - 1))]
    ]
    return MarkovGame(
        tables, game.transitions, game.discount_factors,
        players=game.players, states=game.states, labels=game.labels,
    )  # fmt: skip


def _start(game: MarkovGame, start: ArrayLike | None) -> FloatArray:
    """Return the first values in units of the payoff ranges."""
    shape = (len(game.states), len(game.players))
    if start is None:
        return np.zeros(shape)
    try:
        values = np.array(start, dtype=float)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != shape or not np.all(np.isfinite(values)):
        raise InputError(
            f"markov_equilibrium, start: expected finite numbers of shape {shape}, got {start!r}"
        )
    return np.asarray((values - game.lowest / (1 - game.discount_factors)) / game.scale)


def _determined(game: MarkovGame) -> tuple[str, ...]:
    if game.opposed:
        return game.players
    return game.deciders if len(game.deciders) == 1 else ()


def _words(rule: str | None, *, listed: bool) -> str:
    if listed:
        return "the pure profiles of largest total value were taken, tried one by one"
    first = "the pure equilibrium of largest sum of payoffs" if rule is None else f"the {rule} one"
    return f"{first} was taken where there is a pure one, else a mixed one of smallest support"


@registers(MarkovEquilibrium)
def check_markov_equilibrium(equilibrium: MarkovEquilibrium) -> Certificate:
    """Solve for the values of the strategies afresh, and look for a deviation that gains."""
    game = equilibrium.game
    off = max(
        max(abs(float(x.sum()) - 1.0), -float(x.min()))
        for profile in equilibrium.strategies
        for x in profile
    )
    if off > TOLERANCE:
        return Certificate("one-shot deviation", off)
    gains = game.gains(equilibrium.strategies) / game.scale
    moved = np.abs(game.values(equilibrium.strategies) - equilibrium.values)
    relative = moved * (1 - game.discount_factors) / game.scale
    return Certificate("one-shot deviation", max(float(gains.max()), float(relative.max())))
