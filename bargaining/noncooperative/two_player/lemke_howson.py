"""One equilibrium of a two-player game by complementary pivoting (Lemke and Howson 1964).

Payoffs are rescaled first so that the path does not depend on their units, and the number of
pivots is capped: the shortest of a few paths is usually short where a single one is long.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.noncooperative.two_player.tableau import TIES, IntegerTableau, Tableau
from bargaining.types import FloatArray

__all__ = ["SHORTEST", "Paths", "ends_of_paths", "lemke_howson"]

DIGITS = 2**52
"""Whole numbers of exact paths for payoffs rescaled to [1, 2], which floats hold to that digit."""

LABELS = 8
"""Paths that are followed to a cap on their pivots, before others are to twice that cap."""

SHORTEST = 16
"""The first cap."""


def lemke_howson(
    A: FloatArray, B: FloatArray, label: int, *, max_pivots: int = 5000
) -> tuple[FloatArray, FloatArray] | None:
    """Follow the path of one label.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
        Payoffs of the row and of the column player.
    label : int
        The label dropped first, in 0..m+n-1 (rows first).
    max_pivots : int
        Cap on the pivots of an attempt.

    Returns
    -------
    (x, y) or None
        Mixed strategies of shapes (m,) and (n,); None at the cap or when the path breaks off
        numerically. The caller verifies the profile by its regret.

    Raises
    ------
    InputError
        For a label out of range.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> x, y = lemke_howson(A, -A, 0)
    >>> x.tolist(), y.tolist()
    ([0.5, 0.5], [0.5, 0.5])
    """
    labels = sum(A.shape)
    if isinstance(label, bool) or not isinstance(label, Integral) or not 0 <= label < labels:
        raise InputError(f"lemke_howson, label: expected one of 0..{labels - 1}, got {label!r}")
    for tie in TIES:
        end = Paths(A, B, tie=tie).end(int(label), max_pivots=max_pivots)
        if end is not None:
            return end
    return None


class Paths:
    """The Lemke-Howson paths of a game.

    Parameters
    ----------
    A, B : ndarray of shape (m, n)
        Payoffs of the row and of the column player.
    exact : bool
        Whether to pivot in whole numbers, on payoffs rounded to the digits of a float; that takes
        time, but no roundoff breaks a path.
    tie : float
        How close ratios are that tie, of paths in floats.

    Attributes
    ----------
    broken : int
        How many of the paths that were followed were broken by roundoff.
    """

    broken = 0

    def __init__(
        self, A: FloatArray, B: FloatArray, *, exact: bool = False, tie: float = TIES[0]
    ) -> None:
        self.shape, self.tie = A.shape, tie
        # Row player's strategies x (labels 0..m-1) live in B' x <= 1, y (m..m+n-1) in A y <= 1.
        pair = (_rescaled(B).T, _rescaled(A))
        self.tableau = IntegerTableau if exact else Tableau
        self.constraints: tuple[NDArray[np.generic], ...] = (
            tuple(map(_whole, pair)) if exact else pair
        )

    def end(self, label: int, *, max_pivots: int) -> tuple[FloatArray, FloatArray] | None:
        """Return the profile in which the path of a label ends.

        None at the cap or when the path breaks off numerically, see `lemke_howson`.
        """
        m, n = self.shape
        owners = (range(m), range(m, m + n))
        tableaux = [
            self.tableau(own, *labels)
            for own, labels in zip(self.constraints, (owners, owners[::-1]), strict=True)
        ]
        for tableau in tableaux:
            tableau.tie = self.tie
        entering, side = label, 0 if label < m else 1
        for _ in range(max_pivots):
            leaving = tableaux[side].enter(entering)
            if leaving is None:
                break
            if leaving == label:
                x, y = (tableau.solution() for tableau in tableaux)
                if x is None or y is None:
                    break
                return x, y
            entering, side = leaving, 1 - side
        else:
            return None
        self.broken += 1
        return None


def ends_of_paths(
    paths: Paths, *, shortest: int = SHORTEST, longest: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield the ends of paths of many labels, short paths first.

    Eight labels are followed to a cap of 16 pivots, eight others to 32, and so on: lengths differ
    widely among labels. Random games of 200 x 200 have paths of more than 50,000 pivots beside
    others of less than 50. Rows and columns alternate.

    Parameters
    ----------
    paths : Paths
    shortest, longest : int
        The first and the last cap, each a power of two.
    """
    m, n = paths.shape
    places = [(np.arange(size) + 0.5) / size for size in (m, n)]
    labels = itertools.cycle(np.argsort(np.concatenate(places), kind="stable").tolist())
    cap = shortest
    while cap <= longest:
        for label in itertools.islice(labels, LABELS):
            end = paths.end(label, max_pivots=cap)
            if end is not None:
                yield end
        cap *= 2


def _rescaled(payoffs: FloatArray) -> FloatArray:
    """Map payoffs to [1, 2]."""
    low, spread = payoffs.min(), np.ptp(payoffs)
    return np.ones_like(payoffs) if spread == 0 else 1.0 + (payoffs - low) / spread


def _whole(rescaled: FloatArray) -> NDArray[np.generic]:
    """Return Python integers: payoffs in [1, 2] times 2^52."""
    return (rescaled * DIGITS).astype(np.int64).astype(object)
