"""What `solve` prints: breakdown, the deal and its ledger, the regimes, what was observed.

The report goes from results to tables and paragraphs; every number in it was computed downstairs.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from bargaining.cooperative.agreement import Agreement
from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import (
    capital,
    gains,
    levels,
    own_levers,
    proofs,
    proved,
    same,
    unit_of,
    without_outcome,
)
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.results.table import Cell, Table
from bargaining.scenarios.scenario import Scenario

__all__ = ["solve_report"]

LISTED = 4
"""Levers that are listed by name in a cell; more are counted."""


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
    _question(console, scenario)
    _breakdown(console, scenario, agreement)
    _deal(console, scenario, agreement, tradable)
    if other is not None:
        _other_reading(console, scenario, agreement, other)
    if comparison is not None and len(comparison.outcomes) > 1:
        _regimes(console, comparison)
    if scenario.observed and agreement.agreed:
        _observed(console, scenario, agreement)
    console.print()
    more = f"bargaining regimes {scenario.name} (or equilibrium, plot, provenance)"
    paragraph(console, f"{more}; bargaining --help", label="More:")


def _question(console: Console, scenario: Scenario) -> None:
    console.print(scenario.title, style="bold")
    security = len(scenario.security)
    what = f"{len(scenario.players)} players, {len(scenario.levers)} levers"
    what += f", {security} of them security controls" if security > 1 else ""
    question = (
        "What is agreed when security controls are tradable, and what when they are not?"
        if security
        else "What is agreed?"
    )
    paragraph(console, f"{question} {what}, {scenario.number_of_packages:,} packages.")


def _breakdown(console: Console, scenario: Scenario, agreement: Agreement) -> None:
    heading(console, f"Without agreement{unit_of(scenario)}")
    paragraph(console, f"{capital(agreement.disagreement_from)}.")
    columns: tuple[str, ...] = ("player", "payoff")
    rows: list[tuple[Cell, ...]] = [
        (player, float(payoff))
        for player, payoff in zip(agreement.players, agreement.disagreement, strict=True)
    ]
    if agreement.reference is not None:
        columns = (*columns, "sets its levers to")
        played = agreement.reference
        rows = [(*row, own_levers(scenario, str(row[0]), played)) for row in rows]
    show(console, Table("", columns, tuple(rows)))


def _deal(
    console: Console, scenario: Scenario, agreement: Agreement, tradable: Sequence[str] | None
) -> None:
    heading(console, f"{_on_the_table(scenario, tradable)}: {_verdict(agreement)}")
    if tradable is not None:
        still = [lever for lever in scenario.free_levers if lever.name not in tradable]
        words = "; ".join(f"{lever.name}: {lever.label(lever.status_quo)}" for lever in still)
        paragraph(console, f"Standing still at the status quo: {words}.")
    if not agreement.agreed:
        paragraph(console, agreement.explain())
        return
    paragraph(console, f"The {agreement.solution.title} solution {agreement.solution.says}.")
    names = {"disagreement": "without", "ideal": "at most"}
    table = agreement.table()
    columns = tuple(names.get(column, column) for column in table.columns)
    show(console, Table("", columns, table.rows), signed=["gain"])
    paragraph(console, "Lever by lever, and what each move is worth to each player:")
    show(console, agreement.ledger(), signed=agreement.players, by="owner")
    proved(console, agreement.certificate)


def _on_the_table(scenario: Scenario, tradable: Sequence[str] | None) -> str:
    if tradable is None:
        return "Security controls tradable" if scenario.security else "All levers tradable"
    return (
        f"{len(tradable)} of {len(scenario.free_levers)} levers tradable, the others standing still"
    )


def _verdict(agreement: Agreement) -> str:
    over = "lotteries over packages" if agreement.lotteries else "a single package"
    if not agreement.agreed:
        return "no gainful deal"
    paid = ", with side payments" if agreement.transfers is not None else ""
    return f"a deal ({over}{paid})"


def _other_reading(
    console: Console, scenario: Scenario, agreement: Agreement, other: Agreement
) -> None:
    label = "With lotteries:" if other.lotteries else "Single package:"
    if not other.agreed:
        text = "no gainful deal either" if not agreement.agreed else "no gainful deal"
    elif agreement.agreed and same(agreement.payoffs, other.payoffs):
        text = "the same payoffs"
    else:
        text = f"gains {gains(other.players, other.gains)}"
        if len(other.lottery) > 1:
            text += f", by a lottery over {len(other.lottery)} packages"
    paragraph(console, f"{text}.", label=label)


def _regimes(console: Console, comparison: RegimeComparison) -> None:
    heading(console, f"Which levers are on the table{unit_of(comparison.negotiation)}")
    players = comparison.negotiation.player_names
    gain = tuple(f"gain of {player}" for player in players)
    rows: list[tuple[Cell, ...]] = []
    for outcome in comparison.outcomes:
        verdict = "deal" if outcome.agreed else "no deal"
        differs = _differs(comparison.outcomes[0], outcome)
        rows.append((outcome.regime.name, verdict, *map(float, outcome.gains), differs))
    seen = {outcome.regime.name for outcome in comparison.outcomes}
    for name in dict.fromkeys(each.regime.name for each in comparison.unsettled):
        if name not in seen:
            rows.append((name, "no fixed point", *(None,) * len(gain), "-"))
    table = Table("", ("regime", "outcome", *gain, "set otherwise than linked"), tuple(rows))
    show(console, table, signed=gain)
    _left_out(console, comparison)
    proofs(console, comparison.outcomes[1:])
    without_outcome(console, comparison)


def _differs(linked: RegimeOutcome, outcome: RegimeOutcome) -> str:
    if outcome is linked:
        return ""
    if not (linked.agreed and outcome.agreed):
        return "-"
    negotiation = outcome.negotiation
    names = [lever.name for lever in negotiation.free_levers]
    moved = [
        name for name in names
        if levels(negotiation, name, linked.lottery) != levels(negotiation, name, outcome.lottery)
    ]  # fmt: skip
    return _listed(moved) if moved else "nothing"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= LISTED else f"{len(names)} levers"


def _left_out(console: Console, comparison: RegimeComparison) -> None:
    """Say what the other reading of "off the table" would change."""
    outcomes = {outcome.regime.name: outcome for outcome in comparison.outcomes}
    lotteries = comparison.outcomes[0].lotteries
    other = [
        outcome for outcome in comparison.beside
        if outcome.lotteries == lotteries and outcome.regime.name in outcomes
        and outcome.off_table != outcomes[outcome.regime.name].off_table
    ]  # fmt: skip
    if not other:
        return
    changed = [o for o in other if not same(o.payoffs, outcomes[o.regime.name].payoffs)]
    text = "Levers off the table stay in their owner's hands. "
    if not changed:
        text += "If they stood still at the status quo instead, the gains would be the same."
    else:
        text += "If they stood still at the status quo instead: "
        text += "; ".join(f"{o.regime.name}, {_gainful(o)}" for o in changed) + "."
    paragraph(console, text)


def _gainful(outcome: RegimeOutcome) -> str:
    if not outcome.agreed:
        return "no gainful deal"
    return gains(outcome.negotiation.player_names, outcome.gains)


def _observed(console: Console, scenario: Scenario, agreement: Agreement) -> None:
    table = scenario.against_observed(agreement.package)
    heading(console, table.title)
    rows = tuple((*row[:-1], "hit" if row[-1] else "miss") for row in table.rows)
    columns = (*table.columns[:-1], "")
    show(console, Table("", columns, rows), by="owner")
    of = "" if len(agreement.lottery) == 1 else ", by the likeliest package of the lottery"
    paragraph(console, f"{capital(table.note)}{of}.")
