"""Truces under private signals: truth-telling as a tie, closed forms, simulation, bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.contested.private import private_truce
from bargaining.enforcement.contested.private_rule import WarLength
from tests.enforcement import games

GAINS, HARMS = (1.0, 0.5), (2.0, 1.0)


def trade(gains=GAINS, harms=HARMS, *, scales=(1.0, 1.0), swap=False) -> bg.Negotiation:
    """Return an open and a concealed lever a side: each gains its owner and harms the other."""
    players = [bg.Player("A"), bg.Player("B")]
    levers, terms = [], []
    for k, kind in enumerate(("open", "concealed")):
        for owner, other in ((0, 1), (1, 0)):
            lever = bg.Lever(f"{kind} {players[owner].name}", players[owner], [0, 1], 1)
            tables = {
                players[owner]: [0, gains[k] * scales[owner]],
                players[other]: [0, -harms[k] * scales[other]],
            }
            levers.append(lever)
            terms.append(bg.TablePayoff(lever, tables))
    return bg.Negotiation(players[::-1] if swap else players, levers, terms)


def watched(game: bg.Negotiation, **options):
    options = {
        "discount_factor": 0.9, "false_alarm": 0.1,
        "detection": {"concealed A": 0.6, "concealed B": 0.6}, **options,
    }  # fmt: skip
    return private_truce(game, dict.fromkeys(game.levers, 0), **options)


def test_without_false_alarms_a_strike_gains_at_once_what_the_war_costs_after() -> None:
    """Gain g = delta (1 - delta^T) / (1 - delta) s: with s = 1.5 and delta 0.9, T from g = 1.5."""
    found = watched(trade(), false_alarm=0.0)
    for length in found.lengths:
        ahead = 1 - 0.1 * 1.5 / (0.9 * 1.5)
        assert length.back(0.9) == pytest.approx(0.9 * ahead)
    assert found.expected_life is None
    assert found.payoffs == pytest.approx([0, 0])


@pytest.mark.parametrize("alarm", [0.01, 0.1, 0.2])
def test_between_sides_alike_the_length_is_the_closed_form(alarm: float) -> None:
    """With b = (B - A (1 - (1 - e) delta)) / (B - e A), with A (1 - e) (s + g) and B s - e h."""
    found = watched(trade(), false_alarm=alarm)
    s, g, h, delta = 1.5, 1.5, 3.0, 0.9
    strike, keep = (1 - alarm) * (s + g), s - alarm * h
    back = (keep - strike * (1 - (1 - alarm) * delta)) / (keep - alarm * strike)
    for side, length in zip(found.sides, found.lengths, strict=True):
        assert [side.kept, side.strikes, side.struck, side.both] == pytest.approx(
            [s, s + g, s - h, 0]
        )
        assert length.back(delta) == pytest.approx(back)
    assert found.payoffs == pytest.approx([-1.5 + 0.1 * strike / (1 - back)] * 2)
    assert found.chance_of_war == pytest.approx(1 - (1 - alarm) ** 2)
    assert bg.verify(found)


@settings(max_examples=40)
@given(
    st.floats(0.5, 0.99), st.tuples(st.floats(0, 0.3), st.floats(0, 0.3)),
    st.tuples(st.floats(0.1, 2), st.floats(0.1, 1)),
    st.tuples(st.floats(2.1, 5), st.floats(1.1, 3)),
)  # fmt: skip
def test_striking_and_keeping_still_are_a_tie_and_the_values_add_up_state_by_state(
    delta, alarms, gains, harms
):
    game = trade(gains, harms)
    found = watched(
        game, discount_factor=delta, false_alarm=dict(zip(("A", "B"), alarms, strict=True)),
        detection={"concealed A": 0.5, "concealed B": 0.9},
    )  # fmt: skip
    assert bg.verify(found)
    if not found.holds:
        assert found.reasons
        assert found.payoffs == pytest.approx(found.punishment)
        return
    values = (found.payoffs - found.punishment) / (1 - delta)
    backs = [length.back(delta) for length in found.lengths]
    for i, (side, value) in enumerate(zip(found.sides, values, strict=True)):
        e, other = side.alarm, alarms[1 - i]
        # all four cases of who has an alarm; the other side has one about i with probability e
        shares = [(1 - e) * (1 - other), e * (1 - other), (1 - e) * other, e * other]
        months = [side.kept, side.struck, side.strikes, side.both]
        after = [delta, backs[1 - i], backs[i], sum(backs) / 2]
        total = sum(q * (now + b * value) for q, now, b in zip(shares, months, after, strict=True))
        assert total == pytest.approx(value, rel=1e-8, abs=1e-8)


def test_the_worth_is_what_many_simulated_truces_bring() -> None:
    found = watched(trade(), false_alarm={"A": 0.15, "B": 0.05})
    rng, delta = np.random.default_rng(3), 0.9
    totals = np.zeros((4000, 2))
    for run in totals:
        month = 0
        while delta**month > 1e-5:
            about = rng.random(2) < found.false_alarms  # an alarm about each player
            strikers = [bool(about[1]), bool(about[0])]
            for i, side in enumerate(found.sides):
                mine, theirs = strikers[i], strikers[1 - i]
                now = (side.kept, side.struck, side.strikes, side.both)[2 * mine + theirs]
                run[i] += delta**month * now
            month += 1
            if any(strikers):
                who = rng.integers(2) if all(strikers) else strikers.index(True)
                length = found.lengths[who]
                month += length.months + (rng.random() < length.one_more)
    worth = (found.payoffs - found.punishment) / (1 - delta)
    error = totals.std(axis=0) / np.sqrt(len(totals))
    assert (np.abs(totals.mean(axis=0) - worth) < 4 * error).all()


def test_a_breach_that_is_seldom_seen_is_made_and_the_truce_does_not_hold() -> None:
    often, seldom = watched(trade()), watched(trade(), detection={"concealed A": 0.15})
    assert often.holds
    assert not seldom.holds
    assert seldom.slacks[0] < 0 < seldom.slacks[1]
    assert "A would break the truce in secret" in seldom.explain()
    assert seldom.payoffs == pytest.approx(seldom.punishment)


def test_an_impatient_side_that_gains_much_by_striking_cannot_be_made_truthful() -> None:
    found = watched(trade(gains=(1.9, 0.5), harms=(2.0, 1.0)), discount_factor=0.3)
    assert found.lengths is None
    assert "No war that A begins" in found.explain()
    assert bg.verify(found)


def test_nobody_keeps_what_is_no_better_than_war() -> None:
    game = trade(gains=(1.0, 0.5), harms=(6.0, 1.0))
    still = dict.fromkeys(game.levers, 1)
    found = private_truce(game, still, discount_factor=0.9, false_alarm=0.1, detection={})
    assert not found.holds
    assert "no better off in the truce than in war" in found.explain()


@pytest.mark.parametrize("scales", [(1.0, 1e4), (1e-3, 1.0)])
def test_units_and_the_order_of_players_do_not_matter(scales) -> None:
    alarms = {"A": 0.15, "B": 0.05}
    one = watched(trade(), false_alarm=alarms)
    other = watched(trade(scales=scales), false_alarm=alarms)
    swapped = watched(trade(swap=True), false_alarm=alarms)
    assert other.payoffs == pytest.approx(one.payoffs * scales, rel=1e-9)
    assert swapped.payoffs[::-1] == pytest.approx(one.payoffs)
    for first, second in zip(one.lengths, other.lengths, strict=True):
        assert first.expected == pytest.approx(second.expected)


def test_a_length_that_is_drawn_is_worth_what_it_should() -> None:
    for delta in (0.3, 0.9, 0.99):
        for back in (1e-6, 0.1 * delta, 0.7 * delta, delta**3, delta):
            length = WarLength.of(back, delta)
            assert 0 <= length.one_more <= 1
            assert length.back(delta) == pytest.approx(back, rel=1e-9)
    assert WarLength.of(0.0, 0.9).expected is None


def test_the_shipped_truce_and_what_it_reads_as() -> None:
    game = bg.load_scenario("us-china-2025")
    seen = {"precursor enforcement": 0.3, "rare-earth controls": 0.5, "advanced-chip sales": 0.5}
    found = private_truce(
        game, game.observed["busan"], discount_factor=0.99, false_alarm=0.02, detection=seen
    )
    assert found.holds
    assert bg.verify(found)
    assert "by a public draw" in found.explain()
    assert "which holds" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["holds"] is True
    assert not bg.verify(replace(found, payoffs=found.payoffs + 1))
    assert not bg.verify(replace(found, slacks=found.slacks - 1))
    assert not bg.verify(replace(found, holds=False))
    first, second = found.lengths
    longer = WarLength(first.months + 1, first.one_more)
    assert not bg.verify(replace(found, lengths=(longer, second)))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"discount_factor": 1.0}, r"in \[0, 1\)"),
        ({"discount_factor": (0.9, 0.8)}, "expected one number"),
        ({"false_alarm": 1.0}, "expected less than 1"),
        ({"false_alarm": {"A": 0.1}}, "expected a number for each player"),
        ({"false_alarm": -0.1}, "false_alarm"),
        ({"detection": 0.5}, "expected a mapping"),
        ({"detection": {"concealed A": 0.05}}, "at least the chance of a false alarm"),
        ({"detection": {"conceal A": 0.5}}, "unknown lever"),
    ],
)
def test_bad_input_is_named(change, match) -> None:
    with pytest.raises(bg.InputError, match=match):
        watched(trade(), **change)


def test_lotteries_and_more_players_are_refused() -> None:
    game = trade()
    lottery = [(0.5, dict.fromkeys(game.levers, 0)), (0.5, dict.fromkeys(game.levers, 1))]
    with pytest.raises(bg.InputError, match="one package"):
        private_truce(game, lottery, discount_factor=0.9, false_alarm=0, detection={})
    three = games.cournot(3)
    with pytest.raises(bg.InputError, match="two players"):
        private_truce(
            three, games.at(three, 1, 1, 1), discount_factor=0.9, false_alarm=0, detection={}
        )
