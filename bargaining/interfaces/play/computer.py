"""Two ways in which the computer plays a side, both told to the student beforehand.

`equilibrium` makes the offers of the subgame-perfect equilibrium of these very rules (Rubinstein
1982, with single packages) and accepts what is worth at least waiting. `concession` asks for less
from round to round, from the most it could get down to what it has without agreement.
"""

from __future__ import annotations

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.interfaces.play.rules import Rules
from bargaining.model.packages import Package
from bargaining.strategic.alternating_offers import alternating_offers
from bargaining.strategic.offers import Offers

__all__ = ["COMPUTERS", "Concession", "Equilibrium", "computer"]

ROUNDING = 1e-9
"""Part of the payoffs' scale below which it does not refuse."""


class Equilibrium:
    """Offers and answers of the equilibrium, also after moves that it does not expect."""

    says = (
        "makes the offers of the subgame-perfect equilibrium, and accepts whatever is worth at "
        "least what it expects by waiting"
    )

    def __init__(self, rules: Rules, player: str) -> None:
        self.rules, self.me = rules, rules.index(player)
        self.solved: Offers = solved(rules)

    def offer(self, number: int) -> Package | None:
        """Return the equilibrium offer of a round."""
        if not self.solved.lotteries:
            return None
        lottery = self.solved.lotteries[self.solved.rounds.index(number)]
        return lottery[0][1] if lottery else None

    def accepts(self, number: int, package: Package) -> bool:
        """Whether an offer is worth at least waiting for the next round."""
        talks = self.solved.talks
        following = None
        if len(self.solved.values) and number < self.rules.rounds:
            following = self.solved.values[number]
        elif number < self.rules.rounds:
            following = self.rules.disagreement
        least = talks.demands(talks.rejection(following))[self.me]
        return _reaches(self.rules, package, self.me, float(least))


class Concession:
    """Asks for less from round to round, and offers the other the most that this leaves."""

    says = (
        "asks for less from round to round, from the most it could get down to what it has without "
        "agreement, and accepts what it would ask for a round later"
    )

    def __init__(self, rules: Rules, player: str) -> None:
        self.rules, self.player, self.me = rules, player, rules.index(player)
        best = _best(rules, player, rules.disagreement)
        d = float(rules.disagreement[self.me])
        self.most = d if best is None else float(rules.scenario.payoffs(best)[self.me])

    def asks(self, number: int) -> float:
        """Return the payoff that it asks for in a round."""
        d, steps = float(self.rules.disagreement[self.me]), max(self.rules.rounds - 1, 1)
        return self.most - (self.most - d) * min(number - 1, steps) / steps

    def offer(self, number: int) -> Package | None:
        """Return the package that is best for the other among those that give what it asks for."""
        floors = self.rules.disagreement.copy()
        floors[self.me] = self.asks(number)
        return _best(self.rules, self.rules.other(self.player), floors)

    def accepts(self, number: int, package: Package) -> bool:
        """Whether an offer gives what it would ask for a round later."""
        last = number == self.rules.rounds
        least = float(self.rules.disagreement[self.me]) if last else self.asks(number + 1)
        return _reaches(self.rules, package, self.me, least)


COMPUTERS: dict[str, type[Equilibrium] | type[Concession]] = {
    "equilibrium": Equilibrium,
    "concession": Concession,
}


def computer(name: str, rules: Rules, player: str) -> Equilibrium | Concession:
    """Return the computer that plays a side.

    Raises
    ------
    InputError
        For a name that is not known.
    """
    if name not in COMPUTERS:
        raise InputError(f"--computer: {unknown_name('way of playing', name, list(COMPUTERS))}")
    return COMPUTERS[name](rules, player)


def solved(rules: Rules) -> Offers:
    """Return the equilibrium of the rules over single packages."""
    return alternating_offers(
        rules.scenario, rules.factors, horizon=rules.rounds, proposers=list(rules.proposers),
        disagreement=rules.disagreement, lotteries=False,
    )  # fmt: skip


def _best(rules: Rules, player: str, floors: np.ndarray[tuple[int], np.dtype[np.float64]]) -> (
    Package | None
):  # fmt: skip
    """Return the package that is best for a player while the other has its floor.

    It is what the player offers in talks of one round that otherwise end with the floors.
    """
    found = alternating_offers(
        rules.scenario, (1.0, 1.0), horizon=1, breakdown_payoffs=floors, proposers=[player],
        disagreement=floors, lotteries=False,
    )  # fmt: skip
    lottery = found.lotteries[0] if found.lotteries else ()
    return lottery[0][1] if lottery else None


def _reaches(rules: Rules, package: Package, me: int, least: float) -> bool:
    payoff = float(rules.scenario.payoffs(package)[me])
    scale = max(abs(payoff), abs(least), abs(float(rules.disagreement[me])))
    return payoff >= least - ROUNDING * scale
