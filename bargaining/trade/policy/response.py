"""The best tariffs of one country, others' being given: climbs from several starts, and trials.

Welfare over tariffs can have several tops, as where a sector is so dear to its government that it
would rather close the border. So climbs set out from the tariffs in force, from free trade and from
near autarky; then, sector by sector, other tariffs are tried from the best of them, and whatever
gains is climbed from again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.trade.policy.climb import Climb, climb
from bargaining.trade.policy.hill import Measure, evaluated
from bargaining.trade.policy.interface import TariffEconomy, TariffEvaluation
from bargaining.types import FloatArray, IntArray

__all__ = ["Response", "best_response", "first_order", "own_welfare", "trial_gain", "trials"]

FIRST_ORDER = 1e-9
"""First-order error, relative to 1 + tariff, at which a climb ends."""
GAIN = 1e-10
"""Gain, relative to welfare at the base, from which a trial counts as better."""
SCALES = (0.5, 0.9, 1.1, 2.0)
"""Factors by which a sector's tariffs are changed in trials."""
DRAWN = 20
"""Trials in which all tariffs change at random."""
ROUNDS = 10
"""How often trials may find something better before the search ends."""


@dataclass(frozen=True, eq=False)
class Response:
    """A country's best tariffs.

    Attributes
    ----------
    climb : Climb
        The best one.
    gain : float
        What the best of the trials gains over it; 0 when none does.
    trials : int
        Trials made since it was found.
    starts : int
        Climbs made.
    """

    climb: Climb
    gain: float
    trials: int
    starts: int


def own_welfare(economy: TariffEconomy, country: int) -> Measure:
    """Return the welfare of one country as what is maximised."""
    weights = np.zeros(len(economy.countries))
    weights[country] = 1.0

    def measure(welfare: FloatArray) -> tuple[float, FloatArray]:
        return float(welfare[country]), weights

    return measure


def first_order(
    economy: TariffEconomy,
    measure: Measure,
    tariffs: FloatArray,
    levers: IntArray,
    bounds: tuple[float, float],
) -> Climb:
    """Return what the first-order conditions say at some tariffs, without a step."""
    return climb(economy, measure, tariffs, levers, bounds, tolerance=np.inf)


def best_response(
    economy: TariffEconomy,
    country: int,
    tariffs: FloatArray,
    levers: IntArray,
    bounds: tuple[float, float],
    *,
    warm: TariffEvaluation | None = None,
) -> Response:
    """Return the tariffs of one country that are best for it, given those of others."""
    measure = own_welfare(economy, country)

    def from_(start: FloatArray) -> Climb:
        return climb(
            economy, measure, start, levers, bounds, tolerance=FIRST_ORDER, warm=warm
        )  # fmt: skip

    climbs = [from_(tariffs)]
    for level in bounds:
        with suppress(ConvergenceError):  # no equilibrium there, so no climb from there
            climbs.append(from_(_level(tariffs, levers, level)))
    climbs.sort(key=lambda one: -one.value)
    best, others = climbs[0], [one.tariffs for one in climbs[1:]]
    for made in range(ROUNDS):
        gain, found, count = trial_gain(economy, country, best, levers, bounds, others)
        if gain <= GAIN or made == ROUNDS - 1:
            break
        best = from_(found)
    return Response(best, gain, count, len(climbs) + made)


def _level(tariffs: FloatArray, levers: IntArray, level: float) -> FloatArray:
    """Return tariffs with all levers at one level."""
    return np.where(levers >= 0, level, tariffs)


def trial_gain(
    economy: TariffEconomy,
    country: int,
    best: Climb,
    levers: IntArray,
    bounds: tuple[float, float],
    others: list[FloatArray],
) -> tuple[float, FloatArray, int]:
    """Return the largest gain of any trial (0 for none), its tariffs, and how many were solved."""
    gain, found, count = 0.0, best.tariffs, 0
    for trial in trials(best.tariffs, levers, bounds, others):
        try:
            welfare = evaluated(economy, trial, best.evaluation).welfare
        except ConvergenceError:
            continue  # no equilibrium was found: it is not counted as a trial
        count += 1
        if welfare[country] - best.value > gain:
            gain, found = float(welfare[country] - best.value), trial
    return gain, found, count


def trials(
    tariffs: FloatArray,
    levers: IntArray,
    bounds: tuple[float, float],
    others: list[FloatArray],
    *,
    seed: int = 0,
) -> Iterator[FloatArray]:
    """Yield tariffs to try: by sector at the bounds, scaled, as elsewhere; and all at random.

    Parameters
    ----------
    tariffs : ndarray of shape (N, N, S)
        From where.
    levers : ndarray of int, shape (N, N, S)
    bounds : pair of float
    others : list of ndarray of shape (N, N, S)
        Other tariffs whose sectors are tried one at a time.
    seed : int
        Of the random ones.
    """
    free = levers >= 0
    sectors = np.flatnonzero(free.any(axis=(0, 1)))
    levels = [np.full_like(tariffs, bound) for bound in bounds]
    scaled = [np.clip(tariffs * scale, *bounds) for scale in SCALES]
    for sector in sectors:
        for other in (*levels, *scaled, *others):
            if np.abs(other - tariffs)[..., sector][free[..., sector]].max() > 1e-6:
                yield _swapped(tariffs, other, levers, int(sector))
    rng = np.random.default_rng(seed)
    count = int(levers.max()) + 1
    for number in range(DRAWN):
        factor = np.exp(10.0 ** -(1 + number % 4) * rng.normal(size=count))
        moved = np.clip((1 + tariffs) * factor[levers] - 1, *bounds)
        yield np.where(free, moved, tariffs)


def _swapped(tariffs: FloatArray, other: FloatArray, levers: IntArray, sector: int) -> FloatArray:
    """Return tariffs with the levers of a sector as elsewhere, and all that moves with them."""
    moved = np.unique(levers[..., sector])
    inside = np.isin(levers, moved[moved >= 0])
    return np.where(inside, other, tariffs)
