"""What `solve`, `regimes`, `equilibrium` and `provenance` print.

Each report goes from results to tables and paragraphs; every number in it was computed downstairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.solutions import Solution
from bargaining.interfaces.rendering import aligned, heading, paragraph, show
from bargaining.linkage.comparison import RegimeComparison
from bargaining.linkage.outcome import RegimeOutcome
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.results.certificate import Certificate
from bargaining.results.table import Cell, Table
from bargaining.scenarios.scenario import Scenario

__all__ = ["equilibrium_report", "provenance_report", "regimes_report", "solve_report"]

LISTED = 4
"""Levers that are listed by name in a cell; more are counted."""

NEGLIGIBLE = 1e-9
"""Difference of payoffs, relative to their scale, up to which two outcomes are the same."""

PROOFS = {
    "search": "branch and bound over all packages leaves none that the rule would rather have; ",
    "optimality": "weights at which no package is worth more; ",
    "regret": "the most that anybody could gain by other levels of its own levers, all tried; ",
}
"""What a certificate of each kind shows, in words."""

ADJECTIVES = ("egalitarian", "utilitarian", "equal-area")


# ------------------------------------------------------------------------------------------ solve


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
    heading(console, f"Without agreement{_unit(scenario)}")
    paragraph(console, f"{_capital(agreement.disagreement_from)}.")
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


def own_levers(negotiation: Negotiation, player: str, lottery: Lottery) -> str:
    """Say how a player's levers are set in a lottery over packages."""
    levers = negotiation.owned_by(player)
    words = [f"{lever.name}: {levels(negotiation, lever.name, lottery)}" for lever in levers]
    return "; ".join(words) or "no lever"


def levels(negotiation: Negotiation, name: str, lottery: Lottery) -> str:
    """Say the level of a lever in a lottery over packages, with probabilities where it varies."""
    shares: dict[float, float] = {}
    for share, package in lottery:
        shares[package[name]] = shares.get(package[name], 0.0) + share
    lever = negotiation.lever(name)
    if len(shares) == 1:
        return lever.label(next(iter(shares)))
    return " or ".join(f"{lever.label(x)} ({shares[x]:.3g})" for x in sorted(shares))


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
    paragraph(console, f"The {_rule(agreement.solution)} solution {agreement.solution.says}.")
    names = {"disagreement": "without", "ideal": "at most"}
    table = agreement.table()
    columns = tuple(names.get(column, column) for column in table.columns)
    show(console, Table("", columns, table.rows), signed=["gain"])
    paragraph(console, "Lever by lever, and what each move is worth to each player:")
    show(console, agreement.ledger(), signed=agreement.players, by="owner")
    _proved(console, agreement.certificate)


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
    elif agreement.agreed and _same(agreement.payoffs, other.payoffs):
        text = "the same payoffs"
    else:
        text = f"gains {gains(other.players, other.gains)}"
        if len(other.lottery) > 1:
            text += f", by a lottery over {len(other.lottery)} packages"
    paragraph(console, f"{text}.", label=label)


def gains(players: Sequence[str], values: Sequence[float] | np.ndarray) -> str:
    """Say everybody's gains in a line."""
    words = aligned([float(value) for value in values], signed=True)
    return ", ".join(f"{player} {word}" for player, word in zip(players, words, strict=True))


def _regimes(console: Console, comparison: RegimeComparison) -> None:
    heading(console, f"Which levers are on the table{_unit(comparison.negotiation)}")
    players = comparison.negotiation.player_names
    gain = tuple(f"gain of {player}" for player in players)
    rows: list[tuple[Cell, ...]] = []
    for outcome in comparison.outcomes:
        verdict = "deal" if outcome.agreed else "no deal"
        differs = _differs(comparison.outcomes[0], outcome)
        rows.append((outcome.regime.name, verdict, *map(float, outcome.gains), differs))
    table = Table("", ("regime", "outcome", *gain, "set otherwise than linked"), tuple(rows))
    show(console, table, signed=gain)
    _left_out(console, comparison)
    _proofs(console, comparison.outcomes[1:])


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
        if outcome.lotteries == lotteries
        and outcome.off_table != outcomes[outcome.regime.name].off_table
    ]  # fmt: skip
    if not other:
        return
    changed = [o for o in other if not _same(o.payoffs, outcomes[o.regime.name].payoffs)]
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


def _proofs(console: Console, outcomes: Sequence[RegimeOutcome]) -> None:
    """Say what proves that a regime, or one of its tables, has no gainful deal."""
    proofs: dict[str, list[str]] = {}
    for outcome in outcomes:
        tables = outcome.regime.tables or (outcome.regime.tradable,)
        for table, agreement in zip(tables, outcome.agreements, strict=True):
            if not agreement.agreed:
                where = f", on the table of {', '.join(table)}" if len(tables) > 1 else ""
                proofs.setdefault(agreement.explain(), []).append(f"{outcome.regime.name}{where}")
    for proof, places in proofs.items():
        paragraph(console, f"{_capital('; '.join(places))}: {proof}")


def _observed(console: Console, scenario: Scenario, agreement: Agreement) -> None:
    table = scenario.against_observed(agreement.package)
    heading(console, table.title)
    rows = tuple((*row[:-1], "hit" if row[-1] else "miss") for row in table.rows)
    columns = (*table.columns[:-1], "")
    show(console, Table("", columns, rows), by="owner")
    of = "" if len(agreement.lottery) == 1 else ", by the likeliest package of the lottery"
    paragraph(console, f"{_capital(table.note)}{of}.")


# ---------------------------------------------------------------------------- the other commands


def regimes_report(console: Console, scenario: Scenario, comparison: RegimeComparison) -> None:
    """Print all tables of a comparison, and the proofs where there is no deal."""
    console.print(scenario.title, style="bold")
    says = f"Without agreement: {comparison.disagreement_from}."
    paragraph(console, f"The {_rule(comparison.solution)} solution. {says}")
    players = comparison.negotiation.player_names
    gain = [f"gain of {player}" for player in players]
    heading(console, comparison.table().title)
    show(console, comparison.table(), signed=gain)
    _proofs(console, comparison.outcomes)
    if len(comparison.outcomes) > 1:
        linkage = comparison.value_of_linkage()
        heading(console, linkage.title)
        show(console, linkage, signed=linkage.columns, by="against")
    if comparison.beside:
        heading(console, comparison.beside_table().title)
        show(console, comparison.beside_table(), signed=gain, by="regime")
    paragraph(console, f"Worst certificate: {comparison.certificate}.")


def equilibrium_report(console: Console, scenario: Scenario, equilibrium: Equilibrium) -> None:
    """Print an equilibrium of the lever game, lever by lever."""
    console.print(scenario.title, style="bold")
    paragraph(console, equilibrium.explain())
    payoffs = zip(equilibrium.players, map(float, equilibrium.payoffs), strict=True)
    heading(console, f"Each player sets its own levers{_unit(scenario)}")
    show(console, Table("", ("player", "payoff"), tuple(payoffs)))
    rows = []
    for player, strategy in zip(equilibrium.players, equilibrium.strategies, strict=True):
        for lever in scenario.owned_by(player):
            now = lever.label(lever.status_quo)
            rows.append((player, lever.name, now, levels(scenario, lever.name, strategy)))
    columns = ("player", "lever", "status quo", "in equilibrium")
    console.print()
    show(console, Table("", columns, tuple(rows)), by="player")
    if not equilibrium.is_pure:
        paragraph(console, "The packages that are mixed over:")
        show(console, equilibrium.table())
    _proved(console, equilibrium.certificate)


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


def _proved(console: Console, certificate: Certificate) -> None:
    words = PROOFS.get(certificate.kind, "")
    paragraph(console, f"Certificate: {words}{certificate}.")


def _rule(solution: Solution) -> str:
    """Write the name of a solution, those of people with capitals."""
    return solution.name if solution.name in ADJECTIVES else solution.name.title()


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    scale = max(float(np.abs(first).max()), float(np.abs(second).max()), 1e-300)
    return bool(np.abs(first - second).max() <= NEGLIGIBLE * scale)


def _unit(negotiation: Negotiation) -> str:
    return f" ({negotiation.unit})" if negotiation.unit else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
