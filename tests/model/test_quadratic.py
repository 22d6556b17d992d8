"""Quadratic payoffs against their formula, on grids and at points, and what does not fit them."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg

X, Y = bg.Lever("x", "A", [0, 1, 3], 0), bg.Lever("y", "B", [0, 10], 0)


def test_formula_on_a_grid_and_at_points():
    term = bg.QuadraticPayoff(
        [X, Y], {"A": [[2, 1], [3, 4]]}, {"A": [5, 6], "B": [0, 1]},
        references=[1, 10], constants={"B": 7},
    )  # fmt: skip
    table = term.tabulate([X, Y], [X.array(), Y.array()])
    x, y = np.meshgrid(X.array() - 1, Y.array() - 10, indexing="ij")
    # Only the symmetric part of the matrix counts: (1 + 3) / 2 off the diagonal.
    assert table["A"].tolist() == (5 * x + 6 * y + x**2 + 2 * x * y + 2 * y**2).tolist()
    assert table["B"].tolist() == (7 + y).tolist()
    points = np.array([[0.0, 0.0], [3.0, 10.0]])
    assert term.at([X, Y], points)["A"].tolist() == [table["A"][0, 0], table["A"][2, 1]]


def test_a_number_will_do_for_one_lever():
    assert bg.QuadraticPayoff(X, {"A": -2}, {"A": 3}).tabulate([X], [X.array()])["A"].tolist() == [
        0,
        2,
        0,
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"matrices": {"A": [[1, 2]]}}, r"matrix of 'A': expected numbers of shape \(2, 2\)"),
        ({"slopes": {"A": [1]}}, r"slopes of 'A': expected numbers of shape \(2,\)"),
        ({"references": [np.nan, 0]}, "references: expected finite numbers"),
        ({"constants": {"A": "much"}}, "constant of 'A': expected an array of real numbers"),
        ({"matrices": {}}, "expected a mapping from player to payoff"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        bg.QuadraticPayoff([X, Y], **{"matrices": {"A": np.eye(2)}, **options})


def test_concavity_is_known_from_the_eigenvalues():
    assert bg.QuadraticPayoff([X, Y], {"A": [[-1, 1], [1, -1]]}).is_concave("A")
    assert not bg.QuadraticPayoff([X, Y], {"A": [[-1, 2], [2, -1]]}).is_concave("A")
    assert bg.LinearPayoff(X, {"A": 3}).is_concave("A")
    assert not bg.InteractionPayoff([X, Y], {"A": 3}).is_concave("A")


@pytest.mark.parametrize("field", ["gradients", "concave"])
def test_derivatives_and_concavity_of_somebody_else_are_refused(field):
    given = {"gradients": {"B": lambda x: [x]}, "concave": ["B"]}[field]
    with pytest.raises(bg.InputError, match=field):
        bg.FunctionPayoff(X, {"A": lambda x: x}, **{field: given})


def test_a_gradient_needs_one_array_a_lever():
    term = bg.FunctionPayoff([X, Y], {"A": lambda x, y: x + y}, gradients={"A": lambda x, _: [x]})
    with pytest.raises(bg.InputError, match="expected 2 arrays, one a lever"):
        term.gradients("A", [np.zeros(1), np.zeros(1)])
