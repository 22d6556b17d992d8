"""Real incomes of a trade economy at some policies, with gradients by all policies at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bargaining.trade.equilibrium.equilibrium import State
from bargaining.trade.equilibrium.world import Policy, Wedges, outside
from bargaining.types import FloatArray

__all__ = ["Evaluation"]


class Evaluation:
    """Real incomes at some policies, and their gradients.

    Attributes
    ----------
    policy : Policy
    welfare : ndarray of shape (N,)
        Real income, new over old.
    residual : float
        Excess demand for labour, relative to supply, at most.
    """

    def __init__(self, policy: Policy, state: State) -> None:
        self.policy, self.state = policy, state
        self.welfare = state.real_income
        self.residual = max(float(np.abs(state.excess).max()), abs(state.walras))

    @property
    def flows(self) -> FloatArray:
        """Trade net of tariffs, shape (N, N, S)."""
        return np.asarray(outside(self.state.flows) / (1 + self.policy.tariffs))

    def gradient(self, weights: ArrayLike) -> FloatArray:
        """Return derivatives of weights @ welfare by tariffs, shape (N, N, S)."""
        return self.policy.tariff_gradient(self._by_wedges(weights))

    def export_tax_gradient(self, weights: ArrayLike) -> FloatArray:
        """Return derivatives of weights @ welfare by export taxes, shape (N, N, S)."""
        return self.policy.export_tax_gradient(self._by_wedges(weights))

    def _by_wedges(self, weights: ArrayLike) -> Wedges:
        worth = np.asarray(weights, dtype=np.float64) * self.welfare
        state = self.state
        return state.gradient(worth / state.income, -worth * state.world.final)
