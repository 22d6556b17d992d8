"""Vertices in whole numbers, against a listing of all bases."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import IntractableError
from bargaining.noncooperative.two_player.double_description import all_vertices
from bargaining.noncooperative.two_player.exact import rational_solution
from bargaining.noncooperative.two_player.vertices import most_vertices


def listed_vertices(rows):
    """Solve every choice of d constraints; keep what meets the others."""
    count, d = rows.shape
    matrix = [*np.eye(d, dtype=int).tolist(), *rows.tolist()]
    right = [0] * d + [1] * count
    found = set()
    for basis in combinations(range(d + count), d):
        x = rational_solution([matrix[k] for k in basis], [right[k] for k in basis])
        if x is None or min(x) < 0:
            continue
        if all(sum(a * b for a, b in zip(row, x, strict=True)) <= 1 for row in rows.tolist()):
            found.add(tuple(x))
    return found - {(Fraction(0),) * d}


def points(vertices, rows):
    """Return the vertices themselves: scaled until the largest row is 1."""
    made = set()
    for point in vertices.points.tolist():
        most = max(sum(a * b for a, b in zip(row, point, strict=True)) for row in rows.tolist())
        made.add(tuple(Fraction(x, most) for x in point))
    return made


tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(1, 4), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@given(tables)
def test_it_finds_the_vertices_that_listing_finds_degenerate_ones_included(table):
    rows = np.array(table)
    found = all_vertices(rows, limit=1000)
    assert points(found, rows) == listed_vertices(rows)
    assert len(found.points) == len(points(found, rows))


@given(tables)
def test_it_knows_which_constraints_each_vertex_meets(table):
    rows = np.array(table)
    found = all_vertices(rows, limit=1000)
    for point, tight in zip(found.points.tolist(), found.tight.tolist(), strict=True):
        values = [sum(a * b for a, b in zip(row, point, strict=True)) for row in table]
        assert tight == [x == 0 for x in point] + [value == max(values) for value in values]


def test_numbers_that_do_not_fit_into_64_bits_give_the_same_vertices():
    rng = np.random.default_rng(3)
    rows = rng.integers(1, 9, (6, 6))
    small, large = (all_vertices(rows.astype(object) * scale, limit=1000) for scale in (1, 10**30))
    assert small.points.dtype == np.int64
    assert large.points.dtype == object
    assert np.array_equal(small.tight, large.tight)


def test_there_are_never_more_than_mcmullen_allows():
    rng = np.random.default_rng(4)
    for d, count in ((2, 5), (4, 4), (5, 3), (6, 6)):
        rows = rng.integers(1, 10**6, (count, d))
        assert len(all_vertices(rows, limit=1000).points) < most_vertices(d + count, d)
    assert most_vertices(5, 2) == 5


def test_too_many_vertices_are_an_error_that_says_how_many():
    rows = np.random.default_rng(5).integers(1, 100, (8, 8))
    with pytest.raises(IntractableError, match=r"more than 50 after \d of 8 constraints in 8 dim"):
        all_vertices(rows, limit=50)
