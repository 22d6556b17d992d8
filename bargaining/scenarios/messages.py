"""Errors of a scenario file in a line or two: file, key path, value, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bargaining.errors import InputError, did_you_mean
from bargaining.model.files import file_error
from bargaining.scenarios.economy_term import Duty, Term
from bargaining.scenarios.figures import Number
from bargaining.scenarios.schema import (
    About,
    Document,
    LeverTable,
    ObservedTable,
    PlayerTable,
    RegimeTable,
    SourceTable,
)

__all__ = ["from_validation", "hint", "key_path"]

TABLES: dict[str, type[BaseModel]] = {
    "sources": SourceTable,
    "players": PlayerTable,
    "levers": LeverTable,
    "observed": ObservedTable,
    "regimes": RegimeTable,
}
TERMS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in get_args(get_args(Term)[0])
}


def hint(word: object, known: Sequence[str]) -> str:
    """Return "did you mean ...? known are ..." for a word that is not known."""
    near = did_you_mean(word, known).lstrip("; ")
    return f"{near} known are {', '.join(known)}".lstrip()


def key_path(parts: Sequence[object], data: Any = None) -> str:
    """Write a key path, payoff terms by their names: payoffs.soybeans.price."""
    words: list[str] = []
    for part in parts:
        data = _step(data, part)
        name = data.get("name") if isinstance(part, int) and isinstance(data, dict) else None
        words.append(str(part) if name is None else str(name))
    return ".".join(words)


def _step(data: Any, part: Any) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def from_validation(origin: str, error: ValidationError, data: dict[str, Any]) -> InputError:
    """Turn pydantic's error into one of ours: the first problem, and how many more there are."""
    problems = sorted(error.errors(include_url=False), key=lambda one: one["type"] == "missing")
    where = _place(problems[0]["loc"])
    others = len(problems) - 1
    more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
    return file_error(origin, key_path(where, data), _words(problems[0], where, data) + more)


def _place(location: Sequence[Any]) -> list[Any]:
    """Leave out of a location what stands only for an alternative of the schema."""
    parts = list(location)
    if parts[:1] == ["payoffs"]:
        del parts[2:3]
    return [part for part in parts if not str(part).startswith("<")]


def _words(problem: Any, where: list[Any], data: dict[str, Any]) -> str:
    kind, given = problem["type"], problem["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        known = list(_model_at(where, data).model_fields)
        return f"unknown key: {hint(where[-1], known)}"
    if kind == "union_tag_not_found":
        return f"kind is missing: known are {', '.join(TERMS)}"
    if kind == "union_tag_invalid":
        word = problem["ctx"]["tag"]
        return f"unknown kind {word!r}: {hint(word, list(TERMS))}"
    if kind == "literal_error":
        known = re.findall("'([^']+)'", problem["ctx"]["expected"])
        near = did_you_mean(given, known)
        return f"expected {problem['ctx']['expected']}, got {given!r}{near}"
    if kind == "value_error":
        return f"{problem['ctx']['error']}, got {_short(given)}"
    expected = problem["msg"].replace("Input should", "it should")
    return f"{expected[:1].lower()}{expected[1:]}, got {_short(given)}"


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 80 else text[:77] + "..."


def _model_at(where: list[Any], data: dict[str, Any]) -> type[BaseModel]:
    """Return the model whose keys were expected at a place."""
    if len(where) == 1:
        return Document
    if len(where) == 2 and where[0] == "scenario":
        return About
    if len(where) == 3 and where[0] == "payoffs":
        return TERMS[data["payoffs"][where[1]]["kind"]]
    if len(where) == 5 and where[0] == "payoffs" and where[2] == "duties":
        return Duty
    if len(where) == 3 and where[0] in TABLES:
        return TABLES[where[0]]
    return Number
