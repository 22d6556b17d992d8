"""The equilibrium: a strategy for each player, with its regret as certificate (Nash 1951)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.model.packages import Package
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Cell, Table
from bargaining.types import FloatArray

__all__ = ["Equilibrium"]

SHOWN = 1e-12
"""Probabilities up to this are not listed in tables."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A Nash equilibrium of a finite game or of a lever game.

    Attributes
    ----------
    players : tuple of str
    strategies : tuple
        One a player: an array of probabilities in a finite game; in a lever game a lottery over
        own packages, pairs of probability and `Package`.
    payoffs : ndarray of shape (N,)
    regret : float
        Largest gain from deviating alone, relative to the player's payoff range.
    certificate : Certificate
        The same, recomputed by `verify` independently of the method.
    method : str
        How it was found.
    selection : str
        Which one was taken, in words.
    number_found : int
        How many different equilibria were found.
    completeness : str
        "one": others may exist.
    game : NormalFormGame or Negotiation
    labels : tuple of tuples of str, or None
        Names of the strategies of a finite game.
    """

    players: tuple[str, ...]
    strategies: tuple[Any, ...]
    payoffs: FloatArray
    regret: float
    certificate: Certificate
    method: str
    selection: str
    number_found: int
    completeness: str
    game: Any = field(repr=False)
    labels: tuple[tuple[str, ...], ...] | None = field(default=None, repr=False)

    @property
    def is_pure(self) -> bool:
        """Whether every player plays one strategy with certainty."""
        return all(len(self._support(i)) == 1 for i in range(len(self.players)))

    def _support(self, player: int) -> list[tuple[float, str]]:
        """Return what a player plays with its probability, in words."""
        strategy = self.strategies[player]
        if isinstance(strategy, np.ndarray):
            labels = self.labels[player] if self.labels else tuple(map(str, range(len(strategy))))
            return [(float(p), labels[k]) for k, p in enumerate(strategy) if p > SHOWN]
        return [(float(p), self._words(package)) for p, package in strategy if p > SHOWN]

    def _words(self, package: Package) -> str:
        levers = [(name, self.game.lever(name).label(level)) for name, level in package.items()]
        return "; ".join(f"{name}: {label}" for name, label in levers) or "no lever"

    def table(self) -> Table:
        """Return what each player plays, with probabilities and payoffs."""
        rows: list[tuple[Cell, ...]] = []
        for i, player in enumerate(self.players):
            for k, (share, words) in enumerate(self._support(i)):
                first: tuple[Cell, Cell] = (player, float(self.payoffs[i])) if k == 0 else ("", "")
                rows.append((first[0], share, words, first[1]))
        return Table(
            f"Nash equilibrium ({self.method})",
            ("player", "probability", "strategy", "payoff"),
            tuple(rows),
            note=f"certificate: {self.certificate}",
        )

    def explain(self) -> str:
        """Say in words what the equilibrium is and how far it can be trusted."""
        kind = "pure" if self.is_pure else "mixed"
        payoffs = ", ".join(f"{n} {x:.4g}" for n, x in zip(self.players, self.payoffs, strict=True))
        return (
            f"A {kind} Nash equilibrium, {self.selection}; payoffs: {payoffs}. Nobody gains more "
            f"than {self.regret:.1e} of its payoff range by deviating alone. "
            f"{self.number_found} found; others may exist."
        )

    def __str__(self) -> str:
        """Write the table."""
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        strategies = [
            s.tolist() if isinstance(s, np.ndarray) else [[float(p), dict(q)] for p, q in s]
            for s in self.strategies
        ]
        return {
            "players": list(self.players),
            "strategies": plain(strategies),
            "payoffs": self.payoffs.tolist(),
            "regret": self.regret,
            "method": self.method,
            "selection": self.selection,
            "number_found": self.number_found,
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
        }

    def to_frame(self) -> Any:
        """Return the table as a pandas frame."""
        return self.table().to_frame()
