"""The explorer as an application of Shiny for Python: a thin layer over states and results.

It listens on this computer only, answers to no other name, and says nothing to anybody else.
"""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from htmltools import HTML, Tag, TagChild, TagList, tags
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bargaining.errors import BargainingError, InputError, unknown_name
from bargaining.interfaces.explorer import views
from bargaining.interfaces.explorer.controls import controls
from bargaining.interfaces.explorer.results import Results, results
from bargaining.interfaces.explorer.state import initial, moved
from bargaining.scenarios.scenario import Scenario, list_scenarios, load_scenario

__all__ = ["explorer", "serve"]

HOST = "127.0.0.1"

ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<path d='M2 14V2q12 0 12 12z' fill='%230072B2'/></svg>"
)
"""A payoff set."""

SECTIONS: dict[str, tuple[str, Callable[[Results], TagList]]] = {
    "deal": ("The agreement", views.deal),
    "picture": ("What can be agreed", views.picture),
    "truces": ("Does it hold?", views.truces),
    "offer": ("Your offer", views.offer),
    "ledger": ("The ledger: who gives what", views.ledger),
    "regimes": ("What is on the table", views.regimes),
    "lines": ("Reproduce this", views.lines),
}
"""Of the results, in order: heading and view."""


@dataclass(frozen=True)
class Loaded:
    """A scenario that is being explored, and how often controls have been made anew."""

    scenario: Scenario
    source: str
    generation: int = 0


def explorer(scenario: Scenario, source: str) -> App:
    """Return the application.

    Parameters
    ----------
    scenario : Scenario
        The one to begin with.
    source : str
        Its name, or the path of its file.
    """

    def server(input: Inputs, output: Outputs, session: Session) -> None:  # noqa: A002  Shiny asks for this name
        loaded = reactive.value(Loaded(scenario, source))
        problem = reactive.value("")
        own = {source: scenario}

        def begin(new: Scenario, name: str) -> None:
            problem.set("")
            loaded.set(Loaded(new, name, loaded().generation + 1))

        @reactive.effect
        @reactive.event(input.scenario, ignore_init=True)
        def _choose() -> None:
            name = input.scenario()
            if name not in _choices(own):  # the page offers no other; no path is opened for it
                problem.set(str(unknown_name("scenario", name, list(_choices(own)))))
            elif name != loaded().source:
                begin(own[name] if name in own else load_scenario(name), name)

        @reactive.effect
        @reactive.event(input.file, ignore_init=True)
        def _read() -> None:
            (given,) = input.file()
            try:
                found = load_scenario(Path(given["datapath"]))
            except InputError as error:
                problem.set(str(error).replace(given["datapath"], given["name"]))
                return
            own[given["name"]] = found
            ui.update_select("scenario", choices=_choices(own), selected=given["name"])
            begin(found, given["name"])

        @reactive.effect
        @reactive.event(input.reset)
        def _reset() -> None:
            begin(loaded().scenario, loaded().source)

        @reactive.calc
        def found() -> Results | str:
            now = loaded()
            sent: dict[str, Any] = input.controls() if "controls" in input else {}
            fresh = sent.get("generation") == str(now.generation)
            try:
                state = initial(now.scenario, now.source)
                return results(moved(state, sent["values"]) if fresh else state)
            except BargainingError as error:
                return str(error)

        @render.ui
        def about() -> Tag:
            words = tags.p(loaded().scenario.description, class_="description")
            return tags.details(tags.summary("About this scenario"), words)

        @render.ui
        def load_problem() -> Tag | None:
            return views.trouble(problem()) if problem() else None

        @render.ui
        def form() -> Tag:
            return controls(loaded().scenario, loaded().generation)

        @render.ui
        def summary() -> Tag:
            now = found()
            return views.trouble(now) if isinstance(now, str) else views.summary(now)

        for name, (_, view) in SECTIONS.items():
            output(id=name)(_rendered(found, view))

    return App(_page(source, {source: scenario}), server)


def _rendered(found: Callable[[], Results | str], view: Callable[[Results], TagList]) -> render.ui:
    @render.ui
    def shown() -> TagList | None:
        now = found()
        return None if isinstance(now, str) else view(now)

    return shown


def _choices(own: dict[str, Scenario]) -> dict[str, str]:
    """Return the scenarios to choose from by name: the shipped ones, then files."""
    shipped = {entry.name: entry.title for entry in list_scenarios()}
    extra = {name: f"{scenario.title} ({name})" for name, scenario in own.items()}
    return shipped | {name: title for name, title in extra.items() if name not in shipped}


def _page(source: str, own: dict[str, Scenario]) -> Tag:
    here = files("bargaining.interfaces.explorer")
    style, script = ((here / name).read_text("utf-8") for name in ("style.css", "script.js"))
    sections = [
        tags.section(
            tags.h2(title, id=f"{name}-title"), ui.output_ui(name), aria_labelledby=f"{name}-title",
            class_=f"panel panel-{name}",
        )
        for name, (title, _) in SECTIONS.items()
    ]  # fmt: skip
    return ui.page_fluid(
        ui.head_content(
            tags.link(rel="icon", href=ICON), tags.style(HTML(style)), tags.script(HTML(script))
        ),
        tags.a("Skip to the results", href="#results", class_="skip"),
        tags.header(tags.h1("Bargaining explorer"), _loading(source, own), class_="top"),
        tags.div(ui.output_ui("about"), ui.output_ui("load_problem"), class_="about"),
        tags.div(
            tags.div(ui.output_ui("summary"), role="status", aria_live="polite"),
            tags.nav(
                tags.a("Controls", href="#controls"), tags.a("Results", href="#results"),
                aria_label="On this page",
            ),
            class_="summary",
        ),
        tags.main(
            tags.section(
                ui.output_ui("form"), id="controls", class_="controls", aria_label="Controls"
            ),
            tags.div(*sections, id="results", class_="results", tabindex="-1"),
            class_="both",
        ),
        title="Bargaining explorer",
        lang="en",
    )  # fmt: skip


def _loading(source: str, own: dict[str, Scenario]) -> TagChild:
    return tags.div(
        tags.div(
            tags.label("Scenario", for_="scenario"),
            tags.select(
                *(
                    tags.option(title, value=name, **({"selected": ""} if name == source else {}))
                    for name, title in _choices(own).items()
                ),
                id="scenario",
            ),
            class_="shiny-input-container",
        ),
        tags.div(  # Shiny's own has a second, unlabelled text field
            tags.label("Your own scenario file", for_="file"),
            tags.input(id="file", type="file", accept=".toml"),
            tags.div(tags.div(class_="progress-bar"), id="file_progress", class_="progress"),
            class_="shiny-input-container",
        ),
        ui.input_action_button("reset", "Reset all controls"),
        class_="loading",
    )


def serve(
    scenario: Scenario, source: str, *, port: int, open_browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the explorer on this computer until it is interrupted.

    Parameters
    ----------
    scenario, source
        As for `explorer`.
    port : int
        0 for one that is free.
    open_browser : bool
    say : callable
        Called with the address once it can be opened.

    Raises
    ------
    InputError
        When the port is taken, or none.
    """
    address = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with address:
        if os.name == "posix":  # a port that was served a moment ago can be used again
            address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            address.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise InputError(f"--port: expected a free port, got {port}: {error}") from None
        address.listen()
        where = f"http://{HOST}:{address.getsockname()[1]}"
        app = TrustedHostMiddleware(explorer(scenario, source), allowed_hosts=[HOST, "localhost"])
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)  # a page that stays open does not keep it alive
        say(where)
        if open_browser:
            webbrowser.open(where)
        server.run(sockets=[address])
