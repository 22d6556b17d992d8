"""After the game: where agreement was possible, and how the deal compares with the solutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console

from bargaining.cooperative.agreement import Agreement
from bargaining.interfaces.play.computer import solved
from bargaining.interfaces.play.rules import Outcome, Rules
from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import gains, unit_of
from bargaining.model.packages import Package
from bargaining.results.table import Cell, Table
from bargaining.strategic.offers import Offers
from bargaining.strategic.solve import solve
from bargaining.types import FloatArray

__all__ = ["Debrief", "debrief", "print_debrief"]

RULES = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")


@dataclass(frozen=True, eq=False)
class Debrief:
    """What a game is compared with.

    Attributes
    ----------
    rules : Rules
    outcome : Outcome
    payoffs : ndarray of shape (2,)
        Of the deal, delay left aside; without one the disagreement point.
    value : ndarray of shape (2,)
        The same as seen from the first round.
    solutions : tuple of Agreement
        Over single packages.
    left : ndarray of shape (2,) or None
        What both could still have gained together on top of the deal, by the Nash solution from it;
        None where nothing.
    equilibrium : Offers
        Of these rules.
    """

    rules: Rules
    outcome: Outcome
    payoffs: FloatArray
    value: FloatArray
    solutions: tuple[Agreement, ...]
    left: FloatArray | None
    equilibrium: Offers

    @property
    def possible(self) -> bool:
        """Whether there is a package by which nobody loses and somebody gains."""
        return self.solutions[0].agreed

    def product(self, payoffs: FloatArray) -> float:
        """Return the product of gains; 0 where somebody loses."""
        return float(np.prod(np.maximum(payoffs - self.rules.disagreement, 0.0)))

    def table(self) -> Table:
        """Return payoffs, gains and their product, of the deal and of each solution."""
        rows: list[tuple[Cell, ...]] = []
        best = self.product(self.solutions[0].payoffs)
        named = [(f"{a.solution.title} solution", a.payoffs) for a in self.solutions]
        named.append(("equilibrium of these rules", self.equilibrium.payoffs))
        what = "your deal" if self.outcome.package is not None else "no deal"
        for name, payoffs in ((what, self.payoffs), *named):
            gained = (payoffs - self.rules.disagreement).tolist()
            share = 100 * self.product(payoffs) / best if best > 0 else None
            rows.append((name, *map(float, payoffs), *gained, share))
        players = self.rules.scenario.player_names
        columns = (
            "payoffs of", *players, *(f"gain of {p}" for p in players),
            "product of gains, % of Nash's",
        )  # fmt: skip
        title = f"Your deal and the solutions{unit_of(self.rules.scenario)}"
        return Table(title, columns, tuple(rows))

    def levers(self) -> Table | None:
        """Return the deal beside the Nash solution, lever by lever; None where one is missing."""
        nash, package = self.solutions[0].package, self.outcome.package
        if nash is None or package is None:
            return None
        scenario = self.rules.scenario
        rows = tuple(
            (lever.owner, lever.name, lever.label(lever.status_quo),
             lever.label(package[lever.name]), lever.label(nash[lever.name]))
            for lever in scenario.free_levers
        )  # fmt: skip
        return Table(
            "Your deal and the Nash solution", ("owner", "lever", "today", "yours", "Nash"), rows
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "agreed": self.outcome.package is not None,
            "round": self.outcome.number,
            "left": self.outcome.left,
            "package": None if self.outcome.package is None else dict(self.outcome.package),
            "offers": [
                {"round": number, "proposer": who, "package": None if p is None else dict(p)}
                for number, who, p in self.outcome.offers
            ],
            "disagreement": self.rules.disagreement.tolist(),
            "payoffs": self.payoffs.tolist(),
            "value": self.value.tolist(),
            "gainful_deal_exists": self.possible,
            "could_both_gain": None if self.left is None else self.left.tolist(),
            "comparison": self.table().to_dict(),
        }


def debrief(rules: Rules, outcome: Outcome) -> Debrief:
    """Compare how a game went with what could have been agreed."""
    package: Package | None = outcome.package
    d = rules.disagreement
    payoffs = d if package is None else rules.scenario.payoffs(package)
    value = d if package is None else rules.worth(package, outcome.number)
    solutions = tuple(
        solve(rules.scenario, rule, disagreement=d, lotteries=False) for rule in RULES
    )
    better = solve(rules.scenario, "nash", disagreement=payoffs, lotteries=False)
    left = better.gains if better.agreed else None
    return Debrief(rules, outcome, payoffs, value, solutions, left, solved(rules))


def print_debrief(console: Console, found: Debrief) -> None:
    """Print the result, the zone of agreement, and the comparison with the solutions."""
    players = found.rules.scenario.player_names
    heading(console, "How it ended")
    paragraph(console, _ending(found))
    heading(console, "Where agreement was possible")
    paragraph(console, _zone(found))
    table = found.table()
    heading(console, table.title)
    show(console, table, signed=[f"gain of {player}" for player in players])
    paragraph(console, _distance(found))
    levers = found.levers()
    if levers is not None:
        heading(console, levers.title)
        show(console, levers, by="owner")


def _ending(found: Debrief) -> str:
    rules, outcome = found.rules, found.outcome
    players, unit = rules.scenario.player_names, unit_of(rules.scenario)
    if outcome.package is None:
        why = f"{outcome.left} walked away" if outcome.left else "no offer was accepted"
        return (
            f"The talks failed in round {outcome.number}: {why}. The payoffs without agreement: "
            f"{_values(players, rules.disagreement)}{unit}."
        )
    text = f"A deal in round {outcome.number}: {_values(players, found.payoffs)}{unit}."
    if outcome.number > 1 and np.any(rules.factors < 1):
        text += f" As seen from the first round: {_values(players, found.value)}."
    losers = [
        p for p, u, d in zip(players, found.payoffs, rules.disagreement, strict=True) if u < d
    ]
    if losers:
        text += f" {' and '.join(losers)} would have been better off without it."
    return text


def _zone(found: Debrief) -> str:
    players = found.rules.scenario.player_names
    if not found.possible:
        return (
            "Nowhere: there is no package by which nobody loses and somebody gains, so failing was "
            "the best that could happen."
        )
    ideal = found.solutions[0].ideal - found.rules.disagreement
    return (
        "Nobody loses and somebody gains by some packages. Alone, with the other just not losing, "
        f"the most that each could gain: {gains(players, ideal)}."
    )


def _distance(found: Debrief) -> str:
    players = found.rules.scenario.player_names
    if found.outcome.package is None:
        missed = found.solutions[0].gains
        return f"Left on the table: {gains(players, missed)}." if found.possible else ""
    if found.left is None:
        return "Your deal is on the frontier: nobody could have gained more without a loss."
    return (
        "Your deal is not on the frontier. On top of it, one package would have given "
        f"{gains(players, found.left)}."
    )


def _values(players: tuple[str, ...], payoffs: FloatArray) -> str:
    return gains(players, payoffs, signed=False)
