"""All equilibria of a two-player game: extreme equilibria, and the sets that they span.

A profile is an extreme equilibrium when each strategy is a vertex of its best-response polytope and
every pure strategy is unplayed or a best reply (von Stengel 2002). Generic games are solved in
floating point; degenerate ones, and all on request, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import IntractableError
from bargaining.noncooperative.bimatrix import equilibrium_of_game, pure_profiles
from bargaining.noncooperative.components import maximal_nash_subsets
from bargaining.noncooperative.double_description import Vertices, all_vertices, label_weights
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import (
    bimatrix_equilibria,
    bimatrix_regrets,
    equilibrium_of,
)
from bargaining.noncooperative.exact import integers, rational_solution
from bargaining.noncooperative.normal_form import NormalFormGame
from bargaining.noncooperative.vertices import (
    DegenerateError,
    generic_equilibria,
    most_vertices,
)
from bargaining.types import FloatArray, IntArray

__all__ = ["all_equilibria", "some_equilibria"]

MOST = 3_000_000
"""Most vertices of the smaller polytope, by McMullen's bound, with which a run is begun."""

HELD = 150_000
"""Most vertices that the exact method holds."""

SAME = Fraction(1, 10**12)
"""Payoffs closer than this share of the range count as equal, unless the game is solved exactly."""

SIMPLE = 10_000
"""Largest denominator of a fraction that a payoff may be meant to be."""

ACCURATE = 1e-12
"""Relative regret above which a strategy is computed again, in rational numbers."""

CHUNK = 20_000_000

SELECTION = "one of all extreme equilibria"

Whole = NDArray[Any]
Tables = Callable[[], tuple[Whole, Whole]]
Strategy = tuple[Fraction, ...]


def all_equilibria(game: NormalFormGame, *, exact: bool = False) -> Equilibria:
    """Return all extreme equilibria of a two-player game.

    Parameters
    ----------
    game : NormalFormGame
    exact : bool
        Whether payoffs and strategies are rational numbers throughout (see `Equilibrium.exact`).

    Raises
    ------
    IntractableError
        When the best-response polytopes may have too many vertices.

    Examples
    --------
    >>> game = NormalFormGame.from_arrays([[2, 0], [1, 1]], [[1, 1], [1, 0]])
    >>> found = all_equilibria(game, exact=True)
    >>> [[list(map(str, x)) for x in each.exact] for each in found]
    [[['1', '0'], ['1', '0']], [['1', '0'], ['1/2', '1/2']]]
    >>> found.subsets
    ((0, 1),)
    """
    m, n = game.shape
    bound = min(most_vertices(m + n, m), most_vertices(m + n, n))
    if bound > MOST:
        raise IntractableError(
            f"nash_equilibria: a best-response polytope of a {m} x {n} game may have up to "
            f"{bound:,} vertices, more than {MOST:,}; nash_equilibrium finds one equilibrium"
        )

    @cache
    def whole() -> tuple[Whole, Whole]:
        A, B = (integers(table if exact else _on_paper(table)) for table in game.rational)
        return A, B

    if min(m, n) > 1:
        try:
            X, Y = _generic(game, whole)
        except DegenerateError:
            pass  # the exact method below does not mind
        else:
            return _isolated(game, X, Y, whole, exact=exact)
    try:
        profiles, pairs = _extreme_equilibria(*whole())
        subsets = maximal_nash_subsets(pairs)
    except IntractableError as error:
        if exact:
            raise
        return some_equilibria(game, f"the game is degenerate and too large to list all ({error})")
    return _proved(game, profiles, subsets)


def _generic(game: NormalFormGame, whole: Tables) -> tuple[FloatArray, FloatArray]:
    """Return the equilibria of a game without ties, small supports first."""
    A, B = (1 + (X - X.min()) / (np.ptp(X) or 1.0) for X in game.payoff_arrays)
    if len(A) <= len(A.T):
        X, Y = generic_equilibria(A, B, lambda: whole()[0])
    else:
        Y, X = generic_equilibria(B.T, A.T, lambda: whole()[1].T)
    unplayed = np.concatenate([X, Y], axis=1) == 0
    order = np.lexsort([*unplayed.T[::-1], -unplayed.sum(axis=1)])
    return X[order], Y[order]


def _isolated(
    game: NormalFormGame, X: FloatArray, Y: FloatArray, whole: Tables, *, exact: bool
) -> Equilibria:
    """Return the equilibria of a game without ties, in which supports determine strategies."""
    if exact:
        return _proved(game, [_rational_profile(*whole(), x, y) for x, y in zip(X, Y, strict=True)])
    for k in np.flatnonzero(bimatrix_regrets(game, X, Y) > ACCURATE):
        rational = _rational_profile(*whole(), X[k], Y[k])
        X[k], Y[k] = (_floats(strategy) for strategy in rational)
    method = "vertex enumeration"
    made = bimatrix_equilibria(game, X, Y, method=method, selection=SELECTION)
    return Equilibria.of(game, made, completeness="all", method=method)


def _rational_profile(
    A: Whole, B: Whole, x: FloatArray, y: FloatArray
) -> tuple[Strategy, Strategy]:
    rows, columns = np.flatnonzero(x), np.flatnonzero(y)
    block = np.ix_(rows, columns)
    return _rational(B[block].T, rows, len(A)), _rational(A[block], columns, len(A.T))


def _rational(block: Whole, support: IntArray, size: int) -> Strategy:
    share = rational_solution(block, [Fraction(1)] * len(block))
    assert share is not None  # the supports of a generic game
    total = sum(share)
    mixed = dict(zip(support.tolist(), share, strict=True))
    return tuple(mixed.get(k, Fraction(0)) / total for k in range(size))


def _on_paper(table: Whole) -> Whole:
    """Return payoffs in units of their range, cleared of the roundoff of floats.

    Payoffs closer than `SAME` count as equal, and one that close to a fraction of small denominator
    as that fraction: 1/7 and 2/7 as floats are not in the ratio of 1 to 2, nor are their decimals.
    """
    values = sorted(set(table.flat))
    low, spread = values[0], (values[-1] - values[0]) or Fraction(1)
    units: dict[Fraction, Fraction] = {}
    last, chosen = Fraction(-1), Fraction(-1)
    for value in values:
        unit = (value - low) / spread
        if unit - last > SAME:
            simple = unit.limit_denominator(SIMPLE)
            chosen = simple if abs(simple - unit) <= SAME else unit
        units[value], last = chosen, unit
    cleared = np.empty_like(table)
    for cell, value in np.ndenumerate(table):
        cleared[cell] = units[value]
    return cleared


def _extreme_equilibria(
    A: Whole, B: Whole
) -> tuple[list[tuple[Strategy, Strategy]], list[tuple[int, int]]]:
    """Return all extreme equilibria, small supports first, and the numbers of their strategies."""
    m, n = A.shape
    if most_vertices(m + n, m) > most_vertices(m + n, n):
        turned = [
            ((x, y), (i, j)) for (y, x), (j, i) in zip(*_extreme_equilibria(B.T, A.T), strict=True)
        ]
        turned.sort(key=lambda each: _place(*each[0]))
        return [profile for profile, _ in turned], [pair for _, pair in turned]
    first = all_vertices(B.T, limit=HELD)
    # A column that is no best reply at any vertex is one nowhere, and is never played.
    kept = np.flatnonzero(first.tight[:, m:].any(axis=0))
    second = all_vertices(A[:, kept], limit=HELD)
    size = len(kept)
    settled = (
        np.concatenate([first.tight[:, :m], first.tight[:, m + kept]], axis=1),
        np.concatenate([second.tight[:, size:], second.tight[:, :size]], axis=1),
    )
    pairs = _complete(*settled, m)
    xs = {i: _strategy(first, i, np.arange(m), m) for i in {i for i, _ in pairs}}
    ys = {j: _strategy(second, j, kept, n) for j in {j for _, j in pairs}}
    pairs.sort(key=lambda pair: _place(xs[pair[0]], ys[pair[1]]))
    return [(xs[i], ys[j]) for i, j in pairs], pairs


def _place(x: Strategy, y: Strategy) -> tuple[Any, ...]:
    """Return a key that sorts small supports first, then those of early strategies."""
    shares = (*x, *y)
    unplayed = tuple(share == 0 for share in shares)
    return -sum(unplayed), unplayed, tuple(-share for share in shares)


def _complete(first: NDArray[np.bool_], second: NDArray[np.bool_], m: int) -> list[tuple[int, int]]:
    """Return the pairs of vertices, in m and in other dimensions, that settle every strategy."""
    labels = first.shape[1]
    simple = (first.sum(axis=1) == m, second.sum(axis=1) == labels - m)
    ones, others = np.flatnonzero(simple[0]), np.flatnonzero(simple[1])
    weights = label_weights(labels)
    # Simple vertices go together when each settles just what the other leaves open.
    sums = (first[ones] @ weights, weights.sum() - second[others] @ weights)
    _, i, j = np.intersect1d(*sums, return_indices=True)
    found = np.stack([ones[i], others[j]], axis=1)
    found = found[(first[found[:, 0]] | second[found[:, 1]]).all(axis=1)]
    blocks = [found]
    for part, other in (
        (np.flatnonzero(~simple[0]), np.arange(len(second))),
        (ones, np.flatnonzero(~simple[1])),
    ):
        missed, open_ = (~first[part]).astype(np.float32), (~second[other]).astype(np.float32).T
        step = max(1, CHUNK // max(1, other.size))
        for start in range(0, part.size, step):
            row, column = np.nonzero(missed[start : start + step] @ open_ == 0)
            blocks.append(np.stack([part[start + row], other[column]], axis=1))
    return [(int(i), int(j)) for i, j in np.concatenate(blocks)]


def _strategy(vertices: Vertices, number: int, kept: IntArray, size: int) -> Strategy:
    point = [int(value) for value in vertices.points[number]]
    total = sum(point)
    shares = dict(zip(kept.tolist(), point, strict=True))
    return tuple(Fraction(shares.get(k, 0), total) for k in range(size))


def _floats(strategy: Strategy) -> FloatArray:
    return np.array([float(share) for share in strategy])


def _proved(
    game: NormalFormGame,
    profiles: Sequence[tuple[Strategy, Strategy]],
    subsets: Sequence[Sequence[int]] | None = None,
) -> Equilibria:
    """Return a complete list of rational profiles."""
    X, Y = (np.array([_floats(x) for x in side]) for side in zip(*profiles, strict=True))
    method = "exact vertex enumeration"
    made = bimatrix_equilibria(game, X, Y, method=method, selection=SELECTION, exact=profiles)
    return Equilibria.of(game, made, completeness="all", method=method, subsets=subsets)


def some_equilibria(game: NormalFormGame, reason: str) -> Equilibria:
    """Return the pure equilibria of a finite game of any size, or one mixed one.

    Raises
    ------
    ConvergenceError
        When there is no pure one, and no mixed one was found.
    """
    profiles = pure_profiles(game)
    if not profiles:
        made = [equilibrium_of_game(game)]
    else:
        made = [
            equilibrium_of(
                game,
                profile,
                method="pure equilibria",
                selection="one of the pure equilibria",
                number_found=len(profiles),
                completeness="some",
            )
            for profile in profiles
        ]
    return Equilibria.of(game, made, completeness="some", method=made[0].method, reason=reason)
