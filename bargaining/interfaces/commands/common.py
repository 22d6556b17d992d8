"""Arguments and options that commands share, and what all of them do with a scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bargaining.scenarios.scenario import Scenario

__all__ = ["Disagreement", "Json", "Lotteries", "Name", "Solution", "about", "emit", "load"]

NO_RESULT = 1
"""Exit status when there is nothing to report, such as no agreement."""


def _names(incomplete: str) -> list[str]:
    """Complete the name of a shipped scenario on the command line."""
    from bargaining.scenarios.scenario import list_scenarios

    return [entry.name for entry in list_scenarios() if entry.name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        help="A shipped scenario (see list) or a TOML file.",
        show_default=False,
        autocompletion=_names,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")]
Solution = Annotated[
    str,
    typer.Option(
        help="nash, kalai-smorodinsky, egalitarian, utilitarian, raiffa, perles-maschler or "
        "equal-area."
    ),
]
Disagreement = Annotated[
    str | None,
    typer.Option(
        show_default="the scenario's own, most often noncooperative",
        help="What happens without agreement: noncooperative (an equilibrium in which each player "
        "sets its own levers), status-quo, optimal-threats, max-min, or a number for each player "
        "(0,-3.5).",
    ),
]
Lotteries = Annotated[
    bool, typer.Option(help="Agree on lotteries over packages, or on a single package.")
]


def load(name: str) -> Scenario:
    """Return a shipped scenario, or one from a file."""
    from bargaining.scenarios.scenario import load_scenario

    return load_scenario(name)


def about(scenario: Scenario) -> dict[str, Any]:
    """Return what every JSON document says of its scenario."""
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "players": list(scenario.player_names),
        "unit": scenario.unit,
    }


def emit(document: Any) -> None:
    """Print a JSON document."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
