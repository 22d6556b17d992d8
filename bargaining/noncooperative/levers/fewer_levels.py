"""A negotiation over fewer levels of its levers, as dominance leaves them.

Terms stay what they are: a table is cut, other terms are functions of levels and need not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import Payoff, TablePayoff
from bargaining.types import FloatArray, IntArray

__all__ = ["over_levels"]


def over_levels(negotiation: Negotiation, kept: Sequence[IntArray]) -> Negotiation | None:
    """Return the negotiation over the kept levels.

    Parameters
    ----------
    negotiation : Negotiation
    kept : sequence of ndarray of int
        Indices of the levels kept of each free lever, at least one.

    Returns
    -------
    Negotiation or None
        A lever of which one level is kept stands still at it. None where a lever keeps several
        levels but not its status quo: it would not be a lever.
    """
    left = {
        lever.name: lever.array()[own]
        for lever, own in zip(negotiation.free_levers, kept, strict=True)
        if len(own) < len(lever.array())
    }
    alone = {name: float(levels[0]) for name, levels in left.items() if len(levels) == 1}
    shorter = {name: levels for name, levels in left.items() if len(levels) > 1}
    if any(negotiation.lever(name).status_quo not in own for name, own in shorter.items()):
        return None
    levers = [
        _shortened(lever, shorter[lever.name]) if lever.name in shorter else lever
        for lever in negotiation.levers
    ]
    terms = [_cut(negotiation, term, shorter) for term in negotiation.terms]
    return Negotiation(
        negotiation.players, levers, terms, unit=negotiation.unit, keys=negotiation.keys
    ).fix({**negotiation.fixed, **alone})


def _shortened(lever: Lever, levels: FloatArray) -> Lever:
    labels = lever.labels and [lever.label(level) for level in levels.tolist()]
    return type(lever)(
        lever.name, lever.owner, levels.tolist(), lever.status_quo,
        domain=lever.domain, unit=lever.unit, labels=labels, source=lever.source,
    )  # fmt: skip


def _cut(negotiation: Negotiation, term: Payoff, shorter: Mapping[str, FloatArray]) -> Payoff:
    """Return a term over fewer levels: a table knows positions, other terms know levels."""
    levers = [negotiation.lever(name) for name in term.levers]
    if not isinstance(term, TablePayoff) or not any(lever.name in shorter for lever in levers):
        return term
    levels = [shorter.get(lever.name, lever.array()) for lever in levers]
    tables = term.tabulate(levers, levels)
    return TablePayoff(list(term.levers), tables, name=term.name, source=term.source)
