"""What is known of a truce under noise: what holds it, and how long it lives all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.enforcement.contested.noise_rule import Breaches
from bargaining.enforcement.truces.input import whole
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["NoisyTruce"]


@dataclass(frozen=True, eq=False)
class NoisyTruce(Tabular):
    """A truce under noise, with the punishment that holds it at the least cost.

    Attributes
    ----------
    holds : bool
    length : int or None
        Months of punishment after an alarm, T. None stands for ever, or, where the truce does not
        hold and no length was given, for none.
    least_lengths : tuple of N (int or None)
        The shortest punishment that holds each player; None where no finite one does.
    forever : tuple of N bool
        Whether a punishment for ever holds each player.
    payoffs : ndarray of shape (N,)
        What the truce is worth on average, as rates; the punishment where it does not hold.
    breaches : tuple of tuples of (chance, gain)
        By player: how likely breaches are seen, and the most that breaches no more visible gain.
    slacks : ndarray of shape (N,)
        What the most tempting breach costs less what it gains, in months of payoff; with the
        punishment for ever where there is no length.
    critical : ndarray of shape (N,)
        Least discount factors with punishment for ever; 1 where the noise is too large for any.
    false_alarm : float
        Chance a month that compliance looks like a breach.
    losses, punishment : ndarray of shape (N,)
        A month of the agreement less one of the punishment; a month of the punishment.
    discount_factors : ndarray of shape (N,)
        Of a month.
    players : tuple of str
    certificate : Certificate
        Values by backward substitution and constraints, recomputed.
    """

    holds: bool
    length: int | None
    least_lengths: tuple[int | None, ...]
    forever: tuple[bool, ...]
    payoffs: FloatArray
    breaches: Breaches
    slacks: FloatArray
    critical: FloatArray
    false_alarm: float
    losses: FloatArray
    punishment: FloatArray
    punishment_from: str
    discount_factors: FloatArray
    players: tuple[str, ...]
    certificate: Certificate
    lottery: Lottery = field(repr=False)
    detection: Mapping[str, float] = field(repr=False)
    negotiation: Negotiation = field(repr=False)
    equilibrium: Any = field(default=None, repr=False)

    @property
    def expected_life(self) -> float | None:
        """Months until the first alarm, on average, with nobody cheating; None without noise."""
        return 1 / self.false_alarm if self.false_alarm > 0 else None

    def chance_broken(self, months: int) -> float:
        """Return the chance of an alarm within so many months with nobody cheating."""
        count = whole("NoisyTruce.chance_broken, months", months)
        return float(-np.expm1(count * np.log1p(-self.false_alarm)))

    @property
    def share_kept(self) -> float:
        """The part of all months in the long run in which the truce is kept."""
        if self.false_alarm == 0 or not self.holds:
            return float(self.holds)
        return 0.0 if self.length is None else 1 / (1 + self.false_alarm * self.length)

    def table(self) -> Table:
        """Return temptation, loss, shortest punishment and value by player."""
        columns = (
            "player", "temptation", "loss a month", "seen with", "shortest punishment",
            "critical discount factor", "average payoff", "slack",
        )  # fmt: skip
        rows = []
        for i, name in enumerate(self.players):
            seen, gain = self.breaches[i][-1] if self.breaches[i] else (None, 0.0)
            rows.append((
                name, gain, float(self.losses[i]), seen, self.least_lengths[i],
                float(self.critical[i]), float(self.payoffs[i]), float(self.slacks[i]),
            ))  # fmt: skip
        title = "Truce under noise, " + ("which holds" if self.holds else "which does not hold")
        life = "" if self.expected_life is None else f"; an alarm every {self.expected_life:.4g}"
        note = f"false alarms: {self.false_alarm:.4g} a month{life}; certificate: "
        return Table(title, columns, tuple(rows), note=f"{note}{self.certificate}")

    def explain(self) -> str:
        """Say what holds it, how long it lives, or why nothing can hold it."""
        if not self.holds:
            reasons = []
            for name, ever, patience in zip(self.players, self.forever, self.critical, strict=True):
                if not ever:
                    why = (
                        "the noise is too large for any patience" if patience == 1
                        else f"its discount factor must be {patience:.4g} at least"
                    )  # fmt: skip
                    reasons.append(f"{name} would cheat whatever the punishment: {why}.")
            return " ".join(reasons) or "The punishment given is too short."
        text = "Nobody cheats"
        if self.length == 0:
            text += ", as nobody is tempted."
        elif self.length is None:
            text += " for fear of a punishment for ever."
        else:
            text += f" for fear of {self.length} months of punishment."
        if self.expected_life is None:
            return f"{text} There are no false alarms."
        return (
            f"{text} It breaks all the same: after {self.expected_life:.4g} months on average, "
            f"and within a year with probability {self.chance_broken(12):.4g}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "holds", "length", "least_lengths", "forever", "players", "payoffs", "breaches",
            "slacks", "critical", "false_alarm", "losses", "punishment", "punishment_from",
            "discount_factors", "expected_life", "share_kept",
        )  # fmt: skip
        found = {name: plain(getattr(self, name)) for name in names}
        return {**found, "certificate": self.certificate.to_dict()}
