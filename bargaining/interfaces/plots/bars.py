"""Diverging bars, lever by lever: the concession ledger, and what each control is worth as a chip.

Losses go to the left of zero, gains to the right, one bar a player; levers stand under their owner.
Worths are Shapley values (Shapley 1953), so that the bars add up to the last row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    INK,
    LOOKS,
    OUTLINE,
    figure_legend,
    heading,
    new_axes,
    numbers,
    tidy,
    with_unit,
)
from bargaining.interfaces.words import move
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.linkage_result import LinkageValue
from bargaining.linkage.regimes.outcome import RegimeOutcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_ledger", "plot_linkage"]

WIDE = 34
"""Letters of a label in a line."""

HEAD = 0.75
"""Height of an owner's line, and of the gap before the sum, in rows."""


class Bars(NamedTuple):
    """A row: a label, who owns the lever ("" for none), and what it is worth to each player."""

    label: str
    owner: str
    worth: tuple[float, ...]


def plot_ledger(
    agreement: Agreement | RegimeOutcome | RegimeComparison, *, ax: Axes | None = None
) -> Axes:
    """Draw the concession ledger: what each move is worth to each player, and what they add up to.

    Parameters
    ----------
    agreement : Agreement, RegimeOutcome or RegimeComparison
        Of a comparison its first regime; `comparison[name]` is another one.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        Without a deal, or when it is not about the levers of a negotiation.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> ax = plot_ledger(bg.solve(bg.load_scenario("nash-barter-1950")))
    >>> ax.get_title()
    'What each move is worth (utility)'
    """
    if not isinstance(agreement, Agreement | RegimeOutcome | RegimeComparison):
        raise InputError(
            "plot_ledger: expected an Agreement, a RegimeOutcome or a RegimeComparison, "
            f"got {agreement!r}"
        )
    ledger, negotiation = agreement.ledger(), agreement.negotiation
    assert negotiation is not None  # or there would be no ledger
    rows = []
    for lever, owner, _, before, after, *worth in ledger.rows:
        moved = f"\n{move(str(before), str(after))}" if owner else ""
        rows.append(Bars(fill(str(lever), WIDE) + moved, str(owner), tuple(map(_number, worth))))
    return _drawn(rows, "What each move is worth", negotiation.player_names, negotiation.unit, ax)


def plot_linkage(value: LinkageValue, *, ax: Axes | None = None) -> Axes:
    """Draw what each security lever is worth as a chip to each player, and all of them together.

    Parameters
    ----------
    value : LinkageValue
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything but a `LinkageValue`.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> value = bg.linkage_value(bg.load_scenario("two-issues"), disagreement="status-quo")
    >>> [label.get_text() for label in plot_linkage(value).get_yticklabels()]
    ['control', 'on the table']
    """
    if not isinstance(value, LinkageValue):
        raise InputError(f"plot_linkage: expected a LinkageValue, got {value!r}")
    game = value.negotiation
    rows = [
        Bars(fill(lever, WIDE), game.lever(lever).owner, tuple(worth))
        for lever, worth in zip(value.levers, value.shapley.tolist(), strict=True)
    ]
    whole = "on the table" if len(rows) == 1 else f"all {len(rows)} on the table"
    rows.append(Bars(whole, "", tuple(value.value[-1].tolist())))
    return _drawn(rows, "What each control is worth as a chip", game.player_names, game.unit, ax)


def _number(cell: object) -> float:
    assert isinstance(cell, float)
    return cell


def _drawn(
    rows: Sequence[Bars], title: str, players: Sequence[str], unit: str, ax: Axes | None
) -> Axes:
    own = ax is None
    if ax is None:
        lines = sum(1.0 + 0.45 * row.label.count("\n") for row in rows)
        ax = new_axes(1, (7.2, 1.6 + 0.17 * max(2, len(players)) * lines), legend=False)[0]
    places, heads = _places(rows)
    thick = 0.8 / len(players)
    low, high = _room(rows)
    for k, player in enumerate(players):
        colour, hatch, _, _ = LOOKS[k % len(LOOKS)]
        worth = [row.worth[k] for row in rows]
        at = places + (k - (len(players) - 1) / 2) * thick
        ax.barh(at, worth, thick, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5,
                label=f"to {player}", zorder=3)  # fmt: skip
        for y, x, words in zip(at, worth, numbers(worth, signed=True), strict=True):
            side, away = ("left", 3) if x >= 0 else ("right", -3)
            ax.annotate(words if x else "0", (x, y), (away, 0), textcoords="offset points", ha=side,
                        va="center", fontsize=7)  # fmt: skip
    ax.axvline(0.0, color=INK, linewidth=0.9, zorder=4)
    ax.axhline(places[-1] - (1 + HEAD) / 2, color=OUTLINE, linewidth=0.8)
    for y, owner in heads:
        ax.annotate(owner, (0.0, y), (-4, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", fontsize=9, va="center", ha="right",
                    weight="bold")  # fmt: skip
    ax.set_yticks(places, [row.label for row in rows])
    ax.set_ylim(places[-1] + 0.6, -0.6)
    ax.set_xlim(low, high)
    ax.set_xlabel(with_unit("worth", unit), fontsize=9)
    heading(ax, with_unit(title, unit))
    tidy(ax)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    if own:
        figure_legend(ax, columns=len(players))
    return ax


def _places(rows: Sequence[Bars]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]],
                                           list[tuple[float, str]]]:  # fmt: skip
    """Return the heights of rows, counted from above, and those of the owners' names."""
    at, places, heads, before = 0.0, [], [], ""
    for row in rows:
        if row.owner and row.owner != before:
            heads.append((at, row.owner))
            at += HEAD
        elif not row.owner and before:
            at += HEAD
        places.append(at)
        before = row.owner
        at += 1.0
    return np.array(places), heads


def _room(rows: Iterable[Bars]) -> tuple[float, float]:
    """Return ends of the scale that leave room for the numbers at the ends of bars."""
    every = [0.0, *(x for row in rows for x in row.worth)]
    room = 0.16 * ((max(every) - min(every)) or 1.0)
    return min(every) - room, max(every) + room
