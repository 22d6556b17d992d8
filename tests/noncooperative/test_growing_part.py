"""A growing part of a game ends at an equilibrium of the game itself, also where floats fail."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.noncooperative.two_player.growing_part import growing_part, regret
from bargaining.noncooperative.two_player.lemke_howson import Paths
from bargaining.noncooperative.two_player.tableau import Tableau

GAIN = 1e-11


def grown(A, B):
    start = (np.eye(1, A.shape[0])[0], np.eye(1, A.shape[1])[0])
    return list(growing_part(A, B, start, gain=GAIN))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_the_last_part_gives_an_equilibrium_of_the_game(seed, m, n, opposed):
    A, B = np.random.default_rng(seed).integers(0, 4, (2, m, n)) / 3
    B = 1 - A if opposed else B
    assert regret(A, B, grown(A, B)[-1]) <= GAIN


def test_paths_in_whole_numbers_take_over_where_those_in_floats_break(monkeypatch):
    monkeypatch.setattr(Tableau, "solution", lambda self: None)
    A, B = np.random.default_rng(1).random((2, 8, 8))
    assert regret(A, B, grown(A, B)[-1]) <= GAIN


def test_nothing_is_yielded_when_a_part_is_not_solved(monkeypatch):
    monkeypatch.setattr(Paths, "end", lambda self, label, *, max_pivots: None)
    assert grown(np.eye(3), -np.eye(3)) == []


@pytest.mark.parametrize("gap", [1e-12, 1e-13])
def test_copies_that_gain_next_to_nothing_do_not_join(gap):
    rng = np.random.default_rng(2)
    A = rng.random((6, 6))
    A = np.vstack([A + gap * rng.random(A.shape) for _ in range(20)])
    x, y = grown(A, -A)[-1]
    assert np.count_nonzero(x) <= 6
    assert regret(A, -A, (x, y)) <= GAIN
