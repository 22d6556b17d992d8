"""The game of one of several separate tables, made again from the negotiation and the agreements.

A table bargains with the others' agreements as given (Horn and Wolinsky 1988). Where no payoff term
spans two tables the others only add a constant, which is the one they had when it was bargained.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import PackageSet
from bargaining.errors import InputError
from bargaining.linkage.regimes.induced import Induced, induce
from bargaining.linkage.regimes.regimes import Regime
from bargaining.linkage.regimes.separate import given, independent, marginal
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.model.payoffs import TablePayoff
from bargaining.types import FloatArray

__all__ = ["game_of_table", "induced_by", "other_tables", "with_constant", "worth_of_others"]


def induced_by(negotiation: Negotiation, regime: Regime, off_table: str) -> Induced:
    """Return what a regime induces under a reading of "off the table"."""
    if off_table == "response":
        return induce(negotiation, regime.tradable)
    return Induced(negotiation.restrict(tradable=regime.tradable), negotiation, ())


def other_tables(
    agreements: Sequence[Agreement], tables: Sequence[Sequence[str]], k: int
) -> Lottery:
    """Return what all tables but one do: as agreed, or as when they break down."""
    parts = []
    for j, (agreement, table) in enumerate(zip(agreements, tables, strict=True)):
        played = agreement.lottery if agreement.agreed else agreement.reference
        if j != k:
            if played is None:
                raise InputError(f"table {j}: it has no agreement, and no packages without one")
            parts.append(marginal(played, table))
    return independent(parts)


def game_of_table(
    negotiation: Negotiation, regime: Regime, off_table: str, k: int, others: Lottery
) -> Negotiation:
    """Return the negotiation of one table, given what the others do."""
    assert regime.tables is not None
    induced = induced_by(negotiation, regime, off_table).negotiation
    return given(induced, regime.tables[k], others)


def worth_of_others(agreement: Agreement, game: Negotiation) -> FloatArray:
    """Return what the other tables added to the payoffs beyond what they do in `game`."""
    feasible = agreement.problem.feasible
    assert isinstance(feasible, PackageSet)
    package = game.status_quo
    return feasible.negotiation.payoffs(package) - game.payoffs(package)


def with_constant(game: Negotiation, constant: FloatArray) -> Negotiation:
    """Return the negotiation in which everybody gets a constant more."""
    if not np.any(constant):
        return game
    lever = game.levers[0]
    size = len(lever.array())
    tables = {p: np.full(size, c) for p, c in zip(game.player_names, constant, strict=True)}
    return Negotiation(
        game.players, game.levers, [*game.terms, TablePayoff(lever, tables)], unit=game.unit
    )
