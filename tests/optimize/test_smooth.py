"""Values and derivatives of payoffs over intervals, against the payoffs and against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.optimize.differences import derivative
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.testing import negotiations

A, B = bg.Player("A"), bg.Player("B")


def points_of(smooth, rng, count=5):
    """Random points in the box; finite levers at random levels of theirs."""
    columns = []
    for lever in smooth.negotiation.free_levers:
        if lever.is_interval:
            ends = np.array([lever.levels.low, lever.levels.high])
            columns.append(np.concatenate([ends, rng.uniform(*ends, count - 2)]))
        else:
            columns.append(rng.choice(lever.array(), count))
    return np.array(columns).reshape(len(columns), count).T


def packages(smooth, points):
    names = [lever.name for lever in smooth.negotiation.free_levers]
    return [dict(zip(names, map(float, row), strict=True)) for row in points]


@given(negotiations(intervals=True), st.integers(0, 10))
def test_values_are_the_payoffs_and_gradients_their_derivatives(game, seed):
    smooth = SmoothPayoffs(game)
    points = points_of(smooth, np.random.default_rng(seed))
    expected = game.payoffs(packages(smooth, points))
    scale = 1 + np.abs(expected).max()
    assert np.allclose(smooth.values(points), expected, rtol=0, atol=1e-12 * scale)
    gradients = smooth.gradients(points)
    assert gradients.shape == (*expected.shape, len(game.free_levers))
    for j in np.flatnonzero(smooth.continuous):
        numeric = derivative(smooth.values, points, j, smooth.low[j], smooth.high[j])
        assert np.allclose(gradients[:, :, j], numeric, rtol=1e-8, atol=1e-8 * scale)
    assert not gradients[:, :, ~smooth.continuous].any()
    own = gradients[:, smooth.owners, np.arange(len(smooth.low))]
    assert np.allclose(smooth.own_gradients(points), own, rtol=0, atol=1e-12 * scale)
    for i in range(len(game.players)):
        assert np.allclose(smooth.value(i, points), expected[:, i], rtol=0, atol=1e-12 * scale)
        assert np.allclose(smooth.gradient(i, points), gradients[:, i], rtol=0, atol=1e-12 * scale)
    if smooth.quadratic is not None:
        c, g, q = smooth.quadratic
        again = c + points @ g.T + np.einsum("mj,ijk,mk->mi", points, q, points) / 2
        assert np.allclose(again, expected, rtol=0, atol=1e-10 * scale)


X = bg.Lever("x", A, bg.Interval(0, 2), 1)
TERMS = [
    bg.TariffIncidence(
        X, A, B, import_value=80, demand_elasticity=e, supply_elasticity=s, base_rate=0.1
    )
    for e in (0.0, 0.5, 1.0, 3.0)
    for s in (0.0, 1.0, 4.0, np.inf)
    if e + s > 0
] + [
    bg.PurchaseValue(X, A, B, price=3, seller_surplus=0.5, buyer_cost=0.1, reference=1),
    bg.CoverageControl(
        X, A, B, reference=0.5, full=2, harm=8, benefit=4, cost_per_entity=0.1, concavity=0.5
    ),
    bg.CoverageControl(X, A, B, reference=0.5, full=2, harm=8, concavity=1),
    bg.SecurityValue(X, {A: 5, B: -4}, reference=0, full=2, curvature=1.5),
    bg.SecurityValue(X, {A: 5, B: -4}, reference=2, full=-1),
    bg.Chokepoint(
        X, B, value_at_stake=9, input_share=0.2, elasticity=0.5, rationed_shares={0: 0, 2: 0.9},
        controller=A, controller_cost=1,
    ),
]  # fmt: skip


@pytest.mark.parametrize("term", TERMS, ids=range(len(TERMS)))
def test_economic_terms_say_the_derivative_of_their_formula(term):
    smooth = SmoothPayoffs(bg.Negotiation([A, B], [X], [term]))
    points = np.linspace(0.25, 1.75, 7)[:, None]
    numeric = derivative(smooth.values, points, 0, 0.2, 1.8)
    assert np.allclose(smooth.gradients(points)[:, :, 0], numeric, rtol=1e-7, atol=1e-7)


def test_infinite_slopes_give_way_to_differences_within_the_interval():
    term = bg.CoverageControl(X, A, B, reference=1, full=2, harm=8, benefit=4, concavity=0.5)
    smooth = SmoothPayoffs(bg.Negotiation([A, B], [X], [term]))
    slopes = smooth.gradients(np.array([[0.0]]))[0, :, 0]
    assert np.all(np.isfinite(slopes))
    assert slopes[0] > 100
    assert slopes[1] < -200


def test_differences_never_leave_the_interval():
    seen = []

    def watched(x):
        seen.append(np.array(x))
        return np.sqrt(x * (2 - x))

    game = bg.Negotiation([A], [X], [bg.FunctionPayoff(X, {A: watched})])
    SmoothPayoffs(game).gradients(np.array([[0.0], [1e-4], [1.0], [2 - 1e-12], [2.0]]))
    levels = np.concatenate([np.atleast_1d(part) for part in seen])
    assert levels.min() >= 0
    assert levels.max() <= 2


def test_fixed_levers_leave_constants_and_tables_that_are_read_by_level():
    switch = bg.Lever("switch", B, [0, 5, 7], 5)
    terms = [
        bg.TablePayoff(switch, {A: [1, 2, 4]}),
        bg.InteractionPayoff((X, switch), {B: 3}, references=(1, 0)),
    ]
    game = bg.Negotiation([A, B], [X, switch], terms)
    assert SmoothPayoffs(game).quadratic is None
    assert SmoothPayoffs(game).values(np.array([[2.0, 7.0], [0.0, 0.0]])).tolist() == [
        [4, 21],
        [1, 0],
    ]
    constant, slopes, matrix = SmoothPayoffs(game.fix({"switch": 7})).quadratic
    assert constant.tolist() == [4, -21]
    assert slopes.tolist() == [[0], [21]]
    assert not matrix.any()


def test_a_quadratic_payoff_of_a_hundred_levers_is_one_term():
    levers = [bg.Lever(f"x{j}", A, bg.Interval(0, 1), 0) for j in range(100)]
    term = bg.QuadraticPayoff(levers, {A: -np.eye(100)}, {A: np.ones(100)})
    game = bg.Negotiation([A], levers, [term])
    assert game.payoffs({lever.name: 1.0 for lever in levers}).tolist() == [50.0]
