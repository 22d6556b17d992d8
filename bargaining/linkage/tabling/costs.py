"""What it costs each side to table its controls, read from the forms in which it may be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.linkage.tabling.stage import members
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import name_of
from bargaining.types import FloatArray

__all__ = ["tabling_costs"]

Groups = Mapping[str, tuple[str, ...]]

WHERE = "tabling_game, precedent_cost"


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
