"""Equilibria of small N-player games, support by support (Dickhaut and Kaplan 1991).

On each choice of strategies that may be played the indifference conditions are polynomial; a damped
Newton method (Levenberg 1944) runs from several starts on all supports of the same sizes at once.
What it reaches is polished and verified; what it misses it cannot know, so a list may be partial.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from bargaining.noncooperative.n_player.indifference import OUTSIDE, ExpectedPayoffs, polished
from bargaining.types import FloatArray, IntArray

__all__ = ["equilibria_on_supports", "support_sizes"]

ITERATIONS = 25
STARTS = 32
"""Starts on a support at most: every corner of its profiles if so many do, else each player's."""

TOWARDS_CORNER = 0.6
CONVERGED = 1e-6
HOPEFUL = 1e-4
"""Regret, for payoffs from 0 to 1, up to which a solution on a support is polished."""

BATCH = 4096
"""Starts that Newton's method takes at once."""


def support_sizes(shape: Sequence[int], limit: int) -> list[tuple[int, ...]]:
    """Return sizes of supports, small ones first, with at most `limit` supports in all.

    Left out are pure profiles, and sizes at which one player mixes more strategies than the
    others' probabilities can make equally good, unless payoffs happen to be equal.

    Examples
    --------
    >>> support_sizes((2, 2, 2), 10)
    [(1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 2, 2)]
    """
    sizes = [
        size
        for size in product(*(range(1, own + 1) for own in shape))
        if sum(size) > len(size) and 2 * (max(size) - 1) <= sum(size) - len(size)
    ]
    kept: list[tuple[int, ...]] = []
    for size in sorted(sizes, key=lambda size: (sum(size), size)):
        limit -= prod(map(comb, shape, size))
        if limit < 0:
            break
        kept.append(size)
    return kept


def equilibria_on_supports(
    payoffs: ExpectedPayoffs, sizes: Sequence[tuple[int, ...]], *, tolerance: float
) -> Iterator[FloatArray]:
    """Yield equilibria whose supports have the given sizes, each once.

    Of a support whose solutions are not isolated one is yielded.

    Parameters
    ----------
    payoffs : ExpectedPayoffs
    sizes : sequence of tuples of N ints
    tolerance : float
        Largest regret, for payoffs from 0 to 1.

    Examples
    --------
    >>> from bargaining.noncooperative.games.normal_form import NormalFormGame
    >>> game = NormalFormGame.from_arrays([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    >>> list(equilibria_on_supports(ExpectedPayoffs(game), [(2, 2)], tolerance=1e-11))
    [array([0.6, 0.4, 0.4, 0.6])]
    """
    for size in sizes:
        known: dict[bytes, list[FloatArray]] = {}
        for p, support in _hopeful(payoffs, size):
            found = known.setdefault(support.tobytes(), [])
            if any(float(np.abs(p - other).max()) < HOPEFUL for other in found):
                continue
            q, regret = polished(payoffs, p, support)
            isolated = _isolated(payoffs, q, support)
            if regret > tolerance or (found and not isolated):
                continue
            # Newton's method is less exact on solutions that are not isolated: one on the edge of
            # its support, which belongs to a smaller one, may look positive.
            if q[support].min() <= (OUTSIDE if isolated else HOPEFUL):
                continue
            if any(float(np.abs(q - other).max()) <= OUTSIDE for other in found):
                continue
            found.append(q)
            yield q


def _hopeful(
    payoffs: ExpectedPayoffs, size: tuple[int, ...]
) -> Iterator[tuple[FloatArray, NDArray[np.bool_]]]:
    """Yield profiles that nearly are equilibria, with their supports."""
    starts = _starts(size)
    choices = [
        list(combinations(range(own), k)) for own, k in zip(payoffs.shape, size, strict=True)
    ]
    every = list(product(*choices))
    chunk = max(BATCH // len(starts), 1)
    for first in range(0, len(every), chunk):
        chosen = every[first : first + chunk]
        rows = [np.array([support[i] for support in chosen]) for i in range(len(size))]
        tables = _restricted(payoffs.tables, rows)
        tables = np.repeat(tables, len(starts), axis=0)
        solved, where = _solved(tables, size, np.tile(starts, (len(chosen), 1)))
        columns = np.concatenate(
            [own + start for own, start in zip(rows, payoffs.starts, strict=True)], axis=1
        )[where // len(starts)]
        for own, column in zip(solved, columns, strict=True):
            p = np.zeros(len(payoffs.owner))
            p[column] = np.maximum(own, 0.0)
            p /= payoffs.sums(p)[payoffs.owner]
            if payoffs.regret(p) <= HOPEFUL:
                support = np.zeros(len(p), dtype=bool)
                support[column] = True
                yield p, support


def _restricted(tables: FloatArray, rows: Sequence[IntArray]) -> FloatArray:
    """Return the payoffs on each of S supports, shape (S, N, k_1, ..., k_N)."""
    size = len(rows)
    index: list[IntArray] = []
    for i, own in enumerate(rows):
        shape = [len(own)] + [1] * size
        shape[1 + i] = own.shape[1]
        index.append(own.reshape(shape))
    return np.stack([table[tuple(index)] for table in tables], axis=1)


def _starts(size: tuple[int, ...]) -> FloatArray:
    """Return the centroid and points towards corners, shape (starts, sum of sizes)."""
    centre = np.concatenate([np.full(k, 1.0 / k) for k in size])
    offsets = np.cumsum((0, *size))[:-1]
    moved = [centre]
    everywhere = prod(size) <= STARTS
    corners: list[tuple[tuple[int, int], ...]] = (
        [tuple(enumerate(cell)) for cell in product(*map(range, size))]
        if everywhere
        else [((i, k),) for i, own in enumerate(size) for k in range(own)]
    )
    for corner in corners:
        start = centre.copy()
        for i, k in corner:
            block = slice(offsets[i], offsets[i] + size[i])
            start[block] *= 1.0 - TOWARDS_CORNER
            start[offsets[i] + k] += TOWARDS_CORNER
        moved.append(start)
    return np.array(moved)


def _solved(
    tables: FloatArray, size: tuple[int, ...], p: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Run the damped Newton method on a batch; return what converged inside, and its places."""
    count, players = sum(size), len(size)
    owner = np.repeat(np.arange(players), size)
    belongs = (owner[:, None] == np.arange(players)).astype(float)
    unknowns = np.concatenate([p, np.full((len(p), players), 0.5)], axis=1)
    system = np.zeros((len(p), count + players, count + players))
    system[:, :count, count:] = -belongs
    system[:, count:, :count] = belongs.T
    damping = np.eye(count + players)
    for _ in range(ITERATIONS):
        p, level = unknowns[:, :count], unknowns[:, count:]
        values, system[:, :count, :count] = _batched(tables, size, p)
        residual = np.concatenate([values - level @ belongs.T, p @ belongs - 1.0], axis=1)
        square = np.einsum("bi,bi->b", residual, residual)
        transposed = np.swapaxes(system, 1, 2)
        normal = transposed @ system + (0.1 * square + 1e-14)[:, None, None] * damping
        change = np.linalg.solve(normal, transposed @ residual[:, :, None])[:, :, 0]
        unknowns = unknowns - change
    p = unknowns[:, :count]
    (inside,) = np.nonzero((np.abs(change).max(axis=1) < CONVERGED) & (p.min(axis=1) > -CONVERGED))
    return p[inside], inside


def _batched(
    tables: FloatArray, size: tuple[int, ...], p: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return payoffs and their derivatives on each support of a batch."""
    ends = np.cumsum(size)
    blocks = [slice(end - k, end) for end, k in zip(ends, size, strict=True)]
    slopes = np.zeros((len(p), p.shape[1], p.shape[1]))
    values = np.zeros_like(p)
    for i, own in enumerate(blocks):
        for j, other in enumerate(blocks):
            if i != j:
                part = tables[:, i]
                for k in reversed(range(len(size))):
                    if k not in (i, j):
                        part = _contracted(part, k, p[:, blocks[k]])
                slopes[:, own, other] = part if i < j else np.swapaxes(part, 1, 2)
        some = blocks[1] if i == 0 else blocks[0]
        values[:, own] = np.einsum("bij,bj->bi", slopes[:, own, some], p[:, some])
    return values, slopes


def _contracted(part: FloatArray, axis: int, p: FloatArray) -> FloatArray:
    """Average part (B, ...) over one of its axes with probabilities (B, k)."""
    left, right = part.shape[1 : axis + 1], part.shape[axis + 2 :]
    flat = part.reshape(len(part), prod(left), part.shape[axis + 1], prod(right))
    averaged: FloatArray = np.einsum("bxky,bk->bxy", flat, p)
    return averaged.reshape(len(part), *left, *right)


def _isolated(payoffs: ExpectedPayoffs, p: FloatArray, support: NDArray[np.bool_]) -> bool:
    """Whether the indifference conditions on the support fix p locally."""
    _, slopes = payoffs.derivatives(p)
    belongs = (payoffs.owner[support, None] == np.arange(len(payoffs.shape))).astype(float)
    square = np.zeros((belongs.shape[1], belongs.shape[1]))
    system = np.block([[slopes[np.ix_(support, support)], -belongs], [belongs.T, square]])
    singular = np.linalg.svd(system, compute_uv=False)
    return bool(singular[-1] > OUTSIDE * singular[0])
