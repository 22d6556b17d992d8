"""What the trade room accepts: names, flows, and rates by pair and sector, each checked by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bargaining.errors import InputError, unknown_name
from bargaining.types import FloatArray

__all__ = [
    "Named", "Rates", "flow_values", "names_of", "number", "per_sector", "place", "rates",
    "selected",
]  # fmt: skip

Rates = ArrayLike | Mapping[tuple[str, ...], float]
"""An array [exporter, importer, sector], or values by (exporter, importer[, sector])."""


class Named(Protocol):
    """Anything with countries and sectors."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Names."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Names."""


def names_of(what: str, given: Iterable[str]) -> tuple[str, ...]:
    """Return names, each once."""
    if isinstance(given, str):
        raise InputError(f"Economy, {what}: expected a sequence of names, got {given!r}")
    names: tuple[Any, ...] = tuple(given)
    for name in names:
        if not isinstance(name, str) or not name:
            raise InputError(f"Economy, {what}: expected names, got {name!r}")
        if names.count(name) > 1:
            raise InputError(f"Economy, {what}: {name!r} is there {names.count(name)} times")
    if not names:
        raise InputError(f"Economy, {what}: expected at least one name, got none")
    return tuple(str(name) for name in names)


def _array(what: str, given: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    try:
        values = np.asarray(given, dtype=np.float64)
        return np.array(np.broadcast_to(values, shape))
    except (TypeError, ValueError):
        found = getattr(given, "shape", None) or np.shape(np.asarray(given, dtype=object))
        raise InputError(
            f"Economy, {what}: expected numbers of shape {shape}, or ones that broadcast to it, "
            f"got shape {found}"
        ) from None


def number(what: str, given: object) -> float:
    """Return a finite number."""
    try:
        value = float(given)  # type: ignore[arg-type]  # whatever float refuses is refused below
    except (TypeError, ValueError):
        value = np.nan
    if not np.isfinite(value):
        raise InputError(f"Economy, {what}: expected a finite number, got {given!r}")
    return value


def place(where: Named, index: Sequence[Any]) -> str:
    """Say which flow an index is."""
    j, i, k = (int(x) for x in index)
    return f"from {where.countries[j]} to {where.countries[i]} in {where.sectors[k]}"


def _refuse(
    where: Named, what: str, wrong: NDArray[np.bool_], values: FloatArray, wanted: str
) -> None:
    """Raise for the first of the wrong entries of a flow-shaped array."""
    if wrong.any():
        first = np.argwhere(wrong)[0]
        more = int(wrong.sum()) - 1
        rest = f" (and {more} more)" if more else ""
        raise InputError(
            f"Economy, {what} {place(where, first)}: expected {wanted}, "
            f"got {float(values[tuple(first)])!r}{rest}"
        )


def _flow_shape(where: Named) -> tuple[int, int, int]:
    return len(where.countries), len(where.countries), len(where.sectors)


def flow_values(where: Named, given: ArrayLike) -> FloatArray:
    """Return flows [exporter, importer, sector], none negative."""
    values = np.asarray(given, dtype=np.float64)
    shape = _flow_shape(where)
    if values.shape != shape:
        raise InputError(
            f"Economy, flows: expected shape {shape} [exporter, importer, sector] for "
            f"{shape[0]} countries and {shape[2]} sectors, got {values.shape}"
        )
    wrong = ~np.isfinite(values) | (values < 0)
    _refuse(where, "flow", wrong, values, "a finite number >= 0")
    return values.copy()


def per_sector(where: Named, what: str, given: ArrayLike) -> FloatArray:
    """Return one positive number for each sector."""
    values = _array(what, given, (len(where.sectors),))
    for sector, value in zip(where.sectors, values, strict=True):
        if not (np.isfinite(value) and value > 0):
            raise InputError(
                f"Economy, {what}, {sector}: expected a finite number > 0, got {float(value)!r}"
            )
    return values


def selected(where: Named, what: str, key: object) -> list[tuple[int, int, int]]:
    """Return the flows that a key (exporter, importer[, sector]) stands for; "*" is every one."""
    if not isinstance(key, tuple) or len(key) not in (2, 3):
        raise InputError(
            f"Economy, {what}: expected keys (exporter, importer) or (exporter, importer, sector), "
            f"got {key!r}"
        )
    parts = (*key, "*") if len(key) == 2 else key
    known = (where.countries, where.countries, where.sectors)
    chosen: list[list[int]] = []
    for kind, name, names in zip(("country", "country", "sector"), parts, known, strict=True):
        if name != "*" and name not in names:
            raise unknown_name(kind, name, names)
        chosen.append([n for n, one in enumerate(names) if name in ("*", one)])
    flows = [(j, i, k) for j, i, k in product(*chosen) if j != i]
    if not flows:
        raise InputError(f"Economy, {what}: {key!r} is no trade between two countries")
    return flows


def rates(
    where: Named,
    what: str,
    given: Rates | None,
    base: FloatArray,
    *,
    low: float = -1.0,
    at_home: float = 0.0,
) -> FloatArray:
    """Return values by flow: an array as it is, a mapping over what is there already.

    Parameters
    ----------
    where : Named
    what : str
        For messages.
    given : array_like, mapping or None
        An array has shape (N, N, S), or (N, N) by pair, or is one number for all trade between
        countries; a pair in a mapping stands for all sectors.
    base : ndarray of shape (N, N, S)
        What holds where nothing is said.
    low : float
        Values must be greater.
    at_home : float
        The value within a country, where an array that broadcasts from one number to all flows
        puts it too.
    """
    if given is None:
        return base
    if isinstance(given, Mapping):
        values = base.copy()
        for key, value in given.items():
            for flow in selected(where, what, key):
                values[flow] = value
    else:
        by_pair = np.ndim(given) == 2
        values = _array(
            what, np.asarray(given)[:, :, None] if by_pair else given, _flow_shape(where)
        )
        if np.ndim(given) == 0:
            values[np.diag_indices(len(where.countries))] = at_home
    wrong = ~np.isfinite(values) | (values <= low)
    _refuse(where, what, wrong, values, f"a finite number > {low:g}")
    home = np.zeros_like(wrong)
    home[np.diag_indices(len(where.countries))] = True
    _refuse(where, what, home & (values != at_home), values, f"{at_home:g} within a country")
    return values
