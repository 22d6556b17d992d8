"""What a counterfactual of `LabourEconomy` returns, and proof that its equilibrium is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Table, Tabular
from bargaining.trade.economy.counterfactual import CLEARED
from bargaining.trade.labour.equilibrium import LabourState
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.labour.labour import LabourEconomy

__all__ = ["LabourCounterfactual"]


@dataclass(frozen=True, eq=False)
class LabourCounterfactual(Tabular):
    """An economy with labour supply at other tariffs.

    Attributes
    ----------
    real_income : ndarray of shape (N,)
        Welfare as the paper measures it, new over old, less one.
    utility : ndarray of shape (N,)
        Utility, new over old, less one: effort counts at the after-tax wage of its own situation.
        Equal to `real_income` where revenue is a lump sum.
    wages, labour, prices : ndarray of shape (N,)
        New over old; labour income of the world is the unit, or of each group of countries that
        trade with nobody else.
    flows : ndarray of shape (N, N, 1)
        [exporter, importer, sector], as importers pay.
    income : ndarray of shape (N,)
        Spending: labour income, tariff revenue and deficit.
    revenue : ndarray of shape (N,)
        What tariffs bring in.
    deficits : ndarray of shape (N,)
        What countries spend beyond labour income and tariff revenue.
    tariffs : ndarray of shape (N, N, 1)
        In force.
    residual : float
        Largest relative error of a goods market, a budget, labour supply or the numeraire.
    walras : float
        World spending less world earnings, relative.
    certificate : Certificate
    economy : LabourEconomy
        The base.
    """

    real_income: FloatArray
    utility: FloatArray
    wages: FloatArray
    labour: FloatArray
    prices: FloatArray
    flows: FloatArray
    income: FloatArray
    revenue: FloatArray
    deficits: FloatArray
    tariffs: FloatArray
    residual: float
    walras: float
    certificate: Certificate
    economy: LabourEconomy = field(repr=False)

    @classmethod
    def of(cls, economy: LabourEconomy, state: LabourState) -> LabourCounterfactual:
        """Return what an equilibrium says."""
        wages, _, labour = map(np.exp, state.logs)
        earned = state.income.sum() + state.revenue.sum()
        return cls(
            real_income=state.welfare - 1,
            utility=state.utility - 1,
            wages=wages,
            labour=labour,
            prices=np.exp(state.log_prices),
            flows=state.paid[:, :, None],
            income=state.spending,
            revenue=state.revenue,
            deficits=state.base.received,
            tariffs=state.tariffs[:, :, None],
            residual=state.residual,
            walras=float(state.spending.sum() / earned - 1),
            certificate=Certificate("markets clear", state.residual, CLEARED),
            economy=economy,
        )

    @property
    def money(self) -> FloatArray:
        """Change of real income at base spending, in the unit of the flows, shape (N,)."""
        return self.real_income * self.economy.income

    @property
    def world_income(self) -> float:
        """Change of the countries' real incomes together, relative to base spending."""
        return float(self.money.sum() / self.economy.income.sum())

    def table(self) -> Table:
        """Return a row for each country."""
        names, unit = self.economy.countries, self.economy.unit
        changes = (
            100 * self.real_income, 100 * self.utility, self.money, 100 * (self.wages - 1),
            100 * (self.labour - 1), 100 * (self.prices - 1), self.revenue,
        )  # fmt: skip
        columns = (
            "country", "welfare, %", "utility, %", f"in {unit}", "wages, %", "employment, %",
            "prices, %", "tariff revenue",
        )  # fmt: skip
        rows = tuple((name, *map(float, row)) for name, *row in zip(names, *changes, strict=True))
        return Table(
            "Changes from the base", columns, rows, note=f"certificate: {self.certificate}"
        )

    def explain(self) -> str:
        """Say in words who gains and who loses most."""
        order = np.argsort(self.real_income)
        best, worst = int(order[-1]), int(order[0])
        names = self.economy.countries
        return (
            f"{names[best]} gains most, {100 * self.real_income[best]:+.3g} % of welfare; "
            f"{names[worst]} least, {100 * self.real_income[worst]:+.3g} %. The world as a whole: "
            f"{100 * self.world_income:+.3g} %. Markets clear up to {self.residual:.0e}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "real_income", "utility", "wages", "labour", "prices", "flows", "income", "revenue",
            "deficits", "tariffs", "residual", "walras",
        )  # fmt: skip
        return {
            "countries": list(self.economy.countries),
            "sectors": list(self.economy.sectors),
            **{name: plain(getattr(self, name)) for name in names},
            "certificate": self.certificate.to_dict(),
        }


@registers(LabourCounterfactual)
def check_labour(result: LabourCounterfactual) -> Certificate:
    """Recompute every condition from wages, employment and spending, by the paper's equations."""
    base, tariffs = result.economy.base, result.tariffs[:, :, 0]
    wages, labour, e, phi = result.wages, result.labour, base.elasticity, base.passthrough
    drawn = (
        (base.flows / base.flows.sum(axis=0))
        * ((wages / labour**base.scale) ** -e)[:, None]
        * ((1 + tariffs) / (1 + base.tariffs)) ** (-e * phi)
    )
    grown = result.income / base.spending
    prices = (grown / wages) ** (1 - phi) * drawn.sum(axis=0) ** (-1 / e)
    paid = drawn / drawn.sum(axis=0) * result.income
    border = paid / (1 + tariffs)
    revenue, earned = (paid - border).sum(axis=0), wages * labour * base.income
    sold = border @ (1 - base.local_share) + base.local_share * border.sum(axis=0)
    cut = revenue / earned - base.revenue / base.income if base.cuts_tax else 0.0
    toil = base.labour_supply / (1 + base.labour_supply) * base.income
    real, work = grown / prices, wages * labour / prices
    weight = base.spending / (base.spending - (1 - cut) * toil)
    effort = work / (1 - cut)
    errors = (
        sold / earned - 1,
        (revenue + earned + result.deficits) / result.income - 1,
        labour / (wages / prices / (1 - cut)) ** base.labour_supply - 1,
        prices / result.prices - 1,
        (paid - result.flows[:, :, 0]) / result.income,
        (revenue - result.revenue) / result.income,
        weight * real + (1 - weight) * work - 1 - result.real_income,
        weight * real + (1 - weight) * effort - 1 - result.utility,
        base.group_sums(earned) / base.group_sums(base.income) - 1,
    )
    worst = max(float(np.abs(error).max()) for error in errors)
    return Certificate("markets clear", worst, CLEARED)
