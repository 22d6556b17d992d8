"""The small simplex method against HiGHS, also as points are added."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.optimize.linear import by_highs
from bargaining.optimize.simplex import Master, StalledError


def value(mixture, points, objective, direction, floor) -> float:
    x = mixture @ points
    total = float(objective @ x)
    if direction is None:
        assert (x >= floor - 1e-9).all()
        return total
    rows = direction > 0
    assert (x >= floor - 1e-9)[~rows].all()
    return total + float(((x - floor)[rows] / direction[rows]).min())


@settings(max_examples=300)
@given(
    seed=st.integers(0, 1_000_000),
    size=st.integers(1, 5),
    count=st.integers(1, 12),
    whole=st.booleans(),
    common=st.booleans(),
)
def test_value_and_multipliers_agree_with_highs_as_points_are_added(
    seed, size, count, whole, common
) -> None:
    rng = np.random.default_rng(seed)
    draw = (
        (lambda n: rng.integers(-2, 3, (n, size)).astype(float))
        if whole
        else (lambda n: rng.normal(size=(n, size)))
    )
    points = draw(count)
    objective = np.zeros(size) if common else rng.integers(0, 3, size).astype(float)
    direction = rng.integers(0, 2, size).astype(float) if common else None
    if direction is not None and not direction.any():
        direction[0] = 1.0
    floor = points.mean(axis=0) - (0.0 if whole else 0.1)  # some mixture meets it
    master = Master(points, objective, direction, floor)
    for extra in (0, 3):
        if extra:
            new = draw(extra)
            points = np.vstack([points, new])
            master.add(new)
        mixture, multipliers = master.solve()
        best, _, _ = by_highs(points, objective, direction, floor)
        found = value(mixture, points, objective, direction, floor)
        assert found == pytest.approx(best, abs=1e-8)
        bound = (points @ (objective + multipliers)).max() - multipliers @ floor
        assert bound == pytest.approx(best, abs=1e-8)


def test_a_floor_that_no_mixture_meets_is_told() -> None:
    master = Master(np.zeros((2, 2)), np.ones(2), None, np.ones(2))
    with pytest.raises(StalledError, match="the floor is out of reach by"):
        master.solve()


def test_a_common_gain_without_a_bound_a_singular_basis_and_too_many_steps_are_told(
    monkeypatch,
) -> None:
    def master() -> Master:
        return Master(np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2), np.ones(2), np.zeros(2))

    stuck = master()
    stuck.columns = np.zeros_like(stuck.columns)
    with pytest.raises(StalledError, match="the basis became singular"):
        stuck._factored()
    with pytest.raises(StalledError, match="the program has no bound"):
        master()._leaving(-np.ones(3), np.ones(3), careful=False)
    monkeypatch.setattr("bargaining.optimize.simplex.STEPS", 0)
    with pytest.raises(StalledError, match="no optimum in 0 steps"):
        master().solve()


@pytest.mark.parametrize("seed", range(5))
def test_the_careful_rule_ends_at_the_same_value(seed, monkeypatch) -> None:
    rng = np.random.default_rng(seed)
    points = rng.integers(-2, 3, (12, 3)).astype(float)
    floor = points.mean(axis=0)
    monkeypatch.setattr("bargaining.optimize.simplex.PATIENCE", -1)
    mixture, _ = Master(points, np.ones(3), None, floor).solve()
    best, _, _ = by_highs(points, np.ones(3), None, floor)
    assert value(mixture, points, np.ones(3), None, floor) == pytest.approx(best, abs=1e-8)
