"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.counterfactual import Counterfactual
from bargaining.trade.economy import Economy

__all__ = ["Counterfactual", "Economy"]
