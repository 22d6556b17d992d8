"""Payoffs as smooth functions of the levels: values and derivatives at many points at once.

The sum of the quadratic terms is kept as coefficients and is exact; other terms say their own
derivatives or have them taken by differences within the intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import InputError
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.terms import Payoff, Quadratic
from bargaining.optimize.differences import derivative
from bargaining.types import FloatArray, IntArray

__all__ = ["CurvedTerm", "SmoothPayoffs"]


@dataclass(frozen=True, eq=False)
class CurvedTerm:
    """A term that is not known to be quadratic.

    Attributes
    ----------
    term : Payoff
    levers : tuple of Lever
        In the term's own order.
    places : tuple of int
        Positions of those among the free levers, -1 for one that is fixed.
    rows : tuple of int
        Positions of its players.
    """

    term: Payoff
    levers: tuple[Lever, ...]
    places: tuple[int, ...]
    rows: tuple[int, ...]


class SmoothPayoffs:
    """The payoffs of a negotiation over its free levers, with derivatives.

    Parameters
    ----------
    negotiation : Negotiation
        Free levers may be intervals or finite; derivatives are by the levels of the intervals and
        0 by those of finite levers.

    Attributes
    ----------
    low, high : ndarray of shape (L,)
        The lowest and highest level of each free lever.
    continuous : ndarray of bool, shape (L,)
        Which of them are intervals.
    quadratic : tuple of ndarray, or None
        (c, g, Q) of shapes (N,), (N, L), (N, L, L): the payoffs are c + g . x + x' Q x / 2 at the
        levels x. None where a term is not known to be quadratic.

    Examples
    --------
    >>> import bargaining as bg
    >>> q = bg.Lever("q", "firm", bg.Interval(0, 10), 1)
    >>> revenue = bg.QuadraticPayoff(q, {"firm": -2}, {"firm": 9})
    >>> smooth = SmoothPayoffs(bg.Negotiation([bg.Player("firm")], [q], [revenue]))
    >>> smooth.values(np.array([[3.0], [4.5]])).tolist()
    [[18.0], [20.25]]
    >>> smooth.gradients(np.array([[3.0], [4.5]])).tolist()
    [[[3.0]], [[0.0]]]
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.negotiation = negotiation
        self.levers = negotiation.free_levers
        self.continuous = np.array([lever.is_interval for lever in self.levers], dtype=bool)
        self.low = np.array([_ends(lever)[0] for lever in self.levers])
        self.high = np.array([_ends(lever)[1] for lever in self.levers])
        self.owners: IntArray = np.array(
            [negotiation.player_names.index(lever.owner) for lever in self.levers], dtype=np.int64
        )
        self._middle = (self.low + self.high) / 2
        size, number = len(self.levers), len(negotiation.players)
        self._constant = np.zeros(number)
        self._slopes = np.zeros((number, size))
        self._matrix = np.zeros((number, size, size))
        self.curved: list[CurvedTerm] = []
        position = {lever.name: j for j, lever in enumerate(self.levers)}
        for term in negotiation.terms:
            self._add(term, position)

    def _add(self, term: Payoff, position: dict[str, int]) -> None:
        negotiation = self.negotiation
        levers = tuple(negotiation.lever(name) for name in term.levers)
        places = tuple(position.get(lever.name, -1) for lever in levers)
        rows = tuple(
            negotiation.player_names.index(negotiation.player(p).name) for p in term.players
        )
        free = np.array([j for j in places if j >= 0], dtype=np.int64)
        if not len(free):
            for row, value in zip(rows, term.at(levers, self._fixed(levers)).values(), strict=True):
                self._constant[row] += value[0]
            return
        known = [term.quadratic(player) for player in term.players]
        if any(part is None for part in known):
            self.curved.append(CurvedTerm(term, levers, places, rows))
            return
        where = np.array(places) >= 0
        centre = np.where(where, self._middle[list(places)], self._fixed(levers)[0])
        for row, part in zip(rows, known, strict=True):
            assert isinstance(part, Quadratic)
            centred = part.about(centre)
            self._constant[row] += centred.constant
            self._slopes[row, free] += centred.slopes[where]
            self._matrix[row][np.ix_(free, free)] += centred.matrix[np.ix_(where, where)]

    def _fixed(self, levers: Sequence[Lever]) -> FloatArray:
        """Return the levels of fixed levers (the status quo of the others), shape (1, m)."""
        fixed = self.negotiation.fixed
        return np.array([[fixed.get(lever.name, lever.status_quo) for lever in levers]])

    @property
    def quadratic(self) -> tuple[FloatArray, FloatArray, FloatArray] | None:
        """The coefficients of the payoffs in the levels, where all terms are quadratic."""
        if self.curved:
            return None
        turned = self._matrix @ self._middle
        constant = self._constant - self._slopes @ self._middle + turned @ self._middle / 2
        return constant, self._slopes - turned, self._matrix

    @property
    def hessians(self) -> FloatArray:
        """Second derivatives of the quadratic part, shape (N, L, L)."""
        return self._matrix

    def values(self, points: FloatArray) -> FloatArray:
        """Return the payoffs at points: (M, L) to (M, N).

        Raises
        ------
        InputError
            When a payoff is not finite.
        """
        x = points - self._middle
        turned = np.tensordot(x, self._matrix, axes=(1, 2))
        total = self._constant + x @ self._slopes.T + np.einsum("mil,ml->mi", turned, x) / 2
        for curved in self.curved:
            at_points = curved.term.at(curved.levers, self._columns(curved, points))
            for row, player in zip(curved.rows, curved.term.players, strict=True):
                total[:, row] += at_points[player]
        return np.asarray(total)

    def gradients(self, points: FloatArray) -> FloatArray:
        """Return the derivatives of all payoffs by all levels at points: (M, L) to (M, N, L).

        Raises
        ------
        InputError
            When a payoff or a derivative is not finite.
        """
        x = points - self._middle
        total = self._slopes + np.tensordot(x, self._matrix, axes=(1, 2))
        for curved in self.curved:
            columns = self._columns(curved, points)
            for row, player in zip(curved.rows, curved.term.players, strict=True):
                for j, part in self._partials(curved, player, columns).items():
                    total[:, row, j] += part
        return np.asarray(np.where(self.continuous, total, 0.0))

    def value(self, row: int, points: FloatArray) -> FloatArray:
        """Return the payoffs of the player at a position: (M, L) to (M,)."""
        x = points - self._middle
        turned = self._slopes[row] + x @ self._matrix[row] / 2
        total = self._constant[row] + np.einsum("ml,ml->m", turned, x)
        for curved, player in self.terms_of(row):
            total += curved.term.at(curved.levers, self._columns(curved, points))[player]
        return np.asarray(total)

    def gradient(self, row: int, points: FloatArray) -> FloatArray:
        """Return the derivatives of the payoff of the player at a position: (M, L) to (M, L)."""
        total = self._slopes[row] + (points - self._middle) @ self._matrix[row]
        for curved, player in self.terms_of(row):
            columns = self._columns(curved, points)
            for j, part in self._partials(curved, player, columns).items():
                total[:, j] += part
        return np.asarray(np.where(self.continuous, total, 0.0))

    def terms_of(self, row: int) -> list[tuple[CurvedTerm, str]]:
        """Return the terms not known to be quadratic that a player has, with its name in them."""
        return [
            (curved, player)
            for curved in self.curved
            for place, player in zip(curved.rows, curved.term.players, strict=True)
            if place == row
        ]

    def own_gradients(self, points: FloatArray) -> FloatArray:
        """Return how each level changes its owner's payoff at points: (M, L) to (M, L)."""
        x = points - self._middle
        own = np.arange(len(self.levers))
        matrix, slopes = self._matrix[self.owners, own], self._slopes[self.owners, own]
        total = slopes + x @ matrix.T
        for curved in self.curved:
            columns = self._columns(curved, points)
            for row, player in zip(curved.rows, curved.term.players, strict=True):
                mine = {j for j in curved.places if j >= 0 and self.owners[j] == row}
                for j, part in self._partials(curved, player, columns, mine).items():
                    total[:, j] += part
        return np.asarray(np.where(self.continuous, total, 0.0))

    def _columns(self, curved: CurvedTerm, points: FloatArray) -> FloatArray:
        """Return the levels of a term's levers at points of the free levers, shape (M, m)."""
        columns = np.repeat(self._fixed(curved.levers), len(points), axis=0)
        for k, j in enumerate(curved.places):
            if j >= 0:
                columns[:, k] = points[:, j]
        return columns

    def _partials(
        self, curved: CurvedTerm, player: str, columns: FloatArray, wanted: set[int] | None = None
    ) -> dict[int, FloatArray]:
        """Return one term's derivatives, by position of the free interval, each of shape (M,)."""
        places = {
            k: j
            for k, j in enumerate(curved.places)
            if j >= 0 and self.continuous[j] and (wanted is None or j in wanted)
        }
        if not places:
            return {}
        with np.errstate(divide="ignore", invalid="ignore"):  # infinite slopes: see below
            given = curved.term.gradients(player, list(columns.T))
        result = {}
        for k, j in places.items():
            if given is None:
                result[j] = self._difference(curved, player, columns, k)
                continue
            part = np.array(np.broadcast_to(np.asarray(given[k], dtype=float), len(columns)))
            rough = ~np.isfinite(part)
            if rough.any():
                part[rough] = self._difference(curved, player, columns[rough], k)
            result[j] = part
        return result

    def _difference(
        self, curved: CurvedTerm, player: str, columns: FloatArray, lever: int
    ) -> FloatArray:
        def values(points: FloatArray) -> FloatArray:
            return curved.term.at(curved.levers, points)[player]

        low, high = _ends(curved.levers[lever])
        slopes = derivative(values, columns, lever, low, high)
        if not np.all(np.isfinite(slopes)):
            raise InputError(
                f"payoff term {curved.term.name!r}, {player!r}: expected finite derivatives, "
                f"got {slopes.tolist()}"
            )
        return slopes


def _ends(lever: Lever) -> tuple[float, float]:
    levels = lever.levels
    return (levels.low, levels.high) if isinstance(levels, Interval) else (levels[0], levels[-1])
