"""Alternating offers in the plane of payoffs: who offers what in which round.

With an end in sight offers are worked out from the last round backwards, and the path leads from
there to what is agreed at once; without one there are two offers, which draw together as both
become patient (Binmore, Rubinstein and Wolinsky 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bargaining.cooperative.bargain import bargain
from bargaining.errors import InputError
from bargaining.interfaces.plots.outlines import draw, shape_of, zoom
from bargaining.interfaces.plots.style import (
    INK,
    LOOKS,
    figure_legend,
    frame,
    heading,
    new_axes,
    two_players,
)
from bargaining.strategic.offers import Offers
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_offers"]

TOGETHER = 1e-9
"""Offers nearer than this, in what the players can gain, stand at one place."""


def plot_offers(found: Offers, *, ax: Axes | None = None) -> Axes:
    """Draw the offers of each round, the path they make, and the Nash solution.

    Parameters
    ----------
    found : Offers
        Of two players, as `alternating_offers` returns it.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything but `Offers` of two players.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> talks = bg.alternating_offers(bg.load_scenario("nash-barter-1950"), (0.9, 0.8), horizon=4)
    >>> [text.get_text() for text in plot_offers(talks).texts]
    ['1', '3', '2', '4']
    """
    if not isinstance(found, Offers):
        raise InputError(f"plot_offers: expected what alternating_offers returns, got {found!r}")
    two_players(found.players)
    own = ax is None
    ax = new_axes(1, (5.6, 5.0), legend=False)[0] if ax is None else ax
    nash = bargain(found.problem, lotteries=not found.single)
    shape = shape_of(found.problem)
    points = [("nash", nash.payoffs)] if nash.agreed else []
    draw(ax, shape, found.disagreement, nash.ideal, points)
    made = [k for k, lottery in enumerate(found.lotteries) if lottery]
    if made:
        _path(ax, found, made)
    negotiation = found.negotiation
    frame(ax, found.players, negotiation.unit if negotiation is not None else "")
    zoom([ax], [shape], found.disagreement, [nash.ideal])
    heading(ax, _title(found))
    if own:
        figure_legend(ax)
    return ax


def _title(found: Offers) -> str:
    if not len(found.offers):
        return "There is nothing to bargain over"
    if found.talks.horizon is None:
        return "Offers in turn, without an end"
    rounds = found.talks.horizon
    return f"Offers in turn, {rounds} round{'s' if rounds > 1 else ''}"


def _path(ax: Axes, found: Offers, made: Sequence[int]) -> None:
    """Draw the path from the last round to the first, and each offer with its round."""
    offers = found.offers[made]
    ax.plot(*offers[::-1].T, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=8)
    for i, player in enumerate(found.players):
        rows = [k for k in made if found.proposers[k] == player]
        colour, _, _, marker = LOOKS[i % len(LOOKS)]
        if rows:
            ax.plot(*found.offers[rows].T, marker, color=colour, markeredgecolor=INK, markersize=6,
                    linestyle="none", zorder=9, label=f"offers of {player}, by round")  # fmt: skip
    for i, player in enumerate(found.players):
        away, side = (((-5, -9), "right"), ((5, 4), "left"))[i]
        for place, words in _labels(found, [k for k in made if found.proposers[k] == player]):
            ax.annotate(words, (float(place[0]), float(place[1])), away, fontsize=8, ha=side,
                        textcoords="offset points", zorder=10)  # fmt: skip


def _labels(found: Offers, made: Sequence[int]) -> list[tuple[FloatArray, str]]:
    """Return the places of offers and the rounds in which they are made."""
    if not made:
        return []
    scale = np.maximum(np.ptp(np.vstack([found.offers[made], found.disagreement]), axis=0), 1e-300)
    places: list[tuple[FloatArray, list[int]]] = []
    for k in made:
        for place, rounds in places:
            if np.all(np.abs(place - found.offers[k]) <= TOGETHER * scale):
                rounds.append(found.rounds[k])
                break
        else:
            places.append((found.offers[k], [found.rounds[k]]))
    return [(place, _rounds(sorted(rounds))) for place, rounds in places]


def _rounds(rounds: Sequence[int]) -> str:
    """Write rounds, those in a row as a range."""
    parts: list[list[int]] = []
    for number in rounds:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        f"{part[0]}" if len(part) == 1 else f"{part[0]}\N{EN DASH}{part[-1]}" for part in parts
    )
