"""Branch and bound over levers: the best single package under a rule, without listing packages.

A partial package carries, for several weight vectors, the exact best value still within reach
(from the elimination tables). A rule discards it when these bounds show that nothing below it is
better than the best package so far (Land and Doig 1960; bounds as in Dechter 1999). A dive, which
follows few partial packages to the end, finds something good early (beam search, Lowerre 1976).
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from bargaining.errors import IntractableError
from bargaining.optimize.elimination import Maximizer
from bargaining.types import FloatArray, IntArray

__all__ = ["Search", "SearchRule", "search"]

BLOCK = 4_096
LARGEST_SEARCH = 5_000_000


class SearchRule(Protocol):
    """What the search needs to know of a rule."""

    def promising(self, bounds: FloatArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether something better may lie below partial packages with bounds (S, B)."""

    def promise(self, bounds: FloatArray) -> FloatArray:
        """How good it may be, shape (S,): the search looks there first."""

    def offer(self, indices: IntArray, payoffs: FloatArray) -> None:
        """Consider complete packages (S, L) with payoffs (S, N)."""


def search(
    maximizer: Maximizer, weights: FloatArray, rule: SearchRule, *, limit: int = LARGEST_SEARCH
) -> int:
    """Run the rule over all packages; return how many partial packages were looked at.

    Parameters
    ----------
    maximizer : Maximizer
    weights : ndarray of shape (B, N)
        The first N rows are the unit vectors, so that complete packages show their payoffs.
    rule : SearchRule
    limit : int
        Most partial packages to look at.

    Raises
    ------
    IntractableError
        At the limit, or when elimination would need too large a table.
    """
    return Search(maximizer, weights).run(rule, limit=limit)


class Search:
    """The bounds over all packages for some weight vectors, for one rule or several.

    Parameters
    ----------
    maximizer : Maximizer
    weights : ndarray of shape (B, N)
        As for `search`.

    Raises
    ------
    IntractableError
        When elimination would need too large a table.
    """

    def __init__(self, maximizer: Maximizer, weights: FloatArray) -> None:
        if not maximizer.tractable:
            cells, levers = maximizer.largest_bucket
            raise IntractableError(
                f"search over packages: elimination of width {len(levers) - 1} needs {cells:.3g} "
                "cells",
                width=len(levers) - 1,
                levers=[maximizer.names[u] for u in levers],
            )
        self.maximizer, self.players = maximizer, maximizer.number_of_players
        self.steps = sorted_steps(maximizer, weights)
        root = maximizer.maximize(weights)
        self.values, self.best = root.values, root.indices
        self.payoffs = _payoffs_at(maximizer, root.indices, weights, self.steps, root.values)

    def dive(self, rule: SearchRule, beam: int) -> None:
        """Offer the rule what a few of the most promising partial packages lead to."""
        partial, bounds = self._root()
        for step in self.steps:
            partial, bounds = _branch(partial, bounds, *step)
            alive = rule.promising(bounds)
            partial, bounds = partial[alive], bounds[alive]
            order = np.argsort(rule.promise(bounds), kind="stable")[-beam:]
            partial, bounds = partial[order], bounds[order]
            if not len(partial):
                return
        rule.offer(partial, bounds[:, : self.players])

    def run(self, rule: SearchRule, *, limit: int = LARGEST_SEARCH) -> int:
        """Run the rule over all packages; see `search`."""
        rule.offer(self.best, self.payoffs)
        stack = [(0, *self._root())]
        visited = 0
        while stack:
            depth, partial, bounds = stack.pop()
            alive = rule.promising(bounds)
            partial, bounds = partial[alive], bounds[alive]
            if not len(partial):
                continue
            if depth == len(self.steps):
                rule.offer(partial, bounds[:, : self.players])
                continue
            visited += len(partial)
            if visited > limit:
                raise IntractableError(
                    f"search over packages: more than {limit:,} partial packages "
                    "(lotteries=True is the convex problem, and solves it)",
                    levers=self.maximizer.names,
                )
            partial, bounds = _branch(partial, bounds, *self.steps[depth])
            alive = rule.promising(bounds)
            partial, bounds = partial[alive], bounds[alive]
            order = np.argsort(rule.promise(bounds), kind="stable")
            for k in range(0, len(order), BLOCK):
                part = order[k : k + BLOCK]
                stack.append((depth + 1, partial[part], bounds[part]))
        return visited

    def _root(self) -> tuple[IntArray, FloatArray]:
        return np.zeros((1, len(self.maximizer.sizes)), dtype=np.int64), self.values[None]


def sorted_steps(
    maximizer: Maximizer, weights: FloatArray
) -> list[tuple[int, tuple[int, ...], FloatArray]]:
    """Return the levers' losses with the levers that stand alone by decreasing stakes, last."""
    steps = maximizer.losses(weights)
    tied = [step for step in steps if step[0] in maximizer.order]
    alone = [step for step in steps if step[0] not in maximizer.order]
    return tied + sorted(alone, key=lambda step: -float(step[2].sum()))


def _branch(
    partial: IntArray, bounds: FloatArray, lever: int, scope: tuple[int, ...], table: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Extend partial packages (S, L) by all levels of a lever."""
    size = table.shape[1]
    cells: tuple[Any, ...] = (slice(None), slice(None), *(partial[:, u] for u in scope))
    loss = table[cells]
    if not scope:
        loss = np.broadcast_to(loss[:, :, None], (*table.shape[:2], len(partial)))
    children = np.repeat(partial, size, axis=0)
    children[:, lever] = np.tile(np.arange(size), len(partial))
    lower = bounds[:, None, :] - loss.transpose(2, 1, 0)
    return children, lower.reshape(len(children), -1)


def _payoffs_at(
    maximizer: Maximizer,
    indices: IntArray,
    weights: FloatArray,
    steps: list[tuple[int, tuple[int, ...], FloatArray]],
    values: FloatArray,
) -> FloatArray:
    """Return the payoffs of complete packages from the losses of the unit weights."""
    players = maximizer.number_of_players
    payoffs = np.repeat(values[None, :players], len(indices), axis=0)
    for lever, scope, table in steps:
        cell: tuple[Any, ...] = (
            slice(0, players),
            indices[:, lever],
            *(indices[:, u] for u in scope),
        )
        payoffs = payoffs - table[cell].T
    return payoffs
