"""Truces: the closed form, unravelling, both sides' ends, choice, length, and what changes none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.patience.critical import critical_discount_factors
from bargaining.enforcement.truces.truce import Truce, monthly
from tests.enforcement import games

WAR = [0.0, 0.0]


def dilemma(gain: float, status_quo=(1, 1)) -> bg.Negotiation:
    """Return a dilemma: (1, 1), a breach gains `gain`, (0, 0) without cooperation."""
    a = [[1, -gain], [1 + gain, 0]]
    return games.lever_game(a, np.transpose(a), status_quo=list(status_quo))


def truce(gain: float, **options) -> Truce:
    game = dilemma(gain)
    options = {"months": 12, "renewal": 0.7, **options}
    return Truce(games.at(game, 0, 0), negotiation=game, **options)


def test_where_a_lapse_is_war_the_critical_renewal_is_the_closed_form():
    delta, months = 0.99, 12
    g = 50 * delta
    found = truce(g, months=months).critical_renewal(delta)
    patience = (1 - delta**months) / (1 - delta)
    assert found.least == pytest.approx(50 / (patience + 50 * delta**months))
    assert found.least == pytest.approx(0.898, abs=5e-4)
    assert bg.verify(found)
    assert truce(g, renewal=found.least + 1e-6).holds(delta).holds
    assert not truce(g, renewal=found.least - 1e-6).holds(delta).holds


@given(
    st.floats(0.01, 80), st.floats(0.5, 0.995), st.integers(1, 40), st.floats(0, 1),
    st.floats(0, 0.2), st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
)  # fmt: skip
def test_every_month_agrees_with_the_chain_of_months_solved_as_equations(
    gain, delta, months, renewal, hazard, lapse
):
    found = truce(gain, months=months, renewal=renewal, hazard=hazard, lapse=lapse)
    held = found.holds(delta)
    assert bg.verify(held)
    assert held.by_month.shape == (months, 2)
    assert held.slacks == pytest.approx(held.by_month.min(axis=0))
    ranges = found.critical_renewal(delta)
    assert bg.verify(ranges)
    inside = (ranges.lowest <= renewal) & (renewal <= ranges.highest)
    clear = (np.abs(ranges.lowest - renewal) > 1e-6) & (np.abs(ranges.highest - renewal) > 1e-6)
    assert ((held.slacks >= 0) == inside)[clear].all()


def test_sure_renewal_is_the_repeated_game():
    always = truce(0.5, renewal=1).critical_discount_factors()
    game = dilemma(0.5)
    repeated = critical_discount_factors(game, games.at(game, 0, 0)).common
    assert always.least == pytest.approx(repeated, abs=1e-8)
    assert bg.verify(always)
    assert truce(0.5, renewal=1).holds(repeated + 1e-6).holds


def test_a_sure_end_unravels_with_one_stage_equilibrium_and_patience_is_no_help():
    sure = truce(0.5, renewal=0)
    held = sure.holds(0.999)
    assert not held.holds
    assert held.unravels
    assert "unravels" in held.explain()
    assert held.tightest_month == (12, 12)
    assert sure.critical_discount_factors().least is None
    assert sure.critical_discount_factors().common == ()


def test_with_several_stage_equilibria_a_sure_end_need_not_unravel():
    # Benoit and Krishna: (2, 2) and (0, 0) are equilibria; keeping (3, 3) is paid for by the first.
    a = [[3, -1, -1], [4, 2, -1], [-1, -1, 0]]
    game = games.lever_game(a, np.transpose(a), status_quo=[2, 2])
    pause = Truce(games.at(game, 0, 0), negotiation=game, months=6, renewal=0, lapse=[2.0, 2.0],
                  disagreement=[0.0, 0.0])  # fmt: skip
    held = pause.holds(0.9)
    assert held.holds
    assert not held.unravels
    assert not held.renegotiation_proof


def test_no_patience_is_enough_when_what_is_expected_of_the_truce_is_finite():
    # As delta goes to 1 a truce of L months renewed with probability q is worth q L / (1 - q).
    months, q = 12, 0.5
    limit = q * months / (1 - q)
    assert truce(limit * 1.01, renewal=q).critical_discount_factors().least is None
    least = truce(limit * 0.99, renewal=q).critical_discount_factors().least
    assert least is not None
    assert least > 0.99


def test_the_last_month_is_tightest_when_a_lapse_is_war_and_the_first_when_it_is_better():
    assert truce(5).holds(0.99).tightest_month == (12, 12)
    assert truce(5, lapse=[2.0, 2.0]).holds(0.99).tightest_month == (1, 1)


@pytest.mark.parametrize(("factor", "shift"), [((3.0, 0.01), (7.0, -2.0))])
def test_payoffs_in_another_unit_change_nothing(factor, shift):
    a = np.array([[1, -1.5], [2.5, 0]])
    plain = games.lever_game(a, a.T, status_quo=[1, 1])
    other = games.lever_game(
        factor[0] * a + shift[0], factor[1] * a.T + shift[1], status_quo=[1, 1]
    )
    both = [Truce(games.at(g, 0, 0), negotiation=g, months=9, renewal=0.4) for g in (plain, other)]
    one, two = (t.critical_renewal(0.95) for t in both)
    assert one.lowest == pytest.approx(two.lowest)
    assert both[0].critical_discount_factors().least == pytest.approx(
        both[1].critical_discount_factors().least, abs=1e-8
    )
    held = [t.holds(0.95) for t in both]
    assert held[0].slacks * factor == pytest.approx(held[1].slacks)


def test_a_longer_end_on_one_side_is_kept_only_where_the_lapse_makes_it_worth_it():
    game = dilemma(0.5)
    months = {"player 1": 12, "player 2": 14}
    for lapse, kept in (("war", 0), ([0.9, 0.9], 2)):
        pause = Truce(
            games.at(game, 0, 0), negotiation=game, months=months, renewal=0.7, lapse=lapse
        )
        held = pause.holds(0.95)
        assert held.holds
        assert held.kept_after == kept
        assert bg.verify(held)
    # (defect, cooperate) = (1.5, -0.5) for two months, then the lapse
    expected = np.array([1.5, -0.5]) * (1 + 0.95) + 0.95**2 * 0.9 / 0.05
    assert held.after_lapse == pytest.approx(expected)


def test_renewal_is_chosen_when_the_truce_beats_its_lapse_and_refused_otherwise():
    likes = truce(0.5).equilibrium_renewal(0.95)
    assert likes.renewal == 1.0
    assert likes.assumed == 0.7
    assert likes.holds
    refuses = truce(0.5, lapse=[2.0, 0.0]).equilibrium_renewal(0.95)
    assert refuses.chances.tolist() == [0.0, 1.0]
    assert refuses.renewal == 0.0
    assert bg.verify(likes)
    assert bg.verify(refuses)


def test_chances_of_renewal_fall_with_its_costs_and_solve_their_equation():
    chances = []
    for cost in (5.0, 15.0, 30.0, 200.0):
        found = truce(0.5).equilibrium_renewal(0.95, costs=cost)
        assert bg.verify(found)
        q, worth = found.chances[0], found.worth[0]
        assert q == pytest.approx(min(1.0, worth / cost))
        end = q * (worth - cost / 2 if q == 1 else worth * q / 2)
        year = (1 - 0.95**12) / 0.05
        assert worth == pytest.approx(year + 0.95**12 * end)
        assert found.least_renewal <= found.renewal + 1e-12
        chances.append(found.renewal)
    assert chances == sorted(chances, reverse=True)


def test_the_phase_diagram_agrees_with_single_answers_and_is_monotone():
    pause = truce(5)
    grid, chances = np.linspace(0, 0.99, 8), np.linspace(0, 1, 11)
    found = pause.phase(discount_factors=grid, renewals=chances)
    assert found.holds.shape == (8, 11)
    assert bg.verify(found)
    for i, j in ((0, 10), (4, 5), (7, 3), (7, 10)):
        single = truce(5, renewal=float(chances[j])).holds(float(grid[i])).holds
        assert found.holds[i, j] == single
    assert (np.diff(found.holds.astype(int), axis=0) >= 0).all()
    assert (np.diff(found.holds.astype(int), axis=1) >= 0).all()


def test_without_risk_a_repeal_is_best_and_with_a_hazard_a_shorter_pause_may_be():
    assert truce(0.5).best_length(discount_factors=0.95).best is None
    exposed = truce(0.5, renewal=0.9, hazard=0.05, lapse=[0.8, 0.8])
    found = exposed.best_length((1, 3, 6, 12, 24, None), discount_factors=0.95)
    assert found.agreed
    assert found.best == 1
    assert bg.verify(found)
    # a repeal that takes years to be undone is no longer safe
    slow = truce(5).best_length((12, None), discount_factors=0.95, repeal_lag=36)
    assert slow.holds == (True, False)
    assert slow.best == 12


def test_a_longer_pause_may_buy_a_larger_package_which_tempts_more():
    game = games.cournot(2)
    small, large = games.at(game, 7, 7), games.at(game, 6, 6)
    pause = Truce(small, negotiation=game, months=6, renewal=0.4)
    menu = {6: small, 24: large}
    for delta, best in ((0.5, 6), (0.9, 24)):
        found = pause.best_length((6, 24), discount_factors=delta, packages=menu)
        assert found.best == best
    nothing = pause.best_length((6, 24), discount_factors=0.01, packages=menu)
    assert not nothing.agreed
    assert nothing.to_dict()["holds"] == [False, False]


def test_the_pause_of_busan_holds_from_a_small_chance_of_renewal_on():
    game = bg.load_scenario("us-china-2025")
    pause = bg.Truce(game.observed["busan"], negotiation=game, months=12, renewal=0.7)
    held = pause.holds(monthly(0.9))
    assert held.holds
    assert bg.verify(held)
    least = pause.critical_renewal(monthly(0.9)).least
    assert least is not None
    assert 0 < least < 0.5
    assert (
        Truce(game.observed["busan"], negotiation=game, months=12, renewal=0).holds(0.99).unravels
    )
    # its measures end on 9 and 10 November (US), 10 and 27 November 2026 (China)
    dates = {"United States": 12, "China": 13}
    later = Truce(game.observed["busan"], negotiation=game, months=dates, renewal=0.7)
    assert later.holds(monthly(0.9)).kept_after == 0


def test_an_agreement_brings_its_negotiation_and_a_lottery_binds_at_every_draw():
    game = games.coordination_lottery()
    draws = [(0.5, games.at(game, 0, 0)), (0.5, games.at(game, 1, 1))]
    found = Truce(draws, negotiation=game, months=3, renewal=1).critical_discount_factors()
    assert found.least == pytest.approx(0.5, abs=1e-8)
    agreement = bg.solve(dilemma(0.5))
    assert Truce(agreement, months=3, renewal=1).holds(0.9).holds


def test_a_false_claim_is_not_verified():
    held = truce(5).holds(0.99)
    assert not bg.verify(replace(held, holds=not held.holds))
    assert not bg.verify(replace(held, by_month=held.by_month + 1))
    likely = truce(5).critical_renewal(0.99)
    assert not bg.verify(replace(likely, lowest=likely.lowest + 0.05))
    patient = truce(5).critical_discount_factors()
    wrong = (((0.2, 0.999999),),) * 2
    assert not bg.verify(replace(patient, ranges=wrong))


def test_a_sure_end_unravels_from_different_dates_too():
    game = dilemma(0.5)
    months = {"player 1": 12, "player 2": 14}
    pause = Truce(games.at(game, 0, 0), negotiation=game, months=months, renewal=0)
    assert pause.holds(0.99).unravels


def test_results_are_tables_and_plain_values():
    pause = truce(5)
    for result in (
        pause.holds(0.9), pause.critical_renewal(0.9), pause.critical_discount_factors(),
        pause.equilibrium_renewal(0.9), pause.best_length(discount_factors=0.9),
        pause.phase(discount_factors=[0.5], renewals=[0.5]),
    ):  # fmt: skip
        assert str(result)
        assert "certificate" in result.to_dict()
    impossible = truce(50).critical_renewal(0.5)
    assert impossible.least is None
    assert impossible.to_dict()["lowest"] == [None, None]
    assert "12 months" in repr(pause)


def test_results_say_in_words_what_their_tables_say():
    pause = truce(2.0, months=12, renewal=0.9)
    least = pause.critical_renewal(0.99)
    assert f"From a chance of renewal of {least.least:.3g} on all keep" in least.explain()
    assert (
        "With no chance of renewal"
        in truce(2.0, months=12, renewal=0.9).critical_renewal(0.01).explain()
    )
    patience = pause.critical_discount_factors()
    assert f"from a discount factor of {patience.least:.4g} a month on" in patience.explain()
    assert "no patience holds" in pause.critical_discount_factors(renewal=0.0).explain()
    assert "renewed with probability 1" in pause.equilibrium_renewal(0.99).explain()
    lengths = pause.best_length([3, 12, None], discount_factors=0.99)
    assert "these hold: 3 months, 12 months, repeal. Agreed: repeal." in lengths.explain()
    diagram = pause.phase(discount_factors=[0.01, 0.99], renewals=[0.0, 1.0])
    assert "in 25 % of the diagram" in diagram.explain()


def test_months_and_years_agree():
    assert monthly([0.9, 0.5]) ** 12 == pytest.approx([0.9, 0.5])
    with pytest.raises(bg.InputError, match="monthly, yearly"):
        monthly(1.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"months": 0}, "months: expected a whole number"),
        ({"months": 1.5}, "months: expected a whole number"),
        ({"months": {"player 1": 3}}, "not for"),
        ({"renewal": 1.1}, "renewal: expected a number in"),
        ({"renewal": True}, "renewal"),
        ({"hazard": -0.1}, "hazard"),
        ({"lapse": "peace"}, "unknown disagreement 'peace'"),
        ({"negotiation": None}, "negotiation: expected the Negotiation"),
    ],
)
def test_bad_input_is_named(options, message):
    game = dilemma(1)
    options = {"negotiation": game, "months": 12, "renewal": 0.5, **options}
    with pytest.raises(bg.InputError, match=message):
        Truce(games.at(game, 0, 0), **options)


def test_bad_arguments_of_methods_are_named():
    pause = truce(1)
    with pytest.raises(bg.InputError, match="discount_factors"):
        pause.holds(1.0)
    with pytest.raises(bg.InputError, match="costs"):
        pause.equilibrium_renewal(0.9, costs=-1)
    with pytest.raises(bg.InputError, match="renewals"):
        pause.phase(discount_factors=[0.5], renewals=0.5)
    with pytest.raises(bg.InputError, match="lengths"):
        pause.best_length([], discount_factors=0.5)
