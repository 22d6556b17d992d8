"""Tables: the one form in which results are printed, shown in notebooks and exported.

A `Table` holds a title, columns and rows of plain values. It knows how to write itself as text,
HTML, LaTeX, CSV, a dictionary or (where pandas is installed) a frame; it computes nothing.
"""

from __future__ import annotations

import csv
import html
import io
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargaining.errors import InputError
from bargaining.results.certificate import plain
from bargaining.results.latex import latex_table

if TYPE_CHECKING:
    import pandas

__all__ = ["Cell", "Table", "Tabular", "aligned", "cell_texts", "format_cell", "numeric"]

Cell = str | float | int | bool | None

DIGITS = 4
"""Significant digits of the largest number of a column."""


def format_cell(value: Cell) -> str:
    """Write a cell for people: numbers with up to four significant digits after rounding."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | str):
        return str(value)
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or abs(value) < 1e-3:
        return f"{value:.3g}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def aligned(values: Sequence[float], *, signed: bool = False) -> list[str]:
    """Write the numbers of a column with the same decimals.

    Parameters
    ----------
    values : sequence of float
    signed : bool
        Whether gains get a plus.

    Examples
    --------
    >>> aligned([11.847, 20.0034, 1.4e-14])
    ['11.85', '20.00', '0.00']
    >>> aligned([12, -5], signed=True)
    ['+12', '-5']
    """
    largest = max(map(abs, values), default=0.0)
    values = [0.0 if abs(value) <= 1e-9 * largest else value for value in values]
    sign = "+" if signed else ""
    if not 1e-4 <= largest < 1e9:
        return [f"{value:{sign}.{DIGITS - 1}g}" if value else "0" for value in values]
    whole = all(value == round(value) for value in values)
    places = 0 if whole else max(0, DIGITS - 1 - math.floor(math.log10(largest)))
    rounded = [round(value, places) for value in values]
    return [f"{value:{sign},.{places}f}" if value else f"{0:.{places}f}" for value in rounded]


def numeric(cells: Sequence[Cell]) -> bool:
    """Whether the cells of a column are numbers, empty ones left aside."""
    given = [cell for cell in cells if cell not in (None, "")]
    return bool(given) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in given
    )


def cell_texts(cells: Sequence[Cell], signed: bool = False) -> list[str]:
    """Write the cells of a column, numbers with the same decimals and perhaps with a plus."""
    if not numeric(cells):
        return [format_cell(cell) for cell in cells]
    given = [float(cell) for cell in cells if isinstance(cell, int | float)]
    words = iter(aligned(given, signed=signed))
    return [next(words) if isinstance(cell, int | float) else "" for cell in cells]


@dataclass(frozen=True)
class Table:
    """A titled table of plain values.

    Parameters
    ----------
    title : str
    columns : tuple of str
    rows : tuple of tuple
        One cell a column: text, numbers, booleans, or None for an empty cell.
    note : str
        Printed below.

    Raises
    ------
    InputError
        When a row has more or fewer cells than there are columns.

    Examples
    --------
    >>> print(Table("Gains", ("player", "gain"), (("Bill", 12.0), ("Jack", 5.0))))
    Gains
    player  gain
    ------  ----
    Bill      12
    Jack       5
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        """Turn numpy's numbers into Python's, and check that every row fits the columns."""
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(map(plain, row)) for row in self.rows))
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise InputError(
                    f"Table {self.title!r}, row {number}: expected {len(self.columns)} cells, "
                    f"got {row!r}"
                )

    def __str__(self) -> str:
        """Write the table as aligned text."""
        cells = [self.columns, *(tuple(map(format_cell, row)) for row in self.rows)]
        widths = [max(len(row[j]) for row in cells) for j in range(len(self.columns))]
        right = [numeric([row[j] for row in self.rows]) for j in range(len(self.columns))]

        def line(row: tuple[str, ...]) -> str:
            parts = (
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(row, widths, right, strict=True)
            )
            return "  ".join(parts).rstrip()

        rule = "  ".join("-" * width for width in widths)
        lines = [self.title, line(cells[0]), rule, *map(line, cells[1:])]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(format_cell(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return (
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return title, columns, rows and note as plain Python values."""
        return {
            "title": self.title,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "note": self.note,
        }

    def to_csv(self, path: str | Path | None = None) -> str:
        r"""Return the columns and rows as CSV, numbers exact; with a path, write them there too.

        Examples
        --------
        >>> Table("Gains", ("player", "gain"), (("Bill", 12.0), ("Jack", 0.1))).to_csv()
        'player,gain\nBill,12.0\nJack,0.1\n'
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        if path is not None:
            Path(path).write_text(text.getvalue(), encoding="utf-8", newline="")
        return text.getvalue()

    def to_latex(self, *, label: str = "") -> str:
        r"""Return a LaTeX table, for which the preamble needs the package booktabs.

        The title is the caption, the note stands below. Numbers of a column share their decimals.

        Parameters
        ----------
        label : str
            For \\ref; none if empty.

        Examples
        --------
        >>> gains = Table("Gains", ("player", "gain"), (("Bill & co", 12.5), ("Jack", -5.0)))
        >>> print(gains.to_latex())
        \begin{table}
          \centering
          \caption{Gains}
          \begin{tabular}{lr}
            \toprule
            player & gain \\
            \midrule
            Bill \& co & 12.500 \\
            Jack & $-$5.000 \\
            \bottomrule
          \end{tabular}
        \end{table}
        """
        cells = [[row[j] for row in self.rows] for j in range(len(self.columns))]
        return latex_table(
            self.title, self.columns, [cell_texts(column) for column in cells],
            list(map(numeric, cells)), note=self.note, label=label,
        )  # fmt: skip

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a pandas frame.

        Raises
        ------
        ImportError
            When pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise ImportError("Table.to_frame needs pandas: pip install pandas") from None
        return pandas.DataFrame(list(self.rows), columns=list(self.columns))


class Tabular(ABC):
    """A result that reads as a table: in a terminal, a notebook, a paper, and as a pandas frame."""

    @abstractmethod
    def table(self) -> Table:
        """Return the result as a table."""

    def __str__(self) -> str:
        """Write the table."""
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def to_frame(self) -> pandas.DataFrame:
        """Return the table as a pandas frame (when pandas is installed)."""
        return self.table().to_frame()

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return the table as CSV, numbers exact; with a path, write it there too."""
        return self.table().to_csv(path)

    def to_latex(self, *, label: str = "") -> str:
        """Return the table in LaTeX, with the rules of the package booktabs."""
        return self.table().to_latex(label=label)
