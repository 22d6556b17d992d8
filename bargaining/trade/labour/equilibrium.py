"""Equilibrium with labour supply, deficits and incomplete pass-through, in changes from the base.

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), one sector. Newton's method runs on the
logs of wages, spending and employment of all countries with exact derivatives; one transposed
solve gives the gradient of any weighted sum of welfare by tariffs. Arrays: [exporter, importer].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse.csgraph import connected_components

from bargaining.trade.equilibrium.newton import linear, newton
from bargaining.types import FloatArray, IntArray

__all__ = ["LabourBase", "LabourState", "solve_labour"]


@dataclass(frozen=True, eq=False)
class LabourBase:
    """Observed values and parameters, at which every change is one.

    Attributes
    ----------
    flows, tariffs : ndarray of shape (N, N)
        Flows as importers pay.
    elasticity, labour_supply, scale : float
        The paper's epsilon, kappa and psi.
    local_share, passthrough : ndarray of shape (N,)
        The paper's nu and phi.
    cuts_tax : bool
        Whether tariff revenue cuts the tax on labour income; otherwise it is paid out.
    transfers : ndarray of shape (N,) or None
        What countries receive from the others; what the base implies where None.
    """

    flows: FloatArray
    tariffs: FloatArray
    elasticity: float
    labour_supply: float
    scale: float
    local_share: FloatArray
    passthrough: FloatArray
    cuts_tax: bool
    transfers: FloatArray | None = None

    @cached_property
    def spending(self) -> FloatArray:
        """Spending by country, tariffs included."""
        return np.asarray(self.flows.sum(axis=0))

    @cached_property
    def at_border(self) -> FloatArray:
        """Flows net of tariffs."""
        return self.flows / (1 + self.tariffs)

    @cached_property
    def income(self) -> FloatArray:
        """Labour income by country."""
        return self.earned(self.at_border)

    @cached_property
    def revenue(self) -> FloatArray:
        """Tariff revenue by country."""
        return np.asarray((self.tariffs * self.at_border).sum(axis=0))

    @cached_property
    def deficits(self) -> FloatArray:
        """What countries spend beyond labour income and tariff revenue."""
        return self.spending - self.income - self.revenue

    @cached_property
    def groups(self) -> IntArray:
        """Numbers of the groups of countries that trade with each other; nearly always one."""
        return np.asarray(connected_components(self.flows > 0, connection="weak")[1])

    def group_sums(self, values: FloatArray) -> FloatArray:
        """Return, for each country, the sum over its group."""
        return np.asarray(np.bincount(self.groups, values)[self.groups])

    @cached_property
    def received(self) -> FloatArray:
        """Transfers in force."""
        return self.deficits if self.transfers is None else self.transfers

    def earned(self, at_border: FloatArray) -> FloatArray:
        """Return what labour earns from flows: abroad, and on whatever its country buys."""
        sold = at_border @ (1 - self.local_share)
        return np.asarray(sold + self.local_share * at_border.sum(axis=0))


@dataclass(frozen=True, eq=False)
class LabourState:
    """An economy at some wages, spending and employment, and how far it is from equilibrium.

    Attributes
    ----------
    base : LabourBase
    tariffs : ndarray of shape (N, N)
    unknowns : ndarray of shape (3N,)
        Log changes of wages, spending and employment.
    """

    base: LabourBase
    tariffs: FloatArray
    unknowns: FloatArray

    @cached_property
    def logs(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log changes of wages, spending and employment, each of shape (N,)."""
        wages, spending, labour = self.unknowns.reshape(3, -1)
        return wages, spending, labour

    @cached_property
    def _drawn(self) -> FloatArray:
        base, (wages, _, labour) = self.base, self.logs
        dearer = base.passthrough * np.log((1 + self.tariffs) / (1 + base.tariffs))
        cost = (wages - base.scale * labour)[:, None] + dearer
        return np.asarray(base.flows / base.spending * np.exp(-base.elasticity * cost))

    @cached_property
    def shares(self) -> FloatArray:
        """Shares of exporters in what an importer spends."""
        return np.asarray(self._drawn / self._drawn.sum(axis=0))

    @cached_property
    def log_prices(self) -> FloatArray:
        """Log change of price indices."""
        base, (wages, spending, _) = self.base, self.logs
        goods = np.log(self._drawn.sum(axis=0)) / base.elasticity
        return np.asarray((1 - base.passthrough) * (spending - wages) - goods)

    @cached_property
    def spending(self) -> FloatArray:
        """Spending, tariffs included."""
        return self.base.spending * np.exp(self.logs[1])

    @cached_property
    def income(self) -> FloatArray:
        """Labour income."""
        return self.base.income * np.exp(self.logs[0] + self.logs[2])

    @cached_property
    def paid(self) -> FloatArray:
        """Flows as importers pay."""
        return self.shares * self.spending

    @cached_property
    def flows(self) -> FloatArray:
        """Flows net of tariffs."""
        return self.paid / (1 + self.tariffs)

    @cached_property
    def revenue(self) -> FloatArray:
        """Tariff revenue."""
        return np.asarray((self.tariffs * self.flows).sum(axis=0))

    @cached_property
    def tax_cut(self) -> FloatArray:
        """Share of labour income by which tariff revenue cuts the tax on it."""
        if not self.base.cuts_tax:
            return np.zeros_like(self.income)
        return self.revenue / self.income - self.base.revenue / self.base.income

    @cached_property
    def errors(self) -> FloatArray:
        """What goods markets, budgets and labour supply are off by, relative; shape (3, N)."""
        base, (wages, _, labour) = self.base, self.logs
        with np.errstate(invalid="ignore", divide="ignore"):  # no wage is worth what is taxed away
            kept = -np.log(1 - self.tax_cut)
        supply = base.labour_supply * (kept + wages - self.log_prices)
        return np.stack(
            [
                base.earned(self.flows) / self.income - 1,
                (self.revenue + self.income + base.received) / self.spending - 1,
                labour - supply,
            ]
        )

    @cached_property
    def numeraire(self) -> FloatArray:
        """By how much labour income of each country's group differs from the base, relative."""
        base = self.base
        return base.group_sums(self.income) / base.group_sums(base.income) - 1

    @cached_property
    def system(self) -> FloatArray:
        """The errors, (3N,), with the numeraire, added to each market since markets add up."""
        errors = self.errors.copy()
        errors[0] += self.numeraire
        return errors.ravel()

    @cached_property
    def jacobian(self) -> FloatArray:
        """Derivatives of the system by the unknowns, shape (3N, 3N)."""
        base, e, eye = self.base, self.base.elasticity, np.eye(len(self.income))
        across, abroad = self.shares.T, self.flows * (1 - base.local_share)
        bought, local = self.flows.sum(axis=0), base.local_share
        # by log costs of exporters
        sold = e * (abroad @ across - np.diag(abroad.sum(axis=1)))
        sold += e * local[:, None] * (bought[:, None] * across - self.flows.T)
        levied = e * (self.revenue[:, None] * across - (self.tariffs * self.flows).T)
        # by log spending
        market = abroad + np.diag(local * bought)
        sold, market = sold / self.income[:, None], market / self.income[:, None]
        demand = base.earned(self.flows) / self.income
        group = base.groups[:, None] == base.groups
        whole = group * self.income / base.group_sums(base.income)[:, None] - np.diag(demand)
        budget = levied / self.spending[:, None]
        own, more = self.income / self.spending, (1 - base.passthrough) * eye
        worth = 1 / self.income / (1 - self.tax_cut) if base.cuts_tax else 0 * self.income
        kept, raised, k = worth[:, None] * levied, np.diag(worth * self.revenue), base.labour_supply
        by_wages = (sold + whole, budget + np.diag(own), -k * (kept - raised + eye - across + more))
        by_spending = (
            market,
            -np.diag(own + base.received / self.spending),
            -k * (raised - more),
        )
        by_labour = (
            whole - base.scale * sold,
            np.diag(own) - base.scale * budget,
            eye + k * (base.scale * (kept - across) + raised),
        )
        return np.concatenate(
            [np.concatenate(rows) for rows in (by_wages, by_spending, by_labour)], axis=1
        )

    @cached_property
    def residual(self) -> float:
        """Largest relative error of a market, a budget, labour supply or the numeraire."""
        return max(float(np.abs(self.errors).max()), float(np.abs(self.numeraire).max()))

    @cached_property
    def _weight(self) -> FloatArray:
        """Weight of spending in welfare; that of labour income is one less it."""
        base = self.base
        toil = base.labour_supply / (1 + base.labour_supply) * (1 - self.tax_cut) * base.income
        return base.spending / (base.spending - toil)

    @cached_property
    def welfare(self) -> FloatArray:
        """The paper's welfare, new over old."""
        real = np.exp(self.logs[1] - self.log_prices)
        work = np.exp(self.logs[0] + self.logs[2] - self.log_prices)
        return np.asarray(self._weight * real + (1 - self._weight) * work)

    @cached_property
    def utility(self) -> FloatArray:
        """Utility, new over old: welfare with the effort of labour at its after-tax wage."""
        work = np.exp(self.logs[0] + self.logs[2] - self.log_prices)
        return self.welfare + (1 - self._weight) * work * self.tax_cut / (1 - self.tax_cut)

    def gradient(self, weights: FloatArray) -> FloatArray:
        """Return the derivative of weights @ welfare by every tariff, shape (N, N)."""
        base, k = self.base, self.base.labour_supply
        real = np.exp(self.logs[1] - self.log_prices)
        work = np.exp(self.logs[0] + self.logs[2] - self.log_prices)
        toil = k / (1 + k) * base.income / base.spending
        by_cut = -weights * (real - work) * self._weight**2 * toil if base.cuts_tax else 0 * weights
        direct = self._spread(0 * self.flows, by_cut / self.income, -weights * self.welfare)
        by_work = weights * (1 - self._weight) * work - by_cut * self.revenue / self.income
        by_unknowns = direct[1] + np.stack([by_work, weights * self._weight * real, by_work])
        solved = linear(self.jacobian.T, by_unknowns.ravel())
        market, budget, supply = solved.reshape(3, -1)
        by_income = market / self.income
        by_flow = by_income[:, None] * (1 - base.local_share) + by_income * base.local_share
        taxed = k * supply / self.income / (1 - self.tax_cut) if base.cuts_tax else 0 * supply
        indirect = self._spread(by_flow, budget / self.spending - taxed, k * supply)
        return direct[0] - indirect[0]

    def _spread(
        self, by_flow: FloatArray, by_revenue: FloatArray, by_price: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Turn derivatives by flows, revenue and log prices into those by tariffs and unknowns."""
        base, e = self.base, self.base.elasticity
        logs = (by_flow + by_revenue * self.tariffs) * self.flows
        total = logs.sum(axis=0)
        drawn = logs - self.shares * (total + by_price / e)
        by_tariff = by_revenue * self.flows - (logs + e * base.passthrough * drawn) / (
            1 + self.tariffs
        )
        cost, scope = -e * drawn.sum(axis=1), (1 - base.passthrough) * by_price
        return by_tariff, np.stack([cost - scope, total + scope, -base.scale * cost])


def solve_labour(
    base: LabourBase, tariffs: FloatArray, start: FloatArray | None = None
) -> LabourState:
    """Return the equilibrium at some tariffs, (N, N).

    Raises
    ------
    ConvergenceError
        When the conditions cannot be met within the tolerance.
    """
    last = LabourState(base, tariffs, np.zeros(3 * len(base.spending)) if start is None else start)

    def at(unknowns: FloatArray) -> LabourState:
        nonlocal last
        if unknowns is not last.unknowns and not np.array_equal(unknowns, last.unknowns):
            last = LabourState(base, tariffs, unknowns)
        return last

    root = newton(
        lambda unknowns: at(unknowns).system,
        lambda unknowns: at(unknowns).jacobian,
        last.unknowns,
        what="equilibrium with labour supply",
    )
    return at(root)
