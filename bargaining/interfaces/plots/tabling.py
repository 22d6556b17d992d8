"""The game before the talks as a payoff matrix: who tables what, what that leads to, equilibria.

Sets of levers that lead to the same payoffs whatever the other side tables share a row or a column;
where too many are left, those of equilibria come first, and the title says how many are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    GROUND,
    INK,
    LOOKS,
    OUTLINE,
    SHADE,
    figure_legend,
    heading,
    new_axes,
    numbers,
    with_unit,
)
from bargaining.linkage.tabling.result import TablingGame
from bargaining.linkage.tabling.stage import members
from bargaining.types import IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_tabling"]

MOST = 8
"""Rows, and columns, that are drawn."""

WIDE = 22
"""Letters of a label in a line, at most."""

LETTER = 0.072
"""Inches of a letter of a label."""

INSISTING, VOLUNTARY, UNDOMINATED = 1, 2, 4
"""What is known of a cell, added up."""

SHOWN = (
    (VOLUNTARY, "-", "equilibrium, nothing insisted upon"),
    (INSISTING, (0, (4, 2)), "equilibrium held up by insisting"),
)


STAR = "by strategies not weakly dominated"

CORNERS = ((0.09, 0.72, "left", LOOKS[0][0]), (0.91, 0.28, "right", INK))
"""Where the payoffs of the row player and the column player stand, and their colours."""


class Alike(NamedTuple):
    """Sets of a side that lead to the same payoffs, as bit masks, and words for them."""

    masks: tuple[int, ...]
    words: str


def plot_tabling(game: TablingGame, *, ax: Axes | None = None) -> Axes:
    """Draw payoffs by what each side tables, with the equilibria framed.

    Payoffs are those of the talks less the costs of tabling: the row player's at the lower left of
    a cell, the column player's at the upper right.

    Parameters
    ----------
    game : TablingGame
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything but a `TablingGame`.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.tabling_game(bg.load_scenario("two-issues"), disagreement="status-quo")
    >>> ax = plot_tabling(game)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['nothing', 'control']
    """
    if not isinstance(game, TablingGame):
        raise InputError(f"plot_tabling: expected a TablingGame, got {game!r}")
    marks = _marks(game)
    rows, columns = (_sides(game, i) for i in (0, 1))
    kept, across = _kept(rows, marks), _kept(columns, marks.T)
    own = ax is None
    if ax is None:
        width = max(5.6, 2.0 + 1.45 * len(across))
        ax = new_axes(1, (width, 2.1 + 0.75 * len(kept)), legend=False)[0]
    _cells(ax, game, kept, across, marks)
    _labels(ax, game, kept, across)
    left_out = [
        f"{len(shown)} of {len(every)} {what}"
        for shown, every, what in ((kept, rows, "rows"), (across, columns, "columns"))
        if len(shown) < len(every)
    ]
    title = with_unit("Talks by what each side tables", game.negotiation.unit)
    heading(ax, ", ".join([title, *left_out]))
    if own:
        figure_legend(ax)
    return ax


def _marks(game: TablingGame) -> IntArray:
    """Return what is known of each pair of sets, shape (A, B)."""
    marks = np.zeros(game.talks_payoffs.shape[1:], dtype=np.int64)
    for family in game.equilibria:
        if family.talks:
            at = int(family.masks[0][0, 0]), int(family.masks[1][0, 0])
            marks[at] |= VOLUNTARY if family.voluntary else INSISTING
            marks[at] |= UNDOMINATED if family.undominated else 0
    return marks


def _sides(game: TablingGame, side: int) -> list[Alike]:
    """Return the sets of a side, those together that lead to the same."""
    talks = game.talks_payoffs if side == 0 else game.talks_payoffs.transpose(0, 2, 1)
    agreed = np.array([[outcome.agreed for outcome in row] for row in game.regimes])
    agreed = agreed if side == 0 else agreed.T
    margin = (game.stage.margin * game.stage.scale)[:, None]
    classes: list[list[int]] = []
    for mask in range(talks.shape[1]):
        for alike in classes:
            first = alike[0]
            near = np.abs(talks[:, mask] - talks[:, first]) <= margin
            if near.all() and np.array_equal(agreed[mask], agreed[first]):
                alike.append(mask)
                break
        else:
            classes.append([mask])
    names = tuple(game.groups[side])
    return [Alike(tuple(alike), _words(alike, names)) for alike in classes]


def _words(masks: Sequence[int], names: Sequence[str]) -> str:
    """Say which sets these are: what they have in common, and what each may have beside."""
    common, union = masks[0], 0
    for mask in masks:
        common, union = common & mask, union | mask
    first = " + ".join(members(common, names)) or "nothing"
    free = members(union & ~common, names)
    every = union == 2 ** len(names) - 1 and not common
    if not free:
        return first
    if len(masks) == 2 ** len(free):
        if common:
            return f"{first} (with or without {', '.join(free)})"
        return "anything or nothing" if every else f"nothing, or {_any(free)}"
    if not common and 0 not in masks and len(masks) == 2 ** len(free) - 1:
        return "anything" if every else _any(free)
    least = min(masks, key=lambda mask: (mask.bit_count(), mask))
    return f"{' + '.join(members(least, names)) or 'nothing'} or {len(masks) - 1} other sets"


def _any(names: Sequence[str]) -> str:
    return " or ".join(names) + f" or {'both' if len(names) == 2 else 'several'}" * (len(names) > 1)


def _kept(classes: list[Alike], marks: IntArray) -> list[Alike]:
    """Return those that are drawn, in their order: first those that matter most."""
    if len(classes) <= MOST:
        return classes
    last = len(marks) - 1

    def weight(alike: Alike) -> tuple[bool, int]:
        ends = 0 in alike.masks or last in alike.masks
        return ends, int(np.bitwise_or.reduce(marks[list(alike.masks)], axis=None))

    chosen = sorted(classes, key=weight, reverse=True)[:MOST]
    return [alike for alike in classes if alike in chosen]


def _cells(
    ax: Axes, game: TablingGame, rows: Iterable[Alike], columns: Sequence[Alike], marks: IntArray
) -> None:
    from matplotlib.patches import Rectangle

    pairs = [(y, x, row, column) for y, row in enumerate(rows) for x, column in enumerate(columns)]
    talks = [game.talks_payoffs[:, row.masks[0], column.masks[0]] for _, _, row, column in pairs]
    payoffs = [numbers([float(u[i]) for u in talks]) for i in (0, 1)]
    named: set[str] = set()
    for (y, x, row, column), *words in zip(pairs, *payoffs, strict=True):
        known = int(np.bitwise_or.reduce(marks[np.ix_(row.masks, column.masks)], axis=None))
        deal = game.regimes[row.masks[0]][column.masks[0]].agreed
        face = SHADE if known else "white" if deal else GROUND
        ax.add_patch(Rectangle((x, y), 1, 1, facecolor=face, edgecolor=OUTLINE, linewidth=0.8))
        for bit, line, label in SHOWN:
            if known & bit:
                ax.add_patch(
                    Rectangle((x + 0.04, y + 0.06), 0.92, 0.88, facecolor="none", edgecolor=INK,
                              linewidth=1.8, linestyle=line,
                              label=f"_{label}" if label in named else label)
                )  # fmt: skip
                named.add(label)
                break
        for word, (dx, dy, side, colour) in zip(words, CORNERS, strict=True):
            ax.text(x + dx, y + dy, word, ha=side, va="center", fontsize=9, color=colour)
        if known & UNDOMINATED:
            ax.plot(x + 0.15, y + 0.27, "*", color=INK, markersize=7, linestyle="none",
                    label=f"_{STAR}" if STAR in named else STAR)  # fmt: skip
            named.add(STAR)
        if not deal:
            ax.text(x + 0.5, y + 0.5, "no deal", ha="center", va="center", fontsize=8,
                    style="italic")  # fmt: skip


def _labels(ax: Axes, game: TablingGame, rows: Sequence[Alike], columns: Sequence[Alike]) -> None:
    one, other = game.players
    ax.set_xlim(0, len(columns))
    ax.set_ylim(len(rows), 0)
    figure: Any = ax.figure
    inches = ax.get_position().width * figure.get_figwidth() / len(columns)
    across = max(9, min(WIDE, int(inches / LETTER)))
    for ticks, alike, wide in ((ax.set_xticks, columns, across), (ax.set_yticks, rows, WIDE)):
        words = [fill(each.words, wide, break_on_hyphens=False) for each in alike]
        ticks(np.arange(len(alike)) + 0.5, words)
    ax.tick_params(labelsize=8, length=0, labeltop=True, labelbottom=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(f"{other} tables (its payoff at the upper right)", fontsize=9)
    ax.set_ylabel(f"{one} tables\n(its payoff at the lower left)", fontsize=9)
    point = "; ".join(numbers(game.disagreement.tolist()))
    too = any(not family.talks for family in game.equilibria)
    ax.annotate(
        f"without talks: {point} ({'an equilibrium too' if too else 'no equilibrium'})",
        (0.5, 0.0), (0, -7), xycoords="axes fraction", textcoords="offset points", fontsize=8,
        ha="center", va="top",
    )  # fmt: skip
