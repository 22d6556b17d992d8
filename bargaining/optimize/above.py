"""The Nash program where some players only have a floor.

Players who cannot gain leave the program no interior: it has multipliers without bound. So it is
solved over the part of the set above the floor instead, whose own support function is a linear
program over the set (nested column generation). No limit is then missed, and the multipliers of the
floor come from the linear program along the slope of the product at the solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.optimize.linear import LinearOptimum, maximize_each, maximize_linear
from bargaining.optimize.logarithmic import maximize_log
from bargaining.optimize.oracle import Cloud, Supports
from bargaining.types import FloatArray

__all__ = ["maximize_log_above"]


class _Above:
    """The part of a cloud's set above a floor, in the gains of some of its players."""

    def __init__(self, cloud: Cloud, floor: FloatArray, who: FloatArray) -> None:
        self.cloud, self.floor = cloud, floor
        self.lift = np.eye(len(floor))[who > 0]
        self.dimension = len(self.lift)
        self.mixtures: dict[Any, FloatArray] = {}

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best gains above the floor for weights of shape (B, n)."""
        size = weights.max(axis=1)
        optima = maximize_each(self.cloud, weights @ self.lift / size[:, None], floor=self.floor)
        points = np.array([self.lift @ self._gains(optimum.mixture) for optimum in optima])
        tags = [tuple(point) for point in points.round(12).tolist()]
        for tag, optimum in zip(tags, optima, strict=True):
            self.mixtures.setdefault(tag, optimum.mixture)
        bounds = np.array([optimum.bound for optimum in optima]) * size
        return Supports(bounds, points, tags)

    def _gains(self, mixture: FloatArray) -> FloatArray:
        return np.asarray(mixture @ self.cloud.gains[: len(mixture)])


def maximize_log_above(
    cloud: Cloud, weights: FloatArray, floor: FloatArray
) -> tuple[FloatArray, LinearOptimum]:
    """Maximise the weighted log gains of some players, all staying above a floor.

    Parameters
    ----------
    cloud : Cloud
        It must hold a mixture that meets the floor.
    weights : ndarray of shape (N,)
        Of the players in the product, summing to 1; 0 for the others.
    floor : ndarray of shape (N,)

    Returns
    -------
    mixture : ndarray of shape (K,)
        Probabilities of the cloud's points.
    tangent : LinearOptimum
        Of the linear program along the slope w_i / x_i: its weights support the solution.
    """
    part = _Above(cloud, floor, weights)
    inner = Cloud(part, np.zeros(part.dimension), np.ones(part.dimension))
    inner.price(np.eye(part.dimension))
    share = weights[weights > 0]
    optimum = maximize_log(inner, share, np.full(len(inner.points), 1 / len(inner.points)))
    slope = np.zeros(len(weights))
    slope[weights > 0] = share / optimum.gains
    tangent = maximize_linear(cloud, slope / slope.max(), floor=floor)
    mixture = np.zeros(len(cloud.points))
    for probability, tag in zip(optimum.mixture, inner.tags, strict=True):
        known = part.mixtures[tag]
        mixture[: len(known)] += probability * known
    return mixture, tangent
