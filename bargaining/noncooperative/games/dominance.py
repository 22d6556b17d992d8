"""Iterated strict dominance: what no rational player plays, round by round.

A strategy is removed when some other strategy, or a mixture of others, pays more whatever the
others play (Luce and Raiffa 1957; by mixtures a linear program, Pearce 1984). Strictly dominated
strategies are played in no equilibrium, and the order of removal does not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, overload

import numpy as np
from scipy.optimize import linprog

from bargaining.errors import ConvergenceError, InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.levers.lever_dominance import LeverReduction, reduced_levers
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers
from bargaining.results.table import Cell, Table, Tabular, format_cell
from bargaining.types import FloatArray, IntArray

__all__ = ["Reduction", "Removal", "iterated_dominance"]

SHOWN = 1e-9
"""Smaller weights are left out of a dominating mixture; the margin is that of what remains."""

ROUNDOFF = 8 * np.finfo(float).eps
"""Payoffs that differ by less, relative to the player's largest, count as equal."""

BLOCK = 1 << 24
"""Payoff differences that are held at once."""


@dataclass(frozen=True)
class Removal:
    """A strategy that was removed, and what dominates it.

    Attributes
    ----------
    player, strategy : str
    by : tuple of pairs of probability and strategy
        One pair for a pure strategy.
    margin : float
        Least advantage of what dominates, relative to the player's payoff range in the whole game.
    """

    player: str
    strategy: str
    by: tuple[tuple[float, str], ...]
    margin: float


@dataclass(frozen=True, eq=False)
class Reduction(Tabular):
    """What iterated strict dominance leaves of a game.

    Attributes
    ----------
    game : NormalFormGame
        The game of the strategies that survive.
    kept : tuple of N arrays of int
        Their indices in the whole game, in order.
    rounds : tuple of tuples of Removal
        What was removed, all players at once in each round.
    whole : NormalFormGame
    certificate : Certificate
        By how much the worst removal fails to be strict: 0.
    """

    game: NormalFormGame
    kept: tuple[IntArray, ...]
    rounds: tuple[tuple[Removal, ...], ...]
    whole: NormalFormGame = field(repr=False)
    certificate: Certificate = field(default=Certificate("strict dominance", 0.0, 0.0))

    @property
    def solves(self) -> bool:
        """Whether one profile survives: the game's only equilibrium."""
        return all(len(own) == 1 for own in self.kept)

    def lift(self, profile: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        """Return a profile of the smaller game as one of the whole game."""
        lifted = []
        for own, x, size in zip(self.kept, profile, self.whole.shape, strict=True):
            full = np.zeros(size)
            full[own] = x
            lifted.append(full)
        return tuple(lifted)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.whole.players),
            "kept": [list(labels) for labels in self.game.labels],
            "rounds": [[plain(asdict(removal)) for removal in own] for own in self.rounds],
            "certificate": self.certificate.to_dict(),
        }

    def table(self) -> Table:
        """Return which strategy was removed in which round, and by what."""
        rows: list[tuple[Cell, ...]] = [
            (k + 1, removal.player, removal.strategy, _in_words(removal.by), removal.margin)
            for k, removals in enumerate(self.rounds)
            for removal in removals
        ]
        return Table(
            "Iterated strict dominance",
            ("round", "player", "removed", "dominated by", "margin"),
            tuple(rows),
            note=f"left: {_size(self.game)} of {_size(self.whole)} strategies",
        )

    def explain(self) -> str:
        """Say in words what is left and why the rest is not."""
        if not self.rounds:
            return f"No strategy of the {_size(self.whole)} game is strictly dominated."
        lines = [f"Round {k + 1}: {_sentence(removals)}." for k, removals in enumerate(self.rounds)]
        left = (
            "One profile is left, the game's only equilibrium"
            if self.solves
            else f"A {_size(self.game)} game is left, with all equilibria of the whole game"
        )
        return "\n".join([*lines, f"{left}."])


def _sentence(removals: Sequence[Removal]) -> str:
    return "; ".join(
        f"{removal.player} does not play {removal.strategy}, which pays less than "
        f"{_in_words(removal.by)}, whatever the others play"
        for removal in removals
    )


def _in_words(mixture: tuple[tuple[float, str], ...]) -> str:
    if len(mixture) == 1:
        return mixture[0][1]
    return " + ".join(f"{format_cell(share)} {name}" for share, name in mixture)


def _size(game: NormalFormGame) -> str:
    return " x ".join(map(str, game.shape))


@overload
def iterated_dominance(
    game: NormalFormGame, *, mixed: bool | None = None, margin: float = TOLERANCE
) -> Reduction: ...
@overload
def iterated_dominance(
    game: Negotiation, *, mixed: bool | None = None, margin: float = TOLERANCE
) -> LeverReduction: ...
def iterated_dominance(
    game: NormalFormGame | Negotiation, *, mixed: bool | None = None, margin: float = TOLERANCE
) -> Reduction | LeverReduction:
    """Remove strictly dominated strategies until none is left.

    Parameters
    ----------
    game : NormalFormGame or Negotiation
        Of any number of players. Of a negotiation, levels of levers are removed without listing
        own packages, see `bargaining.noncooperative.levers.lever_dominance.reduced_levers`.
    mixed : bool, optional
        Whether mixtures dominate too, as they do in a finite game unless said: a linear program for
        every strategy that no pure strategy dominates, which takes minutes for hundreds of
        strategies a player. Levels of levers are compared one by one.
    margin : float
        How much more the dominating strategy must pay everywhere, relative to the player's payoff
        range in the whole game, and at least 8 units in the last place of its largest payoff:
        payoffs that are equal on paper, as 0.1 + 0.2 and 0.3, may differ by roundoff.

    Raises
    ------
    InputError
        For anything else than a game, a margin that is not in (0, 1), or mixtures of levels.
    ConvergenceError
        When a linear program fails.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays(
    ...     [[3, 0], [0, 3], [1, 1]], [[1, 0], [0, 1], [2, 0]],
    ...     labels=[["top", "middle", "bottom"], ["left", "right"]],
    ... )
    >>> print(bg.iterated_dominance(game).explain())
    Round 1: player 1 does not play bottom, which pays less than 0.5 top + 0.5 middle, whatever
    the others play.
    A 2 x 2 game is left, with all equilibria of the whole game.
    """
    given: object = margin
    if not (isinstance(given, int | float) and 0 < given < 1):
        raise InputError(f"iterated_dominance, margin: expected a number in (0, 1), got {margin!r}")
    if isinstance(game, Negotiation):
        if mixed:
            raise InputError("iterated_dominance, mixed: expected a finite game, got a negotiation")
        return reduced_levers(game, margin=margin)
    if not isinstance(game, NormalFormGame):
        raise InputError(
            f"iterated_dominance: expected a NormalFormGame or Negotiation, got {game!r}"
        )
    largest = np.abs(game.payoff_arrays).reshape(game.number_of_players, -1).max(axis=1)
    margins = np.maximum(margin, ROUNDOFF * largest / game.scale).tolist()
    kept = [np.arange(size) for size in game.shape]
    rounds: list[tuple[Removal, ...]] = []
    while True:
        tables = _tables(game, kept)
        found = list(map(_pure_dominators, tables, margins))
        if mixed is not False and not any(found):
            found = list(map(_mixed_dominators, tables, margins))
        if not any(found):
            break
        rounds.append(
            tuple(
                _removal(game, i, kept[i], strategy, weights, tables[i])
                for i, own in enumerate(found)
                for strategy, weights in own.items()
            )
        )
        kept = [np.delete(own, list(gone)) for own, gone in zip(kept, found, strict=True)]
    left = game.restrict([own.tolist() for own in kept])
    return Reduction(left, tuple(kept), tuple(rounds), game)


def _tables(game: NormalFormGame, kept: Sequence[IntArray]) -> list[FloatArray]:
    """Return each player's payoffs in units of its range: own strategies in rows."""
    grid = np.ix_(*kept)
    return [
        np.moveaxis((table[grid] - table.min()) / scale, i, 0).reshape(len(kept[i]), -1)
        for i, (table, scale) in enumerate(zip(game.payoff_arrays, game.scale, strict=True))
    ]


def _pure_dominators(table: FloatArray, margin: float) -> dict[int, FloatArray]:
    """Return the rows that another row exceeds everywhere, with that row as weights.

    A row is compared with those of larger sums first. What a removed row exceeds, the row that
    removed it exceeds too, so that the rows named stay.
    """
    order = np.argsort(-table.sum(axis=1), kind="stable")
    undominated = np.ones(len(table), dtype=bool)
    found: dict[int, FloatArray] = {}
    stops = [0, 4, *range(64, table.shape[1], BLOCK // len(table) + 1), table.shape[1]]
    for row in order:
        if not undominated[row]:
            continue
        rest = np.flatnonzero(undominated)
        for start, stop in itertools.pairwise(stops):  # a few columns settle most comparisons
            gain = table[row, start:stop] - table[rest, start:stop]
            rest = rest[(gain > margin).all(axis=1)]
        undominated[rest] = False
        found.update({int(other): np.eye(1, len(table), row)[0] for other in rest})
    return dict(sorted(found.items()))


def _mixed_dominators(table: FloatArray, margin: float) -> dict[int, FloatArray]:
    """Return the rows that a mixture of other rows exceeds everywhere, each with its weights.

    All may go at once: what a row that goes does in a mixture, its own dominator does better.
    """
    if len(table) < 3 or table.shape[1] < 2:
        return {}  # a mixture of one row is pure, and in one column the best row is
    found: dict[int, FloatArray] = {}
    best = table.max(axis=0)
    for row in range(len(table)):
        if (table[row] >= best - margin).any():
            continue  # a best response to something that the others may play
        weights = _best_mixture(table, row)
        if _advantage(table, row, weights) > margin:
            found[row] = weights
    return found


def _best_mixture(table: FloatArray, row: int) -> FloatArray:
    """Return the mixture of other rows whose least advantage over a row is largest, by HiGHS."""
    rows, columns = table.shape
    gain = table - table[row]
    result = linprog(
        np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-gain.T, np.ones(columns)]),
        b_ub=np.zeros(columns),
        A_eq=np.append(np.ones(rows), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[*((0, 0 if k == row else 1) for k in range(rows)), (None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if result.status != 0:
        raise ConvergenceError(
            f"iterated_dominance: HiGHS says {result.message}; mixed=False needs no linear program"
        )
    weights = np.where(result.x[:rows] > SHOWN, result.x[:rows], 0.0)
    return np.asarray(weights / weights.sum())


def _advantage(table: FloatArray, row: int, weights: FloatArray) -> float:
    return float((weights @ table - table[row]).min())


def _removal(
    game: NormalFormGame,
    player: int,
    kept: IntArray,
    strategy: int,
    weights: FloatArray,
    table: FloatArray,
) -> Removal:
    labels = game.labels[player]
    return Removal(
        player=game.players[player],
        strategy=labels[kept[strategy]],
        by=tuple((float(weights[k]), labels[kept[k]]) for k in np.flatnonzero(weights)),
        margin=_advantage(table, strategy, weights),
    )


@registers(Reduction)
def check_reduction(reduction: Reduction) -> Certificate:
    """Recompute, round by round, the advantage of what dominates over what was removed."""
    game = reduction.whole
    kept = [np.arange(size) for size in game.shape]
    worst = np.inf
    for removals in reduction.rounds:
        tables = _tables(game, kept)
        gone: list[list[int]] = [[] for _ in kept]
        for removal in removals:
            i = game.players.index(removal.player)
            names = [game.labels[i][k] for k in kept[i]]
            gone[i].append(names.index(removal.strategy))
            weights = np.zeros(len(names))
            for share, name in removal.by:
                weights[names.index(name)] += share
            off = abs(weights.sum() - 1.0) if weights.min() >= 0 else np.inf
            worst = min(worst, _advantage(tables[i], gone[i][-1], weights) - off)
        kept = [np.delete(own, out) for own, out in zip(kept, gone, strict=True)]
    same = all(np.array_equal(a, b) for a, b in zip(kept, reduction.kept, strict=True))
    return Certificate("strict dominance", 0.0 if same and worst > 0 else 1.0, 0.0)
