"""How the owners of off-table levers answer what is agreed: a Nash response for every agreement.

The lever games of all agreements differ only in what the tradable levers add to their terms, so
best responses are followed in all of them at once (Cournot 1838); where they go round in circles
the game is solved for itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import IntractableError
from bargaining.model.factors import Factor
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.model.payoffs import Payoff, TablePayoff
from bargaining.noncooperative.levers.lever_game import joint_lottery
from bargaining.noncooperative.levers.lever_search import TIE
from bargaining.noncooperative.levers.replies import Replies, centred
from bargaining.noncooperative.solve import nash_equilibrium
from bargaining.types import FloatArray, IntArray

__all__ = ["LARGEST_RESPONSE", "Response", "respond", "terms_of"]

LARGEST_RESPONSE = 30_000
"""Off-table lever games that may be solved for one group of levers."""

PATH = 100
"""Moves of best responses, at most, before a game is solved for itself."""


@dataclass(frozen=True, eq=False)
class Response:
    """How a group of off-table levers answers what is agreed.

    Attributes
    ----------
    levers : tuple of str
        The off-table levers of the group.
    given : tuple of str
        The tradable levers that share a term with them.
    answers : dict
        From the levels of `given` to a lottery over the group's levels.
    regret : float
        The largest regret of the equilibria behind the answers.
    """

    levers: tuple[str, ...]
    given: tuple[str, ...]
    answers: dict[tuple[float, ...], Lottery]
    regret: float


def respond(
    negotiation: Negotiation, group: Sequence[int], touching: Sequence[Factor]
) -> tuple[Response, Payoff]:
    """Solve the group's lever game for each combination of what it depends on.

    Parameters
    ----------
    negotiation : Negotiation
    group : sequence of int
        Free levers off the table that share terms, and all that do with them.
    touching : sequence of Factor
        The terms that touch any of them.

    Returns
    -------
    Response, Payoff
        The answers, and what they are worth as one term over the tradable levers.

    Raises
    ------
    IntractableError
        For more than 30,000 combinations.
    """
    levers = negotiation.free_levers
    given = sorted({j for f in touching for j in f.scope} - set(group))
    sizes = tuple(negotiation.sizes[j] for j in given)
    _check_size([levers[j] for j in group], [levers[j] for j in given], sizes)
    members = sorted([*given, *group])
    own = [levers[j] for j in members]
    game = Negotiation(negotiation.players, own, terms_of(negotiation, touching, anchor=own[0]))
    mine = [members.index(j) for j in group]
    cells = _cells(game, [members.index(j) for j in given])
    settled = best_responses(game, mine, cells)
    payoffs = game.payoffs_at(cells)
    answers: dict[tuple[float, ...], Lottery] = {}
    regret = 0.0
    for k, row in enumerate(cells):
        levels = [float(lever.array()[index]) for lever, index in zip(own, row, strict=True)]
        answer: Lottery = ((1.0, Package({own[u].name: levels[u] for u in mine})),)
        agreed = {lever.name: x for u, (lever, x) in enumerate(zip(own, levels, strict=True))
                  if u not in mine}  # fmt: skip
        if not settled[k]:
            equilibrium = nash_equilibrium(game.fix(agreed))
            payoffs[k], regret = equilibrium.payoffs, max(regret, equilibrium.regret)
            answer = tuple(
                (share, Package({own[u].name: package[own[u].name] for u in mine}))
                for share, package in joint_lottery(equilibrium)
            )
        answers[tuple(agreed.values())] = answer
    names = tuple(levers[j].name for j in group)
    response = Response(names, tuple(levers[j].name for j in given), answers, regret)
    source = f"Nash response of {', '.join(names)}"
    table = payoffs.T.reshape(len(negotiation.players), *sizes)
    return response, _table(
        [levers[j] for j in given], table, negotiation, levers[group[0]], source
    )  # fmt: skip


def _check_size(group: Sequence[Lever], given: Sequence[Lever], sizes: Sequence[int]) -> None:
    if math.prod(sizes) > LARGEST_RESPONSE:
        names = [lever.name for lever in given]
        raise IntractableError(
            f"off-table response: {[lever.name for lever in group]} depend on "
            f"{math.prod(sizes):,} combinations of {names} (the bound is {LARGEST_RESPONSE:,})",
            width=len(given),
            levers=names,
        )


def _cells(game: Negotiation, given: Sequence[int]) -> IntArray:
    """Return the status quo with all combinations of the given levers, in level indices."""
    shape = [game.sizes[u] for u in given]
    cells = np.repeat(game.indices([game.status_quo]), math.prod(shape), axis=0)
    cells[:, given] = np.indices(shape, dtype=np.int64).reshape(len(given), len(cells)).T
    return cells


def best_responses(
    game: Negotiation, mine: Sequence[int], cells: IntArray
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Follow best responses of all owners at once from every row of level indices, in place.

    Parameters
    ----------
    game : Negotiation
    mine : sequence of int
        The levers that move; the others stay where they are.
    cells : ndarray of int of shape (C, L)
        On return, where the paths end.

    Returns
    -------
    ndarray of bool of shape (C,)
        Where they end in a Nash equilibrium.
    """
    levers = game.free_levers
    own = [
        tuple(u for u in mine if levers[u].owner == player) for player in game.player_names
    ]  # fmt: skip
    rest = tuple(u for u in range(len(levers)) if u not in mine)
    players = []
    for i, levers_of_i in enumerate(own):
        if levers_of_i:
            factors = centred(game.factors, i)
            names = [lever.name for lever in levers]
            scale = sum(float(np.ptp(f.table)) for f in factors) or 1.0
            players.append(
                (levers_of_i, Replies(factors, game.sizes, [*own, rest], i, names), scale)
            )
    moving = np.arange(len(cells))
    for _ in range(PATH):
        before = cells[moving]
        still = np.ones(len(moving), dtype=bool)
        for levers_of_i, replies, scale in players:
            tables = replies.against_profiles(before)
            best = replies.best(tables).indices
            gain = replies.values(tables, best) - replies.values(tables, before[:, levers_of_i])
            moves = gain > TIE * scale
            cells[moving[moves, None], levers_of_i] = best[moves]
            still &= ~moves
        moving = moving[~still]
        if not len(moving):
            break
    settled = np.ones(len(cells), dtype=bool)
    settled[moving] = False
    return settled


def terms_of(negotiation: Negotiation, factors: Sequence[Factor], *, anchor: Lever) -> list[Payoff]:
    """Return factors over the free levers as terms; a constant is put on the anchor lever."""
    levers = negotiation.free_levers
    return [
        _table([levers[j] for j in f.scope], f.table, negotiation, anchor, "terms merged")
        for f in factors
    ]


def _table(
    levers: Sequence[Lever], table: FloatArray, negotiation: Negotiation, anchor: Lever, name: str
) -> TablePayoff:
    if not levers:
        table = np.repeat(table[:, None], len(anchor.array()), axis=1)
        levers = [anchor]
    return TablePayoff(levers, dict(zip(negotiation.player_names, table, strict=True)), name=name)
