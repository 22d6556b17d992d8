"""`chips`: levers set before the talks, which then start from there.

The starting package is the disagreement point of the talks (Nash 1950), so that a control may be
raised only to be traded back. The stage is solved by double oracle (McMahan, Gordon and Blum 2003)
over starting points: the feasible set of the talks stays the same, only d moves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import ConvergenceError, IntractableError
from bargaining.linkage.chips.input import checked_levers, costs_of_moving
from bargaining.linkage.chips.result import Chips
from bargaining.linkage.regimes.subsets import SubsetOutcome, SubsetSolver
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.two_player.bimatrix import solve_bimatrix
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.strategic.disagreement import StatusQuo
from bargaining.types import FloatArray

__all__ = ["Chips", "chips"]

LARGEST = 256
"""Starting points a side."""

WITH_LOTTERIES = 1e-6
"""Regret, relative to the payoff range, within the error of talks over lotteries."""

Progress = Callable[[int, int], None]
Levels = tuple[Package, ...]
Mix = tuple[FloatArray, FloatArray]


def chips(
    negotiation: Negotiation,
    *,
    costs: Mapping[Any, float] | None = None,
    movable: Iterable[Lever | str] | None = None,
    solution: Solution | str = "nash",
    lotteries: bool = False,
    disagreement: StatusQuo | str = "status-quo",
    progress: Progress | None = None,
) -> Chips:
    """Solve the stage in which each side sets its levers before the talks.

    All free levers are tradable in the talks; without a deal all stay where they were put.

    Parameters
    ----------
    negotiation : Negotiation
        Of two players.
    costs : mapping of players or levers to numbers >= 0, optional
        What moving a lever away from the status quo costs its owner, in units of payoff, deal or
        no deal; a player's number is that of each of its movable levers without one of its own. 0
        unless said.
    movable : iterable of Lever or str, optional
        Levers with finite levels; all free security levers unless said.
    solution : Solution or str
    lotteries : bool
        False agrees on single packages.
    disagreement : "status-quo"
        Other models make the starting point irrelevant.
    progress : callable, optional
        Called with how many talks are solved, and how many there may be.

    Returns
    -------
    Chips
        One equilibrium: the double oracle starts with both sides at the status quo, and takes pure
        equilibria of the starting points met before mixed ones.

    Raises
    ------
    InputError
        For any other number of players, unfit levers or costs, and another disagreement model.
    IntractableError
        For more than 256 starting points a side, or when the talks need too much.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("US"), bg.Player("China")
    >>> control = bg.ExportControl("control", us, [0, 1], 0)
    >>> soy = bg.SoybeanPurchase("soy", china, range(11), 0)
    >>> game = bg.Negotiation(
    ...     [us, china],
    ...     [control, soy],
    ...     [
    ...         bg.LinearPayoff(control, {"US": -1, "China": -6}),
    ...         bg.LinearPayoff(soy, {"US": 1, "China": -1}),
    ...     ],
    ... )
    >>> found = bg.chips(game)
    >>> found.raised_to_be_traded_back
    {'control': 1.0}
    """
    own = checked_levers(negotiation, movable, disagreement)
    stage = _Stage(
        negotiation, own, costs_of_moving(negotiation, own, costs), as_solution(solution),
        lotteries, progress,
    )  # fmt: skip
    everything = (range(len(stage.points[0])), range(len(stage.points[1])))
    mix = stage.settled(everything)
    payoffs = stage.expected(mix)
    committed = []
    for i in (0, 1):
        allowed = ([0], everything[1]) if i == 0 else (everything[0], [0])
        committed.append(float(stage.expected(stage.settled(allowed))[i] - payoffs[i]))
    outcomes = tuple(
        (float(mix[0][j] * mix[1][k]), stage.start(j, k), stage.talk(j, k))
        for j, k in itertools.product(_used(mix[0]), _used(mix[1]))
    )
    first, second = (
        tuple((float(x[k]), stage.points[i][k]) for k in _used(x)) for i, x in enumerate(mix)
    )
    names = negotiation.player_names
    found = Chips(
        negotiation, (names[0], names[1]), own, stage.costs, (first, second), outcomes, payoffs,
        stage.talk(0, 0), np.array(committed), 0, Certificate("regret", 0.0),
    )  # fmt: skip
    proof = _worst(stage, mix, payoffs, [talk.certificate for _, _, talk in outcomes])
    return replace(found, certificate=proof, talks_solved=len(stage.solved))


class _Stage:
    """The game over starting points, its talks solved as they are asked for."""

    def __init__(
        self, negotiation: Negotiation, own: tuple[tuple[str, ...], tuple[str, ...]],
        costs: Mapping[str, float], rule: Solution, lotteries: bool, progress: Progress | None,
    ) -> None:  # fmt: skip
        self.negotiation, self.costs, self.progress = negotiation, costs, progress
        self.quo = negotiation.status_quo
        self.points = self._points(own[0]), self._points(own[1])
        self.paid = [
            np.array([sum(costs[v] for v in p if p[v] != self.quo[v]) for p in points], dtype=float)
            for points in self.points
        ]
        self.everything = frozenset(lever.name for lever in negotiation.free_levers)
        d = negotiation.payoffs(self.quo)
        self.solver = SubsetSolver(negotiation, rule, d, lotteries=lotteries)
        self.scale = Region(BargainingProblem(PackageSet(negotiation), d)).range
        self.margin = WITH_LOTTERIES if lotteries else TOLERANCE
        self.solved: dict[Package, SubsetOutcome] = {}

    def _points(self, names: tuple[str, ...]) -> Levels:
        """Return a side's starting points, the status quo first."""
        levers = [self.negotiation.lever(name) for name in names]
        count = math.prod(len(lever.array()) for lever in levers)
        if count > LARGEST:
            raise IntractableError(
                f"chips: {count:,} starting points of {levers[0].owner} (the bound is {LARGEST}); "
                "name fewer levers in movable"
            )
        levels = []
        for lever in levers:
            quo = self.quo[lever.name]
            levels.append([quo, *(x for x in lever.array().tolist() if x != quo)])
        return tuple(
            Package(dict(zip(names, each, strict=True))) for each in itertools.product(*levels)
        )

    def start(self, j: int, k: int) -> Package:
        """Return the package from which the talks start."""
        return Package({**self.quo, **self.points[0][j], **self.points[1][k]})

    def talk(self, j: int, k: int) -> SubsetOutcome:
        """Return what the talks from a pair of starting points lead to."""
        start = self.start(j, k)
        if start not in self.solved:
            solver = SubsetSolver(
                self.negotiation, self.solver.rule, self.negotiation.payoffs(start),
                lotteries=self.solver.lotteries, inducer=self.solver.inducer,
            )  # fmt: skip
            self.solved[start] = solver.outcome(self.everything)
            if self.progress is not None:
                self.progress(len(self.solved), len(self.points[0]) * len(self.points[1]))
        return self.solved[start]

    def net(self, j: int, k: int) -> FloatArray:
        """Return the payoffs less costs of a pair of starting points, shape (2,)."""
        return np.asarray(self.talk(j, k).payoffs - [self.paid[0][j], self.paid[1][k]])

    def expected(self, mix: Mix) -> FloatArray:
        """Return the expected payoffs of mixed starting points, costs paid."""
        pairs = itertools.product(_used(mix[0]), _used(mix[1]))
        rows = np.array([mix[0][j] * mix[1][k] * self.net(j, k) for j, k in pairs])
        return np.asarray(rows.sum(axis=0))

    def against(self, mix: Mix, i: int, allowed: Iterable[int]) -> FloatArray:
        """Return a player's payoffs of its starting points against the other's mixed ones."""
        other = mix[1 - i]
        return np.array([
            sum(other[k] * self.net(*((j, k) if i == 0 else (k, j)))[i]
                for k in _used(other))
            for j in allowed
        ])  # fmt: skip

    def settled(self, allowed: tuple[Iterable[int], Iterable[int]]) -> Mix:
        """Return one equilibrium among allowed starting points, from the status quo."""
        choices = [list(each) for each in allowed]
        met: list[list[int]] = [[0], [0]]
        for _ in range(2 * LARGEST + 1):
            mix = self._restricted(met)
            reached, grown = self.expected(mix), False
            for i in (0, 1):
                payoffs = self.against(mix, i, choices[i])
                best = choices[i][int(payoffs.argmax())]
                if payoffs.max() - reached[i] > self.margin * self.scale[i] and best not in met[i]:
                    met[i].append(best)
                    grown = True
            if not grown:
                return mix
        raise ConvergenceError(
            "chips: the double oracle did not end",
            certificate=Certificate("regret", self.regret(mix, reached), self.margin),
        )

    def _restricted(self, met: list[list[int]]) -> Mix:
        table = np.array([[self.net(j, k) for k in met[1]] for j in met[0]])
        found = solve_bimatrix(table[..., 0], table[..., 1])
        mix = np.zeros(len(self.points[0])), np.zeros(len(self.points[1]))
        for x, own, shares in zip(mix, met, found, strict=True):
            x[own] = np.where(shares > 1e-12, shares, 0.0)
            x /= x.sum()
        return mix

    def regret(self, mix: Mix, payoffs: FloatArray) -> float:
        """Return the largest gain of a deviation to any starting point, relative to the range."""
        best = [self.against(mix, i, range(len(self.points[i]))).max() for i in (0, 1)]
        return max(0.0, float(((np.array(best) - payoffs) / self.scale).max()))


def _used(shares: FloatArray) -> list[int]:
    return [int(k) for k in np.flatnonzero(shares)]


def _worst(
    stage: _Stage, mix: Mix, payoffs: FloatArray, talks: list[Certificate]
) -> Certificate:  # fmt: skip
    regret = Certificate("regret", stage.regret(mix, payoffs), stage.margin)
    return max([regret, *talks], key=lambda proof: proof.value / proof.tolerance)


@registers(Chips)
def check_chips(found: Chips) -> Certificate:
    """Solve the talks afresh, and compare every starting point with the equilibrium's payoffs."""
    old = found.old.question
    stage = _Stage(found.negotiation, found.movable, found.costs, old.rule, old.lotteries, None)
    mix = np.zeros(len(stage.points[0])), np.zeros(len(stage.points[1]))
    for x, points, own in zip(mix, stage.points, found.strategies, strict=True):
        for share, point in own:
            x[points.index(point)] += share
    apart = float((np.abs(stage.expected(mix) - found.payoffs) / stage.scale).max())
    proof = _worst(stage, mix, found.payoffs, [verify(talk) for _, _, talk in found.outcomes])
    return replace(proof, value=max(proof.value, apart, *(abs(x.sum() - 1) for x in mix)))
