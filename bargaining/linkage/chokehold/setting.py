"""What a chokehold is about: the hold on an input, what breaks it, and what its use is worth.

The loss from the input that is withheld is that of `Chokepoint`, whose yearly erosion is the step
by which the hold falls: after k steps it is (1 - erosion)^k of what it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from numbers import Real
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import as_numbers
from bargaining.errors import InputError, unknown_name
from bargaining.model.chokepoint import Chokepoint
from bargaining.model.players import name_of
from bargaining.types import FloatArray

__all__ = ["CALM", "Setting", "Situation", "discount_factors_of", "efforts_of", "situations_of"]

CALM = "calm"
"""The name of a period without a crisis."""

SUM = 1e-9
"""How far the probabilities of crises may exceed 1 together, by roundoff."""

_BOUNDS: dict[str, tuple[float, float]] = {
    "leverage": (0.0, math.inf),
    "threat": (0.0, math.inf),
    "use_cost": (0.0, math.inf),
    "substitution": (0.0, 1.0),
    "lead_time": (1.0, math.inf),
    "building_cost": (0.0, math.inf),
    "wedge": (0.0, math.inf),
    "share": (0.0, 1.0),
    "hold": (0.0, 1.0),
    "recovery": (0.0, 1.0),
    "copying": (0.0, 1.0),
    "counter_loss": (0.0, math.inf),
    "counter_gain": (-math.inf, math.inf),
}


@dataclass(frozen=True)
class Situation:
    """What a period may be like: calm, or a crisis in which harm is worth more or less.

    Attributes
    ----------
    name : str
    probability : float
    factor : float
        On the leverage.
    """

    name: str
    probability: float
    factor: float


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything that a chokehold follows from; see `chokehold` for what the fields mean."""

    term: Chokepoint
    steps: int
    situations: tuple[Situation, ...]
    leverage: float
    threat: float
    use_cost: float
    substitution: float
    lead_time: float
    efforts: tuple[float, ...]
    building_cost: float
    wedge: float
    share: float
    hold: float
    recovery: float
    copying: float
    counter_loss: float
    counter_gain: float
    discount_factors: tuple[float, float]

    def __post_init__(self) -> None:
        """Check every number by name."""
        term: object = self.term
        if not isinstance(term, Chokepoint):
            raise _error("term", "a Chokepoint", term)
        if self.term.controller is None:
            raise _error("term", "a Chokepoint with a controller", term)
        for field, (low, high) in _BOUNDS.items():
            object.__setattr__(self, field, _number(field, getattr(self, field), low, high))
        for field in ("share", "hold"):
            if getattr(self, field) == 0:
                raise _error(field, "a number above 0", 0.0)
        self._check_steps()
        withheld = self.withheld
        if withheld.min() > 0 or withheld.max() == 0:
            raise _error(
                "term, rationed_shares",
                "a level at which nothing is withheld and one at which something is",
                self.term.rationed_shares,
            )

    def _check_steps(self) -> None:
        steps: object = self.steps
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
            raise _error("steps", "a whole number from 0", steps)
        if steps and self.term.erosion == 0:
            raise _error("term, erosion", "the fall of the hold in a step, above 0", 0.0)
        if steps > 1 and self.term.erosion == 1:
            raise _error("steps", "at most 1, as an erosion of 1 leaves nothing after it", steps)

    @property
    def players(self) -> tuple[str, str]:
        """The holder, then the user: the order of all arrays."""
        return str(self.term.controller), self.term.user

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels of the restriction, those at which less is withheld first."""
        shares = self.term.rationed_shares
        return tuple(sorted(shares, key=lambda level: (shares[level], level)))

    @property
    def withheld(self) -> FloatArray:
        """By level, the share of the user's supply that is withheld at a full hold, shape (L,)."""
        return np.array([self.term.rationed_shares[level] for level in self.levels])

    @property
    def use(self) -> FloatArray:
        """By level, how far the restriction is in use, from 0 to 1, shape (L,)."""
        return np.asarray(self.withheld / self.withheld.max())

    @property
    def holds(self) -> FloatArray:
        """What is left of the hold after each number of steps, shape (steps + 1,)."""
        return np.asarray(self.hold * (1.0 - self.term.erosion) ** np.arange(self.steps + 1))

    @cached_property
    def losses(self) -> tuple[FloatArray, FloatArray]:
        """By step and level, what the holder and the user lose a period, (steps + 1, L) each."""
        terms = [self._at(hold) for hold in self.holds]
        levels = [np.array(self.levels)]
        holder, user = (
            np.array([-term.values(player, levels) for term in terms]) for player in self.players
        )
        return holder, user

    def _at(self, hold: float) -> Chokepoint:
        """Return the term of one period in which a part of the hold is left."""
        term = self.term
        return Chokepoint(
            term.levers[0], term.user, value_at_stake=term.value_at_stake,
            input_share=term.input_share, elasticity=term.elasticity,
            rationed_shares={level: hold * x for level, x in term.rationed_shares.items()},
            controller=term.controller, controller_cost=term.controller_cost,
        )  # fmt: skip

    @property
    def replaced(self) -> FloatArray:
        """By step, the share of the user's supply that alternatives have taken, (steps + 1,)."""
        return np.asarray(self.share * (1.0 - self.holds))

    @property
    def bill(self) -> FloatArray:
        """By step, what the price wedge costs the user a period, shape (steps + 1,)."""
        spending = self.term.input_share * self.term.value_at_stake
        return np.asarray(self.wedge * spending * self.replaced)

    @property
    def turned_back(self) -> bool:
        """Whether the user, once it has copied the control, uses it: unless that costs it."""
        return self.counter_gain >= 0

    @property
    def plans(self) -> tuple[tuple[int, ...], ...]:
        """The holder's plans: an index of a level for each situation."""
        return tuple(product(range(len(self.levels)), repeat=len(self.situations)))


def _error(field: str, expected: str, got: object) -> InputError:
    return InputError(f"chokehold, {field}: expected {expected}, got {got!r}")


def _number(field: str, value: Any, low: float, high: float) -> float:
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value) or not low <= float(value) <= high:
        if math.isfinite(high):
            limits = f" from {low:g} to {high:g}"
        else:
            limits = f" from {low:g}" if math.isfinite(low) else ""
        raise _error(field, f"a finite number{limits}", value)
    return float(value)


def situations_of(crises: Any) -> tuple[Situation, ...]:
    """Return the situations from a mapping of name to (probability, factor on the leverage)."""
    if crises is None:
        return (Situation(CALM, 1.0, 1.0),)
    if not isinstance(crises, Mapping):
        raise _error("crises", "a mapping from name to (probability, factor)", crises)
    found = []
    for name, pair in crises.items():
        where = f"crises, {name!r}"
        if not isinstance(name, str) or not name.strip() or name == CALM:
            raise _error("crises", f"names other than {CALM!r}", name)
        numbers = as_numbers(pair)
        if numbers.shape != (2,):
            raise _error(where, "(probability, factor)", pair)
        found.append(
            Situation(
                name,
                _number(f"{where}, probability", float(numbers[0]), 0.0, 1.0),
                _number(f"{where}, factor", float(numbers[1]), 0.0, math.inf),
            )
        )
    rest = 1.0 - math.fsum(situation.probability for situation in found)
    if rest < -SUM:
        raise _error("crises", "probabilities of a sum of at most 1", 1.0 - rest)
    calm = [Situation(CALM, rest, 1.0)] if rest > SUM else []
    return (*calm, *(situation for situation in found if situation.probability > 0))


def efforts_of(efforts: Any) -> tuple[float, ...]:
    """Return the efforts between which the user may choose, the smallest first."""
    if isinstance(efforts, str) or not isinstance(efforts, Iterable):
        raise _error("efforts", "numbers from 0 to 1", efforts)
    found = tuple(_number("efforts", effort, 0.0, 1.0) for effort in efforts)
    if not found or len(set(found)) < len(found):
        raise _error("efforts", "different numbers, at least one", efforts)
    return tuple(sorted(found))


def discount_factors_of(players: tuple[str, str], given: Any) -> tuple[float, float]:
    """Return the discount factors of holder and user from a number, two, or a mapping."""
    where, values = "discount_factors", given
    if isinstance(given, Mapping):
        named = {name_of(player, f"chokehold, {where}"): x for player, x in given.items()}
        for name in named:
            if name not in players:
                raise unknown_name("player", name, players)
        if set(named) != set(players):
            raise _error(where, f"a number for each of {players}", given)
        values = [named[player] for player in players]
    numbers = as_numbers(values)
    if numbers.shape == ():
        numbers = np.full(2, float(numbers))
    if numbers.shape != (2,) or not np.all((numbers >= 0) & (numbers < 1)):
        raise _error(where, "a number in [0, 1), or one for the holder and one for the user", given)
    return float(numbers[0]), float(numbers[1])
