"""A trade economy in which some limits are met exactly: wages, wedges and rents found together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import ConvergenceError
from bargaining.trade.equilibrium.equilibrium import State, state_at
from bargaining.trade.equilibrium.newton import newton
from bargaining.trade.equilibrium.tangent import Push, tangent
from bargaining.trade.equilibrium.world import Policy
from bargaining.trade.measures.in_force import with_limits
from bargaining.trade.measures.measures import Limit
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.economy.economy import Economy

__all__ = ["Settled", "System", "levels"]


@dataclass(frozen=True, eq=False)
class Settled:
    """An equilibrium in which limits are met.

    Attributes
    ----------
    policy : Policy
        In force, wedges included.
    state : State
    wedges : ndarray of shape (M,)
        Log wedges.
    moved : ndarray of shape (M,)
        Rents that go from the exporter to another country.
    """

    policy: Policy
    state: State
    wedges: FloatArray
    moved: FloatArray


def levels(economy: Economy, limits: Sequence[Limit], state: State) -> FloatArray:
    """Return log volumes over the base, or log values, one a limit, shape (M,)."""
    cost = state.world.value_added * state.log_wages
    cost = cost + state.world.input_costs(state.log_prices[:, :, None])[:, :, 0]
    found = np.empty(len(limits))
    for m, limit in enumerate(limits):
        j, i, k = (np.array(index) for index in limit.at)
        value = float(state.flows[k, j, i].sum())
        found[m] = np.log(value)
        if limit.kind == "quota":
            paid = float(economy.flows[limit.flows[0]])
            price = float((state.wedges.cost[k, j, i] + cost[k, j])[0])
            found[m] -= np.log(paid) + price
    return found


class System:
    """Labour markets, and the limits that bind: equations in log wages, log wedges and rents."""

    def __init__(
        self,
        economy: Economy,
        policy: Policy,
        limits: Sequence[Limit],
        active: NDArray[np.intp],
        goals: FloatArray,
        start: State,
    ) -> None:
        self.economy, self.policy, self.limits = economy, policy, limits
        self.active, self.goals = active, goals
        self.state = start
        self.bound = [limits[m] for m in active]
        given = [limit.flows[0][0] for limit in self.bound]
        taken = [economy.index(limit.rent_to) for limit in self.bound]
        self.abroad = np.flatnonzero(
            [
                limit.side == "exporter" and j != c
                for limit, j, c in zip(self.bound, given, taken, strict=True)
            ]
        )
        self.scale = np.array([economy.flows[self.bound[a].flows[0]] for a in self.abroad])
        self.moves = np.zeros((len(economy.countries), len(self.abroad)))
        for t, a in enumerate(self.abroad):
            self.moves[taken[a], t] += self.scale[t]
            self.moves[given[a], t] -= self.scale[t]
        self.member = np.array([a for a, limit in enumerate(self.bound) for _ in limit.flows])
        flows = [flow for limit in self.bound for flow in limit.flows]
        self.j, self.i, self.k = np.array(flows, dtype=np.intp).reshape(-1, 3).T

    def solved(self, start: Settled) -> Settled:
        """Return the root nearest to a start."""
        begin = np.concatenate(
            [
                start.state.log_wages,
                start.wedges[self.active],
                start.moved[self.active[self.abroad]] / self.scale,
            ]
        )
        root = newton(self.residual, self.jacobian, begin, what="trade equilibrium under limits")
        self.residual(root)
        wedges, moved = self._wedges(root)
        policy = with_limits(self.economy, self.policy, self.limits, wedges, moved)
        return Settled(policy, self.state, wedges, moved)

    def _wedges(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return log wedges and rents that move abroad, one a limit."""
        count = len(self.economy.countries)
        wedges, moved = np.zeros(len(self.limits)), np.zeros(len(self.limits))
        wedges[self.active] = point[count : count + len(self.active)]
        moved[self.active[self.abroad]] = point[count + len(self.active) :] * self.scale
        return wedges, moved

    def residual(self, point: FloatArray) -> FloatArray:
        """Return excess demand for labour, logs of levels over goals, and errors of rents."""
        count, economy = len(self.economy.countries), self.economy
        wedges, moved = self._wedges(point)
        policy = with_limits(economy, self.policy, self.limits, wedges, moved)
        world = replace(economy.world, transfers=policy.deficits)
        between = policy.wedges(economy.policy)
        goods = world.shares * np.exp(-world.elasticity[:, None, None] * between.cost)
        try:
            state = state_at(world, between, goods, point[:count], self.state.log_prices)
        except ConvergenceError:  # subsidies that cost more than there is: as bad as can be
            return np.full(len(point), np.inf)
        self.state = state
        clear = state.excess + (world.numeraire @ np.exp(point[:count]) - 1.0)
        off = levels(economy, self.bound, state) - self.goals
        paid = moved[self.active[self.abroad]] - self._rents(state, wedges)
        return np.concatenate([clear, off, paid / self.scale])

    def _rents(self, state: State, wedges: FloatArray) -> FloatArray:
        """Return the rents that go abroad."""
        at = self._abroad_at()
        share = state.wedges.to_producer[at] + state.wedges.to_exporter[at]
        return np.asarray(-np.expm1(-wedges[self.active[self.abroad]]) * share * state.flows[at])

    def _abroad_at(self) -> tuple[NDArray[np.intp], ...]:
        flows = np.array([self.bound[a].flows[0] for a in self.abroad], dtype=np.intp)
        j, i, k = flows.reshape(-1, 3).T
        return k, j, i

    def jacobian(self, point: FloatArray) -> FloatArray:
        """Return derivatives of the latest errors."""
        state = self.state
        count, bound, abroad = len(state.log_wages), len(self.bound), len(self.abroad)
        size = count + bound + abroad
        wages, transfers = np.zeros((count, size)), np.zeros((count, size))
        wages[:, :count] = np.eye(count)
        transfers[:, count + bound :] = self.moves
        moved = tangent(state, wages, push=self._push(state), transfers=transfers)
        clear = moved.demand / state.labour[:, None]
        clear[:, :count] += state.world.numeraire * np.exp(point[:count]) - np.eye(count)

        at, own = (self.k, self.j, self.i), count + self.member
        lines = np.arange(len(self.member))
        cost = moved.cost[self.k, self.j].copy()
        cost[lines, own] += 1
        flows = moved.spending[self.k, self.i] / state.spending[self.k, self.i][:, None]
        flows = flows - state.world.elasticity[self.k][:, None] * (
            cost - moved.prices[self.k, self.i]
        )
        is_quota = np.array([limit.kind == "quota" for limit in self.bound])
        values = state.flows[at]
        weights = values / np.bincount(self.member, values, bound)[self.member]
        rows = np.zeros((bound, size))
        np.add.at(
            rows,
            self.member,
            weights[:, None] * (flows - np.where(is_quota[self.member][:, None], cost, 0.0)),
        )
        return np.vstack([clear, rows, self._rent_rows(state, point, flows)])

    def _rent_rows(self, state: State, point: FloatArray, flows: FloatArray) -> FloatArray:
        """Return derivatives of errors of rents, given those of log flows."""
        count, bound = len(state.log_wages), len(self.bound)
        wedges, _ = self._wedges(point)
        first = np.searchsorted(self.member, self.abroad)
        rents = self._rents(state, wedges) / self.scale
        rows = -rents[:, None] * flows[first]
        at = self._abroad_at()
        ends = np.arange(len(self.abroad))
        share = (state.wedges.to_producer[at] + state.wedges.to_exporter[at]) * state.flows[at]
        licence = wedges[self.active[self.abroad]]
        rows[ends, count + self.abroad] -= np.exp(-licence) * share / self.scale
        rows[ends, count + bound + ends] += 1.0
        return np.asarray(rows)

    def _push(self, state: State) -> Push:
        """Return how wedges of limits that bind move what states collect."""
        at = self.k, self.j, self.i
        between = state.wedges
        imports = np.array([limit.side == "importer" for limit in self.bound])[self.member]
        return Push(
            sector=self.k, exporter=self.j, importer=self.i,
            direction=len(state.log_wages) + self.member,
            to_importer=np.where(imports, 1.0 - between.to_importer[at], 0.0),
            to_exporter=np.where(imports, -between.to_exporter[at], between.to_producer[at]),
        )  # fmt: skip
