"""nashpy's vertex enumeration behind an adapter that trusts nothing.

It rescales payoffs (nashpy's tolerances are absolute), keeps its warnings to itself, sets the
negative roundoff of its vertices to zero, removes duplicates, and keeps only profiles whose regret
shows that they are equilibria. An empty answer
means that none was found, not that none exists.
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy.spatial import QhullError

from bargaining.noncooperative.normal_form import NormalFormGame
from bargaining.types import FloatArray

__all__ = ["enumerated_equilibria"]

ROUNDOFF = 1e-9
"""Probabilities of a vertex from minus this to this are taken as zero; regret is checked after."""


def enumerated_equilibria(
    A: FloatArray, B: FloatArray, *, tolerance: float
) -> list[tuple[FloatArray, FloatArray]]:
    """Return the verified equilibria that vertex enumeration finds.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
    tolerance : float
        Largest regret, relative to each player's payoff range.
    """
    import nashpy  # here, as it brings networkx and few calls get this far

    game = NormalFormGame.from_arrays(A, B)
    scaled = [
        1.0 + (table - table.min()) / spread
        for table, spread in zip((A, B), game.scale, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = list(nashpy.Game(*scaled).vertex_enumeration())
        except (QhullError, ValueError, ZeroDivisionError, IndexError):
            return []  # Qhull gives up on flat polytopes; the caller learns that none was found
    kept: list[tuple[FloatArray, FloatArray]] = []
    for x, y in found:
        if not all(_nearly_probabilities(strategy) for strategy in (x, y)):
            continue
        profile = (_without_roundoff(x), _without_roundoff(y))
        sound = bool((game.regret(profile) <= tolerance * game.scale).all())
        if sound and not any(_close(profile, other) for other in kept):
            kept.append(profile)
    return kept


def _nearly_probabilities(x: FloatArray) -> bool:
    return bool(np.all(np.isfinite(x)) and x.min() >= -ROUNDOFF and abs(x.sum() - 1) <= ROUNDOFF)


def _without_roundoff(x: FloatArray) -> FloatArray:
    positive = np.where(x > ROUNDOFF, x, 0.0)
    return np.asarray(positive / positive.sum())


def _close(first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]) -> bool:
    return all(np.abs(a - b).max() < 1e-8 for a, b in zip(first, second, strict=True))
