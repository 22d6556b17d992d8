"""Supports of two and full supports: what is yielded is an equilibrium; known games are met."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.noncooperative.two_player.guessed_supports import full_support, two_by_two
from tests.noncooperative.listing import equilibrium_fault, listed_pure_equilibria


def test_matching_pennies_among_strategies_nobody_wants_are_found_wherever_they_stand():
    rng = np.random.default_rng(1)
    A = np.full((5, 6), -1.0) + 0.1 * rng.random((5, 6))
    B = np.full((5, 6), -1.0) + 0.1 * rng.random((5, 6))
    A[:2] += 1
    B[:, :2] += 1
    A[:2, :2], B[:2, :2] = [[2, -1], [-1, 1]], [[-1, 2], [1, -1]]
    for _ in range(5):
        rows, columns = rng.permutation(5), rng.permutation(6)
        found = list(two_by_two(A[rows][:, columns], B[rows][:, columns]))
        assert found
        for x, y in found:
            assert x[np.argsort(rows)] == pytest.approx([0.4, 0.6, 0, 0, 0])
            assert y[np.argsort(columns)] == pytest.approx([0.4, 0.6, 0, 0, 0, 0])


@pytest.mark.parametrize("size", [3, 10, 40])
def test_most_random_games_without_pure_equilibria_have_one_and_all_found_are_sound(size):
    rng = np.random.default_rng(size)
    games = solved = 0
    while games < 20:
        A, B = rng.random((2, size, size))
        if listed_pure_equilibria((A, B)):
            continue
        games += 1
        found = list(two_by_two(A, B))
        solved += bool(found)
        for x, y in found:
            assert (np.count_nonzero(x), np.count_nonzero(y)) == (2, 2)
            assert max((A @ y).max() - x @ A @ y, (x @ B).max() - x @ B @ y) < 1e-12
    assert solved >= 12


def test_exchanging_the_players_exchanges_what_is_found():
    A, B = np.random.default_rng(2).random((2, 12, 9))
    one = {tuple(np.concatenate(pair).round(9)) for pair in two_by_two(A, B)}
    other = {tuple(np.concatenate(pair[::-1]).round(9)) for pair in two_by_two(B.T, A.T)}
    assert one == other


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (3, 3)])
def test_constant_and_narrow_games_have_no_mixtures_to_guess(shape):
    assert list(two_by_two(np.ones(shape), np.ones(shape))) == []


def test_rock_paper_scissors_of_nine_things_is_mixed_evenly():
    size = 9
    shift = (np.arange(size)[:, None] - np.arange(size)) % size
    A = np.where(shift == 0, 0.0, np.where(shift <= size // 2, 1.0, -1.0))
    ((x, y),) = full_support(A, -A)
    assert x == pytest.approx(np.full(size, 1 / size))
    assert equilibrium_fault((A, -A), (x, y)) < 1e-12


@pytest.mark.parametrize(
    "A",
    [
        np.zeros((2, 3)),  # not square
        np.ones((3, 3)),  # singular
        np.array([[3.0, 0], [5, 1]]),  # one strategy dominates
    ],
)
def test_without_a_full_support_nothing_is_yielded(A):
    assert list(full_support(A, A)) == []
