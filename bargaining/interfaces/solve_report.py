"""What `solve` prints: breakdown, the deal and its ledger, the regimes, what was observed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from bargaining.cooperative.agreement import Agreement
from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.summaries import (
    breakdown_table,
    deal_table,
    observed_table,
    on_the_table,
    other_reading,
    question,
    regimes_table,
    standstill_instead,
)
from bargaining.interfaces.words import capital, proofs, proved, without_outcome
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.scenarios.scenario import Scenario

__all__ = ["solve_report"]


def solve_report(
    console: Console,
    scenario: Scenario,
    agreement: Agreement,
    other: Agreement | None,
    comparison: RegimeComparison | None,
    tradable: Sequence[str] | None,
) -> None:
    """Print an agreement, the regimes beside it, and what was observed.

    Parameters
    ----------
    console : Console
    scenario : Scenario
    agreement : Agreement
        The headline.
    other : Agreement or None
        The same with lotteries where the headline has packages, or the other way round.
    comparison : RegimeComparison or None
    tradable : sequence of str or None
        None: all levers.
    """
    console.print(scenario.title, style="bold")
    paragraph(console, question(scenario))
    _breakdown(console, scenario, agreement)
    _deal(console, scenario, agreement, tradable)
    if other is not None:
        label = "With lotteries:" if other.lotteries else "Single package:"
        paragraph(console, other_reading(agreement, other), label=label)
    if comparison is not None and len(comparison.outcomes) > 1:
        _regimes(console, comparison)
    if scenario.observed and agreement.agreed:
        table = observed_table(scenario, agreement)
        heading(console, table.title)
        show(console, table, by="owner")
        paragraph(console, table.note)
    console.print()
    more = f"bargaining regimes {scenario.name} (or equilibrium, plot, report, provenance)"
    paragraph(console, f"{more}; bargaining --help", label="More:")


def _breakdown(console: Console, scenario: Scenario, agreement: Agreement) -> None:
    table = breakdown_table(scenario, agreement)
    heading(console, table.title)
    paragraph(console, f"{capital(agreement.disagreement_from)}.")
    show(console, table)


def _deal(
    console: Console, scenario: Scenario, agreement: Agreement, tradable: Sequence[str] | None
) -> None:
    heading(console, f"{on_the_table(scenario, tradable)}: {_verdict(agreement)}")
    if tradable is not None:
        still = [lever for lever in scenario.free_levers if lever.name not in tradable]
        words = "; ".join(f"{lever.name}: {lever.label(lever.status_quo)}" for lever in still)
        paragraph(console, f"Standing still at the status quo: {words}.")
    if not agreement.agreed:
        paragraph(console, agreement.explain())
        return
    paragraph(console, f"The {agreement.solution.title} solution {agreement.solution.says}.")
    show(console, deal_table(agreement), signed=["gain"])
    paragraph(console, "Lever by lever, and what each move is worth to each player:")
    show(console, agreement.ledger(), signed=agreement.players, by="owner")
    paragraph(console, proved(agreement.certificate))


def _verdict(agreement: Agreement) -> str:
    over = "lotteries over packages" if agreement.lotteries else "a single package"
    if not agreement.agreed:
        return "no gainful deal"
    paid = ", with side payments" if agreement.transfers is not None else ""
    return f"a deal ({over}{paid})"


def _regimes(console: Console, comparison: RegimeComparison) -> None:
    table = regimes_table(comparison)
    heading(console, table.title)
    gain = [column for column in table.columns if column.startswith("gain of ")]
    show(console, table, signed=gain)
    texts = (
        standstill_instead(comparison),
        *proofs(comparison.outcomes[1:]),
        *without_outcome(comparison),
    )
    for text in filter(None, texts):
        paragraph(console, text)
