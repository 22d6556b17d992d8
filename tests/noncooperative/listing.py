"""Payoffs, regrets and pure equilibria of finite games by listing all profiles, one by one."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np


def listed_payoffs(arrays, strategies):
    """Return expected payoffs, summed profile by profile."""
    total = [0.0] * len(arrays)
    for cell in product(*(range(len(x)) for x in strategies)):
        chance = prod(float(x[k]) for x, k in zip(strategies, cell, strict=True))
        for i, array in enumerate(arrays):
            total[i] += chance * float(array[cell])
    return np.array(total)


def listed_regret(arrays, strategies):
    """Return each player's largest gain over all pure deviations."""
    now = listed_payoffs(arrays, strategies)
    gains = []
    for i, own in enumerate(strategies):
        after = []
        for unit in np.eye(len(own)):
            moved = [unit if j == i else x for j, x in enumerate(strategies)]
            after.append(listed_payoffs(arrays, moved)[i])
        gains.append(max(0.0, max(after) - now[i]))
    return np.array(gains)


def listed_pure_equilibria(arrays):
    """Return the cells from which no player gains by moving alone."""
    shape = arrays[0].shape
    return [
        cell
        for cell in product(*map(range, shape))
        if all(
            arrays[i][cell] >= arrays[i][(*cell[:i], k, *cell[i + 1 :])]
            for i in range(len(arrays))
            for k in range(shape[i])
        )
    ]


def equilibrium_fault(arrays, strategies):
    """Return how far strategies are from an equilibrium, in units of the payoff ranges."""
    ranges = [float(np.ptp(array)) or 1.0 for array in arrays]
    off = max(max(abs(float(x.sum()) - 1.0), -float(x.min())) for x in strategies)
    return max(off, float((listed_regret(arrays, strategies) / ranges).max()))
