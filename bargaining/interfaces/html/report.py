"""`write_report`: from a scenario to the page of a report, in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bargaining.interfaces.html.findings import Asked, Findings, find
from bargaining.interfaces.html.page import page
from bargaining.interfaces.options import disagreement_option
from bargaining.interfaces.plots.style import pyplot
from bargaining.scenarios.scenario import load_scenario

__all__ = ["write_report"]


def write_report(
    name: str | Path,
    output: str | Path,
    *,
    solution: str = "nash",
    disagreement: str | None = None,
    lotteries: bool = False,
    draws: int = 60,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Findings:
    """Write the report of a scenario: one HTML page that needs nothing else.

    Parameters
    ----------
    name : str or Path
        A shipped scenario, or a TOML file.
    output : str or Path
        The page; an older file is replaced.
    solution, disagreement, lotteries
        As on the command line: a name, or for the disagreement point numbers parted by commas.
    draws, seed : int
        How often ranges are drawn from, and where draws begin.
    progress : callable, optional
        Told what is being solved.

    Returns
    -------
    Findings
        Everything that the page shows.

    Raises
    ------
    InputError
        For an unknown scenario or option.
    BargainingError
        When the agreement or the regimes cannot be solved.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = write_report("two-issues", Path(folder) / "report.html")
    >>> found.agreement.gains.tolist()
    [1.0, 3.0]
    """
    scenario = load_scenario(name)
    model = disagreement_option(scenario, disagreement)
    pyplot()  # before anything is solved, says what is missing
    asked = Asked(str(name), solution, disagreement, lotteries, draws, seed)
    found = find(scenario, asked, model, progress)
    progress("the page")
    Path(output).write_text(page(found), encoding="utf-8")
    return found
