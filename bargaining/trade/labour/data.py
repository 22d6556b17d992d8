"""What `LabourEconomy` accepts, and how domestic sales follow from gross domestic product.

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025): trade statistics hold no domestic sales.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.trade.economy.arguments import Named, flow_values
from bargaining.types import FloatArray

__all__ = ["by_country", "flows_of", "one_number", "with_domestic_sales"]


WANTED: dict[str, Callable[[float], bool]] = {
    "": lambda value: True,
    " > 0": lambda value: value > 0,
    " >= 0": lambda value: value >= 0,
    " >= 0 and < 1": lambda value: 0 <= value < 1,
}
"""What numbers may be asked to be, besides finite."""


def one_number(what: str, value: float, wanted: str) -> float:
    """Return a parameter, one finite number that is as wanted."""
    if np.ndim(value) != 0 or not (np.isfinite(value) and WANTED[wanted](value)):
        raise InputError(f"LabourEconomy, {what}: expected a finite number{wanted}, got {value!r}")
    return float(value)


def by_country(countries: Sequence[str], what: str, given: ArrayLike, wanted: str) -> FloatArray:
    """Return a finite number that is as wanted for each country, from N of them or from one."""
    values = np.asarray(given, dtype=np.float64)
    if values.shape not in ((), (len(countries),)):
        raise InputError(
            f"LabourEconomy, {what}: expected a number, or {len(countries)} by country, got shape "
            f"{values.shape}"
        )
    values = np.array(np.broadcast_to(values, (len(countries),)))
    for country, value in zip(countries, values, strict=True):
        one_number(f"{what} of {country}", float(value), wanted)
    return values


def flows_of(where: Named, given: ArrayLike) -> FloatArray:
    """Return flows [exporter, importer], none negative, from (N, N) or (N, N, 1)."""
    values = np.asarray(given, dtype=np.float64)
    return flow_values(where, values[:, :, None] if values.ndim == 2 else values)[:, :, 0]


def with_domestic_sales(
    where: Named, trade: FloatArray, gdp: ArrayLike, local_share: FloatArray
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return flows with domestic sales on the diagonal, and the countries that have none.

    Parameters
    ----------
    where : Named
    trade : ndarray of shape (N, N)
        Without domestic sales.
    gdp : array_like of shape (N,)
    local_share : ndarray of shape (N,)

    Raises
    ------
    InputError
        For a GDP that is not positive, or domestic sales that are given already.
    """
    output = by_country(where.countries, "gdp", gdp, " > 0")
    for country, sold in zip(where.countries, trade.diagonal(), strict=True):
        if sold != 0:
            raise InputError(
                f"LabourEconomy, flows from {country} to {country}: expected 0, as domestic sales "
                f"follow from gdp, got {float(sold)!r}"
            )
    imports, exports = trade.sum(axis=0), trade @ (1 - local_share)
    left = output + (1 - local_share) * (imports - exports) - imports
    flows = trade + np.diag(np.maximum(left, 0.0))
    return flows, tuple(where.countries[i] for i in np.flatnonzero(left < 0))
