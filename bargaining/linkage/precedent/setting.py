"""What a precedent is about: crises, norms, costs and copies, each checked by name.

A norm belongs to a player and says that its security controls are not conceded in trade talks. A
copy is a control that another side builds once it has met the first one in use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution
from bargaining.errors import InputError, IntractableError, unknown_name
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import Payoff, TablePayoff
from bargaining.model.players import Player, name_of
from bargaining.strategic.disagreement import Disagreement
from bargaining.types import FloatArray

__all__ = [
    "TRIGGERS",
    "Copy",
    "Crisis",
    "Setting",
    "State",
    "copies_of",
    "costs_of",
    "crises_of",
    "norms_of",
    "share_of_one",
]

TRIGGERS = ("conceded", "tabled")

MOST_STATES = 64
"""States of norms and copies together."""

SUM = 1e-9
"""How far the probabilities of crises may exceed 1 together, by roundoff."""

State = tuple[bool, ...]
"""What has happened: a bit for each norm (broken), then for each copy (built)."""


@dataclass(frozen=True, eq=False)
class Crisis:
    """A kind of crisis: how likely it is in a period, and what is at stake.

    Attributes
    ----------
    name : str
    probability : float
    negotiation : Negotiation
    scale : float
        Payoffs are those of the negotiation times this.
    """

    name: str
    probability: float
    negotiation: Negotiation
    scale: float


@dataclass(frozen=True)
class Copy:
    """A control that another side gains with probability rate x use of the first one.

    Attributes
    ----------
    control, copied : str
        Levers. Until it is built, `copied` stands still at its status quo.
    rate : float
    """

    control: str
    copied: str
    rate: float


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything that the values of a precedent follow from.

    Attributes
    ----------
    negotiation : Negotiation
    crises : tuple of Crisis
    norms : tuple of str
        Whose norms there are.
    costs : ndarray of shape (N,)
        What a player pays at once when its own norm breaks.
    copies : tuple of Copy
    trigger : {"conceded", "tabled"}
    denial : float
        The probability that a denied concession passes, so that the norm stands.
    discount_factors : ndarray of shape (N,)
    solution : Solution
    transferable : bool
    disagreement : Disagreement
    """

    negotiation: Negotiation
    crises: tuple[Crisis, ...]
    norms: tuple[str, ...]
    costs: FloatArray
    copies: tuple[Copy, ...]
    trigger: str
    denial: float
    discount_factors: FloatArray
    solution: Solution
    transferable: bool
    disagreement: Disagreement

    def __post_init__(self) -> None:
        """Refuse more states than are solved one by one."""
        number = 2 ** (len(self.norms) + len(self.copies))
        if number > MOST_STATES:
            raise IntractableError(
                f"precedent: {len(self.norms)} norms and {len(self.copies)} copies make {number} "
                f"states (the bound is {MOST_STATES})"
            )

    @property
    def states(self) -> tuple[State, ...]:
        """All states, those in which less has happened first."""
        bits = len(self.norms) + len(self.copies)
        every = [tuple(bool(k >> b & 1) for b in range(bits)) for k in range(2**bits)]
        return tuple(sorted(every, key=lambda state: (sum(state), [not bit for bit in state])))

    def named(self, state: State) -> str:
        """Return a name for a state."""
        broken = [name for name, bit in zip(self.norms, state, strict=False) if bit]
        built = [
            copy.copied for copy, bit in zip(self.copies, state[len(self.norms) :], strict=True)
            if bit
        ]  # fmt: skip
        if not broken:
            words = "intact"
        elif len(broken) == len(self.norms):
            words = "broken"
        else:
            words = f"broken by {', '.join(broken)}"
        return f"{words}, {', '.join(built)} built" if built else words

    def broken(self, state: State) -> tuple[bool, ...]:
        """Return which norms are broken."""
        return state[: len(self.norms)]


def share_of_one(where: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 0 <= float(value) <= 1:
        raise InputError(f"precedent, {where}: expected a number from 0 to 1, got {value!r}")
    return float(value)


def crises_of(negotiation: Negotiation, crises: Any) -> tuple[Crisis, ...]:
    """Return the kinds of crisis from a mapping of name to (probability, stake)."""
    if not isinstance(crises, Mapping) or not crises:
        raise InputError(
            "precedent, crises: expected a mapping from name to (probability, stake), "
            f"got {crises!r}"
        )
    found = []
    for name, pair in crises.items():
        where = f"crises, {name!r}"
        if not isinstance(name, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise InputError(f"precedent, {where}: expected (probability, stake), got {pair!r}")
        chance = share_of_one(where, pair[0])
        found.append(Crisis(name, chance, *_stake(where, negotiation, pair[1])))
    total = sum(crisis.probability for crisis in found)
    if total > 1 + SUM or total == 0:
        raise InputError(
            "precedent, crises: expected probabilities of a sum above 0, at most 1, "
            f"got {total:.6g}"
        )
    return tuple(found)


def _stake(where: str, negotiation: Negotiation, stake: Any) -> tuple[Negotiation, float]:
    if isinstance(stake, Negotiation):
        if stake.player_names != negotiation.player_names:
            raise InputError(
                f"precedent, {where}: expected the players {negotiation.player_names}, "
                f"got {stake.player_names}"
            )
        return stake, 1.0
    if isinstance(stake, Mapping):
        factors = {name: _positive(f"{where}, {name!r}", x) for name, x in stake.items()}
        return _with_terms_scaled(where, negotiation, factors), 1.0
    return negotiation, _positive(where, stake)


def _positive(where: str, value: Any) -> float:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 0 < float(value) < np.inf:
        raise InputError(
            f"precedent, {where}: expected a positive factor on payoffs, a mapping from payoff "
            f"term to factor, or a Negotiation, got {value!r}"
        )
    return float(value)


def _with_terms_scaled(
    where: str, negotiation: Negotiation, factors: Mapping[str, float]
) -> Negotiation:
    known = [term.name for term in negotiation.terms]
    for name in factors:
        if name not in known:
            raise InputError(f"precedent, {where}: {unknown_name('payoff term', name, known)}")

    def scaled(term: Payoff) -> Payoff:
        if term.name not in factors:
            return term
        levers = [negotiation.lever(name) for name in term.levers]
        tables = term.tabulate(levers, [lever.array() for lever in levers])
        larger = {player: factors[term.name] * table for player, table in tables.items()}
        return TablePayoff(term.levers, larger, name=term.name, source=term.source)

    return Negotiation(
        negotiation.players, negotiation.levers, [scaled(term) for term in negotiation.terms],
        unit=negotiation.unit, keys=negotiation.keys,
    ).fix(negotiation.fixed)  # fmt: skip


def norms_of(negotiation: Negotiation, crises: Sequence[Crisis], norm: Any) -> tuple[str, ...]:
    """Return whose norms there are: of the players named, or of all who own security levers."""
    owners = {
        lever.owner
        for crisis in crises
        for lever in crisis.negotiation.free_levers
        if lever.domain == "security"
    }
    if norm is None:
        found = tuple(name for name in negotiation.player_names if name in owners)
        if not found:
            raise InputError("precedent, norm: nobody owns a free security lever")
        return found
    given = (norm,) if isinstance(norm, Player | str) else tuple(norm)
    found = tuple(negotiation.player(player).name for player in given)
    if not found or len(set(found)) < len(found):
        raise InputError(f"precedent, norm: expected different players, got {norm!r}")
    for name in found:
        if name not in owners:
            raise InputError(f"precedent, norm: {name!r} owns no free security lever")
    return tuple(name for name in negotiation.player_names if name in found)


def costs_of(negotiation: Negotiation, norms: Sequence[str], cost: Any) -> FloatArray:
    """Return what each player pays at once when its own norm breaks, shape (N,)."""
    given = cost if isinstance(cost, Mapping) else dict.fromkeys(norms, cost)
    costs = np.zeros(len(negotiation.players))
    for player, value in given.items():
        name = negotiation.player(player).name
        if name not in norms:
            raise InputError(f"precedent, cost: {name!r} has no norm that could break")
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or not 0 <= float(value) < np.inf:
            raise InputError(f"precedent, cost: expected a number from 0, got {value!r}")
        costs[negotiation.player_names.index(name)] = float(value)
    return costs


def copies_of(negotiation: Negotiation, copies: Any) -> tuple[Copy, ...]:
    """Return the copies from a mapping of control to (lever that the other side gains, rate)."""
    if copies is None:
        return ()
    if not isinstance(copies, Mapping):
        raise InputError(
            "precedent, copies: expected a mapping from control to (copied lever, rate), "
            f"got {copies!r}"
        )
    found = []
    for control, pair in copies.items():
        where = f"copies, {name_of(control)!r}"
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise InputError(f"precedent, {where}: expected (copied lever, rate), got {pair!r}")
        first, second = _free(negotiation, where, control), _free(negotiation, where, pair[0])
        if first.owner == second.owner:
            raise InputError(
                f"precedent, {where}: expected a lever of another player, but {second.name!r} "
                f"belongs to {first.owner!r} too"
            )
        found.append(Copy(first.name, second.name, share_of_one(where, pair[1])))
    if len({copy.copied for copy in found}) < len(found):
        raise InputError("precedent, copies: a lever is copied from two controls")
    return tuple(found)


def _free(negotiation: Negotiation, where: str, lever: Lever | str) -> Lever:
    found = negotiation.lever(lever)
    if found.name in negotiation.fixed:
        raise InputError(f"precedent, {where}: lever {found.name!r} is fixed")
    return found
