"""Raiffa's sequential solution (Raiffa 1953), discrete and continuous.

Discrete: from d, all step by 1/N of the way to the ideal point over what is still above, and again.
Continuous: the same with infinitely small steps, u' = m(u) - u, followed to the frontier.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bargaining.cooperative.curve import by_curve, follow
from bargaining.cooperative.region import Mixture, Region
from bargaining.errors import ConvergenceError
from bargaining.optimize.linear import maximize_each
from bargaining.types import FloatArray

__all__ = ["raiffa"]

CLOSE = 1e-13
STEPS = 2000
HORIZON = 35.0


def raiffa(region: Region, *, continuous: bool) -> Mixture:
    """Return the limit of the discrete steps, or of the continuous path."""
    if region.size == 2:
        rule = _continuous_on_frontier if continuous else _discrete_on_frontier
        return by_curve(region, rule, "RaiffaSolution")
    if not continuous:
        return follow(region, _discrete(region), 0.0)
    path = [_integrated(region, tolerance) for tolerance in (1e-9, 1e-11)]
    return follow(region, path[1], float(np.abs(path[1] - path[0]).max()))


def _discrete(region: Region) -> FloatArray:
    gains = np.zeros(region.size)
    for _ in range(STEPS):
        room = _room(region, gains)
        gains = gains + room / region.gainers.sum()
        if room.max() <= CLOSE:
            return np.asarray(gains)
    raise ConvergenceError(
        f"RaiffaSolution: {room.max():.1e} of the gains left after {STEPS} steps"
    )


def _room(region: Region, gains: FloatArray) -> FloatArray:
    """How far each player's ideal point over what is above `gains` lies above it."""
    able = np.flatnonzero(region.gainers)
    floor = np.where(region.gainers, np.maximum(gains - 1e-14, 0.0), region.floor)
    best = maximize_each(region.cloud, np.eye(region.size)[able], floor=floor)
    room = np.zeros(region.size)
    room[able] = [max(top.value - gains[i], 0.0) for i, top in zip(able, best, strict=True)]
    return room


def _integrated(region: Region, tolerance: float) -> FloatArray:
    return _path_end(lambda gains: _room(region, gains), region.size, tolerance, np.inf)


def _path_end(
    velocity: Callable[[FloatArray], FloatArray], size: int, tolerance: float, longest: float
) -> FloatArray:
    """Return where the path from 0 with the given velocity ends up."""
    from scipy.integrate import solve_ivp  # here, as few calls need it

    path = solve_ivp(
        lambda _, u: velocity(u), (0.0, HORIZON), np.zeros(size),
        method="DOP853", rtol=tolerance, atol=tolerance / 10, max_step=longest,
    )  # fmt: skip
    return np.asarray(path.y[:, -1])


def _ideal_below(points: FloatArray, smooth: bool) -> Callable[[FloatArray], FloatArray]:
    """Return the map from u to the ideal point over what lies above u, below a frontier."""
    x, y = points[:, 0].copy(), points[:, 1].copy()
    down, right = y[::-1].copy(), x[::-1].copy()
    if not smooth or len(x) < 4:
        return lambda u: np.array([np.interp(u[1], down, right), np.interp(u[0], x, y)])
    from scipy.interpolate import PchipInterpolator  # here, as few calls need it

    second, first = PchipInterpolator(x, y), PchipInterpolator(down, right)
    low, high = np.array([down[0], x[0]]), np.array([down[-1], x[-1]])

    def ideal(u: FloatArray) -> FloatArray:
        at = np.clip(u[::-1], low, high)
        return np.array([float(first(at[0])), float(second(at[1]))])

    return ideal


def _discrete_on_frontier(points: FloatArray, smooth: bool) -> FloatArray:
    ideal = _ideal_below(points, smooth)
    u = np.zeros(2)
    for _ in range(STEPS):
        room = ideal(u) - u
        u = u + room / 2
        if room.max() <= CLOSE:
            break
    return u


def _continuous_on_frontier(points: FloatArray, smooth: bool) -> FloatArray:
    """Follow u' = m(u) - u below the frontier."""
    ideal = _ideal_below(points, smooth)
    return _path_end(lambda u: ideal(u) - u, 2, 1e-12, 0.25)
