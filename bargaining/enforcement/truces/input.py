"""What truces accept: probabilities, whole numbers of months, months by player."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import as_numbers
from bargaining.enforcement.arguments import Agreed
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation

__all__ = ["months_of", "negotiation_of", "not_negative", "share", "whole"]

LONGEST = 12_000
"""Months, at most: a thousand years."""


def share(field: str, given: Any) -> float:
    """Return a probability as a float."""
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) <= 1:
        raise InputError(f"{field}: expected a number in [0, 1], got {given!r}")
    return float(given)


def not_negative(field: str, given: Any) -> float:
    """Return a finite number, zero or more, as a float."""
    number = as_numbers(given)
    if isinstance(given, bool) or number.shape != () or not 0 <= float(number) < np.inf:
        raise InputError(f"{field}: expected a finite number >= 0, got {given!r}")
    return float(number)


def whole(field: str, given: Any) -> int:
    """Return a number of months, at least one."""
    count = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not count or not 1 <= given <= LONGEST:
        raise InputError(f"{field}: expected a whole number 1 to {LONGEST}, got {given!r}")
    return int(given)


def negotiation_of(agreement: Agreed, negotiation: Negotiation | None) -> Negotiation:
    """Return the negotiation that a truce is about; an Agreement brings its own."""
    if negotiation is None and isinstance(agreement, Agreement):
        negotiation = agreement.negotiation
    if not isinstance(negotiation, Negotiation):
        raise InputError(
            f"Truce, negotiation: expected the Negotiation of the agreement, got {negotiation!r}"
        )
    return negotiation


def months_of(negotiation: Negotiation, months: int | Mapping[Any, int]) -> tuple[int, ...]:
    """Return the months of each player's term, in order."""
    names = negotiation.player_names
    if not isinstance(months, Mapping):
        return (whole("Truce, months", months),) * len(names)
    by_name = {negotiation.player(player).name: count for player, count in months.items()}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise InputError(f"Truce, months: expected a number for each player, not for {missing}")
    return tuple(whole(f"Truce, months of {name!r}", by_name[name]) for name in names)
