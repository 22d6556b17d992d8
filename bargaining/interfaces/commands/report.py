"""`report`: one HTML page about a scenario, to be read, printed and passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bargaining.interfaces.commands.common import (
    Disagreement,
    Json,
    Lotteries,
    Name,
    Solution,
    about,
    emit,
    load,
)

__all__ = ["report"]


def report(
    name: Name,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "--out", help="The file to write.", show_default="NAME-report.html"
        ),
    ] = None,
    solution: Solution = "nash",
    disagreement: Disagreement = None,
    lotteries: Lotteries = False,
    draws: Annotated[
        int, typer.Option(min=0, help="How often the ranges of numbers are drawn from.")
    ] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
    as_json: Json = False,
) -> int:
    """Write one self-contained HTML page: the question, the deal, what bears it, its sources."""
    from bargaining.interfaces.html.findings import Asked, find
    from bargaining.interfaces.html.page import page
    from bargaining.interfaces.options import disagreement_option
    from bargaining.interfaces.plots.style import pyplot
    from bargaining.interfaces.rendering import working

    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    path = out or Path(f"{scenario.name}-report.html")
    pyplot()  # before anything is solved, says what is missing
    asked = Asked(name, solution, disagreement, lotteries, draws, seed)
    with working(f"Solving {scenario.name}") as progress:
        found = find(scenario, asked, model, progress)
        progress("the page")
        path.write_text(page(found), encoding="utf-8")
    if as_json:
        emit({**about(scenario), "path": str(path), "agreed": found.agreement.agreed})
    else:
        typer.echo(f"Written: {path}. Open it in a browser, which also prints it.")
    return 0
