"""Convex polygons, points and segments among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from bargaining.enforcement.repeated.polygon import boundary, clipped, hull, outside

WHOLE = st.integers(0, 6).map(float)
POINTS = st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=12).map(np.array)
SQUARE = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


def area(vertices) -> float:
    following = np.roll(vertices, -1, axis=0)
    cross = vertices[:, 0] * following[:, 1] - vertices[:, 1] * following[:, 0]
    return float(cross.sum() / 2)


@given(POINTS)
def test_a_hull_holds_every_point_and_turns_left(points):
    vertices = hull(points, 1e-12)
    assert outside(points, vertices).max() <= 1e-12
    assert {tuple(v) for v in vertices} <= {tuple(p) for p in points}
    assert area(vertices) > 0 if len(vertices) > 2 else len(vertices) <= 2


@given(POINTS)
def test_no_vertex_of_a_hull_is_between_the_others(points):
    vertices = hull(points, 1e-12)
    for k in range(len(vertices)):
        others = np.delete(vertices, k, axis=0)
        assert not len(others) or outside(vertices[k : k + 1], hull(others, 1e-12))[0] > 1e-9


@given(POINTS, st.tuples(WHOLE, WHOLE).map(np.array))
def test_clipping_leaves_what_is_above_the_floor(points, floor):
    vertices = hull(points, 1e-12)
    kept = clipped(vertices, floor, 1e-12)
    size = len(vertices)
    result = linprog(
        np.zeros(size), A_ub=-vertices.T, b_ub=-floor, A_eq=np.ones((1, size)), b_eq=[1]
    )
    assert (result.status == 0) == (len(kept) > 0)
    if len(kept):
        assert np.all(kept >= floor - 1e-12)
        assert outside(kept, vertices).max() <= 1e-9
        inside = vertices[np.all(vertices >= floor, axis=1)]
        assert not len(inside) or outside(inside, kept).max() <= 1e-9


def test_distances_from_a_square_a_segment_and_a_point():
    points = np.array([[0.5, 0.5], [2, 0.5], [2, 2]])
    assert outside(points, SQUARE).tolist() == pytest.approx([0, 1, 2**0.5])
    assert outside(points, SQUARE[:2]).tolist() == pytest.approx([0.5, 1.25**0.5, 5**0.5])
    assert outside(points, SQUARE[:1]).tolist() == pytest.approx([0.5**0.5, 4.25**0.5, 8**0.5])


def test_a_boundary_is_two_functions():
    edge = boundary(np.array([[0.0, 1], [1, 0], [3, 1], [1, 2]]), 0)
    low, high = edge.between(np.array([0.0, 0.5, 1, 2, 3]))
    assert low.tolist() == pytest.approx([1, 0.5, 0, 0.5, 1])
    assert high.tolist() == pytest.approx([1, 1.5, 2, 1.5, 1])
    lowest, highest = edge.beyond(np.array([0.0, 2]))
    assert (lowest.tolist(), highest.tolist()) == ([0, 0.5], [2, 1.5])
