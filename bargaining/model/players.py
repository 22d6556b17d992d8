"""Players: who negotiates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bargaining.errors import InputError

__all__ = ["Player", "check_unique", "name_of"]


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
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"Player.name: expected a non-empty string, got {self.name!r}")
        factor = self.discount_factor
        if factor is not None and not 0 <= factor < 1:
            raise InputError(
                f"Player {self.name!r}, discount_factor: expected a number in [0, 1), "
                f"got {factor!r}"
            )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


def name_of(thing: Any) -> str:
    """Return the name of a player or a lever given as object or by name."""
    name = getattr(thing, "name", thing)
    if not isinstance(name, str):
        raise InputError(f"expected a player or lever, or its name, got {thing!r}")
    return name


def check_unique(kind: str, names: Iterable[str]) -> None:
    """Raise `InputError` at the first name that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"Negotiation: duplicate {kind} name {name!r}")
        seen.add(name)
