"""How a trade economy moves, to first order, when wages, wedges and transfers do.

Forward derivatives of the equilibrium's definitions in many directions at once: those by wages are
the Jacobian of Newton's method, those by wedges say what a quota's licence price does to all flows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import ConvergenceError
from bargaining.trade.equilibrium.newton import linear
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.equilibrium.equilibrium import State

__all__ = ["ROUNDS", "SMALL", "Push", "Tangent", "next_round", "series", "spent", "tangent"]

ROUNDS = 2000
"""Most rounds of a series or of the iteration for prices."""

SMALL = 1e-15
"""Relative size of a round at which a series has ended."""

HUGE = 1e6
"""Relative size of a round at which a series will not end."""


@dataclass(frozen=True, eq=False)
class Push:
    """Moves of wedges: entry by entry a flow, a direction, and who collects more of what is paid.

    Log costs move by one in each entry; all arrays have shape (L,).

    Attributes
    ----------
    sector, exporter, importer : ndarray of int
    direction : ndarray of int
    to_importer, to_exporter : ndarray
        Derivatives of the shares that states collect.
    """

    sector: NDArray[np.intp]
    exporter: NDArray[np.intp]
    importer: NDArray[np.intp]
    direction: NDArray[np.intp]
    to_importer: FloatArray
    to_exporter: FloatArray


@dataclass(frozen=True, eq=False)
class Tangent:
    """Derivatives in K directions, (S, N, K) or (N, K).

    Attributes
    ----------
    cost, prices : ndarray of shape (S, N, K)
        Of log producers' costs, and of log prices of what buyers in a country pay.
    spending : ndarray of shape (S, N, K)
        Of what buyers spend.
    income : ndarray of shape (N, K)
        Of final spending.
    demand : ndarray of shape (N, K)
        Of demand for labour, in value.
    """

    cost: FloatArray
    prices: FloatArray
    spending: FloatArray
    income: FloatArray
    demand: FloatArray


def tangent(
    state: State,
    wages: FloatArray,
    *,
    push: Push | None = None,
    transfers: FloatArray | None = None,
) -> Tangent:
    """Return how everything moves in K directions.

    Parameters
    ----------
    state : State
    wages : ndarray of shape (N, K)
        Moves of log wages.
    push : Push, optional
        Moves of wedges.
    transfers : ndarray of shape (N, K), optional
        Moves of transfers.
    """
    world, wedges = state.world, state.wedges
    unit = world.value_added[:, :, None] * wages
    across = state.shares.transpose(0, 2, 1)

    def passed_on(prices: FloatArray) -> FloatArray:
        return across @ world.input_costs(prices)

    first = across @ unit  # of prices, before those of inputs follow
    if push is not None:
        at = push.sector, push.exporter, push.importer
        np.add.at(first, (push.sector, push.importer, push.direction), state.shares[at])
    prices = first if world.inputs is None else series(passed_on, first)
    cost = unit + world.input_costs(prices)
    sales = _shifted(state, wedges.to_producer, cost, prices, sum_over=2)
    taken = _shifted(state, wedges.to_importer, cost, prices, sum_over=1)
    levied = _shifted(state, wedges.to_exporter, cost, prices, sum_over=2)
    if push is not None:
        to_producer = -push.to_importer - push.to_exporter
        _add(state, push, sales, push.exporter, wedges.to_producer, to_producer)
        _add(state, push, taken, push.importer, wedges.to_importer, push.to_importer)
        _add(state, push, levied, push.exporter, wedges.to_exporter, push.to_exporter)
    earned = state.labour[:, None] * wages + (taken + levied).sum(axis=0)
    if transfers is not None:
        earned = earned + transfers
    spending = spent(state, earned, world.input_demand(sales))
    sales = sales + (state.shares * wedges.to_producer) @ spending
    income = (spending - world.input_demand(sales)).sum(axis=0)
    demand = (world.value_added[:, :, None] * sales).sum(axis=0)
    return Tangent(cost, prices, spending, income, demand)


def _add(
    state: State,
    push: Push,
    total: FloatArray,
    country: NDArray[np.intp],
    part: FloatArray,
    move: FloatArray,
) -> None:
    """Add to a part of flows, by country, what moves of the wedges themselves do to it."""
    at = push.sector, push.exporter, push.importer
    lost = -state.world.elasticity[push.sector] * part[at]
    np.add.at(total, (push.sector, country, push.direction), state.flows[at] * (lost + move))


def _shifted(
    state: State, part: FloatArray, cost: FloatArray, prices: FloatArray, *, sum_over: int
) -> FloatArray:
    """Return how a part of flows shifts as costs and prices change, spending unchanged."""
    flows = state.flows * part
    if not flows.any():
        return np.zeros_like(cost)
    e = state.world.elasticity[:, None, None]
    if sum_over == 2:
        return np.asarray(e * (flows @ prices - flows.sum(axis=2)[:, :, None] * cost))
    back = flows.transpose(0, 2, 1)
    return np.asarray(e * (flows.sum(axis=1)[:, :, None] * prices - back @ cost))


def spent(state: State, earned: FloatArray, used: FloatArray) -> FloatArray:
    """Return what is spent (S, N, K) once all that this brings states and producers is spent too.

    Parameters
    ----------
    state : State
        Its shares and wedges are used, not its spending.
    earned : ndarray of shape (N, K)
        Incomes in the first round.
    used : ndarray of shape (S, N, K)
        What producers spend on inputs in the first round.
    """
    world, wedges, shares = state.world, state.wedges, state.shares
    collected = (shares * wedges.to_importer).sum(axis=1)
    levied = shares * wedges.to_exporter

    if world.inputs is None:
        income = linear(np.eye(len(earned)) - next_round(state), earned)
        return np.asarray(world.final[:, :, None] * income)
    sold = shares * wedges.to_producer

    def onward(spending: FloatArray) -> FloatArray:
        income = (collected[:, :, None] * spending + levied @ spending).sum(axis=0)
        return np.asarray(world.final[:, :, None] * income + world.input_demand(sold @ spending))

    return series(onward, world.final[:, :, None] * earned + used)


def next_round(state: State) -> FloatArray:
    """Return what a dollar of each income brings each state in the next round, shape (N, N)."""
    final, wedges = state.world.final, state.wedges
    collected = (state.shares * wedges.to_importer).sum(axis=1)
    levied = (final[:, None, :] * state.shares * wedges.to_exporter).sum(axis=0)
    return np.asarray(np.diag((final * collected).sum(axis=0)) + levied)


def series(onward: Callable[[FloatArray], FloatArray], first: FloatArray) -> FloatArray:
    """Return first + onward(first) + onward(onward(first)) + ..."""
    total, term = first, first
    size = float(np.abs(first).max(initial=0.0))
    for _ in range(ROUNDS):
        term = onward(term)
        total = total + term
        latest = float(np.abs(term).max(initial=0.0))
        if latest <= SMALL * size:
            return total
        if not latest <= HUGE * size:
            break
    raise ConvergenceError(
        f"trade equilibrium: rounds of spending did not add up; the last was {latest:.1e}, the "
        f"first {size:.1e}"
    )
