"""N players: one verified equilibrium, those found, and errors that carry what was reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import ConvergenceError, IntractableError
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player import n_player as module
from bargaining.noncooperative.n_player.logit import PathEnd
from bargaining.noncooperative.n_player.n_player import equilibria_found, mixed_profile
from tests.noncooperative.listing import equilibrium_fault
from tests.noncooperative.n_player_games import (
    ROOT,
    circle_game,
    drawn,
    nine_equilibria,
    relabelled,
)


def game_of(arrays):
    return NormalFormGame.from_arrays(*arrays)


@pytest.fixture
def no_path(monkeypatch):
    """Every logit path gives up where it starts."""

    def given_up(payoffs, start=None):
        return PathEnd(payoffs.centroid, payoffs.regret(payoffs.centroid), 0.0)

    monkeypatch.setattr(module, "follow_logit_path", given_up)


@pytest.fixture
def no_gambit(monkeypatch):
    monkeypatch.setattr(module, "gambit_installed", lambda: False)


def test_the_irrational_equilibrium_of_the_circle_is_found():
    for x in mixed_profile(game_of(circle_game())):
        assert x == pytest.approx([ROOT, 1 - ROOT], abs=1e-13)


def test_nine_equilibria_of_mckelvey_and_mclennan():
    profiles, completeness, method = equilibria_found(game_of(nine_equilibria()))
    assert len(profiles) == 9
    assert completeness == "some"
    assert method == "pure equilibria, supports of up to 6 strategies in all, logit path"


@settings(max_examples=30)
@given(st.integers(0, 100_000), st.booleans(), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_small_games_of_any_shape_give_an_equilibrium(seed, whole, shape):
    arrays = drawn(seed, shape, whole=whole)
    assert equilibrium_fault(arrays, mixed_profile(game_of(arrays))) <= 1e-9


@settings(max_examples=15)
@given(st.integers(0, 100_000), st.sampled_from([1e-12, 1.0, 1e9]))
def test_neither_units_nor_labels_change_the_equilibrium(seed, unit):
    rng = np.random.default_rng(seed)
    arrays = list(drawn(seed, (2, 2, 3)))
    profile = np.concatenate(mixed_profile(game_of(arrays)))
    moved, back = relabelled([unit * arrays[0], *arrays[1:]], rng)
    there = np.concatenate(back(mixed_profile(game_of(moved))))
    assert there == pytest.approx(profile, abs=1e-7)


@settings(max_examples=15)
@given(st.integers(0, 100_000))
def test_neither_units_nor_labels_change_the_equilibria_of_a_generic_game(seed):
    rng = np.random.default_rng(seed)
    arrays = list(drawn(seed, (2, 2, 2)))
    found = [np.concatenate(p) for p in equilibria_found(game_of(arrays))[0]]
    moved, back = relabelled([7 * arrays[0] - 3, *arrays[1:]], rng)
    there = [np.concatenate(back(p)) for p in equilibria_found(game_of(moved))[0]]
    assert len(there) == len(found)
    for p in found:
        assert min(np.abs(p - q).max() for q in there) < 1e-7


@settings(max_examples=15)
@given(st.integers(0, 100_000), st.booleans())
def test_the_equilibrium_given_alone_is_no_better_than_those_listed(seed, whole):
    arrays = drawn(seed, (3, 2, 2), whole=whole)
    game = game_of(arrays)
    found, completeness, _ = equilibria_found(game)
    assert completeness == "some"
    assert len(game.pure_equilibria()) == sum(all(x.max() == 1 for x in p) for p in found)
    for profile in found:
        assert equilibrium_fault(arrays, profile) <= 1e-10
    one = np.concatenate(mixed_profile(game))
    assert min(np.abs(one - np.concatenate(p)).max() for p in found) < 1e-7


def test_a_third_player_without_a_choice_leaves_the_two_player_game():
    A, B = [[2, -1], [-1, 1]], [[-1, 1], [1, -1]]
    thirds = [np.array(table)[:, :, None] for table in (A, B, np.zeros((2, 2)))]
    x, y, z = mixed_profile(game_of(thirds))
    assert x == pytest.approx([0.5, 0.5], abs=1e-12)
    assert y == pytest.approx([0.4, 0.6], abs=1e-12)
    assert z.tolist() == [1]


def test_where_the_path_is_given_up_the_supports_are_searched(no_path, no_gambit):
    for x in mixed_profile(game_of(circle_game())):
        assert x == pytest.approx([ROOT, 1 - ROOT], abs=1e-9)


def test_other_starts_serve_where_the_principal_branch_is_given_up(monkeypatch):
    follow = module.follow_logit_path

    def first_fails(payoffs, start=None):
        if start is None:
            return PathEnd(payoffs.centroid, payoffs.regret(payoffs.centroid), 0.0)
        return follow(payoffs, start)

    monkeypatch.setattr(module, "follow_logit_path", first_fails)
    monkeypatch.setattr(module, "SUPPORTS_FOR_ONE", 0)
    for x in mixed_profile(game_of(circle_game())):
        assert x == pytest.approx([ROOT, 1 - ROOT], abs=1e-12)


def test_when_all_fail_the_error_carries_the_least_regret(no_path, no_gambit, monkeypatch):
    monkeypatch.setattr(module, "SUPPORTS_FOR_ONE", 0)
    game = game_of(circle_game())
    with pytest.raises(ConvergenceError, match=r"2 x 2 x 2 game; the best is 0.031 ") as caught:
        mixed_profile(game)
    # At the centroid the first strategy gains 2 - 3/2 - 1/4 = 1/4, half of it in regret, of 4.
    assert caught.value.certificate.value == pytest.approx(0.25 / 2 / 4)
    assert not caught.value.certificate.holds


def test_games_too_large_are_refused_with_how_much_too_large_they_are(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_GAME", 11)
    with pytest.raises(IntractableError, match=r"2 x 2 x 2 game: .* are 24, 2.18 times the limit"):
        mixed_profile(game_of(circle_game()))
    with pytest.raises(IntractableError, match="times the limit"):
        equilibria_found(game_of(circle_game()))
    profiles, completeness, method = equilibria_found(game_of(nine_equilibria()))
    assert (len(profiles), completeness) == (4, "some")
    assert method == "pure equilibria; the game is too large for mixed ones"


def test_games_of_too_many_strategies_are_refused():
    arrays = np.zeros((2, 200, 201))
    with pytest.raises(IntractableError, match="401 strategies in all, the limit is 400"):
        mixed_profile(game_of(arrays))


def test_where_no_support_is_small_enough_the_path_alone_is_asked(monkeypatch):
    monkeypatch.setattr(module, "SUPPORTS_FOR_ALL", 0)
    profiles, completeness, method = equilibria_found(game_of(circle_game()))
    assert (len(profiles), completeness) == (1, "some")
    assert method == "pure equilibria, logit path"


@pytest.mark.parametrize("apart", [0.0, 1e-9, 1e-6])
def test_strategies_that_nearly_are_the_same_do_not_stop_the_search(apart):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        arrays = rng.normal(size=(3, 2, 2, 2))[:, [0, 1, 0]][:, :, [0, 1, 0]]
        arrays = arrays + apart * rng.normal(size=arrays.shape)
        assert equilibrium_fault(arrays, mixed_profile(game_of(arrays))) <= 1e-9
