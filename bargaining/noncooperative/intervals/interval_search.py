"""Searches for equilibria over intervals: points where no own slope points into the box.

Newton's method in the form of Josephy (1979): each step solves the linear-quadratic game that
touches the payoffs at the current profile, so that linear-quadratic games take a single step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.noncooperative.intervals.deviations import Deviation, best_deviation
from bargaining.noncooperative.intervals.interval_game import IntervalGame
from bargaining.optimize.complementarity import box_complementarity, natural_residual
from bargaining.results.certificate import TOLERANCE
from bargaining.types import FloatArray

__all__ = ["Settled", "follow", "is_unique", "stationary"]

EXACT = 1e-15
"""A residual up to this, in positions and payoff ranges, ends the search."""

HALVINGS = 12
"""How often a Newton step is halved, at most, before it is given up."""

PROJECTIONS = 300
"""Steps of the extragradient method that come before another try of Newton's."""

PLENTY = 1e-10
"""How much more than zero an eigenvalue is to be, relative to the largest."""


@dataclass(frozen=True, eq=False)
class Settled:
    """A profile with each player's best deviation from it.

    Attributes
    ----------
    position : ndarray of shape (L,)
        In the unit box.
    deviations : tuple of Deviation
    moves : int
        How often a player moved away from a stationary profile on the way.
    """

    position: FloatArray
    deviations: tuple[Deviation, ...]
    moves: int

    @property
    def regret(self) -> float:
        """The largest gain."""
        return max((deviation.gain for deviation in self.deviations), default=0.0)


def _off(game: IntervalGame, z: FloatArray, unit: FloatArray) -> FloatArray:
    """Return how far positions are from where a step along own slopes leads, (M, L) to (M,)."""
    residual = natural_residual(z, -game.slopes(z) * unit)
    return np.asarray(np.abs(residual).max(axis=1, initial=0.0))


def stationary(game: IntervalGame, start: FloatArray, *, max_iterations: int) -> FloatArray:
    """Return a profile where no own slope points into the box, or the last one that was reached."""
    z = _newton(game, start, max_iterations)
    if game.linear or _off(game, z[None], np.ones(len(z)))[0] <= TOLERANCE:
        return z
    tried = _newton(game, _extragradient(game, z), max_iterations)
    better = np.argmin(_off(game, np.array([z, tried]), np.ones(len(z))))
    return (z, tried)[int(better)]


def _newton(game: IntervalGame, start: FloatArray, max_iterations: int) -> FloatArray:
    z = start
    for _ in range(max_iterations):
        slope, bend = game.slopes(z[None])[0], game.bends(z)
        try:
            target = box_complementarity(-bend, bend @ z - slope, z)
        except ConvergenceError:
            return z  # what was reached is judged by its regret
        if game.linear:
            return target
        unit = 1 / np.maximum(np.abs(np.diag(bend)), 1.0)
        shares = 0.5 ** np.arange(HALVINGS)
        trials = z + shares[:, None] * (target - z)
        trials[0] = target
        now, after = float(_off(game, z[None], unit)[0]), _off(game, trials, unit)
        enough = np.flatnonzero(after <= (1 - 1e-4 * shares) * now)
        if not len(enough):
            return z
        z = trials[enough[0]]
        if after[enough[0]] <= EXACT:
            return np.asarray(z)
    return z


def _extragradient(game: IntervalGame, start: FloatArray) -> FloatArray:
    """Take projected steps along the slopes at a first projected step (Korpelevich 1976)."""
    z = start
    step = 1 / max(1.0, float(np.abs(game.bends(z)).sum(axis=1).max(initial=0.0)))
    for _ in range(PROJECTIONS):
        ahead = np.clip(z + step * game.slopes(z[None])[0], 0.0, 1.0)
        change, there = ahead - z, game.slopes(ahead[None])[0]
        bent = float(np.linalg.norm(there - game.slopes(z[None])[0]))
        if step * bent > 0.9 * float(np.linalg.norm(change)) > 0:
            step /= 2
            continue
        z = np.clip(z + step * there, 0.0, 1.0)
    return z


def follow(
    game: IntervalGame, start: FloatArray, *, max_iterations: int, max_moves: int
) -> Settled:
    """Return the profile of least regret met from a start, the start itself where that is less.

    Where a player gains by leaving a stationary profile, it moves and the search goes on, until
    nobody gains or a profile comes back.
    """
    best: Settled | None = None
    met: list[FloatArray] = []
    position = start
    for moves in range(max_moves + 1):
        z = stationary(game, position, max_iterations=max_iterations)
        settled = _settled(game, z, moves)
        if best is None or settled.regret < best.regret:
            best = settled
        if settled.regret <= TOLERANCE or any(np.abs(z - old).max() <= 1e-9 for old in met):
            break
        met.append(z)
        position = max(settled.deviations, key=lambda deviation: deviation.gain).position
    assert best is not None  # the first round sets it
    if best.regret <= TOLERANCE:
        return best
    return min(best, _settled(game, start, 0), key=lambda settled: settled.regret)


def _settled(game: IntervalGame, z: FloatArray, moves: int) -> Settled:
    return Settled(z, tuple(best_deviation(game, i, z) for i in range(len(game.own))), moves)


def is_unique(game: IntervalGame) -> bool:
    """Whether a linear-quadratic game with concave payoffs is proved to have one equilibrium.

    It has one when positive weights on the players' own slopes make their Jacobian negative
    definite: diagonal strict concavity (Rosen 1965). The weights tried are equal ones and those
    that even out what pairs of levers do to each other. Where every own slope is moved more by its
    own level than by all others together, in some units of the levers, there is one too: the
    Jacobian then has the P property (Cottle, Pang and Stone 1992).
    """
    if not game.linear or not all(game.is_concave(i) for i in range(len(game.own))):
        return False
    bend = -game.bends(np.full(len(game.low), 0.5))
    if not len(bend):
        return True
    if np.any(np.diag(bend) <= 0):
        return False
    scaled = bend / np.diag(bend)[:, None]
    return (
        _definite(bend)
        or _definite(scaled)
        or _dominated(scaled)
        or _definite(_evening(bend)[:, None] * bend)
    )


def _definite(matrix: FloatArray) -> bool:
    eigenvalues = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    return bool(eigenvalues[0] > PLENTY * np.abs(eigenvalues).max())


def _evening(matrix: FloatArray) -> FloatArray:
    """Return weights w that make w_j |m_jk| and w_k |m_kj| alike, in the least squares sense.

    The logarithms of the weights solve the normal equations, whose matrix is a graph's Laplacian.
    """
    size = np.abs(matrix) * ~np.eye(len(matrix), dtype=bool)
    both = (size > 0) & (size.T > 0)
    logs = np.log(np.where(both, size, 1.0))
    laplacian = np.diag(both.sum(axis=1)) - both.astype(float)
    differences = (logs.T - logs).sum(axis=1)
    return np.asarray(np.exp(np.linalg.lstsq(laplacian, differences, rcond=None)[0]))


def _dominated(scaled: FloatArray) -> bool:
    """Whether the absolute values off the diagonal, which is 1, have a spectral radius below 1."""
    off = np.abs(scaled) - np.eye(len(scaled))
    return bool(np.abs(np.linalg.eigvals(off)).max() < 1 - PLENTY)
