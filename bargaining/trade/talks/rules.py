"""Rules of trade talks as smooth measures of gains: what is maximised, and with which weights.

A rule chooses payoffs u, tariffs make gains g, and u <= g. The augmented Lagrangian of that
constraint (Rockafellar 1974) is maximised over u in closed form; what is left is a smooth measure
of gains, and its derivatives are the weights with which the agreement maximises their sum.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.types import FloatArray

__all__ = ["EqualShares", "LogSum", "Rule", "WeightedSum"]

CRITICAL = 1e-6
"""Part of all prices above which a member counts as unable to gain more."""


class Rule(ABC):
    """What a solution makes of gains."""

    @abstractmethod
    def chosen(self, gains: FloatArray, multipliers: FloatArray, penalty: FloatArray) -> FloatArray:
        """Return the payoffs that the rule would choose, given the price of what is missing."""

    @abstractmethod
    def value(self, payoffs: FloatArray) -> float:
        """Return what the rule maximises."""

    @abstractmethod
    def deviation(self, gains: FloatArray, multipliers: FloatArray) -> float:
        """How far gains and weights are from those of the rule, relative to the gains."""

    def measure(
        self, gains: FloatArray, multipliers: FloatArray, penalty: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return the augmented Lagrangian, its derivatives by gains, and the payoffs chosen."""
        payoffs = self.chosen(gains, multipliers, penalty)
        price = np.maximum(multipliers + penalty * (payoffs - gains), 0.0)
        cost = float(((price**2 - multipliers**2) / (2 * penalty)).sum())
        return self.value(payoffs) - cost, price, payoffs


@dataclass(frozen=True, eq=False)
class EqualShares(Rule):
    """The largest s such that everybody gains s units.

    Attributes
    ----------
    units : ndarray of shape (M,)
    """

    units: FloatArray

    def chosen(self, gains: FloatArray, multipliers: FloatArray, penalty: FloatArray) -> FloatArray:
        """Raise s until the prices of what is missing add up to one."""
        units = self.units
        starts = (gains - multipliers / penalty) / units
        order = np.argsort(starts)
        weight = (penalty * units**2)[order]
        levels = (1 + np.cumsum(weight * starts[order])) / np.cumsum(weight)
        able = np.flatnonzero(levels >= starts[order])
        return np.asarray(units * levels[able[-1]])

    def value(self, payoffs: FloatArray) -> float:
        """Return s."""
        return float((payoffs / self.units).min())

    def critical(self, multipliers: FloatArray) -> NDArray[np.bool_]:
        """Return whose gains stand in the way of a larger s."""
        price = multipliers * self.units
        return np.asarray(price > CRITICAL * price.sum())

    def deviation(self, gains: FloatArray, multipliers: FloatArray) -> float:
        """Return how far shares are apart, relative to them, where weights are positive."""
        shares = gains / self.units
        least = float(shares.min())
        priced = self.critical(multipliers)
        return float((shares[priced] - least).max(initial=0.0)) / abs(least)


@dataclass(frozen=True, eq=False)
class WeightedSum(Rule):
    """The largest weighted sum of gains that leaves nobody worse off.

    Attributes
    ----------
    weights : ndarray of shape (M,)
    """

    weights: FloatArray

    def chosen(self, gains: FloatArray, multipliers: FloatArray, penalty: FloatArray) -> FloatArray:
        """Choose where the price of more is the weight, and nothing below zero."""
        return np.maximum(gains + (self.weights - multipliers) / penalty, 0.0)

    def value(self, payoffs: FloatArray) -> float:
        """Return the sum."""
        return float(self.weights @ payoffs)

    def deviation(self, gains: FloatArray, multipliers: FloatArray) -> float:
        """Return the largest loss, or weight on a gain that is not held at zero."""
        scale = float(np.abs(gains).max())
        extra = np.maximum(multipliers - self.weights, 0.0) / multipliers.max()
        slack = np.minimum(extra, np.maximum(gains, 0.0) / scale)
        return max(float(-gains.min()) / scale, float(slack.max()), 0.0)


@dataclass(frozen=True, eq=False)
class LogSum(Rule):
    """The largest weighted sum of logarithms of gains.

    Attributes
    ----------
    weights : ndarray of shape (M,)
    """

    weights: FloatArray

    def chosen(self, gains: FloatArray, multipliers: FloatArray, penalty: FloatArray) -> FloatArray:
        """Choose where the price of more is the weight over the gain."""
        lead = gains - multipliers / penalty
        return (lead + np.sqrt(lead**2 + 4 * self.weights / penalty)) / 2

    def value(self, payoffs: FloatArray) -> float:
        """Return the sum of logarithms."""
        return float(self.weights @ np.log(payoffs))

    def deviation(self, gains: FloatArray, multipliers: FloatArray) -> float:
        """Return how far weights are from those over gains."""
        if gains.min() <= 0:
            return float("inf")
        product = multipliers * gains
        return float(np.abs(product / product.sum() - self.weights / self.weights.sum()).max())
