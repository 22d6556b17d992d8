"""Stage games with known answers, and equilibrium payoffs found in another way."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

import bargaining as bg


def game(*arrays) -> bg.NormalFormGame:
    return bg.NormalFormGame.from_arrays(*arrays)


def dilemma(both=3.0, alone=5.0, neither=1.0, sucker=0.0) -> bg.NormalFormGame:
    return game([[both, sucker], [alone, neither]], [[both, alone], [sucker, neither]])


def dilemma_of_three() -> bg.NormalFormGame:
    """Return a public good: each of three contributes at a cost of 3, and everybody gets 2."""
    tables = np.zeros((3, 2, 2, 2))
    for profile in np.ndindex(2, 2, 2):
        for i, choice in enumerate(profile):
            tables[(i, *profile)] = 2 * sum(profile) - 3 * choice
    return game(*tables)


def pennies() -> bg.NormalFormGame:
    return game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def cournot(steps: int, cost=0.0) -> bg.NormalFormGame:
    """Return two firms that set quantities from 0 to 1, price 1 - Q or 0."""
    quantity = np.linspace(0, 1, steps)
    one, two = np.meshgrid(quantity, quantity, indexing="ij")
    margin = np.maximum(1 - one - two, 0) - cost
    return game(margin * one, margin * two)


def makes(stage: bg.NormalFormGame, delta: float, vertices, point) -> float:
    """Return how far a point is from what a set generates, by one large linear program.

    The point is an average over all profiles a of (1 - delta) u(a) + delta w, w in the set and no
    less than what keeps everybody from deviating.
    """
    tables = np.asarray(stage.payoff_arrays)
    worst = np.min(vertices, axis=0)
    columns = []
    for profile in np.ndindex(*tables.shape[1:]):
        payoffs = tables[(slice(None), *profile)]
        best = [
            tables[i][tuple(slice(None) if j == i else k for j, k in enumerate(profile))].max()
            for i in range(len(tables))
        ]
        columns.append((payoffs, worst + (1 - delta) / delta * (np.array(best) - payoffs)))
    size, players = len(vertices), len(tables)
    total = size * len(columns)
    equal = np.zeros((1 + players, total + 1))
    limits = np.zeros((players * len(columns), total + 1))
    for a, (payoffs, floor) in enumerate(columns):
        own = slice(a * size, (a + 1) * size)
        equal[0, own] = 1
        equal[1:, own] = ((1 - delta) * payoffs + delta * np.asarray(vertices)).T
        limits[a * players : (a + 1) * players, own] = -(np.asarray(vertices) - floor).T
    off = np.zeros((players, total + 1))
    off[:, -1] = 1
    above = np.vstack([limits, equal[1:] - off, -equal[1:] - off])
    bound = np.concatenate([np.zeros(len(limits)), point, -np.asarray(point)])
    cost = np.zeros(total + 1)
    cost[-1] = 1
    found = linprog(cost, A_ub=above, b_ub=bound, A_eq=equal[:1], b_eq=[1], method="highs-ds")
    assert found.status == 0
    return float(found.fun)
