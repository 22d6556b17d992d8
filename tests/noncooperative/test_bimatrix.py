"""One equilibrium of a finite game: known games, metamorphic claims, errors, the result object."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.catalogue.game import load_game
from bargaining.errors import ConvergenceError
from bargaining.noncooperative.games.canonical import canonical_order
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.two_player.bimatrix import (
    check_game_equilibrium,
    equilibrium_of_game,
    pure_profiles,
    solve_bimatrix,
)
from bargaining.noncooperative.two_player.lemke_howson import Paths
from bargaining.noncooperative.two_player.tableau import Tableau
from bargaining.testing import bimatrix_games
from tests.noncooperative.listing import (
    equilibrium_fault,
    listed_payoffs,
    listed_pure_equilibria,
)

PENNIES = np.array([[1.0, -1.0], [-1.0, 1.0]])
NASHPY_MISSES = load_game("unseen-3x3").payoff_arrays


def solved(*arrays, **names):
    return equilibrium_of_game(NormalFormGame.from_arrays(*arrays, **names))


def game_of(*arrays):
    return NormalFormGame.from_arrays(*arrays)


def without_pure_equilibria(rng, draw):
    while True:
        A, B = draw(rng)
        if not listed_pure_equilibria((A, B)):
            return A, B


def generic(rng):
    return rng.normal(size=(2, 4, 5))


@pytest.mark.parametrize(
    ("arrays", "strategies", "payoffs"),
    [
        (NASHPY_MISSES, [[0.5, 0, 0.5], [0, 0.3, 0.7]], [6.3, 3.5]),
        ((PENNIES, -PENNIES), [[0.5, 0.5], [0.5, 0.5]], [0, 0]),
        # Prisoner's dilemma; rock, paper, scissors with a dominated fourth row.
        (([[3, 0], [5, 1]], [[3, 5], [0, 1]]), [[0, 1], [0, 1]], [1, 1]),
        (
            (
                [[0, -1, 1], [1, 0, -1], [-1, 1, 0], [-2, -2, -2]],
                [[0, 1, -1], [-1, 0, 1], [1, -1, 0], [0, 0, 0]],
            ),
            [[1 / 3, 1 / 3, 1 / 3, 0], [1 / 3, 1 / 3, 1 / 3]],
            [0, 0],
        ),
    ],
)
def test_games_with_one_equilibrium_give_it(arrays, strategies, payoffs):
    equilibrium = solved(*arrays)
    for ours, known in zip(equilibrium.strategies, strategies, strict=True):
        assert ours == pytest.approx(known, abs=1e-12)
    assert equilibrium.payoffs == pytest.approx(payoffs, abs=1e-12)
    assert equilibrium.number_found == 1
    assert equilibrium.selection == "the only one found"


def test_battle_of_the_sexes_gives_a_pure_one_of_its_two():
    equilibrium = solved([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    assert equilibrium.is_pure
    assert equilibrium.number_found == 2
    assert sorted(equilibrium.payoffs) == [2, 3]


def test_chicken_gives_one_player_the_way_and_the_other_the_loss():
    equilibrium = solved([[-10, 5], [0, 2]], [[-10, 0], [5, 2]])
    assert equilibrium.is_pure
    assert equilibrium.number_found == 2
    assert sorted(equilibrium.payoffs) == [0, 5]


def test_among_pure_equilibria_the_largest_sum_in_units_of_ranges_is_taken():
    for factor in (1, 1e-6, 1e6):
        A = factor * np.array([[4.0, 0, 0], [0, 9, 0], [0, 0, 1]])
        B = np.array([[4.0, 0, 0], [0, 3, 0], [0, 0, 1]])
        assert solved(A, B).strategies[0].tolist() == [0, 1, 0]


def test_a_continuum_of_equilibria_gives_one_of_them():
    """The column player is indifferent: every y with y_1 >= 1/2 goes with the first row."""
    A, B = [[2, 0], [1, 1]], [[1, 1], [0, 0]]
    equilibrium = solved(A, B)
    assert equilibrium.strategies[0].tolist() == [1, 0]
    assert equilibrium.strategies[1][0] >= 0.5
    assert equilibrium.certificate.holds


def test_a_continuum_without_pure_equilibria_gives_one_of_them():
    """Matching pennies with a column twice: any split between the copies."""
    A = np.column_stack([PENNIES, PENNIES[:, 1]])
    equilibrium = solved(A, -A)
    assert equilibrium.strategies[0] == pytest.approx([0.5, 0.5])
    assert equilibrium.strategies[1][1:].sum() == pytest.approx(0.5)


def test_degenerate_games_with_payoffs_0_to_3_are_all_solved():
    """Half of them of constant sum, which seldom have a pure equilibrium."""
    rng = np.random.default_rng(20)
    mixed = 0
    for trial in range(300):
        m, n = rng.integers(1, 13, 2)
        A, B = rng.integers(0, 4, (2, m, n)).astype(float)
        equilibrium = solved(A, 3 - A if trial % 2 else B)
        assert equilibrium.regret < 1e-9
        assert bool(check_game_equilibrium(equilibrium))
        mixed += not equilibrium.is_pure
    assert mixed > 50


def test_degenerate_games_without_pure_equilibria_are_all_solved():
    rng = np.random.default_rng(21)
    for _ in range(60):
        A, B = without_pure_equilibria(
            rng, lambda rng: rng.integers(0, 4, (2, *rng.integers(2, 7, 2))).astype(float)
        )
        assert equilibrium_fault((A, B), solved(A, B).strategies) < 1e-9


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (6, 1)])
def test_games_of_a_single_row_or_column_are_won_by_the_best_reply(shape):
    A, B = np.random.default_rng(4).normal(size=(2, *shape))
    equilibrium = solved(A, B)
    assert equilibrium.is_pure
    assert equilibrium.payoffs[1] == (B.max() if shape[0] == 1 else B[np.argmax(A)])
    assert equilibrium.payoffs[0] == (A.max() if shape[1] == 1 else A[0, np.argmax(B)])


@pytest.mark.parametrize(
    ("factor", "constant"),
    [(1e-300, 0), (1e-12, 0), (1e12, 0), (1, 1e3), (1, -1e6), (1e-12, 1e-6), (1e12, 1e18)],
)
def test_neither_units_nor_constants_change_the_equilibrium(factor, constant):
    rng = np.random.default_rng(22)
    for _ in range(25):
        A, B = without_pure_equilibria(rng, generic)
        before, after = solved(A, B), solved(factor * A + constant, B)
        assert after.regret < 1e-9
        for x, y in zip(before.strategies, after.strategies, strict=True):
            assert y == pytest.approx(x, abs=1e-7)


def test_a_game_whose_payoffs_end_in_the_hundreds_of_their_size_is_solved_as_written():
    """Around 1e12 the payoffs are rounded to 1e-4; the game as rounded still has its solution."""
    rng = np.random.default_rng(23)
    for _ in range(10):
        A, B = rng.normal(size=(2, 5, 5)) + 1e12
        equilibrium = solved(A, B)
        assert equilibrium_fault((A - 1e12, B - 1e12), equilibrium.strategies) < 1e-9


def relabelled(rng, A, B):
    rows, columns = rng.permutation(A.shape[0]), rng.permutation(A.shape[1])
    return rows, columns, solved(A[rows][:, columns], B[rows][:, columns])


def test_relabelling_strategies_relabels_the_equilibrium():
    rng = np.random.default_rng(24)
    for trial in range(60):
        A, B = generic(rng) if trial % 2 else without_pure_equilibria(rng, generic)
        before = solved(A, B)
        rows, columns, after = relabelled(rng, A, B)
        assert after.strategies[0] == pytest.approx(before.strategies[0][rows], abs=1e-9)
        assert after.strategies[1] == pytest.approx(before.strategies[1][columns], abs=1e-9)


def test_relabelling_a_large_game_of_which_few_paths_are_tried_relabels_the_equilibrium():
    rng = np.random.default_rng(25)
    A, B = without_pure_equilibria(rng, lambda rng: rng.normal(size=(2, 24, 24)))
    before = solved(A, B)
    for _ in range(3):
        rows, columns, after = relabelled(rng, A, B)
        assert after.strategies[0] == pytest.approx(before.strategies[0][rows], abs=1e-9)
        assert after.strategies[1] == pytest.approx(before.strategies[1][columns], abs=1e-9)


def test_relabelling_degenerate_games_does_not_change_the_payoffs_taken():
    rng = np.random.default_rng(26)
    for _ in range(80):
        A, B = rng.integers(0, 4, (2, *rng.integers(2, 7, 2))).astype(float)
        *_, after = relabelled(rng, A, B)
        assert after.payoffs == pytest.approx(solved(A, B).payoffs, abs=1e-9)


def test_relabelling_does_not_choose_between_the_pure_equilibria_of_the_battle():
    A, B = np.array([[3.0, 0], [0, 2]]), np.array([[2.0, 0], [0, 3]])
    first = solved(A, B).payoffs.tolist()
    for flip in ((slice(None, None, -1), slice(None)), (slice(None), slice(None, None, -1))):
        assert solved(A[flip], B[flip]).payoffs.tolist() == first


def test_the_canonical_order_makes_the_same_game_of_all_listings():
    rng = np.random.default_rng(27)
    for _ in range(30):
        arrays = rng.integers(0, 9, (3, 3, 4, 2)).astype(float)
        shuffle = np.ix_(range(3), *(rng.permutation(size) for size in arrays.shape[1:]))
        listed = []
        for table in (arrays, arrays[shuffle]):
            order = canonical_order(NormalFormGame.from_arrays(*table))
            listed.append(table[np.ix_(range(3), *order)])
        assert np.array_equal(*listed)


def test_exchanging_the_players_exchanges_the_strategies():
    rng = np.random.default_rng(28)
    for _ in range(40):
        A, B = generic(rng)
        before, after = solved(A, B), solved(B.T, A.T)
        for x, y in zip(before.strategies, reversed(after.strategies), strict=True):
            assert y == pytest.approx(x, abs=1e-9)


@pytest.mark.parametrize("gap", [1e-7, 1e-9, 1e-11, 1e-13])
def test_strategies_that_nearly_repeat_others_do_not_break_the_paths(gap):
    rng = np.random.default_rng(29)
    for _ in range(15):
        A, B = without_pure_equilibria(rng, generic)
        A, B = (np.vstack([X, X + gap * rng.normal(size=X.shape)]) for X in (A, B))
        A, B = (np.hstack([X, X + gap * rng.normal(size=X.shape)]) for X in (A, B))
        assert equilibrium_fault((A, B), solved(A, B).strategies) < 1e-9


@pytest.mark.parametrize("gap", [1e-9, 1e-10, 1e-11, 1e-12])
@pytest.mark.parametrize("copies", [2, 4])
def test_58_strategies_of_which_many_are_a_hair_apart_are_solved(gap, copies):
    """Restricted lever games look like this; paths in floats break on half of them."""
    rng = np.random.default_rng(31)
    for opposed in (True, False):
        A, B = rng.normal(size=(2, 58 // copies, 58 // copies))
        B = -A if opposed else B - A
        for axis in (0, 1):
            A, B = (
                np.concatenate(
                    [X + (k > 0) * gap * rng.normal(size=X.shape) for k in range(copies)], axis
                )
                for X in (A, B)
            )
        equilibrium = solved(A, B)
        assert equilibrium.regret < 1e-10
        assert bool(check_game_equilibrium(equilibrium))


@pytest.mark.parametrize("correlation", [-0.9, -0.5, 0.0])
def test_games_of_100_strategies_are_solved_whatever_ties_the_payoffs_together(correlation):
    rng = np.random.default_rng(32)
    for _ in range(2):
        A, C = rng.normal(size=(2, 100, 100))
        assert solved(A, correlation * A + (1 - correlation**2) ** 0.5 * C).regret < 1e-11


def test_zero_sum_games_of_120_strategies_with_payoffs_0_to_3_are_solved():
    A = np.random.default_rng(33).integers(0, 4, (120, 120))
    assert solved(A, -A).regret < 1e-11


def test_strictly_dominated_strategies_are_set_aside_before_the_paths():
    """Two players' pennies of three sides, each beside 40 strategies that lose everywhere."""
    rng = np.random.default_rng(34)
    A, B = -1 - rng.random((2, 43, 43))
    A[:3], B[:, :3] = 0.1 * rng.random((3, 43)), 0.1 * rng.random((43, 3))
    A[:3, :3] = [[0, 2, 1], [1, 0, 2], [2, 1, 0]]
    B[:3, :3] = 2 - A[:3, :3]
    equilibrium = solved(A, B)
    for x in equilibrium.strategies:
        assert x == pytest.approx(np.repeat([1 / 3, 0], [3, 40]))


def test_payoffs_equal_on_paper_tie_though_roundoff_runs_in_a_circle():
    """Matching pennies whose gains are one ulp, beside a strategy that nobody wants."""
    more = 0.1 + 0.2
    assert more > 0.3
    A = np.array([[more, 0.3, 0], [0.3, more, 0], [0, 0, -1]])
    B = np.array([[0.3, more, 0], [more, 0.3, 0], [0, 0, -1]])
    arrays = [table[:, :, None] for table in (A, B, np.zeros((3, 3)))]
    assert listed_pure_equilibria(arrays) == []
    equilibrium = solved(*arrays)
    assert equilibrium.is_pure
    assert equilibrium.number_found == 4
    assert equilibrium.certificate.holds


@given(bimatrix_games(max_strategies=4))
def test_two_player_games_have_the_payoffs_and_the_regret_that_listing_gives(game):
    equilibrium = equilibrium_of_game(game)
    arrays = game.payoff_arrays
    assert equilibrium_fault(arrays, equilibrium.strategies) < 1e-9
    assert equilibrium.payoffs == pytest.approx(listed_payoffs(arrays, equilibrium.strategies))
    assert equilibrium.is_pure == bool(listed_pure_equilibria(arrays))
    assert bool(check_game_equilibrium(equilibrium))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.booleans())
def test_three_player_games_give_a_pure_equilibrium_exactly_when_listing_does(seed, whole):
    rng = np.random.default_rng(seed)
    shape = (3, *rng.integers(1, 4, 3))
    arrays = rng.integers(0, 4, shape).astype(float) if whole else rng.normal(size=shape)
    cells = listed_pure_equilibria(arrays)
    game = game_of(*arrays)
    found = [tuple(int(x.argmax()) for x in profile) for profile in pure_profiles(game)]
    assert found == cells
    if not cells:
        equilibrium = equilibrium_of_game(game)
        assert not equilibrium.is_pure
        assert equilibrium_fault(arrays, equilibrium.strategies) < 1e-9
        return
    equilibrium = equilibrium_of_game(game)
    assert equilibrium.number_found == len(cells)
    cell = tuple(int(x.argmax()) for x in equilibrium.strategies)
    assert cell in cells
    ranges = np.ptp(arrays.reshape(3, -1), axis=1)
    ranges[ranges == 0] = 1
    best = max(float((arrays[(slice(None), *other)] / ranges).sum()) for other in cells)
    assert float((equilibrium.payoffs / ranges).sum()) == pytest.approx(best)


def test_one_player_takes_the_best_payoff():
    assert solved([1, 5, 3]).strategies[0].tolist() == [0, 1, 0]


def test_paths_that_roundoff_breaks_leave_the_work_to_exact_ones_on_a_growing_part(monkeypatch):
    monkeypatch.setattr(Tableau, "solution", lambda self: None)
    equilibrium = solved(*NASHPY_MISSES)
    assert equilibrium.method == "growing part"
    assert equilibrium.payoffs == pytest.approx([6.3, 3.5])


def test_when_all_methods_fail_the_error_carries_the_least_regret(monkeypatch):
    monkeypatch.setattr(Paths, "end", lambda self, label, *, max_pivots: None)
    with pytest.raises(ConvergenceError, match="2 x 2 game; the best is 1 of") as caught:
        solve_bimatrix(PENNIES, -PENNIES)
    assert caught.value.certificate.value == 1  # of a pure profile of matching pennies
    half = np.array([0.6, 0.4])
    monkeypatch.setattr(Paths, "end", lambda self, label, *, max_pivots: (half, half))
    with pytest.raises(ConvergenceError) as caught:
        solve_bimatrix(PENNIES, -PENNIES)
    assert caught.value.certificate.value == pytest.approx(0.12)


def test_solve_bimatrix_gives_the_strategies_of_the_same_equilibrium():
    rng = np.random.default_rng(30)
    for _ in range(20):
        A, B = generic(rng)
        for x, y in zip(solve_bimatrix(A, B), solved(A, B).strategies, strict=True):
            assert np.array_equal(x, y)


NAMES = {"players": ["US", "China"], "labels": [["open", "closed"], ["ship", "hold"]]}


def test_the_equilibrium_is_written_with_names_probabilities_and_certificate():
    text = str(solved([[2, -1], [-1, 1]], [[-1, 1], [1, -1]], **NAMES))
    for word in ("Nash equilibrium (Lemke-Howson)", "US", "China", "open", "hold", "0.4", "0.6"):
        assert word in text
    assert "tolerance 1e-09), holds" in text


def test_strategies_that_are_not_played_are_not_written():
    pure = solved([[3, 0], [5, 1]], [[3, 5], [0, 1]], **NAMES)
    assert pure.is_pure
    assert "closed" in str(pure)
    assert "open" not in str(pure)


def test_explain_says_kind_payoffs_regret_and_that_others_may_exist():
    mixed = solved(PENNIES, -PENNIES, **NAMES).explain()
    assert mixed.startswith("A mixed Nash equilibrium, the only one found; payoffs: US 0, China 0.")
    assert "of its payoff range by deviating alone. 1 found; others may exist." in mixed
    pure = solved([[3, 0], [0, 2]], [[2, 0], [0, 3]], **NAMES).explain()
    assert pure.startswith("A pure Nash equilibrium, the one of smallest support")
    assert "2 found" in pure


def test_payoffs_in_tiny_units_are_not_written_as_zero():
    tiny = solved([[3e-13, 0], [5e-13, 1e-13]], [[3, 5], [0, 1]], **NAMES)
    assert "US 1e-13, China 1" in tiny.explain()
    assert "US 1e-13, China 1" in str(tiny)


def test_to_dict_survives_json_and_holds_the_numbers():
    equilibrium = solved(*NASHPY_MISSES)
    there = json.loads(json.dumps(equilibrium.to_dict()))
    assert there["strategies"] == [x.tolist() for x in equilibrium.strategies]
    assert there["payoffs"] == equilibrium.payoffs.tolist()
    assert there["players"] == ["player 1", "player 2"]
    assert (there["number_found"], there["completeness"]) == (1, "one")
    assert there["certificate"]["holds"] is True
    assert there["regret"] == there["certificate"]["value"] == equilibrium.regret


def test_to_frame_has_a_row_for_each_strategy_played():
    frame = solved(*NASHPY_MISSES).to_frame()
    assert frame["probability"].tolist() == pytest.approx([0.5, 0.5, 0.3, 0.7])


@pytest.mark.parametrize(
    "change",
    [
        {"strategies": (np.array([0.6, 0.4]), np.array([0.5, 0.5]))},
        {"strategies": (np.array([0.6, 0.6]), np.array([0.5, 0.5]))},
        {"strategies": (np.array([1.5, -0.5]), np.array([0.5, 0.5]))},
        {"payoffs": np.array([0.0, 0.1])},
    ],
)
def test_a_tampered_equilibrium_fails_its_check(change):
    equilibrium = solved(PENNIES, -PENNIES)
    assert bool(check_game_equilibrium(equilibrium))
    assert not bool(check_game_equilibrium(dataclasses.replace(equilibrium, **change)))
