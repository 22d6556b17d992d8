"""The solved tabling game: what it holds, and how it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.errors import IntractableError, unknown_name
from bargaining.linkage.regimes.subsets import SubsetOutcome
from bargaining.linkage.tabling.dominance import Dominance
from bargaining.linkage.tabling.groups import Groups
from bargaining.linkage.tabling.kind import Kind
from bargaining.linkage.tabling.leader import LeaderFollower
from bargaining.linkage.tabling.mixed import MixedTabling, full_game
from bargaining.linkage.tabling.pure import PureEquilibria, Strategy, in_words
from bargaining.linkage.tabling.stage import Stage
from bargaining.linkage.tabling.threshold import CriticalCost, critical_cost
from bargaining.linkage.tabling.words import equilibria_table, explained, matrix_table, plainly
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import Player, name_of
from bargaining.noncooperative.games.dominance import Reduction, iterated_dominance
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["TablingGame", "stage_of"]

WITH_LOTTERIES = 1e-6
"""Payoffs of agreements over lotteries that differ by less, relative to the range, are ties."""

MATRIX = 8
"""Sets a side that are still shown as a matrix."""

LARGEST_MATRIX = 1024
"""Strategies a side up to which the game is written out."""

Regimes = tuple[tuple[SubsetOutcome, ...], ...]


@dataclass(frozen=True, eq=False)
class TablingGame(Tabular):
    """The stage before the talks, solved.

    Sets of a side's groups of levers are numbered by bits: number 5 = 1 + 4 is the first and the
    third of `groups`.

    Attributes
    ----------
    negotiation : Negotiation
    players : pair of str
    groups : pair of dict
        Of each side, from the names of what can be tabled to levers.
    costs : pair of ndarrays of shapes (A,) and (B,)
        What tabling each set costs each side.
    costs_without_talks : bool
        Whether that is paid also when no talks take place.
    regimes : A x B outcomes
        What the talks lead to when the sets are tabled, costs not counted.
    equilibria : tuple of PureEquilibria
        All pure equilibria, by outcome; those without talks come last and together.
    mixed : MixedTabling
        One equilibrium in mixed strategies, possibly pure.
    leaders : tuple of four LeaderFollower
        Each player as leader, with ties decided for it and against it.
    reading : Kind
        The kind of stage, with whom it is about and what each side would do by itself.
    dominance : pair of Dominance
        Which strategies (T, R) are weakly dominated, and which are dominant.
    disagreement_from : str
    costs_from : str
        Where the costs of tabling come from.
    certificate : Certificate
        The largest regret of an equilibrium, or the worst certificate of a regime.
    """

    negotiation: Negotiation = field(repr=False)
    players: tuple[str, str]
    groups: tuple[Groups, Groups]
    costs: tuple[FloatArray, FloatArray]
    costs_without_talks: bool
    regimes: Regimes = field(repr=False)
    stage: Stage = field(repr=False)
    dominance: tuple[Dominance, Dominance] = field(repr=False)
    equilibria: tuple[PureEquilibria, ...]
    mixed: MixedTabling
    leaders: tuple[LeaderFollower, ...]
    reading: Kind
    disagreement_from: str
    costs_from: str
    certificate: Certificate

    @property
    def kind(self) -> str:
        """A key of `bargaining.linkage.tabling.kind.KINDS`."""
        return self.reading.name

    @property
    def disagreement(self) -> FloatArray:
        """The payoffs without talks and with nothing tabled, shape (2,)."""
        return self.regimes[0][0].disagreement

    @property
    def talks_payoffs(self) -> FloatArray:
        """Payoffs less costs when talks take place, by what each side tables, (2, A, B)."""
        return self.stage.talks

    def outcome(self, tabled: Iterable[Lever | str] = ()) -> SubsetOutcome:
        """Return what talks lead to when some groups or levers (with their groups) are tabled.

        Raises
        ------
        InputError
            For what cannot be tabled.
        """
        masks = [0, 0]
        places = [
            {name: k for k, (group, levers) in enumerate(own.items()) for name in (group, *levers)}
            for own in self.groups
        ]
        for thing in tabled:
            name = name_of(thing, "tabled")
            name = self.negotiation.keys.get(name, name)
            side = next((i for i in (0, 1) if name in places[i]), None)
            if side is None:
                raise unknown_name("security lever or group", name, [*places[0], *places[1]])
            masks[side] |= 1 << places[side][name]
        return self.regimes[masks[0]][masks[1]]

    def leader(self, player: Player | str) -> tuple[LeaderFollower, LeaderFollower]:
        """Return the outcomes with a player as leader: ties for it, and against it."""
        name = self.negotiation.player(player).name
        first, second = (each for each in self.leaders if each.leader == name)
        return first, second

    @property
    def mutual_refusal(self) -> bool:
        """Whether tabling nothing and insisting on everything, on both sides, is an equilibrium.

        It is unless a side would rather table all it has, insisting on nothing, than have no talks.
        """
        alone = [[0, 2 ** len(self.groups[1 - i]) - 1] for i in (0, 1)]
        return any(
            not family.talks
            and all((family.masks[i] == alone[i]).all(axis=1).any() for i in (0, 1))
            for family in self.equilibria
        )

    def dominant(self, player: Player | str, *, strictly: bool = False) -> tuple[Strategy, ...]:
        """Return a player's dominant strategies (T, R) of the whole stage.

        Parameters
        ----------
        player : Player or str
        strictly : bool
            False: no other strategy ever pays more. True: every other always pays less.
        """
        i = self.players.index(self.negotiation.player(player).name)
        where = self.dominance[i].strictly if strictly else self.dominance[i].dominant
        names = tuple(self.groups[0]), tuple(self.groups[1])
        return tuple(in_words(mask, i, names) for mask in np.argwhere(where))

    def normal_form(self, *, insisting: bool = True) -> NormalFormGame:
        """Return the stage as a finite game.

        Parameters
        ----------
        insisting : bool
            False leaves out the strategies that insist on anything.

        Raises
        ------
        IntractableError
            For more than 1,024 strategies a side.
        """
        a, b = self.stage.talks.shape[1:]
        sizes = (a, b if insisting else 1), (b, a if insisting else 1)
        if sizes[0][0] * sizes[0][1] > LARGEST_MATRIX:
            raise IntractableError(
                f"normal_form: {sizes[0][0] * sizes[0][1]:,} strategies a side (the bound is "
                f"{LARGEST_MATRIX:,}); insisting=False has {a} and {b}, groups make it smaller"
            )
        first, second = (np.argwhere(np.ones(size, dtype=bool)) for size in sizes)
        names = tuple(self.groups[0]), tuple(self.groups[1])
        return full_game(self.stage, self.players, names, (first, second))

    def iterated_dominance(self, *, insisting: bool = True) -> Reduction:
        """Remove strictly dominated strategies in rounds; see `normal_form`."""
        return iterated_dominance(self.normal_form(insisting=insisting))

    def critical_cost(self, player: Player | str) -> CriticalCost:
        """Return the cost of tabling anything at which a player's tabling is no equilibrium.

        It takes the place of that player's own cost; the other's stands.
        """
        name = self.negotiation.player(player).name
        i = self.players.index(name)
        costs = [np.zeros_like(own) if k == i else own for k, own in enumerate(self.costs)]
        stage = stage_of(self.regimes, (costs[0], costs[1]), self.costs_without_talks)
        return critical_cost(stage, i, name)

    def table(self) -> Table:
        """Return payoffs by what each side tables, where that is small; else the equilibria."""
        if max(self.stage.talks.shape[1:]) <= MATRIX:
            return matrix_table(self)
        return equilibria_table(self)

    def equilibria_table(self) -> Table:
        """Return the pure equilibria by outcome."""
        return equilibria_table(self)

    def explain(self) -> str:
        """Say in words what kind of stage it is, and what its equilibria are."""
        return explained(self)

    def __str__(self) -> str:
        """Write the tables and the reading."""
        parts = [str(self.equilibria_table()), self.explain()]
        if max(self.stage.talks.shape[1:]) <= MATRIX:
            parts.insert(0, str(self.table()))
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return plainly(self)


def stage_of(
    regimes: Regimes, costs: tuple[FloatArray, FloatArray], costs_without_talks: bool
) -> Stage:
    """Return the stage that regimes and costs make."""
    gross = np.array([[outcome.payoffs for outcome in row] for row in regimes])
    talks = np.moveaxis(gross, -1, 0) - np.array(
        np.broadcast_arrays(costs[0][:, None], costs[1][None, :])
    )
    point = regimes[0][0].disagreement
    first, second = (
        point[i] - (cost if costs_without_talks else np.zeros_like(cost))
        for i, cost in enumerate(costs)
    )
    lotteries = regimes[0][0].question.lotteries
    return Stage(talks, (first, second), WITH_LOTTERIES if lotteries else TOLERANCE)
