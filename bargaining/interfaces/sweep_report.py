"""What `sweep` shows: a bar with the time left while it runs, then shares and their hinges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.results.table import Table
from bargaining.scenarios.scenario import Scenario
from bargaining.sweeps.result import Sweep

__all__ = ["counting", "sweep_report"]

REASONS = 5
"""Reasons of failures that are listed; more are counted."""


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal's standard error how many draws are done, and the time that is left.

    Parameters
    ----------
    what : str
        Stands before the bar.
    """
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield lambda done, whole: None
        return
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def sweep_report(console: Console, scenario: Scenario, found: Sweep, output: Path | None) -> None:
    """Print what holds, how often, where what was observed lies, and which draws failed."""
    console.print(scenario.title, style="bold")
    paragraph(console, found.explain())
    if output is not None:
        paragraph(console, f"All draws are in {output}.")
    tables = [_in_percent(found.shares()), found.quantiles()]
    if "levels as observed" in found.answers:
        tables.insert(1, _in_percent(found.observed()))
    for table in tables:
        if table.rows:
            heading(console, table.title)
            show(console, table, by="result" if table.columns[:2] == ("result", "value") else "")
            if table.note:
                paragraph(console, table.note)
    failures = found.failures()
    if failures.rows:
        heading(console, failures.title)
        show(console, Table(failures.title, failures.columns, failures.rows[:REASONS]))
        if len(failures.rows) > REASONS:
            paragraph(console, f"{len(failures.rows) - REASONS} more: with --json.")


def _in_percent(table: Table) -> Table:
    """Return a table of shares with them in percent."""
    rows = [
        tuple(100 * cell if isinstance(cell, float) else cell for cell in row) for row in table.rows
    ]
    columns = tuple(f"{name}, %" if "share" in name else name for name in table.columns)
    return Table(table.title, columns, tuple(rows), table.note)
