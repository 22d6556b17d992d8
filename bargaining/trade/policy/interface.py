"""What policies over tariffs ask of a trade economy, whatever its theory."""

from __future__ import annotations

from typing import Any, Protocol

from bargaining.types import FloatArray

__all__ = ["TariffEconomy", "TariffEvaluation"]


class TariffEvaluation(Protocol):
    """An equilibrium at some tariffs."""

    @property
    def welfare(self) -> FloatArray:
        """Welfare of each country, new over old, shape (N,)."""

    @property
    def flows(self) -> FloatArray:
        """Trade net of tariffs, [exporter, importer, sector], shape (N, N, S)."""

    @property
    def residual(self) -> float:
        """Largest relative error of the equilibrium conditions."""

    def gradient(self, weights: FloatArray) -> FloatArray:
        """Return the derivative of weights @ welfare by every tariff, shape (N, N, S)."""


class TariffEconomy(Protocol):
    """What policies over tariffs ask of an economy."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Names."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Names."""

    @property
    def tariffs(self) -> FloatArray:
        """Factual tariffs, [exporter, importer, sector], shape (N, N, S)."""

    def evaluate(self, tariffs: FloatArray, *, start: Any = None) -> TariffEvaluation:
        """Solve the equilibrium at some tariffs."""
