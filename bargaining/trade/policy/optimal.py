"""`optimal_tariffs`: what a country would levy if nobody answered (Ossa 2014; Johnson 1953).

Works for every economy that can evaluate tariffs and differentiate its welfare by them. The proof
is that first-order conditions hold and that none of many other tariffs is better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from numpy.typing import ArrayLike

from bargaining.results.certificate import Certificate, registers
from bargaining.trade.economy.arguments import rates
from bargaining.trade.policy.climb import Climb
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.policy.response import best_response, first_order, own_welfare, trial_gain
from bargaining.trade.policy.tariff_levers import BOUNDS, checked_bounds, import_levers, positions

__all__ = ["OptimalTariffs", "optimal_tariffs"]

TOLERANCE = 1e-9
"""Largest gain, relative to welfare at the base, that other tariffs may promise."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OptimalTariffs(TariffOutcome):
    """The tariffs that are best for one country, and what they do to everybody.

    Attributes
    ----------
    country : str
        Who levies them.
    """

    country: str

    def title(self) -> str:
        """Say what the table shows."""
        return f"Optimal tariffs of {self.country}: changes of welfare"


def optimal_tariffs(
    economy: TariffEconomy,
    country: str,
    *,
    others: ArrayLike | None = None,
    partners: Iterable[str] | None = None,
    sectors: Iterable[str] | None = None,
    alike: str | None = None,
    bounds: tuple[float, float] = BOUNDS,
) -> OptimalTariffs:
    """Return the tariffs that maximise a country's welfare when nobody else moves.

    Parameters
    ----------
    economy : Economy, LobbyEconomy or LabourEconomy
    country : str
    others : array of shape (N, N, S), optional
        Tariffs of everybody, among which only the country's are replaced; the factual ones unless
        said.
    partners, sectors : iterable of str, optional
        From whom and on what it sets tariffs; all unless said.
    alike : None, "partners" or "all"
        "partners": one tariff a sector, whoever sells; "all": one tariff on everything.
    bounds : pair of float
        Lowest and highest tariff: no import subsidies, and 1000 per cent, unless said.

    Returns
    -------
    OptimalTariffs
        The best of all tops that climbs from several starts and trials sector by sector found.
        Its certificate states the largest gain that first-order conditions or trials promise,
        relative to welfare at the base; details tell the relative change of 1 + tariff that
        first-order conditions still ask for.

    Raises
    ------
    InputError
        For unknown names or bounds that are not valid.
    ConvergenceError
        When there is no equilibrium at a start.

    Examples
    --------
    The optimal tariff of a small country is 1 / (sigma - 1) (Gros 1987): here 1/3.

    >>> import numpy as np
    >>> from bargaining.trade.lobbies.lobbies import LobbyEconomy
    >>> flows = np.array([[[9e-6], [1e-6]], [[1e-6], [90.0]]])
    >>> economy = LobbyEconomy(["small", "world"], ["goods"], flows, 0.0, [4.0])
    >>> optimum = optimal_tariffs(economy, "small")
    >>> round(float(optimum.tariffs[1, 0, 0]), 4)
    0.3333
    """
    limits = checked_bounds(bounds)
    levers = import_levers(economy, country, partners=partners, sectors=sectors, alike=alike)
    (home,) = positions("country", country, economy.countries)
    start = rates(economy, "tariff", others, economy.tariffs)
    response = best_response(economy, home, start, levers, limits)
    top = response.climb
    return OptimalTariffs(
        tariffs=top.tariffs,
        welfare=top.evaluation.welfare,
        levers=levers,
        bounds=limits,
        residual=top.evaluation.residual,
        certificate=_proof(top, response.gain, response.trials, response.starts),
        economy=economy,
        country=country,
    )


def _proof(top: Climb, gain: float, trials: int, starts: int) -> Certificate:
    details = {
        "first_order": top.promise,
        "change_asked": top.asked,
        "trial_gain": gain,
        "trials": trials,
        "climbs": starts,
    }
    return Certificate("optimal tariffs", max(top.promise, gain), TOLERANCE, details=details)


@registers(OptimalTariffs)
def verify_optimal(result: OptimalTariffs) -> Certificate:
    """Check first-order conditions and try other tariffs, from the tariffs alone."""
    economy, levers, bounds = result.economy, result.levers, result.bounds
    (home,) = positions("country", result.country, economy.countries)
    top = first_order(economy, own_welfare(economy, home), result.tariffs, levers, bounds)
    gain, _, count = trial_gain(economy, home, top, levers, bounds, [economy.tariffs])
    return _proof(top, gain, count, 0)
