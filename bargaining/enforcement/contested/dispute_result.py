"""The stakes of a contested term, who acts and who reacts by which reading, and what that means.

All worths are averages (rates): (1 - delta) of what is expected, discounted. A reaction leads to
(1 - delta^T) war + delta^T (c covered + (1 - c) acted), with c the reading of whoever expects it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.errors import InputError
from bargaining.results.certificate import TOLERANCE, Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Dispute", "Stakes", "outcome_of", "worths"]

OUTCOMES = ("held", "passes", "breaks")
"""The mover does not act; it does and that is let pass; it does and the other reacts."""


@dataclass(frozen=True, eq=False)
class Stakes:
    """What a contested term is about.

    Attributes
    ----------
    covered, acted, war, without, scales, deltas : ndarray of shape (N,)
        Payoffs where the act is not taken, where it is, at war, without an agreement; payoff
        ranges; discount factors of a month.
    months : int or None
        Of war after a reaction; None for ever.
    mover, other : int
    """

    covered: FloatArray
    acted: FloatArray
    war: FloatArray
    without: FloatArray
    scales: FloatArray
    deltas: FloatArray
    months: int | None
    mover: int
    other: int

    @property
    def settled(self) -> FloatArray:
        """Weight of what comes after the war, delta^T."""
        if self.months is None:
            return np.zeros(len(self.deltas))
        return np.asarray(self.deltas**self.months)

    def fought(self, readings: FloatArray) -> FloatArray:
        """Return what a reaction is worth to each by its own reading."""
        ruled = readings * self.covered + (1 - readings) * self.acted
        return np.asarray((1 - self.settled) * self.war + self.settled * ruled)

    def reacts(self, readings: FloatArray) -> bool:
        """Whether the other reacts; when it is all the same to it, it does."""
        j = self.other
        gain = (self.fought(readings) - self.acted)[j] / self.scales[j]
        return bool(gain >= -TOLERANCE)

    def acting(self, readings: FloatArray) -> FloatArray:
        """Return what the act is worth to each, given the answer to it."""
        after = self.fought(readings) if self.reacts(readings) else self.acted
        return np.asarray((1 - self.deltas) * self.acted + self.deltas * after)

    def acts(self, readings: FloatArray) -> bool:
        """Whether the mover acts; when it is all the same to it, it does not."""
        i = self.mover
        gain = (self.acting(readings) - self.covered)[i] / self.scales[i]
        return bool(gain > TOLERANCE)

    def reaction_threshold(self) -> float | None:
        """Return the reading from which on the other reacts; None where it would not at 1."""
        j = self.other
        cost = (1 - self.settled[j]) * (self.acted - self.war)[j]
        worth = self.settled[j] * (self.covered - self.acted)[j]
        if cost <= min(0.0, worth):
            return 0.0
        return float(max(0.0, cost / worth)) if worth > 0 and cost <= worth else None

    def act_threshold(self) -> float | None:
        """Return the reading that divides acting from holding still; None where it never acts.

        It acts below it, or above it where the act costs it at once and only the dispute pays.
        """
        i, delta = self.mover, self.deltas[self.mover]
        sure = np.zeros(len(self.deltas))
        free = (1 - delta) * self.acted[i] + delta * self.fought(sure)[i]
        fall = delta * self.settled[i] * (self.acted - self.covered)[i]
        ahead = free - self.covered[i]
        if max(ahead, ahead - fall) <= TOLERANCE * self.scales[i]:
            return None
        if fall == 0:
            return float(self.acted[i] >= self.covered[i])
        return float(np.clip(ahead / fall, 0.0, 1.0))


def outcome_of(stakes: Stakes, readings: FloatArray) -> str:
    """Return "held", "passes" or "breaks"."""
    if not stakes.acts(readings):
        return OUTCOMES[0]
    return OUTCOMES[2] if stakes.reacts(readings) else OUTCOMES[1]


def worths(stakes: Stakes, readings: FloatArray) -> FloatArray:
    """Return what the term is worth, (3, N): clearly covered, clearly not, and as each reads it.

    Clearly not covered the mover acts where that pays.
    """
    i = stakes.mover
    free = stakes.acted if stakes.acted[i] > stakes.covered[i] else stakes.covered
    read = stakes.acting(readings) if stakes.acts(readings) else stakes.covered
    return np.array([stakes.covered, free, read])


@dataclass(frozen=True, eq=False)
class Dispute(Tabular):
    """What becomes of a term that each side reads in its own way.

    Attributes
    ----------
    outcome : str
        "held": the mover does not act; "passes": it does, and the act stands; "breaks": it does,
        and the other reacts.
    mover, other, lever, act : str
    readings : ndarray of shape (N,)
        How likely each takes the act to be covered.
    values : ndarray of shape (3, N)
        What the agreement is worth on average: with the term clearly covering the act, clearly not
        covering it, and ambiguous, where each expects what its own reading tells.
    stakes : Stakes
    players : tuple of str
    certificate : Certificate
        Choices and worths, played out month by month.
    """

    outcome: str
    mover: str
    other: str
    lever: str
    act: str
    readings: FloatArray
    values: FloatArray
    stakes: Stakes
    players: tuple[str, ...]
    war_from: str
    certificate: Certificate
    equilibria: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def signed(self) -> tuple[bool, bool, bool]:
        """Whether nobody is worse off than without agreement: covered, not covered, ambiguous."""
        left = ((self.values - self.stakes.without) / self.stakes.scales).min(axis=1)
        covered, free, read = (float(least) >= -TOLERANCE for least in left)
        return covered, free, read

    @property
    def helps_today(self) -> bool:
        """Whether all sign the ambiguous term, and neither of its clear forms."""
        covered, free, read = self.signed
        return read and not covered and not free

    @property
    def breaks_tomorrow(self) -> bool:
        """Whether the act is taken and answered."""
        return self.outcome == "breaks"

    @property
    def reaction_threshold(self) -> float | None:
        """The other reacts when its reading is at least this.

        None where it would not even if it were certain that the act is covered.
        """
        return self.stakes.reaction_threshold()

    @property
    def act_threshold(self) -> float | None:
        """The mover acts in spite of a reaction when its reading is less; None where it never does.

        An act that does not pay by itself, and is taken for the dispute that it starts, it takes
        when its reading is more. Where there is no reaction it acts whenever the act pays.
        """
        return self.stakes.act_threshold()

    def phase(
        self, mover: ArrayLike, other: ArrayLike
    ) -> np.ndarray[tuple[int, int], np.dtype[np.str_]]:
        """Return the outcome by readings of the mover (rows) and the other (columns).

        Parameters
        ----------
        mover : array_like of shape (R,)
        other : array_like of shape (C,)
        """
        rows, columns = as_numbers(mover), as_numbers(other)
        for name, numbers in (("mover", rows), ("other", columns)):
            if numbers.ndim != 1 or not np.all((numbers >= 0) & (numbers <= 1)):
                raise InputError(f"Dispute.phase, {name}: expected a row of numbers in [0, 1]")
        found = np.empty((len(rows), len(columns)), dtype="<U6")
        for r, c in np.ndindex(found.shape):
            readings = self.readings.copy()
            readings[self.stakes.mover], readings[self.stakes.other] = rows[r], columns[c]
            found[r, c] = outcome_of(self.stakes, readings)
        return found

    def table(self) -> Table:
        """Return what the clear forms and the ambiguous one are worth by player."""
        columns = (
            "player", "reads covered", "no agreement", "clearly covered", "clearly not",
            "ambiguous",
        )  # fmt: skip
        rows = zip(
            self.players, self.readings, self.stakes.without, *self.values, strict=True
        )  # fmt: skip
        ends = {"held": "the term is kept", "passes": "the act passes", "breaks": "it breaks"}
        title = f"Is {self.lever} at {self.act} covered? By these readings {ends[self.outcome]}"
        note = f"war: {self.war_from}; certificate: {self.certificate}"
        return Table(title, columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say who does what by which reading, and whether the ambiguity was worth it."""
        said = {
            "held": f"{self.mover} does not act, though it might read the term so.",
            "passes": f"{self.mover} acts, and {self.other} lets it pass.",
            "breaks": f"{self.mover} acts on purpose, and {self.other} reacts as to a breach.",
        }[self.outcome]
        if not self.signed[2]:
            said += " But not all would sign such a term: without agreement somebody is better off."
        if self.helps_today:
            said += " Only because the term is ambiguous do all sign it."
            if self.breaks_tomorrow:
                said += " What helps agreement today breaks it tomorrow."
        return said

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "outcome", "mover", "other", "lever", "act", "readings", "values", "players",
            "signed", "helps_today", "breaks_tomorrow", "reaction_threshold", "act_threshold",
        )  # fmt: skip
        found = {name: plain(getattr(self, name)) for name in names}
        return {**found, "certificate": self.certificate.to_dict()}
