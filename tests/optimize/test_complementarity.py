"""Linear complementarity over a box: the conditions hold, whatever the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import IntractableError
from bargaining.optimize import complementarity
from bargaining.optimize.complementarity import box_complementarity, natural_residual

WHOLE = st.integers(-3, 3)


def off(matrix, vector, z):
    return np.abs(natural_residual(z, matrix @ z + vector)).max()


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(
    st.lists(WHOLE, min_size=n * n, max_size=n * n), st.lists(WHOLE, min_size=n, max_size=n)
)))  # fmt: skip
def test_degenerate_problems_are_solved_by_either_way(entries):
    vector = np.array(entries[1], dtype=float)
    matrix = np.array(entries[0], dtype=float).reshape(len(vector), -1)
    for solution in (box_complementarity(matrix, vector), complementarity._lemke(matrix, vector)):
        assert np.all((solution >= 0) & (solution <= 1))
        assert off(matrix, vector, solution) <= 1e-9


@pytest.mark.parametrize("size", [10, 60])
@pytest.mark.parametrize("kind", ["definite", "skew", "any"])
def test_large_problems(size, kind):
    rng = np.random.default_rng(size)
    matrix = rng.normal(size=(size, size)) / np.sqrt(size)
    matrix = {
        "definite": matrix @ matrix.T, "skew": matrix - matrix.T, "any": matrix + np.eye(size) / 2
    }[kind]  # fmt: skip
    vector = rng.normal(size=size)
    assert off(matrix, vector, box_complementarity(matrix, vector)) <= 1e-10


def test_the_units_of_the_rows_do_not_matter():
    rng = np.random.default_rng(3)
    matrix, vector = rng.normal(size=(8, 8)) + 3 * np.eye(8), rng.normal(size=8)
    units = 10.0 ** rng.integers(-8, 9, size=8)
    scaled = box_complementarity(units[:, None] * matrix, units * vector)
    assert scaled == pytest.approx(box_complementarity(matrix, vector), abs=1e-12)


@pytest.mark.parametrize("size", [1, 3, 12])
def test_lemke_takes_over_where_active_sets_run_out(size, monkeypatch):
    monkeypatch.setattr(complementarity, "SETS", 0)
    rng = np.random.default_rng(size)
    matrix, vector = rng.normal(size=(size, size)), rng.normal(size=size)
    assert off(matrix, vector, box_complementarity(matrix, vector)) <= 1e-9


def test_too_many_variables_for_a_tableau_are_named(monkeypatch):
    monkeypatch.setattr(complementarity, "SETS", 0)
    monkeypatch.setattr(complementarity, "LARGEST", 2)
    with pytest.raises(IntractableError, match="3 variables whose active sets repeat"):
        box_complementarity(np.eye(3), -np.ones(3))


def test_a_good_start_is_used(monkeypatch):
    def never(*_):
        raise AssertionError("Lemke's path was not needed")

    monkeypatch.setattr(complementarity, "_lemke", never)
    found = box_complementarity(np.eye(2), np.array([-0.25, 2.0]))
    assert found == pytest.approx([0.25, 0.0])
