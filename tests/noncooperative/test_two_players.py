"""All equilibria of two-player games: Gambit, and claims that hold for every game.

That known sets are found is shown over the games of the catalogue, in tests/catalogue.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import InputError, IntractableError
from bargaining.noncooperative.two_player import extreme, vertices
from bargaining.noncooperative.two_player import two_players as module
from bargaining.testing import bimatrix_games
from tests.noncooperative.listing import equilibrium_fault, listed_pure_equilibria

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def game_of(*arrays):
    return bg.NormalFormGame.from_arrays(*arrays)


def exact_set(game):
    return {each.exact for each in bg.nash_equilibria(game, exact=True)}


def rounded(profile):
    return tuple(tuple(round(float(p), 8) + 0.0 for p in x) for x in profile)


def float_set(game):
    return {rounded(each.strategies) for each in bg.nash_equilibria(game)}


def assert_sound(game, found):
    """Check completeness and regrets by listing, the sets by their definition."""
    assert found.completeness == "all"
    for each in found:
        assert equilibrium_fault(game.payoff_arrays, each.strategies) < 1e-9
    assert bool(bg.verify(found))
    assert sorted(k for part in found.components for k in part) == list(range(len(found)))


def test_segments_end_to_end_are_three_maximal_subsets_of_one_component():
    found = bg.nash_equilibria(bg.load_game("three-segments"))
    assert len(found.subsets) == 3
    assert all(len(subset) == 2 for subset in found.subsets)


@pytest.mark.parametrize("size", [3, 4, 5])
def test_coordination_games_have_an_equilibrium_for_every_support(size):
    found = bg.nash_equilibria(game_of(np.eye(size), np.eye(size)))
    assert len(found) == len(found.components) == 2**size - 1
    assert_sound(game_of(np.eye(size), np.eye(size)), found)


@pytest.mark.parametrize("shape", [(2, 2), (3, 5), (6, 4), (7, 7)])
def test_generic_games_have_an_odd_number_of_equilibria(shape):
    """Wilson (1971)."""
    rng = np.random.default_rng(40)
    for _ in range(20):
        game = game_of(*rng.normal(size=(2, *shape)))
        found = bg.nash_equilibria(game)
        assert len(found) % 2 == 1
        assert found.method == "vertex enumeration"
        assert len(found.components) == len(found)
        assert_sound(game, found)


@settings(max_examples=60)
@given(bimatrix_games(max_strategies=4))
def test_floats_and_fractions_find_the_same_equilibria_all_the_pure_ones_among_them(game):
    found, exact = bg.nash_equilibria(game), bg.nash_equilibria(game, exact=True)
    assert [rounded(each.strategies) for each in found] == [rounded(each.exact) for each in exact]
    assert found.subsets == exact.subsets
    assert_sound(game, found)
    assert bool(bg.verify(exact, exact=True))
    pure = {tuple(int(x.argmax()) for x in each.strategies) for each in found if each.is_pure}
    assert pure == set(listed_pure_equilibria(game.payoff_arrays))


@settings(max_examples=60)
@given(bimatrix_games(), st.integers(1, 9), st.integers(-9, 9), st.sampled_from([7, 2**40, 10**9]))
def test_units_of_payoffs_do_not_matter_even_where_floats_round_them(game, factor, shift, divisor):
    A, B = (table.astype(int).astype(object) for table in game.payoff_arrays)
    moved = game_of(A * Fraction(factor, divisor) + shift, B * divisor)
    assert exact_set(moved) == exact_set(game)
    A, B = game.payoff_arrays
    assert float_set(game_of(A * factor / divisor, B / 3 + shift / 10)) == float_set(game)


@settings(max_examples=40)
@given(bimatrix_games(), st.randoms(use_true_random=False))
def test_the_order_of_strategies_does_not_matter(game, random):
    rows, columns = (random.sample(range(size), size) for size in game.shape)
    turned = game_of(*(table[np.ix_(rows, columns)] for table in game.payoff_arrays))
    back = {(tuple(x[i] for i in rows), tuple(y[j] for j in columns)) for x, y in exact_set(game)}
    assert exact_set(turned) == back


@settings(max_examples=40)
@given(bimatrix_games())
def test_the_names_of_the_players_do_not_matter(game):
    A, B = game.payoff_arrays
    assert exact_set(game_of(B.T, A.T)) == {(y, x) for x, y in exact_set(game)}
    assert float_set(game_of(B.T, A.T)) == {(y, x) for x, y in float_set(game)}


@settings(max_examples=40)
@given(bimatrix_games(max_strategies=3))
def test_a_strategy_that_is_there_twice_shares_what_it_had(game):
    A, B = (np.vstack([table, table[:1]]) for table in game.payoff_arrays)
    copies = exact_set(game_of(A, B))
    for x, y in exact_set(game):
        assert ((*x, 0), y) in copies
        assert ((0, *x[1:], x[0]), y) in copies
    together = {((x[0] + x[-1], *x[1:-1]), y) for x, y in copies}
    assert together == exact_set(game)


@settings(max_examples=40)
@given(bimatrix_games(max_strategies=3))
def test_a_strictly_dominated_strategy_changes_nothing(game):
    A, B = game.payoff_arrays
    worse = game_of(np.vstack([A, A[:1] - 1]), np.vstack([B, B[:1] + 3]))
    assert exact_set(worse) == {((*x, 0), y) for x, y in exact_set(game)}


@settings(max_examples=40)
@given(bimatrix_games(max_strategies=3))
def test_mixtures_within_a_subset_are_equilibria(game):
    found = bg.nash_equilibria(game)
    for subset in found.subsets:
        x, y = (np.mean([found[k].strategies[i] for k in subset], axis=0) for i in range(2))
        assert equilibrium_fault(game.payoff_arrays, (x, y)) < 1e-9


def test_games_agree_with_gambit():
    pygambit = pytest.importorskip("pygambit")
    rng = np.random.default_rng(41)
    for trial in range(60):
        shape = rng.integers(1, 5, 2)
        A, B = rng.integers(0, 3 + 5 * (trial % 2), (2, *shape))
        theirs = pygambit.Game.from_arrays(A.astype(object), B.astype(object))
        known = {
            tuple(
                tuple(Fraction(str(profile[strategy])) for strategy in player.strategies)
                for player in theirs.players
            )
            for profile in pygambit.nash.enummixed_solve(theirs, rational=True).equilibria
        }
        assert exact_set(game_of(A, B)) == known


@pytest.mark.parametrize("gap", [1e-6, 1e-9, 1e-11])
def test_near_duplicates_are_told_apart_exactly(gap):
    rng = np.random.default_rng(42)
    for _ in range(20):
        A, B = rng.random((2, 3, 3))
        A, B = (np.vstack([X, X[:1] + gap * rng.random((1, 3))]) for X in (A, B))
        game = game_of(A, B)
        assert float_set(game) == {rounded(profile) for profile in exact_set(game)}
        assert_sound(game, bg.nash_equilibria(game))


def test_payoffs_equal_on_paper_count_as_equal_unless_the_game_is_solved_exactly():
    more = 0.1 + 0.2
    assert more > 0.3
    game = game_of([[more], [0.3], [0]], [[1], [1], [1]])
    assert len(bg.nash_equilibria(game)) == 2
    assert exact_set(game) == {((1, 0, 0), (1,))}


def test_a_constant_however_large_changes_nothing():
    rng = np.random.default_rng(43)
    for _ in range(10):
        A, B = rng.integers(0, 9, (2, 4, 4)).astype(float)
        assert float_set(game_of(A + 1e8, B - 1e8)) == float_set(game_of(A, B))
        assert bool(bg.verify(bg.nash_equilibria(game_of(A + 1e8, B - 1e8))))


def test_whole_numbers_that_floats_cannot_hold_are_taken_as_they_are():
    rng = np.random.default_rng(47)
    for _ in range(10):
        A, B = rng.integers(0, 10**6, (2, 4, 4)).astype(object)
        assert exact_set(game_of(A + 10**25, B - 10**25)) == exact_set(game_of(A, B))


def test_payoffs_whose_decimals_are_other_payoffs_are_taken_as_floats():
    """A range of 1e-9 around 1 leaves seven digits, of which decimals change the last."""
    rng = np.random.default_rng(48)
    for _ in range(30):
        A = 1 + 1e-9 * rng.random((3, 2))
        found = bg.nash_equilibria(game_of(A, [[1, 1], [0, 0], [1, 1]]))
        assert found.completeness == "all"
        assert bool(bg.verify(found))


def test_fractions_are_exposed_and_their_regret_is_zero():
    found = bg.nash_equilibria(game_of([[0.1, 0], [0, 0.2]], [[0, 1], [1, 0]]), exact=True)
    assert [each.exact for each in found] == [((HALF, HALF), (2 * THIRD, THIRD))]
    proof = bg.verify(found, exact=True)
    assert proof.value == proof.tolerance == 0
    assert found.certificate.value == 0
    assert found.to_dict()["equilibria"][0]["exact"] == [["1/2", "1/2"], ["2/3", "1/3"]]


def test_what_roundoff_leaves_open_is_decided_in_whole_numbers(monkeypatch):
    monkeypatch.setattr(vertices, "STEEP", 0.0)  # every system is in doubt
    rng = np.random.default_rng(44)
    for _ in range(10):
        A, B = rng.normal(size=(2, 4, 5))
        found = bg.nash_equilibria(game_of(A, B))
        assert found.method == "vertex enumeration"
        monkeypatch.undo()
        assert float_set(game_of(A, B)) == {rounded(each.strategies) for each in found}
        monkeypatch.setattr(vertices, "STEEP", 0.0)
    monkeypatch.setattr(vertices, "DOUBTS", 0)
    assert bg.nash_equilibria(game_of(A, B)).method == "exact vertex enumeration"


def test_a_profile_that_floats_get_wrong_is_computed_in_fractions(monkeypatch):
    game = game_of([[2, 0], [0, 1]], [[-2, 0], [0, -1]])
    monkeypatch.setattr(module, "ACCURATE", -1.0)
    assert float_set(game) == {((round(1 / 3, 8), round(2 / 3, 8)),) * 2}


def test_a_degenerate_game_too_large_to_list_says_that_others_may_exist(monkeypatch):
    monkeypatch.setattr(extreme, "HELD", 3)
    game = game_of(np.zeros((4, 4)), np.zeros((4, 4)))
    found = bg.nash_equilibria(game)
    assert found.completeness == "some"
    assert len(found) == 16
    assert (
        "too large to list all (vertices of a best-response polytope: more than 3" in found.reason
    )
    assert "others may exist: the game is degenerate" in found.explain()
    with pytest.raises(IntractableError, match="more than 3 after"):
        bg.nash_equilibria(game, exact=True)
    pennies = np.array([[1, -1, -1], [-1, 1, 1]])
    one = bg.nash_equilibria(game_of(pennies, -pennies))
    assert (len(one), one.completeness) == (1, "some")


def test_a_game_that_would_take_too_long_is_refused_with_its_size():
    big = np.random.default_rng(45).random((25, 25))
    with pytest.raises(IntractableError, match=r"of a 25 x 25 game may have up to [\d,]+ vertices"):
        bg.nash_equilibria(game_of(big, big))


@pytest.mark.parametrize("exact", [False, True])
def test_a_large_game_that_dominance_makes_small_is_solved_whole(exact):
    rng = np.random.default_rng(46)
    A, B = rng.integers(0, 10, (2, 25, 25))
    A[4:], B[:, 4:] = -1 - A[4:], -1 - B[:, 4:]
    A[:, :4][4:] -= 100
    B[:4][:, 4:] -= 100
    game, small = game_of(A, B), game_of(A[:4, :4], B[:4, :4])
    found = bg.nash_equilibria(game, exact=exact)
    assert found.method.startswith("iterated dominance, ")
    assert_sound(game, found)
    zeros = (0,) * 21
    known = {((*x, *zeros), (*y, *zeros)) for x, y in exact_set(small)}
    assert {rounded(each.strategies) for each in found} == {rounded(profile) for profile in known}
    if exact:
        assert {each.exact for each in found} == known


def test_more_than_two_players_give_the_equilibria_that_a_search_finds_and_say_so():
    cube = np.zeros((2, 2, 2))
    cube[0, 0, 0] = cube[1, 1, 1] = 1
    game = game_of(cube, cube, cube)
    found = bg.nash_equilibria(game)
    assert found.completeness == "some"
    assert "with more than two players" in found.reason
    assert bool(bg.verify(found))
    pure = {tuple(int(x.argmax()) for x in each.strategies) for each in found if each.is_pure}
    assert pure == set(listed_pure_equilibria(game.payoff_arrays))


@pytest.mark.parametrize(
    ("game", "options", "message"),
    [
        ([[1]], {}, "expected a NormalFormGame or Negotiation"),
        (game_of([[1]], [[1]]), {"starts": 3}, "'starts': expected `exact` alone"),
        (game_of([1, 2]), {"exact": True}, "exact: expected a two-player game, got 1 players"),
    ],
)
def test_bad_input_is_named(game, options, message):
    with pytest.raises(InputError, match=message):
        bg.nash_equilibria(game, **options)
