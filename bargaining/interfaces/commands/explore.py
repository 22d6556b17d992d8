"""`explore`: the explorer in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from bargaining.interfaces.commands.common import load

__all__ = ["explore"]


def explore(
    name: Annotated[
        str, typer.Argument(help="A shipped scenario (see list) or a TOML file.")
    ] = "us-china-2025",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen; 0 for a free port.")
    ] = 0,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
) -> int:
    """Explore a scenario in the browser: move levels and numbers, and see what follows."""
    scenario = load(name)
    try:
        from bargaining.interfaces.explorer.app import serve
    except ImportError as error:
        raise ImportError(
            f"the explorer needs Shiny and matplotlib: pip install 'bargaining[explore]' ({error})"
        ) from None

    def say(where: str) -> None:
        typer.echo(f"Exploring {scenario.name}: {where} (Ctrl-C ends it)")

    try:
        serve(scenario, name, port=port, open_browser=open_browser, say=say)
    except KeyboardInterrupt:  # the way to end it
        typer.echo("")
    return 0
