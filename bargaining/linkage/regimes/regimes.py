"""Regimes: which levers may be part of a package, and on how many tables.

Tradability is set lever by lever and owner by owner: "US controls off the table while Chinese
minerals are on it" is a regime of its own (linkage in the sense of Maggi 2016).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import name_of

__all__ = ["Regime", "default_regimes", "resolved"]


@dataclass(frozen=True)
class Regime:
    """Which levers are tradable, and which of them are bargained together.

    Parameters
    ----------
    name : str
    tradable : iterable of Lever or str
        The levers that may be part of a package.
    tables : iterable of iterables of Lever or str, optional
        A partition of the tradable levers into separate tables; one table when left out.

    Examples
    --------
    >>> Regime("no controls", ["tariff", "soybeans"]).tradable
    ('tariff', 'soybeans')
    """

    name: str
    tradable: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...] | None = None

    def __init__(
        self,
        name: str,
        tradable: Iterable[Lever | str],
        tables: Iterable[Iterable[Lever | str]] | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "tradable", _names(name, "tradable", tradable))
        groups = None
        if tables is not None:
            groups = tuple(_names(name, "tables", group) for group in tables)
            flat = [lever for group in groups for lever in group]
            if sorted(flat) != sorted(self.tradable) or not all(groups):
                raise InputError(
                    f"Regime {name!r}, tables: expected a partition of the tradable levers "
                    f"{list(self.tradable)}, got {[list(group) for group in groups]}"
                )
        object.__setattr__(self, "tables", groups)


def _names(regime: str, field: str, levers: Iterable[Lever | str]) -> tuple[str, ...]:
    if isinstance(levers, str) or not isinstance(levers, Iterable):
        raise InputError(f"Regime {regime!r}, {field}: expected levers, got {levers!r}")
    names = tuple(name_of(lever) for lever in levers)
    if len(set(names)) < len(names):
        raise InputError(f"Regime {regime!r}, {field}: a lever is named twice in {list(names)}")
    return names


def resolved(negotiation: Negotiation, regime: Regime) -> Regime:
    """Return the regime with keys turned into names, checked against the negotiation."""
    free = {lever.name for lever in negotiation.free_levers}

    def names(levers: Sequence[str]) -> tuple[str, ...]:
        found = tuple(negotiation.lever(lever).name for lever in levers)
        for name in found:
            if name not in free:
                raise InputError(f"Regime {regime.name!r}: lever {name!r} is fixed")
        return found

    tables = None if regime.tables is None else [names(group) for group in regime.tables]
    return Regime(regime.name, names(regime.tradable), tables)


def default_regimes(negotiation: Negotiation) -> tuple[Regime, ...]:
    """Return linked, separate tables, each owner's security levers off, and all of them off.

    Without security levers (or without others) only the linked regime remains.
    """
    free = negotiation.free_levers
    everything = [lever.name for lever in free]
    security = [lever.name for lever in free if lever.domain == "security"]
    economic = [name for name in everything if name not in security]
    regimes = [Regime("linked", everything)]
    if not security:
        return tuple(regimes)
    if economic:
        regimes.append(Regime("separate tables", everything, [economic, security]))
    owners = [p for p in negotiation.player_names if _controls(negotiation, p)]
    if len(owners) > 1:
        for owner in owners:
            off = _controls(negotiation, owner)
            keep = [name for name in everything if name not in off]
            regimes.append(Regime(f"{owner} security off the table", keep))
    regimes.append(Regime("all security off the table", economic))
    return tuple(regimes)


def _controls(negotiation: Negotiation, owner: str) -> list[str]:
    return [lever.name for lever in negotiation.owned_by(owner) if lever.domain == "security"]
