"""Markov games: fixed points that are known, contraction, invariance, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.noncooperative.stochastic.markov import MarkovGame, markov_equilibrium
from bargaining.noncooperative.stochastic.markov_blocks import blocks_of
from bargaining.types import FloatArray

SEEDS = st.integers(0, 10_000)


def random_game(
    seed: int, shapes: list[tuple[int, ...]], factors: list[float], *, zero_sum: bool = False
) -> MarkovGame:
    rng = np.random.default_rng(seed)
    payoffs, transitions = [], []
    for shape in shapes:
        table = rng.normal(size=(len(shape), *shape))
        if zero_sum:
            table[1] = -table[0]
        payoffs.append(table)
        weights = rng.random((*shape, len(shapes)))
        transitions.append(weights / weights.sum(axis=-1, keepdims=True))
    return MarkovGame(payoffs, transitions, factors)


def bellman(game: MarkovGame, player: int) -> FloatArray:
    """Values of a lone decider by plain value iteration."""
    values = np.zeros((len(game.states), len(game.players)))
    for _ in range(600):
        values[:, player] = [
            game.continuation(s, values)[player].max() for s in range(len(game.states))
        ]
    return np.asarray(values[:, player])


@settings(max_examples=20)
@given(SEEDS, st.floats(0.0, 0.95))
def test_a_lone_decider_gets_what_plain_value_iteration_gives(seed: int, factor: float) -> None:
    game = random_game(seed, [(1, 3), (1, 2), (1, 4)], [0.5, factor])
    found = markov_equilibrium(game)
    assert found.determined == ("player 2",)
    np.testing.assert_allclose(found.values[:, 1], bellman(game, 1), atol=1e-8)
    assert found.error[1] <= 1e-8
    assert bg.verify(found)


@settings(max_examples=15)
@given(SEEDS)
def test_opposed_interests_have_the_value_of_shapleys_operator(seed: int) -> None:
    game = random_game(seed, [(2, 3), (3, 2), (2, 2)], [0.8, 0.8], zero_sum=True)
    found = markov_equilibrium(game)
    assert found.determined == game.players
    np.testing.assert_allclose(found.values.sum(axis=1), 0.0, atol=1e-9)
    for s in range(3):
        stage = game.continuation(s, found.values)
        value = bg.nash_equilibrium(bg.NormalFormGame.from_arrays(*stage)).payoffs
        np.testing.assert_allclose(value, found.values[s], atol=1e-8)


@settings(max_examples=20)
@given(SEEDS)
def test_wherever_iteration_starts_a_zero_sum_game_has_one_value(seed: int) -> None:
    game = random_game(seed, [(2, 2), (2, 2)], [0.9, 0.9], zero_sum=True)
    elsewhere = np.random.default_rng(seed).normal(size=(2, 2)) * 10
    first, second = markov_equilibrium(game), markov_equilibrium(game, start=elsewhere)
    np.testing.assert_allclose(first.values, second.values, atol=1e-7)


def test_the_big_match_discounted_is_worth_one_half_with_odds_one_to_one_plus_delta() -> None:
    """Blackwell and Ferguson (1968): stopping at the right moment wins for good."""
    for factor in (0.1, 0.5, 0.9, 0.99):
        now = np.array([[0.0, 1.0], [1.0, 0.0]]) * (1 - factor)
        won, lost = np.array([[1 - factor]]), np.array([[0.0]])
        game = MarkovGame(
            [[now, -now], [won, -won], [lost, -lost]],
            [
                [[[1, 0, 0], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]]],
                [[[0, 1, 0]]],
                [[[0, 0, 1]]],
            ],
            factor,
            labels=[[["wait", "stop"], ["L", "R"]], [["-"], ["-"]], [["-"], ["-"]]],
        )
        found = markov_equilibrium(game)
        assert found.values[0, 0] == pytest.approx(0.5, abs=1e-8)
        stop = (1 - factor) / (2 - factor)
        assert found.strategy("state 1")["player 1"]["stop"] == pytest.approx(stop, abs=1e-7)
        assert bg.verify(found)


def test_a_repeated_prisoners_dilemma_has_only_its_stage_equilibrium_as_a_stationary_one() -> None:
    game = MarkovGame([[[[3, 0], [5, 1]], [[3, 5], [0, 1]]]], np.ones((1, 2, 2, 1)), [0.9, 0.5])
    found = markov_equilibrium(game)
    assert found.iterations == 0
    np.testing.assert_allclose(found.values, [[10.0, 2.0]])


def test_leaving_for_good_waits_for_the_payoff_that_beats_staying() -> None:
    """Staying pays 1 a period, leaving 4 once: staying is worth 1 / (1 - delta)."""
    stay_or_go = [[[1.0, 4.0]], [[0.0]]]
    moves = [[[1, 0], [0, 1]], [[0, 1]]]
    for factor, value in [(0.5, 4.0), (0.74, 4.0), (0.76, 1 / 0.24), (0.9, 10.0)]:
        found = markov_equilibrium(MarkovGame(stay_or_go, moves, factor))
        assert found.values[0, 0] == pytest.approx(value)
        assert found.iterations == 0


def test_states_that_lead_one_way_are_solved_from_the_end() -> None:
    game = MarkovGame([[[1.0]], [[2.0]], [[4.0]]], [[[0, 1, 0]], [[0, 0.5, 0.5]], [[0, 0, 1]]], 0.5)
    assert blocks_of(game) == [[2], [1], [0]]
    np.testing.assert_allclose(markov_equilibrium(game).values[:, 0], [11 / 3, 16 / 3, 8])


@settings(max_examples=20)
@given(SEEDS)
def test_general_games_are_certified_or_refused(seed: int) -> None:
    game = random_game(seed, [(2, 2), (2, 3), (2, 2)], [0.7, 0.4])
    try:
        found = markov_equilibrium(game, max_iterations=200)
    except bg.ConvergenceError:
        return
    assert game.gains(found.strategies).max() <= 1e-8
    assert bg.verify(found)


@settings(max_examples=20)
@given(SEEDS, st.floats(0.01, 100), st.floats(-100, 100))
def test_units_of_payoffs_do_not_matter(seed: int, factor: float, shift: float) -> None:
    game = random_game(seed, [(2, 2), (1, 1)], [0.6, 0.8])
    one_way = [np.zeros((2, 2, 2)), np.array([[[0.0, 1.0]]])]
    one_way[0][..., 0], one_way[0][..., 1] = 0.3, 0.7
    scale, move = np.array([factor, 1.0]), np.array([shift, 0.0])
    tables = [table * scale.reshape(2, 1, 1) + move.reshape(2, 1, 1) for table in game.payoffs]
    first = markov_equilibrium(MarkovGame(game.payoffs, one_way, [0.6, 0.8]))
    second = markov_equilibrium(MarkovGame(tables, one_way, [0.6, 0.8]))
    for s in range(2):
        for x, y in zip(first.strategies[s], second.strategies[s], strict=True):
            np.testing.assert_allclose(x, y, atol=1e-7)
    expected = first.values * scale + move / (1 - game.discount_factors)
    np.testing.assert_allclose(second.values, expected, atol=1e-6 * max(1, abs(shift), factor))


@settings(max_examples=15)
@given(SEEDS)
def test_the_order_of_states_does_not_matter(seed: int) -> None:
    game = random_game(seed, [(1, 2), (1, 3), (1, 2)], [0.9, 0.9])
    order = np.array([2, 0, 1])
    turned = MarkovGame(
        [game.payoffs[s] for s in order], [game.transitions[s][..., order] for s in order], 0.9
    )
    first, second = markov_equilibrium(game), markov_equilibrium(turned)
    np.testing.assert_allclose(second.values, first.values[order], atol=1e-8)


def test_the_rule_that_selects_an_equilibrium_of_a_state_is_the_users() -> None:
    hunt = [[[4, 0], [3, 3]], [[4, 3], [0, 3]]]
    game = MarkovGame([hunt], np.ones((1, 2, 2, 1)), 0.5)
    high = markov_equilibrium(game, selection="payoff-dominant")
    low = markov_equilibrium(game, selection="risk-dominant")
    np.testing.assert_allclose([high.values[0], low.values[0]], [[8, 8], [6, 6]])
    assert "risk-dominant" in low.explain()
    battle = MarkovGame([[[[2, 0], [0, 1]], [[1, 0], [0, 2]]]], np.ones((1, 2, 2, 1)), 0.5)
    with pytest.raises(bg.BargainingError, match="payoff-dominant"):
        markov_equilibrium(battle, selection="payoff-dominant")


def test_three_players_have_markov_equilibria_too() -> None:
    game = random_game(4, [(2, 2, 2), (2, 1, 2)], [0.5, 0.6, 0.7])
    assert bg.verify(markov_equilibrium(game))


def test_verify_finds_out_false_values_and_false_strategies() -> None:
    found = markov_equilibrium(random_game(1, [(1, 2), (1, 2)], [0.5, 0.5]))
    assert not bg.verify(dataclasses.replace(found, values=found.values + 1.0))
    turned = tuple(tuple(x[::-1] for x in profile) for profile in found.strategies)
    assert not bg.verify(dataclasses.replace(found, strategies=turned))
    heavy = tuple(tuple(2 * x for x in profile) for profile in found.strategies)
    assert not bg.verify(dataclasses.replace(found, strategies=heavy))


def test_it_can_be_read_as_a_table_and_a_dictionary() -> None:
    game = MarkovGame(
        [[[1.0, 3.0]], [[0.0]]], [[[1, 0], [0, 1]], [[0, 1]]], 0.9,
        players=["US"], states=["before", "after"], labels=[[["keep", "use"]], [["none"]]],
    )  # fmt: skip
    found = markov_equilibrium(game)
    assert found.strategy("before") == {"US": {"keep": 1.0}}
    assert found.to_dict()["values"]["before"] == pytest.approx([10.0])
    assert "keep" in str(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"payoffs": []}, "payoffs: expected a sequence of arrays"),
        ({"payoffs": [[[1, 2]]]}, "transitions: expected 1 arrays"),
        ({"payoffs": [[[1, np.nan]], [[0]]]}, "payoffs of 'state 1': expected finite numbers"),
        ({"payoffs": [[[1, 2]], [[0], [0]]]}, "payoffs of 'state 2': expected shape"),
        ({"payoffs": [["a"], [[0]]]}, "payoffs of 'state 1': expected an array of numbers"),
        ({"transitions": [[[1, 0], [0, 1]], [[1]]]}, "transitions of 'state 2': expected shape"),
        ({"transitions": [[[1, 0], [0, 0.9]], [[0, 1]]]}, "probabilities that sum to 1"),
        ({"transitions": [[[1, 0], [-1, 2]], [[0, 1]]]}, "probabilities that sum to 1"),
        ({"discount_factors": 1.0}, "discount_factors: expected a number in"),
        ({"discount_factors": [0.5, 0.5]}, "discount_factors: expected a number in"),
        ({"players": ["a", "b"]}, "players: expected 1 different names"),
        ({"states": ["a", "a"]}, "states: expected 2 different names"),
        ({"labels": [[["x"]], [["y"]]]}, "labels: expected names of"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {
        "payoffs": [[[1, 3]], [[0]]],
        "transitions": [[[1, 0], [0, 1]], [[0, 1]]],
        "discount_factors": 0.9,
    }
    with pytest.raises(bg.InputError, match=message):
        MarkovGame(**{**arguments, **change})


def test_bad_options_are_named() -> None:
    game = random_game(0, [(1, 2), (1, 2)], [0.5, 0.5])
    with pytest.raises(bg.InputError, match="expected a MarkovGame"):
        markov_equilibrium("game")
    with pytest.raises(bg.InputError, match="selection: expected one of"):
        markov_equilibrium(game, selection="best")
    with pytest.raises(bg.InputError, match="'focal' is for lever games only"):
        markov_equilibrium(game, selection="focal")
    with pytest.raises(bg.InputError, match="max_iterations: expected a whole number"):
        markov_equilibrium(game, max_iterations=0)
    with pytest.raises(bg.InputError, match="start: expected finite numbers of shape"):
        markov_equilibrium(game, start=[1.0])
    with pytest.raises(bg.InputError, match="unknown state 'x'"):
        markov_equilibrium(game).strategy("x")
