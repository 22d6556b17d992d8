"""Counterfactuals of a trade economy: closed forms, symmetries, gradients, and bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import Economy
from tests.trade.economies import KINDS, SEEDS, drawn, policies, two_countries

FLOWS = [[[80.0, 8.0], [20.0, 2.0]], [[20.0, 2.0], [80.0, 8.0]]]


def economy(flows=FLOWS, tariffs=0.0, elasticities=4.0, **options):
    return Economy(["A", "B"], ["food", "steel"], flows, tariffs, elasticities, **options)


@given(SEEDS, KINDS)
def test_unchanged_policies_change_nothing(seed, kinds):
    result = drawn(seed, **kinds).counterfactual()
    np.testing.assert_allclose(result.real_income, 0, atol=1e-12)
    np.testing.assert_allclose(result.flows, result.economy.flows, rtol=1e-10)


@given(SEEDS, KINDS, SEEDS)
def test_markets_clear_and_the_world_spends_what_it_earns(seed, kinds, other):
    base = drawn(seed, **kinds)
    result = base.counterfactual(**policies(base, other))
    assert bool(result.certificate)
    assert bg.verify(result).value < 1e-11
    assert abs(result.walras) < 1e-12


@given(SEEDS, KINDS, st.sampled_from([1e-6, 1e9]))
def test_the_unit_of_the_flows_does_not_matter(seed, kinds, unit):
    base = drawn(seed, **kinds)
    scaled = Economy(
        base.countries, base.sectors, unit * base.flows, base.tariffs, base.elasticities,
        export_taxes=base.export_taxes, inputs=base.world.inputs,
    )  # fmt: skip
    change = policies(base, seed)
    np.testing.assert_allclose(
        scaled.counterfactual(**change).real_income,
        base.counterfactual(**change).real_income,
        atol=1e-10,
    )


@given(SEEDS, KINDS)
def test_the_order_of_countries_and_sectors_does_not_matter(seed, kinds):
    base = drawn(seed, 4, 3, **kinds)
    change = policies(base, seed)
    countries, sectors = [2, 0, 3, 1], [1, 2, 0]
    mixed = np.ix_(countries, countries, sectors)
    inputs = base.world.inputs
    other = Economy(
        [base.countries[i] for i in countries], [base.sectors[k] for k in sectors],
        base.flows[mixed], base.tariffs[mixed], base.elasticities[sectors],
        export_taxes=base.export_taxes[mixed],
        inputs=None if inputs is None else inputs[np.ix_(countries, sectors, sectors)],
    )  # fmt: skip
    moved = {name: value[mixed] for name, value in change.items()}
    np.testing.assert_allclose(
        other.counterfactual(**moved).real_income,
        base.counterfactual(**change).real_income[countries],
        atol=1e-11,
    )


@given(SEEDS, KINDS)
def test_gradients_are_those_of_real_income(seed, kinds):
    base = drawn(seed, **kinds)
    rng = np.random.default_rng(seed)
    change = policies(base, seed)
    tariffs, taxes = change["tariffs"], change["export_taxes"]
    weights = rng.normal(size=3)
    found = base.evaluate(tariffs, export_taxes=taxes)
    move = rng.normal(size=base.shape)
    move[np.arange(3), np.arange(3)] = 0
    h = 1e-5
    by_tariffs = [base.evaluate(tariffs + s * move, export_taxes=taxes) for s in (-h, h)]
    by_taxes = [base.evaluate(tariffs, export_taxes=taxes + s * move) for s in (-h, h)]
    for (low, high), gradient in (
        (by_tariffs, found.gradient(weights)),
        (by_taxes, found.export_tax_gradient(weights)),
    ):
        difference = weights @ (high.welfare - low.welfare) / (2 * h)
        size = np.abs(gradient * move).sum()
        assert difference == pytest.approx((gradient * move).sum(), abs=1e-6 * size)


@given(SEEDS, st.floats(1.05, 3.0))
def test_welfare_is_the_own_share_to_the_inverse_elasticity(seed, cost):
    """Arkolakis, Costinot and Rodriguez-Clare (2012), without tariffs."""
    base = drawn(seed, tariffs=False).balanced()
    costs = cost + np.zeros(base.shape)
    costs[np.arange(3), np.arange(3)] = 1
    result = base.counterfactual(trade_costs=costs)
    own = np.arange(3)
    shares = result.flows[own, own] / result.flows.sum(axis=0)
    before = base.flows[own, own] / base.flows.sum(axis=0)
    final = base.world.final.T
    expected = np.prod((shares / before) ** (-final / base.elasticities), axis=1) - 1
    np.testing.assert_allclose(result.real_income, expected, atol=1e-11)


@given(SEEDS, st.floats(0.01, 1.0))
def test_a_uniform_import_tariff_equals_a_uniform_export_tax(seed, rate):
    """Lerner symmetry; trade must be balanced for it to be exact."""
    base = drawn(seed, tariffs=False).balanced()
    home = base.countries[0]
    one = base.counterfactual(tariffs={("*", home): rate})
    other = base.counterfactual(export_taxes={(home, "*"): rate})
    np.testing.assert_allclose(one.real_income, other.real_income, atol=1e-11)


@given(SEEDS)
def test_free_trade_is_stationary_for_world_income_at_a_base_of_free_trade(seed):
    base = drawn(seed, tariffs=False).balanced()
    found = base.evaluate(base.tariffs)
    np.testing.assert_allclose(found.gradient(base.income) / base.income.sum(), 0, atol=1e-12)
    taxed = drawn(seed).balanced()
    assert np.abs(taxed.evaluate(taxed.tariffs).gradient(taxed.income)).max() > 1e-6


@given(SEEDS)
def test_a_country_that_does_not_trade_is_unaffected(seed):
    base = drawn(seed, 4)
    flows = base.flows.copy()
    flows[3, :3] = flows[:3, 3] = 0
    apart = Economy(base.countries, base.sectors, flows, base.tariffs, base.elasticities)
    result = apart.counterfactual(tariffs={("country 0", "country 1"): 0.5, ("*", "country 3"): 1})
    assert result.real_income[3] == pytest.approx(0, abs=1e-12)
    assert abs(result.real_income[1]) > 1e-6


def test_equal_inputs_in_all_sectors_magnify_the_gains_from_trade():
    """One sector with input share g: the gains are those without inputs to the power 1/(1 - g)."""
    g = 0.4
    plain, linked = two_countries(), two_countries(inputs=np.full((2, 1, 1), g))
    shut = {("*", "*"): 1e3}
    without = plain.counterfactual(trade_costs=shut).real_income
    with_inputs = linked.counterfactual(trade_costs=shut).real_income
    np.testing.assert_allclose(1 + with_inputs, (1 + without) ** (1 / (1 - g)), rtol=1e-9)


def test_tariffs_by_pair_sector_and_star_mean_what_they_say():
    base = economy()
    one = base.counterfactual(tariffs={("A", "B"): 0.2, ("A", "B", "steel"): 0.5})
    np.testing.assert_allclose(one.tariffs[0, 1], [0.2, 0.5])
    assert one.tariffs.sum() == pytest.approx(0.7)
    every = base.counterfactual(tariffs=0.1)
    np.testing.assert_array_equal(every.tariffs[[0, 1], [1, 0]], 0.1)
    np.testing.assert_array_equal(every.tariffs[[0, 1], [0, 1]], 0.0)
    pairs = base.counterfactual(tariffs=[[0, 0.1], [0.2, 0]])
    np.testing.assert_array_equal(pairs.tariffs[1, 0], [0.2, 0.2])


def test_flows_at_the_border_and_at_importers_prices_are_the_same_economy():
    tariffs = {("A", "B"): 0.25}
    paid = economy(tariffs=tariffs)
    border = np.array(FLOWS)
    border[0, 1] /= 1.25
    other = economy(border, tariffs=tariffs, flows_include_tariffs=False)
    np.testing.assert_allclose(other.flows, paid.flows)
    np.testing.assert_allclose(other.income, paid.income)


def test_deficits_are_what_is_spent_beyond_income_and_can_be_purged():
    base = economy([[[80, 8], [5, 1]], [[20, 2], [80, 8]]])
    np.testing.assert_allclose(base.deficits, [16, -16])
    np.testing.assert_allclose(base.balanced().deficits, 0, atol=1e-12)
    purged = base.counterfactual(deficits=0)
    np.testing.assert_allclose(purged.flows, base.balanced().flows)
    assert purged.real_income[0] < 0 < purged.real_income[1]


def test_who_never_bought_of_a_sector_never_will():
    flows = np.array(FLOWS)
    flows[:, 0, 1] = 0
    result = economy(flows).counterfactual(tariffs=0.3)
    np.testing.assert_array_equal(result.flows[:, 0, 1], 0)
    assert bg.verify(result)


def test_a_sector_without_own_trade_is_imported():
    flows = np.array(FLOWS)
    flows[0, 0, 1] = 0
    result = economy(flows).counterfactual(tariffs={("B", "A"): 0.3})
    assert result.flows[0, 0, 1] == 0
    assert result.flows[1, 0, 1] > 0
    assert bg.verify(result)


def test_the_result_reads_and_travels():
    result = economy().counterfactual(tariffs={("B", "A"): 0.25})
    assert "A gains most" in result.explain()
    assert [row[0] for row in result.table().rows] == ["A", "B"]
    there = json.loads(json.dumps(result.to_dict()))
    assert there["certificate"]["holds"] is True


def test_a_wrong_result_does_not_verify():
    result = economy().counterfactual(tariffs={("B", "A"): 0.25})
    assert bg.verify(result)
    assert not bg.verify(replace(result, wages=result.wages * [1.001, 1.0]))
    assert not bg.verify(replace(result, real_income=result.real_income + 1e-6))
    assert not bg.verify(replace(result, revenue=result.revenue * 1.01))


BAD = [
    ({"flows": [[[80, 8], [-1, 2]], [[20, 2], [80, 8]]]}, "flow from A to B in food.*-1.0"),
    ({"flows": [[[80, np.nan], [1, 2]], [[20, 2], [80, 8]]]}, "flow from A to A in steel.*nan"),
    ({"flows": [[[80, 0], [20, 0]], [[20, 0], [80, 0]]]}, "nobody buys anything of sector steel"),
    ({"flows": [[[0, 0], [0, 0]], [[20, 2], [80, 8]]]}, "A sells nothing"),
    ({"flows": [[[0, 0], [5, 2]], [[0, 0], [80, 8]]]}, "A buys nothing"),
    ({"flows": [[80, 8], [20, 2]]}, r"flows: expected shape \(2, 2, 2\).*got \(2, 2\)"),
    ({"elasticities": [4, 0]}, "elasticity, steel: .* > 0, got 0.0"),
    ({"elasticities": -1}, "elasticity, food: .* > 0, got -1.0"),
    ({"elasticities": [1, 2, 3]}, r"elasticity: .*shape \(2,\).*got shape \(3,\)"),
    ({"tariffs": {("A", "B", "steel"): -1.0}}, "tariff from A to B in steel: .* > -1, got -1.0"),
    ({"tariffs": np.full((2, 2, 2), 0.1)}, "tariff from A to A in food: expected 0 within"),
    ({"tariffs": {("A", "C"): 0.1}}, "unknown country 'C'"),
    ({"tariffs": {("A", "B", "stel"): 0.1}}, "did you mean 'steel'"),
    ({"tariffs": {("A", "A"): 0.1}}, "no trade between two countries"),
    ({"tariffs": {"A": 0.1}}, r"expected keys \(exporter, importer\)"),
    ({"inputs": np.full((2, 2, 2), 0.5)}, "inputs, A, food: .*leave something for labour"),
    ({"inputs": np.full((2, 2, 2), -0.1)}, "food used by food: .*share >= 0"),
    ({"inputs": [[[0, 0], [0.5, 0]]] * 2}, "use more of steel than the country buys"),
    ({"inputs": [0.1]}, "inputs: expected shape"),
]


@pytest.mark.parametrize(("given_", "message"), BAD)
def test_bad_input_is_named(given_, message):
    with pytest.raises(bg.InputError, match=message):
        economy(**given_)


def test_bad_names_are_named():
    with pytest.raises(bg.InputError, match="'A' is there 2 times"):
        Economy(["A", "A"], ["food", "steel"], FLOWS, 0.0, 4.0)
    with pytest.raises(bg.InputError, match="countries: expected a sequence of names"):
        Economy("AB", ["food", "steel"], FLOWS, 0.0, 4.0)
    with pytest.raises(bg.InputError, match="sectors: expected at least one"):
        Economy(["A", "B"], [], FLOWS, 0.0, 4.0)


def test_bad_policies_are_named():
    base = economy()
    with pytest.raises(bg.InputError, match=r"trade cost from A to B in food: .* > 0, got 0.0"):
        base.counterfactual(trade_costs={("A", "B"): 0})
    with pytest.raises(bg.InputError, match=r"export tax from A to B in food: .* > -1"):
        base.counterfactual(export_taxes={("A", "B"): -2})
    with pytest.raises(bg.InputError, match=r"deficits: .*sum to zero"):
        base.counterfactual(deficits=[1, 1])
