"""Nash tariffs of a trade economy: one uniform tariff a country, all of them at once.

Lashkaripour (2021), The cost of a global tariff war: a sufficient statistics approach, Journal of
International Economics 131. The optimal tariff is one over the elasticity of demand for a country's
exports; with many countries it leaves out what a tariff does to wages abroad. `exact` puts in its
place the condition that no country's real income changes with its own tariff.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar, root

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate, plain, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.trade.economy.arguments import names_of
from bargaining.trade.economy.counterfactual import Counterfactual
from bargaining.trade.economy.economy import Economy
from bargaining.trade.economy.evaluation import Evaluation
from bargaining.trade.equilibrium.newton import linear
from bargaining.trade.equilibrium.tangent import Push, tangent
from bargaining.trade.equilibrium.world import inside, outside
from bargaining.types import FloatArray, IntArray

__all__ = ["NashTariffs", "nash_tariffs"]

SOLVED = 1e-9
"""Largest error of a tariff, as a rate, that counts as solved."""

ROUNDS = 200
"""Most evaluations of the world economy."""


@dataclass(frozen=True, eq=False)
class NashTariffs(Tabular):
    """Nash tariffs and the economy under them.

    Attributes
    ----------
    tariffs : ndarray of shape (N,)
        The uniform tariff of each country; NaN for those that keep theirs.
    exact : bool
        Whether conditions are exact, or those of the formula.
    after : Counterfactual
        The economy under these tariffs.
    certificate : Certificate
        The largest error of a tariff: its distance from what the condition asks for.
    """

    tariffs: FloatArray
    exact: bool
    after: Counterfactual
    certificate: Certificate
    economy: Economy = field(repr=False)

    @property
    def real_income(self) -> FloatArray:
        """New over old, less one, by country, shape (N,)."""
        return self.after.real_income

    @property
    def wages(self) -> FloatArray:
        """New over old, shape (N,)."""
        return self.after.wages

    @property
    def flows(self) -> FloatArray:
        """As importers pay, shape (N, N, S)."""
        return self.after.flows

    @property
    def revenue(self) -> FloatArray:
        """Tariff revenue, shape (N,)."""
        return self.after.revenue

    @property
    def residual(self) -> float:
        """Largest relative error of any equilibrium condition."""
        return self.after.residual

    def gains_from_deviating(self, countries: Iterable[str] | None = None) -> FloatArray:
        """Return what players could gain by another uniform tariff of their own, shape (N,).

        The best of trial tariffs from a tenth to ten times its own, refined; relative to real
        income in the base. NaN for the others, and for those not among the given countries.
        """
        gains = np.full(len(self.tariffs), np.nan)
        here = self.economy.evaluate(self.after.tariffs)
        asked = self.economy.countries if countries is None else names_of("countries", countries)
        for i in map(self.economy.index, asked):
            if np.isfinite(self.tariffs[i]):
                gains[i] = _best_deviation(self.economy, here, i, float(self.tariffs[i]))
        return gains

    def table(self) -> Table:
        """Return a row for each country: tariff, real income, revenue."""
        rows = tuple(
            (
                country,
                float(100 * self.tariffs[i]) if np.isfinite(self.tariffs[i]) else None,
                float(100 * self.real_income[i]),
                float(self.after.money[i]),
                float(self.revenue[i]),
            )
            for i, country in enumerate(self.economy.countries)
        )
        columns = (
            "country", "Nash tariff, %", "real income, %", f"in {self.economy.unit}",
            "tariff revenue",
        )  # fmt: skip
        return Table("Nash tariffs", columns, rows, note=f"certificate: {self.certificate}")

    def explain(self) -> str:
        """Say in words how high tariffs are, and what the war costs."""
        players = np.isfinite(self.tariffs)
        highest = int(np.nanargmax(self.tariffs))
        return (
            f"Countries that set Nash tariffs: {int(players.sum())}; on average "
            f"{100 * self.tariffs[players].mean():.1f} %; the highest is that of "
            f"{self.economy.countries[highest]}, {100 * self.tariffs[highest]:.1f} %. "
            f"Real income changes by {100 * self.real_income.mean():+.2f} % on average; "
            f"the world's by {100 * self.after.world_income:+.2f} %."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "tariffs": [float(t) if np.isfinite(t) else None for t in self.tariffs],
            "exact": self.exact,
            "after": self.after.to_dict(),
            "certificate": plain(self.certificate.to_dict()),
        }


def nash_tariffs(
    economy: Economy, *, countries: Iterable[str] | None = None, exact: bool = False
) -> NashTariffs:
    """Return the tariffs of a trade war in which each country sets one tariff on all imports.

    Parameters
    ----------
    economy : Economy
        Purge deficits first (`economy.balanced()`) for the numbers of the literature: a deficit
        that is kept is a transfer, which tariffs then defend.
    countries : iterable of str, optional
        Those that play; all unless said. The others keep their tariffs.
    exact : bool
        Solve each country's own first-order condition instead of the formula, which leaves out what
        its tariff does to wages abroad.

    Returns
    -------
    NashTariffs

    Raises
    ------
    InputError
        For an unknown country.
    ConvergenceError
        When no tariffs that satisfy every condition were found.

    References
    ----------
    Lashkaripour, A. (2021), The cost of a global tariff war: a sufficient statistics approach,
    Journal of International Economics 131, equation 14.

    Examples
    --------
    Two equal countries, elasticity 4, own shares of 80 %:

    >>> from bargaining.trade import Economy, nash_tariffs
    >>> economy = Economy(["A", "B"], ["goods"], [[[80], [20]], [[20], [80]]], 0.0, 4.0)
    >>> war = nash_tariffs(economy)
    >>> war.tariffs, war.real_income
    (array([0.269, 0.269]), array([-0.0139, -0.0139]))
    """
    names = economy.countries if countries is None else names_of("countries", countries)
    players = np.array(sorted({economy.index(name) for name in names}), dtype=np.int64)
    step = _Conditions(economy, players, exact)
    start = np.full(len(players), 1.0 / float(economy.elasticities.mean()))
    levels = step.settled(start)
    certificate = Certificate("tariffs", step.error(levels), SOLVED)
    if not certificate:
        raise ConvergenceError(
            f"nash_tariffs: the largest error of a tariff is {certificate.value:.1e} after "
            f"{ROUNDS} rounds",
            certificate=certificate,
        )
    tariffs = np.full(len(economy.countries), np.nan)
    tariffs[players] = levels
    after = economy.counterfactual(tariffs=_spread(economy, players, levels))
    return NashTariffs(tariffs, exact, after, certificate, economy)


class _Conditions:
    """What each player's tariff should be, given everybody's."""

    def __init__(self, economy: Economy, players: IntArray, exact: bool) -> None:
        self.economy, self.players, self.exact = economy, players, exact
        self.last: Evaluation | None = None

    def wanted(self, levels: FloatArray) -> FloatArray:
        """Return the logs of the tariffs that the conditions ask for."""
        tariffs = _spread(self.economy, self.players, levels)
        self.last = self.economy.evaluate(tariffs, start=self.last)
        ideal = formula(self.economy, self.last)[self.players]
        if not self.exact:
            return np.log(ideal)
        return np.log(levels) + _slopes(self.last, self.players, levels)

    def settled(self, levels: FloatArray) -> FloatArray:
        """Return tariffs that the conditions leave where they are (Broyden 1965)."""
        found = root(
            lambda logs: self.wanted(np.exp(logs)) - logs, np.log(levels), method="broyden1",
            options={"fatol": SOLVED / 1000, "maxiter": ROUNDS, "line_search": None},
        )  # fmt: skip
        return np.asarray(np.exp(found.x))

    def error(self, levels: FloatArray) -> float:
        """Return the largest distance of a tariff from what the conditions ask for."""
        return float(np.abs(np.exp(self.wanted(levels)) - levels).max())


def formula(economy: Economy, at: Evaluation) -> FloatArray:
    """Return the tariff that is optimal for each country by the formula, shape (N,).

    One over the export-weighted mean, over buyers j and sectors k, of e_k (1 - (1 - d_jk) lam_ijk):
    by how much j buys less of i's goods when they become dearer. d_jk is what j's own tariff adds;
    where j does not levy one rate, its mean rate is taken.
    """
    policy, state = at.policy, at.state
    own = np.arange(len(economy.countries))
    shares, flows = outside(state.shares), outside(state.flows)
    traded = flows / (1 + policy.tariffs)
    traded[own, own] = 0
    rate = state.import_revenue / np.maximum(traded.sum(axis=(0, 2)), np.finfo(float).tiny)
    at_home = shares[own, own] * state.world.final.T
    added = rate[:, None] * at_home / (1 + rate * at_home.sum(axis=1))[:, None]
    response = economy.elasticities * (1 - (1 - added) * shares)
    return np.asarray(traded.sum(axis=(1, 2)) / (traded * response).sum(axis=(1, 2)))


def _slopes(at: Evaluation, players: IntArray, levels: FloatArray) -> FloatArray:
    """Return by how much, in logs, each player's income would have it move its tariff.

    The derivative of its real income by its tariff, over what that is worth per log point of
    distance from the best tariff in the textbook case: imports times their elasticity.
    """
    state, abroad = at.state, ~np.eye(len(at.welfare), dtype=bool)
    gains = _raised(at, players) / (1 + levels)
    share = (state.flows * abroad)[:, :, players].sum(axis=1) / state.income[players]
    response = state.world.elasticity @ share
    return np.asarray(gains * (1 + levels) ** 2 / response / levels)


def _raised(at: Evaluation, players: IntArray) -> FloatArray:
    """Return derivatives of each player's real income by the log of its own 1 + tariff."""
    state, policy, count = at.state, at.policy, len(at.welfare)
    sectors = len(state.world.elasticity)
    sector, exporter, direction = np.indices((sectors, count, len(players))).reshape(3, -1)
    importer = players[direction]
    keep = exporter != importer
    place = sector[keep], exporter[keep], importer[keep]
    factor = 1 / (1 + inside(policy.tariffs)[place])
    levied = state.wedges.to_exporter[place]
    push = Push(*place, direction[keep], to_importer=factor, to_exporter=-levied)
    still = tangent(state, np.zeros((count, len(players))), push=push)
    system = state.jacobian / state.labour[:, None] + state.world.numeraire * np.exp(
        state.log_wages
    )
    wages = linear(system, -still.demand / state.labour[:, None])
    moved = tangent(state, wages, push=push)
    income = (moved.income / state.income[:, None])[players, np.arange(len(players))]
    prices = (state.world.final[:, :, None] * moved.prices).sum(axis=0)
    return np.asarray(at.welfare[players] * (income - prices[players, np.arange(len(players))]))


def _spread(economy: Economy, players: IntArray, levels: FloatArray) -> FloatArray:
    """Return the tariffs of all flows when players levy one rate each on all imports."""
    tariffs = economy.tariffs.copy()
    tariffs[:, players] = levels[None, :, None]
    tariffs[players, players] = 0
    return tariffs


def _best_deviation(economy: Economy, here: Evaluation, i: int, level: float) -> float:
    def income(rate: float) -> float:
        tariffs = _spread(economy, np.array([i]), np.array([rate]))
        tariffs = np.where(np.arange(len(here.welfare))[None, :, None] == i, tariffs, before)
        return float(economy.evaluate(tariffs, start=here).welfare[i])

    before = here.policy.tariffs
    trials = level * np.geomspace(0.1, 10, 21)
    reached = [income(float(rate)) for rate in trials]
    best = int(np.argmax(reached))
    around = (trials[max(best - 1, 0)], trials[min(best + 1, len(trials) - 1)])
    refined = minimize_scalar(lambda rate: -income(rate), bounds=around, method="bounded")
    return max(0.0, *reached, -float(refined.fun)) - float(here.welfare[i])


@registers(NashTariffs)
def check_nash_tariffs(result: NashTariffs) -> Certificate:
    """Solve the world under these tariffs anew, and ask the conditions again."""
    players = np.flatnonzero(np.isfinite(result.tariffs))
    conditions = _Conditions(result.economy, players, result.exact)
    error = conditions.error(result.tariffs[players])
    again = verify(result.after)
    apart = np.abs(result.after.tariffs - _spread(result.economy, players, result.tariffs[players]))
    return Certificate("tariffs", max(error, again.value, float(apart.max())), SOLVED)
