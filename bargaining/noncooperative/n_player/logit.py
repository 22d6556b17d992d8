"""The logit path: quantal response equilibria from the centroid to a Nash equilibrium.

A logit equilibrium of precision lambda plays strategies with probabilities in proportion to
q exp(lambda u) (McKelvey and Palfrey 1995); q is uniform on the principal branch. The path is
followed in log probabilities (Turocy 2005) by predictor and corrector steps in its own length, so
that it may turn back in lambda; Newton's method on the indifference conditions ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs, polished
from bargaining.types import FloatArray

__all__ = ["PathEnd", "follow_logit_path", "logit_path"]

STEPS = 1500
"""Attempted steps after which a path is given up."""

LARGEST_PRECISION = 1e7
"""Precision, for payoffs from 0 to 1, at which a path is given up."""

FIRST_STEP = 0.2
SMALLEST_STEP = 1e-9
BIFURCATION = 1e-3
"""Step below which a change of orientation is taken for a crossing of two paths."""

CORRECTIONS = 8
CORRECTED = 1e-6
TURN = 0.5
"""Least cosine between two tangents that follow each other."""

GROWTH = (4.0, 3.0, 2.0, 1.5, 1.2)
"""Factors on the step by the number of corrections that it took."""

FIRST_TRIAL = 8.0
"""Precision from which on, at each doubling, the path tries to end."""

ALL_SUPPORTS = 64.0
"""Precision from which on supports other than the likeliest are tried as well."""

ONE_LESS = 1e4
"""Precision from which on supports without one of the likely strategies are tried: of two that
nearly are the same the path plays both for long."""

NEAR = 0.1
"""How far, in probabilities, an equilibrium may be from the path that ends at it."""

EXACT = 1e-11
"""Regret, relative to the payoff range, that ends a path."""


@dataclass(frozen=True, eq=False)
class PathEnd:
    """Where a path ended.

    Attributes
    ----------
    p : ndarray of shape (n,)
        The profile of least regret that was met.
    regret : float
        Its regret; payoffs are from 0 to 1.
    precision : float
        Lambda where the path ended.
    """

    p: FloatArray
    regret: float
    precision: float


def follow_logit_path(payoffs: ExpectedPayoffs, start: FloatArray | None = None) -> PathEnd:
    """Follow the logit path until Newton's method reaches an equilibrium near it.

    Parameters
    ----------
    payoffs : ExpectedPayoffs
    start : ndarray of shape (n,), optional
        The profile q of positive probabilities at which the path starts; the centroid if left out.

    Returns
    -------
    PathEnd
        Its regret is at most `EXACT`, or else the path was given up.

    Examples
    --------
    >>> from bargaining.noncooperative.games.normal_form import NormalFormGame
    >>> game = NormalFormGame.from_arrays([[2, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> follow_logit_path(ExpectedPayoffs(game)).p
    array([0.5, 0.5, 0.4, 0.6])
    """
    nearest, least, precision = payoffs.centroid, payoffs.regret(payoffs.centroid), 0.0
    trial = FIRST_TRIAL
    for precision, p in logit_path(payoffs, start):
        if precision < trial:
            continue
        trial = 2.0 * precision
        for candidate, regret in _ends(payoffs, p, precision):
            near = float(np.abs(candidate - p).max()) <= NEAR or precision >= ONE_LESS
            if regret < least and (near or regret > EXACT):
                nearest, least = candidate, regret
            if least <= EXACT:
                return PathEnd(nearest, least, precision)
    return PathEnd(nearest, least, precision)


def _ends(
    payoffs: ExpectedPayoffs, p: FloatArray, precision: float
) -> Iterator[tuple[FloatArray, float]]:
    """Yield polished profiles: first of the likeliest support, then of p's nested supports."""
    yield polished(payoffs, p)
    if precision < ALL_SUPPORTS:
        return
    relative = p / payoffs.best(p)[payoffs.owner]
    for threshold in np.unique(relative[relative > CORRECTED]):
        yield polished(payoffs, p, relative >= threshold)
    if precision >= ONE_LESS:
        support = relative > CORRECTED
        for left_out in np.flatnonzero(support):
            support[left_out] = False
            yield polished(payoffs, p, support)
            support[left_out] = True


def logit_path(
    payoffs: ExpectedPayoffs, start: FloatArray | None = None
) -> Iterator[tuple[float, FloatArray]]:
    """Yield logit equilibria along the path: precision and profile, payoffs from 0 to 1.

    It ends at the largest precision, or where the steps allowed are used up.

    Examples
    --------
    >>> from bargaining.noncooperative.games.normal_form import NormalFormGame
    >>> game = NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> [round(float(p[1]), 2) for _, p in logit_path(ExpectedPayoffs(game))][:4]
    [0.51, 0.56, 0.66, 0.81]
    """
    prior = np.log(payoffs.centroid if start is None else start)
    point, step = np.append(prior, 0.0), FIRST_STEP
    up = np.append(np.zeros(len(prior)), 1.0)
    _, jacobian = _system(payoffs, prior, point)
    tangent, orientation = _tangent(jacobian, up)
    for _ in range(STEPS):
        corrected = _corrected(payoffs, prior, point + step * tangent, tangent, step)
        if corrected is not None:
            moved, jacobian, corrections = corrected
            onward, turned = _tangent(jacobian, tangent)
            crossing = turned != orientation
            smooth = float(onward @ tangent) > TURN and moved[-1] > 0.0
            if smooth and (not crossing or step <= BIFURCATION):
                point, tangent, orientation = moved, onward, turned
                step = FIRST_STEP if crossing else step * GROWTH[min(corrections, 4)]
                yield float(point[-1]), np.exp(point[:-1])
                if point[-1] >= LARGEST_PRECISION:
                    return
                continue
        step /= 3.0
        if step < SMALLEST_STEP:
            return


def _system(
    payoffs: ExpectedPayoffs, prior: FloatArray, point: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the residual y - log of the logit response to exp(y), and its derivatives (n, n + 1).

    `point` is y, the logarithms of the probabilities, and lambda.
    """
    y, precision = point[:-1], point[-1]
    p = np.exp(np.minimum(y, 1.0))  # a prediction far off the path must not overflow
    values, slopes = payoffs.derivatives(p)
    owner, count = payoffs.owner, len(y)
    weights = prior + precision * values
    weights -= payoffs.best(weights)[owner]
    odds = np.exp(weights)
    total = payoffs.sums(odds)[owner]
    response = np.where(owner[:, None] == owner, odds / total, 0.0)
    jacobian = np.empty((count, count + 1))
    inner = slopes * p
    jacobian[:, :count] = precision * (response @ inner - inner)
    jacobian[np.arange(count), np.arange(count)] += 1.0
    jacobian[:, count] = response @ values - values
    return y - weights + np.log(total), jacobian


def _tangent(jacobian: FloatArray, along: FloatArray) -> tuple[FloatArray, float]:
    """Return the unit tangent that points along, and the orientation of the path there.

    A path keeps its orientation, the sign of the bordered determinant, through turning points.
    """
    last = np.append(np.zeros(len(jacobian)), 1.0)
    bordered = np.vstack([jacobian, along])
    try:
        onward = np.linalg.solve(bordered, last)
    except np.linalg.LinAlgError:
        return -along, 0.0  # refused by the caller, as a turn by half a circle
    # The determinant bordered by the tangent itself has the sign of this one: both point along.
    return onward / np.linalg.norm(onward), float(np.linalg.slogdet(bordered)[0])


def _corrected(
    payoffs: ExpectedPayoffs,
    prior: FloatArray,
    point: FloatArray,
    tangent: FloatArray,
    step: float,
) -> tuple[FloatArray, FloatArray, int] | None:
    """Return the point of the path across from a predicted one, derivatives and corrections.

    None if Newton's method does not converge, or goes so far that it may leave the path.
    """
    before = max(1.0, 0.3 * step)
    for corrections in range(CORRECTIONS):
        residual, jacobian = _system(payoffs, prior, point)
        try:
            change = np.linalg.solve(np.vstack([jacobian, tangent]), np.append(-residual, 0.0))
        except np.linalg.LinAlgError:
            return None
        size = float(np.linalg.norm(change))
        if not size <= before:  # written so that NaN fails
            return None
        point = point + change
        if size < CORRECTED:
            return point, jacobian, corrections
        before = max(0.7 * size, 1e-3) if size > 1e-3 else 2.0 * size
    return None
