"""The rules of a classroom game, and how it went: offers in turn, a last round, impatience.

The talks are those of alternating offers (Rubinstein 1982) with an end: whoever refuses makes the
next offer, a round later, and after the last round the talks have failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bargaining.errors import InputError
from bargaining.model.packages import Package
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.disagreement import Disagreement
from bargaining.types import FloatArray

__all__ = ["BreakOff", "Outcome", "Rules", "Side", "made_rules", "played"]

MOST_ROUNDS = 100


class BreakOff(Exception):  # noqa: N818  nothing went wrong
    """A player walks away from the table."""


@dataclass(frozen=True, eq=False)
class Rules:
    """What is played.

    Attributes
    ----------
    scenario : Scenario
    disagreement : ndarray of shape (2,)
        Payoffs when the talks fail.
    disagreement_from : str
    factors : ndarray of shape (2,)
        What a gain is worth a round later.
    proposers : tuple of str
        Who makes the offer, by round.
    """

    scenario: Scenario
    disagreement: FloatArray
    disagreement_from: str
    factors: FloatArray
    proposers: tuple[str, ...]

    @property
    def rounds(self) -> int:
        """Rounds until the talks fail."""
        return len(self.proposers)

    def other(self, player: str) -> str:
        """Return the other player."""
        one, two = self.scenario.player_names
        return two if player == one else one

    def index(self, player: str) -> int:
        """Return the position of a player."""
        return self.scenario.player_names.index(player)

    def worth(self, package: Package, number: int) -> FloatArray:
        """Return what agreeing on a package in a round (from 1) is worth at the start, (2,)."""
        gains = self.scenario.payoffs(package) - self.disagreement
        return np.asarray(self.disagreement + self.factors ** (number - 1) * gains)


class Side(Protocol):
    """Who sits on a side of the table, a student or the computer."""

    says: str

    def offer(self, number: int) -> Package | None:
        """Return the offer of a round; None to let the round pass."""

    def accepts(self, number: int, package: Package) -> bool:
        """Whether an offer of the other side is accepted."""


@dataclass(frozen=True)
class Outcome:
    """How a game went.

    Attributes
    ----------
    offers : tuple of (round, proposer, Package or None)
    package : Package or None
        What was agreed; None when the talks failed.
    number : int
        The last round that was played.
    left : str
        Who walked away; "" when nobody did.
    """

    offers: tuple[tuple[int, str, Package | None], ...]
    package: Package | None
    number: int
    left: str = ""


def made_rules(
    scenario: Scenario, model: Disagreement, factors: Sequence[float], rounds: int, first: str
) -> Rules:
    """Return rules that have been checked.

    Raises
    ------
    InputError
        When there are not two players, a lever is an interval, or a number makes no sense.
    """
    names = scenario.player_names
    if len(names) != 2:
        raise InputError(f"play: expected two players, got {len(names)} ({', '.join(names)})")
    endless = [lever.name for lever in scenario.free_levers if lever.is_interval]
    if endless:
        raise InputError(
            f"play: expected levers with levels, but {endless[0]!r} is an interval; list some of it"
        )
    if not 1 <= rounds <= MOST_ROUNDS:
        raise InputError(f"--rounds: expected 1 to {MOST_ROUNDS}, got {rounds}")
    given = np.array([*factors] * (2 if len(factors) == 1 else 1), dtype=float)
    if given.shape != (2,) or not np.all((given > 0) & (given <= 1)):
        raise InputError(
            f"--patience: expected one or two discount factors above 0, at most 1, got {factors}"
        )
    one = scenario.player(first).name if first else names[0]
    order = (one, names[1 - names.index(one)])
    point = model.point(scenario)
    return Rules(
        scenario, point.payoffs, point.says, given, tuple(order[t % 2] for t in range(rounds))
    )


def played(rules: Rules, sides: dict[str, Side]) -> Outcome:
    """Let two sides talk until they agree, one walks away, or the rounds are over."""
    offers: list[tuple[int, str, Package | None]] = []
    for number, proposer in enumerate(rules.proposers, start=1):
        acting = proposer
        try:
            package = sides[proposer].offer(number)
            offers.append((number, proposer, package))
            acting = rules.other(proposer)
            if package is not None and sides[acting].accepts(number, package):
                return Outcome(tuple(offers), package, number)
        except BreakOff:
            return Outcome(tuple(offers), None, number, left=acting)
    return Outcome(tuple(offers), None, rules.rounds)
