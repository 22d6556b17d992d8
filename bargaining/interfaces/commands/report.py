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
    from bargaining.interfaces.html.report import write_report
    from bargaining.interfaces.rendering import working

    scenario = load(name)
    path = out or Path(f"{scenario.name}-report.html")
    with working(f"Solving {scenario.name}") as progress:
        found = write_report(
            name, path, solution=solution, disagreement=disagreement, lotteries=lotteries,
            draws=draws, seed=seed, progress=progress,
        )  # fmt: skip
    if as_json:
        emit({**about(scenario), "path": str(path), "agreed": found.agreement.agreed})
    else:
        typer.echo(f"Written: {path}. Open it in a browser, which also prints it.")
    return 0
