"""Levers: what the players can move, each owned by one of them.

A lever has a finite increasing sequence of levels, or an interval, and a status quo. The kinds
(tariffs, port fees, export controls, ...) fix the unit, the admissible levels, the usual domain and
the direction in which a move by the owner is a concession.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from bargaining.errors import InputError, did_you_mean
from bargaining.model.players import Player, checked_name, name_of
from bargaining.model.sources import Source, as_source
from bargaining.types import FloatArray

__all__ = [
    "EnforcementPledge",
    "ExportControl",
    "Interval",
    "Lever",
    "PortFee",
    "PurchaseCommitment",
    "RareEarthControl",
    "SoybeanPurchase",
    "Tariff",
    "TechnologySale",
]

DOMAINS = ("economic", "security")


@dataclass(frozen=True)
class Interval:
    """All levels from `low` to `high`.

    Examples
    --------
    >>> Interval(0.0, 0.5).grid(3)
    (0.0, 0.25, 0.5)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Check that the ends are finite and in order."""
        ends = (self.low, self.high)
        if not (all(map(_is_finite, ends)) and self.low < self.high):
            raise InputError(f"Interval: expected finite low < high, got {ends!r}")
        object.__setattr__(self, "low", float(self.low))
        object.__setattr__(self, "high", float(self.high))

    def __contains__(self, level: object) -> bool:
        """Whether a level lies in the interval, ends included."""
        return isinstance(level, Real) and self.low <= float(level) <= self.high

    def grid(self, points: int) -> tuple[float, ...]:
        """Return `points` equally spaced levels, ends included."""
        if points < 2:
            raise InputError(f"Interval.grid, points: expected at least 2, got {points!r}")
        return tuple(np.linspace(self.low, self.high, points).tolist())


class Lever:
    """Something that its owner can set to one of several levels.

    Parameters
    ----------
    name : str
        Unique in a negotiation.
    owner : Player or str
        Who sets it when there is no agreement.
    levels : sequence of float, or Interval
        Strictly increasing numbers in the lever's unit.
    status_quo : float or str
        The level (or its label) in force today.
    domain : {"economic", "security"}
        Security levers are the ones whose tradability the library is about.
    unit : str
        Unit of the levels, for tables.
    labels : sequence of str, optional
        One a level.
    source : Source or str, optional
        Where levels and status quo come from.

    Raises
    ------
    InputError
        When levels are empty, unsorted or not finite, outside the bounds of the kind, or when the
        status quo is not among them.

    Examples
    --------
    >>> fee = Lever("fee", "China", levels=[0, 1], status_quo=1, labels=["off", "on"])
    >>> fee.level("off"), fee.status_quo
    (0.0, 1.0)
    """

    default_domain: ClassVar[str] = "economic"
    default_unit: ClassVar[str] = ""
    bounds: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    bounds_hint: ClassVar[str] = ""
    concession: ClassVar[int] = 0
    """+1 where a higher level is a concession of the owner, -1 where a lower one is, 0 unknown."""

    __slots__ = ("domain", "labels", "levels", "name", "owner", "source", "status_quo", "unit")

    name: str
    owner: str
    levels: tuple[float, ...] | Interval
    status_quo: float
    domain: str
    unit: str
    labels: tuple[str, ...] | None
    source: Source | None

    def __init__(
        self,
        name: str,
        owner: Player | str,
        levels: Sequence[float] | FloatArray | Interval,
        status_quo: float | str,
        *,
        domain: str | None = None,
        unit: str | None = None,
        labels: Sequence[str] | None = None,
        source: Source | str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", checked_name(name, f"{type(self).__name__}.name"))
        put(self, "owner", name_of(owner, f"{type(self).__name__} {name!r}, owner"))
        put(self, "levels", self._checked_levels(levels))
        put(self, "domain", self.default_domain if domain is None else domain)
        put(self, "unit", self.default_unit if unit is None else unit)
        put(self, "labels", self._checked_labels(labels))
        put(self, "source", as_source(source))
        if self.domain not in DOMAINS:
            raise self._error("domain", f"expected one of {DOMAINS}", domain)
        try:
            put(self, "status_quo", self.level(status_quo))
        except InputError as error:
            raise self._error(
                "status_quo", f"expected one of {self._choices()}", status_quo
            ) from error

    def __setattr__(self, field: str, value: object) -> None:
        """Refuse changes: a lever is a value."""
        raise AttributeError(f"{type(self).__name__} is immutable; cannot set {field!r}")

    def _error(self, field: str, expected: str, value: object) -> InputError:
        kind = type(self).__name__
        return InputError(f"{kind} {self.name!r}, {field}: {expected}, got {value!r}")

    def _choices(self) -> str:
        if isinstance(self.levels, Interval):
            return f"the interval [{self.levels.low}, {self.levels.high}]"
        levels = ", ".join(f"{level:g}" for level in self.levels)
        return f"levels {levels}" + (f" or labels {list(self.labels)}" if self.labels else "")

    def _checked_levels(
        self, levels: Sequence[float] | FloatArray | Interval
    ) -> tuple[float, ...] | Interval:
        low, high = self.bounds
        hint = f"expected levels between {low:g} and {high:g}{self.bounds_hint}"
        if isinstance(levels, Interval):
            if levels.low < low or levels.high > high:
                raise self._error("levels", hint, levels)
            return levels
        values = tuple(self._number(value) for value in _iterate(self, levels))
        if not values:
            raise self._error("levels", "expected at least one level", list(values))
        for before, after in pairwise(values):
            if before >= after:
                raise self._error("levels", "expected strictly increasing numbers", list(values))
        for value in values:
            if not low <= value <= high:
                raise self._error("levels", hint, value)
        return values

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise self._error("levels", "expected numbers", value)
        if not _is_finite(value):
            raise self._error("levels", "expected finite numbers", value)
        return float(value)

    def _checked_labels(self, labels: Sequence[str] | None) -> tuple[str, ...] | None:
        if labels is None:
            return None
        if isinstance(self.levels, Interval):
            raise self._error("labels", "an interval has none", labels)
        given: object = labels
        names = () if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
        checked = tuple(name for name in names if isinstance(name, str))
        if not len(checked) == len(names) == len(self.levels):
            raise self._error("labels", f"expected {len(self.levels)} strings, one a level", labels)
        return checked

    @property
    def is_interval(self) -> bool:
        """Whether the levels form an interval rather than a finite sequence."""
        return isinstance(self.levels, Interval)

    def array(self) -> FloatArray:
        """Return the levels as an array of shape (K,).

        Raises
        ------
        InputError
            When the levels are an interval.
        """
        if isinstance(self.levels, Interval):
            raise self._error(
                "levels", "a finite sequence is needed here (Interval.grid makes one)", self.levels
            )
        return np.array(self.levels)

    def level(self, value: float | str) -> float:
        """Return the level that a number or a label stands for.

        Raises
        ------
        InputError
            When it is neither a level nor a unique label of this lever.
        """
        if isinstance(self.levels, Interval):
            if value in self.levels:
                return float(value)
            raise self._error("level", f"expected a number in {self._choices()}", value)
        return self.levels[self.index(value)]

    def index(self, value: float | str) -> int:
        """Return the position of a level (or label) among the levels."""
        levels = self.array()
        if isinstance(value, str):
            count = (self.labels or ()).count(value)
            if self.labels and count == 1:
                return self.labels.index(value)
            problem = "is not unique" if count else "is unknown"
            error = self._error("level", f"expected {self._choices()}; the label {problem}", value)
            raise InputError(f"{error}{did_you_mean(value, self.labels or ())}")
        try:
            distance = np.abs(levels - float(value))
        except (TypeError, ValueError):
            raise self._error("level", f"expected {self._choices()}", value) from None
        nearest = int(np.argmin(distance))
        if not distance[nearest] <= 1e-9 * max(
            abs(levels[nearest]), float(np.ptp(levels)) / len(levels)
        ):
            raise self._error("level", f"expected {self._choices()}", value)
        return nearest

    def with_status_quo(self, level: float | str) -> Lever:
        """Return the lever with another level (or label) in force."""
        kind, name, owner, levels, _, *rest = self._identity()
        return _rebuild(kind, name, owner, levels, self.level(level), *rest)

    def label(self, level: float) -> str:
        """Write a level for people: its label, or the number with the unit."""
        if self.labels is not None:
            return self.labels[self.index(level)]
        return f"{level:g} {self.unit}".strip()

    def concedes(self, before: float, after: float) -> bool | None:
        """Whether moving from `before` to `after` is a concession of the owner (None: unknown)."""
        if self.concession == 0 or before == after:
            return None
        return bool((after - before) * self.concession > 0)

    def _identity(self) -> tuple[Any, ...]:
        return (
            type(self), self.name, self.owner, self.levels, self.status_quo, self.domain, self.unit,
            self.labels, self.source,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        return isinstance(other, Lever) and self._identity() == other._identity()

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self._identity())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy through the constructor's own values."""
        return _rebuild, (type(self), *self._identity()[1:])

    def __repr__(self) -> str:
        """Show kind, name, owner, levels and status quo."""
        return (
            f"{type(self).__name__}({self.name!r}, {self.owner!r}, {self.levels!r}, "
            f"status_quo={self.status_quo:g}, domain={self.domain!r})"
        )


def _is_finite(value: object) -> bool:
    return isinstance(value, Real) and math.isfinite(value)


def _rebuild(
    kind: type[Lever], name: str, owner: str, levels: Any, status_quo: float, domain: str,
    unit: str, labels: Any, source: Any,
) -> Lever:  # fmt: skip
    return kind(
        name, owner, levels, status_quo, domain=domain, unit=unit, labels=labels, source=source
    )


def _iterate(lever: Lever, levels: object) -> Iterable[object]:
    ordered = isinstance(levels, Iterable) and not isinstance(levels, str | bytes | Mapping | Set)
    if not isinstance(levels, Iterable) or not ordered or getattr(levels, "ndim", 1) != 1:
        raise lever._error("levels", "expected a sequence of numbers or an Interval", levels)
    return levels


class Tariff(Lever):
    """An ad valorem tariff rate on the other side's goods; lowering it is a concession.

    Examples
    --------
    >>> Tariff("tariff on China", "United States", levels=[0.10, 0.47], status_quo=0.47).unit
    'ad valorem rate'
    """

    __slots__ = ()
    default_unit = "ad valorem rate"
    bounds = (-1.0, 10.0)
    bounds_hint = " (a rate is 0.47, not 47)"
    concession = -1


class PortFee(Lever):
    """A fee on the other side's ships, in USD per net ton; lowering it is a concession."""

    __slots__ = ()
    default_unit = "USD per net ton"
    bounds = (0.0, math.inf)
    concession = -1


class ExportControl(Lever):
    """An export control: covered entities or a share; lowering it is a concession."""

    __slots__ = ()
    default_domain = "security"
    default_unit = "covered entities or share"
    bounds = (0.0, math.inf)
    concession = -1


class RareEarthControl(Lever):
    """Strictness of rare-earth licensing; lowering it is a concession."""

    __slots__ = ()
    default_domain = "security"
    default_unit = "licence strictness"
    bounds = (0.0, math.inf)
    concession = -1


class PurchaseCommitment(Lever):
    """A yearly purchase; raising it is a concession."""

    __slots__ = ()
    default_unit = "quantity a year"
    bounds = (0.0, math.inf)
    concession = 1


class SoybeanPurchase(PurchaseCommitment):
    """Soybeans bought a year, in million tonnes; raising it is a concession."""

    __slots__ = ()
    default_unit = "million tonnes a year"


class EnforcementPledge(Lever):
    """Enforcement effort, such as against precursor chemicals; raising it is a concession."""

    __slots__ = ()
    default_unit = "effort"
    bounds = (0.0, math.inf)
    concession = 1


class TechnologySale(Lever):
    """Technology that the owner lets be sold to the other side; raising it is a concession."""

    __slots__ = ()
    default_domain = "security"
    default_unit = "sales allowed"
    bounds = (0.0, math.inf)
    concession = 1
