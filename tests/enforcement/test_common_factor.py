"""The common discount factor of optimal penal codes: closed forms and brackets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.repeated.common_factor import common_discount_factor
from bargaining.testing import bimatrix_games
from tests.enforcement.stage_games import cournot, dilemma, dilemma_of_three, game, pennies


@pytest.mark.parametrize(("both", "alone", "neither"), [(3, 5, 1), (3, 4, 0), (2, 7, 1)])
def test_the_dilemma_needs_temptation_over_temptation_plus_loss(both, alone, neither):
    stage = dilemma(both, alone, neither, sucker=neither - 10)
    found = common_discount_factor(stage, profile=[0, 0])
    exact = (alone - both) / (alone - neither)
    assert found.lower == found.upper == pytest.approx(exact, abs=1e-12)
    assert bool(bg.verify(found))
    averaged = common_discount_factor(stage, payoffs=[both, both])
    assert averaged.value == pytest.approx(exact, abs=1e-8)


def test_penal_codes_need_less_patience_than_reversion_to_the_equilibrium():
    # quantities in steps of 1/12: 1/4 each is best together, 1/3 each the equilibrium
    stage = cournot(13)
    found = common_discount_factor(stage, profile=["strategy 4", "strategy 4"])
    a = stage.payoff_arrays[0]
    reversion = (a[:, 3].max() - a[3, 3]) / (a[:, 3].max() - a[4, 4])
    assert 0 < found.value < reversion
    assert bool(bg.verify(found))


def test_an_equilibrium_of_the_stage_game_needs_no_patience():
    assert common_discount_factor(dilemma(), profile=[1, 1]).value == 0


def test_what_nobody_sustains_has_no_critical_discount_factor():
    for found in (
        common_discount_factor(pennies(), profile=[0, 0]),
        common_discount_factor(dilemma(), payoffs=[5, 0]),
        common_discount_factor(dilemma(), payoffs=[0.5, 4]),
    ):
        assert not found.sustainable
        assert found.upper == 1
        assert "does not hold" in found.explain()
        assert bool(bg.verify(found))


@given(bimatrix_games(min_strategies=2, max_strategies=3), st.data())
def test_a_profile_holds_from_its_critical_discount_factor_on(stage, data):
    profile = [data.draw(st.integers(0, size - 1)) for size in stage.shape]
    found = common_discount_factor(stage, profile=profile)
    if not 0.01 < found.value < 0.99:
        return
    above = bg.repeated_payoff_set(stage, found.value + 1e-4)
    assert above.contains(found.payoffs)
    a, b = stage.payoff_arrays
    scaled = common_discount_factor(game(1e4 * a - 3, b / 7), profile=profile)
    assert scaled.value == pytest.approx(found.value, abs=1e-7)


def test_it_reads_as_a_table_and_as_plain_values():
    found = common_discount_factor(dilemma(), profile=[0, 0])
    assert "0.5" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["profile"] == [0, 0]
    assert not bg.verify(replace(found, lower=0.4, upper=0.4))


def test_bad_input_is_named():
    with pytest.raises(bg.InputError, match="expected two players, got 3"):
        common_discount_factor(dilemma_of_three(), profile=[0, 0, 0])
    with pytest.raises(bg.InputError, match="either `profile` or `payoffs`"):
        common_discount_factor(dilemma())
    with pytest.raises(bg.InputError, match="expected two strategies"):
        common_discount_factor(dilemma(), profile=[0])
    with pytest.raises(bg.InputError, match="payoffs: expected 2 finite numbers"):
        common_discount_factor(dilemma(), payoffs=[1, 2, 3])
