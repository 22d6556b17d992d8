"""The sections of a report on what bears the answer: tabling, truce, robustness, proofs."""

from __future__ import annotations

import shlex

from bargaining import __version__
from bargaining.interfaces.html.findings import MONTHS, PATIENCE, RENEWAL, Findings
from bargaining.interfaces.html.markup import Markup, element, join, linked, prose, table_of
from bargaining.interfaces.html.pictures import figure_of
from bargaining.interfaces.summaries import numbers_table, observed_table
from bargaining.interfaces.words import unit_of
from bargaining.results.table import Table

__all__ = ["certificates", "observed", "reproduce", "robustness", "sources", "tabling", "truce"]


def tabling(found: Findings) -> Markup:
    """Show the game before the talks: who tables what, and up to which cost."""
    game = found.tabling
    if isinstance(game, str):
        return element("p", game)
    from bargaining.interfaces.plots.tabling import plot_tabling

    ax = plot_tabling(game)
    says = f"Payoffs by what each side tables, equilibria framed. {game.explain()}"
    costs = [element("li", game.critical_cost(p).explain()) for p in found.scenario.player_names]
    return join(
        [
            element("p", prose(game.explain())),
            figure_of(ax, "tabling", says, wide=True),
            element("p", "Up to which cost of the precedent a side tables anything:"),
            element("ul", *costs),
        ]
    )


def truce(found: Findings) -> Markup:
    """Say whether what was observed, or agreed, holds as a pause with an end date."""
    pause = found.truce
    if isinstance(pause, str):
        return element("p", pause)
    from bargaining.enforcement.truces.truce import monthly
    from bargaining.interfaces.plots.truce import plot_truce

    asked = (
        f"What is to be kept: {pause.kept}, as a pause of {MONTHS} months that is renewed with "
        f"a chance of {RENEWAL:g}, all sides having discount factors of {PATIENCE:g} a year. "
    )
    ax = plot_truce(pause.phase, discount_factors=monthly(PATIENCE))
    says = f"Where it holds, by patience and chance of renewal. {pause.renewal.explain()}"
    verdict = "It holds. " if pause.result.holds else "It does not hold. "
    table = pause.result.table()
    title = f"In months of payoff{unit_of(found.scenario)}"
    return join(
        [
            element("p", asked, element("strong", verdict), prose(pause.result.explain())),
            element("p", pause.renewal.explain(), " ", pause.patience.explain()),
            table_of(Table(title, table.columns, table.rows)),
            figure_of(ax, "truce", says),
        ]
    )


def robustness(found: Findings) -> Markup:
    """Say how the prediction fares over the ranges of its numbers."""
    spread = found.robustness
    if isinstance(spread, str):
        return element("p", spread)
    text = (
        f"All {spread.ranges} numbers that have a range were drawn from it at once, "
        f"{spread.draws} times (seed {found.asked.seed}). {spread.deals} of {spread.draws} draws "
        "end with a deal. "
    )
    if spread.unsettled:
        text += f"{len(spread.unsettled)} more draws have no outcome: {spread.unsettled[0]}. "
    text += "Shares move from one set of draws to another; `bargaining report --draws` takes more."
    parts = [element("p", prose(text))]
    if spread.deals:
        parts += [table_of(spread.table(unit_of(found.scenario)), signed=spread.table("").columns),
                  table_of(spread.levers)]  # fmt: skip
    return join(parts)


def observed(found: Findings) -> Markup:
    """Set the prediction beside what was observed, and name the misses."""
    scenario = found.scenario
    if not scenario.observed:
        return element("p", "The scenario records nothing that was observed.")
    if not found.agreement.agreed:
        title = next(iter(scenario.observed.values())).title
        return element("p", f"No deal is predicted, though one was observed: {title}. A miss.")
    table = observed_table(scenario, found.agreement)
    named = Table(table.title, (*table.columns[:-1], "outcome"), table.rows)
    first = next(iter(scenario.observed.values()))
    missed = [
        f"{row[0]} (observed {row[3]}, predicted {row[4]})"
        for row in table.rows
        if row[-1] == "miss"
    ]
    words = f"Missed: {'; '.join(missed)}." if missed else "No lever is missed."
    note = [element("p", " ".join(first.note.split()), class_="note")] if first.note else []
    source = element("p", "Source: ", linked(first.source), class_="note")
    return join([element("p", f"{table.note} {words}"), table_of(named, by="owner"), *note, source])


def certificates(found: Findings) -> Markup:
    """List the certificates, recomputed for this page."""
    rows = tuple(
        (what, proof.kind, f"{proof.value:.1e}", f"{proof.tolerance:.0e}",
         "holds" if proof else "FAILS")
        for what, proof in found.certificates
    )  # fmt: skip
    table = Table(
        "Certificates, recomputed from the problem alone",
        ("of", "what is proved", "value", "tolerance", "verdict"), rows,
    )  # fmt: skip
    words = (
        "A certificate says how far, at most, a result is from what it claims, relative to the "
        "scale of the payoffs, whatever method found it."
    )
    return join([element("p", words), table_of(table)])


def reproduce(found: Findings) -> Markup:
    """Give the commands and the Python lines that lead to the same."""
    asked = found.asked
    name = shlex.quote(asked.name)
    options = "" if asked.solution == "nash" else f" --solution {asked.solution}"
    if asked.disagreement is not None:
        options += f" --disagreement {shlex.quote(asked.disagreement)}"
    lots = " --lotteries" if asked.lotteries else ""
    report = f" --draws {asked.draws} --seed {asked.seed}"
    lines = [
        f"bargaining report {name}{options}{lots}{report}",
        f"bargaining solve {name}{options}{lots}",
        f"bargaining regimes {name}{options}{lots}",
    ]
    if not isinstance(found.tabling, str):
        lines.append(f"bargaining table {name}{options}")
    if not isinstance(found.truce, str):
        lines.append(f"bargaining truce {name}")
    lines.append(f"bargaining provenance {name}")
    point = found.scenario.disagreement if asked.disagreement is None else asked.disagreement
    python = [
        "import bargaining as bg",
        "",
        f"game = bg.load_scenario({asked.name!r})",
        "deal = bg.solve(",
        f"    game, {asked.solution!r}, disagreement={_python(point)}, "
        f"lotteries={asked.lotteries},",
        ")",
        "print(deal.explain())",
        "print(bg.verify(deal))",
    ]
    return join(
        [
            element("p", f"Written by bargaining {__version__}. The same from a terminal:"),
            element("pre", "\n".join(lines), tabindex="0", aria_label="Commands"),
            element("p", "And in Python:"),
            element("pre", "\n".join(python), tabindex="0", aria_label="Python"),
        ]
    )


def _python(point: str) -> str:
    """Return a disagreement point as Python: a name, or a list of numbers."""
    return f"[{point}]" if point[:1] in "-.0123456789" else repr(point)


def sources(found: Findings) -> Markup:
    """List every number with its unit, range, confidence and source."""
    table, references = numbers_table(found.scenario)
    rows = tuple((_group(found, str(row[0])), _number(str(row[1])), *row[2:]) for row in table.rows)
    drawn = table_of(Table(table.title, table.columns, rows), by="of", links=True)
    listed = [
        element("li", linked(text), id=f"source-{number}")
        for number, text in enumerate(references, start=1)
    ]
    return join([drawn, element("h3", "Sources"), element("ol", *listed, class_="sources")])


def _group(found: Findings, path: str) -> str:
    """Say what numbers under a path belong to."""
    kind, _, name = path.partition(".")
    if kind == "levers":
        return f"Lever: {found.scenario.lever(name).name}"
    return f"Payoffs: {name}" if kind == "payoffs" else "Shared numbers"


def _number(name: str) -> str:
    """Leave out the place of a level that has a label."""
    place, _, label = name.partition(": ")
    return label if label and place.startswith("levels.") else name
