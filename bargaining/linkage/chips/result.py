"""The solved stage of making chips: what it holds, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.linkage.regimes.subsets import SubsetOutcome
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Chips"]

Mixed = tuple[tuple[float, Package], ...]


@dataclass(frozen=True, eq=False)
class Chips(Tabular):
    """The stage in which levers are set before the talks, solved.

    Attributes
    ----------
    negotiation : Negotiation
    players : pair of str
    movable : pair of tuples of str
        The levers that each side may set before the talks.
    costs : mapping
        What moving each of them away from the status quo costs its owner.
    strategies : pair of lotteries
        Each side's own levels before the talks, in equilibrium.
    outcomes : tuple of (float, Package, SubsetOutcome)
        Starting packages, their probabilities and what the talks lead to.
    payoffs : ndarray of shape (2,)
        Expected payoffs of the equilibrium, costs paid.
    old : SubsetOutcome
        The talks that start from the old status quo.
    commitment_value : ndarray of shape (2,)
        What each side would pay to commit not to make chips: its payoff in the equilibrium in which
        it alone may not move, less `payoffs`. Negative where making chips serves it.
    talks_solved : int
    certificate : Certificate
        The largest regret over all starting points of each player, relative to the payoff range, or
        the worst certificate of the talks.
    """

    negotiation: Negotiation = field(repr=False)
    players: tuple[str, str]
    movable: tuple[tuple[str, ...], tuple[str, ...]]
    costs: Mapping[str, float]
    strategies: tuple[Mixed, Mixed]
    outcomes: tuple[tuple[float, Package, SubsetOutcome], ...]
    payoffs: FloatArray
    old: SubsetOutcome = field(repr=False)
    commitment_value: FloatArray
    talks_solved: int
    certificate: Certificate

    @property
    def is_pure(self) -> bool:
        """Whether each side plays one starting point with certainty."""
        return all(len(own) == 1 for own in self.strategies)

    @property
    def value(self) -> FloatArray:
        """What the stage before the talks is worth to each: payoffs less those of `old`."""
        return self.payoffs - self.old.payoffs

    @property
    def moved(self) -> dict[str, float]:
        """The levers that are moved before the talks, with the probability of it."""
        return self._chances(lambda lever, start, _: start != self._quo(lever))

    @property
    def raised_to_be_traded_back(self) -> dict[str, float]:
        """The levers raised before the talks and lowered by the agreement, with the probability.

        Raised is moved away from the status quo and not as a concession; traded back is agreed at a
        level on the side of the old status quo from where it was put, or beyond it.
        """
        return self._chances(self._traded_back)

    @property
    def rolled_back(self) -> dict[str, float]:
        """Those of `raised_to_be_traded_back` that end exactly where they stood before."""
        return self._chances(
            lambda lever, start, end: (
                self._traded_back(lever, start, end) and end == self._quo(lever)
            )
        )

    def _quo(self, lever: Lever) -> float:
        return self.negotiation.status_quo[lever.name]

    def _traded_back(self, lever: Lever, start: float, end: float) -> bool:
        away = start - self._quo(lever)
        return away != 0 and away * lever.concession <= 0 and (end - start) * away < 0

    def _chances(self, holds: Any) -> dict[str, float]:
        """Return the probability that something holds of a lever's start and end, if any."""
        found = {}
        for name in (*self.movable[0], *self.movable[1]):
            lever = self.negotiation.lever(name)
            chance = sum(
                share * part
                for share, start, outcome in self.outcomes
                for part, end in outcome.lottery or ((1.0, start),)
                if holds(lever, start[name], end[name])
            )
            if chance > 0:
                found[name] = min(1.0, float(chance))
        return found

    def table(self) -> Table:
        """Return the movable levers: where they stand, are put before the talks, and end."""
        back = self.raised_to_be_traded_back
        _, start, outcome = max(self.outcomes, key=lambda each: each[0])
        end, before = outcome.package or start, self.old.package or self.negotiation.status_quo
        rows: list[tuple[Cell, ...]] = []
        for player, names in zip(self.players, self.movable, strict=True):
            for name in names:
                quo = self.negotiation.status_quo[name]
                levels = (quo, start[name], end[name], before[name])
                shown = [_shown(self.negotiation.lever(name), level) for level in levels]
                rows.append((player, name, *shown, self.costs[name], back.get(name, 0.0)))
        columns = (
            "owner", "lever", "status quo", "before the talks", "agreed",
            "agreed without the stage", "cost", "raised to be traded back",
        )  # fmt: skip
        note = "" if self.is_pure else "In mixed strategies; the likeliest starting point is shown."
        return Table("Chips: levers set before the talks", columns, tuple(rows), note)

    def explain(self) -> str:
        """Say in words which controls are raised only to be traded back, and who gains by it."""
        back, moved = self.raised_to_be_traded_back, self.moved
        kept = [name for name in moved if name not in back]
        parts = []
        if not moved:
            parts.append(
                "Nobody sets a lever before the talks: no move by itself is worth its cost."
            )
        if back:
            every = self.rolled_back
            named = ", ".join(
                f"{name}{' (back to where it stood)' if name in every else ''}" for name in back
            )
            parts.append(f"Raised before the talks only to be traded back: {named}.")
        elif moved:
            parts.append("No control is raised before the talks to be traded back by them.")
        if kept:
            parts.append(f"Moved before the talks, not to be traded back: {', '.join(kept)}.")
        pairs = zip(self.players, self.value, self.commitment_value, strict=True)
        parts += [
            f"Beside talks from the old status quo {name} gets {worth:+.4g}; a commitment not to "
            f"make chips is worth {commitment:+.4g} to it."
            for name, worth, commitment in pairs
        ]
        paid = {name: cost for name, cost in self.costs.items() if cost}
        parts.append(
            f"Costs of moving: {', '.join(f'{n} {c:.4g}' for n, c in paid.items()) or 'none'}. "
            f"{self.talks_solved} talks solved. Proof: {self.certificate}."
        )
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "movable": plain(self.movable),
            "costs": dict(self.costs),
            "strategies": [[[p, dict(own)] for p, own in side] for side in self.strategies],
            "outcomes": [
                {
                    "probability": share, "start": dict(start), "agreed": outcome.agreed,
                    "disagreement": plain(outcome.disagreement), "payoffs": plain(outcome.payoffs),
                    "lottery": [[p, dict(package)] for p, package in outcome.lottery],
                }
                for share, start, outcome in self.outcomes
            ],
            "payoffs": plain(self.payoffs),
            "payoffs_from_old_status_quo": plain(self.old.payoffs),
            "raised_to_be_traded_back": self.raised_to_be_traded_back,
            "rolled_back": self.rolled_back,
            "commitment_value": plain(self.commitment_value),
            "talks_solved": self.talks_solved,
            "explanation": self.explain(),
            "certificate": self.certificate.to_dict(),
        }  # fmt: skip


def _shown(lever: Lever, level: float) -> str:
    if lever.labels is None:
        return f"{level:g}"
    return lever.labels[int(np.flatnonzero(lever.array() == level)[0])]
