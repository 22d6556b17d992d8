"""Every number of a scenario file, found and completed with unit, source and confidence.

A number without a source, or an assumed one without a range, is an error: what cannot say where it
comes from cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bargaining.model.files import file_error
from bargaining.model.sources import Source
from bargaining.results.table import Cell
from bargaining.scenarios.figures import Grid, Number
from bargaining.scenarios.messages import hint
from bargaining.scenarios.schema import KINDS, Document, LeverTable
from bargaining.scenarios.terms import TermModel

__all__ = ["Quantity", "Register", "numbers_in"]


@dataclass(frozen=True)
class Quantity:
    """A number of a scenario, and what is known about it.

    Attributes
    ----------
    path : str
        Where it stands: "payoffs.soybeans.price", "levers.us-fentanyl.levels.2".
    value : float
    unit : str
    source : Source
        Its confidence is the number's.
    range : pair of float, or None
        Within which it may lie; every assumed number has one.
    label : str
        For a level, its label and date.
    shared : str
        The path of the shared number that it refers to, "" if it is its own.
    """

    path: str
    value: float
    unit: str
    source: Source
    range: tuple[float, float] | None = None
    label: str = ""
    shared: str = ""

    @property
    def confidence(self) -> str:
        """How well the number is documented."""
        return self.source.confidence

    @property
    def reference(self) -> str:
        """The source in words, with its address."""
        return str(Source(self.source.text, self.source.url))

    def row(self) -> tuple[Cell, ...]:
        """Return path, value, unit, range, confidence and source, as a row of a table."""
        ends = f"{self.range[0]:g} to {self.range[1]:g}" if self.range else ""
        source = f"see {self.shared}" if self.shared else self.reference
        words = f"{self.label}: {source}" if self.label else source
        return self.path, self.value, self.unit, ends, self.confidence, words


@dataclass(frozen=True)
class _Place:
    path: str
    number: Number
    unit: str
    source: str | None
    confidence: str | None
    label: str = ""


class Register:
    """The numbers of a document by path, and what they stand for.

    Parameters
    ----------
    document : Document
    origin : str
        File name, for messages.
    """

    def __init__(self, document: Document, origin: str) -> None:
        self.document = document
        self.origin = origin
        self.places = {place.path: place for place in _places(document)}

    def value(self, number: Any) -> Any:
        """Return the value of a number, or of lists and tables of numbers."""
        if isinstance(number, list):
            return [self.value(one) for one in number]
        if isinstance(number, Grid):
            return self.value(number.root)
        if number.number is not None:
            return self.document.numbers[number.number].value
        return number.value

    def source(self, text: str | None, confidence: str | None, path: str) -> Source | None:
        """Return the source that a key or a text stands for."""
        if text is None:
            return None
        table = self.document.sources.get(text)
        if table is not None:
            return Source(table.text, table.url, confidence or table.confidence or "")
        if not text.strip() or not any(c in text for c in " :/"):
            known = list(self.document.sources)
            what = hint(text, known) if known else "the file has no sources"
            raise file_error(
                self.origin, path, f"expected a key of sources or a reference in words, got "
                f"{text!r}: {what}",
            )  # fmt: skip
        return Source(text, confidence=confidence or "")

    def quantities(self) -> dict[str, Quantity]:
        """Return every number by its path.

        Raises
        ------
        InputError
            For a number without source or confidence, an assumed one without range, or a reference
            to a shared number that is not there.
        """
        return {path: self._quantity(place) for path, place in self.places.items()}

    def _quantity(self, place: _Place) -> Quantity:
        if place.number.number is not None:
            return self._shared(place, place.number.number)
        source = self._source_of(place)
        if source.confidence == "assumed" and place.number.range is None:
            raise file_error(
                self.origin, place.path,
                "an assumed number needs a range, such as {value = "
                f"{place.number.value:g}, range = [low, high]}}",
            )  # fmt: skip
        value = self.value(place.number)
        return Quantity(place.path, value, place.unit, source, place.number.range, place.label)

    def _shared(self, place: _Place, key: str) -> Quantity:
        if key not in self.document.numbers:
            what = hint(key, list(self.document.numbers))
            raise file_error(self.origin, place.path, f"unknown shared number {key!r}: {what}")
        shared = self._quantity(self.places[f"numbers.{key}"])
        return Quantity(
            place.path, shared.value, place.unit, shared.source, shared.range, place.label,
            shared.path,
        )  # fmt: skip

    def _source_of(self, place: _Place) -> Source:
        own = place.number.source
        source = self.source(own or place.source, place.number.confidence, place.path)
        if source is None:
            raise file_error(
                self.origin, place.path, "a number needs a source, its own or its table's"
            )
        if own is None and place.number.confidence is None and place.confidence:
            source = Source(source.text, source.url, place.confidence)
        confidence = source.confidence or place.confidence
        if not confidence:
            raise file_error(
                self.origin, place.path,
                "a number needs a confidence, its own, its source's or its table's",
            )  # fmt: skip
        return Source(source.text, source.url, confidence)


def _places(document: Document) -> Iterator[_Place]:
    places: list[_Place] = []
    for key, lever in document.levers.items():
        places.extend(_in_lever(f"levers.{key}", lever))
    for term in document.payoffs:
        places.extend(_in_term(f"payoffs.{term.name}", term, document))
    units = {place.number.number: place.unit for place in places if place.number.number}
    for key, number in document.numbers.items():
        yield _Place(f"numbers.{key}", number, units.get(key, ""), None, None)
    yield from places


def _in_lever(path: str, lever: LeverTable) -> Iterator[_Place]:
    unit = _lever_unit(lever)
    for where, number in numbers_in(f"{path}.levels", lever.levels):
        words = ""
        if isinstance(lever.levels, list):
            i = int(where.rsplit(".", 1)[1])
            lists = [x[i] for x in (lever.labels, lever.dates) if x and i < len(x) and x[i]]
            words = ", ".join(lists)
        yield _Place(where, number, unit, lever.source, lever.confidence, words)


def _lever_unit(lever: LeverTable) -> str:
    return KINDS[lever.kind].default_unit if lever.unit is None else lever.unit


def _in_term(path: str, term: TermModel, document: Document) -> Iterator[_Place]:
    units = [
        _lever_unit(document.levers[key]) for key in term.lever_keys() if key in document.levers
    ]
    for field, info in type(term).model_fields.items():
        unit = _unit_of(info).replace("{payoff}", document.scenario.unit)
        unit = unit.replace("{lever}", units[0] if units else "unit of the lever")
        for where, number in numbers_in(f"{path}.{field}", getattr(term, field)):
            yield _Place(where, number, unit, term.source, term.confidence)


def _unit_of(info: FieldInfo) -> str:
    extra = info.json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) and "unit" in extra else ""


def numbers_in(path: str, value: Any) -> Iterator[tuple[str, Number]]:
    """Yield the numbers of a part of a document with their paths, in order."""
    if isinstance(value, Number):
        yield path, value
    elif isinstance(value, Grid):
        yield from numbers_in(path, value.root)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from numbers_in(f"{path}.{i}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from numbers_in(f"{path}.{key}", item)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from numbers_in(f"{path}.{field}", getattr(value, field))
