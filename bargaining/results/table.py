"""Tables: the one form in which results are printed, shown in notebooks and exported.

A `Table` holds a title, columns and rows of plain values. It knows how to write itself as text,
HTML, a dictionary or (where pandas is installed) a frame; it computes nothing.
"""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bargaining.errors import InputError
from bargaining.results.certificate import plain

if TYPE_CHECKING:
    import pandas

__all__ = ["Cell", "Table", "Tabular", "format_cell"]

Cell = str | float | int | bool | None


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

    def _numeric(self, column: int) -> bool:
        cells = [row[column] for row in self.rows if row[column] not in (None, "")]
        return bool(cells) and all(
            isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells
        )

    def __str__(self) -> str:
        """Write the table as aligned text."""
        cells = [self.columns, *(tuple(map(format_cell, row)) for row in self.rows)]
        widths = [max(len(row[j]) for row in cells) for j in range(len(self.columns))]
        right = [self._numeric(j) for j in range(len(self.columns))]

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
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
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
    """A result that reads as a table: in a terminal, in a notebook, and as a pandas frame."""

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
