"""Agreements and regimes of many draws at once, where the structure of a scenario allows it.

It takes two players, the Nash solution over single packages, breakdown in which each side sets its
own levers, and levers of different owners (or tables) that share no payoff term. Then each side's
levers have a best setting of their own, and every regime is a Nash package over some groups of
levers. Draws with ties, or with gains that are hardly any, go to the exact search, one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.linkage.regimes.regimes import Regime, default_regimes, resolved
from bargaining.scenarios.scenario import Scenario
from bargaining.sweeps.packages import Chosen, Mask, best_packages
from bargaining.sweeps.questions import Asked, named_regimes, observed_package
from bargaining.sweeps.tables import TableMaker
from bargaining.types import FloatArray, IntArray

__all__ = ["Batch", "batch_for"]

Ranges = Mapping[str, tuple[float, float]]
Columns = dict[str, list[Any]]

KNOWN = {"agreement", "regimes"}

LARGEST = 1000
"""Combinations of levels of levers that share terms, at most."""

CLEAR = 1e-8
"""By how much, of its range, an owner's best setting has to be better than its second."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Levers that share terms, and all that do with them."""

    levers: tuple[str, ...]
    shape: tuple[int, ...]
    owner: int


@dataclass(frozen=True, eq=False)
class _Tables:
    """Gains over breakdown by group (D, 2, K); breakdown's payoffs and cells; where it is sure."""

    gains: list[FloatArray]
    payoffs: FloatArray
    cells: IntArray
    sure: Mask


def batch_for(scenario: object, asked: Asked, paths: Sequence[str], ranges: Ranges) -> Batch | None:
    """Return how to answer the questions for many draws at once, None where it cannot be done."""
    if not isinstance(scenario, Scenario) or not set(asked.questions) <= KNOWN:
        return None
    plain = asked.solution == "nash" and not asked.lotteries
    if not plain or asked.breakdown(scenario) != "noncooperative" or len(scenario.players) != 2:
        return None
    if any(lever.is_interval for lever in scenario.levers):
        return None
    groups = _groups(scenario)
    regimes = [
        resolved(scenario, one) for one in named_regimes(scenario) or default_regimes(scenario)
    ]
    tables = [table for regime in regimes for table in _tables_of(regime)]
    split = any(
        0 < len(set(group.levers) & set(table)) < len(group.levers)
        for group in groups
        for table in tables
    )
    if any(group.owner < 0 or np.prod(group.shape) > LARGEST for group in groups) or split:
        return None
    maker = TableMaker(scenario, paths)
    return Batch(scenario, asked, maker, groups, regimes) if maker.able(ranges) else None


def _tables_of(regime: Regime) -> tuple[tuple[str, ...], ...]:
    return regime.tables or (regime.tradable,)


def _groups(scenario: Scenario) -> list[_Group]:
    """Return the levers by groups that share terms; an owner of -1 where several are in one."""
    parts: list[set[str]] = [{lever.name} for lever in scenario.levers]
    for term in scenario.terms:
        names = {scenario.lever(name).name for name in term.levers}
        joined = set().union(names, *(part for part in parts if part & names))
        parts = [part for part in parts if not part & names] + [joined]
    groups = []
    for part in parts:
        levers = [lever for lever in scenario.levers if lever.name in part]
        owners = {lever.owner for lever in levers}
        owner = scenario.player_names.index(levers[0].owner) if len(owners) == 1 else -1
        shape = tuple(len(lever.array()) for lever in levers)
        groups.append(_Group(tuple(lever.name for lever in levers), shape, owner))
    return groups


class Batch:
    """Answers for many draws of a scenario at once."""

    def __init__(
        self, scenario: Scenario, asked: Asked, maker: TableMaker, groups: list[_Group],
        regimes: list[Regime],
    ) -> None:  # fmt: skip
        self.scenario, self.asked, self.maker = scenario, asked, maker
        self.groups, self.regimes = groups, regimes

    def answers(self, values: FloatArray) -> tuple[Columns, Mask]:
        """Return columns of answers, and in which draws they are settled.

        Parameters
        ----------
        values : ndarray of shape (D, P)
        """
        tables = self._tables(values)
        settled = tables.sure & self.maker.in_order(values)
        known: dict[frozenset[str], Chosen] = {}

        def bargained(levers: Sequence[str]) -> Chosen:
            key = frozenset(levers)
            if key not in known:
                known[key] = self._bargained(tables, key)
                np.logical_and(settled, known[key].settled, out=settled)
            return known[key]

        columns: Columns = {}
        for question in self.asked.questions:
            if question == "agreement":
                columns |= self._agreement(tables, bargained)
            else:
                for regime in self.regimes:
                    columns |= self._regime(regime, bargained)
        return columns, settled

    def _tables(self, values: FloatArray) -> _Tables:
        """Return payoffs by group, less those of breakdown."""
        size = len(values)
        totals = [np.zeros((size, 2, *group.shape)) for group in self.groups]
        for scope, table in self.maker.tables(values):
            c = next(c for c, group in enumerate(self.groups) if scope[0] in group.levers)
            axes = [k if name in scope else 1 for k, name in
                    zip(self.groups[c].shape, self.groups[c].levers, strict=True)]  # fmt: skip
            totals[c] += table.reshape(len(table), 2, *axes)
        flat = [total.reshape(size, 2, -1) for total in totals]
        sure = np.logical_and.reduce([np.isfinite(table).all(axis=(1, 2)) for table in flat])
        flat = [np.where(sure[:, None, None], table, 0.0) for table in flat]
        cells = np.zeros((size, len(flat)), dtype=np.int64)
        payoffs = np.zeros((size, 2))
        gains = []
        for c, (table, group) in enumerate(zip(flat, self.groups, strict=True)):
            own = table[:, group.owner]
            cells[:, c] = own.argmax(axis=1)
            there = np.take_along_axis(table, cells[:, c, None, None], axis=2)
            payoffs += there[..., 0]
            gains.append(table - there)
            if own.shape[1] > 1:
                two = np.partition(own, -2, axis=1)
                sure &= two[:, -1] - two[:, -2] > CLEAR * np.ptp(own, axis=1)
        return _Tables(gains, payoffs, cells, sure)

    def _bargained(self, tables: _Tables, levers: frozenset[str]) -> Chosen:
        """Return what is agreed over some levers, the others being where their owners set them."""
        at = [c for c, group in enumerate(self.groups) if set(group.levers) <= levers]
        found = best_packages([tables.gains[c] for c in at], tables.cells[:, at])
        cells = tables.cells.copy()
        cells[:, at] = found.cells
        return Chosen(found.settled, found.agreed, found.gains, cells)

    def _agreement(self, tables: _Tables, bargained: Any) -> Columns:
        """Lay out agreements as `agreement_answer` does."""
        found: Chosen = bargained([lever.name for lever in self.scenario.levers])
        names = self.scenario.player_names
        columns: Columns = {"deal": found.agreed.tolist()}
        for i, player in enumerate(names):
            columns[f"breakdown of {player}"] = tables.payoffs[:, i].tolist()
            columns[f"gain of {player}"] = found.gains[:, i].tolist()
        seen = observed_package(self.scenario)
        fits = np.zeros(len(found.agreed), dtype=np.int64)
        if seen is not None:
            worth = np.zeros_like(found.gains)
            for group, gains in zip(self.groups, tables.gains, strict=True):
                at = [self.scenario.lever(name).index(seen[name]) for name in group.levers]
                worth += gains[:, :, np.ravel_multi_index(at, group.shape)]
            for i, player in enumerate(names):
                columns[f"observed gain of {player}"] = worth[:, i].tolist()
        levels = self._levels(found)
        for lever in self.scenario.levers:
            index = levels[lever.name]
            words = [lever.label(level) for level in lever.array()]
            columns[f"deal: {lever.name}"] = [
                words[k] if agreed else None
                for k, agreed in zip(index.tolist(), found.agreed.tolist(), strict=True)
            ]
            if seen is not None:
                fits += index == lever.index(seen[lever.name])
        if seen is not None:
            columns["levels as observed"] = [
                k if agreed else None
                for k, agreed in zip(fits.tolist(), found.agreed.tolist(), strict=True)
            ]
        return columns

    def _levels(self, found: Chosen) -> dict[str, IntArray]:
        """Return the level index of every lever, by draw."""
        levels: dict[str, IntArray] = {}
        for c, group in enumerate(self.groups):
            found_levels = np.unravel_index(found.cells[:, c], group.shape)
            levels |= dict(zip(group.levers, found_levels, strict=True))
        return levels

    def _regime(self, regime: Regime, bargained: Any) -> Columns:
        """Lay out a regime as `regimes_answer` does."""
        found: list[Chosen] = [bargained(table) for table in _tables_of(regime)]
        agreed = np.logical_or.reduce([one.agreed for one in found])
        gains = np.sum([one.gains for one in found], axis=0)
        columns: Columns = {f"{regime.name}: deal": agreed.tolist()}
        for i, player in enumerate(self.scenario.player_names):
            columns[f"{regime.name}: gain of {player}"] = gains[:, i].tolist()
        return columns
