"""What the functions of this room accept: an agreement, the players' patience, a punishment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import as_numbers
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.strategic.disagreement import (
    Disagreement,
    DisagreementPoint,
    MaxMin,
    OptimalThreats,
    as_disagreement,
)
from bargaining.types import FloatArray

__all__ = ["Agreed", "Punishment", "agreed_lottery", "discount_factors_of", "punishment_point"]

Agreed = Agreement | Mapping[Any, float | str] | Sequence[tuple[float, Mapping[Any, float | str]]]
"""An agreement, one package, or a lottery: pairs of probability and package."""

Punishment = Disagreement | str | Sequence[float] | FloatArray
"""What follows a breach for ever: a model by name or as an object, or N numbers."""

SUM = 1e-9
"""How far probabilities may be from a sum of 1."""


def agreed_lottery(where: str, negotiation: Negotiation, agreed: Agreed) -> Lottery:
    """Return what is agreed as complete packages with positive probabilities.

    Parameters
    ----------
    where : str
        Name of the function, for messages.
    negotiation : Negotiation
    agreed : Agreement, package or lottery

    Raises
    ------
    InputError
        For an agreement that is none, one with side payments, or probabilities that are none.
    """
    if isinstance(agreed, Agreement):
        if agreed.negotiation is None or not agreed.agreed:
            what = "has no deal" if agreed.negotiation is not None else "is not about packages"
            raise InputError(f"{where}, agreement: expected one over packages, but it {what}")
        if agreed.transfers is not None:
            raise InputError(
                f"{where}, agreement: expected one without side payments, as a breach may keep "
                "them back"
            )
        pairs: Any = agreed.lottery
    else:
        pairs = ((1.0, agreed),) if isinstance(agreed, Mapping) else agreed
    checked = [_share(where, pair) for pair in _iterated(where, pairs)]
    total = sum(share for share, _ in checked)
    if abs(total - 1.0) > SUM:
        raise InputError(f"{where}, lottery: expected probabilities that sum to 1, got {total:g}")
    return tuple((share, negotiation.package(package)) for share, package in checked if share > 0)


def _iterated(where: str, pairs: Any) -> list[Any]:
    if isinstance(pairs, str) or not isinstance(pairs, Sequence):
        raise InputError(
            f"{where}, agreement: expected an Agreement, a package or a lottery, got {pairs!r}"
        )
    return list(pairs)


def _share(where: str, pair: Any) -> tuple[float, Mapping[Any, float | str]]:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise InputError(
            f"{where}, lottery: expected pairs of probability and package, got {pair!r}"
        )
    share = as_numbers(pair[0])
    if share.shape != () or not 0 <= float(share) <= 1 + SUM:
        raise InputError(f"{where}, lottery: expected a probability, got {pair[0]!r}")
    return float(share), pair[1]


def discount_factors_of(
    where: str, negotiation: Negotiation, given: ArrayLike | Mapping[Any, float] | None
) -> FloatArray:
    """Return a discount factor a player, shape (N,), in [0, 1).

    Parameters
    ----------
    where : str
        Name of the function, for messages.
    negotiation : Negotiation
    given : float, N floats, mapping from player to float, or None
        One number goes for all; None takes the players' own.

    Raises
    ------
    InputError
        For numbers outside [0, 1), or players without one.
    """
    names = negotiation.player_names
    field = f"{where}, discount_factors"
    if given is None:
        own = {player.name: player.discount_factor for player in negotiation.players}
        given = {name: factor for name, factor in own.items() if factor is not None}
    if isinstance(given, Mapping):
        by_name = {negotiation.player(player).name: value for player, value in given.items()}
        missing = [name for name in names if name not in by_name]
        if missing:
            raise InputError(
                f"{field}: expected a number for each player, but {', '.join(missing)} has none, "
                "nor one of its own"
            )
        given = [by_name[name] for name in names]
    numbers = as_numbers(given)
    if numbers.shape == ():
        numbers = np.full(len(names), float(numbers))
    if numbers.shape != (len(names),) or not np.all((numbers >= 0) & (numbers < 1)):
        raise InputError(
            f"{field}: expected {len(names)} numbers in [0, 1), or one for all, got {given!r}"
        )
    return numbers


@dataclass(frozen=True, eq=False)
class _Reading:
    """How far a punishment can be believed."""

    kind: type[Disagreement]
    says: str


_READINGS = (
    _Reading(OptimalThreats, "as committed threats: carried out for ever, not subgame perfect"),
    _Reading(MaxMin, "as a bound: no punishment is worse, and none need be as bad"),
)


def punishment_point(negotiation: Negotiation, punishment: Punishment) -> DisagreementPoint:
    """Return the payoffs a period after a breach, with how far they can be believed in words."""
    model = as_disagreement(punishment)
    point = model.point(negotiation)
    for reading in _READINGS:
        if isinstance(model, reading.kind):
            return replace(point, says=f"{point.says}, {reading.says}")
    return point
