"""The Nash package of two players in many draws at once, where payoffs are sums over few levers.

Levers that share terms form a group; payoffs are sums over groups. Weights turn the product of
gains into a sum: w1 g1 + w2 g2 >= 2 sqrt(w1 w2 g1 g2), so that a package better than one at hand
cannot fall short of the largest weighted sum by more than a known gap. The weights come from the
hull (bisection on the ratio at which weighted gains are equal), and the few packages within the gap
are listed, group by group. It is Lagrangian duality with an exact second step (Geoffrion 1974).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.types import FloatArray, IntArray

__all__ = ["Chosen", "Mask", "best_packages"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

STEPS = 26
"""Bisections of the ratio of weights."""

WIDEST = 16.0
"""Largest logarithm of the ratio of weights, of gains in units of their ranges."""

NONE = 1e-11
"""Weighted gains up to this part of the range are none at all."""

CLEAR = 1e-6
"""Gains of the best package at hand have to be above this part of the range."""

TIE = 1e-8
"""Products of gains that are closer than this, relatively, are left to the exact search."""

SLACK = 1e-9
"""By how much the gap is widened against rounding."""

MOST = 100_000
"""Packages within the gap of one draw, at most."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """What is agreed in each of D draws.

    Attributes
    ----------
    settled : ndarray of bool of shape (D,)
        Whether the draw is solved; the others need the exact search (ties, gains near 0).
    agreed : ndarray of bool of shape (D,)
    gains : ndarray of shape (D, 2)
    cells : ndarray of int of shape (D, C)
        By group, which of its combinations of levels is agreed; the breakdown's without a deal.
    """

    settled: Mask
    agreed: Mask
    gains: FloatArray
    cells: IntArray


def best_packages(groups: Sequence[FloatArray], breakdown: IntArray) -> Chosen:
    """Return the single package with the largest product of gains in every draw.

    Parameters
    ----------
    groups : sequence of ndarray of shape (D, 2, K_c)
        Gains over breakdown by draw, player and combination of levels, one array a group.
    breakdown : ndarray of int of shape (D, C)
        Which combination breakdown is; its gains are 0.
    """
    size = len(breakdown)
    units = np.maximum(sum(np.abs(group).max(axis=2) for group in groups), 1e-300)
    padded = _padded(groups, units)
    duals = _bisect(padded)
    settled, agreed = duals.none.copy(), np.zeros(size, dtype=bool)
    cells, gains = breakdown.copy(), np.zeros((size, 2))
    some = np.flatnonzero(~duals.none)
    if len(some):
        found, nobody = _listed(padded[some], duals.ratio[some], duals.product[some])
        one = found.min(axis=1) >= 0
        rows = some[one]
        cells[rows], agreed[rows] = found[one], True
        settled[some] = one | nobody
        for c, group in enumerate(groups):
            gains[rows] += group[rows, :, cells[rows, c]]
    return Chosen(settled, agreed, gains, cells)


def _padded(groups: Sequence[FloatArray], units: FloatArray) -> FloatArray:
    """Return gains in units of their ranges, shape (D, C, 2, K), -inf where there is no cell."""
    most = max(group.shape[2] for group in groups)
    padded = np.full((len(units), len(groups), 2, most), -np.inf)
    for c, group in enumerate(groups):
        padded[:, c, :, : group.shape[2]] = group / units[:, :, None]
    return padded


@dataclass(frozen=True, eq=False)
class _Duals:
    """Log ratio of weights; whether nobody can gain; best product of gains at hand. Shape (D,)."""

    ratio: FloatArray
    none: Mask
    product: FloatArray


def _bisect(padded: FloatArray) -> _Duals:
    """Find the weights at which the package of the largest sum has equal weighted gains."""
    size = len(padded)
    low, high = np.full(size, -WIDEST), np.full(size, WIDEST)
    product, none = np.zeros(size), np.zeros(size, dtype=bool)
    first, second = padded[:, :, 0], padded[:, :, 1]
    ratio = np.zeros(size)
    for _ in range(STEPS):
        ratio = (low + high) / 2
        one, other = np.exp(ratio / 2), np.exp(-ratio / 2)
        sums = one[:, None, None] * first + other[:, None, None] * second
        at = sums.argmax(axis=2)[..., None]
        g1 = np.take_along_axis(first, at, axis=2)[..., 0].sum(axis=1)
        g2 = np.take_along_axis(second, at, axis=2)[..., 0].sum(axis=1)
        gain = np.where((g1 > CLEAR) & (g2 > CLEAR), g1 * g2, 0.0)
        product = np.maximum(product, gain)
        none |= one * g1 + other * g2 <= NONE * np.minimum(one, other)
        ahead = one * g1 > other * g2
        high, low = np.where(ahead, ratio, high), np.where(ahead, low, ratio)
    return _Duals(ratio, none, product)


def _listed(padded: FloatArray, ratio: FloatArray, product: FloatArray) -> tuple[IntArray, Mask]:
    """List the packages within the gap.

    Returns
    -------
    ndarray of int of shape (D, C)
        The cells of the best package; -1 where there is a tie, too many to list, or none.
    ndarray of bool of shape (D,)
        Where it is sure that no package makes anybody gain and nobody lose.
    """
    size, groups = padded.shape[:2]
    first, second = padded[:, :, 0], padded[:, :, 1]
    one, other = np.exp(ratio / 2), np.exp(-ratio / 2)
    sums = one[:, None, None] * first + other[:, None, None] * second
    best = sums.max(axis=2)
    loss = best[..., None] - sums
    gap = best.sum(axis=1) - 2 * np.sqrt(product)
    gap += SLACK * np.maximum(best.sum(axis=1), 1.0) + np.where(product > 0, 0, one + other) * CLEAR
    most = np.cumsum(padded.max(axis=3)[:, ::-1], axis=1)[:, ::-1]  # what groups can still give
    rest = np.concatenate([most[:, 1:], np.zeros((size, 1, 2))], axis=1)
    draw, spent = np.arange(size), np.zeros(size)
    g1, g2 = np.zeros(size), np.zeros(size)
    code = np.zeros((size, 0), dtype=np.int16)
    crowded = np.zeros(size, dtype=bool)
    for c in range(groups):
        total = spent[:, None] + loss[draw, c]
        row, cell = np.nonzero(total <= gap[draw, None])
        at = draw[row]
        h1, h2 = g1[row] + first[at, c, cell], g2[row] + second[at, c, cell]
        crowded |= np.bincount(at, minlength=size) > MOST
        kept = (h1 + rest[at, c, 0] >= -CLEAR) & (h2 + rest[at, c, 1] >= -CLEAR) & ~crowded[at]
        row, cell, draw, g1, g2 = row[kept], cell[kept], at[kept], h1[kept], h2[kept]
        spent = total[row, cell]
        code = np.column_stack([code[row], cell.astype(np.int16)])
    value = np.where((g1 > CLEAR) & (g2 > CLEAR), g1 * g2, -1.0)
    fair = (g1 >= -CLEAR) & (g2 >= -CLEAR) & (np.maximum(g1, g2) > CLEAR)
    nobody = (np.bincount(draw[fair], minlength=size) == 0) & ~crowded
    top = np.zeros(size)
    np.maximum.at(top, draw, value)
    near = (value > 0) & (value >= (1 - TIE) * top[draw])
    alone = np.bincount(draw[near], minlength=size) == 1
    cells = np.full((size, groups), -1, dtype=np.int64)
    pick = near & alone[draw]
    cells[draw[pick]] = code[pick]
    return cells, nobody
