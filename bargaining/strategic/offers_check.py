"""`verify` for alternating offers: nobody gains by a deviation in one round.

From the problem, the rules and the stated values alone: what a rejection is worth in each round,
that the others accept each offer, that by the support function no offer that they accept is better
for the proposer, and that the values are those of the offers. In games that discount or end, that
makes a subgame-perfect equilibrium (the one-shot deviation principle).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.cooperative.bargain import NUMERICAL, belongs
from bargaining.cooperative.feasible import FrontierSet, as_support_set
from bargaining.cooperative.region import MARGIN, Region
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.strategic.offers import Offers
from bargaining.strategic.offers_frontier import Best, talking_region
from bargaining.strategic.offers_list import ListedOffers
from bargaining.strategic.play import AGREED, OPTS_OUT
from bargaining.types import FloatArray

__all__ = ["check_offers"]


@registers(Offers)
def check_offers(offers: Offers) -> Certificate:
    """Recompute the largest gain from a one-shot deviation, relative to what can be gained."""
    region = talking_region(offers.problem, offers.talks)
    tolerance = NUMERICAL if isinstance(offers.problem.feasible, FrontierSet) else TOLERANCE
    weights = offers.certificate.weights
    kind = "one-shot deviations"
    if not len(offers.offers):
        return _check_nowhere(offers, region)
    if offers.single:
        limits = _limits_of_singles(offers, region)
    else:
        if weights is None or weights.shape != offers.offers.shape or not _proper(weights):
            return Certificate(kind, 1.0, tolerance, weights)
        limits = _limits(offers, region, weights)
    rows = [_row(offers, region, k, float(limit)) for k, limit in enumerate(limits)]
    value = max(0.0, _values(offers, region), *rows)
    return Certificate(kind, min(value, 1e300), tolerance, weights)


def _proper(weights: FloatArray) -> bool:
    """Whether no weight is negative and no row is zero."""
    return bool(np.all(weights >= 0) and np.all(weights.any(axis=1)))


def _check_nowhere(offers: Offers, region: Region) -> Certificate:
    """Check that the weights separate the set from the impasse, and that it is what all get."""
    weights = offers.certificate.weights
    if weights is None or weights.shape != (1, region.size) or np.any(weights <= 0):
        return Certificate("no deal", 1.0, MARGIN, weights)
    bound = as_support_set(offers.problem.feasible, region.d).supports(weights).bounds[0]
    ahead = float(bound - weights[0] @ region.d) / float(weights[0] @ region.range)
    moved = float((np.abs(offers.payoffs - region.d) / region.range).max())
    return Certificate("no deal", max(0.0, ahead, moved), MARGIN, weights)


def _continued(offers: Offers, k: int) -> FloatArray:
    """Return what a rejection of the offer of row k is worth when nobody opts out."""
    following = offers.talks.after(offers.values, offers.rounds[k] - 1)
    return offers.talks.rejection(following)


def _proposer(offers: Offers, k: int) -> int:
    return offers.players.index(offers.proposers[k])


def _limits(offers: Offers, region: Region, weights: FloatArray) -> FloatArray:
    """Return the most that each row's proposer can have if the others get what they demand.

    It is what the support function allows in the direction of the row's weights; minus infinity
    where it proves that the demands cannot be met.
    """
    bounds = as_support_set(offers.problem.feasible, region.d).supports(weights).bounds
    limits = np.empty(len(weights))
    for k, row in enumerate(weights):
        demands = offers.talks.demands(_continued(offers, k))
        j = _proposer(offers, k)
        others = np.arange(len(row)) != j
        room = float(bounds[k] - np.where(row > 0, row * demands, 0.0)[others].sum())
        if row[j] > 0:
            limits[k] = room / row[j]
        else:
            limits[k] = -np.inf if room <= TOLERANCE * float(row @ region.scale) else np.inf
    return limits


def _limits_of_singles(offers: Offers, region: Region) -> FloatArray:
    """Search again, from scratch, for the best single package that the others accept."""
    fresh = ListedOffers(region)
    limits = []
    for k in range(len(offers.offers)):
        demands = offers.talks.demands(_continued(offers, k))
        j = _proposer(offers, k)
        best = fresh.best(j, (demands - region.d) / region.scale)
        most = best.gains[j] if isinstance(best, Best) else -np.inf
        limits.append(region.d[j] + region.scale[j] * most)
    return np.array(limits)


def _row(offers: Offers, region: Region, k: int, limit: float) -> float:
    """Return the largest gain from a deviation when the row's player proposes."""
    talks, unit = offers.talks, region.scale
    j = _proposer(offers, k)
    continued = _continued(offers, k)
    least = talks.demands(continued)
    tempted = float((talks.temptation(j, continued) / np.delete(unit, j)).max(initial=-np.inf))
    offer = offers.offers[k]
    better = float((limit - offer[j]) / unit[j])
    if offers.outcomes[k] != AGREED:
        opts_out = offers.outcomes[k] == OPTS_OUT
        refused = talks.outside if opts_out else continued
        moved = float((np.abs(offer - refused) / unit).max())
        unwise = -tempted if opts_out else tempted
        return max(0.0 if limit < talks.floor[j] else better, moved, unwise)
    opts_out = tempted > TOLERANCE
    least[j] = max(talks.outside[j] if opts_out else continued[j], talks.floor[j])
    short = float(((least - offer) / unit).max())
    return max(better, short, _shortfall(offers, region, k))


def _shortfall(offers: Offers, region: Region, k: int) -> float:
    """Return how far the lottery of row k falls short of its offer."""
    lottery: tuple[tuple[float, Any], ...] = offers.lotteries[k]
    shares = np.array([p for p, _ in lottery])
    if offers.negotiation is not None:
        points = offers.negotiation.payoffs([package for _, package in lottery])
    else:
        points = np.array([point for _, point in lottery])
        if not all(belongs(offers.problem.feasible, point, region.range) for point in points):
            return 1.0
    short = (offers.offers[k] - shares @ points) / region.scale
    return max(float(short.max()), abs(float(shares.sum()) - 1.0), float(-shares.min()))


def _values(offers: Offers, region: Region) -> float:
    """Return how far the stated values are from those of the offers."""
    expected = np.zeros_like(offers.values)
    for k, t in enumerate(offers.rounds):
        expected[t - 1] += offers.talks.chances(t - 1)[_proposer(offers, k)] * offers.offers[k]
    moved = np.abs(expected - offers.values) / region.scale
    return max(
        float(moved.max()), float((np.abs(offers.payoffs - offers.values[0]) / region.scale).max())
    )
