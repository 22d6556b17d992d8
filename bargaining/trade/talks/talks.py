"""`trade_talks`: the tariffs that are agreed, under each solution of bargaining theory.

Ossa's (2014) talks give everybody the same proportional gain: the egalitarian solution over welfare
relative to the disagreement. Nash's product, equal shares of ideal gains and weighted sums are
programs over the same tariffs; other solutions of two members choose a point of their frontier.
There are no lotteries over tariffs and no side payments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import (
    EgalitarianSolution,
    KalaiSmorodinskySolution,
    NashSolution,
    Solution,
    UtilitarianSolution,
    as_solution,
)
from bargaining.errors import InputError
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.trade.policy.tariff_levers import BOUNDS
from bargaining.trade.talks.agreement import TradeAgreement, settled_proof
from bargaining.trade.talks.following import Choice, chosen_on, traced
from bargaining.trade.talks.frontier import TradeFrontier
from bargaining.trade.talks.leximin import leximin
from bargaining.trade.talks.program import Settled, settle_best, settle_equal
from bargaining.trade.talks.proofs import NO_DEAL, Round, no_deal_proof
from bargaining.trade.talks.rules import EqualShares, LogSum, Rule, WeightedSum
from bargaining.trade.talks.setting import Setting, Without, setting
from bargaining.trade.talks.tracing import ideal_gains, ideal_points
from bargaining.types import FloatArray

__all__ = ["trade_talks"]


def trade_talks(
    economy: TariffEconomy,
    solution: Solution | str = "egalitarian",
    *,
    disagreement: Without = "factual",
    countries: Iterable[str] | None = None,
    partners: str = "all",
    alike: str | None = None,
    bounds: tuple[float, float] = BOUNDS,
) -> TradeAgreement:
    """Return the tariffs on which countries agree, and who gains and loses.

    Parameters
    ----------
    economy : Economy, LobbyEconomy or LabourEconomy
    solution : str or solution object
        "egalitarian" (equal proportional gains, or proportional to its weights), "nash",
        "kalai-smorodinsky" or "utilitarian" (the largest weighted sum of proportional gains that
        leaves no member worse off); of two members also "raiffa", "perles-maschler" and
        "equal-area", which follow their frontier (see `trade_frontier`) as it is, without
        lotteries, and are refused where it is not concave.
    disagreement : "factual", "noncooperative", TariffOutcome, or array
        What holds without agreement: the factual tariffs; a tariff war among the members over the
        tariffs on the table; the tariffs of a war or other outcome found before; an array of
        tariffs, (N, N, S), or of welfare relative to the factual tariffs, (N,).
    countries : iterable of str, optional
        The members of the talks; everybody unless said. Tariffs of others stand still.
    partners : "all" or "members"
        Whether members negotiate what they levy on everybody, or on each other only.
    alike : None, "partners" or "all"
        "partners": one tariff a sector, whoever sells; "all": one tariff on everything.
    bounds : pair of float
        Lowest and highest tariff: no import subsidies, and 1000 per cent, unless said. Subsidies
        matter: Ossa's gain of 0.5 per cent doubles with them.

    Returns
    -------
    TradeAgreement
        Gains are welfare over welfare at the disagreement, less one. Without a deal the tariffs
        are those of the disagreement (the factual ones where only its welfare was given). The
        program need not be concave, so that the proof is of first order, with trials. Equal shares
        go on as leximin: a member who can have more while nobody else loses has it.

    Raises
    ------
    InputError
        For unknown names, a solution that follows a frontier among more than two members or where
        it is not concave, weights that do not fit, bounds or arrays that are not valid.
    ConvergenceError
        When the program or the war is not solved.

    Examples
    --------
    >>> from bargaining.trade.lobbies.lobbies import LobbyEconomy
    >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
    >>> economy = LobbyEconomy(["A", "B"], ["goods"], flows, 0.2, [4.0])
    >>> talks = trade_talks(economy)
    >>> talks.median_tariffs.round(6).tolist()
    [0.0, 0.0]
    >>> bool(talks.certificate)
    True
    """
    rule = as_solution(solution)
    what = setting(
        "trade_talks", economy, countries,
        disagreement=disagreement, partners=partners, alike=alike, bounds=bounds,
    )  # fmt: skip
    _checked(rule, len(what.members))
    equal = settle_equal(what.table, what.start)
    if equal.gains.min() <= NO_DEAL:
        return _no_deal(what, rule, equal)
    found = _followed(what, rule, equal) if rule.follows_frontier else _settled(what, rule, equal)
    top = found.last.climb
    return TradeAgreement(
        agreed=True,
        tariffs=top.tariffs,
        welfare=top.evaluation.welfare,
        residual=top.evaluation.residual,
        weights=found.rounds[0].weights,
        ideal=found.ideal,
        rounds=found.rounds,
        frontier=found.frontier,
        certificate=settled_proof(found.rounds, top.tariffs, found.frontier, found.choice),
        **_shared(what, rule),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """The programs of a solution, what solves the last, and what else was found for it."""

    rounds: tuple[Round, ...]
    last: Settled
    ideal: FloatArray | None = None
    frontier: TradeFrontier | None = None
    choice: Choice | None = None


def _checked(solution: Solution, size: int) -> None:
    known = EgalitarianSolution | KalaiSmorodinskySolution | NashSolution | UtilitarianSolution
    if not isinstance(solution, known) and not solution.follows_frontier:
        raise InputError(
            f"trade_talks: the {solution.name} solution is not one of those of cooperative "
            "bargaining that are known"
        )
    if solution.follows_frontier and size != 2:
        raise InputError(
            f"trade_talks: the {solution.title} solution follows the frontier of two members, got "
            f"{size}; use egalitarian, nash, kalai-smorodinsky or utilitarian"
        )
    weights = getattr(solution, "weights", None)
    if weights is not None and len(weights) != size:
        raise InputError(
            f"trade_talks, weights: expected one for each of the {size} members, got {weights!r}"
        )


def _shared(what: Setting, solution: Solution) -> dict[str, Any]:
    """Return what an agreement says whether there is a deal or not."""
    table = what.table
    return {
        "solution": solution, "members": what.members, "disagreement": table.disagreement,
        "disagreement_from": what.words, "levers": table.levers, "bounds": table.bounds,
        "economy": table.economy,
    }  # fmt: skip


def _settled(what: Setting, solution: Solution, equal: Settled) -> _Found:
    """Return the programs of a solution, and what solves them."""
    table, size = what.table, len(what.members)
    given = getattr(solution, "weights", None)
    weights = np.ones(size) if given is None else np.asarray(given, dtype=float)
    weights = weights / weights.sum()
    prices = equal.multipliers / equal.multipliers.sum()
    if isinstance(solution, NashSolution):
        return _one(what, LogSum(weights * float(equal.gains.mean())), equal, prices)
    if isinstance(solution, UtilitarianSolution):
        return _one(what, WeightedSum(weights), equal, np.maximum(prices, weights))
    units, ideal = weights * size, None
    if isinstance(solution, KalaiSmorodinskySolution):
        ideal = ideal_gains(ideal_points(table, equal))
        units = ideal / ideal.mean()
    program = EqualShares(units)
    first = equal
    if ideal is not None or given is not None:
        first = _one(what, program, equal, prices / (prices @ units)).last
    if not solution.parameters.get("leximin", True):
        return _Found((Round.of(table, program, first),), first, ideal)
    return _Found(*leximin(table, program, first), ideal)


def _followed(what: Setting, solution: Solution, equal: Settled) -> _Found:
    """Return the tariffs of the gains that a solution chooses on the frontier."""
    frontier = traced(what, equal)
    choice = chosen_on(frontier, solution)
    prices = equal.multipliers
    units = choice.gains / choice.gains.mean()
    found = _one(what, EqualShares(units), equal, prices / (prices @ units))
    return _Found(found.rounds, found.last, frontier.ideal, frontier, choice)


def _one(what: Setting, program: Rule, near: Settled, prices: FloatArray) -> _Found:
    """Return what solves a program, from tariffs near by."""
    start, warm = near.climb.tariffs, near.climb.evaluation
    found = settle_best(what.table, program, start, prices, warm=warm)
    return _Found((Round.of(what.table, program, found),), found)


def _no_deal(what: Setting, solution: Solution, equal: Settled) -> TradeAgreement:
    """Return that nobody can gain without another losing."""
    table = what.table
    only = Round.of(table, EqualShares(np.ones(len(what.members))), equal)
    return TradeAgreement(
        agreed=False,
        tariffs=what.start,
        welfare=table.disagreement,
        residual=equal.climb.evaluation.residual,
        weights=only.weights,
        ideal=None,
        rounds=(only,),
        certificate=no_deal_proof(equal),
        **_shared(what, solution),
    )
