"""What it costs each side to table its controls, read from the forms in which it may be given.

Unless it is said, it is the shadow price of the precedent if these talks come again in every period
(the negotiation is the only crisis); that takes players who say how patient they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution
from bargaining.errors import InputError, unknown_name
from bargaining.linkage.precedent.precedent import Precedent, precedent
from bargaining.linkage.tabling.stage import members
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import name_of
from bargaining.strategic.disagreement import Disagreement
from bargaining.types import FloatArray

__all__ = ["FREE", "RECURRING", "priced", "tabling_costs"]

Groups = Mapping[str, tuple[str, ...]]

WHERE = "tabling_game, precedent_cost"

TALKS = "these talks"

FREE = (
    "Tabling is taken to cost nothing, as no `precedent_cost` is given and it takes discount "
    "factors of both players, and finite levers, to price the precedent"
)
RECURRING = (
    "Tabling is charged the shadow price of the precedent if these talks come again in every period"
)
GIVEN = "Tabling is charged the shadow price of the precedent that was given"


def priced(
    negotiation: Negotiation,
    groups: tuple[Groups, Groups],
    given: Any,
    solution: Solution,
    disagreement: Disagreement,
) -> tuple[Any, str]:
    """Return what tabling costs where nothing is given, and words on where the costs come from.

    Parameters
    ----------
    negotiation : Negotiation
    groups : pair of mappings from names of groups to names of levers
    given : optional
        As `precedent_cost` of `tabling_game`.
    solution : Solution
    disagreement : Disagreement

    Returns
    -------
    costs, words
        The costs are a Precedent, what was given, or None for nothing.

    Raises
    ------
    InputError
        For a precedent of other players.
    ConvergenceError, IntractableError
        As `precedent`.
    """
    if given is not None:
        if not isinstance(given, Precedent):
            return given, "Tabling costs what was given"
        if given.players != negotiation.player_names:
            raise InputError(
                f"{WHERE}: expected a precedent of the players {negotiation.player_names}, got "
                f"one of {given.players}"
            )
        return given, GIVEN
    patient = all(player.discount_factor is not None for player in negotiation.players)
    finite = not any(lever.is_interval for lever in negotiation.free_levers)
    if not (patient and finite and any(groups)):
        return None, FREE
    talks = {TALKS: (1.0, 1.0)}
    return precedent(negotiation, solution, crises=talks, disagreement=disagreement), RECURRING


def tabling_costs(
    negotiation: Negotiation, groups: tuple[Groups, Groups], precedent_cost: Any
) -> tuple[FloatArray, FloatArray]:
    """Return each player's cost of tabling each set of its groups (a bit mask).

    Parameters
    ----------
    negotiation : Negotiation
    groups : pair of mappings from names of groups to names of levers
    precedent_cost : optional
        As for `tabling_game`.

    Raises
    ------
    InputError
        For unknown players or levers, and costs that are not finite numbers.
    """
    names = negotiation.player_names
    shadow = getattr(precedent_cost, "shadow_price", precedent_cost)
    if shadow is None:
        shadow = 0.0
    if isinstance(shadow, Mapping):
        given = {negotiation.player(player).name: cost for player, cost in shadow.items()}
        each = [given.get(name, 0.0) for name in names]
    elif np.ndim(shadow) == 0:
        each = [shadow] * len(names)
    else:
        each = list(shadow)
        if len(each) != len(names):
            raise InputError(f"{WHERE}: expected {len(names)} costs, got {shadow!r}")
    first, second = (
        _by_mask(negotiation, i, groups[i], cost) for i, cost in enumerate(each)
    )  # fmt: skip
    return first, second


def _by_mask(negotiation: Negotiation, player: int, groups: Groups, cost: Any) -> FloatArray:
    name = negotiation.player_names[player]
    cost = getattr(cost, "shadow_price", cost)
    size = 2 ** len(groups)
    if isinstance(cost, Mapping):
        single = _by_group(negotiation, name, groups, cost)
        return np.array([sum(single[g] for g in members(mask, tuple(groups)))
                         for mask in range(size)], dtype=float)  # fmt: skip
    if np.ndim(cost) == 1 and len(cost) == len(negotiation.players):
        cost = cost[player]  # a shadow price of each player
    lump = _number(cost, name)
    return np.where(np.arange(size) > 0, lump, 0.0)


def _by_group(
    negotiation: Negotiation, player: str, groups: Groups, cost: Mapping[Any, Any]
) -> dict[str, float]:
    """Return the cost of each group: its own, or the sum of those of its levers."""
    home = {lever: group for group, levers in groups.items() for lever in levers}
    total = dict.fromkeys(groups, 0.0)
    for thing, value in cost.items():
        name = name_of(thing, WHERE)
        key = negotiation.keys.get(name, name)
        group = name if name in groups else home.get(key)
        if group is None:
            raise unknown_name(f"security lever or group of {player}", name, [*groups, *home])
        total[group] += _number(value, f"{player}, {name}")
    return total


def _number(value: Any, whose: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if isinstance(value, bool | str) or not np.isfinite(number):
        raise InputError(
            f"{WHERE}, {whose}: expected a finite number, a mapping from levers to such "
            f"numbers, or an object with a shadow_price, got {value!r}"
        )
    return number
