"""What a crisis is worth by its stake, where that breaks a norm, and how long norms stand.

The stake is a factor on the payoffs of the negotiation itself; every point of the curves is the
bargain of such a crisis in the first state, at the values found (`Talks.outcome`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    GROUND,
    INK,
    LOOKS,
    OUTLINE,
    figure_legend,
    heading,
    pyplot,
    tidy,
    with_unit,
)
from bargaining.linkage.precedent.result import Precedent
from bargaining.linkage.precedent.setting import Crisis
from bargaining.linkage.precedent.talks import Outcome
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_precedent"]

POINTS = 12
"""Stakes on each side of the threshold."""

NEAR = 1e-5
"""How near to the threshold, as a part of it, a curve goes."""

SMALLEST = 2.0**-19
"""A threshold below this means that every stake breaks a norm."""

PERIODS = 60
"""Periods that are drawn at most, unless said."""


def plot_precedent(
    found: Precedent, *, periods: int | None = None, axes: Sequence[Axes] | None = None
) -> list[Axes]:
    """Draw what a crisis is worth by its stake, the threshold, and the chance that norms stand.

    On the left what a crisis gives each player, now and in all periods to come, over breakdown:
    solid where every norm stands, dashed where one breaks. Crises of the setting whose stake is a
    factor are marked. On the right the chance that each norm is still intact.

    Parameters
    ----------
    found : Precedent
    periods : int, optional
        Of the panel on the right; until the norms are nearly surely broken unless said, and at most
        60.
    axes : pair of matplotlib Axes, optional
        A new figure if not given.

    Returns
    -------
    list of two matplotlib Axes

    Raises
    ------
    InputError
        For anything but a `Precedent`, fewer than two axes, or periods below 1.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("US"), bg.Player("China")
    >>> control = bg.ExportControl("control", us, [0, 1], 1)
    >>> game = bg.Negotiation([us, china], [control], [bg.TablePayoff(control, {china: [10, 0]})])
    >>> found = bg.precedent(game, crises={"crisis": (0.5, 1.0)}, discount_factors=0.0, cost=6.0,
    ...     transferable=True, disagreement="status-quo")
    >>> value, chance = plot_precedent(found)
    >>> value.get_title(), chance.get_xlabel()
    ('Norms break at stakes from 0.6', 'periods')
    """
    if not isinstance(found, Precedent):
        raise InputError(f"plot_precedent: expected a Precedent, got {found!r}")
    if periods is not None and (type(periods) is not int or periods < 1):
        raise InputError(f"plot_precedent, periods: expected a whole number >= 1, got {periods!r}")
    drawn = list(axes) if axes is not None else []
    if axes is None:
        _, grid = pyplot().subplots(1, 2, figsize=(9.6, 4.2), layout="constrained")
        drawn = list(grid)
    elif len(drawn) < 2:
        raise InputError(f"plot_precedent, axes: expected two, got {len(drawn)}")
    _by_stake(drawn[0], found)
    _over_time(drawn[1], found, periods)
    if axes is None:
        figure_legend(drawn[0], columns=3)
    return drawn[:2]


def _by_stake(ax: Axes, found: Precedent) -> None:
    limit = found.threshold()
    own = [c for c in found.setting.crises if c.negotiation is found.setting.negotiation]
    largest = 1.3 * max([1.0, *(crisis.scale for crisis in own)])
    if limit is not None:
        largest = max(largest, 1.4 * limit)
    edge = limit if limit is not None and limit > SMALLEST else None
    if limit is None:
        heading(ax, f"No stake up to {2**20:,} breaks a norm")
    elif edge is None:
        heading(ax, "Every stake breaks a norm")
    else:
        heading(ax, f"Norms break at stakes from {edge:.3g}")
        ax.axvline(edge, color=INK, linewidth=1.0, linestyle=":", zorder=2, label="threshold")
    pieces = []
    if edge is not None:
        pieces.append(np.linspace(largest / 1000, edge * (1 - NEAR), POINTS))
        pieces.append(np.linspace(edge * (1 + NEAR), largest, POINTS))
    else:
        pieces.append(np.linspace(largest / 1000, largest, POINTS))
    for piece in pieces:
        ends = [_outcome(found, stake) for stake in piece]
        broken = any(_breaks(found, end) for end in ends)
        if broken:
            ax.axvspan(piece[0], piece[-1], color=GROUND, zorder=0, linewidth=0)
        worth = np.array([_worth(found, end) for end in ends])
        for i, player in enumerate(found.players):
            colour = LOOKS[i % len(LOOKS)][0]
            words = "a norm breaks" if broken else "norms stand"
            ax.plot(piece, worth[:, i], color=colour, linestyle="--" if broken else "-",
                    linewidth=_width(i), zorder=3, label=f"{player}, {words}")  # fmt: skip
    _crises(ax, found, own)
    ax.set_xlim(0.0, largest)
    ax.set_xlabel("stake (factor on payoffs)", fontsize=9)
    unit = found.setting.negotiation.unit
    ax.set_ylabel(with_unit("worth of a crisis, now and after", unit), fontsize=9)
    tidy(ax)


def _crises(ax: Axes, found: Precedent, crises: Sequence[Crisis]) -> None:
    """Mark the crises of the setting."""
    for crisis in crises:
        worth = _worth(found, _outcome(found, crisis.scale))
        for i, value in enumerate(worth.tolist()):
            colour, _, _, marker = LOOKS[i % len(LOOKS)]
            ax.plot(crisis.scale, value, marker, color=colour, markeredgecolor=INK, markersize=6,
                    zorder=4, linestyle="none")  # fmt: skip
        ax.axvline(crisis.scale, color=OUTLINE, linewidth=0.6, zorder=1)
    names = ax.secondary_xaxis("top")
    names.set_xticks([crisis.scale for crisis in crises], [crisis.name for crisis in crises])
    names.tick_params(labelsize=8, length=0)
    names.spines["top"].set_visible(False)


def _outcome(found: Precedent, stake: float) -> Outcome:
    """Return how a crisis of a stake ends in the first state, at the values found."""
    crisis = Crisis("stake", 0.0, found.setting.negotiation, float(stake))
    values = {state: each.values for state, each in found.solved.items()}
    return found.talks.outcome(crisis, next(iter(found.solved)), values)


def _breaks(found: Precedent, end: Outcome) -> bool:
    return any(end.breaks(bit) > 0 for bit in range(len(found.setting.norms)))


def _worth(found: Precedent, end: Outcome) -> FloatArray:
    """Return payoffs now less costs, and the discounted values of where it leads, (N,)."""
    after = sum(
        (chance * found.solved[target].values for target, chance in end.moves),
        np.zeros(len(found.players)),
    )
    return np.asarray(end.payoffs - end.costs + found.setting.discount_factors * after)


def _over_time(ax: Axes, found: Precedent, periods: int | None) -> None:
    norms = found.setting.norms
    dates = {f"norm of {norm}": found.breaking_date(norm) for norm in norms}
    if len(norms) > 1:
        dates["all norms together"] = found.breaking_date()
    if periods is None:
        late = [date.quantile(0.98) for date in dates.values() if date.never < 0.02]
        periods = int(min(PERIODS, max([10.0, *late])))
    for k, (name, date) in enumerate(dates.items()):
        colour, _, line, marker = LOOKS[k % len(LOOKS)]
        chances = [date.survival(t) for t in range(periods + 1)]
        ax.plot(range(periods + 1), chances, color=INK if name == "all norms together" else colour,
                linestyle=line, marker=marker, markersize=5, label=name, linewidth=_width(k),
                markevery=max(1, periods // 10))  # fmt: skip
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlim(0, periods)
    heading(ax, "Chance that the norm is still intact")
    ax.set_xlabel("periods", fontsize=9)
    ax.set_ylabel("probability", fontsize=9)
    ax.legend(fontsize=8, frameon=False)
    tidy(ax)


def _width(k: int) -> float:
    """Return the width of a line; later ones are narrower, so that none hides another."""
    return max(1.2, 3.4 - 1.2 * k)
