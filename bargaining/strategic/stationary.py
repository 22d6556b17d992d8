"""Stationary equilibria of talks without an end, over convex sets.

Two players in a fixed order: going back through one cycle maps a point of the frontier to a point
of the frontier; in logarithms of gains the map does not stretch (the frontier is concave), so that
its fixed point is found by bracketing, and with fixed costs the two ends of an interval of fixed
points by bisection (Rubinstein 1982; Shaked and Sutton 1984). Otherwise Newton steps on the
values, with plain backward induction where they do not help.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from bargaining.errors import ConvergenceError
from bargaining.results.certificate import Certificate
from bargaining.strategic.offers_frontier import SLACK, Best, Offering
from bargaining.strategic.play import AGREED, REFUSED, Play, Turn, backwards
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["stationary_plays"]

SETTLED = 1e-14
NEARLY_SETTLED = 1e-11
"""Changes of values, in gains, at which the steps stop: at once, or once they no longer help."""

MEMORY = 6
SHARES = (1.0, 0.25, 0.0625)
CLOSER = 0.9
ROUNDS = 2_000
HALVINGS = 200


def stationary_plays(talks: Talks, offers: Offering) -> tuple[Play, Play]:
    """Return a stationary equilibrium that is best, and one that is worst, for the first proposer.

    Parameters
    ----------
    talks : Talks
        In gains, without a horizon.
    offers : Offering

    Returns
    -------
    best, worst : Play
        The same one, except with fixed costs.

    Raises
    ------
    ConvergenceError
        With the change of values in a round that was left.
    """
    order = talks.sole_proposers
    if talks.size == 2 and order is not None:
        plays = _along_the_frontier(talks, offers, order)
        if plays is not None:
            return plays
    if talks.size == 2 and order is None and len(talks.recognition) == 1:
        drawn = _by_lot(talks, offers)
        if drawn is not None:
            return drawn, drawn
    play = _by_newton(talks, offers)
    return play, play


def _along_the_frontier(
    talks: Talks, offers: Offering, order: list[int]
) -> tuple[Play, Play] | None:
    """Solve for the value v of the first round to the last responder; None if no v is bracketed."""
    last, other = order[-1], 1 - order[-1]
    top = offers.best(other, np.zeros(2))
    if not isinstance(top, Best):
        return None

    def cycle(value: float) -> Play:
        demands = np.zeros(2)
        demands[other] = value
        point = offers.best(last, demands)
        assert isinstance(point, Best)
        following = point.gains.copy()
        following[other] = value
        return backwards(talks, offers.best, following)

    def ahead(value: float) -> float:
        return float(cycle(value).values[0, other]) - value

    low, high = 0.0, float(top.gains[other])
    if high < low or ahead(low) < -SLACK or ahead(high) > SLACK:
        return None
    if not talks.has_costs:
        root = _root(ahead, low, high)
        return cycle(root), cycle(root)
    _, least = _switch(lambda v: ahead(v) <= SLACK, low, high)
    most, _ = _switch(lambda v: ahead(v) < -SLACK, low, high)
    plays = cycle(most), cycle(least)
    return plays if order[0] == other else plays[::-1]


def _by_lot(talks: Talks, offers: Offering) -> Play | None:
    """Solve for the two values when the proposer is drawn, one within the other.

    Given the second player's value, the first proposer's offer is known, and the first player's
    value rises with what it is offered, by less; the second's value then crosses once. None where
    the values are not bracketed or offers are refused.
    """
    tops = [offers.best(i, np.zeros(2)) for i in range(2)]
    if not all(isinstance(top, Best) and top.gains[i] > 0 for i, top in enumerate(tops)):
        return None
    high = [float(top.gains[i]) for i, top in enumerate(tops) if isinstance(top, Best)]
    chances = talks.chances(0)

    def offered(proposer: int, value: float) -> FloatArray:
        best = offers.best(proposer, talks.demands(talks.rejection(np.full(2, value))))
        return best.gains if isinstance(best, Best) else np.full(2, high[1 - proposer])

    def values(second: float) -> tuple[float, float]:
        own = offered(0, second)

        def ahead(first: float) -> float:
            return float(chances[0] * own[0] + chances[1] * offered(1, first)[0] - first)

        first = _root(ahead, 0.0, high[0])
        return first, float(chances[0] * own[1] + chances[1] * offered(1, first)[1])

    second = _root(lambda value: values(value)[1] - value, 0.0, high[1])
    value = np.array([values(second)[0], second])
    play = backwards(talks, offers.best, value)
    settled = float(np.abs(play.values[0] - value).max()) <= NEARLY_SETTLED
    return play if settled and all(each.outcome == AGREED for each in play.turns[0]) else None


def _root(ahead: Callable[[float], float], low: float, high: float) -> float:
    if ahead(low) <= 0:
        return low
    if ahead(high) >= 0:
        return high
    return float(brentq(ahead, low, high, xtol=1e-16, rtol=4 * np.finfo(float).eps, maxiter=500))


def _switch(holds: Callable[[float], bool], low: float, high: float) -> tuple[float, float]:
    """Return the last value at which a condition fails, and the first from which it holds."""
    if holds(low):
        return low, low
    if not holds(high):
        return high, high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high


def _by_newton(talks: Talks, offers: Offering) -> Play:
    """Iterate on the value of the first round, by Newton steps while they bring it closer.

    Where they do not, since the slopes of a kink are anybody's guess, the steps mix the last values
    so that their changes cancel (Anderson 1965).
    """
    value = np.maximum(talks.impasse, 0.0)
    play = backwards(talks, offers.best, value)
    past: list[tuple[FloatArray, FloatArray]] = []
    best = np.inf
    for _ in range(ROUNDS):
        change = play.values[0] - value
        size = float(np.abs(change).max())
        best = min(best, size)
        if size <= SETTLED:
            return play
        past = [*past[-MEMORY:], (value, change)]
        jumps = (_newton(talks, play, change), _mixed(past) - value)
        trials = [value + share * jump for share in SHARES for jump in jumps]
        value, play, closer = _first_closer(talks, offers, trials, play, size)
        if not closer and size <= NEARLY_SETTLED:
            return play
    raise ConvergenceError(
        f"alternating_offers: the values still change by {best:.1e} of what can be gained a round",
        certificate=Certificate("one-shot deviations", best),
    )


def _first_closer(
    talks: Talks, offers: Offering, trials: list[FloatArray], play: Play, size: float
) -> tuple[FloatArray, Play, bool]:
    """Return the first trial whose values change much less, with its play; else one round back."""
    for trial in trials:
        tried = backwards(talks, offers.best, trial)
        if _refused(tried) and not _refused(play):
            continue  # values out of reach change little where players are patient
        if float(np.abs(tried.values[0] - trial).max()) < CLOSER * size:
            return trial, tried, True
    return play.values[0], backwards(talks, offers.best, play.values[0]), False


def _refused(play: Play) -> bool:
    return any(turn.outcome == REFUSED for made in play.turns for turn in made)


def _mixed(past: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the last values and changes, mixed so that the mixed change is least, and added."""
    values, changes = (np.array(rows) for rows in zip(*past, strict=True))
    steps = np.diff(changes, axis=0)
    if len(past) == 1:
        return np.asarray(values[0] + changes[0])
    share = np.linalg.lstsq(steps.T, changes[-1], rcond=1e-10)[0]
    return np.asarray(values[-1] + changes[-1] - share @ (np.diff(values, axis=0) + steps))


def _newton(talks: Talks, play: Play, change: FloatArray) -> FloatArray:
    """Return the step that would settle the values if the active demands stayed the same."""
    slopes = np.eye(talks.size)
    for stage in reversed(range(talks.stages)):
        chances = talks.chances(stage)
        made = sum(chances[turn.proposer] * _slopes(talks, turn) for turn in play.turns[stage])
        slopes = made @ slopes
    step = np.linalg.lstsq(np.eye(talks.size) - slopes, change, rcond=None)[0]
    return np.asarray(step, dtype=float)


def _slopes(talks: Talks, turn: Turn) -> FloatArray:
    """Return the derivative of a turn's gains in the value of the next round, shape (N, N)."""
    slopes = np.diag(talks.patience) if turn.outcome == REFUSED else np.zeros((talks.size,) * 2)
    if turn.outcome != AGREED:
        return slopes
    j = turn.proposer
    fixed = np.maximum(talks.outside, talks.floor)
    for i in range(talks.size):
        just_willing = turn.gains[i] <= turn.demands[i] + 10 * SLACK
        if i != j and just_willing and turn.demands[i] > fixed[i]:
            slopes[i, i] = talks.patience[i]
            slopes[j, i] = -turn.weights[i] / turn.weights[j] * talks.patience[i]
    return slopes
