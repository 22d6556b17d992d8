"""What a counterfactual of `LobbyEconomy` returns, and proof that its equilibrium is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Table, Tabular
from bargaining.trade.economy.counterfactual import CLEARED
from bargaining.trade.equilibrium.world import outside
from bargaining.trade.lobbies.equilibrium import LobbyState
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.lobbies.lobbies import LobbyEconomy

__all__ = ["LobbyCounterfactual"]


@dataclass(frozen=True, eq=False)
class LobbyCounterfactual(Tabular):
    """An economy with profits and lobbies at other tariffs.

    Attributes
    ----------
    government_welfare : ndarray of shape (N,)
        What governments maximise, new over old, less one.
    real_income : ndarray of shape (N,)
        New over old, less one.
    wages : ndarray of shape (N,)
        New over old; labour income of the world is the unit.
    prices : ndarray of shape (N, S)
        Price indices of sectors, new over old; one where nothing is bought.
    profits : ndarray of shape (N, S)
        In the unit of the flows.
    flows : ndarray of shape (N, N, S)
        [exporter, importer, sector], net of tariffs.
    income : ndarray of shape (N,)
        Spending: labour income, profits and tariff revenue.
    revenue : ndarray of shape (N,)
        What tariffs bring in, in the unit of the flows.
    tariffs : ndarray of shape (N, N, S)
        In force.
    residual : float
        Largest relative error of a labour market or a budget.
    certificate : Certificate
    economy : LobbyEconomy
        The base.
    """

    government_welfare: FloatArray
    real_income: FloatArray
    wages: FloatArray
    prices: FloatArray
    profits: FloatArray
    flows: FloatArray
    income: FloatArray
    revenue: FloatArray
    tariffs: FloatArray
    residual: float
    certificate: Certificate
    economy: LobbyEconomy = field(repr=False)

    @classmethod
    def of(cls, economy: LobbyEconomy, state: LobbyState) -> LobbyCounterfactual:
        """Return what an equilibrium says."""
        base = state.base
        nominal = state.expenditure / base.expenditure
        return cls(
            government_welfare=state.government - 1,
            real_income=nominal * np.exp(-state.log_price) - 1,
            wages=state.wages,
            prices=np.exp(state.log_prices).T,
            profits=(state.sales * (1 - base.labour_share)).T,
            flows=outside(state.flows),
            income=state.expenditure,
            revenue=state.revenue.sum(axis=0),
            tariffs=outside(state.tariffs),
            residual=state.residual,
            certificate=Certificate("markets clear", state.residual, CLEARED),
            economy=economy,
        )

    def table(self) -> Table:
        """Return a row for each country."""
        changes = (100 * self.government_welfare, 100 * self.real_income, 100 * (self.wages - 1))
        columns = (
            "country", "government welfare, %", "real income, %", "wages, %", "profits",
            "tariff revenue",
        )  # fmt: skip
        rows = tuple(
            (name, *map(float, row))
            for name, *row in zip(
                self.economy.countries, *changes, self.profits.sum(axis=1), self.revenue,
                strict=True,
            )
        )  # fmt: skip
        return Table(
            "Changes from the base", columns, rows, note=f"certificate: {self.certificate}"
        )

    def explain(self) -> str:
        """Say in words whose government gains and loses most, and whose people."""
        names = self.economy.countries
        said = []
        for what, change in (
            ("government welfare", 100 * self.government_welfare),
            ("real income", 100 * self.real_income),
        ):
            best, worst = int(change.argmax()), int(change.argmin())
            said.append(
                f"{names[best]} gains most {what}, {change[best]:+.3g} %; {names[worst]} least, "
                f"{change[worst]:+.3g} %."
            )
        return f"{' '.join(said)} Markets clear up to {self.residual:.0e}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "government_welfare", "real_income", "wages", "prices", "profits", "flows", "income",
            "revenue", "tariffs", "residual",
        )  # fmt: skip
        return {
            "countries": list(self.economy.countries),
            "sectors": list(self.economy.sectors),
            **{name: plain(getattr(self, name)) for name in names},
            "certificate": self.certificate.to_dict(),
        }


@registers(LobbyCounterfactual)
def check_lobby(result: LobbyCounterfactual) -> Certificate:
    """Recompute markets, budgets and welfare from wages and spending, by Ossa's definitions."""
    economy, tariffs = result.economy, result.tariffs
    sigma, weights = economy.sigma, economy.political_weights
    paid = (1 + economy.tariffs) * economy.flows
    bought, old_sales = paid.sum(axis=0), economy.flows.sum(axis=1)
    old_income = bought.sum(axis=1)
    old_revenue = (economy.tariffs * economy.flows).sum(axis=(0, 2))
    dearer = (1 + tariffs) / (1 + economy.tariffs) * result.wages[:, None, None]
    drawn = paid / np.where(bought > 0, bought, 1.0) * dearer ** (1 - sigma)
    total = np.where(bought > 0, drawn.sum(axis=0), 1.0)
    prices = total ** (1 / (1 - sigma))
    spending = bought / old_income[:, None] * result.income[:, None]
    flows = drawn / total * spending / (1 + tariffs)
    sales, revenue = flows.sum(axis=1), (tariffs * flows).sum(axis=(0, 2))
    profits = sales / sigma
    labour, old_labour = sales - profits, old_sales * (1 - 1 / sigma)

    def politics(earned: FloatArray, employed: FloatArray, collected: FloatArray) -> FloatArray:
        share = employed / employed.sum(axis=1, keepdims=True)
        return np.asarray((weights * (earned + share * collected[:, None])).sum(axis=1))

    level = np.prod(prices ** (bought / old_income[:, None]), axis=1)
    earned = old_labour.sum(axis=1) * result.wages
    government = politics(labour + profits, labour, revenue) / level
    errors = (
        labour.sum(axis=1) / earned - 1,
        (sales.sum(axis=1) + revenue) / result.income - 1,
        prices / result.prices - 1,
        (flows - result.flows) / result.income[None, :, None],
        (profits - result.profits) / result.income[:, None],
        (revenue - result.revenue) / result.income,
        government / politics(old_sales, old_labour, old_revenue) - 1 - result.government_welfare,
        result.income / old_income / level - 1 - result.real_income,
        np.array([earned.sum() / old_labour.sum() - 1]),
    )
    worst = max(float(np.abs(error).max()) for error in errors)
    return Certificate("markets clear", worst, CLEARED)
