"""Payoff terms: the payoffs of a package are the sum of small typed terms.

Each term touches few levers and gives some players a payoff that depends on their levels. That
separable form is what lets the library maximise over packages without listing them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.model.levers import Lever
from bargaining.model.players import name_of
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff, lever_group, player_mapping
from bargaining.types import FloatArray

__all__ = ["FunctionPayoff", "InteractionPayoff", "LinearPayoff", "Payoff", "TablePayoff"]


class LinearPayoff(Payoff):
    """slope x (level - reference), a slope for each player.

    Parameters
    ----------
    lever : Lever or str
    slopes : mapping of player to float
        Payoff per unit of the level.
    reference : float
        The level at which the term is zero.
    name, source : optional
        For tables, and where the slopes come from.

    Examples
    --------
    >>> term = LinearPayoff("soybeans", {"United States": 0.5, "China": -0.1}, reference=12.0)
    >>> term.values("United States", [np.array([12.0, 25.0])]).tolist()
    [0.0, 6.5]
    """

    def __init__(
        self,
        lever: Lever | str,
        slopes: Mapping[Any, float],
        reference: float = 0.0,
        *,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        super().__init__(
            (lever,), tuple(player_mapping(slopes, "LinearPayoff")), name=name, source=source
        )
        self.slopes = {
            name_of(p): self.number(f"slope of {name_of(p)!r}", s) for p, s in slopes.items()
        }
        self.reference = self.number("reference", reference)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return slope x (level - reference)."""
        return self.slopes[player] * (levels[0] - self.reference)


class InteractionPayoff(Payoff):
    """coefficient x (level - reference) x (level - reference) of two levers.

    Parameters
    ----------
    levers : pair of Lever or str
    coefficients : mapping of player to float
    references : pair of float

    Examples
    --------
    >>> term = InteractionPayoff(("tariff", "control"), {"China": -2.0})
    >>> float(term.values("China", [np.array(0.5), np.array(3.0)]))
    -3.0
    """

    def __init__(
        self,
        levers: Sequence[Lever | str],
        coefficients: Mapping[Any, float],
        references: Sequence[float] = (0.0, 0.0),
        *,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        pair: object = references
        players = tuple(player_mapping(coefficients, "InteractionPayoff"))
        super().__init__(lever_group(levers), players, name=name, source=source)
        if len(self.levers) != 2:
            raise self._error("levers", "expected two", self.levers)
        if not isinstance(pair, Sequence) or len(pair) != 2:
            raise self._error("references", "expected two numbers", references)
        self.coefficients = {
            name_of(p): self.number(f"coefficient of {name_of(p)!r}", c)
            for p, c in coefficients.items()
        }
        self.references = tuple(self.number("references", reference) for reference in references)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return the product of the two distances, times the coefficient."""
        first, second = (level - ref for level, ref in zip(levels, self.references, strict=True))
        return np.asarray(self.coefficients[player] * first * second)


class TablePayoff(Payoff):
    """A payoff for every combination of levels of one or more levers.

    Parameters
    ----------
    levers : Lever, str, or sequence of them
    tables : mapping of player to array of shape (K_1, ..., K_m)
        In the order of the levers and of their levels; nested lists and frames are accepted.

    Examples
    --------
    >>> term = TablePayoff(("tariff", "control"), {"China": [[0, -4], [3, -2]]})
    >>> term.tables["China"].shape
    (2, 2)
    """

    def __init__(
        self,
        levers: Lever | str | Sequence[Lever | str],
        tables: Mapping[Any, ArrayLike],
        *,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        group = lever_group(levers)
        super().__init__(
            group, tuple(player_mapping(tables, "TablePayoff")), name=name, source=source
        )
        self.tables = {name_of(p): self._table(name_of(p), table) for p, table in tables.items()}
        finite = [lever for lever in group if isinstance(lever, Lever)]
        if len(finite) == len(group):
            self._check_shape(finite)

    def _table(self, player: str, table: ArrayLike) -> FloatArray:
        array = self.numbers(f"payoff of {player!r}", table)
        array.setflags(write=False)
        return self._checked(player, array, array.shape)

    def _check_shape(self, levers: Sequence[Lever]) -> None:
        shape = tuple(len(lever.array()) for lever in levers)
        for player, table in self.tables.items():
            if table.shape != shape:
                raise self._error(
                    f"payoff of {player!r}",
                    f"expected an array of shape {shape}, the numbers of levels of {self.levers}",
                    table.shape,
                )

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Refuse: a table knows positions, not levels; `tabulate` reads it."""
        raise self._error("levers", "a table is read by the position of a level, not by", levels)

    def tabulate(
        self, levers: Sequence[Lever], levels: Sequence[FloatArray]
    ) -> dict[str, FloatArray]:
        """Return the part of the tables that belongs to the given levels."""
        self._check_shape(levers)
        positions = np.ix_(
            *(
                [lever.index(x) for x in values]
                for lever, values in zip(levers, levels, strict=True)
            )
        )
        return {player: table[positions] for player, table in self.tables.items()}


class FunctionPayoff(Payoff):
    """A vectorised function of the levels, one for each player.

    Parameters
    ----------
    levers : Lever, str, or sequence of them
    functions : mapping of player to callable
        Called with one array a lever, broadcastable against each other (as from `numpy.ix_`); the
        result must broadcast to their grid and be finite.

    Examples
    --------
    >>> term = FunctionPayoff("tariff", {"China": lambda t: -4.0 * t**2})
    >>> float(term.values("China", [np.array(0.5)]))
    -1.0
    """

    def __init__(
        self,
        levers: Lever | str | Sequence[Lever | str],
        functions: Mapping[Any, Callable[..., ArrayLike]],
        *,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        group = lever_group(levers)
        super().__init__(
            group, tuple(player_mapping(functions, "FunctionPayoff")), name=name, source=source
        )
        self.functions = {name_of(player): function for player, function in functions.items()}
        for player, function in self.functions.items():
            if not callable(function):
                raise self._error(f"function of {player!r}", "expected a callable", function)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return what the player's function says."""
        return self.numbers(f"payoff of {player!r}", self.functions[player](*levels))
