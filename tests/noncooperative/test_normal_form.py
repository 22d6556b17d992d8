"""Finite games: what they compute, against listing, and what they refuse."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import nashpy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.model.players import Player
from bargaining.noncooperative.games.normal_form import NormalFormGame
from tests.noncooperative.listing import listed_payoffs, listed_regret

SQUARE = [[3, 0], [5, 1]]
OTHER = [[3, 5], [0, 1]]


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_payoffs_regrets_and_deviations_are_those_of_listing_all_profiles(seed, players):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 4, players)
    arrays = rng.normal(size=(players, *shape))
    strategies = [rng.dirichlet(np.ones(size)) for size in shape]
    game = NormalFormGame.from_arrays(*arrays)
    assert game.payoffs(strategies) == pytest.approx(listed_payoffs(arrays, strategies), abs=1e-12)
    assert game.regret(strategies) == pytest.approx(listed_regret(arrays, strategies), abs=1e-12)
    for i, against in enumerate(game.deviations(strategies)):
        for k, unit in enumerate(np.eye(shape[i])):
            moved = [unit if j == i else x for j, x in enumerate(strategies)]
            assert against[k] == pytest.approx(listed_payoffs(arrays, moved)[i], abs=1e-12)


@pytest.mark.parametrize("constant", [0.0, 2.0**20, -(2.0**30), 2.0**40])
def test_a_constant_in_the_payoffs_costs_the_regret_no_digits(constant):
    A = np.array([[1.0, 0.0, 0.25], [0.0, 1.0, 0.5]]) + constant
    game = NormalFormGame.from_arrays(A, -A)
    x, y = [1 / 3, 2 / 3], [0.1, 0.2, 0.7]
    plain = NormalFormGame.from_arrays(A - constant, constant - A)
    assert game.regret([x, y]) == pytest.approx(plain.regret([x, y]), abs=1e-15)


def test_frames_lists_fractions_and_decimals_make_the_same_game():
    expected = NormalFormGame.from_arrays(SQUARE, OTHER).payoff_arrays
    for kind in (pd.DataFrame, np.array, tuple):
        game = NormalFormGame.from_arrays(kind(SQUARE), kind(OTHER))
        assert np.array_equal(game.payoff_arrays, expected)
    exact = [[Fraction(3), Decimal(0)], [5, 1.0]]
    assert np.array_equal(NormalFormGame.from_arrays(exact, OTHER).payoff_arrays, expected)


def _rational(*arrays):
    return NormalFormGame.from_arrays(*arrays).rational.tolist()


def test_exact_payoffs_stay_exact_and_a_float_is_the_decimal_that_it_prints_as():
    third = Fraction(1, 3)
    game = NormalFormGame.from_arrays([[third, Decimal("0.1")], [0.1, 7]], [[0.3, 1e22], [-0.0, 1]])
    assert game.rational.shape == (2, 2, 2)
    assert game.rational[0].tolist() == [[third, Fraction(1, 10)], [Fraction(1, 10), 7]]
    assert game.rational[1].tolist() == [[Fraction(3, 10), 10**22], [0, 1]]
    assert all(type(payoff) is Fraction for payoff in game.rational.flat)
    assert game.payoff_arrays.dtype == float
    with pytest.raises(ValueError, match="read-only"):
        game.rational[0, 0, 0] = 7


HUGE = 2**53 + 1


@pytest.mark.parametrize(
    "given",
    [
        [HUGE, -1],
        [2**63 + 1, -1],  # numpy reads the two as floats
        [10**40 + 1, 3],
        [HUGE, 0.5],
        np.array([HUGE, -1]),
        np.array([2**63 + 1, 1], dtype=np.uint64),
        np.array([-(2**63), 1]),
        pd.Series([HUGE, -1]),
    ],
)
def test_whole_numbers_beyond_those_of_floats_keep_all_their_digits(given):
    expected = [Fraction(x) if isinstance(x, float) else int(x) for x in given]
    assert _rational(given) == [expected]
    assert type(_rational(given)[0][0]) is Fraction


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=5))
def test_fractions_come_back_as_they_were_given(payoffs):
    assert _rational(payoffs) == [payoffs]


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5))
def test_the_fraction_of_a_float_rounds_to_that_float(payoffs):
    assert [float(x) for x in _rational(payoffs)[0]] == payoffs


def test_the_game_keeps_its_own_payoffs_and_leaves_those_of_the_caller_alone():
    stack = np.array([SQUARE, OTHER], dtype=float)
    for game in (
        NormalFormGame.from_arrays(*stack),
        NormalFormGame(stack, ("US", "China"), (("a", "b"), ("c", "d"))),
    ):
        before = game.payoff_arrays.copy()
        stack += 1
        assert np.array_equal(game.payoff_arrays, before)
        with pytest.raises(ValueError, match="read-only"):
            game.payoff_arrays[0, 0, 0] = 7


def test_names_default_to_numbers_and_players_may_be_objects():
    game = NormalFormGame.from_arrays(SQUARE, OTHER)
    assert game.players == ("player 1", "player 2")
    assert game.labels == (("strategy 1", "strategy 2"),) * 2
    named = NormalFormGame.from_arrays(
        SQUARE, OTHER, players=[Player("US"), "China"], labels=[["C", "D"], ("c", "d")]
    )
    assert named.players == ("US", "China")
    assert named.labels == (("C", "D"), ("c", "d"))
    assert repr(named) == "<NormalFormGame: 2 x 2, players ('US', 'China')>"


def test_a_game_goes_to_nashpy_and_back_unchanged():
    game = NormalFormGame.from_arrays(SQUARE, OTHER)
    there = game.to_nashpy()
    assert isinstance(there, nashpy.Game)
    back = NormalFormGame.from_nashpy(there)
    assert np.array_equal(back.payoff_arrays, game.payoff_arrays)
    zero_sum = NormalFormGame.from_nashpy(nashpy.Game(np.array(SQUARE)))
    assert np.array_equal(zero_sum.payoff_arrays[1], -zero_sum.payoff_arrays[0])


TABLE = pd.DataFrame([[3, 0], [5, 1]], index=["C", "D"], columns=["c", "d"])


def test_strategies_are_named_by_the_index_and_the_columns_of_frames():
    game = NormalFormGame.from_arrays(TABLE, OTHER)
    assert game.labels == (("C", "D"), ("c", "d"))
    assert game.payoff_arrays[0].tolist() == SQUARE
    assert NormalFormGame.from_arrays(SQUARE, TABLE).labels == game.labels
    given = [["left", "right"], ["up", "down"]]
    assert NormalFormGame.from_arrays(TABLE, OTHER, labels=given).labels[0] == ("left", "right")
    assert NormalFormGame.from_arrays(pd.DataFrame(SQUARE), OTHER).labels[0][0] == "strategy 1"
    rates = pd.DataFrame(SQUARE, index=[0.1, 0.25])
    assert NormalFormGame.from_arrays(rates, OTHER).labels == (
        ("0.1", "0.25"), ("strategy 1", "strategy 2"),
    )  # fmt: skip


def test_a_series_has_a_level_of_its_index_for_each_player():
    shape = (2, 3, 2)
    index = pd.MultiIndex.from_product([["a", "b"], ["x", "y", "z"], ["l", "r"]])
    series = [pd.Series(np.arange(12) + 100 * i, index=index) for i in range(3)]
    game = NormalFormGame.from_arrays(*series)
    assert game.labels == (("a", "b"), ("x", "y", "z"), ("l", "r"))
    assert np.array_equal(game.payoff_arrays[2], 200 + np.arange(12).reshape(shape))
    assert NormalFormGame.from_arrays(pd.Series({"a": 1, "b": 2})).labels == (("a", "b"),)
    for broken in (series[0].iloc[1:], pd.concat([series[0], series[0].iloc[:1]])):
        with pytest.raises(InputError, match="array 1: expected a series with each of 12 profiles"):
            NormalFormGame.from_arrays(broken, *series[1:])


def test_frames_that_name_strategies_otherwise_are_not_put_together():
    with pytest.raises(InputError, match=r"array 2: expected the labels.*\('C', 'D'\), got"):
        NormalFormGame.from_arrays(TABLE, TABLE.loc[["D", "C"]])


def test_a_pure_strategy_is_named_by_label_or_index_wherever_a_strategy_is_asked_for():
    game = NormalFormGame.from_arrays(TABLE, OTHER, players=["US", "China"])
    for profile in (["D", "c"], [1, 0], [[0, 1], "c"], np.array([1, 0]), (np.int64(1), [1.0, 0])):
        assert game.payoffs(profile).tolist() == [5, 0]
        assert game.regret(profile).tolist() == [0, 1]
        assert [row.tolist() for row in game.deviations(profile)] == [[3, 5], [0, 1]]
    for player in ("US", Player("US"), 0):
        assert game.best_responses(player, ["C", "d"]) == [1]


def test_best_responses_include_ties_up_to_the_tolerance_in_units_of_the_range():
    for unit in (1e-9, 1.0, 1e9):
        A = np.array([[0.1 + 0.2, 0], [0.3, 0], [0.3 - 1e-6, 0]]) * unit
        game = NormalFormGame.from_arrays(A, A)
        assert game.best_responses(0, [0, 0]) == [0, 1]
        assert game.best_responses(0, [0, 0], tolerance=1e-5) == [0, 1, 2]
        assert game.best_responses(0, [0, "strategy 2"]) == [0, 1, 2]


def test_pure_equilibria_are_those_of_listing_for_any_number_of_players():
    coordination = np.zeros((3, 2, 2, 2))
    coordination[:, 0, 0, 0] = coordination[:, 1, 1, 1] = 1
    game = NormalFormGame.from_arrays(*coordination)
    assert game.pure_equilibria() == [(0, 0, 0), (1, 1, 1)]
    assert (
        NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]).pure_equilibria() == []
    )


def test_the_game_of_some_strategies_keeps_names_order_and_exact_payoffs():
    game = NormalFormGame.from_arrays(
        [[1, 2, 3], [4, 5, Fraction(1, 3)]], np.zeros((2, 3)), labels=[["a", "b"], ["x", "y", "z"]]
    )
    smaller = game.restrict([["b"], ["z", 0]])
    assert smaller.labels == (("b",), ("z", "x"))
    assert smaller.rational[0].tolist() == [[Fraction(1, 3), 4]]


BAD_STRATEGY_NAMES = [
    ("payoffs", [["X", "c"]], "unknown strategy of 'US' 'X': known are 'C', 'D'"),
    ("payoffs", [[2, "c"]], "strategy of 'US': expected a name or an index from 0 to 1, got 2"),
    ("payoffs", [[-1, "c"]], "strategy of 'US': expected a name.*got -1"),
    ("payoffs", [[True, "c"]], "strategy of 'US': expected a name.*got True"),
    ("payoffs", [["C", "c", "c"]], "expected arrays of probabilities, labels or indices, one"),
    ("payoffs", [3], "expected arrays of probabilities.*got 3"),
    ("best_responses", ["EU", [0, 0]], "unknown player 'EU': .*known are 'US', 'China'"),
    ("best_responses", [2, [0, 0]], "player: expected a name or an index from 0 to 1, got 2"),
    ("best_responses", [True, [0, 0]], "player: expected a name or an index.*got True"),
    ("restrict", [[["C"]]], "expected different strategies for each of 2 players"),
    ("restrict", [[["C", 0], [0]]], "expected different strategies"),
    ("restrict", [[[], [0]]], "expected different strategies"),
    ("restrict", [[["E"], [0]]], "unknown strategy of 'US' 'E'"),
]


@pytest.mark.parametrize(("method", "arguments", "message"), BAD_STRATEGY_NAMES)
def test_a_wrong_name_is_answered_with_the_right_ones(method, arguments, message):
    game = NormalFormGame.from_arrays(TABLE, OTHER, players=["US", "China"])
    with pytest.raises(InputError, match=message):
        getattr(game, method)(*arguments)


def test_ranges_of_constant_payoffs_count_as_one():
    game = NormalFormGame.from_arrays([[7, 7], [7, 7]], [[0, 4], [1, 2]])
    assert game.scale.tolist() == [1.0, 4.0]


BAD_ARRAYS = [
    ([], "expected one array a player, got none"),
    ([SQUARE], r"array 1: expected 1 dimensions.*got shape \(2, 2\)"),
    ([[1, 2], [3, 4]], r"array 1: expected 2 dimensions.*got shape \(2,\)"),
    ([SQUARE, [[1, 2, 3], [4, 5, 6]]], r"array 2: expected the shape of array 1, \(2, 2\).*2, 3"),
    ([np.zeros((0, 2)), np.zeros((0, 2))], r"array 1: .*none of them empty, got shape \(0, 2\)"),
    ([SQUARE, [[1, 2], [3]]], r"array 2: expected rows of equal lengths, got \[\[1, 2\], \[3\]\]"),
    ([SQUARE, [[1, "x"], [3, 4]]], r"array 2: expected numbers, got 'x' at \(0, 1\)"),
    ([SQUARE, [[1, 2], ["3", 4]]], r"array 2: expected numbers, got '3' at \(1, 0\)"),
    ([SQUARE, [[1, None], [3, 4]]], r"array 2: expected numbers, got None at \(0, 1\)"),
    ([SQUARE, [[1, 2j], [3, 4]]], r"array 2: expected numbers, got 2j at \(0, 1\)"),
    ([SQUARE, np.array([[1, 2j], [3, 4]])], r"array 2: expected numbers, got \(1\+0j\)"),
    ([SQUARE, [[True, False]] * 2], r"array 2: expected numbers, got True at \(0, 0\)"),
    ([SQUARE, [[1, 2], [3, np.nan]]], r"array 2: expected finite payoffs, got nan at \(1, 1\)"),
    ([SQUARE, [[1, -np.inf], [3, 4]]], r"array 2: expected finite payoffs, got -inf at \(0, 1\)"),
    ([SQUARE, [[1, 10**400], [3, 4]]], r"array 2: .*that a float can hold.*1329 bits at \(0, 1\)"),
    ([SQUARE, [[1, Decimal("1e400")], [3, 4]]], r"array 2: expected finite payoffs"),
    ([SQUARE, [[1, Decimal("sNaN")], [3, 4]]], r"array 2: expected finite payoffs.*sNaN"),
    ([SQUARE, [[1, Fraction(1, 10**400)], [3, 4]]], r"nearer to 0 than any float"),
    ([SQUARE, [[1e308, -1e308], [3, 4]]], r"array 2: expected a finite range.*-1e\+308 to 1e\+308"),
]


@pytest.mark.parametrize(("arrays", "message"), BAD_ARRAYS)
def test_bad_payoffs_are_named_by_array_cell_and_value(arrays, message):
    with pytest.raises(InputError, match=message):
        NormalFormGame.from_arrays(*arrays)


BAD_NAMES = [
    ({"players": ["US"]}, r"players: expected 2 different names, got \('US',\)"),
    ({"players": ["US", "US"]}, r"players: expected 2 different names, got \('US', 'US'\)"),
    ({"players": "US"}, r"players: expected 2 different names, got \('US',\)"),
    ({"players": ["US", 3]}, "players: expected a player.*got 3"),
    ({"labels": [["a", "b"]]}, r"labels: expected \(2, 2\) different names"),
    ({"labels": [["a", "b"], ["c"]]}, r"labels: expected \(2, 2\) different names"),
    ({"labels": [["a", "a"], ["c", "d"]]}, r"labels: expected \(2, 2\) different names"),
    ({"labels": ["ab", "cd"]}, r"labels: expected \(2, 2\) different names"),
    ({"labels": [["a", 1], ["c", "d"]]}, "labels: expected a non-empty string, got 1"),
]


@pytest.mark.parametrize(("names", "message"), BAD_NAMES)
def test_bad_names_are_refused(names, message):
    with pytest.raises(InputError, match=message):
        NormalFormGame.from_arrays(SQUARE, OTHER, **names)


BAD_STRATEGIES = [
    ([[1, 0]], r"lengths \(2, 2\), got shapes \[\(2,\)\]"),
    ([[1, 0], [1, 0, 0]], r"lengths \(2, 2\), got shapes"),
    ([[1, 0], [0.5, 0.6]], "'player 2': expected probabilities that sum to 1"),
    ([[1.5, -0.5], [1, 0]], "'player 1': expected probabilities that sum to 1"),
    ([[np.nan, 1], [1, 0]], "'player 1': expected probabilities that sum to 1"),
    ([["C", "D"], [1, 0]], "expected arrays of probabilities"),
]


@pytest.mark.parametrize("method", ["payoffs", "regret", "deviations"])
@pytest.mark.parametrize(("strategies", "message"), BAD_STRATEGIES)
def test_strategies_that_are_no_probabilities_are_refused(method, strategies, message):
    game = NormalFormGame.from_arrays(SQUARE, OTHER)
    with pytest.raises(InputError, match=message):
        getattr(game, method)(strategies)


def test_nashpy_takes_two_players_and_gives_nothing_but_games():
    with pytest.raises(InputError, match="expected two players, got 3"):
        NormalFormGame.from_arrays(*np.zeros((3, 2, 2, 2))).to_nashpy()
    with pytest.raises(InputError, match=r"expected a nashpy.Game, got 3"):
        NormalFormGame.from_nashpy(3)
