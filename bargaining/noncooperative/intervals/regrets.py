"""Regrets over intervals, with finite levers beside them: best levels with each finite package.

Shared by the searches and by `verify`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.intervals.deviations import PROOFS, Deviation, best_deviation
from bargaining.noncooperative.intervals.interval_game import IntervalGame, payoff_ranges
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.results.certificate import Certificate
from bargaining.types import FloatArray

__all__ = [
    "Move",
    "best_moves",
    "certified",
    "check_continuous_equilibrium",
    "finite_levels",
    "game_beside",
    "package_of",
]

LISTED = 1000
"""Own finite packages, at most, that are all tried; of more, those that differ in one lever."""

KINDS = {
    "exact": "regret",
    "bound": "regret",
    "bound, concavity tested": "regret, concavity tested",
    "search": "regret by search",
}
"""The kind of a certificate that rests on each proof."""


@dataclass(frozen=True, eq=False)
class Move:
    """The best that a player was found to do, finite levers included.

    Attributes
    ----------
    gain : float
        In units of its payoff range.
    package : Package
        What all players then play.
    proof : str
        How the gain is known, one of `deviations.PROOFS`.
    """

    gain: float
    package: Package
    proof: str


def finite_levels(negotiation: Negotiation, package: Mapping[str, float]) -> dict[str, float]:
    """Return the levels of the free levers that are finite."""
    return {
        lever.name: package[lever.name]
        for lever in negotiation.free_levers
        if not lever.is_interval
    }


def game_beside(
    negotiation: Negotiation, finite: Mapping[str, float], scales: FloatArray
) -> IntervalGame:
    """Return the game over the intervals with the finite levers at given levels."""
    return IntervalGame(SmoothPayoffs(negotiation.fix(finite) if finite else negotiation), scales)


def package_of(game: IntervalGame, position: FloatArray) -> Package:
    """Return the complete package at a position in the unit box."""
    levels = game.levels(position).tolist()
    names = [lever.name for lever in game.smooth.levers]
    return game.smooth.negotiation.package(dict(zip(names, levels, strict=True)))


def best_moves(negotiation: Negotiation, package: Package, scales: FloatArray) -> tuple[Move, ...]:
    """Return each player's best deviation from a package.

    Parameters
    ----------
    negotiation : Negotiation
        At least one free lever is an interval.
    package : Package
        Complete.
    scales : ndarray of shape (N,)
        The units of the payoffs.
    """
    finite = finite_levels(negotiation, package)
    game = game_beside(negotiation, finite, scales)
    position = game.positions(np.array([package[lever.name] for lever in game.smooth.levers]))
    return tuple(
        _best_move(negotiation, game, position, finite, player)
        for player in range(len(negotiation.players))
    )


def _best_move(
    negotiation: Negotiation, game: IntervalGame, position: FloatArray,
    finite: Mapping[str, float], player: int,
) -> Move:  # fmt: skip
    levers = [x for x in negotiation.owned_by(negotiation.players[player]) if not x.is_interval]
    many = math.prod(len(lever.array()) for lever in levers) > LISTED
    before = float(game.value(player, position[None])[0])
    best, proofs = _as_move(game, best_deviation(game, player, position), 0.0), set[str]()
    proofs.add(best.proof)
    for other in _own_packages(levers, finite, many=many):
        beside = game_beside(negotiation, {**finite, **other}, game.scales)
        start = float(beside.value(player, position[None])[0]) - before
        move = _as_move(beside, best_deviation(beside, player, position), start)
        proofs.add(move.proof)
        best = move if move.gain > best.gain else best
    if many:
        proofs.add("search")
    return Move(best.gain, best.package, max(proofs, key=PROOFS.index))


def _as_move(game: IntervalGame, deviation: Deviation, start: float) -> Move:
    return Move(start + deviation.gain, package_of(game, deviation.position), deviation.proof)


def _own_packages(
    levers: Sequence[Lever], finite: Mapping[str, float], *, many: bool
) -> Iterator[dict[str, float]]:
    """Return other levels of a player's finite levers: all of them, or those one lever away."""
    if many:
        for lever in levers:
            yield from ({lever.name: x} for x in lever.array().tolist() if x != finite[lever.name])
        return
    for levels in itertools.product(*(lever.array().tolist() for lever in levers)):
        other = {lever.name: level for lever, level in zip(levers, levels, strict=True)}
        if any(finite[name] != level for name, level in other.items()):
            yield other


def certified(
    moves: Sequence[Move | Deviation], scales: FloatArray, off: float = 0.0
) -> Certificate:
    """Return the certificate that everybody's best deviations amount to.

    Parameters
    ----------
    moves : sequence of Move or Deviation
    scales : ndarray of shape (N,)
    off : float
        What else is wrong, in the same units.
    """
    gains, proofs = [move.gain for move in moves], [move.proof for move in moves]
    return Certificate(
        KINDS[max(proofs, key=PROOFS.index)],
        max(off, *gains),
        details={"regrets": np.array(gains), "proofs": proofs, "scales": scales},
    )


def check_continuous_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of an equilibrium over intervals from the negotiation alone.

    Returns
    -------
    Certificate
        The largest of: what a player gains by its best own levels, what its stated payoff is off,
        both relative to its payoff range, and what its probability is off.

    Raises
    ------
    InputError
        When a strategy is not one package of exactly the player's own levers.
    """
    negotiation = equilibrium.game
    assert isinstance(negotiation, Negotiation)
    played, wrong = {}, 0.0
    for name, strategy in zip(negotiation.player_names, equilibrium.strategies, strict=True):
        levers = {lever.name for lever in negotiation.owned_by(name)}
        if len(strategy) != 1 or set(strategy[0][1]) != levers:
            raise InputError(
                f"Equilibrium, strategy of {name!r}: expected one package with a level for each of "
                f"{sorted(levers)}, got {strategy!r}"
            )
        wrong = max(wrong, abs(strategy[0][0] - 1.0))
        played.update(strategy[0][1])
    package, scales = negotiation.package(played), payoff_ranges(SmoothPayoffs(negotiation))
    off = np.abs(negotiation.payoffs(package) - equilibrium.payoffs) / scales
    moves = best_moves(negotiation, package, scales)
    return certified(moves, scales, float(max(off.max(), wrong)))
