"""`tariff_war`: tariffs from which no country gains by moving alone (Ossa 2014).

Best responses in turn until none moves. The proof recomputes every country's best response afresh,
from several starts, and states the most that any of them gains.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate, registers
from bargaining.trade.economy.arguments import rates
from bargaining.trade.policy.climb import climb
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.policy.response import FIRST_ORDER, best_response, own_welfare
from bargaining.trade.policy.tariff_levers import BOUNDS, checked_bounds, import_levers, positions
from bargaining.types import FloatArray, IntArray

__all__ = ["TariffWar", "tariff_war"]

TOLERANCE = 1e-9
"""Largest gain from moving alone, relative to welfare at the base, of an equilibrium."""
STILL = 1e-8
"""Largest relative change of 1 + tariff in a round at which nobody moves."""
ROUNDS = 100
"""Rounds of best responses at most."""
FRESH = 5
"""How often a deviation may restart the rounds."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TariffWar(TariffOutcome):
    """A Nash equilibrium in tariffs.

    Attributes
    ----------
    levying : tuple of str
        The countries at war; the tariffs of others stand still.
    rounds : int
        Rounds of best responses until none moved.
    """

    levying: tuple[str, ...]
    rounds: int

    def title(self) -> str:
        """Say what the table shows."""
        return "Tariff war: Nash tariffs and changes of welfare"


def tariff_war(
    economy: TariffEconomy,
    countries: Iterable[str] | None = None,
    *,
    start: ArrayLike | None = None,
    partners: Iterable[str] | None = None,
    sectors: Iterable[str] | None = None,
    alike: str | None = None,
    bounds: tuple[float, float] = BOUNDS,
) -> TariffWar:
    """Return tariffs that are best for each country at war, given those of the others.

    Parameters
    ----------
    economy : Economy, LobbyEconomy or LabourEconomy
    countries : iterable of str, optional
        Who is at war; everybody unless said.
    start : array of shape (N, N, S), optional
        Tariffs from which the rounds set out; the factual ones unless said.
    partners, sectors : iterable of str, optional
        Against whom and on what tariffs move; everybody and everything unless said.
    alike : None, "partners" or "all"
        "partners": one tariff a sector, whoever sells; "all": one tariff on everything.
    bounds : pair of float
        Lowest and highest tariff: no import subsidies, and 1000 per cent, unless said.

    Returns
    -------
    TariffWar
        One equilibrium. Total autarky is another one where bounds allow it, which a start at the
        factual tariffs does not lead to.

    Raises
    ------
    InputError
        For unknown names or bounds that are not valid.
    ConvergenceError
        When best responses do not settle.

    Examples
    --------
    >>> from bargaining.trade.lobbies.lobbies import LobbyEconomy
    >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
    >>> war = tariff_war(LobbyEconomy(["A", "B"], ["goods"], flows, 0.0, [4.0]))
    >>> [round(float(tariff), 4) for tariff in war.median_tariffs]
    [0.3447, 0.3447]
    >>> bool(war.certificate)
    True
    """
    limits = checked_bounds(bounds)
    fighting = positions("country", countries, economy.countries)
    names = economy.countries
    against = None if partners is None else tuple(partners)
    levers = {
        home: import_levers(economy, names[home], partners=against, sectors=sectors, alike=alike)
        for home in fighting
    }
    begin = rates(economy, "tariff", start, economy.tariffs)
    tariffs, rounds = _rounds(economy, begin, levers, limits)
    evaluation = economy.evaluate(tariffs)
    return TariffWar(
        tariffs=tariffs,
        welfare=evaluation.welfare,
        levers=_joined(levers, tariffs.shape),
        bounds=limits,
        residual=evaluation.residual,
        certificate=_proof(economy, tariffs, levers, limits)[0],
        economy=economy,
        levying=tuple(names[home] for home in fighting),
        rounds=rounds,
    )


def _joined(levers: dict[int, IntArray], shape: tuple[int, ...]) -> IntArray:
    """Return the levers of all countries in one array, with numbers of their own."""
    joined, count = np.full(shape, -1), 0
    for own in levers.values():
        joined[own >= 0] = own[own >= 0] + count
        count += int(own.max()) + 1
    return joined


def _rounds(
    economy: TariffEconomy,
    tariffs: FloatArray,
    levers: dict[int, IntArray],
    bounds: tuple[float, float],
) -> tuple[FloatArray, int]:
    """Let countries answer in turn until nobody moves, and fresh answers gain nothing."""
    count = 0
    for fresh in range(FRESH):
        warm: TariffEvaluation | None = None
        moved = np.inf
        while moved > STILL:
            if count == ROUNDS:
                raise ConvergenceError(
                    f"tariff_war: best responses still move 1 + tariff by {moved:.1e} (relative) "
                    f"after {ROUNDS} rounds",
                    certificate=_proof(economy, tariffs, levers, bounds)[0],
                )
            before = tariffs
            for home, own in levers.items():
                if count == 0:
                    best = best_response(economy, home, tariffs, own, bounds, warm=warm).climb
                else:
                    best = climb(
                        economy, own_welfare(economy, home), tariffs, own, bounds,
                        tolerance=FIRST_ORDER, warm=warm,
                    )  # fmt: skip
                tariffs, warm = best.tariffs, best.evaluation
            moved = float(np.abs((tariffs - before) / (1 + before)).max())
            count += 1
        proof, better = _proof(economy, tariffs, levers, bounds)
        if proof or fresh == FRESH - 1:
            return tariffs, count
        tariffs = better
    raise AssertionError("unreachable")


def _proof(
    economy: TariffEconomy,
    tariffs: FloatArray,
    levers: dict[int, IntArray],
    bounds: tuple[float, float],
) -> tuple[Certificate, FloatArray]:
    """Return the most that anybody gains by moving alone, and the tariffs with that move."""
    evaluation = economy.evaluate(tariffs)
    gains: dict[int, float] = {}
    better = tariffs
    for home, own in levers.items():
        best = best_response(economy, home, tariffs, own, bounds, warm=evaluation).climb
        gain = max(best.value - float(evaluation.welfare[home]), 0.0)
        if gain > max(gains.values(), default=0.0):
            better = best.tariffs
        gains[home] = gain
    names = economy.countries
    details = {"gains": {names[home]: gain for home, gain in gains.items()}}
    worst = max(gains.values(), default=0.0)
    return Certificate("regret", worst, TOLERANCE, details=details), better


@registers(TariffWar)
def verify_war(result: TariffWar) -> Certificate:
    """Recompute every best response."""
    levers = {}
    for name in result.levying:
        (home,) = positions("country", name, result.countries)
        own = np.full(result.levers.shape, -1)
        numbers = result.levers[:, home]
        own[:, home] = np.where(numbers >= 0, numbers - numbers[numbers >= 0].min(), -1)
        levers[home] = own
    return _proof(result.economy, result.tariffs, levers, result.bounds)[0]
