"""Export controls as policies of a trade economy, controls that the other side copies, and inputs.

Each returns keyword arguments of `Economy.counterfactual`, so that a lever of a negotiation can be
one. A control is a quota, whose scarcity the licences price, or an export tax (Bhagwati 1965).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.trade.economy.arguments import number, place, selected
from bargaining.trade.economy.economy import Economy
from bargaining.trade.measures.measures import Quota
from bargaining.types import FloatArray

__all__ = [
    "BAN", "copied_control", "export_control", "flow_of", "input_restriction", "input_use",
    "producers_sales", "sectors_named",
]  # fmt: skip

BAN = 1e6
"""Trade cost, new over old, of a flow that is forbidden."""


def export_control(
    economy: Economy,
    controller: str,
    partner: str,
    sector: str,
    *,
    withheld: float | None = None,
    tax: float | None = None,
    coverage: float = 1.0,
    rent: str = "exporter",
) -> dict[str, Any]:
    """Return an export control of a country on what it sells a partner of a sector.

    Parameters
    ----------
    economy : Economy
    controller, partner, sector : str
    withheld : float
        Share, 0 to 1, of the base volume of covered goods that gets no licence: a quota. At 0 there
        is no control; where everything is covered and withheld it is a ban, a trade cost of `BAN`.
    tax : float
        Instead, an export tax on covered goods on top of the one at the base, as a rate.
    coverage : float
        Share of the sector's trade that is under control, from 0 to 1. The rest sells as it did; a
        tax on a part of a sector is as if all of it bore that part of the tax.
    rent : str
        Who gets what licences are worth; see `Quota`.

    Returns
    -------
    dict
        Keyword arguments of `Economy.counterfactual`.

    Raises
    ------
    InputError
        For unknown names, a flow that is not there, shares outside 0 to 1, both or none of
        `withheld` and `tax`, or a ban on what has no other source.

    Examples
    --------
    >>> from bargaining.trade import load
    >>> economy = load("world-2022")
    >>> control = export_control(
    ...     economy, "USA", "CHN", "electronics", withheld=0.8, coverage=0.25
    ... )
    >>> control
    {'quotas': {('USA', 'CHN', 'electronics'): Quota(limit=0.8, rent='exporter')}}
    >>> economy.counterfactual(**control).measures[0].binds
    True
    """
    key = (controller, partner, sector)
    flow = flow_of(economy, key)
    what = f"export control {place(economy, flow)}"
    covered = _share(f"{what}, coverage", coverage)
    if (withheld is None) == (tax is None):
        raise InputError(f"Economy, {what}: expected one of withheld and tax")
    if tax is not None:
        rate = float(economy.export_taxes[flow]) + covered * number(f"{what}, tax", tax)
        return {"export_taxes": {key: rate}}
    return _withheld(economy, key, covered * _share(f"{what}, withheld", withheld), rent)


def _withheld(
    economy: Economy, key: tuple[str, str, str], share: float, rent: str
) -> dict[str, Any]:
    """Return the policy that withholds a share of the base volume of a flow."""
    if share == 0:
        return {}
    if share == 1:
        flow = flow_of(economy, key)
        if economy.flows[flow] == economy.flows[:, flow[1], flow[2]].sum():
            raise InputError(
                f"Economy, export control {place(economy, flow)}: expected something left, since "
                f"{key[0]} is the only source"
            )
        return {"trade_costs": {key: BAN}}
    return {"quotas": {key: Quota(1.0 - share, rent)}}


def flow_of(economy: Economy, key: tuple[str, str, str]) -> tuple[int, int, int]:
    """Return the one flow that a key names."""
    if "*" in key:
        raise InputError(f"Economy, export control: expected one flow, got {key!r}")
    (flow,) = selected(economy, "export control", key)
    if not economy.flows[flow] > 0:
        raise InputError(
            f"Economy, export control {place(economy, flow)}: expected trade at the base, and "
            "there is none"
        )
    return flow


def _share(what: str, given: object) -> float:
    value = number(what, given)
    if not 0 <= value <= 1:
        raise InputError(f"Economy, {what}: expected a share from 0 to 1, got {value!r}")
    return value


def copied_control(
    economy: Economy,
    controller: str,
    partner: str,
    sector: str,
    *,
    answer: str | None = None,
    strength: float = 1.0,
    withheld: float | None = None,
    tax: float | None = None,
    coverage: float = 1.0,
    rent: str = "exporter",
) -> dict[str, Any]:
    """Return an export control together with the partner's copy of it on trade the other way.

    Parameters
    ----------
    economy : Economy
    controller, partner, sector : str
    answer : str, optional
        Sector of the copy; the same unless said.
    strength : float
        How much of what the first withholds, or taxes, the copy does, from 0 to 1.
    withheld, tax, coverage, rent
        As of `export_control`; the copy's licences are sold by whom `rent` says, seen from its
        side, so that a third country stays the same.

    Returns
    -------
    dict
        Keyword arguments of `Economy.counterfactual`.

    Raises
    ------
    InputError
        As `export_control`.

    Examples
    --------
    >>> from bargaining.trade import load
    >>> both = copied_control(
    ...     load("world-2022"), "USA", "CHN", "electronics", answer="chemicals and metals",
    ...     strength=0.5, withheld=0.4,
    ... )
    >>> for flow, quota in both["quotas"].items():
    ...     print(flow, quota.limit)
    ('USA', 'CHN', 'electronics') 0.6
    ('CHN', 'USA', 'chemicals and metals') 0.8
    """
    part = _share("copied control, strength", strength)
    first = export_control(
        economy, controller, partner, sector, withheld=withheld, tax=tax, coverage=coverage,
        rent=rent,
    )  # fmt: skip
    second = export_control(
        economy, partner, controller, sector if answer is None else answer,
        withheld=None if withheld is None else part * withheld,
        tax=None if tax is None else part * tax,
        coverage=coverage, rent={controller: partner, partner: controller}.get(rent, rent),
    )  # fmt: skip
    return {name: {**first.get(name, {}), **second.get(name, {})} for name in {**first, **second}}


def input_restriction(
    economy: Economy,
    controller: str,
    user: str,
    product: str,
    using: Iterable[str],
    *,
    withheld: float,
    coverage: float = 1.0,
    rent: str = "exporter",
) -> dict[str, Any]:
    """Return a restriction of an input, such as rare earths, for sectors of a partner that use it.

    The economy needs inputs. Buyers of a sector's goods share one supply, so what the using sectors
    do not get is withheld from the flow: `withheld` times `coverage` times the share of all that
    the user's country buys of the product that goes to these sectors.

    Parameters
    ----------
    economy : Economy
        With inputs.
    controller, user, product : str
        Who withholds what from whom.
    using : iterable of str
        Sectors of the user's country that need the input.
    withheld : float
        Share of their supply from the controller, 0 to 1, that is withheld.
    coverage : float
        Share of the product's trade that the restricted goods are, from 0 to 1.
    rent : str
        See `Quota`.

    Returns
    -------
    dict
        Keyword arguments of `Economy.counterfactual`.

    Raises
    ------
    InputError
        For an economy without inputs, unknown names, or shares outside 0 to 1.

    Examples
    --------
    Half of the metals that A sells B go to B's cars; six tenths of these are withheld.

    >>> import numpy as np
    >>> flows = np.array([[[50.0, 10], [20, 5]], [[5, 20], [5, 30]]])  # metals, cars
    >>> inputs = np.zeros((2, 2, 2))
    >>> inputs[1, 0, 1] = 0.25  # of B's car sales
    >>> economy = Economy(["A", "B"], ["metals", "cars"], flows, 0.0, 4.0, inputs=inputs)
    >>> input_restriction(economy, "A", "B", "metals", ["cars"], withheld=0.6)
    {'quotas': {('A', 'B', 'metals'): Quota(limit=0.7, rent='exporter')}}
    """
    key = (controller, user, product)
    flow = flow_of(economy, key)
    what = f"export control {place(economy, flow)}"
    share = _share(f"{what}, withheld", withheld) * _share(f"{what}, coverage", coverage)
    used = input_use(economy, flow, using).sum() / economy.flows[:, flow[1], flow[2]].sum()
    return _withheld(economy, key, share * float(used), rent)


def producers_sales(economy: Economy) -> FloatArray:
    """Return what producers sell, shape (N, S)."""
    sold = economy.flows / (1 + economy.tariffs) / (1 + economy.export_taxes)
    return np.asarray(sold.sum(axis=1))


def sectors_named(economy: Economy, using: Iterable[str]) -> list[int]:
    """Return the numbers of sectors, each once."""
    names = [using] if isinstance(using, str) else list(using)
    for name in names:
        if name not in economy.sectors:
            raise unknown_name("sector", name, economy.sectors)
    if not names or len(set(names)) < len(names):
        raise InputError(f"Economy, using: expected sectors, each once, got {names!r}")
    return [economy.sectors.index(name) for name in names]


def input_use(economy: Economy, flow: tuple[int, int, int], using: Iterable[str]) -> FloatArray:
    """Return what sectors of the importer spend on the input, from all sources."""
    _, i, k = flow
    sectors = sectors_named(economy, using)
    inputs = economy.world.inputs
    if inputs is None:
        raise InputError(
            f"Economy, inputs: a restriction on an input {place(economy, flow)} needs an economy "
            "with inputs, and this one has none"
        )
    use = inputs[i, k, sectors] * producers_sales(economy)[i, sectors]
    if not use.sum() > 0:
        names = ", ".join(economy.sectors[s] for s in sectors)
        raise InputError(
            f"Economy, inputs: expected that {names} in {economy.countries[i]} use "
            f"{economy.sectors[k]}, and they use none"
        )
    return np.asarray(use)
