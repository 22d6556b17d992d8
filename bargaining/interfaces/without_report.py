"""What `equilibrium`, `threats` and `offers` print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console

from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import levels, proved, unit_of
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.results.table import Cell, Table
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.offers import Offers
from bargaining.strategic.threats import Threats

__all__ = ["equilibria_report", "equilibrium_report", "offers_report", "threats_report"]

COLUMNS = 3
"""Equilibria of a lever game whose levers are printed side by side."""


def equilibrium_report(console: Console, title: str, equilibrium: Equilibrium) -> None:
    """Print an equilibrium, lever by lever in a lever game."""
    console.print(title, style="bold")
    paragraph(console, equilibrium.explain())
    game = equilibrium.game
    unit = unit_of(game) if isinstance(game, Negotiation) else ""
    payoffs = zip(equilibrium.players, map(float, equilibrium.payoffs), strict=True)
    heading(console, f"Without agreement{unit}")
    show(console, Table("", ("player", "payoff"), tuple(payoffs)))
    console.print()
    if isinstance(game, Negotiation):
        moves = _moves(game, {"in equilibrium": equilibrium.strategies})
        show(console, moves, by="player")
    if not (isinstance(game, Negotiation) and equilibrium.is_pure):
        paragraph(console, "What is played, and how likely:")
        show(console, equilibrium.table())
    paragraph(console, proved(equilibrium.certificate))


def _moves(negotiation: Negotiation, played: Mapping[str, Sequence[Lottery]]) -> Table:
    """Return the status quo and what is played, lever by lever, a column a profile."""
    rows: list[tuple[Cell, ...]] = []
    for i, player in enumerate(negotiation.player_names):
        for lever in negotiation.owned_by(player):
            words = [levels(negotiation, lever.name, each[i]) for each in played.values()]
            rows.append((player, lever.name, lever.label(lever.status_quo), *words))
    return Table("", ("player", "lever", "status quo", *played), tuple(rows))


def equilibria_report(console: Console, title: str, equilibria: Equilibria) -> None:
    """Print all equilibria that were found, and whether there are others."""
    console.print(title, style="bold")
    paragraph(console, equilibria.explain())
    game = equilibria.game
    if not isinstance(game, Negotiation):
        heading(console, equilibria.table().title)
        show(console, equilibria.table())
    else:
        heading(console, f"Without agreement{unit_of(game)}")
        names = [f"equilibrium {k + 1}" for k in range(len(equilibria))]
        rows: list[tuple[Cell, ...]] = [
            (name, *map(float, each.payoffs)) for name, each in zip(names, equilibria, strict=True)
        ]
        show(console, Table("", ("payoffs in", *game.player_names), tuple(rows)))
        console.print()
        profiles = {
            name: each.strategies for name, each in zip(names[:COLUMNS], equilibria, strict=False)
        }
        show(console, _moves(game, profiles), by="player")
        if len(names) > COLUMNS:
            paragraph(console, f"The levers of the other {len(names) - COLUMNS}: with --json.")
    paragraph(console, proved(equilibria.certificate))


def threats_report(console: Console, scenario: Scenario, threats: Threats, beside: Table) -> None:
    """Print optimal threats lever by lever, and what they bring."""
    console.print(scenario.title, style="bold")
    paragraph(console, threats.explain())
    heading(console, "What each side commits to, should the talks fail")
    show(console, _moves(scenario, {"threat": threats.strategies}), by="player")
    heading(console, f"{beside.title}{unit_of(scenario)}")
    show(console, beside, signed=["gain"])
    paragraph(console, proved(threats.certificate))


def offers_report(console: Console, scenario: Scenario, offers: Offers) -> None:
    """Print who offers what, and what the first accepted offer is made of."""
    console.print(scenario.title, style="bold")
    paragraph(console, offers.explain())
    heading(console, f"Offers in turn{unit_of(scenario)}")
    show(console, offers.table())
    for proposer, lottery in zip(offers.proposers, offers.lotteries, strict=True):
        if lottery:
            heading(console, f"Lever by lever, when {proposer} proposes")
            show(console, _packages(scenario, lottery), by="owner")
    paragraph(console, proved(offers.certificate))


def _packages(scenario: Scenario, lottery: Lottery) -> Table:
    rows = tuple(
        (
            lever.owner,
            lever.name,
            lever.label(lever.status_quo),
            levels(scenario, lever.name, lottery),
        )
        for lever in scenario.free_levers
    )
    return Table("", ("owner", "lever", "status quo", "offer"), rows)
