"""`solve` and the disagreement points."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from tests.strategic.zero_sum import zero_sum_value

A, B = bg.Player("A"), bg.Player("B")


def dilemma() -> bg.NormalFormGame:
    return bg.NormalFormGame.from_arrays(
        [[3, 0], [5, 1]], [[3, 5], [0, 1]], labels=[["low", "high"]] * 2
    )


def game(seed: int) -> bg.Negotiation:
    rng = np.random.default_rng(seed)
    levers = [bg.Lever("a", A, [0, 1, 2], 0), bg.Lever("b", B, [0, 1, 2], 0)]
    table = bg.TablePayoff(levers, {p: rng.normal(size=(3, 3)) for p in (A, B)})
    return bg.Negotiation([A, B], levers, [table])


def test_a_game_is_bargained_over_its_outcomes_from_its_equilibrium() -> None:
    agreement = bg.solve(dilemma())
    np.testing.assert_allclose(agreement.disagreement, [1, 1])
    np.testing.assert_allclose(agreement.payoffs, [3, 3], atol=1e-9)
    assert agreement.package["strategy of player 1"] == 0
    assert bg.verify(agreement)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_max_min_is_the_value_of_the_zero_sum_game_against_the_others(seed: int) -> None:
    negotiation = game(seed)
    packages = [{"a": i, "b": j} for i, j in itertools.product(range(3), repeat=2)]
    payoffs = negotiation.payoffs(packages).reshape(3, 3, 2)
    expected = [zero_sum_value(payoffs[:, :, 0]), zero_sum_value(payoffs[:, :, 1].T)]
    np.testing.assert_allclose(bg.MaxMin().point(negotiation).payoffs, expected, atol=1e-8)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_noncooperative_point_is_no_less_than_max_min_for_anybody(seed: int) -> None:
    negotiation = game(seed)
    equilibrium = bg.Noncooperative().point(negotiation).payoffs
    assert (equilibrium >= bg.MaxMin().point(negotiation).payoffs - 1e-8).all()


def test_the_status_quo_and_given_numbers_are_disagreement_points_too() -> None:
    negotiation = game(0)
    quo = bg.solve(negotiation, disagreement="status-quo")
    numbers = negotiation.payoffs(negotiation.status_quo)
    given_point = bg.solve(negotiation, disagreement=numbers)
    np.testing.assert_array_equal(quo.disagreement, given_point.disagreement)
    np.testing.assert_allclose(quo.payoffs, given_point.payoffs)
    np.testing.assert_allclose(
        bg.solve(negotiation, disagreement=bg.FixedPoint(numbers)).payoffs, quo.payoffs
    )


def test_levers_off_the_table_stand_still_at_the_status_quo() -> None:
    scenario = bg.load_scenario("us-china-2025")
    agreement = bg.solve(scenario, tradable=scenario.economic)
    for _, package in agreement.lottery:
        for lever in scenario.security:
            assert package[lever.name] == lever.status_quo
    assert bg.verify(agreement)


def test_the_ledger_adds_up_to_the_gains_and_says_who_conceded() -> None:
    scenario = bg.load_scenario("us-china-2025")
    for lotteries in (False, True):
        agreement = bg.solve(scenario, "kalai-smorodinsky", lotteries=lotteries)
        rows = agreement.ledger().rows
        total = np.array([row[-2:] for row in rows[:-1]], dtype=float).sum(axis=0)
        np.testing.assert_allclose(total, agreement.gains, atol=1e-9)
        assert {row[2] for row in rows[:-1]} <= {"conceded", "took back", "moved", ""}


def test_a_false_equilibrium_behind_the_disagreement_point_is_found_out() -> None:
    agreement = bg.solve(dilemma())
    assert agreement.equilibrium is not None
    false = dataclasses.replace(
        agreement.equilibrium,
        strategies=(
            ((1.0, bg.Package({"strategy of player 1": 0.0})),),
            agreement.equilibrium.strategies[1],
        ),
    )
    assert not bg.verify(dataclasses.replace(agreement, equilibrium=false))


def test_nashs_barter_of_1950() -> None:
    """Nash (1950): Bill gives book, whip, ball and bat, Jack gives pen, toy and knife; 12 and 5."""
    agreement = bg.solve(bg.load_scenario("nash-barter-1950"), disagreement="status-quo")
    np.testing.assert_allclose(agreement.gains, [12, 5], atol=1e-9)
    assert len(agreement.lottery) == 1


def test_bad_calls_are_named() -> None:
    problem = bg.BargainingProblem([[1, 0], [0, 1]], [0, 0])
    negotiation = game(0)
    with pytest.raises(bg.InputError, match="disagreement: the bargaining problem has one already"):
        bg.solve(problem, disagreement="status-quo")
    with pytest.raises(bg.InputError, match="tradable: it goes with a negotiation only"):
        bg.solve(problem, tradable=[])
    with pytest.raises(bg.InputError, match="unknown solution 'nahs': did you mean 'nash'"):
        bg.solve(negotiation, "nahs")
    with pytest.raises(bg.InputError, match="unknown disagreement 'war'"):
        bg.solve(negotiation, disagreement="war")
    with pytest.raises(bg.InputError, match="disagreement: expected 2 finite numbers"):
        bg.solve(negotiation, disagreement=[1.0, 2.0, 3.0])
    with pytest.raises(bg.InputError, match="disagreement: expected 2 finite numbers"):
        bg.solve(negotiation, disagreement=[1.0, float("nan")])
    with pytest.raises(bg.InputError, match="FixedPoint, values: expected numbers"):
        bg.solve(negotiation, disagreement=["a", "b"])
    with pytest.raises(bg.InputError, match="unknown lever 'c'"):
        bg.solve(negotiation, tradable=["c"])
    with pytest.raises(bg.InputError, match="expected a BargainingProblem, Negotiation"):
        bg.solve(3)  # type: ignore[arg-type]  # that is the point
