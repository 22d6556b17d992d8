"""Rules that equalise gains in given units, then leximin.

Kalai-Smorodinsky (1975; several players Imai 1983) takes the ideal gains as units, the egalitarian
rule (Kalai 1977) fixed ones. Each round finds the largest common gain and keeps the players whose
multiplier proves that they cannot have more.
"""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.region import Mixture, Region
from bargaining.optimize.linear import LinearOptimum, maximize_linear
from bargaining.types import FloatArray

__all__ = ["CRITICAL", "proportional"]

CRITICAL = 1e-7
"""Share of the multipliers above which a player counts as unable to have more."""

TINY = 1e-10
"""A unit this small beside another's, each against what its player can gain, is below rounding."""


def proportional(region: Region, units: FloatArray, *, leximin: bool) -> Mixture:
    """Return the point of largest equal gains, in units, of those who can gain.

    Parameters
    ----------
    region : Region
        One in which there is a deal.
    units : ndarray of shape (N,)
        Positive, in payoff units.
    leximin : bool
        Whether to go on with the players who can still have more.
    """
    cloud = region.cloud
    per_gain = units / region.scale
    active = region.gainers.copy()
    floor = region.floor.copy()
    rows = []
    optimum: LinearOptimum | None = None
    while True:
        step = np.where(active, per_gain, 0.0) / per_gain[active].max()
        step[step < TINY] = 0.0
        optimum = maximize_linear(
            cloud,
            np.zeros(region.size),
            direction=step,
            floor=np.where(active, 0.0, floor),
            pinned=optimum,
        )
        rows.append(optimum.weights)
        if not leximin:
            gains = optimum.value * step
            return region.mixture(optimum.mixture, rows, region.d + gains * region.scale)
        share = optimum.weights * step
        critical = share > CRITICAL * share.sum()
        floor = np.where(critical, optimum.mixture @ cloud.gains, floor)
        active &= ~critical
        if not active.any():
            return region.mixture(optimum.mixture, rows)
