"""`table`: who puts its security controls on the table, and who insists on the other's."""

from __future__ import annotations

from typing import Annotated

import typer

from bargaining.interfaces.commands.common import (
    Disagreement,
    Json,
    Name,
    Solution,
    about,
    emit,
    load,
)

__all__ = ["table"]


def table(
    name: Name,
    cost: Annotated[
        str | None,
        typer.Option(
            help="What tabling any control costs each player, such as 2,0.",
            show_default="nothing",
        ),
    ] = None,
    costs_without_talks: Annotated[
        bool, typer.Option(help="Whether that is due even if no talks take place.")
    ] = False,
    solution: Solution = "nash",
    disagreement: Disagreement = None,
    as_json: Json = False,
) -> int:
    """Solve the game before the talks: which controls are put on the table, or insisted upon."""
    from bargaining.interfaces.norms_report import tabling_report
    from bargaining.interfaces.options import disagreement_option, numbers_option
    from bargaining.interfaces.rendering import output, working
    from bargaining.linkage.tabling import tabling_game

    scenario = load(name)
    with working(f"Solving {scenario.name}") as progress:
        game = tabling_game(
            scenario,
            solution=solution,
            disagreement=disagreement_option(scenario, disagreement),
            precedent_cost=numbers_option("--cost", cost),
            costs_without_talks=costs_without_talks,
            progress=lambda done, total: progress(f"{done} of {total} regimes"),
        )
    if as_json:
        emit({**about(scenario), "tabling": game.to_dict()})
    else:
        tabling_report(output(), scenario, game)
    return 0
