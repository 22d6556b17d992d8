"""What `regimes` and `provenance` print."""

from __future__ import annotations

from rich.console import Console

from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import proofs, without_outcome
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.results.table import Cell, Table
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
    proofs(console, comparison.outcomes)
    without_outcome(console, comparison)
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
    sources: dict[str, int] = {}
    rows: list[tuple[Cell, ...]] = []
    for quantity in scenario.quantities.values():
        path, value, unit, ends, confidence, _ = quantity.row()
        group, _, name = str(path).partition(".")
        if group != "numbers":
            inner, _, name = name.partition(".")
            group = f"{group}.{inner}"
        name = f"{name}: {quantity.label}" if quantity.label else name
        source: Cell = f"as {quantity.shared.removeprefix('numbers.')}"
        if not quantity.shared:
            source = f"[{sources.setdefault(quantity.reference, len(sources) + 1)}]"
        rows.append((group, name, f"{value:.6g}", unit, ends, confidence, source))
    heads = ("of", "number", "value", "unit", "range", "confidence", "source")
    heading(console, f"Numbers of {scenario.name}")
    show(console, Table("", heads, tuple(rows)), by="of")
    heading(console, "Sources")
    for reference, number in sources.items():
        paragraph(console, reference, label=f"{f'[{number}]':>5}")
