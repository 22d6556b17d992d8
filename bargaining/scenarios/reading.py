"""From a text to a checked document, and the folder of the scenarios that come with the library.

A scenario can be a shipped one with some parts left out, and others added or replaced:

    [scenario]
    extends = "us-china-2025"

    [without]
    payoffs = ["soybeans"]          # names of terms; elsewhere keys, as in numbers = ["us-base"]
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from bargaining.model.files import (
    MOST_LEVERS,
    MOST_PLAYERS,
    DataFolder,
    file_error,
    parse_toml,
    read_text,
)
from bargaining.scenarios.messages import from_validation, hint
from bargaining.scenarios.schema import Document

__all__ = ["SCENARIOS", "checked_document", "parse"]

SCENARIOS = DataFolder("bargaining.scenarios", "data", "scenario", first="us-china-2025")
TABLES = ("sources", "numbers", "players", "levers", "observed", "regimes")


def parse(text: str, origin: str) -> Document:
    """Return the checked document that a text holds.

    Raises
    ------
    InputError
        For a TOML error (with its line), an unknown key, a missing or a bad value, or a scenario to
        extend that is not there.
    """
    return checked_document(_extended(parse_toml(text, origin), origin), origin)


def checked_document(data: dict[str, Any], origin: str) -> Document:
    """Return the document that nested tables make.

    Raises
    ------
    InputError
        For an unknown key, a missing or a bad value, or too many players or levers.
    """
    for table, most in (("players", MOST_PLAYERS), ("levers", MOST_LEVERS)):
        given = data.get(table)
        if isinstance(given, dict) and len(given) > most:
            raise file_error(origin, table, f"expected at most {most:,}, got {len(given):,}")
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise from_validation(origin, error, data) from None


def _extended(data: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return the tables of a file together with those of the shipped scenario that it extends.

    `without` leaves out what it names there; a table of the file's own replaces one of the same
    key; payoff terms are added.
    """
    about = data.get("scenario")
    if not isinstance(about, dict) or "extends" not in about:
        return data
    base = _base(about["extends"], origin)
    own = {**data, "scenario": {k: v for k, v in about.items() if k != "extends"}}
    _leave_out(base, own.pop("without", {}), origin)
    merged = {**base, **own, "scenario": {**base["scenario"], **own["scenario"]}}
    for table in TABLES:
        if isinstance(own.get(table, {}), dict):
            merged[table] = {**base.get(table, {}), **own.get(table, {})}
    if isinstance(own.get("payoffs", []), list):
        merged["payoffs"] = [*base["payoffs"], *own.get("payoffs", [])]
    return merged


def _base(name: Any, origin: str) -> dict[str, Any]:
    names = SCENARIOS.names()
    if name not in names:
        raise file_error(
            origin, "scenario.extends",
            f"expected the name of a shipped scenario, got {name!r}: {hint(name, names)}",
        )  # fmt: skip
    path, source = SCENARIOS.locate(name)
    base = parse_toml(read_text(path, source), source)
    if "extends" in base["scenario"]:
        raise file_error(origin, "scenario.extends", f"{name!r} extends another scenario itself")
    return base


def _leave_out(base: dict[str, Any], without: Any, origin: str) -> None:
    """Take parts out of the scenario extended."""
    if not isinstance(without, dict):
        raise file_error(origin, "without", f"expected a table of lists of names, got {without!r}")
    for table, names in without.items():
        path = f"without.{table}"
        if table not in (*TABLES, "payoffs"):
            raise file_error(origin, path, f"unknown key: {hint(table, (*TABLES, 'payoffs'))}")
        if not isinstance(names, list):
            raise file_error(origin, path, f"expected a list of names, got {names!r}")
        parts = base.get(table, {})
        known = [term["name"] for term in parts] if table == "payoffs" else list(parts)
        for name in names:
            if name not in known:
                raise file_error(origin, path, f"{name!r} is not there: {hint(name, known)}")
        if table == "payoffs":
            base[table] = [term for term in parts if term["name"] not in names]
        else:
            base[table] = {key: part for key, part in parts.items() if key not in names}
