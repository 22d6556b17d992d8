"""The command line: `bargaining solve us-china-2025` and the rest.

Commands read options, call the library and print. Exit status: 0; 1 when there is no result; 2 for
bad input, with a line on standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from bargaining import __version__
from bargaining.errors import BargainingError, InputError
from bargaining.interfaces.commands.common import NO_RESULT
from bargaining.interfaces.commands.explore import explore
from bargaining.interfaces.commands.files import list_command, new, provenance
from bargaining.interfaces.commands.norms import table, truce
from bargaining.interfaces.commands.pictures import plot
from bargaining.interfaces.commands.play import play
from bargaining.interfaces.commands.report import report
from bargaining.interfaces.commands.saved import verify
from bargaining.interfaces.commands.solving import regimes, solve
from bargaining.interfaces.commands.sweep import sweep
from bargaining.interfaces.commands.without import equilibrium, offers, threats

__all__ = ["app", "main"]

BAD_INPUT, INTERRUPTED = 2, 130

UsageError: Any = typer.BadParameter.__bases__[0]
"""What bad options raise; typer brings it along, or imports it from click, by version."""

app = typer.Typer(
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


COMMANDS = (
    solve, regimes, table, truce, equilibrium, threats, offers, play, plot, report, provenance,
    new, verify,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.command()(explore)
app.command()(sweep)
app.command("list")(list_command)


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
