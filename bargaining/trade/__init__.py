"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.counterfactual import Counterfactual
from bargaining.trade.economy import Economy
from bargaining.trade.labour import LabourEconomy
from bargaining.trade.labour_result import LabourCounterfactual
from bargaining.trade.nash import NashTariffs, nash_tariffs

__all__ = [
    "Counterfactual",
    "Economy",
    "LabourCounterfactual",
    "LabourEconomy",
    "NashTariffs",
    "nash_tariffs",
]
