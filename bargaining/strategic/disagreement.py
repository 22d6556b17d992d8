"""Disagreement points that are models: what the players get when talks fail.

The status quo; a Nash equilibrium of the lever game (each player sets its own levers); optimal
threats (Nash 1953); what each can secure alone (max-min, von Neumann 1928); or given numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError, unknown_name
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.levers.lever_game import joint_lottery
from bargaining.noncooperative.solve import nash_equilibrium
from bargaining.strategic.opposed import Opposed
from bargaining.strategic.threats import Bargained, Threats, optimal_threats
from bargaining.types import FloatArray

__all__ = [
    "Disagreement",
    "DisagreementPoint",
    "FixedPoint",
    "MaxMin",
    "Noncooperative",
    "OptimalThreats",
    "StatusQuo",
    "as_disagreement",
]


@dataclass(frozen=True, eq=False)
class DisagreementPoint:
    """A disagreement point with where it comes from.

    Attributes
    ----------
    payoffs : ndarray of shape (N,)
    says : str
        Where it comes from, in words.
    reference : lottery or None
        The packages played, where the model says which.
    equilibrium : Equilibrium, Threats or None
        The equilibrium or the threats it rests on, with their own certificate.
    """

    payoffs: FloatArray
    says: str
    reference: Lottery | None = None
    equilibrium: Equilibrium | Threats | None = None


class Disagreement(ABC):
    """A model of what happens without agreement."""

    name: ClassVar[str]

    @abstractmethod
    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return the disagreement point of a negotiation.

        Parameters
        ----------
        negotiation : Negotiation
            With all levers that are there when talks fail.
        bargained : Bargained, optional
            What the talks are over, for models in which that matters (`OptimalThreats`).
        """


@dataclass(frozen=True)
class StatusQuo(Disagreement):
    """All levers stay where they are.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("two-issues")
    >>> bg.solve(game, disagreement=StatusQuo()).disagreement.tolist()
    [0.0, 0.0]
    """

    name: ClassVar[str] = "status-quo"

    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return the payoffs at the status quo."""
        package = negotiation.status_quo
        return DisagreementPoint(negotiation.payoffs(package), "the status quo", ((1.0, package),))


@dataclass(frozen=True)
class Noncooperative(Disagreement):
    """A Nash equilibrium of the lever game, in which each player sets its own levers.

    Parameters
    ----------
    options : keyword arguments of `nash_equilibrium`
        Such as `starts`; the default reports the equilibrium found from the status quo.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> bg.solve(game, disagreement=Noncooperative()).agreed
    True
    """

    name: ClassVar[str] = "noncooperative"
    options: dict[str, Any] = field(default_factory=dict)

    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return the payoffs of the equilibrium that is reported."""
        equilibrium = nash_equilibrium(negotiation, **self.options)
        says = (
            "a Nash equilibrium of the lever game, "
            f"{equilibrium.selection} ({equilibrium.number_found} found)"
        )
        return DisagreementPoint(equilibrium.payoffs, says, joint_lottery(equilibrium), equilibrium)


@dataclass(frozen=True)
class OptimalThreats(Disagreement):
    """The payoffs of optimal threats, to which each side commits before the talks (Nash 1953).

    Two players and the Nash solution, whose weights count; the threats are mixed strategies over
    own packages, and are optimal for talks with lotteries, or with side payments where those are
    allowed. `Agreement.equilibrium` holds them, lever by lever.

    Examples
    --------
    >>> import bargaining as bg
    >>> A, B = [[0, 2], [1, 0]], [[0, 1], [2, 0]]
    >>> game = bg.NormalFormGame.from_arrays(A, B)
    >>> agreement = bg.solve(game, disagreement=OptimalThreats())
    >>> agreement.payoffs.round(9).tolist()
    [1.5, 1.5]
    """

    name: ClassVar[str] = "optimal-threats"

    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return the payoffs of the threats, should they be carried out."""
        threats = optimal_threats(negotiation, bargained)
        over = "side payments" if bargained is not None and bargained.transferable else "lotteries"
        says = (
            "optimal threats (Nash 1953), to which each side commits before talks in which "
            f"{over} are allowed"
        )
        return DisagreementPoint(threats.payoffs, says, threats.reference, threats)


@dataclass(frozen=True)
class MaxMin(Disagreement):
    """What each player can secure whatever the others do, in mixed strategies.

    It is the value of the zero-sum lever game against all others together (von Neumann 1928).

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> equilibrium = bg.nash_equilibrium(game)
    >>> bool((MaxMin().point(game).payoffs <= equilibrium.payoffs + 1e-9).all())
    True
    """

    name: ClassVar[str] = "max-min"

    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return everybody's max-min payoffs."""
        values = [
            Opposed.over(negotiation, i, unit.tolist()).solve()[0]
            for i, unit in enumerate(np.eye(len(negotiation.players)))
        ]
        return DisagreementPoint(np.array(values), "what each can secure alone (max-min)")


@dataclass(frozen=True)
class FixedPoint(Disagreement):
    """Given numbers.

    Parameters
    ----------
    values : array_like of shape (N,)
    """

    values: tuple[float, ...]
    name: ClassVar[str] = "fixed"

    def __init__(self, values: ArrayLike) -> None:
        try:
            numbers = tuple(float(value) for value in np.asarray(values, dtype=float))
        except (TypeError, ValueError):
            raise InputError(f"FixedPoint, values: expected numbers, got {values!r}") from None
        object.__setattr__(self, "values", numbers)

    def point(
        self, negotiation: Negotiation, bargained: Bargained | None = None
    ) -> DisagreementPoint:
        """Return the given numbers, one a player."""
        size = len(negotiation.players)
        if len(self.values) != size or not np.all(np.isfinite(self.values)):
            raise InputError(
                f"disagreement: expected {size} finite numbers, got {list(self.values)}"
            )
        return DisagreementPoint(np.array(self.values), "given numbers")


_BY_NAME: dict[str, type[StatusQuo | Noncooperative | OptimalThreats | MaxMin]] = {
    kind.name: kind for kind in (StatusQuo, Noncooperative, OptimalThreats, MaxMin)
}

DISAGREEMENT_NAMES = tuple(_BY_NAME)


def as_disagreement(
    disagreement: Disagreement | str | Sequence[float] | FloatArray,
) -> Disagreement:
    """Accept a model by name or as an object, or N numbers."""
    if isinstance(disagreement, Disagreement):
        return disagreement
    if isinstance(disagreement, str):
        if disagreement not in _BY_NAME:
            raise unknown_name("disagreement", disagreement, DISAGREEMENT_NAMES)
        return _BY_NAME[disagreement]()
    return FixedPoint(disagreement)
