"""The utilitarian solution: max sum of w_i u_i over {u >= d}, ties broken by the Nash solution.

The maximisers lie on the face of the set that the optimal weights (the rule's own plus the
multipliers of u >= d) support; players with a multiplier stay at d. The Nash program over that face
picks among them, so that the answer does not depend on the order of packages.
"""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.proportional import CRITICAL
from bargaining.cooperative.region import MARGIN, Mixture, Region
from bargaining.optimize.above import maximize_log_above
from bargaining.optimize.linear import LinearOptimum, maximize_each, maximize_linear
from bargaining.optimize.oracle import Cloud
from bargaining.types import FloatArray

__all__ = ["utilitarian"]

SLACK = 1e-13
"""How far, in gains, players pressed to d may rise from it, for the rounding of sums."""


def utilitarian(region: Region, weights: FloatArray) -> Mixture:
    """Maximise the weighted sum of payoffs among u >= d.

    Parameters
    ----------
    region : Region
        One in which there is a deal.
    weights : ndarray of shape (N,)
        Positive, in payoff units.
    """
    objective = weights * region.scale
    best = maximize_linear(region.cloud, objective / objective.max(), floor=region.floor)
    face, floor = _maximisers(region, best)
    units = np.eye(len(floor))[: region.size]
    ways = maximize_each(face, units, floor=floor)
    able = np.zeros(len(floor))
    able[: region.size] = [way.value > MARGIN for way in ways]
    if not able.any():
        return region.mixture(best.mixture, best.weights)
    mixture, _ = maximize_log_above(face, able / able.sum(), floor)
    return region.mixture(mixture, best.weights, cloud=face)


def _maximisers(region: Region, best: LinearOptimum) -> tuple[Cloud, FloatArray]:
    """Return the face of the maximisers and the floor that keeps multiplied players at d."""
    face = region.cloud.face(best.weights)
    pressed = np.where(best.multipliers > CRITICAL * best.weights.max(), best.multipliers, 0.0)
    if not pressed.any():
        return face, region.floor
    row = -pressed / region.scale
    return face.lifted(row, float(row @ region.d), 1.0), np.append(region.floor, -SLACK)
