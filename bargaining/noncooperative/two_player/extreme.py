"""Extreme equilibria of a two-player game in whole numbers, degenerate or not.

A profile is an extreme equilibrium when each strategy is a vertex of its best-response polytope and
every pure strategy is unplayed or a best reply (von Stengel 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.noncooperative.two_player.double_description import (
    Vertices,
    all_vertices,
    label_weights,
)
from bargaining.noncooperative.two_player.vertices import most_vertices
from bargaining.types import IntArray

__all__ = ["Profiles", "Strategy", "extreme_equilibria", "filled"]

HELD = 150_000
"""Most vertices of a polytope that are held at once."""

CHUNK = 20_000_000
"""Cells of a table of pairs that is worked on at once."""

ZERO = Fraction(0)

Whole = NDArray[Any]
Strategy = tuple[Fraction, ...]
Profiles = list[tuple[Strategy, Strategy]]
Numbers = list[tuple[int, int]]


def extreme_equilibria(A: Whole, B: Whole) -> tuple[Profiles, Numbers]:
    """Return all extreme equilibria, small supports first, then those of early strategies.

    Parameters
    ----------
    A, B : ndarray of positive int, shape (m, n)

    Returns
    -------
    profiles : list of pairs of tuples of Fraction
    numbers : list of pairs of int
        The same strategy of a player has the same number.

    Raises
    ------
    IntractableError
        When a best-response polytope has more than 150,000 vertices.

    Examples
    --------
    >>> A, B = np.array([[3, 1], [2, 2]]), np.array([[1, 1], [1, 2]])
    >>> profiles, numbers = extreme_equilibria(A, B)
    >>> [[list(map(str, x)) for x in profile] for profile in profiles]
    [[['1', '0'], ['1', '0']], [['0', '1'], ['0', '1']], [['1', '0'], ['1/2', '1/2']]]
    """
    return _in_order(*_extreme(A, B))


def _extreme(A: Whole, B: Whole) -> tuple[Profiles, Numbers]:
    m, n = A.shape
    if most_vertices(m + n, m) > most_vertices(m + n, n):
        profiles, pairs = _extreme(B.T, A.T)
        return [(x, y) for y, x in profiles], [(i, j) for j, i in pairs]
    first = all_vertices(B.T, limit=HELD)
    # A column that is no best reply at any vertex is one nowhere, and is never played.
    kept = np.flatnonzero(first.tight[:, m:].any(axis=0))
    second = all_vertices(A[:, kept], limit=HELD)
    size = len(kept)
    settled = (
        np.concatenate([first.tight[:, :m], first.tight[:, m + kept]], axis=1),
        np.concatenate([second.tight[:, size:], second.tight[:, :size]], axis=1),
    )
    pairs = _complete(*settled, m)
    xs = {i: _strategy(first, i, np.arange(m), m) for i in {i for i, _ in pairs}}
    ys = {j: _strategy(second, j, kept, n) for j in {j for _, j in pairs}}
    return [(xs[i], ys[j]) for i, j in pairs], pairs


def _in_order(profiles: Profiles, pairs: Numbers) -> tuple[Profiles, Numbers]:
    """Sort small supports first, then those of early strategies."""
    known: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
    for profile, pair in zip(profiles, pairs, strict=True):
        for side, strategy, number in zip(known, profile, pair, strict=True):
            if number not in side:
                unplayed = tuple(share == 0 for share in strategy)
                side[number] = sum(unplayed), unplayed, tuple(-share for share in strategy)

    def place(k: int) -> tuple[Any, ...]:
        (unplayed, *x), (others, *y) = (side[n] for side, n in zip(known, pairs[k], strict=True))
        return -unplayed - others, x[0], y[0], x[1], y[1]

    order = sorted(range(len(pairs)), key=place)
    return [profiles[k] for k in order], [pairs[k] for k in order]


def _complete(first: NDArray[np.bool_], second: NDArray[np.bool_], m: int) -> list[tuple[int, int]]:
    """Return the pairs of vertices, in m and in other dimensions, that settle every strategy."""
    labels = first.shape[1]
    simple = (first.sum(axis=1) == m, second.sum(axis=1) == labels - m)
    ones, others = np.flatnonzero(simple[0]), np.flatnonzero(simple[1])
    weights = label_weights(labels)
    # Simple vertices go together when each settles just what the other leaves open.
    sums = (first[ones] @ weights, weights.sum() - second[others] @ weights)
    _, i, j = np.intersect1d(*sums, return_indices=True)
    found = np.stack([ones[i], others[j]], axis=1)
    found = found[(first[found[:, 0]] | second[found[:, 1]]).all(axis=1)]
    blocks = [found]
    for part, other in (
        (np.flatnonzero(~simple[0]), np.arange(len(second))),
        (ones, np.flatnonzero(~simple[1])),
    ):
        missed, open_ = (~first[part]).astype(np.float32), (~second[other]).astype(np.float32).T
        step = max(1, CHUNK // max(1, other.size))
        for start in range(0, part.size, step):
            row, column = np.nonzero(missed[start : start + step] @ open_ == 0)
            blocks.append(np.stack([part[start + row], other[column]], axis=1))
    return [(int(i), int(j)) for i, j in np.concatenate(blocks)]


def _strategy(vertices: Vertices, number: int, kept: IntArray, size: int) -> Strategy:
    point = vertices.points[number]
    support = np.flatnonzero(point)
    total = int(point.sum())
    return filled(kept[support].tolist(), [Fraction(int(p), total) for p in point[support]], size)


def filled(support: Sequence[int], shares: Sequence[Fraction], size: int) -> Strategy:
    """Return shares of some strategies as a strategy over all of them."""
    known = dict(zip(support, shares, strict=True))
    return tuple(known.get(k, ZERO) for k in range(size))
