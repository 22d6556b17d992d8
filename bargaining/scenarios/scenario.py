"""Scenarios: negotiations from data files, with the source of every number and what was observed.

A `Scenario` is a `Negotiation`, so every solver takes it. Results are computed, never asserted: the
file states facts and assumptions, and the observed outcome stands beside the prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from bargaining.errors import ConvergenceError, InputError
from bargaining.linkage.regimes.regimes import Regime
from bargaining.model.files import parse_toml, read_text
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.table import Cell, Table
from bargaining.scenarios.building import Parts
from bargaining.scenarios.messages import hint
from bargaining.scenarios.quantities import Quantity, Register
from bargaining.scenarios.reading import SCENARIOS, parse
from bargaining.scenarios.schema import Document, ObservedTable, RegimeTable
from bargaining.scenarios.terms import ChokepointTerm
from bargaining.types import FloatArray

__all__ = [
    "ObservedPackage",
    "Scenario",
    "ScenarioEntry",
    "list_scenarios",
    "load_scenario",
    "template",
    "within",
]

DRAWS = 10_000
"""Most draws before `vary` gives up."""


class ObservedPackage(Package):
    """A package that was agreed or in force, with its date and source."""

    __slots__ = ("date", "note", "source", "title")

    def __init__(
        self, levels: Mapping[str, float], *, title: str, date: str, source: str, note: str = ""
    ) -> None:
        super().__init__(levels)
        self.title, self.date, self.source, self.note = title, date, source, note


class ScenarioEntry(NamedTuple):
    """A line in the list of shipped scenarios."""

    name: str
    title: str


class Scenario(Negotiation):
    """A negotiation from a scenario file.

    Attributes
    ----------
    name, title, description : str
    disagreement : str
        What the file takes as happening without agreement; the command line's default.
    observed : mapping of str to ObservedPackage
        What was agreed or in force, by key; the first is the outcome to compare with.
    regimes : mapping of str to Regime
        Regimes that the file names, for `compare_regimes`.
    quantities : mapping of str to Quantity
        Every number by its path, with unit, source, confidence and range.

    Examples
    --------
    >>> game = load_scenario("two-issues")
    >>> game.number_of_packages, game.payoffs({"tariff": "low", "control": 0}).tolist()
    (4, [1.0, 3.0])
    """

    def __init__(self, document: Document, origin: str) -> None:
        self._document, self._origin = document, origin
        register = Register(document, origin)
        self.quantities: Mapping[str, Quantity] = MappingProxyType(register.quantities())
        parts = Parts(document, register)
        players, levers = tuple(parts.players.values()), tuple(parts.levers.values())
        build = partial(
            super().__init__, players, levers, parts.payoffs,
            unit=document.scenario.unit, keys=parts.keys,
        )  # fmt: skip
        parts.at([], build)
        about = document.scenario
        self.name, self.title, self.description = about.name, about.title, about.description.strip()
        self.disagreement = about.disagreement
        self.observed: Mapping[str, ObservedPackage] = MappingProxyType(
            {
                key: parts.at(["observed", key], partial(self._observed, table, register))
                for key, table in document.observed.items()
            }
        )
        self.regimes: Mapping[str, Regime] = MappingProxyType(
            {
                key: parts.at(["regimes", key], partial(self._regime, table))
                for key, table in document.regimes.items()
            }
        )

    def _observed(self, table: ObservedTable, register: Register) -> ObservedPackage:
        source = register.source(table.source, None, "source")
        return ObservedPackage(
            self.package(table.levels),
            title=table.title,
            date=table.date,
            source=str(source),
            note=table.note,
        )

    def _regime(self, table: RegimeTable) -> Regime:
        tradable = self.levers if table.tradable is None else map(self.lever, table.tradable)
        tables: list[list[Lever | str]] | None = None
        if table.tables is not None:
            tables = [[self.lever(key) for key in one] for one in table.tables]
        return Regime(table.name, tradable, tables)

    def provenance(self) -> Table:
        """Return every number with its unit, range, confidence and source."""
        columns = ("number", "value", "unit", "range", "confidence", "source")
        rows = tuple(quantity.row() for quantity in self.quantities.values())
        return Table(f"Numbers of {self.name}", columns, rows)

    def against_observed(
        self, package: Mapping[Any, float | str], observed: str | None = None
    ) -> Table:
        """Return a predicted package beside an observed one, lever by lever.

        Parameters
        ----------
        package : mapping
            From lever to level or label, complete.
        observed : str, optional
            Key in `observed`; the first one if not given.

        Raises
        ------
        InputError
            When the scenario has no such observation.
        """
        key = next(iter(self.observed), "") if observed is None else observed
        if key not in self.observed:
            known = hint(key, list(self.observed)) if self.observed else "the scenario has none"
            raise InputError(f"observed: unknown observation {key!r}: {known}")
        predicted, seen = self.package(package), self.observed[key]
        rows: list[tuple[Cell, ...]] = []
        for lever in self.levers:
            then, now = seen[lever.name], predicted[lever.name]
            levels = (lever.label(level) for level in (lever.status_quo, then, now))
            rows.append((lever.name, lever.owner, *levels, now == then))
        hits = sum(bool(row[-1]) for row in rows)
        columns = ("lever", "owner", "status quo", "observed", "predicted", "hit")
        note = f"{hits} of {len(rows)} levers as observed"
        title = f"Prediction and {seen.title or key} ({seen.date})"
        return Table(title, columns, tuple(rows), note)

    def with_quantities(self, values: Mapping[str, float]) -> Scenario:
        """Return the scenario with some numbers replaced; they may lie outside their ranges.

        Parameters
        ----------
        values : mapping of str to float
            From path, as in `quantities`, to value.

        Raises
        ------
        InputError
            For an unknown path, a path that refers to a shared number, or a value that its lever
            or term refuses.

        Examples
        --------
        >>> game = load_scenario("tariff-dilemma")
        >>> path = "payoffs.tariff of Home.tables.Home.1"
        >>> game.quantities[path].value, game.with_quantities({path: 5.0}).quantities[path].value
        (2.0, 5.0)
        """
        document = self._document.model_copy(deep=True)
        register = Register(document, self._origin)
        for path, value in values.items():
            if path not in register.places:
                near = hint(path, list(self.quantities)).split(" known are")[0]
                raise InputError(f"with_quantities: unknown path {path!r}: {near}")
            place = register.places[path].number
            if place.number is not None:
                raise InputError(
                    f"with_quantities: {path!r} is the shared number 'numbers.{place.number}'; "
                    "set that"
                )
            if isinstance(value, bool) or not isinstance(value, Real):
                raise InputError(f"with_quantities, {path!r}: expected a number, got {value!r}")
            place.value = float(value)
        return Scenario(document, self._origin)

    def vary(self, *, rng: int | np.random.Generator) -> Scenario:
        """Return the scenario with every number that has a range drawn from it.

        Uniformly; where the ends have one sign and are more than a factor of four apart, uniformly
        in logarithms. A stricter level of a control withholds no less than a laxer one: where the
        shares that a chokepoint rations would fall from one level to the next, everything is drawn
        again.

        Parameters
        ----------
        rng : int or numpy.random.Generator

        Raises
        ------
        ConvergenceError
            When ranges leave hardly any draw in that order.
        """
        generator = np.random.default_rng(rng)
        for _ in range(DRAWS):
            values = {
                path: float(within(quantity.range, generator.uniform()))
                for path, quantity in self.quantities.items()
                if quantity.range is not None and not quantity.shared
            }
            if self.in_order(values):
                return self.with_quantities(values)
        raise ConvergenceError(
            f"vary: in {DRAWS} draws the shares that a chokepoint rations were never in the order "
            "of its levels"
        )

    def in_order(self, values: Mapping[str, float]) -> bool:
        """Whether no chokepoint rations less at a higher level, with some numbers replaced.

        Parameters
        ----------
        values : mapping of str to float
            From path, as in `quantities`, to value.
        """
        for term in self._document.payoffs:
            if not isinstance(term, ChokepointTerm):
                continue
            paths = [
                f"payoffs.{term.name}.rationed_shares.{k}"
                if share.number is None
                else f"numbers.{share.number}"
                for k, share in enumerate(term.rationed_shares)
            ]
            shares = [values.get(path, self.quantities[path].value) for path in paths]
            if any(after < before for before, after in pairwise(shares)):
                return False
        return True

    def __reduce__(self) -> tuple[type[Scenario], tuple[Document, str]]:
        """Travel as the document, to another process say."""
        return Scenario, (self._document, self._origin)

    @property
    def document(self) -> Document:
        """What the file says, as checked."""
        return self._document

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the file says, sources included."""
        text = self._document.model_dump_json()
        return sha256(text.encode()).hexdigest()

    def __repr__(self) -> str:
        """Say which scenario it is, and how large."""
        return (
            f"<Scenario {self.name!r}: {len(self.players)} players, {len(self.levers)} levers, "
            f"{len(self.terms)} payoff terms>"
        )


def within(ends: tuple[float, float], share: float | FloatArray) -> FloatArray:
    """Return the numbers up to which given shares of a range lie.

    Evenly; where the ends have one sign and are more than a factor of four apart, evenly in
    logarithms of the distance from 0.

    Parameters
    ----------
    ends : pair of float
        The lower one first.
    share : array_like
        Between 0 and 1.

    Examples
    --------
    >>> within((0.0, 4.0), 0.5).tolist(), within((1.0, 16.0), 0.5).round(12).tolist()
    (2.0, 4.0)
    """
    low, high = ends
    if low * high > 0 and max(low / high, high / low) > 4:
        near, far = sorted(np.log(np.abs(ends)))
        found = np.sign(low) * np.exp(near + (far - near) * np.asarray(share))
        return np.asarray(np.clip(found, low, high))  # an end may come back a rounding beyond it
    return np.asarray(low + (high - low) * np.asarray(share))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a shipped scenario by its name, or any scenario from a TOML file.

    Parameters
    ----------
    name_or_path : str or Path
        A name from `list_scenarios()`, or the path of a file.

    Raises
    ------
    InputError
        For an unknown name, and for anything wrong in the file: the message names the file, the
        key path (the line, where it is not TOML), the value and what was expected.

    Examples
    --------
    >>> load_scenario("us-china-2025")
    <Scenario 'us-china-2025': 2 players, 13 levers, 16 payoff terms>
    """
    path, origin = SCENARIOS.locate(name_or_path)
    return Scenario(parse(read_text(path, origin), origin), origin)


def list_scenarios() -> tuple[ScenarioEntry, ...]:
    """Return names and titles of the shipped scenarios, the truce first.

    Examples
    --------
    >>> list_scenarios()[0].name
    'us-china-2025'
    """
    entries = []
    for name in SCENARIOS.names():
        path, origin = SCENARIOS.locate(name)
        about = parse_toml(read_text(path, origin), origin)["scenario"]
        entries.append(ScenarioEntry(name, about["title"]))
    return tuple(entries)


def template() -> str:
    """Return a commented scenario file to edit; it loads as it is."""
    return (files("bargaining.scenarios") / "template.toml").read_text(encoding="utf-8")
