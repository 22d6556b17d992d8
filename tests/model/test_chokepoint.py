"""A rationed input against hand-computed numbers, limits and monotonicity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.model.chokepoint import Chokepoint

SHARES = st.floats(0.01, 0.99)


def loss(withheld: float, share: float, elasticity: float, **more: float) -> float:
    term = Chokepoint(
        "licences",
        "user",
        value_at_stake=100,
        input_share=share,
        elasticity=elasticity,
        rationed_shares={0: 0.0, 1: 1.0},
        **more,
    )
    return -float(term.values("user", [np.array(withheld)]))


@pytest.mark.parametrize(
    ("withheld", "share", "elasticity", "expected"),
    [
        (0.75, 0.1, 0.5, 100 * (1 - 1 / 1.3)),  # exponent -1: 1 / (0.1 * 4 + 0.9)
        (0.75, 0.2, 2.0, 19.0),  # exponent 1/2: (0.2 * 0.5 + 0.8)^2 = 0.81
        (0.75, 0.5, 1.0, 50.0),  # 0.25^0.5
        (0.75, 0.5, 0.0, 75.0),  # Leontief
        (1.0, 0.2, 2.0, 36.0),  # 0.8^2: output survives without the input
        (1.0, 0.2, 0.5, 100.0),  # it does not when the elasticity is below 1
        (1.0, 0.2, 1.0, 100.0),
        (1.0, 0.2, 0.0, 100.0),
        (0.0, 0.2, 0.5, 0.0),
    ],
)
def test_hand_computed(withheld, share, elasticity, expected):
    assert loss(withheld, share, elasticity) == pytest.approx(expected)


@given(x=SHARES, w=SHARES, s=st.floats(0.2, 6).filter(lambda s: abs(s - 1) > 0.05))
def test_it_is_the_formula(x, w, s):
    output = (w * (1 - x) ** ((s - 1) / s) + 1 - w) ** (s / (s - 1))
    assert loss(x, w, s) == pytest.approx(100 * (1 - output), rel=1e-9)


@given(x=SHARES, w=SHARES)
def test_unit_elasticity_and_leontief_are_limits(x, w):
    for near in (1 - 1e-10, 1 + 1e-10):
        assert loss(x, w, near) == pytest.approx(loss(x, w, 1.0), rel=1e-7)
    assert loss(x, w, 1e-9) == pytest.approx(loss(x, w, 0.0), rel=1e-5)


@given(x=SHARES, w=SHARES, s=st.floats(0.0, 6))
def test_more_withheld_hurts_more_and_better_substitutes_less(x, w, s):
    assert loss(x, w, s) < loss(x + (1 - x) / 2, w, s) <= 100
    assert loss(x, w, s) >= loss(x, w, s + 0.5) - 1e-12


@given(w=SHARES, s=st.floats(0.0, 6))
def test_a_small_cut_costs_the_share_in_cost(w, s):
    # First order: w x, whatever the elasticity, unless it is so small that 1e-6 is not a small cut.
    if s > 0.01:
        assert loss(1e-7, w, s) == pytest.approx(100 * w * 1e-7, rel=1e-3)


@pytest.mark.parametrize("elasticity", [1e-300, 1e-12, 1e-3, 1e12])
def test_no_power_overflows(elasticity):
    assert 0 < loss(0.999, 0.3, elasticity) <= 100
    assert 0 < loss(1.0, 0.3, elasticity) <= 100


def test_erosion_hand_computed():
    # Leontief, 0.8, 0.4 and 0.2 withheld in three years: the mean is 1.4 / 3.
    assert loss(0.8, 0.5, 0.0, erosion=0.5, years=3) == pytest.approx(100 * 1.4 / 3)
    assert loss(0.8, 0.5, 0.0, erosion=1.0, years=2) == pytest.approx(40)
    assert loss(0.8, 0.5, 0.7, erosion=0.0, years=5) == pytest.approx(loss(0.8, 0.5, 0.7))


def test_the_controller_bears_its_lost_sales_as_long_as_the_hold_lasts():
    term = Chokepoint(
        "licences",
        "user",
        value_at_stake=100,
        input_share=0.5,
        elasticity=0.0,
        rationed_shares={0: 0.0, 1: 0.4, 3: 0.8},
        erosion=0.5,
        years=2,
        controller="controller",
        controller_cost=10,
    )
    levels = [np.array([0.0, 1.0, 2.0, 3.0])]
    # Shares 0, 0.4, 0.6 (half way) and 0.8, three quarters of them on average over two years.
    np.testing.assert_allclose(term.values("controller", levels), [0, -3, -4.5, -6])
    np.testing.assert_allclose(term.values("user", levels), [0, -30, -45, -60])


def test_a_level_outside_the_given_shares_is_refused():
    with pytest.raises(
        InputError, match=r"rationed_shares: expected levels between 0 and 1, got 2"
    ):
        loss(2.0, 0.5, 1.0)
