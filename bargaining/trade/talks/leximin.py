"""Equal shares, then leximin: who can have more while nobody else loses is not held to the others.

As the rules of `cooperative.proportional` go on (Imai 1983): members without a weight in a round do
not stand in the way of the others, and the smallest of their shares is raised in the next one, with
the tariffs that the others do not feel. The others' largest share settles all tariffs that they do
feel, so that without such tariffs there is no further round.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bargaining.trade.policy.hill import Hill
from bargaining.trade.talks.program import Settled, Table, settle_best
from bargaining.trade.talks.proofs import Round
from bargaining.trade.talks.rules import EqualShares
from bargaining.types import FloatArray

__all__ = ["leximin"]

UNFELT = 1e-7
"""Slope by a tariff per unit of trade, relative to the steepest, that counts as none."""
ASIDE = 0.01
"""Relative change of 1 + tariff at which slopes are measured, away from tops where all vanish."""


def leximin(table: Table, rule: EqualShares, first: Settled) -> tuple[tuple[Round, ...], Settled]:
    """Return all rounds and what solves the last; what solves the first is given."""
    rounds, units = [Round.of(table, rule, first)], rule.units
    while True:
        raised = ~rule.critical(first.multipliers)
        free = ~_felt(table, first, first.multipliers)
        alone = np.eye(len(raised))
        raised &= [bool((_felt(table, first, row) & free).any()) for row in alone]
        if not raised.any():
            return tuple(rounds), first
        number = np.where(free, np.cumsum(free) - 1, -1)
        members = [n for n, more in zip(table.members, raised, strict=True) if more]
        levers = np.where(table.levers >= 0, number[table.levers], -1)
        table, units = replace(table, members=members, levers=levers), units[raised]
        rule = EqualShares(units)
        sizes = table.sizes()
        first = settle_best(
            table, rule, first.climb.tariffs, sizes / (sizes @ units), warm=first.climb.evaluation
        )
        rounds.append(Round.of(table, rule, first))


def _felt(table: Table, near: Settled, weights: FloatArray) -> NDArray[np.bool_]:
    """Return which levers a weighted sum of gains depends on, near some tariffs; shape (K,)."""
    climb = near.climb
    hill = Hill(
        table.economy, table.weighted(weights), climb.tariffs, table.levers, climb.evaluation
    )
    aside = np.random.default_rng(0).uniform(0, ASIDE, int(table.levers.max()) + 1)
    slope = np.abs(hill.at(hill.first() * np.exp(-aside)).slope)
    return np.asarray(slope > UNFELT * slope.max(initial=0.0))
