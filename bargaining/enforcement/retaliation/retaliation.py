"""Move-for-move retaliation: a move of one lever is answered by the other side's, after a lag.

With reciprocity m a move by x is answered by one of m x: nothing at m = 0, where only a Nash
equilibrium rests, and in kind at m = 1 (Axelrod 1984; matched tariffs). An escalation pays iff what
is gained before the answer exceeds what is lost after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.enforcement.arguments import discount_factors_of
from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.retaliation.moves import Exchange
from bargaining.enforcement.retaliation.result import Retaliation
from bargaining.enforcement.truces.input import not_negative
from bargaining.errors import InputError
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import TOLERANCE, Certificate, registers

__all__ = ["retaliation"]


def retaliation(
    negotiation: Negotiation,
    levers: Sequence[Lever | str],
    *,
    start: Mapping[Any, float | str] | None = None,
    reciprocity: float | Mapping[Any, float] = 1.0,
    lag: float = 0.0,
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
) -> Retaliation:
    """Return which moves of two levers pay when each is answered in kind after a lag.

    Parameters
    ----------
    negotiation : Negotiation
    levers : two levers
        Finite and free, of two owners, in one unit; all others stand still.
    start : package, optional
        Where everything stands; the status quo if left out.
    reciprocity : float, or mapping from player to float
        m >= 0 of the answers, by who answers: a move by x is answered by one of m x in the same
        direction, to the nearest level that there is (of two as near, the smaller answer).
    lag : float
        Months from a move to the answer; a day is 1/30.
    discount_factors : float, N floats, or mapping from player to float, optional
        Of a month; the players' own if left out.

    Raises
    ------
    InputError
        For levers that are not two free finite ones of two owners, or bad numbers.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> pair = ("US reciprocal tariff", "Chinese retaliatory tariff")
    >>> calm = {**game.status_quo, "US reciprocal tariff": 0, "Chinese retaliatory tariff": 0}
    >>> found = retaliation(game, pair, start=calm, lag=2 / 30, discount_factors=0.99)
    >>> found.move("US reciprocal tariff", 0.34).answer
    0.34
    """
    where = "retaliation"
    chosen = _levers(negotiation, levers)
    names = (chosen[0].owner, chosen[1].owner)
    which = tuple(negotiation.player_names.index(name) for name in names)
    deltas = discount_factors_of(where, negotiation, discount_factors)
    package = negotiation.package(negotiation.status_quo if start is None else start)
    size = (len(chosen[0].array()), len(chosen[1].array()))
    grid = [
        {**package, chosen[0].name: x, chosen[1].name: y}
        for x in chosen[0].array().tolist()
        for y in chosen[1].array().tolist()
    ]
    payoffs = negotiation.payoffs(grid)[:, which].T.reshape(2, *size)
    game = Exchange(
        negotiation=negotiation,
        players=names,
        levers=(chosen[0].name, chosen[1].name),
        levels=(chosen[0].array(), chosen[1].array()),
        payoffs=payoffs,
        scales=tempter(negotiation).scales[list(which)],
        deltas=deltas[list(which)],
        reciprocity=_reciprocity(negotiation, reciprocity, names),
        lag=not_negative(f"{where}, lag", lag),
        package=package,
    )
    at = game.indices((package[chosen[0].name], package[chosen[1].name]))
    result = Retaliation(
        moves=game.moves(at),
        levels=game.pair(at),
        reciprocity=game.reciprocity,
        lag=game.lag,
        players=names,
        levers=game.levers,
        certificate=Certificate("constraints", 0.0),
        game=game,
    )
    return replace(result, certificate=check_retaliation(result))


def _levers(negotiation: Negotiation, levers: Sequence[Lever | str]) -> tuple[Lever, Lever]:
    field = "retaliation, levers"
    if isinstance(levers, str) or len(levers) != 2:
        raise InputError(f"{field}: expected two, got {levers!r}")
    first, second = (negotiation.lever(lever) for lever in levers)
    free = {lever.name for lever in negotiation.free_levers}
    for lever in (first, second):
        if lever.name not in free or isinstance(lever.levels, Interval):
            raise InputError(f"{field}: expected free ones with finitely many levels, got {lever}")
    if first.owner == second.owner:
        raise InputError(f"{field}: expected two owners, but {first.owner!r} owns both")
    return first, second


def _reciprocity(
    negotiation: Negotiation, given: float | Mapping[Any, float], names: tuple[str, str]
) -> tuple[float, float]:
    field = "retaliation, reciprocity"
    if not isinstance(given, Mapping):
        return (not_negative(field, given),) * 2
    by_name = {negotiation.player(player).name: m for player, m in given.items()}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise InputError(f"{field}: expected a number for each owner, not for {missing}")
    return not_negative(field, by_name[names[0]]), not_negative(field, by_name[names[1]])


@registers(Retaliation)
def check_retaliation(result: Retaliation) -> Certificate:
    """Recompute the worth of every move month by month, from the payoffs of the packages."""
    game, worst = result.game, 0.0
    for move in result.moves:
        turn = result.players.index(move.player)
        own, other = result.levers[turn], result.levers[1 - turn]
        i = game.negotiation.player_names.index(move.player)
        moved = {**game.package, own: move.level}
        still, first, then = (
            float(game.negotiation.payoffs(package)[i])
            for package in (game.package, moved, {**moved, other: move.answer})
        )
        kept = float(game.deltas[turn]) ** game.lag
        worth = (1 - kept) * first + kept * then - still
        wanted = game.package[other] + result.reciprocity[1 - turn] * (move.level - move.start)
        levels = game.levels[1 - turn]
        astray = abs(move.answer - wanted) - float(np.abs(levels - wanted).min())
        unit = float(game.scales[turn])
        worst = max(worst, abs(worth - move.worth) / unit, float(astray > 1e-9))
        worst = max(worst, float((worth > TOLERANCE * unit) != move.pays))
    return Certificate("constraints", worst)
