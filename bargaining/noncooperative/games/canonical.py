"""An order of the strategies of a finite game that does not depend on how they are listed.

Strategies are told apart by the most that they can pay and, where that does not do, by colour
refinement (Weisfeiler and Leman 1968): by the payoffs that they meet against others already told
apart. Only strategies that no payoff tells apart, such as duplicates or those of matching pennies,
keep the order in which they are listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.types import FloatArray, IntArray

__all__ = ["canonical_order"]


def canonical_order(game: NormalFormGame) -> tuple[IntArray, ...]:
    """Return, for each player, its strategies in an order that depends on payoffs alone.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    >>> [order.tolist() for order in canonical_order(game)]
    [[1, 0], [0, 1]]
    """
    colours = [
        _numbered(np.moveaxis(table, i, 0).reshape(size, -1).max(axis=1))
        for i, (table, size) in enumerate(zip(game.payoff_arrays, game.shape, strict=True))
    ]
    if all(colour.max() == len(colour) - 1 for colour in colours):
        return tuple(map(np.argsort, colours))
    cells = np.zeros(game.shape, dtype=np.int64)
    for table in game.payoff_arrays:
        values, codes = np.unique(table, return_inverse=True)
        cells = _numbered(cells * len(values) + codes.reshape(game.shape))
    while True:
        refined = _refined(cells, colours)
        if all(new.max() == old.max() for new, old in zip(refined, colours, strict=True)):
            return tuple(np.argsort(new, kind="stable") for new in refined)
        colours = refined


def _refined(cells: IntArray, colours: Sequence[IntArray]) -> list[IntArray]:
    """Colour each strategy by the payoffs in its cells and the colours of the others there."""
    for axis, colour in enumerate(colours):
        shape = [1] * cells.ndim
        shape[axis] = -1
        cells = _numbered(cells * (colour.max() + 1) + colour.reshape(shape))
    refined = []
    for axis, colour in enumerate(colours):
        rows = np.sort(np.moveaxis(cells, axis, 0).reshape(len(colour), -1), axis=1)
        refined.append(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1))
    return refined


def _numbered(codes: FloatArray | IntArray) -> IntArray:
    """Renumber codes from 0 in their order, so that products of them stay small."""
    return np.unique(codes, return_inverse=True)[1].reshape(codes.shape)
