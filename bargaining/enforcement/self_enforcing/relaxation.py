"""The convex relaxation of enforcement, which finds the breaches that matter and bounds the search.

Over lotteries the rows of breaches need only hold on average, so that the best is found by column
generation. Its multipliers price the rows: weights . u + multipliers . rows bounds weights . u over
all packages that hold (Lagrangian relaxation; Geoffrion 1974). Breaches come in as its packages are
found to be broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.cooperative.region import MARGIN
from bargaining.enforcement.self_enforcing.breaches import Breach, Breaches, Rows
from bargaining.optimize.above import maximize_log_above
from bargaining.optimize.linear import maximize_each, maximize_linear
from bargaining.optimize.oracle import Cloud
from bargaining.types import FloatArray, IntArray

__all__ = ["Relaxation", "relaxation"]

ROUNDS = 12
NEGLIGIBLE = 1e-9
"""Probabilities below this are rounding."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The breaches that matter at the root of the search.

    Attributes
    ----------
    cuts : tuple of Breach
    rows : Rows
        Payoffs and rows of the cuts.
    weights : ndarray of shape (B, N + C)
        Not negative: what they bound at packages that hold, they bound without the rows too.
    """

    cuts: tuple[Breach, ...]
    rows: Rows
    weights: FloatArray


def relaxation(breaches: Breaches, d: FloatArray, own: FloatArray, also: FloatArray) -> Relaxation:
    """Solve the relaxation round by round, with the breaches of its packages added.

    Parameters
    ----------
    breaches : Breaches
    d : ndarray of shape (N,)
        What nobody may fall below.
    own : ndarray of shape (N,)
        Positive weights of the rule in question.
    also : ndarray of shape (R, N)
        Weights to bound as well, without multipliers of the rows.
    """
    cuts: tuple[Breach, ...] = ()
    for _ in range(ROUNDS):
        rows = breaches.rows(cuts)
        found = _solved(rows, d, breaches.scales, own)
        seen = set(cuts)
        new = [breach for breach in breaches.broken(found.support) if breach not in seen]
        if not new or not found.feasible:
            break
        cuts = (*cuts, *new)
    plain = np.hstack([also, np.zeros((len(also), rows.dimension - len(d)))])
    return Relaxation(cuts[: rows.dimension - len(d)], rows, np.vstack([found.weights, plain]))


@dataclass(frozen=True, eq=False)
class _Solved:
    weights: FloatArray
    support: IntArray
    feasible: bool


def _solved(rows: Rows, d: FloatArray, scales: FloatArray, own: FloatArray) -> _Solved:
    size, extra = len(d), rows.dimension - len(d)
    scale = np.concatenate([scales, np.ones(extra)])
    cloud = Cloud(rows, np.concatenate([d, np.zeros(extra)]), scale)
    cloud.price(np.vstack([np.eye(rows.dimension), np.ones((1, rows.dimension))]))
    zero = np.zeros(rows.dimension)
    common = maximize_linear(cloud, zero, direction=np.ones(rows.dimension), floor=zero)
    mixtures, weights = [common.mixture], [common.weights]
    feasible = common.value >= -MARGIN
    if feasible:
        floor = np.full(rows.dimension, min(0.0, common.value))
        units = np.eye(rows.dimension)[:size]
        total = np.concatenate([own * scales / (own * scales).max(), np.zeros(extra)])
        best = maximize_each(cloud, np.vstack([units, total]), floor=floor)
        able = np.array([optimum.value > MARGIN for optimum in best[:size]])
        mixtures += [optimum.mixture for optimum in best]
        weights += [optimum.weights for optimum in best]
        if able.any():
            share = np.concatenate([np.where(able, own, 0.0), np.zeros(extra)])
            mixture, tangent = maximize_log_above(cloud, share / share.sum(), floor)
            mixtures.append(mixture)
            weights.append(tangent.weights)
    used = {cloud.tags[k] for mixture in mixtures for k in np.flatnonzero(mixture > NEGLIGIBLE)}
    support = np.array(sorted(used), dtype=np.int64).reshape(len(used), -1)
    return _Solved(np.array(weights) / scale, support, feasible)
