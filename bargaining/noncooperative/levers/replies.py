"""Best replies of one player with its own levers, the others' levers being random.

The expectation of a term is linear in the chances of the others' levels, so all terms are averaged
by one matrix product; the elimination of the own levers is planned once (Dechter 1999).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.elimination import Maxima, Maximizer
from bargaining.types import FloatArray, IntArray

__all__ = ["Cells", "Choice", "Mixed", "Profile", "Replies", "centred", "own_levers"]

Choice = tuple[int, ...]
"""An own package: the level indices of a player's free levers, in order."""

Profile = tuple[Choice, ...]
"""An own package for every player."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """A mixed strategy: own packages with their probabilities.

    Attributes
    ----------
    indices : ndarray of shape (S, m)
        Level indices of the player's m free levers.
    probabilities : ndarray of shape (S,)
    """

    indices: IntArray
    probabilities: FloatArray

    @classmethod
    def pure(cls, choice: Choice) -> Mixed:
        """Return the strategy that plays one own package."""
        return cls(np.array([choice], dtype=np.int64).reshape(1, len(choice)), np.ones(1))

    @classmethod
    def over(cls, choices: Sequence[Choice], probabilities: FloatArray) -> Mixed:
        """Return the strategy over several own packages; those with probability 0 are left out."""
        kept = np.flatnonzero(probabilities)
        indices = np.array([choices[int(k)] for k in kept], dtype=np.int64)
        return cls(indices.reshape(len(kept), -1), np.asarray(probabilities)[kept])


def own_levers(negotiation: Negotiation) -> tuple[tuple[int, ...], ...]:
    """Return the positions, among the free levers, of each player's own."""
    owners = [lever.owner for lever in negotiation.free_levers]
    return tuple(
        tuple(j for j, owner in enumerate(owners) if owner == name)
        for name in negotiation.player_names
    )


def centred(factors: Sequence[Factor], player: int) -> tuple[Factor, ...]:
    """Return one player's factors, each table shifted so that its extremes are opposite."""
    return tuple(
        Factor(f.scope, f.table[[player]] - (f.table[player].max() / 2 + f.table[player].min() / 2))
        for f in factors
    )


class Cells:
    """Tables over levers, laid out one after the other: where in them level indices point to.

    Parameters
    ----------
    scopes : sequence of tuple of int
        The levers of each of T tables.
    sizes : sequence of int
        Number of levels of each lever.

    Examples
    --------
    >>> Cells([(0,), (0, 1)], (2, 3)).at(np.array([[1, 2]])).tolist()
    [[1, 7]]
    """

    def __init__(self, scopes: Sequence[tuple[int, ...]], sizes: Sequence[int]) -> None:
        self.shapes = [tuple(sizes[u] for u in scope) for scope in scopes]
        ends = list(itertools.accumulate(map(math.prod, self.shapes), initial=0))
        self.starts, self.size = np.array(ends[:-1], dtype=np.int64), ends[-1]
        longest = max(map(len, scopes), default=0)
        self._levers = np.zeros((longest, len(scopes)), dtype=np.int64)
        self._strides = np.zeros((longest, len(scopes)), dtype=np.int64)
        for t, (scope, shape) in enumerate(zip(scopes, self.shapes, strict=True)):
            for axis, lever in enumerate(scope):
                self._levers[axis, t] = lever
                self._strides[axis, t] = math.prod(shape[axis + 1 :])

    def at(self, indices: IntArray) -> IntArray:
        """Return the cells that level indices of shape (M, L) point to, shape (M, T)."""
        cells = np.tile(self.starts, (len(indices), 1))
        for levers, strides in zip(self._levers, self._strides, strict=True):
            cells += indices[:, levers] * strides
        return cells

    def tables(self, flat: FloatArray) -> Iterator[FloatArray]:
        """Yield the tables (B, K, ...) in an array of shape (B, size)."""
        for start, shape in zip(self.starts.tolist(), self.shapes, strict=True):
            yield flat[:, start : start + math.prod(shape)].reshape(len(flat), *shape)


class Replies:
    """One player's payoff as a function of its own levers, given what the others play.

    Parameters
    ----------
    factors : sequence of Factor
        Of one payoff, over levers 0, ..., L-1; those that touch no lever of `own[player]` are left
        out, as they do not matter for the reply.
    sizes : sequence of int
        Number of levels of each lever.
    own : sequence of tuple of int
        The levers of every player.
    player : int
        Who replies.
    names : sequence of str
        Of the levers, for error messages.
    """

    def __init__(
        self,
        factors: Sequence[Factor],
        sizes: Sequence[int],
        own: Sequence[tuple[int, ...]],
        player: int,
        names: Sequence[str],
    ) -> None:
        self._number_of_levers, self._own, mine = len(sizes), own, own[player]
        owner = {lever: j for j, levers in enumerate(own) for lever in levers}
        place = {lever: k for k, lever in enumerate(mine)}
        parts = []
        for factor in factors:
            inside = [axis for axis, lever in enumerate(factor.scope) if lever in place]
            if inside:
                outside = [axis for axis in range(len(factor.scope)) if axis not in inside]
                kept = tuple(place[factor.scope[axis]] for axis in inside)
                table = factor.table[0].transpose(*inside, *outside)
                parts.append((kept, tuple(factor.scope[axis] for axis in outside), table))
        kept_scopes = sorted({kept for kept, _, _ in parts})
        self.cells = Cells(kept_scopes, [sizes[u] for u in mine])
        groups: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for others in sorted({others for _, others, _ in parts}):
            groups.setdefault(tuple(sorted({owner[u] for u in others})), []).append(others)
        self._groups = [(who, Cells(scopes, sizes)) for who, scopes in groups.items()]
        self._matrix = _matrix(parts, dict(zip(kept_scopes, self.cells.starts, strict=True)),
                               groups, self.cells.size)  # fmt: skip
        shapes = zip(kept_scopes, self.cells.shapes, strict=True)
        self._maximizer = Maximizer(
            [sizes[u] for u in mine],
            [Factor(scope, np.zeros((1, *shape))) for scope, shape in shapes],
            1,
            names=[names[u] for u in mine],
        )

    def against_profiles(self, indices: IntArray) -> FloatArray:
        """Return the own tables for B pure profiles (B, L), laid out in shape (B, cells)."""
        chances, start = np.zeros((self._matrix.shape[1], len(indices))), 0
        every = np.arange(len(indices))[:, None]
        for _, cells in self._groups:
            chances[start + cells.at(indices), every] = 1.0
            start += cells.size
        return np.ascontiguousarray((self._matrix @ chances).T)

    def against(self, strategies: Sequence[Mixed]) -> FloatArray:
        """Return the own tables against independent mixed strategies, in shape (1, cells).

        Parameters
        ----------
        strategies : sequence of N Mixed
            That of the player itself is not read.
        """
        chances = []
        for who, cells in self._groups:
            indices, probabilities = self._jointly(who, strategies)
            at = cells.at(indices)
            weights = np.repeat(probabilities, at.shape[1])
            chances.append(np.bincount(at.reshape(-1), weights, minlength=cells.size))
        together = np.concatenate(chances) if chances else np.zeros(0)
        return np.asarray(self._matrix @ together)[None]

    def _jointly(
        self, who: Sequence[int], strategies: Sequence[Mixed]
    ) -> tuple[IntArray, FloatArray]:
        """Return the support of some players' strategies in level indices, with its chances."""
        shape = tuple(len(strategies[j].probabilities) for j in who)
        places = np.indices(shape).reshape(len(shape), math.prod(shape))
        indices = np.zeros((math.prod(shape), self._number_of_levers), dtype=np.int64)
        chances = np.ones(len(indices))
        for j, place in zip(who, places, strict=True):
            indices[:, self._own[j]] = strategies[j].indices[place]
            chances = chances * strategies[j].probabilities[place]
        return indices, chances

    def values(self, flat: FloatArray, indices: IntArray) -> FloatArray:
        """Return what own packages (M, m) are worth, each by its row of laid out tables.

        A single row is everybody's.
        """
        row = np.arange(len(flat))[:, None]
        return np.asarray(flat[row, self.cells.at(indices)].sum(axis=1))

    def best(self, flat: FloatArray) -> Maxima:
        """Return the best own package for each row of laid out tables."""
        if not self.cells.size:
            nothing = np.zeros(len(flat))
            size = len(self._maximizer.sizes)
            return Maxima(nothing, nothing, np.zeros((len(flat), size), dtype=np.int64))
        return self._maximizer.maximize_tables(list(self.cells.tables(flat)))


def _matrix(
    parts: Sequence[tuple[tuple[int, ...], tuple[int, ...], FloatArray]],
    rows: dict[tuple[int, ...], int],
    groups: dict[tuple[int, ...], list[tuple[int, ...]]],
    height: int,
) -> sparse.csr_matrix:
    """Return the matrix from the chances of the others' levels to the own tables."""
    widths = {others: math.prod(table.shape[len(kept) :]) for kept, others, table in parts}
    order = [others for scopes in groups.values() for others in scopes]
    ends = list(itertools.accumulate((widths[others] for others in order), initial=0))
    columns = dict(zip(order, ends[:-1], strict=True))
    shape = (height, ends[-1])
    if not parts:
        return sparse.csr_matrix(shape)
    where = [
        np.indices((math.prod(table.shape[: len(kept)]), widths[others])).reshape(2, -1)
        + np.array([[rows[kept]], [columns[others]]])
        for kept, others, table in parts
    ]
    entries = np.concatenate([table.reshape(-1) for _, _, table in parts])
    return sparse.csr_matrix((entries, np.hstack(where)), shape=shape)
