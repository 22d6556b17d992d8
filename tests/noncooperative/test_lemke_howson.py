"""Complementary pivoting: ends at equilibria, on degenerate games too, in any units."""

from __future__ import annotations

import nashpy
import numpy as np
import pytest

from bargaining.errors import InputError
from bargaining.noncooperative.two_player.lemke_howson import Paths, ends_of_paths, lemke_howson
from tests.noncooperative.listing import equilibrium_fault


def ends(A, B):
    return [lemke_howson(A, B, label) for label in range(sum(A.shape))]


def test_it_solves_the_game_on_which_nashpys_support_enumeration_finds_nothing():
    A = np.array([[3.0, 0, 9], [3, 9, 2], [6, 7, 6]])
    B = np.array([[3.0, 6, 0], [3, 3, 8], [3, 1, 7]])
    with pytest.warns(RuntimeWarning, match="even number"):
        assert list(nashpy.Game(A, B).support_enumeration()) == []
    for x, y in ends(A, B):
        assert x == pytest.approx([0.5, 0, 0.5], abs=1e-12)
        assert y == pytest.approx([0, 0.3, 0.7], abs=1e-12)


def test_every_path_of_degenerate_games_ends_at_an_equilibrium():
    rng = np.random.default_rng(7)
    for _ in range(120):
        m, n = rng.integers(1, 8, 2)
        A, B = rng.integers(0, 4, (2, m, n)).astype(float)
        for end in ends(A, B):
            assert end is not None
            assert equilibrium_fault((A, B), end) < 1e-9


@pytest.mark.parametrize("size", [40, 100])
def test_large_games_with_payoffs_0_to_3_do_not_loop(size):
    """QuantEcon returns a profile that is no equilibrium on most games like these."""
    rng = np.random.default_rng(size)
    for _ in range(3):
        A, B = rng.integers(0, 4, (2, size, size)).astype(float)
        for label in (5, 0, size - 1, size, 2 * size - 1):
            end = lemke_howson(A, B, label)
            assert end is not None
            x, y = end
            assert (A @ y).max() - x @ A @ y < 1e-9
            assert (x @ B).max() - x @ B @ y < 1e-9


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1)])
def test_games_of_a_single_row_or_column_end_at_the_best_reply(shape):
    A, B = np.random.default_rng(3).normal(size=(2, *shape))
    for x, y in ends(A, B):
        assert x[np.argmax(A[:, 0]) if shape[1] == 1 else 0] == 1
        assert y[np.argmax(B[0]) if shape[0] == 1 else 0] == 1


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1e12, 1e300])
def test_paths_do_not_depend_on_units(factor):
    rng = np.random.default_rng(5)
    for _ in range(20):
        A, B = rng.normal(size=(2, 4, 5))
        for before, after in zip(ends(A, B), ends(factor * A, B), strict=True):
            assert np.concatenate(after) == pytest.approx(np.concatenate(before), abs=1e-9)


def test_the_labels_lead_to_both_ends_of_a_battle_and_an_odd_number_is_left():
    A, B = np.array([[3.0, 0], [0, 2]]), np.array([[2.0, 0], [0, 3]])
    found = {tuple(np.concatenate(end).round(9)) for end in ends(A, B)}
    assert found == {(1, 0, 1, 0), (0, 1, 0, 1)}


def test_constant_payoffs_make_everything_an_equilibrium():
    for end in ends(np.full((3, 2), 7.0), np.full((3, 2), -1.0)):
        assert sum(map(sum, end)) == 2


def test_the_cap_on_pivots_gives_none_not_a_wrong_profile():
    A, B = np.random.default_rng(1).normal(size=(2, 8, 8))
    assert lemke_howson(A, B, 0, max_pivots=1) is None


@pytest.mark.parametrize("label", [-1, 5, 1.0, True, "0", None])
def test_a_label_out_of_range_is_refused(label):
    with pytest.raises(InputError, match=r"label: expected one of 0\.\.4, got"):
        lemke_howson(np.ones((2, 3)), np.ones((2, 3)), label)


def test_paths_in_whole_numbers_end_where_those_in_floats_do():
    rng = np.random.default_rng(6)
    for trial in range(40):
        shape = (2, *rng.integers(1, 6, 2))
        A, B = rng.normal(size=shape) if trial % 2 else rng.integers(0, 4, shape).astype(float)
        exact = Paths(A, B, exact=True)
        for label, end in enumerate(ends(A, B)):
            other = exact.end(label, max_pivots=1000)
            assert np.concatenate(other) == pytest.approx(np.concatenate(end), abs=1e-9)


def test_paths_of_many_labels_come_short_ones_first_and_stop_at_the_longest_cap(monkeypatch):
    tried = []
    monkeypatch.setattr(Paths, "end", lambda self, k, *, max_pivots: tried.append((k, max_pivots)))
    assert list(ends_of_paths(Paths(np.eye(6), -np.eye(6)), longest=64)) == []
    assert [cap for _, cap in tried] == [16] * 8 + [32] * 8 + [64] * 8
    assert [label for label, _ in tried[:12]] == [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]


def test_a_path_that_roundoff_breaks_is_counted(monkeypatch):
    monkeypatch.setattr(
        "bargaining.noncooperative.two_player.tableau.Tableau.solution", lambda self: None
    )
    paths = Paths(np.eye(3), -np.eye(3))
    assert paths.end(0, max_pivots=100) is None
    assert paths.broken == 1
    assert paths.end(0, max_pivots=1) is None
    assert paths.broken == 1  # cut, not broken


def long_paths(d):
    """Make the game of Savani and von Stengel (2006) from dual cyclic polytopes of dimension d.

    Facets of the first are labelled in their order along the moment curve; those of the second with
    neighbours exchanged. The one equilibrium plays everything.
    """
    angles = np.pi * np.arange(1, 2 * d + 1) / d
    waves = [wave(k * angles) for k in range(1, d // 2 + 1) for wave in (np.cos, np.sin)]
    facets = np.column_stack(waves)

    def seen_from(corner, others):
        """Return the constraints by which the other facets cut the corner, as payoffs."""
        vertex = np.linalg.solve(facets[corner], np.ones(d))
        slopes = -facets[others] @ np.linalg.inv(facets[corner])
        return slopes / (1 - facets[others] @ vertex)[:, None]

    def exchanged(k):
        """Return the label of facet k, both counted from 1, less 1."""
        if k in (1, d):
            return k - 1
        return (k + 1 if (k - d * (k > d)) % 2 == (k > d) else k - 1) - 1

    facet_of = np.argsort([exchanged(k) for k in range(1, 2 * d + 1)])
    first, last = np.arange(d), np.arange(d, 2 * d)
    return seen_from(facet_of[last], facet_of[first]), seen_from(first, last).T


@pytest.mark.parametrize(("d", "longest"), [(4, 20), (6, 88), (8, 376)])
def test_the_longest_paths_are_as_long_as_theory_has_them(d, longest):
    A, B = long_paths(d)
    paths = Paths(A, B)
    for label in range(2 * d):
        x, y = paths.end(label, max_pivots=longest)
        assert equilibrium_fault((A, B), (x, y)) < 1e-9
        assert min(x.min(), y.min()) > 0
    assert any(paths.end(label, max_pivots=longest - 1) is None for label in range(2 * d))
