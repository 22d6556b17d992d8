"""The base of a trade economy, and the wedges that policies drive between its prices.

Exact hat algebra (Dekle, Eaton and Kortum 2008; Caliendo and Parro 2015 with intermediate inputs):
everything is written as a change from observed flows, so that no productivity, preference or trade
cost need be known. Within this room arrays put the sector first: [sector, exporter, importer].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse.csgraph import connected_components

from bargaining.types import FloatArray

__all__ = ["Policy", "Wedges", "World", "inside", "outside"]


@dataclass(frozen=True, eq=False)
class World:
    """Observed shares and values, at which every change is one.

    Attributes
    ----------
    shares : ndarray of shape (S, N, N)
        Of exporter j in what importer i spends on sector k; they sum to one over exporters.
    final : ndarray of shape (S, N)
        Shares of the sectors in final spending.
    inputs : ndarray of shape (N, S, S) or None
        [country, input, user]: shares of the inputs in the user's costs; None for no inputs.
    value_added : ndarray of shape (S, N)
        Share of labour in costs.
    elasticity : ndarray of shape (S,)
        Trade elasticities.
    labour, transfers, income : ndarray of shape (N,)
        Labour income, trade deficit paid by others, and final spending.
    """

    shares: FloatArray
    final: FloatArray
    inputs: FloatArray | None
    value_added: FloatArray
    elasticity: FloatArray
    labour: FloatArray
    transfers: FloatArray
    income: FloatArray

    @cached_property
    def numeraire(self) -> FloatArray:
        """Weights of the countries in the unit of value, shape (N, N).

        Row by row labour's shares in the country's part of the world: countries that trade with
        each other, if only by way of others. Parts that do not trade have a unit of value each.
        """
        _, part = connected_components(self.shares.sum(axis=0) > 0, directed=False)
        together = part[:, None] == part[None, :]
        weights = together * self.labour
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def input_costs(self, prices: FloatArray) -> FloatArray:
        """Return what (log) prices of inputs (S, N, K) do to (log) costs of their users."""
        if self.inputs is None:
            return np.zeros_like(prices)
        return (self.inputs.transpose(0, 2, 1) @ prices.transpose(1, 0, 2)).transpose(1, 0, 2)

    def input_demand(self, sales: FloatArray) -> FloatArray:
        """Return what users with some sales (S, N, K) spend on each input."""
        if self.inputs is None:
            return np.zeros_like(sales)
        return (self.inputs @ sales.transpose(1, 0, 2)).transpose(1, 0, 2)


@dataclass(frozen=True, eq=False)
class Wedges:
    """What stands between producers' and buyers' prices, and who collects it.

    Attributes
    ----------
    cost : ndarray of shape (S, N, N)
        Log change, from the base, of the buyer's price over the producer's.
    to_importer, to_exporter : ndarray of shape (S, N, N)
        Shares of what buyers pay that the importing and the exporting state collect; what is left
        reaches the producer.
    """

    cost: FloatArray
    to_importer: FloatArray
    to_exporter: FloatArray

    @cached_property
    def to_producer(self) -> FloatArray:
        """Shares of what buyers pay that reach the producer."""
        return 1.0 - self.to_importer - self.to_exporter


@dataclass(frozen=True, eq=False)
class Policy:
    """What states levy and trade costs: arrays of shape (N, N, S), [exporter, importer, sector].

    Attributes
    ----------
    tariffs : ndarray
        Ad valorem rates on the value at the border, collected by the importer.
    export_taxes : ndarray
        Ad valorem rates on the producer's price, collected by the exporter.
    trade_costs : ndarray
        Iceberg costs, new over old.
    deficits : ndarray of shape (N,)
        What each country spends beyond its income, in units of world labour income.
    """

    tariffs: FloatArray
    export_taxes: FloatArray
    trade_costs: FloatArray
    deficits: FloatArray

    def wedges(self, base: Policy) -> Wedges:
        """Return the wedges that this drives between prices, seen from a base."""
        tariffs, taxes = self.tariffs, self.export_taxes
        change = (1 + tariffs) / (1 + base.tariffs) * (1 + taxes) / (1 + base.export_taxes)
        cost = np.log(self.trade_costs / base.trade_costs * change)
        to_exporter = taxes / (1 + taxes) / (1 + tariffs)
        return Wedges(inside(cost), inside(tariffs / (1 + tariffs)), inside(to_exporter))

    def tariff_gradient(self, by: Wedges) -> FloatArray:
        """Return derivatives by tariffs, shape (N, N, S), from derivatives by wedges."""
        back = 1 / (1 + self.tariffs)
        to_exporter = self.export_taxes / (1 + self.export_taxes) * back
        return (
            outside(by.cost) * back
            + outside(by.to_importer) * back**2
            - outside(by.to_exporter) * to_exporter * back
        )

    def export_tax_gradient(self, by: Wedges) -> FloatArray:
        """Return derivatives by export taxes, shape (N, N, S), from derivatives by wedges."""
        back = 1 / (1 + self.export_taxes)
        return outside(by.cost) * back + outside(by.to_exporter) * back**2 / (1 + self.tariffs)


def inside(flows: FloatArray) -> FloatArray:
    """Put the sector first, as arrays are within the room."""
    return np.ascontiguousarray(np.moveaxis(flows, -1, 0))


def outside(flows: FloatArray) -> FloatArray:
    """Put the sector last, as arrays are for users."""
    return np.ascontiguousarray(np.moveaxis(flows, 0, -1))
