"""Payoff terms: the payoffs of a package are the sum of small typed terms.

Each term touches few levers and gives some players a payoff that depends on their levels. That
separable form is what lets the library maximise over packages without listing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.model.levers import Lever
from bargaining.model.players import name_of
from bargaining.model.quadratic import QuadraticPayoff, line
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff, Quadratic, lever_group, player_mapping
from bargaining.types import FloatArray

__all__ = [
    "FunctionPayoff",
    "InteractionPayoff",
    "LinearPayoff",
    "Payoff",
    "QuadraticPayoff",
    "TablePayoff",
]


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

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the slope."""
        return (np.array(self.slopes[player]),)

    def quadratic(self, player: str) -> Quadratic:
        """Return the line as a quadratic function."""
        return line(self.slopes[player], self.reference)


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

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the coefficient times the other lever's distance."""
        first, second = (level - ref for level, ref in zip(levels, self.references, strict=True))
        return self.coefficients[player] * second, self.coefficients[player] * first

    def quadratic(self, player: str) -> Quadratic:
        """Return the product as a quadratic function."""
        coefficient = self.coefficients[player]
        matrix = np.array([[0.0, coefficient], [coefficient, 0.0]])
        return Quadratic(0.0, np.zeros(2), matrix, np.array(self.references))


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
        pairs = zip(levers, levels, strict=True)
        if all(np.array_equal(lever.array(), values) for lever, values in pairs):
            return dict(self.tables)
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
    gradients : mapping of player to callable, optional
        Called alike; one array a lever, the derivatives by its level. Intervals only; without it
        differences are taken.
    concave : iterable of player
        For whom the function is concave in the levels together: taken on trust.
    name, source : optional
        For tables, and where the functions come from.

    Examples
    --------
    >>> term = FunctionPayoff(
    ...     "tariff", {"China": lambda t: -4.0 * t**2}, gradients={"China": lambda t: [-8.0 * t]}
    ... )
    >>> float(term.values("China", [np.array(0.5)]))
    -1.0
    >>> float(term.gradients("China", [np.array(0.5)])[0])
    -4.0
    """

    def __init__(
        self,
        levers: Lever | str | Sequence[Lever | str],
        functions: Mapping[Any, Callable[..., ArrayLike]],
        *,
        gradients: Mapping[Any, Callable[..., Sequence[ArrayLike]]] | None = None,
        concave: Iterable[Any] = (),
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        group = lever_group(levers)
        super().__init__(
            group, tuple(player_mapping(functions, "FunctionPayoff")), name=name, source=source
        )
        self.functions = {name_of(player): function for player, function in functions.items()}
        self.derivatives = (
            {}
            if gradients is None
            else {name_of(p): f for p, f in player_mapping(gradients, "gradients").items()}
        )
        self.concave = tuple(name_of(player) for player in concave)
        for kind, given in (("function", self.functions), ("gradients", self.derivatives)):
            for player, function in given.items():
                if not callable(function):
                    raise self._error(f"{kind} of {player!r}", "expected a callable", function)
        for field, players in (("gradients", self.derivatives), ("concave", self.concave)):
            for player in players:
                if player not in self.functions:
                    raise self._error(field, f"expected some of {list(self.functions)}", player)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return what the player's function says."""
        return self.numbers(f"payoff of {player!r}", self.functions[player](*levels))

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray] | None:
        """Return what the player's gradient says, if it was given."""
        if player not in self.derivatives:
            return None
        parts: Any = self.derivatives[player](*levels)
        if not isinstance(parts, Sequence | np.ndarray) or len(parts) != len(self.levers):
            raise self._error(
                f"gradients of {player!r}",
                f"expected {len(self.levers)} arrays, one a lever",
                parts,
            )
        return [self.numbers(f"gradients of {player!r}", part) for part in parts]

    def is_concave(self, player: str) -> bool:
        """Whether it was said to be."""
        return player in self.concave
