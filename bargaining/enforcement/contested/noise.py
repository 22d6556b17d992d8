"""Truces that break without anyone cheating: compliance is seen through public noise.

After a signal that looks like a breach everybody punishes for T months, then goes back to the
agreement (Green and Porter 1984). Without such punishments somebody would cheat, and with them the
truce breaks by false alarms. Signals that each side sees alone are those of `private`.
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
from bargaining.enforcement.contested.noise_result import NoisyTruce
from bargaining.enforcement.contested.noise_rule import Breaches, Rule
from bargaining.enforcement.patience.critical import breach_gain
from bargaining.enforcement.patience.temptation import temptations, tempter
from bargaining.enforcement.truces.input import share, whole
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["NoisyTruce", "noisy_truce"]


def noisy_truce(
    negotiation: Negotiation,
    agreement: Agreed,
    *,
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    false_alarm: float,
    detection: float | Mapping[Any, float],
    punishment: Punishment = "noncooperative",
    length: int | None = None,
) -> NoisyTruce:
    """Return whether a truce holds when compliance is seen through noise, and how long it lives.

    Every month there is an alarm or none, for all to see. With s the loss by a month of punishment,
    g a gain that is seen with probability p and e that of a false alarm, the truce is worth
    V = s / (1 - delta (1 - e) - e delta^(T+1)) over the punishment, and nobody cheats iff
    g <= delta (p - e) (1 - delta^T) V; the shortest such T is the best.

    Parameters
    ----------
    negotiation : Negotiation
        Each player can move all its free levers.
    agreement : Agreement, package, or sequence of (probability, package)
    discount_factors : float, N floats, or mapping from player to float, optional
        Of a month; the players' own if left out.
    false_alarm : float
        Chance a month of an alarm while everybody complies.
    detection : float, or mapping from lever to float
        Chance of an alarm when the lever is moved, at least `false_alarm`; an enforcement pledge is
        hard to verify, a tariff is not. Who moves several is as visible as the most visible. Levers
        left out are always seen.
    punishment : optional
        As for `critical_discount_factors`; each month of it has to be an equilibrium of its own,
        as "noncooperative" is.
    length : int, optional
        Months of punishment; the best if left out: the shortest that holds, or for ever where only
        that does.

    Raises
    ------
    InputError
        For numbers that are no probabilities, or as `critical_discount_factors`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> seen = {"precursor enforcement": 0.3, "soybean purchases": 0.9}
    >>> found = noisy_truce(game, game.observed["busan"], discount_factors=0.99,
    ...                     false_alarm=0.02, detection=seen)
    >>> found.holds, found.length, round(found.chance_broken(12), 2)
    (True, 2, 0.22)
    """
    where = "noisy_truce"
    lottery = agreed_lottery(where, negotiation, agreement)
    deltas = discount_factors_of(where, negotiation, discount_factors)
    alarm = share(f"{where}, false_alarm", false_alarm)
    if alarm == 1:
        raise InputError(f"{where}, false_alarm: expected less than 1, as nothing is told by noise")
    seen = _detection(negotiation, detection, alarm)
    point = punishment_point(negotiation, punishment)
    losses = _expected(negotiation, lottery) - point.payoffs
    breaches = _breaches(negotiation, lottery, seen)
    given = None if length is None else whole(f"{where}, length", length)
    scales = tempter(negotiation).scales
    rules = [
        Rule(delta, alarm, loss, found, scale)
        for delta, loss, found, scale in zip(deltas, losses, breaches, scales, strict=True)
    ]
    least = tuple(rule.least_length() for rule in rules)
    forever = tuple(bool(rule.slack(None) >= -TOLERANCE * rule.scale) for rule in rules)
    finite = [months for months in least if months is not None]
    best = max(finite) if len(finite) == len(least) else None
    chosen = best if given is None else given
    slacks = np.array([rule.slack(chosen) for rule in rules])
    holds = bool((slacks >= -TOLERANCE * scales).all())
    values = np.array([rule.value(chosen) for rule in rules])
    result = NoisyTruce(
        holds=holds,
        length=chosen,
        least_lengths=least,
        forever=forever,
        payoffs=point.payoffs + (1 - deltas) * values if holds else point.payoffs,
        breaches=breaches,
        slacks=slacks,
        critical=np.array([rule.critical() for rule in rules]),
        false_alarm=alarm,
        losses=losses,
        punishment=point.payoffs,
        punishment_from=point.says,
        discount_factors=deltas,
        players=negotiation.player_names,
        certificate=Certificate("constraints", 0.0),
        lottery=lottery,
        detection=seen,
        negotiation=negotiation,
        equilibrium=point.equilibrium,
    )
    return replace(result, certificate=_constraints(result))


def _detection(
    negotiation: Negotiation, detection: float | Mapping[Any, float], alarm: float
) -> dict[str, float]:
    field = "noisy_truce, detection"
    names = [lever.name for lever in negotiation.free_levers]
    if isinstance(detection, Mapping):
        given = {
            negotiation.lever(lever).name: share(f"{field} of {lever!r}", chance)
            for lever, chance in detection.items()
        }
        seen = {name: given.get(name, 1.0) for name in names}
    else:
        seen = dict.fromkeys(names, share(field, detection))
    for name, chance in seen.items():
        if chance < alarm:
            raise InputError(
                f"{field} of {name!r}: expected at least the chance of a false alarm {alarm:g}, "
                f"got {chance:g}"
            )
    return seen


def _expected(negotiation: Negotiation, lottery: Lottery) -> FloatArray:
    shares = np.array([q for q, _ in lottery])
    return np.asarray(shares @ negotiation.payoffs([package for _, package in lottery]))


def _breaches(negotiation: Negotiation, lottery: Lottery, seen: Mapping[str, float]) -> Breaches:
    """Return by player the most that breaches gain which are seen no likelier than each chance."""
    found: list[dict[float, float]] = [{} for _ in negotiation.players]
    for chance in sorted(set(seen.values())):
        hidden = {name for name, likely in seen.items() if likely <= chance}
        gains = np.zeros(len(found))
        for _, package in lottery:
            stiff = {name: package[name] for name in seen if name not in hidden}
            left = {name: package[name] for name in hidden}
            gains = np.maximum(gains, temptations(negotiation.fix(stiff), left).gains[0])
        for i, gain in enumerate(gains):
            if gain > max(found[i].values(), default=0.0):
                found[i][chance] = float(gain)
    return tuple(tuple(pairs.items()) for pairs in found)


def _constraints(result: NoisyTruce) -> Certificate:
    """Recompute gains by smaller negotiations, and values by going through the months."""
    game, scales, worst = result.negotiation, tempter(result.negotiation).scales, 0.0
    losses = _expected(game, result.lottery) - result.punishment
    for i, pairs in enumerate(result.breaches):
        delta, length, e = result.discount_factors[i], result.length, result.false_alarm
        for chance, gain in pairs:
            again = max(
                breach_gain(
                    game.fix({n: a[n] for n, p in result.detection.items() if p > chance}), a, i
                )
                for _, a in result.lottery
            )  # fmt: skip
            worst = max(worst, abs(again - gain) / float(scales[i]))
        back = 0.0 if length is None else float(np.prod(np.full(length, delta)))
        value = losses[i] / (1 - delta * (1 - e) - delta * e * back)
        left = [
            delta * ((1 - e) * value + e * back * value)
            - gain
            - delta * ((1 - chance) * value + chance * back * value)
            for chance, gain in pairs
        ]
        size = max(float(scales[i]), abs(value))
        if left:
            worst = max(worst, abs(min(left) - float(result.slacks[i])) / size)
        if result.holds:
            average = result.punishment[i] + (1 - delta) * value
            worst = max(worst, abs(average - float(result.payoffs[i])) / float(scales[i]))
    held = bool((result.slacks >= -TOLERANCE * scales).all())
    return Certificate("constraints", max(worst, float(held != result.holds)))


@registers(NoisyTruce)
def check_noisy_truce(result: NoisyTruce) -> Certificate:
    """Recompute gains, values and constraints, that no shorter punishment would do, and regret."""
    certificate = _constraints(result)
    worst = certificate.value
    if result.equilibrium is not None:
        worst = max(worst, verify(result.equilibrium).value)
    return replace(certificate, value=worst)
