"""The equilibrium: a strategy for each player, with its regret as certificate (Nash 1951)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.model.packages import Package
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.two_player.exact import rational_regret
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray

__all__ = [
    "Equilibrium",
    "bimatrix_equilibria",
    "bimatrix_regrets",
    "equilibrium_of",
    "relative_regret",
]

SHOWN = 1e-12
"""Probabilities up to this are not listed in tables."""


@dataclass(frozen=True, eq=False)
class Equilibrium(Tabular):
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
        "one" or "some": others may exist; "all": it is one of a complete list.
    game : NormalFormGame or Negotiation
    labels : tuple of tuples of str, or None
        Names of the strategies of a finite game.
    exact : tuple of tuples of Fraction, or None
        The strategies as rational numbers, where that was asked for; `strategies` rounds them, and
        the regret is that of the rational ones.
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
    exact: tuple[tuple[Fraction, ...], ...] | None = field(default=None, repr=False)

    @property
    def is_pure(self) -> bool:
        """Whether every player plays one strategy with certainty."""
        return all(len(self._support(i)) == 1 for i in range(len(self.players)))

    def _support(self, player: int) -> list[tuple[float, Any]]:
        """Return what a player plays with positive probability: labels, or own packages."""
        strategy = self.strategies[player]
        if isinstance(strategy, np.ndarray):
            labels = self.labels[player] if self.labels else tuple(map(str, range(len(strategy))))
            return [(float(p), labels[k]) for k, p in enumerate(strategy) if p > SHOWN]
        return [(float(p), package) for p, package in strategy if p > SHOWN]

    def table(self) -> Table:
        """Return what each player plays with which probability, lever by lever in a lever game."""
        rows: list[tuple[Cell, ...]] = []
        for i, player in enumerate(self.players):
            for share, played in self._support(i):
                words = self._levels(played) if isinstance(played, Package) else [(played,)]
                rows += [
                    (player if k == 0 else "", share if k == 0 else "", *cells)
                    for k, cells in enumerate(words)
                ]
        columns = ("strategy",) if self.labels else ("lever", "level")
        return Table(
            f"Nash equilibrium ({self.method})",
            ("player", "probability", *columns),
            tuple(rows),
            note=f"payoffs: {self._payoffs_in_words()}\ncertificate: {self.certificate}",
        )

    def strategy_in_words(self, player: int) -> str:
        """Return what a player plays, in one line: labels, or the levels of own levers."""
        parts = []
        for share, played in self._support(player):
            words = played
            if isinstance(played, Package):
                words = ", ".join(f"{name} {level}".strip() for name, level in self._levels(played))
            parts.append(words if share > 1 - SHOWN else f"{share:.4g} {words}")
        return " + ".join(parts)

    def _levels(self, package: Package) -> list[tuple[str, str]]:
        levels = [(name, self.game.lever(name).label(level)) for name, level in package.items()]
        return levels or [("no lever", "")]

    def _payoffs_in_words(self) -> str:
        """Write payoffs; those of a finite game that are roundoff of its range as 0."""
        noise = SHOWN * self.game.scale if isinstance(self.game, NormalFormGame) else 0.0
        shown = np.where(np.abs(self.payoffs) > noise, self.payoffs, 0.0)
        return ", ".join(f"{name} {x:.4g}" for name, x in zip(self.players, shown, strict=True))

    def explain(self) -> str:
        """Say in words what the equilibrium is and how far it can be trusted."""
        kind = "pure" if self.is_pure else "mixed"
        others = "no others exist" if self.completeness == "all" else "others may exist"
        return (
            f"A {kind} Nash equilibrium, {self.selection}; payoffs: {self._payoffs_in_words()}. "
            f"Nobody gains more than {self.regret:.1e} of its payoff range by deviating alone. "
            f"{self.number_found} found; {others}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        strategies = [
            s.tolist() if isinstance(s, np.ndarray) else [[float(p), dict(q)] for p, q in s]
            for s in self.strategies
        ]
        exact = self.exact and [[str(p) for p in strategy] for strategy in self.exact]
        return {
            "players": list(self.players),
            "strategies": plain(strategies),
            "exact": exact,
            "payoffs": self.payoffs.tolist(),
            "regret": self.regret,
            "method": self.method,
            "selection": self.selection,
            "number_found": self.number_found,
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
        }


def equilibrium_of(
    game: NormalFormGame,
    profile: Sequence[FloatArray],
    *,
    method: str,
    selection: str,
    number_found: int,
    completeness: str = "one",
    exact: tuple[tuple[Fraction, ...], ...] | None = None,
) -> Equilibrium:
    """Return a profile of a finite game as an equilibrium whose regret is computed here.

    Parameters
    ----------
    game : NormalFormGame
    profile : sequence of N arrays of probabilities
    method, selection, number_found, completeness, exact
        See `Equilibrium`.

    Raises
    ------
    InputError
        When the profile does not fit the game.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> half = np.array([0.5, 0.5])
    >>> equilibrium_of(game, [half, half], method="", selection="", number_found=1).regret
    0.0
    """
    regret = relative_regret(game, profile)
    return Equilibrium(
        players=game.players,
        strategies=tuple(profile),
        payoffs=game.payoffs(profile),
        regret=regret,
        certificate=Certificate("regret", regret),
        method=method,
        selection=selection,
        number_found=number_found,
        completeness=completeness,
        game=game,
        labels=game.labels,
        exact=exact,
    )


def relative_regret(game: NormalFormGame, profile: Sequence[FloatArray]) -> float:
    """Return the largest gain from a deviation, relative to the player's payoff range."""
    return float((game.regret(profile) / game.scale).max())


def bimatrix_equilibria(
    game: NormalFormGame,
    X: FloatArray,
    Y: FloatArray,
    *,
    method: str,
    selection: str,
    exact: Sequence[tuple[tuple[Fraction, ...], ...]] | None = None,
) -> list[Equilibrium]:
    """Return the complete list of equilibria of a two-player game, regrets computed all at once.

    Parameters
    ----------
    game : NormalFormGame
    X, Y : ndarray of shapes (E, m) and (E, n)
        The profiles.
    method, selection : str
    exact : sequence of E profiles of fractions, optional
        See `Equilibrium`; with them the regret is exact.
    """
    if exact is None:
        regrets = bimatrix_regrets(game, X, Y).tolist()
    else:
        regrets = [float(rational_regret(game.rational, profile)) for profile in exact]
    A, B = game.payoff_arrays
    payoffs = np.stack([np.sum(X @ table * Y, axis=1) for table in (A, B)], axis=1)
    players, labels = game.players, game.labels
    return [
        Equilibrium(
            players=players,
            strategies=(X[k], Y[k]),
            payoffs=payoffs[k],
            regret=regret,
            certificate=Certificate("regret", regret),
            method=method,
            selection=selection,
            number_found=len(regrets),
            completeness="all",
            game=game,
            labels=labels,
            exact=None if exact is None else exact[k],
        )
        for k, regret in enumerate(regrets)
    ]


def bimatrix_regrets(game: NormalFormGame, X: FloatArray, Y: FloatArray) -> FloatArray:
    """Return the relative regret of each of several profiles of two players, shape (E,)."""
    A, B = game.payoff_arrays
    first, second = Y @ (A - A.min()).T, X @ (B - B.min())
    gains = (
        first.max(axis=1) - np.sum(first * X, axis=1),
        second.max(axis=1) - np.sum(second * Y, axis=1),
    )
    return np.asarray(np.maximum((np.stack(gains, axis=1) / game.scale).max(axis=1), 0.0))
