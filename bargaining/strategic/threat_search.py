"""Where optimal threats are: a fixed point over the normal of the frontier (Nash 1953).

At a point u of the frontier with normal lambda, the Nash solution from the threats d shares
w_2 lambda_1 (u_1 - d_1) = w_1 lambda_2 (u_2 - d_2). Given lambda the threats are those of the
zero-sum game in w_2 lambda_1 u_1 - w_1 lambda_2 u_2, whose value V fixes u; lambda is right where u
lies on the frontier. What is left over at a vertex, its balance less V, grows along the frontier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from bargaining.errors import ConvergenceError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.optimize.oracle import SupportSet
from bargaining.strategic.opposed import Opposed
from bargaining.types import FloatArray

__all__ = ["ThreatPoint", "threat_game", "threats_on_the_frontier"]

FLAT = 1e-12
"""A point this little ahead of an edge, relative to the players' ranges, lies on it."""

LARGEST_SEARCH = 10_000
"""Vertices of the frontier that are looked at, at most."""


@dataclass(frozen=True, eq=False)
class ThreatPoint:
    """Threats, the normal of the frontier that they are optimal for, and where the talks end.

    Attributes
    ----------
    normal : ndarray of shape (2,)
        lambda, in one over the unit of each player's payoffs.
    settlement : ndarray of shape (2,)
    threats : Equilibrium
        Of the zero-sum game at this normal.
    """

    normal: FloatArray
    settlement: FloatArray
    threats: Equilibrium


def threat_game(negotiation: Negotiation, normal: FloatArray, weights: FloatArray) -> Opposed:
    """Return the zero-sum game that threats are optimal in, given the normal of the frontier.

    Parameters
    ----------
    negotiation : Negotiation
        Of two players.
    normal : ndarray of shape (2,)
    weights : ndarray of shape (2,)
        Bargaining weights that sum to 1.
    """
    return Opposed.over(negotiation, 0, _stakes(normal, weights).tolist())


def _stakes(normal: FloatArray, weights: FloatArray) -> FloatArray:
    """Return what a unit of each player's payoff counts in the threat game."""
    return np.array([weights[1] * normal[0], -weights[0] * normal[1]])


def threats_on_the_frontier(
    negotiation: Negotiation, support_set: SupportSet, weights: FloatArray, scale: FloatArray
) -> ThreatPoint:
    """Find optimal threats and the point of the frontier that they lead to.

    The frontier is not listed: between two vertices the support function is asked in the direction
    of their normal, and the threat game there says on which side the fixed point lies.

    Parameters
    ----------
    negotiation : Negotiation
        The lever game, two players.
    support_set : SupportSet
        What can be agreed on.
    weights : ndarray of shape (2,)
        Bargaining weights that sum to 1.
    scale : ndarray of shape (2,)
        The unit of each player's payoffs.
    """

    def normal(share: float) -> FloatArray:
        return np.array([share, 1.0 - share]) / scale

    def game(share: float) -> tuple[FloatArray, float, Equilibrium]:
        value, threats = threat_game(negotiation, normal(share), weights).solve()
        return _stakes(normal(share), weights), value, threats

    def at(vertex: FloatArray, low: float, high: float) -> ThreatPoint:
        share = _root(lambda t: _left_over(vertex, *game(t)[:2]), low, high)
        return ThreatPoint(normal(share), vertex, game(share)[2])

    ends = support_set.supports(np.array([normal(0.0), normal(1.0)]))
    (low, first), (high, last) = (0.0, ends.points[0]), (1.0, ends.points[1])
    for _ in range(LARGEST_SEARCH):
        ahead, behind = (last - first)[0] / scale[0], (first - last)[1] / scale[1]
        if ahead <= FLAT:  # an end that is best for one player alone need not be efficient
            last = first
        elif behind <= FLAT:
            first = last
        if first is last:
            return at(first, low, high)
        share = min(max(float(behind / (ahead + behind)), low), high)
        stakes, value, threats = game(share)
        found = support_set.supports(normal(share)[None])
        if found.bounds[0] > max(normal(share) @ first, normal(share) @ last) + FLAT:
            vertex = found.points[0]
            if _left_over(vertex, stakes, value) > 0:
                high, last = share, vertex
            else:
                low, first = share, vertex
            continue
        under, over = (_left_over(u, stakes, value) for u in (first, last))
        if under > 0:
            high, last = share, first
        elif over < 0:
            low, first = share, last
        else:
            part = -under / (over - under) if over > under else 0.0
            return ThreatPoint(normal(share), first + part * (last - first), threats)
    raise ConvergenceError(f"optimal threats: not found among {LARGEST_SEARCH:,} vertices")


def _left_over(u: FloatArray, stakes: FloatArray, value: float) -> float:
    """By how much player 1 has more at u than the threats entitle it to."""
    return float(stakes @ u) - value


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a continuous, increasing function is zero, or the end that comes nearest.

    It may be zero, up to roundoff, over the whole stretch: the middle is taken then.
    """

    def flat(t: float) -> float:
        value = function(t)
        return value if abs(value) > FLAT else 0.0

    at_low, at_high = flat(low), flat(high)
    if at_low == at_high == 0:
        return (low + high) / 2
    if at_low >= 0 or at_high <= 0:
        return high if at_high <= 0 else low
    return float(brentq(flat, low, high, xtol=1e-13, full_output=True, disp=False)[0])
