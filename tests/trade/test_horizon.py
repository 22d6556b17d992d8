"""Elasticities some months after a shock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining import InputError
from bargaining.trade import at_horizon, load, share_of_long_run
from tests.trade.economies import drawn, two_countries


def test_the_ends_are_those_of_boehm_levchenko_and_pandalai_nayar():
    assert share_of_long_run(12) == pytest.approx(0.76 / 2.0)
    for years in (8.5, 10, 30):
        assert share_of_long_run(12 * years) == 1.0
    assert share_of_long_run(12 * 7 + 6) > 1.75 / 2.0  # the lower end of their long run


@given(st.floats(0, 300), st.floats(0, 300))
def test_trade_answers_more_as_time_goes_by(first, second):
    early, late = sorted((first, second))
    assert 0.38 <= share_of_long_run(early) <= share_of_long_run(late) <= 1.0


@given(st.floats(0, 300), st.booleans())
def test_only_elasticities_change(months, inputs):
    economy = drawn(5, taxes=True, inputs=inputs)
    soon = at_horizon(economy, months)
    np.testing.assert_allclose(soon.elasticities, share_of_long_run(months) * economy.elasticities)
    for name in ("flows", "tariffs", "export_taxes", "income", "deficits"):
        np.testing.assert_array_equal(getattr(soon, name), getattr(economy, name))


def test_in_the_long_run_nothing_is_different():
    economy = load("world-2022")
    policy = {("CHN", "USA"): 0.6}
    np.testing.assert_array_equal(
        at_horizon(economy, 120).counterfactual(tariffs=policy).real_income,
        economy.counterfactual(tariffs=policy).real_income,
    )


def test_a_tariff_that_costs_its_owner_in_the_long_run_pays_for_a_year():
    """With an elasticity of 4 the optimal tariff is above 1/4; with 0.38 of it above 2/3."""
    economy = two_countries(0.9)
    tariff = {("foreign", "home"): 1.0}
    long_run = economy.counterfactual(tariffs=tariff).real_income[0]
    first_year = at_horizon(economy, 12).counterfactual(tariffs=tariff).real_income[0]
    assert long_run < 0 < first_year


def test_a_share_of_ones_own_takes_the_place_of_the_default():
    economy = drawn(2)
    half = at_horizon(economy, 36, share=lambda months: months / 72)
    np.testing.assert_allclose(half.elasticities, economy.elasticities / 2)


@pytest.mark.parametrize("months", [-1, np.nan, np.inf, "a year", True, None])
def test_bad_months_are_named(months):
    with pytest.raises(InputError, match=r"months: expected a (finite )?number >= 0"):
        at_horizon(drawn(1), months)


@pytest.mark.parametrize("part", [0.0, -1.0, np.nan])
def test_a_share_that_leaves_no_elasticity_is_refused(part):
    with pytest.raises(InputError, match="share at 12 months: expected one > 0"):
        at_horizon(drawn(1), 12, share=lambda _: part)
