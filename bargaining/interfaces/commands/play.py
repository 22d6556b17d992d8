"""`play`: two students against each other, or one against the computer."""

from __future__ import annotations

from typing import Annotated

import typer

from bargaining.interfaces.commands.common import Disagreement, Json, Name, about, emit, load

__all__ = ["play"]


def play(
    name: Name,
    side: Annotated[
        str,
        typer.Option("--as", help="The player that you are.", show_default="the first"),
    ] = "",
    two: Annotated[
        bool, typer.Option("--two", help="Two students at this keyboard, and no computer.")
    ] = False,
    computer: Annotated[
        str,
        typer.Option(
            help="How the computer plays: equilibrium (the offers of the subgame-perfect "
            "equilibrium) or concession (asks for less from round to round)."
        ),
    ] = "concession",
    first: Annotated[
        str, typer.Option(help="Who makes the first offer.", show_default="the first player")
    ] = "",
    rounds: Annotated[int, typer.Option(help="After so many refusals the talks have failed.")] = 6,
    patience: Annotated[
        str,
        typer.Option(help="What a gain is worth a round later, one for both or one a player."),
    ] = "0.95",
    disagreement: Disagreement = None,
    as_json: Json = False,
) -> int:
    """Play a negotiation in turns; where agreement was possible is shown afterwards."""
    from rich.console import Console

    from bargaining.errors import InputError
    from bargaining.interfaces.options import disagreement_option, numbers_option
    from bargaining.interfaces.play.computer import computer as made_computer
    from bargaining.interfaces.play.debrief import debrief, print_debrief
    from bargaining.interfaces.play.rules import Side, made_rules, played
    from bargaining.interfaces.play.student import Student
    from bargaining.interfaces.play.welcome import welcome
    from bargaining.interfaces.rendering import output

    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    if two and side:
        raise InputError("--as, --two: with two students there is no side to choose")
    factors = numbers_option("--patience", patience) or []
    rules = made_rules(scenario, model, factors, rounds, first)
    you = scenario.player(side).name if side else scenario.player_names[0]
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    console = console if as_json else output()
    sides: dict[str, Side] = {
        player: Student(console, rules, player, shared=two)
        if two or player == you
        else made_computer(computer, rules, player)
        for player in scenario.player_names
    }
    welcome(console, rules, sides)
    outcome = played(rules, sides)
    found = debrief(rules, outcome)
    if as_json:
        emit({**about(scenario), "game": found.to_dict()})
    else:
        print_debrief(console, found)
    return 0
