"""Small supports: counts that theory knows, and verified profiles in degenerate games."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs
from bargaining.noncooperative.n_player.supports import equilibria_on_supports, support_sizes
from tests.noncooperative.listing import equilibrium_fault
from tests.noncooperative.n_player_games import ROOT, circle_game, drawn, nine_equilibria


def found_in(arrays, limit=2000):
    payoffs = ExpectedPayoffs(NormalFormGame.from_arrays(*arrays))
    sizes = support_sizes(payoffs.shape, limit)
    found = equilibria_on_supports(payoffs, sizes, tolerance=1e-11)
    return [payoffs.profile(p) for p in found]


def test_the_limit_counts_supports_and_small_ones_come_first():
    assert support_sizes((2, 2, 2), 3) == [(1, 2, 2)]
    assert support_sizes((2, 2, 2), 7) == [(1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 2, 2)]
    assert support_sizes((20, 20, 20), 2000) == []


def test_sizes_at_which_one_player_mixes_too_much_are_left_out():
    assert (3, 1, 2) not in support_sizes((3, 3, 3), 1000)
    assert (3, 2, 2) in support_sizes((3, 3, 3), 1000)


def test_nine_equilibria_of_mckelvey_and_mclennan_two_of_them_totally_mixed():
    found = found_in(nine_equilibria())
    assert len(found) == 9 - 4  # the others are pure
    assert sum(all(x.min() > 0 for x in profile) for profile in found) == 2


def test_the_only_equilibrium_of_the_circle_is_found_once():
    (profile,) = found_in(circle_game())
    for x in profile:
        assert x == pytest.approx([ROOT, 1 - ROOT], abs=1e-13)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([(2, 2), (2, 3), (2, 2, 2), (3, 2, 2)]))
def test_generic_games_have_an_odd_number_of_equilibria(seed, shape):
    arrays = drawn(seed, shape)  # Wilson 1971, Harsanyi 1973
    pure = NormalFormGame.from_arrays(*arrays).pure_equilibria()
    assert (len(pure) + len(found_in(arrays))) % 2 == 1


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([(2, 2, 2), (3, 2, 2), (2, 2, 2, 2)]))
def test_of_degenerate_games_every_profile_is_an_equilibrium_and_none_comes_twice(seed, shape):
    arrays = drawn(seed, shape, whole=True)
    found = found_in(arrays)
    for profile in found:
        assert equilibrium_fault(arrays, profile) <= 1e-10
    flat = [np.concatenate(profile) for profile in found]
    for k, one in enumerate(flat):
        assert all(np.abs(one - other).max() > 1e-7 for other in flat[:k])


def test_of_a_support_on_which_everything_is_an_equilibrium_one_profile_comes():
    assert len(found_in(np.ones((3, 2, 2, 2)))) == len(support_sizes((2, 2, 2), 100)) + 3
