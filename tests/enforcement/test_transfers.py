"""Repeated games with payments: closed forms, and what must be true of every game."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.repeated.transfers import payoffs_with_transfers
from bargaining.testing import bimatrix_games
from tests.enforcement.stage_games import cournot, dilemma, dilemma_of_three, game, pennies

DELTAS = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])


def largest_self_supporting(stage, delta):
    """Return joint payoff and punishments by taking profiles away until none has to go."""
    tables = stage.payoff_arrays
    best = [
        np.broadcast_to(own.max(axis=i, keepdims=True), own.shape) for i, own in enumerate(tables)
    ]
    kept = list(np.ndindex(*stage.shape))
    while kept:
        joint = max(sum(table[a] for table in tables) for a in kept)
        worst = [min(table[a] for a in kept) for table in best]
        limit = delta / (1 - delta) * (joint - sum(worst)) + 1e-9
        left = [
            a for a in kept if sum(b[a] - t[a] for b, t in zip(best, tables, strict=True)) <= limit
        ]
        if left == kept:
            return joint, worst
        kept = left
    return None


@given(bimatrix_games(), DELTAS)
def test_it_is_the_largest_set_of_profiles_that_supports_itself(stage, delta):
    step = payoffs_with_transfers(stage).at(delta)
    expected = largest_self_supporting(stage, delta)
    assert (step is None) == (expected is None)
    if step is not None:
        assert step.joint == pytest.approx(expected[0])
        np.testing.assert_allclose(step.punishments, expected[1])


@given(bimatrix_games(), DELTAS)
def test_without_payments_nothing_more_is_sustained(stage, delta):
    steps = payoffs_with_transfers(stage)
    for vertex in bg.repeated_payoff_set(stage, delta).vertices:
        assert steps.contains(vertex, delta)


@given(bimatrix_games())
def test_patience_raises_what_is_joint_and_lowers_punishments(stage):
    steps = payoffs_with_transfers(stage)
    assert bool(steps.certificate)
    assert bool(bg.verify(steps))
    for before, after in itertools.pairwise(steps.steps):
        assert before.discount_factor < after.discount_factor
        assert before.joint <= after.joint
        assert np.all(before.punishments >= after.punishments)


@given(bimatrix_games(), st.sampled_from([1e-6, 3.0, 1e6]))
def test_the_common_unit_and_names_do_not_matter(stage, unit):
    a, b = stage.payoff_arrays
    plain = payoffs_with_transfers(stage).critical_discount_factors
    for other in (game(unit * a + unit, unit * b), game(b.T, a.T), game(a[::-1], b[::-1])):
        np.testing.assert_allclose(
            payoffs_with_transfers(other).critical_discount_factors, plain, atol=1e-9
        )


@pytest.mark.parametrize(("both", "alone", "neither"), [(3, 4, 0), (3, 5, 1), (10, 11, 5)])
def test_the_dilemma_needs_its_joint_temptation_over_its_joint_loss(both, alone, neither):
    steps = payoffs_with_transfers(dilemma(both, alone, neither, sucker=neither - 50))
    temptation, loss = 2 * (alone - both), 2 * (both - neither)
    assert steps.steps[-1].discount_factor == pytest.approx(temptation / (temptation + loss))
    assert steps.steps[-1].joint == 2 * both


def test_a_cournot_duopoly_shares_the_monopoly_profit_with_its_known_punishments():
    # price 1 - Q, cost 0.1: 0.45 together is best, 0.3 each the equilibrium of one period
    steps = payoffs_with_transfers(cournot(21, cost=0.1))
    last = steps.steps[-1]
    assert last.joint == pytest.approx(0.45**2)
    first = steps.steps[0]
    assert first.discount_factor == 0
    assert first.joint == pytest.approx(0.18)
    assert first.punishments == pytest.approx([0.25 * 0.3] * 2)  # (0.35, 0.25) is another
    joint = [step.joint for step in steps.steps]
    assert joint == sorted(joint)


def test_three_who_contribute_to_a_public_good():
    steps = payoffs_with_transfers(dilemma_of_three())
    # each gains 1 by free riding: 3 <= r (9 - 0)
    assert steps.steps[-1].discount_factor == pytest.approx(1 / 4)
    assert steps.steps[-1].joint == 9


def test_matching_pennies_has_no_equilibrium_in_pure_strategies_whatever_is_paid():
    steps = payoffs_with_transfers(pennies())
    assert steps.steps == ()
    assert steps.at(0.9) is None
    assert not steps.contains([0, 0], 0.9)
    assert "no equilibrium in pure strategies" in steps.explain()
    assert bool(bg.verify(steps))


def test_payments_can_hold_what_patience_alone_does_not():
    lopsided = game([[4, 0], [5, 1]], [[1.5, 5], [0, 1]])
    alone = bg.repeated_payoff_set(lopsided, 0.6)
    assert not alone.contains([4, 1.5])
    assert payoffs_with_transfers(lopsided).at(0.6).profile == (0, 0)


def test_a_wrong_step_does_not_pass():
    steps = payoffs_with_transfers(dilemma())
    wrong = replace(steps.steps[-1], discount_factor=0.3)
    assert not bg.verify(replace(steps, steps=(*steps.steps[:-1], wrong)))
    assert not bg.verify(replace(steps, steps=steps.steps[:-1]))


def test_it_reads_as_a_table_and_as_plain_values():
    steps = payoffs_with_transfers(dilemma())
    assert "strategy 1, strategy 1" in str(steps)
    assert json.loads(json.dumps(steps.to_dict()))["steps"][-1]["joint"] == 6
    assert "0.5" in steps.explain()


def test_bad_input_is_named():
    with pytest.raises(bg.InputError, match="payoffs_with_transfers, game: expected"):
        payoffs_with_transfers("dilemma")
    with pytest.raises(bg.InputError, match="discount_factor: expected a number in"):
        payoffs_with_transfers(dilemma()).at(1)
    with pytest.raises(bg.InputError, match="payoffs: expected 2 finite numbers"):
        payoffs_with_transfers(dilemma()).contains([1], 0.5)


def test_rounding_makes_no_step_of_its_own():
    """The second and third column both ask for a half, by ratios that differ by an ulp here."""
    common = np.array([[1.0, 0.0, -2.0]])
    steps = payoffs_with_transfers(game(1e-6 * common + 1e-6, 1e-6 * common))
    np.testing.assert_allclose(steps.critical_discount_factors, [0.0, 0.5], atol=1e-12)
