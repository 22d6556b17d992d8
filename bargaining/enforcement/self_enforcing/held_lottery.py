"""The best lottery that nobody breaks: after every draw, keeping it must be worth what is expected.

g_i(a) <= delta_i / (1 - delta_i) (E u_i - v_i) at every package a drawn. More expected admits more
packages, so the problem is not convex: branch and bound on how tempting packages may be. With caps
on temptations it is convex, and solved by column generation over the packages below the caps
(Dantzig and Wolfe 1960). Where a drawn package tempts a player more than the lottery is worth to
it, either all packages that tempt it as much are left out, or the lottery must be worth as much.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.cooperative.region import MARGIN
from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.self_enforcing.breaches import Breaches
from bargaining.enforcement.self_enforcing.capped import CappedPackages, EmptyError
from bargaining.enforcement.self_enforcing.clauses import capped
from bargaining.errors import IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.above import maximize_log_above
from bargaining.optimize.elimination import maximizer
from bargaining.optimize.linear import maximize_each, maximize_linear
from bargaining.optimize.oracle import Cloud
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray, IntArray

__all__ = ["BestLottery", "best_lottery"]

NODES = 2_000
"""Convex problems, at most, that the search solves."""

NEGLIGIBLE = 1e-10
"""Probabilities below this are rounding."""

APART = 4 * TOLERANCE
"""Temptations that differ by less than this part of a payoff range count as equal."""

Key = tuple[int, float]
"""How many gain, and the weighted sum of the logarithms of their gains (in payoff ranges)."""


@dataclass(frozen=True, eq=False)
class BestLottery:
    """The best lottery that holds.

    Attributes
    ----------
    payoffs : ndarray of shape (N,), or None
        None where none is gainful and holds.
    lottery : tuple of (probability, level indices)
    key : Key or None
    ideal : ndarray of shape (N,)
        The most that each player gets in the first convex problem: no lottery that holds gives it
        more.
    nodes : int
        Convex problems solved.
    """

    payoffs: FloatArray | None
    lottery: tuple[tuple[float, Any], ...]
    key: Key | None
    ideal: FloatArray
    nodes: int


@dataclass(frozen=True, eq=False)
class _Node:
    """Lotteries over packages that tempt by at most `high`, worth `low` to keep.

    Attributes
    ----------
    low, high : ndarray of shape (N,)
        In payoff units.
    """

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class _Solved:
    """The best lottery of a node: no lottery of the node has a larger key."""

    key: Key
    payoffs: FloatArray
    shares: FloatArray
    indices: IntArray
    ideal: FloatArray


class _Search:
    """What all nodes share."""

    def __init__(
        self, whole: Negotiation, bargained: Negotiation, d: FloatArray, weights: FloatArray,
        deltas: FloatArray, punishment: FloatArray,
    ) -> None:  # fmt: skip
        self.whole, self.bargained, self.d, self.weights = whole, bargained, d, weights
        self.deltas, self.punishment = deltas, punishment
        self.scales = tempter(whole).scales

    def root(self) -> _Node:
        """Return the node of all lotteries: no player's payoff is above its best package."""
        best = maximizer(self.bargained).maximize(np.eye(len(self.d)))
        most = np.diag(self.bargained.payoffs_at(best.indices))
        return _Node(np.zeros(len(self.d)), np.maximum(self.worth(most), 0.0))

    def worth(self, payoffs: FloatArray) -> FloatArray:
        """Return what keeping a lottery is worth beyond today: the largest temptation it stands."""
        return self.deltas / (1 - self.deltas) * (payoffs - self.punishment)

    def floor(self, node: _Node) -> FloatArray:
        """Return what everybody must get, in payoffs: d, and enough to be worth `low`."""
        factor = np.where(self.deltas > 0, (1 - self.deltas) / np.maximum(self.deltas, 1e-300), 0.0)
        worth = self.punishment + factor * node.low
        return np.where(self.deltas > 0, np.maximum(self.d, worth), self.d)

    def solve(self, node: _Node) -> _Solved | None:
        """Return the best lottery of a node, None where there is none that is gainful."""
        if np.any((self.deltas == 0) & (node.low > 0)):
            return None
        breaches = Breaches(self.whole, self.bargained, capped(self.whole, node.high))
        cloud = Cloud(CappedPackages(breaches), self.d, self.scales)
        size, floor = len(self.d), (self.floor(node) - self.d) / self.scales
        try:
            cloud.price(np.vstack([np.eye(size), np.ones((1, size))]))
            zero = np.zeros(size)
            common = maximize_linear(cloud, zero, direction=np.ones(size), floor=floor)
        except EmptyError:
            return None
        if common.value < -MARGIN:
            return None
        floor = floor + min(0.0, common.value)
        best = maximize_each(cloud, np.eye(size), floor=floor)
        able = np.array([optimum.value > MARGIN for optimum in best])
        ideal = self.d + np.where(able, [optimum.value for optimum in best], 0.0) * self.scales
        if not able.any():
            return None
        share = np.where(able, self.weights, 0.0) / self.weights[able].sum()
        mixture, _ = maximize_log_above(cloud, share, floor)
        used = np.flatnonzero(mixture > NEGLIGIBLE)
        shares = mixture[used] / mixture[used].sum()
        payoffs = shares @ cloud.points[used]
        logs = np.log((payoffs - self.d)[able] / self.scales[able]) @ self.weights[able]
        indices = np.array([cloud.tags[k] for k in used], dtype=np.int64)
        return _Solved((int(able.sum()), float(logs)), payoffs, shares, indices, ideal)

    def split(self, node: _Node, found: _Solved) -> tuple[_Node, _Node] | None:
        """Return the two nodes that leave the found lottery out; None where nobody breaks it."""
        everywhere = Breaches(self.whole, self.bargained, ()).everywhere(found.indices)
        gains, _ = tempter(self.whole).gains(everywhere)
        over = (gains - self.worth(found.payoffs)) * (1 - self.deltas) / self.scales
        draw, player = np.unravel_index(int(over.argmax()), over.shape)
        if over[draw, player] <= TOLERANCE:
            return None
        tempting, low, high = gains[draw, player], node.low.copy(), node.high.copy()
        low[player] = tempting
        high[player] = tempting - APART * self.scales[player]
        return _Node(low, node.high), _Node(node.low, high)


def best_lottery(
    whole: Negotiation,
    bargained: Negotiation,
    d: FloatArray,
    weights: FloatArray,
    deltas: FloatArray,
    punishment: FloatArray,
) -> BestLottery:
    """Return the lottery with the largest Nash product among those that nobody breaks.

    As without lotteries, first as many as can gain, then the product of their gains.

    Parameters
    ----------
    whole : Negotiation
        With all levers that a breach may move.
    bargained : Negotiation
        The same, levers off the table being fixed.
    d : ndarray of shape (N,)
    weights : ndarray of shape (N,)
        Bargaining weights.
    deltas, punishment : ndarray of shape (N,)

    Raises
    ------
    IntractableError
        When more than 2,000 convex problems would have to be solved.
    """
    task = _Search(whole, bargained, d, weights, deltas, punishment)
    best: _Solved | None = None
    order, solved, queue = itertools.count(), 0, list[tuple[Any, int, _Node, _Solved]]()

    def consider(node: _Node) -> _Solved | None:
        found = task.solve(node)
        if found is not None and (best is None or _ahead(found.key, best.key)):
            heapq.heappush(queue, ((-found.key[0], -found.key[1]), next(order), node, found))
        return found

    first = consider(task.root())
    while queue:
        _, _, node, found = heapq.heappop(queue)
        if best is not None and not _ahead(found.key, best.key):
            break
        children = task.split(node, found)
        if children is None:
            best = found
            continue
        solved += 2
        if solved > NODES:
            raise IntractableError(
                f"self_enforcing: more than {NODES:,} convex problems to find the best lottery "
                "(lotteries=False searches single packages)"
            )
        for child in children:
            consider(child)
    ideal = d if first is None else first.ideal
    if best is None:
        return BestLottery(None, (), None, d, solved + 1)
    pairs = zip(best.shares.tolist(), map(tuple, best.indices.tolist()), strict=True)
    return BestLottery(best.payoffs, tuple(pairs), best.key, ideal, solved + 1)


def _ahead(one: Key, other: Key) -> bool:
    return one[0] > other[0] or (one[0] == other[0] and one[1] > other[1] + TOLERANCE)
