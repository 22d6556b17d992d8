"""`Economy`: a trade economy calibrated to observed flows, and what policies do to it.

Perfect competition, one factor a country, many sectors; Armington (1969) or Eaton and Kortum (2002)
with trade elasticities by sector, with inputs as in Caliendo and Parro (2015). Counterfactuals are
computed in changes from the data (exact hat algebra, Dekle, Eaton and Kortum 2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError, unknown_name
from bargaining.results.certificate import Certificate
from bargaining.trade.economy.arguments import Rates, flow_values, names_of, per_sector, rates
from bargaining.trade.economy.calibration import calibrate
from bargaining.trade.economy.counterfactual import CLEARED, Counterfactual
from bargaining.trade.economy.evaluation import Evaluation
from bargaining.trade.equilibrium.complementarity import measured, settle
from bargaining.trade.equilibrium.equilibrium import equilibrium
from bargaining.trade.equilibrium.world import Policy, outside
from bargaining.trade.measures.arguments import fees_given, purchase_floors, quota_limits
from bargaining.trade.measures.in_force import charged, with_fees
from bargaining.trade.measures.measures import FeeGiven, Limit, Measure, PortFees, Purchases, Quotas
from bargaining.types import FloatArray

__all__ = ["Economy"]


class Economy:
    """A trade economy, calibrated to observed flows and tariffs.

    Parameters
    ----------
    countries, sectors : sequence of str
        N and S names, each once.
    flows : array_like of shape (N, N, S)
        [exporter, importer, sector], in any unit of value a year, domestic sales included.
    tariffs : array_like or mapping
        Ad valorem rates (0.1 for ten percent), 0 within a country: shape (N, N, S), or (N, N) by
        pair, or one number for all trade; or by (exporter, importer[, sector]).
    elasticities : array_like of shape (S,), or a number
        Trade elasticities: by how many percent imports from one source fall when it becomes one
        percent dearer. In Armington's economy the elasticity of substitution less one.
    flows_include_tariffs : bool
        Whether flows are valued at what importers pay. Otherwise at the border.
    export_taxes : array_like or mapping
        Like tariffs; flows include them either way.
    inputs : array_like of shape (N, S, S), optional
        [country, input, user]: share of each input in the user's sales. Labour gets the rest, which
        must be positive. Without it labour alone produces.
    unit : str
        Of the flows, for tables.
    source : str
        Where the numbers come from.

    Raises
    ------
    InputError
        For shapes that do not fit, names that repeat, flows that are negative or not finite, a
        tariff of -100 % or less or on domestic sales, an elasticity that is not positive, a country
        that sells or buys nothing, a sector that nobody buys, or inputs that cost more than a
        sector sells: the message names country and sector.

    Notes
    -----
    A country that buys nothing of one sector never will. A country without domestic sales in a
    sector imports all that it uses of it. What a country spends beyond its income, tariff revenue
    included, is its deficit, kept at its value in units of world labour income; `balanced` returns
    the economy without deficits.

    Examples
    --------
    Two countries alike; the first levies a tariff of 25 %.

    >>> from bargaining.trade import Economy
    >>> economy = Economy(["A", "B"], ["goods"], [[[80], [20]], [[20], [80]]], 0.0, 4.0)
    >>> after = economy.counterfactual(tariffs={("B", "A"): 0.25})
    >>> after.real_income
    array([ 0.0119, -0.0199])
    """

    def __init__(
        self,
        countries: Iterable[str],
        sectors: Iterable[str],
        flows: ArrayLike,
        tariffs: Rates,
        elasticities: ArrayLike,
        *,
        flows_include_tariffs: bool = True,
        export_taxes: Rates = 0.0,
        inputs: ArrayLike | None = None,
        unit: str = "USD million a year",
        source: str = "",
    ) -> None:
        self.countries = names_of("countries", countries)
        self.sectors = names_of("sectors", sectors)
        nothing = np.zeros(self.shape)
        levied = rates(self, "tariff", tariffs, nothing)
        taxed = rates(self, "export tax", export_taxes, nothing)
        given = flow_values(self, flows)
        self.flows = given if flows_include_tariffs else given * (1 + levied)
        self.elasticities = per_sector(self, "elasticity", elasticities)
        self.unit, self.source = unit, source
        self.world = calibrate(self, levied, taxed, inputs)
        self.policy = Policy(levied, taxed, np.ones(self.shape), self.world.transfers)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Exporters, importers and sectors: (N, N, S)."""
        return len(self.countries), len(self.countries), len(self.sectors)

    @property
    def tariffs(self) -> FloatArray:
        """Tariffs of the base, shape (N, N, S)."""
        return self.policy.tariffs

    @property
    def export_taxes(self) -> FloatArray:
        """Export taxes of the base, shape (N, N, S)."""
        return self.policy.export_taxes

    @property
    def income(self) -> FloatArray:
        """Final spending by country, shape (N,): labour income, public revenue and deficit."""
        return self.world.income

    @property
    def deficits(self) -> FloatArray:
        """What each country spends beyond its income, shape (N,)."""
        return self.world.transfers

    def index(self, country: str) -> int:
        """Return the number of a country."""
        if country not in self.countries:
            raise unknown_name("country", country, self.countries)
        return self.countries.index(country)

    def evaluate(
        self,
        tariffs: FloatArray,
        *,
        export_taxes: FloatArray | None = None,
        start: Evaluation | None = None,
    ) -> Evaluation:
        """Return real incomes at some policies, and their gradients.

        Parameters
        ----------
        tariffs : ndarray of shape (N, N, S)
        export_taxes : ndarray of shape (N, N, S), optional
            Those of the base unless said.
        start : Evaluation, optional
            Of policies nearby, to begin from.

        Raises
        ------
        ConvergenceError
            When no equilibrium was found.
        """
        policy = replace(self.policy, tariffs=tariffs)
        if export_taxes is not None:
            policy = replace(policy, export_taxes=export_taxes)
        return self._at(policy, start)

    def _at(self, policy: Policy, start: Evaluation | None = None) -> Evaluation:
        world = self.world
        if policy.deficits is not world.transfers:
            world = replace(world, transfers=policy.deficits)
        begin = None if start is None else start.state
        return Evaluation(policy, equilibrium(world, policy.wedges(self.policy), start=begin))

    def counterfactual(
        self,
        *,
        tariffs: Rates | None = None,
        trade_costs: Rates | None = None,
        export_taxes: Rates | None = None,
        deficits: ArrayLike | None = None,
        quotas: Quotas | None = None,
        purchases: Purchases | None = None,
        port_fees: PortFees | None = None,
    ) -> Counterfactual:
        """Return the economy under other policies.

        Parameters
        ----------
        tariffs, export_taxes : array_like or mapping, optional
            Ad valorem rates in force: an array of shape (N, N, S), or (N, N) by pair, or one number
            for all trade between countries; or a mapping from (exporter, importer) or (exporter,
            importer, sector), "*" for every one, which changes only what it names.
        trade_costs : array_like or mapping, optional
            Iceberg costs, new over old, given alike.
        deficits : array_like of shape (N,), or 0, optional
            What countries spend beyond their income, as a sum of zero; those of the base unless
            said.
        quotas : mapping, optional
            From (exporter, importer[, sector]), "*" for every one, to the largest volume that may
            reach the importer, relative to the base (0.3 for thirty percent of it), or a `Quota`
            that also says who gets the rent: the exporter unless said. Each flow has a limit of its
            own. Volumes are values over what buyers pay, prices of one source moving with its
            costs, as in Armington's economy.
        purchases : mapping, optional
            From (exporter, importer[, sector]) to the least value that the importer spends on these
            flows together, in the unit of the flows, as importers pay. One rate of subsidy, which
            the importer pays, is on all of them.
        port_fees : mapping, optional
            From (exporter, importer[, sector]) to the fee relative to the value of what is carried,
            collected by the importer beside its tariff, or a `PortFee` that says which share is
            lost as ships sail round it, or that the exporter charges it. `port_fee_rate` computes
            it from a fee by ton.

        Returns
        -------
        Counterfactual
            Its `tariffs` and `export_taxes` include fees and the equivalents of quotas and
            purchases; `measures` lists these with their shadow rates and rents, `fees` the fees.

        Raises
        ------
        InputError
            For unknown names, rates of -100 % or less, costs that are not positive, deficits that
            do not sum to zero, quotas of zero or less, measures on flows that are not there, or two
            of them on one flow.
        ConvergenceError
            When no equilibrium was found, as when purchases are asked for that no subsidy brings
            about: the message names them.

        Examples
        --------
        >>> from bargaining.trade import Economy
        >>> economy = Economy(["A", "B"], ["goods"], [[[80], [20]], [[20], [80]]], 0.0, 4.0)
        >>> closed = economy.counterfactual(trade_costs={("A", "B"): 100.0, ("B", "A"): 100.0})
        >>> closed.real_income  # 0.8 ** (1 / 4) - 1
        array([-0.0543, -0.0543])

        Exports held at half their volume, with the licences sold by the exporter:

        >>> held = economy.counterfactual(quotas={("A", "B"): 0.5})
        >>> round(held.measures[0].rate, 4)
        0.3349
        """
        base = self.policy
        announced = Policy(
            rates(self, "tariff", tariffs, base.tariffs),
            rates(self, "export tax", export_taxes, base.export_taxes),
            rates(self, "trade cost", trade_costs, base.trade_costs, low=0.0, at_home=1.0),
            base.deficits if deficits is None else self._deficits(deficits),
        )
        limits = quota_limits(self, self.flows, quotas)
        limits += purchase_floors(self, self.flows, purchases, limits)
        self._check_rents(limits)
        fees = fees_given(self, port_fees)
        policy = with_fees(announced, fees)
        found = self._at(policy)
        if not limits:
            return self._result(found, announced, fees, ())
        settled = settle(self, policy, limits, found.state)
        measures = measured(self, settled, limits)
        return self._result(Evaluation(settled.policy, settled.state), announced, fees, measures)

    def _check_rents(self, limits: Iterable[Limit]) -> None:
        """Refuse rents for a country that has no trade, if only by way of others, with it."""
        for limit in limits:
            if not self.world.numeraire[limit.flows[0][0], self.index(limit.rent_to)]:
                raise InputError(
                    f"Economy, {limit.name}: expected the rent to go to a country that trades with "
                    f"them, if only by way of others, got {limit.rent_to!r}"
                )

    def balanced(self) -> Economy:
        """Return the economy that would be if nobody spent more than its income.

        Tariffs stay as they are, and the equilibrium without deficits becomes the new base.

        Examples
        --------
        >>> from bargaining.trade import Economy
        >>> economy = Economy(["A", "B"], ["goods"], [[[80], [10]], [[20], [90]]], 0.0, 4.0)
        >>> economy.deficits
        array([ 10., -10.])
        >>> bool(abs(economy.balanced().deficits).max() < 1e-9)
        True
        """
        policy = replace(self.policy, deficits=np.zeros(len(self.countries)))
        flows = outside(self._at(policy).state.flows)
        inputs = self.world.inputs
        return Economy(
            self.countries, self.sectors, flows, self.tariffs, self.elasticities, inputs=inputs,
            export_taxes=self.export_taxes, unit=self.unit, source=self.source,
        )  # fmt: skip

    def _deficits(self, given: ArrayLike) -> FloatArray:
        values = np.broadcast_to(np.asarray(given, dtype=np.float64), len(self.countries))
        off = abs(values.sum()) / self.world.labour.sum()
        if not np.isfinite(values).all() or off > 1e-9:
            raise InputError(
                f"counterfactual, deficits: expected {len(self.countries)} finite numbers that sum "
                f"to zero, got a sum of {float(values.sum())!r}"
            )
        return values.copy()

    def _result(
        self, found: Evaluation, announced: Policy, fees: FeeGiven, measures: tuple[Measure, ...]
    ) -> Counterfactual:
        state, flows = found.state, outside(found.state.flows)
        error = max([found.residual, *(measure.gap for measure in measures)])
        return Counterfactual(
            real_income=state.real_income - 1,
            wages=np.exp(state.log_wages),
            prices=np.exp(state.log_price_index),
            sector_prices=np.exp(state.log_prices.T),
            flows=flows,
            income=state.income,
            revenue=state.import_revenue,
            export_revenue=state.export_revenue,
            policy=found.policy,
            residual=error,
            walras=state.walras,
            certificate=Certificate("markets clear", error, CLEARED),
            economy=self,
            announced=announced,
            measures=measures,
            fees=charged(self, fees, found.policy, flows),
        )

    def __repr__(self) -> str:
        """Say its size."""
        return f"<Economy: {len(self.countries)} countries, {len(self.sectors)} sectors>"
