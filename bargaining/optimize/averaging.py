"""Terms averaged over a distribution of the other levers' levels.

A best response is the best package of a player's own levers when the others' levels are random: as
payoffs are sums of terms, each term is replaced by its expectation and the rest is maximisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bargaining.model.factors import Factor, merged
from bargaining.types import FloatArray, IntArray

__all__ = ["averaged"]


def averaged(
    factors: Sequence[Factor],
    number_of_levers: int,
    over: Sequence[int],
    indices: IntArray,
    probabilities: FloatArray,
) -> tuple[tuple[Factor, ...], tuple[int, ...]]:
    """Average the factors over random levels of some levers.

    Parameters
    ----------
    factors : sequence of Factor
        Over levers 0, ..., L-1.
    number_of_levers : int
        L.
    over : sequence of int
        The random levers.
    indices : ndarray of shape (S, len(over))
        Joint level indices in the support of the distribution.
    probabilities : ndarray of shape (S,)
        Their probabilities.

    Returns
    -------
    factors : tuple of Factor
        Over the remaining levers, renumbered in order.
    remaining : tuple of int
        The remaining levers' former numbers.
    """
    column = {lever: j for j, lever in enumerate(over)}
    remaining = tuple(lever for lever in range(number_of_levers) if lever not in column)
    position = {lever: j for j, lever in enumerate(remaining)}

    def average(factor: Factor) -> tuple[tuple[int, ...], FloatArray]:
        random = [axis for axis, lever in enumerate(factor.scope) if lever in column]
        kept = [axis for axis, lever in enumerate(factor.scope) if lever not in column]
        table = factor.table
        if random:
            table = table.transpose(0, *(axis + 1 for axis in (*kept, *random)))
            chosen = tuple(indices[:, column[factor.scope[axis]]] for axis in random)
            cell: tuple[Any, ...] = (..., *chosen)
            table = table[cell] @ probabilities
        return tuple(position[factor.scope[axis]] for axis in kept), table

    return merged(average(factor) for factor in factors), remaining
