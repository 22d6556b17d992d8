"""Players: who negotiates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from bargaining.errors import InputError

__all__ = ["Player", "check_unique", "checked_name", "name_of"]


@dataclass(frozen=True)
class Player:
    """A party to a negotiation, compared by value.

    Parameters
    ----------
    name : str
        Unique in a negotiation.
    discount_factor : float, optional
        Weight of the next period against this one, in [0, 1).

    Raises
    ------
    InputError
        When the name is empty or the discount factor is outside [0, 1).

    Examples
    --------
    >>> Player("China").name
    'China'
    """

    name: str
    discount_factor: float | None = None

    def __post_init__(self) -> None:
        """Check the name and the discount factor."""
        checked_name(self.name, "Player.name")
        factor: object = self.discount_factor
        if factor is not None and not (isinstance(factor, Real) and 0 <= float(factor) < 1):
            raise InputError(
                f"Player {self.name!r}, discount_factor: expected a number in [0, 1), "
                f"got {factor!r}"
            )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


def checked_name(name: object, where: str) -> str:
    """Return a name, or raise `InputError` when it is not a non-empty string."""
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"{where}: expected a non-empty string, got {name!r}")
    return name


def name_of(thing: Any, where: str = "name") -> str:
    """Return the name of a player or a lever given as object or by name."""
    name = getattr(thing, "name", thing)
    if not isinstance(name, str):
        raise InputError(f"{where}: expected a player or lever, or its name, got {thing!r}")
    return name


def check_unique(kind: str, names: Iterable[str]) -> None:
    """Raise `InputError` at the first name that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"Negotiation: duplicate {kind} name {name!r}")
        seen.add(name)
