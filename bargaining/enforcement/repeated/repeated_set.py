"""The set of equilibrium payoffs of a repeated game: what is read of it, and asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.enforcement.repeated.payoff_programs import hull_distance
from bargaining.enforcement.repeated.polygon import outside
from bargaining.errors import InputError
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["RepeatedPayoffSet"]

APPROXIMATE = 1e-6
"""Tolerance of statements that rest on linear programs, in payoff ranges."""


@dataclass(frozen=True, eq=False)
class RepeatedPayoffSet(Tabular):
    """Payoffs a period of the pure-strategy subgame-perfect equilibria of a repeated game.

    Players observe everything, share one discount factor, and may let a public draw decide what
    follows. Payoffs are averages a period, in the unit of the stage game.

    Attributes
    ----------
    vertices : ndarray of shape (M, N)
        The set is their hull; for two players counterclockwise, and M may be 1 (a point) or 2 (a
        segment). For more players they are equilibrium payoffs whose hull may not reach all others.
    empty : bool
        Whether there is no such equilibrium at all.
    threats : ndarray of shape (N,)
        The worst equilibrium payoff of each player; for more than two players a lower bound.
        Where `empty`, the bound from which that followed.
    discount_factor : float
    error : float
        In units of the players' payoff ranges. Two players: every equilibrium payoff is in the set,
        and every payoff in the set comes from strategies from which no player gains more than this
        by deviating, once or for ever. More: the largest distance, over all directions looked
        into, between the vertices and what no equilibrium exceeds; 1 where no equilibrium is known.
    method : str
        "abreu-sannikov" or "judd-yeltekin-conklin".
    iterations : int
    certificate : Certificate
        That the vertices generate themselves, so that they are equilibrium payoffs; or that there
        are none.
    players : tuple of str
    directions, levels : ndarray of shapes (L, N) and (L,), or None
        More than two players: no equilibrium has directions . payoffs > levels.
    """

    vertices: FloatArray
    empty: bool
    threats: FloatArray
    discount_factor: float
    error: float
    method: str
    iterations: int
    certificate: Certificate
    players: tuple[str, ...]
    game: NormalFormGame = field(repr=False)
    directions: FloatArray | None = field(default=None, repr=False)
    levels: FloatArray | None = field(default=None, repr=False)

    @property
    def dimension(self) -> int:
        """N."""
        return len(self.players)

    def contains(self, payoffs: ArrayLike) -> bool:
        """Whether payoffs are those of an equilibrium.

        For more than two players: whether they are known to be, that is, in the hull of the
        vertices; see `excludes`.

        Parameters
        ----------
        payoffs : array_like of shape (N,)
        """
        point = self._units(self._point("contains", payoffs))
        if not len(self.vertices):
            return False
        corners = self._units(self.vertices)
        if self.dimension == 2:
            return bool(outside(point[None], corners)[0] <= TOLERANCE)
        return hull_distance(point, corners) <= APPROXIMATE

    def excludes(self, payoffs: ArrayLike) -> bool:
        """Whether payoffs are known not to be those of an equilibrium.

        Parameters
        ----------
        payoffs : array_like of shape (N,)
        """
        if self.directions is None or self.levels is None:
            return not self.contains(payoffs)
        point = self._point("excludes", payoffs)
        slack = APPROXIMATE * (np.abs(self.directions) @ self.game.scale)
        return self.empty or bool(np.any(self.directions @ point > self.levels + slack))

    def support(self, weights: ArrayLike) -> FloatArray:
        """Return the vertex at which weights . payoffs is largest, shape (N,).

        It makes the set a feasible set of a `BargainingProblem`: what is bargained over is which
        equilibrium is played.

        Raises
        ------
        InputError
            For wrong weights, or a set in which nothing is.
        """
        row = self._point("support", weights, "weights")
        if not len(self.vertices):
            raise InputError(
                "RepeatedPayoffSet.support: expected a set with payoffs in it, but no equilibrium "
                f"is known at the discount factor {self.discount_factor:g}"
            )
        return np.array(self.vertices[(self.vertices @ row).argmax()])

    def _point(self, method: str, given: ArrayLike, name: str = "payoffs") -> FloatArray:
        point = as_numbers(given)
        if point.shape != (self.dimension,) or not np.all(np.isfinite(point)):
            raise InputError(
                f"RepeatedPayoffSet.{method}, {name}: expected {self.dimension} finite numbers, "
                f"got {given!r}"
            )
        return point

    def _units(self, payoffs: FloatArray) -> FloatArray:
        low = self.game.payoff_arrays.reshape(self.dimension, -1).min(axis=1)
        return np.asarray((payoffs - low) / self.game.scale)

    def table(self) -> Table:
        """Return the vertices, a row each."""
        title = f"Equilibrium payoffs at the discount factor {self.discount_factor:.6g}"
        rows = [(k + 1, *vertex) for k, vertex in enumerate(self.vertices.tolist())]
        note = (
            "pure strategies, a public draw, averages a period; "
            f"{'none' if self.empty else f'error {self.error:.1e}'}; "
            f"certificate: {self.certificate}"
        )
        return Table(title, ("vertex", *self.players), tuple(rows), note=note)

    def explain(self) -> str:
        """Say what can be sustained, and what the worst punishments are."""
        start = f"With a common discount factor of {self.discount_factor:.6g},"
        if self.empty:
            return (
                f"{start} there is no subgame-perfect equilibrium in pure strategies: whatever is "
                "played, somebody gains more by deviating than any punishment takes away."
            )
        if not len(self.vertices):
            return f"{start} no equilibrium in pure strategies was found, nor that there is none."
        if len(self.vertices) == 1:
            shape = "one payoff vector is"
        else:
            shape = f"the averages of {len(self.vertices)} payoff vectors are"
        held = ", ".join(
            f"{name} {low:.4g} to {high:.4g}"
            for name, low, high in zip(
                self.players, self.vertices.min(axis=0), self.vertices.max(axis=0), strict=True
            )
        )
        worst = ", ".join(
            f"{name} {value:.4g}" for name, value in zip(self.players, self.threats, strict=True)
        )
        kind = "The worst punishments" if self.directions is None else "No punishment is worse than"
        return f"{start} {shape} sustained by subgame-perfect play: {held}. {kind}: {worst}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "discount_factor": self.discount_factor,
            "empty": self.empty,
            "vertices": self.vertices.tolist(),
            "threats": self.threats.tolist(),
            "error": self.error,
            "method": self.method,
            "iterations": self.iterations,
            "directions": None if self.directions is None else self.directions.tolist(),
            "levels": None if self.levels is None else self.levels.tolist(),
            "certificate": self.certificate.to_dict(),
        }
