"""Finite games in normal form: one array of payoffs a player, all of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.model.players import Player, checked_name, name_of
from bargaining.noncooperative.payoff_tables import ObjectArray, as_fractions, read_table
from bargaining.types import FloatArray

__all__ = ["NormalFormGame"]

ROUNDOFF = 1e-9
"""How far probabilities may be below 0, and their sum from 1."""


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

    payoff_arrays: FloatArray
    players: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    _exact: tuple[ObjectArray | None, ...]

    def __init__(
        self,
        payoff_arrays: FloatArray,
        players: tuple[str, ...],
        labels: tuple[tuple[str, ...], ...],
        *,
        exact: Sequence[ObjectArray | None] | None = None,
    ) -> None:
        arrays = np.array(payoff_arrays, dtype=float)
        arrays.setflags(write=False)
        given = (None,) * len(players) if exact is None else tuple(exact)
        self.__dict__.update(payoff_arrays=arrays, players=players, labels=labels, _exact=given)

    def __setattr__(self, field: str, value: object) -> None:
        """Refuse changes: a game is a value."""
        raise AttributeError(f"NormalFormGame is immutable; cannot set {field!r}")

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
            For shapes that differ, payoffs that are not finite numbers or whose range is not,
            or names that do not fit.
        """
        read = [read_table(f"NormalFormGame, array {k + 1}", a) for k, a in enumerate(arrays)]
        tables = [table for table, _ in read]
        size = len(tables)
        if not size:
            raise InputError("NormalFormGame.from_arrays: expected one array a player, got none")
        shape = tables[0].shape
        for k, table in enumerate(tables):
            if table.ndim != size or 0 in table.shape:
                raise InputError(
                    f"NormalFormGame, array {k + 1}: expected {size} dimensions, one a player, "
                    f"none of them empty, got shape {table.shape}"
                )
            if table.shape != shape:
                raise InputError(
                    f"NormalFormGame, array {k + 1}: expected the shape of array 1, {shape}, "
                    f"got {table.shape}"
                )
        exact = [given for _, given in read]
        return cls(np.array(tables), _names(players, size), _labels(labels, shape), exact=exact)

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

    @cached_property
    def rational(self) -> ObjectArray:
        """Payoffs as fractions.Fraction, shape (N, K_1, ..., K_N).

        Whole numbers, fractions and decimals are taken as they were given. A float is the shortest
        decimal that prints as it: 0.1 is 1/10, and 0.1 + 0.2 is 0.30000000000000004.

        Examples
        --------
        >>> from fractions import Fraction
        >>> game = NormalFormGame.from_arrays([0.1, Fraction(1, 3), 2**53 + 1])
        >>> print(*game.rational[0])
        1/10 1/3 9007199254740993
        """
        return as_fractions(self.payoff_arrays, self._exact)

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
        """Return each player's largest gain from a pure deviation, in payoffs, shape (N,).

        It is taken over payoffs above the player's lowest one: a constant in the payoffs, however
        large, would otherwise cost digits.
        """
        mixed = self._checked(strategies)
        gains = []
        for i, x in enumerate(mixed):
            row = self._against(i, mixed, above=float(self.payoff_arrays[i].min()))
            gains.append(float(row.max() - row @ x))
        return np.maximum(gains, 0.0)

    def _against(self, player: int, mixed: Sequence[FloatArray], above: float = 0.0) -> FloatArray:
        table = self.payoff_arrays[player] - above
        for j in reversed(range(self.number_of_players)):
            if j != player:
                table = np.tensordot(table, mixed[j], axes=(j, 0))
        return np.asarray(table)

    def _checked(self, strategies: Sequence[ArrayLike]) -> list[FloatArray]:
        try:
            mixed = [np.asarray(strategy, dtype=float) for strategy in strategies]
        except (TypeError, ValueError):
            raise InputError(
                f"strategies: expected arrays of probabilities, got {strategies!r}"
            ) from None
        if [x.shape for x in mixed] != [(size,) for size in self.shape]:
            raise InputError(
                f"strategies: expected probabilities of lengths {self.shape}, "
                f"got shapes {[x.shape for x in mixed]}"
            )
        for player, x in zip(self.players, mixed, strict=True):
            # Written so that NaN fails.
            if not (x.min() >= -ROUNDOFF and abs(x.sum() - 1.0) <= ROUNDOFF):
                raise InputError(
                    f"strategies, {player!r}: expected probabilities that sum to 1, got {x}"
                )
        return mixed

    def __repr__(self) -> str:
        """Show the shape."""
        return f"<NormalFormGame: {' x '.join(map(str, self.shape))}, players {self.players}>"


def _names(players: Sequence[Player | str] | None, size: int) -> tuple[str, ...]:
    if players is None:
        return tuple(f"player {i + 1}" for i in range(size))
    given = [players] if isinstance(players, str) else players
    names = tuple(name_of(player, "NormalFormGame, players") for player in given)
    if len(names) != size or len(set(names)) != size:
        raise InputError(f"NormalFormGame, players: expected {size} different names, got {names}")
    return names


def _labels(
    labels: Sequence[Sequence[str]] | None, shape: tuple[int, ...]
) -> tuple[tuple[str, ...], ...]:
    if labels is None:
        return tuple(tuple(f"strategy {k + 1}" for k in range(size)) for size in shape)
    groups = [[group] if isinstance(group, str) else group for group in labels]
    names = tuple(
        tuple(checked_name(name, "NormalFormGame, labels") for name in group) for group in groups
    )
    if tuple(map(len, names)) != shape or any(len(set(group)) < len(group) for group in names):
        raise InputError(f"NormalFormGame, labels: expected {shape} different names, got {names}")
    return names
