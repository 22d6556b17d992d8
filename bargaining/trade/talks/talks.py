"""`trade_talks`: the tariffs that are agreed, under each solution of bargaining theory.

Ossa's (2014) talks give everybody the same proportional gain: the egalitarian solution over welfare
relative to the disagreement. Nash's product, equal shares of ideal gains and weighted sums are
programs over the same tariffs. There are no lotteries over tariffs and no side payments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.solutions import (
    EgalitarianSolution,
    KalaiSmorodinskySolution,
    NashSolution,
    Solution,
    UtilitarianSolution,
    as_solution,
)
from bargaining.errors import InputError
from bargaining.trade.economy.arguments import rates
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.policy.tariff_levers import BOUNDS, checked_bounds, mutual_levers, positions
from bargaining.trade.policy.war import tariff_war
from bargaining.trade.talks.agreement import (
    NO_DEAL,
    TradeAgreement,
    agreement_proof,
    no_deal_proof,
)
from bargaining.trade.talks.program import Settled, Table, settle_best
from bargaining.trade.talks.rules import EqualShares, LogSum, Rule, WeightedSum
from bargaining.types import FloatArray

__all__ = ["trade_talks"]

Without: TypeAlias = "str | ArrayLike | TariffOutcome"


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
        leaves no member worse off).
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
        program need not be concave, so that the proof is of first order, with trials.

    Raises
    ------
    InputError
        For unknown names, a solution that needs lotteries, weights that do not fit, bounds or
        arrays that are not valid.
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
    limits = checked_bounds(bounds)
    members = positions("country", countries, economy.countries)
    if len(members) < 2:
        raise InputError(f"trade_talks, countries: expected at least two, got {countries!r}")
    _checked(rule, len(members))
    levers = mutual_levers(economy, members, partners=partners, alike=alike)
    tariffs, welfare, words = _without(economy, disagreement, members, partners, alike, limits)
    table = Table(economy, members, welfare, levers, limits)
    start = economy.tariffs if tariffs is None else tariffs
    equal = settle_best(table, EqualShares(np.ones(len(members))), start, table.sizes())
    shared: dict[str, Any] = {
        "solution": rule, "members": tuple(economy.countries[n] for n in members),
        "disagreement": welfare, "disagreement_from": words, "levers": levers, "bounds": limits,
        "economy": economy,
    }  # fmt: skip
    if equal.gains.min() <= NO_DEAL:
        return _no_deal(table, equal, tariffs, shared)
    program, settled, ideal = _settled(table, rule, equal)
    top = settled.climb.evaluation
    weights = settled.multipliers / settled.multipliers.sum()
    return TradeAgreement(
        agreed=True,
        tariffs=settled.climb.tariffs,
        welfare=top.welfare,
        residual=top.residual,
        weights=weights,
        ideal=ideal,
        rule=program,
        certificate=agreement_proof(table, program, settled.climb.tariffs, weights),
        **shared,
    )


def _checked(solution: Solution, size: int) -> None:
    known = EgalitarianSolution | KalaiSmorodinskySolution | NashSolution | UtilitarianSolution
    if not isinstance(solution, known):
        raise InputError(
            f"trade_talks: the {solution.name} solution is defined for convex sets only, and there "
            "are no lotteries over tariffs; use egalitarian, nash, kalai-smorodinsky or utilitarian"
        )
    weights = getattr(solution, "weights", None)
    if weights is not None and len(weights) != size:
        raise InputError(
            f"trade_talks, weights: expected one for each of the {size} members, got {weights!r}"
        )


def _without(
    economy: TariffEconomy,
    disagreement: Without,
    members: Sequence[int],
    partners: str,
    alike: str | None,
    bounds: tuple[float, float],
) -> tuple[FloatArray | None, FloatArray, str]:
    """Return tariffs (if known), welfare and words of what holds without agreement."""
    names = tuple(economy.countries[n] for n in members)
    if isinstance(disagreement, str):
        if disagreement == "factual":
            return economy.tariffs, np.ones(len(economy.countries)), "factual tariffs"
        if disagreement != "noncooperative":
            raise InputError(
                'trade_talks, disagreement: expected "factual", "noncooperative", tariffs or '
                f"welfare, got {disagreement!r}"
            )
        against = names if partners == "members" else None
        war = tariff_war(economy, names, partners=against, alike=alike, bounds=bounds)
        return war.tariffs, war.welfare, "a tariff war"
    if isinstance(disagreement, TariffOutcome):
        return disagreement.tariffs, disagreement.welfare, "tariffs of another outcome"
    given = np.asarray(disagreement, dtype=float)
    if given.ndim != 1:
        tariffs = rates(economy, "tariff", given, economy.tariffs)
        return tariffs, economy.evaluate(tariffs).welfare, "given tariffs"
    size = len(economy.countries)
    if given.shape != (size,) or not (np.isfinite(given).all() and given.min() > 0):
        raise InputError(
            f"trade_talks, disagreement: expected welfare of {size} countries, new over old, all "
            f"above 0, got {disagreement!r}"
        )
    return None, given.copy(), "given welfare"


def _settled(
    table: Table, solution: Solution, equal: Settled
) -> tuple[Rule, Settled, FloatArray | None]:
    """Return the rule's program, its solution, and ideal gains where the rule asks for them."""
    size = len(table.members)
    level = float(equal.gains.mean())
    given = getattr(solution, "weights", None)
    weights = np.ones(size) if given is None else np.asarray(given, dtype=float)
    weights = weights / weights.sum()
    start, warm = equal.climb.tariffs, equal.climb.evaluation
    prices = equal.multipliers / equal.multipliers.sum()
    ideal = None
    program: Rule
    if isinstance(solution, NashSolution):
        program = LogSum(weights * level)
        return program, settle_best(table, program, start, prices, warm=warm), None
    if isinstance(solution, UtilitarianSolution):
        program = WeightedSum(weights)
        return (
            program,
            settle_best(table, program, start, np.maximum(prices, weights), warm=warm),
            None,
        )
    units = weights * size
    if isinstance(solution, KalaiSmorodinskySolution):
        ideal = ideal_gains(table, equal)
        units = ideal / ideal.mean()
    elif given is None:
        return EqualShares(units), equal, None
    program = EqualShares(units)
    return program, settle_best(table, program, start, prices / (prices @ units), warm=warm), ideal


def ideal_gains(table: Table, equal: Settled) -> FloatArray:
    """Return the most that each member gains while no other member loses, shape (M,)."""
    gains = []
    for member in range(len(table.members)):
        alone = np.zeros(len(table.members))
        alone[member] = 1.0
        prices = np.maximum(equal.multipliers / max(equal.multipliers[member], 1e-6), alone)
        best = settle_best(
            table, WeightedSum(alone), equal.climb.tariffs, prices, warm=equal.climb.evaluation
        )  # fmt: skip
        gains.append(float(best.gains[member]))
    return np.array(gains)


def _no_deal(
    table: Table, equal: Settled, tariffs: FloatArray | None, shared: dict[str, Any]
) -> TradeAgreement:
    """Return that nobody can gain without another losing."""
    kept = table.economy.tariffs if tariffs is None else tariffs
    return TradeAgreement(
        agreed=False,
        tariffs=kept,
        welfare=table.disagreement,
        residual=equal.climb.evaluation.residual,
        weights=equal.multipliers / equal.multipliers.sum(),
        ideal=None,
        rule=EqualShares(np.ones(len(table.members))),
        certificate=no_deal_proof(equal),
        **shared,
    )
