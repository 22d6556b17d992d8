"""Equilibria where some levers are finite and some are intervals: a grid first, then a polish.

The game in which every interval is a grid is solved as a lever game; its equilibrium says where the
finite levers may stand, the intervals are then solved beside them, and grids are refined around
what came out. What counts is the regret over all levels, not over the grid.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.errors import ConvergenceError, InputError, IntractableError
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.model.payoffs import InteractionPayoff, Payoff, QuadraticPayoff
from bargaining.noncooperative.intervals.interval_search import follow
from bargaining.noncooperative.intervals.regrets import (
    Move,
    best_moves,
    finite_levels,
    game_beside,
    package_of,
)
from bargaining.noncooperative.levers.lever_game import lever_equilibrium
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Polished", "polished_everywhere", "polished_from"]

GRID = 9
"""Levels of the first grid of each interval, besides the level that stands."""

ROUNDS = 4
"""Grids, each finer around what was found."""

MOVES = 50
"""Moves of finite levers, at most, that follow gains from one polished profile to the next."""

PROFILES = 256
"""Combinations of finite levels, at most, that are all tried when the grids lead nowhere."""

Polished = tuple[Package, tuple[Move, ...]]
"""A package with everybody's best deviation from it."""


def polished_from(
    negotiation: Negotiation, start: Package, scales: FloatArray, *, max_iterations: int
) -> tuple[Polished, str]:
    """Return the package of least regret that is met from a start, and how it was met.

    Parameters
    ----------
    negotiation : Negotiation
        Free levers of both kinds.
    start : Package
    scales : ndarray of shape (N,)
    max_iterations : int
        Newton steps, at most, of each polish.
    """
    best, how = _follow(negotiation, start, scales, max_iterations), "a polish"
    for round_ in range(ROUNDS):
        if _regret(best) <= TOLERANCE:
            return best, how
        found = _on_grid(negotiation, best[0], 4.0**-round_)
        if found is None:
            break
        tried = _follow(negotiation, found, scales, max_iterations)
        if _regret(tried) < _regret(best):
            best, how = tried, f"a grid ({round_ + 1} of at most {ROUNDS}) and a polish"
    return best, how


def polished_everywhere(
    negotiation: Negotiation, start: Package, scales: FloatArray, *, max_iterations: int
) -> Polished | None:
    """Return the package of least regret beside all combinations of finite levels.

    None where there are more than 256; the first that is an equilibrium is enough.
    """
    best: Polished | None = None
    for finite in _profiles(negotiation):
        tried = _polish(negotiation, Package({**start, **finite}), scales, max_iterations)
        if best is None or _regret(tried) < _regret(best):
            best = tried
        if _regret(best) <= TOLERANCE:
            break
    return best


def _regret(polished: Polished) -> float:
    return max(move.gain for move in polished[1])


def _polish(
    negotiation: Negotiation, package: Package, scales: FloatArray, max_iterations: int
) -> Polished:
    """Solve the intervals with the finite levers where they are."""
    game = game_beside(negotiation, finite_levels(negotiation, package), scales)
    position = game.positions(np.array([package[lever.name] for lever in game.smooth.levers]))
    settled = follow(game, position, max_iterations=max_iterations, max_moves=MOVES)
    found = package_of(game, settled.position)
    return found, best_moves(negotiation, found, scales)


def _follow(
    negotiation: Negotiation, start: Package, scales: FloatArray, max_iterations: int
) -> Polished:
    """Polish, let the player that gains most move its finite levers, and polish again."""
    best: Polished | None = None
    package, met = start, set[tuple[tuple[str, float], ...]]()
    for _ in range(MOVES):
        finite = tuple(finite_levels(negotiation, package).items())
        if finite in met:
            break
        met.add(finite)
        polished = _polish(negotiation, package, scales, max_iterations)
        if best is None or _regret(polished) < _regret(best):
            best = polished
        if _regret(polished) <= TOLERANCE:
            break
        package = max(polished[1], key=lambda move: move.gain).package
    assert best is not None  # the first round sets it
    return best


def _profiles(negotiation: Negotiation) -> Iterator[dict[str, float]]:
    """Return all combinations of the finite levels, where they are few."""
    levers = [lever for lever in negotiation.free_levers if not lever.is_interval]
    if math.prod(len(lever.array()) for lever in levers) <= PROFILES:
        for levels in itertools.product(*(lever.array().tolist() for lever in levers)):
            yield {lever.name: level for lever, level in zip(levers, levels, strict=True)}


def _on_grid(negotiation: Negotiation, package: Package, share: float) -> Package | None:
    """Return the likeliest package of an equilibrium on grids around a package, if one is found."""
    try:
        grid = _gridded(negotiation, package, share)
        equilibrium = lever_equilibrium(grid)
    except (ConvergenceError, IntractableError, InputError):
        return None  # the grid is only a guide; without it the search goes on from elsewhere
    likeliest = [max(strategy, key=lambda pair: pair[0])[1] for strategy in equilibrium.strategies]
    return negotiation.package({name: x for own in likeliest for name, x in own.items()})


def _gridded(negotiation: Negotiation, package: Package, share: float) -> Negotiation:
    """Return the negotiation with grids over a share of each interval in place of the interval."""
    levers = [
        _grid(lever, package[lever.name], share)
        if lever.is_interval and lever.name not in negotiation.fixed
        else lever
        for lever in negotiation.levers
    ]
    terms = [part for term in negotiation.terms for part in _small(term)]
    grid = Negotiation(negotiation.players, levers, terms, keys=negotiation.keys)
    return grid.fix(negotiation.fixed)


def _grid(lever: Lever, level: float, share: float) -> Lever:
    assert isinstance(lever.levels, Interval)
    width = share * (lever.levels.high - lever.levels.low)
    low = float(np.clip(level - width / 2, lever.levels.low, lever.levels.high - width))
    levels = sorted({*np.linspace(low, min(low + width, lever.levels.high), GRID).tolist(), level})
    return Lever(lever.name, lever.owner, levels, level)


def _small(term: Payoff) -> list[Payoff]:
    """Return a quadratic term over many levers as terms over one and two, others as they are."""
    known = {player: term.quadratic(player) for player in term.players}
    if len(term.levers) <= 2 or any(part is None for part in known.values()):
        return [term]
    return _pieces(term.levers, known)


def _pieces(levers: Sequence[str], known: Mapping[str, Any]) -> list[Payoff]:
    pieces: list[Payoff] = [
        QuadraticPayoff(
            lever,
            {player: part.matrix[j, j] for player, part in known.items()},
            {player: part.slopes[j] for player, part in known.items()},
            references=[next(iter(known.values())).references[j]],
            constants={player: part.constant if j == 0 else 0.0 for player, part in known.items()},
        )
        for j, lever in enumerate(levers)
    ]
    for j, k in itertools.combinations(range(len(levers)), 2):
        coefficients = {player: part.matrix[j, k] for player, part in known.items()}
        if any(coefficients.values()):
            references = next(iter(known.values())).references[[j, k]].tolist()
            pieces.append(InteractionPayoff((levers[j], levers[k]), coefficients, references))
    return pieces
