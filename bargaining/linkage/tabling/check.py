"""The check of a tabling game: regrets from the definition of the game, strategy by strategy."""

from __future__ import annotations

import numpy as np

from bargaining.linkage.tabling.pure import Strategy
from bargaining.linkage.tabling.result import TablingGame, stage_of
from bargaining.linkage.tabling.stage import Stage, takes_place
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.types import FloatArray, IntArray

__all__ = ["check_tabling", "worst_regime"]

BLOCK = 512
"""Strategies of the other side looked at at once."""


def worst_regime(game: TablingGame) -> Certificate:
    """Return the worst certificate of the regimes, as they state it."""
    every = [outcome.certificate for row in game.regimes for outcome in row]
    return max(every, key=lambda certificate: certificate.value / certificate.tolerance)


def check_tabling(game: TablingGame, regimes: Certificate) -> Certificate:
    """Return the worst of the regimes' certificate and of the regret of any equilibrium.

    Best responses are maxima over all strategies, talks or no talks being worked out for every
    pair, whatever was used to find the equilibria.
    """
    stage = stage_of(game.regimes, game.costs, game.costs_without_talks)
    a, b = stage.talks.shape[1:]
    all_masks = _strategies(a, b), _strategies(b, a)
    best = [_best_responses(stage, i, all_masks) for i in (0, 1)]
    worst = 0.0
    for family in game.equilibria:
        for i in (0, 1):
            theirs, other = family.masks[i], family.masks[1 - i]
            lowest = family.payoffs[i] if family.talks else stage.refused[i][theirs[:, 0]].min()
            reach = best[i][other[:, 0] * (a if i == 0 else b) + other[:, 1]].max()
            worst = max(worst, float(reach - lowest) / float(stage.scale[i]))
    worst = max(worst, _misstated(game, stage), _regret_of_mixed(game, stage, all_masks))
    if worst / stage.margin >= regimes.value / regimes.tolerance:
        return Certificate("regret", worst, stage.margin)
    return regimes


def _misstated(game: TablingGame, stage: Stage) -> float:
    """Return by how much stated payoffs of pure equilibria are not those of their strategies.

    It is infinitely wrong, said as 1, where talks take place that should not, or the reverse.
    """
    worst = 0.0
    for family in game.equilibria:
        happens = takes_place(*family.masks)
        payoffs = np.array([own[0] for own in stage.refused])[:, None, None]
        if family.talks:
            payoffs = stage.block(*family.masks)
        if not (happens.all() if family.talks else not happens.all()):
            return 1.0
        off = np.abs(payoffs - family.payoffs[:, None, None]) / stage.scale[:, None, None]
        worst = max(worst, float(off.max()))
    return worst


def _strategies(own: int, other: int) -> IntArray:
    return np.stack(np.meshgrid(np.arange(own), np.arange(other), indexing="ij"), -1).reshape(-1, 2)


def _best_responses(stage: Stage, player: int, masks: tuple[IntArray, IntArray]) -> FloatArray:
    """Return a player's best payoff against each pure strategy of the other, from the matrix."""
    other = masks[1 - player]
    best = []
    for start in range(0, len(other), BLOCK):
        part = other[start : start + BLOCK]
        pair = (masks[0], part) if player == 0 else (part, masks[1])
        best.append(stage.block(*pair)[player].max(axis=player))
    return np.concatenate(best)


def _regret_of_mixed(
    game: TablingGame, stage: Stage, masks: tuple[IntArray, IntArray]
) -> float:  # fmt: skip
    """Return the largest regret, or by how much shares or payoffs are misstated."""
    played = [
        (np.array([share for share, _ in own]), np.array([_mask(s, i, game) for _, s in own]))
        for i, own in enumerate(game.mixed.strategies)
    ]
    (first, rows), (second, columns) = played
    reached = first @ stage.block(rows, columns) @ second
    wrong = [abs(float(shares.sum()) - 1.0) for shares, _ in played]
    wrong += [-float(shares.min()) for shares, _ in played]
    wrong += (np.abs(reached - game.mixed.payoffs) / stage.scale).tolist()
    for i in (0, 1):
        shares, other = played[1 - i]
        pair = (masks[0], other) if i == 0 else (other, masks[1])
        payoffs = stage.block(*pair)[i]
        expected = payoffs @ shares if i == 0 else shares @ payoffs
        wrong.append(float((expected.max() - game.mixed.payoffs[i]) / stage.scale[i]))
    return max(0.0, *wrong)


def _mask(strategy: Strategy, player: int, game: TablingGame) -> tuple[int, int]:
    own, other = (list(game.groups[k]) for k in (player, 1 - player))
    return (
        sum(1 << own.index(name) for name in strategy.tables),
        sum(1 << other.index(name) for name in strategy.insists_on),
    )


@registers(TablingGame)
def verify_tabling(game: TablingGame) -> Certificate:
    """Verify every regime, and the equilibria of the stage that they make."""
    checked = [verify(outcome) for row in game.regimes for outcome in row]
    worst = max(checked, key=lambda certificate: certificate.value / certificate.tolerance)
    return check_tabling(game, worst)
