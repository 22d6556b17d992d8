"""What the explorer shows of results, as HTML: summary, deal, ledger, regimes, offer, truce."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from htmltools import Tag, TagChild, TagList, tags

from bargaining.interfaces.explorer.picture import payoff_picture
from bargaining.interfaces.explorer.reproduce import reproduce
from bargaining.interfaces.explorer.results import Results, TruceCheck
from bargaining.interfaces.explorer.state import CHOSEN, WEIGHTED
from bargaining.interfaces.plots.style import LOOKS, numbers
from bargaining.interfaces.words import capital, gains, levels, unit_of
from bargaining.linkage.regimes.outcome import RegimeOutcome

__all__ = ["deal", "ledger", "lines", "offer", "picture", "regimes", "summary", "trouble", "truces"]


EVERYTHING = "all on the table"


def trouble(message: str) -> Tag:
    """Return what went wrong, in words."""
    return tags.p(message, class_="trouble", role="alert")


def summary(found: Results) -> Tag:
    """Return the outcome in a line."""
    outcome = found.outcome
    if not outcome.agreed:
        return tags.p(tags.strong("No deal: "), "nobody can gain without a loss to others.")
    words = gains(found.game.player_names, outcome.gains)
    return tags.p(tags.strong("Deal: "), words, unit_of(found.game))


def deal(found: Results) -> TagList:
    """Return payoffs by player, and why this deal or none."""
    agreement, players = found.agreement, found.game.player_names
    columns = [
        [float(x) for x in column]
        for column in (agreement.disagreement, agreement.payoffs, agreement.gains, agreement.ideal)
    ]
    texts = [numbers(column, signed=k == 2) for k, column in enumerate(columns)]
    rows = [[player, *cells] for player, *cells in zip(players, *texts, strict=True)]
    notes: list[TagChild] = []
    if found.state.solution not in WEIGHTED and len(set(found.state.weights)) > 1:
        notes.append(f"Bargaining weights do not count in the {agreement.solution.title} solution.")
    if not found.state.tradable:
        notes.append("No lever is on the table.")
    head = ["player", "without", "agreement", "gain", "at most"]
    return TagList(
        _table(head, rows, f"Payoffs{unit_of(found.game)}"),
        *(tags.p(note, class_="note") for note in notes),
        tags.details(tags.summary("Why, and the proof"), tags.p(agreement.explain())),
    )


def picture(found: Results) -> TagList:
    """Return the payoff set with the agreement."""
    players = found.game.player_names
    if len(players) != 2:
        words = f"The payoff set is drawn for two players; here are {len(players)}."
        return TagList(tags.p(words, class_="hint"))
    outcome = found.outcome
    end = f"the agreement gains {gains(players, outcome.gains)}" if outcome.agreed else "no deal"
    words = (
        f"Payoff set of {players[0]} and {players[1]} with frontier, ideal point and the payoffs "
        f"without agreement, {gains(players, outcome.disagreement)}; {end}"
    )
    code = base64.b64encode(payoff_picture(found).encode()).decode()
    return TagList(
        tags.img(src=f"data:image/svg+xml;base64,{code}", alt=words, class_="payoff-set")
    )


def ledger(found: Results) -> TagList:
    """Return who moves what, and what it is worth to each, in numbers and as bars."""
    if not found.outcome.agreed:
        return TagList(tags.p("Without a deal nobody moves anything.", class_="hint"))
    game = found.game
    rows = found.outcome.ledger().rows
    worth = np.array([row[5:] for row in rows], dtype=float)
    texts = [numbers(column, signed=True) for column in worth.T.tolist()]
    low, high = min(0.0, float(worth.min())), max(0.0, float(worth.max()))
    span = (high - low) or 1.0
    body: list[Tag] = []
    owner = ""
    for number, (lever, whose, move, before, after, *_) in enumerate(rows):
        if whose and whose != owner:
            owner = str(whose)
            wide = {"colspan": str(1 + len(game.players)), "scope": "colgroup"}
            body.append(tags.tr(tags.th(owner, **wide), class_="owner"))
        moved = [tags.small(f"{move}: {before} \N{RIGHTWARDS ARROW} {after}")] if whose else []
        cells = [
            _bar(texts[k][number], worth[number, k], low, span, k) for k in range(len(game.players))
        ]
        kind = "" if whose else "total"
        name = tags.span(str(lever) if whose else capital(str(lever)))
        body.append(tags.tr(tags.th(name, *moved, scope="row"), *cells, class_=kind))
    head = [tags.th("lever", scope="col")]
    head += [tags.th(f"to {player}", scope="col", class_="number") for player in game.player_names]
    return TagList(
        tags.table(
            tags.caption(f"What each move is worth{unit_of(game)}"),
            tags.thead(tags.tr(*head)), tags.tbody(*body), class_="ledger",
        )
    )  # fmt: skip


def _bar(text: str, value: float, low: float, span: float, player: int) -> Tag:
    """Return a cell with a number over its bar, from the line of zero to the left or right."""
    start, wide = 100 * (min(value, 0.0) - low) / span, 100 * abs(value) / span
    zero = f"left: {-100 * low / span:.2f}%"
    style = f"left: {start:.2f}%; width: {wide:.2f}%; --colour: {LOOKS[player % len(LOOKS)][0]}"
    bar = tags.span(style=style, class_=f"bar bar-{player % 2}")
    return tags.td(
        text, tags.span(bar, tags.span(style=zero, class_="zero"), class_="track",
                        aria_hidden="true"), class_="number",
    )  # fmt: skip


def regimes(found: Results) -> TagList:
    """Return the outcomes of the regimes side by side, the one of the switches first."""
    state, usual, other = found.state, found.usual, found.other_reading
    rows: list[tuple[str, RegimeOutcome]] = []
    notes: list[str] = []
    if state.off:
        rows.append((f"{CHOSEN} ({state.off_table})", found.outcome))
    if isinstance(other, RegimeOutcome):
        rows.append((f"{CHOSEN} ({other.off_table})", other))
    elif other is not None:
        notes.append(f"The other reading of what levers off the table do: {other}")
    if isinstance(usual, str):
        rows += [] if state.off else [(EVERYTHING, found.outcome)]
        notes.append(f"Other regimes: {usual}")
    else:
        rows += [(_title(found, outcome), outcome) for outcome in usual.outcomes]
        notes += [f"{capital(x.regime.name)}: {x.explain()}" for x in usual.unsettled]
    columns = np.array([outcome.gains for _, outcome in rows]).T
    texts = [numbers(column, signed=True) for column in columns.tolist()]
    body = [
        [name, "deal" if outcome.agreed else "no deal", *(text[k] for text in texts)]
        for k, (name, outcome) in enumerate(rows)
    ]
    head = ["levers", "outcome", *(f"gain of {player}" for player in found.game.player_names)]
    return TagList(
        _table(head, body, f"Gains by what is on the table{unit_of(found.game)}", text=2),
        *(tags.p(note, class_="note") for note in notes),
        tags.p(
            "Response: levers off the table are set by their owners as suits them best, given what "
            "is agreed. Standstill: they stay as they are today. The other regimes are read as "
            "chosen under Levers.",
            class_="hint",
        ),
    )


def _title(found: Results, outcome: RegimeOutcome) -> str:
    """Return the name of a regime, in plain words where it is one table with everything on it."""
    everything = {lever.name for lever in found.game.free_levers}
    whole = outcome.regime.tables is None and set(outcome.regime.tradable) == everything
    return EVERYTHING if whole else outcome.regime.name


def offer(found: Results) -> TagList:
    """Return what an offer is worth to each side, and who would refuse it."""
    weighed, players = found.offer, found.game.player_names
    if weighed is None:
        words = "Choose levels under Levers, Your offer, to weigh a package of your own."
        return TagList(tags.p(words, class_="hint"))
    lines = [f"Gains over no agreement: {gains(players, weighed.gains)}{unit_of(found.game)}."]
    if weighed.refused_by:
        lines.append(f"{' and '.join(weighed.refused_by)} would refuse it.")
    else:
        lines.append("It leaves nobody worse off than no agreement.")
    if weighed.better is None:
        lines.append("Nobody could gain more without a loss to others.")
    else:
        lines.append(
            f"With all levers on the table, more could be had: {gains(players, weighed.better)} on "
            "top of it."
        )
    if weighed.off_table:
        lines.append(f"It moves what is off the table: {', '.join(weighed.off_table)}.")
    moves = [
        f"{lever.name}: {levels(found.game, lever.name, ((1.0, weighed.package),))}"
        for lever in found.game.free_levers
        if weighed.package[lever.name] != lever.status_quo
    ]
    return TagList(
        tags.p(" ".join(lines)),
        tags.p("Against today: ", "; ".join(moves) or "no move", ".", class_="hint"),
    )


def truces(found: Results) -> TagList:
    """Return whether the agreement, and the offer, hold as a truce."""
    if not found.truces:
        return TagList(tags.p("There is no deal that could be kept.", class_="hint"))
    return TagList(*(_truce(found, check) for check in found.truces))


def _truce(found: Results, check: TruceCheck) -> Tag:
    if check.result is None or check.renewal is None:
        return tags.p(tags.strong(f"{check.what}: "), check.reason)
    state = found.state
    verdict = "holds" if check.result.holds else "does not hold"
    return tags.div(
        tags.p(
            tags.strong(f"{check.what} {verdict}", class_=verdict.replace(" ", "-")),
            f" as a truce of {state.months} months, renewed with a chance of {state.renewal:g}.",
        ),
        tags.details(
            tags.summary("Why, and from which chance on"),
            tags.p(check.result.explain()),
            tags.p(check.renewal.explain()),
        ),
    )


def lines(found: Results) -> TagList:
    """Return what reproduces the state, on the command line and in Python."""
    texts = reproduce(found.state)
    return TagList(
        _code("Command line", "lines-command", texts.command_line),
        _code("Python", "lines-python", texts.python),
    )


def _code(title: str, name: str, text: str) -> Tag:
    button = tags.button(
        "Copy", tags.span(f" {title}", class_="visually-hidden"), type="button", class_="small",
        data_copy=name,
    )  # fmt: skip
    box = tags.pre(text, id=name, tabindex="0", role="region", aria_label=title)
    return tags.div(tags.div(tags.h3(title), button, class_="code-head"), box)


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, *, text: int = 1
) -> Tag:
    """Return a table whose first `text` columns are words, and the others numbers."""
    kinds = ["" if k < text else "number" for k in range(len(head))]
    heads = [
        tags.th(word, scope="col", class_=kind) for word, kind in zip(head, kinds, strict=True)
    ]
    body = [
        tags.tr(
            tags.th(row[0], scope="row"),
            *(tags.td(cell, class_=kind) for cell, kind in zip(row[1:], kinds[1:], strict=True)),
        )
        for row in rows
    ]
    return tags.table(tags.caption(caption), tags.thead(tags.tr(*heads)), tags.tbody(*body))
