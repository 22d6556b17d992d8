"""The exact frontier of two players against the hull of all listed packages."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from tests.cooperative.problems import over_packages, random_game


def efficient_vertices(points):
    """Return the Pareto-efficient vertices of the hull by a monotone chain."""
    chain: list[np.ndarray] = []
    for point in sorted(points.tolist(), key=lambda p: (p[0], p[1])):
        p = np.array(point)
        while chain and p[1] >= chain[-1][1] - 1e-12:
            chain.pop()
        while len(chain) > 1:
            a, b = chain[-2:]
            if (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) >= -1e-12:
                chain.pop()
            else:
                break
        chain.append(p)
    return np.array(chain)


@settings(max_examples=80)
@given(seed=st.integers(0, 100_000), levers=st.integers(1, 5), pairs=st.integers(0, 4))
def test_the_frontier_has_the_efficient_vertices_of_the_hull_of_all_packages(
    seed, levers, pairs
) -> None:
    game = random_game(np.random.default_rng(seed), levers=levers, pairs=pairs)
    points = game.payoffs_at(np.array(list(itertools.product(range(3), repeat=levers))))
    found = bg.frontier(game)
    np.testing.assert_allclose(found.points, efficient_vertices(points), atol=1e-9)
    np.testing.assert_allclose(game.payoffs(list(found.packages)), found.points, atol=1e-12)
    assert bg.verify(found)


@settings(max_examples=40)
@given(seed=st.integers(0, 100_000))
def test_the_frontier_of_a_problem_is_cut_at_the_disagreement_point(seed) -> None:
    rng = np.random.default_rng(seed)
    game = random_game(rng)
    whole = bg.frontier(game).points
    d = whole.mean(axis=0) - 0.5
    cut = bg.frontier(over_packages(game, d))
    assert (cut.points >= d - 1e-12).all()
    assert bg.verify(cut)
    for point, package in zip(cut.points, cut.packages, strict=True):
        height = np.interp(point[0], whole[:, 0], whole[:, 1])
        assert point[1] <= height + 1e-9
        assert package is not None or np.isclose(point, d).any()


def test_two_hundred_levers_have_one_vertex_for_each_efficient_step() -> None:
    rng = np.random.default_rng(1)
    us, china = bg.Player("US"), bg.Player("China")
    levers = [bg.Lever(f"l{j}", us, [0, 1], 0) for j in range(200)]
    trades = [
        bg.TablePayoff(lever, {us: [0, rng.uniform(1, 2)], china: [0, -rng.uniform(1, 2)]})
        for lever in levers
    ]
    found = bg.frontier(bg.Negotiation([us, china], levers, trades))
    assert len(found) == 201


def test_a_frontier_with_a_vertex_left_out_moved_or_added_is_found_out() -> None:
    found = bg.frontier(bg.BargainingProblem([[4, 0], [0, 4], [3, 2], [1.5, 3.4]], [0, 0]))
    assert bg.verify(found)
    points = found.points
    for false in (
        np.delete(points, 1, axis=0),
        np.delete(points, 0, axis=0),
        np.delete(points, -1, axis=0),
        points + np.array([0.01, 0.0]),
        points - np.array([0.0, 0.01]),
    ):
        assert not bg.verify(replace(found, points=false))


def test_a_frontier_out_of_reach_is_empty_and_proved_so() -> None:
    found = bg.frontier(bg.BargainingProblem([[4, 0], [0, 4]], [3, 3]))
    assert len(found) == 0
    assert bg.verify(found)


def test_the_frontier_can_be_read_as_a_table() -> None:
    found = bg.frontier(bg.BargainingProblem([[4, 0], [0, 4], [3, 2]], [0, 0]))
    assert "Pareto frontier" in str(found)
    assert len(found.to_frame()) == len(found) == 3
    assert found.to_dict()["columns"] == ["player 1", "player 2", "package"]
    assert "<table>" in found._repr_html_()


def test_bad_calls_and_too_many_vertices_are_named() -> None:
    with pytest.raises(bg.InputError, match="expected two players, got 3"):
        bg.frontier(bg.BargainingProblem([[1, 2, 3]], [0, 0, 0]))
    curve = bg.BargainingProblem(bg.FrontierSet(lambda u: 1 - u, (0, 1)), [0, 0])
    with pytest.raises(bg.InputError, match="its function is the frontier"):
        bg.frontier(curve)
    circle = np.column_stack([np.cos(np.linspace(0, 1, 50)), np.sin(np.linspace(0, 1, 50))])
    with pytest.raises(bg.IntractableError, match="more than 10 vertices"):
        bg.frontier(bg.BargainingProblem(circle, [0, 0]), limit=10)
