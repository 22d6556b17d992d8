"""What the players are told before the first round: the rules, and nothing about the other side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rich.console import Console

from bargaining.interfaces.play.rules import Rules, Side
from bargaining.interfaces.rendering import paragraph

__all__ = ["welcome"]


def welcome(console: Console, rules: Rules, sides: Mapping[str, Side]) -> None:
    """Say who plays whom, by which rules; descriptions of scenarios may tell how they end."""
    scenario = rules.scenario
    console.print(scenario.title, style="bold")
    for player, side in sides.items():
        paragraph(console, f"{side.says}.", label=f"{player}:")
    paragraph(console, _rules(rules), label="Rules:")


def _rules(rules: Rules) -> str:
    text = (
        f"{rules.proposers[0]} makes the first offer; whoever refuses makes the next one. After "
        f"{rules.rounds} round{'s' if rules.rounds > 1 else ''} without an agreement the talks "
        f"have failed, and what follows is {rules.disagreement_from}. "
    )
    if np.all(rules.factors == 1) or rules.rounds == 1:
        return text + "Time costs nothing. You see what is worth how much to your side only."
    players = zip(rules.scenario.player_names, rules.factors.tolist(), strict=True)
    words = (
        f"{rules.factors[0]:g}"
        if rules.factors[0] == rules.factors[1]
        else ", ".join(f"{factor:g} for {player}" for player, factor in players)
    )
    return text + (
        f"What is gained a round later is worth {words} times as much. You see what is worth how "
        "much to your side only."
    )
