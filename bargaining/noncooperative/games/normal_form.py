"""Finite games in normal form: one array of payoffs a player, all of the same shape."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.model.players import Player
from bargaining.noncooperative.games.names import (
    agreed_labels,
    player_index,
    player_names,
    strategy_index,
    strategy_labels,
)
from bargaining.noncooperative.games.payoff_tables import (
    ObjectArray,
    as_fractions,
    read_table,
    without_labels,
)
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.model.negotiation import Negotiation

__all__ = ["NormalFormGame"]

ROUNDOFF = 1e-9
"""How far probabilities may be below 0, and their sum from 1."""


class NormalFormGame:
    """A finite game of N players; made by `from_arrays` and its sisters, such as `from_nfg`.

    Wherever a profile is asked for, each player's strategy is an array of probabilities, or a pure
    strategy by its label or its index.

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
    >>> game.payoffs(["strategy 1", "strategy 2"]).tolist()
    [0.0, 5.0]
    >>> game.pure_equilibria()
    [(1, 1)]
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
            Arrays, nested lists, or frames and series of pandas. Of whole numbers, fractions and
            decimals `rational` keeps every digit.
        players : sequence of N names, optional
        labels : sequence of N sequences of strategy names, optional
            Those of the frames (index, then columns) unless said.

        Raises
        ------
        InputError
            For shapes that differ, payoffs that are not finite numbers or whose range is not,
            names that do not fit, or frames that do not agree about them.
        """
        places = [f"NormalFormGame, array {k + 1}" for k in range(len(arrays))]
        bare = [without_labels(*pair) for pair in zip(places, arrays, strict=True)]
        named = agreed_labels(places, [own for _, own in bare])
        read = [read_table(where, table) for where, (table, _) in zip(places, bare, strict=True)]
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
        return cls(
            np.array(tables),
            player_names(players, size),
            strategy_labels(labels, shape, named),
            exact=exact,
        )

    @classmethod
    def from_nashpy(cls, game: Any) -> NormalFormGame:
        """Return a game of nashpy (two players)."""
        from bargaining.noncooperative.games.conversions import from_nashpy

        return from_nashpy(game)

    def to_nashpy(self) -> Any:
        """Return the game as nashpy's (two players only)."""
        from bargaining.noncooperative.games.conversions import to_nashpy

        return to_nashpy(self)

    @classmethod
    def from_pygambit(cls, game: Any) -> NormalFormGame:
        """Return a game of pygambit (the extra `gambit`), payoffs and names unchanged.

        Of a tree it is the reduced strategic form that Gambit makes.

        Raises
        ------
        ImportError
            When pygambit is not installed.
        InputError
            For anything else than a game of pygambit.
        """
        from bargaining.noncooperative.games.conversions import from_pygambit

        return from_pygambit(game)

    def to_pygambit(self) -> Any:
        """Return the game as pygambit's (the extra `gambit`), with the payoffs of `rational`.

        Raises
        ------
        ImportError
            When pygambit is not installed.
        InputError
            For a name that Gambit does not take: it wants printable ASCII and single spaces.
        """
        from bargaining.noncooperative.games.conversions import to_pygambit

        return to_pygambit(self)

    @classmethod
    def from_nfg(cls, path: str | os.PathLike[str]) -> NormalFormGame:
        """Return the game of a file in Gambit's strategic form (`.nfg`), exactly.

        Payoff and outcome forms are read; title and comment are passed over. Strategies and players
        without a name get those that games have by default.

        Raises
        ------
        InputError
            For a file that cannot be read, or is not in the format: it names line and column.
        IntractableError
            For a file of more than 64 MiB or a game of more than 4,000,000 payoffs.
        """
        from bargaining.noncooperative.games.nfg import read_nfg

        return read_nfg(path)

    def to_nfg(
        self, path: str | os.PathLike[str], *, title: str = "", form: str = "payoffs"
    ) -> None:
        """Write the game to a file in Gambit's strategic form (`.nfg`).

        `from_nfg` reads the same game back, payoffs exactly as in `rational`. Gambit does too,
        except that it misreads backslashes in names.

        Parameters
        ----------
        path : str or path
        title : str
        form : str
            "payoffs" lists the payoffs of every profile; "outcomes" lists different payoff vectors
            once and then their numbers, which is shorter for games of few outcomes.
        """
        from bargaining.noncooperative.games.nfg import write_nfg

        write_nfg(self, path, title=title, form=form)

    @classmethod
    def from_negotiation(cls, negotiation: Negotiation) -> NormalFormGame:
        """Return the lever game in full: every player chooses a package of its own levers.

        Strategies are named by the levels of the player's levers. A player without free levers has
        one strategy.

        Raises
        ------
        InputError
            For a free lever that is an interval.
        IntractableError
            For more than 4,000,000 payoffs (packages times players); it names the levers.
            `nash_equilibrium` takes negotiations of any size as they are.

        Examples
        --------
        >>> import bargaining as bg
        >>> us, china = bg.Player("US"), bg.Player("China")
        >>> tariff = bg.Lever("tariff", us, [0, 1], 1)
        >>> game = NormalFormGame.from_negotiation(
        ...     bg.Negotiation([us, china], [tariff], [bg.LinearPayoff(tariff, {us: 2, china: -3})])
        ... )
        >>> game.labels
        (('tariff: 0', 'tariff: 1'), ('no lever',))
        >>> game.payoff_arrays.tolist()
        [[[0.0], [2.0]], [[0.0], [-3.0]]]
        """
        from bargaining.noncooperative.games.conversions import from_negotiation

        return from_negotiation(negotiation)

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

    def deviations(self, strategies: Sequence[Any]) -> list[FloatArray]:
        """Return, for each player, the payoff of each pure strategy against the others."""
        mixed = self._checked(strategies)
        return [self._against(i, mixed) for i in range(self.number_of_players)]

    def payoffs(self, strategies: Sequence[Any]) -> FloatArray:
        """Return expected payoffs of a profile of mixed strategies, shape (N,)."""
        mixed = self._checked(strategies)
        return np.array([float(self._against(i, mixed) @ x) for i, x in enumerate(mixed)])

    def regret(self, strategies: Sequence[Any]) -> FloatArray:
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

    def best_responses(
        self,
        player: Player | str | int,
        strategies: Sequence[Any],
        *,
        tolerance: float = TOLERANCE,
    ) -> list[int]:
        """Return the pure strategies of a player that are best against the others'.

        Parameters
        ----------
        player : Player, name or index
        strategies : sequence of N strategies
            The player's own does not matter.
        tolerance : float
            How far below the best payoff still counts, relative to the player's payoff range.

        Returns
        -------
        list of int
            Indices, in order; `labels` names them.

        Examples
        --------
        >>> game = NormalFormGame.from_arrays(
        ...     [[3, 0], [5, 1]], [[3, 5], [0, 1]], labels=[["C", "D"], ["C", "D"]]
        ... )
        >>> game.best_responses("player 1", ["C", "C"])
        [1]
        """
        i = player_index(player, self.players)
        row = self._against(i, self._checked(strategies))
        return np.flatnonzero(row >= row.max() - tolerance * self.scale[i]).tolist()

    def pure_equilibria(self) -> list[tuple[int, ...]]:
        """Return all pure Nash equilibria as tuples of indices; [] where there is none.

        Payoffs that differ by roundoff of the payoff range count as equal.
        """
        from bargaining.noncooperative.two_player.bimatrix import pure_profiles

        return [tuple(int(x.argmax()) for x in profile) for profile in pure_profiles(self)]

    def restrict(self, strategies: Sequence[Sequence[int | str]]) -> NormalFormGame:
        """Return the game in which each player has only some of its strategies.

        Parameters
        ----------
        strategies : sequence of N sequences of labels or indices
            The order is kept.

        Raises
        ------
        InputError
            For an unknown strategy, one given twice, or a player left with none.
        """
        kept = [[self._index(i, s) for s in own] for i, own in enumerate(strategies)]
        if len(kept) != len(self.players) or not all(0 < len(set(own)) == len(own) for own in kept):
            raise InputError(
                f"restrict, strategies: expected different strategies for each of "
                f"{len(self.players)} players, got {strategies!r}"
            )
        grid = np.ix_(*kept)
        return NormalFormGame(
            np.array([table[grid] for table in self.payoff_arrays]),
            self.players,
            tuple(
                tuple(names[k] for k in own) for names, own in zip(self.labels, kept, strict=True)
            ),
            exact=[None if table is None else table[grid] for table in self._exact],
        )

    def _index(self, player: int, strategy: Any) -> int:
        return strategy_index(strategy, self.labels[player], self.players[player])

    def _probabilities(self, player: int, strategy: Any) -> FloatArray:
        if isinstance(strategy, str | Integral) and player < len(self.players):
            unit = np.zeros(self.shape[player])
            unit[self._index(player, strategy)] = 1.0
            return unit
        return np.asarray(strategy, dtype=float)

    def _against(self, player: int, mixed: Sequence[FloatArray], above: float = 0.0) -> FloatArray:
        table = self.payoff_arrays[player] - above
        for j in reversed(range(self.number_of_players)):
            if j != player:
                table = np.tensordot(table, mixed[j], axes=(j, 0))
        return np.asarray(table)

    def _checked(self, strategies: Sequence[Any]) -> list[FloatArray]:
        try:
            mixed = [self._probabilities(i, strategy) for i, strategy in enumerate(strategies)]
        except InputError:
            raise
        except (TypeError, ValueError):
            raise InputError(
                "strategies: expected arrays of probabilities, labels or indices, one a player, "
                f"got {strategies!r}"
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
