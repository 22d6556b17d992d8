"""What one would otherwise write: a generic root-finder, or wages that creep towards balance.

The equations of exact hat algebra as published, in numpy, written without this library. They are
solved by MINPACK (Powell 1970) as in replication codes, with derivatives by differences; or wages
move a little towards excess demand until it is gone (Alvarez and Lucas 2007), with prices as a
fixed point where there are inputs (Caliendo and Parro 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, root

from bargaining.trade import Economy
from bargaining.types import FloatArray

__all__ = ["Hat", "damped", "optimum", "root_counterfactual", "root_nash", "root_talks"]

SMALL = 1e-10
"""Largest relative excess demand at which iterations stop."""

STEP = 0.3
"""Part of relative excess demand by which wages move."""

ROUNDS = 20_000


class NoSolutionError(Exception):
    """Raised when a peer does not get there."""


@dataclass(frozen=True, eq=False)
class Hat:
    """Shares and values of an economy, [exporter, importer, sector]."""

    shares: FloatArray
    tariffs: FloatArray
    elasticity: FloatArray
    wages: FloatArray
    income: FloatArray
    spent: FloatArray
    inputs: FloatArray | None

    @classmethod
    def of(cls, economy: Economy, inputs: FloatArray | None = None) -> Hat:
        """Return what the equations need of an economy with balanced trade."""
        flows, tariffs = economy.flows, economy.tariffs
        spending = flows.sum(axis=0)
        bought = np.where(spending > 0, spending, 1.0)
        sold = (flows / (1 + tariffs)).sum(axis=1)
        final, wages = spending, sold.sum(axis=1)
        if inputs is not None:
            final = spending - np.einsum("iks,is->ik", inputs, sold)
            wages = (sold * (1 - inputs.sum(axis=1))).sum(axis=1)
        income = final.sum(axis=1)
        spent = final / income[:, None]
        return cls(flows / bought, tariffs, economy.elasticities, wages, income, spent, inputs)

    def drawn(self, wages: FloatArray, tariffs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return new shares, and price indices by importer and sector, without inputs."""
        cost = wages[:, None, None] * (1 + tariffs) / (1 + self.tariffs)
        lines = self.shares * cost**-self.elasticity
        total = lines.sum(axis=0)
        return np.asarray(lines / np.where(total > 0, total, 1.0)), total

    def real(self, income: FloatArray, total: FloatArray) -> FloatArray:
        """Return real incomes, new over old, from incomes, new over old."""
        prices = np.where(total > 0, total, 1.0) ** (-1 / self.elasticity)
        return np.asarray(income / np.prod(prices**self.spent, axis=1))


def _markets(hat: Hat, wages: FloatArray, income: FloatArray, tariffs: FloatArray) -> FloatArray:
    """Return errors of labour markets (one makes way for the unit of value) and of budgets."""
    shares, _ = hat.drawn(wages, tariffs)
    paid = shares * hat.spent * (income * hat.income)[:, None]
    missing = (paid / (1 + tariffs)).sum(axis=(1, 2)) / hat.wages - wages
    missing[-1] = hat.wages @ (wages - 1) / hat.wages.sum()
    revenue = (paid * tariffs / (1 + tariffs)).sum(axis=(0, 2))
    return np.concatenate([missing, (wages * hat.wages + revenue) / hat.income - income])


def _solved(equations: Callable[[FloatArray], FloatArray], start: FloatArray) -> FloatArray:
    found = root(equations, start, method="hybr", options={"xtol": 1e-12})
    if np.abs(found.fun).max() > 1e-8:
        raise NoSolutionError(f"error {np.abs(found.fun).max():.0e}")
    return np.asarray(np.abs(found.x))


def root_counterfactual(hat: Hat, tariffs: FloatArray) -> FloatArray:
    """Return real incomes by MINPACK on 2N equations."""
    size = len(hat.wages)

    def equations(x: FloatArray) -> FloatArray:
        return _markets(hat, np.abs(x[:size]), np.abs(x[size:]), tariffs)

    found = _solved(equations, np.ones(2 * size))
    return hat.real(found[size:], hat.drawn(found[:size], tariffs)[1])


def _levied(levels: FloatArray, sectors: int) -> FloatArray:
    tariffs = np.tile(levels[None, :, None], (len(levels), 1, sectors))
    tariffs[np.diag_indices(len(levels))] = 0
    return tariffs


def root_nash(hat: Hat) -> FloatArray:
    """Return Nash tariffs by MINPACK on 3N equations (Lashkaripour 2021)."""
    size, sectors = len(hat.wages), hat.shares.shape[2]
    own = np.arange(size)

    def equations(x: FloatArray) -> FloatArray:
        wages, income, levels = (np.abs(x[n * size : (n + 1) * size]) for n in range(3))
        tariffs = _levied(levels, sectors)
        shares, _ = hat.drawn(wages, tariffs)
        sold = shares * hat.spent * (income * hat.income)[:, None] / (1 + tariffs)
        sold[own, own] = 0
        home = shares[own, own] * hat.spent
        added = levels[:, None] * home / (1 + levels * home.sum(axis=1))[:, None]
        answer = (sold * hat.elasticity * (1 - (1 - added) * shares)).sum(axis=(1, 2))
        wanted = sold.sum(axis=(1, 2)) / answer
        return np.concatenate([_markets(hat, wages, income, tariffs), wanted - levels])

    start = np.repeat([0.9, 1.1, 0.25], size)
    return _solved(equations, start)[2 * size :]


def damped(hat: Hat, tariffs: FloatArray) -> FloatArray:
    """Return real incomes by wages that move towards excess demand."""
    if hat.inputs is not None:
        return _damped_with_inputs(hat, tariffs)
    wages = np.ones(len(hat.wages))
    back = 1 / (1 + tariffs)
    for _ in range(ROUNDS):
        shares, total = hat.drawn(wages, tariffs)
        reach = shares * hat.spent
        kept = 1 - (reach * (1 - back)).sum(axis=(0, 2))
        income = wages * hat.wages / kept
        excess = (reach * back * income[:, None]).sum(axis=(1, 2)) / (wages * hat.wages) - 1
        if np.abs(excess).max() < SMALL:
            return hat.real(income / hat.income, total)
        wages = wages * (1 + STEP * excess)
        wages *= hat.wages.sum() / (wages @ hat.wages)
    raise NoSolutionError(f"excess demand {np.abs(excess).max():.0e}")


def _damped_with_inputs(hat: Hat, tariffs: FloatArray) -> FloatArray:
    inputs = hat.inputs
    assert inputs is not None
    size, sectors = hat.spent.shape
    wages, prices, back = np.ones(size), np.ones((size, sectors)), 1 / (1 + tariffs)
    labour = 1 - inputs.sum(axis=1)
    spending = np.zeros((size, sectors))
    for _ in range(ROUNDS):
        before = np.zeros_like(prices)
        while np.abs(prices - before).max() > SMALL / 10:
            before = prices
            cost = wages[:, None] ** labour * np.exp(
                np.einsum("iks,ik->is", inputs, np.log(prices))
            )
            lines = hat.shares * (cost[:, None] * (1 + tariffs) / (1 + hat.tariffs)) ** (
                -hat.elasticity
            )
            total = lines.sum(axis=0)
            prices = np.where(total > 0, total, 1.0) ** (-1 / hat.elasticity)
        shares = lines / np.where(total > 0, total, 1.0)
        old = np.full_like(spending, np.inf)
        while np.abs(spending - old).max() > SMALL / 10 * hat.income.max():
            old = spending
            sold = (shares * back * spending).sum(axis=1)
            income = wages * hat.wages + (shares * (1 - back) * spending).sum(axis=(0, 2))
            spending = hat.spent * income[:, None] + np.einsum("iks,is->ik", inputs, sold)
        excess = (sold * labour).sum(axis=1) / (wages * hat.wages) - 1
        if np.abs(excess).max() < SMALL:
            return np.asarray(income / hat.income / np.prod(prices**hat.spent, axis=1))
        wages = wages * (1 + STEP * excess)
        wages *= hat.wages.sum() / (wages @ hat.wages)
    raise NoSolutionError(f"excess demand {np.abs(excess).max():.0e}")


def optimum(hat: Hat, home: int) -> float:
    """Return the real income of a country at its best tariffs by sector, by finite differences."""
    away = np.arange(len(hat.wages)) != home

    def loss(levels: FloatArray) -> float:
        tariffs = hat.tariffs.copy()
        tariffs[away, home] = levels
        return -float(damped(hat, tariffs)[home])

    found = minimize(
        loss, hat.tariffs[away, home].mean(axis=0), bounds=[(0, 10)] * hat.spent.shape[1]
    )
    return -float(found.fun)


def root_talks(hat: Hat) -> float:
    """Return the largest equal gain of all from tariffs by importer and sector (SLSQP)."""
    size, sectors = hat.spent.shape
    own = np.arange(size)

    def gains(levels: FloatArray) -> FloatArray:
        tariffs = np.tile(levels.reshape(1, size, sectors), (size, 1, 1))
        tariffs[own, own] = 0
        return damped(hat, tariffs) - 1

    start = np.append(hat.tariffs.sum(axis=0).ravel() / (size - 1), 0.0)
    bounds = [(0, 10)] * (len(start) - 1) + [(-1, 1)]
    found = minimize(
        lambda x: -100 * x[-1], start, method="SLSQP", bounds=bounds,
        constraints={"type": "ineq", "fun": lambda x: 100 * (gains(x[:-1]) - x[-1])},
        options={"maxiter": 200, "ftol": 1e-9},
    )  # fmt: skip
    return float(gains(found.x[:-1]).min())
