"""`table` and `truce`: what is put on the table, and whether what is agreed holds."""

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

__all__ = ["table", "truce"]


def table(
    name: Name,
    cost: Annotated[
        str | None,
        typer.Option(
            help="What tabling any control costs each player, such as 2,0.",
            show_default="nothing",
        ),
    ] = None,
    precedent: Annotated[
        str | None,
        typer.Option(
            help="Discount factors, one for all or one a player: tabling costs the shadow price of "
            "the precedent if these talks come again in every period.",
            show_default="those of the file",
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
    from bargaining.interfaces.options import disagreement_option, precedent_option
    from bargaining.interfaces.rendering import output, working
    from bargaining.linkage.tabling.tabling import tabling_game

    scenario = load(name)
    point = disagreement_option(scenario, disagreement)
    with working(f"Solving {scenario.name}") as progress:
        game = tabling_game(
            scenario,
            solution=solution,
            disagreement=point,
            precedent_cost=precedent_option(scenario, solution, point, cost, precedent),
            costs_without_talks=costs_without_talks,
            progress=lambda done, total: progress(f"{done} of {total} regimes"),
        )
    if as_json:
        emit({**about(scenario), "tabling": game.to_dict()})
    else:
        tabling_report(output(), scenario, game)
    return 0


def truce(
    name: Name,
    agreement: Annotated[
        str,
        typer.Option(
            help="What is to be kept: nash (the deal over single packages), or a package that the "
            "scenario records as observed.",
            show_default="the first observed, else nash",
        ),
    ] = "",
    months: Annotated[int, typer.Option(help="Length of the pause.")] = 12,
    renewal: Annotated[float, typer.Option(help="Chance that it is renewed at its end.")] = 0.7,
    patience: Annotated[
        str, typer.Option(help="Discount factors of a year, one for all or one a player (0.9,0.8).")
    ] = "0.9",
    as_json: Json = False,
) -> int:
    """Ask whether a pause with an end date holds without a court, and what it takes."""
    from bargaining.enforcement.truces.truce import Truce, monthly
    from bargaining.interfaces.norms_report import truce_report
    from bargaining.interfaces.options import kept_option, numbers_option
    from bargaining.interfaces.rendering import output, working

    scenario = load(name)
    given = numbers_option("--patience", patience) or []
    yearly = given * len(scenario.players) if len(given) == 1 else given
    factors = [monthly(factor) for factor in yearly]
    with working(f"Solving {scenario.name}"):
        words, kept = kept_option(scenario, agreement)
        pause = Truce(kept, negotiation=scenario, months=months, renewal=renewal)
        found = pause.holds(factors)
        chances, limits = pause.critical_renewal(factors), pause.critical_discount_factors()
    if as_json:
        emit(
            {
                **about(scenario), "agreement": words, "truce": found.to_dict(),
                "critical_renewal": chances.to_dict(),
                "critical_discount_factors": limits.to_dict(),
            }
        )  # fmt: skip
    else:
        truce_report(output(), scenario, words, found, chances, limits)
    return 0
