"""Coarser economies keep spending, income and revenue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining import InputError
from bargaining.trade import aggregate
from tests.trade.economies import KINDS, SEEDS, drawn

PAIR = {"union": ["country 0", "country 2"]}


def revenue(economy, kept):
    levied = economy.flows * economy.tariffs / (1 + economy.tariffs)
    return levied[np.ix_(~kept, kept)].sum()


@given(SEEDS, KINDS)
def test_a_group_spends_and_collects_what_its_members_did(seed, kinds):
    economy = drawn(seed, countries=4, **kinds)
    union = aggregate(economy, countries=PAIR, sectors={"all": economy.sectors})
    members = np.array([True, False, True, False])
    assert union.countries == ("union", "country 1", "country 3")
    assert union.income[0] == pytest.approx(economy.income[members].sum())
    assert union.income[1:] == pytest.approx(economy.income[~members])
    first = np.array([True, False, False])
    assert revenue(union, first) == pytest.approx(revenue(economy, members))


@given(SEEDS, KINDS)
def test_putting_nothing_together_changes_nothing(seed, kinds):
    economy = drawn(seed, **kinds)
    same = aggregate(economy, sectors={"sector 1": ["sector 1"], "sector 0": ["sector 0"]})
    for name in ("flows", "tariffs", "export_taxes", "elasticities"):
        before, after = getattr(economy, name)[..., ::-1], getattr(same, name)
        np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-13)
    assert same.income == pytest.approx(economy.income)


@given(SEEDS, st.floats(0.05, 0.6))
def test_identical_sectors_put_together_answer_a_tariff_alike(seed, rate):
    one = drawn(seed, sectors=1)
    half = np.repeat(one.flows / 2, 2, axis=2)
    two = type(one)(
        one.countries, ["a", "b"], half, np.repeat(one.tariffs, 2, axis=2), one.elasticities[0]
    )
    back = aggregate(two, sectors={"goods": ["a", "b"]})
    policy = {("country 1", "country 0"): rate}
    expected = one.counterfactual(tariffs=policy).real_income
    for economy in (two, back):
        np.testing.assert_allclose(
            economy.counterfactual(tariffs=policy).real_income, expected, atol=1e-11
        )


def test_an_elasticity_is_weighted_by_trade():
    economy = drawn(3)
    trade = economy.flows / (1 + economy.tariffs)
    trade[np.arange(3), np.arange(3)] = 0
    weights = trade.sum(axis=(0, 1))
    whole = aggregate(economy, sectors={"all": economy.sectors})
    assert whole.elasticities[0] == pytest.approx(np.average(economy.elasticities, weights=weights))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"countries": {"x": ["country 9"]}}, "unknown countries 'country 9'"),
        ({"countries": {"x": []}}, "'x': expected names"),
        ({"countries": {"x": "country 0"}}, "'x': expected names"),
        ({"countries": {"x": ["country 0"], "y": ["country 0"]}}, "is in 'x' and in 'y'"),
        ({"countries": {"country 1": ["country 0"]}}, "is a group, and the name of one"),
        ({"countries": {"world": ["country 0", "country 1", "country 2"]}}, "at least two groups"),
        ({"sectors": {"x": ["sector 0", "sector 0"]}}, "is in 'x' and in 'x'"),
    ],
)
def test_bad_groups_are_named(groups, message):
    with pytest.raises(InputError, match=message):
        aggregate(drawn(1), **groups)
