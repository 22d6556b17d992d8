"""How a prediction fares when every number that has a range is drawn from it.

A small number of draws tells whether a result hinges on the middle of the ranges; shares are those
of draws, and move from one set of draws to another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.errors import ConvergenceError
from bargaining.model.levers import Interval, Lever
from bargaining.results.table import Cell, Table
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.disagreement import Disagreement
from bargaining.strategic.solve import solve
from bargaining.types import FloatArray

__all__ = ["Robustness", "robustness"]

CLOSE = 0.05
"""Share of an interval up to which two levels of it count as the same."""

TENTHS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class Robustness:
    """What draws from all ranges at once lead to.

    Attributes
    ----------
    draws : int
        Those that were solved.
    ranges : int
        Numbers that have a range.
    unsettled : tuple of str
        Why other draws have no outcome.
    gains : ndarray of shape (deals, N)
        In the draws that end with a deal.
    players : tuple of str
    levers : Table
        By lever, the share of deals that set it as predicted, and as observed.
    """

    draws: int
    ranges: int
    unsettled: tuple[str, ...]
    gains: FloatArray
    players: tuple[str, ...]
    levers: Table

    @property
    def deals(self) -> int:
        """In how many draws there is a deal."""
        return len(self.gains)

    def table(self, unit: str) -> Table:
        """Return percentiles of each player's gains in the deals."""
        rows = [
            (player, *np.quantile(self.gains[:, i], TENTHS).tolist())
            for i, player in enumerate(self.players)
        ]
        columns = ("player", "10th percentile", "median", "90th percentile")
        return Table(f"Gains in the deals{unit}", columns, tuple(rows))


def robustness(
    scenario: Scenario,
    agreement: Agreement,
    solution: str,
    model: Disagreement,
    draws: int,
    seed: int,
) -> Robustness | str:
    """Draw all ranges, solve each time, and compare with the agreement; or say why not."""
    ranges = sum(q.range is not None and not q.shared for q in scenario.quantities.values())
    if not ranges:
        return "No number of this scenario has a range, so there is nothing to vary."
    if not draws:
        return "No draws were asked for (--draws)."
    generator = np.random.default_rng(seed)
    deals: list[tuple[Scenario, Agreement]] = []
    unsettled: list[str] = []
    for _ in range(draws):
        drawn = scenario.vary(rng=generator)
        try:
            found = solve(drawn, solution, disagreement=model, lotteries=agreement.lotteries)
        except ConvergenceError as error:
            unsettled.append(str(error))
            continue
        if found.agreed:
            deals.append((drawn, found))
    gains = np.array([found.gains for _, found in deals]).reshape(-1, len(scenario.players))
    return Robustness(
        draws - len(unsettled), ranges, tuple(unsettled), gains, scenario.player_names,
        _levers(scenario, agreement, deals),
    )  # fmt: skip


def _levers(
    scenario: Scenario, agreement: Agreement, deals: list[tuple[Scenario, Agreement]]
) -> Table:
    observed = next(iter(scenario.observed.values()), None)
    rows: list[tuple[Cell, ...]] = []
    for lever in scenario.free_levers:
        ends = [(drawn.lever(lever.name), found.package[lever.name]) for drawn, found in deals]
        row: list[Cell] = [lever.name]
        for package in (agreement.package, observed):
            if package is None:
                row += [None, None]
                continue
            level = package[lever.name]
            same = [_same(lever, level, other, end) for other, end in ends]
            row += [lever.label(level), round(100 * sum(same) / len(same)) if same else None]
        rows.append(tuple(row))
    columns: tuple[str, ...] = (
        "lever", "predicted", "of deals, %", "observed", "of deals, % ",
    )  # fmt: skip
    keep = [0] + [j for j in range(1, 5) if any(row[j] is not None for row in rows)]
    cut = tuple(tuple(row[j] for j in keep) for row in rows)
    title = "How often a deal sets a lever as predicted, and as observed"
    return Table(title, tuple(columns[j] for j in keep), cut)


def _same(lever: Lever, level: float, drawn: Lever, end: float) -> bool:
    """Whether two levels are the same one, though its number may have been drawn anew."""
    if isinstance(lever.levels, Interval):
        return abs(level - end) <= CLOSE * (lever.levels.high - lever.levels.low)
    return lever.index(level) == drawn.index(end)
