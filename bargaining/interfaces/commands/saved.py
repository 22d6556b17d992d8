"""`verify`: every certificate of a saved result, recomputed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bargaining.interfaces.commands.common import NO_RESULT, Json, emit

if TYPE_CHECKING:
    from bargaining.saved.files import Result

__all__ = ["Save", "save", "verify"]

Save = Annotated[
    Path | None,
    typer.Option(
        help="Write the result to a JSON file too, from which `bargaining verify` checks it.",
        show_default=False,
    ),
]


def save(result: Result, path: Path | None) -> None:
    """Write a result where that was asked for."""
    if path is not None:
        from bargaining.saved.files import save_result

        save_result(result, path)


def verify(
    path: Annotated[Path, typer.Argument(help="A file that --save or save_result wrote.")],
    as_json: Json = False,
) -> int:
    """Recompute every certificate of a saved result: 0 if all hold, 1 if one fails."""
    from bargaining import __version__
    from bargaining.interfaces.rendering import heading, output, paragraph, show
    from bargaining.saved.files import read_saved
    from bargaining.saved.verdicts import verdict_table, verdicts

    saved = read_saved(path)
    found = verdicts(saved)
    holds = all(verdict.holds for verdict in found)
    table = verdict_table(found)
    kind = type(saved.result).__name__
    if as_json:
        document: dict[str, Any] = {
            "file": str(path), "result": kind, "holds": holds, "written_by": saved.library,
            "verified_by": __version__, "scenarios_as_shipped": saved.scenarios,
            "certificates": table.to_dict(),
        }  # fmt: skip
        emit(document)
        return 0 if holds else NO_RESULT
    console = output()
    heading(console, f"{kind} in {path}")
    show(console, table)
    failed = sum(not verdict.holds for verdict in found)
    verdict = "all hold" if holds else f"{failed} of {len(found)} FAIL"
    for name, shipped in saved.scenarios.items():
        how = "is the one that comes with" if shipped else "is not one that comes with"
        paragraph(console, f"The scenario {name!r} {how} this version, number by number.")
    paragraph(
        console, f"Written by version {saved.library}, recomputed by {__version__}: {verdict}."
    )
    return 0 if holds else NO_RESULT
