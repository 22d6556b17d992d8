"""Small exact arithmetic for games: integer payoffs, rational linear systems, exact regrets.

Python's integers and fractions, so that no tie is decided by roundoff. Elimination is fraction free
(Bareiss 1968).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["integers", "nearest_solution", "rational_regret", "rational_solution"]

Rationals = Sequence[Fraction]


def integers(table: NDArray[Any]) -> NDArray[Any]:
    """Map a table of fractions to positive whole numbers by a positive affine map.

    Returns
    -------
    ndarray of int, of dtype object
        The same shape; the smallest entry is 1 and the others are as small as they can be.

    Examples
    --------
    >>> integers(np.array([[Fraction(1, 2), Fraction(-1)], [Fraction(2), Fraction(-1)]])).tolist()
    [[2, 1], [3, 1]]
    """
    low = min(table.flat)
    scale = lcm(*(value.denominator for value in table.flat), low.denominator)
    whole = [int((value - low) * scale) for value in table.flat]
    step = gcd(*whole) or 1
    made = np.empty(table.size, dtype=object)
    made[:] = [1 + value // step for value in whole]
    return made.reshape(table.shape)


def rational_solution(
    matrix: Sequence[Rationals] | NDArray[Any], right: Rationals
) -> list[Fraction] | None:
    """Return the solution of a square rational system, or None when it is singular.

    Examples
    --------
    >>> [str(x) for x in rational_solution([[2, 1], [1, 3]], [1, 0])]
    ['3/5', '-1/5']
    """
    size = len(right)
    rows = [_whole([*row, value]) for row, value in zip(matrix, right, strict=True)]
    last = 1
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        lead = rows[k]
        for i in range(size):
            if i != k:
                own = rows[i]
                rows[i] = [
                    (a * lead[k] - b * own[k]) // last for a, b in zip(own, lead, strict=True)
                ]
        last = lead[k]
    return [Fraction(row[size], row[k]) for k, row in enumerate(rows)]


def nearest_solution(
    matrix: Sequence[Rationals], right: Rationals, near: Rationals
) -> list[Fraction] | None:
    """Return a solution of any rational system, None when there is none.

    Unknowns that the equations leave free keep their value in `near`.

    Examples
    --------
    >>> [str(x) for x in nearest_solution([[1, 1, 1]], [1], [9, Fraction(1, 4), Fraction(1, 4)])]
    ['1/2', '1/4', '1/4']
    """
    rows = [[Fraction(value) for value in (*row, b)] for row, b in zip(matrix, right, strict=True)]
    leads: list[int] = []
    for column in range(len(near)):
        k = len(leads)
        pivot = next((i for i in range(k, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = lead = [value / rows[k][column] for value in rows[k]]
        for i, row in enumerate(rows):
            if i != k and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, lead, strict=True)]
        leads.append(column)
    if any(row[-1] for row in rows[len(leads) :]):
        return None
    solved = [Fraction(value) for value in near]
    free = [column for column in range(len(near)) if column not in leads]
    for row, column in zip(rows, leads, strict=False):
        solved[column] = row[-1] - sum(row[other] * solved[other] for other in free)
    return solved


def rational_regret(tables: NDArray[Any], profile: Sequence[Rationals]) -> Fraction:
    """Return the largest gain from a deviation, relative to the player's payoff range.

    Parameters
    ----------
    tables : ndarray of Fraction, shape (N, K_1, ..., K_N)
    profile : sequence of N sequences of Fraction

    Examples
    --------
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], dtype=object)
    >>> print(rational_regret(pennies, [[Fraction(1, 2)] * 2, [Fraction(2, 3), Fraction(1, 3)]]))
    1/6
    """
    gains = []
    for i, own in enumerate(profile):
        table = tables[i]
        spread = table.max() - table.min()
        for j in reversed(range(len(profile))):
            if j != i:
                table = np.tensordot(table, np.array(profile[j], dtype=object), axes=(j, 0))
        gain = max(table) - sum(share * value for share, value in zip(own, table, strict=True))
        gains.append(Fraction(gain) / (spread or 1))
    return max(gains)


def _whole(row: Rationals) -> list[int]:
    scale = lcm(*(Fraction(value).denominator for value in row))
    return [int(value * scale) for value in row]
