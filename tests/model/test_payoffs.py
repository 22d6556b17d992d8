"""The general payoff terms against their formulas, on grids and in the forms users give them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.payoffs import (
    FunctionPayoff,
    InteractionPayoff,
    LinearPayoff,
    TablePayoff,
)
from bargaining.model.players import Player
from bargaining.model.sources import Source

A, B = Player("A"), Player("B")
X = Lever("x", A, [0, 1, 3], 0)
Y = Lever("y", B, [0, 10], 0)


def tables(term, *levers):
    return term.tabulate(levers, [lever.array() for lever in levers])


def test_linear():
    term = LinearPayoff(X, {A: 2, "B": -1}, reference=1)
    assert {player: table.tolist() for player, table in tables(term, X).items()} == {
        "A": [-2, 0, 4],
        "B": [1, 0, -2],
    }


def test_interaction():
    term = InteractionPayoff((X, Y), {B: 2}, references=(1, 5))
    # 2 (x - 1) (y - 5): rows x = 0, 1, 3, columns y = 0, 10.
    assert tables(term, X, Y)["B"].tolist() == [[10, -10], [0, 0], [-20, 20]]


@pytest.mark.parametrize(
    "table",
    [
        [[0, 1], [2, 3], [4, 5]],
        np.arange(6).reshape(3, 2),
        pd.DataFrame([[0, 1], [2, 3], [4, 5]], index=[0, 1, 3], columns=[0, 10]),
        [[Fraction(0), Fraction(1)], [Fraction(2), Fraction(3)], [Fraction(4), Fraction(5)]],
    ],
)
def test_tables_come_as_lists_arrays_frames_and_fractions(table):
    term = TablePayoff((X, Y), {A: table})
    assert tables(term, X, Y)["A"].tolist() == [[0, 1], [2, 3], [4, 5]]
    part = term.tabulate((X, Y), [np.array([3.0]), np.array([10.0])])
    assert part["A"].tolist() == [[5]]


def test_a_table_keeps_its_own_copy():
    numbers = np.arange(3.0)
    term = TablePayoff(X, {A: numbers})
    numbers[0] = 99
    assert tables(term, X)["A"].tolist() == [0, 1, 2]


def test_functions_are_called_once_on_the_whole_grid():
    calls = []

    def product(x, y):
        calls.append((x.shape, y.shape))
        return x * y

    term = FunctionPayoff((X, Y), {A: product, B: lambda x, y: 7})
    grid = tables(term, X, Y)
    assert grid["A"].tolist() == [[0, 0], [0, 10], [0, 30]]
    assert grid["B"].tolist() == [[7, 7]] * 3
    assert calls == [((3, 1), (1, 2))]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: np.where(x == 3, np.nan, x),
            r"payoff of 'A': expected finite .* \(2,\), got nan",
        ),
        (lambda x: np.ones(2), r"payoff of 'A': expected numbers of shape \(3,\), got \(2,\)"),
        (lambda x: x * 1j, r"payoff of 'A': expected an array of real numbers"),
        (lambda x: ["1", "2", "3"], r"payoff of 'A': expected an array of real numbers"),
        (lambda x: None, r"payoff of 'A': expected an array of real numbers"),
        (lambda x: [[1], [2, 3]], r"payoff of 'A': expected an array of numbers"),
    ],
    ids=["nan", "shape", "complex", "text", "none", "ragged"],
)
def test_bad_values_of_a_function_are_named(function, message):
    with pytest.raises(InputError, match=message):
        tables(FunctionPayoff(X, {A: function}), X)


def test_a_grid_that_is_too_large_is_refused_before_it_is_built():
    levers = [Lever(f"x{j}", A, range(100), 0) for j in range(4)]
    term = FunctionPayoff(levers, {A: lambda *levels: pytest.fail("tabulated")})
    with pytest.raises(InputError, match=r"at most 10000000 cells, got 100000000"):
        tables(term, *levers)


def test_terms_carry_names_and_sources():
    term = LinearPayoff(X, {A: 1}, name="revenue", source="a report")
    assert term.name == "revenue"
    assert term.source == Source("a report")
    assert LinearPayoff(X, {A: 1}).name == "LinearPayoff of x"
    assert (term.levers, term.players) == (("x",), ("A",))
    assert repr(term) == "<LinearPayoff 'revenue' over ('x',) for ('A',)>"
