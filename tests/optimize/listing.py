"""Brute force for the tests: list every package and look."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from bargaining.model.factors import Factor
from bargaining.types import FloatArray, IntArray


def all_indices(sizes: Sequence[int]) -> IntArray:
    """Level indices of all packages, shape (M, L)."""
    rows = list(itertools.product(*map(range, sizes)))
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(sizes))


def listed_payoffs(indices: IntArray, factors: Sequence[Factor], players: int) -> FloatArray:
    """Payoffs of packages, shape (M, N), cell by cell."""
    total = np.zeros((len(indices), players))
    for factor in factors:
        for m, row in enumerate(indices):
            total[m] += factor.table[(slice(None), *(row[lever] for lever in factor.scope))]
    return total


def random_factors(
    rng: np.random.Generator, *, most_levers: int = 5, most_levels: int = 3
) -> tuple[tuple[int, ...], list[Factor], int]:
    """Sizes, factors of up to three levers (some levers in none), number of players.

    Half of the tables hold small whole numbers, so that ties are common.
    """
    levers = int(rng.integers(1, most_levers + 1))
    sizes = tuple(int(k) for k in rng.integers(1, most_levels + 1, size=levers))
    players = int(rng.integers(1, 4))
    whole = rng.random() < 0.5
    factors = []
    for _ in range(int(rng.integers(0, 2 * levers + 2))):
        arity = int(rng.integers(0, min(3, levers) + 1))
        scope = tuple(int(u) for u in sorted(rng.choice(levers, arity, replace=False)))
        shape = (players, *(sizes[u] for u in scope))
        table = rng.integers(-3, 4, size=shape) if whole else rng.normal(size=shape)
        factors.append(Factor(scope, table.astype(float)))
    return sizes, factors, players
