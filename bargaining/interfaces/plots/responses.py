"""Best responses of two players, each with one lever that is an interval, and where they lead.

The curves cross at the equilibria of the game without agreement. From the status quo each side
answers the other in turn: the spiral of a tariff war (Johnson 1953).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    INK,
    LOOKS,
    OUTLINE,
    figure_legend,
    heading,
    new_axes,
    tidy,
    with_unit,
)
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.intervals.deviations import best_deviation
from bargaining.noncooperative.intervals.interval_game import IntervalGame, payoff_ranges
from bargaining.noncooperative.solve import nash_equilibria
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_responses"]

POINTS = 41
"""Levels of the other's lever at which a response is worked out."""

COARSE, FINE, ZOOMS = 17, 9, 4
"""Own levels that are tried at first, then around the best one, and how often; the last of them are
a fifteen-thousandth of the interval apart."""

JUMP = 0.2
"""Part of an interval by which a response jumps from one level to the next, not moves."""

STILL = 1e-4
"""Part of an interval below which the spiral has come to rest."""


def plot_responses(
    negotiation: Negotiation, *, first: str | None = None, moves: int = 20, ax: Axes | None = None
) -> Axes:
    """Draw best responses, the equilibria in which they cross, and the spiral that leads there.

    Parameters
    ----------
    negotiation : Negotiation
        With two free levers, both intervals, of two players. Others are fixed with `fix`.
    first : str, optional
        The player who moves first from the status quo; the owner of the first lever unless said.
    moves : int
        Of the spiral, at most; 0 for none. It ends earlier where nobody moves any more.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes
        The level of the first lever to the right, that of the second upwards.

    Raises
    ------
    InputError
        For other levers, an unknown player, or a negative number of moves.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> levers = [bg.Tariff(f"tariff of {p}", p, bg.Interval(0, 1), 0.0) for p in ("A", "B")]
    >>> slopes, matrix = {"A": [2, -3], "B": [-3, 2]}, [[-4, 1], [1, -4]]
    >>> payoffs = bg.QuadraticPayoff(levers, {"A": matrix, "B": matrix}, slopes)
    >>> war = bg.Negotiation([bg.Player("A"), bg.Player("B")], levers, [payoffs])
    >>> ax = plot_responses(war)
    >>> ax.get_xlabel()
    'tariff of A (ad valorem rate)'
    """
    levers = _levers(negotiation)
    if type(moves) is not int or moves < 0:
        raise InputError(f"plot_responses, moves: expected a whole number >= 0, got {moves!r}")
    begin = 0 if first is None else _turn(negotiation, levers, first)
    smooth = SmoothPayoffs(negotiation)
    game = IntervalGame(smooth, payoff_ranges(smooth))
    owners = [negotiation.player_names.index(lever.owner) for lever in levers]
    own = ax is None
    ax = new_axes(1, (5.6, 5.4), legend=False)[0] if ax is None else ax
    for axis, (lever, player) in enumerate(zip(levers, owners, strict=True)):
        colour, _, line, _ = LOOKS[axis]
        curve = _curve(game, player, axis)
        points = game.low + game.width * curve
        ax.plot(*points.T, color=colour, linestyle=line, linewidth=2.0, zorder=3,
                label=f"best response of {lever.owner}")  # fmt: skip
    walk = _spiral(game, owners, begin, moves)
    _draw_walk(ax, game.low + game.width * walk)
    for k, each in enumerate(nash_equilibria(negotiation)):
        played = {name: x for ((_, package),) in each.strategies for name, x in package.items()}
        ax.plot(*(played[lever.name] for lever in levers), "*", color="white", markersize=14,
                markeredgecolor=INK, linestyle="none", zorder=6,
                label="_" if k else "equilibrium")  # fmt: skip
    ax.plot(*(lever.status_quo for lever in levers), "X", color=INK, markersize=8, zorder=6,
            linestyle="none", label="status quo")  # fmt: skip
    ax.set_xlabel(with_unit(levers[0].name, levers[0].unit), fontsize=9)
    ax.set_ylabel(with_unit(levers[1].name, levers[1].unit), fontsize=9)
    ax.set_xlim(game.low[0] - 0.03 * game.width[0], game.low[0] + 1.03 * game.width[0])
    ax.set_ylim(game.low[1] - 0.03 * game.width[1], game.low[1] + 1.03 * game.width[1])
    heading(ax, "Best responses without agreement")
    tidy(ax)
    if own:
        figure_legend(ax)
    return ax


def _levers(negotiation: Negotiation) -> tuple[Lever, Lever]:
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"plot_responses: expected a Negotiation, got {negotiation!r}")
    free = negotiation.free_levers
    fits = len(free) == 2 and all(isinstance(lever.levels, Interval) for lever in free)
    if not fits or free[0].owner == free[1].owner:
        named = ", ".join(f"{x.name!r} of {x.owner}" for x in free) or "none"
        raise InputError(
            "plot_responses: expected two free levers that are intervals, one a player (fix the "
            f"others), got {named}"
        )
    return free[0], free[1]


def _turn(negotiation: Negotiation, levers: tuple[Lever, Lever], first: str) -> int:
    owner = negotiation.player(first).name
    if owner not in (levers[0].owner, levers[1].owner):
        raise InputError(f"plot_responses, first: {owner!r} has no lever")
    return 0 if owner == levers[0].owner else 1


def _curve(game: IntervalGame, player: int, axis: int) -> FloatArray:
    """Return a player's responses to all levels of the other's lever, broken where they jump."""
    points = np.full((POINTS, 2), 0.5)
    points[:, 1 - axis] = np.linspace(0.0, 1.0, POINTS)
    found = _responses(game, player, axis, points)
    jumps = 1 + np.flatnonzero(np.abs(np.diff(found[:, axis])) > JUMP)
    return np.insert(found, jumps, np.nan, axis=0)


def _responses(game: IntervalGame, player: int, axis: int, points: FloatArray) -> FloatArray:
    """Return points (K, 2) with the player's own level at its best, exactly where it is quadratic.

    Elsewhere levels all over the interval are tried, then ever finer ones around the best: a
    picture needs no more, and an economy takes its time for every one of them.
    """
    if not game.curved[player]:
        return np.array([best_deviation(game, player, z).position for z in points])
    low, high = np.zeros(len(points)), np.ones(len(points))
    found = points.copy()
    for count in (COARSE, *(FINE,) * ZOOMS):
        levels = np.linspace(low, high, count, axis=1)
        trials = np.repeat(points[:, None], count, axis=1)
        trials[:, :, axis] = levels
        values = game.value(player, trials.reshape(-1, 2)).reshape(levels.shape)
        best = values.argmax(axis=1)
        found[:, axis] = levels[np.arange(len(points)), best]
        step = (high - low) / (count - 1)
        low = np.maximum(found[:, axis] - step, 0.0)
        high = np.minimum(found[:, axis] + step, 1.0)
    return found


def _spiral(game: IntervalGame, owners: list[int], begin: int, moves: int) -> FloatArray:
    """Return the positions that responses in turn lead through from the status quo."""
    status_quo = game.smooth.negotiation.status_quo
    start = np.array([status_quo[lever.name] for lever in game.smooth.levers])
    walk = [(start - game.low) / game.width]
    rested = 0
    for step in range(moves):
        axis = (begin + step) % 2
        walk.append(_responses(game, owners[axis], axis, walk[-1][None])[0])
        rested = rested + 1 if np.abs(walk[-1] - walk[-2]).max() <= STILL else 0
        if rested == 2:
            break
    return np.array(walk)


def _draw_walk(ax: Axes, walk: FloatArray) -> None:
    for k, (before, after) in enumerate(pairwise(walk)):
        if np.array_equal(before, after):
            continue
        ax.annotate(
            "", (float(after[0]), float(after[1])), (float(before[0]), float(before[1])), zorder=5,
            arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1.1, "shrinkA": 0,
                        "shrinkB": 0},
        )  # fmt: skip
        if k < 1:
            ax.plot([], [], color=INK, linewidth=1.1, marker=">", markersize=4,
                    label="answers in turn")  # fmt: skip
    ax.plot(*walk.T, ".", color=OUTLINE, markersize=3, linestyle="none", zorder=4)
