"""The sections of a report on what is agreed: the question, breakdown, the deal, the regimes."""

from __future__ import annotations

from collections import Counter

from bargaining.interfaces.html.findings import Findings
from bargaining.interfaces.html.markup import Markup, element, join, prose, table_of
from bargaining.interfaces.html.pictures import axes_of, figure_of, key_of
from bargaining.interfaces.summaries import (
    breakdown_table,
    deal_table,
    other_reading,
    question,
    regimes_table,
    standstill_instead,
)
from bargaining.interfaces.words import (
    capital,
    gains,
    move,
    proofs,
    proved,
    unit_of,
    without_outcome,
)
from bargaining.model.levers import Interval, Lever
from bargaining.results.table import Cell, Table
from bargaining.scenarios.figures import CONFIDENCE

__all__ = ["agreement", "asked", "breakdown", "levers", "regimes"]

PANEL = (3.9, 3.5)
"""Inches of a picture that fills the width of a telephone."""


def asked(found: Findings) -> Markup:
    """Say what is asked, of what."""
    scenario = found.scenario
    parts = [element("p", " ".join(scenario.description.split()))] if scenario.description else []
    wanted, _, size = question(scenario).partition("? ")
    return join([*parts, element("p", element("strong", f"{wanted}?"), f" {size}")])


def levers(found: Findings) -> Markup:
    """List the levers by owner with levels and status quo, and how well numbers are documented."""
    scenario = found.scenario
    rows: list[tuple[Cell, ...]] = []
    for owner in scenario.player_names:
        for lever in scenario.owned_by(owner):
            now = lever.label(lever.status_quo)
            rows.append((owner, lever.name, lever.domain, now, _levels(lever)))
    table = Table(
        "Levers by owner", ("owner", "lever", "domain", "status quo", "levels"), tuple(rows)
    )
    return join([table_of(table, by="owner"), _confidence(found)])


def _levels(lever: Lever) -> str:
    """List the levels, the unit of numbers once."""
    if isinstance(lever.levels, Interval):
        return f"from {lever.label(lever.levels.low)} to {lever.label(lever.levels.high)}"
    labels = [lever.label(level) for level in lever.levels]
    units = {label.partition(" ")[2] for label in labels}
    if lever.labels is None and len(units) == 1:
        labels = [*(label.partition(" ")[0] for label in labels[:-1]), labels[-1]]
    return "; ".join(labels)


def _confidence(found: Findings) -> Markup:
    """Say how many numbers are documented how well."""
    quantities = found.scenario.quantities.values()
    counts = Counter(quantity.confidence for quantity in quantities)
    ranges = Counter(q.confidence for q in quantities if q.range is not None)
    rows = tuple(
        (word, CONFIDENCE[word], count, ranges[word]) for word, count in counts.most_common()
    )
    columns = ("confidence", "meaning", "numbers", "with a range")
    table = Table(f"How well the {len(quantities)} numbers are documented", columns, rows)
    link = element("a", "Every number with its source", href="#numbers")
    return join([table_of(table), element("p", link, " is at the end.")])


def breakdown(found: Findings) -> Markup:
    """Say what happens without agreement, and why."""
    says = f"{capital(found.agreement.disagreement_from)}."
    caption = f"Payoffs{unit_of(found.scenario)}"
    table = table_of(breakdown_table(found.scenario, found.agreement), caption=caption)
    return join([element("p", says), table])


def agreement(found: Findings) -> Markup:
    """Show the deal with its ledger and the payoff set, or why there is none."""
    deal, unit = found.agreement, unit_of(found.scenario)
    parts: list[Markup] = []
    if deal.agreed:
        parts += [
            element("p", f"The {deal.solution.title} solution {deal.solution.says}."),
            table_of(deal_table(deal), signed=["gain"], caption=f"Payoffs by player{unit}"),
        ]
    else:
        parts.append(element("p", prose(deal.explain())))
    if found.other is not None:
        label = "With lotteries over packages: " if found.other.lotteries else "Single packages: "
        parts.append(element("p", label, other_reading(deal, found.other)))
    parts = [element("div", element("div", *parts), _payoff_set(found), class_="beside")]
    if deal.agreed:
        parts += [element("h3", "Who concedes what"), _ledger_table(found), _ledger_picture(found)]
    parts.append(element("p", proved(deal.certificate), class_="note"))
    return join(parts)


def _payoff_set(found: Findings) -> Markup:
    players = found.scenario.player_names
    if len(players) != 2:
        words = f"The payoff set is drawn for two players; here are {len(players)}."
        return element("p", words, class_="note")
    from bargaining.interfaces.plots.payoff_sets import SOLUTIONS, plot_payoff_set
    from bargaining.interfaces.plots.style import figure_legend

    deal = found.agreement
    rules = dict.fromkeys([deal.solution.name, *SOLUTIONS])
    ax = plot_payoff_set(
        deal.problem, solutions=rules, lotteries=deal.lotteries, ax=axes_of(5.0, 5.2)
    )
    ax.set_xlabel(f"{players[0]}{unit_of(found.scenario)}", fontsize=9)
    ax.set_ylabel(f"{players[1]}{unit_of(found.scenario)}", fontsize=9)
    figure_legend(ax, columns=2)
    end = f"the agreement gains {gains(players, deal.gains)}" if deal.agreed else "there is no deal"
    says = (
        f"Payoff set of {players[0]} and {players[1]}: frontier, ideal point, solutions and the "
        f"payoffs without agreement, {gains(players, deal.disagreement)}; {end}."
    )
    return figure_of(ax, "payoffs", says, caption="What can be agreed, and the solutions")


def _ledger_table(found: Findings) -> Markup:
    """Return the ledger with the move under the lever's name, so that it fits a telephone."""
    deal = found.agreement
    table = deal.ledger()
    rows: list[tuple[Cell, ...]] = []
    for lever, owner, what, before, after, *worth in table.rows:
        moved = f"{lever} ({what}: {move(str(before), str(after))})"
        rows.append((owner, moved if owner else capital(str(lever)), *worth))
    heads = tuple(f"to {player}" for player in deal.players)
    drawn = Table("", ("owner", "lever and move", *heads), tuple(rows))
    caption = f"What each move is worth{unit_of(found.scenario)}"
    return table_of(drawn, signed=heads, by="owner", caption=caption, bars=True)


def _ledger_picture(found: Findings) -> Markup:
    from bargaining.interfaces.plots.bars import plot_ledger
    from bargaining.interfaces.plots.style import figure_legend

    players = found.agreement.players
    rows = len(found.agreement.ledger().rows)
    ax = plot_ledger(found.agreement, ax=axes_of(4.7, 1.6 + (0.26 + 0.13 * len(players)) * rows))
    figure_legend(ax, columns=2)
    ax.set_title("")  # it would be cut on narrow axes, and the table above says it
    says = "The table above as bars: losses to the left of zero, gains to the right."
    return figure_of(ax, "ledger", says)


def regimes(found: Findings) -> Markup:
    """Compare the regimes, with pictures where there are two players."""
    comparison = found.comparison
    if len(comparison.outcomes) == 1:
        return element("p", "There is one regime only: all levers are of one kind.")
    table = regimes_table(comparison)
    gain = [column for column in table.columns if column.startswith("gain of ")]
    caption = f"Gains by regime{unit_of(found.scenario)}"
    parts: list[Markup] = [table_of(table, signed=gain, caption=caption)]
    texts = (
        standstill_instead(comparison),
        *proofs(comparison.outcomes[1:]),
        *without_outcome(comparison),
    )
    parts += [element("p", prose(text)) for text in texts if text]
    if len(found.scenario.players) == 2:
        parts.append(_panels(found))
    linkage = comparison.value_of_linkage()
    words = "What each player has when all is linked, less what it has in the other regime."
    columns = ("against", "player", "value", "from a larger set of deals", "from another breakdown")
    shown = Table(f"Value of linkage{unit_of(found.scenario)}", columns, linkage.rows)
    worth = table_of(shown, signed=columns, by="against")
    return join([*parts, element("h3", "What linkage is worth"), element("p", words), worth])


def _panels(found: Findings) -> Markup:
    from bargaining.interfaces.plots.payoff_sets import plot_regimes

    outcomes = found.comparison.outcomes
    axes = [axes_of(*PANEL) for _ in outcomes]
    plot_regimes(found.comparison, axes=axes)
    players = found.scenario.player_names
    drawn: list[Markup] = []
    for number, (ax, outcome) in enumerate(zip(axes, outcomes, strict=True)):
        end = gains(players, outcome.gains) if outcome.agreed else "no gainful deal"
        says = f"Payoff set of the regime {outcome.regime.name}; {end}."
        drawn.append(figure_of(ax, f"regime{number}", says))
    key = key_of(axes)
    drawn.append(figure_of(key, "key", "What lines and marks in these pictures stand for."))
    return element("div", *drawn, class_="panels")
