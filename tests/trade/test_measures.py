"""Quotas, purchases and port fees: equivalences, complementarity, what does not bind, bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import Economy
from bargaining.trade.measures.measures import PortFee, Quota
from tests.trade.data import data_folder
from tests.trade.economies import KINDS, SEEDS, drawn, policies, two_countries

LIMITS = st.floats(0.02, 0.95)


def flow_of(base, seed):
    rng = np.random.default_rng(seed)
    j, i = rng.choice(len(base.countries), 2, replace=False)
    k = rng.integers(len(base.sectors))
    return (int(j), int(i), int(k)), (base.countries[j], base.countries[i], base.sectors[k])


def volume(result, flow):
    """Return the volume that reaches the importer over the base's, without inputs."""
    policy, base, j = result.policy, result.economy, flow[0]
    price = result.wages[j] * policy.trade_costs[flow]
    price *= (1 + policy.tariffs[flow]) / (1 + base.tariffs[flow])
    price *= (1 + policy.export_taxes[flow]) / (1 + base.export_taxes[flow])
    return result.flows[flow] / base.flows[flow] / price


def same(one, other):
    np.testing.assert_allclose(one.real_income, other.real_income, atol=1e-10)
    np.testing.assert_allclose(one.flows, other.flows, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(one.revenue, other.revenue, atol=1e-8)
    np.testing.assert_allclose(one.export_revenue, other.export_revenue, atol=1e-8)


@given(SEEDS, KINDS, LIMITS)
def test_a_quota_with_rent_to_the_importer_is_the_tariff_that_makes_it_bind(seed, kinds, limit):
    base = drawn(seed, **kinds)
    flow, key = flow_of(base, seed)
    held = base.counterfactual(quotas={key: Quota(limit, rent="importer")})
    (measure,) = held.measures
    assert measure.binds
    assert measure.rent_to == key[1]
    tariff = (1 + base.tariffs[flow]) * (1 + measure.rate) - 1
    same(held, base.counterfactual(tariffs={key: tariff}))
    assert bg.verify(held).value < 1e-11


@given(SEEDS, KINDS, LIMITS)
def test_a_quota_with_rent_to_the_exporter_is_the_export_tax_that_makes_it_bind(seed, kinds, limit):
    base = drawn(seed, **kinds)
    flow, key = flow_of(base, seed)
    held = base.counterfactual(quotas={key: limit})
    (measure,) = held.measures
    assert measure.rent_to == key[0]
    tax = (1 + base.export_taxes[flow]) * (1 + measure.rate) - 1
    same(held, base.counterfactual(export_taxes={key: tax}))


@given(SEEDS, st.booleans(), LIMITS)
def test_the_volume_at_a_binding_quota_is_its_limit(seed, taxes, limit):
    base = drawn(seed, taxes=taxes)
    change = policies(base, seed, taxes=taxes)
    free = base.counterfactual(**change)
    flow, key = flow_of(base, seed)
    asked = limit * volume(free, flow)
    held = base.counterfactual(**change, quotas={key: asked})
    assert volume(held, flow) == pytest.approx(asked, rel=1e-10)
    assert held.measures[0].level == pytest.approx(asked, rel=1e-10)


def test_who_gets_the_rent_gains_by_it():
    base = drawn(3, 4)
    key = ("country 0", "country 1", "sector 0")
    income = {
        country: base.counterfactual(quotas={key: Quota(0.4, rent=country)})
        for country in base.countries
    }
    for country, result in income.items():
        i = base.index(country)
        assert result.real_income[i] == max(other.real_income[i] for other in income.values())
        assert result.rents[i] == pytest.approx(result.measures[0].rent)
        assert result.rents.sum() == pytest.approx(result.measures[0].rent)
        assert bg.verify(result).value < 1e-11


@given(SEEDS, KINDS, LIMITS)
def test_a_rent_of_a_third_country_is_what_it_spends_more(seed, kinds, limit):
    base = drawn(seed, **kinds)
    _, key = flow_of(base, seed)
    (third,) = set(base.countries) - set(key[:2])
    held = base.counterfactual(quotas={key: Quota(limit, rent=third)})
    received = held.policy.deficits - base.deficits
    assert received[base.index(third)] == pytest.approx(held.measures[0].rent, abs=1e-9)
    assert received.sum() == pytest.approx(0, abs=1e-9)
    assert bg.verify(held).value < 1e-11


@given(SEEDS, KINDS, st.floats(1.0, 5.0))
def test_what_does_not_bind_changes_nothing(seed, kinds, room):
    base = drawn(seed, **kinds)
    flow, key = flow_of(base, seed)
    other = (key[1], key[0], key[2])
    floor = base.flows[flow[1], flow[0], flow[2]] / room
    held = base.counterfactual(quotas={key: room}, purchases={other: floor})
    same(held, base.counterfactual())
    assert not any(measure.binds for measure in held.measures)
    assert held.rents.sum() == 0


@given(SEEDS, KINDS, st.integers(1, 12))
def test_every_quota_either_does_not_bind_or_is_met(seed, kinds, count):
    base = drawn(seed, 4, 3, **kinds)
    rng = np.random.default_rng(seed)
    receivers = ["exporter", "importer", *base.countries]
    quotas = {
        flow_of(base, int(rng.integers(10**6)))[1]: Quota(
            float(rng.lognormal(-1, 1)), rent=str(rng.choice(receivers))
        )
        for _ in range(count)
    }
    result = base.counterfactual(**policies(base, seed), quotas=quotas)
    assert len(result.measures) == len(quotas)
    for measure in result.measures:
        assert measure.rate >= -1e-12
        assert measure.level <= measure.limit * (1 + 1e-10)
        assert measure.gap < 1e-10
    assert bg.verify(result).value < 1e-10
    np.testing.assert_allclose(result.policy.deficits.sum(), 0, atol=1e-9 * base.income.sum())


def test_the_order_in_which_quotas_are_given_does_not_matter():
    base = drawn(8, 4, 3)
    quotas = {flow_of(base, seed)[1]: 0.1 + 0.05 * seed for seed in range(8)}
    one = base.counterfactual(quotas=quotas)
    other = base.counterfactual(quotas=dict(reversed(quotas.items())))
    np.testing.assert_allclose(one.real_income, other.real_income, atol=1e-12)


@given(SEEDS, KINDS, st.floats(1.02, 1.4))
def test_purchases_are_met_exactly_by_a_subsidy_that_the_importer_pays(seed, kinds, more):
    base = drawn(seed, **kinds)
    flow, key = flow_of(base, seed)
    floor = more * float(base.flows[flow])
    met = base.counterfactual(purchases={key: floor})
    (measure,) = met.measures
    assert met.flows[flow] == pytest.approx(floor, rel=1e-10)
    assert measure.rate < 0
    assert measure.rent < 0
    assert met.rents[flow[1]] == measure.rent
    tariff = (1 + base.tariffs[flow]) * (1 + measure.rate) - 1
    same(met, base.counterfactual(tariffs={key: tariff}))
    assert bg.verify(met).value < 1e-11


def test_purchases_of_a_pair_are_met_together_at_one_rate():
    base = drawn(5, 3, 4)
    floor = 1.2 * float(base.flows[0, 1].sum())
    met = base.counterfactual(purchases={("country 0", "country 1"): floor})
    assert met.flows[0, 1].sum() == pytest.approx(floor, rel=1e-10)
    rates = (1 + met.tariffs[0, 1]) / (1 + base.tariffs[0, 1])
    np.testing.assert_allclose(rates, 1 + met.measures[0].rate)
    assert bg.verify(met)


def test_purchases_that_no_subsidy_brings_about_are_refused_by_name():
    base = two_countries()
    with pytest.raises(bg.ConvergenceError, match=r"purchases from foreign to home.*at least 5"):
        base.counterfactual(purchases={("foreign", "home"): 5.0})


def test_a_quota_and_a_commitment_of_others_are_met_at_once():
    base = drawn(2, 3, 2)
    floor = 1.1 * float(base.flows[2, 1, 0])
    both = base.counterfactual(
        quotas={("country 0", "country 1"): 0.5},
        purchases={("country 2", "country 1", "sector 0"): floor},
        tariffs={("country 1", "*"): 0.2},
    )
    assert all(measure.gap < 1e-12 for measure in both.measures)
    assert bg.verify(both)


@given(SEEDS, KINDS, st.floats(0.0, 0.3))
def test_a_fee_that_nobody_sails_round_is_a_tariff_on_top(seed, kinds, rate):
    base = drawn(seed, **kinds)
    flow, key = flow_of(base, seed)
    paid = base.counterfactual(port_fees={key: rate})
    same(paid, base.counterfactual(tariffs={key: base.tariffs[flow] + rate}))
    border = paid.flows[flow] / (1 + paid.tariffs[flow])
    assert paid.fees[0].revenue == pytest.approx(rate * border)
    assert paid.fees[0].lost == 0
    levied = base.counterfactual(port_fees={key: PortFee(rate, levied_by="exporter")})
    same(levied, base.counterfactual(export_taxes={key: base.export_taxes[flow] + rate}))
    assert levied.fees[0].levied_by == key[0]


@given(SEEDS, st.floats(0.01, 0.3))
def test_a_fee_that_everybody_sails_round_is_an_iceberg_cost(seed, rate):
    base = drawn(seed)
    _, key = flow_of(base, seed)
    avoided = base.counterfactual(port_fees={key: PortFee(rate, rerouted=1.0)})
    same(avoided, base.counterfactual(trade_costs={key: 1 + rate}))
    assert avoided.fees[0].revenue == 0
    assert avoided.fees[0].lost > 0
    assert bg.verify(avoided)


def test_sailing_round_a_fee_costs_the_world():
    base = two_countries()
    world = [
        base.counterfactual(
            port_fees={("foreign", "home"): PortFee(0.1, rerouted=share)}
        ).world_income
        for share in (0.0, 0.3, 0.6, 1.0)
    ]
    assert all(np.diff(world) < 0)


def test_measures_scale_with_the_unit_of_the_flows():
    base = drawn(11)
    large = Economy(base.countries, base.sectors, 1e6 * base.flows, base.tariffs, base.elasticities)
    key = ("country 0", "country 1", "sector 0")
    other = ("country 1", "country 2", "sector 1")
    floor = 1.3 * float(base.flows[1, 2, 1])
    small = base.counterfactual(quotas={key: Quota(0.3, "country 2")}, purchases={other: floor})
    big = large.counterfactual(
        quotas={key: Quota(0.3, "country 2")}, purchases={other: 1e6 * floor}
    )
    np.testing.assert_allclose(big.real_income, small.real_income, atol=1e-11)
    np.testing.assert_allclose(big.rents, 1e6 * small.rents, rtol=1e-8)


def test_a_result_with_measures_reads_and_travels():
    base = drawn(4)
    result = base.counterfactual(
        quotas={("country 0", "country 1"): 0.3}, port_fees={("country 1", "country 2"): 0.02}
    )
    assert "2 of 2 quotas and commitments bind" in result.explain()
    assert len(result.measures_table().rows) == 3
    there = json.loads(json.dumps(result.to_dict()))
    assert len(there["measures"]) == 2
    assert there["fees"][0]["rate"] == 0.02
    free = base.counterfactual(quotas={("country 0", "country 1"): 2})
    assert "No quota or commitment binds" in free.explain()


@pytest.mark.parametrize(
    "lie",
    [{"rate": 0.5}, {"rent": 1.0}, {"level": 0.2}, {"limit": 0.1}, {"rent_to": "country 1"}],
)
def test_a_wrong_measure_does_not_verify(lie):
    base = drawn(6)
    key = ("country 0", "country 1", "sector 0")
    result = base.counterfactual(quotas={key: Quota(0.3, "country 2")})
    assert bg.verify(result)
    assert not bg.verify(replace(result, measures=(replace(result.measures[0], **lie),)))
    assert not bg.verify(replace(result, measures=()))


def test_a_wrong_fee_does_not_verify():
    base = drawn(6)
    result = base.counterfactual(port_fees={("country 0", "country 1"): PortFee(0.05, 0.2)})
    assert bg.verify(result)
    assert not bg.verify(replace(result, fees=(replace(result.fees[0], revenue=9.0),)))
    assert not bg.verify(replace(result, fees=()))


C0, C1 = "country 0", "country 1"
BAD = [
    ({"quotas": {(C0, C1, "sector 0"): 0}}, f"quota from {C0} to {C1} in sector 0.*ban.*1e6"),
    ({"quotas": {(C0, C1, "sector 1"): -1}}, "in sector 1: expected a limit > 0.*got -1"),
    ({"quotas": {(C0, C1, "sector 1"): np.nan}}, "in sector 1: expected a finite number, got nan"),
    ({"quotas": {(C0, C1): "half"}}, "in sector 0: expected a finite number, got 'half'"),
    ({"quotas": {(C0, C1): Quota(0.5, "nobody")}}, f"rent of the quota from {C0} to {C1}.*nobody"),
    ({"quotas": {(C0, "country 9"): 0.5}}, "unknown country 'country 9'"),
    ({"quotas": {(C0, C0): 0.5}}, "no trade between two countries"),
    ({"quotas": 0.5}, "quota: expected a mapping"),
    ({"quotas": {(C1, C0, "sector 1"): 0.5}}, f"from {C1} to {C0} in sector 1: expected trade at"),
    ({"purchases": {(C0, C1): 0.0}}, f"purchases from {C0} to {C1}: expected a value > 0"),
    ({"purchases": {(C0, "*"): 1.0}}, f"purchases from {C0} to .*: expected one importer"),
    ({"purchases": {(C0, C1): 1.0, (C0, C1, "sector 0"): 1.0}}, "in sector 0: .*the same flow"),
    (
        {"quotas": {(C0, C1, "sector 0"): 0.5}, "purchases": {(C0, C1): 1.0}},
        f"purchases from {C0} to {C1}: quota from {C0} to {C1} in sector 0 is on the same flow",
    ),
    ({"port_fees": {(C0, C1): -0.1}}, f"port fee from {C0} to {C1} in sector 0: .* >= 0, got -0.1"),
    ({"port_fees": {(C0, C1): PortFee(0.1, 1.5)}}, "rerouted: expected 0 to 1, got 1.5"),
    ({"port_fees": {(C0, C1): PortFee(0.1, levied_by="x")}}, "levied_by: expected 'importer'"),
]


@pytest.mark.parametrize(("given_", "message"), BAD)
def test_bad_measures_are_named(given_, message):
    base = drawn(1)
    flows = base.flows.copy()
    flows[1, 0, 1] = 0
    gap = Economy(base.countries, base.sectors, flows, base.tariffs, base.elasticities)
    with pytest.raises(bg.InputError, match=message):
        gap.counterfactual(**given_)


def test_a_rent_cannot_go_where_no_trade_goes():
    flows = drawn(1).flows.copy()
    flows[2, :2] = flows[:2, 2] = 0
    base = drawn(1)
    apart = Economy(base.countries, base.sectors, flows, base.tariffs, base.elasticities)
    with pytest.raises(bg.InputError, match=f"quota from {C0} to {C1}.*trades with them"):
        apart.counterfactual(quotas={(C0, C1): Quota(0.5, "country 2")})


def test_a_quota_near_zero_is_the_ban_that_a_high_trade_cost_is():
    base = drawn(7)
    flow, key = flow_of(base, 7)
    banned = base.counterfactual(trade_costs={key: 1e6})
    held = base.counterfactual(quotas={key: 1e-7})
    np.testing.assert_allclose(held.real_income, banned.real_income, atol=1e-5)
    assert banned.flows[flow] < 1e-6 * base.flows[flow]


@given(SEEDS)
def test_gradients_hold_where_subsidies_are_deep(seed):
    """Rounds of spending and subsidies, one after the other, need not add up there."""
    base = drawn(seed)
    tariffs = base.tariffs.copy()
    tariffs[0, 1], weights = -0.75, np.array([1.0, 2.0, -1.0])
    gradient = base.evaluate(tariffs).gradient(weights)
    move = np.zeros_like(tariffs)
    move[0, 1, 0], h = 1.0, 1e-5
    low, high = (base.evaluate(tariffs + step * move).welfare for step in (-h, h))
    difference = weights @ (high - low) / (2 * h)
    assert difference == pytest.approx(gradient[0, 1, 0], abs=1e-6 * np.abs(gradient).sum())


@pytest.mark.data
def test_hundreds_of_quotas_at_once_are_met_in_observed_trade():
    cube = np.load(data_folder() / "trade" / "wiod2014_trade_tariff_cube.npz")
    flows = np.maximum(cube["X_exporter_importer_sector_usd_mn"], 0)
    base = Economy(
        cube["countries"].tolist(), cube["sectors"].tolist(), flows, cube["applied_tariff"], 5.0
    )
    result = base.counterfactual(quotas={("*", "USA"): 0.7, ("CHN", "USA"): Quota(0.3, "DEU")})
    assert len(result.measures) > 600
    assert all(measure.binds for measure in result.measures)
    assert bg.verify(result).value < 1e-10
    assert result.rents[base.index("DEU")] > result.rents[base.index("FRA")]
