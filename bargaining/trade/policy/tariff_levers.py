"""Which tariffs move, which move together, and within which bounds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, unknown_name
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.types import IntArray

__all__ = ["ALIKE", "BOUNDS", "checked_bounds", "import_levers", "mutual_levers", "positions"]

BOUNDS = (0.0, 10.0)
"""No import subsidies, and no tariff above 1000 per cent, at which next to nothing is traded."""

ALIKE = ("partners", "all")
"""What may share one tariff: the partners in a sector, or everything that is imported."""


def positions(kind: str, names: str | Iterable[str] | None, known: tuple[str, ...]) -> list[int]:
    """Return the places of names among the known ones, each once; None is all of them."""
    if names is None:
        return list(range(len(known)))
    chosen = [names] if isinstance(names, str) else list(names)
    for name in chosen:
        if name not in known:
            raise unknown_name(kind, name, known)
    if not chosen or len(set(chosen)) != len(chosen):
        raise InputError(f"{kind}: expected different names of {known}, got {chosen!r}")
    return sorted(known.index(name) for name in chosen)


def checked_bounds(bounds: tuple[float, float]) -> tuple[float, float]:
    """Return bounds on tariffs, checked."""
    low, high = (float(bound) for bound in bounds)
    if not (-1 < low < high < np.inf):
        raise InputError(
            f"bounds: expected a lowest tariff above -1 and a higher, finite one, got {bounds!r}"
        )
    return low, high


def import_levers(
    economy: TariffEconomy,
    country: str,
    *,
    partners: Iterable[str] | None = None,
    sectors: Iterable[str] | None = None,
    alike: str | None = None,
) -> IntArray:
    """Return the levers of one country: its tariffs on imports, (N, N, S).

    Parameters
    ----------
    economy : TariffEconomy
    country : str
    partners, sectors : iterable of str, optional
        From whom and on what; all unless said.
    alike : None, "partners" or "all"
        Which tariffs move together.
    """
    (home,) = positions("country", country, economy.countries)
    moves = np.zeros(economy.tariffs.shape, dtype=bool)
    from_whom = [n for n in positions("partner", partners, economy.countries) if n != home]
    moves[np.ix_(from_whom, [home], positions("sector", sectors, economy.sectors))] = True
    return _numbered(moves, alike)


def mutual_levers(
    economy: TariffEconomy, members: list[int], *, partners: str, alike: str | None
) -> IntArray:
    """Return the levers of talks: what members levy on each other, or on all partners."""
    if partners not in ("members", "all"):
        raise InputError(f'partners: expected "members" or "all", got {partners!r}')
    exporters = members if partners == "members" else list(range(len(economy.countries)))
    moves = np.zeros(economy.tariffs.shape, dtype=bool)
    moves[np.ix_(exporters, members)] = True
    moves[np.diag_indices(len(economy.countries))] = False
    return _numbered(moves, alike)


def _numbered(moves: NDArray[np.bool_], alike: str | None) -> IntArray:
    if alike not in (None, *ALIKE):
        raise InputError(f"alike: expected None, {' or '.join(map(repr, ALIKE))}, got {alike!r}")
    size, count = moves.shape[1:]
    importer, sector = np.arange(size)[:, None], np.arange(count)
    key = {
        None: np.arange(moves.size).reshape(moves.shape),
        "partners": np.broadcast_to(importer * count + sector, moves.shape),
        "all": np.broadcast_to(importer + 0 * sector, moves.shape),
    }[alike]
    levers = np.full(moves.shape, -1)
    levers[moves] = np.unique(key[moves], return_inverse=True)[1].ravel()
    return levers
