"""The command line: `bargaining solve us-china-2025` and the rest.

Commands read options, call the library and print. Exit status: 0; 1 when there is no result; 2 for
bad input, with a line on standard error. Heavy imports wait until a command needs them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bargaining import __version__
from bargaining.errors import BargainingError, InputError

if TYPE_CHECKING:
    from bargaining.scenarios.scenario import Scenario

__all__ = ["app", "main"]

NO_RESULT, BAD_INPUT, INTERRUPTED = 1, 2, 130

UsageError: Any = typer.BadParameter.__bases__[0]
"""What bad options raise; typer brings it along, or imports it from click, by version."""

Name = Annotated[
    str, typer.Argument(help="A shipped scenario (see list) or a TOML file.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")]
Solution = Annotated[
    str,
    typer.Option(
        help="nash, kalai-smorodinsky, egalitarian, utilitarian, raiffa, perles-maschler or "
        "equal-area."
    ),
]
Disagreement = Annotated[
    str,
    typer.Option(
        help="What happens without agreement: noncooperative (an equilibrium in which each player "
        "sets its own levers), status-quo, max-min, or a number for each player (0,-3.5)."
    ),
]
Lotteries = Annotated[
    bool, typer.Option(help="Agree on lotteries over packages, or on a single package.")
]

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Negotiations between governments, solved exactly, with a proof of every result.",
    epilog="Exit status: 0, 1 (no result, such as no agreement), 2 (bad input).",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bargaining {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Hold what goes before a command."""


@app.command()
def solve(
    name: Name,
    solution: Solution = "nash",
    disagreement: Disagreement = "noncooperative",
    tradable: Annotated[
        str,
        typer.Option(
            help="all, economic, security, or levers, parted by commas; the others stand still at "
            "the status quo."
        ),
    ] = "all",
    lotteries: Lotteries = False,
    transferable: Annotated[
        bool, typer.Option("--transferable", help="Allow side payments in the unit of the payoffs.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Solve a negotiation: the deal, who concedes what, the regimes, and what was observed."""
    from bargaining.interfaces.options import (
        disagreement_option,
        over_packages,
        regimes_of,
        tradable_option,
    )
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.reports import solve_report
    from bargaining.linkage.comparison import compare_regimes
    from bargaining.strategic.solve import solve as solve_negotiation

    scenario, model = _load(name), disagreement_option(disagreement)
    levers = tradable_option(scenario, tradable)
    both = over_packages(solution, lotteries)
    comparison, other = None, None
    with working(f"Solving {scenario.name}") as progress:
        if levers is None and not transferable:
            comparison = compare_regimes(
                scenario, solution, disagreement=model, regimes=regimes_of(scenario, model),
                lotteries=lotteries, beside=both, progress=progress,
            )  # fmt: skip
            agreement = comparison.outcomes[0].agreements[0]
            other = comparison.beside[0].agreements[0] if both else None
        else:
            agreement = solve_negotiation(
                scenario, solution, disagreement=model, tradable=levers, lotteries=lotteries,
                transferable=transferable,
            )  # fmt: skip
            if both and not transferable:
                other = solve_negotiation(
                    scenario, solution, disagreement=model, tradable=levers,
                    lotteries=not lotteries,
                )  # fmt: skip
    if as_json:
        _emit(
            {
                **_about(scenario),
                "tradable": levers or [lever.name for lever in scenario.free_levers],
                "agreement": agreement.to_dict(),
                "ledger": agreement.ledger().to_dict() if agreement.agreed else None,
                "other_reading": other.to_dict() if other is not None else None,
                "regimes": comparison.to_dict() if comparison is not None else None,
                "observed": scenario.against_observed(agreement.package).to_dict()
                if scenario.observed and agreement.agreed
                else None,
            }
        )
    else:
        solve_report(output(), scenario, agreement, other, comparison, levers)
    return 0 if agreement.agreed else NO_RESULT


@app.command()
def regimes(
    name: Name,
    solution: Solution = "nash",
    disagreement: Disagreement = "noncooperative",
    lotteries: Lotteries = False,
    off_table: Annotated[
        str,
        typer.Option(
            help="What levers off the table do: response (their owners set them) or standstill."
        ),
    ] = "response",
    as_json: Json = False,
) -> int:
    """Compare regimes: security controls off the table, on a table of their own, and linked."""
    from bargaining.interfaces.options import disagreement_option, over_packages, regimes_of
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.reports import regimes_report
    from bargaining.linkage.comparison import compare_regimes

    scenario, model = _load(name), disagreement_option(disagreement)
    both = over_packages(solution, lotteries)
    with working(f"Solving {scenario.name}") as progress:
        comparison = compare_regimes(
            scenario, solution, disagreement=model, regimes=regimes_of(scenario, model),
            off_table=off_table, lotteries=lotteries, beside=both, progress=progress,
        )  # fmt: skip
    if as_json:
        _emit({**_about(scenario), "regimes": comparison.to_dict()})
    else:
        regimes_report(output(), scenario, comparison)
    return 0


@app.command()
def equilibrium(
    name: Name,
    start: Annotated[
        list[str] | None,
        typer.Option(
            help="Where best responses start: 'status quo', lowest or highest; may be repeated. "
            "The equilibrium from the first is taken, the others are counted.",
            show_default="status quo",
        ),
    ] = None,
    random_starts: Annotated[int, typer.Option(help="Further starts, drawn at random.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the random starts.")] = 0,
    as_json: Json = False,
) -> int:
    """Show what happens without agreement: an equilibrium in which each sets its own levers."""
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.reports import equilibrium_report
    from bargaining.noncooperative.solve import nash_equilibrium

    scenario = _load(name)
    starts = start or ["status quo"]
    with working(f"Solving {scenario.name}"):
        found = nash_equilibrium(scenario, starts=starts, random_starts=random_starts, rng=seed)
    if as_json:
        _emit({**_about(scenario), "equilibrium": found.to_dict()})
    else:
        equilibrium_report(output(), scenario, found)
    return 0


@app.command("list")
def list_command(as_json: Json = False) -> int:
    """List the shipped scenarios."""
    from bargaining.interfaces.rendering import output, show
    from bargaining.results.table import Table
    from bargaining.scenarios.scenario import list_scenarios

    entries = list_scenarios()
    if as_json:
        _emit([entry._asdict() for entry in entries])
    else:
        show(output(), Table("", ("name", "title"), entries))
    return 0


@app.command()
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
        _emit({"path": str(path)})
    else:
        typer.echo(f"Written: {path}. Edit it, and run: bargaining solve {path}")
    return 0


@app.command()
def provenance(name: Name, as_json: Json = False) -> int:
    """List every number of a scenario with its unit, range, confidence and source."""
    from bargaining.interfaces.rendering import output
    from bargaining.interfaces.reports import provenance_report

    scenario = _load(name)
    if as_json:
        _emit({**_about(scenario), "provenance": scenario.provenance().to_dict()})
    else:
        provenance_report(output(), scenario)
    return 0


@app.command()
def plot(
    name: Name,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="The file to write; its ending says the format (png, svg, pdf).",
            show_default="NAME.png",
        ),
    ] = None,
    disagreement: Disagreement = "noncooperative",
    as_json: Json = False,
) -> int:
    """Draw what can be agreed in each regime, breakdown, and the solutions (two players)."""
    from bargaining.interfaces.options import disagreement_option, regimes_of
    from bargaining.interfaces.plotting import plot_regimes, save
    from bargaining.interfaces.rendering import working

    scenario, model = _load(name), disagreement_option(disagreement)
    path = out or Path(f"{scenario.name}.png")
    with working(f"Drawing {scenario.name}"):
        axes = plot_regimes(scenario, disagreement=model, regimes=regimes_of(scenario, model))
        save(axes, path, title=scenario.title)
    if as_json:
        _emit({**_about(scenario), "path": str(path)})
    else:
        typer.echo(f"Written: {path}")
    return 0


def _load(name: str) -> Scenario:
    from bargaining.scenarios.scenario import load_scenario

    return load_scenario(name)


def _about(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "players": list(scenario.player_names),
        "unit": scenario.unit,
    }


def _emit(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def _complain(message: object) -> None:
    typer.echo(f"bargaining: {' '.join(str(message).split())}", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows ?
    try:
        status = app(given, prog_name="bargaining", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except UsageError as error:
        _complain(f"{error.format_message()} (bargaining --help lists commands and options)")
        return BAD_INPUT
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_RESULT
    except (InputError, ImportError, OSError) as error:
        _complain(error)
        return BAD_INPUT
    except BargainingError as error:
        _complain(error)
        return NO_RESULT
    except (KeyboardInterrupt, typer.Abort):
        _complain("interrupted")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
