"""Quadratic payoffs, the terms of linear-quadratic games.

With intervals as levels, first-order conditions are linear in them, so that equilibria and
agreements are found exactly (Basar and Olsder 1999, chapter 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.model.levers import Lever
from bargaining.model.players import name_of
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff, Quadratic, lever_group, player_mapping
from bargaining.types import FloatArray

__all__ = ["QuadraticPayoff", "line"]


class QuadraticPayoff(Payoff):
    """constant + slopes . x + x' matrix x / 2 with x = level - reference, for each player.

    Parameters
    ----------
    levers : Lever, str, or sequence of them
    matrices : mapping of player to array of shape (m, m)
        Second derivatives: matrix[j][j] is how the slope of lever j changes with its own level.
        Only the symmetric part counts. A number will do for one lever.
    slopes : mapping of player to array of shape (m,), optional
        First derivatives at the references; zero unless given.
    references : array of shape (m,), optional
        The levels at which x is zero; zero unless given.
    constants : mapping of player to float, optional
    name, source : optional
        For tables, and where the numbers come from.

    Raises
    ------
    InputError
        For shapes that do not fit the levers, or numbers that are not finite.

    References
    ----------
    Basar and Olsder (1999), Dynamic Noncooperative Game Theory, 2nd edition, chapter 4.

    Examples
    --------
    A firm that sells q at the price 10 - q - Q and the cost 1: 9 q - q^2 - q Q.

    >>> term = QuadraticPayoff(("q", "Q"), {"firm": [[-2, -1], [-1, 0]]}, {"firm": [9, 0]})
    >>> float(term.values("firm", [np.array(3.0), np.array(3.0)]))
    9.0
    >>> [float(slope) for slope in term.gradients("firm", [np.array(3.0), np.array(3.0)])]
    [0.0, -3.0]
    """

    def __init__(
        self,
        levers: Lever | str | Sequence[Lever | str],
        matrices: Mapping[Any, ArrayLike],
        slopes: Mapping[Any, ArrayLike] | None = None,
        *,
        references: ArrayLike | None = None,
        constants: Mapping[Any, float] | None = None,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        given = [
            {name_of(p): part for p, part in player_mapping(parts, "QuadraticPayoff").items()}
            for parts in (matrices, slopes, constants)
            if parts is not None
        ]
        players = tuple(dict.fromkeys(player for parts in given for player in parts))
        super().__init__(lever_group(levers), players, name=name, source=source)
        size = len(self.levers)
        self.references = self._array("references", references, (size,))
        parts = {
            kind: {name_of(p): value for p, value in (mapping or {}).items()}
            for kind, mapping in (
                ("matrix", matrices), ("slopes", slopes), ("constant", constants)
            )
        }  # fmt: skip
        self.quadratics = {
            player: Quadratic(
                float(self._of(player, "constant", parts, ())),
                self._of(player, "slopes", parts, (size,)),
                _symmetric(self._of(player, "matrix", parts, (size, size))),
                self.references,
            )
            for player in self.players
        }

    def _of(
        self, player: str, kind: str, parts: Mapping[str, Mapping[str, Any]], shape: tuple[int, ...]
    ) -> FloatArray:
        return self._array(f"{kind} of {player!r}", parts[kind].get(player), shape)

    def _array(self, field: str, values: ArrayLike | None, shape: tuple[int, ...]) -> FloatArray:
        if values is None:
            return np.zeros(shape)
        array = self.numbers(field, values)
        if array.size == 1 and set(shape) <= {1}:
            array = array.reshape(shape)
        if array.shape != shape:
            raise self._error(field, f"expected numbers of shape {shape}", array.shape)
        if not np.all(np.isfinite(array)):
            raise self._error(field, "expected finite numbers", array.tolist())
        array.setflags(write=False)
        return array

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return constant + slopes . x + x' matrix x / 2."""
        known = self.quadratics[player]
        x = [level - ref for level, ref in zip(levels, self.references, strict=True)]
        if all(own.ndim == 1 and own.shape == x[0].shape for own in x):  # points, not a grid
            points = np.array(x)
            weights = known.slopes[:, None] + known.matrix @ points / 2
            return np.asarray(known.constant + (weights * points).sum(axis=0))
        total = np.asarray(known.constant, dtype=float)
        for j, own in enumerate(x):
            total = total + known.slopes[j] * own + known.matrix[j, j] / 2 * own * own
            for k in np.flatnonzero(known.matrix[j, j + 1 :]) + j + 1:
                total = total + known.matrix[j, k] * own * x[k]
        return np.asarray(total)

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return slopes + matrix x."""
        known = self.quadratics[player]
        x = [level - ref for level, ref in zip(levels, self.references, strict=True)]
        return [
            np.asarray(slope + sum(row[k] * x[k] for k in np.flatnonzero(row)))
            for slope, row in zip(known.slopes, known.matrix, strict=True)
        ]

    def quadratic(self, player: str) -> Quadratic:
        """Return the numbers themselves."""
        return self.quadratics[player]


def line(slope: float, reference: float) -> Quadratic:
    """Return slope x (level - reference) as a quadratic function."""
    return Quadratic(0.0, np.array([slope]), np.zeros((1, 1)), np.array([reference]))


def _symmetric(matrix: FloatArray) -> FloatArray:
    return (matrix + matrix.T) / 2
