"""The base class of payoff terms, and the checks that all terms share.

A term touches few levers and gives some players a payoff that depends on their levels. Checks
happen here once, so that a bad number is named by term, field and value.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.players import Player, name_of
from bargaining.model.sources import Source, as_source
from bargaining.types import FloatArray

__all__ = ["Payoff", "Quadratic", "lever_group", "negative_semidefinite", "player_mapping"]

LARGEST_TABLE = 10_000_000
"""Cells in the largest table that a single term may have."""


CURVED = 1e-12
"""An eigenvalue up to this part of the largest counts as zero."""


@dataclass(frozen=True, eq=False)
class Quadratic:
    """constant + slopes . x + x' matrix x / 2, where x = level - reference.

    Attributes
    ----------
    constant : float
    slopes : ndarray of shape (m,)
    matrix : ndarray of shape (m, m)
        Symmetric.
    references : ndarray of shape (m,)
    """

    constant: float
    slopes: FloatArray
    matrix: FloatArray
    references: FloatArray

    def about(self, references: FloatArray) -> Quadratic:
        """Return the same function written around other references."""
        step = references - self.references
        turned = self.matrix @ step
        return Quadratic(
            float(self.constant + self.slopes @ step + step @ turned / 2),
            self.slopes + turned,
            self.matrix,
            references,
        )


def negative_semidefinite(matrix: FloatArray) -> bool:
    """Whether x' matrix x <= 0 for all x, up to rounding of the eigenvalues."""
    eigenvalues = np.linalg.eigvalsh(matrix)
    return bool(eigenvalues.max(initial=0.0) <= CURVED * np.abs(eigenvalues).max(initial=0.0))


class Payoff(ABC):
    """A term of the payoffs.

    A subclass says in `values` what one player gets at given levels; a term that is a table says
    it in `tabulate` instead.

    Attributes
    ----------
    levers : tuple of str
        The levers that it depends on.
    players : tuple of str
        Who gets something from it; everybody else gets 0.
    name : str
        For tables and messages.
    source : Source or None
        Where its numbers come from.
    """

    levers: tuple[str, ...]
    players: tuple[str, ...]
    name: str
    source: Source | None

    def __init__(
        self,
        levers: Sequence[Lever | str],
        players: Sequence[Player | str],
        *,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        kind = type(self).__name__
        self.levers = tuple(name_of(lever, f"{kind}, levers") for lever in levers)
        self.players = tuple(name_of(player, f"{kind}, players") for player in players)
        self.name = name or f"{type(self).__name__} of {', '.join(self.levers)}"
        self.source = as_source(source)
        if not self.levers:
            raise self._error("levers", "expected at least one lever", self.levers)
        if len(set(self.levers)) < len(self.levers):
            raise self._error("levers", "expected each lever once", self.levers)
        if len(set(self.players)) < len(self.players):
            raise self._error("players", "expected each player once", self.players)

    @abstractmethod
    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return what a player of the term gets at given levels.

        Parameters
        ----------
        player : str
            One of `players`.
        levels : sequence of ndarray
            One array a lever, broadcastable against each other.

        Returns
        -------
        ndarray
            Payoffs, broadcastable to the levels' common shape.
        """

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray] | None:
        """Return the derivatives by each level, or None where no formula is known.

        Parameters
        ----------
        player : str
            One of `players`.
        levels : sequence of ndarray
            One array a lever, broadcastable against each other.

        Returns
        -------
        sequence of ndarray, or None
            One array a lever, broadcastable to the levels' common shape. Where a derivative is not
            finite (the slope of a root at 0), or nothing is known, differences take its place.
        """
        return None

    def quadratic(self, player: str) -> Quadratic | None:
        """Return what a player gets as a quadratic function of the levels, where it is one."""
        return None

    def is_concave(self, player: str) -> bool:
        """Whether what a player gets is known to be concave in all levels together."""
        known = self.quadratic(player)
        return known is not None and negative_semidefinite(known.matrix)

    def tabulate(
        self, levers: Sequence[Lever], levels: Sequence[FloatArray]
    ) -> dict[str, FloatArray]:
        """Return the term as one table a player.

        Parameters
        ----------
        levers : sequence of Lever
            The levers of the term, in its own order.
        levels : sequence of ndarray of shape (K_l,)
            The levels at which to tabulate, a part or all of each lever's.

        Returns
        -------
        dict of str to ndarray of shape (K_1, ..., K_m)

        Raises
        ------
        InputError
            When a payoff is not finite, or the grid has more cells than a table may have.
        """
        shape = tuple(len(values) for values in levels)
        if math.prod(shape) > LARGEST_TABLE:
            raise self._error(
                "levers", f"expected a grid of at most {LARGEST_TABLE} cells", math.prod(shape)
            )
        grid = np.ix_(*levels)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name
            return {
                player: self._checked(player, self.values(player, grid), shape)
                for player in self.players
            }

    def at(self, levers: Sequence[Lever], points: FloatArray) -> dict[str, FloatArray]:
        """Return the term at points rather than on a grid, as one array a player.

        Parameters
        ----------
        levers : sequence of Lever
            The levers of the term, in its own order.
        points : ndarray of shape (M, m)
            Levels.

        Returns
        -------
        dict of str to ndarray of shape (M,)

        Raises
        ------
        InputError
            When a payoff is not finite.
        """
        if any(lever.is_interval for lever in levers):
            columns = list(points.T)
            with np.errstate(over="ignore", invalid="ignore"):
                return {
                    player: self._checked(player, self.values(player, columns), (len(points),))
                    for player in self.players
                }
        parts = [np.unique(column, return_inverse=True) for column in points.T]
        tables = self.tabulate(levers, [levels for levels, _ in parts])
        places = tuple(place for _, place in parts)
        return {player: table[places] for player, table in tables.items()}

    def _checked(self, player: str, values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
        array = self.numbers(f"payoff of {player!r}", values)
        try:
            table = np.broadcast_to(array, shape)
        except ValueError:
            raise self._error(
                f"payoff of {player!r}", f"expected numbers of shape {shape}", array.shape
            ) from None
        if not np.all(np.isfinite(table)):
            cell = tuple(int(k) for k in np.argwhere(~np.isfinite(table))[0])
            raise self._error(
                f"payoff of {player!r}", f"expected finite numbers, at level indices {cell}",
                float(table[cell]),
            )  # fmt: skip
        return table

    def _error(self, field: str, expected: str, value: object) -> InputError:
        name = getattr(self, "name", ", ".join(self.levers))
        return InputError(f"{type(self).__name__} {name!r}, {field}: {expected}, got {value!r}")

    def numbers(self, field: str, values: ArrayLike) -> FloatArray:
        """Return values as a new array of floats; `InputError` for what is not a real number."""
        try:
            array = np.asarray(values)
        except ValueError:
            raise self._error(field, "expected an array of numbers", values) from None
        real = (
            all(isinstance(value, Real) for value in array.flat)
            if array.dtype == object
            else (array.dtype.kind in "biuf")
        )
        if not real:
            raise self._error(field, "expected an array of real numbers", values)
        return array.astype(float)

    def number(
        self,
        field: str,
        value: Any,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        open_ends: bool = False,
    ) -> float:
        """Check one number of the term and return it as a float.

        Parameters
        ----------
        field : str
            What it is, for the message.
        value : float
            Finite.
        low, high : float
            Bounds, included unless `open_ends`.
        open_ends : bool
            Whether the bounds themselves are refused.

        Raises
        ------
        InputError
            When it is not a finite real number within the bounds.
        """
        expected = f"expected a finite number{_limits(low, high, open_ends)}"
        if isinstance(value, bool) or not isinstance(value, Real):
            raise self._error(field, expected, value)
        number = float(value)
        inside = low < number < high if open_ends else low <= number <= high
        if not math.isfinite(number) or not inside:
            raise self._error(field, expected, value)
        return number

    def __repr__(self) -> str:
        """Show kind, levers and players."""
        return f"<{type(self).__name__} {self.name!r} over {self.levers} for {self.players}>"


def _limits(low: float, high: float, open_ends: bool) -> str:
    if math.isinf(low) and math.isinf(high):
        return ""
    if math.isinf(high):
        return f" above {low:g}" if open_ends else f" of at least {low:g}"
    if math.isinf(low):
        return f" below {high:g}" if open_ends else f" of at most {high:g}"
    return f" {'strictly ' if open_ends else ''}between {low:g} and {high:g}"


def lever_group(levers: Lever | str | Iterable[Lever | str]) -> tuple[Lever | str, ...]:
    """Return one lever, or several, as a tuple."""
    if isinstance(levers, Lever | str):
        return (levers,)
    given: object = levers
    if not isinstance(given, Iterable):
        raise InputError(f"levers: expected levers or their names, got {given!r}")
    return tuple(levers)


def player_mapping(value: Any, kind: str) -> Mapping[Any, Any]:
    """Return `value` if it is a mapping from players to something, else raise `InputError`."""
    if not isinstance(value, Mapping) or not value:
        raise InputError(f"{kind}: expected a mapping from player to payoff, got {value!r}")
    return value
