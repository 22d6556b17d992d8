"""The stage game of a repeated game, as a list of profiles in units of each player's payoff range.

In these units all payoffs are between 0 and 1, so that one tolerance serves every player, and
results do not depend on anybody's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
import numpy.typing as npt

from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.types import FloatArray

__all__ = ["KNIFE_EDGE", "Stage", "as_game", "discount_factor_of", "stage_of"]

ROUNDOFF = 1e-12
"""Gains from a deviation that are no more than this, in payoff ranges, are none."""

KNIFE_EDGE = 1e-12
"""An incentive constraint missed by no more than this, in payoff ranges, is met with equality."""


@dataclass(frozen=True, eq=False)
class Stage:
    """Profiles of a stage game, in units.

    Attributes
    ----------
    payoffs : ndarray of shape (P, N)
        Payoffs of each profile, between 0 and 1.
    best : ndarray of shape (P, N)
        What each player gets by its best reply to the others' part of the profile.
    low, scale : ndarray of shape (N,)
        A payoff of x in units is low + scale x.
    """

    payoffs: FloatArray
    best: FloatArray
    low: FloatArray
    scale: FloatArray

    @property
    def gains(self) -> FloatArray:
        """What each player gains by the best deviation from each profile, shape (P, N)."""
        gains = self.best - self.payoffs
        return np.where(gains <= ROUNDOFF, 0.0, gains)

    @property
    def minmax(self) -> FloatArray:
        """The pure minmax of each player, shape (N,)."""
        return np.asarray(self.best.min(axis=0))

    @property
    def nash(self) -> FloatArray:
        """Payoffs of the pure Nash equilibria, shape (E, N)."""
        return np.asarray(self.payoffs[(self.gains == 0).all(axis=1)])

    def thresholds(self, discount_factor: float, punishments: FloatArray) -> FloatArray:
        """Return the least that must follow each profile for nobody to deviate, shape (P, N).

        That is the punishment and (1 - delta) / delta times the gain; infinite where that overflows
        or delta is 0.
        """
        gains = self.gains
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            weighted = gains * ((1 - discount_factor) / np.float64(discount_factor))
        return np.where(gains == 0, 0.0, weighted) + punishments

    def only(self, which: npt.NDArray[np.bool_]) -> Stage:
        """Return some of the profiles."""
        return Stage(self.payoffs[which], self.best[which], self.low, self.scale)

    def to_units(self, payoffs: FloatArray) -> FloatArray:
        """Return payoffs, shape (..., N), in units."""
        return (payoffs - self.low) / self.scale

    def from_units(self, payoffs: FloatArray) -> FloatArray:
        """Return payoffs in units, shape (..., N), as payoffs."""
        return self.low + self.scale * payoffs


def stage_of(game: NormalFormGame) -> Stage:
    """Return the stage game; profiles are in the order of the game's arrays."""
    arrays, scale = game.payoff_arrays, game.scale
    flat = arrays.reshape(len(arrays), -1)
    low = flat.min(axis=1)
    units = (arrays - low.reshape(-1, *[1] * (arrays.ndim - 1))) / scale.reshape(
        -1, *[1] * (arrays.ndim - 1)
    )
    best = np.stack(
        [np.broadcast_to(own.max(axis=i, keepdims=True), own.shape) for i, own in enumerate(units)]
    )
    return Stage(units.reshape(len(units), -1).T, best.reshape(len(units), -1).T, low, scale)


def as_game(where: str, game: NormalFormGame | Negotiation) -> NormalFormGame:
    """Return the finite game; a small negotiation is listed as its lever game.

    Raises
    ------
    InputError
        For anything else.
    IntractableError
        For a negotiation of too many packages, as `NormalFormGame.from_negotiation`.
    """
    if isinstance(game, Negotiation):
        return NormalFormGame.from_negotiation(game)
    if not isinstance(game, NormalFormGame):
        raise InputError(f"{where}, game: expected a NormalFormGame or Negotiation, got {game!r}")
    return game


def discount_factor_of(where: str, given: float) -> float:
    """Return a common discount factor as a float in [0, 1)."""
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= given < 1:
        raise InputError(f"{where}, discount_factor: expected a number in [0, 1), got {given!r}")
    return float(given)
