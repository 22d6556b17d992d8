"""All equilibria of a two-player game: extreme equilibria, and the sets that they span.

Generic games are solved in floating point, in which supports determine strategies; degenerate ones
in whole numbers, with the maximal Nash subsets that their extreme equilibria span (von Stengel
2002; Avis, Rosenberg, Savani and von Stengel 2010). Dominance comes first where a game is large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import IntractableError
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import (
    Equilibrium,
    bimatrix_equilibria,
    bimatrix_regrets,
    equilibrium_of,
)
from bargaining.noncooperative.games.dominance import iterated_dominance
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.two_player.bimatrix import equilibrium_of_game, pure_profiles
from bargaining.noncooperative.two_player.components import maximal_nash_subsets
from bargaining.noncooperative.two_player.exact import integers, rational_solution
from bargaining.noncooperative.two_player.extreme import (
    Profiles,
    Strategy,
    extreme_equilibria,
    filled,
)
from bargaining.noncooperative.two_player.vertices import (
    DegenerateError,
    generic_equilibria,
    most_vertices,
)
from bargaining.types import FloatArray, IntArray

__all__ = ["all_equilibria", "lifted"]

MOST = 3_000_000
"""Most vertices of the smaller polytope, by McMullen's bound, with which a run is begun."""

SAME = Fraction(1, 10**12)
"""Payoffs closer than this share of the range count as equal, unless the game is solved exactly."""

BLURRED = 1e-11
"""Roundoff of payoffs, as a share of their range, from which the decimals of floats may mislead."""

SIMPLE = 10_000
"""Largest denominator of a fraction that a payoff may be meant to be."""

ACCURATE = 1e-12
"""Relative regret above which a strategy is computed again, in rational numbers."""

SELECTION = "one of all extreme equilibria"

Whole = NDArray[Any]
Tables = Callable[[], tuple[Whole, Whole]]


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
    if _most(game) > MOST:
        return _reduced(game, exact=exact)

    @cache
    def whole() -> tuple[Whole, Whole]:
        if exact:
            A, B = (integers(table) for table in game.rational)
        else:
            A, B = (integers(_on_paper(game, player)) for player in range(2))
        return A, B

    if min(game.shape) > 1:
        try:
            if exact:
                tables = [_rounded(table) for table in whole()]
            else:
                tables = [1 + (X - X.min()) / (np.ptp(X) or 1.0) for X in game.payoff_arrays]
            X, Y = _generic(tables, whole)
        except DegenerateError:
            pass  # the exact method below does not mind
        else:
            return _isolated(game, X, Y, whole, exact=exact)
    try:
        profiles, pairs = extreme_equilibria(*whole())
        subsets = maximal_nash_subsets(pairs)
    except IntractableError as error:
        if exact:
            raise
        return _some(game, f"the game is degenerate and too large to list all ({error})")
    return _rational_list(game, profiles, subsets, exact=exact)


def _most(game: NormalFormGame) -> int:
    """Return how many vertices the smaller of the two polytopes may have."""
    return min(most_vertices(sum(game.shape), own) for own in game.shape)


def _reduced(game: NormalFormGame, *, exact: bool) -> Equilibria:
    """Return all equilibria of a large game by those of what dominance leaves of it."""
    m, n = game.shape
    reduction = iterated_dominance(game)
    if reduction.game.shape == game.shape or _most(reduction.game) > MOST:
        raise IntractableError(
            f"nash_equilibria: a best-response polytope of a {m} x {n} game may have up to "
            f"{_most(game):,} vertices, more than {MOST:,}, and iterated dominance does not help; "
            "nash_equilibrium finds one equilibrium"
        )
    found = all_equilibria(reduction.game, exact=exact)

    def exactly(each: Equilibrium) -> tuple[Strategy, ...]:
        sides = zip(reduction.kept, each.exact or (), game.shape, strict=True)
        return tuple(filled(kept.tolist(), shares, size) for kept, shares, size in sides)

    return lifted(
        game, found, reduction.lift, method=f"iterated dominance, {found.method}",
        exactly=exactly if exact else None,
    )  # fmt: skip


def lifted(
    game: NormalFormGame,
    found: Equilibria,
    lift: Callable[[Sequence[FloatArray]], tuple[FloatArray, ...]],
    *,
    method: str,
    exactly: Callable[[Equilibrium], tuple[Strategy, ...]] | None = None,
) -> Equilibria:
    """Return the equilibria of a part of a game as those of the whole game.

    Parameters
    ----------
    game : NormalFormGame
    found : Equilibria
        Of the part.
    lift : callable
        From a profile of the part to one of the game.
    method : str
    exactly : callable, optional
        From an equilibrium of the part to its exact strategies in the game.
    """
    whole = [
        equilibrium_of(
            game, lift(each.strategies), method=found.method, selection=each.selection,
            number_found=each.number_found, completeness=each.completeness,
            exact=exactly(each) if exactly else None,
        )
        for each in found
    ]  # fmt: skip
    return Equilibria.of(
        game, whole, completeness=found.completeness, method=method, subsets=found.subsets,
        reason=found.reason,
    )  # fmt: skip


def _generic(tables: Sequence[FloatArray], whole: Tables) -> tuple[FloatArray, FloatArray]:
    """Return the equilibria of a game without ties, small supports first."""
    A, B = tables
    if len(A) <= len(A.T):
        X, Y = generic_equilibria(A, B, lambda: whole()[0])
    else:
        Y, X = generic_equilibria(B.T, A.T, lambda: whole()[1].T)
    unplayed = np.concatenate([X, Y], axis=1) == 0
    order = np.lexsort([*unplayed.T[::-1], -unplayed.sum(axis=1)])
    return X[order], Y[order]


def _rounded(whole: Whole) -> FloatArray:
    """Return whole numbers from 1 on as floats in [1, 2], however close to each other they are."""
    spread = whole.max() - 1 or 1
    return np.array([[1 + (value - 1) / spread for value in row] for row in whole.tolist()])


def _isolated(
    game: NormalFormGame, X: FloatArray, Y: FloatArray, whole: Tables, *, exact: bool
) -> Equilibria:
    """Return the equilibria of a game without ties, in which supports determine strategies."""
    if exact:
        profiles = [_rational_profile(*whole(), x, y) for x, y in zip(X, Y, strict=True)]
        return _rational_list(game, profiles, exact=True)
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
    return filled(support.tolist(), [own / total for own in share], size)


def _on_paper(game: NormalFormGame, player: int) -> Whole:
    """Return a player's payoffs in units of their range, cleared of the roundoff of floats.

    Payoffs closer than `SAME` count as equal, and one that close to a fraction of small denominator
    as that fraction: 1/7 and 2/7 as floats are not in the ratio of 1 to 2, nor are their decimals.
    Where payoffs are so far from 0 that their decimals are other payoffs, the floats are taken.
    """
    floats = game.payoff_arrays[player]
    table: Whole = game.rational[player]
    if np.finfo(float).eps * np.abs(floats).max() > BLURRED * game.scale[player]:
        table = np.array([[Fraction(value) for value in row] for row in floats.tolist()])
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


def _floats(strategy: Strategy) -> FloatArray:
    return np.array([float(share) for share in strategy])


def _rows(strategies: Sequence[Strategy]) -> FloatArray:
    """Return strategies as rows of floats, each different object once converted."""
    floats = {number: _floats(x) for number, x in {id(x): x for x in strategies}.items()}
    return np.array([floats[id(x)] for x in strategies])


def _rational_list(
    game: NormalFormGame,
    profiles: Profiles,
    subsets: Sequence[Sequence[int]] | None = None,
    *,
    exact: bool,
) -> Equilibria:
    """Return a complete list of rational profiles, as exact ones of this game or rounded."""
    X, Y = (_rows(side) for side in zip(*profiles, strict=True))
    method = "exact vertex enumeration"
    kept = profiles if exact else None
    made = bimatrix_equilibria(game, X, Y, method=method, selection=SELECTION, exact=kept)
    return Equilibria.of(game, made, completeness="all", method=method, subsets=subsets)


def _some(game: NormalFormGame, reason: str) -> Equilibria:
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
