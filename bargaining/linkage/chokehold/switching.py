"""At which number the answer changes: patience, copying, lead time, the price wedge, ...

A grid for the changes, bisection for each, and both ends of every bracket solved and certified.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.linkage.chokehold.setting import Setting
from bargaining.results.table import Table, Tabular

if TYPE_CHECKING:
    from bargaining.linkage.chokehold.result import Chokehold

__all__ = ["PARAMETERS", "Switch", "Switches", "changed", "switches_of"]

_PATIENCE = {
    "discount_factor": (0, 1),
    "holder_discount_factor": (0,),
    "user_discount_factor": (1,),
}

PARAMETERS = (
    "leverage", "threat", "use_cost", "substitution", "lead_time", "building_cost", "wedge",
    "share", "hold", "recovery", "copying", "counter_loss", "counter_gain", *_PATIENCE,
)  # fmt: skip
"""Numbers that may be varied."""

MOST_HALVINGS = 100


@dataclass(frozen=True, eq=False)
class Switch:
    """A bracket within which the answer changes: what is done today, or whether the use lasts.

    Attributes
    ----------
    below, above : float
        The ends of the bracket.
    before, after : Chokehold
        Solved and certified at either end.
    """

    below: float
    above: float
    before: Chokehold = field(repr=False)
    after: Chokehold = field(repr=False)

    @property
    def value(self) -> float:
        """The middle of the bracket."""
        return (self.below + self.above) / 2


@dataclass(frozen=True, eq=False)
class Switches(Tabular):
    """Where what is done today, or whether the use lasts, changes with one number.

    Attributes
    ----------
    parameter : str
    low, high : float
    switches : tuple of Switch
        The smallest first.
    first, last : Chokehold
        At low and at high.
    """

    parameter: str
    low: float
    high: float
    switches: tuple[Switch, ...]
    first: Chokehold = field(repr=False)
    last: Chokehold = field(repr=False)

    def __len__(self) -> int:
        """Return the number of switches."""
        return len(self.switches)

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.switches)

    def table(self) -> Table:
        """Return a row for each range in which the same is done today."""
        edges = [self.low, *(switch.value for switch in self.switches), self.high]
        found = [self.first, *(switch.after for switch in self.switches)]
        rows = tuple(
            (start, end, each.decision, each.effort(), each.ending.verdict)
            for start, end, each in zip(edges[:-1], edges[1:], found, strict=True)
        )
        width = max((switch.above - switch.below for switch in self.switches), default=0.0)
        holder, user = self.first.players
        return Table(
            f"Use now or keep, by {self.parameter}",
            ("from", "to", f"{holder} today", f"effort of {user}", "the restriction"),
            rows,
            note=f"brackets of at most {width:.1g}, both ends of each certified"
            if rows[1:]
            else "",
        )

    def explain(self) -> str:
        """Say in words where what is done today changes."""
        holder = self.first.players[0]
        if not self.switches:
            return (
                f"From {self.low:g} to {self.high:g}, {self.parameter} changes neither what "
                f"{holder} does today ({self.first.decision}) nor whether the use lasts "
                f"({self.first.ending.verdict})."
            )
        steps = "; ".join(
            f"from {switch.value:.3g} on the choice is to {switch.after.decision}, the restriction "
            f"{switch.after.ending.verdict}"
            for switch in self.switches
        )
        return (
            f"At {self.parameter} = {self.low:g} {holder}'s choice today is to "
            f"{self.first.decision}, and the restriction is {self.first.ending.verdict}; {steps}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "parameter": self.parameter,
            "low": self.low,
            "high": self.high,
            "brackets": [[switch.below, switch.above] for switch in self.switches],
            "table": self.table().to_dict(),
            "completeness": "some",
        }


def changed(setting: Setting, parameter: str, value: float) -> Setting:
    """Return the setting with one number changed, checked by name."""
    if parameter not in PARAMETERS:
        raise unknown_name("parameter", parameter, PARAMETERS)
    if parameter not in _PATIENCE:
        one: dict[str, Any] = {parameter: value}
        return replace(setting, **one)
    given: Any = value
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) < 1:
        raise InputError(f"chokehold, {parameter}: expected a number in [0, 1), got {value!r}")
    factors = list(setting.discount_factors)
    for player in _PATIENCE[parameter]:
        factors[player] = float(value)
    return replace(setting, discount_factors=(factors[0], factors[1]))


def switches_of(
    result: Chokehold, parameter: str, low: float, high: float, *, points: int, tolerance: float
) -> Switches:
    """Return the switches of a result over a range of one of its numbers."""
    _check(low, high, points, tolerance)
    grid = np.linspace(low, high, points).tolist()
    solved = [result.with_parameter(parameter, x) for x in grid]
    found = []
    for k in range(1, points):
        below, above, before, after = grid[k - 1], grid[k], solved[k - 1], solved[k]
        while _today(before) != _today(after):
            switch, after_it = _closed_in(
                result, parameter, (below, before), (above, after), tolerance * (high - low)
            )
            found.append(switch)
            below, before = after_it
    return Switches(parameter, float(low), float(high), tuple(found), solved[0], solved[-1])


def _closed_in(
    result: Chokehold, parameter: str, start: tuple[float, Chokehold],
    end: tuple[float, Chokehold], width: float,
) -> tuple[Switch, tuple[float, Chokehold]]:  # fmt: skip
    """Return the first change found between two points, and its upper end."""
    (below, before), (above, after) = start, end
    for _ in range(MOST_HALVINGS):
        middle = (below + above) / 2
        if above - below <= width or not below < middle < above:
            break
        between = result.with_parameter(parameter, middle)
        if _today(between) == _today(before):
            below, before = middle, between
        else:
            above, after = middle, between
    return Switch(below, above, before, after), (above, after)


def _today(result: Chokehold) -> tuple[frozenset[tuple[int, ...]], frozenset[int], str]:
    """Return what is done today, the plans and efforts that are played at all, and if it lasts."""
    efforts = frozenset(np.flatnonzero(result.equilibrium.strategies[0][1] > 0).tolist())
    return frozenset(result.plan()), efforts, result.ending.verdict


def _check(low: Any, high: Any, points: Any, tolerance: Any) -> None:
    for field_, value in (("low", low), ("high", high), ("tolerance", tolerance)):
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            raise InputError(f"switches, {field_}: expected a finite number, got {value!r}")
    if not low < high:
        raise InputError(f"switches, high: expected a number above {low!r}, got {high!r}")
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise InputError(f"switches, points: expected a whole number from 2, got {points!r}")
    if not 0 < tolerance < 1:
        raise InputError(f"switches, tolerance: expected a number in (0, 1), got {tolerance!r}")
