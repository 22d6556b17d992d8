"""The regret of a lever game's equilibrium, recomputed from the negotiation alone.

It shares no routine with the search but the exact maximiser: terms are averaged one by one, and the
best own package is sought among all of them (Nash 1951: nobody gains by moving alone).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.levers.best_responses import (
    Mixed,
    centred,
    expected,
    own_levers,
    payoff_scales,
)
from bargaining.optimize.elimination import Maximizer
from bargaining.results.certificate import Certificate

__all__ = ["check_lever_equilibrium"]


def check_lever_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of an equilibrium of a lever game from the negotiation alone.

    Returns
    -------
    Certificate
        The largest of: what a player gains by its best own package and what its stated payoff is
        off, both relative to its payoff range, and what its probabilities are off.

    Raises
    ------
    InputError
        When a strategy does not set exactly the player's own levers.
    """
    negotiation = equilibrium.game
    assert isinstance(negotiation, Negotiation)
    own, scales, sizes = own_levers(negotiation), payoff_scales(negotiation), negotiation.sizes
    mixed = [_as_mixed(negotiation, i, s) for i, s in enumerate(equilibrium.strategies)]
    gains = np.zeros(len(own))
    for i, mine in enumerate(own):
        others = [j for j in range(len(own)) if j != i]
        against = expected(
            centred(negotiation.factors, i), len(sizes),
            [own[j] for j in others], [mixed[j] for j in others],
        )  # fmt: skip
        best = Maximizer([sizes[u] for u in mine], against, 1).maximize(np.ones(1)).bounds[0]
        played = expected(against, len(mine), [tuple(range(len(mine)))], [mixed[i]])
        gains[i] = max(0.0, float(best) - sum(float(factor.table[0]) for factor in played))
    constant = expected(negotiation.factors, len(sizes), own, mixed)
    payoffs = np.sum([np.zeros(len(own)), *(factor.table for factor in constant)], axis=0)
    regrets, off = gains / scales, np.abs(payoffs - equilibrium.payoffs) / scales
    wrong = max(_improper(strategy.probabilities) for strategy in mixed)
    return Certificate(
        "regret",
        float(max(regrets.max(), off.max(), wrong)),
        details={"regrets": regrets, "payoffs": payoffs, "scales": scales},
    )


def _as_mixed(negotiation: Negotiation, player: int, strategy: Lottery) -> Mixed:
    name = negotiation.player_names[player]
    levers = negotiation.owned_by(name)
    for _, package in strategy:
        if set(package) != {lever.name for lever in levers}:
            raise InputError(
                f"Equilibrium, strategy of {name!r}: expected a level for each of "
                f"{[lever.name for lever in levers]}, got {package}"
            )
    indices = np.array([[l.index(p[l.name]) for l in levers] for _, p in strategy], dtype=np.int64)
    return Mixed(indices.reshape(len(strategy), -1), np.array([float(q) for q, _ in strategy]))


def _improper(probabilities: Any) -> float:
    """How far numbers are from being probabilities that add up to one."""
    return float(max(abs(probabilities.sum() - 1.0), 0.0, -probabilities.min(initial=0.0)))
