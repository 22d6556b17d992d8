"""Trade in long form: an economy from a CSV file or a frame with a line for each flow, and back.

A line gives exporter, importer, sector, value and tariff; lines that begin with # are comments.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError, IntractableError, unknown_name
from bargaining.model.files import read_text
from bargaining.results.table import Cell, Table
from bargaining.trade.economy.economy import Economy
from bargaining.types import FloatArray

if TYPE_CHECKING:
    import pandas

__all__ = ["flow_table", "read_csv"]

LARGEST_SHEET = 2**28
"""Bytes in the largest file of flows that is read."""

MOST_FLOWS = 20_000_000
"""Exporters times importers times sectors of an economy that is read."""

Row = tuple[str, Sequence[Any]]
"""Where a row stands, for messages, and its cells."""
Flow = tuple[str, str, str]
"""Exporter, importer, sector."""


@dataclass(frozen=True)
class _Sheet:
    """A header and rows, wherever they come from."""

    origin: str
    header: tuple[str, ...]
    rows: Iterator[Row]

    def column(self, name: str) -> int:
        if name not in self.header:
            error = unknown_name("column", name, self.header)
            raise InputError(f"{self.origin}: {error}")
        if self.header.count(name) > 1:
            raise InputError(f"{self.origin}: the column {name!r} is there more than once")
        return self.header.index(name)


@dataclass
class _Lines:
    """What the lines say, by flow."""

    values: dict[Flow, float]
    tariffs: dict[Flow, float]
    elasticities: dict[str, float]
    places: dict[Flow, str]


def read_csv(
    data: str | Path | pandas.DataFrame,
    *,
    elasticities: ArrayLike | Mapping[str, float] | str,
    exporter: str = "exporter",
    importer: str = "importer",
    sector: str = "sector",
    value: str = "value",
    tariff: str | None = "tariff",
    flows_include_tariffs: bool = True,
    missing: Literal["error", "zero"] = "error",
    unit: str = "USD million a year",
    source: str = "",
) -> Economy:
    r"""Return the economy that a table of flows in long form describes.

    Parameters
    ----------
    data : str, Path or pandas.DataFrame
        A comma-separated file in UTF-8 with a header, or a frame. Countries and sectors keep the
        order in which they first appear, exporters before countries that only import.
    elasticities : array_like of shape (S,), number, mapping from sector, or str
        Trade elasticities; a string is the column that gives them, alike for all lines of a sector.
    exporter, importer, sector, value, tariff : str
        Names of the columns; other columns are left alone. With `tariff=None` there are no tariffs.
        Rates are ad valorem, 0.1 for ten per cent, and may be empty within a country.
    flows_include_tariffs : bool
        Whether values are what importers pay, or at the border.
    missing : {"error", "zero"}
        What it means when there is no line for a flow: an error, or no trade.
    unit, source : str
        As in `Economy`.

    Raises
    ------
    InputError
        For a file that cannot be read, a column that is not there, a cell that is not a number, a
        value below zero, a tariff of -100 % or less or within a country, a flow that is there twice
        or not at all: the message names line, countries and sector. For what `Economy` refuses.
    IntractableError
        For more than 20 million flows.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "flows.csv"
    >>> lines = ["exporter,importer,sector,value,tariff"]
    >>> lines += ["A,A,goods,80,", "A,B,goods,20,0.1", "B,A,goods,20,0", "B,B,goods,80,"]
    >>> _ = path.write_text("\n".join(lines))
    >>> economy = read_csv(path, elasticities={"goods": 4.0})
    >>> economy.countries, economy.tariffs[0, 1].tolist()
    (('A', 'B'), [0.1])
    >>> folder.cleanup()
    """
    if missing not in ("error", "zero"):
        raise InputError(f"read_csv, missing: expected 'error' or 'zero', got {missing!r}")
    sheet = _frame(data) or _file(data)
    column = elasticities if isinstance(elasticities, str) else None
    lines = _lines(sheet, (exporter, importer, sector), value, tariff, column)
    countries = tuple(
        dict.fromkeys([e for e, _, _ in lines.values] + [i for _, i, _ in lines.values])
    )
    sectors = tuple(dict.fromkeys(s for _, _, s in lines.values))
    size = len(countries) ** 2 * len(sectors)
    if size > MOST_FLOWS:
        raise IntractableError(
            f"{sheet.origin}: {len(countries):,} countries and {len(sectors):,} sectors make "
            f"{size:,} flows, and at most {MOST_FLOWS:,} are read"
        )
    if missing == "error":
        _refuse_gaps(sheet.origin, countries, sectors, lines.values)
    flows, tariffs = (_array(countries, sectors, given) for given in (lines.values, lines.tariffs))
    return Economy(
        countries, sectors, flows, tariffs,
        _by_sector(sheet.origin, sectors, lines.elasticities if column else elasticities),
        flows_include_tariffs=flows_include_tariffs, unit=unit, source=source or sheet.origin,
    )  # fmt: skip


def flow_table(economy: Economy) -> Table:
    """Return an economy's flows in long form, as `read_csv` reads them.

    Parameters
    ----------
    economy : Economy

    Returns
    -------
    Table
        exporter, importer, sector, value (as importers pay), tariff, elasticity. Its `to_frame` is
        a frame of pandas.

    Examples
    --------
    >>> from bargaining.trade import Economy
    >>> economy = Economy(["A", "B"], ["goods"], [[[80], [20]], [[20], [80]]], 0.1, 4.0)
    >>> flow_table(economy).rows[1]
    ('A', 'B', 'goods', 20.0, 0.1, 4.0)
    """
    rows: list[tuple[Cell, ...]] = [
        (
            seller, buyer, sector, float(economy.flows[j, i, k]),
            float(economy.tariffs[j, i, k]), float(economy.elasticities[k]),
        )
        for j, seller in enumerate(economy.countries)
        for i, buyer in enumerate(economy.countries)
        for k, sector in enumerate(economy.sectors)
    ]  # fmt: skip
    columns = ("exporter", "importer", "sector", "value", "tariff", "elasticity")
    note = f"values in {economy.unit}, tariffs included"
    return Table("Flows", columns, tuple(rows), note=note)


def _frame(data: object) -> _Sheet | None:
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, pandas.DataFrame):
        return None
    rows = ((f"row {n}", row) for n, row in enumerate(data.itertuples(index=False, name=None)))
    return _Sheet("frame", tuple(map(str, data.columns)), rows)


def _file(data: object) -> _Sheet:
    if not isinstance(data, str | Path):
        raise InputError(f"read_csv, data: expected a path or a pandas frame, got {data!r}")
    path = Path(data)
    text = read_text(path, str(path), largest=LARGEST_SHEET).removeprefix("\ufeff")
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise InputError(f"{path}: expected a header and lines, got nothing")
    try:
        header = tuple(cell.strip() for cell in next(csv.reader([lines[0][1]])))
    except csv.Error as error:
        raise InputError(f"{path}: not comma-separated values: {error}") from None
    return _Sheet(path.name, header, _cells(path.name, header, lines[1:]))


def _cells(origin: str, header: Sequence[str], lines: Sequence[tuple[int, str]]) -> Iterator[Row]:
    for number, line in lines:
        place = f"line {number}"
        try:
            row = next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise InputError(f"{origin}, {place}: not comma-separated values: {error}") from None
        if len(row) != len(header):
            raise InputError(
                f"{origin}, {place}: expected {len(header)} cells, as in the header, "
                f"got {len(row)}: {line!r}"
            )
        yield place, [cell.strip() for cell in row]


def _lines(
    sheet: _Sheet, names: tuple[str, str, str], value: str, tariff: str | None, column: str | None
) -> _Lines:
    keys = [sheet.column(name) for name in names]
    at = sheet.column(value)
    rate = None if tariff is None else sheet.column(tariff)
    elastic = None if column is None else sheet.column(column)
    lines = _Lines({}, {}, {}, {})
    for place, row in sheet.rows:
        flow = _flow(f"{sheet.origin}, {place}", names, [row[k] for k in keys])
        seller, buyer, sector = flow
        where = f"{sheet.origin}, {place}, {seller} to {buyer}, {sector}"
        if flow in lines.places:
            raise InputError(f"{where}: this flow is on {lines.places[flow]} too")
        lines.places[flow] = place
        lines.values[flow] = _number(where, value, row[at], 0.0, ">= 0")
        if rate is not None:
            lines.tariffs[flow] = _tariff(where, str(tariff), row[rate], at_home=seller == buyer)
        if elastic is not None:
            given = _number(where, str(column), row[elastic])
            if lines.elasticities.setdefault(sector, given) != given:
                raise InputError(
                    f"{where}, {column}: expected {lines.elasticities[sector]!r}, as on the "
                    f"sector's other lines, got {given!r}"
                )
    if not lines.values:
        raise InputError(f"{sheet.origin}: expected lines below the header, got none")
    return lines


def _flow(where: str, names: Sequence[str], cells: Sequence[Any]) -> Flow:
    for name, cell in zip(names, cells, strict=True):
        if not isinstance(cell, str) or not cell:
            raise InputError(f"{where}, {name}: expected a name, got {cell!r}")
    exporter, importer, sector = cells
    return exporter, importer, sector


def _number(where: str, name: str, cell: Any, low: float = -math.inf, words: str = "") -> float:
    expected = f"a finite number {words}".rstrip()
    try:
        number = float(cell)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < low:
        raise InputError(f"{where}, {name}: expected {expected}, got {cell!r}")
    return number


def _tariff(where: str, name: str, cell: Any, *, at_home: bool) -> float:
    if at_home and (cell is None or cell == "" or cell != cell):
        return 0.0
    rate = _number(where, name, cell)
    if at_home and rate != 0:
        raise InputError(f"{where}, {name}: expected no tariff within a country, got {cell!r}")
    if rate <= -1:
        raise InputError(f"{where}, {name}: expected a finite number > -1, got {cell!r}")
    return rate


def _refuse_gaps(
    origin: str, countries: Sequence[str], sectors: Sequence[str], known: Mapping[Flow, float]
) -> None:
    gaps = len(countries) ** 2 * len(sectors) - len(known)
    if not gaps:
        return
    seller, buyer, sector = next(
        (j, i, k) for j in countries for i in countries for k in sectors if (j, i, k) not in known
    )
    more = f" (nor for {gaps - 1} other flows)" if gaps > 1 else ""
    raise InputError(
        f"{origin}: there is no line for {seller} to {buyer}, {sector}{more}; "
        "missing='zero' takes that for no trade"
    )


def _array(
    countries: Sequence[str], sectors: Sequence[str], given: Mapping[Flow, float]
) -> FloatArray:
    place = {name: n for n, name in enumerate(countries)}
    kind = {name: k for k, name in enumerate(sectors)}
    array = np.zeros((len(countries), len(countries), len(sectors)))
    for (seller, buyer, sector), number in given.items():
        array[place[seller], place[buyer], kind[sector]] = number
    return array


def _by_sector(origin: str, sectors: Sequence[str], given: Any) -> ArrayLike:
    if not isinstance(given, Mapping):
        return given  # type: ignore[no-any-return]  # checked by Economy
    for name in given:
        if name not in sectors:
            raise InputError(f"{origin}, elasticities: {unknown_name('sector', name, sectors)}")
    for name in sectors:
        if name not in given:
            raise InputError(f"{origin}, elasticities: expected one for {name!r}, got none")
    return [given[name] for name in sectors]
