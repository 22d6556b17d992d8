"""The phase diagram of a truce: patience against the chance of renewal, side by side.

What is shaded was judged point by point; each side's line is the closed form of the least chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bargaining.enforcement.arguments import discount_factors_of
from bargaining.enforcement.truces.phase import TrucePhase
from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    INK,
    LOOKS,
    OUTLINE,
    SHADE,
    figure_legend,
    heading,
    new_axes,
    tidy,
)
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_truce"]

FINE = 600
"""Points of a line."""

YEARLY = (0.9, 0.5, 0.1, 0.01, 0.001)
"""Discount factors of a year that are marked beside those of a month."""

HOLDS, BREAKS = "holds", "somebody breaks it"


def plot_truce(
    phase: TrucePhase, *, discount_factors: ArrayLike | None = None, ax: Axes | None = None
) -> Axes:
    """Draw where a truce holds: patience against the chance that it is renewed.

    Each side keeps it to the right of its own line (and, where it would rather see it lapse, to the
    left of a second one). Patience is that of a month, the same for all; on the right that
    of a year.

    Parameters
    ----------
    phase : TrucePhase
        As `Truce.phase` returns it.
    discount_factors : float, N floats, or mapping from player to float, optional
        Of a month: marks the sides at the truce's own chance of renewal. With several end dates the
        lines are those of equal patience, and marks of unequal patience need not agree with them.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything but a `TrucePhase` of at least two discount factors and two chances, in order,
        or for wrong discount factors.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> free = bg.solve(game, lotteries=False)
    >>> pause = bg.Truce(free, months=12, renewal=0.7)
    >>> ax = plot_truce(pause.phase(discount_factors=[0.2, 0.5, 0.8], renewals=[0, 0.5, 1]))
    >>> ax.get_xlabel()
    'chance of renewal'
    """
    if not isinstance(phase, TrucePhase):
        raise InputError(
            f"plot_truce: expected what Truce.phase(...) returns, a TrucePhase, got {phase!r}"
        )
    patience, chances = phase.discount_factors, phase.renewals
    for name, row in (("discount_factors", patience), ("renewals", chances)):
        if len(row) < 2 or not np.all(np.diff(row) > 0):
            raise InputError(
                f"plot_truce, {name} of the phase: expected at least two numbers in increasing "
                f"order, got {row.tolist()}"
            )
    marked = None
    if discount_factors is not None:
        game = phase.truce.negotiation
        marked = discount_factors_of("plot_truce", game, discount_factors)
    own = ax is None
    if ax is None:
        ax = new_axes(1, (6.0, 4.6), legend=False)[0]
    _regions(ax, phase)
    _lines(ax, phase)
    if marked is not None:
        _marks(ax, phase, marked)
    _labels(ax, phase)
    if own:
        figure_legend(ax, columns=2)
    return ax


def _regions(ax: Axes, phase: TrucePhase) -> None:
    """Shade the cells around the points that were judged."""
    from matplotlib.colors import ListedColormap

    ax.pcolormesh(
        _edges(phase.renewals), _edges(phase.discount_factors), phase.holds.astype(float),
        cmap=ListedColormap(["white", SHADE]), vmin=0.0, vmax=1.0, zorder=0, rasterized=True,
    )  # fmt: skip
    for face, label in ((SHADE, HOLDS), ("white", BREAKS)):
        ax.fill_between([], [], facecolor=face, edgecolor=OUTLINE, linewidth=0.8, label=label)


def _edges(points: FloatArray) -> FloatArray:
    """Return the ends of cells around points."""
    middle = (points[1:] + points[:-1]) / 2
    return np.concatenate([points[:1], middle, points[-1:]])


def _lines(ax: Axes, phase: TrucePhase) -> None:
    truce = phase.truce
    patience = np.linspace(phase.discount_factors[0], phase.discount_factors[-1], FINE)
    ends = np.array([truce.terms.interval(np.full(len(truce.players), x)) for x in patience])
    for i, player in enumerate(truce.players):
        colour, _, line, _ = LOOKS[i % len(LOOKS)]
        low, high = ends[:, 0, i], ends[:, 1, i]
        never = low > high
        ax.plot(np.where(never, np.nan, low), patience, color=colour, linestyle=line,
                linewidth=2.0, zorder=3, label=f"least chance for {player}")  # fmt: skip
        if np.any(~never & (high < 1.0)):
            ax.plot(np.where(never, np.nan, high), patience, color=colour,
                    linestyle=line, linewidth=1.0, zorder=3,
                    label=f"highest chance for {player}")  # fmt: skip


def _marks(ax: Axes, phase: TrucePhase, deltas: FloatArray) -> None:
    truce = phase.truce
    for i, player in enumerate(truce.players):
        colour, _, _, marker = LOOKS[i % len(LOOKS)]
        ax.plot(truce.renewal, deltas[i], marker, color=colour, markeredgecolor=INK,
                markersize=11 - 3 * (i % 3), zorder=5, linestyle="none",
                clip_on=False, label=f"{player} at {deltas[i]:.4g} a month")  # fmt: skip


def _labels(ax: Axes, phase: TrucePhase) -> None:
    months = " and ".join(map(str, sorted(set(phase.truce.months))))
    heading(ax, f"Where a truce of {months} months holds")
    ax.set_xlabel("chance of renewal", fontsize=9)
    ax.set_ylabel("discount factor of a month, of all", fontsize=9)
    ax.set_xlim(phase.renewals[0], phase.renewals[-1])
    low, high = phase.discount_factors[0], phase.discount_factors[-1]
    ax.set_ylim(low, high)
    tidy(ax)
    yearly = ax.secondary_yaxis("right")
    marked = [factor for factor in YEARLY if low <= factor ** (1 / 12) <= high]
    yearly.set_yticks([factor ** (1 / 12) for factor in marked], [f"{x:g}" for x in marked])
    yearly.set_ylabel("of a year", fontsize=9)
    yearly.tick_params(labelsize=8)
