"""Quotas, purchases and port fees as the tariffs, export taxes and costs that they amount to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bargaining.trade.economy.arguments import Named
from bargaining.trade.equilibrium.world import Policy
from bargaining.trade.measures.measures import Fee, FeeGiven, Flow, Limit, Measure, PortFee
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.economy.counterfactual import Counterfactual

__all__ = ["charged", "measure_errors", "with_fees", "with_limits"]


def with_fees(policy: Policy, fees: FeeGiven) -> Policy:
    """Return the policy with port fees put as tariffs, export taxes and iceberg costs."""
    if not fees:
        return policy
    tariffs, taxes = policy.tariffs.copy(), policy.export_taxes.copy()
    costs = policy.trade_costs.copy()
    for flow, fee in fees.items():
        costs[flow] *= 1 + fee.rerouted * fee.rate
        levied = tariffs if fee.levied_by == "importer" else taxes
        levied[flow] += (1 - fee.rerouted) * fee.rate
    return replace(policy, tariffs=tariffs, export_taxes=taxes, trade_costs=costs)


def with_limits(
    economy: Named, policy: Policy, limits: Iterable[Limit], wedges: FloatArray, moved: FloatArray
) -> Policy:
    """Return the policy with log wedges that meet limits, and rents moved to other countries."""
    tariffs, taxes = policy.tariffs.copy(), policy.export_taxes.copy()
    deficits = policy.deficits.copy()
    for limit, wedge, rent in zip(limits, wedges, moved, strict=True):
        rates = tariffs if limit.side == "importer" else taxes
        if wedge:
            rates[limit.at] = (1 + rates[limit.at]) * np.exp(wedge) - 1
        if rent:
            deficits[economy.countries.index(limit.rent_to)] += rent
            deficits[limit.flows[0][0]] -= rent
    return replace(policy, tariffs=tariffs, export_taxes=taxes, deficits=deficits)


def charged(economy: Named, fees: FeeGiven, policy: Policy, flows: FloatArray) -> tuple[Fee, ...]:
    """Return what port fees brought, by pair of countries and fee.

    Parameters
    ----------
    economy : Named
    fees : dict
    policy : Policy
        In force, fees included.
    flows : ndarray of shape (N, N, S)
        As importers pay.
    """
    together: dict[tuple[int, int, PortFee], list[Flow]] = {}
    for flow, fee in fees.items():
        together.setdefault((*flow[:2], fee), []).append(flow)
    found = []
    for (j, i, fee), members in together.items():
        at = tuple(zip(*members, strict=True))
        border = flows[at] / (1 + policy.tariffs[at])
        sold = border / (1 + policy.export_taxes[at])
        on = border if fee.levied_by == "importer" else sold
        avoided = fee.rerouted * fee.rate
        payer = economy.countries[i if fee.levied_by == "importer" else j]
        found.append(
            Fee(
                name=f"port fee from {economy.countries[j]} to {economy.countries[i]}",
                flows=tuple(members),
                fee=fee,
                levied_by=payer,
                revenue=float((1 - fee.rerouted) * fee.rate * on.sum()),
                lost=float(avoided / (1 + avoided) * sold.sum()),
            )
        )
    return tuple(found)


def measure_errors(result: Counterfactual, paid: FloatArray) -> tuple[FloatArray, ...]:
    """Return relative errors of what a result says on its measures, from their definitions.

    Parameters
    ----------
    result : Counterfactual
    paid : ndarray of shape (N, N, S)
        What importers pay for a unit, new over old.
    """
    economy, policy, announced = result.economy, result.policy, result.announced
    scale = economy.world.labour.sum()
    fees = {flow: fee.fee for fee in result.fees for flow in fee.flows}
    rates = np.array([measure.rate for measure in result.measures])
    abroad = [_abroad(economy, measure) for measure in result.measures]
    moved = np.array([m.rent * out for m, out in zip(result.measures, abroad, strict=True)])
    expected = with_limits(
        economy, with_fees(announced, fees), result.measures, np.log1p(rates), moved
    )
    errors = [
        (1 + policy.tariffs) / (1 + expected.tariffs) - 1,
        (1 + policy.export_taxes) / (1 + expected.export_taxes) - 1,
        policy.trade_costs / expected.trade_costs - 1,
        (policy.deficits - expected.deficits) / scale,
    ]
    for fee, again in zip(result.fees, charged(economy, fees, policy, result.flows), strict=True):
        errors.append(np.array([fee.revenue - again.revenue, fee.lost - again.lost]) / scale)
    for measure in result.measures:
        level = _level(result, measure, paid)
        rent = _rent(result, measure)
        errors.append(np.array([measure.gap, measure.level / level - 1]))
        errors.append(np.array([(measure.rent - rent) / scale]))
    return tuple(errors)


def _abroad(economy: Named, limit: Limit) -> bool:
    """Say whether a rent that the exporter could collect goes to somebody else."""
    return limit.side == "exporter" and limit.rent_to != economy.countries[limit.flows[0][0]]


def _level(result: Counterfactual, measure: Measure, paid: FloatArray) -> float:
    """Return a volume over that of the base, or a value."""
    value = float(result.flows[measure.at].sum())
    if measure.kind == "purchases":
        return value
    return value / float((result.economy.flows[measure.at] * paid[measure.at]).sum())


def _rent(result: Counterfactual, measure: Measure) -> float:
    """Return what a shadow rate brings on the value that it is levied on."""
    flows, rate = result.flows[measure.at], measure.rate
    if measure.side == "exporter":
        flows = flows / (1 + result.policy.tariffs[measure.at])
    return float(rate / (1 + rate) * flows.sum())
