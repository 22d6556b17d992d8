"""What counterfactuals accept as quotas, purchases and port fees, checked by country and sector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bargaining.errors import InputError, unknown_name
from bargaining.trade.economy.arguments import Named, number, place, selected
from bargaining.trade.measures.measures import (
    FeeGiven,
    Flow,
    Limit,
    PortFee,
    PortFees,
    Purchases,
    Quota,
    Quotas,
)
from bargaining.types import FloatArray

__all__ = ["fees_given", "purchase_floors", "quota_limits"]


def quota_limits(economy: Named, base: FloatArray, given: Quotas | None) -> tuple[Limit, ...]:
    """Return a limit for each flow under a quota; the last that names a flow counts."""
    found: dict[Flow, Limit] = {}
    for key, value in _pairs("quota", given):
        quota = value if isinstance(value, Quota) else Quota(value)
        for flow in _trading(economy, "quota", key, base):
            found[flow] = _quota(economy, flow, quota)
    return tuple(found.values())


def _quota(economy: Named, flow: Flow, quota: Quota) -> Limit:
    name = f"quota {place(economy, flow)}"
    exporter, importer = (economy.countries[n] for n in flow[:2])
    limit = number(name, quota.limit)
    if limit <= 0:
        raise InputError(
            f"Economy, {name}: expected a limit > 0 (volume relative to the base), got {limit!r}; "
            "for a ban give a trade cost so high, such as 1e6, that nothing is left of the flow"
        )
    known = {"exporter": exporter, "importer": importer}
    rent_to = known.get(quota.rent, quota.rent)
    if rent_to not in economy.countries:
        raise unknown_name(f"country for the rent of the {name}:", rent_to, economy.countries)
    side = "importer" if rent_to == importer else "exporter"
    return Limit(kind="quota", name=name, flows=(flow,), limit=limit, side=side, rent_to=rent_to)


def purchase_floors(
    economy: Named, base: FloatArray, given: Purchases | None, quotas: Iterable[Limit]
) -> tuple[Limit, ...]:
    """Return a floor for each commitment to purchase; no flow may be in two, or under a quota."""
    taken: dict[Flow, str] = {flow: quota.name for quota in quotas for flow in quota.flows}
    found: list[Limit] = []
    for key, value in _pairs("purchases", given):
        flows = _trading(economy, "purchases", key, base)
        name = f"purchases from {key[0]} to {key[1]}" + (f" in {key[2]}" if key[2:] else "")
        floor = number(name, value)
        if floor <= 0:
            raise InputError(f"Economy, {name}: expected a value > 0, got {floor!r}")
        if len({flow[1] for flow in flows}) > 1:
            raise InputError(f"Economy, {name}: expected one importer, who pays for them")
        for flow in flows:
            if flow in taken:
                raise InputError(f"Economy, {name}: {taken[flow]} is on the same flow")
            taken[flow] = name
        importer = economy.countries[flows[0][1]]
        found.append(
            Limit(
                kind="purchases", name=name, flows=flows, limit=floor, side="importer",
                rent_to=importer,
            )
        )  # fmt: skip
    return tuple(found)


def _pairs(what: str, given: object) -> Iterable[tuple[tuple[str, ...], Any]]:
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise InputError(
            f"Economy, {what}: expected a mapping from (exporter, importer[, sector]), "
            f"got {given!r}"
        )
    return given.items()


def _trading(economy: Named, what: str, key: tuple[str, ...], base: FloatArray) -> tuple[Flow, ...]:
    """Return the flows of a key in which there is trade."""
    flows = selected(economy, what, key)
    trading = tuple(flow for flow in flows if base[flow] > 0)
    if not trading:
        raise InputError(
            f"Economy, {what} {place(economy, flows[0])}: expected trade at the base, and there is "
            "none"
        )
    return trading


def fees_given(economy: Named, given: PortFees | None) -> FeeGiven:
    """Return fees by flow; the last that names a flow counts."""
    found: FeeGiven = {}
    for key, value in _pairs("port fee", given):
        fee = value if isinstance(value, PortFee) else PortFee(value)
        for flow in selected(economy, "port fee", key):
            name = f"port fee {place(economy, flow)}"
            rate, rerouted = number(name, fee.rate), number(f"{name}, rerouted", fee.rerouted)
            if rate < 0:
                raise InputError(f"Economy, {name}: expected a rate >= 0, got {rate!r}")
            if not 0 <= rerouted <= 1:
                raise InputError(f"Economy, {name}, rerouted: expected 0 to 1, got {rerouted!r}")
            if fee.levied_by not in ("importer", "exporter"):
                raise InputError(
                    f"Economy, {name}, levied_by: expected 'importer' or 'exporter', "
                    f"got {fee.levied_by!r}"
                )
            found[flow] = fee
    return found
