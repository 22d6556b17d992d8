"""Tariffs with labour supply and deficits: closed forms, gradients, the paper, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize_scalar

import bargaining as bg
from bargaining.trade import Economy, LabourEconomy
from tests.trade.data import data_folder
from tests.trade.economies import SEEDS

PLAIN = {"labour_supply": 0.0, "scale": 0.0, "local_share": 0.0, "revenue": "lump-sum"}
"""Settings that leave an Armington economy with one factor in fixed supply."""

USES = st.sampled_from(["income-tax", "lump-sum"])


def names(count):
    return [f"country {n}" for n in range(count)]


def off_diagonal(values):
    return values * (1 - np.eye(len(values)))


def drawn(seed, *, countries=4, spread=0.4, **options):
    """Return an economy drawn at random, with deficits, tariffs and all frictions of the paper."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0, spread, (countries, countries)) + 8 * np.eye(countries)
    tariffs = off_diagonal(rng.uniform(0, 0.2, (countries, countries)))
    share = rng.uniform(0, 0.3, countries)
    return LabourEconomy(names(countries), flows, tariffs, **{"local_share": share, **options})


def other_tariffs(seed, countries=4):
    rng = np.random.default_rng(seed)
    return off_diagonal(rng.uniform(-0.05, 0.6, (countries, countries)))


@given(SEEDS, USES)
def test_unchanged_tariffs_change_nothing(seed, revenue):
    result = drawn(seed, revenue=revenue).counterfactual()
    np.testing.assert_allclose(result.real_income, 0, atol=1e-12)
    np.testing.assert_allclose(result.labour, 1)
    np.testing.assert_allclose(result.flows, result.economy.flows)


@given(SEEDS, SEEDS, USES)
def test_markets_clear_and_the_world_spends_what_it_earns(seed, other, revenue):
    result = drawn(seed, revenue=revenue).counterfactual(tariffs=other_tariffs(other))
    assert bool(result.certificate)
    assert bg.verify(result).value < 1e-11
    assert abs(result.walras) < 1e-12


@given(SEEDS, SEEDS, st.sampled_from([1e-6, 1e9]))
def test_the_unit_of_flows_is_of_no_account(seed, other, unit):
    base, tariffs = drawn(seed), other_tariffs(other)
    scaled = LabourEconomy(
        base.countries, unit * base.flows, base.tariffs, local_share=base.base.local_share
    )
    result, again = (one.counterfactual(tariffs=tariffs) for one in (base, scaled))
    np.testing.assert_allclose(again.real_income, result.real_income, atol=1e-11)
    np.testing.assert_allclose(again.revenue, unit * result.revenue, rtol=1e-9, atol=1e-12 * unit)


@given(SEEDS, SEEDS)
def test_the_order_of_countries_is_of_no_account(seed, other):
    base, tariffs, order = drawn(seed), other_tariffs(other), np.array([2, 0, 3, 1])
    turned = LabourEconomy(
        [base.countries[n] for n in order],
        base.flows[np.ix_(order, order)],
        base.tariffs[np.ix_(order, order)],
        local_share=base.base.local_share[order],
    )
    result = base.counterfactual(tariffs=tariffs)
    again = turned.counterfactual(tariffs=tariffs[np.ix_(order, order)])
    np.testing.assert_allclose(again.real_income, result.real_income[order], atol=1e-11)


@given(SEEDS, SEEDS, USES)
def test_who_trades_with_nobody_notices_nothing(seed, other, revenue):
    base = drawn(seed)
    flows, tariffs, share = np.zeros((5, 5)), np.zeros((5, 5)), np.zeros(5)
    flows[:4, :4], flows[4, 4] = base.flows[:, :, 0], 3.0
    tariffs[:4, :4], share[:4] = base.tariffs[:, :, 0], base.base.local_share
    larger = LabourEconomy(names(5), flows, tariffs, local_share=share, revenue=revenue)
    tariffs[:4, :4] = other_tariffs(other)
    found = larger.evaluate(tariffs)
    alone = LabourEconomy(
        names(4), flows[:4, :4], base.tariffs, local_share=share[:4], revenue=revenue
    ).evaluate(tariffs[:4, :4])
    np.testing.assert_allclose(found.welfare, [*alone.welfare, 1.0], atol=1e-10)
    weights = np.arange(1.0, 6.0)
    np.testing.assert_allclose(
        found.gradient(weights)[:4, :4], alone.gradient(weights[:4]), atol=1e-8
    )


@given(SEEDS, SEEDS, USES)
def test_the_gradient_is_that_of_small_changes(seed, other, revenue):
    economy, tariffs = drawn(seed, countries=3, revenue=revenue), other_tariffs(other, 3)
    weights = np.array([1.0, -0.5, 2.0])
    abroad = np.flatnonzero(off_diagonal(np.ones((3, 3))))
    found = economy.evaluate(tariffs)

    def worth(values):
        moved = tariffs.copy()
        moved.flat[abroad] = values
        return weights @ economy.evaluate(moved, start=found).welfare

    numerical = approx_fprime(tariffs.flat[abroad], worth, 1e-6)
    np.testing.assert_allclose(found.gradient(weights).ravel()[abroad], numerical, atol=1e-4)


@given(SEEDS, SEEDS)
def test_a_start_nearby_leads_to_the_same_equilibrium(seed, other):
    economy, tariffs = drawn(seed), other_tariffs(other)
    again = economy.evaluate(tariffs, start=economy.evaluate(0.9 * tariffs))
    np.testing.assert_allclose(again.welfare, economy.evaluate(tariffs).welfare, atol=1e-11)


def armington(flows, tariffs, e, rounds=5000):
    """Return real incomes, new over old, of an Armington economy from free trade, by tatonnement.

    Deficits are kept relative to the labour income of the world.
    """
    shares, income, spending = flows / flows.sum(axis=0), flows.sum(axis=1), flows.sum(axis=0)
    wages, multiplier = np.ones(len(flows)), 1.0
    for _ in range(rounds):
        drawn_ = shares * (wages[:, None] * (1 + tariffs)) ** -e
        new, index = drawn_ / drawn_.sum(axis=0), drawn_.sum(axis=0) ** (-1 / e)
        multiplier = 1 - (new * tariffs / (1 + tariffs)).sum(axis=0)
        spent = (wages * income + spending - income) / multiplier
        wages = wages * ((new / (1 + tariffs) * spent).sum(axis=1) / income / wages) ** 0.1
        wages = wages * income.sum() / (wages @ income)
    return spent / spending / index


def test_without_labour_supply_scale_and_local_costs_it_is_armingtons_economy():
    rng = np.random.default_rng(1)
    flows = rng.lognormal(0, 1, (4, 4)) + 5 * np.eye(4)
    tariffs = other_tariffs(2)
    result = LabourEconomy(names(4), flows, elasticity=3.0, **PLAIN).counterfactual(tariffs=tariffs)
    np.testing.assert_allclose(1 + result.real_income, armington(flows, tariffs, 3.0), atol=1e-9)


@given(SEEDS, SEEDS)
def test_without_labour_supply_scale_and_local_costs_it_is_the_economy_of_many_sectors(seed, other):
    base = drawn(seed, elasticity=5.0, **PLAIN)
    many = Economy(base.countries, ["goods"], base.flows, base.tariffs, 5.0)
    tariffs = other_tariffs(other)
    result, again = base.counterfactual(tariffs=tariffs), many.counterfactual(tariffs=tariffs)
    np.testing.assert_allclose(again.real_income, result.real_income, atol=1e-10)
    np.testing.assert_allclose(again.wages, result.wages, atol=1e-10)
    np.testing.assert_allclose(again.flows, result.flows, atol=1e-8)


@given(SEEDS, SEEDS, st.floats(0, 1), st.floats(0, 0.1))
def test_real_wages_follow_from_the_share_of_home_goods_and_from_scale(seed, other, supply, scale):
    """Arkolakis, Costinot and Rodriguez-Clare (2012), with scale: w / P = share^(-1/e) L^scale."""
    economy = drawn(seed, local_share=0.0, labour_supply=supply, scale=scale)
    result = economy.counterfactual(tariffs=other_tariffs(other))
    home = np.diag(result.flows[:, :, 0]) / result.income
    before = np.diag(economy.flows[:, :, 0]) / economy.income
    expected = (home / before) ** (-1 / 4) * result.labour**scale
    np.testing.assert_allclose(result.wages / result.prices, expected)


@given(SEEDS, SEEDS)
def test_lump_sums_leave_labour_to_the_real_wage(seed, other):
    result = drawn(seed, revenue="lump-sum").counterfactual(tariffs=other_tariffs(other))
    np.testing.assert_allclose(result.labour, (result.wages / result.prices) ** 0.5)
    np.testing.assert_allclose(result.utility, result.real_income, atol=1e-12)


@given(SEEDS, SEEDS, USES)
def test_utility_is_what_is_consumed_less_the_effort_of_labour(seed, other, revenue):
    """Consumption C less effort, a constant times L^((1 + kappa) / kappa), that makes L optimal."""
    economy = drawn(seed, revenue=revenue, labour_supply=0.5)
    result, earned = economy.counterfactual(tariffs=other_tariffs(other)), economy.base.income
    kept = 1.0
    if revenue == "income-tax":
        new = result.revenue / (earned * result.wages * result.labour)
        kept = 1 - new + economy.base.revenue / earned
    effort = kept * earned / 3  # at the optimum, kappa / (1 + kappa) of what labour earns
    before = economy.income - effort
    after = result.income / result.prices - effort * result.labour**3
    np.testing.assert_allclose(1 + result.utility, after / before)


def test_revenue_that_cuts_taxes_makes_people_work_more():
    flows = np.array([[80.0, 20.0], [20.0, 80.0]])
    cut, paid = (
        LabourEconomy(["A", "B"], flows, revenue=use).counterfactual(tariffs={("B", "A"): 0.1})
        for use in ("income-tax", "lump-sum")
    )
    assert cut.labour[0] > 1 > paid.labour[0]
    assert cut.utility[0] > paid.utility[0]


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_the_best_tariff_of_a_small_country_is_the_papers(share):
    """With fixed labour: 1 / ((1 + e) phi - 1), which is 1 / e where phi is one."""
    small = 1e-5
    flows = np.array([[0.6 * small, 0.4 * small], [0.4 * small, 1.0]])
    economy = LabourEconomy(
        ["small", "large"], flows, local_share=share, labour_supply=0.0, revenue="lump-sum"
    )
    expected = 1 / (5 * economy.base.passthrough[0] - 1)
    found = minimize_scalar(
        lambda t: -economy.evaluate(np.array([[0.0, 0.0], [t, 0.0]])).welfare[0],
        bounds=(0, 1),
        options={"xatol": 1e-9},
    )
    assert found.x == pytest.approx(expected, rel=1e-3)
    best = np.array([[0.0, 0.0], [found.x, 0.0]])
    assert abs(economy.evaluate(best).gradient([1, 0])[1, 0, 0]) < 1e-5


@given(SEEDS)
def test_a_balanced_economy_has_no_deficits_and_keeps_its_settings(seed):
    economy = drawn(seed, revenue="lump-sum")
    balanced = economy.balanced()
    np.testing.assert_allclose(balanced.deficits, 0, atol=1e-10)
    np.testing.assert_allclose(balanced.tariffs, economy.tariffs)
    np.testing.assert_allclose(balanced.base.passthrough, economy.base.passthrough)
    result = economy.counterfactual(deficits=0)
    np.testing.assert_allclose(balanced.flows, result.flows, rtol=1e-9)
    np.testing.assert_allclose(result.deficits, 0)


def test_domestic_sales_follow_from_gdp_and_never_fall_below_zero():
    trade = np.array([[0.0, 20.0, 30.0], [25.0, 0.0, 0.0], [0.0, 3.0, 0.0]])
    economy = LabourEconomy(names(3), trade, gdp=[90, 100, 2])
    assert economy.without_domestic_sales == ("country 2",)
    np.testing.assert_allclose(np.diag(economy.flows[:, :, 0]), [40, 75, 0])
    np.testing.assert_allclose(economy.base.income, [90, 100, 3])


def test_a_result_reads_as_a_table_and_as_plain_values():
    result = drawn(3).counterfactual(tariffs={("*", "country 1"): 0.3})
    assert "country 1" in str(result)
    assert "gains most" in result.explain()
    plain = json.loads(json.dumps(result.to_dict()))
    np.testing.assert_allclose(plain["real_income"], result.real_income)
    assert result.world_income == pytest.approx(result.money.sum() / result.economy.income.sum())
    assert "4 countries" in repr(result.economy)


FLOWS = [[80.0, 20.0], [20.0, 80.0]]


@pytest.mark.parametrize(
    ("flows", "options", "message"),
    [
        ([[80, -1], [20, 80]], {}, r"flow from A to B in goods: expected .* got -1"),
        ([[80, 20, 3], [20, 80, 3]], {}, r"flows: expected shape \(2, 2, 1\)"),
        ([[80, 0], [20, 0]], {}, "B buys nothing"),
        ([[80, 20], [0, 0]], {}, "B earns nothing"),
        ([[10, 90], [0, 80]], {}, "A spends 10, expected more than its effort is worth, 33"),
        (FLOWS, {"tariffs": -1.0}, r"tariff from A to B in goods: .* > -1, got -1"),
        (FLOWS, {"tariffs": np.eye(2)}, "tariff from A to A in goods: expected 0 within"),
        (FLOWS, {"elasticity": 0.0}, "elasticity: expected a finite number > 0, got 0"),
        (FLOWS, {"labour_supply": -0.5}, "labour_supply: expected a finite number >= 0, got -0.5"),
        (FLOWS, {"scale": np.nan}, "scale: expected a finite number >= 0, got nan"),
        (FLOWS, {"local_share": [0, 1]}, "local_share of B: .* >= 0 and < 1, got 1"),
        (FLOWS, {"local_share": [0, 0, 0]}, r"local_share: .* 2 by country, got shape \(3,\)"),
        (FLOWS, {"shape_parameter": 0}, "shape_parameter: expected a finite number > 0, got 0"),
        (FLOWS, {"passthrough": [1, 0]}, "passthrough of B: expected a finite number > 0, got 0"),
        (FLOWS, {"passthrough": 1, "shape_parameter": 6}, "got both"),
        (FLOWS, {"revenue": "burnt"}, "revenue: expected one of .* got 'burnt'"),
        (FLOWS, {"gdp": [90, 90]}, "flows from A to A: expected 0, as domestic sales follow"),
        ([[0, 20], [20, 0]], {"gdp": [90, 0]}, "gdp of B: expected a finite number > 0, got 0"),
    ],
)
def test_bad_input_is_named(flows, options, message):
    with pytest.raises(bg.InputError, match=message):
        LabourEconomy(["A", "B"], flows, **options)


def test_bad_changes_are_named():
    economy = LabourEconomy(["A", "B"], FLOWS)
    with pytest.raises(bg.InputError, match=r"tariff from B to A in goods: .* got -1.5"):
        economy.evaluate([[0.0, 0.0], [-1.5, 0.0]])
    with pytest.raises(bg.InputError, match="unknown country 'C'"):
        economy.counterfactual(tariffs={("A", "C"): 0.1})
    with pytest.raises(
        bg.InputError, match=r"sum of zero over countries that trade, got 3.0 over A and"
    ):
        economy.counterfactual(deficits=[1.0, 2.0])
    with pytest.raises(bg.InputError, match="unknown country 'C'"):
        economy.index("C")
    assert economy.index("B") == 1


def test_a_lender_of_most_of_its_income_may_have_no_equilibrium_and_that_is_said():
    """Its prices rise with tariffs until income, less what it lends, buys nothing: a fold."""
    with pytest.raises(bg.ConvergenceError, match="no solution was found") as error:
        drawn(634, spread=1.0).evaluate(other_tariffs(0))
    assert not error.value.certificate


# --- Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), 194 countries ----------------------

EU = [
    "AUT", "BEL", "BGR", "CYP", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN",
    "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVN", "SWE",
]  # fmt: skip
"""The European Union as the authors' tables have it: 25 of its members."""


@pytest.fixture(scope="module")
def april():
    """Return the paper's economy and the tariffs announced on 2 April 2025, at least 10 %."""
    file = str(data_folder() / "trade" / "ignatenko2025_{}.csv").format
    trade = np.genfromtxt(
        file("trade_2023_baci_usd_thousand_rows_exporter"), delimiter=",", skip_header=1
    )
    labels = np.genfromtxt(
        file("country_labels"), delimiter=",", skip_header=1, usecols=0, dtype=str
    )
    us = list(labels).index("USA")
    share = np.full(len(labels), 0.114335)  # 0.114 and 0.270 in the paper's table, where the two
    share[us] = 0.270471  # conditions from which the authors compute them have their solution
    economy = LabourEconomy(
        [str(label) for label in labels],
        np.nan_to_num(trade),  # an empty cell is no trade
        gdp=np.loadtxt(file("gdp_wdi_usd"), skiprows=1) / 1000,
        local_share=share,
        unit="USD thousand a year",
    )
    tariffs = np.zeros(economy.shape)
    tariffs[:, us, 0] = np.maximum(np.loadtxt(file("ustr_tariffs_april2"), skiprows=1), 0.1)
    tariffs[us, us] = 0
    return economy, tariffs


def changes(result, *countries):
    """Return welfare changes in percent."""
    return [100 * result.real_income[result.economy.index(country)] for country in countries]


@pytest.mark.data
def test_april_tariffs_before_retaliation_are_the_papers(april):
    """Of the authors' output, country by country: output_map.csv of their replication package."""
    economy, tariffs = april
    assert economy.without_domestic_sales == ("GMB", "MHL")
    result = economy.counterfactual(tariffs=tariffs)
    assert bool(bg.verify(result))
    published = {
        "USA": 1.1307, "CHN": -1.1326, "CAN": -0.9958, "MEX": -2.5412, "VNM": -11.0229,
        "DEU": -0.7331, "JPN": -0.2914, "GBR": 0.4229, "GUY": -18.4812, "MHL": 5.4212,
        "KHM": -2.9781, "HKG": 3.6218,
    }  # fmt: skip
    np.testing.assert_allclose(changes(result, *published), list(published.values()), atol=1e-3)
    us = economy.index("USA")
    level = result.prices @ economy.income / economy.income.sum()  # the authors' unit of value
    assert 100 * (result.labour[us] - 1) == pytest.approx(0.3179, abs=1e-3)
    assert 100 * (result.prices[us] / level - 1) == pytest.approx(12.8101, abs=1e-2)
    assert result.revenue[us] / economy.income[us] / level == pytest.approx(0.011374, abs=1e-5)


@pytest.mark.data
def test_april_tariffs_after_optimal_retaliation_are_the_papers(april):
    """Of output_map_retal.csv: all retaliate by 1 / ((1 + delta e) phi - 1), delta as one bloc."""
    economy, tariffs = april
    base, us = economy.base, economy.index("USA")
    sold_to_us = base.flows[:, us].sum() - base.flows[us, us]
    world, nu = base.flows.sum() - base.flows[us].sum() - sold_to_us, base.local_share
    income = base.income.sum() - base.income[us]
    delta = (1 - nu[us]) * sold_to_us * (1 - sold_to_us / base.spending[us])
    delta /= (1 - nu[0]) * (income - world)
    answered = tariffs.copy()
    answered[us, :, 0] = 1 / ((1 + 4 * delta) * base.passthrough - 1)
    answered[us, us] = 0
    result = economy.counterfactual(tariffs=answered)
    published = {
        "USA": -0.7454, "CHN": -0.6454, "CAN": -0.8614, "MEX": -2.3558, "VNM": -9.3951,
        "CHE": -0.8037,
    }  # fmt: skip
    np.testing.assert_allclose(changes(result, *published), list(published.values()), atol=1e-3)


@pytest.mark.data
@pytest.mark.parametrize(
    ("rate", "published"),
    [(0.54, [-0.09, -0.67, -0.06, -0.17]), (1.08, [-0.29, -0.79, -0.06, -0.16])],
)
def test_a_war_of_the_united_states_and_china_costs_what_the_paper_says(april, rate, published):
    """Table 8, cases 2 and 3: United States, China, European Union, rest of the world."""
    economy, _ = april
    us, china = economy.index("USA"), economy.index("CHN")
    tariffs = np.zeros(economy.shape)
    tariffs[us], tariffs[:, us] = 0.1, 0.1
    tariffs[us, china] = tariffs[china, us] = rate
    tariffs[us, us] = 0
    result = economy.counterfactual(tariffs=tariffs)
    union = np.isin(economy.countries, EU)
    rest = ~union
    rest[[us, china]] = False
    averages = [100 * result.money[who].sum() / economy.income[who].sum() for who in (union, rest)]
    np.testing.assert_allclose([*changes(result, "USA", "CHN"), *averages], published, atol=0.00501)


@pytest.mark.data
def test_gradients_of_194_countries_are_those_of_small_changes(april):
    economy, tariffs = april
    us, china = economy.index("USA"), economy.index("CHN")
    found, step = economy.evaluate(tariffs), 1e-5
    moved = tariffs.copy()
    moved[china, us] += step
    weights = np.linspace(-1, 1, len(economy.countries))
    numerical = weights @ (economy.evaluate(moved, start=found).welfare - found.welfare) / step
    assert found.gradient(weights)[china, us, 0] == pytest.approx(numerical, rel=1e-3)
