"""What linking security levers is worth: payoffs for every set of them, and what follows.

Minimal sets that make a deal, whether a larger set always keeps it, Shapley values of the levers
(Shapley 1953), and what each owner brings to the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import factorial
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution
from bargaining.errors import InputError
from bargaining.linkage.regimes.subsets import SubsetOutcome, SubsetSolver, checked_by
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers, verify
from bargaining.results.table import Cell, Table, Tabular
from bargaining.strategic.disagreement import DisagreementPoint
from bargaining.types import FloatArray

__all__ = ["LinkageValue"]


@dataclass(frozen=True, eq=False)
class LinkageValue(Tabular):
    """Every set of security levers on the table, and what each lever is worth as a chip.

    Attributes
    ----------
    levers : tuple of m str
        Those of which every set was tried, in the order of the negotiation.
    always : tuple of str
        The levers that were tradable throughout: the economic ones.
    sets : tuple of 2^m tuples of str
        The sets of levers tried, small ones first: the first is empty, the last has all.
    outcomes : tuple of 2^m SubsetOutcome
    points : tuple of 2^m DisagreementPoint
        The same one throughout, unless `own_breakdown`.
    solution : Solution
    off_table : {"response", "standstill"}
    lotteries, own_breakdown : bool
    """

    negotiation: Negotiation = field(repr=False)
    levers: tuple[str, ...]
    always: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    outcomes: tuple[SubsetOutcome, ...] = field(repr=False)
    points: tuple[DisagreementPoint, ...] = field(repr=False)
    solution: Solution
    off_table: str
    lotteries: bool
    own_breakdown: bool

    def __getitem__(self, levers: Any) -> SubsetOutcome:
        """Return the outcome when these levers (names, in any order) are on the table too."""
        wanted = {levers} if isinstance(levers, str) else set(levers)
        names = {self.negotiation.lever(lever).name for lever in wanted}
        for chosen, outcome in zip(self.sets, self.outcomes, strict=True):
            if set(chosen) == names:
                return outcome
        raise InputError(f"LinkageValue: expected some of {list(self.levers)}, got {sorted(names)}")

    @property
    def payoffs(self) -> FloatArray:
        """Payoffs for each set, shape (2^m, N)."""
        return np.array([outcome.payoffs for outcome in self.outcomes])

    @property
    def gains(self) -> FloatArray:
        """Payoffs less the disagreement point, shape (2^m, N)."""
        return np.array([outcome.gains for outcome in self.outcomes])

    @property
    def agreed(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether there is a deal for each set, shape (2^m,)."""
        return np.array([outcome.agreed for outcome in self.outcomes])

    @property
    def value(self) -> FloatArray:
        """Payoffs less those with the economic levers alone, shape (2^m, N)."""
        payoffs = self.payoffs
        return _cleared(payoffs - payoffs[0], payoffs)

    @property
    def minimal_sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets with a deal of which no proper subset has one.

        The empty set alone when the economic levers make a deal; none when nothing does.
        """
        found: list[frozenset[str]] = []
        for chosen, agreed in zip(self.sets, self.agreed, strict=True):
            if agreed and not any(small <= set(chosen) for small in found):
                found.append(frozenset(chosen))
        return tuple(tuple(k for k in self.levers if k in small) for small in found)

    @property
    def deals_are_kept(self) -> bool:
        """Whether each lever added to a set with a deal leaves a deal.

        At a standstill with one d it must be so: a larger set can do all that a smaller one can.
        Elsewhere it need not: an owner's answer may be random, or another one of several.
        """
        agreed, bits = self.agreed[self._order], np.arange(len(self.sets))
        return all(
            not np.any(agreed[bits] & ~agreed[bits | 1 << k]) for k in range(len(self.levers))
        )

    @property
    def shapley(self) -> FloatArray:
        """The Shapley value of each lever in each player's payoff, shape (m, N).

        A lever's column sums over all levers to what linking all of them is worth to the player.
        """
        payoffs, m = self.payoffs[self._order], len(self.levers)
        bits = np.arange(len(payoffs))
        size = np.array([bit.bit_count() for bit in bits.tolist()])
        share = np.array([factorial(k) * factorial(m - 1 - k) / factorial(m) for k in range(m)])
        worth = np.zeros((m, payoffs.shape[1]))
        for k in range(m):
            without = bits[bits & 1 << k == 0]
            worth[k] = share[size[without]] @ (payoffs[without | 1 << k] - payoffs[without])
        return _cleared(worth, payoffs)

    @property
    def _order(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Where the set of each bit mask stands in `sets`."""
        place = {lever: k for k, lever in enumerate(self.levers)}
        masks = [sum(1 << place[lever] for lever in chosen) for chosen in self.sets]
        return np.argsort(masks)

    @property
    def certificate(self) -> Certificate:
        """The worst certificate of all outcomes."""
        every = (outcome.certificate for outcome in self.outcomes)
        return max(every, key=lambda certificate: certificate.value / certificate.tolerance)

    @property
    def completeness(self) -> str:
        """Always "all": every set was solved."""
        return "all"

    def table(self) -> Table:
        """Return lever by lever what it is worth to each player as a chip (Shapley value)."""
        players = self.negotiation.player_names
        rows: list[tuple[Cell, ...]] = [
            (lever, self.negotiation.lever(lever).owner, *map(float, worth))
            for lever, worth in zip(self.levers, self.shapley, strict=True)
        ]
        rows.append(("all of them", "", *map(float, self.value[-1])))
        return Table(
            f"What each control is worth on the table{self._unit}",
            ("lever", "owner", *(f"to {player}" for player in players)),
            tuple(rows),
            note=f"Shapley values; levers off the table: {self.off_table}; {self.certificate}",
        )

    def subsets_table(self, *, minimal: bool = False) -> Table:
        """Return all sets of levers (or the minimal ones with a deal), payoffs and values."""
        players = self.negotiation.player_names
        kept = set(self.minimal_sets) if minimal else set(self.sets)
        rows: list[tuple[Cell, ...]] = []
        for chosen, outcome, value in zip(self.sets, self.outcomes, self.value, strict=True):
            if chosen in kept:
                deal = "deal" if outcome.agreed else "no deal"
                rows.append(
                    (_words(chosen), deal, *map(float, outcome.payoffs), *map(float, value))
                )
        title = (
            "Minimal sets of controls with a deal" if minimal else "Sets of controls on the table"
        )
        columns = ("on the table", "outcome", *players, *(f"value to {p}" for p in players))
        return Table(f"{title}{self._unit}", columns, tuple(rows))

    def owners_table(self) -> Table:
        """Return owner by owner what its own levers on the table are worth, alone and on average.

        `alone`: only this owner's levers are tradable; `share`: the sum of their Shapley values.
        """
        players = self.negotiation.player_names
        rows: list[tuple[Cell, ...]] = []
        for owner in players:
            mine = [k for k in self.levers if self.negotiation.lever(k).owner == owner]
            if mine:
                alone = self.value[self.sets.index(tuple(mine))]
                share = self.shapley[[self.levers.index(k) for k in mine]].sum(axis=0)
                rows.append((owner, len(mine), *map(float, alone), *map(float, share)))
        columns = (
            "owner", "levers", *(f"alone, to {p}" for p in players),
            *(f"share, to {p}" for p in players),
        )  # fmt: skip
        return Table(f"What each side's controls are worth{self._unit}", columns, tuple(rows))

    @property
    def _unit(self) -> str:
        return f" ({self.negotiation.unit})" if self.negotiation.unit else ""

    def explain(self) -> str:
        """Say in words whether the controls are needed for a deal, and who gains from them."""
        parts = [self._deal_words()]
        worth = ", ".join(
            f"{player} {value:+.4g}"
            for player, value in zip(self.negotiation.player_names, self.value[-1], strict=True)
        )
        m = len(self.levers)
        things = f"all {m}" if m > 1 else "it"
        parts.append(f"Putting {things} on the table changes payoffs by: {worth}.")
        for player, column in zip(self.negotiation.player_names, self.shapley.T, strict=True):
            best = int(column.argmax())
            if column[best] > 0:
                parts.append(f"For {player} the most valuable chip is {self.levers[best]!r}.")
        return " ".join(parts)

    def _deal_words(self) -> str:
        minimal = self.minimal_sets
        if minimal == ((),):
            text = "There is a deal without any of these levers on the table."
        elif not minimal:
            text = "There is no deal, whichever of these levers are on the table."
        else:
            sets = "; ".join(map(_words, minimal))
            text = f"Without these levers there is no deal; it takes at least: {sets}."
        if self.off_table == "standstill" and not self.own_breakdown:
            return text + " Further levers on the table never undo a deal (a theorem at one d)."
        held = "none does here" if self.deals_are_kept else "some do here"
        return text + f" Further levers on the table may undo a deal in this reading: {held}."

    def __str__(self) -> str:
        """Write the levers, the owners, the minimal sets and the words."""
        tables = [self.table(), self.owners_table()]
        if self.minimal_sets:
            tables.append(self.subsets_table(minimal=True))
        return "\n\n".join([*map(str, tables), self.explain()])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "solution": self.solution.name,
            "parameters": plain(self.solution.parameters),
            "players": list(self.negotiation.player_names),
            "unit": self.negotiation.unit,
            "disagreement_from": self.points[0].says,
            "disagreement": [point.payoffs.tolist() for point in self.points]
            if self.own_breakdown
            else self.points[0].payoffs.tolist(),
            "off_table": self.off_table,
            "lotteries": self.lotteries,
            "own_breakdown": self.own_breakdown,
            "levers": list(self.levers),
            "always": list(self.always),
            "sets": [
                {
                    "on_the_table": list(chosen),
                    "agreed": outcome.agreed,
                    "payoffs": outcome.payoffs.tolist(),
                    "lottery": [[share, dict(package)] for share, package in outcome.lottery],
                }
                for chosen, outcome in zip(self.sets, self.outcomes, strict=True)
            ],
            "minimal_sets": plain(self.minimal_sets),
            "deals_are_kept": self.deals_are_kept,
            "shapley": self.shapley.tolist(),
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
        }


def _cleared(differences: FloatArray, payoffs: FloatArray) -> FloatArray:
    """Return differences of payoffs, 0 where the payoffs are equal up to rounding."""
    rounding = 1e-12 * np.abs(payoffs).max(axis=0)
    return np.where(np.abs(differences) <= rounding, 0.0, differences)


def _words(levers: tuple[str, ...]) -> str:
    return " + ".join(levers) if levers else "none"


@registers(LinkageValue)
def check_linkage_value(value: LinkageValue) -> Certificate:
    """Verify the outcome of every set at its own disagreement point, and what that rests on."""
    first = value.outcomes[0].question
    fresh = SubsetSolver(
        value.negotiation, value.solution, first.d,
        lotteries=value.lotteries, off_table=value.off_table,
    )  # fmt: skip
    worst = Certificate("subset", 0.0, TOLERANCE)
    equilibria = set()
    for chosen, outcome, point in zip(value.sets, value.outcomes, value.points, strict=True):
        proof = checked_by(fresh.at(point), outcome)
        stray = float(np.abs(outcome.disagreement - point.payoffs).max())
        levers = outcome.tradable == {*value.always, *chosen}
        if stray > 0 or not levers:
            proof = Certificate("another question was answered", 1.0, TOLERANCE)
        if point.equilibrium is not None and id(point.equilibrium) not in equilibria:
            equilibria.add(id(point.equilibrium))
            proof = replace(proof, value=max(proof.value, verify(point.equilibrium).value))
        worst = max(worst, proof, key=lambda certificate: certificate.value / certificate.tolerance)
    return worst
