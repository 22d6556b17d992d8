"""What `table` and `truce` print."""

from __future__ import annotations

from rich.console import Console

from bargaining.enforcement.truces.result import TruceResult
from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import proved
from bargaining.linkage.tabling.tabling import TablingGame
from bargaining.results.table import Tabular
from bargaining.scenarios.scenario import Scenario

__all__ = ["tabling_report", "truce_report"]

OUTCOMES = 8
"""Equilibrium outcomes that are listed; more are counted."""


def tabling_report(console: Console, scenario: Scenario, game: TablingGame) -> None:
    """Print what is tabled in equilibrium, the payoffs of all pairs, and what tabling may cost."""
    console.print(scenario.title, style="bold")
    paragraph(console, game.explain())
    payoffs = game.table()
    heading(console, payoffs.title)
    show(console, payoffs)
    if payoffs.note:
        paragraph(console, payoffs.note.replace("\n", ". ") + ".")
    outcomes = game.equilibria_table()
    if outcomes.title != payoffs.title:
        heading(console, outcomes.title)
        listed = type(outcomes)(outcomes.title, outcomes.columns, outcomes.rows[:OUTCOMES])
        show(console, listed)
        if len(outcomes.rows) > OUTCOMES:
            paragraph(console, f"{len(outcomes.rows) - OUTCOMES} more: with --json.")
    for player in scenario.player_names:
        paragraph(console, game.critical_cost(player).explain())
    paragraph(console, proved(game.certificate))


def truce_report(
    console: Console, scenario: Scenario, kept: str, found: TruceResult, *limits: Tabular
) -> None:
    """Print whether a truce holds month by month, and at which chances and patience it would."""
    console.print(scenario.title, style="bold")
    paragraph(console, f"{kept}. {found.explain()}")
    for result in (found, *limits):
        table = result.table()
        heading(console, table.title)
        show(console, table)
        paragraph(console, table.note)
