"""Equilibrium payoffs of three players, between a set from outside and one from inside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg
from bargaining.enforcement.repeated.approximations import directions_of
from tests.enforcement.stage_games import dilemma, dilemma_of_three, game, makes, pennies

HYPERPLANES = "judd-yeltekin-conklin"


def three(delta: float, refinement: int = 1) -> bg.RepeatedPayoffSet:
    result = bg.repeated_payoff_set(dilemma_of_three(), delta, refinement=refinement)
    assert result.certificate.holds
    return result


def test_the_set_from_inside_generates_itself():
    result = three(0.6)
    for vertex in result.vertices:
        assert makes(dilemma_of_three(), 0.6, result.vertices, vertex) < 1e-5
        assert not result.excludes(vertex)
        assert result.contains(vertex)
    assert bool(bg.verify(result))


def test_all_contribute_to_a_public_good_from_the_critical_discount_factor_on():
    # 3 each instead of 4 once and 0 for ever
    assert three(0.26).contains([3, 3, 3])
    assert three(0.24).excludes([3, 3, 3])


def test_patient_players_reach_what_is_feasible_above_the_minmax():
    result = three(0.9)
    assert result.error < 0.2
    assert result.contains([3, 3, 3])
    assert result.contains([0, 0, 0])
    assert result.contains([1, 2, 3])
    assert result.excludes([-0.01, 3, 3])
    assert not result.empty


def test_impatient_players_play_the_equilibrium():
    result = three(0.0)
    assert result.vertices.tolist() == [[0, 0, 0]]
    assert result.error < 1e-7


def test_more_directions_narrow_the_gap():
    coarse, fine = (
        bg.repeated_payoff_set(dilemma(), 0.6, method=HYPERPLANES, refinement=k) for k in (1, 3)
    )
    assert fine.error < 1e-6 < coarse.error


def test_units_do_not_matter():
    a, b = dilemma().payoff_arrays
    plain = bg.repeated_payoff_set(game(a, b), 0.6, method=HYPERPLANES)
    scaled = bg.repeated_payoff_set(game(1e5 * a - 7, 1e-5 * b), 0.6, method=HYPERPLANES)
    assert scaled.error == pytest.approx(plain.error, abs=1e-6)
    for point in ([3, 3], [1, 1], [2, 2.5]):
        moved = [1e5 * point[0] - 7, 1e-5 * point[1]]
        assert scaled.contains(moved) == plain.contains(point)
    assert scaled.excludes([1e5 * 0.5 - 7, 1e-5])


def test_no_equilibrium_is_a_result():
    a, b = pennies().payoff_arrays
    idle = game(*(np.stack([table, table], axis=-1) for table in (a, b, np.zeros((2, 2)))))
    result = bg.repeated_payoff_set(idle, 0.8)
    assert result.empty
    assert result.excludes([0, 0, 0])
    assert bool(bg.verify(result))


def test_a_wrong_set_does_not_pass():
    result = three(0.2)
    assert not bg.verify(replace(result, vertices=np.array([[0.0, 0, 0], [3, 3, 3]])))


@pytest.mark.parametrize("players", [2, 3, 4])
def test_directions_are_the_same_for_relabelled_players(players):
    rows = directions_of(players, 1)
    np.testing.assert_array_equal(rows[:players], -np.eye(players))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1)
    turned = {tuple(row) for row in np.roll(rows, 1, axis=1).round(12)}
    assert turned == {tuple(row) for row in rows.round(12)}
    assert len(rows) == 3**players - 1


def test_bad_input_is_named():
    with pytest.raises(bg.InputError, match="refinement: expected a whole number > 0"):
        bg.repeated_payoff_set(dilemma_of_three(), 0.5, refinement=0)
    with pytest.raises(bg.InputError, match="for 3 players"):
        bg.repeated_payoff_set(dilemma_of_three(), 0.5, method="abreu-sannikov")
    large = game(*np.zeros((3, 20, 20, 20)))
    with pytest.raises(bg.IntractableError, match="208,000 linear programs"):
        bg.repeated_payoff_set(large, 0.5)
