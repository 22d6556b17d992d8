"""Which security levers each side may table, one by one or in groups that move together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bargaining.errors import InputError, IntractableError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation

__all__ = ["LARGEST", "Groups", "groups_of"]

LARGEST = 12
"""Groups of both sides together: 4,096 regimes, and as many strategies (T, R) a side."""

Groups = dict[str, tuple[str, ...]]
Given = Mapping[str, Iterable[Lever | str]]


def groups_of(negotiation: Negotiation, given: Given | None) -> tuple[Groups, Groups]:
    """Return the groups of each of two players: those given, and every other lever alone.

    Parameters
    ----------
    negotiation : Negotiation
    given : mapping from names to levers, optional
        Free security levers of one owner, each in one group at most.

    Raises
    ------
    InputError
        For groups that are empty, overlap, mix owners or hold other levers, and for one with the
        name of a lever outside it.
    IntractableError
        For more than `LARGEST` groups.
    """
    home: dict[str, str] = {}
    security = {v.name: v for v in negotiation.free_levers if v.domain == "security"}
    for name, levers in (given or {}).items():
        _put(negotiation, name, levers, security, home)
    made: dict[str, Groups] = {player: {} for player in negotiation.player_names}
    for name, lever in security.items():
        group = home.get(name, name)
        own = made[lever.owner]
        own[group] = (*own.get(group, ()), name)
    first, second = made.values()
    if len(first) + len(second) > LARGEST:
        raise IntractableError(
            f"tabling_game: {len(first)} and {len(second)} groups of security levers make "
            f"2^{len(first) + len(second)} regimes (the bound is 2^{LARGEST}); pass "
            "groups={name: levers} to move some of a side's levers together",
            levers=security,
        )
    return first, second


def _put(
    negotiation: Negotiation, name: str, levers: Iterable[Lever | str],
    security: Mapping[str, Lever], home: dict[str, str],
) -> None:  # fmt: skip
    where = f"tabling_game, groups, {name!r}"
    given: object = levers
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(f"{where}: expected a name and its levers, got {levers!r}")
    members = [negotiation.lever(lever).name for lever in levers]
    if name in security and name not in members:
        raise InputError(f"{where}: the name of a group is that of a lever outside it")
    owners = set()
    for lever in members:
        if lever not in security:
            raise InputError(f"{where}: {lever!r} is not a free security lever")
        if lever in home:
            raise InputError(f"{where}: {lever!r} is named twice")
        home[lever] = name
        owners.add(security[lever].owner)
    if len(owners) != 1:
        raise InputError(f"{where}: expected levers of one owner, got those of {sorted(owners)}")
