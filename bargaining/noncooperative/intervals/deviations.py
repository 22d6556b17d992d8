"""What a player gains by moving its own levers within their intervals: its regret, and how known.

Concave quadratic payoffs are maximised exactly, other quadratic ones over the faces of a small box;
for concave payoffs the slopes bound the gain; otherwise the gain is what a search finds.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bargaining.model.terms import negative_semidefinite
from bargaining.noncooperative.intervals.interval_game import IntervalGame
from bargaining.optimize.complementarity import box_complementarity
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["PROOFS", "Deviation", "best_deviation"]

PROOFS = ("exact", "bound", "bound, concavity tested", "search")
"""How a regret is known, from the strongest to the weakest."""

FACES = 7
"""Own levers, at most, of a player whose quadratic payoff is maximised over all faces."""

SAMPLES = 256
"""Own packages of the search that are drawn at random."""

LINE = 65
"""Levels of each own lever that the search tries with the others unchanged."""

CORNERS = 8
"""Own levers, at most, all of whose corners the search tries."""

POLISHED = 4
"""Of the packages tried, how many are polished by a quasi-Newton method."""

TESTED = 1e-9
"""Slopes that rise along a line by no more than this, in payoff ranges, count as falling."""


@dataclass(frozen=True, eq=False)
class Deviation:
    """The best that a player was found to do.

    Attributes
    ----------
    gain : float
        What it gains at most (for a search: what it was found to gain), in units of its range.
    position : ndarray of shape (L,)
        The profile after the move.
    proof : str
        One of `PROOFS`.
    """

    gain: float
    position: FloatArray
    proof: str


def best_deviation(game: IntervalGame, player: int, z: FloatArray) -> Deviation:
    """Return the best deviation of a player from a profile.

    Parameters
    ----------
    game : IntervalGame
    player : int
    z : ndarray of shape (L,)
        Positions in the unit box.
    """
    if not len(game.own[player]):
        return Deviation(0.0, z, "exact")
    if not game.curved[player]:
        return _quadratic(game, player, z)
    if game.is_concave(player):
        bound = _slope_bound(game, player, z)
        return Deviation(bound, z if bound <= TOLERANCE else _searched(game, player, z), "bound")
    best = _searched(game, player, z)
    gain = max(0.0, float(np.diff(game.value(player, np.array([z, best])))[0]))
    if _falling(game, player, z):
        bound = max(gain, _slope_bound(game, player, z))
        return Deviation(bound, best, "bound, concavity tested")
    return Deviation(gain, best, "search")


def _slope_bound(game: IntervalGame, player: int, z: FloatArray) -> float:
    """Return max slope . (y - z) over own y, at least the gain where the payoff is concave."""
    slope, own = game.own_slopes(player, z[None])[0], z[game.own[player]]
    return float(np.maximum(slope * (1 - own), -slope * own).sum())


def _quadratic(game: IntervalGame, player: int, z: FloatArray) -> Deviation:
    mine, matrix = game.own[player], game.own_matrix(player)
    slope, own = game.own_slopes(player, z[None])[0], z[game.own[player]]
    constant = slope - matrix @ own  # the slope at own = 0
    if negative_semidefinite(matrix):
        found, proof = _concave_maximum(matrix, constant, own), "exact"
    elif len(mine) <= FACES:
        found, proof = _over_faces(matrix, constant), "exact"
    else:
        found, proof = _searched(game, player, z)[mine], "search"
    step = found - own
    gain = float(slope @ step + step @ matrix @ step / 2)
    moved = z.copy()
    if gain > 0:
        moved[mine] = found
    return Deviation(max(gain, 0.0), moved, proof)


def _concave_maximum(matrix: FloatArray, constant: FloatArray, start: FloatArray) -> FloatArray:
    if not matrix.any():
        return np.where(constant > 0, 1.0, np.where(constant < 0, 0.0, start))
    return box_complementarity(-matrix, -constant, start)


def _over_faces(matrix: FloatArray, constant: FloatArray) -> FloatArray:
    """Maximise over the unit box through the stationary point of each face that has one.

    A face on which it is not unique has none or a whole line of them, which ends on smaller faces.
    """
    size, best, most = len(constant), np.zeros(len(constant)), 0.0
    for sides in itertools.product((0.0, 1.0, np.nan), repeat=size):
        point = np.array(sides)
        free = np.flatnonzero(np.isnan(point))
        point[free] = 0.0
        try:
            block = matrix[np.ix_(free, free)]
            point[free] = np.linalg.solve(block, -(constant[free] + matrix[free] @ point))
        except np.linalg.LinAlgError:
            continue
        if not np.all((point >= 0) & (point <= 1)):
            continue
        value = float(constant @ point + point @ matrix @ point / 2)
        if value > most:
            best, most = point, value
    return best


def _searched(game: IntervalGame, player: int, z: FloatArray) -> FloatArray:
    """Return the best profile found: a spread of own packages, the best of them polished."""
    mine = game.own[player]
    trials = np.repeat(z[None], 1 + len(spread := _spread(z[mine])), axis=0)
    trials[1:, mine] = spread
    values = game.value(player, trials)
    order = np.argsort(-values, kind="stable")[:POLISHED]
    candidates = [trials[order[0]], *(_polished(game, player, trials[k]) for k in {0, *order})]
    best = int(np.argmax(game.value(player, np.array(candidates))))
    return np.asarray(candidates[best])


def _spread(own: FloatArray) -> FloatArray:
    """Return own packages all over the unit box, shape (K, m): lines, corners and random ones."""
    size = len(own)
    lines = np.repeat(own[None], LINE * size, axis=0)
    lines[np.arange(LINE * size), np.repeat(np.arange(size), LINE)] = np.tile(
        np.linspace(0.0, 1.0, LINE), size
    )
    corners = (
        np.array(list(itertools.product((0.0, 1.0), repeat=size)))
        if size <= CORNERS
        else np.array([np.zeros(size), np.ones(size)])
    )
    drawn = np.random.default_rng(0).random((SAMPLES, size)) if size > 1 else corners
    return np.concatenate([lines, corners, drawn])


def _polished(game: IntervalGame, player: int, z: FloatArray) -> FloatArray:
    """Climb from a profile by own levers (L-BFGS-B)."""
    mine = game.own[player]

    def whole(own: FloatArray) -> FloatArray:
        point = z.copy()
        point[mine] = own
        return point[None]

    found = minimize(
        lambda own: -float(game.value(player, whole(own))[0]),
        z[mine],
        jac=lambda own: -game.own_slopes(player, whole(own))[0],
        bounds=[(0.0, 1.0)] * len(mine),
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-12},
    )
    return np.asarray(whole(np.clip(found.x, 0.0, 1.0))[0])


def _falling(game: IntervalGame, player: int, z: FloatArray) -> bool:
    """Whether own slopes fall along lines between random own packages: the payoff looks concave."""
    mine = game.own[player]
    ends = np.repeat(z[None], 2 * SAMPLES, axis=0)
    ends[:, mine] = np.random.default_rng(1).random((2 * SAMPLES, len(mine)))
    slopes = game.own_slopes(player, ends)
    rises = (slopes[::2] - slopes[1::2]) * (ends[::2] - ends[1::2])[:, mine]
    return bool(np.all(rises.sum(axis=1) <= TESTED))
