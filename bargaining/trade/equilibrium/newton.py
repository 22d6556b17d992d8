"""Newton's method with step halving, for the equations of a trade equilibrium.

Steps are cut to a longest one and halved until the largest error falls (Dennis and Schnabel 1996,
chapter 6); near the root none is, and the errors fall to rounding in a few steps.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import lstsq
from scipy.linalg.lapack import dgecon, dgetrf

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate
from bargaining.types import FloatArray

__all__ = ["TOLERANCE", "linear", "newton"]

TOLERANCE = 1e-9
"""Largest error at which equations count as solved."""

AIM = 1e-13
"""Error at which no further step is tried; few systems get below it."""

STEPS = 100
"""Most steps before the method gives up."""

HALVINGS = 30
"""How often a step is halved before the method gives up."""

RANK = 1e-12
"""Relative size below which a singular value of a singular system counts as zero."""

LONGEST = 1.0
"""Longest step of any one unknown: unknowns are logs, or changes of about one."""


def newton(
    residual: Callable[[FloatArray], FloatArray],
    jacobian: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    *,
    what: str,
) -> FloatArray:
    """Return a root of a system of equations.

    Parameters
    ----------
    residual : callable
        Takes unknowns of shape (K,), returns errors of shape (K,), relative to what they are
        errors of. Errors that are not finite are as good as infinite.
    jacobian : callable
        Takes the unknowns of the latest call of `residual`, returns derivatives of shape (K, K),
        one row an error.
    start : ndarray of shape (K,)
    what : str
        What is solved, for messages.

    Returns
    -------
    ndarray of shape (K,)
        Unknowns with errors of `TOLERANCE` at most, smaller wherever rounding allows.

    Raises
    ------
    ConvergenceError
        When errors stay above the tolerance: its certificate states the largest of the best point.

    Examples
    --------
    >>> def residual(x): return x**2 - 4
    >>> def jacobian(x): return np.diag(2 * x)
    >>> newton(residual, jacobian, np.array([5.0, -1.0]), what="example")
    array([ 2., -2.])
    """
    point = np.array(start, dtype=np.float64)
    errors = residual(point)
    worst = _largest(errors)
    steps = 0
    while worst > AIM and steps < STEPS and np.isfinite(worst):
        step = _step(jacobian(point), errors)
        if step is None:
            break
        accepted = _halved(residual, point, step, worst)
        if accepted is None:
            break
        point, errors, worst = accepted
        steps += 1
    if not worst <= TOLERANCE:
        raise ConvergenceError(
            f"{what}: no solution was found; after {steps} steps the largest error is "
            f"{worst:.1e} (tolerance {TOLERANCE:.0e})",
            certificate=Certificate("equilibrium", min(worst, 1e300), TOLERANCE),
        )
    return point


def _largest(errors: FloatArray) -> float:
    """Return the largest error, infinite where one is not a number."""
    worst = float(np.abs(errors).max())
    return worst if np.isfinite(worst) else np.inf


def linear(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve a linear system; of many solutions the shortest.

    Equations of an equilibrium are dependent where a country, or a group of them, trades with
    nobody else: its wages have a level of their own, on which nothing hangs.

    Parameters
    ----------
    matrix : ndarray of shape (K, K)
    right : ndarray of shape (K,)

    Returns
    -------
    ndarray of shape (K,)

    Examples
    --------
    >>> linear(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([2.0, -2.0])).round(12)
    array([ 1., -1.])
    """
    factors, _, info = dgetrf(matrix)
    if info == 0:
        condition, _ = dgecon(factors, float(np.abs(matrix).sum(axis=0).max()))
        if condition > np.finfo(float).eps:
            # Not by these factors: OpenBLAS starts threads for that, however small the system.
            return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    return np.asarray(lstsq(matrix, right, cond=RANK)[0], dtype=np.float64)


def _step(derivatives: FloatArray, errors: FloatArray) -> FloatArray | None:
    """Return Newton's step, cut to the longest, or None where derivatives are no numbers."""
    if not np.isfinite(derivatives).all():
        return None
    step = linear(derivatives, -errors)
    return np.asarray(step * (LONGEST / max(float(np.abs(step).max()), LONGEST)))


def _halved(
    residual: Callable[[FloatArray], FloatArray], point: FloatArray, step: FloatArray, worst: float
) -> tuple[FloatArray, FloatArray, float] | None:
    """Return point, errors and largest error after a step, halved until they fall, or None."""
    for _ in range(HALVINGS):
        moved = point + step
        errors = residual(moved)
        largest = _largest(errors)
        if largest < worst:
            return moved, errors, largest
        if worst <= TOLERANCE:
            return None  # rounding, not the step, is what is left
        step = step / 2
    return None
