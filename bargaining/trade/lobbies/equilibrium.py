"""Equilibrium of an economy with profits (Ossa 2014), in changes from observed flows.

Given wages and expenditures everything else is a formula, so Newton's method runs on these 2N
numbers with their exact derivatives, and one transposed solve gives the derivative of any welfare
measure by all tariffs. Within this room arrays put the sector first: [sector, exporter, importer].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bargaining.trade.equilibrium.newton import linear, newton
from bargaining.types import FloatArray

__all__ = ["LobbyBase", "LobbyState", "solve_lobby"]


@dataclass(frozen=True, eq=False)
class LobbyBase:
    """Observed flows and the shares that follow from them.

    Attributes
    ----------
    flows, tariffs : ndarray of shape (S, N, N)
        Flows net of tariffs, and the tariffs at which they were observed.
    power : ndarray of shape (S, 1)
        1 - sigma: by how much spending on a variety changes with its price.
    political : ndarray of shape (N, S)
        Political weights.
    """

    flows: FloatArray
    tariffs: FloatArray
    power: FloatArray
    political: FloatArray

    @cached_property
    def labour_share(self) -> FloatArray:
        """Share of labour in sales, 1 - 1 / sigma, shape (S, 1)."""
        return -self.power / (1 - self.power)

    @cached_property
    def spending(self) -> FloatArray:
        """Spending of importers by sector, tariffs included, shape (S, N)."""
        return np.asarray(((1 + self.tariffs) * self.flows).sum(axis=1))

    @cached_property
    def expenditure(self) -> FloatArray:
        """Spending of each country, shape (N,)."""
        return np.asarray(self.spending.sum(axis=0))

    @cached_property
    def budget_shares(self) -> FloatArray:
        """Shares of sectors in spending, shape (S, N)."""
        return self.spending / self.expenditure

    @cached_property
    def gamma(self) -> FloatArray:
        """Shares of exporters in what an importer spends on a sector; 0 where it buys nothing."""
        bought = np.where(self.spending > 0, self.spending, 1.0)
        return (1 + self.tariffs) * self.flows / bought[:, None, :]

    @cached_property
    def sales(self) -> FloatArray:
        """Sales of producers by sector, shape (S, N)."""
        return np.asarray(self.flows.sum(axis=2))

    @cached_property
    def labour_income(self) -> FloatArray:
        """Labour income of each country, shape (N,)."""
        return np.asarray((self.labour_share * self.sales).sum(axis=0))

    @cached_property
    def government(self) -> FloatArray:
        """Government welfare at the base, shape (N,), in units of flows (prices being 1)."""
        lever = self.labour_share * self.sales / self.labour_income
        revenue = (self.tariffs * self.flows).sum(axis=(0, 1))
        weighted = self.political.T * (self.sales + lever * revenue)
        return np.asarray(weighted.sum(axis=0))


@dataclass(frozen=True, eq=False)
class LobbyState:
    """Everything of the economy at some tariffs, wages and expenditures.

    Attributes
    ----------
    base : LobbyBase
    tariffs : ndarray of shape (S, N, N)
    unknowns : ndarray of shape (2N,)
        Logarithms of the changes of wages, then of expenditures.
    pull : ndarray of shape (S, N, N)
        gamma times the change of (1 + tariff) to the power 1 - sigma.
    """

    base: LobbyBase
    tariffs: FloatArray
    unknowns: FloatArray
    pull: FloatArray

    @classmethod
    def at(cls, base: LobbyBase, tariffs: FloatArray, unknowns: FloatArray) -> LobbyState:
        """Return the state at some tariffs."""
        wedge = np.log1p(tariffs) - np.log1p(base.tariffs)
        return cls(base, tariffs, unknowns, base.gamma * np.exp(base.power[:, :, None] * wedge))

    def moved(self, unknowns: FloatArray) -> LobbyState:
        """Return the state at other wages and expenditures."""
        return LobbyState(self.base, self.tariffs, unknowns, self.pull)

    @cached_property
    def wages(self) -> FloatArray:
        """Change of wages, shape (N,)."""
        return np.exp(self.unknowns[: len(self.unknowns) // 2])

    @cached_property
    def expenditure(self) -> FloatArray:
        """Expenditure at the new prices, shape (N,)."""
        return self.base.expenditure * np.exp(self.unknowns[len(self.unknowns) // 2 :])

    @cached_property
    def _index(self) -> tuple[FloatArray, FloatArray]:
        wages = np.log(self.wages)
        lines = self.pull * np.exp(self.base.power * wages)[:, :, None]
        return lines, lines.sum(axis=1)

    @cached_property
    def shares(self) -> FloatArray:
        """Shares of exporters in what an importer spends on a sector."""
        lines, total = self._index
        return lines / np.where(total > 0, total, 1.0)[:, None, :]

    @cached_property
    def log_prices(self) -> FloatArray:
        """Log change of sector price indices, shape (S, N); 0 where nothing is bought."""
        total = self._index[1]
        return np.log(np.where(total > 0, total, 1.0)) / self.base.power

    @cached_property
    def flows(self) -> FloatArray:
        """Flows net of tariffs."""
        spending = self.base.budget_shares * self.expenditure
        return self.shares * spending[:, None, :] / (1 + self.tariffs)

    @cached_property
    def sales(self) -> FloatArray:
        """Sales of producers, shape (S, N)."""
        return np.asarray(self.flows.sum(axis=2))

    @cached_property
    def revenue(self) -> FloatArray:
        """Tariff revenue by sector and importer, shape (S, N)."""
        return np.asarray((self.tariffs * self.flows).sum(axis=1))

    @cached_property
    def log_price(self) -> FloatArray:
        """Log change of each country's price index, shape (N,)."""
        return np.asarray((self.base.budget_shares * self.log_prices).sum(axis=0))

    @cached_property
    def errors(self) -> FloatArray:
        """Labour markets and budgets: what is missing, relative to the base; shape (2N,)."""
        base = self.base
        wage = self.wages - (base.labour_share * self.sales).sum(axis=0) / base.labour_income
        income = self.sales.sum(axis=0) + self.revenue.sum(axis=0)
        budget = (self.expenditure - income) / base.expenditure
        return np.concatenate([wage, budget])

    @cached_property
    def system(self) -> FloatArray:
        """The errors, with the numeraire: budgets add up to zero, so it is added to each."""
        size = len(self.wages)
        system = self.errors.copy()
        system[size:] += self.base.labour_income @ self.wages / self.base.labour_income.sum() - 1
        return system

    @cached_property
    def jacobian(self) -> FloatArray:
        """Derivatives of the system by the unknowns, shape (2N, 2N)."""
        base, size = self.base, len(self.wages)
        power, share = base.power, base.labour_share
        # by sector, over importers: flows of i times shares of k
        crossed = self.flows @ self.shares.transpose(0, 2, 1)
        matrix = np.empty((2 * size, 2 * size))
        own = np.diag((power * share * self.sales).sum(axis=0))
        by_wage = own - ((power * share)[:, :, None] * crossed).sum(axis=0)
        matrix[:size, :size] = np.diag(self.wages) - by_wage / base.labour_income[:, None]
        matrix[:size, size:] = -(share[:, :, None] * self.flows).sum(axis=0)
        matrix[:size, size:] /= base.labour_income[:, None]
        sold = np.diag((power * self.sales).sum(axis=0)) - (power[:, :, None] * crossed).sum(axis=0)
        collected = self.tariffs * self.flows - self.shares * self.revenue[:, None, :]
        sold += (power[:, :, None] * collected).sum(axis=0).T
        spent = np.diag(self.expenditure - self.revenue.sum(axis=0)) - self.flows.sum(axis=0)
        weight = base.labour_income * self.wages / base.labour_income.sum()
        matrix[size:, :size] = -sold / base.expenditure[:, None] + weight
        matrix[size:, size:] = spent / base.expenditure[:, None]
        return matrix

    @cached_property
    def residual(self) -> float:
        """Largest relative error of a labour market or a budget."""
        wages_and_spending = np.concatenate([self.wages, self.expenditure / self.base.expenditure])
        return float(np.abs(self.errors / wages_and_spending).max())

    @cached_property
    def _lever(self) -> FloatArray:
        """Shares of sectors in labour income, shape (S, N)."""
        labour = self.base.labour_share * self.sales
        return np.asarray(labour / labour.sum(axis=0))

    @cached_property
    def sector_welfare(self) -> FloatArray:
        """Income of each sector at base prices, labour, profits and revenue; shape (S, N)."""
        income = self.sales + self._lever * self.revenue.sum(axis=0)
        return np.asarray(income * np.exp(-self.log_price))

    @cached_property
    def government(self) -> FloatArray:
        """Government welfare, new over old, shape (N,)."""
        weighted = (self.base.political.T * self.sector_welfare).sum(axis=0)
        return np.asarray(weighted / self.base.government)

    def gradient(self, weights: FloatArray) -> FloatArray:
        """Return the derivative of weights @ government by every tariff, shape (S, N, N)."""
        base, size = self.base, len(self.wages)
        deflated = weights * np.exp(-self.log_price) / base.government
        political, revenue = base.political.T, self.revenue.sum(axis=0)
        mean = (political * self._lever).sum(axis=0)
        labour = (base.labour_share * self.sales).sum(axis=0)
        # by sales of a producer, by tariff revenue, and by log price indices
        by_sales = deflated * (
            political + revenue * base.labour_share * (political - mean) / labour
        )
        by_price = -base.budget_shares * weights * self.government
        by_revenue = deflated * mean
        direct = self._spread(by_sales, by_revenue, by_price)
        multipliers = linear(self.jacobian.T, direct[1])
        wage, budget = multipliers[:size], multipliers[size:]
        indirect = self._spread(
            base.labour_share * (wage / base.labour_income) + budget / base.expenditure,
            budget / base.expenditure,
            np.zeros_like(by_price),
        )
        return direct[0] + indirect[0]

    def _spread(
        self, by_sales: FloatArray, by_revenue: FloatArray, by_price: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Turn derivatives by sales, revenue and prices into those by tariffs and unknowns."""
        power = self.base.power
        by_flow = (by_sales[:, :, None] + by_revenue * self.tariffs) * self.flows
        by_price = by_price - power * by_flow.sum(axis=1)
        by_cost = power[:, :, None] * by_flow + self.shares * by_price[:, None, :]
        by_tariff = (by_cost - by_flow) / (1 + self.tariffs) + by_revenue * self.flows
        by_unknowns = np.concatenate([by_cost.sum(axis=(0, 2)), by_flow.sum(axis=(0, 1))])
        return by_tariff, by_unknowns


def solve_lobby(base: LobbyBase, tariffs: FloatArray, start: FloatArray | None) -> LobbyState:
    """Return the equilibrium at some tariffs, (S, N, N).

    Raises
    ------
    ConvergenceError
        When the conditions cannot be met within the tolerance.
    """
    begin = np.zeros(2 * base.flows.shape[1]) if start is None else start
    latest = LobbyState.at(base, tariffs, begin)

    def residual(unknowns: FloatArray) -> FloatArray:
        nonlocal latest
        latest = latest.moved(unknowns)
        return latest.system

    def jacobian(unknowns: FloatArray) -> FloatArray:
        nonlocal latest
        if latest.unknowns is not unknowns:
            latest = latest.moved(unknowns)
        return latest.jacobian

    root = newton(residual, jacobian, begin, what="equilibrium at these tariffs")
    return latest if latest.unknowns is root else latest.moved(root)
