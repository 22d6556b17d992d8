"""`LabourEconomy`: tariffs with deficits, labour supply and incomplete pass-through.

The one-sector economy of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), with which they
computed what the tariffs announced on 2 April 2025 do to 194 countries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError, unknown_name
from bargaining.trade.economy.arguments import Rates, names_of, rates
from bargaining.trade.labour.data import by_country, flows_of, one_number, with_domestic_sales
from bargaining.trade.labour.equilibrium import LabourBase, LabourState, solve_labour
from bargaining.trade.labour.result import LabourCounterfactual
from bargaining.types import FloatArray

__all__ = ["LabourEconomy", "LabourEvaluation"]

REVENUE = ("income-tax", "lump-sum")
"""What tariff revenue may be used for."""


class LabourEvaluation:
    """Welfare at some tariffs, and its derivatives.

    Attributes
    ----------
    state : LabourState
        The equilibrium.
    """

    def __init__(self, state: LabourState) -> None:
        self.state = state

    @property
    def welfare(self) -> FloatArray:
        """Welfare, new over old, shape (N,)."""
        return self.state.welfare

    @property
    def residual(self) -> float:
        """Largest relative error of a market, a budget or labour supply."""
        return self.state.residual

    @property
    def flows(self) -> FloatArray:
        """Trade net of tariffs, shape (N, N, 1)."""
        return self.state.flows[:, :, None]

    def gradient(self, weights: ArrayLike) -> FloatArray:
        """Return the derivative of weights @ welfare by every tariff, shape (N, N, 1)."""
        return self.state.gradient(np.asarray(weights, dtype=np.float64))[:, :, None]


class LabourEconomy:
    """A one-sector trade economy with deficits, labour supply and incomplete pass-through.

    Parameters
    ----------
    countries : sequence of str
        N names, each once.
    flows : array_like of shape (N, N) or (N, N, 1)
        [exporter, importer], at what importers pay, in any unit of value a year. Domestic sales are
        included unless `gdp` is given.
    tariffs : array_like or mapping
        Ad valorem rates at which the flows were observed, 0 within a country.
    gdp : array_like of shape (N,), optional
        In the unit of the flows. Domestic sales, absent from trade statistics, are then what is
        left of spending after imports, as the paper computes them (see the notes).
    elasticity : float
        Trade elasticity, the paper's epsilon.
    labour_supply : float
        Elasticity of labour supply to real after-tax wages, the paper's kappa; 0 for a fixed one.
    scale : float, optional
        Elasticity of productivity to employment, the paper's psi: 0.67 / elasticity unless said.
    local_share : array_like of shape (N,), or a number
        Share of what a country buys, net of tariffs, that its own labour earns by selling it, the
        paper's nu: 0.270 for the United States and 0.114 elsewhere.
    shape_parameter : float, optional
        Of the firms' productivities, the paper's theta: elasticity / 0.67 unless said.
    passthrough : array_like of shape (N,), or a number, optional
        By how many percent buyers' prices rise with one plus the tariff, the paper's phi:
        (1 + theta) / ((1 - nu) theta) - 1 / theta unless said, which is one where nu is zero.
    revenue : {"income-tax", "lump-sum"}
        Whether tariff revenue, beyond the base's share of labour income, replaces taxes on labour
        income, as in the paper's main results, or is paid out whatever people earn.
    unit : str
        Of the flows, for tables.
    source : str
        Where the numbers come from.

    Attributes
    ----------
    without_domestic_sales : tuple of str
        Countries that import more than they spend by their GDP: re-exporters. Their domestic sales
        are zero, and their spending is what they import.

    Raises
    ------
    InputError
        For shapes that do not fit, names that repeat, flows that are negative or not finite, a
        country that earns or buys nothing, GDP that is not positive, parameters out of range,
        tariffs of -100 % or less or on domestic sales: the message names the country and the value.

    Notes
    -----
    Deficits keep their size relative to the world's labour income (that of a group of countries
    which trades with nobody else); `balanced` returns the economy without. A country that lends
    most of what it earns may have no equilibrium at high tariffs.

    With imports M and exports O, net of what importers' labour earns on them, spending is
    GDP + (1 - nu) (M - O) and domestic sales are spending less M, as the authors compute it. GDP
    recomputed from flows then exceeds what is given, by nu O: by 1.6 % in the United States.

    Welfare is the paper's. It values effort, before and after, at the share of wages that the base
    leaves after taxes. Where revenue cuts taxes, people work more because they keep more, and
    welfare exceeds utility, which results report too: +1.13 % against +0.63 % for the United States
    under the tariffs of 2 April 2025.

    Examples
    --------
    >>> from bargaining.trade import LabourEconomy
    >>> economy = LabourEconomy(["A", "B"], [[80, 20], [20, 80]], labour_supply=0.5)
    >>> after = economy.counterfactual(tariffs={("B", "A"): 0.1})
    >>> after.real_income.round(4).tolist()
    [0.0202, -0.0151]
    >>> economy = LabourEconomy(["A", "B"], [[0, 20], [25, 0]], gdp=[90, 100], local_share=0.1)
    >>> economy.flows[:, :, 0].round(2).tolist()
    [[71.3, 20.0], [25.0, 77.75]]
    """

    def __init__(
        self,
        countries: Iterable[str],
        flows: ArrayLike,
        tariffs: Rates = 0.0,
        *,
        gdp: ArrayLike | None = None,
        elasticity: float = 4.0,
        labour_supply: float = 0.5,
        scale: float | None = None,
        local_share: ArrayLike = 0.0,
        shape_parameter: float | None = None,
        passthrough: ArrayLike | None = None,
        revenue: str = "income-tax",
        unit: str = "USD million a year",
        source: str = "",
    ) -> None:
        self.countries = names_of("countries", countries)
        self.sectors = ("goods",)
        e = one_number("elasticity", elasticity, " > 0")
        share = by_country(self.countries, "local_share", local_share, " >= 0 and < 1")
        given = _passthrough(e, share, shape_parameter) if passthrough is None else passthrough
        if passthrough is not None and shape_parameter is not None:
            raise InputError(
                "LabourEconomy: expected passthrough or shape_parameter, from which it follows, "
                "got both"
            )
        if revenue not in REVENUE:
            raise InputError(f"LabourEconomy, revenue: expected one of {REVENUE}, got {revenue!r}")
        self.tariffs = rates(self, "tariff", tariffs, np.zeros(self.shape))
        paid = flows_of(self, flows)
        self.without_domestic_sales: tuple[str, ...] = ()
        if gdp is not None:
            paid, self.without_domestic_sales = with_domestic_sales(self, paid, gdp, share)
        self.base = LabourBase(
            flows=paid,
            tariffs=self.tariffs[:, :, 0],
            elasticity=e,
            labour_supply=one_number("labour_supply", labour_supply, " >= 0"),
            scale=one_number("scale", 0.67 / e if scale is None else scale, " >= 0"),
            local_share=share,
            passthrough=by_country(self.countries, "passthrough", given, " > 0"),
            cuts_tax=revenue == "income-tax",
        )
        self.unit, self.source = unit, source
        self._check()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Exporters, importers and sectors: (N, N, 1)."""
        return len(self.countries), len(self.countries), 1

    @property
    def flows(self) -> FloatArray:
        """Flows of the base as importers pay, shape (N, N, 1)."""
        return self.base.flows[:, :, None]

    @property
    def income(self) -> FloatArray:
        """Spending of the base by country, shape (N,)."""
        return self.base.spending

    @property
    def deficits(self) -> FloatArray:
        """What each country spends beyond labour income and tariff revenue, shape (N,)."""
        return self.base.deficits

    def index(self, country: str) -> int:
        """Return the number of a country."""
        if country not in self.countries:
            raise unknown_name("country", country, self.countries)
        return self.countries.index(country)

    def evaluate(
        self, tariffs: ArrayLike, *, start: LabourEvaluation | None = None
    ) -> LabourEvaluation:
        """Return welfare at some tariffs, and its gradient.

        Parameters
        ----------
        tariffs : ndarray of shape (N, N, 1)
        start : LabourEvaluation, optional
            Of tariffs nearby, to begin from.

        Raises
        ------
        InputError
            For tariffs of -100 % or less, or on domestic sales.
        ConvergenceError
            When no equilibrium was found.
        """
        new = rates(self, "tariff", tariffs, self.tariffs)
        begin = None if start is None else start.state.unknowns
        return LabourEvaluation(solve_labour(self.base, new[:, :, 0], begin))

    def counterfactual(
        self, *, tariffs: Rates | None = None, deficits: ArrayLike | None = None
    ) -> LabourCounterfactual:
        """Return welfare, wages, employment, prices, flows and revenue at other tariffs.

        Parameters
        ----------
        tariffs : array_like or mapping, optional
            Ad valorem rates in force: an array of shape (N, N, 1) or (N, N), or one number for all
            trade between countries; or a mapping from (exporter, importer), "*" for every one,
            which changes only what it names.
        deficits : array_like of shape (N,), or 0, optional
            What countries spend beyond labour income and tariff revenue; those of the base unless
            said. They sum to zero, also over every group of countries that trades with nobody else.

        Raises
        ------
        InputError
            For unknown names, tariffs of -100 % or less, deficits that do not sum to zero.
        ConvergenceError
            When no equilibrium was found.

        Examples
        --------
        A country that sells what it always sold at home, and nothing abroad, notices nothing.

        >>> flows = [[80, 20, 0], [20, 80, 0], [0, 0, 50]]
        >>> economy = LabourEconomy(["A", "B", "C"], flows)
        >>> after = economy.counterfactual(tariffs={("B", "A"): 0.5})
        >>> bool(abs(after.real_income[2]) < 1e-12)
        True
        """
        new = rates(self, "tariff", tariffs, self.tariffs)
        base = self.base
        if deficits is not None:
            base = replace(base, transfers=self._transfers(deficits))
        return LabourCounterfactual.of(self, solve_labour(base, new[:, :, 0]))

    def balanced(self) -> LabourEconomy:
        """Return the economy that would be if nobody spent more than its income.

        Tariffs stay as they are, and the equilibrium without deficits becomes the new base.

        Examples
        --------
        >>> economy = LabourEconomy(["A", "B"], [[80, 10], [20, 90]])
        >>> economy.deficits
        array([ 10., -10.])
        >>> bool(abs(economy.balanced().deficits).max() < 1e-9)
        True
        """
        base = self.base
        transfers = np.zeros(len(self.countries))
        state = solve_labour(replace(base, transfers=transfers), base.tariffs)
        return LabourEconomy(
            self.countries, state.paid, self.tariffs, elasticity=base.elasticity,
            labour_supply=base.labour_supply, scale=base.scale, local_share=base.local_share,
            passthrough=base.passthrough, revenue=REVENUE[0] if base.cuts_tax else REVENUE[1],
            unit=self.unit, source=self.source,
        )  # fmt: skip

    def _transfers(self, given: ArrayLike) -> FloatArray:
        values, base = by_country(self.countries, "deficits", given, ""), self.base
        off = np.abs(base.group_sums(values)) / base.group_sums(base.income)
        if off.max() > 1e-9:
            first = int(off.argmax())
            raise InputError(
                "LabourEconomy, deficits: expected a sum of zero over countries that trade, got "
                f"{float(base.group_sums(values)[first])!r} over {self.countries[first]} and those "
                "that it trades with"
            )
        return values

    def _check(self) -> None:
        """Refuse countries without income or spending, or whose labour is worth all they spend."""
        base = self.base
        toil = base.labour_supply / (1 + base.labour_supply)
        for name, bought, earned in zip(self.countries, base.spending, base.income, strict=True):
            for verb, value in (("buys", bought), ("earns", earned)):
                if not value > 0:
                    raise InputError(f"LabourEconomy, flows: {name} {verb} nothing, got {value!r}")
            if not bought > toil * earned:
                raise InputError(
                    f"LabourEconomy, flows: {name} spends {bought:.6g}, expected more than its "
                    f"effort is worth, {toil * earned:.6g}"
                )

    def __repr__(self) -> str:
        """Say its size."""
        return f"<LabourEconomy: {len(self.countries)} countries>"


def _passthrough(e: float, local_share: FloatArray, shape_parameter: float | None) -> FloatArray:
    """Return the paper's phi from its theta and nu."""
    given = e / 0.67 if shape_parameter is None else shape_parameter
    theta = one_number("shape_parameter", given, " > 0")
    return (1 + theta) / ((1 - local_share) * theta) - 1 / theta
