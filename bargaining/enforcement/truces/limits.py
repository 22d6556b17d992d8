"""From which chance of renewal on, and from which patience on, a truce holds.

The chance of renewal has a closed form. In the discount factor the constraints need not be
monotone (a lapse may be better or worse than the punishment): they are followed from 0 to
1 - 1e-6 on a fine grid in log(1 - delta), and every change of sign is bisected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.enforcement.truces.result import chain_slacks, punishment_off
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.truces.truce import Truce

__all__ = ["TrucePatience", "TruceRenewal", "critical_patience", "critical_renewal"]

GRID = 1 - np.logspace(0, -6, 1201)
"""Discount factors of a month at which the constraints are looked at."""

HALVINGS = 60

Ranges = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class TruceRenewal(Tabular):
    """The chances of renewal with which each side keeps a truce.

    Attributes
    ----------
    lowest, highest : ndarray of shape (N,)
        Infinite and minus infinite for a side that keeps it with none. The highest is 1 unless a
        side would rather see the truce lapse.
    discount_factors : ndarray of shape (N,)
        Of a month.
    players : tuple of str
    truce : Truce
    certificate : Certificate
        What is left of the constraints at these chances: nothing, where a chance is critical.
    """

    lowest: FloatArray
    highest: FloatArray
    discount_factors: FloatArray
    players: tuple[str, ...]
    truce: Truce = field(repr=False)
    certificate: Certificate

    @property
    def least(self) -> float | None:
        """The least chance with which everybody keeps it (q*); None where there is none."""
        low, high = float(self.lowest.max()), float(self.highest.min())
        return low if low <= high else None

    def table(self) -> Table:
        """Return the chances by player; empty cells where there is none."""
        rows = [
            (name, delta, *((low, high) if low <= high else (None, None)))
            for name, delta, low, high in zip(
                self.players, self.discount_factors, self.lowest, self.highest, strict=True
            )
        ]
        columns = ("player", "discount factor", "lowest chance", "highest chance")
        note = f"certificate: {self.certificate}"
        return Table("Chances of renewal that hold the truce", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words with which chances of renewal each side keeps the truce."""
        parts = [
            f"{name} keeps it from {low:.3g} to {high:.3g}" if low <= high else f"{name} never does"
            for name, low, high in zip(self.players, self.lowest, self.highest, strict=True)
        ]
        together = (
            "With no chance of renewal do all keep the truce"
            if self.least is None
            else f"From a chance of renewal of {self.least:.3g} on all keep the truce"
        )
        return f"{together}: {', '.join(parts)}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values; None for no chance."""
        some = self.lowest <= self.highest
        return {
            "players": list(self.players),
            "discount_factors": self.discount_factors.tolist(),
            "lowest": [float(x) if ok else None for x, ok in zip(self.lowest, some, strict=True)],
            "highest": [float(x) if ok else None for x, ok in zip(self.highest, some, strict=True)],
            "least": self.least,
            "certificate": self.certificate.to_dict(),
        }


def critical_renewal(truce: Truce, deltas: FloatArray) -> TruceRenewal:
    """Return with which chances of renewal each side keeps a truce."""
    lowest, highest = truce.terms.interval(deltas)
    result = TruceRenewal(
        lowest, highest, deltas, truce.players, truce, Certificate("constraints", 0.0)
    )
    return replace(result, certificate=_left_over(result))


def _left_over(result: TruceRenewal) -> Certificate:
    """Put the chances into the constraints; where there is none, try many."""
    terms, worst = result.truce.terms, 0.0
    after, _ = terms.after_lapse(result.discount_factors)

    def left(chance: FloatArray) -> FloatArray:
        end = terms.renewed(result.discount_factors, chance, after)
        size = np.maximum(terms.scales, np.abs(end))
        return np.asarray(terms.slacks(result.discount_factors, end).min(axis=0) / size)

    for bound, edge in ((result.lowest, 0.0), (result.highest, 1.0)):
        finite = np.isfinite(bound)
        found = left(np.where(finite, bound, edge))
        inside = finite & (bound != edge) & (bound > 0) & (bound < 1)
        worst = max(worst, float(np.where(finite, np.maximum(-found, 0), 0).max()))
        worst = max(worst, float(np.where(inside, np.abs(found), 0).max()))
    none = ~np.isfinite(result.lowest)
    if none.any():
        grid = np.array([left(np.full(len(none), q)) for q in np.linspace(0, 1, 101)])
        worst = max(worst, float(np.where(none, np.maximum(grid.max(axis=0), 0), 0).max()))
    return Certificate("constraints", worst)


@registers(TruceRenewal)
def check_renewal(result: TruceRenewal) -> Certificate:
    """Put the chances into the constraints again, and those inside into the chain of months."""
    value = max(_left_over(result).value, punishment_off(result.truce))
    for bounds in (result.lowest, result.highest):
        for i, chance in enumerate(bounds):
            if 0 < chance < 1:
                left = chain_slacks(result.truce, result.discount_factors, float(chance))[:, i]
                value = max(value, abs(float(left.min())) / _size(result.truce, left, i))
    return Certificate("constraints", value)


def _size(truce: Truce, slacks: FloatArray, player: int) -> float:
    """Return the unit of a difference of slacks: the payoff range, or they themselves."""
    return max(float(truce.terms.scales[player]), float(np.abs(slacks).max()))


@dataclass(frozen=True, eq=False)
class TrucePatience(Tabular):
    """The discount factors of a month, the same for all, with which each side keeps a truce.

    Attributes
    ----------
    ranges : tuple of N tuples of (low, high)
        All of those of each side, up to 1 - 1e-6, as far as a grid of 1,201 points tells.
    common : tuple of (low, high)
        Those with which everybody keeps it.
    renewal : float
    players : tuple of str
    truce : Truce
    certificate : Certificate
        What is left of the constraint at the ends of the ranges that are inside.
    """

    ranges: tuple[Ranges, ...]
    common: Ranges
    renewal: float
    players: tuple[str, ...]
    truce: Truce = field(repr=False)
    certificate: Certificate

    @property
    def least(self) -> float | None:
        """The discount factor from which on everybody keeps it; None where patience is no help."""
        return self.common[-1][0] if self.common and self.common[-1][1] == GRID[-1] else None

    def table(self) -> Table:
        """Return the ranges by player, as discount factors of a month and of a year."""
        whom = (*zip(self.players, self.ranges, strict=True), ("all", self.common))
        rows: list[tuple[Cell, ...]] = []
        for name, ranges in whom:
            rows += [(name, low, high, low**12, high**12) for low, high in ranges]
            rows += [] if ranges else [(name, None, None, None, None)]
        columns = ("player", "a month from", "a month to", "a year from", "a year to")
        note = f"chance of renewal {self.renewal:g}; certificate: {self.certificate}"
        return Table("Discount factors that hold the truce", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words with how much patience everybody keeps the truce."""
        if not self.common:
            return f"At a chance of renewal of {self.renewal:g} no patience holds the truce."
        if self.least is None:
            low, high = self.common[-1]
            return (
                f"At a chance of renewal of {self.renewal:g} the truce holds with discount factors "
                f"of a month up to {high:.4g} only (from {low:.4g} on)."
            )
        return (
            f"At a chance of renewal of {self.renewal:g} the truce holds from a discount factor of "
            f"{self.least:.4g} a month on ({self.least**12:.4g} a year)."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "ranges": [[list(pair) for pair in ranges] for ranges in self.ranges],
            "common": [list(pair) for pair in self.common],
            "least": self.least,
            "renewal": self.renewal,
            "certificate": self.certificate.to_dict(),
        }


def critical_patience(truce: Truce, renewal: float) -> TrucePatience:
    """Return with which common discount factors each side keeps a truce."""
    grid = np.array([_slack(truce, renewal, delta) for delta in GRID])
    columns = [
        _ranges(grid[:, i], partial(_slack_of, truce, renewal, i))
        for i in range(len(truce.players))
    ]
    common = _ranges(grid.min(axis=1), lambda delta: float(_slack(truce, renewal, delta).min()))
    found = TrucePatience(
        tuple(columns), common, renewal, truce.players, truce, Certificate("constraints", 0.0)
    )
    return replace(found, certificate=_at_ends(found))


def _slack(truce: Truce, renewal: float, delta: float) -> FloatArray:
    """Return what is left of each side's tightest constraint, in payoff ranges."""
    terms = truce.terms
    deltas = np.full(len(terms.flows), delta)
    after, _ = terms.after_lapse(deltas)
    end = terms.renewed(deltas, np.asarray(renewal), after)
    return np.asarray(terms.slacks(deltas, end).min(axis=0) / terms.scales)


def _slack_of(truce: Truce, renewal: float, side: int, delta: float) -> float:
    """Return what is left of one side's tightest constraint, in its payoff range."""
    return float(_slack(truce, renewal, delta)[side])


def _ranges(values: FloatArray, slack: Callable[[float], float]) -> Ranges:
    """Return the ranges of the grid in which a constraint holds, their ends bisected."""
    holds = values >= -TOLERANCE
    edges = np.flatnonzero(np.diff(holds.astype(int))) + 1
    bounds = [_bisected(GRID[k - 1], GRID[k], slack) for k in edges]
    starts = ([float(GRID[0])] if holds[0] else []) + [
        b for b, k in zip(bounds, edges, strict=True) if holds[k]
    ]
    stops = [b for b, k in zip(bounds, edges, strict=True) if not holds[k]]
    stops += [float(GRID[-1])] if holds[-1] else []
    return tuple(zip(starts, stops, strict=True))


def _bisected(low: float, high: float, slack: Callable[[float], float]) -> float:
    """Return the end of a range between two discount factors, on the side that holds."""
    first = slack(low) >= -TOLERANCE
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if (slack(middle) >= -TOLERANCE) == first else (low, middle)
    return float(low if first else high)


def _at_ends(result: TrucePatience) -> Certificate:
    """Put the ends of the ranges into the constraints."""
    worst = 0.0
    for i, ranges in enumerate(result.ranges):
        for edge in {edge for pair in ranges for edge in pair}:
            worst = max(worst, -float(_slack(result.truce, result.renewal, edge)[i]))
    return Certificate("constraints", max(0.0, worst), 2 * TOLERANCE)


@registers(TrucePatience)
def check_patience(result: TrucePatience) -> Certificate:
    """Put the ends of the ranges into the constraints again, and into the chain of months."""
    certificate = _at_ends(result)
    value = max(certificate.value, punishment_off(result.truce))
    for i, ranges in enumerate(result.ranges):
        for edge in {edge for pair in ranges for edge in pair}:
            deltas = np.full(len(result.players), edge)
            left = chain_slacks(result.truce, deltas, result.renewal)[:, i]
            value = max(value, -float(left.min()) / _size(result.truce, left, i))
    return replace(certificate, value=value)
