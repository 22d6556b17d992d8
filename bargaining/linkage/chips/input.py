"""What `chips` is given: which levers may be moved before the talks, and at what cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import name_of
from bargaining.strategic.disagreement import StatusQuo

__all__ = ["checked_levers", "costs_of_moving"]


def checked_levers(
    negotiation: Negotiation, movable: Iterable[Lever | str] | None, disagreement: StatusQuo | str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the movable levers of each side."""
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"chips: expected a Negotiation, got {negotiation!r}")
    if len(negotiation.players) != 2:
        count = len(negotiation.players)
        raise InputError(f"chips: expected a negotiation of two players, got {count}")
    if not (isinstance(disagreement, StatusQuo) or disagreement == "status-quo"):
        raise InputError(
            f"chips, disagreement: expected 'status-quo', got {disagreement!r}; in other models "
            "the point does not depend on where the talks start, so that no chip is worth making"
        )
    if isinstance(movable, str):
        raise InputError(f"chips, movable: expected levers, got {movable!r}")
    free = [lever.name for lever in negotiation.free_levers]
    given = negotiation.security if movable is None else map(negotiation.lever, movable)
    names = [lever.name for lever in given if movable is not None or lever.name in free]
    for name in names:
        if name not in free or negotiation.lever(name).is_interval or names.count(name) > 1:
            raise InputError(
                f"chips, movable: expected different free levers with finite levels, got {name!r}"
            )
    first, second = (
        tuple(v.name for v in negotiation.owned_by(player) if v.name in names)
        for player in negotiation.players
    )
    return first, second


def costs_of_moving(
    negotiation: Negotiation, own: tuple[tuple[str, ...], ...], costs: Mapping[Any, Any] | None
) -> dict[str, float]:
    """Return the cost of moving each movable lever."""
    if not isinstance(costs, Mapping | None):
        raise InputError(f"chips, costs: expected a mapping to numbers, got {costs!r}")
    of_players: dict[str, float] = {}
    of_levers: dict[str, float] = {}
    for thing, cost in (costs or {}).items():
        name = name_of(thing, "chips, costs")
        name = negotiation.keys.get(name, name)
        real = isinstance(cost, int | float | np.number) and not isinstance(cost, bool)
        if not real or not 0 <= cost < math.inf:
            raise InputError(f"chips, costs, {name}: expected a number >= 0, got {cost!r}")
        if name in negotiation.player_names:
            of_players[name] = float(cost)
        elif negotiation.lever(name).name in (*own[0], *own[1]):
            of_levers[name] = float(cost)
        else:
            raise InputError(f"chips, costs: lever {name!r} is not among the movable ones")
    return {
        name: of_levers.get(name, of_players.get(player, 0.0))
        for player, names in zip(negotiation.player_names, own, strict=True)
        for name in names
    }
