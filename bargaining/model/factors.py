"""Payoffs as sums of tables over few levers, the form that the exact maximiser reads.

A factor is the sum of all terms over one set of levers (additive decomposition as in Dechter 1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.model.levers import Lever
from bargaining.model.terms import Payoff
from bargaining.types import FloatArray

__all__ = ["Factor", "merged", "sliced", "term_table"]


@dataclass(frozen=True, eq=False)
class Factor:
    """The sum of all terms over one set of levers.

    Attributes
    ----------
    scope : tuple of int
        Positions of its levers among the free levers, increasing.
    table : ndarray of shape (N, K_1, ..., K_m)
        Payoffs of all players by level index.
    """

    scope: tuple[int, ...]
    table: FloatArray


def merged(parts: Iterable[tuple[tuple[int, ...], FloatArray]]) -> tuple[Factor, ...]:
    """Add up tables of the same scope; the factors come in the order of their scopes."""
    tables: dict[tuple[int, ...], FloatArray] = {}
    for scope, table in parts:
        if scope in tables:
            with np.errstate(over="ignore", invalid="ignore"):  # the negotiation tells
                tables[scope] = tables[scope] + table
        else:
            tables[scope] = table
    for scope, table in tables.items():
        tables[scope] = table = np.ascontiguousarray(table)
        table.setflags(write=False)
    return tuple(Factor(scope, tables[scope]) for scope in sorted(tables))


def term_table(
    term: Payoff,
    levers: Sequence[Lever],
    levels: Sequence[FloatArray],
    position: Mapping[str, int],
    players: Sequence[int],
    number_of_players: int,
) -> tuple[tuple[int, ...], FloatArray]:
    """Return one term as scope and table over the free levers.

    Parameters
    ----------
    term : Payoff
    levers : sequence of Lever
        The term's levers, in its own order.
    levels : sequence of ndarray
        Their levels; one level for a lever that is fixed.
    position : mapping of str to int
        Positions of the free levers, by name.
    players : sequence of int
        Positions of the term's players, in its own order.
    number_of_players : int
        N.
    """
    free = [position.get(lever.name) for lever in levers]
    scope = tuple(sorted(j for j in free if j is not None))
    order = np.argsort([-1 if j is None else j for j in free], kind="stable")
    shape = [len(levels[k]) for k in order if free[k] is not None]
    table = np.zeros((number_of_players, *shape))
    tables = term.tabulate(levers, levels)
    for row, player in zip(players, term.players, strict=True):
        table[row] = tables[player].transpose(order).reshape(shape)
    return scope, table


def sliced(factors: Sequence[Factor], cuts: Mapping[int, int]) -> tuple[Factor, ...]:
    """Return factors with some levers set to a level index and the rest renumbered in order.

    Parameters
    ----------
    factors : sequence of Factor
    cuts : mapping of int to int
        From lever to level index.
    """

    def cut(factor: Factor) -> tuple[tuple[int, ...], FloatArray]:
        cell: tuple[Any, ...] = tuple(cuts.get(j, slice(None)) for j in factor.scope)
        kept = (j for j in factor.scope if j not in cuts)
        scope = tuple(j - sum(other < j for other in cuts) for j in kept)
        return scope, factor.table[(slice(None), *cell)].copy()

    return merged(cut(factor) for factor in factors)
