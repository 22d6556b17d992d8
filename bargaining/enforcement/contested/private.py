"""Truces that are watched in private: each side reads breaches from signals that it sees alone.

Private trigger strategies after Park (2011): on an alarm of its own a side strikes openly, which
begins a war for all to see. Here the agreement is given (Park's countries choose how much to
protect), signals are alarms or none, and the two sides need not be alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.enforcement.arguments import (
    Agreed,
    Punishment,
    agreed_lottery,
    discount_factors_of,
    punishment_point,
)
from bargaining.enforcement.contested.private_months import Months
from bargaining.enforcement.contested.private_result import PrivateTruce
from bargaining.enforcement.contested.private_rule import (
    Side,
    WarLength,
    best_breach,
    pinned,
    worth,
)
from bargaining.enforcement.patience.temptation import tempter
from bargaining.enforcement.truces.input import share
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["PrivateTruce", "private_truce"]


def private_truce(
    negotiation: Negotiation,
    agreement: Agreed,
    *,
    discount_factor: float,
    false_alarm: float | Mapping[Any, float],
    detection: Mapping[Any, float],
    punishment: Punishment = "noncooperative",
) -> PrivateTruce:
    """Return whether a truce holds when each side watches the other through private signals.

    Every month each side has an alarm about the other or none, seen by itself alone; alarms are
    independent of each other given what is done. On an alarm, and only then, it strikes in the next
    month, with its best own levers while the other still keeps the agreement; the war that this
    begins lasts some months at the punishment, after which the truce resumes, watched again from
    its first month on. What a side knows tells it nothing about what the other has seen, so that
    it reports truthfully iff striking and keeping still are worth the same to it. That pins down
    how long the war lasts that it begins; nobody may then gain by moving concealed levers.

    Parameters
    ----------
    negotiation : Negotiation
        Of two players, each of whom can move all its free levers, all finite.
    agreement : Agreement or package
        One package.
    discount_factor : float
        Of a month, common to both.
    false_alarm : float, or mapping from player to float
        Chance a month that its compliance looks like a breach to the other side; below 1.
    detection : mapping from lever to float
        The levers that can be moved in secret, with the chance of an alarm when they are, at least
        the false alarm; of several the most visible counts. To move any other is to strike.
    punishment : optional
        A month of war; each has to be an equilibrium of its own, as "noncooperative" is.

    Returns
    -------
    PrivateTruce

    Raises
    ------
    InputError
        For any other number of players, an agreement that is a lottery, and unfit numbers.
    ConvergenceError
        When the two sides' best strikes chase each other.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> found = private_truce(
    ...     game, game.observed["busan"], discount_factor=0.99, false_alarm=0.02,
    ...     detection={"precursor enforcement": 0.3, "rare-earth controls": 0.5},
    ... )
    >>> bool(bg.verify(found))
    True
    """
    where = "private_truce"
    lottery = agreed_lottery(where, negotiation, agreement)
    if len(negotiation.players) != 2:
        count = len(negotiation.players)
        raise InputError(f"{where}: expected a negotiation of two players, got {count}")
    if len(lottery) != 1:
        raise InputError(f"{where}, agreement: expected one package, got a lottery")
    if np.ndim(discount_factor) != 0:
        raise InputError(f"{where}, discount_factor: expected one number, got {discount_factor!r}")
    delta = float(discount_factors_of(where, negotiation, discount_factor)[0])
    alarms = _alarms(negotiation, false_alarm)
    seen = _detection(negotiation, detection, alarms)
    point = punishment_point(negotiation, punishment)
    months = Months(negotiation, lottery[0][1], point.payoffs, alarms, seen)
    scales = tempter(negotiation).scales
    sides = (
        Side(delta, float(alarms[0]), *months.stakes(0), float(scales[0])),
        Side(delta, float(alarms[1]), *months.stakes(1), float(scales[1])),
    )
    lengths, slacks, reasons = _judged(negotiation.player_names, sides, months)
    values = np.zeros(2)
    if lengths is not None and not reasons:
        backs = [length.back(delta) for length in lengths]
        values = np.array([worth(side, backs[1 - i]) for i, side in enumerate(sides)])
    result = PrivateTruce(
        holds=not reasons,
        lengths=lengths,
        payoffs=point.payoffs + (1 - delta) * values,
        slacks=slacks,
        sides=sides,
        strikes=months.strikes,
        reasons=reasons,
        false_alarms=alarms,
        discount_factor=delta,
        punishment=point.payoffs,
        punishment_from=point.says,
        players=negotiation.player_names,
        certificate=Certificate("one-shot deviations", 0.0),
        package=lottery[0][1],
        detection=seen,
        negotiation=negotiation,
        equilibrium=point.equilibrium,
    )
    return replace(result, certificate=_deviations(result))


def _alarms(negotiation: Negotiation, given: float | Mapping[Any, float]) -> FloatArray:
    field = "private_truce, false_alarm"
    if isinstance(given, Mapping):
        by_name = {negotiation.player(player).name: chance for player, chance in given.items()}
        missing = [name for name in negotiation.player_names if name not in by_name]
        if missing:
            raise InputError(f"{field}: expected a number for each player, not for {missing}")
    else:
        by_name = dict.fromkeys(negotiation.player_names, given)
    alarms = np.array([share(field, by_name[name]) for name in negotiation.player_names])
    if alarms.max() == 1:
        raise InputError(f"{field}: expected less than 1, as nothing is told by noise")
    return alarms


def _detection(
    negotiation: Negotiation, detection: Mapping[Any, float], alarms: FloatArray
) -> dict[str, float]:
    field = "private_truce, detection"
    if not isinstance(detection, Mapping):
        raise InputError(
            f"{field}: expected a mapping from levers that can be moved in secret to chances, "
            f"got {detection!r}"
        )
    seen = {}
    free = [lever.name for lever in negotiation.free_levers]
    for given, chance in detection.items():
        lever = negotiation.lever(given)
        alarm = float(alarms[negotiation.player_names.index(lever.owner)])
        seen[lever.name] = share(f"{field} of {lever.name!r}", chance)
        if lever.name not in free:
            raise InputError(f"{field}: lever {lever.name!r} is fixed")
        if chance < alarm:
            raise InputError(
                f"{field} of {lever.name!r}: expected at least the chance of a false alarm "
                f"{alarm:g}, got {chance:g}"
            )
    return seen


def _judged(
    players: tuple[str, ...], sides: tuple[Side, Side], months: Months
) -> tuple[tuple[WarLength, WarLength] | None, FloatArray, tuple[str, ...]]:
    """Return the lengths, what breaches in secret leave, and why the truce does not hold."""
    nothing = np.zeros(2)
    reasons = tuple(
        f"{name} is no better off in the truce than in war."
        for name, side in zip(players, sides, strict=True)
        if side.keeping(side.alarm) <= TOLERANCE * side.scale
    )
    backs = None if reasons else pinned(sides)
    if backs is None:
        says = "No unique lengths of war make striking and keeping still worth the same to both."
        return None, nothing, reasons or (says,)
    delta = sides[0].delta
    for name, back in zip(players, backs, strict=True):
        if not -TOLERANCE <= back <= delta + TOLERANCE:
            reasons += (
                f"No war that {name} begins, of whatever length, leaves it as well off striking as "
                "keeping still, so that it would not tell by its alarms.",
            )
    if reasons:
        return None, nothing, reasons
    first, second = (WarLength.of(float(back), delta) for back in np.minimum(backs, delta))
    slacks = months.slacks(sides, (first, second))
    reasons = tuple(
        f"{name} would break the truce in secret: the chance of being found out is too small."
        for name, side, slack in zip(players, sides, slacks, strict=True)
        if slack < -TOLERANCE * side.scale
    )
    return (first, second), slacks, reasons


def _deviations(result: PrivateTruce) -> Certificate:
    """Recompute what every move in any month is worth, and that truth-telling is a tie."""
    months = Months(
        result.negotiation, result.package, result.punishment, result.false_alarms, result.detection
    )
    worst = 0.0
    for i, side in enumerate(result.sides):
        again = np.array(months.stakes(i))
        stated = [side.kept, side.struck, side.strikes, side.both]
        worst = max(worst, float(np.abs(again - stated).max()) / side.scale)
    if result.lengths is None:
        return Certificate("one-shot deviations", worst + float(result.holds))
    delta = result.discount_factor
    backs = [length.back(delta) for length in result.lengths]
    for i, side in enumerate(result.sides):
        own, other, e = backs[i], backs[1 - i], side.alarm
        value = (result.payoffs[i] - result.punishment[i]) / (1 - delta) if result.holds else worth(
            side, other
        )  # fmt: skip
        strike = side.striking(e) + ((1 - e) * own + e * (own + other) / 2) * value
        keep = side.keeping(e) + ((1 - e) * delta + e * other) * value
        size = max(side.scale, abs(value))
        worst = max(worst, abs(strike - value) / size, abs(keep - value) / size)
        secret, openly = best_breach(side, value, (own, other), *months.chances(i, side))
        worst = max(worst, (openly - value) / size)
        slack = value if secret == -np.inf else value - secret
        worst = max(worst, abs(slack - result.slacks[i]) / size)
    held = all(result.slacks >= [-TOLERANCE * side.scale for side in result.sides])
    return Certificate("one-shot deviations", max(worst, float(held != result.holds)))


@registers(PrivateTruce)
def check_private_truce(result: PrivateTruce) -> Certificate:
    """Recompute stakes, ties and deviations, and the regret of the punishment."""
    certificate = _deviations(result)
    if result.equilibrium is None:
        return certificate
    regret = verify(result.equilibrium).value
    return replace(certificate, value=max(certificate.value, regret))
