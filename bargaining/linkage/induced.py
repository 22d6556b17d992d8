"""The negotiation that a regime induces when levers off the table stay in their owners' hands.

Given what is agreed, the off-table levers are set as a Nash response. Levers that share terms are
solved together, once for each combination of the tradable levers that they share a term with, and
replaced by one table over those: a regime is again a negotiation (Maggi 2016 on why an
uncontracted instrument undoes a concession).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from bargaining.errors import IntractableError
from bargaining.model.factors import Factor
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.model.payoffs import Payoff, TablePayoff
from bargaining.noncooperative.lever_game import joint_lottery
from bargaining.noncooperative.solve import nash_equilibrium
from bargaining.types import FloatArray

__all__ = ["LARGEST_RESPONSE", "Induced", "Response", "induce", "terms_of"]

LARGEST_RESPONSE = 10_000
"""Off-table lever games that may be solved for one group of levers."""


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


@dataclass(frozen=True, eq=False)
class Induced:
    """A regime as a negotiation, with what it leaves to the owners.

    Attributes
    ----------
    negotiation : Negotiation
        Over the tradable levers; the others are fixed and count through the tables.
    full : Negotiation
        The negotiation that it came from.
    responses : tuple of Response
    """

    negotiation: Negotiation
    full: Negotiation
    responses: tuple[Response, ...]

    @property
    def regret(self) -> float:
        """The largest regret of any response."""
        return max((response.regret for response in self.responses), default=0.0)

    def complete(self, lottery: Lottery) -> Lottery:
        """Fill in what the owners of off-table levers do, given each agreed package."""
        completed: dict[Package, float] = {}
        for probability, package in lottery:
            answers = [
                response.answers[tuple(package[lever] for lever in response.given)]
                for response in self.responses
            ]
            for joint in product(*answers):
                levels, share = dict(package), probability
                for weight, part in joint:
                    levels.update(part)
                    share *= weight
                filled = Package(levels)
                completed[filled] = completed.get(filled, 0.0) + share
        return tuple((share, package) for package, share in completed.items())


def induce(negotiation: Negotiation, tradable: Sequence[str]) -> Induced:
    """Replace the levers off the table by their owners' Nash response.

    Parameters
    ----------
    negotiation : Negotiation
    tradable : sequence of str
        Names of the levers on the table.

    Raises
    ------
    IntractableError
        When a group of off-table levers shares terms with tradable levers of too many
        combinations.
    """
    levers = negotiation.free_levers
    off = [j for j, lever in enumerate(levers) if lever.name not in tradable]
    if not off:
        return Induced(negotiation, negotiation, ())
    terms: list[Payoff] = []
    responses = []
    for group in _groups(off, negotiation.factors):
        touching = [f for f in negotiation.factors if set(f.scope) & set(group)]
        response, term = _respond(negotiation, group, touching)
        responses.append(response)
        terms.append(term)
    apart = [f for f in negotiation.factors if not set(f.scope) & set(off)]
    terms += terms_of(negotiation, apart, anchor=levers[off[0]])
    rest = Negotiation(
        negotiation.players, negotiation.levers, terms, unit=negotiation.unit, keys=negotiation.keys
    )
    stand = {levers[j].name: levers[j].status_quo for j in off}
    return Induced(rest.fix({**negotiation.fixed, **stand}), negotiation, tuple(responses))


def _groups(off: Sequence[int], factors: Sequence[Factor]) -> list[list[int]]:
    """Group off-table levers that share a term."""
    groups = {j: {j} for j in off}
    for factor in factors:
        together = [j for j in factor.scope if j in groups]
        merged = set().union(*(groups[j] for j in together)) if together else set()
        for j in merged:
            groups[j] = merged
    return [sorted(group) for group in {id(g): g for g in groups.values()}.values()]


def _respond(
    negotiation: Negotiation, group: Sequence[int], touching: Sequence[Factor]
) -> tuple[Response, Payoff]:
    """Solve the group's lever game for each combination of what it depends on."""
    levers = negotiation.free_levers
    given = sorted({j for f in touching for j in f.scope} - set(group))
    sizes = tuple(negotiation.sizes[j] for j in given)
    if math.prod(sizes) > LARGEST_RESPONSE:
        names = [levers[j].name for j in given]
        raise IntractableError(
            f"off-table response: {[levers[j].name for j in group]} depend on "
            f"{math.prod(sizes):,} combinations of {names} (the bound is {LARGEST_RESPONSE:,})",
            width=len(given),
            levers=names,
        )
    members = [levers[j] for j in sorted([*given, *group])]
    game = Negotiation(
        negotiation.players, members, terms_of(negotiation, touching, anchor=members[0])
    )
    answers: dict[tuple[float, ...], Lottery] = {}
    table = np.zeros((len(negotiation.players), *sizes))
    regret = 0.0
    for cell in product(*(range(size) for size in sizes)):
        agreed = {
            levers[j].name: float(levers[j].array()[k]) for j, k in zip(given, cell, strict=True)
        }
        equilibrium = nash_equilibrium(game.fix(agreed))
        at: tuple[Any, ...] = (slice(None), *cell)
        table[at] = equilibrium.payoffs
        regret = max(regret, equilibrium.regret)
        own = [levers[j].name for j in group]
        answers[tuple(agreed.values())] = tuple(
            (share, Package({name: package[name] for name in own}))
            for share, package in joint_lottery(equilibrium)
        )
    response = Response(
        tuple(levers[j].name for j in group), tuple(levers[j].name for j in given), answers, regret
    )
    source = f"Nash response of {', '.join(response.levers)}"
    anchor = levers[group[0]]
    return response, _table([levers[j] for j in given], table, negotiation, anchor, source)


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
