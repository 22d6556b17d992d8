"""Players without a choice drop out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg


def with_bystander(rng, shape, place):
    """Return a two-player game, and the same with a player who has one strategy."""
    tables = rng.integers(0, 4, (3, *shape)).astype(float)
    two = bg.NormalFormGame.from_arrays(*tables[:2])
    order = [0, 1]
    order.insert(place, 2)
    three = bg.NormalFormGame.from_arrays(
        *(np.expand_dims(tables[i], place) for i in order), players=[f"p{i}" for i in order]
    )
    return two, three


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2))
def test_a_bystander_changes_no_equilibrium_and_lists_stay_complete(seed, m, n, place):
    two, three = with_bystander(np.random.default_rng(seed), (m, n), place)
    plain, found = bg.nash_equilibria(two), bg.nash_equilibria(three)
    assert found.completeness == plain.completeness == "all"
    assert found.subsets == plain.subsets
    for first, second in zip(plain, found, strict=True):
        others = [x for i, x in enumerate(second.strategies) if i != place]
        for x, y in zip(first.strategies, others, strict=True):
            np.testing.assert_array_equal(x, y)
        assert second.strategies[place].tolist() == [1.0]
    assert bg.verify(found)
    proved = bg.nash_equilibria(three, exact=True)
    assert [each.exact[place] for each in proved] == [(1,)] * len(proved)
    assert bg.verify(proved)
    assert bg.verify(bg.nash_equilibrium(three))


def test_three_players_of_whom_dominance_leaves_two_a_choice_are_solved_as_two() -> None:
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    first = np.stack([pennies, pennies], axis=2)
    third = np.zeros((2, 2, 2))
    third[:, :, 0] = 1.0
    equilibrium = bg.nash_equilibrium(bg.NormalFormGame.from_arrays(first, -first, third))
    for x, expected in zip(equilibrium.strategies, ([0.5, 0.5], [0.5, 0.5], [1, 0]), strict=True):
        np.testing.assert_allclose(x, expected, atol=1e-12)
    assert bg.verify(equilibrium)
