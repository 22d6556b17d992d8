"""`sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bargaining.interfaces.commands.common import (
    NO_RESULT,
    Disagreement,
    Json,
    Lotteries,
    Name,
    Solution,
    about,
    emit,
    load,
)

__all__ = ["sweep"]


def sweep(
    name: Name,
    draws: Annotated[int, typer.Option(help="How often all numbers are drawn.")] = 1000,
    question: Annotated[
        str,
        typer.Option(help="agreement, regimes, tabling or truce, or several, parted by commas."),
    ] = "agreement",
    design: Annotated[str, typer.Option(help="sobol, latin-hypercube, random or grid.")] = "sobol",
    seed: Annotated[int, typer.Option(help="The same seed draws the same numbers.")] = 0,
    solution: Solution = "nash",
    disagreement: Disagreement = None,
    lotteries: Lotteries = False,
    workers: Annotated[int, typer.Option(help="Processes that share the work.")] = 1,
    output_to: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            show_default="nothing is kept",
            help="Where all draws are kept: a file that ends in .parquet, or a folder. What was "
            "broken off goes on from there.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Solve many draws of the numbers: how often a result holds, and what it hinges on."""
    from bargaining.interfaces.options import disagreement_option
    from bargaining.interfaces.rendering import output
    from bargaining.interfaces.sweep_report import counting, sweep_report
    from bargaining.strategic.disagreement import FixedPoint
    from bargaining.sweeps.sweep import sweep as sweep_over

    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    given = model.values if isinstance(model, FixedPoint) else model.name
    with counting(f"Solving {draws:,} draws of {scenario.name}") as progress:
        found = sweep_over(
            scenario,
            question=[word.strip() for word in question.split(",")],
            draws=draws,
            design=design,
            rng=seed,
            solution=solution,
            disagreement=None if disagreement is None else given,
            lotteries=lotteries,
            workers=workers,
            output=output_to,
            progress=progress,
        )
    if as_json:
        emit({**about(scenario), "sweep": found.to_dict()})
    else:
        sweep_report(output(), scenario, found, output_to)
    return NO_RESULT if found.failed == len(found) else 0
