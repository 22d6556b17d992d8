"""The best single package among those that hold, by branch and bound over levers.

The rules, bounds and order of `lotteries=False` (Land and Doig 1960) go on; a partial package is
also given up when the bound of some row shows that it cannot hold, and a complete one counts only
when best replies find no breach. Breaches found on the way become rows, and the search starts anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bargaining.cooperative.deterministic import Mask, SingleRule, exceeds
from bargaining.enforcement.self_enforcing.breaches import Breach, Breaches, Rows
from bargaining.enforcement.self_enforcing.relaxation import Relaxation
from bargaining.optimize.search import LARGEST_SEARCH, search
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray, IntArray

__all__ = ["directions_of", "search_held"]

PATIENCE = 512
"""Broken packages, at first, after which the search starts anew with their breaches as rows."""

CHECKED = 64
"""Complete packages whose breaches are looked for at a time, the best first."""

LARGEST_CUTS = 200
"""Rows of breaches, at most; the rest is left to the check of complete packages."""


class _AnewError(Exception):
    """Breaches have been found that should prune the search."""


class _FoundError(Exception):
    """A package that holds was found, and one is enough."""


def directions_of(root: Relaxation, size: int) -> FloatArray:
    """Return the weights on payoffs, (B, N), whose bounds a rule over packages is given."""
    return np.vstack([np.eye(size), root.weights[:, :size]])


class _Holding:
    """A rule over packages that hold.

    Columns of the bounds: payoffs (N), rows of breaches (C), then the weights of the relaxation.
    """

    def __init__(
        self, rule: SingleRule, breaches: Breaches, root: Relaxation, cuts: tuple[Breach, ...],
        patience: int, *, any_will_do: bool,
    ) -> None:  # fmt: skip
        self.rule, self.breaches, self.patience = rule, breaches, patience
        self.any_will_do = any_will_do
        size = rule.size
        first, last = size + len(cuts), size + len(cuts) + len(root.weights)
        self.rows = slice(size, first)
        self.priced = slice(first, last)
        self.columns = np.r_[0:size, first:last]
        self.least = root.weights[:, :size] @ rule.d
        self.size_of = np.abs(root.weights[:, :size]) @ breaches.scales + root.weights[
            :, size:
        ].sum(axis=1)
        self.known, self.new, self.rejected = set(cuts), dict[Breach, None](), 0

    def promising(self, bounds: FloatArray) -> Mask:
        """Whether something that holds, and is better, may lie below partial packages."""
        alive = (bounds[:, self.rows] >= -TOLERANCE).all(axis=1)
        alive &= (bounds[:, self.priced] - self.least >= -TOLERANCE * self.size_of).all(axis=1)
        alive &= self.rule.promising(bounds[:, self.columns])
        return np.asarray(alive)

    def promise(self, bounds: FloatArray) -> FloatArray:
        """Return the promise of the rule."""
        return self.rule.promise(bounds[:, self.columns])

    def offer(self, indices: IntArray, payoffs: FloatArray) -> None:
        """Offer the best of complete packages that hold; remember how better ones are broken."""
        payoffs = payoffs[:, : self.rule.size]
        gains = (payoffs - self.rule.d) / self.rule.scale
        kept = np.flatnonzero(self.rule.rational(gains))
        keys = self.rule.keys(gains[kept])
        order = np.lexsort(keys[:, ::-1].T)[::-1]
        while len(order):
            if self.rule.best is not None:
                order = order[exceeds(keys[order], self.rule.best)]
            part, order = order[:CHECKED], order[CHECKED:]
            self._check(indices[kept[part]], payoffs[kept[part]])
        if self.new and len(self.known) < LARGEST_CUTS and self.rejected >= self.patience:
            raise _AnewError

    def _check(self, indices: IntArray, payoffs: FloatArray) -> None:
        """Offer those of some packages that hold, and remember how the others are broken."""
        left, found = self.breaches.slacks(indices)
        held = (left >= -TOLERANCE).all(axis=1)
        self.rule.offer(indices[held], payoffs[held])
        if self.any_will_do and held.any():
            raise _FoundError
        for m in np.flatnonzero(~held):
            breach = found[m][int(left[m].argmin())]
            if breach not in self.known:
                self.new.setdefault(breach)
        self.rejected += int((~held).sum())


def search_held(
    rule: SingleRule,
    breaches: Breaches,
    root: Relaxation,
    *,
    any_will_do: bool = False,
    limit: int = LARGEST_SEARCH,
) -> int:
    """Run a rule over all packages that hold; return how many partial packages were looked at.

    Parameters
    ----------
    rule : SingleRule
        Made with `directions_of(root, N)`.
    breaches : Breaches
    root : Relaxation
    any_will_do : bool
        True stops at the first package that holds, is worth no less than d to anybody and more to
        somebody.
    limit : int
        Most partial packages to look at.

    Raises
    ------
    IntractableError
        As `bargaining.optimize.search.search`.
    """
    size, cuts, rows, patience, visited = rule.size, root.cuts, root.rows, PATIENCE, 0
    while True:
        holding = _Holding(rule, breaches, root, cuts, patience, any_will_do=any_will_do)
        try:
            visited += search(rows.maximizer, _weights(rows, root, size), holding, limit=limit)
        except _FoundError:
            return visited
        except _AnewError:
            cuts = (*cuts, *list(holding.new)[: LARGEST_CUTS - len(cuts)])
            rows, patience = breaches.rows(cuts), 2 * patience
            continue
        return visited


def _weights(rows: Rows, root: Relaxation, size: int) -> FloatArray:
    """Return a unit vector for every payoff and row, then the weights of the relaxation."""
    later: Any = np.zeros((len(root.weights), rows.dimension - root.weights.shape[1]))
    return np.vstack([np.eye(rows.dimension), np.hstack([root.weights, later])])
