"""nashpy behind the adapter: what comes out is sound, single and quiet."""

from __future__ import annotations

import nashpy
import numpy as np
import pytest

from bargaining.noncooperative.nashpy_adapter import enumerated_equilibria
from tests.noncooperative.listing import equilibrium_fault

A_BATTLE, B_BATTLE = np.array([[3.0, 0], [0, 2]]), np.array([[2.0, 0], [0, 3]])


def rounded(profiles):
    return sorted(tuple(np.concatenate(profile).round(7)) for profile in profiles)


def test_all_three_equilibria_of_the_battle_are_found():
    found = enumerated_equilibria(A_BATTLE, B_BATTLE, tolerance=1e-9)
    assert rounded(found) == [(0, 1, 0, 1), (0.6, 0.4, 0.4, 0.6), (1, 0, 1, 0)]


def test_the_game_that_support_enumeration_misses_has_its_one_equilibrium():
    A = np.array([[3.0, 0, 9], [3, 9, 2], [6, 7, 6]])
    B = np.array([[3.0, 6, 0], [3, 3, 8], [3, 1, 7]])
    assert rounded(enumerated_equilibria(A, B, tolerance=1e-9)) == [(0.5, 0, 0.5, 0, 0.3, 0.7)]


def test_generic_games_have_an_odd_number_of_sound_equilibria():
    """Odd as in Wilson (1971): roundoff of -1e-17 in a vertex must not cost one."""
    rng = np.random.default_rng(11)
    for _ in range(60):
        A, B = rng.normal(size=(2, *rng.integers(2, 6, 2)))
        found = enumerated_equilibria(A, B, tolerance=1e-9)
        assert len(found) % 2 == 1
        assert all(equilibrium_fault((A, B), profile) < 1e-9 for profile in found)


def test_degenerate_games_give_sound_profiles_each_once():
    rng = np.random.default_rng(12)
    for _ in range(60):
        A, B = rng.integers(0, 4, (2, *rng.integers(2, 6, 2))).astype(float)
        found = enumerated_equilibria(A, B, tolerance=1e-9)
        assert found
        assert len(set(rounded(found))) == len(found)
        assert all(equilibrium_fault((A, B), profile) < 1e-9 for profile in found)


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_units_do_not_change_what_is_found(factor):
    found = enumerated_equilibria(factor * A_BATTLE, B_BATTLE - 1e6, tolerance=1e-9)
    assert rounded(found) == rounded(enumerated_equilibria(A_BATTLE, B_BATTLE, tolerance=1e-9))


def test_a_single_row_is_too_flat_for_qhull_and_gives_an_empty_list():
    row = np.array([[1.0, 2.0, 3.0]])
    assert enumerated_equilibria(row, row, tolerance=1e-9) == []


@pytest.mark.parametrize(
    "false",
    [
        ([1.0, 0.0], [0.0, 1.0]),  # no equilibrium
        ([np.nan, np.nan], [1.0, 0.0]),
        ([1.5, -0.5], [1.0, 0.0]),
        ([0.5, 0.4], [1.0, 0.0]),
    ],
)
def test_false_profiles_of_nashpy_are_dropped_and_true_ones_kept_once(false, monkeypatch):
    true = ([1.0, -1e-17], [1.0, 0.0])
    given = [tuple(map(np.array, profile)) for profile in (false, true, true)]
    monkeypatch.setattr(nashpy.Game, "vertex_enumeration", lambda self: iter(given))
    found = enumerated_equilibria(A_BATTLE, B_BATTLE, tolerance=1e-9)
    assert [[x.tolist() for x in profile] for profile in found] == [[[1, 0], [1, 0]]]
