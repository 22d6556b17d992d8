"""The exact maximiser: a weighted sum of payoffs over all packages, without listing them.

Payoffs are sums of factors over few levers, so max over packages of sum_i w_i u_i is computed by
eliminating one lever after another (bucket elimination, Dechter 1999) in min-fill order: cost
K^(width+1) instead of K^L. Where a table would be too large, a mixed-integer program takes over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from weakref import WeakKeyDictionary

import numpy as np

from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.milp import maximize_by_integer_program
from bargaining.optimize.ordering import elimination_order
from bargaining.types import FloatArray, IntArray

__all__ = ["LARGEST_TABLE", "Bucket", "Maxima", "Maximizer", "maximizer"]

LARGEST_TABLE = 4_000_000
"""Cells of the largest table that elimination may build (32 MB); stated in the documentation."""

LARGEST_BATCH = 1_000_000
"""Cells of the largest table over a batch of weights: larger batches are split, to save memory."""


@dataclass(frozen=True, eq=False)
class Maxima:
    """The best packages for B weight vectors.

    Attributes
    ----------
    values : ndarray of shape (B,)
        Value of the package found.
    bounds : ndarray of shape (B,)
        No package is worth more; equal to `values` up to rounding under elimination.
    indices : ndarray of shape (B, L)
        Level indices of the packages.
    """

    values: FloatArray
    bounds: FloatArray
    indices: IntArray


@dataclass(frozen=True, eq=False)
class Bucket:
    """One step of the elimination: a lever, and the later levers that its table depends on.

    Attributes
    ----------
    lever : int
        The lever that is eliminated.
    scope : tuple of int
        The later levers, in elimination order.
    own : tuple of (int, tuple of int)
        Factors first met here, with the shape that broadcasts them to the bucket's table.
    received : tuple of (int, tuple of int)
        Buckets whose message is met here, with the shape that broadcasts it.
    """

    lever: int
    scope: tuple[int, ...]
    own: tuple[tuple[int, tuple[int, ...]], ...]
    received: tuple[tuple[int, tuple[int, ...]], ...]


class Maximizer:
    """Maximise weighted sums of payoffs over packages, exactly.

    Parameters
    ----------
    sizes : sequence of int
        Number of levels of each of the L levers.
    factors : sequence of Factor
        The payoffs of N players.
    number_of_players : int
        N.
    names : sequence of str, optional
        Names of the levers, for error messages.
    largest_table : int
        Memory bound, in cells; above it HiGHS solves a mixed-integer program.

    Examples
    --------
    >>> table = np.array([[[0.0, 1.0], [2.0, 0.0]]])
    >>> best = Maximizer((2, 2), [Factor((0, 1), table)], 1).maximize(np.array([1.0]))
    >>> best.values.tolist(), best.indices.tolist()
    ([2.0], [[1, 0]])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        factors: Sequence[Factor],
        number_of_players: int,
        *,
        names: Sequence[str] | None = None,
        largest_table: int = LARGEST_TABLE,
    ) -> None:
        self.sizes = tuple(sizes)
        self.number_of_players = number_of_players
        self.names = tuple(names) if names is not None else tuple(map(str, range(len(sizes))))
        self.largest_table = largest_table
        scopes = frozenset(factor.scope for factor in factors)
        self.order = elimination_order(scopes, self.sizes)
        rank = {lever: r for r, lever in enumerate(self.order)}
        alone = [lever for lever in range(len(self.sizes)) if lever not in rank]
        self.constant = np.zeros(number_of_players)
        self._own: list[Factor] = []
        solo = {lever: np.zeros((number_of_players, self.sizes[lever])) for lever in alone}
        for factor in factors:
            if not factor.scope:
                self.constant = self.constant + factor.table
            elif factor.scope[0] in solo:
                solo[factor.scope[0]] = solo[factor.scope[0]] + factor.table
            else:
                self._own.append(_sorted_by(rank, factor))
        self._solo = _grouped(solo)
        self._stacks = _stacked(self._own)
        self.buckets = tuple(self._plan(rank))
        self.width = max((len(bucket.scope) for bucket in self.buckets), default=0)

    def _plan(self, rank: dict[int, int]) -> Iterator[Bucket]:
        own: dict[int, list[int]] = {}
        for f, factor in enumerate(self._own):
            own.setdefault(factor.scope[0], []).append(f)
        received: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        for b, lever in enumerate(self.order):
            parts = [self._own[f].scope for f in own.get(lever, [])]
            parts += [scope for _, scope in received.get(lever, [])]
            members = sorted({u for part in parts for u in part} | {lever}, key=rank.__getitem__)
            scope = tuple(members[1:])
            if scope:
                received.setdefault(scope[0], []).append((b, scope))

            def shape(
                part: Sequence[int], members: Sequence[int] = tuple(members)
            ) -> tuple[int, ...]:
                return tuple(self.sizes[u] if u in part else 1 for u in members)

            yield Bucket(
                lever,
                scope,
                tuple((f, shape(self._own[f].scope)) for f in own.get(lever, [])),
                tuple((m, shape(part)) for m, part in received.get(lever, [])),
            )

    @property
    def largest_bucket(self) -> tuple[int, tuple[int, ...]]:
        """Cells of the largest table of the elimination, and its levers."""
        cells = [
            (self.sizes[b.lever] * math.prod(self.sizes[u] for u in b.scope), (b.lever, *b.scope))
            for b in self.buckets
        ]
        return max(cells, default=(1, ()))

    @property
    def tractable(self) -> bool:
        """Whether elimination stays within the memory bound."""
        return self.largest_bucket[0] <= self.largest_table

    def maximize(self, weights: FloatArray) -> Maxima:
        """Return the best package for one weight vector (N,), or for each of B rows (B, N).

        Raises
        ------
        IntractableError
            When neither elimination nor the mixed-integer program can do it; it names the width
            and the levers.
        """
        rows = np.atleast_2d(np.asarray(weights, dtype=float))
        if not self.tractable:
            return self._by_integer_program(rows)
        chunk = max(1, min(LARGEST_BATCH, self.largest_table) // self.largest_bucket[0])
        parts = [self._eliminate(rows[k : k + chunk]) for k in range(0, len(rows), chunk)]
        values = np.concatenate([value for value, _ in parts])
        return Maxima(values, values, np.concatenate([indices for _, indices in parts]))

    def _tables(self, rows: FloatArray) -> list[FloatArray]:
        """Weigh all factors: one table (B, K, ...) a factor."""
        tables: list[FloatArray] = [np.empty(0)] * len(self._own)
        for members, stack in self._stacks:
            weighed = np.einsum("bn,fn...->fb...", rows, stack)
            for f, table in zip(members, weighed, strict=True):
                tables[f] = table
        return tables

    def _joint(
        self, bucket: Bucket, tables: list[FloatArray], messages: list[FloatArray], batch: int
    ) -> FloatArray:
        """Add up what is known of a bucket's lever: shape (B, K, levels of the scope)."""
        parts = [tables[f].reshape(batch, *part) for f, part in bucket.own]
        parts += [messages[m].reshape(batch, *part) for m, part in bucket.received]
        return reduce(np.add, parts)

    def _eliminate(self, rows: FloatArray) -> tuple[FloatArray, IntArray]:
        batch = len(rows)
        tables = self._tables(rows)
        messages: list[FloatArray] = []
        choices: list[IntArray] = []
        values = rows @ self.constant
        for bucket in self.buckets:
            joint = self._joint(bucket, tables, messages, batch)
            message = joint.max(axis=1)
            messages.append(message)
            choices.append(joint.argmax(axis=1))
            if not bucket.scope:
                values = values + message
        indices = np.zeros((batch, len(self.sizes)), dtype=np.int64)
        every = np.arange(batch)
        for bucket, choice in zip(reversed(self.buckets), reversed(choices), strict=True):
            indices[:, bucket.lever] = choice[(every, *(indices[:, u] for u in bucket.scope))]
        for levers, stack in self._solo:
            weighed = np.einsum("bn,fnk->bfk", rows, stack)
            indices[:, levers] = weighed.argmax(axis=2)
            values = values + weighed.max(axis=2).sum(axis=1)
        return values, indices

    def losses(self, weights: FloatArray) -> list[tuple[int, tuple[int, ...], FloatArray]]:
        """Return what each choice costs against the best completion, lever by lever.

        Parameters
        ----------
        weights : ndarray of shape (B, N)

        Returns
        -------
        list of (lever, scope, table)
            In an order in which every scope is decided before its lever. Taking a level of the
            lever lowers the best value that can still be reached by exactly
            table[b, level, levels of the scope] >= 0. Branch and bound adds these up.
        """
        rows = np.atleast_2d(weights)
        tables = self._tables(rows)
        messages: list[FloatArray] = []
        result: list[tuple[int, tuple[int, ...], FloatArray]] = []
        for bucket in self.buckets:
            joint = self._joint(bucket, tables, messages, len(rows))
            message = joint.max(axis=1)
            messages.append(message)
            result.append((bucket.lever, bucket.scope, message[:, None] - joint))
        result.reverse()
        for levers, stack in self._solo:
            weighed = np.einsum("bn,fnk->fbk", rows, stack)
            for lever, table in zip(levers, weighed, strict=True):
                result.append((int(lever), (), table.max(axis=1, keepdims=True) - table))
        return result

    def _by_integer_program(self, rows: FloatArray) -> Maxima:
        solo = [
            Factor((int(lever),), table)
            for levers, stack in self._solo
            for lever, table in zip(levers, stack, strict=True)
        ]
        cells, levers = self.largest_bucket
        reason = (
            f"elimination of width {len(levers) - 1} needs a table of {cells:.3g} cells over "
            f"{', '.join(self.names[u] for u in levers)} (the bound is {self.largest_table:.3g})"
        )
        found = [
            maximize_by_integer_program(
                self.sizes,
                [(f.scope, np.tensordot(row, f.table, 1)) for f in [*solo, *self._own]],
                reason=reason,
                width=len(levers) - 1,
                levers=[self.names[u] for u in levers],
            )
            for row in rows
        ]
        shift = rows @ self.constant
        return Maxima(
            np.array([value for value, _, _ in found]) + shift,
            np.array([bound for _, bound, _ in found]) + shift,
            np.array([indices for _, _, indices in found], dtype=np.int64),
        )


def _sorted_by(rank: dict[int, int], factor: Factor) -> Factor:
    axes = sorted(range(len(factor.scope)), key=lambda axis: rank[factor.scope[axis]])
    table = factor.table.transpose(0, *(axis + 1 for axis in axes))
    return Factor(tuple(factor.scope[axis] for axis in axes), np.ascontiguousarray(table))


def _grouped(solo: dict[int, FloatArray]) -> list[tuple[IntArray, FloatArray]]:
    """Stack the tables of levers alone by their number of levels."""
    sizes = sorted({table.shape[1] for table in solo.values()})
    groups = [[u for u, table in solo.items() if table.shape[1] == size] for size in sizes]
    return [(np.array(group), np.stack([solo[u] for u in group])) for group in groups]


def _stacked(factors: Sequence[Factor]) -> list[tuple[list[int], FloatArray]]:
    """Stack the tables of factors by shape, so that one contraction weighs them all."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for f, factor in enumerate(factors):
        groups.setdefault(factor.table.shape, []).append(f)
    return [(members, np.stack([factors[f].table for f in members])) for members in groups.values()]


_MAXIMIZERS: WeakKeyDictionary[Negotiation, Maximizer] = WeakKeyDictionary()


def maximizer(negotiation: Negotiation) -> Maximizer:
    """Return the maximiser of a negotiation's payoffs over its free levers (built once)."""
    if negotiation not in _MAXIMIZERS:
        _MAXIMIZERS[negotiation] = Maximizer(
            negotiation.sizes,
            negotiation.factors,
            len(negotiation.players),
            names=[lever.name for lever in negotiation.free_levers],
        )
    return _MAXIMIZERS[negotiation]
