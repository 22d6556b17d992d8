"""A chokehold in tables and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bargaining.results.table import Cell, Table

if TYPE_CHECKING:
    from bargaining.linkage.chokehold.result import Chokehold

__all__ = [
    "chokehold_table",
    "comparative",
    "explanation",
    "option_table",
    "path_table",
    "worth_table",
]


def chokehold_table(result: Chokehold) -> Table:
    """Return a row for each state: what is done, how far it is used, and the values."""
    holder, user = result.players
    efforts = [result.effort(s) for s in range(len(result.states))]
    rows: list[tuple[Cell, ...]] = [
        (
            float(result.shares[s]), state.copied, _levels(result, s), float(result.uses[s]),
            efforts[s], *map(float, result.values[s]),
        )
        for s, state in enumerate(result.stages.states)
    ]  # fmt: skip
    return Table(
        f"Chokehold of {holder} on {user}",
        ("share", "copied", holder, "use", f"effort of {user}", f"value to {holder}",
         f"value to {user}"),
        tuple(rows),
        note=f"certificate: {result.certificate}",
    )  # fmt: skip


def _levels(result: Chokehold, state: int) -> str:
    """Write the levels of a state, by situation where there are several."""
    words = {
        name: " or ".join(f"{level:g}" if p > 1 - 1e-9 else f"{level:g} ({p:.3g})"
                          for level, p in row.items())
        for name, row in result.levels(state).items()
    }  # fmt: skip
    if len(words) == 1:
        return f"level {next(iter(words.values()))}"
    return ", ".join(f"{name}: {levels}" for name, levels in words.items())


def option_table(result: Chokehold, state: int) -> Table:
    """Return a row for each situation and level but none: gain now against option value."""
    gains, prices = result.net_gains(state)
    setting = result.setting
    rows: list[tuple[Cell, ...]] = [
        (
            situation.name, setting.levels[k], float(gains[m, k]), float(prices[k]),
            float(gains[m, k] - prices[k]),
        )
        for m, situation in enumerate(setting.situations)
        for k in range(1, len(setting.levels))
    ]  # fmt: skip
    return Table(
        f"Use now or keep, at {result.states[state]}",
        ("situation", "level", "gain now", "option value destroyed", "net"),
        tuple(rows),
        note="against not using it; a level is used where its net is largest and not negative",
    )


def path_table(result: Chokehold, periods: int) -> Table:
    """Return, by period, the expected share, use and effort, and the chances of what happened."""
    spread = result.ending.distribution(periods)
    copied = np.array([state.copied for state in result.stages.states], dtype=float)
    efforts = np.array([result.effort(s) for s in range(len(result.states))])
    rows: list[tuple[Cell, ...]] = [
        (
            k + 1, float(row @ result.shares), float(row @ result.uses), float(row @ efforts),
            float(row @ copied), result.ending.ended(k + 1),
        )
        for k, row in enumerate(spread)
    ]  # fmt: skip
    return Table(
        "Expected path",
        ("period", "share", "use", "effort", "chance copied", "chance ended"),
        tuple(rows),
    )


def worth_table(result: Chokehold) -> Table:
    """Return what the values today are made of."""
    rows: list[tuple[Cell, ...]] = []
    for player, parts, value in zip(result.players, result.parts, result.values[0], strict=True):
        rows += [(player, name, amount) for name, amount in parts.items()]
        rows.append((player, "in all", float(value)))
    return Table("Values today, in parts", ("player", "from", "value"), tuple(rows))


def comparative(parameter: str, rows: Sequence[tuple[float, Chokehold]]) -> Table:
    """Return a row for each number: decision, end and worth."""
    cells: list[tuple[Cell, ...]] = [
        (
            value, found.decision, found.effort(), found.ending.verdict,
            _finite(found.ending.life), found.option_value, *map(float, found.worth),
        )
        for value, found in rows
    ]  # fmt: skip
    return Table(
        f"Chokehold by {parameter}",
        (parameter, "today", "effort", "the restriction", "periods in force", "option value",
         "worth to holder", "worth to user to end"),
        tuple(cells),
    )  # fmt: skip


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def explanation(result: Chokehold) -> str:
    """Say what is done today and why, whether it lasts, what it is worth, and the proof."""
    return " ".join(
        [_today(result), _reason(result), _end(result), _user(result), _worth(result),
         _proof(result)]
    )  # fmt: skip


def _today(result: Chokehold) -> str:
    holder, share = result.players[0], f"{result.shares[0]:.4g}"
    if result.decision == "keep":
        return f"{holder} keeps the chokehold unused today, at a share of {share}."
    if result.decision == "use":
        return f"{holder} uses the chokehold today ({_levels(result, 0)}), at a share of {share}."
    return (
        f"{holder} keeps the chokehold today but in some periods ({_levels(result, 0)}), at a "
        f"share of {share}."
    )


def _reason(result: Chokehold) -> str:
    gains, prices = result.net_gains()
    parts = [
        f"{gains[m, -1]:.4g}" + (f" in a {situation.name} period" if len(gains) > 1 else "")
        for m, situation in enumerate(result.setting.situations)
    ]
    return (
        f"A full use now brings {' or '.join(parts)} more than none, and destroys "
        f"{prices[-1]:.4g} of what the hold is worth later."
    )


def _end(result: Chokehold) -> str:
    ending = result.ending
    if ending.verdict == "unused":
        return "It is never used."
    if ending.verdict == "temporary":
        return (
            f"The use is temporary: in force for {ending.life:.4g} periods in expectation, over "
            f"in period {ending.mean:.4g}."
        )
    if ending.verdict == "lasting":
        return "The use is lasting: whatever happens, it comes again."
    return f"The use lasts for ever with probability {ending.lasting:.4g}, and ends otherwise."


def _user(result: Chokehold) -> str:
    user, effort = result.players[1], result.effort()
    if effort == 0:
        return f"{user} builds no alternatives today."
    return f"{user} builds alternatives at effort {effort:.4g} today."


def _worth(result: Chokehold) -> str:
    holder, user = result.players
    own, other = result.worth
    if own < 0:
        return f"It is worth {own:.4g} to {holder}, which would be better off without it."
    deal = "so there is a price at which it is given up" if other > own else (
        "so no price ends it"
    )  # fmt: skip
    return (
        f"It is worth {own:.4g} to {holder}, {result.parts[0]['threat']:.4g} of it from the threat "
        f"alone; {user} would pay {other:.4g} to be rid of it, {deal}."
    )


def _proof(result: Chokehold) -> str:
    alone = len(result.equilibrium.game.deciders) == 1
    text = f"Proof: {result.certificate}"
    return f"{text}." if alone else f"{text}; in each state {result.equilibrium.selection}."
