"""Alternating offers over single packages and points: ties, several equilibria, and bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.strategic.alternating_offers import alternating_offers
from bargaining.testing import negotiations


def offers(problem: object, *arguments: object, **options: object) -> bg.Offers:
    found = alternating_offers(problem, *arguments, lotteries=False, **options)
    assert found.certificate
    assert bg.verify(found)
    assert np.all(found.lowest <= found.payoffs + 1e-9)
    assert np.all(found.payoffs <= found.highest + 1e-9)
    return found


def coins(number: int) -> bg.BargainingProblem:
    shares = [(k / number, 1 - k / number) for k in range(number + 1)]
    return bg.BargainingProblem(bg.PointSet(shares), [0, 0])


def test_with_a_smallest_coin_patient_players_can_agree_on_any_split():
    """Any split is an equilibrium outcome (van Damme, Selten and Winter 1990)."""
    found = offers(coins(10), (0.99, 0.99))
    assert not found.unique
    assert found.lowest == pytest.approx([0, 0])
    assert found.highest == pytest.approx([1, 1])
    assert found.payoffs.tolist() == [1.0, 0.0]


def test_small_coins_and_impatient_players_come_close_to_the_divisible_pie():
    found = offers(coins(1000), (0.5, 0.5))
    assert found.payoffs == pytest.approx([2 / 3, 1 / 3], abs=0.005)
    assert found.highest - found.lowest == pytest.approx([0, 0], abs=0.01)


def test_points_without_ties_can_have_a_single_equilibrium():
    points = [[5.0, 1.1], [3.0, 3.2], [1.0, 5.3]]
    found = offers(bg.BargainingProblem(bg.PointSet(points), [0, 0]), (0.5, 0.5))
    assert found.unique
    assert found.payoffs.tolist() == [3.0, 3.2]


def test_the_only_round_is_an_ultimatum_and_a_tie_leaves_a_range():
    points = bg.PointSet([[4, 0], [3, 1], [0, 4]])
    found = offers(bg.BargainingProblem(points, [0, 0]), (0.9, 0.9), horizon=1)
    assert found.payoffs.tolist() == [4.0, 0.0]
    assert not found.unique
    assert found.lowest.tolist() == [3.0, 0.0]


def test_points_below_an_impasse_are_refused_for_ever():
    points = bg.PointSet([[4, 0], [0, 4]])
    found = offers(bg.BargainingProblem(points, [1, 1]), (0.9, 0.9))
    assert not found.agreed
    assert found.payoffs == pytest.approx([1, 1])


@given(
    negotiations(min_players=2, max_players=2, min_levers=2, max_levers=3),
    st.sampled_from([0.3, 0.6, 0.9]), st.sampled_from([0.0, 0.1]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_packages_found_by_search_are_those_found_by_listing(game, patience, risk):
    levels = [lever.array() for lever in game.free_levers]
    names = [lever.name for lever in game.free_levers]
    listed = [
        game.package(dict(zip(names, row, strict=True))) for row in itertools.product(*levels)
    ]
    points = bg.PointSet(game.payoffs(listed))
    d = game.payoffs(game.status_quo)
    options = {"breakdown": risk, "outside_options": d - 0.5}
    by_search = offers(game, [patience] * 2, disagreement="status-quo", **options)
    by_list = offers(bg.BargainingProblem(points, d), [patience] * 2, **options)
    assert by_search.payoffs == pytest.approx(by_list.payoffs, abs=1e-9)
    assert by_search.unique == by_list.unique
    assert by_search.lowest == pytest.approx(by_list.lowest, abs=1e-9)
    assert by_search.highest == pytest.approx(by_list.highest, abs=1e-9)


def test_three_players_are_refused_over_single_packages():
    problem = bg.BargainingProblem(bg.PointSet(np.eye(3)), [0, 0, 0])
    with pytest.raises(bg.InputError, match="more than two players"):
        alternating_offers(problem, [0.9] * 3, lotteries=False)
