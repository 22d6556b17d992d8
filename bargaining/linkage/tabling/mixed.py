"""One equilibrium of the stage in mixed strategies, by double oracle (McMahan, Gordon, Blum 2003).

The best response to a mixed strategy, over all strategies (T, R) at once, is a sum over subsets;
the game of the strategies met so far is solved by Lemke-Howson. Strategies that are not weakly
dominated are taken first among the best ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.linkage.tabling.pure import Names, Strategy, in_words
from bargaining.linkage.tabling.stage import BoolArray, Stage, takes_place
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.solve import nash_equilibrium
from bargaining.results.certificate import Certificate
from bargaining.types import FloatArray, IntArray

__all__ = ["MixedTabling", "full_game", "mixed_equilibrium"]

ROUNDS = 500


@dataclass(frozen=True, eq=False)
class MixedTabling:
    """One Nash equilibrium of the stage, in mixed strategies (it may be pure).

    Attributes
    ----------
    strategies : pair of tuples of (float, Strategy)
        What each side plays with positive probability.
    payoffs : ndarray of shape (2,)
    regret : float
        The largest gain from any deviation in the whole game, relative to the payoff range.
    talks : float
        The probability that talks take place.
    """

    strategies: tuple[tuple[tuple[float, Strategy], ...], tuple[tuple[float, Strategy], ...]]
    payoffs: FloatArray
    regret: float
    talks: float

    @property
    def is_pure(self) -> bool:
        """Whether each side plays one strategy with certainty."""
        return all(len(own) == 1 for own in self.strategies)


def full_game(
    stage: Stage, players: tuple[str, ...], groups: Names, masks: tuple[IntArray, IntArray]
) -> NormalFormGame:
    """Return the game of given strategies of each side, pairs of masks (T, R) in rows."""
    labels = [
        [str(in_words(mask, i, groups)) for mask in own] for i, own in enumerate(masks)
    ]  # fmt: skip
    return NormalFormGame.from_arrays(*stage.block(*masks), players=players, labels=labels)


def mixed_equilibrium(
    stage: Stage,
    players: tuple[str, ...],
    groups: Names,
    dominated: tuple[BoolArray, BoolArray],
) -> MixedTabling:
    """Return one equilibrium, from nothing tabled and nothing insisted upon.

    Raises
    ------
    ConvergenceError
        When the double oracle does not end.
    """
    sides = stage.side(0), stage.side(1)
    shapes = sides[0].talks.shape, sides[1].talks.shape
    met: list[list[tuple[int, int]]] = [[(0, 0)], [(0, 0)]]
    worst = np.inf
    for _ in range(ROUNDS):
        masks = np.array(met[0]), np.array(met[1])
        found = nash_equilibrium(full_game(stage, players, groups, masks))
        regrets = []
        grown = False
        for i, side in enumerate(sides):
            weights = np.zeros(shapes[1 - i])
            weights[tuple(masks[1 - i].T)] = found.strategies[1 - i]
            payoffs = side.against(weights)
            regrets.append(float(payoffs.max() - found.payoffs[i]) / float(stage.scale[i]))
            ties = payoffs >= payoffs.max() - side.tolerance
            ties = ties & ~dominated[i] if (ties & ~dominated[i]).any() else ties
            best = tuple(int(k) for k in np.argwhere(ties)[0])
            if regrets[-1] > stage.margin and best not in met[i]:
                met[i].append((best[0], best[1]))
                grown = True
        worst = min(worst, max(regrets))
        if not grown:
            return _named(stage, groups, masks, found.strategies, max(0.0, max(regrets)))
    raise ConvergenceError(
        f"tabling_game, mixed equilibrium: the double oracle did not end in {ROUNDS} rounds",
        certificate=Certificate("regret", worst, stage.margin),
    )


def _named(
    stage: Stage, groups: Names, masks: tuple[IntArray, IntArray],
    profile: tuple[FloatArray, ...], regret: float,
) -> MixedTabling:  # fmt: skip
    used = [np.flatnonzero(x > 1e-12) for x in profile]
    first, second = (
        tuple((float(profile[i][k]), in_words(masks[i][k], i, groups)) for k in used[i])
        for i in (0, 1)
    )
    payoffs = np.array([profile[0] @ table @ profile[1] for table in stage.block(*masks)])
    happens = takes_place(*masks)
    return MixedTabling((first, second), payoffs, regret, float(profile[0] @ happens @ profile[1]))
