"""The one style of all pictures: colours and hatches of players, axes, labels, files.

The colours are those of Okabe and Ito (2008), which colour-blind readers tell apart; what differs
in colour differs in shade, hatch, marker or line too, so that nothing is lost in black and white.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargaining.errors import InputError
from bargaining.results.table import aligned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "GROUND",
    "INK",
    "LOOKS",
    "OUTLINE",
    "ROW",
    "SHADE",
    "figure_legend",
    "frame",
    "heading",
    "label_edges",
    "new_axes",
    "numbers",
    "pyplot",
    "save",
    "say",
    "tidy",
    "two_players",
    "with_unit",
]

OUTLINE, GROUND, SHADE, INK = "#8C8C8C", "#F3F3F3", "#D4DFEC", "#1A1A1A"

LOOKS = (
    ("#0072B2", "", "-", "o"),
    ("#F0B942", "////", "--", "s"),
    ("#009E73", "....", "-.", "^"),
    ("#CC79A7", "xxxx", ":", "D"),
    ("#56B4E9", "\\\\\\\\", (0, (5, 1, 1, 1)), "v"),
    ("#D55E00", "++++", (0, (1, 1)), "P"),
)  # fmt: skip
"""Of each player: colour, hatch of areas, line, marker. More players than these begin again."""

ROW = 3
"""Panels in a row."""

LEGEND = 3.0
"""Inches for a legend beside the panels."""


def pyplot() -> Any:
    """Return matplotlib's pyplot, or say which extra is missing."""
    try:
        import matplotlib.pyplot as pyplot
    except ImportError:
        raise ImportError("plots need matplotlib: pip install 'bargaining[plot]'") from None
    return pyplot


def new_axes(count: int, size: tuple[float, float], *, legend: bool = True) -> list[Axes]:
    """Return axes of a new figure, in rows of three, on shared scales.

    Parameters
    ----------
    count : int
    size : pair of float
        Inches of one panel.
    legend : bool
        Whether there is to be room for a legend beside less than a row.
    """
    columns = min(count, ROW)
    rows = -(-count // columns)
    width, height = size[0] * columns, size[1] * rows
    beside = LEGEND if legend and count < ROW else 0.0
    _, grid = pyplot().subplots(
        rows, columns, figsize=(width + beside, height), sharex=True, sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for spare in grid.flat[count:]:
        spare.set_axis_off()
    return list(grid.flat[:count])


def with_unit(words: str, unit: str) -> str:
    """Return words, followed by the unit if there is one."""
    return f"{words} ({unit})" if unit else words


def numbers(values: Sequence[float], *, signed: bool = False) -> list[str]:
    """Write numbers with the same decimals, as few as show them, and with a true minus sign.

    Examples
    --------
    >>> numbers([-0.5, 3.0])
    ['−0.5', '3.0']
    """
    words = aligned(values, signed=signed)
    while words and all("." in word and word[-1] in "0." for word in words):
        words = [word[:-1] for word in words]
    return [word.replace("-", "\N{MINUS SIGN}") for word in words]


def heading(ax: Axes, words: str) -> None:
    """Write the title of a panel."""
    ax.set_title(words, fontsize=10)


def tidy(ax: Axes) -> None:
    """Set the size of ticks, and leave only the lower and the left side of the frame."""
    ax.tick_params(labelsize=8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def frame(ax: Axes, players: Sequence[str], unit: str) -> None:
    """Label the axes with the players and the unit."""
    ax.set_xlabel(with_unit(players[0], unit), fontsize=9)
    ax.set_ylabel(with_unit(players[1], unit), fontsize=9)
    tidy(ax)


def say(ax: Axes, words: str) -> None:
    """Write words into the lower left corner."""
    ax.text(0.025, 0.03, words, transform=ax.transAxes, ha="left", va="bottom", fontsize=8,
            zorder=8, bbox={"facecolor": "white", "edgecolor": OUTLINE, "linewidth": 0.6,
                            "boxstyle": "round,pad=0.3"})  # fmt: skip


def label_edges(axes: Sequence[Axes]) -> None:
    """Leave the labels of shared scales to the panels at the left and the bottom."""
    for number, ax in enumerate(axes):
        lowest, leftmost = number + ROW >= len(axes), number % ROW == 0
        ax.tick_params(labelbottom=lowest, labelleft=leftmost)
        ax.xaxis.label.set_visible(lowest)
        ax.yaxis.label.set_visible(leftmost)


def figure_legend(ax: Axes, *, columns: int = 2) -> None:
    """Put a legend of a panel below it, outside, in a figure that is our own."""
    figure: Any = ax.figure
    handles, labels = ax.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, fontsize=8, frameon=False,
    )  # fmt: skip


def two_players(players: Sequence[str]) -> None:
    """Refuse what cannot be drawn in a plane."""
    if len(players) != 2:
        raise InputError(f"plot: expected two players, got {len(players)} ({', '.join(players)})")


def save(axes: Axes | Sequence[Axes], path: str | Path, *, title: str = "") -> None:
    """Write the figure of some axes to a file, the format given by its ending, and close it.

    Parameters
    ----------
    axes : matplotlib Axes, or a sequence of them
        As the functions of `bargaining.interfaces.plotting` return them.
    path : str or Path
        Ending in png, svg or pdf.
    title : str

    Raises
    ------
    InputError
        For an ending that stands for no known format.
    """
    figure: Any = (axes[0] if isinstance(axes, Sequence) else axes).figure
    if title:
        figure.suptitle(title, fontsize=11)
    try:
        figure.savefig(path, dpi=160)
    except ValueError as error:
        raise InputError(f"plot, output {str(path)!r}: {error}") from None
    finally:
        pyplot().close(figure)
