"""The length of a pause, or repeal, as a term of the bargain.

A longer pause is drawn for renewal less often, and is longer exposed to changes that break it; a
repeal has no end, but what was repealed has to be made anew after a breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.problem import BargainingProblem
from bargaining.enforcement.arguments import Agreed
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.truces.truce import Truce

__all__ = ["TruceLengths", "best_length"]


@dataclass(frozen=True, eq=False)
class TruceLengths(Tabular):
    """Lengths of a pause, and the one that is agreed.

    Attributes
    ----------
    best : int or None
        Months; None for repeal when `agreed`.
    agreed : bool
        False when no length both holds and is worth more than a lapse.
    lengths : tuple of (int or None)
    holds : tuple of bool
    payoffs : ndarray of shape (M, N)
        Average payoff from the start of a pause of each length on, as rates, were it kept.
    lapse : ndarray of shape (N,)
        Payoffs after a lapse: what there is without agreement on a length.
    slacks : ndarray of shape (M, N)
        What a breach costs less what it gains in the tightest month, in months of payoff.
    bargain : Agreement or None
        Over the lengths that hold; None when there are none.
    players : tuple of str
    certificate : Certificate
    """

    best: int | None
    agreed: bool
    lengths: tuple[int | None, ...]
    holds: tuple[bool, ...]
    payoffs: FloatArray
    lapse: FloatArray
    slacks: FloatArray
    bargain: Agreement | None = field(repr=False)
    players: tuple[str, ...]
    certificate: Certificate

    def table(self) -> Table:
        """Return payoffs by length, whether it holds, and which is agreed."""
        rows: list[tuple[Cell, ...]] = [
            (_named(length), *row, held, self.agreed and length == self.best)
            for length, row, held in zip(
                self.lengths, self.payoffs.tolist(), self.holds, strict=True)
        ]  # fmt: skip
        columns = ("length", *self.players, "holds", "agreed")
        note = f"certificate: {self.certificate}"
        return Table("Length as a term of the bargain", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words which lengths hold, and which one is agreed."""
        kept = [
            _named(length) for length, held in zip(self.lengths, self.holds, strict=True) if held
        ]
        if not kept:
            return "No length on the menu holds."
        words = f"Of {len(self.lengths)} lengths these hold: {', '.join(kept)}."
        if not self.agreed:
            return f"{words} None is worth more to all than a lapse."
        return f"{words} Agreed: {_named(self.best)}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "best": self.best,
            "agreed": self.agreed,
            "lengths": list(self.lengths),
            "holds": list(self.holds),
            "players": list(self.players),
            "payoffs": self.payoffs.tolist(),
            "lapse": self.lapse.tolist(),
            "slacks": self.slacks.tolist(),
            "certificate": self.certificate.to_dict(),
        }


def _named(length: int | None) -> str:
    if length is None:
        return "repeal"
    return f"{length} month{'s' if length > 1 else ''}"


def best_length(
    truce: Truce,
    menu: Mapping[int | None, Agreed],
    deltas: FloatArray,
    solution: Any,
    repeal_lag: int,
) -> TruceLengths:
    """Return what each length is worth, and the one that a rule picks among those that hold."""
    values, slacks = [], []
    for length, agreement in menu.items():
        offered = truce.with_length(length or 1, agreement)
        if length is None:
            value, slack = _repeal(offered, deltas, repeal_lag)
        else:
            found = offered.holds(deltas)
            value, slack = found.value, found.slacks
        values.append(truce.punishment.payoffs + (1 - deltas) * value)
        slacks.append(slack)
    payoffs, lapse = np.array(values), truce.lapsed.payoffs
    held = np.all(np.array(slacks) >= -TOLERANCE * truce.terms.scales, axis=1)
    lengths = tuple(menu)
    chosen = None
    if held.any():
        problem = BargainingProblem(payoffs[held], lapse, players=truce.players)
        chosen = bargain(problem, solution, lotteries=False)
    agreed = chosen is not None and chosen.agreed
    best = None
    if chosen is not None and agreed:
        distance = np.abs(payoffs - chosen.payoffs).max(axis=1) + np.where(held, 0, np.inf)
        best = lengths[int(distance.argmin())]
    return TruceLengths(
        best=best,
        agreed=agreed,
        lengths=lengths,
        holds=tuple(map(bool, held)),
        payoffs=payoffs,
        lapse=lapse,
        slacks=np.array(slacks),
        bargain=chosen,
        players=truce.players,
        certificate=Certificate("search", 0.0) if chosen is None else chosen.certificate,
    )


def _repeal(truce: Truce, deltas: FloatArray, lag: int) -> tuple[FloatArray, FloatArray]:
    """Return what a repeal is worth, and what a breach costs less what it gains."""
    terms = truce.terms
    steps = deltas * (1 - terms.hazard)
    kept = terms.flows / (1 - steps)
    broken = (terms.flows + terms.gains) * (1 - steps**lag) / (1 - steps)
    return kept, kept - broken


@registers(TruceLengths)
def check_lengths(result: TruceLengths) -> Certificate:
    """Recompute the bargain over the lengths that hold."""
    return result.certificate if result.bargain is None else verify(result.bargain)
