"""Nash packages of many draws at once, against the enumeration of small sets of packages."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.sweeps.packages import best_packages


@st.composite
def groups_of_gains(draw, whole):
    """Return gains of two players by group, and which cell of each group is breakdown."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    size = draw(st.integers(1, 5))
    breakdown = np.array([[rng.integers(k) for k in shape] for _ in range(size)])
    groups = []
    for c, k in enumerate(shape):
        gains = (
            rng.integers(-3, 4, (size, 2, k)).astype(float)
            if whole
            else rng.normal(size=(size, 2, k))
        )
        gains[np.arange(size), :, breakdown[:, c]] = 0.0
        groups.append(gains)
    return groups, breakdown


def enumerated(groups, d):
    """Return all packages of a draw with their gains."""
    cells = list(product(*(range(group.shape[2]) for group in groups)))
    gains = np.array([sum(g[d, :, k] for g, k in zip(groups, cell, strict=True)) for cell in cells])
    return cells, gains


def check(groups, breakdown):
    found = best_packages(groups, breakdown)
    for d in np.flatnonzero(found.settled):
        cells, gains = enumerated(groups, d)
        fair = (gains >= -1e-12).all(axis=1) & (gains > 1e-12).any(axis=1)
        assert found.agreed[d] == fair.any()
        if not fair.any():
            assert found.cells[d].tolist() == breakdown[d].tolist()
            assert not found.gains[d].any()
            continue
        value = np.where((gains > 0).all(axis=1), gains.prod(axis=1), -1.0)
        assert tuple(found.cells[d]) == cells[value.argmax()]
        np.testing.assert_allclose(found.gains[d], gains[value.argmax()], rtol=1e-12)
    return found


@given(groups_of_gains(whole=False))
def test_the_package_is_the_best_of_all_and_generic_draws_are_settled(case):
    assert check(*case).settled.all()


@given(groups_of_gains(whole=True))
def test_with_ties_and_one_sided_gains_what_is_settled_is_right(case):
    check(*case)


@given(groups_of_gains(whole=False), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_units_of_payoffs_do_not_matter(case, first, second):
    groups, breakdown = case
    scale = np.array([first, second])[:, None]
    before = best_packages(groups, breakdown)
    after = best_packages([group * scale for group in groups], breakdown)
    np.testing.assert_array_equal(before.cells, after.cells)
    np.testing.assert_array_equal(before.settled, after.settled)


@given(groups_of_gains(whole=False))
def test_players_may_be_exchanged(case):
    groups, breakdown = case
    before = best_packages(groups, breakdown)
    after = best_packages([group[:, ::-1] for group in groups], breakdown)
    np.testing.assert_array_equal(before.cells, after.cells)


def test_two_equal_packages_are_left_to_the_exact_search():
    gains = np.array([[[0.0, 2.0, 1.0], [0.0, 1.0, 2.0]]])
    assert not best_packages([gains], np.zeros((1, 1), dtype=int)).settled[0]


@pytest.mark.parametrize("gains", [[[0.0, 1.0], [0.0, 0.0]], [[0.0, 1e-8, -1.0], [0.0, 1.0, 1.0]]])
def test_gains_of_one_player_only_are_left_to_the_exact_search(gains):
    found = best_packages([np.array([gains])], np.zeros((1, 1), dtype=int))
    assert not found.settled[0]
