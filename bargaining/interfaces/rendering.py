"""Tables and paragraphs on a terminal, or as plain text when the output goes elsewhere.

Numbers of a column share their decimals, so that they can be compared at a glance; the exact ones
are in `--json`. Colours appear on a terminal only; width is 100 columns where nothing says more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bargaining.results.table import Cell, Table, cell_texts, numeric

__all__ = ["heading", "output", "paragraph", "show", "working"]

WIDTH = 100
"""Columns when the output is not a terminal."""

WIDEST = 120
"""Columns on a wide terminal: longer lines are hard to read."""

INSET = 2
"""Columns by which rows under a heading are set in."""

SPACE = 3
"""Columns between those of a table."""

FIRST = 14
"""By how much the first column may be wider than others before it gives way."""

LONGEST = 24
"""Columns of a word that is not broken, at most."""

SHORT = 8
"""Columns of a head that stays on one line."""


def output() -> Console:
    """Return the console of the standard output."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH
    console.width = min(console.width, WIDEST)
    return console


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal's standard error what is being solved; yield how to say what comes next.

    Parameters
    ----------
    what : str
        Shown until something else is.
    """
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(Text(what)) as status:
        yield lambda step: status.update(Text(f"{what}: {step}"))


def show(console: Console, table: Table, *, signed: Collection[str] = (), by: str = "") -> None:
    """Print a table, its title left to the caller.

    Parameters
    ----------
    console : Console
    table : Table
    signed : collection of str
        Columns of numbers in which gains get a plus.
    by : str
        A column by whose values rows are put together under a heading; "" for none.
    """
    shown = [j for j, name in enumerate(table.columns) if name != by]
    cells = [[row[j] for row in table.rows] for j in shown]
    names = [table.columns[j] for j in shown]
    texts = [cell_texts(column, name in signed) for name, column in zip(names, cells, strict=True)]
    heads = (
        [str(row[table.columns.index(by)]) for row in table.rows] if by else [""] * len(cells[0])
    )
    widths = _widths(names, cells, texts, heads, console.width)
    drawn = Grid(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name, column, width in zip(names, cells, widths, strict=True):
        side: Literal["left", "right"] = "right" if numeric(column) else "left"
        drawn.add_column(name, justify=side, width=width, overflow="fold", header_style="bold")
    for number, (first, *rest) in enumerate(zip(*texts, strict=True)):
        group = heads[number]
        if group and group != (heads[number - 1] if number else ""):
            drawn.add_row(Text(group, style="italic"))
        inset = Padding(Text(first), (0, 0, 0, INSET if group else 0))
        drawn.add_row(inset, *rest, style="bold" if by and not group else "")
    console.print(drawn)


def _widths(
    names: Sequence[str], cells: Sequence[Sequence[Cell]], texts: Sequence[Sequence[str]],
    heads: Sequence[str], total: int,
) -> list[int]:  # fmt: skip
    """Return the widths of columns: texts give way, the longest first, down to their words."""
    widths, least = [], []
    for number, (name, column, words) in enumerate(zip(names, cells, texts, strict=True)):
        longest = max(map(len, words), default=0)
        if numeric(column):
            widths.append(max(longest, _head_width(name)))
            least.append(widths[-1])
            continue
        inset = INSET if number == 0 and any(heads) else 0
        groups = max(map(len, heads)) if inset else 0
        widths.append(max(longest + inset, len(name), groups))
        parts = [part for word in (name, *words) for part in word.split()]
        least.append(min(widths[-1], min(max(map(len, parts), default=0), LONGEST) + inset))
    while sum(widths) + SPACE * (len(widths) - 1) > total:
        room = [
            width - (FIRST if number == 0 else 0) if width > least[number] else 0
            for number, width in enumerate(widths)
        ]
        if max(room) <= 0:
            break
        widths[room.index(max(room))] -= 1
    return widths


def _head_width(name: str) -> int:
    """Return the width that the head of a column of numbers takes, on two lines if it is long."""
    words = name.split()
    if len(name) <= SHORT or len(words) == 1:
        return len(name)
    halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return min(max(map(len, pair)) for pair in halves)


def heading(console: Console, text: str) -> None:
    """Write a heading after an empty line."""
    console.print()
    console.print(Text(text, style="bold"))


def paragraph(console: Console, text: str, *, label: str = "") -> None:
    """Write text wrapped at words; with a label, in bold before it, later lines are set in."""
    if not label:
        console.print(Text(text))
        return
    drawn = Grid.grid(padding=(0, 1))
    drawn.add_column(no_wrap=True, style="bold")
    drawn.add_column(overflow="fold")
    drawn.add_row(label, text)
    console.print(drawn)
