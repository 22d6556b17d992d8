"""A bargaining problem: a feasible set and a disagreement point (Nash 1950)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import FeasibleSet, PackageSet, PointSet, as_numbers
from bargaining.errors import InputError
from bargaining.types import FloatArray

__all__ = ["BargainingProblem"]


class BargainingProblem:
    """A feasible set and a disagreement point.

    Parameters
    ----------
    feasible : PackageSet, PointSet, Polytope, FrontierSet, or any object with `support(weights)`
        An array of shape (M, N) is taken as a `PointSet`.
    disagreement : array_like of shape (N,)
        What the players get without agreement.
    players : sequence of str, optional
        Names, for tables.

    Raises
    ------
    InputError
        When the set has no support function, or the disagreement point has the wrong shape or
        numbers that are not finite.

    Examples
    --------
    >>> problem = BargainingProblem(PointSet([[4, 0], [0, 4]]), disagreement=[0, 0])
    >>> problem.disagreement.tolist()
    [0.0, 0.0]
    """

    def __init__(
        self,
        feasible: FeasibleSet | ArrayLike,
        disagreement: ArrayLike,
        *,
        players: Sequence[str] | None = None,
    ) -> None:
        if not hasattr(feasible, "support"):
            if not isinstance(feasible, list | tuple | np.ndarray):
                raise InputError(
                    "BargainingProblem, feasible: expected a set with support(weights), "
                    f"got {feasible!r}"
                )
            feasible = PointSet(feasible)
        self.feasible: FeasibleSet = feasible  # type: ignore[assignment]  # has support, checked
        self.disagreement = self._checked_disagreement(disagreement)
        self.players = self._checked_players(players)

    def _checked_disagreement(self, disagreement: ArrayLike) -> FloatArray:
        point = as_numbers(disagreement)
        dimension = getattr(self.feasible, "dimension", None)
        wanted = f"{dimension} finite numbers" if dimension else "finite numbers"
        if point.ndim != 1 or not len(point) or (dimension and len(point) != dimension):
            raise InputError(
                f"BargainingProblem, disagreement: expected {wanted}, got {disagreement!r}"
            )
        if not np.all(np.isfinite(point)):
            raise InputError(f"BargainingProblem, disagreement: expected {wanted}, got {point}")
        point.setflags(write=False)
        return point

    def _checked_players(self, players: Sequence[str] | None) -> tuple[str, ...]:
        count = len(self.disagreement)
        if players is None and isinstance(self.feasible, PackageSet):
            return self.feasible.negotiation.player_names
        names = tuple(players or (f"player {i + 1}" for i in range(count)))
        if len(names) != count or len(set(names)) != count:
            raise InputError(
                f"BargainingProblem, players: expected {count} different names, got {names}"
            )
        return names

    @property
    def number_of_players(self) -> int:
        """N."""
        return len(self.disagreement)

    def __repr__(self) -> str:
        """Show the set and the point."""
        return f"BargainingProblem({self.feasible!r}, disagreement={self.disagreement.tolist()})"
