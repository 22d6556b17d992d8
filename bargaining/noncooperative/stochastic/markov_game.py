"""Finite discounted Markov games: states, actions, payoffs and where they lead.

A stochastic game (Shapley 1953; Fink 1964) whose players may have discount factors of their own.
Values are discounted sums: V_i(s) = u_i(s, a) + delta_i E V_i(s').
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError, unknown_name
from bargaining.model.players import Player, check_unique, checked_name, name_of
from bargaining.types import FloatArray

__all__ = ["MarkovGame", "Profile"]

ROUNDOFF = 1e-9
"""How far transition probabilities may be from a sum of 1."""

Profile = tuple[FloatArray, ...]
"""One array of probabilities a player."""


class MarkovGame:
    """A finite Markov game.

    Parameters
    ----------
    payoffs : sequence of S array_like of shape (N, A_1, ..., A_N)
        By state, the payoffs of a period by the actions of all players. Numbers of actions may
        differ from state to state; a player without a choice has one action.
    transitions : sequence of S array_like of shape (A_1, ..., A_N, S)
        Probabilities of the next state. Sums that are off 1 by roundoff are divided out.
    discount_factors : float or array_like of shape (N,)
        In [0, 1).
    players : sequence of N names, optional
    states : sequence of S names, optional
    labels : sequence of S sequences of N sequences of action names, optional

    Raises
    ------
    InputError
        For shapes that do not fit, numbers that are not finite, rows that are not probabilities, or
        a discount factor outside [0, 1).

    Examples
    --------
    A choice of 1 for good or 3 once:

    >>> game = MarkovGame([[[1.0, 3.0]], [[0.0]]], [[[1, 0], [0, 1]], [[0, 1]]], 0.5)
    >>> game.values([(np.array([1.0, 0.0]),), (np.array([1.0]),)]).tolist()
    [[2.0], [0.0]]
    """

    def __init__(
        self,
        payoffs: Sequence[ArrayLike],
        transitions: Sequence[ArrayLike],
        discount_factors: ArrayLike,
        *,
        players: Sequence[Player | str] | None = None,
        states: Sequence[str] | None = None,
        labels: Sequence[Sequence[Sequence[str]]] | None = None,
    ) -> None:
        size = _length("payoffs", payoffs)
        if _length("transitions", transitions) != size:
            raise _error("transitions", f"{size} arrays, one a state", f"{len(transitions)}")
        self.states = _names("states", states, size, "state")
        self.payoffs = tuple(
            _array(f"payoffs of {state!r}", table)
            for state, table in zip(self.states, payoffs, strict=True)
        )
        count = len(self.payoffs[0]) if self.payoffs[0].ndim else 0
        for state, table in zip(self.states, self.payoffs, strict=True):
            if table.ndim != count + 1 or len(table) != count or 0 in table.shape:
                wanted = f"shape ({count}, A_1, ..., A_{count})" if count else "a table a player"
                raise _error(f"payoffs of {state!r}", wanted, table.shape)
        self.transitions = tuple(
            _probabilities(state, table, (*own.shape[1:], size))
            for state, table, own in zip(self.states, transitions, self.payoffs, strict=True)
        )
        names = None if players is None else [name_of(p, "MarkovGame, players") for p in players]
        self.players = _names("players", names, count, "player")
        self.discount_factors = _factors(discount_factors, count)
        self.labels = self._labels(labels)

    def _labels(self, labels: Any) -> tuple[tuple[tuple[str, ...], ...], ...]:
        if labels is None:
            return tuple(
                tuple(tuple(f"action {k + 1}" for k in range(n)) for n in table.shape[1:])
                for table in self.payoffs
            )
        named = tuple(tuple(tuple(own) for own in group) for group in labels)
        wanted = [table.shape[1:] for table in self.payoffs]
        if [tuple(map(len, group)) for group in named] != wanted:
            raise _error("labels", f"names of {wanted} actions by state and player", named)
        for own in (own for group in named for own in group):
            check_unique("action", (checked_name(name, "MarkovGame, labels") for name in own))
        return named

    def state(self, state: str | int) -> int:
        """Return the index of a state given by name or by index."""
        if isinstance(state, int) and 0 <= state < len(self.states):
            return state
        if state not in self.states:
            raise unknown_name("state", state, self.states)
        return self.states.index(str(state))

    @cached_property
    def scale(self) -> FloatArray:
        """Range of each player's payoffs over all states, 1 where they are constant, (N,)."""
        spread = self._extremes[1] - self._extremes[0]
        return np.where(spread > 0, spread, 1.0)

    @cached_property
    def _extremes(self) -> tuple[FloatArray, FloatArray]:
        flat = np.hstack([table.reshape(len(self.players), -1) for table in self.payoffs])
        return flat.min(axis=1), flat.max(axis=1)

    @property
    def lowest(self) -> FloatArray:
        """The lowest payoff of each player over all states, shape (N,)."""
        return self._extremes[0]

    @property
    def opposed(self) -> bool:
        """Whether two players have opposed interests: payoffs in units of ranges sum to 1."""
        if len(self.players) != 2 or np.ptp(self.discount_factors) > 0:
            return False
        sums = [
            ((table - self.lowest[:, None, None]) / self.scale[:, None, None]).sum(axis=0)
            for table in self.payoffs
        ]
        return all(float(np.abs(total - 1.0).max()) <= ROUNDOFF for total in sums)

    @property
    def deciders(self) -> tuple[str, ...]:
        """The players who have a choice in some state."""
        choice = np.array([table.shape[1:] for table in self.payoffs]).max(axis=0) > 1
        return tuple(name for name, able in zip(self.players, choice, strict=True) if able)

    def continuation(self, state: int, values: FloatArray) -> FloatArray:
        """Return payoffs of now plus discounted values of the next state, (N, A_1, ..., A_N).

        Parameters
        ----------
        state : int
        values : ndarray of shape (S, N)
        """
        later = np.moveaxis(self.transitions[state] @ values, -1, 0)
        ones = (1,) * (later.ndim - 1)
        return np.asarray(self.payoffs[state] + self.discount_factors.reshape(-1, *ones) * later)

    def values(self, strategies: Sequence[Profile]) -> FloatArray:
        """Return the discounted payoffs from each state on under stationary strategies, (S, N).

        Parameters
        ----------
        strategies : sequence of S profiles, each of N arrays of probabilities
        """
        now = np.array(
            [
                [mean(own, x) for own in table]
                for table, x in zip(self.payoffs, strategies, strict=True)
            ]
        )
        moves = np.array(
            [
                [mean(table[..., t], x) for t in range(len(self.states))]
                for table, x in zip(self.transitions, strategies, strict=True)
            ]
        )
        identity = np.eye(len(self.states))
        return np.column_stack(
            [
                np.linalg.solve(identity - factor * moves, now[:, i])
                for i, factor in enumerate(self.discount_factors)
            ]
        )

    def gains(self, strategies: Sequence[Profile]) -> FloatArray:
        """Return what each player gains at most by one deviation in each state, shape (S, N)."""
        values = self.values(strategies)
        return np.array(
            [
                best_deviations(self.continuation(s, values) - values[s].reshape(-1, *ones(x)), x)
                for s, x in enumerate(strategies)
            ]
        )

    def __repr__(self) -> str:
        """Say how large it is."""
        return f"<MarkovGame: {len(self.states)} states, players {self.players}>"


def ones(profile: Profile) -> tuple[int, ...]:
    """Return a shape of ones, one an action axis."""
    return (1,) * len(profile)


def mean(table: FloatArray, profile: Profile) -> float:
    """Return the expectation of a table over independent mixed actions."""
    for x in reversed(profile):
        table = table @ x
    return float(table)


def best_deviations(stage: FloatArray, profile: Profile) -> FloatArray:
    """Return how far each player's best action is ahead of its own mixture, shape (N,)."""
    gains = []
    for i, table in enumerate(stage):
        row = np.moveaxis(table, i, 0)
        for x in reversed([x for j, x in enumerate(profile) if j != i]):
            row = row @ x
        gains.append(max(0.0, float(row.max() - row @ profile[i])))
    return np.array(gains)


def _error(field: str, expected: str, got: object) -> InputError:
    return InputError(f"MarkovGame, {field}: expected {expected}, got {got}")


def _length(field: str, given: Any) -> int:
    if isinstance(given, str) or not isinstance(given, Iterable) or not len(list(given)):
        raise _error(field, "a sequence of arrays, one a state", repr(given))
    return len(list(given))


def _array(field: str, values: Any) -> FloatArray:
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise _error(field, "an array of numbers", repr(values)) from None
    if not np.all(np.isfinite(array)):
        cell = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise _error(field, f"finite numbers, at {cell}", array[cell])
    array.setflags(write=False)
    return array


def _probabilities(state: str, values: Any, shape: tuple[int, ...]) -> FloatArray:
    field = f"transitions of {state!r}"
    array = _array(field, values)
    if array.shape != shape:
        raise _error(field, f"shape {shape}", array.shape)
    sums = array.sum(axis=-1, keepdims=True)
    off = np.maximum(np.abs(sums[..., 0] - 1.0), -array.min(axis=-1))
    if off.max() > ROUNDOFF or array.min() < 0:
        cell = np.unravel_index(int(off.argmax()), off.shape)
        raise _error(field, "probabilities that sum to 1", array[cell])
    scaled = array / sums
    scaled.setflags(write=False)
    return np.asarray(scaled)


def _names(field: str, names: Sequence[str] | None, size: int, kind: str) -> tuple[str, ...]:
    if names is None:
        return tuple(f"{kind} {k + 1}" for k in range(size))
    checked = tuple(checked_name(name, f"MarkovGame, {field}") for name in names)
    if len(checked) != size or len(set(checked)) != size:
        raise _error(field, f"{size} different names", checked)
    return checked


def _factors(given: ArrayLike, size: int) -> FloatArray:
    array = _array("discount_factors", given)
    factors = np.full(size, float(array)) if array.ndim == 0 else array
    if factors.shape != (size,) or factors.min() < 0 or factors.max() >= 1:
        raise _error("discount_factors", f"a number in [0, 1), or {size} of them", given)
    factors.setflags(write=False)
    return factors
