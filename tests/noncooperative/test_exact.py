"""Exact arithmetic: whole payoffs, and rational systems against their definition."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bargaining.noncooperative.two_player.exact import integers, nearest_solution, rational_solution

fractions = st.fractions(min_value=-5, max_value=5, max_denominator=6)


def square(size):
    row = st.lists(fractions, min_size=size, max_size=size)
    return st.tuples(st.lists(row, min_size=size, max_size=size), row)


def times(matrix, x):
    return [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]


@given(st.integers(1, 4).flatmap(square))
def test_a_solution_solves_and_only_singular_systems_have_none(system):
    matrix, right = system
    x = rational_solution(matrix, right)
    if x is None:
        assert abs(np.linalg.det(np.array(matrix, dtype=float))) < 1e-6
    else:
        assert times(matrix, x) == right


@given(st.integers(1, 4).flatmap(square), st.integers(0, 4))
def test_the_nearest_solution_solves_any_system_that_has_one(system, kept):
    matrix, near = system
    right = times(matrix, [value + 1 for value in near])
    x = nearest_solution(matrix[:kept], right[:kept], near)
    assert times(matrix[:kept], x) == right[:kept]
    again = nearest_solution(matrix[:kept], right[:kept], x)
    assert again == x


def test_a_system_without_a_solution_has_no_nearest_one():
    assert nearest_solution([[1, 1], [2, 2]], [1, 3], [0, 0]) is None


@given(st.lists(fractions, min_size=1, max_size=6))
def test_whole_payoffs_are_a_positive_affine_map_of_the_payoffs(values):
    table = np.array(values, dtype=object)
    whole = integers(table)
    assert min(whole) == 1
    assert all(isinstance(value, int) for value in whole)
    slopes = {
        Fraction(a - 1) / (v - min(values)) for a, v in zip(whole, values, strict=True) if a > 1
    }
    assert len(slopes) <= 1
    assert all(slope > 0 for slope in slopes)
