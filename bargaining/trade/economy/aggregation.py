"""Coarser economies: countries and sectors put together, so that spending and revenue are kept.

Sums of values, and averages of rates with the values that they apply to as weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.trade.economy.economy import Economy
from bargaining.types import FloatArray

__all__ = ["aggregate"]


def aggregate(
    economy: Economy,
    *,
    countries: Mapping[str, Sequence[str]] | None = None,
    sectors: Mapping[str, Sequence[str]] | None = None,
) -> Economy:
    """Return an economy of groups of countries, of sectors, or both.

    Parameters
    ----------
    economy : Economy
    countries, sectors : mapping from group to members, optional
        Each member in one group; those that are in none stay by themselves, behind the groups.

    Returns
    -------
    Economy
        Values are summed. A tariff (and an export tax) between groups is the one that brings in
        the same revenue: an average weighted by value before the tax, plain where nothing is
        traded. Within a group of countries there are no tariffs any more: what was paid there
        counts as sellers' income, so that each group spends what its members spent. An elasticity
        is an average weighted by trade between countries of the old economy, and shares of inputs
        are weighted by sales.

    Raises
    ------
    InputError
        For an unknown member, one in two groups, an empty group, or a group with the name of an
        outsider.

    Notes
    -----
    Results change with aggregation; compare only economies of the same groups.

    Examples
    --------
    >>> from bargaining.trade import Economy
    >>> flows = [[[80], [10], [10]], [[10], [80], [10]], [[10], [10], [80]]]
    >>> economy = Economy(["A", "B", "C"], ["goods"], flows, 0.25, 4.0)
    >>> union = aggregate(economy, countries={"A and B": ["A", "B"]})
    >>> union.countries, union.flows[:, :, 0].tolist(), union.tariffs[0, 1].tolist()
    (('A and B', 'C'), [[180.0, 20.0], [20.0, 80.0]], [0.25])
    """
    lands, by_land = _groups("countries", economy.countries, countries)
    kinds, by_kind = _groups("sectors", economy.sectors, sectors)
    if len(lands) == 1:
        raise InputError("aggregate, countries: expected at least two groups, got one")

    def summed(values: FloatArray) -> FloatArray:
        groups = (by_land, by_land, by_kind)
        return np.asarray(np.einsum("jis,ja,ib,sc->abc", values, *groups, optimize=True))

    border = economy.flows / (1 + economy.tariffs)
    sold = border / (1 + economy.export_taxes)
    spent = summed(economy.flows)
    cells = summed(np.ones(economy.shape))
    mean_tariff = summed(economy.tariffs) / cells
    mean_tax = summed(economy.export_taxes) / cells
    tariffs = _rate(spent, summed(border), mean_tariff)
    taxes = _rate(summed(border), summed(sold), mean_tax)
    home = np.arange(len(lands))
    tariffs[home, home] = taxes[home, home] = 0.0
    return Economy(
        lands, kinds, spent, tariffs, _elasticities(economy, border, by_kind),
        export_taxes=taxes, inputs=_inputs(economy, spent, tariffs, taxes, by_land, by_kind),
        unit=economy.unit, source=economy.source,
    )  # fmt: skip


def _groups(
    what: str, names: Sequence[str], given: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[str, ...], FloatArray]:
    """Return names of groups, and who belongs to which: an array of shape (members, groups)."""
    groups = dict(given or {})
    member_of: dict[str, str] = {}
    for group, members in groups.items():
        if isinstance(members, str) or not members:
            raise InputError(f"aggregate, {what}, {group!r}: expected names, got {members!r}")
        for member in members:
            if member not in names:
                raise unknown_name(what, member, names)
            if member in member_of:
                raise InputError(
                    f"aggregate, {what}: {member!r} is in {member_of[member]!r} and in {group!r}"
                )
            member_of[member] = group
    alone = [name for name in names if name not in member_of]
    for name in alone:
        if name in groups:
            raise InputError(
                f"aggregate, {what}: {name!r} is a group, and the name of one that is in no group"
            )
    order = [*groups, *alone]
    belongs = np.zeros((len(names), len(order)))
    for n, name in enumerate(names):
        belongs[n, order.index(member_of.get(name, name))] = 1.0
    return tuple(order), belongs


def _rate(after: FloatArray, before: FloatArray, mean: FloatArray) -> FloatArray:
    traded = before > 0
    return np.where(traded, after / np.where(traded, before, 1.0) - 1, mean)


def _elasticities(economy: Economy, border: FloatArray, by_kind: FloatArray) -> FloatArray:
    """Return averages weighted by trade; by the number of sectors where none is traded."""
    abroad = ~np.eye(len(economy.countries), dtype=bool)
    trade = border[abroad].sum(axis=0)
    weights = np.where((trade @ by_kind)[by_kind.argmax(axis=1)] > 0, trade, 1.0)
    return np.asarray((weights * economy.elasticities) @ by_kind / (weights @ by_kind))


def _inputs(
    economy: Economy,
    spent: FloatArray,
    tariffs: FloatArray,
    taxes: FloatArray,
    by_land: FloatArray,
    by_kind: FloatArray,
) -> FloatArray | None:
    """Return what groups use as shares of what groups sell."""
    shares = economy.world.inputs
    if shares is None:
        return None
    sales = (economy.flows / (1 + economy.tariffs) / (1 + economy.export_taxes)).sum(axis=1)
    used = shares * sales[:, None, :]
    total = np.einsum("isk,ia,sc,kd->acd", used, by_land, by_kind, by_kind, optimize=True)
    sold = (spent / (1 + tariffs) / (1 + taxes)).sum(axis=1)
    return np.asarray(total / np.where(sold > 0, sold, 1.0)[:, None, :])
