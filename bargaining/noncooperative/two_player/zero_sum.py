"""Zero-sum games: the value and optimal strategies by one linear program.

The minimax theorem (von Neumann 1928) makes an equilibrium a pair of dual solutions (Dantzig 1951).
The program is solved by HiGHS; its solution is then polished by solving the conditions that hold
with equality afresh, and certified by its regret.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog

from bargaining.errors import ConvergenceError, InputError
from bargaining.noncooperative.equilibrium import (
    Equilibrium,
    equilibrium_of,
    relative_regret,
)
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["zero_sum_equilibrium"]

POSITIVE = 1e-9
"""Probabilities of the program's solution above this are taken as positive when polishing."""

Profile = tuple[FloatArray, FloatArray]


def zero_sum_equilibrium(game: NormalFormGame) -> Equilibrium:
    """Return an equilibrium of a two-player game of opposed interests.

    Parameters
    ----------
    game : NormalFormGame
        Payoffs of both players sum to a constant, each in units of its own range: the units in
        which a player's payoffs are written do not matter.

    Returns
    -------
    Equilibrium
        Its strategies are optimal (max-min) and its payoffs are the values of the game, the same in
        every equilibrium.

    Raises
    ------
    InputError
        For another number of players, or payoffs that are not opposed: it names two cells.
    ConvergenceError
        When the regret of what was found exceeds 1e-9 of the payoff range.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[3, -1], [-2, 1]], [[-3, 1], [2, -1]])
    >>> equilibrium = zero_sum_equilibrium(game)
    >>> [x.round(9).tolist() for x in equilibrium.strategies], equilibrium.payoffs.round(9).tolist()
    ([[0.428571429, 0.571428571], [0.285714286, 0.714285714]], [0.142857143, -0.142857143])
    """
    from bargaining.noncooperative import solve  # noqa: F401  `verify` knows equilibria from there

    payoffs = _opposed(game)
    best: Profile | None = None
    least = np.inf
    for profile in _candidates(payoffs):
        regret = relative_regret(game, profile)
        if regret < least:
            best, least = profile, regret
    if best is None:
        raise ConvergenceError("zero_sum_equilibrium: the linear program failed from either side")
    if least > TOLERANCE:
        raise ConvergenceError(
            f"zero_sum_equilibrium: the regret is {least:.2g} of the payoff range, "
            f"and at most {TOLERANCE:g} counts as solved",
            certificate=Certificate("regret", least),
        )
    return equilibrium_of(
        game,
        best,
        method="zero-sum linear program",
        selection="optimal strategies, all of which have the same payoffs",
        number_found=1,
    )


def _opposed(game: NormalFormGame) -> FloatArray:
    """Return the first player's payoffs from 1 to 2 after checking that the other's oppose them."""
    if not isinstance(game, NormalFormGame):
        raise InputError(f"zero_sum_equilibrium: expected a NormalFormGame, got {game!r}")
    if game.number_of_players != 2:
        raise InputError(
            f"zero_sum_equilibrium: expected two players, got {game.number_of_players}"
        )
    low = game.payoff_arrays.min(axis=(1, 2), keepdims=True)
    first, second = (game.payoff_arrays - low) / game.scale[:, None, None]
    off = np.abs(first + second - (first[0, 0] + second[0, 0]))
    if off.max() > TOLERANCE:
        cell = tuple(int(k) for k in np.unravel_index(int(off.argmax()), off.shape))
        here, there = game.payoff_arrays[:, cell[0], cell[1]], game.payoff_arrays[:, 0, 0]
        raise InputError(
            "zero_sum_equilibrium: expected payoffs that sum to a constant in units of their "
            f"ranges, got {here[0]:g} and {here[1]:g} at {cell} but {there[0]:g} and {there[1]:g} "
            "at (0, 0)"
        )
    return np.asarray(first + 1.0)


def _candidates(payoffs: FloatArray) -> Iterator[Profile]:
    """Yield the program's solution from either side, each polished and plain."""
    for side in (payoffs, 3.0 - payoffs.T):
        found = _linear_program(side)
        if found is None:
            continue
        for x, y in (found, _polished(side, *found)):
            yield (x, y) if side is payoffs else (y, x)


def _linear_program(payoffs: FloatArray) -> Profile | None:
    """Maximise the least payoff over the columns; the multipliers are the other's strategy."""
    rows, columns = payoffs.shape
    result = linprog(
        np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-payoffs.T, np.ones(columns)]),
        b_ub=np.zeros(columns),
        A_eq=np.append(np.ones(rows), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[*((0, None) for _ in range(rows)), (None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if result.status != 0:
        return None
    return _probabilities(result.x[:rows]), _probabilities(-result.ineqlin.marginals)


def _polished(payoffs: FloatArray, x: FloatArray, y: FloatArray) -> Profile:
    """Solve afresh that all strategies of the supports pay the value."""
    rows, columns = np.flatnonzero(x > POSITIVE), np.flatnonzero(y > POSITIVE)
    block = payoffs[np.ix_(rows, columns)]
    better_x, better_y = np.zeros_like(x), np.zeros_like(y)
    better_x[rows] = _equalising(block.T)
    better_y[columns] = _equalising(block)
    return _probabilities(better_x), _probabilities(better_y)


def _equalising(block: FloatArray) -> FloatArray:
    """Return weights of sum 1 on the columns that make all rows pay the same."""
    rows, columns = block.shape
    system = np.block([[block, -np.ones((rows, 1))], [np.ones((1, columns)), np.zeros((1, 1))]])
    right = np.append(np.zeros(rows), 1.0)
    return np.asarray(np.linalg.lstsq(system, right, rcond=None)[0][:columns])


def _probabilities(weights: FloatArray) -> FloatArray:
    positive = np.maximum(weights, 0.0)
    total = positive.sum()
    return np.asarray(positive / total if total > 0 else np.full(len(weights), 1 / len(weights)))
