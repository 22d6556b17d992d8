"""The lines that reproduce a state of the explorer: on the command line, and in Python."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from bargaining.interfaces.explorer.state import CHOSEN, State
from bargaining.model.negotiation import Negotiation

__all__ = ["Lines", "reproduce"]

WIDE = 88
"""Letters of a line, as far as names allow it."""


class Lines(NamedTuple):
    """How to get the same without the explorer; each a text of one or more lines."""

    command_line: str
    python: str


def reproduce(state: State) -> Lines:
    """Return the commands and the Python lines that give what the explorer shows.

    Examples
    --------
    >>> import bargaining as bg
    >>> from bargaining.interfaces.explorer.state import initial
    >>> print(reproduce(initial(bg.load_scenario("two-issues"))).command_line.splitlines()[0])
    bargaining solve two-issues
    """
    return Lines("\n".join(_commands(state)), "\n".join(_python(state)))


def _commands(state: State) -> list[str]:
    name = shlex.quote(state.source)
    beyond = [
        words
        for words, there in (
            ("other numbers", state.quantities),
            ("another status quo", state.status_quo),
            ("bargaining weights", state.rule.parameters.get("weights")),
            ("owners' responses to a table of one's own choice", state.off and _responds(state)),
            ("an empty table", not state.tradable),
        )
        if there
    ]
    if beyond:
        return [f"# {', '.join(beyond)}: no command takes these; use the Python lines", _open(name)]
    options = _options(state)
    if state.off:
        keys = {lever: key for key, lever in state.scenario.keys.items()}
        options += ["--tradable", ",".join(keys.get(x, x) for x in state.tradable)]
    lines = [" ".join(["bargaining solve", name, *map(shlex.quote, options)])]
    if not (state.off or _options(state)):
        patience = ",".join(f"{d:g}" for d in state.patience)
        lines.append(
            f"bargaining truce {name} --agreement nash --months {state.months} "
            f"--renewal {state.renewal:g} --patience {patience}"
        )
    return [*lines, _open(name)]


def _responds(state: State) -> bool:
    return state.off_table == "response"


def _open(name: str) -> str:
    return f"bargaining explore {name}"


def _options(state: State) -> list[str]:
    options = [] if state.solution == "nash" else ["--solution", state.solution]
    if state.disagreement != state.scenario.disagreement:
        options += ["--disagreement", state.disagreement]
    return [*options, "--lotteries"] if state.lotteries else options


def _python(state: State) -> list[str]:
    game = state.negotiation()
    lines = ["import bargaining as bg", "", f"game = bg.load_scenario({state.source!r})"]
    if state.quantities:
        lines += _dictionary("game = game.with_quantities(", dict(state.quantities), ")")
    if state.status_quo:
        lines += _dictionary("game = game.with_status_quo(", _named(state, game, "status_quo"), ")")
    rule = repr(state.solution)
    weights = state.rule.parameters.get("weights")
    if weights:
        rule = f"bg.{type(state.rule).__name__}(weights={list(weights)})"
    over = f"disagreement={state.disagreement!r}, lotteries={state.lotteries}"
    if not state.off:
        lines += [f"deal = bg.solve(game, {rule}, {over})"]
    else:
        lines += ["on_the_table = ["]
        lines += [f"    {name!r}," for name in state.tradable]
        lines += [
            "]", "comparison = bg.compare_regimes(", f"    game, {rule}, {over},",
            f"    regimes=[bg.Regime({CHOSEN!r}, on_the_table)], off_table={state.off_table!r},",
            ")", "deal = comparison.outcomes[0]",
        ]  # fmt: skip
    lines += ["print(deal.explain())", "if deal.agreed:", "    print(deal.ledger())"]
    if not any(lever.is_interval for lever in game.free_levers):  # a truce takes levels one by one
        patience = ", ".join(f"{d:g} ** (1 / 12)" for d in state.patience)
        truce = f"game, months={state.months}, renewal={state.renewal:g})"
        lines += [
            f"    truce = bg.Truce(deal.lottery, negotiation={truce}",
            f"    print(truce.holds([{patience}]).explain())",
        ]
    if state.offer:
        offer = {"": "**game.status_quo", **_named(state, game, "offer")}
        lines += _dictionary("offer = game.package(", offer, ")")
        lines += ["print(game.payoffs(offer))"]
    return lines


def _named(state: State, game: Negotiation, which: str) -> dict[str, object]:
    """Return levels by lever, as labels where levers have them."""
    found: dict[str, object] = {}
    for name, level in state.levels(game, which).items():
        lever = game.lever(name)
        found[name] = level if lever.labels is None else lever.label(level)
    return found


def _dictionary(before: str, items: dict[str, object] | dict[str, float], after: str) -> list[str]:
    """Write a call with a dictionary, an item a line; what stands under "" is written as it is."""
    words = [f"{key!r}: {item!r}" if key else str(item) for key, item in items.items()]
    one = f"{before}{{{', '.join(words)}}}{after}"
    if len(one) <= WIDE:
        return [one]
    return [before + "{", *(f"    {word}," for word in words), "}" + after]
