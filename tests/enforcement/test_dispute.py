"""Contested coverage: thresholds in closed form, and when an ambiguous term helps and breaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.contested.dispute import dispute

CHANCE = st.floats(0, 1)


def contest(covered, acted, *, readings=(0.1, 0.9), **options):
    """Return the dispute over a control of `mover`: 0 is covered, 1 the act."""
    players = [bg.Player("mover"), bg.Player("other")]
    control = bg.Lever("control", "mover", [0, 1], 0)
    tariff = bg.Lever("tariff", "other", [0, 1], 1)
    table = {player: [[covered[i], 0.0], [acted[i], 0.0]] for i, player in enumerate(players)}
    game = bg.Negotiation(players, [control, tariff], [bg.TablePayoff([control, tariff], table)])
    options = {"discount_factors": 0.95, "months": 2, "war": [0.0, 0.0], **options}
    return dispute(
        game, {"control": 0, "tariff": 0}, lever="control", act=1,
        readings=dict(zip(("mover", "other"), readings, strict=True)), **options,
    )  # fmt: skip


def test_thresholds_are_the_closed_forms():
    found = contest((1.0, 3.0), (2.0, 1.0))
    delta, kept = 0.95, 0.95**2
    # the other: delta^T c (3 - 1) >= (1 - delta^T) (1 - 0)
    assert found.reaction_threshold == pytest.approx((1 - kept) / (2 * kept))
    # the mover: (1 - delta) 2 + delta delta^T (2 - c) = 1
    assert found.act_threshold == pytest.approx(2 - (1 - 2 * (1 - delta)) / (delta * kept))
    assert found.outcome == "breaks"
    assert bg.verify(found)


@given(CHANCE, CHANCE, st.tuples(*[st.floats(-3, 3)] * 4), st.integers(1, 30) | st.none())
def test_choices_are_best_and_thresholds_agree_with_them(mover, other, payoffs, months):
    covered, acted = payoffs[:2], payoffs[2:]
    found = contest(covered, acted, readings=(mover, other), months=months)
    assert bg.verify(found)
    threshold = found.reaction_threshold
    stakes = found.stakes
    if threshold is not None and abs(other - threshold) > 1e-6:
        assert stakes.reacts(found.readings) == (other > threshold)
    act = found.act_threshold
    if stakes.reacts(found.readings) and (act is None or abs(mover - act) > 1e-6):
        below = act is not None and (mover < act if acted[0] >= covered[0] else mover > act)
        assert stakes.acts(found.readings) == below


def test_an_act_that_only_the_dispute_pays_is_taken_by_who_reads_it_as_covered():
    found = contest((-1.0, 0.0), (-1.2, -1.0), readings=(1.0, 1.0), months=1)
    # (1 - delta) (-1.2) + delta^2 (c (-1) + (1 - c) (-1.2)) = -1, the month of war being worth 0
    delta = 0.95
    assert found.act_threshold == pytest.approx((1.2 * (1 - delta + delta**2) - 1) / 0.2 / delta**2)
    assert found.outcome == "breaks"


def test_an_ambiguous_term_helps_agreement_today_and_breaks_it_tomorrow_between_optimists():
    # Clearly covered, the mover is better off without agreement; clearly not, the other is.
    optimists = contest((-1.0, 0.9), (0.9, -1.0))
    assert optimists.signed == (False, False, True)
    assert optimists.helps_today
    assert optimists.breaks_tomorrow
    assert "breaks it tomorrow" in optimists.explain()
    # What one expects to win the other expects to lose when both read it alike: nobody signs.
    for reading in np.linspace(0, 1, 21):
        alike = contest((-1.0, 0.9), (0.9, -1.0), readings=(reading, reading))
        assert not alike.helps_today


def test_an_act_passes_when_the_other_has_too_much_to_lose_by_war():
    found = contest((1.0, 3.0), (2.0, 1.0), months=None)
    assert found.outcome == "passes"
    assert found.reaction_threshold is None
    assert found.values[2].tolist() == [2.0, 1.0]
    assert bg.verify(found)


def test_a_mover_who_reads_the_term_as_covered_does_not_act():
    found = contest((1.0, 3.0), (1.2, 0.5), readings=(0.9, 0.9))
    assert found.outcome == "held"
    assert found.values[2].tolist() == [1.0, 3.0]
    assert "does not act" in found.explain()


def test_the_more_the_sides_disagree_the_more_breaks():
    found = contest((1.0, 3.0), (1.5, 0.5), months=4)
    grid = np.linspace(0, 1, 11)
    phases = found.phase(grid, grid)
    breaks = phases == "breaks"
    assert breaks.any()
    assert not breaks.all()
    assert (np.diff(breaks.astype(int), axis=0) <= 0).all()
    assert (np.diff(breaks.astype(int), axis=1) >= 0).all()


def test_units_do_not_matter():
    plain = contest((1.0, 3.0), (2.0, 1.0))
    other = contest((1000.0, 0.03), (2000.0, 0.01))
    assert other.outcome == plain.outcome
    assert other.act_threshold == pytest.approx(plain.act_threshold)
    assert other.reaction_threshold == pytest.approx(plain.reaction_threshold)


@pytest.mark.parametrize(
    ("lever", "act", "mover"),
    [  # the facts' contested commitments: controls during the truce, mineral licences
        ("affiliates rule", 20_000, "United States"),
        ("rare-earth controls", 2, "China"),
    ],
)
def test_contested_controls_break_the_truce_when_each_side_reads_them_its_own_way(
    lever, act, mover
):
    game = bg.load_scenario("us-china-2025")
    other = next(name for name in game.player_names if name != mover)
    options = {"lever": lever, "act": act, "months": 2, "discount_factors": 0.99}
    deal = game.observed["busan"]
    apart = dispute(game, deal, readings={mover: 0.1, other: 0.9}, **options)
    assert apart.outcome == "breaks"
    assert bg.verify(apart)
    shared = dispute(game, deal, readings={mover: 1.0, other: 1.0}, **options)
    assert shared.outcome == "held"


def test_results_are_plain_and_false_claims_are_not_verified():
    found = contest((1.0, 3.0), (2.0, 1.0))
    assert found.to_dict()["outcome"] == "breaks"
    assert "covered" in str(found)
    assert not bg.verify(replace(found, outcome="held"))
    assert not bg.verify(replace(found, outcome="passes"))
    assert not bg.verify(replace(found, values=found.values + 0.1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"readings": (0.1, 1.5)}, "reading of 'other'"),
        ({"months": 0}, "months"),
        ({"other": "mover"}, "another player than the mover"),
        ({"discount_factors": 1}, "discount_factors"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        contest((1.0, 3.0), (2.0, 1.0), **options)


def test_an_act_that_is_none_is_named():
    game = bg.load_scenario("us-china-2025")
    deal = game.observed["busan"]
    readings = {"United States": 0.5, "China": 0.5}
    with pytest.raises(bg.InputError, match="that the agreement does not have"):
        dispute(game, deal, lever="affiliates rule", act=1300, readings=readings,
                discount_factors=0.9)  # fmt: skip
    with pytest.raises(bg.InputError, match="not for"):
        dispute(game, deal, lever="affiliates rule", act=20_000, readings={"China": 1.0},
                discount_factors=0.9)  # fmt: skip
    with pytest.raises(bg.InputError, match="expected a row"):
        contest((1.0, 3.0), (2.0, 1.0)).phase([2.0], [0.5])
