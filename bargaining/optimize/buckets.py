"""The plan of an elimination: which tables meet at which lever, whatever their numbers are.

Bucket elimination (Dechter 1999) depends on the levers that terms touch, not on payoffs, so a plan
is made once and used for every weighing of the terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Bucket", "plan"]


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


def plan(
    order: Sequence[int], sizes: Sequence[int], scopes: Sequence[tuple[int, ...]]
) -> Iterator[Bucket]:
    """Yield the buckets of an elimination.

    Parameters
    ----------
    order : sequence of int
        The levers in the order in which they are eliminated.
    sizes : sequence of int
        Number of levels of each lever.
    scopes : sequence of tuple of int
        The levers of each factor, in that order; at least one, and none left out of `order`.
    """
    rank = {lever: r for r, lever in enumerate(order)}
    own: dict[int, list[int]] = {}
    for f, scope in enumerate(scopes):
        own.setdefault(scope[0], []).append(f)
    received: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
    for b, lever in enumerate(order):
        parts = [scopes[f] for f in own.get(lever, [])]
        parts += [scope for _, scope in received.get(lever, [])]
        members = sorted({u for part in parts for u in part} | {lever}, key=rank.__getitem__)
        scope = tuple(members[1:])
        if scope:
            received.setdefault(scope[0], []).append((b, scope))

        def shape(part: Sequence[int], members: Sequence[int] = tuple(members)) -> tuple[int, ...]:
            return tuple(sizes[u] if u in part else 1 for u in members)

        yield Bucket(
            lever,
            scope,
            tuple((f, shape(scopes[f])) for f in own.get(lever, [])),
            tuple((m, shape(part)) for m, part in received.get(lever, [])),
        )
