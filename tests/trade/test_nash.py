"""Nash tariffs: closed forms, symmetry, and the published averages."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import Economy, nash_tariffs
from tests.trade.data import data_folder
from tests.trade.economies import SEEDS, drawn, two_countries


def textbook(war, i, elasticity):
    """Return 1 / (e (1 - (1 - d_j) lam_ij)) at the war's own shares and tariffs."""
    j = 1 - i
    shares = war.flows[:, :, 0] / war.flows[:, :, 0].sum(axis=0)
    d = war.tariffs[j] * shares[j, j] / (1 + war.tariffs[j] * shares[j, j])
    return 1 / (elasticity * (1 - (1 - d) * shares[i, j]))


@settings(max_examples=25)
@given(st.floats(0.3, 0.95), st.floats(0.3, 0.95), st.floats(1.5, 10), st.booleans())
def test_with_two_countries_the_formula_is_the_textbook_one_and_exact(own, other, e, exact):
    economy = two_countries(own, e, foreign_share=other)
    war = nash_tariffs(economy, exact=exact)
    for i in (0, 1):
        assert war.tariffs[i] == pytest.approx(textbook(war, i, e), rel=1e-6)
    assert war.gains_from_deviating().max() < 1e-8
    assert bg.verify(war)


@given(st.floats(0.3, 0.95), st.floats(1.5, 10))
def test_against_free_trade_the_optimal_tariff_is_that_of_gros(own, e):
    """Gros (1987): 1 / (e lam_jj) when the other levies nothing."""
    economy = two_countries(own, e)
    war = nash_tariffs(economy, countries=["home"], exact=True)
    shares = war.flows[:, :, 0] / war.flows[:, :, 0].sum(axis=0)
    assert war.tariffs[0] == pytest.approx(1 / (e * shares[1, 1]), rel=1e-6)
    assert np.isnan(war.tariffs[1])
    assert war.after.tariffs[0, 1, 0] == 0


def test_a_small_countrys_tariff_is_one_over_the_elasticity():
    economy = two_countries(0.5, 4.0, foreign_share=1 - 1e-7)
    war = nash_tariffs(economy, countries=["home"])
    assert war.tariffs[0] == pytest.approx(1 / 4, rel=1e-5)
    assert war.real_income[1] == pytest.approx(0, abs=1e-6)


def test_equal_countries_levy_equal_tariffs_and_all_lose():
    flows = np.full((3, 3, 2), 5.0) + 40 * np.eye(3)[:, :, None]
    war = nash_tariffs(Economy(list("ABC"), ["x", "y"], flows, 0.0, [3.0, 6.0]))
    np.testing.assert_allclose(war.tariffs, war.tariffs[0])
    assert np.all(war.real_income < 0)


@settings(max_examples=15)
@given(SEEDS)
def test_exact_tariffs_leave_nobody_a_better_one(seed):
    war = nash_tariffs(drawn(seed, tariffs=False).balanced(), exact=True)
    assert bg.verify(war)
    assert war.gains_from_deviating().max() < 1e-8


@settings(max_examples=15)
@given(SEEDS)
def test_the_formula_is_close_to_exact(seed):
    economy = drawn(seed, tariffs=False).balanced()
    war, exact = nash_tariffs(economy), nash_tariffs(economy, exact=True)
    np.testing.assert_allclose(war.tariffs, exact.tariffs, rtol=0.15)
    assert war.gains_from_deviating().max() < 1e-3


def test_a_wrong_tariff_does_not_verify():
    war = nash_tariffs(two_countries())
    assert bg.verify(war)
    assert not bg.verify(replace(war, tariffs=war.tariffs * [1.001, 1]))


def test_it_reads_and_travels():
    war = nash_tariffs(two_countries(), countries=["home"])
    assert "Countries that set Nash tariffs: 1;" in war.explain()
    assert "home" in str(war.table())
    assert json.loads(json.dumps(war.to_dict()))["tariffs"][1] is None


def test_an_unknown_country_is_named():
    with pytest.raises(bg.InputError, match="unknown country 'hom': did you mean 'home'"):
        nash_tariffs(two_countries(), countries=["hom"])
    with pytest.raises(bg.InputError, match="countries: expected at least one"):
        nash_tariffs(two_countries(), countries=[])


@pytest.mark.data
def test_the_averages_and_two_rows_of_lashkaripour_2021_table_2():
    cube = np.load(data_folder() / "trade" / "wiod2014_trade_tariff_cube.npz")
    flows = np.maximum(cube["X_exporter_importer_sector_usd_mn"], 0)
    elasticities = np.where(cube["sectors"] == "Services (aggregate)", 10, cube["epsilon_IS"])
    economy = Economy(
        cube["countries"].tolist(), cube["sectors"].tolist(), flows, cube["applied_tariff"],
        elasticities, source="WIOD 2016, CC BY 4.0",
    ).balanced()  # fmt: skip
    war = nash_tariffs(economy)
    us, china = economy.index("USA"), economy.index("CHN")
    found = np.array(
        [
            (tariff, income)
            for tariff, income in (
                (war.tariffs.mean(), war.real_income.mean()),
                (war.tariffs[us], war.real_income[us]),
                (war.tariffs[china], war.real_income[china]),
            )
        ]
    )
    published = np.array([(40.5, -2.42), (43.6, -0.76), (40.7, -0.35)])
    off = np.abs(100 * found - published).mean(axis=0)
    assert off[0] < 1.5
    assert off[1] < 0.1
    assert bg.verify(war)
    assert war.gains_from_deviating(["USA", "CHN"])[[us, china]].max() < 2e-5
