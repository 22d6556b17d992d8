"""Truces under noise: Green and Porter's values and constraint in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.contested.noise import noisy_truce
from bargaining.enforcement.patience.critical import critical_discount_factors
from tests.enforcement import games


def dilemma(gain: float) -> bg.Negotiation:
    """Return a dilemma: (1, 1), a breach gains `gain`, (0, 0) without cooperation."""
    a = [[1, -gain], [1 + gain, 0]]
    return games.lever_game(a, np.transpose(a), status_quo=[1, 1])


def noisy(gain: float, **options):
    game = dilemma(gain)
    options = {"discount_factors": 0.9, "false_alarm": 0.1, "detection": 0.8, **options}
    return noisy_truce(game, games.at(game, 0, 0), **options)


def test_values_and_shortest_punishment_are_the_closed_form():
    found = noisy(1.0)
    # (1 - z) delta ((p - e) s - e g) >= g (1 - delta): 1 - z >= 0.1 / (0.9 x 0.6)
    shortest = int(np.ceil(np.log(1 - 0.1 / 0.54) / np.log(0.9)))
    assert found.length == shortest == 2
    assert found.payoffs == pytest.approx([0.1 / (1 - 0.9 * 0.9 - 0.1 * 0.9**3)] * 2)
    assert found.holds
    assert bg.verify(found)
    assert found.expected_life == pytest.approx(10)
    assert found.chance_broken(12) == pytest.approx(1 - 0.9**12)
    assert found.share_kept == pytest.approx(1 / 1.2)


@given(
    st.floats(0.01, 5), st.floats(0.05, 0.99), st.floats(0, 0.5), st.floats(0, 1),
)  # fmt: skip
def test_the_best_punishment_is_the_shortest_that_holds_as_a_search_finds_it(
    gain, delta, alarm, more
):
    detection = alarm + (1 - alarm) * more
    found = noisy(gain, discount_factors=delta, false_alarm=alarm, detection=detection)
    assert bg.verify(found)

    def left(back: float) -> float:
        value = 1 / (1 - delta * (1 - alarm) - alarm * delta * back)
        return delta * (detection - alarm) * (1 - back) * value - gain

    ok = [months for months in range(1, 400) if left(delta**months) >= -1e-9 * (1 + 2 * gain)]
    if ok and found.length is not None:
        assert abs(ok[0] - found.length) <= 1
        assert left(delta**found.length) >= -1e-7
    if left(0.0) < -1e-6:
        assert not found.holds
        assert found.length is None


def test_without_noise_it_is_the_repeated_game():
    game = dilemma(1.5)
    plain = critical_discount_factors(game, games.at(game, 0, 0))
    found = noisy(1.5, false_alarm=0.0, detection=1.0)
    assert found.critical == pytest.approx(plain.factors)
    assert found.expected_life is None
    assert found.chance_broken(1000) == 0.0
    assert found.share_kept == 1.0
    at = float(plain.common)
    assert noisy(1.5, false_alarm=0, detection=1.0, discount_factors=at + 1e-6).forever[0]
    assert not noisy(1.5, false_alarm=0, detection=1.0, discount_factors=at - 1e-6).forever[0]


def test_noise_may_be_too_large_for_any_patience():
    # (p - e) s <= e g: no punishment tells a cheat from an accident often enough
    found = noisy(1.0, false_alarm=0.4, detection=0.8, discount_factors=0.999)
    assert found.critical.tolist() == [1.0, 1.0]
    assert not found.holds
    assert found.length is None
    assert found.payoffs.tolist() == [0.0, 0.0]
    assert "too large for any patience" in found.explain()
    impatient = noisy(1.0, discount_factors=0.1)
    assert not impatient.holds
    assert "must be" in impatient.explain()


def test_values_fall_and_discipline_rises_with_the_length_of_punishment():
    lengths = [noisy(1.0, length=months) for months in (1, 2, 5, 20)]
    assert [found.holds for found in lengths] == [False, True, True, True]
    values = [found.payoffs[0] for found in lengths[1:]]
    assert values == sorted(values, reverse=True)
    slacks = [found.slacks[0] for found in lengths]
    assert slacks == sorted(slacks)
    assert "too short" in lengths[0].explain()


def test_the_lever_that_is_hard_to_verify_binds_though_it_tempts_less():
    players = [bg.Player("a"), bg.Player("b")]
    tariff, pledge = bg.Lever("tariff", "a", [0, 1], 1), bg.Lever("pledge", "a", [0, 1], 1)
    other = bg.Lever("other", "b", [0, 1], 1)
    terms = [
        bg.LinearPayoff(tariff, {players[0]: 3.0, players[1]: -5.0}),
        bg.LinearPayoff(pledge, {players[0]: 1.0, players[1]: -5.0}),
        bg.LinearPayoff(other, {players[0]: -6.0, players[1]: 1.0}),
    ]
    game = bg.Negotiation(players, [tariff, pledge, other], terms)
    deal = {"tariff": 0, "pledge": 0, "other": 0}
    options = {"discount_factors": 0.9, "false_alarm": 0.05}
    found = noisy_truce(game, deal, detection={"pledge": 0.1}, **options)
    assert found.breaches[0] == ((0.1, 1.0), (1.0, 4.0))
    assert bg.verify(found)
    seen = noisy_truce(game, deal, detection=1.0, **options)
    assert seen.breaches[0] == ((1.0, 4.0),)
    assert seen.critical[0] < found.critical[0] < 1
    assert seen.least_lengths[0] is not None


def test_units_do_not_matter_and_false_claims_are_not_verified():
    a = np.array([[1, -1], [2, 0]])
    game = games.lever_game(1000 * a + 7, 0.01 * a.T, status_quo=[1, 1])
    found = noisy_truce(
        game, games.at(game, 0, 0), discount_factors=0.9, false_alarm=0.1, detection=0.8
    )
    plain = noisy(1.0)
    assert found.length == plain.length
    assert found.critical == pytest.approx(plain.critical)
    assert not bg.verify(replace(plain, holds=False))
    assert not bg.verify(replace(plain, payoffs=plain.payoffs + 0.1))
    assert not bg.verify(replace(plain, slacks=plain.slacks + 0.1))
    assert "certificate" in plain.to_dict()
    assert "holds" in str(plain)
    assert "breaks all the same" in plain.explain()


def test_an_agreement_nobody_is_tempted_to_break_needs_no_punishment():
    game = dilemma(1.0)
    found = noisy_truce(
        game, games.at(game, 1, 1), discount_factors=0.5, false_alarm=0.1, detection=0.9
    )
    assert found.holds
    assert found.length == 0
    assert "nobody is tempted" in found.explain()
    assert found.breaches == ((), ())
    assert found.critical.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"false_alarm": 1.0}, "false_alarm: expected less than 1"),
        ({"false_alarm": -0.1}, "false_alarm"),
        ({"detection": 0.05}, "at least the chance of a false alarm"),
        ({"detection": {"sextant": 0.5}}, "sextant"),
        ({"length": 0}, "length"),
        ({"discount_factors": 1.0}, "discount_factors"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        noisy(1.0, **options)
