"""What the controls of the explorer say: a frozen state, and the negotiation that it stands for.

No browser is needed: values of controls come in as a mapping, and what is wrong with them is an
`InputError`. What follows from a state is in `results`, how to reproduce it in `reproduce`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from bargaining.cooperative.solutions import (
    EgalitarianSolution,
    NashSolution,
    Solution,
    UtilitarianSolution,
    as_solution,
)
from bargaining.errors import InputError
from bargaining.linkage.regimes.outcome import OFF_TABLE
from bargaining.linkage.regimes.regimes import Regime
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.scenarios.quantities import Quantity
from bargaining.scenarios.scenario import Scenario

__all__ = ["CHOSEN", "WEIGHTED", "State", "initial", "movable", "moved"]

CHOSEN = "as switched"
"""Name of the regime that the switches make."""

Weighted = NashSolution | EgalitarianSolution | UtilitarianSolution
WEIGHTED: dict[str, type[Weighted]] = {kind.name: kind for kind in get_args(Weighted)}
"""The solutions that take bargaining weights, by name."""

DIGITS = 6
"""Significant digits of what a slider says; more are an accident of its steps."""


@dataclass(frozen=True)
class State:
    """Everything that the controls say.

    Attributes
    ----------
    scenario : Scenario
        As it was loaded.
    source : str
        Its name, or the path of its file: what the command line takes.
    quantities : mapping of str to float
        Numbers that were moved, by path.
    status_quo, offer : mapping of str to float
        From lever to level, of the levers that were moved; an offer leaves the others at the
        status quo. Levels of a finite lever are counted from 0, since a level may itself be one
        of the numbers that move; those of an interval are levels.
    off : frozenset of str
        Levers off the table.
    off_table : {"response", "standstill"}
        What these do.
    solution, disagreement : str
    lotteries : bool
    weights : tuple of float
        Bargaining weights, of the rules that have any.
    patience : tuple of float
        Discount factors of a year.
    months : int
    renewal : float
        Of the truce.
    """

    scenario: Scenario
    source: str
    quantities: Mapping[str, float] = field(default_factory=dict)
    status_quo: Mapping[str, float] = field(default_factory=dict)
    offer: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    off_table: str = OFF_TABLE[0]
    solution: str = "nash"
    disagreement: str = "noncooperative"
    lotteries: bool = False
    weights: tuple[float, ...] = ()
    patience: tuple[float, ...] = ()
    months: int = 12
    renewal: float = 0.7

    @property
    def rule(self) -> Solution:
        """The solution, with the weights where it has any and they differ."""
        if self.solution in WEIGHTED and len(set(self.weights)) > 1:
            return WEIGHTED[self.solution](weights=self.weights)
        return as_solution(self.solution)

    def varied(self) -> Scenario:
        """Return the scenario with the numbers that were moved."""
        return self.scenario.with_quantities(self.quantities) if self.quantities else self.scenario

    def negotiation(self) -> Negotiation:
        """Return the negotiation that is bargained over: other numbers, another status quo."""
        varied = self.varied()
        return varied.with_status_quo(self.levels(varied, "status_quo"))

    def levels(self, game: Negotiation, which: str) -> dict[str, float]:
        """Return the levels of `status_quo` or of `offer`, of the levers that were moved."""
        given: Mapping[str, float] = getattr(self, which)
        return {name: _level(game.lever(name), at) for name, at in given.items()}

    def offered(self, game: Negotiation) -> Package:
        """Return the offer as a complete package."""
        return game.package({**game.status_quo, **self.levels(game, "offer")})

    @property
    def tradable(self) -> tuple[str, ...]:
        """The levers on the table."""
        return tuple(x.name for x in self.scenario.free_levers if x.name not in self.off)

    @property
    def regime(self) -> Regime:
        """The regime that the switches make."""
        return Regime(CHOSEN, self.tradable)


def _level(lever: Lever, at: float) -> float:
    return at if isinstance(lever.levels, Interval) else lever.levels[int(at)]


def initial(scenario: Scenario, source: str = "") -> State:
    """Return the state before anything is moved.

    Examples
    --------
    >>> import bargaining as bg
    >>> state = initial(bg.load_scenario("two-issues"))
    >>> state.disagreement, state.weights, state.tradable
    ('status-quo', (1.0, 1.0), ('tariff', 'control'))
    """
    players = len(scenario.players)
    return State(
        scenario, source or scenario.name, disagreement=scenario.disagreement,
        weights=(1.0,) * players, patience=(0.9,) * players,
    )  # fmt: skip


def movable(scenario: Scenario) -> tuple[Quantity, ...]:
    """Return the numbers that can be moved: those with a range, each once."""
    return tuple(
        quantity
        for quantity in scenario.quantities.values()
        if quantity.range is not None and quantity.range[0] < quantity.range[1]
        and not quantity.shared
    )  # fmt: skip


def moved(state: State, values: Mapping[str, Any]) -> State:
    """Return the state that the values of controls make of an initial one.

    Parameters
    ----------
    state : State
    values : mapping
        From the name of a control to its value; controls that are missing stay as they are.
        `solution`, `disagreement`, `over` ("packages" or "lotteries"), `off-table`, `months` and
        `renewal`; by player `weight-0`, `patience-0`, ...; by number `number-0`, ..., as in
        `movable`; by lever `tradable-0` (a bool), `today-0` and `offer-0` (a position among the
        levels, the level of an interval, or "" for an offer that leaves it alone), ...

    Raises
    ------
    InputError
        For a value that is none of a control's.

    Examples
    --------
    >>> import bargaining as bg
    >>> state = initial(bg.load_scenario("two-issues"))
    >>> moved(state, {"tradable-1": False, "weight-0": 2}).tradable
    ('tariff',)
    """
    levers = state.scenario.free_levers
    numbers = movable(state.scenario)
    on = [values.get(f"tradable-{j}", True) for j in range(len(levers))]
    wanted = {q.path: _number(f"number-{k}", values, q.value) for k, q in enumerate(numbers)}
    today = {x.name: _position(f"today-{j}", values, x) for j, x in enumerate(levers)}
    offer = {x.name: _position(f"offer-{j}", values, x) for j, x in enumerate(levers)}
    return replace(
        state,
        quantities={q.path: wanted[q.path] for q in numbers if wanted[q.path] != q.value},
        status_quo={
            x.name: at for x in levers
            if (at := today[x.name]) is not None and _level(x, at) != x.status_quo
        },
        offer={name: at for name, at in offer.items() if at is not None},
        off=frozenset(x.name for x, kept in zip(levers, on, strict=True) if not kept),
        off_table=_choice("off-table", values, state.off_table, OFF_TABLE),
        solution=str(values.get("solution", state.solution)),
        disagreement=str(values.get("disagreement", state.disagreement)),
        lotteries=_choice("over", values, "packages", ("packages", "lotteries")) == "lotteries",
        weights=tuple(_number(f"weight-{i}", values, w) for i, w in enumerate(state.weights)),
        patience=tuple(_number(f"patience-{i}", values, d) for i, d in enumerate(state.patience)),
        months=_whole("months", values, state.months),
        renewal=_number("renewal", values, state.renewal),
    )  # fmt: skip


def _number(name: str, values: Mapping[str, Any], default: float) -> float:
    given = values.get(name, default)
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise InputError(f"{name}: expected a number, got {given!r}") from None
    return number if number == default else float(f"{number:.{DIGITS}g}")


def _whole(name: str, values: Mapping[str, Any], default: int) -> int:
    number = _number(name, values, default)
    if number != round(number):
        raise InputError(f"{name}: expected a whole number, got {number:g}")
    return int(number)


def _choice(name: str, values: Mapping[str, Any], default: str, known: tuple[str, ...]) -> str:
    given = values.get(name, default)
    if given not in known:
        raise InputError(f"{name}: expected one of {', '.join(known)}, got {given!r}")
    return str(given)


def _position(name: str, values: Mapping[str, Any], lever: Lever) -> float | None:
    if values.get(name, "") in ("", None):
        return None
    if isinstance(lever.levels, Interval):
        return _number(name, values, lever.status_quo)
    at = _whole(name, values, 0)
    if not 0 <= at < len(lever.levels):
        raise InputError(f"{name}: expected a position below {len(lever.levels)}, got {at}")
    return at
