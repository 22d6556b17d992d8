"""What is known of a truce under private signals: how long wars must be, what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.enforcement.contested.private_rule import Side, WarLength
from bargaining.enforcement.truces.input import whole
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["PrivateTruce"]


@dataclass(frozen=True, eq=False)
class PrivateTruce(Tabular):
    """A truce in which each side strikes on signals that it sees alone.

    Attributes
    ----------
    holds : bool
        Whether some lengths of war make both sides truthful, and nobody breaks the truce in secret.
    lengths : pair of WarLength, or None
        By who begins the war; None where no lengths make both sides truthful.
    payoffs : ndarray of shape (2,)
        What the truce is worth on average, as rates; war where it does not hold.
    slacks : ndarray of shape (2,)
        What the truce is worth less the best that a breach in secret leads to, or W where there is
        nothing to be moved in secret; zero without lengths.
    sides : pair of Side
        What is at stake for each.
    strikes : pair of Package
        How each sets its own levers when it strikes.
    reasons : tuple of str
        Why it does not hold.
    false_alarms : ndarray of shape (2,)
        Chance a month that compliance of each player looks like a breach to the other.
    discount_factor : float
    punishment : ndarray of shape (2,)
        A month of war.
    punishment_from : str
    players : tuple of str
    certificate : Certificate
    """

    holds: bool
    lengths: tuple[WarLength, WarLength] | None
    payoffs: FloatArray
    slacks: FloatArray
    sides: tuple[Side, Side]
    strikes: tuple[Package, Package]
    reasons: tuple[str, ...]
    false_alarms: FloatArray
    discount_factor: float
    punishment: FloatArray
    punishment_from: str
    players: tuple[str, ...]
    certificate: Certificate
    package: Package = field(repr=False)
    detection: Mapping[str, float] = field(repr=False)
    negotiation: Negotiation = field(repr=False)
    equilibrium: Any = field(default=None, repr=False)

    @property
    def chance_of_war(self) -> float:
        """The chance a month that somebody strikes, with nobody cheating."""
        return float(1 - np.prod(1 - self.false_alarms))

    @property
    def expected_life(self) -> float | None:
        """Months until somebody strikes, on average, with nobody cheating; None without noise."""
        return 1 / self.chance_of_war if self.chance_of_war > 0 else None

    def chance_broken(self, months: int) -> float:
        """Return the chance of a strike within so many months with nobody cheating."""
        count = whole("PrivateTruce.chance_broken, months", months)
        return float(-np.expm1(count * np.log1p(-self.chance_of_war)))

    def table(self) -> Table:
        """Return stakes, the length of the war that each begins, and the slack, by player."""
        columns = (
            "player", "gain by striking", "loss when struck", "loss a month of war",
            "months of war it begins", "average payoff", "slack",
        )  # fmt: skip
        rows = []
        for i, (name, side) in enumerate(zip(self.players, self.sides, strict=True)):
            months = None if self.lengths is None else self.lengths[i].expected
            rows.append((
                name, side.strikes - side.kept, side.kept - side.struck, side.kept, months,
                float(self.payoffs[i]), float(self.slacks[i]),
            ))  # fmt: skip
        title = "Truce under private signals, " + (
            "which holds" if self.holds else "which does not hold"
        )
        note = f"a strike {self._chance()}; certificate: {self.certificate}"
        return Table(title, columns, tuple(rows), note=note)

    def _chance(self) -> str:
        return f"with probability {self.chance_of_war:.4g} a month though nobody cheats"

    def explain(self) -> str:
        """Say how long wars have to last, why, and what the truce lives, or why it cannot hold."""
        if not self.holds or self.lengths is None:
            return " ".join(self.reasons)
        parts = [
            f"{name} is as well off striking as keeping still, and so strikes only on an alarm, if "
            f"the war that it begins lasts {_months(length)}."
            for name, length in zip(self.players, self.lengths, strict=True)
        ]
        parts.append("At these lengths nobody gains by a breach in secret.")
        if self.expected_life is not None:
            parts.append(
                f"It breaks all the same: after {self.expected_life:.4g} months on average, and "
                f"within a year with probability {self.chance_broken(12):.4g}."
            )
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "holds", "payoffs", "slacks", "reasons", "players", "false_alarms", "discount_factor",
            "punishment", "punishment_from", "expected_life", "chance_of_war", "strikes",
        )  # fmt: skip
        found = {name: plain(getattr(self, name)) for name in names}
        lengths = None if self.lengths is None else [
            {"months": each.months, "one_more": each.one_more} for each in self.lengths
        ]  # fmt: skip
        return {**found, "lengths": lengths, "certificate": self.certificate.to_dict()}


def _months(length: WarLength) -> str:
    if length.months is None:
        return "for ever"
    if length.one_more == 0:
        return f"{length.months} months more"
    return (
        f"{length.months} or {length.months + 1} months more, by a public draw "
        f"({length.expected:.4g} on average)"
    )
