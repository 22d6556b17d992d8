"""`equilibrium`, `threats` and `offers`: what happens without agreement, and how talks go."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bargaining.interfaces.commands.common import (
    NO_RESULT,
    Disagreement,
    Json,
    Name,
    about,
    emit,
    load,
)

__all__ = ["equilibrium", "offers", "threats"]

GAME_FILE = ".nfg"

Numbers = str | None


def equilibrium(
    name: Annotated[
        str,
        typer.Argument(
            help="A shipped scenario (see list), a TOML file, or a game in Gambit's format (.nfg).",
            show_default=False,
        ),
    ],
    every: Annotated[
        bool, typer.Option("--all", help="All equilibria, or those found, instead of one.")
    ] = False,
    selection: Annotated[
        str | None,
        typer.Option(
            help="Which one of those found: payoff-dominant, risk-dominant or focal.",
            show_default="the first from the status quo",
        ),
    ] = None,
    start: Annotated[
        list[str] | None,
        typer.Option(
            help="Where best responses start: 'status quo', lowest or highest; may be repeated. "
            "The equilibrium from the first is taken, the others are counted.",
            show_default="status quo",
        ),
    ] = None,
    random_starts: Annotated[int, typer.Option(help="Further starts, drawn at random.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the random starts.")] = 0,
    as_json: Json = False,
) -> int:
    """Show what happens without agreement: equilibria in which each sets its own levers."""
    from bargaining.errors import InputError
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.without_report import equilibria_report, equilibrium_report
    from bargaining.noncooperative.games.normal_form import NormalFormGame
    from bargaining.noncooperative.solve import nash_equilibria, nash_equilibrium

    options: dict[str, Any] = {}
    if start or random_starts:
        options = {
            "starts": start or ["status quo"], "random_starts": random_starts, "rng": seed,
        }  # fmt: skip
    if selection is not None:
        if every:
            raise InputError("--selection: it picks one equilibrium; leave --all out")
        options["selection"] = selection
    game: Any
    if name.endswith(GAME_FILE):
        if options:
            raise InputError("--start, --random-starts, --selection: for scenarios only")
        game, document, title = NormalFormGame.from_nfg(name), {"game": name}, name
    else:
        game = load(name)
        document, title = about(game), game.title
        if not every and not options:
            options["starts"] = ["status quo"]
    if every:
        with working(f"Solving {name}"):
            several = nash_equilibria(game, **options)
        if as_json:
            emit({**document, "equilibria": several.to_dict()})
        else:
            equilibria_report(output(), title, several)
        return 0
    with working(f"Solving {name}"):
        found = nash_equilibrium(game, **options)
    if as_json:
        emit({**document, "equilibrium": found.to_dict()})
    else:
        equilibrium_report(output(), title, found)
    return 0


def threats(
    name: Name,
    weights: Annotated[
        Numbers,
        typer.Option(help="Bargaining weights of the two players (1,2).", show_default="equal"),
    ] = None,
    transferable: Annotated[
        bool, typer.Option("--transferable", help="Allow side payments in the unit of the payoffs.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show optimal threats (Nash 1953): what each side had best commit to do should talks fail."""
    from bargaining.cooperative.solutions import NashSolution
    from bargaining.interfaces.options import numbers_option
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.without_report import threats_report
    from bargaining.strategic.threats import Bargained, optimal_threats

    scenario = load(name)
    rule = NashSolution(numbers_option("--weights", weights))
    with working(f"Solving {scenario.name}"):
        found = optimal_threats(scenario, Bargained(scenario, rule, transferable))
        beside = found.beside_noncooperative()
    if as_json:
        emit({**about(scenario), "threats": found.to_dict(), "beside": beside.to_dict()})
    else:
        threats_report(output(), scenario, found, beside)
    return 0


def offers(
    name: Name,
    patience: Annotated[
        Numbers,
        typer.Option(
            help="Discount factors of a round, one a player (0.9,0.8).",
            show_default="the players' own",
        ),
    ] = None,
    costs: Annotated[
        Numbers,
        typer.Option(help="Fixed costs of a round, one a player, instead of discount factors."),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(help="Rounds of offers, at most.", show_default="no end")
    ] = None,
    breakdown: Annotated[
        float, typer.Option(help="Probability that talks end after a refusal.")
    ] = 0.0,
    outside: Annotated[
        Numbers, typer.Option(help="What each player gets elsewhere if it walks out.")
    ] = None,
    proposers: Annotated[
        str,
        typer.Option(help="alternating, players in an order that repeats, or probabilities."),
    ] = "alternating",
    disagreement: Disagreement = None,
    packages: Annotated[
        bool, typer.Option("--packages", help="Offers are single packages, without lotteries.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Solve talks in which offers are made in turn (Rubinstein 1982)."""
    from bargaining.interfaces.options import disagreement_option, numbers_option, proposers_option
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.without_report import offers_report
    from bargaining.strategic.alternating_offers import alternating_offers

    scenario = load(name)
    with working(f"Solving {scenario.name}"):
        found = alternating_offers(
            scenario, numbers_option("--patience", patience),
            costs=numbers_option("--costs", costs), horizon=rounds, breakdown=breakdown,
            outside_options=numbers_option("--outside", outside),
            proposers=proposers_option(scenario, proposers),
            disagreement=disagreement_option(scenario, disagreement), lotteries=not packages,
        )  # fmt: skip
    if as_json:
        emit({**about(scenario), "offers": found.to_dict()})
    else:
        offers_report(output(), scenario, found)
    return 0 if len(found.offers) else NO_RESULT
