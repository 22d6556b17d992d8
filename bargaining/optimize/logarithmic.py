"""The Nash program over the convex hull of a set known by its support function.

maximise  sum_i w_i log x_i   over mixtures x of points of the set.

Restricted to the points found so far it is solved by a primal-dual interior-point method in N
unknowns (optimality: multipliers l_i x_i = w_i; Eisenberg and Gale 1959 is the same dual); the
multipliers price the set, and h(l) - l . x bounds what is left to gain, by concavity of the log.
A curved set solves the program itself, and is priced once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from bargaining.errors import ConvergenceError
from bargaining.optimize.interior import Program
from bargaining.optimize.oracle import Cloud
from bargaining.types import FloatArray

__all__ = ["LogOptimum", "maximize_log"]

PRECISION = 1e-13
CURVED = 1e-12
"""Precision with which a curved set's own answer is good enough."""
ROUNDS = 500
STALLED = 20
"""Rounds without a smaller gap after which rounding is all that is left of a small one."""
ROUNDING = 1e-9
NEWTON_STEPS = 100


@dataclass(frozen=True, eq=False)
class LogOptimum:
    """Solution of the Nash program over a cloud.

    Attributes
    ----------
    gains : ndarray of shape (N,)
        The mixture's gains x.
    mixture : ndarray of shape (K,)
    weights : ndarray of shape (N,)
        Supporting weights l_i = w_i / x_i.
    gap : float
        h(l) - l . x, an upper bound on the shortfall of sum_i w_i log x_i.
    """

    gains: FloatArray
    mixture: FloatArray
    weights: FloatArray
    gap: float


def maximize_log(
    cloud: Cloud,
    weights: FloatArray,
    start: FloatArray,
) -> LogOptimum:
    """Solve the Nash program by column generation.

    Parameters
    ----------
    cloud : Cloud
    weights : ndarray of shape (N,)
        Bargaining weights, positive, summing to 1.
    start : ndarray of shape (K,)
        A mixture of the cloud's points in which all players gain.

    Raises
    ------
    ConvergenceError
        When the interior-point steps or the rounds run out.
    """
    best = _direct(cloud, weights)
    if best is not None and best.gap <= CURVED:
        return best
    mixture, waited = start, 0
    for _ in range(ROUNDS):
        gains = cloud.gains
        mixture = np.append(mixture, np.zeros(len(gains) - len(mixture)))
        mixture = _interior_point(gains, weights, mixture)
        x = mixture @ gains
        multipliers = weights / x
        bounds, grown = cloud.price(multipliers[None])
        gap = max(float(bounds[0] - multipliers @ x), 0.0)
        waited += 1
        if best is None or gap < best.gap:
            best, waited = LogOptimum(x, mixture, multipliers, gap), 0
        if gap <= PRECISION or not grown or (waited >= STALLED and best.gap <= ROUNDING):
            return _sparse(cloud, best)
    raise ConvergenceError(f"Nash program over packages: no convergence in {ROUNDS} rounds")


def _direct(cloud: Cloud, weights: FloatArray) -> LogOptimum | None:
    """Let a curved set solve the program, and price the solution; None for other sets."""
    nothing = np.zeros_like(weights)
    found = cloud.direct(Program(nothing, weights, None, nothing))
    if found is None:
        return None
    x = cloud.gains[found[0]]
    if x.min() <= 0:
        return None
    mixture = np.eye(1, len(cloud.points), found[0])[0]
    bounds, _ = cloud.price((weights / x)[None])
    return LogOptimum(x, mixture, weights / x, max(float(bounds[0] - 1.0), 0.0))


def _interior_point(points: FloatArray, weights: FloatArray, start: FloatArray) -> FloatArray:
    """Maximise sum w log(p @ points) over the simplex; return p."""
    count = len(points)
    p = 0.9 * start + 0.1 / count
    x = np.maximum(p @ points, 1e-3 * np.maximum(start @ points, 1e-6))
    multipliers = weights / x
    level = float(max(1.0, (points @ multipliers).max() * 1.1))
    s = level - points @ multipliers
    for _ in range(NEWTON_STEPS):
        mu = float(p @ s) / count
        residual = max(
            np.abs(p @ points - x).max(), abs(1 - p.sum()), np.abs(multipliers * x - weights).max()
        )
        if mu < 1e-26 and residual < 1e-14:
            break
        target = mu * (0.1 if residual < 10 * mu else 0.3)
        step = _newton(points, weights, target, p, x, s, multipliers, level)
        if step is None:
            break
        dp, dx, ds, dm, dl = step
        size = min(_longest(p, dp), _longest(x, dx), _longest(s, ds), _longest(multipliers, dm))
        p, x, s = p + size * dp, x + size * dx, s + size * ds
        multipliers, level = multipliers + size * dm, level + size * dl
    return _polished(points, weights, p / p.sum())


def _polished(points: FloatArray, weights: FloatArray, p: FloatArray) -> FloatArray:
    """Drop points of vanishing probability and take Newton steps on the rest.

    Interior points approach a corner only to half the digits; on the right support the optimality
    conditions are smooth equations. The result is taken only where it is no worse.
    """
    support = np.flatnonzero(p > 1e-6)
    active = points[support]
    q = p[support] / p[support].sum()
    for _ in range(5):
        x = q @ active
        if x.min() <= 0:
            return p
        bend = (active * (weights / x**2)) @ active.T
        size = len(q)
        system = np.block([[bend, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
        right = np.append(active @ (weights / x), 1.0 - q.sum())
        q = np.maximum(q + np.linalg.lstsq(system, right, rcond=None)[0][:size], 0.0)
        q = q / q.sum()
    polished = np.zeros_like(p)
    polished[support] = q
    gaps = [float((points @ (weights / (mix @ points))).max()) for mix in (p, polished)]
    return polished if gaps[1] <= gaps[0] + 1e-15 else p


def _newton(
    points: FloatArray, target: FloatArray, mu: float, p: FloatArray, x: FloatArray, s: FloatArray,
    multipliers: FloatArray, level: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, float] | None:  # fmt: skip
    """One Newton step on the optimality conditions, reduced to N unknowns."""
    r_x = p @ points - x
    r_s = level - points @ multipliers - s
    d = p / s
    a = (mu - p * s - p * r_s) / s
    weighed = points.T * d
    matrix = np.diag(x / multipliers) + weighed @ points
    right = np.column_stack(
        [(target - multipliers * x) / multipliers - r_x - a @ points, weighed.sum(axis=1)]
    )
    try:
        base, per_level = np.linalg.solve(matrix, right).T
    except np.linalg.LinAlgError:
        return None
    # sum of dp = 1 - sum p fixes the change of the level
    total = a.sum() + weighed.sum(axis=1) @ base - (1 - p.sum())
    slope = d.sum() - weighed.sum(axis=1) @ per_level
    if not np.isfinite(total) or slope <= 0:
        return None
    dl = float(total / slope)
    dm = base + dl * per_level
    ds = dl - points @ dm + r_s
    dp = (mu - p * s - p * ds) / s
    return dp, dp @ points + r_x, ds, dm, dl


def _longest(value: FloatArray, change: FloatArray) -> float:
    """Return the longest step that keeps all entries positive, a little short of the boundary."""
    shrinking = change < 0
    if not shrinking.any():
        return 1.0
    return float(min(1.0, 0.995 * np.min(-value[shrinking] / change[shrinking])))


def _sparse(cloud: Cloud, optimum: LogOptimum) -> LogOptimum:
    """Write the same gains as a mixture of at most N + 1 points (Caratheodory)."""
    gains = cloud.gains
    used = np.flatnonzero(optimum.mixture > 0)
    system = np.vstack([gains[used].T, np.ones(len(used))])
    size = np.maximum(np.abs(system).max(axis=1), 1e-300)
    part, _ = nnls(
        system / size[:, None], np.append(optimum.gains, 1.0) / size, maxiter=50 * len(used)
    )
    mixture = np.zeros(len(gains))
    mixture[used] = part / part.sum()
    return LogOptimum(mixture @ gains, mixture, optimum.weights, optimum.gap)
