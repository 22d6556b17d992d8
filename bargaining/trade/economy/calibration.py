"""From observed flows and tariffs to the shares and incomes of a trade economy's base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.trade.equilibrium.world import World, inside
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.economy.economy import Economy

__all__ = ["calibrate"]


def calibrate(
    economy: Economy, tariffs: FloatArray, export_taxes: FloatArray, inputs: ArrayLike | None
) -> World:
    """Return the base of an economy whose flows, as importers pay, are known."""
    used = _inputs(economy, inputs)
    at_border = economy.flows / (1 + tariffs)
    sold = at_border / (1 + export_taxes)
    sales, bought = sold.sum(axis=1), economy.flows.sum(axis=0)
    _check_totals(economy, sales, bought)
    demand = np.zeros_like(sales) if used is None else (used @ sales[:, :, None])[:, :, 0]
    final = _final(economy, bought - demand, bought)
    added = np.ones_like(sales) if used is None else 1.0 - used.sum(axis=1)
    labour, income = (added * sales).sum(axis=1), final.sum(axis=1)
    revenue = (economy.flows - at_border).sum(axis=(0, 2)) + (at_border - sold).sum(axis=(1, 2))
    return World(
        shares=inside(_shares(economy.flows, bought)),
        final=np.ascontiguousarray((final / income[:, None]).T),
        inputs=used,
        value_added=np.ascontiguousarray(added.T),
        elasticity=economy.elasticities,
        labour=labour,
        transfers=income - labour - revenue,
        income=income,
    )


def _shares(flows: FloatArray, bought: FloatArray) -> FloatArray:
    """Return expenditure shares; who buys nothing of a sector would buy its own."""
    home = np.eye(len(bought))[:, :, None] * np.ones_like(flows)
    total = np.where(bought > 0, bought, 1.0)
    return np.where(bought[None] > 0, flows / total[None], home)


def _inputs(economy: Economy, given: ArrayLike | None) -> FloatArray | None:
    """Return input shares [country, input, user], with something left for labour."""
    if given is None:
        return None
    count, sectors = len(economy.countries), len(economy.sectors)
    values = np.array(given, dtype=np.float64)
    if values.shape != (count, sectors, sectors):
        raise InputError(
            f"Economy, inputs: expected shape {(count, sectors, sectors)} [country, input, user], "
            f"got {values.shape}"
        )
    for i, s, k in np.argwhere(~np.isfinite(values) | (values < 0)):
        raise InputError(
            f"Economy, inputs, {economy.countries[i]}, {economy.sectors[s]} used by "
            f"{economy.sectors[k]}: expected a finite share >= 0, got {float(values[i, s, k])!r}"
        )
    for i, k in np.argwhere(values.sum(axis=1) >= 1):
        raise InputError(
            f"Economy, inputs, {economy.countries[i]}, {economy.sectors[k]}: expected shares that "
            f"leave something for labour, got a sum of {float(values[i, :, k].sum())!r}"
        )
    return values


def _check_totals(economy: Economy, sales: FloatArray, bought: FloatArray) -> None:
    """Refuse countries that sell or buy nothing, and sectors that nobody buys."""
    for verb, totals in (("sells", sales.sum(axis=1)), ("buys", bought.sum(axis=1))):
        for i in np.flatnonzero(totals <= 0):
            raise InputError(f"Economy, flows: {economy.countries[i]} {verb} nothing")
    for k in np.flatnonzero(bought.sum(axis=0) <= 0):
        raise InputError(f"Economy, flows: nobody buys anything of sector {economy.sectors[k]}")


def _final(economy: Economy, final: FloatArray, bought: FloatArray) -> FloatArray:
    """Return final spending by country and sector: what is bought less what producers use."""
    short = final < -1e-9 * bought
    for i, k in np.argwhere(short):
        raise InputError(
            f"Economy, inputs: producers in {economy.countries[i]} would use more of "
            f"{economy.sectors[k]} than the country buys, by {float(-final[i, k])!r}"
        )
    return np.maximum(final, 0.0)
