"""What a repeated game sustains: equilibrium payoffs within the feasible ones, by patience."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.enforcement.repeated.polygon import hull
from bargaining.enforcement.repeated.repeated import RepeatedPayoffSet
from bargaining.enforcement.repeated.stage import stage_of
from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    GROUND,
    INK,
    LOOKS,
    OUTLINE,
    figure_legend,
    frame,
    heading,
    new_axes,
    two_players,
)
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_repeated"]

SHADES = ("#CFE0F0", "#9CC0E0", "#5F97C9", "#2A69A3")
"""Of sets inside each other, from the outside."""

SAME = 1e-6
"""Sets whose corners are nearer than this, in payoff ranges, are drawn as one."""

THIN = 1e-12
"""Corners that stick out less than this, in payoff ranges, are none."""


def plot_repeated(
    found: RepeatedPayoffSet | Sequence[RepeatedPayoffSet],
    *,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the equilibrium payoffs of a repeated game of two players within the feasible payoffs.

    Parameters
    ----------
    found : RepeatedPayoffSet, or a sequence of them
        Several are of one game at different discount factors; larger ones are drawn first, so that
        smaller ones stay visible.
    unit : str
        Of the payoffs, for the labels.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything else, sets of different games, or more than two players.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> ax = plot_repeated([bg.repeated_payoff_set(game, delta) for delta in (0.4, 0.5)])
    >>> [area.get_label() for area in ax.patches]
    ['feasible', 'sustained at 0.5', 'sustained at 0.4']
    """
    sets = [found] if isinstance(found, RepeatedPayoffSet) else list(found)
    if not sets or not all(isinstance(each, RepeatedPayoffSet) for each in sets):
        raise InputError(f"plot_repeated: expected one RepeatedPayoffSet or several, got {found!r}")
    game = sets[0].game
    two_players(game.players)
    for each in sets:
        if each.players != game.players or not np.array_equal(
            each.game.payoff_arrays, game.payoff_arrays
        ):
            raise InputError(
                "plot_repeated: expected sets of one game, got those of different games (at the "
                f"discount factors {', '.join(f'{s.discount_factor:g}' for s in sets)})"
            )
    own = ax is None
    if ax is None:
        ax = new_axes(1, (5.4, 4.9), legend=False)[0]
    stage = stage_of(game)
    feasible = stage.from_units(hull(stage.payoffs, THIN))
    _area(ax, feasible, GROUND, "-", OUTLINE, "feasible", 1)
    for k, (each, factors) in enumerate(_together(sorted(sets, key=_size, reverse=True))):
        label = f"sustained at {' and '.join(f'{x:.6g}' for x in sorted(factors))}"
        if not len(each.vertices):
            ax.plot([], [], linestyle="none", label=f"nothing {label}")
        else:
            shade, line = SHADES[k % len(SHADES)], LOOKS[k % len(LOOKS)][2]
            _area(ax, each.vertices, shade, line, INK, label, 2 + 0.01 * k)
    lowest = stage.from_units(stage.minmax)
    ax.plot(*lowest, "X", color=INK, markersize=6, zorder=6,
            linestyle="none", label="pure minmax")  # fmt: skip
    ax.axvline(lowest[0], color=OUTLINE, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
    ax.axhline(lowest[1], color=OUTLINE, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
    frame(ax, game.players, unit)
    heading(ax, "What is sustained in the repeated game, a period")
    if own:
        figure_legend(ax)
    return ax


def _area(
    ax: Axes, vertices: FloatArray, shade: str, line: Any, edge: str, label: str, zorder: float
) -> None:
    """Draw a polygon, a segment or a point."""
    from matplotlib.patches import Polygon

    if len(vertices) == 1:
        ax.plot(*vertices[0], "o", color=shade, markeredgecolor=edge, markersize=13, zorder=zorder,
                label=label, linestyle="none")  # fmt: skip
    elif len(vertices) == 2:
        ax.plot(*vertices.T, color=edge, linestyle=line, linewidth=3.0, zorder=zorder, label=label)
    else:
        ax.add_patch(
            Polygon(vertices, closed=True, facecolor=shade, linestyle=line, edgecolor=edge,
                    linewidth=1.1, zorder=zorder, label=label)
        )  # fmt: skip
        ax.update_datalim(vertices)
        ax.autoscale_view()


def _together(
    sets: Iterable[RepeatedPayoffSet],
) -> list[tuple[RepeatedPayoffSet, list[float]]]:
    """Put those together that are the same, with their discount factors."""
    found: list[tuple[RepeatedPayoffSet, list[float]]] = []
    for each in sets:
        for other, factors in found:
            if each.vertices.shape == other.vertices.shape and np.all(
                np.abs(each.vertices - other.vertices) <= SAME * each.game.scale
            ):
                factors.append(each.discount_factor)
                break
        else:
            found.append((each, [each.discount_factor]))
    return found


def _size(each: RepeatedPayoffSet) -> tuple[float, float]:
    """Return the area of a set, and its length where it has none."""
    corners = each.vertices
    if len(corners) < 2:
        return 0.0, 0.0
    x, y = corners.T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return area, float(np.ptp(corners, axis=0).sum())
