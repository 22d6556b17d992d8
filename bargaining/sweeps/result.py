"""What a sweep found: a labelled table with a row a draw, and how often each result holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.results.certificate import Certificate, registers
from bargaining.results.table import Cell, Table, Tabular
from bargaining.scenarios.scenario import Scenario
from bargaining.sweeps.job import FAILURE, Chunk, Job
from bargaining.sweeps.sensitivity import rank_table, variance_table
from bargaining.sweeps.shares import hinges, observed_table, quantile_table, share_table
from bargaining.sweeps.store import read_folder, read_parquet
from bargaining.types import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas

__all__ = ["Sweep"]

Column = np.ma.MaskedArray[Any, Any]

AGAIN = 16
"""Draws that `verify` solves again, at most; they lie evenly among all."""

METHODS = {"rank": rank_table, "variance": variance_table}


class Sweep(Tabular):
    """A negotiation solved for many draws.

    `verify` solves some of the draws again, one by one, and compares the answers.

    Parameters
    ----------
    job : Job or None
        What was solved for every draw; None for results read from disk.
    parameters : tuple of str
        The numbers that were drawn.
    cells : mapping of str to list
    about : mapping
        What the sweep is: scenario and its fingerprint, versions, ranges, questions, design, seed.

    Attributes
    ----------
    columns : mapping of str to masked array of shape (D,)
        "point" (the place in the design), the drawn numbers, the answers, and "failure" (the reason
        why a draw has none, or ""). Masked where a draw has no answer: no deal, so no level in it.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = bg.sweep("us-china-2025", draws=16)
    >>> found["deal"].dtype, found["deal"].shape
    (dtype('bool'), (16,))
    """

    def __init__(
        self,
        job: Job | None,
        parameters: tuple[str, ...],
        cells: Chunk,
        about: Mapping[str, Any],
    ) -> None:
        self.job, self.parameters, self.about = job, parameters, dict(about)
        self._cells = cells
        self.columns: dict[str, Column] = {name: _column(values) for name, values in cells.items()}

    @classmethod
    def load(cls, path: str | Path) -> Sweep:
        """Read what a sweep has written, as far as it has got.

        Parameters
        ----------
        path : str or Path
            The folder or Parquet file that was its `output`.

        Raises
        ------
        InputError
            For something that no sweep wrote.
        """
        where = Path(path)
        if not where.exists():
            raise InputError(f"Sweep.load: expected a folder or Parquet file, got {str(path)!r}")
        cells, about = read_folder(where) if where.is_dir() else read_parquet(where)
        return cls(None, tuple(about["parameters"]), cells, about)

    def __len__(self) -> int:
        """Return the number of draws, failed ones included."""
        return len(self.columns[FAILURE])

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the columns."""
        return iter(self.columns)

    def __getitem__(self, column: str) -> Column:
        """Return a column by name."""
        if column not in self.columns:
            raise unknown_name("column", column, list(self.columns))
        return self.columns[column]

    @property
    def scenario(self) -> Scenario | None:
        """Whose numbers were drawn; None for functions, and for results read from disk."""
        model = None if self.job is None else self.job.model
        return model if isinstance(model, Scenario) else None

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns that answer the questions."""
        own = {"point", FAILURE, *self.parameters}
        return tuple(name for name in self.columns if name not in own)

    @property
    def values(self) -> FloatArray:
        """The drawn numbers, shape (D, P)."""
        return np.column_stack([self.columns[path].filled() for path in self.parameters])

    @property
    def failed(self) -> int:
        """In how many draws there is no answer."""
        return int(np.count_nonzero(self.columns[FAILURE].filled() != ""))

    def failures(self) -> Table:
        """Return the draws that failed, by their row, with the reason."""
        reasons = self.columns[FAILURE].filled()
        rows = tuple((int(k), str(reasons[k])) for k in np.flatnonzero(reasons != ""))
        return Table("Draws without an answer", ("draw", "reason"), rows)

    def table(self) -> Table:
        """Return all draws, one a row."""
        rows = tuple(zip(*self._cells.values(), strict=True))
        return Table(f"Draws of {self.about['scenario']}", tuple(self._cells), rows)

    def to_frame(self) -> pandas.DataFrame:
        """Return all draws as a pandas frame (when pandas is installed)."""
        return self.table().to_frame()

    def shares(self, confidence: float = 0.95) -> Table:
        """Return how often each result holds, with Wilson confidence intervals.

        Of every truth and of every word (a lever's level in the deal) it says in which share of the
        draws that have the answer; levels of a deal are counted over the draws with a deal. Points
        of a Sobol sequence or hypercube are more even than the random ones that the intervals
        (Wilson 1927) are for, so that these err on the wide side.

        Parameters
        ----------
        confidence : float
            Between 0 and 1.
        """
        return share_table(self.columns, self.answers, confidence)

    def quantiles(self) -> Table:
        """Return 5 %, median and 95 % of every number that was an answer."""
        return quantile_table(self.columns, self.answers)

    def observed(self) -> Table:
        """Return where what was observed lies among the predicted packages, lever by lever.

        Raises
        ------
        InputError
            Where nothing was observed, or the agreement was not asked about.
        """
        return observed_table(self)

    def sensitivity(self, of: str, *, level: str | None = None, method: str = "rank") -> Table:
        """Return how much a result hinges on each number, the strongest first.

        Parameters
        ----------
        of : str
            A column of numbers or truths, or of words with `level`.
        level : str, optional
            The result is whether the column says this.
        method : {"rank", "variance"}
            Spearman's rank correlation, or the share of the variance that the number explains alone
            (first-order Sobol index, from the draws at hand; Plischke, Borgonovo and Smith 2013),
            which needs SALib.

        Raises
        ------
        InputError
            For a result that is the same in all draws, and unknown names.
        ImportError
            When SALib is not installed.
        """
        if method not in METHODS:
            raise InputError(
                f"Sweep.sensitivity, method: expected one of {tuple(METHODS)}, got {method!r}"
            )
        rows, result, name = self._result(of, level)
        return METHODS[method](self.parameters, self.values[rows], result, name)

    def _result(self, of: str, level: str | None) -> tuple[IntArray, FloatArray, str]:
        """Return in which draws a result is there, its numbers, and what it is called."""
        if of not in self.answers:
            raise unknown_name("answer", of, self.answers)
        column = self.columns[of]
        rows: IntArray = np.flatnonzero(~np.ma.getmaskarray(column)).astype(np.int64)
        found = column.filled()[rows]
        name = of if level is None else f"{of} is {level}"
        if level is not None:
            found = found == level
        elif found.dtype.kind in "OU":
            raise InputError(f"Sweep.sensitivity, {of!r}: it is words; give one of them as `level`")
        if len(found) < 4 or np.all(found == found[0]):
            raise InputError(f"Sweep.sensitivity: {name!r} is the same in all draws")
        return rows, found.astype(float), name

    def explain(self) -> str:
        """Say in words what holds in all draws, in most, and what hinges on what."""
        failed = f"; {self.failed} have no answer" if self.failed else ""
        first = (
            f"{len(self)} draws of {self.about['scenario']} over {len(self.parameters)} numbers at "
            f"once ({self.about['design']}, seed {self.about['seed']}){failed}."
        )
        return " ".join([first, *hinges(self)])

    def __str__(self) -> str:
        """Write the shares, and quantiles of the numbers."""
        return "\n\n".join(str(table) for table in (self.shares(), self.quantiles()) if table.rows)

    def _repr_html_(self) -> str:
        return self.shares()._repr_html_() + self.quantiles()._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "about": dict(self.about),
            "parameters": list(self.parameters),
            "draws": len(self),
            "failed": self.failed,
            "shares": self.shares().to_dict(),
            "quantiles": self.quantiles().to_dict(),
            "failures": self.failures().to_dict(),
        }


def _column(values: list[Any]) -> Column:
    """Return cells as an array of one type, masked where there is none."""
    missing = [value is None for value in values]
    known = [value for value in values if value is not None]
    kinds = {type(value) for value in known}
    if kinds <= {bool} and known:
        data = np.array([bool(value) for value in values])
    elif kinds == {int}:
        data = np.array([0 if value is None else value for value in values], dtype=np.int64)
    elif kinds <= {int, float} and known:
        data = np.array([0.0 if value is None else float(value) for value in values])
    else:
        data = np.array(["" if value is None else str(value) for value in values])
    column: Column = np.ma.MaskedArray(data, mask=missing)
    column.fill_value = "" if data.dtype.kind == "U" else 0
    return column


@registers(Sweep)
def check_sweep(result: Sweep) -> Certificate:
    """Solve some draws again, one by one; the value is the largest difference of an answer.

    Numbers are compared relative to the largest of their column; everything else has to be the
    same.
    """
    if result.job is None:
        raise InputError(
            "verify: a sweep that was read from disk does not have what was solved; call `sweep` "
            "with the same arguments and output, which solves nothing again, and verify that"
        )
    rows = np.unique(np.linspace(0, len(result) - 1, AGAIN).round().astype(int))
    worst = 0.0
    for row in rows.tolist():
        answer = result.job.one(result.values[row])
        for name in (*result.answers, FAILURE):
            worst = max(worst, _apart(result.columns[name], row, answer.get(name)))
    return Certificate("draws solved again", worst, details={"draws": len(rows)})


def _apart(column: Column, row: int, found: Cell) -> float:
    """Return the difference of a cell and another; 1 for what is no number, unless the same."""
    claimed: Cell = None if np.ma.getmaskarray(column)[row] else column.data[row].item()
    if isinstance(claimed, float) and isinstance(found, int | float):
        return abs(claimed - found) / (float(np.abs(column.compressed()).max()) or 1.0)
    return 0.0 if claimed == found else 1.0
