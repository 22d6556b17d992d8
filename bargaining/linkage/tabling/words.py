"""How a tabling game reads: tables, sentences, and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.linkage.tabling.costs import FREE
from bargaining.linkage.tabling.kind import KINDS
from bargaining.linkage.tabling.leader import LeaderFollower
from bargaining.linkage.tabling.pure import Names, PureEquilibria, Strategy
from bargaining.linkage.tabling.stage import members
from bargaining.results.certificate import plain
from bargaining.results.table import Cell, Table, format_cell

if TYPE_CHECKING:
    from bargaining.linkage.tabling.result import TablingGame

__all__ = ["equilibria_table", "explained", "matrix_table", "plainly"]

SHOWN = 24
"""Outcomes with talks that are listed in a table."""


def matrix_table(game: TablingGame) -> Table:
    """Return the payoffs of both sides by what each tables; the other's sets are columns."""
    first, second = (tuple(own) for own in game.groups)
    supported = {family.tabled for family in game.equilibria if family.talks}
    rows: list[tuple[Cell, ...]] = []
    a, b = game.stage.talks.shape[1:]
    for t in range(a):
        cells = []
        for s in range(b):
            pair = "; ".join(format_cell(float(u)) for u in game.stage.talks[:, t, s])
            deal = "" if game.regimes[t][s].agreed else " (no deal)"
            star = " *" if (members(t, first), members(s, second)) in supported else ""
            cells.append(pair + deal + star)
        rows.append((_set(members(t, first)), *cells))
    columns = tuple(_set(members(s, second)) for s in range(b))
    one, other = game.players
    return Table(
        f"Talks by what {one} (rows) and {other} (columns) table{_unit(game)}",
        (one, *columns),
        tuple(rows),
        note=(
            f"payoffs of {one}; {other}, less the costs of tabling; * tabled in an equilibrium\n"
            f"without talks: {'; '.join(format_cell(float(u)) for u in game.disagreement)}"
        ),
    )


def equilibria_table(game: TablingGame) -> Table:
    """Return the pure equilibria by outcome."""
    rows: list[tuple[Cell, ...]] = []
    talks = [family for family in game.equilibria if family.talks]
    for family in [*talks[:SHOWN], *(f for f in game.equilibria if not f.talks)]:
        tabled: list[Cell] = [_set(own) for own in family.tabled] if family.talks else [None, None]
        rows.append(
            (
                "talks" if family.talks else "no talks", *tabled, _needs(game, family),
                *map(float, family.payoffs), family.number, family.undominated,
            )
        )  # fmt: skip
    hidden = len(talks) - SHOWN
    note = f"and {hidden:,} other outcomes with talks\n" if hidden > 0 else ""
    columns = (
        "outcome", *(f"{player} tables" for player in game.players), "held up by",
        *game.players, "equilibria", "undominated",
    )  # fmt: skip
    return Table(
        f"Pure equilibria before the talks{_unit(game)}", columns, tuple(rows),
        note=f"{note}certificate: {game.certificate}",
    )  # fmt: skip


def _needs(game: TablingGame, family: PureEquilibria) -> str:
    """Say which insisting an outcome needs."""
    if not family.talks:
        return "each insists on more than the other tables"
    if family.voluntary:
        return "nothing insisted upon"
    return "; ".join(
        f"{player} insists on {' or '.join(map(_set, sets))}"
        for player, sets in zip(game.players, family.needs, strict=True)
        if any(sets)
    )


def _set(names: tuple[str, ...]) -> str:
    return " + ".join(names) or "nothing"


def _unit(game: TablingGame) -> str:
    return f" ({game.negotiation.unit})" if game.negotiation.unit else ""


def explained(game: TablingGame) -> str:
    """Say in words what kind of stage it is, and what its equilibria are."""
    who = " and ".join(game.players[i] for i in game.reading.who)
    parts = [KINDS[game.kind].format(who=who), _costs(game)]
    talks = [family for family in game.equilibria if family.talks]
    voluntary = [family for family in talks if family.voluntary]
    if voluntary:
        listed = "; ".join(_tabled(game, family.tabled) for family in voluntary[:3])
        more = f" and {len(voluntary) - 3:,} more" if len(voluntary) > 3 else ""
        parts.append(f"In equilibrium, with nothing insisted upon: {listed}{more}.")
    forced = len(talks) - len(voluntary)
    if forced:
        parts.append(f"{forced:,} other outcomes are held up by insisting.")
    kept = [family for family in talks if family.undominated]
    if talks and len(kept) < len(talks):
        listed = "; ".join(_tabled(game, family.tabled) for family in kept[:3]) or "none of them"
        more = f" and {len(kept) - 3:,} more" if len(kept) > 3 else ""
        parts.append(f"Held up by strategies that are not weakly dominated: {listed}{more}.")
    if not talks:
        parts.append("In no pure equilibrium do talks take place.")
    parts.append(_refusal(game))
    parts += [_led(game, leader) for leader in game.leaders if leader.ties == "for the leader"]
    return " ".join(parts)


def _costs(game: TablingGame) -> str:
    if not any(cost.any() for cost in game.costs):
        none = "" if game.costs_from == FREE else ", which is nothing"
        return f"{game.costs_from}{none}."
    when = "also when" if game.costs_without_talks else "unless"
    most = ", ".join(
        f"{player} up to {float(cost[np.abs(cost).argmax()]):.4g}"
        for player, cost in zip(game.players, game.costs, strict=True)
    )
    return f"{game.costs_from}: {most}, {when} no talks take place."


def _tabled(game: TablingGame, tabled: Names) -> str:
    return ", ".join(
        f"{player} tables {_set(own)}" for player, own in zip(game.players, tabled, strict=True)
    )


def _refusal(game: TablingGame) -> str:
    refusals = [family for family in game.equilibria if not family.talks]
    if not refusals:
        return (
            "Mutual refusal is no equilibrium: a side would rather table all that it is asked for "
            "than have no talks."
        )
    weak = "weakly dominated" if not refusals[0].undominated else "not always weakly dominated"
    both = "each side tabling nothing and insisting on everything" if game.mutual_refusal else ""
    return (
        f"No talks are an equilibrium too{f' ({both})' if both else ''}, since neither side gains "
        f"by giving in alone; it is {weak}."
    )


def _led(game: TablingGame, outcome: LeaderFollower) -> str:
    first = f"If {outcome.leader} commits first ({outcome.commitment})"
    payoffs = ", ".join(format_cell(float(u)) for u in outcome.payoffs)
    if not outcome.talks:
        return f"{first}, there are no talks ({payoffs})."
    return f"{first}, {_tabled(game, outcome.tabled)} ({payoffs})."


def plainly(game: TablingGame) -> dict[str, Any]:
    """Return everything as plain Python values."""
    critical = [game.critical_cost(player) for player in game.players]
    return {
        "players": list(game.players),
        "unit": game.negotiation.unit,
        "groups": [plain(own) for own in game.groups],
        "costs": [own.tolist() for own in game.costs],
        "costs_from": game.costs_from,
        "costs_without_talks": game.costs_without_talks,
        "disagreement": game.disagreement.tolist(),
        "disagreement_from": game.disagreement_from,
        "regimes": _regimes(game),
        "equilibria": [_family(family) for family in game.equilibria],
        "mixed": {
            "strategies": [
                [[share, _strategy(played)] for share, played in own]
                for own in game.mixed.strategies
            ],
            "payoffs": game.mixed.payoffs.tolist(),
            "regret": game.mixed.regret,
            "talks": game.mixed.talks,
        },
        "leader_follower": [
            {
                "leader": each.leader, "ties": each.ties, "commitment": _strategy(each.commitment),
                "talks": each.talks, "tabled": plain(each.tabled),
                "payoffs": each.payoffs.tolist(), "optimal": each.optimal,
            }
            for each in game.leaders
        ],
        "kind": game.kind,
        "about": [game.players[i] for i in game.reading.who],
        "choices": dict(zip(game.players, game.reading.choices, strict=True)),
        "mutual_refusal": game.mutual_refusal,
        "critical_costs": [each.to_dict() for each in critical],
        "explanation": game.explain(),
        "certificate": game.certificate.to_dict(),
    }  # fmt: skip


def _regimes(game: TablingGame) -> list[dict[str, Any]]:
    first, second = (tuple(own) for own in game.groups)
    return [
        {
            "tabled": [list(members(t, first)), list(members(s, second))],
            "agreed": game.regimes[t][s].agreed,
            "payoffs": game.regimes[t][s].payoffs.tolist(),
            "payoffs_less_costs": game.stage.talks[:, t, s].tolist(),
        }
        for t, s in np.ndindex(*game.stage.talks.shape[1:])
    ]


def _strategy(strategy: Strategy) -> dict[str, list[str]]:
    return {"tables": list(strategy.tables), "insists_on": list(strategy.insists_on)}


def _family(family: PureEquilibria) -> dict[str, Any]:
    return {
        "talks": family.talks,
        "tabled": plain(family.tabled) if family.talks else None,
        "payoffs": family.payoffs.tolist(),
        "number": family.number,
        "voluntary": family.voluntary,
        "undominated": family.undominated,
        "needs": plain(family.needs),
        "strategies": [[_strategy(each) for each in own] for own in family.strategies],
        "regret": family.regret,
    }
