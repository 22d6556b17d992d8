"""Packages: a level for every lever, as an immutable mapping from lever name to level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["Lottery", "Package"]


class Package(Mapping[str, float]):
    """A level for every lever: an immutable, hashable mapping from lever name to level.

    Examples
    --------
    >>> package = Package({"tariff": 0.1, "soybeans": 25.0})
    >>> package["soybeans"], len(package)
    (25.0, 2)
    """

    __slots__ = ("_levels",)

    def __init__(self, levels: Mapping[str, float]) -> None:
        self._levels = dict(levels)

    def __getitem__(self, lever: str) -> float:
        """Return the level of a lever, given by name (or as the lever itself)."""
        return self._levels[getattr(lever, "name", lever)]

    def __iter__(self) -> Iterator[str]:
        """Iterate over lever names, in the order of the negotiation."""
        return iter(self._levels)

    def __len__(self) -> int:
        """Return the number of levers."""
        return len(self._levels)

    def __hash__(self) -> int:
        """Hash by content, whatever the order of the levers."""
        return hash(frozenset(self._levels.items()))

    def __repr__(self) -> str:
        """Show the levels."""
        return f"Package({self._levels!r})"

    def __str__(self) -> str:
        """Write the levels in a line."""
        return ", ".join(f"{name}: {level:g}" for name, level in self._levels.items())


Lottery = tuple[tuple[float, Package], ...]
"""Packages with their probabilities."""
