"""Equilibrium of the perfectly competitive trade economy: wages that clear every labour market.

Armington and Eaton-Kortum economies with many sectors, and with inputs (Caliendo and Parro 2015),
in exact hat algebra. Given wages, prices and then spending follow; Newton's method finds wages, and
one transposed solve at the equilibrium gives the gradient of any weighted sum of real incomes by
every policy (the adjoint method). Sums over rounds of inputs are Leontief's series.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.trade.equilibrium.newton import linear, newton
from bargaining.trade.equilibrium.tangent import ROUNDS, SMALL, next_round, series, spent, tangent
from bargaining.trade.equilibrium.world import Wedges, World
from bargaining.types import FloatArray

__all__ = ["State", "equilibrium", "state_at"]


@dataclass(frozen=True, eq=False)
class State:
    """An economy at some wages: what follows from them, and how far labour markets are from clear.

    Attributes
    ----------
    world : World
    wedges : Wedges
    log_wages : ndarray of shape (N,)
        Log changes from the base.
    log_prices : ndarray of shape (S, N)
        Of what buyers pay for the goods of a sector.
    shares : ndarray of shape (S, N, N)
    spending : ndarray of shape (S, N)
        By sector and country, tariffs included.
    """

    world: World
    wedges: Wedges
    log_wages: FloatArray
    log_prices: FloatArray
    shares: FloatArray
    spending: FloatArray

    @cached_property
    def flows(self) -> FloatArray:
        """What importers spend on exporters' goods, shape (S, N, N)."""
        return self.shares * self.spending[:, None, :]

    @cached_property
    def sales(self) -> FloatArray:
        """Producers' revenue, shape (S, N)."""
        return np.asarray((self.flows * self.wedges.to_producer).sum(axis=2))

    @cached_property
    def labour(self) -> FloatArray:
        """Labour income at these wages, shape (N,)."""
        return self.world.labour * np.exp(self.log_wages)

    @cached_property
    def import_revenue(self) -> FloatArray:
        """What importing states collect, shape (N,)."""
        return np.asarray((self.flows * self.wedges.to_importer).sum(axis=(0, 1)))

    @cached_property
    def export_revenue(self) -> FloatArray:
        """What exporting states collect, shape (N,)."""
        return np.asarray((self.flows * self.wedges.to_exporter).sum(axis=(0, 2)))

    @cached_property
    def income(self) -> FloatArray:
        """Final spending, shape (N,)."""
        return self.labour + self.world.transfers + self.import_revenue + self.export_revenue

    @cached_property
    def log_price_index(self) -> FloatArray:
        """Log change of the price of final spending, shape (N,)."""
        return np.asarray((self.world.final * self.log_prices).sum(axis=0))

    @cached_property
    def real_income(self) -> FloatArray:
        """New over old, shape (N,)."""
        return np.asarray(self.income / self.world.income / np.exp(self.log_price_index))

    @cached_property
    def excess(self) -> FloatArray:
        """Excess demand for labour, relative to its supply, shape (N,)."""
        demand = (self.world.value_added * self.sales).sum(axis=0)
        return np.asarray(demand / self.labour - 1.0)

    @cached_property
    def walras(self) -> float:
        """What is spent less what is earned in the world, relative to labour income."""
        spent = self.income.sum() - self.import_revenue.sum() - self.export_revenue.sum()
        return float(spent / self.labour.sum() - 1.0)

    @cached_property
    def jacobian(self) -> FloatArray:
        """Derivatives of demand for labour less its supply, in value, by log wages, (N, N)."""
        moved = tangent(self, np.eye(len(self.log_wages)))
        return np.asarray(moved.demand - np.diag(self.labour))

    def gradient(
        self,
        income: FloatArray,
        prices: FloatArray,
        *,
        wages: FloatArray | None = None,
        flows: FloatArray | None = None,
    ) -> Wedges:
        """Return the derivatives of a number by wedges (its fields), at the equilibrium.

        Parameters
        ----------
        income : ndarray of shape (N,)
            Derivatives of the number by incomes.
        prices : ndarray of shape (S, N)
            By log prices.
        wages : ndarray of shape (N,), optional
            By log wages.
        flows : ndarray of shape (S, N, N), optional
            By log flows.
        """
        by_wages = np.zeros_like(income) if wages is None else wages
        nothing = np.zeros_like(income)
        first = self._adjoint(income, prices, nothing, flows)
        # Labour markets of countries that trade sum to nothing, so that the last of them can be
        # dropped for the unit of value.
        unit = self.world.numeraire
        same = unit > 0
        last = ~(np.triu(same, 1).any(axis=1))
        system = np.where(last, (same * self.labour).T, self.jacobian.T)
        multipliers = np.linalg.solve(system, -(first[0] + by_wages))
        worth = np.where(last, 0.0, multipliers)
        _, by_cost, value, collected = self._adjoint(income, prices, worth, flows)
        spent = self.flows
        return Wedges(
            cost=by_cost,
            to_importer=spent * (collected[None, None, :] - value[:, :, None]),
            to_exporter=spent * (collected[None, :, None] - value[:, :, None]),
        )

    def _adjoint(
        self, income: FloatArray, prices: FloatArray, worth: FloatArray, flows: FloatArray | None
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Go backwards through an equilibrium, an hour of labour being worth `worth` at the margin.

        Returns derivatives by log wages and by log costs of flows, what a dollar of sales is worth,
        and what a dollar of income is worth.
        """
        world, wedges = self.world, self.wedges
        given = np.zeros_like(self.shares) if flows is None else flows

        def value_of(spending: FloatArray, labour: FloatArray) -> FloatArray:
            return world.input_costs(spending[:, :, None])[:, :, 0] + labour * world.value_added

        def dollar(value: FloatArray, collected: FloatArray) -> FloatArray:
            return (
                wedges.to_producer * value[:, :, None]
                + wedges.to_importer * collected
                + wedges.to_exporter * collected[:, None]
            )

        def back(spending: FloatArray) -> FloatArray:
            x = spending[:, :, 0]
            onward = dollar(value_of(x, 0 * worth), (world.final * x).sum(axis=0))
            return np.asarray((self.shares * onward).sum(axis=1)[:, :, None])

        start = (self.shares * dollar(value_of(0 * prices, worth), income)).sum(axis=1)
        bought = np.where(self.spending > 0, self.spending, 1.0)
        start = start + given.sum(axis=1) / bought
        if world.inputs is None:
            again = np.eye(len(income)) - next_round(self).T
            onward = linear(again, (world.final * start).sum(axis=0))
            spending = start + (self.shares * dollar(0 * prices, onward)).sum(axis=1)
        else:
            spending = series(back, start[:, :, None])[:, :, 0]
        collected = income + (world.final * spending).sum(axis=0)
        value = value_of(spending, worth)
        e = world.elasticity[:, None, None]
        by_flow = -e * (self.flows * dollar(value, collected) + given)

        def through(p: FloatArray) -> FloatArray:
            return world.input_demand(self.shares @ p)

        first = (prices - by_flow.sum(axis=1))[:, :, None]
        first = first + world.input_demand(by_flow.sum(axis=2)[:, :, None])
        by_price = series(through, first)[:, :, 0]
        by_cost = by_flow + self.shares * by_price[:, None, :]
        by_wage = (world.value_added * by_cost.sum(axis=2)).sum(axis=0)
        return by_wage + self.labour * collected, by_cost, value, collected


def equilibrium(world: World, wedges: Wedges, *, start: State | None = None) -> State:
    """Return the equilibrium under some wedges.

    Parameters
    ----------
    world : World
    wedges : Wedges
    start : State, optional
        Where to begin; at the base unless said.

    Raises
    ------
    ConvergenceError
        When no wages that clear the labour markets were found.
    """
    unit = world.numeraire
    last: State | None = start
    goods = world.shares * np.exp(-world.elasticity[:, None, None] * wedges.cost)

    def residual(log_wages: FloatArray) -> FloatArray:
        nonlocal last
        guess = np.zeros_like(world.final) if last is None else last.log_prices
        last = state_at(world, wedges, goods, log_wages, guess)
        return np.asarray(last.excess + (unit @ np.exp(log_wages) - 1.0))

    def jacobian(log_wages: FloatArray) -> FloatArray:
        assert last is not None
        return np.asarray(last.jacobian / last.labour[:, None] + unit * np.exp(log_wages))

    begin = np.zeros(len(world.labour)) if start is None else start.log_wages
    root = newton(residual, jacobian, begin, what="trade equilibrium")
    return state_at(world, wedges, goods, root, last.log_prices if last else world.final)


def state_at(
    world: World, wedges: Wedges, goods: FloatArray, log_wages: FloatArray, guess: FloatArray
) -> State:
    """Return prices, shares and spending at some wages.

    Parameters
    ----------
    world : World
    wedges : Wedges
    goods : ndarray of shape (S, N, N)
        Shares before producers' costs move: base shares times exp(-elasticity x log wedges).
    log_wages : ndarray of shape (N,)
    guess : ndarray of shape (S, N)
        Of log prices, where there are inputs.
    """
    e = world.elasticity[:, None]
    prices, cost = guess, world.value_added * log_wages
    for _ in range(ROUNDS):
        cost = world.value_added * log_wages + world.input_costs(prices[:, :, None])[:, :, 0]
        drawn = np.exp(-e * cost)
        total = (goods * drawn[:, :, None]).sum(axis=1)
        before, prices = prices, -np.log(total) / e
        if world.inputs is None or np.abs(prices - before).max() <= SMALL * 10:
            break
    else:
        raise ConvergenceError(f"trade equilibrium: prices did not settle in {ROUNDS} rounds")
    shares = goods * (drawn[:, :, None] / total[:, None, :])
    fixed = State(world, wedges, log_wages, prices, shares, np.zeros_like(prices))
    earned = fixed.labour + world.transfers
    spending = spent(fixed, earned[:, None], np.zeros((*prices.shape, 1)))[:, :, 0]
    return State(world, wedges, log_wages, prices, shares, spending)
