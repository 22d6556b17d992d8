"""What `regimes` and `provenance` print."""

from __future__ import annotations

from rich.console import Console

from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.summaries import numbers_table
from bargaining.interfaces.words import proofs, without_outcome
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.scenarios.scenario import Scenario

__all__ = ["provenance_report", "regimes_report"]


def regimes_report(console: Console, scenario: Scenario, comparison: RegimeComparison) -> None:
    """Print all tables of a comparison, and the proofs where there is no deal."""
    console.print(scenario.title, style="bold")
    says = f"Without agreement: {comparison.disagreement_from}."
    paragraph(console, f"The {comparison.solution.title} solution. {says}")
    players = comparison.negotiation.player_names
    gain = [f"gain of {player}" for player in players]
    heading(console, comparison.table().title)
    show(console, comparison.table(), signed=gain)
    for text in (*proofs(comparison.outcomes), *without_outcome(comparison)):
        paragraph(console, text)
    if len(comparison.outcomes) > 1:
        linkage = comparison.value_of_linkage()
        heading(console, linkage.title)
        show(console, linkage, signed=linkage.columns, by="against")
    if comparison.beside:
        heading(console, comparison.beside_table().title)
        show(console, comparison.beside_table(), signed=gain, by="regime")
    paragraph(console, f"Worst certificate: {comparison.certificate}.")


def provenance_report(console: Console, scenario: Scenario) -> None:
    """Print every number of a scenario, with its sources numbered below."""
    table, sources = numbers_table(scenario)
    heading(console, table.title)
    show(console, table, by="of")
    heading(console, "Sources")
    for number, reference in enumerate(sources, start=1):
        paragraph(console, reference, label=f"{f'[{number}]':>5}")
