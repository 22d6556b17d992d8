"""Equilibrium payoffs of repeated games of two players."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.repeated.polygon import outside
from bargaining.enforcement.repeated.repeated import folk_theorem_set
from bargaining.testing import bimatrix_games
from tests.enforcement.stage_games import cournot, dilemma, game, makes, pennies

DELTAS = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
SOLVED = {
    "dilemma": dilemma(),
    "cournot": cournot(3, cost=0.1),
    "sexes": game([[4, 0], [0, 2]], [[2, 0], [0, 4]]),
    "chicken": game([[3, 1], [5, 0]], [[3, 5], [1, 0]]),
    "drawn": game(*np.random.default_rng(3).random((2, 3, 3))),
}


def solved(stage: bg.NormalFormGame, delta: float) -> bg.RepeatedPayoffSet:
    result = bg.repeated_payoff_set(stage, delta)
    assert result.certificate.holds
    return result


def same(first, second) -> bool:
    if not len(first) or not len(second):
        return len(first) == len(second)
    return max(outside(first, second).max(), outside(second, first).max()) < 1e-7


@given(bimatrix_games(), DELTAS)
def test_every_vertex_is_made_of_the_set_itself(stage, delta):
    result = solved(stage, delta)
    for vertex in result.vertices:
        assert makes(stage, delta, result.vertices, vertex) < 1e-7
    assert bool(bg.verify(result))


@given(bimatrix_games(), DELTAS)
def test_more_patience_sustains_more_when_there_is_a_public_draw(stage, delta):
    impatient, patient = solved(stage, delta), solved(stage, min(0.995, delta + 0.15))
    if not impatient.empty:
        assert outside(impatient.vertices, patient.vertices).max() < 1e-6


@given(bimatrix_games(), DELTAS)
def test_equilibria_of_the_stage_game_stay_equilibria(stage, delta):
    result = solved(stage, delta)
    for profile in stage.pure_equilibria():
        assert result.contains([table[profile] for table in stage.payoff_arrays])


@given(bimatrix_games(), DELTAS)
def test_nobody_gets_less_than_the_pure_minmax(stage, delta):
    result = solved(stage, delta)
    if not result.empty:
        a, b = stage.payoff_arrays
        floor = [a.max(axis=0).min(), b.max(axis=1).min()]
        assert np.all(result.threats >= np.array(floor) - 1e-9)


@given(bimatrix_games(), DELTAS)
def test_units_and_names_do_not_matter(stage, delta):
    a, b = stage.payoff_arrays
    result = solved(stage, delta)
    other_units = solved(game(1e6 * a - 3e6, 1e-6 * b + 5e-6), delta)
    turned = solved(game(b.T, a.T), delta)
    shuffled = solved(game(a[::-1, ::-1], b[::-1, ::-1]), delta)
    doubled = solved(game(np.concatenate([a, a]), np.concatenate([b, b])), delta)
    back = (other_units.vertices - [-3e6, 5e-6]) / [1e6, 1e-6]
    for vertices in (back, turned.vertices[:, ::-1], shuffled.vertices, doubled.vertices):
        assert same(result.vertices, vertices if len(vertices) < 3 else oriented(vertices))


def oriented(vertices):
    """Return vertices counterclockwise, as a reflection turns them round."""
    following = np.roll(vertices, -1, axis=0)
    turn = vertices[:, 0] * following[:, 1] - vertices[:, 1] * following[:, 0]
    return vertices if turn.sum() > 0 else vertices[::-1]


@pytest.mark.parametrize("name", SOLVED)
@pytest.mark.parametrize("delta", [0.2, 0.5, 0.9])
def test_no_equilibrium_payoff_is_left_out_by_supporting_half_spaces(name, delta):
    exact = solved(SOLVED[name], delta)
    outer = bg.repeated_payoff_set(SOLVED[name], delta, method="judd-yeltekin-conklin")
    assert exact.empty or not outer.empty
    for vertex in exact.vertices:
        assert not outer.excludes(vertex)
    for vertex in outer.vertices:
        assert outside(vertex[None], exact.vertices)[0] < 1e-5
    assert exact.empty or outer.error < 0.8


@pytest.mark.parametrize("name", SOLVED)
def test_patient_players_reach_all_feasible_payoffs_above_the_minmax(name):
    limit = folk_theorem_set(SOLVED[name])
    result = solved(SOLVED[name], 0.99999)
    assert outside(result.vertices, limit).max() < 1e-9
    scale = SOLVED[name].scale.max()
    assert outside(limit, result.vertices).max() < 1e-3 * scale


@pytest.mark.parametrize("name", SOLVED)
def test_impatient_players_play_equilibria_of_the_stage_game(name):
    stage = SOLVED[name]
    nash = [
        [table[profile] for table in stage.payoff_arrays] for profile in stage.pure_equilibria()
    ]
    result = bg.repeated_payoff_set(stage, 0)
    assert result.empty == (not nash)
    assert not nash or outside(np.array(nash), result.vertices).max() < 1e-12
    for vertex in result.vertices:
        assert np.abs(np.array(nash) - vertex).max(axis=1).min() < 1e-12


@pytest.mark.parametrize(("both", "alone", "neither", "sucker"), [(3, 5, 1, 0), (2, 3, 0, -2)])
def test_cooperation_in_the_dilemma_starts_at_its_critical_discount_factor(
    both, alone, neither, sucker
):
    stage = dilemma(both, alone, neither, sucker)
    critical = (alone - both) / (alone - neither)
    assert solved(stage, critical).contains([both, both])
    assert solved(stage, critical + 1e-6).contains([both, both])
    assert not solved(stage, critical - 1e-6).contains([both, both])


def test_patient_prisoners_reach_the_vertices_of_the_folk_theorem():
    vertices = solved(dilemma(), 0.9).vertices
    np.testing.assert_allclose(vertices, [[1, 1], [13 / 3, 1], [3, 3], [1, 13 / 3]], atol=1e-9)


def test_matching_pennies_has_no_equilibrium_in_pure_strategies():
    for delta in (0, 0.5, 0.99):
        result = bg.repeated_payoff_set(pennies(), delta)
        assert result.empty
        assert result.vertices.shape == (0, 2)
        assert bool(bg.verify(result))
        assert not result.contains([0, 0])
        assert "no subgame-perfect equilibrium" in result.explain()


def test_points_and_segments_are_results():
    assert solved(dilemma(), 0.2).vertices.tolist() == [[1, 1]]
    same_interest = game([[2, 0], [0, 1]], [[2, 0], [0, 1]])
    assert len(solved(same_interest, 0.5).vertices) == 2
    assert solved(game([[7.0]], [[-2.0]]), 0.5).vertices.tolist() == [[7, -2]]
    assert solved(game([[1, 2]], [[5, 5]]), 0.5).vertices.tolist() == [[1, 5], [2, 5]]


def test_a_wrong_set_does_not_pass():
    right = solved(dilemma(), 0.45)

    wrong = replace(right, vertices=np.vstack([right.vertices, [[3.0, 3.0]]]))
    assert not bg.verify(wrong)
    assert not bg.verify(replace(right, empty=True, vertices=np.empty((0, 2))))


def test_the_set_can_be_bargained_over():
    result = solved(game([[4, 0, 0], [0, 0, 0], [1, 1, 1]], [[0, 0, 1], [0, 4, 1], [0, 0, 1]]), 0.9)
    deal = bg.solve(bg.BargainingProblem(result, result.threats))
    np.testing.assert_allclose(deal.payoffs, [2, 2], atol=1e-6)


def test_a_small_negotiation_is_taken_as_its_lever_game():
    us, china = bg.Player("US"), bg.Player("China")
    levers = [bg.Lever("tariff", us, [0, 1], 1), bg.Lever("ban", china, [0, 1], 1)]
    terms = [
        bg.LinearPayoff(levers[0], {us: 1, china: -3}),
        bg.LinearPayoff(levers[1], {us: -3, china: 1}),
    ]
    result = bg.repeated_payoff_set(bg.Negotiation([us, china], levers, terms), 0.9)
    assert result.players == ("US", "China")
    assert result.contains([0, 0])


def test_a_result_reads_as_a_table_and_as_plain_values():
    result = solved(dilemma(), 0.9)
    assert "13" not in result.explain()
    assert "4.333" in str(result)
    assert json.loads(json.dumps(result.to_dict()))["vertices"] == result.vertices.tolist()
    assert result.excludes([0, 0])


@pytest.mark.parametrize("delta", [-0.1, 1, 1.5, float("nan"), "half", True])
def test_discount_factors_outside_their_range_are_refused(delta):
    with pytest.raises(bg.InputError, match="discount_factor: expected a number in"):
        bg.repeated_payoff_set(dilemma(), delta)


def test_bad_input_is_named():
    with pytest.raises(bg.InputError, match="expected a NormalFormGame"):
        bg.repeated_payoff_set([[1]], 0.5)
    with pytest.raises(bg.InputError, match="method: expected"):
        bg.repeated_payoff_set(dilemma(), 0.5, method="AS")
    with pytest.raises(bg.InputError, match="max_iterations"):
        bg.repeated_payoff_set(dilemma(), 0.5, max_iterations=0)
    with pytest.raises(bg.InputError, match="payoffs: expected 2 finite"):
        solved(dilemma(), 0.5).contains([1, 2, 3])
    with pytest.raises(bg.InputError, match="no equilibrium is known"):
        bg.repeated_payoff_set(pennies(), 0.5).support([1, 1])


def test_too_few_iterations_are_an_error_with_the_certificate_reached():
    with pytest.raises(bg.ConvergenceError, match="after 2 iterations") as raised:
        bg.repeated_payoff_set(cournot(15, cost=0.1), 0.9, max_iterations=2)
    assert not raised.value.certificate
