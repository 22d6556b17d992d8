"""In which order to eliminate levers: greedy min-fill on the graph of levers that share a term.

Two levers are neighbours when a term touches both. Eliminating a lever ties its neighbours
together; min-fill takes the lever that ties the fewest new pairs (Dechter 1999; Rose 1970).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = ["elimination_order", "min_fill_order", "neighbours"]


def neighbours(scopes: Iterable[Sequence[int]]) -> dict[int, set[int]]:
    """Return the graph of levers that share a term (levers alone in all their terms left out)."""
    graph: dict[int, set[int]] = {}
    for scope in scopes:
        if len(scope) > 1:
            for lever in scope:
                graph.setdefault(lever, set()).update(scope)
    for lever, others in graph.items():
        others.discard(lever)
    return graph


@lru_cache(maxsize=256)
def elimination_order(
    scopes: frozenset[tuple[int, ...]], sizes: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the order for levers that share terms of the given scopes.

    Best responses ask for the same scopes again and again, so the last orders are kept.
    """
    return tuple(min_fill_order(neighbours(scopes), sizes))


def min_fill_order(graph: dict[int, set[int]], sizes: Sequence[int]) -> list[int]:
    """Return an elimination order of the levers of a graph.

    Ties go to the smaller table, then to the earlier lever, so the order is reproducible.
    """
    graph = {lever: set(others) for lever, others in graph.items()}
    cost = {lever: _fill(graph, lever) for lever in graph}
    order = []
    while graph:
        lever = min(
            graph, key=lambda v: (cost[v], math.prod(sizes[u] for u in graph[v]) * sizes[v], v)
        )
        around = graph.pop(lever)
        del cost[lever]
        touched = set(around)
        for u in around:
            graph[u].discard(lever)
            graph[u] |= around - {u}
            touched |= graph[u]
        for u in touched:
            cost[u] = _fill(graph, u)
        order.append(lever)
    return order


def _fill(graph: dict[int, set[int]], lever: int) -> int:
    around = graph[lever]
    return sum(len(around - graph[u]) - 1 for u in around)
