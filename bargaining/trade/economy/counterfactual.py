"""What a counterfactual returns: the economy after a change, and proof that markets clear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Cell, Table, Tabular
from bargaining.trade.equilibrium.world import Policy
from bargaining.trade.measures.in_force import measure_errors
from bargaining.trade.measures.measures import Fee, Measure
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.economy.economy import Economy

__all__ = ["CLEARED", "Counterfactual"]

CLEARED = 1e-10
"""Excess demand for labour, relative to its supply, up to which markets count as cleared."""


@dataclass(frozen=True, eq=False)
class Counterfactual(Tabular):
    """A trade economy under other policies.

    Attributes
    ----------
    real_income : ndarray of shape (N,)
        New over old, less one, by country.
    wages : ndarray of shape (N,)
        New over old; world labour income at old employment is the unit.
    prices : ndarray of shape (N,)
        New over old, of final spending.
    sector_prices : ndarray of shape (N, S)
        New over old, of what buyers in a country pay for a sector's goods.
    flows : ndarray of shape (N, N, S)
        [exporter, importer, sector], as importers pay.
    income : ndarray of shape (N,)
        Final spending.
    revenue : ndarray of shape (N,)
        What the importing state collects: tariffs, its port fees and rents, less its subsidies.
    export_revenue : ndarray of shape (N,)
        What the exporting state collects: export taxes, its port fees and rents, those included
        that it passes on to another country.
    policy : Policy
        Tariffs, export taxes, trade costs and deficits in force, with what measures and fees
        amount to.
    residual : float
        Largest relative error of any equilibrium condition.
    walras : float
        World spending less world earnings, relative.
    certificate : Certificate
    economy : Economy
        The base.
    announced : Policy
        What is in force without measures and fees.
    measures : tuple of Measure
        Quotas and commitments to purchase, with their shadow rates and rents.
    fees : tuple of Fee
        Port fees, with their revenue and what sailing round them costs.
    """

    real_income: FloatArray
    wages: FloatArray
    prices: FloatArray
    sector_prices: FloatArray
    flows: FloatArray
    income: FloatArray
    revenue: FloatArray
    export_revenue: FloatArray
    policy: Policy
    residual: float
    walras: float
    certificate: Certificate
    economy: Economy = field(repr=False)
    announced: Policy = field(repr=False)
    measures: tuple[Measure, ...] = ()
    fees: tuple[Fee, ...] = ()

    @property
    def tariffs(self) -> FloatArray:
        """Tariffs in force, shape (N, N, S)."""
        return self.policy.tariffs

    @property
    def money(self) -> FloatArray:
        """Change of real income at base income, in the unit of the flows, shape (N,)."""
        return self.real_income * self.economy.income

    @property
    def rents(self) -> FloatArray:
        """What quotas bring each country, less what purchases cost it in subsidies, shape (N,)."""
        total = np.zeros(len(self.economy.countries))
        for measure in self.measures:
            total[self.economy.index(measure.rent_to)] += measure.rent
        return total

    @property
    def world_income(self) -> float:
        """Change of the countries' real incomes together, relative to base income."""
        return float(self.money.sum() / self.economy.income.sum())

    def table(self) -> Table:
        """Return a row for each country."""
        rows = tuple(
            (
                country,
                float(100 * self.real_income[i]),
                float(self.money[i]),
                float(100 * (self.wages[i] / self.prices[i] - 1)),
                float(100 * (self.prices[i] - 1)),
                float(self.revenue[i]),
            )
            for i, country in enumerate(self.economy.countries)
        )
        columns = (
            "country", "real income, %", f"in {self.economy.unit}", "real wage, %", "prices, %",
            "tariff revenue",
        )  # fmt: skip
        note = f"certificate: {self.certificate}"
        return Table("Changes from the base", columns, rows, note=note)

    def measures_table(self) -> Table:
        """Return a row for each quota, commitment to purchase and port fee."""
        rows: list[tuple[Cell, ...]] = [
            (m.name, m.limit, m.level, 100 * m.rate, m.rent, m.rent_to, 0.0) for m in self.measures
        ]
        rows += [
            (fee.name, None, None, 100 * fee.fee.rate, fee.revenue, fee.levied_by, fee.lost)
            for fee in self.fees
        ]
        columns = ("measure", "limit", "level", "rate, %", "rent or revenue", "of", "lost")
        note = (
            "quotas: volume over the base's; purchases: value as importers pay, at least; "
            f"values in {self.economy.unit}"
        )
        return Table("Measures", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words who gains and who loses most, and which measures bind."""
        order = np.argsort(self.real_income)
        best, worst = int(order[-1]), int(order[0])
        names = self.economy.countries
        return (
            f"{names[best]} gains most, {100 * self.real_income[best]:+.3g} % of real income; "
            f"{names[worst]} least, {100 * self.real_income[worst]:+.3g} %. The world as a whole: "
            f"{100 * self.world_income:+.3g} %. {self._binding()}"
            f"Markets clear up to {self.residual:.0e}."
        )

    def _binding(self) -> str:
        """Say how many measures bind, and the one with the highest rate."""
        binding = [measure for measure in self.measures if measure.binds]
        if not self.measures:
            return ""
        if not binding:
            return "No quota or commitment binds. "
        most = max(binding, key=lambda measure: abs(np.log1p(measure.rate)))
        return (
            f"{len(binding)} of {len(self.measures)} quotas and commitments bind; the "
            f"{most.name} most, like {100 * most.rate:+.3g} %, with {most.rent:.4g} for "
            f"{most.rent_to}. "
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "real_income", "wages", "prices", "sector_prices", "flows", "income", "revenue",
            "export_revenue", "residual", "walras",
        )  # fmt: skip
        return {
            "countries": list(self.economy.countries),
            "sectors": list(self.economy.sectors),
            **{name: plain(getattr(self, name)) for name in names},
            "measures": [measure.to_dict() for measure in self.measures],
            "fees": [fee.to_dict() for fee in self.fees],
            "certificate": self.certificate.to_dict(),
        }


@registers(Counterfactual)
def check_counterfactual(result: Counterfactual) -> Certificate:
    """Recompute prices, spending and labour demand from wages and the definitions, flow by flow."""
    economy, policy = result.economy, result.policy
    world = economy.world
    hat = result.sector_prices
    inputs = np.zeros((*hat.shape, hat.shape[1])) if world.inputs is None else world.inputs
    cost = result.wages[:, None] ** world.value_added.T * np.prod(hat[:, :, None] ** inputs, axis=1)
    factor = (
        policy.trade_costs
        * (1 + policy.tariffs) / (1 + economy.tariffs)
        * (1 + policy.export_taxes) / (1 + economy.export_taxes)
    )  # fmt: skip
    shares = np.moveaxis(world.shares, 0, -1)
    drawn = shares * (factor * cost[:, None, :]) ** -world.elasticity
    total = drawn.sum(axis=0)
    prices = total ** (-1 / world.elasticity)
    at_border = result.flows / (1 + policy.tariffs)
    sold = at_border / (1 + policy.export_taxes)
    sales = sold.sum(axis=1)
    revenue = (result.flows - at_border).sum(axis=(0, 2))
    levied = (at_border - sold).sum(axis=(1, 2))
    labour = world.labour * result.wages
    income = labour + policy.deficits + revenue + levied
    spending = income[:, None] * world.final.T + (inputs @ sales[:, :, None])[:, :, 0]
    errors = (
        prices / hat - 1,
        (drawn / total * spending - result.flows) / spending.sum(axis=1)[None, :, None],
        (sales * world.value_added.T).sum(axis=1) / labour - 1,
        income / result.income - 1,
        (revenue - result.revenue) / income,
        (levied - result.export_revenue) / income,
        income / world.income / np.prod(hat**world.final.T, axis=1) - 1 - result.real_income,
        np.array([labour.sum() / world.labour.sum() - 1]),
        *measure_errors(result, factor * cost[:, None, :]),
    )
    worst = max(float(np.abs(error).max()) for error in errors)
    return Certificate("markets clear", worst, CLEARED)
