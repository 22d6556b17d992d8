"""Finite games in normal form: one array of payoffs a player, all of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.model.players import Player, name_of
from bargaining.types import FloatArray

__all__ = ["NormalFormGame"]


class NormalFormGame:
    """A finite game of N players; made by `from_arrays` or `from_nashpy`.

    Attributes
    ----------
    payoff_arrays : ndarray of shape (N, K_1, ..., K_N)
    players : tuple of str
    labels : tuple of N tuples of str
        Names of the strategies.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> game.payoffs([[0, 1], [0, 1]]).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        payoff_arrays: FloatArray,
        players: tuple[str, ...],
        labels: tuple[tuple[str, ...], ...],
    ) -> None:
        self.payoff_arrays = payoff_arrays
        self.payoff_arrays.setflags(write=False)
        self.players = players
        self.labels = labels

    @classmethod
    def from_arrays(
        cls,
        *arrays: ArrayLike,
        players: Sequence[Player | str] | None = None,
        labels: Sequence[Sequence[str]] | None = None,
    ) -> NormalFormGame:
        """Return the game of payoff arrays, one a player.

        Parameters
        ----------
        *arrays : array_like of shape (K_1, ..., K_N)
            Arrays, nested lists or frames.
        players : sequence of N names, optional
        labels : sequence of N sequences of strategy names, optional

        Raises
        ------
        InputError
            For shapes that differ, payoffs that are not finite, or names that do not fit.
        """
        tables = [_table(k, array) for k, array in enumerate(arrays)]
        size = len(tables)
        if not size:
            raise InputError("NormalFormGame.from_arrays: expected one array a player, got none")
        shape = tables[0].shape
        for k, table in enumerate(tables):
            if len(table.shape) != size or table.shape != shape or 0 in table.shape:
                raise InputError(
                    f"NormalFormGame, array {k + 1}: expected the shape of array 1, with "
                    f"{size} dimensions and no empty one, got {table.shape}"
                )
        default = [f"player {i + 1}" for i in range(size)]
        names = tuple(map(name_of, default if players is None else players))
        if len(names) != size or len(set(names)) != size:
            raise InputError(
                f"NormalFormGame, players: expected {size} different names, got {names}"
            )
        return cls(np.array(tables), names, _labels(labels, shape))

    @classmethod
    def from_nashpy(cls, game: Any) -> NormalFormGame:
        """Return a game of nashpy (two players)."""
        arrays = getattr(game, "payoff_matrices", None)
        if arrays is None:
            raise InputError(f"NormalFormGame.from_nashpy: expected a nashpy.Game, got {game!r}")
        return cls.from_arrays(*arrays)

    def to_nashpy(self) -> Any:
        """Return the game as nashpy's (two players only)."""
        import nashpy

        if self.number_of_players != 2:
            raise InputError(
                f"NormalFormGame.to_nashpy: expected two players, got {self.number_of_players}"
            )
        return nashpy.Game(*(array.copy() for array in self.payoff_arrays))

    @property
    def number_of_players(self) -> int:
        """N."""
        return len(self.players)

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of strategies (K_1, ..., K_N)."""
        return tuple(self.payoff_arrays.shape[1:])

    @property
    def scale(self) -> FloatArray:
        """Range of each player's payoffs, 1 where they are constant, shape (N,)."""
        flat = self.payoff_arrays.reshape(self.number_of_players, -1)
        spread = np.ptp(flat, axis=1)
        return np.where(spread > 0, spread, 1.0)

    def deviations(self, strategies: Sequence[ArrayLike]) -> list[FloatArray]:
        """Return, for each player, the payoff of each pure strategy against the others."""
        mixed = self._checked(strategies)
        return [self._against(i, mixed) for i in range(self.number_of_players)]

    def payoffs(self, strategies: Sequence[ArrayLike]) -> FloatArray:
        """Return expected payoffs of a profile of mixed strategies, shape (N,)."""
        mixed = self._checked(strategies)
        return np.array([float(self._against(i, mixed) @ x) for i, x in enumerate(mixed)])

    def regret(self, strategies: Sequence[ArrayLike]) -> FloatArray:
        """Return each player's largest gain from a pure deviation, in payoffs, shape (N,)."""
        mixed = self._checked(strategies)
        against = [self._against(i, mixed) for i in range(self.number_of_players)]
        gains = [float(row.max() - row @ x) for row, x in zip(against, mixed, strict=True)]
        return np.maximum(gains, 0.0)

    def _against(self, player: int, mixed: Sequence[FloatArray]) -> FloatArray:
        table = self.payoff_arrays[player]
        for j in reversed(range(self.number_of_players)):
            if j != player:
                table = np.tensordot(table, mixed[j], axes=(j, 0))
        return np.asarray(table)

    def _checked(self, strategies: Sequence[ArrayLike]) -> list[FloatArray]:
        mixed = [np.asarray(strategy, dtype=float) for strategy in strategies]
        if [x.shape for x in mixed] != [(size,) for size in self.shape]:
            raise InputError(
                f"strategies: expected probabilities of lengths {self.shape}, "
                f"got shapes {[x.shape for x in mixed]}"
            )
        return mixed

    def __repr__(self) -> str:
        """Show the shape."""
        return f"<NormalFormGame: {' x '.join(map(str, self.shape))}, players {self.players}>"


def _table(k: int, array: ArrayLike) -> FloatArray:
    try:
        table = np.array(array, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"NormalFormGame, array {k + 1}: expected numbers, got {array!r}"
        ) from None
    if not np.all(np.isfinite(table)):
        cell = tuple(int(j) for j in np.argwhere(~np.isfinite(table))[0])
        raise InputError(
            f"NormalFormGame, array {k + 1}: expected finite payoffs, got {table[cell]} at {cell}"
        )
    return table


def _labels(
    labels: Sequence[Sequence[str]] | None, shape: tuple[int, ...]
) -> tuple[tuple[str, ...], ...]:
    if labels is None:
        return tuple(tuple(f"strategy {k + 1}" for k in range(size)) for size in shape)
    names = tuple(tuple(group) for group in labels)
    if tuple(map(len, names)) != shape or any(len(set(group)) < len(group) for group in names):
        raise InputError(f"NormalFormGame, labels: expected {shape} different names, got {names}")
    return names
