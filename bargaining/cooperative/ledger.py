"""The ledger: lever by lever, who conceded what, and what it is worth to each player.

The worth of a lever's move is its Shapley value (Shapley 1953) in the change of payoffs from the
packages played without agreement to the agreed ones. It adds up over payoff terms, so it is
computed exactly term by term, over the few levers that each touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import factorial
from typing import Any

import numpy as np

from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.optimize.mixed import with_levels
from bargaining.results.table import Cell, Table
from bargaining.types import FloatArray, IntArray

__all__ = ["ledger_table", "shapley_worth"]


def shapley_worth(negotiation: Negotiation, before: Package, after: Package) -> FloatArray:
    """Return the worth of each free lever's move to each player, shape (L, N).

    The rows add up to payoffs(after) - payoffs(before).
    """
    intervals = [lever.name for lever in negotiation.free_levers if lever.is_interval]
    if intervals:
        levels = {name: (before[name], after[name]) for name in intervals}
        negotiation = with_levels(negotiation, levels)
    start, end = negotiation.indices([before, after])
    worth = np.zeros((len(negotiation.free_levers), len(negotiation.players)))
    for factor in negotiation.factors:
        moved = [axis for axis, lever in enumerate(factor.scope) if start[lever] != end[lever]]
        for axis in moved:
            worth[factor.scope[axis]] += _worth_in(factor, axis, moved, start, end)
    return worth


def _worth_in(
    factor: Factor, axis: int, moved: list[int], start: IntArray, end: IntArray
) -> FloatArray:
    """Shapley value of one lever in one factor, over the levers that move."""
    others = [other for other in moved if other != axis]
    total = np.zeros(len(factor.table))
    for chosen in product((False, True), repeat=len(others)):
        size = sum(chosen)
        share = factorial(size) * factorial(len(others) - size) / factorial(len(moved))
        cell = {other: end if on else start for other, on in zip(others, chosen, strict=True)}
        for source, sign in ((end, 1.0), (start, -1.0)):
            cell[axis] = source
            levels = (int(cell.get(a, start)[lever]) for a, lever in enumerate(factor.scope))
            at: tuple[Any, ...] = (slice(None), *levels)
            total = total + sign * share * factor.table[at]
    return total


def _pairs(before: Lottery, after: Lottery) -> Iterator[tuple[float, Package, Package]]:
    for (p, first), (q, second) in product(before, after):
        yield p * q, first, second


def ledger_table(
    negotiation: Negotiation,
    agreed: Lottery,
    reference: Lottery | None,
    payoffs: FloatArray,
    disagreement: FloatArray,
    transfers: FloatArray | None,
) -> Table:
    """Return the ledger from the reference packages (or the status quo) to the agreed ones."""
    known = reference is not None
    before: Lottery = reference if reference is not None else ((1.0, negotiation.status_quo),)
    worth = sum(
        (
            share * shapley_worth(negotiation, first, second)
            for share, first, second in _pairs(before, agreed)
        ),
        np.zeros((len(negotiation.free_levers), len(negotiation.players))),
    )
    rows: list[tuple[Cell, ...]] = []
    for lever, value in zip(negotiation.free_levers, worth, strict=True):
        sides = [_levels(lottery, lever.name) for lottery in (before, agreed)]
        if sides[0] == sides[1] and not np.any(value):
            continue
        direction = lever.concedes(_mean(before, lever.name), _mean(agreed, lever.name))
        moved = {True: "conceded", False: "took back", None: "moved"}[direction]
        words = [" or ".join(dict.fromkeys(map(lever.label, side))) for side in sides]
        rows.append((lever.name, lever.owner, moved, *words, *map(float, value)))
    blank: tuple[Cell, ...] = ("", "", "", "")
    if transfers is not None:
        rows.append(("side payments", *blank, *map(float, transfers)))
    rest = payoffs - disagreement - worth.sum(axis=0)
    rest = rest - (0.0 if transfers is None else transfers)
    if np.abs(rest).max() > 1e-9 * max(float(np.abs(payoffs).max()), 1e-300):
        label = "rounding of the lottery" if known else "status quo less disagreement point"
        rows.append((label, *blank, *map(float, rest)))
    rows.append(("gain", *blank, *map(float, payoffs - disagreement)))
    start = "without agreement" if known else "status quo"
    columns = ("lever", "owner", "move", start, "agreed", *negotiation.player_names)
    return Table("Ledger: what each move is worth to each player", columns, tuple(rows))


def _levels(lottery: Lottery, lever: str) -> tuple[float, ...]:
    return tuple(sorted({package[lever] for _, package in lottery}))


def _mean(lottery: Lottery, lever: str) -> float:
    return sum(probability * package[lever] for probability, package in lottery)
