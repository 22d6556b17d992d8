"""The payoff set of a state of the explorer, as SVG: what can be agreed, what is, and the offer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from bargaining.interfaces.explorer.results import Results
from bargaining.interfaces.plots.outlines import draw, shape_of, zoom
from bargaining.interfaces.plots.style import INK, figure_legend, frame, pyplot, two_players
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["payoff_picture"]

SIZE = (3.9, 5.2)
"""Inches; so narrow that letters can still be read on a telephone."""


def payoff_picture(found: Results) -> str:
    """Return the payoff set of two players as an SVG document.

    Beside what `plot_payoff_set` draws it shows the packages that were observed, and the offer.

    Raises
    ------
    InputError
        When there are not two players.
    ImportError
        When matplotlib is not installed.
    """
    two_players(found.game.player_names)
    pyplot()  # says what to install where it is missing
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    agreement, game = found.agreement, found.game
    shape = shape_of(agreement.problem)
    figure = Figure(figsize=SIZE, layout="constrained")
    ax = figure.add_subplot()
    points = [(agreement.solution.name, agreement.payoffs)] if found.outcome.agreed else []
    draw(ax, shape, agreement.disagreement, agreement.ideal, points)
    frame(ax, game.player_names, game.unit)
    zoom([ax], [shape], agreement.disagreement, [agreement.ideal])
    first = next(iter(found.state.varied().observed.items()), None)
    if first is not None:
        _mark(ax, game.payoffs(first[1]), "1", f"observed ({first[0]})")
    if found.offer is not None:
        _mark(ax, found.offer.payoffs, "+", "your offer")
    figure_legend(ax, columns=1)
    text = io.StringIO()
    with rc_context({"svg.hashsalt": "bargaining"}):  # the same picture for the same state
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _mark(ax: Axes, payoffs: FloatArray, marker: str, label: str) -> None:
    """Mark a point, or say in the legend that it lies outside of the picture."""
    low, high = np.transpose([ax.get_xlim(), ax.get_ylim()])
    inside = bool(np.all((low <= payoffs) & (payoffs <= high)))
    label = label if inside else f"{label}: outside"
    ax.plot(*payoffs, marker, color=INK, markersize=12, markeredgewidth=2.2, zorder=9, label=label,
            linestyle="none")  # fmt: skip
