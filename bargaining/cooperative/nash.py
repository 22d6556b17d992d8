"""The Nash solution (Nash 1950; with weights Kalai 1977): max sum of w_i log(u_i - d_i)."""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.region import Mixture, Region
from bargaining.optimize.above import maximize_log_above
from bargaining.optimize.logarithmic import maximize_log
from bargaining.types import FloatArray

__all__ = ["nash"]


def nash(region: Region, weights: FloatArray) -> Mixture:
    """Maximise the weighted sum of log gains over those who can gain.

    Parameters
    ----------
    region : Region
        One in which there is a deal.
    weights : ndarray of shape (N,)
        Positive.
    """
    share = np.where(region.gainers, weights, 0.0)
    share = share / share.sum()
    if region.gainers.all():
        optimum = maximize_log(region.cloud, share, region.start)
        return region.mixture(optimum.mixture, optimum.weights)
    mixture, tangent = maximize_log_above(region.cloud, share, region.floor)
    return region.mixture(mixture, tangent.weights)
