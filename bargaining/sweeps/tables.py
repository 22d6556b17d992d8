"""Payoff tables of many draws at once: columns take the place of numbers in the formulas.

The terms of `bargaining.model` are numpy formulas, which do not mind whether a number of theirs is
one or a column of them. What cannot be written so (a term without a formula, numbers that bound
each other) is left to be solved draw by draw.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model.chokepoint import Chokepoint
from bargaining.model.levers import Lever
from bargaining.model.payoffs import InteractionPayoff, LinearPayoff, TablePayoff
from bargaining.model.security_terms import CoverageControl, SecurityValue
from bargaining.model.terms import Payoff
from bargaining.model.trade_terms import PurchaseValue, TariffIncidence
from bargaining.scenarios.figures import Grid, Number
from bargaining.scenarios.quantities import numbers_in
from bargaining.scenarios.scenario import Scenario
from bargaining.sweeps.packages import Mask
from bargaining.types import FloatArray

__all__ = ["TableMaker"]

FORMULAS = (
    LinearPayoff, InteractionPayoff, PurchaseValue, SecurityValue, CoverageControl, TariffIncidence,
)  # fmt: skip
"""Terms whose `values` take columns."""

BOUNDED = {
    SecurityValue: ("reference", "full"),
    CoverageControl: ("reference", "full"),
    TariffIncidence: ("base_rate",),
}
"""Their numbers that bound each other, or go through a function of single numbers."""


class TableMaker:
    """Makes the tables of a scenario's terms for many draws of some of its numbers.

    Parameters
    ----------
    scenario : Scenario
        With finite levers.
    paths : sequence of str
        The numbers that are drawn.
    """

    def __init__(self, scenario: Scenario, paths: Sequence[str]) -> None:
        self.scenario = scenario
        self.place = {path: j for j, path in enumerate(paths)}
        self.terms = list(zip(scenario.terms, scenario.document.payoffs, strict=True))
        self.drawn_levels: dict[str, list[int | None]] = {}
        for key, lever in scenario.document.levers.items():
            columns = [self._column(n) for n in numbers_in(f"levers.{key}.levels", lever.levels)]
            if any(column is not None for column in columns):
                self.drawn_levels[lever.name] = columns

    def _column(self, number: tuple[str, Number]) -> int | None:
        """Return where a number is among the drawn ones."""
        path, figure = number
        return self.place.get(path if figure.number is None else f"numbers.{figure.number}")

    def _moves(self, term: Payoff, model: Any) -> bool:
        fields = any(self._column(n) is not None for n in numbers_in(f"payoffs.{term.name}", model))
        return fields or any(self.scenario.lever(n).name in self.drawn_levels for n in term.levers)

    def able(self, ranges: Mapping[str, tuple[float, float]]) -> bool:
        """Whether every draw from the ranges is a scenario, and its terms take columns.

        Numbers are bounded one by one, so that both ends of all ranges show it; what bounds two
        numbers together is refused, or looked at draw by draw (the order of levels).
        """
        for term, model in self.terms:
            if self._moves(term, model) and not self._takes_columns(term, model):
                return False
        if any(self.scenario.lever(name).labels is None for name in self.drawn_levels):
            return False
        try:
            for k in (0, 1):
                self.scenario.with_quantities({path: ends[k] for path, ends in ranges.items()})
        except InputError:  # some draws will fail, each with its reason
            return False
        return True

    def _takes_columns(self, term: Payoff, model: Any) -> bool:
        if type(term) in (TablePayoff, Chokepoint):
            return True
        bounded = BOUNDED.get(type(term), ())
        tied = any(
            self._column(number) is not None
            for field in bounded
            for number in numbers_in(f"payoffs.{term.name}.{field}", getattr(model, field))
        )
        return type(term) in FORMULAS and not tied

    def levels(self, lever: Lever, values: FloatArray) -> FloatArray:
        """Return the levels of a lever, shape (D, K), or (1, K) where none is drawn."""
        levels = lever.array()[None]
        columns = self.drawn_levels.get(lever.name)
        if columns is None:
            return levels
        levels = np.repeat(levels, len(values), axis=0)
        for k, column in enumerate(columns):
            if column is not None:
                levels[:, k] = values[:, column]
        return levels

    def in_order(self, values: FloatArray) -> Mask:
        """Whether the levels of every lever increase, by draw, shape (D,)."""
        rising = np.ones(len(values), dtype=bool)
        for name in self.drawn_levels:
            rising &= np.all(np.diff(self.levels(self.scenario.lever(name), values)) > 0, axis=1)
        return rising

    def tables(self, values: FloatArray) -> Iterator[tuple[tuple[str, ...], FloatArray]]:
        """Yield scope and table of every term, shape (D or 1, N, K_1, ..., K_m), in order.

        Parameters
        ----------
        values : ndarray of shape (D, P)
        """
        position = {lever.name: j for j, lever in enumerate(self.scenario.levers)}
        names = self.scenario.player_names
        for term, model in self.terms:
            levers = [self.scenario.lever(name) for name in term.levers]
            by_player = self._by_player(term, model, levers, values)
            order = np.argsort([position[lever.name] for lever in levers])
            shape = np.broadcast_shapes(*(table.shape for table in by_player.values()))
            table = np.zeros((shape[0], len(names), *shape[1:]))
            for player, numbers in by_player.items():
                table[:, names.index(self.scenario.player(player).name)] = numbers
            scope = tuple(levers[k].name for k in order)
            yield scope, table.transpose(0, 1, *(2 + order))

    def _by_player(
        self, term: Payoff, model: Any, levers: Sequence[Lever], values: FloatArray
    ) -> dict[str, FloatArray]:
        if not self._moves(term, model):
            found = term.tabulate(levers, [lever.array() for lever in levers])
            return {player: table[None] for player, table in found.items()}
        size = len(levers)
        levels = [self.levels(lever, values) for lever in levers]
        if isinstance(term, TablePayoff):
            return {
                self.scenario.player(key).name: self._grid(
                    f"payoffs.{term.name}.tables.{key}", grid, values
                )
                for key, grid in model.tables.items()
            }
        if isinstance(term, Chokepoint):
            return self._row_by_row(term, model, levels[0], values)
        filled = self._filled(term, model, values, (len(values), *(1,) * size))
        grid = [
            x.reshape(len(x), *(len(x[0]) if j == k else 1 for k in range(size)))
            for j, x in enumerate(levels)
        ]
        shape = (len(values), *(x.shape[1] for x in levels))
        return {p: np.broadcast_to(filled.values(p, grid), shape) for p in term.players}

    def _grid(self, path: str, grid: Any, values: FloatArray) -> FloatArray:
        root = grid.root if isinstance(grid, Grid) else grid
        if isinstance(root, list):
            parts = [self._grid(f"{path}.{k}", part, values) for k, part in enumerate(root)]
            return np.stack(parts, axis=1)
        column = self._column((path, root))
        known = self.scenario.quantities[path].value
        return np.full(len(values), known) if column is None else values[:, column]

    def _filled(
        self, term: Payoff, model: Any, values: FloatArray, shape: tuple[int, ...]
    ) -> Payoff:
        """Return a copy of a term that has columns in place of the numbers that are drawn."""
        filled = copy.copy(term)
        for field in type(model).model_fields:
            given = getattr(model, field)
            found = list(numbers_in(f"payoffs.{term.name}.{field}", given))
            if not any(self._column(number) is not None for number in found):
                continue
            cells = [self._cell(number, values, shape) for number in found]
            if isinstance(given, Number):
                filled.__dict__[field] = cells[0]
            elif isinstance(given, dict):
                names = [self.scenario.player(key).name for key in given]
                filled.__dict__[field] = dict(zip(names, cells, strict=True))
            else:
                filled.__dict__[field] = tuple(cells)
        return filled

    def _cell(
        self, number: tuple[str, Number], values: FloatArray, shape: tuple[int, ...]
    ) -> FloatArray | float:
        column = self._column(number)
        if column is None:
            return self.scenario.quantities[number[0]].value
        return values[:, column].reshape(shape)

    def _row_by_row(
        self, term: Chokepoint, model: Any, levels: FloatArray, values: FloatArray
    ) -> dict[str, FloatArray]:
        """Return the tables of a chokepoint, whose formula branches on its numbers."""
        tables = {player: np.empty((len(values), levels.shape[1])) for player in term.players}
        found = [
            (field, list(numbers_in(f"payoffs.{term.name}.{field}", getattr(model, field))))
            for field in type(model).model_fields
        ]
        for d, row in enumerate(values):
            at = levels[d if len(levels) > 1 else 0]
            one = copy.copy(term)
            for field, numbers in found:
                cells = [float(self._cell(number, row[None], ())) for number in numbers]
                if field == "rationed_shares":
                    one.rationed_shares = dict(zip(at.tolist(), cells, strict=True))
                elif numbers:
                    one.__dict__[field] = cells[0]
            for player, table in tables.items():
                table[d] = one.values(player, [at])
        return tables
