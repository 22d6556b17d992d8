"""The exact maximiser: a weighted sum of payoffs over all packages, without listing them.

Payoffs are sums of factors over few levers, so max over packages of sum_i w_i u_i is computed by
eliminating one lever after another (bucket elimination, Dechter 1999) in min-fill order: cost
K^(width+1) instead of K^L. Where a table would be too large, a mixed-integer program takes over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from weakref import WeakKeyDictionary

import numpy as np

from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.buckets import Bucket, plan
from bargaining.optimize.milp import maximize_by_integer_program
from bargaining.optimize.ordering import elimination_order
from bargaining.types import FloatArray, IntArray

__all__ = ["LARGEST_TABLE", "Maxima", "Maximizer", "maximizer"]

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
class _Weighed:
    """B weighings of the factors: of those without levers, of several levers, of levers alone."""

    constant: FloatArray
    tables: Sequence[FloatArray]
    solo: Sequence[tuple[IntArray, FloatArray]]


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
        self._ranked = rank = {lever: r for r, lever in enumerate(self.order)}
        alone = [lever for lever in range(len(self.sizes)) if lever not in rank]
        self.constant = np.zeros(number_of_players)
        self._own: list[Factor] = []
        self._axes: list[tuple[int, ...]] = []
        self._scopes = [factor.scope for factor in factors]
        solo = {lever: np.zeros((number_of_players, self.sizes[lever])) for lever in alone}
        for factor in factors:
            if not factor.scope:
                self.constant = self.constant + factor.table
            elif factor.scope[0] in solo:
                solo[factor.scope[0]] = solo[factor.scope[0]] + factor.table
            else:
                axes = sorted(range(len(factor.scope)), key=lambda j: rank[factor.scope[j]])
                self._axes.append((0, *(axis + 1 for axis in axes)))
                table = np.ascontiguousarray(factor.table.transpose(self._axes[-1]))
                self._own.append(Factor(tuple(factor.scope[axis] for axis in axes), table))
        self._solo = _grouped(solo)
        self._stacks = _stacked(self._own)
        self.buckets = tuple(plan(self.order, self.sizes, [factor.scope for factor in self._own]))
        self.width = max((len(bucket.scope) for bucket in self.buckets), default=0)

    @cached_property
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
        chunk = self._chunk
        parts = [self._weighed(rows[k : k + chunk]) for k in range(0, len(rows), chunk)]
        return self._maxima(parts)

    def maximize_tables(self, tables: Sequence[FloatArray]) -> Maxima:
        """Return the best package for each of B other sets of tables over the same levers.

        Parameters
        ----------
        tables : sequence of ndarray of shape (B, K, ...)
            What takes the place of each factor's table, in the order of the factors and of their
            scopes; the elimination that was planned for the factors is used again.

        Raises
        ------
        IntractableError
            As `maximize`.
        """
        batch, chunk = len(tables[0]) if tables else 1, self._chunk
        parts = [
            self._placed([table[k : k + chunk] for table in tables]) for k in range(0, batch, chunk)
        ]
        return self._maxima(parts)

    @property
    def _chunk(self) -> int:
        return max(1, min(LARGEST_BATCH, self.largest_table) // self.largest_bucket[0])

    def _maxima(self, parts: Sequence[_Weighed]) -> Maxima:
        solve = self._eliminate if self.tractable else self._by_integer_program
        found = [solve(part) for part in parts]
        return Maxima(
            np.concatenate([value for value, _, _ in found]),
            np.concatenate([bound for _, bound, _ in found]),
            np.concatenate([indices for _, _, indices in found]),
        )

    def _weighed(self, rows: FloatArray) -> _Weighed:
        """Weigh all factors by B weight vectors."""
        solo = [(levers, np.einsum("bn,fnk->bfk", rows, stack)) for levers, stack in self._solo]
        return _Weighed(rows @ self.constant, self._tables(rows), solo)

    def _placed(self, tables: Sequence[FloatArray]) -> _Weighed:
        """Put tables where those of the factors are."""
        batch = len(tables[0]) if tables else 1
        constant, own, axes = np.zeros(batch), [], iter(self._axes)
        alone: dict[int, FloatArray] = {}
        for scope, table in zip(self._scopes, tables, strict=True):
            if not scope:
                constant = constant + table
            elif len(scope) > 1 or scope[0] in self._ranked:
                own.append(table.transpose(next(axes)))
            else:
                alone[scope[0]] = alone[scope[0]] + table if scope[0] in alone else table
        solo = []
        for levers, stack in self._solo:
            nothing = np.zeros((batch, stack.shape[2]))
            solo.append((levers, np.stack([alone.get(int(u), nothing) for u in levers], axis=1)))
        return _Weighed(constant, own, solo)

    def _tables(self, rows: FloatArray) -> list[FloatArray]:
        """Weigh all factors: one table (B, K, ...) a factor."""
        tables: list[FloatArray] = [np.empty(0)] * len(self._own)
        for members, stack in self._stacks:
            weighed = np.einsum("bn,fn...->fb...", rows, stack)
            for f, table in zip(members, weighed, strict=True):
                tables[f] = table
        return tables

    def _joint(
        self, bucket: Bucket, tables: Sequence[FloatArray], messages: list[FloatArray], batch: int
    ) -> FloatArray:
        """Add up what is known of a bucket's lever: shape (B, K, levels of the scope)."""
        parts = [tables[f].reshape(batch, *part) for f, part in bucket.own]
        parts += [messages[m].reshape(batch, *part) for m, part in bucket.received]
        return reduce(np.add, parts)

    def _eliminate(self, weighed: _Weighed) -> tuple[FloatArray, FloatArray, IntArray]:
        values, batch = weighed.constant, len(weighed.constant)
        messages: list[FloatArray] = []
        choices: list[IntArray] = []
        for bucket in self.buckets:
            joint = self._joint(bucket, weighed.tables, messages, batch)
            message = joint.max(axis=1)
            messages.append(message)
            choices.append(joint.argmax(axis=1))
            if not bucket.scope:
                values = values + message
        indices = np.zeros((batch, len(self.sizes)), dtype=np.int64)
        every = np.arange(batch)
        for bucket, choice in zip(reversed(self.buckets), reversed(choices), strict=True):
            indices[:, bucket.lever] = choice[(every, *(indices[:, u] for u in bucket.scope))]
        for levers, tables in weighed.solo:
            indices[:, levers] = tables.argmax(axis=2)
            values = values + tables.max(axis=2).sum(axis=1)
        return values, values, indices

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

    def _by_integer_program(self, weighed: _Weighed) -> tuple[FloatArray, FloatArray, IntArray]:
        cells, levers = self.largest_bucket
        reason = (
            f"elimination of width {len(levers) - 1} needs a table of {cells:.3g} cells over "
            f"{', '.join(self.names[u] for u in levers)} (the bound is {self.largest_table:.3g})"
        )
        scopes: list[tuple[tuple[int, ...], FloatArray]] = [
            ((int(u),), tables[:, f]) for us, tables in weighed.solo for f, u in enumerate(us)
        ]
        scopes += [(f.scope, t) for f, t in zip(self._own, weighed.tables, strict=True)]
        found = [
            maximize_by_integer_program(
                self.sizes,
                [(scope, tables[row]) for scope, tables in scopes],
                reason=reason,
                width=len(levers) - 1,
                levers=[self.names[u] for u in levers],
            )
            for row in range(len(weighed.constant))
        ]
        return (
            np.array([value for value, _, _ in found]) + weighed.constant,
            np.array([bound for _, bound, _ in found]) + weighed.constant,
            np.array([indices for _, _, indices in found], dtype=np.int64),
        )


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
