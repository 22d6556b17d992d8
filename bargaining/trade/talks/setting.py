"""What is on the table of trade talks, and what holds without an agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.trade.economy.arguments import rates
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.trade.policy.outcome import TariffOutcome
from bargaining.trade.policy.tariff_levers import checked_bounds, mutual_levers, positions
from bargaining.trade.policy.war import tariff_war
from bargaining.trade.talks.program import Table
from bargaining.types import FloatArray

__all__ = ["Setting", "Without", "setting"]

Without: TypeAlias = "str | ArrayLike | TariffOutcome"
"""What may hold without an agreement."""


@dataclass(frozen=True, eq=False)
class Setting:
    """A table of talks, and what is known about the disagreement.

    Attributes
    ----------
    table : Table
    tariffs : ndarray of shape (N, N, S) or None
        At the disagreement; None where only its welfare was given.
    words : str
        What holds without an agreement.
    """

    table: Table
    tariffs: FloatArray | None
    words: str

    @property
    def members(self) -> tuple[str, ...]:
        """Who talks."""
        return tuple(self.table.economy.countries[n] for n in self.table.members)

    @property
    def start(self) -> FloatArray:
        """Tariffs without an agreement, or the factual ones."""
        return self.table.economy.tariffs if self.tariffs is None else self.tariffs


def setting(
    caller: str,
    economy: TariffEconomy,
    countries: Iterable[str] | None,
    *,
    disagreement: Without,
    partners: str,
    alike: str | None,
    bounds: tuple[float, float],
) -> Setting:
    """Return what `trade_talks` (or another caller) was told, checked.

    Raises
    ------
    InputError
        For unknown names, bounds or arrays that are not valid, fewer than two members.
    ConvergenceError
        When a war is asked for and not solved.
    """
    limits = checked_bounds(bounds)
    members = positions("country", countries, economy.countries)
    if len(members) < 2:
        raise InputError(f"{caller}, countries: expected at least two, got {countries!r}")
    levers = mutual_levers(economy, members, partners=partners, alike=alike)
    tariffs, welfare, words = _without(
        caller, economy, disagreement, members, partners, alike, limits
    )
    return Setting(Table(economy, members, welfare, levers, limits), tariffs, words)


def _without(
    caller: str,
    economy: TariffEconomy,
    disagreement: Without,
    members: Sequence[int],
    partners: str,
    alike: str | None,
    bounds: tuple[float, float],
) -> tuple[FloatArray | None, FloatArray, str]:
    """Return tariffs (if known), welfare and words of what holds without agreement."""
    names = tuple(economy.countries[n] for n in members)
    if isinstance(disagreement, str):
        if disagreement == "factual":
            return economy.tariffs, np.ones(len(economy.countries)), "factual tariffs"
        if disagreement != "noncooperative":
            raise InputError(
                f'{caller}, disagreement: expected "factual", "noncooperative", tariffs or '
                f"welfare, got {disagreement!r}"
            )
        against = names if partners == "members" else None
        war = tariff_war(economy, names, partners=against, alike=alike, bounds=bounds)
        return war.tariffs, war.welfare, "a tariff war"
    if isinstance(disagreement, TariffOutcome):
        return disagreement.tariffs, disagreement.welfare, "tariffs of another outcome"
    given = np.asarray(disagreement, dtype=float)
    if given.ndim != 1:
        tariffs = rates(economy, "tariff", given, economy.tariffs)
        return tariffs, economy.evaluate(tariffs).welfare, "given tariffs"
    size = len(economy.countries)
    if given.shape != (size,) or not (np.isfinite(given).all() and given.min() > 0):
        raise InputError(
            f"{caller}, disagreement: expected welfare of {size} countries, new over old, all "
            f"above 0, got {disagreement!r}"
        )
    return None, given.copy(), "given welfare"
