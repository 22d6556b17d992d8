"""One equilibrium of a two-player game by solving a part of it that grows.

Best replies among all strategies join the equilibrium of a part, until none gains anything (the
double oracle of McMahan, Gordon and Blum 2003). Strategies that nearly repeat others, which break
paths in floats, gain next to nothing and seldom join; where paths break all the same, the part is
solved in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bargaining.noncooperative.two_player.lemke_howson import Paths, ends_of_paths
from bargaining.types import FloatArray

__all__ = ["growing_part", "regret"]

LARGEST = 200
"""Strategies a player, at most, of a part."""

LARGEST_EXACT = 40
"""Strategies a player, at most, of a part that is solved in whole numbers."""

LONGEST = 512
"""Pivots, at most, of a path in a part."""

Pair = tuple[FloatArray, FloatArray]


def growing_part(A: FloatArray, B: FloatArray, start: Pair, *, gain: float) -> Iterator[Pair]:
    """Yield equilibria of larger and larger parts of a game, the last one of the game itself.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
    start : pair of ndarray
        The strategies that it plays are the first part.
    gain : float
        What a strategy must gain to join, and the regret up to which a part counts as solved.

    Examples
    --------
    >>> A = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, -1.0]])
    >>> pure = np.array([1.0, 0.0, 0.0])
    >>> *_, (x, y) = growing_part(A, -A, (pure, pure), gain=1e-11)
    >>> x.tolist()
    [0.5, 0.5, 0.0]
    """
    rows, columns = (np.flatnonzero(mix).tolist() for mix in start)
    while max(len(rows), len(columns)) <= LARGEST:
        grid = np.ix_(rows, columns)
        end = _solved(A[grid], B[grid], gain)
        if end is None:
            return
        x, y = np.zeros(A.shape[0]), np.zeros(A.shape[1])
        x[rows], y[columns] = end
        yield x, y
        joined = _joins(rows, A @ y, x, gain), _joins(columns, x @ B, y, gain)
        if not any(joined):
            return


def _joins(own: list[int], worth: FloatArray, mix: FloatArray, gain: float) -> bool:
    """Add the best reply where it gains; say whether it was added."""
    reply = int(worth.argmax())
    if reply in own or worth[reply] - worth @ mix <= gain:
        return False
    own.append(reply)
    return True


def _solved(A: FloatArray, B: FloatArray, gain: float) -> Pair | None:
    for exact in (False, True) if max(A.shape) <= LARGEST_EXACT else (False,):
        for end in ends_of_paths(Paths(A, B, exact=exact), longest=LONGEST):
            if regret(A, B, end) <= gain:
                return end
    return None


def regret(A: FloatArray, B: FloatArray, profile: Pair) -> float:
    """Return what a player gains at most by deviating alone."""
    x, y = profile
    rows, columns = A @ y, x @ B
    return float(max(rows.max() - x @ rows, columns.max() - columns @ y, 0.0))
