"""Convex programs seen through a support function, against programs over all points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from bargaining.cooperative.feasible import PointSet
from bargaining.errors import ConvergenceError
from bargaining.optimize import linear, logarithmic
from bargaining.optimize.above import maximize_log_above
from bargaining.optimize.linear import maximize_linear
from bargaining.optimize.logarithmic import maximize_log
from bargaining.optimize.oracle import Cloud


def _cloud(points, first):
    """Return a cloud that knows only the best points in some first directions."""
    size = points.shape[1]
    cloud = Cloud(PointSet(points), np.zeros(size), np.ones(size))
    cloud.price(first)
    return cloud


def _full(points, objective, direction, floor):
    """Solve the same program over all points, by scipy."""
    count, size = points.shape
    cost = np.append(-points @ objective, 0.0 if direction is None else -1.0)
    column = np.zeros(size) if direction is None else direction
    result = linprog(
        cost, A_ub=np.column_stack([-points.T, column]), b_ub=-floor,
        A_eq=np.append(np.ones(count), 0.0)[None], b_eq=[1.0],
        bounds=[(0, None)] * count + [(None, None)],
    )  # fmt: skip
    assert result.status == 0
    return -result.fun


def _points(rng):
    count, size = int(rng.integers(1, 40)), int(rng.integers(1, 6))
    if rng.random() < 0.3:
        return rng.integers(-3, 4, size=(count, size)).astype(float)
    return rng.normal(size=(count, size))


@pytest.mark.parametrize("seed", range(5))
def test_largest_common_gain_equals_the_program_over_all_points(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        points = _points(rng)
        size = points.shape[1]
        direction, floor = rng.random(size) + 0.1, rng.normal(size=size)
        found = maximize_linear(
            _cloud(points, np.eye(size)), np.zeros(size), direction=direction, floor=floor
        )
        expected = _full(points, np.zeros(size), direction, floor)
        assert found.value == pytest.approx(expected, abs=1e-9)
        assert found.bound == pytest.approx(expected, abs=1e-9)
        assert found.multipliers @ direction == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_largest_sum_above_a_floor_equals_the_program_over_all_points(seed):
    rng = np.random.default_rng(50 + seed)
    for _ in range(40):
        points = _points(rng)
        size = points.shape[1]
        weights = rng.random(size) * (rng.random(size) < 0.8)
        start = _cloud(points, np.eye(size))
        floor = rng.dirichlet(np.ones(len(start.points))) @ start.points - 1e-12
        found = maximize_linear(start, weights, floor=floor)
        expected = _full(points, weights, None, floor)
        scale = max(1.0, float(np.abs(points).max()))
        assert found.value == pytest.approx(expected, abs=1e-9 * scale)
        assert found.bound == pytest.approx(expected, abs=1e-9 * scale)


def test_the_bound_of_a_linear_program_is_proved_by_its_weights():
    rng = np.random.default_rng(7)
    for _ in range(100):
        points = _points(rng)
        size = points.shape[1]
        cloud = _cloud(points, np.eye(size))
        floor = cloud.points.mean(axis=0) - 0.1
        found = maximize_linear(cloud, np.ones(size), floor=floor)
        assert (found.multipliers >= 0).all()
        highest = float((points @ found.weights).max())  # over all points, known or not
        assert highest - found.multipliers @ floor == pytest.approx(found.bound, abs=1e-12)
        assert found.bound - found.value <= 1e-10 * max(1.0, abs(found.value))
        reached = found.mixture @ cloud.points
        assert found.mixture.sum() == pytest.approx(1.0, abs=1e-14)
        assert found.mixture.min() >= 0
        assert (reached >= floor - 1e-9).all()
        assert reached.sum() == pytest.approx(found.value, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_nash_program_is_optimal_by_duality_over_all_points(seed):
    rng = np.random.default_rng(90 + seed)
    for _ in range(40):
        points = _points(rng)
        size = points.shape[1]
        points = points - points.min(axis=0)
        points = points[:, points.max(axis=0) > 0]
        if not points.shape[1]:
            continue
        size = points.shape[1]
        share = rng.dirichlet(np.ones(size)) * 0.9 + 0.1 / size
        cloud = _cloud(points, np.eye(size))
        start = np.full(len(cloud.points), 1 / len(cloud.points))
        found = maximize_log(cloud, share, start)
        np.testing.assert_allclose(found.weights * found.gains, share, rtol=1e-9)
        # concavity of the log: nobody's product can be larger by more than this
        gap = float((points @ found.weights).max() - found.weights @ found.gains)
        assert gap <= 1e-10
        assert found.gap == pytest.approx(max(gap, 0.0), abs=1e-10)
        np.testing.assert_allclose(found.mixture @ cloud.points, found.gains, atol=1e-12)
        assert np.count_nonzero(found.mixture) <= size + 1


def test_nash_program_keeps_players_without_weight_above_their_floor():
    points = np.array([[4.0, -1.0], [2.0, 1.0], [0.0, 2.0]])
    cloud = _cloud(points, np.eye(2))
    cloud.price(np.ones((1, 2)))
    mixture, tangent = maximize_log_above(cloud, np.array([1.0, 0.0]), np.zeros(2))
    np.testing.assert_allclose(mixture @ cloud.points, [3.0, 0.0], atol=1e-12)
    assert (points @ tangent.weights).max() <= tangent.weights @ [3.0, 0.0] + 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_nash_program_without_an_interior_is_proved_by_bounded_weights(seed):
    """All mixtures above the floor hold the last player at 0, some others gain."""
    rng = np.random.default_rng(seed)
    points = rng.integers(-3, 4, (6, 4)).astype(float)
    points[:, 3] = 0.0
    points[0], points[1] = [2, 1, 0, 0], [1, 2, 1, 0]
    points = np.vstack([points, [9.0, 9.0, 9.0, -1.0]])
    cloud = _cloud(
        points, np.vstack([np.eye(4), np.ones((1, 4)), np.eye(4) + np.array([0, 0, 0, 9])])
    )
    share = np.array([1.0, 1.0, 1.0, 0.0]) / 3
    mixture, tangent = maximize_log_above(cloud, share, np.zeros(4))
    x = mixture @ cloud.points
    assert x.min() >= -1e-12
    slope = np.append(1 / x[:3], 0.0)
    assert float((tangent.weights / tangent.weights[0] * slope[0] - slope)[:3].min()) >= -1e-9
    assert (points @ tangent.weights).max() - tangent.weights @ x <= 1e-10


def test_running_out_of_rounds_is_an_error(monkeypatch):
    rng = np.random.default_rng(1)
    points = rng.normal(size=(500, 3))
    monkeypatch.setattr(linear, "ROUNDS", 1)
    monkeypatch.setattr(logarithmic, "ROUNDS", 1)
    cloud = _cloud(points, np.eye(3))
    with pytest.raises(ConvergenceError, match="1 rounds"):
        maximize_linear(cloud, np.zeros(3), direction=np.ones(3), floor=np.zeros(3))
    cloud = _cloud(points - points.min(axis=0), np.eye(3))
    with pytest.raises(ConvergenceError, match="1 rounds"):
        maximize_log(cloud, np.ones(3) / 3, np.full(len(cloud.points), 1 / len(cloud.points)))
