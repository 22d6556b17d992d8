"""`plot`: a picture of a scenario in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bargaining.errors import BargainingError, InputError, unknown_name
from bargaining.interfaces.commands.common import Disagreement, Json, Name, about, emit, load

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bargaining.scenarios.scenario import Scenario
    from bargaining.strategic.disagreement import Disagreement as Model

__all__ = ["plot"]

MONTHS, RENEWAL, PATIENCE = 12, 0.7, 0.9
"""Of the truce that is drawn: those that the command `truce` asks about unless told otherwise."""

ROUNDS = 6
"""Of the offers that are drawn: as many as a game of `play` has unless told otherwise."""

RULELESS = {
    "offers": "offers in turn are those of the equilibrium",
    "responses": "best responses are those without agreement",
    "truce": "a truce is drawn for the package that was observed",
}
"""Pictures that no rule enters."""

STEPS = 161
"""Points of a phase diagram in each direction."""


def plot(
    name: Name,
    what: Annotated[
        str,
        typer.Option(
            help="payoff-set (all levers on the table), regimes (side by side), ledger (what each "
            "move is worth), linkage (what each control is worth as a chip), tabling (the game "
            "before the talks), offers (made in turn), responses (of two intervals) or truce "
            "(where it holds).",
        ),
    ] = "regimes",
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "--out",
            help="The file to write; its ending says the format (png, svg, pdf).",
            show_default="NAME.png, or NAME-WHAT.png",
        ),
    ] = None,
    solution: Annotated[
        str | None,
        typer.Option(
            help="The rule, as for solve.", show_default="four rules in sets and regimes, else nash"
        ),
    ] = None,
    disagreement: Disagreement = None,
    as_json: Json = False,
) -> int:
    """Draw a picture: payoffs and solutions, who concedes what, controls as chips, or a truce."""
    from bargaining.interfaces.options import disagreement_option
    from bargaining.interfaces.plotting import save
    from bargaining.interfaces.rendering import working

    if what not in PICTURES:
        raise InputError(f"--what: {unknown_name('picture', what, list(PICTURES))}")
    if what in RULELESS and solution is not None:
        raise InputError(
            f"--solution: {RULELESS[what]}, without a rule; leave it out, or choose another "
            "picture with --what"
        )
    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    ending = "" if what == "regimes" else f"-{what}"
    path = out or Path(f"{scenario.name}{ending}.png")
    with working(f"Drawing {scenario.name}"):
        axes = PICTURES[what](scenario, model, solution)
        save(axes, path, title=scenario.title)
    if as_json:
        emit({**about(scenario), "what": what, "path": str(path)})
    else:
        typer.echo(f"Written: {path}")
    return 0


def _payoff_set(scenario: Scenario, model: Model, solution: str | None) -> Axes:
    from bargaining.interfaces.plots.payoff_sets import SOLUTIONS, plot_payoff_set

    rules = SOLUTIONS if solution is None else [solution]
    return plot_payoff_set(scenario, disagreement=model, solutions=rules, lotteries=False)


def _regimes(scenario: Scenario, model: Model, solution: str | None) -> Sequence[Axes]:
    from bargaining.interfaces.options import regimes_of
    from bargaining.interfaces.plots.payoff_sets import SOLUTIONS, plot_regimes

    rules = SOLUTIONS if solution is None else [solution]
    regimes = regimes_of(scenario, model)
    return plot_regimes(scenario, disagreement=model, solutions=rules, regimes=regimes)


def _ledger(scenario: Scenario, model: Model, solution: str | None) -> Axes:
    from bargaining.interfaces.plots.bars import plot_ledger
    from bargaining.strategic.solve import solve

    agreement = solve(scenario, solution or "nash", disagreement=model, lotteries=False)
    if not agreement.agreed:
        raise BargainingError(agreement.explain())
    return plot_ledger(agreement)


def _linkage(scenario: Scenario, model: Model, solution: str | None) -> Axes:
    from bargaining.interfaces.plots.bars import plot_linkage
    from bargaining.linkage.regimes.linkage_value import linkage_value

    return plot_linkage(linkage_value(scenario, solution=solution or "nash", disagreement=model))


def _tabling(scenario: Scenario, model: Model, solution: str | None) -> Axes:
    from bargaining.interfaces.plots.tabling import plot_tabling
    from bargaining.linkage.tabling.tabling import tabling_game

    return plot_tabling(tabling_game(scenario, solution=solution or "nash", disagreement=model))


def _offers(scenario: Scenario, model: Model, _: str | None) -> Axes:
    from bargaining.interfaces.plots.offers import plot_offers
    from bargaining.strategic.alternating_offers import alternating_offers

    own = [player.discount_factor for player in scenario.players]
    factors = None if all(factor is not None for factor in own) else [PATIENCE] * len(own)
    return plot_offers(alternating_offers(scenario, factors, horizon=ROUNDS, disagreement=model))


def _responses(scenario: Scenario, model: Model, _: str | None) -> Axes:
    from bargaining.interfaces.plots.responses import plot_responses

    return plot_responses(scenario)


def _truce(scenario: Scenario, model: Model, _: str | None) -> Axes:
    import numpy as np

    from bargaining.enforcement.truces.truce import Truce, monthly
    from bargaining.interfaces.options import kept_option
    from bargaining.interfaces.plots.truce import plot_truce

    _, kept = kept_option(scenario, "")
    pause = Truce(kept, negotiation=scenario, months=MONTHS, renewal=RENEWAL, disagreement=model)
    phase = pause.phase(
        discount_factors=np.linspace(0.0, 0.999, STEPS), renewals=np.linspace(0.0, 1.0, STEPS)
    )
    return plot_truce(phase, discount_factors=monthly(PATIENCE))


PICTURES: dict[str, Callable[[Scenario, Model, str | None], Axes | Sequence[Axes]]] = {
    "payoff-set": _payoff_set,
    "regimes": _regimes,
    "ledger": _ledger,
    "linkage": _linkage,
    "tabling": _tabling,
    "offers": _offers,
    "responses": _responses,
    "truce": _truce,
}
"""What can be drawn of a scenario, by the word after --what."""
