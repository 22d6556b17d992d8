"""Coverage and the value of security against hand-computed numbers and monotonicity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.model.security_terms import CoverageControl, SecurityValue


def coverage(**figures: float) -> CoverageControl:
    return CoverageControl(
        "affiliates",
        "United States",
        "China",
        **{"reference": 1300, "full": 20_000, "harm": 8, "concavity": 0.5, **figures},
    )


def test_coverage_hand_computed():
    # Square roots: 50 at 2,500, 75 at 5,625, 100 at 10,000; half way is E = 1/2.
    # United States at 5,625: 4 * 1/2 - 0.0002 * 3,125 = 2 - 0.625.
    term = coverage(reference=2500, full=10_000, benefit=4, cost_per_entity=2e-4)
    counts = [np.array([2500.0, 5625.0, 10_000.0])]
    np.testing.assert_allclose(term.values("China", counts), [0, -4, -8])
    np.testing.assert_allclose(term.values("United States", counts), [0, 1.375, 2.5])


def test_coverage_of_the_50_percent_rule_is_zero_at_the_old_list_and_whole_at_the_new():
    counts = [np.array([1300.0, 20_000.0])]
    np.testing.assert_allclose(coverage().values("China", counts), [0, -8])
    np.testing.assert_allclose(coverage(benefit=3).values("United States", counts), [0, 3])


@given(c=st.floats(0.05, 1.0))
def test_coverage_harms_more_with_more_entities_but_ever_less_each(c):
    counts = np.linspace(0, 20_000, 41)
    steps = -np.diff(coverage(concavity=c).values("China", [counts]))
    assert np.all(steps > 0)
    assert np.all(np.diff(steps) <= 1e-12)


def test_coverage_with_concavity_one_is_proportional():
    term = coverage(reference=0, full=100, concavity=1)
    np.testing.assert_allclose(term.values("China", [np.array([0.0, 25.0, 100.0])]), [0, -2, -8])


def test_coverage_of_fewer_than_no_entities_is_refused():
    with pytest.raises(InputError, match=r"CoverageControl .*levels: expected at least 0 entities"):
        coverage().values("China", [np.array([-1.0])])


def test_security_value_hand_computed():
    term = SecurityValue("chips", {"US": -10, "China": 12}, reference=1, full=3, curvature=2)
    levels = [np.array([0.0, 1.0, 2.0, 3.0])]
    np.testing.assert_allclose(term.values("US", levels), [2.5, 0, -2.5, -10])
    np.testing.assert_allclose(term.values("China", levels), [-3, 0, 3, 12])


def test_security_value_may_run_downwards():
    term = SecurityValue("control", {"China": 6}, reference=20_000, full=1300)
    np.testing.assert_allclose(term.values("China", [np.array([20_000.0, 1300.0])]), [0, 6])


@given(curvature=st.floats(0.1, 5))
def test_security_value_is_monotone_and_worth_the_amount_at_full_effect(curvature):
    term = SecurityValue("x", {"A": 4}, reference=0, full=2, curvature=curvature)
    values = term.values("A", [np.linspace(-2, 2, 21)])
    assert np.all(np.diff(values) > 0)
    assert (values[0], values[10], values[-1]) == (-4, 0, 4)
