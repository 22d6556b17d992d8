"""Ossa's (2014) economy: derivatives, invariances, closed forms and bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import LobbyEconomy
from tests.trade import lobbies
from tests.trade.data import data_folder

SEEDS = st.integers(0, 10**6)
SHAPES = st.tuples(st.integers(2, 4), st.integers(1, 3))


def new_tariffs(economy, seed, low=-0.1, high=1.0):
    levied = np.random.default_rng(seed).uniform(low, high, economy.flows.shape)
    home = np.arange(len(economy.countries))
    levied[home, home] = 0
    return levied


@given(SEEDS, SHAPES)
@settings(max_examples=25)
def test_the_gradient_agrees_with_finite_differences(seed, shape):
    economy = lobbies.drawn(seed, *shape)
    tariffs = new_tariffs(economy, seed)
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=shape[0])
    direction = new_tariffs(economy, seed + 1, -1.0)
    ahead, behind = (
        economy.evaluate(tariffs + step * direction).welfare @ weights for step in (1e-5, -1e-5)
    )
    slope = (economy.evaluate(tariffs).gradient(weights) * direction).sum()
    assert slope == pytest.approx((ahead - behind) / 2e-5, rel=1e-5, abs=1e-8)


@given(SEEDS, SHAPES)
@settings(max_examples=15)
def test_unchanged_tariffs_change_nothing(seed, shape):
    economy = lobbies.drawn(seed, *shape)
    after = economy.counterfactual(tariffs=economy.tariffs)
    for change in (after.government_welfare, after.real_income, after.wages - 1, after.prices - 1):
        assert np.abs(change).max() < 1e-10
    assert after.flows == pytest.approx(economy.flows)


@given(SEEDS, st.floats(1e-6, 1e6))
@settings(max_examples=15)
def test_the_unit_of_flows_does_not_matter(seed, unit):
    economy = lobbies.drawn(seed)
    scaled = LobbyEconomy(
        economy.countries, economy.sectors, unit * economy.flows, economy.tariffs, economy.sigma,
        economy.political_weights,
    )  # fmt: skip
    tariffs = new_tariffs(economy, seed)
    one, other = (each.evaluate(tariffs).welfare for each in (economy, scaled))
    assert one == pytest.approx(other, abs=1e-9)


@given(SEEDS)
@settings(max_examples=15)
def test_the_scale_of_political_weights_does_not_matter(seed):
    economy = lobbies.drawn(seed)
    scaled = LobbyEconomy(
        economy.countries, economy.sectors, economy.flows, economy.tariffs, economy.sigma,
        economy.political_weights * np.array([[2.0], [5.0], [0.1]]),
    )  # fmt: skip
    assert scaled.political_weights.mean(axis=1) == pytest.approx(np.ones(3))
    tariffs = new_tariffs(economy, seed)
    one, other = (each.evaluate(tariffs).welfare for each in (economy, scaled))
    assert one == pytest.approx(other, abs=1e-12)


@given(SEEDS)
@settings(max_examples=15)
def test_without_lobbies_government_welfare_is_real_income(seed):
    economy = lobbies.drawn(seed, lobbies=False)
    after = economy.counterfactual(tariffs=new_tariffs(economy, seed))
    assert after.government_welfare == pytest.approx(after.real_income, abs=1e-10)


@given(SEEDS)
@settings(max_examples=15)
def test_at_equal_elasticities_and_without_lobbies_it_is_the_competitive_economy(seed):
    drawn = lobbies.drawn(seed, lobbies=False)
    sigma = 3.5
    economy = LobbyEconomy(
        drawn.countries, drawn.sectors, drawn.flows, drawn.tariffs, [sigma] * 2
    )  # fmt: skip
    competitive = bg.trade.Economy(
        drawn.countries, drawn.sectors, drawn.flows, drawn.tariffs, sigma - 1,
        flows_include_tariffs=False,
    )  # fmt: skip
    tariffs = new_tariffs(drawn, seed)
    one, other = (each.evaluate(tariffs).welfare for each in (economy, competitive))
    assert one == pytest.approx(other, abs=1e-8)


def test_profits_are_what_is_left_of_sales_and_income_adds_up():
    economy = lobbies.drawn(3)
    after = economy.counterfactual(tariffs=new_tariffs(economy, 3))
    sales = after.flows.sum(axis=1)
    assert after.profits == pytest.approx(sales / economy.sigma)
    spent = ((1 + after.tariffs) * after.flows).sum(axis=(0, 2))
    assert spent == pytest.approx(sales.sum(axis=1) + after.revenue)


def test_a_country_that_trades_with_nobody_is_unaffected():
    flows = np.zeros((3, 3, 1))
    flows[:2, :2, 0] = [[9, 1], [1, 9]]
    flows[2, 2] = 5
    economy = LobbyEconomy(list("ABC"), ["goods"], flows, 0.0, [4.0])
    evaluation = economy.evaluate({("B", "A"): 0.3})
    assert evaluation.welfare[2] == pytest.approx(1.0, abs=1e-10)
    assert evaluation.welfare[0] > 1 > evaluation.welfare[1]
    assert np.isfinite(evaluation.gradient(np.ones(3))).all()


def test_a_sector_that_a_country_does_not_buy_has_no_weight_there():
    flows = np.array([[[9.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [9.0, 0.0]]])
    economy = LobbyEconomy(["A", "B"], ["x", "y"], flows, 0.0, [4.0, 3.0])
    after = economy.counterfactual(tariffs={("B", "A"): 0.2})
    assert after.prices[1, 1] == 1
    assert after.flows[:, 1, 1].tolist() == [0, 0]
    assert after.real_income[0] > 0 > after.real_income[1]
    gradient = economy.evaluate(after.tariffs).gradient(np.ones(2))
    assert np.isfinite(gradient).all()
    assert gradient[0, 1, 1] == 0


def test_a_start_nearby_leads_to_the_same_equilibrium():
    economy = lobbies.drawn(5)
    tariffs = new_tariffs(economy, 5)
    near = economy.evaluate(tariffs * 0.9)
    warm, cold = economy.evaluate(tariffs, start=near), economy.evaluate(tariffs)
    assert warm.welfare == pytest.approx(cold.welfare, abs=1e-10)
    assert max(warm.residual, cold.residual) < 1e-9


def test_a_large_subsidy_harms_who_pays_it():
    evaluation = lobbies.pair(0.5).evaluate({("foreign", "home"): -0.99})
    assert evaluation.residual < 1e-9
    assert evaluation.welfare[0] < 0.9 < 1.1 < evaluation.welfare[1]


GOOD = {
    "countries": ["A", "B"], "sectors": ["x", "y"], "flows": np.full((2, 2, 2), 2.0),
    "tariffs": 0.1, "elasticities_sigma": [3.0, 4.0], "political_weights": np.ones((2, 2)),
}  # fmt: skip


def but(array, place, value):
    array = np.array(array, dtype=float)
    array[place] = value
    return array


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flows": but(GOOD["flows"], (0, 1, 1), -1)}, "from A to B in y"),
        ({"flows": but(GOOD["flows"], (0, 1, 1), 3)}, "trade of A is not balanced"),
        ({"flows": but(GOOD["flows"], (0, 0), 0)}, "A sells nothing to itself"),
        ({"flows": but(GOOD["flows"], (..., 1), 0)}, "nobody buys anything of sector y"),
        ({"flows": np.ones((2, 2, 3))}, "expected shape"),
        ({"tariffs": -1.0}, "from A to B in x"),
        ({"elasticities_sigma": [3.0, 1.0]}, "more than 1, got 1.0 in y"),
        ({"political_weights": but(GOOD["political_weights"], (1, 0), -1)}, "weights of B"),
        ({"political_weights": np.ones(2)}, "one a country and sector"),
        ({"countries": ["A", "A"]}, "'A'"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(bg.InputError, match=message):
        LobbyEconomy(**{**GOOD, **change})


@given(SEEDS, SHAPES)
@settings(max_examples=15)
def test_markets_and_budgets_recomputed_flow_by_flow_agree(seed, shape):
    economy = lobbies.drawn(seed, *shape)
    after = economy.counterfactual(tariffs=new_tariffs(economy, seed))
    assert after.certificate
    assert bg.verify(after).value < 1e-11


@pytest.mark.parametrize(
    "name",
    [
        "government_welfare", "real_income", "wages", "prices", "profits", "flows", "income",
        "revenue", "tariffs",
    ],
)  # fmt: skip
def test_verify_refuses_whatever_is_tampered_with(name):
    economy = lobbies.drawn(4)
    after = economy.counterfactual(tariffs=new_tariffs(economy, 4))
    assert not bg.verify(replace(after, **{name: getattr(after, name) + 1e-6}))


def test_a_counterfactual_is_told_in_words_and_plain_values():
    after = lobbies.pair().counterfactual(tariffs={("foreign", "home"): 0.2})
    words = after.explain()
    assert "home gains most government welfare" in words
    assert "foreign least" in words
    told = json.loads(json.dumps(after.to_dict()))
    assert told["countries"] == ["home", "foreign"]
    assert told["certificate"]["holds"]
    assert told["tariffs"][1][0] == [0.2]


def test_the_table_states_changes_in_per_cent():
    economy = lobbies.pair()
    table = economy.counterfactual(tariffs={("foreign", "home"): 0.2}).table()
    assert table.rows[0][0] == "home"
    assert table.rows[0][1] > 0 > table.rows[1][1]


@pytest.mark.data
def test_ossas_data_are_balanced_and_at_rest():
    economy = lobbies.ossa(data_folder())
    evaluation = economy.evaluate(economy.tariffs)
    assert evaluation.welfare == pytest.approx(np.ones(7), abs=1e-9)
    assert evaluation.residual < 1e-9
