"""A precedent in tables and words, and the smallest stake that breaks a norm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.linkage.precedent.setting import Crisis, State
from bargaining.linkage.precedent.states import SolvedState
from bargaining.linkage.precedent.talks import Talks
from bargaining.linkage.precedent.ties import Play
from bargaining.results.table import Cell, Table

if TYPE_CHECKING:
    from bargaining.linkage.precedent.precedent import Precedent

__all__ = ["comparative", "explanation", "precedent_table", "threshold"]

EXTREME = 20
"""Stakes from 2^-20 to 2^20 are searched."""


def precedent_table(result: Precedent) -> Table:
    """Return a row for each state and crisis: how it ends, what breaks, payoffs and values."""
    setting, players = result.setting, result.players
    rows: list[tuple[Cell, ...]] = []
    for state, each in result.solved.items():
        for k, (crisis, play) in enumerate(zip(setting.crises, each.plays, strict=True)):
            payoffs = np.sum([share * end.payoffs for share, end in play], axis=0)
            rows.append(
                (
                    setting.named(state) if k == 0 else "", crisis.name, crisis.probability,
                    _ending(play), _broken(result, state, play), *map(float, payoffs),
                    *(map(float, each.values) if k == 0 else [None] * len(players)),
                )
            )  # fmt: skip
    unit = f" ({setting.negotiation.unit})" if setting.negotiation.unit else ""
    columns = ("state", "crisis", "probability", "ends in", "breaks the norm of")
    return Table(
        f"Precedent{unit}",
        (*columns, *(f"{p} now" for p in players), *(f"value to {p}" for p in players)),
        tuple(rows),
        note=f"certificate: {result.certificate}",
    )


def _ending(play: Play) -> str:
    words = ["no deal" if end.package is None else "a deal" for _, end in play]
    if len(play) == 1:
        return words[0]
    return " or ".join(
        f"{word} ({share:.4g})" for word, (share, _) in zip(words, play, strict=True)
    )


def _broken(result: Precedent, state: State, play: Play) -> str:
    parts = []
    for bit, norm in enumerate(result.setting.norms):
        chance = sum(share * end.breaks(bit) for share, end in play)
        if chance > 0 and not state[bit]:
            parts.append(norm if chance > 1 - 1e-12 else f"{norm} ({chance:.4g})")
    return ", ".join(parts) or "-"


def comparative(rows: Sequence[tuple[Any, float, Precedent]]) -> Table:
    """Return a row for each patience and frequency: what breaks, when, and at what price."""
    cells: list[tuple[Cell, ...]] = []
    for given, factor, found in rows:
        date = found.breaking_date()
        deltas = sorted(set(found.setting.discount_factors.tolist()))
        cells.append(
            (
                deltas[0] if len(deltas) == 1 else str(given), factor,
                ", ".join(name for name, chance in found.breaks().items() if chance > 0) or "none",
                date.hazard, date.mean if math.isfinite(date.mean) else None,
                *map(float, found.shadow_price),
            )
        )  # fmt: skip
    players = rows[0][2].players if rows else ()
    return Table(
        "Precedent by patience and frequency of crises",
        (
            "discount factor", "frequency", "crises that break a norm", "hazard", "mean date",
            *(f"shadow price to {player}" for player in players),
        ),
        tuple(cells),
    )  # fmt: skip


def threshold(
    talks: Talks, solved: Mapping[State, SolvedState], bits: Sequence[int]
) -> float | None:
    """Return the smallest factor on the negotiation's payoffs at which one of the norms breaks.

    0 where the smallest that is looked at breaks one.
    """
    values = {state: each.values for state, each in solved.items()}
    first = next(iter(solved))

    def breaks(power: float) -> bool:
        crisis = Crisis("stake", 0.0, talks.setting.negotiation, 2.0**power)
        outcome = talks.outcome(crisis, first, values)
        return any(outcome.breaks(bit) > 0 for bit in bits)

    if not breaks(EXTREME):
        return None
    if breaks(-EXTREME):
        return 0.0
    low, high = -float(EXTREME), float(EXTREME)
    while high - low > 1e-7:
        middle = (low + high) / 2
        low, high = (low, middle) if breaks(middle) else (middle, high)
    return float(2.0**high)


def explanation(result: Precedent) -> str:
    """Say which crises break whose norm, what the norms are worth, and when they break."""
    parts = [_of_norm(result, norm) for norm in result.setting.norms]
    each = next(iter(result.solved.values()))
    if each.mixed:
        parts.append("Crises end either way with probabilities that leave the rule in a tie.")
    if result.fixed_points > 1:
        values = " or ".join(
            ", ".join(f"{p} {v:.4g}" for p, v in zip(result.players, other, strict=True))
            for other in result.others
        )
        parts.append(
            f"{result.fixed_points} sets of values agree with how crises end at them; of these the "
            "one in which the norms last longest, then of largest total value, is reported. "
            f"Elsewhere the values today are {values}."
        )
    return " ".join([*parts, f"Proof: {result.certificate}."])


def _of_norm(result: Precedent, norm: str) -> str:
    chances = result.breaks(norm)
    breaking = [name for name, chance in chances.items() if chance > 0]
    date = result.breaking_date(norm)
    prices = ", ".join(
        f"{player} {price:+.4g}"
        for player, price in zip(result.players, result.shadow_prices[norm], strict=True)
    )
    if not breaking:
        text = f"No crisis breaks the norm of {norm}"
    elif any(chances[name] < 1 - 1e-12 for name in breaking):
        words = ", ".join(f"{name} ({chances[name]:.4g})" for name in breaking)
        text = f"The norm of {norm} may be broken by {words}"
    elif len(breaking) == len(chances):
        text = f"Every crisis breaks the norm of {norm}"
    else:
        text = f"The norm of {norm} is broken by {', '.join(breaking)}, and survives the others"
    when = (
        f"it breaks in period {date.mean:.4g} on average"
        if math.isfinite(date.mean)
        else "it may stand for ever"
    )
    return f"{text}; {when}. The shadow price of the precedent: {prices}."
