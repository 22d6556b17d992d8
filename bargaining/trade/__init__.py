"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.counterfactual import Counterfactual
from bargaining.trade.economy import Economy
from bargaining.trade.nash import NashTariffs, nash_tariffs

__all__ = ["Counterfactual", "Economy", "NashTariffs", "nash_tariffs"]
