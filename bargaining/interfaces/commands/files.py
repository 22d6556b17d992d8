"""`list`, `new` and `provenance`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bargaining.errors import InputError
from bargaining.interfaces.commands.common import Json, Name, about, emit, load

__all__ = ["list_command", "new", "provenance"]


def list_command(as_json: Json = False) -> int:
    """List the shipped scenarios."""
    from bargaining.interfaces.rendering import output, show
    from bargaining.results.table import Table
    from bargaining.scenarios.scenario import list_scenarios

    entries = list_scenarios()
    if as_json:
        emit([entry._asdict() for entry in entries])
    else:
        show(output(), Table("", ("name", "title"), entries))
    return 0


def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("my-scenario.toml"),
    as_json: Json = False,
) -> int:
    """Write a commented scenario file to edit; it solves as it is."""
    from bargaining.scenarios.scenario import template

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise InputError(f"new: {path} exists already; it is left as it was") from None
    if as_json:
        emit({"path": str(path)})
    else:
        typer.echo(f"Written: {path}. Edit it, and run: bargaining solve {path}")
    return 0


def provenance(name: Name, as_json: Json = False) -> int:
    """List every number of a scenario with its unit, range, confidence and source."""
    from bargaining.interfaces.rendering import output
    from bargaining.interfaces.reports import provenance_report

    scenario = load(name)
    if as_json:
        emit({**about(scenario), "provenance": scenario.provenance().to_dict()})
    else:
        provenance_report(output(), scenario)
    return 0
