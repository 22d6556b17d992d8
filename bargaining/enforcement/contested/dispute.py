"""Ambiguous terms: each side reads in its own way whether an act is covered by the agreement.

Stated priors differ and are commonly known (agreeing to disagree is no puzzle then, Morris 1995).
The mover acts on purpose when its own reading makes that pay, foreseeing the other's answer, which
follows from the other's reading. Two optimists may sign a term neither of whose clear forms would
be signed by both, and fall out over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.enforcement.arguments import (
    Agreed,
    Punishment,
    agreed_lottery,
    discount_factors_of,
    punishment_point,
)
from bargaining.enforcement.contested.dispute_result import Dispute, Stakes, outcome_of, worths
from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.truces.input import share, whole
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["dispute"]


def dispute(
    negotiation: Negotiation,
    agreement: Agreed,
    *,
    lever: Lever | str,
    act: float | str,
    readings: Mapping[Any, float],
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    months: int | None = None,
    other: Any = None,
    war: Punishment = "noncooperative",
    without: Punishment | None = None,
) -> Dispute:
    """Return what becomes of a term that each side reads in its own way.

    The owner of the lever may act: set it to a level that the agreement forbids if it covers the
    act, and allows if not. A month later the other side lets that pass, and the act stands for
    good, or reacts: so many months of war follow, and then it is settled which reading is right.
    If the act is covered it is undone for good, else it stands. Each side expects that by its own
    reading, and each knows the other's.

    Parameters
    ----------
    negotiation : Negotiation
    agreement : Agreement, package, or sequence of (probability, package)
        With the lever where it is if the term covers the act.
    lever : Lever or str
        Whose coverage is contested; its owner is the mover.
    act : float or str
        The level to which the mover may set it.
    readings : mapping from player to float
        How likely each takes the act to be covered; players left out matter for nobody's choice
        but must be named as well, as they sign too.
    discount_factors : float, N floats, or mapping from player to float, optional
        Of a month; the players' own if left out.
    months : int, optional
        Of war after a reaction; for ever if left out.
    other : Player or str, optional
        Who reacts; needed when there are more than two players.
    war : optional
        Payoffs of a month of war, as `disagreement` of `solve`.
    without : optional
        The same for what there is without an agreement; `war` if left out.

    Raises
    ------
    InputError
        For readings that are no probabilities, an act that is none, or one in the agreement.

    Examples
    --------
    The affiliates rule during the truce: one side never promised to withhold controls, the other
    reads a consensus into it.

    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> found = dispute(
    ...     game, game.observed["busan"], lever="affiliates rule", act=20_000, months=6,
    ...     readings={"United States": 0.1, "China": 0.9}, discount_factors=0.99,
    ... )
    >>> found.mover, found.other, found.outcome
    ('United States', 'China', 'breaks')
    """
    where = "dispute"
    lottery = agreed_lottery(where, negotiation, agreement)
    contested = negotiation.lever(lever)
    level = _act(negotiation, contested, act, [package for _, package in lottery])
    names = negotiation.player_names
    mover = names.index(contested.owner)
    reacting = _other(negotiation, mover, other)
    deltas = discount_factors_of(where, negotiation, discount_factors)
    length = None if months is None else whole(f"{where}, months", months)
    point = punishment_point(negotiation, war)
    start = point if without is None else punishment_point(negotiation, without)
    shares = np.array([q for q, _ in lottery])
    acted = [negotiation.package({**a, contested.name: level}) for _, a in lottery]
    stakes = Stakes(
        covered=shares @ negotiation.payoffs([package for _, package in lottery]),
        acted=shares @ negotiation.payoffs(acted),
        war=point.payoffs,
        without=start.payoffs,
        scales=tempter(negotiation).scales,
        deltas=deltas,
        months=length,
        mover=mover,
        other=reacting,
    )
    beliefs = _readings(negotiation, readings)
    found = worths(stakes, beliefs)
    result = Dispute(
        outcome=outcome_of(stakes, beliefs),
        mover=names[mover],
        other=names[reacting],
        lever=contested.name,
        act=contested.label(level),
        readings=beliefs,
        values=found,
        stakes=stakes,
        players=names,
        war_from=point.says,
        certificate=Certificate("constraints", 0.0),
        equilibria=tuple(p.equilibrium for p in (point, start) if p.equilibrium is not None),
    )
    return replace(result, certificate=_played_out(result))


def _act(
    negotiation: Negotiation, lever: Lever, act: float | str, packages: list[Mapping[str, float]]
) -> float:
    if lever.name not in {free.name for free in negotiation.free_levers}:
        raise InputError(f"dispute, lever: expected a free lever, got {lever.name!r}")
    level = negotiation.package({**packages[0], lever.name: act})[lever.name]
    if any(package[lever.name] == level for package in packages):
        raise InputError(
            f"dispute, act: expected a level of {lever.name!r} that the agreement does not have, "
            f"got {act!r}"
        )
    return float(level)


def _other(negotiation: Negotiation, mover: int, other: Any) -> int:
    names = negotiation.player_names
    rest = [i for i in range(len(names)) if i != mover]
    if other is None and len(rest) == 1:
        return rest[0]
    if other is None:
        raise InputError(f"dispute, other: expected who reacts, one of {[names[i] for i in rest]}")
    found = names.index(negotiation.player(other).name)
    if found == mover:
        raise InputError(f"dispute, other: expected another player than the mover {names[mover]!r}")
    return found


def _readings(negotiation: Negotiation, readings: Mapping[Any, float]) -> FloatArray:
    if not isinstance(readings, Mapping):
        raise InputError(f"dispute, readings: expected a mapping from player, got {readings!r}")
    given = {
        negotiation.player(player).name: share(f"dispute, reading of {player!r}", chance)
        for player, chance in readings.items()
    }
    missing = [name for name in negotiation.player_names if name not in given]
    if missing:
        raise InputError(f"dispute, readings: expected one for each player, not for {missing}")
    return np.array([given[name] for name in negotiation.player_names])


def _played_out(result: Dispute) -> Certificate:
    """Play the ambiguous term out month by month; compare choices and worths."""
    stakes, worst = result.stakes, 0.0
    for i, delta in enumerate(stakes.deltas):
        settled = result.readings[i] * stakes.covered + (1 - result.readings[i]) * stakes.acted
        fought = float(settled[i])
        if stakes.months is None:
            fought = float(stakes.war[i])
        else:
            for _ in range(stakes.months):
                fought = (1 - delta) * float(stakes.war[i]) + delta * fought
        after = {"breaks": fought, "passes": float(stakes.acted[i])}
        held = float(stakes.covered[i])
        worth = (
            held
            if result.outcome == "held"
            else ((1 - delta) * float(stakes.acted[i]) + delta * after[result.outcome])
        )
        worst = max(worst, abs(worth - float(result.values[2, i])) / float(stakes.scales[i]))
        if i == stakes.other and result.outcome != "held":
            best = max(fought, float(stakes.acted[i]))
            worst = max(worst, (best - after[result.outcome]) / float(stakes.scales[i]))
        if i == stakes.mover:
            answer = fought if stakes.reacts(result.readings) else float(stakes.acted[i])
            move = (1 - delta) * float(stakes.acted[i]) + delta * answer
            worst = max(worst, (max(held, move) - worth) / float(stakes.scales[i]))
    return Certificate("constraints", worst)


@registers(Dispute)
def check_dispute(result: Dispute) -> Certificate:
    """Play the term out again; recompute what war and no agreement rest on."""
    regrets = [verify(equilibrium).value for equilibrium in result.equilibria]
    certificate = _played_out(result)
    return replace(certificate, value=max([certificate.value, *regrets]))
