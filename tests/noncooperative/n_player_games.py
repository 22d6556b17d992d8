"""Three-player games with known equilibria, and draws of small games."""

from __future__ import annotations

import numpy as np

ROOT = (np.sqrt(17.0) - 3.0) / 2.0
"""Of x^2 + 3 x = 2."""


def circle_game():
    """Return payoffs of a 2 x 2 x 2 game whose only equilibrium is irrational.

    The first strategy of a player gains 2 - 3 q - q r over the second, where q and r are the
    probabilities of the next player's and of the one after next's first strategy. Nobody plays a
    pure strategy: were p = 1, then r = 0, so q = 1, so p = 0; were p = 0, then r = 1, q = 0, p = 1.
    So q = 2 / (3 + r), r = 2 / (3 + p) and p = 2 / (3 + q): a falling function of p composed three
    times, which has one fixed point, where all are x = 2 / (3 + x).
    """
    own = np.zeros((2, 2, 2))
    q, r = np.meshgrid([1.0, 0.0], [1.0, 0.0], indexing="ij")
    own[0] = 2.0 - 3.0 * q - q * r
    return [own, np.transpose(own, (2, 0, 1)), np.transpose(own, (1, 2, 0))]


def nine_equilibria():
    """Return the 2 x 2 x 2 game of McKelvey and McLennan (1996) with nine equilibria."""
    arrays = np.zeros((3, 2, 2, 2))
    arrays[:, 0, 0, 0] = 9, 8, 12
    arrays[:, 1, 1, 0] = 9, 8, 2
    arrays[:, 1, 0, 1] = arrays[:, 0, 1, 1] = 3, 4, 6
    return arrays


def drawn(seed, shape, *, whole=False):
    """Return payoffs of a random game: normal, or whole numbers in 0..3 with many ties."""
    rng = np.random.default_rng(seed)
    size = (len(shape), *shape)
    return rng.integers(0, 4, size).astype(float) if whole else rng.normal(size=size)


def relabelled(arrays, rng):
    """Return the game with players and strategies in another order, and what undoes it."""
    players = rng.permutation(len(arrays))
    orders = [rng.permutation(size) for size in arrays[0].shape]
    moved = [np.transpose(arrays[i][np.ix_(*orders)], players) for i in players]

    def back(profile):
        there = [np.zeros(size) for size in arrays[0].shape]
        for i, x in zip(players, profile, strict=True):
            there[i][orders[i]] = x
        return there

    return moved, back
