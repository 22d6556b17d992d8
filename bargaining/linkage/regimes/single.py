"""The best single package of one regime, with the weight vectors whose bounds steer the search."""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.bargain import named
from bargaining.cooperative.deterministic import SingleRule, best_single
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.model.packages import Lottery
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["best_package", "steering"]


def best_package(
    problem: BargainingProblem, region: Region, directions: FloatArray, rule: SingleRule
) -> tuple[FloatArray, Lottery, Certificate]:
    """Return the payoffs of the best single package under a rule, the package, and its proof.

    Parameters
    ----------
    problem : BargainingProblem
    region : Region
        Its individually rational part, in which somebody can gain by lotteries.
    directions : ndarray of shape (B, N)
        As from `steering`.
    rule : SingleRule
    """
    chosen = best_single(region, directions, rule)
    details = {"partial packages looked at": chosen.visited, "weight vectors": len(directions)}
    proof = Certificate("search", 0.0, TOLERANCE, None, details)
    if chosen.payoffs is None:
        return region.d, (), proof
    return chosen.payoffs, ((1.0, named(problem, chosen.tag)),), proof


def steering(region: Region) -> FloatArray:
    """Return the weight vectors whose bounds steer the search, (B, N): the units come first."""
    size = region.size
    if size == 2:
        angle = np.linspace(0, np.pi / 2, 13)[1:-1]
        spread = np.column_stack([np.cos(angle), np.sin(angle)])
    else:
        spread = np.vstack([np.ones(size), np.ones((size, size)) + size * np.eye(size)])
    return np.vstack([np.eye(size), spread / region.scale, np.ones((1, size))])
