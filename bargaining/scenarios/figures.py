"""Numbers in a scenario file, and what every one of them has to say about itself.

A number is plain (`25.0`, its source being that of the table it stands in), an inline table
(`{value = 25.0, range = [12.0, 31.0], source = "...", confidence = "assumed"}`), or a reference to
a shared number (`{number = "demand-elasticity"}`).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

__all__ = ["CONFIDENCE", "Confidence", "Grid", "Model", "Number", "Numbers", "unit"]

CONFIDENCE = {
    "published": "in a paper or an official statistic",
    "page": "found in a public page, whose address is given",
    "repo": "read from a public data file",
    "computed": "computed from sourced figures; the source says how",
    "assumed": "a judgement; it has a range",
    "example": "made up for teaching",
    "index": "only counts the levels",
}
"""How well a number is documented. Memory is not among the words."""

Confidence: TypeAlias = Literal[
    "published", "page", "repo", "computed", "assumed", "example", "index"
]
Real: TypeAlias = Annotated[float, Field(strict=True)]
LIST, ONE = "<list>", "<number>"


class Model(BaseModel):
    """A table of the file; keys that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Number(Model):
    """A number with its source, its confidence and its range."""

    value: Real | None = None
    range: tuple[Real, Real] | None = None
    source: str | None = None
    confidence: Confidence | None = None
    number: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_plain(cls, data: Any) -> Any:
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": data}
        if not isinstance(data, dict | Number):
            raise ValueError(
                "expected a number, or a table such as "
                '{value = 1.0, range = [0.5, 2.0], source = "..."}'
            )
        return data

    @model_validator(mode="after")
    def _check(self) -> Number:
        if (self.value is None) == (self.number is None):
            raise ValueError("expected either value or number (the key of a shared number)")
        if self.number is not None:
            if self.range or self.source or self.confidence:
                raise ValueError("a shared number has its range, source and confidence in numbers")
            return self
        if self.range is not None:
            low, high = self.range
            if not (math.isfinite(low) and math.isfinite(high) and low <= high):
                raise ValueError("range: expected two finite numbers, the lower one first")
            assert self.value is not None
            if not low <= self.value <= high:
                raise ValueError(f"range: expected it to contain the value, {self.value:g}")
        return self


def _is_list(data: Any) -> str:
    return LIST if isinstance(data, list) else ONE


class Grid(RootModel[Any]):
    """A number, a list of numbers, a list of those, ...: a table over one or more levers."""

    root: Annotated[
        Annotated[Number, Tag(ONE)] | Annotated[list[Grid], Tag(LIST)], Discriminator(_is_list)
    ]


Numbers: TypeAlias = dict[str, Number]


def unit(text: str, **options: Any) -> Any:
    """Return a field whose numbers are in a unit; {payoff} and {lever} are filled in later."""
    return Field(json_schema_extra={"unit": text}, **options)
