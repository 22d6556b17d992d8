"""What policies over tariffs return: tariffs, everybody's welfare, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.results.certificate import Certificate
from bargaining.results.table import Table, Tabular
from bargaining.trade.policy.interface import TariffEconomy
from bargaining.types import FloatArray, IntArray

__all__ = ["TariffOutcome"]


@dataclass(frozen=True, eq=False, kw_only=True)
class TariffOutcome(Tabular):
    """Tariffs in force, and what becomes of everybody's welfare.

    Attributes
    ----------
    tariffs : ndarray of shape (N, N, S)
        [exporter, importer, sector].
    welfare : ndarray of shape (N,)
        New over old, at the factual tariffs: real income, or government welfare where the economy
        has lobbies.
    levers : ndarray of int, shape (N, N, S)
        The lever that moved each tariff; -1 for those that stood still.
    bounds : pair of float
        Lowest and highest tariff that was allowed.
    residual : float
        Largest relative error of the equilibrium conditions.
    certificate : Certificate
        Recomputed by `verify`.
    economy : TariffEconomy
    """

    tariffs: FloatArray
    welfare: FloatArray
    levers: IntArray = field(repr=False)
    bounds: tuple[float, float]
    residual: float
    certificate: Certificate
    economy: TariffEconomy = field(repr=False)

    @property
    def countries(self) -> tuple[str, ...]:
        """Names, in the order of the arrays."""
        return self.economy.countries

    @property
    def welfare_change(self) -> FloatArray:
        """Welfare, new over old less one, shape (N,)."""
        return self.welfare - 1

    @property
    def median_tariffs(self) -> FloatArray:
        """Median over partners and sectors of each country's tariffs, shape (N,)."""
        size = len(self.countries)
        abroad = ~np.eye(size, dtype=bool)
        return np.array([np.median(self.tariffs[abroad[:, j], j]) for j in range(size)])

    def rows(self) -> list[tuple[str, float, float]]:
        """Return country, median tariff and change of welfare, in per cent."""
        return [
            (name, 100 * float(tariff), 100 * float(change))
            for name, tariff, change in zip(
                self.countries, self.median_tariffs, self.welfare_change, strict=True
            )
        ]

    def table(self) -> Table:
        """Return, by country, the median tariff and the change of welfare."""
        return Table(
            self.title(), ("country", "median tariff, %", "welfare, %"), tuple(self.rows()),
            note=f"certificate: {self.certificate}",
        )  # fmt: skip

    def title(self) -> str:
        """Say what the table shows."""
        return "Tariffs and changes of welfare"

    def explain(self) -> str:
        """Say in words how high tariffs are, and who gains and loses most."""
        change = 100 * self.welfare_change
        best, worst = int(change.argmax()), int(change.argmin())
        moved = self.levers >= 0
        level = f"{100 * float(np.median(self.tariffs[moved])):.1f} %" if moved.any() else "none"
        return (
            f"{self.title()}. Of the tariffs that could move the median is {level}. "
            f"{self.countries[best]} fares best, {change[best]:+.3g} %, and "
            f"{self.countries[worst]} worst, {change[worst]:+.3g} %."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "countries": list(self.countries),
            "sectors": list(self.economy.sectors),
            "tariffs": self.tariffs.tolist(),
            "welfare": self.welfare.tolist(),
            "bounds": list(self.bounds),
            "residual": self.residual,
            "certificate": self.certificate.to_dict(),
        }
