"""Optimal tariffs and tariff wars: closed forms, trials, invariances, and Ossa's (2014) figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import Economy, LobbyEconomy, nash_tariffs, optimal_tariffs, tariff_war
from tests.trade import lobbies
from tests.trade.data import data_folder
from tests.trade.economies import drawn, two_countries

SEEDS = st.integers(0, 10**6)
ALIKE = (None, "partners", "all")
ECONOMIES = st.sampled_from([lobbies.drawn, lobbies.competitive])


def abroad(economy, country):
    """Return the positions of what a country imports."""
    size = len(economy.countries)
    levied = np.zeros(economy.tariffs.shape, dtype=bool)
    levied[[n for n in range(size) if n != country], country] = True
    return levied


@pytest.mark.parametrize("sigma", [2.0, 4.0, 9.0])
def test_a_small_country_levies_one_over_sigma_less_one(sigma):
    flows = np.array([[[9e-6], [1e-6]], [[1e-6], [90.0]]])
    economy = LobbyEconomy(["small", "world"], ["goods"], flows, 0.0, [sigma])
    optimum = optimal_tariffs(economy, "small")
    assert optimum.tariffs[1, 0, 0] == pytest.approx(1 / (sigma - 1), rel=1e-4)


@pytest.mark.parametrize("own_share", [0.6, 0.9])
def test_against_free_trade_the_optimal_tariff_is_gross_formula(own_share):
    economy = two_countries(own_share, 4.0)
    optimum = optimal_tariffs(economy, "home")
    foreign_own_share = optimum.economy.evaluate(optimum.tariffs).flows[1, 1, 0]
    bought = optimum.economy.evaluate(optimum.tariffs).flows[:, 1, 0].sum()
    expected = 1 / (4.0 * foreign_own_share / bought)
    assert optimum.tariffs[1, 0, 0] == pytest.approx(expected, rel=1e-6)


@given(SEEDS, ECONOMIES)
@settings(max_examples=3)
def test_no_other_tariffs_gain_more(seed, kind):
    economy = kind(seed)
    optimum = optimal_tariffs(economy, economy.countries[0], bounds=(-0.5, 10.0))
    assert optimum.certificate
    rng = np.random.default_rng(seed)
    levied = abroad(economy, 0)
    for size in (1e-3, 0.03, 0.3, 2.0):
        for _ in range(5):
            other = optimum.tariffs.copy()
            other[levied] = (1 + other[levied]) * np.exp(size * rng.normal(size=levied.sum())) - 1
            other = np.clip(other, -0.5, 10.0)
            assert economy.evaluate(other).welfare[0] <= optimum.welfare[0] + 1e-11


@given(SEEDS, ECONOMIES)
@settings(max_examples=3)
def test_the_optimum_does_not_depend_on_ones_own_tariffs(seed, kind):
    economy = kind(seed)
    free = economy.tariffs.copy()
    free[abroad(economy, 1)] = 0
    name = economy.countries[1]
    one, other = (optimal_tariffs(economy, name, others=start) for start in (None, free))
    assert one.tariffs == pytest.approx(other.tariffs, abs=1e-6)


def test_deficits_that_high_tariffs_leave_unpaid_are_no_obstacle():
    economy = drawn(0)
    optimum = optimal_tariffs(economy, "country 0")
    assert np.abs(economy.deficits).max() > 1
    assert optimum.certificate
    assert optimum.welfare[0] > 1


def test_verify_recomputes_the_proof_and_refuses_other_tariffs():
    economy = lobbies.drawn(4)
    optimum = optimal_tariffs(economy, "country 2")
    assert bg.verify(optimum)
    wrong = np.where(abroad(economy, 2), optimum.tariffs * 1.05, optimum.tariffs)
    assert not bg.verify(replace(optimum, tariffs=wrong))


def test_tariffs_that_must_be_alike_are_alike_and_gain_less():
    economy = lobbies.drawn(7, 4, 3)
    best = {alike: optimal_tariffs(economy, "country 0", alike=alike) for alike in ALIKE}
    assert best[None].welfare[0] > best["partners"].welfare[0] > best["all"].welfare[0] > 1
    partners, everything = best["partners"].tariffs[1:, 0], best["all"].tariffs[1:, 0]
    assert np.ptp(partners, axis=0).max() < 1e-12
    assert np.ptp(everything) < 1e-12


def test_only_the_named_partners_and_sectors_are_touched():
    economy = lobbies.drawn(8, 4, 3)
    optimum = optimal_tariffs(
        economy, "country 0", partners=["country 2"], sectors=["sector 1"]
    )  # fmt: skip
    moved = np.argwhere(np.abs(optimum.tariffs - economy.tariffs) > 1e-9)
    assert moved.tolist() == [[2, 0, 1]]


def test_a_sector_dear_to_its_government_is_closed_to_imports():
    flows = np.array([[[40.0, 10.0], [5.0, 5.0]], [[5.0, 5.0], [40.0, 10.0]]])
    weights = [[0.1, 1.9], [1.0, 1.0]]
    economy = LobbyEconomy(["A", "B"], ["x", "y"], flows, 0.0, [4.0, 4.0], weights)
    optimum = optimal_tariffs(economy, "A")
    assert optimum.tariffs[1, 0, 1] > 3 * optimum.tariffs[1, 0, 0]
    assert optimum.certificate


@pytest.mark.parametrize("kind", [lobbies.drawn, lobbies.competitive])
def test_nobody_gains_by_leaving_the_war_alone(kind):
    economy = kind(1)
    war = tariff_war(economy)
    assert war.certificate
    for number, name in enumerate(economy.countries):
        answer = optimal_tariffs(economy, name, others=war.tariffs)
        assert answer.welfare[number] <= war.welfare[number] + 1e-9


def test_wars_from_factual_and_from_zero_tariffs_are_the_same():
    economy = lobbies.drawn(11)
    factual, free = (tariff_war(economy, start=start) for start in (None, 0.0))
    assert factual.tariffs == pytest.approx(free.tariffs, abs=1e-7)


def test_a_war_of_some_leaves_the_tariffs_of_others():
    economy = lobbies.drawn(12, 4)
    war = tariff_war(economy, ["country 0", "country 3"])
    assert war.tariffs[:, [1, 2]] == pytest.approx(economy.tariffs[:, [1, 2]])
    assert war.levying == ("country 0", "country 3")
    assert bg.verify(war)


def test_uniform_tariffs_at_war_are_those_of_the_root_find():
    economy = two_countries(0.8, 4.0, foreign_share=0.9)
    war = tariff_war(economy, alike="all")
    found = nash_tariffs(economy)
    assert war.median_tariffs == pytest.approx(found.tariffs, rel=1e-6)


def test_twins_at_war_levy_the_same():
    war = tariff_war(lobbies.pair())
    assert war.median_tariffs[0] == pytest.approx(war.median_tariffs[1], rel=1e-8)
    assert war.welfare_change.max() < 0


def test_a_war_that_is_none_is_refused_by_verify():
    war = tariff_war(lobbies.pair())
    assert not bg.verify(replace(war, tariffs=0.9 * war.tariffs))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"country": "country 9"}, "country 0"),
        ({"bounds": (-1.0, 1.0)}, "above -1"),
        ({"bounds": (1.0, 0.5)}, "bounds"),
        ({"alike": "some"}, "alike"),
        ({"sectors": ["sector 9"]}, "sector 0"),
        ({"partners": []}, "partner"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        optimal_tariffs(lobbies.drawn(1), **{"country": "country 0", **options})


def test_results_print_as_tables():
    economy = Economy(["A", "B"], ["x"], [[[80], [20]], [[20], [80]]], 0.0, 4.0)
    optimum, war = optimal_tariffs(economy, "A"), tariff_war(economy)
    assert optimum.table().rows[0][0] == "A"
    assert "Tariff war" in str(war)
    assert war.to_dict()["countries"] == ["A", "B"]


@pytest.mark.data
def test_ossas_optimal_tariffs_are_62_per_cent():
    economy = lobbies.ossa(data_folder())
    optima = [optimal_tariffs(economy, name) for name in economy.countries]
    medians = [one.median_tariffs[number] for number, one in enumerate(optima)]
    assert 100 * np.mean(medians) == pytest.approx(62, abs=1)
    for number, one in enumerate(optima):
        assert one.certificate
        assert one.certificate.details["change_asked"] < 1e-6
        assert one.welfare_change[number] > 0 > np.delete(one.welfare_change, number).mean()


@pytest.mark.data
def test_ossas_war_has_tariffs_of_63_per_cent_and_costs_governments_2_9():
    war = tariff_war(lobbies.ossa(data_folder()))
    assert war.certificate
    assert 100 * war.median_tariffs.mean() == pytest.approx(63, abs=1.5)
    assert 100 * war.welfare_change.mean() == pytest.approx(-2.9, abs=0.15)
    assert war.welfare_change.max() < 0
