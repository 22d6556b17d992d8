"""Two rules of two players that follow the frontier.

Perles and Maschler (1981): the superadditive solution, where the integrals of sqrt(-du_1 du_2)
from both ends of the frontier meet. Equal area (Anbarci and Bigelow 1994): the ray from d to the
solution halves the area above d.
"""

from __future__ import annotations

import numpy as np

from bargaining.types import FloatArray

__all__ = ["equal_area_point", "perles_maschler_point"]


def perles_maschler_point(points: FloatArray, smooth: bool) -> FloatArray:
    """Return where the integrals of sqrt(-du_1 du_2) from both ends meet."""
    step = np.diff(points, axis=0)
    length = np.sqrt(np.maximum(-step[:, 0] * step[:, 1], 0.0))
    return _point_at(points, np.append(0.0, np.cumsum(length)), smooth)


def equal_area_point(points: FloatArray, smooth: bool) -> FloatArray:
    """Return the point whose ray from the origin halves the area under the frontier."""
    corners = np.vstack([[0.0, points[0, 1]], points, [points[-1, 0], 0.0]])
    turn = corners[:-1, 1] * corners[1:, 0] - corners[:-1, 0] * corners[1:, 1]
    return _point_at(corners, np.append(0.0, np.cumsum(np.maximum(turn, 0.0))), smooth)


def _point_at(points: FloatArray, measure: FloatArray, smooth: bool) -> FloatArray:
    """Return the point at half of a measure: linear along edges, or smooth through the corners."""
    if measure[-1] <= 0:
        return np.asarray(points[len(points) // 2])
    half = measure[-1] / 2
    k = int(np.clip(np.searchsorted(measure, half) - 1, 0, len(points) - 2))
    if smooth:
        from scipy.interpolate import CubicSpline  # here, as few calls need it

        near = slice(max(k - 5, 0), k + 7)
        rising = np.flatnonzero(np.diff(measure[near], prepend=-1.0) > 0)
        return np.asarray(CubicSpline(measure[near][rising], points[near][rising])(half))
    share = (half - measure[k]) / (measure[k + 1] - measure[k])
    return np.asarray(points[k] + share * (points[k + 1] - points[k]))
