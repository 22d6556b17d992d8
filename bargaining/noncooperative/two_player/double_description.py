"""All vertices of a best-response polytope in whole numbers, degenerate or not.

The double description method (Motzkin, Raiffa, Thompson and Thrall 1953; Fukuda and Prodon 1996):
constraints come one at a time, and each new one cuts the edges that it crosses. Two vertices lie on
an edge when no third one meets all the constraints that both meet with equality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import IntractableError

__all__ = ["Vertices", "all_vertices", "label_weights"]

Integers = NDArray[Any]
Booleans = NDArray[np.bool_]
Numbers = NDArray[np.intp]

CHUNK = 20_000_000
"""Cells of a table of pairs that is worked on at once."""


@dataclass(frozen=True, eq=False)
class Vertices:
    """Vertices of { x >= 0, rows @ x <= 1 } other than 0.

    Attributes
    ----------
    points : ndarray of int, shape (V, d)
        Proportional to the vertices.
    tight : ndarray of bool, shape (V, d + number of rows)
        Which constraints hold with equality: x_i = 0 first, then the rows.
    """

    points: Integers
    tight: Booleans


def all_vertices(rows: Integers, *, limit: int) -> Vertices:
    """Return the vertices of { x >= 0, rows @ x <= 1 } other than 0.

    Parameters
    ----------
    rows : ndarray of positive int, shape (R, d)
        Whole numbers, as machine integers or Python's.
    limit : int
        Most vertices to hold at any time.

    Raises
    ------
    IntractableError
        When there are more than that.

    Examples
    --------
    >>> found = all_vertices(np.array([[2, 1], [1, 2]]), limit=10)
    >>> found.points.tolist()
    [[1, 0], [1, 1], [0, 1]]
    >>> found.tight[1].tolist()
    [False, False, True, True]
    """
    count, d = rows.shape
    # Rays (x, t) of the cone over the polytope; t >= 0 is the last constraint.
    rays = np.eye(d + 1, dtype=np.int64)
    tight = np.zeros((d + 1, d + count + 1), dtype=bool)
    tight[:, [*range(d), -1]] = ~np.eye(d + 1, dtype=bool)
    for j, row in enumerate(rows):
        rays, tight = _cut(rays, tight, row, d + j)
        if len(rays) > limit:
            raise IntractableError(
                f"vertices of a best-response polytope: more than {limit:,} after {j + 1} of "
                f"{count} constraints in {d} dimensions"
            )
    proper = ~tight[:, :d].all(axis=1)
    return Vertices(rays[proper, :d], tight[proper, :-1])


def _cut(rays: Integers, tight: Booleans, row: Integers, label: int) -> tuple[Integers, Booleans]:
    """Keep what the constraint t >= row . x allows, and add where it crosses an edge."""
    if rays.dtype != object and _large(rays, row):
        rays = rays.astype(object)
    slack = rays[:, -1] - rays[:, :-1] @ row.astype(rays.dtype)
    tight[:, label] = slack == 0
    above, below = np.flatnonzero(slack > 0), np.flatnonzero(slack < 0)
    if not below.size:
        return rays, tight
    first, second = _edges(tight, above, below, rays.shape[1] - 1)
    new = rays[second] * slack[first, None] - rays[first] * slack[second, None]
    new //= np.gcd.reduce(new, axis=1)[:, None]
    met = tight[first] & tight[second]
    met[:, label] = True
    kept = slack >= 0
    return np.concatenate([rays[kept], new]), np.concatenate([tight[kept], met])


def _large(rays: Integers, row: Integers) -> bool:
    """Say whether the products of a cut may not fit into 64 bits."""
    largest = int(rays.max())
    slack = largest * (1 + sum(map(int, row)))
    return 2 * slack * largest >= 2**63


def _edges(tight: Booleans, above: Numbers, below: Numbers, d: int) -> tuple[Numbers, Numbers]:
    """Return the pairs of rays, one on each side, that span an edge of the cone over d + 1."""
    simple = tight.sum(axis=1) == d
    met = tight.astype(np.float32)
    # A simple ray spans an edge with whatever else meets d - 1 of its d constraints.
    pairs = [_sharing_edges(tight, above[simple[above]], below[simple[below]], d)]
    for part, other in (
        (above[~simple[above]], below[simple[below]]),
        (above[simple[above]], below[~simple[below]]),
    ):
        pairs.append(_meeting(met, part, other, d - 1))
    first, second = _meeting(met, above[~simple[above]], below[~simple[below]], d - 1)
    sure = _no_third(tight, met, first, second)
    pairs.append((first[sure], second[sure]))
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _sharing_edges(
    tight: Booleans, above: Numbers, below: Numbers, d: int
) -> tuple[Numbers, Numbers]:
    """Return the pairs of simple rays that meet d - 1 constraints together."""
    if not (above.size and below.size):
        return above[:0], below[:0]
    weights = label_weights(tight.shape[1])
    keys = []
    for side in (above, below):
        own = weights[np.nonzero(tight[side])[1]].reshape(-1, d)
        keys.append((own.sum(axis=1)[:, None] - own).ravel())
    # An edge has two ends, so that a sum on both sides is there once on each.
    _, i, k = np.intersect1d(*keys, return_indices=True)
    first, second = above[i // d], below[k // d]
    sure = (tight[first] & tight[second]).sum(axis=1) == d - 1  # equal sums may be a coincidence
    return first[sure], second[sure]


def label_weights(labels: int) -> NDArray[np.uint64]:
    """Return numbers whose sums tell sets of labels apart, up to coincidences of 64 bits."""
    return np.random.default_rng(0).integers(2**63, size=labels, dtype=np.uint64)


def _meeting(
    met: NDArray[np.float32], above: Numbers, below: Numbers, needed: int
) -> tuple[Numbers, Numbers]:
    """Return the pairs of rays that meet enough constraints together."""
    if not (above.size and below.size):
        return above[:0], below[:0]
    pairs = []
    step = max(1, CHUNK // below.size)
    for start in range(0, above.size, step):
        part = above[start : start + step]
        i, k = np.nonzero(met[part] @ met[below].T >= needed)
        pairs.append((part[i], below[k]))
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _no_third(
    tight: Booleans, met: NDArray[np.float32], first: Numbers, second: Numbers
) -> Booleans:
    """Say for each pair of rays whether no third one meets all constraints that both meet."""
    alone = np.empty(len(first), dtype=bool)
    step = max(1, CHUNK // len(tight))
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        common = tight[first[part]] & tight[second[part]]
        found = common.astype(np.float32) @ met.T == common.sum(axis=1)[:, None]
        alone[part] = found.sum(axis=1) == 2
    return alone
