"""Moves and their answers as a result: which pay, where nothing does, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from bargaining.enforcement.retaliation.moves import Exchange, Move
from bargaining.enforcement.truces.input import not_negative
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Cell, Table, Tabular

__all__ = ["Retaliation"]


@dataclass(frozen=True, eq=False)
class Retaliation(Tabular):
    """All moves of two levers from where they stand, each with its answer.

    Attributes
    ----------
    moves : tuple of Move
    levels : tuple of two floats
        Where the levers stand.
    reciprocity : tuple of two floats
        Of the answers by the owner of each lever.
    lag : float
        Months from a move to the answer.
    players, levers : tuple of two str
    certificate : Certificate
        Worths of the moves, recomputed package by package.
    """

    moves: tuple[Move, ...]
    levels: tuple[float, float]
    reciprocity: tuple[float, float]
    lag: float
    players: tuple[str, str]
    levers: tuple[str, str]
    certificate: Certificate
    game: Exchange = field(repr=False)

    @property
    def rests(self) -> bool:
        """Whether no move pays."""
        return not any(move.pays for move in self.moves)

    def best(self, player: Any) -> Move | None:
        """Return the move of a player that pays most; None where none pays."""
        name = self.game.negotiation.player(player).name
        paying = [move for move in self.moves if move.player == name and move.pays]
        return max(paying, key=lambda move: move.worth, default=None)

    def move(self, lever: Lever | str, level: float | str) -> Move:
        """Return the move of a lever to a level."""
        name = self.game.negotiation.lever(lever).name
        for move in self.moves:
            if move.lever == name and level in (
                move.level, self.game.negotiation.lever(name).label(move.level)
            ):  # fmt: skip
                return move
        raise InputError(
            f"Retaliation.move: expected another level of one of {self.levers}, got {level!r} of "
            f"{name!r}"
        )

    def rest_points(self) -> tuple[tuple[float, float], ...]:
        """Return all pairs of levels from which no move pays; at m = 0 the pure equilibria."""
        first, second = self.game.levels
        return tuple(
            (float(x), float(y))
            for a, x in enumerate(first)
            for b, y in enumerate(second)
            if not any(move.pays for move in self.game.moves((a, b)))
        )

    def climb(
        self, first: Any, *, expecting: float | None = None
    ) -> tuple[tuple[float, float], ...]:
        """Return the pairs of levels that moves and answers lead through, from where they stand.

        In turns each side makes its best move, if one pays by the answer that it expects, and the
        other answers. It ends where nobody moves, or where it has been before.

        Parameters
        ----------
        first : Player or str
            Who has the first turn.
        expecting : float, optional
            The reciprocity that movers expect, where it is not that of the answers: 0 is a ladder
            of sides that do not foresee an answer.
        """
        turn = self.players.index(self.game.negotiation.player(first).name)
        foreseen = self.game
        if expecting is not None:
            chance = not_negative("Retaliation.climb, expecting", expecting)
            foreseen = replace(self.game, reciprocity=(chance, chance))
        at = self.game.indices(self.levels)
        path, seen, idle = [self.levels], {(at, turn)}, 0
        while idle < 2:
            moves = [m for m in foreseen.moves(at) if m.player == self.players[turn] and m.pays]
            idle = 0 if moves else idle + 1
            if moves:
                to = max(moves, key=lambda move: move.worth).level
                at = self.game.answered(at, turn, to)
                path.append(self.game.pair(at))
            turn = 1 - turn
            if moves and (at, turn) in seen:
                break
            seen.add((at, turn))
        return tuple(path)

    def ladder(self, rungs: Sequence[Sequence[float]], first: Any) -> Table:
        """Return, rung by rung, whether climbing it first pays, as observed and as matched.

        Parameters
        ----------
        rungs : sequence of pairs of levels
            Where the levers stood one after the other; from each the first mover goes on to the
            next, and the other answers.
        first : Player or str
            Who moves first at every rung.
        """
        turn = self.players.index(self.game.negotiation.player(first).name)
        rows: list[tuple[Cell, ...]] = []
        for start, end in pairwise(rungs):
            at, to = self.game.indices(tuple(start)), self.game.indices(tuple(end))
            move = self.game.judged(at, turn, to[turn], to[1 - turn])
            rows.append((
                f"{start[0]:g}/{start[1]:g}", f"{end[0]:g}/{end[1]:g}", move.before, move.after,
                move.worth, move.pays, move.critical_lag, move.deterring_reciprocity,
            ))  # fmt: skip
        columns = (
            "from", "to", "gain before the answer", "after it", "worth", "pays", "critical lag",
            "deterred by",
        )  # fmt: skip
        title = f"Steps of a ladder, {self.players[turn]} first"
        note = f"lag {self.lag:g} months; levels {self.levers[0]} / {self.levers[1]}"
        return Table(title, columns, tuple(rows), note=note)

    def table(self) -> Table:
        """Return a row a move."""
        columns = (
            "player", "lever", "to", "answer", "gain before", "after", "worth", "pays",
            "critical lag", "deterred by",
        )  # fmt: skip
        rows: list[tuple[Cell, ...]] = []
        for m in self.moves:
            other = self.levers[1 - self.levers.index(m.lever)]
            label = self.game.negotiation.lever
            rows.append((
                m.player, m.lever, label(m.lever).label(m.level), label(other).label(m.answer),
                m.before, m.after, m.worth, m.pays, m.critical_lag, m.deterring_reciprocity,
            ))  # fmt: skip
        title = "Moves and answers: " + ("no move pays" if self.rests else "some move pays")
        note = f"lag {self.lag:g} months; certificate: {self.certificate}"
        return Table(title, columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words which move pays most to each side, and why not when none does."""
        label = self.game.negotiation.lever
        parts = []
        for name in self.players:
            best = self.best(name)
            if best is None:
                parts.append(f"no move pays {name}")
                continue
            limit = f"; a reciprocity of {best.deterring_reciprocity or 0.0:.3g} would deter it"
            parts.append(
                f"{name} gains most, {best.worth:.3g}, by moving {best.lever} to "
                f"{label(best.lever).label(best.level)}"
                + ("" if best.deterring_reciprocity is None else limit)
            )
        return f"With answers after {self.lag:g} months " + ", and ".join(parts) + "."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "rests": self.rests,
            "levels": list(self.levels),
            "levers": list(self.levers),
            "players": list(self.players),
            "reciprocity": list(self.reciprocity),
            "lag": self.lag,
            "moves": [plain(move._asdict()) for move in self.moves],
            "certificate": self.certificate.to_dict(),
        }
