"""`trade_frontier`: the most that one country can gain from talks for whatever another one gains.

Solutions that follow a frontier (Raiffa, Perles-Maschler, equal area) are applied to the curve
through its points, and the tariffs are those of the gains that they choose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.solutions import Solution
from bargaining.errors import InputError
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.trade.policy.tariff_levers import BOUNDS
from bargaining.trade.talks.frontier import TradeFrontier, frontier_proof
from bargaining.trade.talks.program import Settled, settle_equal
from bargaining.trade.talks.proofs import NO_DEAL, no_deal_proof
from bargaining.trade.talks.setting import Setting, Without, setting
from bargaining.trade.talks.tracing import trace
from bargaining.types import FloatArray

__all__ = ["Choice", "chosen_on", "traced", "trade_frontier"]


def trade_frontier(
    economy: TariffEconomy,
    countries: Iterable[str] | None = None,
    *,
    disagreement: Without = "factual",
    partners: str = "all",
    alike: str | None = None,
    bounds: tuple[float, float] = BOUNDS,
) -> TradeFrontier:
    """Return the Pareto frontier of two countries' gains from talks about tariffs.

    Parameters
    ----------
    economy : Economy, LobbyEconomy or LabourEconomy
    countries : iterable of two str, optional
        Who talks; may be left out where there are two.
    disagreement, partners, alike, bounds
        As in `trade_talks`.

    Returns
    -------
    TradeFrontier
        Points where neither loses, so close that the curve through every second one, with their
        tangents, misses the others by less than 1e-6 of ideal gains. The frontier is as single sets
        of tariffs make it, without lotteries, and need not be concave; where it is, `problem`
        hands it to any solution.

    Raises
    ------
    InputError
        As `trade_talks`, and for more than two countries.
    ConvergenceError
        When a program or the war is not solved, or the frontier takes very many points.

    Examples
    --------
    >>> from bargaining.trade.lobbies.lobbies import LobbyEconomy
    >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
    >>> economy = LobbyEconomy(["A", "B"], ["goods"], flows, 0.2, [4.0])
    >>> frontier = trade_frontier(economy)
    >>> middle = frontier.points[len(frontier) // 2]
    >>> bool(abs(middle[0] - middle[1]) < 1e-8)
    True
    """
    what = setting(
        "trade_frontier", economy, countries,
        disagreement=disagreement, partners=partners, alike=alike, bounds=bounds,
    )  # fmt: skip
    if len(what.members) != 2:
        raise InputError(f"trade_frontier: expected two countries, got {list(what.members)}")
    return traced(what, settle_equal(what.table, what.start))


def traced(what: Setting, equal: Settled) -> TradeFrontier:
    """Return the frontier of two members, with the tariffs of equal gains given."""
    table = what.table
    found = trace(table, equal) if equal.gains.min() > NO_DEAL else []
    size, shape = len(table.disagreement), table.levers.shape
    weights = np.array([one.multipliers / one.multipliers.sum() for one in found]).reshape(-1, 2)
    frontier = TradeFrontier(
        members=what.members,
        points=np.array([one.gains for one in found]).reshape(-1, 2),
        weights=weights,
        tariffs=np.array([one.climb.tariffs for one in found]).reshape(-1, *shape),
        welfare=np.array([one.climb.evaluation.welfare for one in found]).reshape(-1, size),
        disagreement=table.disagreement,
        disagreement_from=what.words,
        certificate=no_deal_proof(equal),
        talks=table,
    )
    return replace(frontier, certificate=frontier_proof(frontier)) if found else frontier


@dataclass(frozen=True, eq=False)
class Choice:
    """What a solution chooses on a frontier.

    Attributes
    ----------
    gains : ndarray of shape (2,)
    error : float
        How far they may be off, relative to ideal gains: by what half of the points would change,
        or by what the solution's own certificate says.
    """

    gains: FloatArray
    error: float


def chosen_on(frontier: TradeFrontier, solution: Solution) -> Choice:
    """Return what a solution chooses on a frontier.

    Raises
    ------
    InputError
        Where the frontier is not concave.
    """
    fine, coarse = (bargain(each, solution) for each in (frontier.problem, frontier.coarser))
    moved = np.abs(fine.payoffs - coarse.payoffs) / frontier.ideal
    return Choice(fine.payoffs, max(float(moved.max()), fine.certificate.value))
