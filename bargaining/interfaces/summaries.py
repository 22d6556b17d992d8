"""Tables and sentences about a solved scenario, for the terminal and for the page of a report.

They arrange results; every number in them was computed downstairs.
"""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.cooperative.agreement import Agreement
from bargaining.interfaces.words import capital, gains, levels, own_levers, same, unit_of
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.results.table import Cell, Table
from bargaining.scenarios.scenario import Scenario

__all__ = [
    "breakdown_table",
    "deal_table",
    "numbers_table",
    "observed_table",
    "on_the_table",
    "other_reading",
    "question",
    "regimes_table",
    "standstill_instead",
]

LISTED = 4
"""Levers that are listed by name in a cell; more are counted."""


def question(scenario: Scenario) -> str:
    """Say what is asked, and how large the negotiation is."""
    security = len(scenario.security)
    what = f"{len(scenario.players)} players, {len(scenario.levers)} levers"
    what += f", {security} of them security controls" if security > 1 else ""
    asked = (
        "What is agreed when security controls are tradable, and what when they are not?"
        if security
        else "What is agreed?"
    )
    return f"{asked} {what}, {scenario.number_of_packages:,} packages."


def on_the_table(scenario: Scenario, tradable: Sequence[str] | None) -> str:
    """Say which levers are tradable; None: all of them."""
    if tradable is None:
        return "Security controls tradable" if scenario.security else "All levers tradable"
    return (
        f"{len(tradable)} of {len(scenario.free_levers)} levers tradable, the others standing still"
    )


def breakdown_table(scenario: Scenario, agreement: Agreement) -> Table:
    """Return payoffs without agreement, and how each player sets its levers there if known."""
    title = f"Without agreement{unit_of(scenario)}"
    rows: list[tuple[Cell, ...]] = [
        (player, float(payoff))
        for player, payoff in zip(agreement.players, agreement.disagreement, strict=True)
    ]
    if agreement.reference is None:
        return Table(title, ("player", "payoff"), tuple(rows))
    played = agreement.reference
    rows = [(*row, own_levers(scenario, str(row[0]), played)) for row in rows]
    return Table(title, ("player", "payoff", "sets its levers to"), tuple(rows))


def deal_table(agreement: Agreement) -> Table:
    """Return payoffs by player, with words for the disagreement and the ideal point."""
    names = {"disagreement": "without", "ideal": "at most"}
    table = agreement.table()
    return Table("", tuple(names.get(column, column) for column in table.columns), table.rows)


def other_reading(agreement: Agreement, other: Agreement) -> str:
    """Say what changes with lotteries where the agreement is a package, or the other way round."""
    if not other.agreed:
        return f"no gainful deal{' either' if not agreement.agreed else ''}."
    if agreement.agreed and same(agreement.payoffs, other.payoffs):
        return "the same payoffs."
    text = f"gains {gains(other.players, other.gains)}"
    if len(other.lottery) > 1:
        text += f", by a lottery over {len(other.lottery)} packages"
    return f"{text}."


def regimes_table(comparison: RegimeComparison) -> Table:
    """Return the gains of the regimes, and what is set otherwise than in the first one."""
    game = comparison.negotiation
    gain = tuple(f"gain of {player}" for player in game.player_names)
    rows: list[tuple[Cell, ...]] = []
    for outcome in comparison.outcomes:
        verdict = "deal" if outcome.agreed else "no deal"
        differs = _differs(comparison.outcomes[0], outcome)
        rows.append((outcome.regime.name, verdict, *map(float, outcome.gains), differs))
    seen = {outcome.regime.name for outcome in comparison.outcomes}
    for name in dict.fromkeys(each.regime.name for each in comparison.unsettled):
        if name not in seen:
            rows.append((name, "no fixed point", *(None,) * len(gain), "-"))
    title = f"Which levers are on the table{unit_of(game)}"
    return Table(title, ("regime", "outcome", *gain, "set otherwise than linked"), tuple(rows))


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
    if not moved:
        return "nothing"
    return ", ".join(moved) if len(moved) <= LISTED else f"{len(moved)} levers"


def standstill_instead(comparison: RegimeComparison) -> str:
    """Say what the other reading of "off the table" would change; "" without one."""
    outcomes = {outcome.regime.name: outcome for outcome in comparison.outcomes}
    lotteries = comparison.outcomes[0].lotteries
    other = [
        outcome for outcome in comparison.beside
        if outcome.lotteries == lotteries and outcome.regime.name in outcomes
        and outcome.off_table != outcomes[outcome.regime.name].off_table
    ]  # fmt: skip
    if not other:
        return ""
    changed = [o for o in other if not same(o.payoffs, outcomes[o.regime.name].payoffs)]
    text = "Levers off the table stay in their owner's hands. "
    if not changed:
        return text + "If they stood still at the status quo instead, the gains would be the same."
    text += "If they stood still at the status quo instead: "
    return text + "; ".join(f"{o.regime.name}, {_gainful(o)}" for o in changed) + "."


def _gainful(outcome: RegimeOutcome) -> str:
    if not outcome.agreed:
        return "no gainful deal"
    return gains(outcome.negotiation.player_names, outcome.gains)


def observed_table(scenario: Scenario, agreement: Agreement) -> Table:
    """Return the prediction beside what was observed first, each lever a hit or a miss."""
    table = scenario.against_observed(agreement.package)
    rows = tuple((*row[:-1], "hit" if row[-1] else "miss") for row in table.rows)
    of = "" if len(agreement.lottery) == 1 else ", by the likeliest package of the lottery"
    return Table(table.title, (*table.columns[:-1], ""), rows, f"{capital(table.note)}{of}.")


def numbers_table(scenario: Scenario) -> tuple[Table, tuple[str, ...]]:
    """Return every number of a scenario by what it belongs to, and its sources, numbered from 1."""
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
    return Table(f"Numbers of {scenario.name}", heads, tuple(rows)), tuple(sources)
