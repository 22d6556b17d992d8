"""Move-for-move retaliation: matching between Nash and answers in kind, and the ladder of 2025."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.retaliation.retaliation import retaliation
from tests.enforcement import games

PAIR = ("lever 1", "lever 2")
TARIFFS = ("US reciprocal tariff", "Chinese retaliatory tariff")


def war(gain: float, harm: float, *, levels: int = 5) -> bg.Negotiation:
    """Return tariffs 0, 1, ..: the own one x is worth gain x - x^2 / 2, the other's costs harm."""
    x = np.arange(levels)
    own = gain * x - x**2 / 2
    a = own[:, None] - harm * x[None, :]
    return games.lever_game(a, a.T)


@given(st.integers(0, 10_000), st.floats(0, 3))
def test_without_reciprocity_rest_points_are_the_pure_equilibria(seed, lag):
    a, b = np.random.default_rng(seed).integers(0, 4, (2, 3, 4)).astype(float)
    found = retaliation(games.lever_game(a, b), PAIR, reciprocity=0, lag=lag, discount_factors=0.9)
    best = (a == a.max(axis=0)) & (b == b.max(axis=1, keepdims=True))
    assert set(found.rest_points()) == {(float(i), float(j)) for i, j in np.argwhere(best)}
    assert bg.verify(found)


def test_matched_at_once_nobody_escalates_where_both_would_lose_by_it():
    # Alone 3 is best; matched, a step costs 4 and is worth 3 at most.
    game = war(3, 4)
    nash = retaliation(game, PAIR, reciprocity=0, discount_factors=0.9)
    assert nash.rest_points() == ((3.0, 3.0),)
    assert nash.climb("player 1")[-1] == (3.0, 3.0)
    matched = retaliation(game, PAIR, reciprocity=1, discount_factors=0.9)
    assert matched.rests
    assert matched.climb("player 1") == ((0.0, 0.0),)
    # who is at war goes down again, as a step down is matched too
    at_war = retaliation(game, PAIR, start={"lever 1": 3, "lever 2": 3}, discount_factors=0.9)
    assert at_war.climb("player 2")[-1] == (0.0, 0.0)


def test_an_escalation_pays_iff_what_is_gained_before_exceeds_what_is_lost_after():
    game, delta = war(3, 4), 0.9
    once = retaliation(game, PAIR, lag=0, discount_factors=delta).move("lever 1", 2)
    assert (once.before, once.after, once.answer) == (4.0, -4.0, 2.0)
    # (1 - delta^lag) 4 = delta^lag 4
    assert once.critical_lag == pytest.approx(np.log(0.5) / np.log(delta))
    for lag, pays in ((once.critical_lag - 0.01, False), (once.critical_lag + 0.01, True)):
        move = retaliation(game, PAIR, lag=lag, discount_factors=delta).move("lever 1", 2)
        assert move.pays == pays
        kept = delta**lag
        assert move.worth == pytest.approx((1 - kept) * 4 - kept * 4)


@pytest.mark.parametrize(("gain", "harm"), [(3, 4), (3, 5), (1, 4), (2, 9)])
def test_a_move_is_worth_nothing_at_its_critical_lag_whatever_is_gained_and_lost(gain, harm):
    for delta in (0.5, 0.99):
        for once in retaliation(war(gain, harm), PAIR, discount_factors=delta).moves:
            if once.critical_lag:
                lag = once.critical_lag
                there = retaliation(war(gain, harm), PAIR, lag=lag, discount_factors=delta)
                assert there.move(once.lever, once.level).worth == pytest.approx(0, abs=1e-9)


def test_the_deterring_reciprocity_is_the_least_that_leaves_nothing_to_gain():
    # a step to 2 gains 4, so an answer of 1 takes it all
    move = retaliation(war(3, 4), PAIR, discount_factors=0.9).move("lever 1", 2)
    assert move.deterring_reciprocity == 0.5
    for m, pays in ((0.2, True), (0.5, False), (1.0, False)):
        again = retaliation(war(3, 4), PAIR, reciprocity=m, discount_factors=0.9)
        assert again.move("lever 1", 2).pays == pays
    bold = retaliation(war(3, 0.1), PAIR, discount_factors=0.9)
    assert bold.move("lever 1", 2).deterring_reciprocity is None
    assert bold.best("player 1").level == 3.0


def test_a_ladder_is_climbed_by_sides_that_expect_no_answer():
    game = war(3, 4)
    answers = retaliation(game, PAIR, discount_factors=0.9)
    blind = answers.climb("player 1", expecting=0)
    assert blind == ((0.0, 0.0), (3.0, 3.0))
    steps = answers.ladder([(0, 0), (1, 1), (2, 2), (3, 3)], "player 1")
    assert [row[5] for row in steps.rows] == [False] * 3


def test_reciprocity_may_differ_by_who_answers():
    found = retaliation(
        war(3, 4), PAIR, reciprocity={"player 1": 0, "player 2": 1}, discount_factors=0.9
    )
    assert found.best("player 1") is None  # as player 2 answers
    assert found.best("player 2") is not None
    assert not found.rests


def test_units_do_not_matter():
    a = np.array([[0.0, -4, -8], [2.5, -1.5, -5.5], [4, 0, -4]])
    plain = games.lever_game(a, a.T)
    other = games.lever_game(1e6 * a + 3, 1e-6 * a.T)
    for one, two in zip(
        retaliation(plain, PAIR, lag=1, discount_factors=0.9).moves,
        retaliation(other, PAIR, lag=1, discount_factors=0.9).moves,
        strict=True,
    ):
        assert one.pays == two.pays
        assert one.deterring_reciprocity == two.deterring_reciprocity
        assert (one.critical_lag is None) == (two.critical_lag is None)
        if one.critical_lag is not None:
            assert one.critical_lag == pytest.approx(two.critical_lag, abs=1e-6)


def test_the_ladder_of_april_2025_pays_nobody_by_the_scenario_and_ends_where_nash_rests():
    # 34/34, 84/84 and 125/125 within eight days, then 10/10 from 14 May on: answers in two days.
    game = bg.load_scenario("us-china-2025")
    calm = {**game.status_quo, **dict.fromkeys(TARIFFS, 0)}
    options = {"start": calm, "lag": 2 / 30, "discount_factors": 0.99}
    rungs = [(0, 0), (0.34, 0.34), (0.84, 0.84), (1.25, 1.25)]
    matched = retaliation(game, TARIFFS, **options)
    steps = matched.ladder(rungs, "United States")
    assert [row[5] for row in steps.rows] == [False, False, False]
    # the last two do not even pay unanswered: no belief about the answer explains them
    assert [row[7] for row in steps.rows][1:] == [0.0, 0.0]
    assert matched.rests
    nash = retaliation(game, TARIFFS, reciprocity=0, **options)
    assert nash.rest_points() == ((0.1, 0.1),)
    assert nash.climb("United States")[-1] == (0.1, 0.1)
    assert bg.verify(matched)
    assert bg.verify(nash)


def test_results_are_plain_and_false_claims_are_not_verified():
    found = retaliation(war(3, 4), PAIR, lag=1, discount_factors=0.9)
    assert found.to_dict()["levers"] == list(PAIR)
    assert "pays" in str(found)
    false = found.moves[0]._replace(worth=found.moves[0].worth + 0.1)
    assert not bg.verify(replace(found, moves=(false, *found.moves[1:])))
    astray = found.moves[0]._replace(answer=4.0)
    assert not bg.verify(replace(found, moves=(astray, *found.moves[1:])))
    with pytest.raises(bg.InputError, match="another level"):
        found.move("lever 1", 0)
    with pytest.raises(bg.InputError, match="expected one of"):
        found.ladder([(0, 0), (0.5, 0.5)], "player 1")


@pytest.mark.parametrize(
    ("levers", "options", "message"),
    [
        (("lever 1",), {}, "expected two"),
        (("lever 1", "lever 1"), {}, "expected two owners"),
        (("lever 1", "lever 9"), {}, "lever 9"),
        (PAIR, {"lag": -1}, "lag"),
        (PAIR, {"reciprocity": -0.5}, "reciprocity"),
        (PAIR, {"reciprocity": {"player 1": 1}}, "not for"),
        (PAIR, {"discount_factors": 1}, "discount_factors"),
    ],
)
def test_bad_input_is_named(levers, options, message):
    options = {"discount_factors": 0.9, **options}
    with pytest.raises(bg.InputError, match=message):
        retaliation(war(3, 4), levers, **options)
