"""Generic games in floating point: what is found, and when the method declines."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.two_player import vertices as module
from bargaining.noncooperative.two_player.exact import integers
from bargaining.noncooperative.two_player.vertices import (
    DegenerateError,
    generic_equilibria,
    most_vertices,
)


def solved(A, B):
    A, B = (np.array(table, dtype=float) for table in (A, B))
    rational = NormalFormGame.from_arrays(A, B).rational
    return generic_equilibria(A, B, lambda: integers(rational[0]))


def test_strategies_go_with_each_other_and_are_zero_outside_their_supports():
    rng = np.random.default_rng(60)
    for shape in ((2, 2), (3, 6), (5, 5), (2, 40), (3, 80)):
        A, B = 1 + rng.random((2, *shape))
        X, Y = solved(A, B)
        assert len(X) == len(Y)
        assert len(X) % 2 == 1
        for x, y in zip(X, Y, strict=True):
            assert (A @ y).max() - x @ A @ y < 1e-12
            assert (x @ B).max() - x @ B @ y < 1e-12
            assert (x > 0).sum() == (y > 0).sum()


@pytest.mark.parametrize(
    ("A", "B"),
    [
        ([[2, 1], [1, 2]], [[1.5, 1.5], [1, 2]]),
        ([[2, 1], [2, 1]], [[2, 1], [1, 2]]),
        ([[1, 1], [1, 1]], [[1, 1], [1, 1]]),
        ([[2, 1.5, 1], [1, 1.5, 2]], [[1, 2, 1.2], [1.9, 1, 1.1]]),
        ([[1, 1], [2, 1]], [[2, 1], [1, 2]]),
    ],
)
def test_degenerate_games_are_declined(A, B):
    with pytest.raises(DegenerateError):
        solved(A, B)


def test_a_tie_that_no_equilibrium_needs_is_no_hindrance():
    """The second and third rows are equal, and worse than the first."""
    A, B = [[2, 2], [1, 1.5], [1, 1.5]], [[2, 1], [1.2, 1.7], [1.1, 1.9]]
    X, Y = solved(np.array(A), np.array(B))
    assert X.round(9).tolist() == [[1, 0, 0]]
    assert Y.round(9).tolist() == [[1, 0]]


def test_a_hull_that_leaves_out_a_vertex_is_noticed(monkeypatch):
    real = module.ConvexHull

    def short(points):
        hull = real(points)
        neighbors = np.where(hull.neighbors == 0, 1, hull.neighbors)
        return SimpleNamespace(
            simplices=hull.simplices, equations=hull.equations, neighbors=neighbors
        )

    monkeypatch.setattr(module, "ConvexHull", short)
    A, B = 1 + np.random.default_rng(61).random((2, 4, 4))
    with pytest.raises(DegenerateError, match="not closed"):
        solved(A, B)


def test_what_qhull_finds_flat_is_declined(monkeypatch):
    def fails(points):
        raise module.QhullError("flat")

    monkeypatch.setattr(module, "ConvexHull", fails)
    with pytest.raises(DegenerateError, match="flat"):
        solved([[2, 1], [1, 2]], [[2, 1], [1, 2]])


def test_the_upper_bound_of_mcmullen():
    """Of the cyclic polytopes: polygons, and 4-polytopes with n (n - 3) / 2 facets."""
    assert [most_vertices(n, 2) for n in (3, 5, 9)] == [3, 5, 9]
    assert [most_vertices(n, 3) for n in (4, 6, 9)] == [4, 8, 14]
    assert [most_vertices(n, 4) for n in (5, 6, 10)] == [5, 9, 35]
