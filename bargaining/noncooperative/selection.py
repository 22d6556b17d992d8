"""Rules that select one equilibrium among those found.

Payoff dominance and risk dominance (Harsanyi and Selten 1988), and the focal point nearest to the
status quo (Schelling 1960). A rule that selects none says so with the candidates; none of them is
taken in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.errors import BargainingError, InputError, did_you_mean
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.levers.lever_scales import payoff_scales
from bargaining.types import FloatArray, IntArray

__all__ = ["RULES", "checked_rule", "select"]

MARGIN = 1e-9
"""Differences up to this part of a player's payoff range, or of a distance, are ties."""


def select(equilibria: Equilibria, rule: str) -> Equilibrium:
    """Return the equilibrium that a rule selects.

    Parameters
    ----------
    equilibria : Equilibria
        Of a finite game or of a lever game.
    rule : {"payoff-dominant", "risk-dominant", "focal"}
        "payoff-dominant": at least as good for every player as each of the others, and better for
        some player. "risk-dominant", for two players who have a choice, among pure equilibria
        each of which is strict against the others: the product of what the two players lose by
        deviating alone to the other equilibrium is larger than the same product there, against
        each of the others. "focal", for lever games: nearest to the status quo, by the sum over
        levers of the expected |level - status quo| / (highest - lowest level); ties go to the
        larger sum of payoffs in units of the players' ranges.

    Returns
    -------
    Equilibrium
        Its `selection` names the rule and how many equilibria it was selected from.

    Raises
    ------
    InputError
        For an unknown rule, or one that does not apply to the game.
    BargainingError
        When the rule selects none, with the candidates.

    Examples
    --------
    >>> import bargaining as bg
    >>> hunt = bg.NormalFormGame.from_arrays([[4, 0], [3, 3]], [[4, 3], [0, 3]])
    >>> found = bg.nash_equilibria(hunt)
    >>> select(found, "payoff-dominant").payoffs.tolist()
    [4.0, 4.0]
    >>> select(found, "risk-dominant").payoffs.tolist()
    [3.0, 3.0]
    """
    place, words = RULES[checked_rule(rule)](equilibria)
    size, many = len(equilibria), "all" if equilibria.completeness == "all" else "the"
    chosen = f"{rule} among {many} {size} found: {words}" if size > 1 else "the only one found"
    return replace(equilibria[place], selection=chosen, number_found=size)


def checked_rule(rule: str) -> str:
    """Return the rule.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    if rule not in RULES:
        raise InputError(
            f"selection: expected one of {', '.join(map(repr, RULES))}, got {rule!r}"
            f"{did_you_mean(rule, tuple(RULES))}"
        )
    return rule


def _payoff_dominant(equilibria: Equilibria) -> tuple[int, str]:
    payoffs = _payoffs(equilibria)
    above = payoffs[:, None] - payoffs[None]
    dominates = np.all(above >= -MARGIN, axis=2) & np.any(above > MARGIN, axis=2)
    dominates = dominates | np.eye(len(payoffs), dtype=np.bool_)
    best = np.flatnonzero(np.all(dominates, axis=1))
    if not best.size:
        left = np.flatnonzero(np.sum(dominates, axis=0) == 1)
        raise BargainingError(
            "selection 'payoff-dominant': no equilibrium is at least as good for everybody as each "
            f"of the others; not dominated are {_in_words(equilibria, left)}"
        )
    return int(best[0]), "at least as good for everybody as each of the others"


def _risk_dominant(equilibria: Equilibria) -> tuple[int, str]:
    pure = [k for k, each in enumerate(equilibria) if each.is_pure]
    players = [i for i in range(len(equilibria[0].players)) if _has_choice(equilibria.game, i)]
    if len(players) != 2:
        raise InputError(
            f"selection 'risk-dominant': expected two players who have a choice, got {len(players)}"
        )
    scales = _scales(equilibria.game)

    def dominates(first: int, second: int) -> bool:
        one = _loss_product(equilibria, players, scales, first, second)
        other = _loss_product(equilibria, players, scales, second, first)
        return min(one, other) > 0 and one > other * (1 + MARGIN)

    # Whoever dominates all others wins from where it is met, so one pass leaves it or nobody.
    best = pure[0] if pure else None
    for k in pure:
        if best is not None and k != best and dominates(k, best):
            best = k
    if best is None or not all(dominates(best, k) for k in pure if k != best):
        raise BargainingError(
            "selection 'risk-dominant': no pure equilibrium risk-dominates each of the others "
            "(products of losses tie, go round in a circle, or are 0 as an equilibrium is not "
            f"strict); the pure ones are {_in_words(equilibria, pure)}"
        )
    words = "the larger product of losses from deviating against each of the other pure ones"
    return best, words


def _loss_product(
    equilibria: Equilibria, players: Sequence[int], scales: FloatArray, at: int, to: int
) -> float:
    """Return the product of what each player loses by moving alone to another equilibrium.

    0 where a player loses nothing, up to rounding.
    """
    losses = []
    for i in players:
        strategies = list(equilibria[at].strategies)
        strategies[i] = equilibria[to].strategies[i]
        after = _payoff(equilibria.game, strategies)[i]
        losses.append(float(equilibria[at].payoffs[i] - after) / float(scales[i]))
    return math.prod(losses) if min(losses) > MARGIN else 0.0


def _focal(equilibria: Equilibria) -> tuple[int, str]:
    game = equilibria.game
    if not isinstance(game, Negotiation):
        raise InputError(
            "selection 'focal': expected a lever game; a finite game has no status quo"
        )
    distances = np.array([_distance(game, each) for each in equilibria])
    nearest = np.flatnonzero(distances <= distances.min() + MARGIN)
    sums = _payoffs(equilibria)[nearest].sum(axis=1)
    best = nearest[sums >= sums.max() - MARGIN]
    if len(best) > 1:
        raise BargainingError(
            f"selection 'focal': {len(best)} equilibria are at the distance {distances.min():.4g} "
            f"from the status quo with the same sum of payoffs: {_in_words(equilibria, best)}"
        )
    words = f"at the distance {distances[best[0]]:.4g} from the status quo"
    return int(best[0]), words if len(nearest) == 1 else f"{words}, of the largest sum of payoffs"


def _distance(game: Negotiation, equilibrium: Equilibrium) -> float:
    """Return the expected distance from the status quo, each lever's range counting as 1."""
    total = 0.0
    for strategy in equilibrium.strategies:
        for probability, package in strategy:
            for name, level in package.items():
                lever = game.lever(name)
                spread = float(np.ptp(lever.array()))
                total += probability * abs(level - lever.status_quo) / (spread or 1.0)
    return total


def _payoffs(equilibria: Equilibria) -> FloatArray:
    """Return the payoffs in units of the players' ranges, shape (number of equilibria, N)."""
    return np.array([each.payoffs for each in equilibria]) / _scales(equilibria.game)


def _scales(game: Any) -> FloatArray:
    return payoff_scales(game) if isinstance(game, Negotiation) else np.asarray(game.scale)


def _payoff(game: Any, strategies: Sequence[Any]) -> FloatArray:
    """Return the payoffs of pure strategies."""
    if isinstance(game, Negotiation):
        levels = {name: x for [(_, own)] in strategies for name, x in own.items()}
        return game.payoffs(game.package(levels))
    return np.asarray(game.payoffs(strategies))


def _has_choice(game: Any, player: int) -> bool:
    if isinstance(game, Negotiation):
        return any(len(v.array()) > 1 for v in game.owned_by(game.player_names[player]))
    return bool(game.shape[player] > 1)


def _in_words(equilibria: Equilibria, places: Sequence[int] | IntArray) -> str:
    found = [f"number {int(k) + 1} with payoffs {equilibria[int(k)].payoffs.round(6).tolist()}"
             for k in places]  # fmt: skip
    return ", ".join(found) or "none"


RULES: dict[str, Callable[[Equilibria], tuple[int, str]]] = {
    "payoff-dominant": _payoff_dominant,
    "risk-dominant": _risk_dominant,
    "focal": _focal,
}
"""The rules by name: each returns the position of its choice and says why."""
